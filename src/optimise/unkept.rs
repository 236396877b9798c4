//! Why hard promises cannot be kept: to whom, when, and which fleet could.

use super::duty::{Duty, step_up};
use super::feasible::{Feasible, feasible, nobody};
use super::lp::LpError;
use super::problem::Problem;
use crate::domain::{CommuneId, DayId, PromiseMode, PromisedTo, Scenario, Service, ServiceId, SiteId, VehicleId};
use crate::plan::after_midnight;
use crate::promise::{Offer, Period, Times, answers, fixed, judged, nearby, promised_to};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::BTreeMap;

/// Vehicles added to each base in search of a fleet that keeps a promise, at most.
const MOST_ADDED: u32 = 16;
/// Ways to share out added vehicles that are tried, for each number of them.
const SHARED_OUT: usize = 40;

/// A commune to which a hard promise is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The service promised.
    pub service: ServiceId,
    /// The commune.
    pub commune: CommuneId,
    /// When, as far as it can be judged: no visit could answer it then, or no fixed point does.
    pub windows: Times,
}

/// Why hard promises cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unkept {
    /// Communes that cannot all be answered, in these windows.
    pub communes: Vec<Unanswered>,
    /// Whether no vehicle there is could answer any one of these windows, wherever else it does not go.
    pub alone: bool,
    /// Whether it is proved that without any one of these places the promise could be kept to the others;
    /// always so where `alone`.
    pub minimal: bool,
    /// Which fleet could keep it.
    pub fleet: FleetRange,
}

/// What is proved of the smallest fleet that could keep a promise, beside the vehicles there are: more of those
/// that offer the service, from their bases, with the crew there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FleetRange {
    /// So many more are needed at least: with fewer there is no plan, wherever they are added.
    pub least: u32,
    /// So many more of each of these are enough; `None` where none were found.
    pub enough: Option<Vec<(VehicleId, u32)>>,
    /// Whether no number of such vehicles is enough.
    pub never: bool,
}

impl FleetRange {
    /// How many more are enough.
    #[must_use]
    pub fn most(&self) -> Option<u32> {
        self.enough.as_ref().map(|list| list.iter().map(|(_, n)| n).sum())
    }
}

/// Says why, in a scenario whose hard promises are known to be what no plan keeps.
///
/// Windows that no visit could answer come first: each is a proof of its own. Otherwise the communes are cut
/// down as long as what is left is still proved to be infeasible, halves first, then one after the other;
/// communes with the same reach count as one. Then vehicles are added. All but the first are feasibility problems,
/// some tens of them; stopped early, what is said holds, but may be said of too many, or of too wide a range.
///
/// # Errors
/// When the solver fails.
pub fn unkept(
    scenario: &Scenario,
    travel: &Table,
    stop: &(dyn Fn() -> bool + Sync),
    stop_fleet: &(dyn Fn() -> bool + Sync),
) -> Result<Unkept, LpError> {
    let places = places(scenario, travel);
    let told = |place: &Place, windows: &Times| {
        let one = |&commune: &CommuneId| Unanswered { service: place.service, commune, windows: windows.clone() };
        place.communes.iter().map(one).collect::<Vec<_>>()
    };
    let out_of_reach: Vec<Unanswered> =
        places.iter().filter(|p| !p.never.spans().is_empty()).flat_map(|p| told(p, &p.never)).collect();
    if !out_of_reach.is_empty() {
        let fleet = FleetRange { never: true, ..FleetRange::default() };
        return Ok(Unkept { communes: out_of_reach, alone: true, minimal: true, fleet });
    }
    let all: Vec<usize> = (0..places.len()).filter(|&k| !places[k].needed.spans().is_empty()).collect();
    let (found, minimal) = narrowed(scenario, travel, &places, all, stop)?;
    let communes = found.iter().flat_map(|&k| told(&places[k], &places[k].needed)).collect();
    let fleet = more(scenario, travel, stop_fleet)?;
    Ok(Unkept { communes, alone: false, minimal, fleet })
}

/// Communes that the same sites and fixed points reach.
struct Place {
    service: ServiceId,
    communes: Vec<CommuneId>,
    /// Times that fixed points do not answer.
    needed: Times,
    /// Times that no visit could answer either.
    never: Times,
}

fn hard(scenario: &Scenario) -> impl Iterator<Item = (ServiceId, &Service)> {
    let services = scenario.services.iter().enumerate().map(|(k, service)| (ServiceId::new(k), service));
    services.filter(|(_, service)| service.promise.mode == PromiseMode::Hard)
}

fn places(scenario: &Scenario, travel: &Table) -> Vec<Place> {
    let demand = nobody(scenario);
    let problem = Problem::new(scenario, travel, &demand);
    let period = Period::of(scenario);
    let mut out = Vec::new();
    for (id, service) in hard(scenario) {
        let promise = &service.promise;
        let (clock, hours) = (period.clock(scenario, promise.clock), promise.reach.seconds());
        let span = judged(period.span(), hours, &clock);
        let points = fixed(scenario, service, (period.first, period.known));
        let visits = could_be(scenario, &problem, id);
        let [by_point, by_site] =
            [&points, &visits].map(|offers| nearby(scenario, travel, offers, promise.reach.access));
        let missing = |offers: &[&Offer]| {
            let open = offers.iter().flat_map(|offer| offer.open.spans());
            Times::new(open.map(|&own| answers(own, hours, &clock)).collect()).outside(span)
        };
        let mut alike: BTreeMap<(&[usize], &[usize]), Vec<CommuneId>> = BTreeMap::new();
        for commune in promised_to(scenario, travel, service) {
            let key = (&by_site[commune.index()][..], &by_point[commune.index()][..]);
            alike.entry(key).or_default().push(commune);
        }
        for ((near_visits, near_points), communes) in alike {
            let mut offers: Vec<&Offer> = near_points.iter().map(|&k| &points[k]).collect();
            let needed = missing(&offers);
            offers.extend(near_visits.iter().map(|&k| &visits[k]));
            out.push(Place { service: id, communes, needed, never: missing(&offers) });
        }
    }
    out
}

/// Every opening that a visit offering a service could have at each site, from the first to the last instant of
/// each day: hours promised are so long that what lies between answers no less.
fn could_be(scenario: &Scenario, problem: &Problem, service: ServiceId) -> Vec<Offer> {
    let mut spans: BTreeMap<SiteId, Vec<(i64, i64)>> = BTreeMap::new();
    for (duty, frames) in problem.duties.list.iter().zip(&problem.frames) {
        if !frames.iter().any(|f| problem.promised[f.promised].service == service) {
            continue;
        }
        for &j in &duty.open {
            if let Some((open, close)) = widest(duty, j) {
                let own = duty.days.iter().map(|&day| (at(scenario, duty, day, open), at(scenario, duty, day, close)));
                spans.entry(duty.roads.sites[j]).or_default().extend(own);
            }
        }
    }
    let offer = |(site, spans): (SiteId, Vec<(i64, i64)>)| Offer {
        at: scenario.sites[site.index()].position,
        open: Times::new(spans),
    };
    spans.into_iter().map(offer).collect()
}

/// The first and the last grid step at which a visit to a site could open and close.
fn widest(duty: &Duty, site: usize) -> Option<(usize, usize)> {
    let (roads, grid) = (&duty.roads, duty.hours.grid);
    let first = step_up(duty.shift.from.0 + roads.out[site] + roads.set_up[site], grid);
    let last = duty.shift.to.0 - roads.back[site] - roads.pack_down[site];
    let steps = first..duty.shapes.by_start.len();
    let fits = steps.flat_map(|start| duty.shapes_at(site, start).iter().map(move |shape| (start, shape.end)));
    let fits = fits.filter(|&(_, end)| i32::try_from(end).is_ok_and(|end| end * grid <= last));
    fits.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn at(scenario: &Scenario, duty: &Duty, day: DayId, step: usize) -> i64 {
    let seconds = i32::try_from(step).unwrap_or(0) * duty.hours.grid;
    after_midnight(scenario.horizon.date(day), Seconds(seconds)).timestamp()
}

/// The scenario with the promises of some places only.
fn only(scenario: &Scenario, places: &[Place], kept: &[usize]) -> Scenario {
    let mut out = scenario.clone();
    for (k, service) in out.services.iter_mut().enumerate().filter(|(_, s)| s.promise.mode == PromiseMode::Hard) {
        let own = kept.iter().map(|&p| &places[p]).filter(|p| p.service.index() == k);
        let mut list: Vec<CommuneId> = own.flat_map(|p| p.communes.iter().copied()).collect();
        list.sort_unstable();
        if list.is_empty() {
            service.promise.mode = PromiseMode::Report;
        }
        service.promise.to = PromisedTo::Listed(list);
    }
    out
}

/// Fewer places to which promises cannot be kept together, and whether none of them can be left out.
fn narrowed(
    scenario: &Scenario,
    travel: &Table,
    places: &[Place],
    all: Vec<usize>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(Vec<usize>, bool), LpError> {
    let mut found = all;
    let mut size = found.len() / 2;
    while size > 0 {
        let mut known = true;
        // The part that is left out next.
        let mut from = 0;
        while from < found.len() {
            let to = (from + size).min(found.len());
            let rest = [&found[..from], &found[to..]].concat();
            let answer = match (rest.is_empty(), stop()) {
                (true, _) => Feasible::Yes,
                (_, true) => Feasible::Unknown,
                _ => feasible(&only(scenario, places, &rest), travel, stop)?,
            };
            match answer {
                Feasible::No => found = rest,
                Feasible::Yes => from = to,
                Feasible::Unknown => {
                    known = false;
                    from = to;
                }
            }
        }
        if size == 1 {
            return Ok((found, known));
        }
        size = (size / 2).min(found.len().div_ceil(2)).max(1);
    }
    Ok((found, true))
}

/// The smallest fleet that could keep the promises, as far as it is proved.
fn more(scenario: &Scenario, travel: &Table, stop: &(dyn Fn() -> bool + Sync)) -> Result<FleetRange, LpError> {
    let kinds = kinds(scenario);
    let test = |added: &[u32]| -> Result<Feasible, LpError> {
        if stop() { Ok(Feasible::Unknown) } else { feasible(&with_more(scenario, &kinds, added), travel, stop) }
    };
    let named = |added: &[u32]| -> Vec<(VehicleId, u32)> {
        kinds.iter().copied().zip(added.iter().copied()).filter(|(_, n)| *n > 0).collect()
    };
    let mut out = FleetRange { least: 1, ..FleetRange::default() };
    if kinds.is_empty() {
        return Ok(FleetRange { never: true, ..out });
    }
    // As many of each: what is not enough then is not enough wherever so many are added.
    let (mut each, mut step) = (1, 1);
    let mut enough = None;
    while each <= MOST_ADDED {
        match test(&vec![each; kinds.len()])? {
            Feasible::No => out.least = each + 1,
            Feasible::Yes => {
                enough = Some(each);
                break;
            }
            Feasible::Unknown => {}
        }
        each += step;
        step = (2 * step).min((MOST_ADDED - each.min(MOST_ADDED)).max(1));
    }
    let Some(mut most) = enough else { return Ok(out) };
    while out.least < most {
        let middle = out.least.midpoint(most);
        match test(&vec![middle; kinds.len()])? {
            Feasible::No => out.least = middle + 1,
            Feasible::Yes => most = middle,
            Feasible::Unknown => break,
        }
    }
    out.enough = Some(named(&vec![most; kinds.len()]));
    // Of several kinds fewer may do.
    let total = most * u32::try_from(kinds.len()).unwrap_or(1);
    let mut proved = kinds.len() > 1;
    for number in out.least..total {
        let mut list = Vec::new();
        shared_out(number, kinds.len(), &mut Vec::new(), &mut list);
        proved &= list.len() <= SHARED_OUT;
        for added in list.into_iter().take(SHARED_OUT) {
            match test(&added)? {
                Feasible::Yes => {
                    out.enough = Some(named(&added));
                    return Ok(out);
                }
                Feasible::No => {}
                Feasible::Unknown => proved = false,
            }
        }
        if proved {
            out.least = number + 1;
        }
    }
    Ok(out)
}

/// A vehicle of each sort that offers what is promised: same kind, base and services.
fn kinds(scenario: &Scenario) -> Vec<VehicleId> {
    let promised: Vec<ServiceId> = hard(scenario).map(|(id, _)| id).collect();
    let mut out: Vec<VehicleId> = Vec::new();
    for (v, vehicle) in scenario.vehicles.iter().enumerate() {
        let same = |w: &VehicleId| {
            let other = &scenario.vehicles[w.index()];
            (&other.kind, other.base, &other.offers) == (&vehicle.kind, vehicle.base, &vehicle.offers)
        };
        if vehicle.offers.iter().any(|o| promised.contains(&o.service)) && !out.iter().any(same) {
            out.push(VehicleId::new(v));
        }
    }
    out
}

/// The scenario with so many more of each of these vehicles. Nothing is locked for those.
fn with_more(scenario: &Scenario, kinds: &[VehicleId], added: &[u32]) -> Scenario {
    let mut out = scenario.clone();
    for (kind, &n) in kinds.iter().zip(added) {
        for k in 0..n {
            let mut vehicle = scenario.vehicles[kind.index()].clone();
            vehicle.id = format!("{}+{}", vehicle.id, k + 1);
            out.vehicles.push(vehicle);
        }
    }
    out
}

/// Every way to share out a number, the most even last.
fn shared_out(number: u32, parts: usize, begun: &mut Vec<u32>, out: &mut Vec<Vec<u32>>) {
    if begun.len() + 1 == parts {
        let mut whole = begun.clone();
        whole.push(number);
        out.push(whole);
        return;
    }
    for part in (0..=number).rev() {
        begun.push(part);
        shared_out(number - part, parts, begun, out);
        begun.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shared_out_in_every_way() {
        let mut out = Vec::new();
        shared_out(2, 2, &mut Vec::new(), &mut out);
        assert_eq!(out, [vec![2, 0], vec![1, 1], vec![0, 2]]);
    }
}

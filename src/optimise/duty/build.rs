//! Which days of a vehicle are alike, and the duty that they make.

use super::longest::{longest, longest_day, week_may_bind};
use super::roads::{Roads, drive_price, roads};
use super::{Duty, Required};
use crate::demand::uptake;
use crate::domain::{CrewId, DayId, PublishedVisit, Scenario, ServiceId, SiteId, VehicleId, Window};
use crate::optimise::crew::{self, Bound, always};
use crate::optimise::nights::sleep;
use crate::optimise::package::HostRates;
use crate::optimise::promised;
use crate::optimise::shapes::{ByStart, Hours, Shape, Shapes};
use crate::plan::{after_midnight, since_midnight, window_since_midnight};
use crate::promise::Ends;
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What days must have in common: the week where it counts, the day itself where a promise tells them apart, the length and
/// the break of the day, the shift, the public hours, the services, the sites, those where the night after may be spent, the sites at which the weekday counts
/// with its sign, and scarce crew.
type Alike = (
    Option<u32>,
    Option<DayId>,
    (i32, Window),
    Window,
    Vec<Window>,
    Vec<ServiceId>,
    Vec<usize>,
    Vec<bool>,
    Vec<(usize, bool)>,
    crew::Alike,
);

pub(super) fn of_vehicle(
    scenario: &Scenario,
    travel: &Table,
    id: VehicleId,
    kinds: &[String],
    (scarce, rules, nearest): (&[CrewId], &[Ends], &[bool]),
    (list, known): (&mut Vec<Duty>, &mut Known),
) {
    let vehicle = &scenario.vehicles[id.index()];
    let kind = kinds.iter().position(|k| *k == vehicle.kind).unwrap_or_default();
    let roads = Arc::new(roads(scenario, travel, id));
    let by_week = week_may_bind(scenario, id);
    let uneven: Vec<bool> = roads.sites.iter().map(|&j| uneven(scenario, travel, id, (j, nearest))).collect();
    let blocked = blocked_by_past(scenario, id);
    let mut groups: Vec<(Alike, Vec<DayId>)> = Vec::new();
    for d in 0..scenario.horizon.days() {
        let day = DayId::new(d);
        let Some(shift) = scenario.shift(id, day) else { continue };
        let date = scenario.horizon.date(day);
        // From here on times are lengths since midnight: real ones, on the day of a clock change, too.
        let real = |window: Window| window_since_midnight(date, window);
        let shift = real(shift);
        let services: Vec<ServiceId> = vehicle
            .offers
            .iter()
            .filter(|o| o.weekdays.contains(date) && scenario.services[o.service.index()].pool.is_some())
            .map(|o| o.service)
            .collect();
        let told = told(scenario, id, day, &roads.sites);
        let done = scenario.published.as_ref().is_some_and(|p| p.done.contains(&(id, day)));
        let open: Vec<usize> = (0..roads.sites.len())
            .filter(|&j| {
                // What has begun is a fact, whatever today's tables say of the site.
                done && told.iter().any(|&(site, visit)| site == j && visit.fixed)
                    || scenario.usable(id, day, roads.sites[j]) && !blocked.contains(&(day.0 / 7, roads.sites[j]))
            })
            .filter(|&j| {
                !done || scenario.locks.iter().any(|l| (l.vehicle, l.day, l.site) == (id, day, roads.sites[j]))
            })
            .collect();
        let hours: Vec<Window> = scenario.public_hours(day).iter().copied().map(real).collect();
        let locks: Vec<Required> = scenario
            .locks
            .iter()
            .filter(|l| l.vehicle == id && l.day == day)
            .filter_map(|l| {
                let site = roads.sites.iter().position(|s| *s == l.site)?;
                Some(Required { site, sessions: l.sessions.clone() })
            })
            .collect();
        if !locks.is_empty() {
            let day = (vec![day], shift, hours, services, open);
            list.push(duty(scenario, id, kind, day, &roads, (locks, told), (scarce, rules, &uneven), known));
            continue;
        }
        let signs = open.iter().map(|&j| (j, scenario.weekday_worth(roads.sites[j], day)));
        let signs = signs.filter(|s| s.1 != 0.0).map(|(j, worth)| (j, worth > 0.0)).collect();
        let crew = crew::alike(scenario, scarce, id, day);
        let sleep = sleep(scenario, id, day, &roads, &open);
        let apart =
            (promised::binds(scenario, id, day) || !told.is_empty() || ends_apart(scenario, rules, day, &services))
                .then_some(day);
        let clock = (since_midnight(date, MIDNIGHT).0, real(scenario.time.break_window));
        let alike = (by_week.then_some(day.0 / 7), apart, clock, shift, hours, services, open, sleep, signs, crew);
        match groups.iter_mut().find(|(key, _)| *key == alike) {
            Some((_, days)) => days.push(day),
            None => groups.push((alike, vec![day])),
        }
    }
    for ((_, _, _, shift, hours, services, open, ..), days) in groups {
        if !open.is_empty() {
            let told = told(scenario, id, days[0], &roads.sites);
            let days = (days, shift, hours, services, open);
            list.push(duty(scenario, id, kind, days, &roads, (Vec::new(), told), (scarce, rules, &uneven), known));
        }
    }
}

/// The published visits of a day: one that is made again keeps its hours, unless others are agreed. Days with any
/// are told apart.
fn told<'s>(scenario: &'s Scenario, id: VehicleId, day: DayId, sites: &[SiteId]) -> Vec<(usize, &'s PublishedVisit)> {
    let visits = scenario.published.iter().flat_map(|p| p.on(id, day));
    visits.filter_map(|v| Some((sites.iter().position(|s| *s == v.site)?, v))).collect()
}

/// Whether a hard rule of follow-up keeps visits of a day from ending at some time at some site.
fn ends_apart(scenario: &Scenario, rules: &[Ends], day: DayId, services: &[ServiceId]) -> bool {
    let date = scenario.horizon.date(day);
    let (midnight, grid) = (after_midnight(date, Seconds(0)).timestamp(), i64::from(scenario.time.grid.0));
    let hours = i64::from(since_midnight(date, MIDNIGHT).0) / grid;
    let ends = |step: i64| midnight + step * grid;
    let bound = rules.iter().filter(|rule| services.contains(&rule.service));
    bound.into_iter().any(|rule| (0..hours).any(|step| rule.allowed(ends(step)).contains(&false)))
}

/// Leaves sites only those shapes that end when a rule of follow-up lets them.
fn keep_ends(
    scenario: &Scenario,
    rule: &Ends,
    day: DayId,
    (sites, open, uneven): (&[SiteId], &[usize], &[bool]),
    shapes: &Shapes,
    agreed: &mut Vec<(usize, ByStart)>,
) {
    let date = scenario.horizon.date(day);
    let at = |step: usize| {
        let seconds = i32::try_from(step).unwrap_or(0) * scenario.time.grid.0;
        after_midnight(date, Seconds(seconds)).timestamp()
    };
    let allowed: Vec<_> = (0..=shapes.by_start.len()).map(|step| rule.allowed(at(step))).collect();
    let good = |site: usize, shape: &Shape| allowed[shape.end][sites[site].index()];
    for &j in open {
        let own = agreed.iter().position(|(site, _)| *site == j);
        let list = own.map_or(shapes.of(uneven[j]), |at| &agreed[at].1);
        if list.iter().flatten().all(|shape| good(j, shape)) {
            continue;
        }
        let left = list.iter().map(|of| of.iter().filter(|shape| good(j, shape)).cloned().collect()).collect();
        match own {
            Some(at) => agreed[at].1 = left,
            None => agreed.push((j, left)),
        }
    }
    agreed.sort_by_key(|(site, _)| *site);
}

/// The end of the day, by the clock.
const MIDNIGHT: Seconds = Seconds(24 * 3600);

/// Days that are alike: the days, their shift, public hours, services, and sites that may be used.
type Days = (Vec<DayId>, Window, Vec<Window>, Vec<ServiceId>, Vec<usize>);

/// Shapes by the hours they were made for: many days have the same.
#[derive(Default)]
pub(super) struct Known(Vec<(Hours, Shapes)>);

impl Known {
    fn of(&mut self, hours: &Hours) -> Shapes {
        if let Some((_, shapes)) = self.0.iter().find(|(own, _)| own == hours) {
            return shapes.clone();
        }
        let shapes = Shapes::new(hours);
        self.0.push((hours.clone(), shapes.clone()));
        shapes
    }
}

#[allow(clippy::too_many_arguments)]
fn duty(
    scenario: &Scenario,
    id: VehicleId,
    kind: usize,
    (days, shift, windows, services, open): Days,
    roads: &Arc<Roads>,
    (required, told): (Vec<Required>, Vec<(usize, &PublishedVisit)>),
    (scarce, rules, uneven): (&[CrewId], &[Ends], &[bool]),
    known: &mut Known,
) -> Duty {
    let vehicle = &scenario.vehicles[id.index()];
    let time = &scenario.time;
    let offers = services
        .iter()
        .map(|s| {
            let lanes = vehicle.offers.iter().find(|o| o.service == *s).map_or(0, |o| o.lanes);
            (scenario.services[s.index()].appointment.0, lanes)
        })
        .collect();
    let timed = promised::binds(scenario, id, days[0]);
    let every = every_shape(scenario, &services, &windows);
    let uneven: Vec<bool> = uneven.iter().map(|&uneven| uneven || every).collect();
    let date = scenario.horizon.date(days[0]);
    let hours = Hours {
        day: since_midnight(date, MIDNIGHT).0,
        grid: time.grid.0,
        windows,
        min_session: vehicle.min_session.0,
        max_session: vehicle.max_session.0,
        break_length: time.break_length.0,
        break_window: window_since_midnight(date, time.break_window),
        offers,
        timed,
        ends: rules.iter().any(|rule| services.contains(&rule.service)),
        every: open.iter().any(|&j| uneven[j]),
    };
    let mut shapes = known.of(&hours);
    let mut agreed: Vec<(usize, ByStart)> = Vec::new();
    for r in &required {
        if let Some(sessions) = &r.sessions {
            agreed.push((r.site, Shapes::fixed(&hours, sessions, &mut shapes.levels, true)));
        }
    }
    let mut published = Vec::new();
    for (site, visit) in told {
        let other = required.iter().find(|r| r.site == site).and_then(|r| r.sessions.as_ref());
        if other.is_some_and(|sessions| *sessions != visit.sessions) {
            continue;
        }
        published.push(site);
        agreed.retain(|(j, _)| *j != site);
        agreed.push((site, Shapes::fixed(&hours, &visit.sessions, &mut shapes.levels, !visit.fixed)));
    }
    agreed.sort_by_key(|(site, _)| *site);
    for rule in rules.iter().filter(|rule| services.contains(&rule.service)) {
        keep_ends(scenario, rule, days[0], (&roads.sites, &open, &uneven), &shapes, &mut agreed);
    }
    let worth: Vec<f64> = roads.sites.iter().map(|&site| scenario.weekday_worth(site, days[0])).collect();
    let weeks = (days[0].0 / 7, days[days.len() - 1].0 / 7);
    let work_binds = longest_day(scenario, shift, hours.break_window) > scenario.limits.work_per_day.0;
    let nights = vehicle.nights.is_some();
    let single = vehicle.max_visits_per_day == 1 && !nights && !work_binds && !timed && !week_may_bind(scenario, id);
    let every: Vec<usize> = (0..shapes.levels.len()).collect();
    let useful = (0..roads.sites.len())
        .map(|j| {
            if !single || !required.is_empty() {
                return every.clone();
            }
            if let Some((_, own)) = agreed.iter().find(|(site, _)| *site == j) {
                return own.iter().flatten().map(|shape| shape.level).collect::<BTreeSet<_>>().into_iter().collect();
            }
            if uneven[j] {
                return every.clone();
            }
            let controls = BTreeSet::from([0, vehicle.quality_control.0]);
            let levels = controls.into_iter().flat_map(|c| longest(&shapes, shift, roads, j, c, &hours));
            levels.collect::<BTreeSet<usize>>().into_iter().collect()
        })
        .collect();
    let sleep = sleep(scenario, id, days[0], roads, &open);
    Duty {
        useful,
        uneven,
        rank: ranks(&shapes),
        nights,
        spacing: vehicle.spacing_weeks,
        crew: bound(scenario, id, days[0], &roads.sites, scarce),
        vehicle: id,
        kind,
        days,
        weeks,
        shift,
        services,
        roads: Arc::clone(roads),
        open,
        sleep,
        required,
        shapes,
        agreed,
        published,
        hours,
        max_visits: vehicle.max_visits_per_day as usize,
        work_limit: scenario.limits.work_per_day.0,
        drive_limit: scenario.limits.driving_per_day.0,
        work_binds,
        control: vehicle.quality_control.0,
        timed,
        drive_price: drive_price(scenario),
        weekday_worth: if worth.iter().any(|w| *w != 0.0) { worth } else { Vec::new() },
    }
}

/// Days on which all shapes are looked at, if need be: of so many steps of the grid at most.
const FEW_STEPS: i32 = 12;

/// Whether all shapes of a day are looked at because of whole invitations alone. A longer visit takes more people of its
/// host, who may then be missing elsewhere for as many letters as rule 13 wants. The bound allows for that in any case;
/// on short days, where shapes are few, the gap is closed.
fn every_shape(scenario: &Scenario, services: &[ServiceId], windows: &[Window]) -> bool {
    let pools = services.iter().filter_map(|s| scenario.services[s.index()].pool.as_ref());
    let steps: i32 = windows.iter().map(|w| (w.to.0 - w.from.0) / scenario.time.grid.0).sum();
    steps <= FEW_STEPS && pools.into_iter().any(|pool| pool.host_share > 0.0 && pool.min_invitations > 1)
}

/// Whether more appointments may be worth less at a site: where they leave less for others than its own commune, or where
/// people of that commune would rather go elsewhere. `nearest` says which sites are the nearest of their communes.
fn uneven(scenario: &Scenario, travel: &Table, id: VehicleId, (site, nearest): (SiteId, &[bool])) -> bool {
    let vehicle = &scenario.vehicles[id.index()];
    let commune = scenario.sites[site.index()].commune;
    let Some(minutes) = travel.access_minutes(scenario, commune, scenario.sites[site.index()].position) else {
        return false;
    };
    let pooled = vehicle.offers.iter().map(|o| &scenario.services[o.service.index()]);
    pooled.filter_map(|service| Some((service, service.pool.as_ref()?))).any(|(service, pool)| {
        let uptake = uptake(pool, scenario.communes[commune.index()].uptake_factor, minutes);
        let rates = HostRates { service, pool, uptake };
        pool.host_share > 0.0 && (!nearest[site.index()] || !rates.leaves_more(vehicle.nights.is_some()))
    })
}

/// Scarce crew that tours of a day bind.
fn bound(scenario: &Scenario, vehicle: VehicleId, day: DayId, sites: &[SiteId], scarce: &[CrewId]) -> Bound {
    let (always, others): (Vec<CrewId>, Vec<CrewId>) =
        scarce.iter().partition(|&&crew| always(scenario, vehicle, crew, day));
    let needs = |site: &SiteId, crew: &CrewId| scenario.sites[site.index()].crew.contains(crew);
    let at_sites: Vec<CrewId> = others.into_iter().filter(|crew| sites.iter().any(|s| needs(s, crew))).collect();
    let bits = |s: &SiteId| at_sites.iter().enumerate().map(|(bit, crew)| usize::from(needs(s, crew)) << bit).sum();
    let by_site = if at_sites.is_empty() { Vec::new() } else { sites.iter().map(bits).collect() };
    Bound { always, at_sites, by_site }
}

fn ranks(shapes: &Shapes) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shapes.levels.len()).collect();
    order.sort_by_key(|&l| (shapes.levels[l].iter().sum::<u32>(), &shapes.levels[l]));
    let mut rank = vec![0; order.len()];
    for (place, level) in order.into_iter().enumerate() {
        rank[level] = place;
    }
    rank
}

/// Weeks of the horizon, with sites, in which spacing forbids this vehicle because of a past
/// stay of its kind.
fn blocked_by_past(scenario: &Scenario, id: VehicleId) -> BTreeSet<(u32, SiteId)> {
    let vehicle = &scenario.vehicles[id.index()];
    let mut blocked = BTreeSet::new();
    if vehicle.spacing_weeks == 0 {
        return blocked;
    }
    for visit in &scenario.past {
        let Some(site) = visit.site else { continue };
        let same_kind = match scenario.vehicles.iter().find(|v| v.id == visit.vehicle) {
            Some(known) => known.kind == vehicle.kind,
            None => {
                visit.invitations.iter().any(|line| vehicle.offers.iter().any(|offer| offer.service == line.service))
            }
        };
        if same_kind {
            let first_free = scenario.horizon.week_of(visit.date) + i64::from(vehicle.spacing_weeks);
            let weeks = first_free.clamp(0, i64::from(scenario.horizon.weeks));
            blocked.extend((0..u32::try_from(weeks).unwrap_or(0)).map(|w| (w, site)));
        }
    }
    blocked
}

//! One service's program over the invitations of chosen visits.

use super::Slot;
use crate::demand::Fixed;
use crate::domain::{CommuneId, DayId, ServiceId, SiteId, TerritoryId, VehicleId};
use crate::optimise::package::Host;
use crate::optimise::problem::Problem;
use std::collections::BTreeMap;

/// One `x_iv` of the program.
pub(super) struct Term {
    pub(super) slot: usize,
    pub(super) commune: CommuneId,
    pub(super) territory: TerritoryId,
    pub(super) uptake: f64,
    pub(super) worth: f64,
    pub(super) limit: f64,
}

/// One service's program, ready for any way of solving it.
pub(super) struct Program {
    pub(super) terms: Vec<Term>,
    /// Steps that a territory could reach: width, and value of a contact.
    pub(super) steps: BTreeMap<TerritoryId, Vec<(f64, f64)>>,
    /// `Σ x ≤ limit` over terms.
    pub(super) letters: Vec<(Vec<usize>, f64)>,
    /// `Σ u x ≤ limit`, one per slot, over all its terms.
    pub(super) seats: Vec<(Vec<usize>, f64)>,
    /// `Σ x ≥ least` over the terms of a host in its stay (rule 12).
    pub(super) hosts: Vec<(Vec<usize>, f64)>,
    /// By term: people that a visit invites, if it invites any (rule 13).
    pub(super) fewest: Vec<f64>,
    /// The same for a bound on visits that are shorter than these, too; empty where that is no less.
    pub(super) fewest_of_shorter: Vec<f64>,
    pub(super) territories: BTreeMap<TerritoryId, Vec<usize>>,
    /// What a contact of value 1 counts in the score.
    pub(super) weight: f64,
}

impl Program {
    /// Whether rule 13 asks for anything.
    pub(super) fn few(&self) -> bool {
        self.fewest.iter().any(|&fewest| fewest > 1.0)
    }

    /// Whether whole invitations keep rules 12 and 13; the other limits they keep in any case.
    pub(super) fn keeps(&self, people: &[f64]) -> bool {
        let hosts = self.hosts.iter().all(|(own, least)| own.iter().map(|&t| people[t]).sum::<f64>() >= least - 0.5);
        hosts && people.iter().zip(&self.fewest).all(|(&x, &fewest)| x < 0.5 || x >= fewest - 0.5)
    }
}

/// The program of the visits with a service.
pub(super) fn program(problem: &Problem, slots: &[Slot], service: ServiceId, dated: bool) -> Program {
    let demand = problem.pool(service);
    let mut terms = Vec::new();
    let mut by_commune: BTreeMap<CommuneId, Vec<usize>> = BTreeMap::new();
    let mut by_stay: BTreeMap<(usize, CommuneId), Vec<usize>> = BTreeMap::new();
    let mut territories: BTreeMap<TerritoryId, Vec<usize>> = BTreeMap::new();
    let mut letters = Vec::new();
    let mut seats = Vec::new();
    for (k, slot) in slots.iter().enumerate().filter(|(_, s)| s.service == service) {
        let first = terms.len();
        let catchment = &problem.catchments[service.index()][slot.site.index()];
        for group in &catchment.groups {
            for c in &group.candidates {
                by_commune.entry(c.commune).or_default().push(terms.len());
                by_stay.entry((slot.stay, c.commune)).or_default().push(terms.len());
                territories.entry(group.territory).or_default().push(terms.len());
                terms.push(Term {
                    slot: k,
                    commune: c.commune,
                    territory: group.territory,
                    uptake: c.uptake,
                    worth: c.worth,
                    limit: demand.stay_limit(c.commune),
                });
            }
        }
        // The host is invited, too, where its people count for nothing.
        let known = |host: &&Host| terms[first..].iter().all(|term: &Term| term.commune != host.commune);
        if let Some(host) = catchment.host.as_ref().filter(known) {
            by_commune.entry(host.commune).or_default().push(terms.len());
            by_stay.entry((slot.stay, host.commune)).or_default().push(terms.len());
            territories.entry(host.territory).or_default().push(terms.len());
            let (commune, territory, uptake) = (host.commune, host.territory, host.uptake);
            terms.push(Term { slot: k, commune, territory, uptake, worth: host.worth, limit: host.limit });
        }
        let own: Vec<usize> = (first..terms.len()).collect();
        let budget = problem.budget(service, slot.appointments);
        letters.push((own.clone(), budget.invitations()));
        seats.push((own, budget.seats()));
    }
    // A fixed visit of a stay has its part already.
    let taken = |stay: usize, commune: CommuneId| -> u32 {
        let place = |f: &Fixed| (stay, f.vehicle, f.site, f.day);
        let of_stay = |f: &&Fixed| slots.iter().any(|s| (s.stay, s.vehicle, s.site, s.day) == place(f));
        let fixed = demand.fixed.get(&commune).map_or(&[][..], |list| list);
        fixed.iter().filter(of_stay).map(|f| f.people).sum()
    };
    for (&(stay, commune), own) in &by_stay {
        let taken = taken(stay, commune);
        if own.len() > 1 || taken > 0 {
            let limit = (terms[own[0]].limit - f64::from(taken)).max(0.0);
            letters.push((own.clone(), limit));
        }
    }
    let hosts = hosts(problem, slots, (service, dated), &by_stay, taken);
    let mut fewest: Vec<f64> = terms.iter().map(|term| f64::from(demand.fewest(term.commune))).collect();
    for host in &hosts {
        for &t in &host.own {
            fewest[t] = fewest[t].min(host.fewest);
        }
    }
    let mut fewest_of_shorter = fewest.clone();
    let last = DayId::new(problem.scenario.horizon.days() - 1);
    for (commune, mut own) in by_commune {
        own.sort_by_key(|&t| slots[terms[t].slot].day);
        let most: f64 = own.iter().map(|&t| terms[t].limit).sum();
        if most <= f64::from(demand.due_on(commune, DayId(0))) {
            continue;
        }
        // A longer visit may take people of its host from others: these then invite fewer than they may.
        if problem.longest_only && hosts.iter().any(|host| host.commune == commune) {
            own.iter().for_each(|&t| fewest_of_shorter[t] = fewest[t].min(1.0));
        }
        if !dated {
            letters.push((own, f64::from(demand.due_on(commune, last))));
            continue;
        }
        // Of dates with as many due only the last counts, and none before more could be invited than are due.
        let due = |k: usize| demand.due_on(commune, slots[terms[own[k]].slot].day);
        let mut most = 0.0;
        for k in 0..own.len() {
            most += terms[own[k]].limit;
            let last = k + 1 == own.len() || due(k + 1) > due(k);
            if last && most > f64::from(due(k)) {
                letters.push((own[..=k].to_vec(), f64::from(due(k))));
            }
        }
    }
    let reachable = |(&z, own): (&TerritoryId, &Vec<usize>)| {
        let most: f64 = own.iter().map(|&t| terms[t].worth * terms[t].limit).sum();
        let mut below = 0.0;
        let steps = demand.steps[z.index()].iter().map_while(|step| {
            let reached = below < most;
            below += step.width;
            reached.then_some((step.width.min(most), demand.weight * step.slope))
        });
        (z, steps.collect())
    };
    let steps = territories.iter().map(reachable).collect();
    if fewest_of_shorter == fewest {
        fewest_of_shorter.clear();
    }
    let hosts = hosts.into_iter().filter(|host| host.least > 0.0).map(|host| (host.own, host.least)).collect();
    Program { terms, steps, letters, seats, hosts, fewest, fewest_of_shorter, territories, weight: demand.weight }
}

/// A stay's terms of its host, with what rules 12 and 13 say of them.
struct Hosting {
    commune: CommuneId,
    own: Vec<usize>,
    /// `e`: people of the host that the stay must invite; not `dated`, in every way of putting the stays on days.
    least: f64,
    /// People that one visit must invite of it, if it invites any.
    fewest: f64,
}

/// The stays whose host must be invited, with `e` of rule 12.
fn hosts(
    problem: &Problem,
    slots: &[Slot],
    (service, dated): (ServiceId, bool),
    by_stay: &BTreeMap<(usize, CommuneId), Vec<usize>>,
    taken: impl Fn(usize, CommuneId) -> u32,
) -> Vec<Hosting> {
    let demand = problem.pool(service);
    let pool = &demand.pool;
    let mut stays: BTreeMap<usize, Vec<&Slot>> = BTreeMap::new();
    for slot in slots.iter().filter(|s| s.service == service) {
        stays.entry(slot.stay).or_default().push(slot);
    }
    // In the order in which rule 12 serves them: by first day, vehicle and site.
    let mut asking: Vec<(DayId, VehicleId, SiteId, Hosting)> = Vec::new();
    for (stay, mut visits) in stays {
        // A fixed visit offers nothing more.
        visits.retain(|slot| slot.appointments > 0);
        visits.sort_by_key(|slot| slot.day);
        let Some(first) = visits.first() else { continue };
        let Some(host) = problem.catchments[service.index()][first.site.index()].host else { continue };
        let Some(own) = by_stay.get(&(stay, host.commune)) else { continue };
        let room: Vec<(f64, f64)> = visits
            .iter()
            .map(|slot| problem.budget(service, slot.appointments))
            .map(|budget| (budget.invitations(), budget.seats()))
            .collect();
        let least = host.asked(&room, taken(stay, host.commune));
        if least <= 0.0 {
            continue;
        }
        // Where what a host must get goes to small visits, rule 12 may ask for fewer than rule 13.
        let small =
            |&(letters, seats): &(f64, f64)| letters.min(seats / host.uptake) < 2.0 * f64::from(pool.min_invitations);
        let fewest = if room.len() > 1 && room.iter().any(small) { 1.0 } else { f64::INFINITY };
        asking.push((
            first.day,
            first.vehicle,
            first.site,
            Hosting { commune: host.commune, own: own.clone(), least, fewest },
        ));
    }
    asking.sort_by_key(|(day, vehicle, site, _)| (*day, *vehicle, *site));
    let mut out: Vec<Hosting> = Vec::new();
    let all = |commune: CommuneId| asking.iter().filter(|a| a.3.commune == commune).map(|a| a.3.least).sum::<f64>();
    let sums: Vec<f64> = asking.iter().map(|a| all(a.3.commune)).collect();
    for ((day, _, _, mut host), sum) in asking.into_iter().zip(sums) {
        let asked = host.least;
        if dated {
            let earlier: f64 = out.iter().filter(|other| other.commune == host.commune).map(|other| other.least).sum();
            host.least = asked.min(f64::from(demand.due_on(host.commune, day)) - earlier).max(0.0);
        } else {
            let others = sum - asked;
            host.least = asked.min(f64::from(demand.due_on(host.commune, DayId(0))) - others).max(0.0);
        }
        // Rule 12 may ask for fewer than rule 13; on which days, is not known before they have days.
        if host.least > 0.0 {
            host.fewest = host.fewest.min(host.least);
        } else if !dated {
            host.fewest = 1.0;
        }
        out.push(host);
    }
    out
}

//! One service's program over the invitations of chosen visits.

use super::Slot;
use crate::demand::Fixed;
use crate::domain::{CommuneId, DayId, ServiceId, TerritoryId};
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
    pub(super) territories: BTreeMap<TerritoryId, Vec<usize>>,
    /// What a contact of value 1 counts in the score.
    pub(super) weight: f64,
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
        for group in &problem.catchments[service.index()][slot.site.index()].groups {
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
        let own: Vec<usize> = (first..terms.len()).collect();
        let budget = problem.budget(service, slot.appointments);
        letters.push((own.clone(), budget.invitations()));
        seats.push((own, budget.seats()));
    }
    for ((stay, commune), own) in by_stay {
        // A fixed visit of the stay has its part already.
        let of_stay = |f: &&Fixed| slots.iter().any(|s| (s.stay, s.site, s.day) == (stay, f.site, f.day));
        let fixed = demand.fixed.get(&commune).map_or(&[][..], |list| list);
        let taken: u32 = fixed.iter().filter(of_stay).map(|f| f.people).sum();
        if own.len() > 1 || taken > 0 {
            let limit = (terms[own[0]].limit - f64::from(taken)).max(0.0);
            letters.push((own, limit));
        }
    }
    let last = DayId::new(problem.scenario.horizon.days() - 1);
    for (commune, mut own) in by_commune {
        own.sort_by_key(|&t| slots[terms[t].slot].day);
        let most: f64 = own.iter().map(|&t| terms[t].limit).sum();
        if most <= f64::from(demand.due_on(commune, DayId(0))) {
            continue;
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
    Program { terms, steps, letters, seats, territories, weight: demand.weight }
}

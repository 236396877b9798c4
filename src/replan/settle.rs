//! Identities of the visits of a plan made anew, and what is different.

use crate::domain::Scenario;
use crate::plan::{Cancelled, Change, ChangeKind, Placing, Plan, Revision, Sequence, Visit};
use std::collections::{BTreeMap, BTreeSet};

/// Visits of one kind of vehicle to one site.
#[derive(Default)]
struct Matched<'p> {
    published: Vec<&'p Visit>,
    /// Positions in the new plan.
    made: Vec<usize>,
}

/// Matches the visits of a plan made anew with those published, by site and occurrence: visits of one kind of vehicle to
/// one site that are as they were keep their identities; of the others the first takes that of the first published, and so
/// on. States the changes, their price in the score, and the gap for `upper_bound`; the fixed visits are those published.
pub fn settle(scenario: &Scenario, plan: &mut Plan, mut revision: Revision, upper_bound: f64) {
    let kind = |visit: &Visit| {
        let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle);
        (vehicle.map_or("", |v| v.kind.as_str()), visit.site.clone())
    };
    let mut numbers = Numbers::new(scenario, &revision);
    let mut places: BTreeMap<(&str, String), Matched> = BTreeMap::new();
    for published in &revision.published {
        places.entry(kind(published)).or_default().published.push(published);
    }
    for (k, visit) in plan.visits.iter().enumerate() {
        places.entry(kind(visit)).or_default().made.push(k);
    }
    let mut changes = Vec::new();
    let mut ids: Vec<String> = vec![String::new(); plan.visits.len()];
    let mut fresh: Vec<usize> = Vec::new();
    for Matched { mut published, mut made } in places.into_values() {
        published.sort_by_key(|v| v.sessions.first().map(|s| s.open));
        // As they were.
        published.retain(|old| {
            let same = made.iter().position(|&k| Placing::of(&plan.visits[k]) == Placing::of(old));
            same.map(|at| ids[made.remove(at)].clone_from(&old.id)).is_none()
        });
        let moved = published.len().min(made.len());
        for (old, k) in published.iter().zip(made.drain(..moved)) {
            ids[k].clone_from(&old.id);
            changes.push(change(ChangeKind::Moved, old, Some(old), Some(&plan.visits[k])));
        }
        changes.extend(published[moved..].iter().map(|old| change(ChangeKind::Cancelled, old, Some(old), None)));
        fresh.extend(made);
    }
    fresh.sort_unstable();
    for k in fresh {
        ids[k] = numbers.next(&plan.visits[k].site);
        let visit = &plan.visits[k];
        changes.push(Change { visit: ids[k].clone(), ..change(ChangeKind::Added, visit, None, Some(visit)) });
    }
    for (visit, id) in plan.visits.iter_mut().zip(ids) {
        visit.id = id;
        let published = revision.published.iter().find(|old| old.id == visit.id && revision.fixed.contains(&old.id));
        if let Some(old) = published {
            visit.services.clone_from(&old.services);
        }
    }
    let when = |change: &Change| {
        let placing = change.before.as_ref().or(change.after.as_ref());
        placing.and_then(|p| p.sessions.first().map(|s| s.open))
    };
    changes.sort_by(|a: &Change, b: &Change| when(a).cmp(&when(b)).then_with(|| a.visit.cmp(&b.visit)));
    for change in &changes {
        if change.kind != ChangeKind::Added {
            let own = revision.sequences.entry(change.visit.clone()).or_default();
            *own = Sequence { number: own.number + 1, at: revision.now };
        }
    }
    let gone: BTreeSet<&str> =
        changes.iter().filter(|c| c.kind == ChangeKind::Cancelled).map(|c| c.visit.as_str()).collect();
    let cancelled = revision.published.iter().filter(|v| gone.contains(v.id.as_str()));
    let cancelled: Vec<Cancelled> = cancelled.map(|v| Cancelled { visit: v.clone(), at: revision.now }).collect();
    revision.cancelled.extend(cancelled);
    plan.score_parts.changes_made = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    plan.score_parts.changes = scenario.prices.change_price * f64::from(plan.score_parts.changes_made);
    revision.changes = changes;
    plan.revision = Some(revision);
    plan.conclude(Some(upper_bound));
}

fn change(kind: ChangeKind, named: &Visit, before: Option<&Visit>, after: Option<&Visit>) -> Change {
    Change {
        kind,
        visit: named.id.clone(),
        site: named.site.clone(),
        commune: named.commune.clone(),
        before: before.map(Placing::of),
        after: after.map(Placing::of),
    }
}

/// The numbers that visits to each site have had.
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    fn new(scenario: &Scenario, revision: &Revision) -> Self {
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        for past in &scenario.past {
            if let Some(site) = past.site {
                *last.entry(scenario.sites[site.index()].id.clone()).or_default() += 1;
            }
        }
        for visit in revision.published.iter().chain(revision.cancelled.iter().map(|c| &c.visit)) {
            let number = visit.id.rsplit_once('.').and_then(|(_, n)| n.parse::<usize>().ok()).unwrap_or(0);
            let own = last.entry(visit.site.clone()).or_default();
            *own = (*own).max(number);
        }
        Self(last)
    }

    fn next(&mut self, site: &str) -> String {
        let number = self.0.entry(site.to_owned()).or_default();
        *number += 1;
        format!("{site}.{number}")
    }
}

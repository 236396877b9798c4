//! Identities of the visits of a plan made anew, and what is different.

use crate::domain::Scenario;
use crate::plan::{
    Cancelled, Change, ChangeKind, Identities, Placing, Plan, Revision, Sequence, Visit, named, site_of,
};
use std::collections::{BTreeMap, BTreeSet};

/// Visits of one kind of vehicle to one site.
#[derive(Default)]
struct Matched<'p> {
    published: Vec<&'p Visit>,
    /// Positions in the new plan.
    made: Vec<usize>,
}

/// Decides which visit of a plan made anew is which of those published, states the changes, their price in the score, and
/// the gap for `upper_bound`.
///
/// A visit has the identity that it has in the table it comes from (`given`); or that of the published visit of its vehicle,
/// site, day and hours; or, first for first, that of a published visit of its kind of vehicle and site which is not made as
/// it was: it moved. Of the others, one whose vehicle, site and day are those of a visit that was cancelled is that visit
/// again, and any other is new.
pub fn settle(
    scenario: &Scenario,
    plan: &mut Plan,
    given: &BTreeSet<String>,
    mut revision: Revision,
    upper_bound: f64,
) {
    let kind = |visit: &Visit| {
        let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle);
        (vehicle.map_or("", |v| v.kind.as_str()), visit.site.clone())
    };
    let mut places: BTreeMap<(&str, String), Matched> = BTreeMap::new();
    let mut changes = Vec::new();
    let mut ids: Vec<Option<String>> = vec![None; plan.visits.len()];
    for (k, visit) in plan.visits.iter().enumerate() {
        let given = given.contains(&visit.id) && site_of(&visit.id).is_none_or(|site| site == visit.site);
        let old = revision.published.iter().find(|old| old.id == visit.id);
        match old.filter(|old| given && old.site == visit.site) {
            Some(old) => {
                ids[k] = Some(old.id.clone());
                if Placing::of(old) != Placing::of(visit) {
                    changes.push(change(ChangeKind::Moved, old, Some(old), Some(visit)));
                }
            }
            None if given && old.is_none() => ids[k] = Some(visit.id.clone()),
            None => places.entry(kind(visit)).or_default().made.push(k),
        }
    }
    let known: BTreeSet<&str> = ids.iter().flatten().map(String::as_str).collect();
    for published in revision.published.iter().filter(|old| !known.contains(old.id.as_str())) {
        places.entry(kind(published)).or_default().published.push(published);
    }
    for Matched { mut published, mut made } in places.into_values() {
        published.sort_by_key(|v| v.sessions.first().map(|s| s.open));
        // As they were.
        published.retain(|old| {
            let same = made.iter().position(|&k| Placing::of(&plan.visits[k]) == Placing::of(old));
            same.map(|at| ids[made.remove(at)] = Some(old.id.clone())).is_none()
        });
        // On the same day by the same vehicle, at other hours; then the first for the first.
        let day = |visit: &Visit| (visit.vehicle.clone(), visit.date);
        let mut moved: Vec<(&Visit, usize)> = Vec::new();
        published.retain(|old| {
            let same = made.iter().position(|&k| day(&plan.visits[k]) == day(old));
            same.map(|at| moved.push((*old, made.remove(at)))).is_none()
        });
        let rest = published.len().min(made.len());
        moved.extend(published.drain(..rest).zip(made.drain(..rest)));
        for (old, k) in moved {
            ids[k] = Some(old.id.clone());
            changes.push(change(ChangeKind::Moved, old, Some(old), Some(&plan.visits[k])));
        }
        changes.extend(published.into_iter().map(|old| change(ChangeKind::Cancelled, old, Some(old), None)));
    }
    let ids = identities(scenario, &plan.visits, ids, &revision);
    for (visit, id) in plan.visits.iter().zip(&ids) {
        if !revision.published.iter().any(|old| old.id == *id) {
            changes.push(Change { visit: id.clone(), ..change(ChangeKind::Added, visit, None, Some(visit)) });
        }
    }
    for (visit, id) in plan.visits.iter_mut().zip(ids) {
        visit.id = id;
    }
    let when = |change: &Change| {
        let placing = change.before.as_ref().or(change.after.as_ref());
        placing.and_then(|p| p.sessions.first().map(|s| s.open))
    };
    changes.sort_by(|a: &Change, b: &Change| when(a).cmp(&when(b)).then_with(|| a.visit.cmp(&b.visit)));
    let mut again: BTreeSet<&str> = BTreeSet::new();
    for change in &changes {
        let back = revision.cancelled.iter().any(|c| c.visit.id == change.visit);
        if change.kind != ChangeKind::Added || back {
            let own = revision.sequences.entry(change.visit.clone()).or_default();
            *own = Sequence { number: own.number + 1, at: revision.now };
        }
        if back {
            again.insert(&change.visit);
        }
    }
    revision.cancelled.retain(|c| !again.contains(c.visit.id.as_str()));
    let gone: BTreeSet<&str> =
        changes.iter().filter(|c| c.kind == ChangeKind::Cancelled).map(|c| c.visit.as_str()).collect();
    let cancelled = revision.published.iter().filter(|v| gone.contains(v.id.as_str()));
    let cancelled: Vec<Cancelled> = cancelled.map(|v| Cancelled { visit: v.clone(), at: revision.now }).collect();
    revision.cancelled.extend(cancelled);
    // Another kind of vehicle has one more, and its own one fewer.
    let of_kind = |id: &str| scenario.vehicles.iter().find(|v| v.id == id).map(|v| v.kind.as_str());
    let crosses = |change: &Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => of_kind(&before.vehicle) != of_kind(&after.vehicle),
        _ => false,
    };
    let made = changes.len() + changes.iter().filter(|change| crosses(change)).count();
    plan.score_parts.changes_made = u32::try_from(made).unwrap_or(u32::MAX);
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

/// The identities of all visits, with those that are new, or made again after all, among them.
fn identities(scenario: &Scenario, visits: &[Visit], known: Vec<Option<String>>, revision: &Revision) -> Vec<String> {
    let cancelled = || revision.cancelled.iter().map(|c| &c.visit);
    let past = scenario.past.iter().map(|past| past.id.as_str());
    let published = revision.published.iter().chain(cancelled()).map(|visit| visit.id.as_str());
    let mut taken: Identities = past.chain(published).chain(known.iter().flatten().map(String::as_str)).collect();
    let mut back: BTreeSet<&str> = known.iter().flatten().map(String::as_str).collect();
    let mut out = Vec::with_capacity(visits.len());
    for (visit, known) in visits.iter().zip(&known) {
        if let Some(id) = known {
            out.push(id.clone());
            continue;
        }
        // One that an earlier version published is named without its first day: its last one counts.
        let place = (visit.vehicle.as_str(), visit.site.as_str(), visit.date);
        let same = |old: &&Visit| named(&old.id).unwrap_or((&old.vehicle, &old.site, old.date)) == place;
        match cancelled().find(|old| same(old) && !back.contains(old.id.as_str())) {
            Some(old) => {
                back.insert(&old.id);
                out.push(old.id.clone());
            }
            None => out.push(taken.mint(&visit.vehicle, &visit.site, visit.date)),
        }
    }
    out
}

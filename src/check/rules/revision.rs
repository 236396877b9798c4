//! Rule 10 for a plan made anew: what stays as it was published, and what changes to it are counted.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::view::View;
use crate::domain::DayId;
use crate::plan::{Change, ChangeKind, Placing, Revision, Visit, VisitService, instant, second_of_day};
use std::collections::{BTreeMap, BTreeSet};

/// The version of plans from which a revision says which visits are booked.
const BOOKED: u32 = 2;

/// What is past, locked or booked is in the plan as it was published, and nothing else is said to be; nothing is added to
/// days that have begun.
pub(in crate::check) fn published(view: &View, log: &mut Log) {
    let Some(revision) = &view.plan.revision else { return };
    let people = |visit: &Visit| -> BTreeMap<(String, String), u32> {
        let of = |own: &VisitService| {
            let service = own.service.clone();
            own.invitations
                .iter()
                .map(move |line| ((service.clone(), line.commune.clone()), line.people))
                .collect::<Vec<_>>()
        };
        visit.services.iter().flat_map(of).collect()
    };
    // Who is expected of those invited is today's figure.
    let same = |old: &Visit, new: &Visit| {
        Placing::of(old) == Placing::of(new) && old.site == new.site && people(old) == people(new)
    };
    for old in &revision.published {
        let past = revision.now.is_some_and(|now| old.sessions.first().is_some_and(|s| s.open < now));
        let kept = || view.plan.visits.iter().any(|new| new.id == old.id && same(old, new));
        if (past || revision.fixed.contains(&old.id)) && !kept() {
            log.add(
                Rule::Published,
                &old.id,
                format!(
                    "la visite du {} est passée, verrouillée ou réservée : elle doit rester telle que publiée ; rétablissez-la",
                    old.date
                ),
                format!(
                    "the visit of {} is past, locked or booked: it must stay as it was published; put it back",
                    old.date
                ),
            );
        }
    }
    let Some(known) = &view.scenario.published else { return };
    for old in &revision.published {
        let says = revision.fixed.contains(&old.id);
        let Some(is) = settled(view, old).filter(|is| *is != says) else { continue };
        let (fr, en) = match is {
            true => (
                "la visite est passée, verrouillée ou réservée, et ne figure pas dans fixed ; ajoutez-la",
                "the visit is past, locked or booked, and is not in fixed; add it",
            ),
            false => (
                "dite fixe, cette visite n'est ni passée, ni verrouillée, ni réservée ; retirez-la de fixed",
                "said to be fixed, this visit is neither past nor locked nor booked; take it out of fixed",
            ),
        };
        let older = view.plan.schema_version < BOOKED;
        log.add_unless(older, Rule::Published, &old.id, fr.into(), en.into());
    }
    for visit in &view.visits {
        let Some(((vehicle, _), day)) = visit.pair().zip(visit.day) else { continue };
        let fixed = revision.fixed.contains(&visit.visit.id);
        if known.done.contains(&(vehicle, day)) && !fixed {
            let date = view.scenario.horizon.date(DayId(day.0));
            log.add(
                Rule::Published,
                &visit.visit.id,
                format!("la journée du {date} a commencé : on n'y ajoute plus de visite ; retirez-la"),
                format!("the day of {date} has begun: no visit is added to it any more; take it out"),
            );
        }
    }
}

/// Whether a published visit has begun, its attendance is known, people have appointments there or a lock of the scenario's
/// own agrees with it; `None` of one that the scenario does not know. A day has begun with its shift; for a vehicle that cannot go out, with the visit.
fn settled(view: &View, old: &Visit) -> Option<bool> {
    let (revision, known) = (view.plan.revision.as_ref()?, view.scenario.published.as_ref()?);
    let told = known.visits.iter().find(|v| v.id == old.id)?;
    let opened = revision.now.is_some_and(|now| old.sessions.iter().any(|s| s.open < now));
    let down = revision.unavailable.iter().any(|u| u.vehicle == old.vehicle && (u.from..=u.to).contains(&old.date));
    let shift = view.scenario.shift(told.vehicle, told.day).map(|shift| instant(old.date, shift.from));
    let day_begun = revision.now.is_some_and(|now| {
        let today = second_of_day(now).0;
        old.date < today || old.date == today && shift.is_some_and(|from| from <= now)
    });
    let came = revision.attended.iter().any(|line| line.visit == old.id);
    Some(opened || !down && day_begun || came || told.locked || revision.booked.contains(&old.id))
}

/// How many changes there must be: published visits that are not made as they were, by their identity, and visits that were
/// not published. One that went to another kind of vehicle counts twice: that kind has one fewer, the other one more.
pub(in crate::check) fn number_of_changes(view: &View) -> u32 {
    let Some(revision) = &view.plan.revision else { return 0 };
    let same = |a: &Visit, b: &Visit| a.id == b.id && a.site == b.site;
    let of_published = |old: &Visit| match view.plan.visits.iter().find(|new| same(old, new)) {
        Some(new) if Placing::of(new) == Placing::of(old) => 0,
        Some(new) => weight(view, &old.vehicle, &new.vehicle),
        None => 1,
    };
    let added = view.plan.visits.iter().filter(|new| !revision.published.iter().any(|old| same(old, new))).count();
    let changed: u32 = revision.published.iter().map(of_published).sum();
    changed.saturating_add(u32::try_from(added).unwrap_or(u32::MAX))
}

/// How many changes it is that a visit goes from one vehicle to another, or stays with it.
fn weight(view: &View, from: &str, to: &str) -> u32 {
    let kind = |id: &str| view.scenario.vehicles.iter().find(|v| v.id == id).map(|v| v.kind.as_str());
    if kind(from) == kind(to) { 1 } else { 2 }
}

/// The changes stated are those there are, as many as there must be, and no more than are allowed; identities stay.
pub(in crate::check) fn changes(view: &View, log: &mut Log) {
    let Some(revision) = &view.plan.revision else { return };
    let one = |change: &Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => weight(view, &before.vehicle, &after.vehicle),
        _ => 1,
    };
    let stated: u32 = revision.changes.iter().map(one).fold(0, u32::saturating_add);
    let due = number_of_changes(view);
    if stated != due {
        log.add(
            Rule::Changes,
            "plan",
            format!("{stated} changements annoncés, {due} recomptés ; corrigez la liste"),
            format!("{stated} changes stated, {due} counted again; mend the list"),
        );
    }
    if let Some(most) = revision.max_changes
        && due > most
    {
        log.add(
            Rule::Changes,
            "plan",
            format!("{due} changements aux visites publiées, {most} permis ; gardez-en davantage"),
            format!("{due} changes to published visits, {most} allowed; keep more of them"),
        );
    }
    for change in &revision.changes {
        if !true_to(view.plan.visits.as_slice(), revision, change) {
            log.add(
                Rule::Changes,
                &change.visit,
                "le changement annoncé n'est pas celui des visites ; corrigez-le".into(),
                "the change stated is not that of the visits; mend it".into(),
            );
        }
    }
    let changed: BTreeSet<&str> = revision.changes.iter().map(|c| c.visit.as_str()).collect();
    for new in view.plan.visits.iter().filter(|v| !changed.contains(v.id.as_str())) {
        let kept = revision.published.iter().any(|old| old.id == new.id && Placing::of(old) == Placing::of(new));
        if !kept {
            log.add(
                Rule::Changes,
                &new.id,
                "la visite n'était pas publiée ainsi, et son changement n'est pas annoncé ; annoncez-le".into(),
                "the visit was not published like this, and its change is not stated; state it".into(),
            );
        }
    }
}

/// A revision speaks of visits that were published or are in the plan, counts its own changes, and keeps what it cancels.
pub(in crate::check) fn consistent(view: &View, log: &mut Log) {
    let Some(revision) = &view.plan.revision else { return };
    let mut wrong = |place: &str, fr: &str, en: &str| log.add(Rule::Changes, place, fr.into(), en.into());
    let published: BTreeSet<&str> = revision.published.iter().map(|v| v.id.as_str()).collect();
    let standing: BTreeSet<&str> = view.plan.visits.iter().map(|v| v.id.as_str()).collect();
    let cancelled: BTreeSet<&str> = revision.cancelled.iter().map(|c| c.visit.id.as_str()).collect();
    if published.len() < revision.published.len() || cancelled.len() < revision.cancelled.len() {
        wrong(
            "plan",
            "une visite publiée ou annulée figure deux fois ; retirez-en une",
            "a visit published or cancelled is there twice; take one out",
        );
    }
    for id in revision.fixed.iter().filter(|id| !published.contains(id.as_str())) {
        wrong(
            id,
            "dite fixe, cette visite n'était pas publiée ; retirez-la de fixed",
            "said to be fixed, this visit was not published; take it out of fixed",
        );
    }
    for id in revision.booked.iter().filter(|id| !published.contains(id.as_str())) {
        wrong(
            id,
            "dite réservée, cette visite n'était pas publiée ; retirez-la de booked",
            "said to be booked, this visit was not published; take it out of booked",
        );
    }
    for line in revision.attended.iter().filter(|line| !published.contains(line.visit.as_str())) {
        wrong(
            &line.visit,
            "des venues sont notées pour une visite qui n'était pas publiée ; retirez-les",
            "people are said to have come to a visit that was not published; take them out",
        );
    }
    for id in cancelled.iter().filter(|id| standing.contains(*id)) {
        wrong(
            id,
            "cette visite est à la fois annulée et dans le plan ; retirez-la de cancelled",
            "this visit is both cancelled and in the plan; take it out of cancelled",
        );
    }
    for change in &revision.changes {
        let id = change.visit.as_str();
        if change.kind == ChangeKind::Cancelled && !cancelled.contains(id) {
            wrong(
                id,
                "la visite annulée manque dans cancelled ; ajoutez-la",
                "the visit cancelled is missing from cancelled; add it",
            );
        }
        let counted = revision.sequences.get(id).is_some_and(|own| own.number > 0 && own.at == revision.now);
        if change.kind != ChangeKind::Added && !counted {
            wrong(
                id,
                "le changement n'est pas compté dans sequences ; comptez-le, à l'instant de la révision",
                "the change is not counted in sequences; count it, at the time of the revision",
            );
        }
    }
    for id in revision.sequences.keys().map(String::as_str) {
        if !published.contains(id) && !standing.contains(id) && !cancelled.contains(id) {
            wrong(
                id,
                "sequences nomme une visite que rien d'autre ne connaît ; retirez-la",
                "sequences names a visit that nothing else knows; take it out",
            );
        }
    }
}

fn true_to(visits: &[Visit], revision: &Revision, change: &Change) -> bool {
    let find = |list: &[Visit]| list.iter().find(|v| v.id == change.visit && v.site == change.site).map(Placing::of);
    let (before, after) = (find(&revision.published), find(visits));
    let there = match change.kind {
        ChangeKind::Moved => before.is_some() && after.is_some() && before != after,
        ChangeKind::Cancelled => before.is_some() && after.is_none(),
        ChangeKind::Added => before.is_none() && after.is_some(),
    };
    there && (&before, &after) == (&change.before, &change.after)
}

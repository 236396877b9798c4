//! Whom to invite where: rule 11's capacity and the conditions of model.md section 4.

use crate::check::codes::Rule;
use crate::check::log::{Log, number};
use crate::check::offered::{Line, Offered};
use crate::check::pools::{PoolView, whole};
use crate::check::view::{View, VisitView};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Room for rounding in `Σ u·x ≤ appointments`, in people.
const CAPACITY_SLACK: f64 = 1e-6;
/// Room for rounding in `x ≤ share · due`, in people.
const SHARE_SLACK: f64 = 1e-9;
/// Room for rounding in stated expectations: this, or its thousandth part of the number.
pub(in crate::check) const FIGURE_SLACK: f64 = 1e-6;

/// Whether a stated number is the computed one: within 1e-6, or 1e-9 of a large number.
/// Never for a number that is not finite.
pub(in crate::check) fn agrees(stated: f64, computed: f64) -> bool {
    (stated - computed).abs() <= FIGURE_SLACK.max(FIGURE_SLACK * 1e-3 * computed.abs())
}

type Entry<'v, 'a> = (&'v Offered<'a>, &'v VisitView<'a>, &'v PoolView);

/// The entries whose service has a pool.
fn pooled<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = Entry<'v, 'a>> {
    view.offered.iter().filter_map(|entry| {
        let pool = view.pools[entry.service?.index()].as_ref()?;
        Some((entry, &view.visits[entry.visit], pool))
    })
}

/// The lines whose commune is known and in scope.
fn in_scope<'v, 'a>(view: &'v View<'a>, entry: &'v Offered<'a>) -> impl Iterator<Item = (usize, &'v Line<'a>)> {
    let known = entry.lines.iter().filter_map(|l| Some((l.commune?, l)));
    known.filter(|(i, _)| view.scenario.communes[*i].in_scope)
}

/// The entries whose appointments can be known: those of a known vehicle.
fn offered<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = Entry<'v, 'a>> {
    pooled(view).filter(|(_, visit, _)| visit.vehicle.is_some())
}

/// `Σ u·x ≤ max(0, appointments · overbooking − reserve)` of each service of a visit.
pub(in crate::check) fn capacity(view: &View, log: &mut Log) {
    for (entry, visit, _) in offered(view) {
        let Some(service) = entry.service.map(|s| &view.scenario.services[s.index()]) else { continue };
        let (expected, all) = (entry.expected(), entry.appointments);
        let room = (f64::from(all) * service.overbooking - f64::from(service.reserve)).max(0.0);
        if expected <= room + CAPACITY_SLACK {
            continue;
        }
        let (e, room, service) = (number(expected), number(room), &service.id);
        log.add_unless(
            view.is_fact(visit),
            Rule::Capacity,
            &visit.visit.id,
            format!(
                "{} personnes attendues pour {} places en {all} rendez-vous « {service} » ; invitez moins",
                e.fr, room.fr
            ),
            format!("{} people expected for {} seats in {all} “{service}” appointments; invite fewer", e.en, room.en),
        );
    }
}

/// `Σ x ≤ floor(κ · appointments)` of each service of a visit.
pub(in crate::check) fn invitations_budget(view: &View, log: &mut Log) {
    for (entry, visit, pool) in offered(view) {
        let most = whole(pool.pool.invitations_per_appointment * f64::from(entry.appointments));
        let (people, service) = (entry.people(), &entry.stated.service);
        if people <= u64::from(most) {
            continue;
        }
        log.add_unless(
            view.is_fact(visit),
            Rule::InvitationsBudget,
            &visit.visit.id,
            format!(
                "{people} invitations « {service} » pour {most} permises ; retirez-en {}",
                people - u64::from(most)
            ),
            format!("{people} “{service}” invitations where {most} are allowed; drop {}", people - u64::from(most)),
        );
    }
}

/// Only communes in scope are invited.
pub(in crate::check) fn scope(view: &View, log: &mut Log) {
    for (entry, visit, _) in pooled(view) {
        for commune in entry.lines.iter().filter_map(|l| l.commune).map(|i| &view.scenario.communes[i]) {
            if !commune.in_scope {
                let (code, name) = (&commune.code, &commune.name);
                log.add_unless(
                    view.is_fact(visit),
                    Rule::Scope,
                    &visit.visit.id,
                    format!("{name} ({code}) n'est pas dans le périmètre ; retirez ses invitations"),
                    format!("{name} ({code}) is out of scope; take its invitations out"),
                );
            }
        }
    }
}

/// Only communes within `max-access-minutes` of the site are invited.
pub(in crate::check) fn reach(view: &View, log: &mut Log) {
    for (entry, visit, _) in pooled(view) {
        for line in entry.lines.iter().filter(|l| !l.in_reach) {
            let code = &line.stated.commune;
            let limit = number(view.scenario.travel.max_access.minutes());
            log.add_unless(
                view.is_fact(visit),
                Rule::Reach,
                &visit.visit.id,
                format!("{code} est à plus de {} minutes de {} ; retirez ses invitations", limit.fr, visit.visit.site),
                format!("{code} is more than {} minutes from {}; take its invitations out", limit.en, visit.visit.site),
            );
        }
    }
}

/// `Σ x ≤ max_invited_share · due` over the visits of each stay, for each service and commune;
/// `due` at the start of the horizon. What published visits have invited is a fact: then others invite nobody more.
pub(in crate::check) fn stay_share(view: &View, log: &mut Log) {
    for stay in &view.stays {
        // By service and commune: invited in all, and of these by visits that are free.
        let mut people: BTreeMap<(usize, usize), (u64, u64)> = BTreeMap::new();
        for (entry, visit, _) in pooled(view).filter(|(entry, ..)| stay.contains(&entry.visit)) {
            let Some(service) = entry.service else { continue };
            for (commune, line) in in_scope(view, entry) {
                let (all, free) = people.entry((service.index(), commune)).or_default();
                *all += u64::from(line.stated.people);
                *free += if view.is_fact(visit) { 0 } else { u64::from(line.stated.people) };
            }
        }
        for ((service, commune), (people, free)) in people {
            let Some(pool) = &view.pools[service] else { continue };
            let due = pool.due[commune];
            let most = pool.pool.max_invited_share * f64::from(due);
            #[allow(clippy::cast_precision_loss)]
            if people as f64 <= most + SHARE_SLACK {
                continue;
            }
            let (code, most) = (&view.scenario.communes[commune].code, whole(most));
            log.add_unless(
                free == 0,
                Rule::StayShare,
                stay.first().map_or("", |&k| view.visits[k].visit.id.as_str()),
                format!(
                    "{people} personnes de {code} invitées, {most} au plus par passage (sur {due}) ; invitez moins"
                ),
                format!("{people} people of {code} invited, {most} at most by one stay (of {due}); invite fewer"),
            );
        }
    }
}

/// People invited on each date, and of these by visits that are free; and the last visit that invites any.
type ByDate<'v> = BTreeMap<NaiveDate, (u64, u64, &'v str)>;

/// For every date `d` and commune, `Σ_{v ≤ d} x ≤ due(d)`; the first date that fails is named. Where published visits alone
/// have invited more, that is a fact, and by then no others may invite anybody.
pub(in crate::check) fn due(view: &View, log: &mut Log) {
    let mut invited: BTreeMap<(usize, usize), ByDate> = BTreeMap::new();
    for (entry, visit, _) in pooled(view).filter(|(_, visit, _)| visit.day.is_some()) {
        let Some(service) = entry.service else { continue };
        for (commune, line) in in_scope(view, entry) {
            let dates = invited.entry((service.index(), commune)).or_default();
            let people = u64::from(line.stated.people);
            let at = dates.entry(visit.visit.date).or_insert((0, 0, &visit.visit.id));
            *at = (at.0 + people, at.1 + if view.is_fact(visit) { 0 } else { people }, &visit.visit.id);
        }
    }
    for ((service, commune), dates) in invited {
        let Some(pool) = &view.pools[service] else { continue };
        let (mut sum, mut free) = (0, 0);
        for (date, (people, of_free, visit)) in dates {
            (sum, free) = (sum + people, free + of_free);
            let Some(day) = view.scenario.horizon.day(date) else { continue };
            let due = pool.due_after(commune, day.0);
            if sum <= u64::from(due) {
                continue;
            }
            let (code, service) = (&view.scenario.communes[commune].code, &view.scenario.services[service].id);
            log.add_unless(
                free == 0,
                Rule::Due,
                visit,
                format!(
                    "{sum} personnes de {code} invitées (« {service} ») au {date} pour {due} dues ; invitez-en moins"
                ),
                format!("{sum} people of {code} invited (“{service}”) by {date} where {due} are due; invite fewer"),
            );
            if free > 0 {
                break;
            }
        }
    }
}

/// `expected` and `expected_additional` of lines and services are the model's.
pub(in crate::check) fn expected(view: &View, log: &mut Log) {
    for entry in view.offered.iter().filter(|o| o.service.is_some()) {
        let visit = view.visits[entry.visit].visit;
        let service = &entry.stated.service;
        let mut compare = |what: String, stated: f64, computed: f64| {
            if !agrees(stated, computed) {
                let (s, c) = (number(stated), number(computed));
                log.add(
                    Rule::Expected,
                    &visit.id,
                    format!("{what} : {} annoncé, {} recalculé ; corrigez le nombre", s.fr, c.fr),
                    format!("{what}: {} stated, {} computed; mend the number", s.en, c.en),
                );
            }
        };
        for line in entry.lines.iter().filter(|l| l.commune.is_some()) {
            compare(format!("{service}.{}.expected", line.stated.commune), line.stated.expected, line.expected);
        }
        compare(format!("{service}.expected"), entry.stated.expected, entry.expected());
        compare(format!("{service}.expected_additional"), entry.stated.expected_additional, entry.additional());
    }
}

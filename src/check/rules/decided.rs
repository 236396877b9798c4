//! Rule 10: what the coordinator has decided.

use crate::check::codes::Rule;
use crate::check::log::{Log, between};
use crate::check::view::{View, VisitView, moment};
use crate::domain::{Window, after_midnight};
use chrono::NaiveDate;

/// Every lock has its visit: vehicle, day, site, and the exact sessions where given.
pub(in crate::check) fn locked(view: &View, log: &mut Log) {
    for lock in &view.scenario.locks {
        let met = |v: &&VisitView| v.pair() == Some((lock.vehicle, lock.site)) && v.day == Some(lock.day);
        let date = view.scenario.horizon.date(lock.day);
        let vehicle = &view.vehicle(lock.vehicle).id;
        let site = &view.scenario.sites[lock.site.index()].id;
        let Some(visit) = view.visits.iter().find(met) else {
            log.add(
                Rule::Locked,
                "plan",
                format!("la visite verrouillée de {vehicle} à {site} le {date} manque ; ajoutez-la ou levez le verrou"),
                format!("the locked visit of {vehicle} to {site} on {date} is missing; add it or lift the lock"),
            );
            continue;
        };
        let Some(sessions) = &lock.sessions else { continue };
        if view.visits.iter().filter(met).any(|v| has(v, date, sessions)) {
            continue;
        }
        let at = |time| moment(after_midnight(date, time));
        let due: Vec<_> = sessions.iter().map(|w| between(at(w.from), at(w.to))).collect();
        let is: Vec<_> = visit.sessions.iter().map(|s| between(s.from, s.to)).collect();
        let list = |texts: &[crate::i18n::Text], fr: bool| {
            texts.iter().map(|t| if fr { t.fr.as_str() } else { t.en.as_str() }).collect::<Vec<_>>().join(", ")
        };
        log.add(
            Rule::Locked,
            &visit.visit.id,
            format!(
                "séances {} au lieu de celles verrouillées, {} ; rétablissez-les",
                list(&is, true),
                list(&due, true)
            ),
            format!("sessions {} where {} are locked; put those back", list(&is, false), list(&due, false)),
        );
    }
}

fn has(visit: &VisitView, date: NaiveDate, sessions: &[Window]) -> bool {
    let mut is: Vec<(i64, i64)> = visit.sessions.iter().map(|s| (s.from.utc, s.to.utc)).collect();
    is.sort_unstable();
    is.into_iter()
        .eq(sessions.iter().map(|w| (after_midnight(date, w.from).timestamp(), after_midnight(date, w.to).timestamp())))
}

/// No forbidden visit.
pub(in crate::check) fn forbidden(view: &View, log: &mut Log) {
    for visit in &view.visits {
        let Some(((vehicle, site), day)) = visit.pair().zip(visit.day) else { continue };
        if view.scenario.forbidden.iter().any(|f| f.covers(vehicle, day, site)) {
            let v = visit.visit;
            log.add_unless(
                view.has_begun(visit),
                Rule::Forbidden,
                &v.id,
                format!(
                    "la visite de {} à {} le {} est interdite ; retirez-la ou levez l'interdiction",
                    v.vehicle, v.site, v.date
                ),
                format!(
                    "the visit of {} to {} on {} is forbidden; take it out or lift the ban",
                    v.vehicle, v.site, v.date
                ),
            );
        }
    }
}

//! Services of a visit, their appointments (rule 11) and the form of invitations.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::offered;
use crate::check::view::View;
use crate::domain::ServiceId;
use std::collections::{BTreeSet, HashSet};

/// A visit lists each service its vehicle offers on that weekday, once, and no other; a service
/// without a pool invites nobody.
pub(in crate::check) fn services(view: &View, log: &mut Log) {
    for visit in view.visits.iter().filter(|v| v.vehicle.is_some()) {
        let all = (0..view.scenario.services.len()).map(ServiceId::new);
        let due: BTreeSet<&str> = all
            .filter(|s| offered::offers(view, visit, *s))
            .map(|s| view.scenario.services[s.index()].id.as_str())
            .collect();
        let mut is: Vec<&str> = visit.visit.services.iter().map(|s| s.service.as_str()).collect();
        is.sort_unstable();
        if !is.iter().copied().eq(due.iter().copied()) {
            let (is, due) = (is.join(", "), due.into_iter().collect::<Vec<_>>().join(", "));
            log.add(
                Rule::Services,
                &visit.visit.id,
                format!("services [{is}] au lieu de [{due}], ceux du véhicule ce jour-là ; corrigez la liste"),
                format!("services [{is}], where the vehicle offers [{due}] on that day; mend the list"),
            );
        }
    }
    for entry in view.offered.iter().filter(|o| !o.lines.is_empty()) {
        if entry.service.is_some_and(|s| view.pools[s.index()].is_none()) {
            let service = &entry.stated.service;
            log.add(
                Rule::Services,
                &view.visits[entry.visit].visit.id,
                format!("« {service} » n'a pas de population à inviter ; retirez ses invitations"),
                format!("“{service}” has no pool to invite from; take its invitations out"),
            );
        }
    }
}

/// `appointments` = Σ over sessions of floor(session / appointment) × lanes, exactly.
pub(in crate::check) fn appointments(view: &View, log: &mut Log) {
    for entry in &view.offered {
        let visit = &view.visits[entry.visit];
        let (is, due) = (entry.stated.appointments, entry.appointments);
        if visit.vehicle.is_none() || entry.service.is_none() || is == due {
            continue;
        }
        let service = &entry.stated.service;
        log.add(
            Rule::Appointments,
            &visit.visit.id,
            format!("{is} rendez-vous « {service} » annoncés, {due} d'après les séances ; corrigez le nombre"),
            format!("{is} “{service}” appointments stated, {due} by the sessions; mend the number"),
        );
    }
}

/// One line of invitations a commune and service, of one person at least.
pub(in crate::check) fn lines(view: &View, log: &mut Log) {
    for entry in &view.offered {
        let mut seen: HashSet<&str> = HashSet::new();
        for line in &entry.lines {
            let commune = &line.stated.commune;
            let id = &view.visits[entry.visit].visit.id;
            if line.stated.people == 0 {
                log.add(
                    Rule::Lines,
                    id,
                    format!("la ligne d'invitations de {commune} n'invite personne ; retirez-la"),
                    format!("the invitations of {commune} are for nobody; take the line out"),
                );
            }
            if !seen.insert(commune) {
                log.add(
                    Rule::Lines,
                    id,
                    format!("{commune} a deux lignes d'invitations « {} » ; additionnez-les", entry.stated.service),
                    format!("{commune} has two lines of “{}” invitations; add them up", entry.stated.service),
                );
            }
        }
    }
}

//! The promise in the figures of a plan.

use super::follow_up::{Followed, follow_up, points};
use super::rolling::{GroupAccess, rolling, together};
use crate::domain::{ClockKind, CommuneId, Scenario};
use crate::plan::{FollowUpLine, FollowUpPoint, LongestWait, Plan, PromiseFigures, RollingFigures, at};
use crate::travel::Table;

/// Measures the promise and notes it in a plan: rolling access by service, follow-up by visit. What was
/// noted before is replaced.
pub fn note(scenario: &Scenario, travel: &Table, plan: &mut Plan) {
    let all = rolling(scenario, travel, plan);
    let scope = || (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope).map(CommuneId::new);
    plan.promise = all
        .iter()
        .map(|of| {
            let (alone, fixed) = (together(scenario, &of.alone, scope()), together(scenario, &of.with_fixed, scope()));
            PromiseFigures {
                service: scenario.services[of.service.index()].id.clone(),
                clock: of.clock,
                minutes: of.reach.access.minutes(),
                hours: of.reach.hours,
                residents: alone.residents,
                vehicles: figures(scenario, &alone),
                with_fixed: figures(scenario, &fixed),
            }
        })
        .collect();
    let fixed = points(scenario);
    for visit in &mut plan.visits {
        visit.services.iter_mut().for_each(|s| s.follow_up.clear());
    }
    for service in &scenario.services {
        for kind in ClockKind::ALL {
            for found in follow_up(scenario, travel, plan, service, kind) {
                let of = plan.visits[found.visit].services.iter_mut().find(|s| s.service == service.id);
                let nearest = found.nearest.map(|(point, access, opens)| FollowUpPoint {
                    id: fixed[point].id.clone(),
                    name: fixed[point].name.clone(),
                    minutes: access.minutes(),
                    opens: at(opens),
                });
                let Followed { clock, people, followed, .. } = found;
                of.into_iter().for_each(|s| {
                    s.follow_up.push(FollowUpLine { clock, nearest: nearest.clone(), people, followed });
                });
            }
        }
    }
}

/// Rolling access of a group as a plan states it.
#[must_use]
pub fn figures(scenario: &Scenario, group: &GroupAccess) -> RollingFigures {
    RollingFigures {
        share: group.share,
        always: group.always,
        never: group.never,
        longest: group.longest.map(|(commune, wait)| LongestWait {
            commune: scenario.communes[commune.index()].code.clone(),
            from: at(wait.from),
            seconds: wait.seconds,
            at_least: wait.censored,
        }),
    }
}

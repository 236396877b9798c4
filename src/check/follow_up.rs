//! Follow-up after visits, computed again, and where it must be there.

use super::codes::Rule;
use super::log::Log;
use super::offered;
use super::promise::{Calendar, NAMED};
use super::view::{View, VisitView};
use crate::domain::{CarePoint, ClockKind, CommuneId, FollowUp, PositionId, ServiceId};
use crate::plan::{FollowUpLine, FollowUpPoint, VisitService, at};
use rayon::prelude::*;

/// Where people go on to after each visit, by visit and service of the scenario.
pub(super) fn follow_up(view: &View, visits: &mut [Vec<VisitService>]) {
    let calendar = Calendar::new(view.scenario);
    for (k, service) in view.scenario.services.iter().enumerate() {
        let Some(rule) = &service.follow_up else { continue };
        let points: Vec<(&CarePoint, Vec<(i64, i64)>)> = view
            .scenario
            .care_points
            .iter()
            .chain(&view.scenario.imaging_sites)
            .filter(|p| rule.points.contains(&p.kind) || p.services.iter().any(|s| rule.points.contains(s)))
            .map(|point| (point, calendar.opening(view.scenario, point)))
            .collect();
        for (visit, own) in view.visits.iter().zip(visits.iter_mut()) {
            if offered::appointments(view, visit, ServiceId::new(k)) == 0 {
                continue;
            }
            let Some(line) = own.iter_mut().find(|s| s.service == service.id) else { continue };
            let found = ClockKind::ALL.map(|kind| followed(view, &calendar, rule, &points, visit, line, kind));
            line.follow_up = found.into_iter().flatten().collect();
        }
    }
}

/// A hard rule of follow-up: whoever is invited has a point that is open in time, and so has every commune in scope within
/// the visit's reach that has any near enough.
pub(super) fn followed_up(view: &View, log: &mut Log) {
    let calendar = Calendar::new(view.scenario);
    let scenario = view.scenario;
    let minutes = |from: usize, to: PositionId| {
        view.travel.car(CommuneId::new(from), to).map(|leg| leg.seconds.max(scenario.travel.min_access))
    };
    for (k, service) in scenario.services.iter().enumerate() {
        let Some(rule) = service.follow_up.as_ref().filter(|rule| rule.hard) else { continue };
        let counts =
            |p: &&CarePoint| rule.points.contains(&p.kind) || p.services.iter().any(|s| rule.points.contains(s));
        let points = scenario.care_points.iter().chain(&scenario.imaging_sites).filter(counts);
        let points: Vec<(PositionId, Vec<(i64, i64)>)> =
            points.map(|point| (point.position, calendar.opening(scenario, point))).collect();
        let near: Vec<Vec<usize>> = (0..scenario.communes.len())
            .into_par_iter()
            .map(|i| {
                let close = |p: &usize| minutes(i, points[*p].0).is_some_and(|m| m <= rule.reach.access);
                (0..points.len()).filter(close).collect()
            })
            .collect();
        for visit in view.visits.iter().filter(|v| offered::offers(view, v, ServiceId::new(k))) {
            let Some((end, site)) = visit.sessions.last().map(|s| s.to.utc).zip(visit.site) else { continue };
            if !(calendar.midnights[0]..calendar.horizon.1).contains(&end) {
                continue;
            }
            let open = |p: &usize| {
                let next = points[*p].1.iter().filter(|span| span.1 > end).map(|span| span.0.max(end)).min();
                next.is_some_and(|at| calendar.runs(rule.clock, end, at) <= 3600 * i64::from(rule.reach.hours))
            };
            let home = scenario.sites[site.index()].position;
            let reached = |i: usize| minutes(i, home).is_some_and(|m| m <= scenario.travel.max_access);
            let lines = visit.visit.services.iter().filter(|s| s.service == service.id).flat_map(|s| &s.invitations);
            let invited: Vec<usize> =
                lines.filter_map(|line| view.communes.get(line.commune.as_str()).copied()).collect();
            let must =
                |i: usize| invited.contains(&i) || scenario.communes[i].in_scope && !near[i].is_empty() && reached(i);
            let without: Vec<&str> = (0..scenario.communes.len())
                .filter(|&i| must(i) && !near[i].iter().any(open))
                .map(|i| scenario.communes[i].name.as_str())
                .collect();
            if without.is_empty() {
                continue;
            }
            let named = without[..without.len().min(NAMED)].join(", ");
            let (id, n) = (&service.id, without.len());
            log.add(
                Rule::FollowUp,
                &visit.visit.id,
                format!("après la visite, « {id} » n'a pas de suite à temps pour {n} communes, dont {named} ; terminez-la plus tôt ou un autre jour"),
                format!("after the visit \"{id}\" has no follow-up in time for {n} communes, among them {named}; end it sooner or on another day"),
            );
        }
    }
}

fn followed(
    view: &View,
    calendar: &Calendar,
    rule: &FollowUp,
    points: &[(&CarePoint, Vec<(i64, i64)>)],
    visit: &VisitView,
    line: &VisitService,
    kind: ClockKind,
) -> Option<FollowUpLine> {
    let end = visit.sessions.last()?.to.utc;
    // Instants beyond what a calendar knows are judged by other rules.
    if !(calendar.midnights[0]..calendar.horizon.1).contains(&end) {
        return None;
    }
    let home = view.scenario.sites[visit.site?.index()].commune;
    let access = |from: CommuneId, to: PositionId| {
        view.travel.car(from, to).map(|leg| leg.seconds.max(view.scenario.travel.min_access))
    };
    let next = |open: &[(i64, i64)]| open.iter().filter(|o| o.1 > end).map(|o| o.0.max(end)).min();
    let in_time: Vec<(usize, i64)> = points
        .iter()
        .enumerate()
        .filter_map(|(k, (_, open))| Some((k, next(open)?)))
        .filter(|&(_, opens)| calendar.runs(kind, end, opens) <= 3600 * i64::from(rule.reach.hours))
        .collect();
    let nearest =
        in_time.iter().filter_map(|&(k, opens)| Some((access(home, points[k].0.position)?, opens, k))).min().map(
            |(access, opens, k)| FollowUpPoint {
                id: points[k].0.id.clone(),
                name: points[k].0.name.clone(),
                minutes: f64::from(access.0) / 60.0,
                opens: at(opens),
            },
        );
    let has = |commune: usize| {
        let near =
            |k: usize| access(CommuneId::new(commune), points[k].0.position).is_some_and(|a| a <= rule.reach.access);
        in_time.iter().any(|&(k, _)| near(k))
    };
    let (mut people, mut followed) = (0_u32, 0_u32);
    for invited in &line.invitations {
        let Some(&commune) = view.communes.get(invited.commune.as_str()) else { continue };
        people = people.saturating_add(invited.people);
        followed = followed.saturating_add(if has(commune) { invited.people } else { 0 });
    }
    if line.invitations.is_empty() {
        people = view.scenario.communes[home.index()].population.0;
        followed = if has(home.index()) { people } else { 0 };
    }
    Some(FollowUpLine { clock: kind, nearest, people, followed })
}

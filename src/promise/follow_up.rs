//! Indicator C: where people go on to after a visit.

use super::access::answers;
use super::clock::Clock;
use super::offers::{Offer, opening};
use super::rolling::Period;
use crate::domain::{CarePoint, ClockKind, CommuneId, FollowUp, PositionId, Scenario, Service};
use crate::plan::{Plan, Visit, VisitService};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::HashMap;

/// Follow-up after a visit for those whom it invites, or for its own commune where it invites nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// Position of the visit in the plan.
    pub visit: usize,
    /// The clock.
    pub clock: ClockKind,
    /// The point nearest to the visit that is open in time: its position among the care points and then
    /// the imaging sites, access time from the visit's commune, and when it is first open after the visit,
    /// seconds since the Unix epoch.
    pub nearest: Option<(usize, Seconds, i64)>,
    /// People invited; residents of the commune where it invites nobody.
    pub people: u32,
    /// Of whom have a point within reach that is open in time.
    pub followed: u32,
}

/// The fixed points of a scenario: its care points, then its imaging sites.
#[must_use]
pub fn points(scenario: &Scenario) -> Vec<&CarePoint> {
    scenario.care_points.iter().chain(&scenario.imaging_sites).collect()
}

/// Whether a fixed point counts for a follow-up.
#[must_use]
pub fn counts(rule: &FollowUp, point: &CarePoint) -> bool {
    rule.points.iter().any(|name| *name == point.kind || point.services.contains(name))
}

/// The follow-up of a service's visits on one clock, in the order of the plan; nothing for a service without
/// a rule. `O(visits · points + invitations)`.
#[must_use]
pub fn follow_up(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    service: &Service,
    kind: ClockKind,
) -> Vec<Followed> {
    let Some(rule) = &service.follow_up else { return Vec::new() };
    let period = Period::of(scenario);
    let clock = period.clock(scenario, kind);
    let all = points(scenario);
    let counted = (0..all.len()).filter(|&k| counts(rule, all[k]));
    let open: Vec<(usize, Offer)> =
        counted.map(|k| (k, opening(scenario, all[k], (period.first, period.known)))).collect();
    let codes: HashMap<&str, CommuneId> =
        scenario.communes.iter().enumerate().map(|(k, c)| (c.code.as_str(), CommuneId::new(k))).collect();
    let judge = Judge { scenario, travel, rule, clock: &clock, open: &open, codes: &codes };
    let offered = |visit: &'_ Visit| visit.services.iter().position(|s| s.service == service.id && s.appointments > 0);
    let visits = plan.visits.iter().enumerate().filter_map(|(k, visit)| Some((k, visit, offered(visit)?)));
    visits.filter_map(|(k, visit, at)| judge.visit(k, visit, &visit.services[at], kind)).collect()
}

/// What visits are judged by.
struct Judge<'a> {
    scenario: &'a Scenario,
    travel: &'a Table,
    rule: &'a FollowUp,
    clock: &'a Clock,
    open: &'a [(usize, Offer)],
    codes: &'a HashMap<&'a str, CommuneId>,
}

impl Judge<'_> {
    fn visit(&self, k: usize, visit: &Visit, offered: &VisitService, clock: ClockKind) -> Option<Followed> {
        let end = visit.sessions.last()?.close.timestamp();
        let own = *self.codes.get(visit.commune.as_str())?;
        let hours = self.rule.reach.seconds();
        // Points that are open in time, with the first instant at which they are.
        let in_time: Vec<(usize, PositionId, i64)> = self
            .open
            .iter()
            .filter_map(|(point, offer)| {
                let spans = offer.open.spans().iter().filter(|s| s.1 > end);
                let first = spans.map(|&span| (span.0.max(end), answers(span, hours, self.clock).0)).next()?;
                (first.1 <= end).then_some((*point, offer.at, first.0))
            })
            .collect();
        let access = |commune: CommuneId, to: PositionId| self.travel.access(self.scenario, commune, to);
        let near =
            |commune: CommuneId, to: PositionId| access(commune, to).is_some_and(|a| a <= self.rule.reach.access);
        let nearest = in_time.iter().filter_map(|&(point, to, opens)| Some((access(own, to)?, opens, point))).min();
        let mut people: Vec<(CommuneId, u32)> = offered
            .invitations
            .iter()
            .filter_map(|line| Some((*self.codes.get(line.commune.as_str())?, line.people)))
            .collect();
        if people.is_empty() {
            people.push((own, self.scenario.communes[own.index()].population.0));
        }
        let has = |commune: CommuneId| in_time.iter().any(|&(_, to, _)| near(commune, to));
        Some(Followed {
            visit: k,
            clock,
            nearest: nearest.map(|(minutes, opens, point)| (point, minutes, opens)),
            people: people.iter().map(|p| p.1).sum(),
            followed: people.iter().filter(|p| has(p.0)).map(|p| p.1).sum(),
        })
    }
}

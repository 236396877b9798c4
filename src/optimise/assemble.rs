//! From chosen visits to the plan that is written.

use super::component::PROVED;
use super::duty::Duty;
use super::{ShadowPrice, Solution};
use crate::demand::{Demand, value_of};
use crate::domain::{CommuneId, DayId, Scenario, ServiceId, SiteId, VehicleId, Window};
use crate::plan::{
    Call, Coverage, Ends, Identities, InvitationLine, NotServed, Plan, PlanHorizon, SCHEMA_VERSION, ScenarioRef,
    ScoreParts, Session, ShadowPrices, Solver, Timetable, Tour, Visit, VisitService, after_midnight,
};
use crate::promise;
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// Sites named as left out.
const NOT_SERVED: usize = 10;

/// A visit, before it has its times.
#[derive(Debug, Clone)]
pub struct PlannedVisit {
    /// Its identity, where it has one already.
    pub id: Option<String>,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The site.
    pub site: SiteId,
    /// Sessions, in order, in seconds since local midnight.
    pub sessions: Vec<Window>,
    /// Whether the vehicle sleeps there, after the last visit of its day.
    pub sleeps: bool,
    /// Invitations by service and commune.
    pub invitations: Vec<(ServiceId, Vec<(CommuneId, u32)>)>,
}

impl Solution {
    /// The visits of a solution, tour by tour.
    #[must_use]
    pub fn visits(&self, duties: &[Duty]) -> Vec<PlannedVisit> {
        let mut out = Vec::new();
        for tour in &self.tours {
            let duty = &duties[tour.placed.duty];
            let time = |step: usize| Seconds(i32::try_from(step).unwrap_or_default() * duty.hours.grid);
            let last = tour.placed.tour.stops.len() - 1;
            for (k, (stop, invitations)) in tour.placed.tour.stops.iter().zip(&tour.invitations).enumerate() {
                out.push(PlannedVisit {
                    id: None,
                    vehicle: duty.vehicle,
                    day: tour.placed.day,
                    site: duty.roads.sites[stop.site],
                    sleeps: k == last && tour.placed.tour.sleeps > 0,
                    sessions: stop.sessions.iter().map(|s| Window { from: time(s.0), to: time(s.1) }).collect(),
                    invitations: duty.services.iter().copied().zip(invitations.iter().cloned()).collect(),
                });
            }
        }
        out
    }

    /// The sites left out, best first, as the plan names them.
    #[must_use]
    pub fn not_served(&self, scenario: &Scenario) -> Vec<NotServed> {
        self.left_out
            .iter()
            .take(NOT_SERVED)
            .map(|left| {
                let place = &scenario.sites[left.site.index()];
                NotServed {
                    site: place.id.clone(),
                    commune: scenario.communes[place.commune.index()].code.clone(),
                    vehicle_kind: left.kind.clone(),
                    reduced_value: left.value,
                    score_at_most: left.at_most,
                    score_with_it: None,
                }
            })
            .collect()
    }

    /// The shadow prices, as the plan states them.
    #[must_use]
    pub fn shadow_prices(&self, scenario: &Scenario) -> Vec<ShadowPrices> {
        let one = |p: &ShadowPrice| ShadowPrices {
            vehicle: scenario.vehicles[p.vehicle.index()].id.clone(),
            day: p.day,
            shift_hour: p.shift_hour,
            appointment_per_hour: p.appointment,
        };
        self.shadow_prices.iter().map(one).collect()
    }

    /// States in a plan of its visits what is known of them: what was left out, what a little more of each vehicle would be
    /// worth, whether its invitations are proved best, and how it was found.
    pub fn note(&self, scenario: &Scenario, plan: &mut Plan) {
        let gap = self.invitations_short / self.score.max(1.0);
        plan.invitations_proved = gap <= PROVED * (1.0 + 1e-6);
        plan.invitations_gap = Some(gap);
        plan.not_served = self.not_served(scenario);
        plan.shadow_prices = self.shadow_prices(scenario);
        plan.solver = Some(self.solver());
    }

    /// Figures on the work, as the plan states them.
    #[must_use]
    pub fn solver(&self) -> Solver {
        let relative = |a: f64, b: f64| ((a - b) / b.abs().max(1.0)).max(0.0);
        Solver {
            root_gap: relative(self.statistics.root_bound, self.score),
            first_gap: relative(self.statistics.root_bound, self.statistics.first_score),
            stopped_by: self.stopped.name().into(),
            columns: self.statistics.columns,
            rounds: self.statistics.rounds,
            nodes: self.statistics.nodes,
        }
    }
}

/// Writes visits out as a plan: tours with their times, identities, expectations and figures.
/// Visits of one tour must come in the order in which they are made. `upper_bound` is stated as
/// it is, or as the score when it lies below it by rounding; without one (a plan made by hand)
/// the gap is not known and both are infinite, which JSON writes as `null`: use the score.
#[must_use]
pub fn assemble(
    scenario: &Scenario,
    travel: &Table,
    demand: &Demand,
    visits: &[PlannedVisit],
    upper_bound: Option<f64>,
) -> Plan {
    let visits: Vec<PlannedVisit> = visits.iter().map(|visit| as_published(scenario, visit)).collect();
    let mut by_tour: BTreeMap<(DayId, VehicleId), Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in &visits {
        by_tour.entry((visit.day, visit.vehicle)).or_default().push(visit);
    }
    let mut tours: Vec<Tour> = Vec::new();
    let mut written: Vec<(Visit, &PlannedVisit)> = Vec::new();
    // By vehicle: the day of its last tour, and where it slept after it.
    let mut before: BTreeMap<VehicleId, (DayId, Option<SiteId>)> = BTreeMap::new();
    let mut nights = 0;
    for (&(day, vehicle), own) in &by_tour {
        let calls: Vec<Call> = own.iter().map(|v| Call { site: v.site, sessions: v.sessions.clone() }).collect();
        let last = own[own.len() - 1];
        let earlier = before.insert(vehicle, (day, last.sleeps.then_some(last.site)));
        let slept = earlier.and_then(|(_, slept)| slept);
        nights += earlier.filter(|(_, slept)| slept.is_some()).map_or(0, |(evening, _)| day.0 - evening.0);
        let begins_week = earlier.is_none_or(|(d, _)| d.0 / 7 != day.0 / 7);
        let control = scenario.vehicles[vehicle.index()].quality_control;
        let ends = Ends { slept, sleeps: last.sleeps, control: if begins_week { control } else { Seconds(0) } };
        let Some(table) = Timetable::new(scenario, travel, (vehicle, day), &calls, ends) else { continue };
        tours.push(table.tour(scenario, vehicle, day, &calls, ends));
        for (visit, &(arrive, leave)) in own.iter().zip(&table.stays) {
            written.push((visit_of(scenario, demand, visit, arrive, leave), visit));
        }
    }
    written.sort_by(|(a, _), (b, _)| (a.sessions[0].open, &a.vehicle).cmp(&(b.sessions[0].open, &b.vehicle)));
    name(scenario, &mut written);
    let coverage = coverage(scenario, demand, &written);
    let driving_hours = tours.iter().flat_map(|t| &t.legs).map(|l| f64::from(l.seconds)).sum::<f64>() / 3600.0;
    let parts = ScoreParts {
        coverage: coverage
            .iter()
            .map(|c| scenario.services.iter().find(|s| s.id == c.service).map_or(0.0, |s| s.weight) * c.coverage_score)
            .sum(),
        driving: scenario.prices.driving_price_per_hour * driving_hours,
        driving_hours,
        weekdays: visits.iter().map(|v| scenario.weekday_worth(v.site, v.day)).sum(),
        nights: scenario.prices.night_price * f64::from(nights),
        nights_out: nights,
        promise: 0.0,
        changes: 0.0,
        changes_made: 0,
    };
    let mut plan = Plan {
        schema_version: SCHEMA_VERSION,
        scenario: ScenarioRef {
            name: scenario.name.clone(),
            hash: scenario.input_hash.clone(),
            labels: scenario.labels.clone(),
        },
        horizon: PlanHorizon {
            start: scenario.horizon.start,
            weeks: scenario.horizon.weeks,
            zone: "Europe/Paris".into(),
        },
        planned_on: scenario.now,
        score: 0.0,
        upper_bound: 0.0,
        gap: 0.0,
        proved_optimal: false,
        invitations_proved: false,
        invitations_gap: None,
        score_parts: parts,
        coverage,
        promise: Vec::new(),
        tours,
        visits: written.into_iter().map(|(v, _)| v).collect(),
        not_served: Vec::new(),
        shadow_prices: Vec::new(),
        solver: None,
        revision: None,
    };
    promise::note(scenario, travel, &mut plan);
    plan.score_parts.promise = promise::penalty(scenario, travel, &plan);
    plan.conclude(upper_bound);
    plan
}

/// A visit that is fixed invites whom it was published to invite.
fn as_published(scenario: &Scenario, visit: &PlannedVisit) -> PlannedVisit {
    let known = scenario.published.as_ref().and_then(|p| p.at(visit.vehicle, visit.day, visit.site));
    match known.filter(|known| known.fixed) {
        Some(known) => PlannedVisit { invitations: known.invitations.clone(), ..visit.clone() },
        None => visit.clone(),
    }
}

fn visit_of(scenario: &Scenario, demand: &Demand, visit: &PlannedVisit, arrive: Seconds, leave: Seconds) -> Visit {
    let date = scenario.horizon.date(visit.day);
    let site = &scenario.sites[visit.site.index()];
    let vehicle = &scenario.vehicles[visit.vehicle.index()];
    let services = vehicle
        .offers
        .iter()
        .filter(|o| o.weekdays.contains(date))
        .map(|offer| {
            let service = &scenario.services[offer.service.index()];
            let appointments = visit
                .sessions
                .iter()
                .map(|s| u32::try_from(s.length().0 / service.appointment.0).unwrap_or(0) * offer.lanes)
                .sum();
            let people = visit.invitations.iter().find(|(s, _)| *s == offer.service).map(|(_, list)| list.as_slice());
            let mut out = VisitService {
                service: service.id.clone(),
                appointments,
                expected: 0.0,
                expected_additional: 0.0,
                invitations: Vec::new(),
                follow_up: Vec::new(),
            };
            let (Some(people), Some(pool)) = (people, demand.of(offer.service)) else { return out };
            for &(commune, people) in people {
                // Of a commune that was invited and is out of reach by now nobody is expected.
                let reach = pool.reach[visit.site.index()].iter().find(|reach| reach.commune == commune);
                let expected = reach.map_or(0.0, |reach| reach.uptake) * f64::from(people);
                out.expected += expected;
                out.expected_additional += pool.additional[commune.index()] * expected;
                out.invitations.push(InvitationLine {
                    commune: scenario.communes[commune.index()].code.clone(),
                    people,
                    expected,
                });
            }
            out
        })
        .collect();
    Visit {
        id: String::new(),
        vehicle: vehicle.id.clone(),
        site: site.id.clone(),
        commune: scenario.communes[site.commune.index()].code.clone(),
        date,
        arrive: after_midnight(date, arrive),
        sessions: visit
            .sessions
            .iter()
            .map(|s| Session { open: after_midnight(date, s.from), close: after_midnight(date, s.to) })
            .collect(),
        leave: after_midnight(date, leave),
        services,
    }
}

/// Gives an identity to every visit that has none.
fn name(scenario: &Scenario, visits: &mut [(Visit, &PlannedVisit)]) {
    let past = scenario.past.iter().map(|past| past.id.as_str());
    let mut taken: Identities = past.chain(visits.iter().filter_map(|(_, v)| v.id.as_deref())).collect();
    for (visit, planned) in visits {
        visit.id = match &planned.id {
            Some(id) => id.clone(),
            None => taken.mint(&visit.vehicle, &visit.site, visit.date),
        };
    }
}

fn coverage(scenario: &Scenario, demand: &Demand, visits: &[(Visit, &PlannedVisit)]) -> Vec<Coverage> {
    let mut out = Vec::new();
    for (k, service) in scenario.services.iter().enumerate() {
        let Some(pool) = demand.of(ServiceId::new(k)) else { continue };
        let mut line = Coverage {
            service: service.id.clone(),
            expected: 0.0,
            expected_additional: 0.0,
            appointments: 0,
            invited: 0,
            due_in_reach: 0,
            due_in_scope: pool.due.iter().sum(),
            coverage_score: 0.0,
        };
        let mut reached: BTreeSet<CommuneId> = BTreeSet::new();
        let mut received: BTreeMap<usize, f64> = BTreeMap::new();
        for (visit, planned) in visits {
            let Some(part) = visit.services.iter().find(|s| s.service == service.id) else { continue };
            line.expected += part.expected;
            line.expected_additional += part.expected_additional;
            line.appointments += part.appointments;
            line.invited += part.invitations.iter().map(|i| i.people).sum::<u32>();
            reached.extend(pool.reach[planned.site.index()].iter().map(|r| r.commune));
            let known = scenario.published.as_ref().and_then(|p| p.at(planned.vehicle, planned.day, planned.site));
            if known.is_some_and(|known| known.attended.is_some()) {
                continue;
            }
            for (_, people) in planned.invitations.iter().filter(|(s, _)| s.index() == k) {
                for reach in &pool.reach[planned.site.index()] {
                    if let Ok(at) = people.binary_search_by_key(&reach.commune, |p| p.0) {
                        let i = reach.commune.index();
                        *received.entry(scenario.communes[i].territory.index()).or_default() +=
                            pool.worth[i] * reach.uptake * f64::from(people[at].1);
                    }
                }
            }
        }
        for (territory, worth) in pool.attended(scenario, k) {
            *received.entry(territory).or_default() += worth;
        }
        line.due_in_reach = reached.iter().map(|c| pool.due[c.index()]).sum();
        line.coverage_score = received.iter().map(|(&z, &y)| value_of(&pool.steps[z], y)).sum();
        out.push(line);
    }
    out
}

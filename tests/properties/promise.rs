//! The promise of care, model.md section 5, written a second time: communes one by one, openings as spans of
//! the clock.

use super::tours::Stop;
use super::world::World;
use chrono::Datelike as _;
use tournee::domain::{CareStatus, ClockKind, CommuneId, PromiseMode, PromisedTo};

/// What one commune is promised of one service.
struct Place {
    service: usize,
    commune: CommuneId,
    /// What it costs to be answered never; nothing where that is forbidden.
    weight: f64,
    hard: bool,
    /// Spans of the clock that fixed points answer.
    fixed: Vec<(i64, i64)>,
}

/// What a scenario promises.
pub struct Promises {
    places: Vec<Place>,
    /// By clock and day: what it shows at the beginning, and whether it runs.
    clocks: [Vec<(i64, bool)>; 2],
}

fn number(kind: ClockKind) -> usize {
    usize::from(kind == ClockKind::Working)
}

impl Promises {
    pub fn new(world: &World) -> Self {
        let scenario = world.scenario;
        let days = scenario.horizon.days();
        let free = |day: usize| {
            let date = world.date(day);
            let holiday = scenario.calendar.public_holidays.iter().any(|h| h.from <= date && date <= h.to);
            (holiday, holiday || date.weekday().number_from_monday() > 5)
        };
        let clock = |working: bool| {
            let mut shows = 0;
            let mut out = Vec::new();
            for day in 0..=days {
                let runs = !working || !free(day).1;
                out.push((shows, runs));
                shows += if runs { 86_400 + i64::from(world.longer(day)) } else { 0 };
            }
            out
        };
        let mut out = Self { places: Vec::new(), clocks: [clock(false), clock(true)] };
        for (k, service) in scenario.services.iter().enumerate() {
            let weight = match service.promise.mode {
                PromiseMode::Report => continue,
                PromiseMode::Soft(weight) => weight,
                PromiseMode::Hard => 0.0,
            };
            let hard = service.promise.mode == PromiseMode::Hard;
            for i in 0..scenario.communes.len() {
                let commune = CommuneId::new(i);
                let points = scenario.care_points.iter().chain(&scenario.imaging_sites).filter(|p| {
                    p.status != CareStatus::Planned
                        && p.services.contains(&service.id)
                        && reaches(world, k, commune, p.commune)
                });
                let points: Vec<_> = points.collect();
                let promised = match &service.promise.to {
                    PromisedTo::All => scenario.communes[i].in_scope,
                    PromisedTo::Unreached => scenario.communes[i].in_scope && points.is_empty(),
                    PromisedTo::Listed(list) => list.contains(&commune),
                };
                if !promised {
                    continue;
                }
                let mut fixed = Vec::new();
                for day in (0..days).filter(|day| !free(*day).0) {
                    for hours in points.iter().flat_map(|p| &p.hours[day % 7]) {
                        let hours = (world.real(day, hours.from.0), world.real(day, hours.to.0));
                        fixed.extend(out.answers(world, k, day, hours));
                    }
                }
                let weight = weight * f64::from(scenario.communes[i].population.0);
                out.places.push(Place { service: k, commune, weight, hard, fixed });
            }
        }
        out
    }

    /// Whether nothing is promised.
    pub fn none(&self) -> bool {
        self.places.is_empty()
    }

    /// Seconds of the clock that are judged.
    fn judged(&self, world: &World, service: usize) -> i64 {
        let promise = &world.scenario.services[service].promise;
        let clock = &self.clocks[number(promise.clock)];
        (clock[clock.len() - 1].0 - 3600 * i64::from(promise.reach.hours)).max(0)
    }

    /// The span of the clock that something open on a day answers.
    fn answers(&self, world: &World, service: usize, day: usize, (open, close): (i32, i32)) -> Option<(i64, i64)> {
        let promise = &world.scenario.services[service].promise;
        let (shows, runs) = self.clocks[number(promise.clock)][day];
        let at = |second: i32| shows + if runs { i64::from(second) } else { 0 };
        let from = (at(open) - 3600 * i64::from(promise.reach.hours)).max(0);
        let to = at(close).min(self.judged(world, service));
        (from < to).then_some((from, to))
    }

    /// By place: the part of the time in which it is not answered with these stops, each with its vehicle and day.
    #[allow(clippy::cast_precision_loss)]
    fn unanswered<'s>(
        &'s self,
        world: &'s World,
        stops: &'s [(usize, usize, &Stop)],
    ) -> impl Iterator<Item = (&'s Place, f64)> {
        self.places.iter().filter_map(move |place| {
            let judged = self.judged(world, place.service);
            if judged == 0 {
                return None;
            }
            let mut spans = place.fixed.clone();
            for &(vehicle, day, stop) in stops {
                let length = world.scenario.services[place.service].appointment.0;
                let offered = world.scenario.vehicles[vehicle]
                    .offers
                    .iter()
                    .any(|o| o.service.index() == place.service && o.lanes > 0 && o.weekdays.0 & (1 << (day % 7)) != 0);
                let appointments: i32 = stop.sessions.iter().map(|s| (s.1 - s.0) / length).sum();
                let near = reaches(world, place.service, place.commune, world.commune_of(stop.site));
                if offered && appointments > 0 && near {
                    spans.extend(stop.sessions.iter().filter_map(|s| self.answers(world, place.service, day, *s)));
                }
            }
            spans.sort_unstable();
            let (mut answered, mut done) = (0, 0);
            for (from, to) in spans {
                answered += (to - from.max(done)).max(0);
                done = done.max(to);
            }
            Some((place, (judged - answered) as f64 / judged as f64))
        })
    }

    /// What is not kept costs with these stops.
    pub fn penalty(&self, world: &World, stops: &[(usize, usize, &Stop)]) -> f64 {
        self.unanswered(world, stops).map(|(place, part)| place.weight * part).sum()
    }

    /// Whether these stops keep what must be kept.
    pub fn keep(&self, world: &World, stops: &[(usize, usize, &Stop)]) -> bool {
        self.unanswered(world, stops).all(|(place, part)| !place.hard || part == 0.0)
    }

    /// How much less that is than without any.
    pub fn kept(&self, world: &World, stops: &[(usize, usize, &Stop)]) -> f64 {
        if self.none() { 0.0 } else { self.penalty(world, &[]) - self.penalty(world, stops) }
    }
}

fn reaches(world: &World, service: usize, from: CommuneId, to: CommuneId) -> bool {
    let most = world.scenario.services[service].promise.reach.access.0;
    world.travel.car(from, to).is_some_and(|trip| trip.seconds.0.max(world.scenario.travel.min_access.0) <= most)
}

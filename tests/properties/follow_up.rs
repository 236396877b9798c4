//! Hard rules of follow-up: the solver's answer against the enumerator's.

use super::choose::people_of;
use super::draw::Instance;
use super::plans::{self, Fleet};
use super::tours::Stop;
use super::world::World;
use chrono::Datelike as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tournee::demand::Demand;
use tournee::domain::{CarePoint, CareStatus, ClockKind, CommuneId, FollowUp, Reach, Scenario, Window};
use tournee::optimise::{Outcome, Settings, Stopped, solve};
use tournee::units::Seconds;

const EXACT: Settings = Settings { gap: 0.0, time_limit: None, nodes: Some(5_000), seed: 0 };

/// What was compared of one instance.
#[derive(Default)]
pub struct Compared {
    /// Best plans.
    pub plans: usize,
    /// Those that score less than without the rule.
    pub bound: usize,
    pub faults: Vec<String>,
}

/// Compares the solver with the enumerator where the first service with a pool has a hard rule.
pub fn compare(instance: &Instance, seed: u64) -> Compared {
    let Instance { scenario, travel } = instance;
    let mut out = Compared::default();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(6);
    let Some(ruled) = ruled(scenario, &mut rng) else { return out };
    let best = |scenario: &Scenario| {
        let world = World { scenario, travel, without: None };
        let fleet = Fleet::new(&world)?;
        plans::best(&world, &fleet, &mut people_of(&world))
    };
    let (Some(free), Some(bound)) = (best(scenario), best(&ruled)) else { return out };
    let demand = Demand::new(&ruled, travel);
    let mut bounds = Vec::new();
    let answer = solve(&ruled, travel, &demand, EXACT, &|| false, &mut |now| bounds.push(now.bound)).unwrap();
    match (answer.0, bound.score) {
        (Outcome::Infeasible, None) => {}
        (Outcome::Plan(solution), Some(score)) => {
            out.plans += 1;
            out.bound += usize::from(free.score.is_some_and(|free| free > score + 1e-6));
            let slack = 1e-6 * score.abs().max(1.0);
            let low = bounds.iter().copied().fold(solution.upper_bound, f64::min);
            if low < score - slack {
                out.faults.push(format!("seed {seed}: WRONG BOUND {low}, a plan scores {score}"));
            }
            if solution.score > score + slack || solution.score < score - slack && solution.stopped != Stopped::Work {
                out.faults.push(format!("seed {seed}: scores {}, the best {score}", solution.score));
            }
        }
        (outcome, score) => out.faults.push(format!("seed {seed}: {outcome:?} where the best is {score:?}")),
    }
    out
}

/// A scenario with a hard rule, and fixed points that open at some hours.
fn ruled(scenario: &Scenario, rng: &mut ChaCha8Rng) -> Option<Scenario> {
    let mut out = scenario.clone();
    let grid = scenario.time.grid.0;
    for point in out.care_points.iter_mut().chain(&mut out.imaging_sites) {
        for hours in &mut point.hours {
            let from = grid * rng.random_range(1..80_000 / grid);
            let to = (from + grid * rng.random_range(1..6)).min(86_399);
            *hours = if rng.random_range(0..3) > 0 {
                vec![Window { from: Seconds(from), to: Seconds(to) }]
            } else {
                Vec::new()
            };
        }
    }
    let service = out.services.iter_mut().find(|service| service.pool.is_some())?;
    service.follow_up = Some(FollowUp {
        reach: Reach {
            access: Seconds::from_minutes(rng.random_range(5..60)),
            hours: [6, 12, 24, 48][rng.random_range(0..4)],
        },
        clock: if rng.random_range(0..2) == 0 { ClockKind::Working } else { ClockKind::Calendar },
        hard: true,
        points: vec!["imaging".into()],
    });
    Some(out)
}

impl World<'_> {
    fn minutes_to(&self, from: CommuneId, to: CommuneId) -> Option<i32> {
        Some(self.travel.car(from, to)?.seconds.0.max(self.scenario.travel.min_access.0))
    }

    fn points<'s>(&'s self, rule: &'s FollowUp, commune: CommuneId) -> impl Iterator<Item = &'s CarePoint> {
        let all = self.scenario.care_points.iter().chain(&self.scenario.imaging_sites);
        all.filter(move |point| {
            let counts = rule.points.contains(&point.kind) || point.services.iter().any(|s| rule.points.contains(s));
            counts && self.minutes_to(commune, point.commune).is_some_and(|m| m <= rule.reach.access.0)
        })
    }

    /// Whether a commune may be invited to a service: under a hard rule it has a point near.
    pub fn may_invite(&self, service: usize, commune: usize) -> bool {
        let rule = self.scenario.services[service].follow_up.as_ref().filter(|rule| rule.hard);
        rule.is_none_or(|rule| self.points(rule, CommuneId::new(commune)).next().is_some())
    }

    /// Whether a stop of a vehicle may end when it does, under the rules of the services it offers that day.
    pub fn may_end(&self, vehicle: usize, day: usize, stop: &Stop) -> bool {
        let end = i64::from(stop.sessions[stop.sessions.len() - 1].1);
        let home = self.commune_of(stop.site);
        self.services(vehicle, day).into_iter().all(|(service, ..)| {
            let rule = self.scenario.services[service].follow_up.as_ref().filter(|rule| rule.hard);
            let Some(rule) = rule else { return true };
            (0..self.scenario.communes.len()).map(CommuneId::new).all(|commune| {
                let reached = self.minutes_to(commune, home).is_some_and(|m| m <= self.scenario.travel.max_access.0);
                let concerned = self.scenario.communes[commune.index()].in_scope && reached;
                let mut near = self.points(rule, commune).peekable();
                !concerned || near.peek().is_none() || near.any(|point| self.opens_after(rule, point, day, end))
            })
        })
    }

    /// Whether a point is open within the hours of a rule after a second of a day.
    fn opens_after(&self, rule: &FollowUp, point: &CarePoint, day: usize, end: i64) -> bool {
        let calendar = &self.scenario.calendar;
        let start = self.scenario.horizon.start;
        let holiday = |d: usize| {
            let date = start + chrono::Days::new(d as u64);
            calendar.public_holidays.iter().any(|h| h.from <= date && date <= h.to)
        };
        let last = self.scenario.horizon.weeks as usize * 7 - 1;
        let known =
            last + usize::try_from((calendar.valid.1 - start).num_days()).unwrap_or(0).saturating_sub(last).min(14);
        // Seconds of the clock before a second of a day.
        let shows = |d: usize, second: i64| -> i64 {
            let runs = |d: usize| {
                let weekend = (start + chrono::Days::new(d as u64)).weekday().num_days_from_monday() > 4;
                rule.clock == ClockKind::Calendar || !weekend && !holiday(d)
            };
            let length = |d: usize| 86_400 + i64::from(self.longer(d));
            (0..d).filter(|&d| runs(d)).map(length).sum::<i64>() + if runs(d) { second } else { 0 }
        };
        (day..=known).any(|d| {
            let open = point.status != CareStatus::Planned && !holiday(d);
            open && point.hours[d % 7].iter().any(|hours| {
                let (from, to) = (i64::from(self.real(d, hours.from.0)), i64::from(self.real(d, hours.to.0)));
                let from = if d == day { from.max(end) } else { from };
                (d > day || to > end) && shows(d, from) - shows(day, end) <= 3600 * i64::from(rule.reach.hours)
            })
        })
    }
}

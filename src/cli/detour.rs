//! `respond --detour`: a plan that goes out of its way for those who could not be answered.
//!
//! A greedy search, without a proof: of the visits that could answer most of those left, one after the other is tried as
//! a lock, the published plan made anew around it within the budget; the one with which most are answered is kept, as
//! long as there are any more.

use super::args::RespondArgs;
use super::progress::Bar;
use super::respond::Done;
use super::{Context, Failure, replan, stop};
use crate::check;
use crate::config::Loaded;
use crate::demand::Demand;
use crate::domain::{DayId, Lock, Request, Scenario, ServiceId, SiteId, VehicleId};
use crate::optimise::{Ask, Outcome, Settings, assemble, solve_for};
use crate::plan::{Plan, Visit, instant};
use crate::promise::Period;
use crate::replan::{Asked, revise, revision, settle};
use crate::respond::{Answer, AppointmentAt, Options, respond};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Seconds to work, where no limit is given.
const TIME_LIMIT: f64 = 60.0;
/// Visits tried before one is kept.
const TRIED: usize = 4;
/// A plan made anew on the way is good enough at this gap.
const GAP: f64 = 0.01;

/// The visit that is forced: vehicle, day, site.
type Detour = (VehicleId, DayId, SiteId);

pub(super) fn detour(
    context: Context,
    args: &RespondArgs,
    base: &Loaded,
    table: &Table,
    first: Done,
    (requests, before, how): (&[Request], &[Answer], Options),
) -> Result<Done, Failure> {
    let bar = Bar::new(context.lang);
    stop::listen(bar.acknowledge());
    let settings = args.work.settings(GAP, TIME_LIMIT);
    let begin = Instant::now();
    let spent = || stop::asked() || settings.time_limit.is_some_and(|limit| begin.elapsed() >= limit);
    let published = first.plan.clone();
    let mut best = first;
    let mut locks: Vec<Lock> = Vec::new();
    let mut refused: BTreeSet<Detour> = BTreeSet::new();
    while best.answers.unanswered > 0 && !spent() {
        let mut better: Option<(Lock, Done)> = None;
        let open = candidates(&best, table, requests, how).into_iter().filter(|at| !refused.contains(at));
        for at in open.take(TRIED).collect::<Vec<Detour>>() {
            if spent() {
                break;
            }
            let lock = Lock { vehicle: at.0, day: at.1, site: at.2, sessions: None };
            let all: Vec<Lock> = locks.iter().cloned().chain([lock.clone()]).collect();
            let left = |limit: Duration| limit.saturating_sub(begin.elapsed()).div_f64(2.0).max(Duration::from_secs(1));
            let settings = Settings { time_limit: settings.time_limit.map(left), ..settings };
            match anew(args, base, table, &published, before, all, settings, &bar)? {
                Some((loaded, plan)) => {
                    let answers = respond(&loaded.scenario, table, &plan, requests, before, how);
                    let most = better.as_ref().map_or(best.answers.answered, |(_, done)| done.answers.answered);
                    if answers.answered > most {
                        better = Some((lock, Done { loaded, plan, answers, changed: true }));
                    } else {
                        refused.insert(at);
                    }
                }
                None => drop(refused.insert(at)),
            }
        }
        match better {
            Some((lock, done)) => {
                locks.push(lock);
                best = done;
            }
            None => break,
        }
    }
    Ok(best)
}

/// Visits that could answer some of those left, those for most first.
fn candidates(done: &Done, table: &Table, requests: &[Request], how: Options) -> Vec<Detour> {
    let scenario = &done.loaded.scenario;
    let left: BTreeSet<&str> =
        done.answers.answers.iter().filter(|a| a.appointment.is_none()).map(|a| a.request.as_str()).collect();
    let period = Period::of(scenario);
    let mut counts: BTreeMap<Detour, usize> = BTreeMap::new();
    for (k, service) in scenario.services.iter().enumerate() {
        let id = ServiceId::new(k);
        let open: Vec<&Request> = requests
            .iter()
            .filter(|r| r.service == id && left.contains(r.id.as_str()) && r.language.is_none())
            .collect();
        if open.is_empty() {
            continue;
        }
        let clock = period.clock(scenario, service.promise.clock);
        let near: Vec<Vec<usize>> = (0..scenario.sites.len())
            .map(|j| {
                let to = scenario.sites[j].position;
                let reached = |r: &Request| {
                    table.access(scenario, r.commune, to).is_some_and(|access| access <= service.promise.reach.access)
                };
                (0..open.len()).filter(|&n| reached(open[n])).collect()
            })
            .collect();
        for (v, vehicle) in scenario.vehicles.iter().enumerate() {
            for day in (0..scenario.horizon.days()).map(DayId::new) {
                let (id, date) = (VehicleId::new(v), scenario.horizon.date(day));
                let Some(shift) = scenario.shift(id, day) else { continue };
                let offered = vehicle.offers.iter().any(|o| o.service.index() == k && o.weekdays.contains(date));
                let done_day = scenario.published.as_ref().is_some_and(|p| p.done.contains(&(id, day)));
                if !offered || done_day {
                    continue;
                }
                let (from, to) = (at(scenario, day, shift.from), at(scenario, day, shift.to));
                let in_time = |r: &Request| {
                    let asked = r.instant.max(how.now.unwrap_or(r.instant));
                    asked < to && clock.reading(from) <= clock.reading(r.instant) + service.promise.reach.seconds()
                };
                for (j, near) in near.iter().enumerate() {
                    let site = &scenario.sites[j];
                    let there =
                        done.plan.visits.iter().any(|v| v.vehicle == vehicle.id && v.date == date && v.site == site.id);
                    let count = near.iter().filter(|&&n| in_time(open[n])).count();
                    if count > 0 && !there && scenario.usable(id, day, SiteId::new(j)) {
                        *counts.entry((id, day, SiteId::new(j))).or_default() += count;
                    }
                }
            }
        }
    }
    let mut list: Vec<(Detour, usize)> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list.into_iter().map(|(at, _)| at).collect()
}

fn at(scenario: &Scenario, day: DayId, time: Seconds) -> i64 {
    instant(scenario.horizon.date(day), time).timestamp()
}

/// The published plan made anew around locked visits; those with appointments stay as they are. `None` where that cannot be.
#[allow(clippy::too_many_arguments)]
fn anew(
    args: &RespondArgs,
    base: &Loaded,
    table: &Table,
    published: &Plan,
    before: &[Answer],
    locks: Vec<Lock>,
    settings: Settings,
    bar: &Bar,
) -> Result<Option<(Loaded, Plan)>, Failure> {
    let mut loaded = base.clone();
    let has_appointments = |visit: &&Visit| {
        let mut at = before.iter().filter_map(|answer| Some(&answer.appointment.as_ref()?.at));
        at.any(|at| matches!(at, AppointmentAt::Visit(id) if *id == visit.id))
            || published.revision.as_ref().is_some_and(|revision| revision.booked.contains(&visit.id))
    };
    let asked = Asked {
        now: args.input.now.map(|now| now.at),
        max_changes: args.max_changes,
        booked: published.visits.iter().filter(has_appointments).map(|v| v.id.clone()).collect(),
        ..Asked::default()
    };
    let revision = revision(&loaded.scenario, published, &asked).map_err(|e| replan::wrong(&e))?;
    revise(&mut loaded.scenario, &revision).map_err(|e| replan::wrong(&e))?;
    loaded.scenario.locks.extend(locks);
    let demand = Demand::new(&loaded.scenario, table);
    let outcome =
        solve_for(&loaded.scenario, table, &demand, settings, Ask::default(), &stop::asked, &mut |now| bar.update(now));
    let (Outcome::Plan(solution), duties) = outcome.map_err(Failure::internal)? else { return Ok(None) };
    let mut plan = assemble(&loaded.scenario, table, &demand, &solution.visits(&duties), None);
    solution.note(&loaded.scenario, &mut plan);
    settle(&loaded.scenario, &mut plan, &BTreeSet::new(), revision, solution.upper_bound);
    let report = check::check(&loaded.scenario, table, &plan);
    if report.is_good() { Ok(Some((loaded, plan))) } else { Err(Failure::unsound(report.violations)) }
}

//! One instance: enumerated, solved in several ways, compared.

use super::draw::{Instance, draw};
use super::people::People;
use super::plans::{self, Fleet};
use super::verify;
use super::world::{Family, World};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tournee::demand::Demand;
use tournee::optimise::duty::Duty;
use tournee::optimise::{Outcome, Settings, solve};

/// What came of one instance.
pub struct Report {
    pub seed: u64,
    /// `None` when no plan keeps the locks.
    pub optimum: Option<f64>,
    pub binding: Vec<Family>,
    pub faults: Vec<String>,
    pub text: String,
}

pub const ENDLESS: &str = "does not end";

/// A solve that takes longer never ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// Enumerates the instance of a seed, solves it, and says what does not agree; `None` when there
/// are too many plans to try.
pub fn run(seed: u64) -> Option<Report> {
    let begin = Instant::now();
    let instance = draw(seed);
    let mut world = World { scenario: &instance.scenario, travel: &instance.travel, without: None };
    let mut people = people_of(&world);
    let fleet = Fleet::new(&world);
    let plans::Best { score: optimum, tours: plan } = plans::best(&world, &fleet, &mut people)?;
    let mut binding = Vec::new();
    for family in Family::ALL {
        world.without = Some(family);
        let mut others = if family.counts_people() { Some(people_of(&world)) } else { None };
        let freed = family.shapes_tours().then(|| Fleet::new(&world));
        let best = plans::best(&world, freed.as_ref().unwrap_or(&fleet), others.as_mut().unwrap_or(&mut people));
        // What is too large to be tried does not count as binding.
        let Some(best) = best else { continue };
        let gain = match (best.score, optimum) {
            (Some(a), Some(b)) => a - b,
            (Some(_), None) => f64::INFINITY,
            (None, Some(_)) => f64::NEG_INFINITY,
            (None, None) => 0.0,
        };
        assert!(gain > -1e-7, "seed {seed}: the enumerator loses {gain} without {family:?}");
        if gain > 1e-6 {
            binding.push(family);
        }
    }
    world.without = None;
    let enumerated = begin.elapsed();
    let mut report = Report { seed, optimum, binding, faults: Vec::new(), text: String::new() };
    let ways = [
        ("gap 0", Settings { gap: 0.0, time_limit: None, nodes: None, seed: 0 }),
        ("gap 0.2", Settings { gap: 0.2, time_limit: None, nodes: None, seed: 0 }),
        ("one node", Settings { gap: 0.0, time_limit: None, nodes: Some(1), seed: 0 }),
        ("three nodes", Settings { gap: 0.0, time_limit: None, nodes: Some(3), seed: 0 }),
        ("no time", Settings { gap: 0.0, time_limit: Some(Duration::ZERO), nodes: None, seed: 0 }),
    ];
    for (name, settings) in ways {
        let clock = Instant::now();
        for fault in compare(seed, &world, &mut people, optimum, settings) {
            report.faults.push(format!("[{name}] {fault}"));
        }
        if report.faults.iter().any(|f| f.ends_with(ENDLESS)) {
            break;
        }
        if std::env::var("ENUMERATE_TIMES").is_ok() {
            eprintln!("{seed} {name}: {:?} after {enumerated:?}", clock.elapsed());
        }
    }
    if begin.elapsed() > PATIENCE / 5 {
        eprintln!("seed {seed}: {enumerated:?} to enumerate, {:?} in all", begin.elapsed());
    }
    if !report.faults.is_empty() {
        report.text = describe(&instance);
        let _ = writeln!(report.text, "  optimum {optimum:?}, binding {:?}, tours of a best plan:", report.binding);
        for (choice, day) in plan.iter().zip(&fleet.days) {
            let _ = writeln!(report.text, "    (vehicle, day) {day:?}: {choice:?}");
        }
    }
    Some(report)
}

fn people_of(world: &World) -> Vec<Option<People>> {
    (0..world.scenario.services.len()).map(|s| People::new(world, s)).collect()
}

type Answer = (Result<(Outcome, Vec<Duty>), String>, Vec<f64>);

/// Solves in a thread of its own, so that a solve without an end is a fault like others.
fn solved(seed: u64, settings: Settings) -> Option<Answer> {
    let (send, receive) = mpsc::channel();
    let late = Arc::new(AtomicBool::new(false));
    let give_up = Arc::clone(&late);
    let work = move || {
        let Instance { scenario, travel } = draw(seed);
        let demand = Demand::new(&scenario, &travel);
        let mut bounds = Vec::new();
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut note = |p: tournee::optimise::Progress| bounds.push(p.bound);
            solve(&scenario, &travel, &demand, settings, &|| give_up.load(Ordering::Relaxed), &mut note)
                .map_err(|e| e.to_string())
        }))
        .unwrap_or_else(|_| Err("panic".into()));
        let _ = send.send((answer, bounds));
    };
    std::thread::spawn(work);
    let answer = receive.recv_timeout(PATIENCE).ok();
    late.store(true, Ordering::Relaxed);
    answer
}

fn compare(
    seed: u64,
    world: &World,
    people: &mut [Option<People>],
    optimum: Option<f64>,
    settings: Settings,
) -> Vec<String> {
    let Some((answer, bounds)) = solved(seed, settings) else {
        return vec![ENDLESS.into()];
    };
    let (outcome, duties) = match answer {
        Ok(answer) => answer,
        Err(error) => return vec![format!("error: {error}")],
    };
    let solution = match (outcome, optimum) {
        (Outcome::Infeasible, None) => return Vec::new(),
        (Outcome::Infeasible, Some(best)) => return vec![format!("infeasible, but a plan scores {best}")],
        // Without time a solve may end without an answer.
        (Outcome::NoPlan(_), _) if settings.time_limit.is_some() => return Vec::new(),
        (Outcome::NoPlan(why), Some(_)) => return vec![format!("no plan ({})", why.name())],
        (Outcome::NoPlan(why), None) => return vec![format!("infeasibility is not proved ({})", why.name())],
        (Outcome::Plan(solution), None) => {
            let mut faults = vec![format!("a plan of score {}, but none is feasible", solution.score)];
            faults.extend(verify::broken(world, people, &solution, &duties));
            return faults;
        }
        (Outcome::Plan(solution), Some(_)) => solution,
    };
    let best = optimum.unwrap_or_default();
    let slack = 1e-6 * best.abs().max(1.0);
    let mut faults = verify::broken(world, people, &solution, &duties);
    let low = bounds.iter().copied().fold(solution.upper_bound, f64::min);
    if low < best - slack {
        faults.push(format!("WRONG BOUND: {low} is below the optimum {best}"));
    }
    if solution.score > best + slack {
        faults.push(format!("score {} above the optimum {best}", solution.score));
    }
    let exact = settings.gap == 0.0 && settings.nodes.is_none() && settings.time_limit.is_none();
    let wanted = if exact { best - slack } else { f64::NEG_INFINITY };
    if solution.score < wanted {
        let kept = solution.upper_bound;
        faults.push(format!("score {} is not the optimum {best} (bound {kept})", solution.score));
    } else if exact && solution.upper_bound > solution.score + slack {
        faults.push(format!("bound {} stays above the optimum {best}", solution.upper_bound));
    }
    let near =
        settings.gap > 0.0 && solution.upper_bound - solution.score > settings.gap * solution.score.max(1.0) + slack;
    if near {
        faults.push(format!("gap not reached: {} to {}", solution.score, solution.upper_bound));
    }
    faults
}

/// The instance in few lines.
fn describe(instance: &Instance) -> String {
    let s = &instance.scenario;
    let mut out = String::new();
    let _ = writeln!(out, "  {:?} {:?} {:?} {:?} {:?}", s.horizon, s.time, s.limits, s.travel, s.prices);
    for v in &s.vehicles {
        let shifts: Vec<_> = v.shifts.iter().map(|w| w.map(|w| (w.from.0, w.to.0))).collect();
        let _ = writeln!(
            out,
            "  {} base {} x{} set-up {} pack {} sessions {}..{} visits {} spacing {} stays {:?} off {:?} needs power \
             {} shifts {shifts:?} offers {:?}",
            v.id,
            v.base.0,
            v.travel_factor,
            v.set_up.0,
            v.pack_down.0,
            v.min_session.0,
            v.max_session.0,
            v.max_visits_per_day,
            v.spacing_weeks,
            v.max_stays_per_site,
            v.days_off.0,
            v.needs.power,
            v.offers,
        );
    }
    for p in &s.sites {
        let _ = writeln!(
            out,
            "  {} in {} for {:?} power {} {:?} {:?} {:?} set-up {:?} pack {:?}",
            p.id, p.commune.0, p.vehicle_kinds, p.power, p.available, p.weekdays, p.blocked.0, p.set_up, p.pack_down
        );
    }
    for c in &s.communes {
        let _ = writeln!(
            out,
            "  commune {} women {} participation {:?} residents {} without GP {:?} p {} uptake x{} g {:?} territory {} \
             in scope {}",
            c.code,
            c.women_50_74.0,
            c.participation,
            c.population.0,
            c.without_gp,
            c.priority,
            c.uptake_factor,
            c.additional_share,
            c.territory.0,
            c.in_scope
        );
    }
    for k in &s.services {
        let _ = writeln!(out, "  {} {} s, weight {}: {:?}", k.id, k.appointment.0, k.weight, k.pool);
    }
    let _ = writeln!(out, "  fairness {:?}", s.fairness);
    for p in &s.past {
        let _ = writeln!(out, "  past {p:?}");
    }
    for p in &s.locks {
        let _ = writeln!(out, "  {p:?}");
    }
    for p in &s.forbidden {
        let _ = writeln!(out, "  {p:?}");
    }
    let n = s.communes.len();
    for a in 0..n {
        let row: Vec<i32> = (0..n)
            .filter_map(|b| {
                let (a, b) = (tournee::domain::CommuneId::new(a), tournee::domain::CommuneId::new(b));
                instance.travel.car(a, b).map(|leg| leg.seconds.0)
            })
            .collect();
        let _ = writeln!(out, "  car from {a}: {row:?}");
    }
    out
}

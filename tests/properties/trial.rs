//! One instance: enumerated, solved in several ways, compared.

use super::choose::{Known, choose, people_of};
use super::describe::describe;
use super::draw::Instance;
use super::people::People;
use super::verify;
use super::world::World;
use super::written;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tournee::demand::Demand;
use tournee::domain::PromiseMode;
use tournee::optimise::duty::Duty;
use tournee::optimise::{Ask, Feasible, Outcome, Settings, Solution, Stopped, conflict, feasible, solve_for};

/// What came of one instance.
pub struct Report {
    pub seed: u64,
    pub known: Known,
    /// Time it took to choose and to enumerate.
    pub enumerated: Duration,
    /// Whether it was stopped before it was solved.
    pub interrupted: bool,
    /// Why the gap was not reached where that was asked for, whatever it takes.
    pub open: Option<Stopped>,
    pub faults: Vec<String>,
    pub text: String,
}

const ENDLESS: &str = "does not end";

/// Nodes in which every gap is closed.
const PATIENCE: u64 = 5_000;
/// A solve that takes longer never ends, whatever the machine.
const WATCHDOG: Duration = Duration::from_secs(6 * 3_600);

const EXACT: Settings = Settings { gap: 0.0, time_limit: None, nodes: Some(PATIENCE), seed: 0 };
/// How an instance is solved.
struct Way {
    name: &'static str,
    settings: Settings,
    /// Whether somebody stops it, other times at each seed.
    stopped: bool,
}

const WAYS: [Way; 6] = [
    Way { name: "gap 0", settings: EXACT, stopped: false },
    Way { name: "gap 0.2", settings: Settings { gap: 0.2, ..EXACT }, stopped: false },
    Way { name: "one node", settings: Settings { nodes: Some(1), ..EXACT }, stopped: false },
    Way { name: "three nodes", settings: Settings { nodes: Some(3), ..EXACT }, stopped: false },
    Way { name: "no time", settings: Settings { time_limit: Some(Duration::ZERO), ..EXACT }, stopped: false },
    Way { name: "stopped", settings: EXACT, stopped: true },
];

/// Times that a search asks whether to stop, at most, before it is told to.
const MOST_ASKS: u64 = 40;

impl Way {
    /// Whether the gap is closed.
    fn exact(&self) -> bool {
        self.settings.gap == 0.0 && self.ends_by_itself()
    }

    /// Whether it ends by itself, unless that takes too many nodes.
    fn ends_by_itself(&self) -> bool {
        self.settings.nodes == Some(PATIENCE) && !self.may_end()
    }

    /// Whether it may end without an answer.
    fn may_end(&self) -> bool {
        self.settings.time_limit.is_some() || self.stopped
    }

    /// Times that the search asks whether to stop before it is told to.
    fn asks(&self, seed: u64) -> u64 {
        if self.stopped { seed % MOST_ASKS } else { u64::MAX }
    }
}

/// Solves the instance of a seed in several ways, and says what does not agree with what the
/// enumerator knows.
pub fn run(seed: u64) -> Report {
    let clock = Instant::now();
    let (instance, known) = choose(seed);
    let enumerated = clock.elapsed();
    let world = World { scenario: &instance.scenario, travel: &instance.travel, without: None };
    let mut people = people_of(&world);
    let (mut interrupted, mut open) = (false, None);
    let mut faults = Vec::new();
    // Without the solver the enumerator shows its own time and what binds.
    let ways = if std::env::var("ENUMERATE_SOLVER").is_ok_and(|v| v == "no") { &[][..] } else { &WAYS[..] };
    for way in ways {
        let (clock, name) = (Instant::now(), way.name);
        let answer = solved(&instance, way.settings, way.asks(seed));
        let stopped = match &answer {
            Some((Ok((Outcome::NoPlan(why) | Outcome::Plan(Solution { stopped: why, .. }), _)), _)) => Some(*why),
            _ => None,
        };
        interrupted |= stopped == Some(Stopped::Interrupted);
        if way.ends_by_itself() {
            open = open.or(stopped.filter(|why| *why != Stopped::Gap));
        }
        let found = compare(&world, &mut people, known.optimum, way, &answer);
        faults.extend(in_writing(&instance, way, answer, seed).into_iter().map(|fault| format!("[{name}] {fault}")));
        let endless = found.iter().any(|f| f == ENDLESS);
        faults.extend(found.into_iter().map(|fault| format!("[{name}] {fault}")));
        if std::env::var("ENUMERATE_TIMES").is_ok() {
            eprintln!("{seed} {name}: {:?} after {enumerated:?}", clock.elapsed());
        }
        if endless {
            break;
        }
    }
    if !ways.is_empty() {
        faults.extend(judged(&instance, known.optimum.is_some()));
    }
    let text = if faults.is_empty() { String::new() } else { describe(&instance) + &known.describe() };
    Report { seed, known, enumerated, interrupted, open, faults, text }
}

/// Whether there is a plan is known, too, without looking for a good one; and where there is none, a
/// smallest set of locks that no plan holds is.
fn judged(instance: &Instance, planned: bool) -> Vec<String> {
    let Instance { scenario, travel } = instance;
    let clock = Instant::now();
    let stop = || clock.elapsed() > WATCHDOG;
    let judge = |locks: &[usize]| {
        let mut some = scenario.clone();
        some.locks = locks.iter().map(|&k| scenario.locks[k].clone()).collect();
        feasible(&some, travel, &stop).expect("the solver works")
    };
    let all: Vec<usize> = (0..scenario.locks.len()).collect();
    let wanted = if planned { Feasible::Yes } else { Feasible::No };
    let found = judge(&all);
    if found != wanted {
        return vec![format!("[feasible] {found:?} instead of {wanted:?}")];
    }
    if planned {
        return Vec::new();
    }
    let found = conflict(scenario, travel, &stop).expect("the solver works");
    let mut faults = Vec::new();
    let mut locks_alone = scenario.clone();
    for service in locks_alone.services.iter_mut().filter(|s| s.promise.mode == PromiseMode::Hard) {
        service.promise.mode = PromiseMode::Report;
    }
    if found.locks.is_empty() {
        // Not the locks, but a promise.
        let held = feasible(&locks_alone, travel, &stop).expect("the solver works");
        let hard = scenario.services.iter().any(|s| s.promise.mode == PromiseMode::Hard);
        return if held == Feasible::Yes && hard {
            Vec::new()
        } else {
            vec![format!("[conflict] {held:?}, hard {hard}")]
        };
    }
    let judge = |locks: &[usize]| {
        let mut some = locks_alone.clone();
        some.locks = locks.iter().map(|&k| scenario.locks[k].clone()).collect();
        feasible(&some, travel, &stop).expect("the solver works")
    };
    if judge(&found.locks) != Feasible::No || !found.minimal {
        faults.push(format!("[conflict] {found:?} is none"));
    }
    for &lock in &found.locks {
        let rest: Vec<usize> = found.locks.iter().copied().filter(|&k| k != lock).collect();
        if judge(&rest) != Feasible::Yes {
            faults.push(format!("[conflict] {found:?} without {lock} is one, too"));
        }
    }
    faults
}

type Answer = (Result<(Outcome, Vec<Duty>), String>, Vec<f64>);

/// Solves in a thread of its own, so that a solve without an end is a fault like others.
fn solved(instance: &Arc<Instance>, settings: Settings, asks: u64) -> Option<Answer> {
    let instance = Arc::clone(instance);
    let (send, receive) = mpsc::channel();
    let late = Arc::new(AtomicBool::new(false));
    let give_up = Arc::clone(&late);
    let work = move || {
        let Instance { scenario, travel } = &*instance;
        let demand = Demand::new(scenario, travel);
        let mut bounds = Vec::new();
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut note = |p: tournee::optimise::Progress| bounds.push(p.bound);
            // Prices of everything are asked for, as the program does.
            let ask = Ask { prices: true, ..Ask::default() };
            let asked = AtomicU64::new(0);
            let stop = || asked.fetch_add(1, Ordering::Relaxed) >= asks || give_up.load(Ordering::Relaxed);
            solve_for(scenario, travel, &demand, settings, ask, &stop, &mut note).map_err(|e| e.to_string())
        }))
        .unwrap_or_else(|_| Err("panic".into()));
        let _ = send.send((answer, bounds));
    };
    std::thread::spawn(work);
    let answer = receive.recv_timeout(WATCHDOG).ok();
    late.store(true, Ordering::Relaxed);
    answer
}

/// What the checker has against the plan as it is written, and what goes wrong when it is explained.
fn in_writing(instance: &Instance, way: &Way, answer: Option<Answer>, seed: u64) -> Vec<String> {
    let Some((Ok((Outcome::Plan(solution), duties)), _)) = answer else { return Vec::new() };
    let plan = written::write(instance, &solution, &duties);
    let mut faults = written::refused(instance, &plan);
    if way.exact() {
        faults.extend(written::explained(instance, &plan, way.settings, seed));
        faults.extend(written::completed(instance, &plan, &solution.visits(&duties)));
    }
    faults
}

fn compare(
    world: &World,
    people: &mut [Option<People>],
    optimum: Option<f64>,
    way: &Way,
    answer: &Option<Answer>,
) -> Vec<String> {
    let Some((answer, bounds)) = answer else {
        return vec![ENDLESS.into()];
    };
    let (outcome, duties) = match answer {
        Ok(answer) => answer,
        Err(error) => return vec![format!("error: {error}")],
    };
    let solution = match (outcome, optimum) {
        (Outcome::Infeasible, None) => return Vec::new(),
        (Outcome::Infeasible, Some(best)) => return vec![format!("infeasible, but a plan scores {best}")],
        (Outcome::NoPlan(_), _) if way.may_end() => return Vec::new(),
        (Outcome::NoPlan(why), Some(_)) => return vec![format!("no plan ({})", why.name())],
        (Outcome::NoPlan(why), None) => return vec![format!("infeasibility is not proved ({})", why.name())],
        (Outcome::Plan(solution), None) => {
            let mut faults = vec![format!("a plan of score {}, but none is feasible", solution.score)];
            faults.extend(verify::broken(world, people, solution, duties));
            return faults;
        }
        (Outcome::Plan(solution), Some(_)) => solution,
    };
    let best = optimum.unwrap_or_default();
    let slack = 1e-6 * best.abs().max(1.0);
    let mut faults = verify::broken(world, people, solution, duties);
    let low = bounds.iter().copied().fold(solution.upper_bound, f64::min);
    if low < best - slack {
        faults.push(format!("WRONG BOUND: {low} is below the optimum {best}"));
    }
    if solution.score > best + slack {
        faults.push(format!("score {} above the optimum {best}", solution.score));
    }
    let (exact, settings) = (way.exact(), way.settings);
    let open = solution.upper_bound - solution.score;
    let said = solution.stopped == Stopped::Gap;
    let wanted = if exact && said { best - slack } else { f64::NEG_INFINITY };
    if solution.score < wanted {
        let kept = solution.upper_bound;
        faults.push(format!("score {} is not the optimum {best} (bound {kept})", solution.score));
    } else if exact && said && open > slack {
        faults.push(format!("bound {} stays above the optimum {best}", solution.upper_bound));
    }
    // What promises cost is no part of the coverage that a gap is a part of.
    let promised = world.scenario.services.iter().any(|s| s.promise.mode != PromiseMode::Report);
    let near = !promised
        && said
        && settings.gap > 0.0
        && solution.upper_bound - solution.score > settings.gap * solution.score.max(1.0) + slack;
    if near {
        faults.push(format!("gap not reached: {} to {}", solution.score, solution.upper_bound));
    }
    faults
}

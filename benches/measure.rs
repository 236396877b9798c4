//! What it takes to make a plan: seconds, memory, counted work.

use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tournee::check::{Violation, check};
use tournee::config::{LoadOptions, Loaded, load};
use tournee::demand::Demand;
use tournee::domain::Scenario;
use tournee::i18n::Lang;
use tournee::optimise::{Outcome, Progress, Settings, Solution, assemble, solve};
use tournee::plan::Plan;
use tournee::travel::RoadGraph;

/// A plan and what it took.
pub struct Measured {
    pub plan: Plan,
    pub solution: Solution,
    /// Rules it breaks, by the checker.
    pub violations: Vec<Violation>,
    /// Travel times and demand.
    pub ground: Spent,
    /// The solve.
    pub solving: Spent,
    /// What of the solve was spent, and the work done, when the bound first was as low as that of all
    /// roots.
    pub root: (Spent, Progress),
}

/// Seconds on the clock, and of the processor's cores together (0 where the system does not say).
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub clock: f64,
    pub processor: f64,
}

/// Measures from when it is made.
pub struct Watch(Instant, f64);

impl Watch {
    pub fn start() -> Self {
        Self(Instant::now(), processor_seconds())
    }

    pub fn spent(&self) -> Spent {
        Spent { clock: self.0.elapsed().as_secs_f64(), processor: processor_seconds() - self.1 }
    }
}

/// Processor time of this process so far. Linux counts it in hundredths of a second, as the 12th and
/// 13th words behind the program's name.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    words.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Reads a scenario by its path from `config/`, with `host-share = 0` and `min-invitations = 1`: engines that are compared
/// know nothing of these rules, nor do the figures of earlier versions.
///
/// # Errors
/// All that is wrong with it, as text.
pub fn read(scenario: &str, options: &LoadOptions) -> Result<Loaded, String> {
    let mut loaded = read_as_it_is(scenario, options)?;
    for pool in loaded.scenario.services.iter_mut().filter_map(|service| service.pool.as_mut()) {
        (pool.host_share, pool.min_invitations) = (0.0, 1);
    }
    Ok(loaded)
}

/// The same with all its rules.
///
/// # Errors
/// All that is wrong with it, as text.
pub fn read_as_it_is(scenario: &str, options: &LoadOptions) -> Result<Loaded, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(scenario);
    load(&path, options).map_err(|problems| problems.render(Lang::En, false, 120))
}

/// Plans a scenario and checks the plan. With `log`, score and bound are told after every round.
///
/// # Errors
/// When there is no road, no plan, or the solver fails.
pub fn measure(scenario: &Scenario, roads: &RoadGraph, settings: Settings, log: bool) -> Result<Measured, String> {
    let watch = Watch::start();
    let travel = roads.table(scenario).map_err(|error| error.to_string())?;
    let demand = Demand::new(scenario, &travel);
    let ground = watch.spent();

    let watch = Watch::start();
    let mut news = Vec::new();
    let mut tell = |now: Progress| {
        let spent = watch.spent();
        news.push((spent, now));
        if log {
            line(spent.clock, now);
        }
    };
    let (outcome, duties) =
        solve(scenario, &travel, &demand, settings, &|| false, &mut tell).map_err(|error| error.to_string())?;
    let solving = watch.spent();
    let Outcome::Plan(solution) = outcome else { return Err(format!("{outcome:?}")) };

    let root = solution.statistics.root_bound * (1.0 + 1e-9);
    let root = news.iter().find(|(_, now)| now.bound <= root).or(news.last()).copied().unwrap_or_default();
    let plan = assemble(scenario, &travel, &demand, &solution.visits(&duties), Some(solution.upper_bound));
    let violations = check(scenario, &travel, &plan).violations;
    Ok(Measured { plan, solution, violations, ground, solving, root })
}

fn line(seconds: f64, now: Progress) {
    let gap = now.gap().map_or("?".into(), |gap| format!("{:.3}", 100.0 * gap));
    let Progress { incumbent, bound, rounds, nodes, .. } = now;
    eprintln!("{seconds:8.2} s {incumbent:.4} ≤ {bound:.4} {gap} % rounds {rounds} nodes {nodes}");
}

/// This program once more, so that a case has its peak memory to itself.
#[must_use]
pub fn again() -> Command {
    Command::new(std::env::current_exe().expect("this program has a path"))
}

/// Peak memory of this process, megabytes, where the system says it.
#[must_use]
pub fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kb| kb / 1024)
}

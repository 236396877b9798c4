//! General engines at work on a scenario, and ourselves, each for so many seconds of processor time.

use super::fit;
use super::measure::Watch;
use super::model::{Model, Tuning};
use super::prizes::Prizes;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tournee::check::check;
use tournee::chosen::complete;
use tournee::demand::Demand;
use tournee::domain::Scenario;
use tournee::optimise::problem::Problem;
use tournee::optimise::{Outcome, Progress, Settings, assemble, solve};
use tournee::plan::Plan;
use tournee::travel::Table;

/// How often prizes are made anew from the plan before.
pub const RE_PRICINGS: usize = 5;

/// A general engine, as its adaptor runs it.
#[derive(Debug, Clone, Copy)]
pub struct Engine {
    pub name: &'static str,
    adaptor: &'static str,
    /// The best of what was tried on both scenarios.
    pub tuning: Tuning,
}

/// Lengths of sessions that can be offered beside whole half days, minutes.
pub const LENGTHS: [&[i32]; 3] = [&[], &[120, 180], &[90, 120, 150, 180, 210]];

const fn tuned(stops: usize, lengths: usize, inertia: f64) -> Tuning {
    Tuning { stops, lengths: LENGTHS[lengths], scale: 72_000.0, inertia }
}

/// The engines, each tuned to the best score on both scenarios in 10 seconds: stops of 1 to 20 for each half day, each list of
/// lengths, prizes of 100, 1,000 and 72,000 to the contact (PyVRP), inertia of 0.3, 0.5 and 0.7.
pub const ENGINES: [Engine; 4] = [
    Engine { name: "PyVRP", adaptor: "pyvrp_routes.py", tuning: tuned(2, 0, 0.7) },
    Engine { name: "OR-Tools", adaptor: "ortools_routes.py", tuning: tuned(2, 0, 0.7) },
    Engine { name: "VROOM", adaptor: "vroom_routes.py", tuning: tuned(2, 1, 0.7) },
    Engine { name: "vrp-cli", adaptor: "vrpcli_routes.py", tuning: tuned(2, 1, 0.7) },
];

/// What is planned.
pub struct Ground<'a> {
    pub scenario: &'a Scenario,
    pub travel: &'a Table,
    pub demand: &'a Demand,
}

/// A plan and what it took.
pub struct Made {
    pub plan: Plan,
    /// Processor time, seconds.
    pub processor: f64,
    /// Score of each round's plan; empty for ourselves.
    pub rounds: Vec<f64>,
    /// Visits of the engine for which there was no room, in the round of the plan.
    pub left_out: usize,
    /// Processor time and score of each better plan on the way; of ourselves only.
    pub way: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Answer {
    routes: Vec<Vec<(usize, usize)>>,
    cpu_seconds: f64,
}

/// Where `install.sh` puts the engines.
pub fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("peers")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

impl Engine {
    /// The best plan of an engine: prizes of a plan without a visit first, then of its own plan before.
    ///
    /// # Errors
    /// When the adaptor fails, or a plan breaks a rule.
    pub fn plan(&self, ground: &Ground, seconds: f64, seed: u64, tuning: Tuning) -> Result<Made, String> {
        let problem = Problem::new(ground.scenario, ground.travel, ground.demand);
        let mut prizes = Box::new(Prizes::new(&problem, &[], None));
        let mut best: Option<Made> = None;
        let (mut processor, mut rounds) = (0.0, Vec::new());
        for round in 0..=RE_PRICINGS {
            #[allow(clippy::cast_precision_loss)]
            let share = (seconds - processor).max(0.2) / (RE_PRICINGS + 1 - round) as f64;
            let model = Model::new(&problem, &prizes, tuning, (share, seed));
            let answer = self.ask(&model)?;
            processor += answer.cpu_seconds;
            let (chosen, left_out) = fit::visits(&problem, &prizes, &model, &answer.routes);
            let visits = complete(ground.scenario, ground.travel, ground.demand, &chosen).map_err(|e| e.to_string())?;
            let plan = assemble(ground.scenario, ground.travel, ground.demand, &visits, None);
            obeys(ground, &plan)?;
            rounds.push(plan.score);
            if best.as_ref().is_none_or(|best| plan.score > best.plan.score) {
                best = Some(Made { plan, processor: 0.0, rounds: Vec::new(), left_out, way: Vec::new() });
            }
            prizes = Box::new(Prizes::new(&problem, &visits, Some((prizes, tuning.inertia))));
        }
        best.map(|best| Made { processor, rounds, ..best }).ok_or_else(|| "no plan".into())
    }

    fn ask(&self, model: &Model) -> Result<Answer, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let (question, answer) = (folder.path().join("model.json"), folder.path().join("routes.json"));
        let text = serde_json::to_string(model).map_err(|e| e.to_string())?;
        std::fs::write(&question, text).map_err(|e| e.to_string())?;
        let done = Command::new(tools().join("venv/bin/python"))
            .arg(root().join("benches/peers").join(self.adaptor))
            .args([&question, &answer])
            .env("VRP_CLI", tools().join("bin/vrp-cli"))
            .env("RAYON_NUM_THREADS", "1")
            .env("OMP_NUM_THREADS", "1")
            .output()
            .map_err(|e| format!("{}: {e}; run benches/peers/install.sh", self.name))?;
        if !done.status.success() {
            return Err(format!("{}: {}", self.name, String::from_utf8_lossy(&done.stderr)));
        }
        let text = std::fs::read_to_string(&answer).map_err(|e| e.to_string())?;
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", self.name))
    }
}

/// Our own plan in so many seconds, on one thread.
///
/// # Errors
/// When there is no plan, or it breaks a rule.
pub fn ours(ground: &Ground, seconds: f64) -> Result<Made, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    let settings = Settings { gap: 0.0, time_limit: Some(Duration::from_secs_f64(seconds)), ..Settings::default() };
    pool.install(|| {
        let watch = Watch::start();
        let mut way: Vec<(f64, f64)> = Vec::new();
        let mut tell = |now: Progress| {
            if now.incumbent.is_finite() && way.last().is_none_or(|last| now.incumbent > last.1) {
                way.push((watch.spent().processor, now.incumbent));
            }
        };
        let (outcome, duties) = solve(ground.scenario, ground.travel, ground.demand, settings, &|| false, &mut tell)
            .map_err(|e| e.to_string())?;
        let processor = watch.spent().processor;
        let Outcome::Plan(solution) = outcome else { return Err(format!("{outcome:?}")) };
        let visits = solution.visits(&duties);
        let plan = assemble(ground.scenario, ground.travel, ground.demand, &visits, Some(solution.upper_bound));
        obeys(ground, &plan)?;
        way.push((processor, plan.score));
        Ok(Made { plan, processor, rounds: Vec::new(), left_out: 0, way })
    })
}

/// The independent checker's word.
fn obeys(ground: &Ground, plan: &Plan) -> Result<(), String> {
    let broken = check(ground.scenario, ground.travel, plan).violations;
    let lines: Vec<String> = broken.iter().map(|v| format!("{} {}: {}", v.code, v.where_, v.message.en)).collect();
    if lines.is_empty() { Ok(()) } else { Err(lines.join("\n")) }
}

//! Our plans beside those of general routing engines, on our own ground.
//!
//! ```text
//! benches/peers/install.sh                          PyVRP, OR-Tools, VROOM, vrp-cli, under the target folder
//! cargo bench --bench peers                         both tables: all scenarios, engines and seconds; the arc model
//! cargo bench --bench peers -- --seconds 10         with these seconds
//! cargo bench --bench peers -- week PyVRP ours      this scenario, these engines
//! cargo bench --bench peers -- arcs                 the arc model alone ([`arcs`])
//! cargo bench --bench peers -- --rounds             with the score after every re-pricing, and of ours on the way
//! ```
//!
//! Seconds are of the processor, on one thread each. An engine is given the best model it can express ([`model`]), at
//! prizes that are made anew five times from what our evaluation says of its own plan before; its best plan counts. Its
//! hours and its invitations are chosen by us, at no cost to it. All plans go through the checker; one that breaks a
//! rule fails the bench. An engine's tuning ([`engine::ENGINES`]) can be tried otherwise: `--stops`, `--lengths`, `--scale`,
//! `--inertia`.

mod arcs;
mod engine;
mod fit;
#[path = "../measure.rs"]
#[allow(dead_code)]
mod measure;
mod model;
mod prizes;

use engine::{ENGINES, Ground, Made, ours};
use model::Tuning;
use std::process::{Command, ExitCode};
use std::time::Duration;
use tournee::config::LoadOptions;
use tournee::demand::Demand;
use tournee::plan::Plan;

/// What is planned.
const CASES: [(&str, u32); 2] = [("week", 1), ("four-weeks", 4)];
const SCENARIO: &str = "hauts-de-france.toml";
const SECONDS: [f64; 3] = [10.0, 30.0, 120.0];
/// Ours is shown after so few seconds, too.
const SOON: f64 = 2.0;
const OURS: &str = "ours";
const ARCS: &str = "arcs";
/// Sites and days of the arc model, and the longest it is given.
const SIZES: [(usize, usize); 4] = [(4, 1), (6, 1), (8, 1), (6, 2)];
const LONGEST: Duration = Duration::from_secs(300);
const SEED: u64 = 1;
/// What an engine took is told where it is less than this part of its seconds (it stopped by itself), or more.
const ABOUT: std::ops::RangeInclusive<f64> = 0.8..=1.2;

#[derive(Default)]
struct Arguments {
    names: Vec<String>,
    seconds: Vec<f64>,
    rounds: bool,
    stops: Option<usize>,
    inertia: Option<f64>,
    scale: Option<f64>,
    lengths: Option<usize>,
}

fn arguments() -> Result<Arguments, String> {
    let mut given = Arguments::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--seconds" => {
                let list = value()?;
                let list: Result<Vec<f64>, _> = list.split(',').map(str::parse).collect();
                given.seconds = list.map_err(|e| e.to_string())?;
            }
            "--stops" => given.stops = Some(value()?.parse().map_err(|_| "--stops: a number")?),
            "--inertia" => given.inertia = Some(value()?.parse().map_err(|_| "--inertia: a number")?),
            "--scale" => given.scale = Some(value()?.parse().map_err(|_| "--scale: a number")?),
            "--lengths" => given.lengths = Some(value()?.parse().map_err(|_| "--lengths: 0, 1 or 2")?),
            "--rounds" => given.rounds = true,
            // What cargo passes by itself.
            "--bench" => {}
            _ => given.names.push(arg),
        }
    }
    let known = |name: &String| {
        name == OURS || name == ARCS || CASES.iter().any(|c| c.0 == name) || ENGINES.iter().any(|e| e.name == name)
    };
    if let Some(name) = given.names.iter().find(|name| !known(name)) {
        return Err(format!("{name} is neither a scenario (week, four-weeks, arcs) nor an engine"));
    }
    if given.seconds.is_empty() {
        given.seconds = SECONDS.to_vec();
    }
    Ok(given)
}

impl Arguments {
    /// Whether a scenario or an engine is wanted: all of them where none is named.
    fn wants(&self, name: &str, all: &[&str]) -> bool {
        self.names.iter().any(|n| n == name) || !self.names.iter().any(|n| all.contains(&n.as_str()))
    }
}

fn main() -> ExitCode {
    match arguments().and_then(|given| tables(&given)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn tables(given: &Arguments) -> Result<(), String> {
    versions();
    let mut cases: Vec<&str> = CASES.iter().map(|c| c.0).collect();
    cases.push(ARCS);
    for (name, weeks) in CASES.iter().filter(|(name, _)| given.wants(name, &cases)) {
        let loaded = measure::read(SCENARIO, &LoadOptions::default())?;
        let mut scenario = loaded.scenario;
        scenario.horizon.weeks = *weeks;
        let travel = loaded.road_graph.table(&scenario).map_err(|error| error.to_string())?;
        let demand = Demand::new(&scenario, &travel);
        let runs = case(&Ground { scenario: &scenario, travel: &travel, demand: &demand }, name, given)?;
        print(name, &runs);
    }
    if given.wants(ARCS, &cases) { arc_models() } else { Ok(()) }
}

/// The compact model beside ours.
fn arc_models() -> Result<(), String> {
    println!("| sites | days | arc model: CPU s | gap | ours: CPU s | gap |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for (sites, days) in SIZES {
        let loaded = measure::read(SCENARIO, &LoadOptions::default())?;
        let mut scenario = loaded.scenario;
        let travel = arcs::small(&mut scenario, &loaded.road_graph, sites, days)?;
        let demand = Demand::new(&scenario, &travel);
        let ground = Ground { scenario: &scenario, travel: &travel, demand: &demand };
        let (theirs, ours) = (arcs::compact(&ground, LONGEST)?, arcs::ours(&ground)?);
        println!(
            "| {sites} | {days} | {:.2} | {:.2} % | {:.2} | {:.2} % |",
            theirs.spent.processor,
            100.0 * theirs.gap(),
            ours.spent.processor,
            100.0 * ours.gap(),
        );
        let near = 1e-6 * ours.score.abs().max(1.0);
        if ours.score > theirs.bound + near || theirs.score > ours.bound + near {
            return Err(format!(
                "one proof is wrong: {} to {} by the arc model, {} to {} by ours",
                theirs.score, theirs.bound, ours.score, ours.bound
            ));
        }
    }
    Ok(())
}

/// A plan of an engine, and the seconds it was given.
struct Run {
    engine: &'static str,
    wanted: f64,
    made: Made,
}

/// All engines on one scenario; each is told as soon as it is done.
fn case(ground: &Ground, name: &str, given: &Arguments) -> Result<Vec<Run>, String> {
    let mut engines: Vec<&str> = ENGINES.iter().map(|e| e.name).collect();
    engines.push(OURS);
    let mut runs = Vec::new();
    let mut add = |engine: &'static str, wanted: f64, made: Made| {
        eprintln!("{name}, {engine}, {wanted} s: {:.3} in {:.1} s", made.plan.score, made.processor);
        if given.rounds {
            eprintln!("  {:?} {:?}, {} visits left out", made.rounds, made.way, made.left_out);
        }
        runs.push(Run { engine, wanted, made });
    };
    if given.wants(OURS, &engines) {
        for &seconds in [SOON].iter().chain(&given.seconds) {
            add(OURS, seconds, ours(ground, seconds)?);
        }
    }
    for engine in ENGINES.iter().filter(|e| given.wants(e.name, &engines)) {
        let tuning = Tuning {
            stops: given.stops.unwrap_or(engine.tuning.stops),
            inertia: given.inertia.unwrap_or(engine.tuning.inertia),
            scale: given.scale.unwrap_or(engine.tuning.scale),
            lengths: given.lengths.map_or(engine.tuning.lengths, |k| engine::LENGTHS[k]),
        };
        for &seconds in &given.seconds {
            add(engine.name, seconds, engine.plan(ground, seconds, SEED, tuning)?);
        }
    }
    Ok(runs)
}

/// A row for each engine, and when ours was as good as the best of the others.
fn print(case: &str, runs: &[Run]) {
    let mut seconds: Vec<f64> = runs.iter().map(|run| run.wanted).collect();
    seconds.sort_by(f64::total_cmp);
    seconds.dedup();
    let head: Vec<String> = seconds.iter().map(|s| format!("{s} s")).collect();
    println!("| {case} | {} |\n| --- |{}", head.join(" | "), " ---: |".repeat(seconds.len()));
    let mut engines: Vec<&str> = runs.iter().map(|run| run.engine).collect();
    engines.dedup();
    for engine in engines {
        let cell = |s: &f64| {
            let run = runs.iter().find(|run| run.engine == engine && run.wanted == *s)?;
            let about = ABOUT.contains(&(run.made.processor / s));
            let when = if about { String::new() } else { format!(" (in {:.1} s)", run.made.processor) };
            Some(format!("{:.3} · {:.1}{when}", run.made.plan.score, women(&run.made.plan)))
        };
        let cells: Vec<String> = seconds.iter().map(|s| cell(s).unwrap_or_default()).collect();
        println!("| {engine} | {} |", cells.join(" | "));
    }
    println!();
    let (mine, others): (Vec<&Run>, Vec<&Run>) = runs.iter().partition(|run| run.engine == OURS);
    let best = others.iter().max_by(|a, b| a.made.plan.score.total_cmp(&b.made.plan.score));
    let (Some(best), Some(longest)) = (best, mine.last()) else { return };
    let score = best.made.plan.score;
    let when = longest.made.way.iter().find(|step| step.1 >= score);
    let when = when.map_or("did not reach that".into(), |step| format!("had that after {:.2} s", step.0));
    let bound = mine.iter().map(|run| run.made.plan.upper_bound).fold(f64::INFINITY, f64::min);
    println!("The best of the others is {score:.3}, by {} in {} s; ours {when}.", best.engine, best.wanted);
    println!("No plan scores more than {bound:.3}.\n");
}

/// Women expected to be screened who would not have been otherwise.
fn women(plan: &Plan) -> f64 {
    plan.coverage.iter().filter(|c| c.service == "mammography").map(|c| c.expected_additional).sum()
}

/// What is compared.
fn versions() {
    let code = "from importlib.metadata import version as v\n\
                print(', '.join(f'{n} {v(p)}' for n, p in (('PyVRP','pyvrp'),('OR-Tools','ortools'),('VROOM','pyvroom'))))";
    let said = |command: &mut Command| {
        command.output().ok().map(|out| String::from_utf8_lossy(&out.stdout).trim().to_string()).unwrap_or_default()
    };
    let python = said(Command::new(engine::tools().join("venv/bin/python")).args(["-c", code]));
    let vrp = said(Command::new(engine::tools().join("bin/vrp-cli")).arg("--version"));
    println!("tournee {}; {python}; {vrp}\n", env!("CARGO_PKG_VERSION"));
}

//! Whole plans: the shipped scenarios, and others drawn from them at random.
//!
//! ```text
//! cargo bench --bench plans                           the table, and ten weeks drawn from the region
//! cargo bench --bench plans -- table                  the table alone
//! cargo bench --bench plans -- hosts                  the same, with the towns that host a stay invited and nobody by ones and twos
//! cargo bench --bench plans -- nord+hosts             one row of it
//! cargo bench --bench plans -- nord nights-week       these cases
//! cargo bench --bench plans -- nights-4-weeks/3       drawn from that case with seed 3
//! cargo bench --bench plans -- region-12-weeks/1-10   with each of the seeds 1 to 10
//! cargo bench --bench plans -- nord --limit 20        stopped after 20 seconds
//! cargo bench --bench plans -- nord --log             with score and bound after every round
//! ```
//!
//! Each case runs in a process of its own, so that its peak memory is its own. Every plan goes
//! through the checker; a rule it breaks, or a plan that is not there, fails the bench. A target is
//! met when the gap is proven in its seconds of solving; reading and travel times (`load s`) come
//! before. `cpu s` is what the solve took of all cores.

mod drawn;
mod measure;

use measure::{Measured, Watch, again, measure, peak_megabytes, read, read_as_it_is};
use std::process::ExitCode;
use std::time::Duration;
use tournee::config::LoadOptions;
use tournee::optimise::Settings;

/// What is planned, and what is wanted of it.
struct Case {
    name: &'static str,
    scenario: &'static str,
    weeks: u32,
    past: bool,
    /// Gap wanted, and the seconds in which it is wanted on two cores.
    gap: f64,
    within: f64,
}

const WEEK: Case =
    Case { name: "region-week", scenario: "hauts-de-france.toml", weeks: 1, past: true, gap: 0.001, within: 10.0 };

const NIGHTS: Case = Case { scenario: "../benches/scenarios/region-nuits.toml", gap: 0.01, ..WEEK };

/// A gap of 0.0 % is one that rounds to it.
const NORD: Case = Case { name: "nord", scenario: "nord.toml", gap: 0.0005, ..WEEK };

/// The table of targets.
const TABLE: [Case; 7] = [
    NORD,
    Case { name: "nord-no-past", past: false, ..NORD },
    WEEK,
    Case { name: "nights-4-weeks", weeks: 4, within: 120.0, ..NIGHTS },
    Case {
        name: "region-12-weeks",
        scenario: "../benches/scenarios/region-huit.toml",
        weeks: 12,
        gap: 0.005,
        within: 300.0,
        ..WEEK
    },
    Case {
        name: "region-104-weeks",
        scenario: "hauts-de-france-2026.toml",
        weeks: 104,
        gap: 0.01,
        within: 900.0,
        ..WEEK
    },
    Case {
        name: "promise-week",
        scenario: "../benches/scenarios/region-promesse.toml",
        gap: 0.01,
        within: 60.0,
        ..WEEK
    },
];

/// Cases run only by name.
const MORE: [Case; 3] = [
    Case {
        name: "nord-35-hours",
        scenario: "../benches/scenarios/nord-35-heures.toml",
        // Too few hours for five days.
        gap: 0.005,
        within: 20.0,
        ..WEEK
    },
    Case {
        name: "region-2026-4-weeks",
        scenario: "hauts-de-france-2026.toml",
        weeks: 4,
        gap: 0.005,
        within: 120.0,
        ..WEEK
    },
    Case { name: "nights-week", within: 60.0, ..NIGHTS },
];

/// What is run without a name.
const USUAL: [&str; 2] = ["table", "region-week/1-10"];

/// What the name of a row ends with in which hosts are invited.
const HOSTS: &str = "+hosts";

/// The part of its seconds after which a case is stopped: what is begun is finished.
const IN_TIME: f64 = 0.96;

/// One row: a case, or one drawn from it with a seed.
struct Row {
    case: &'static Case,
    seed: Option<u64>,
    /// Whether hosts are invited, and nobody by ones and twos: rules 12 and 13 as the scenario has them.
    hosts: bool,
}

/// The rows a name stands for; `None` where it stands for nothing.
fn rows(name: &str) -> Option<Vec<Row>> {
    if ["table", "hosts"].contains(&name) {
        return Some(TABLE.iter().map(|case| Row { case, seed: None, hosts: name == "hosts" }).collect());
    }
    let (name, hosts) = name.strip_suffix(HOSTS).map_or((name, false), |name| (name, true));
    let (name, seeds) = name.split_once('/').map_or((name, None), |(name, seeds)| (name, Some(seeds)));
    let case = TABLE.iter().chain(&MORE).find(|case| case.name == name)?;
    let Some(seeds) = seeds else { return Some(vec![Row { case, seed: None, hosts }]) };
    let (from, to) = seeds.split_once('-').unwrap_or((seeds, seeds));
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    Some((from..=to).map(|seed| Row { case, seed: Some(seed), hosts }).collect())
}

#[derive(Default)]
struct Arguments {
    names: Vec<String>,
    limit: Option<String>,
    only: Option<String>,
    log: bool,
}

fn arguments() -> Arguments {
    let mut given = Arguments::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--limit" => given.limit = args.next(),
            "--only" => given.only = args.next(),
            "--log" => given.log = true,
            // What cargo passes by itself.
            "--bench" => {}
            _ => given.names.push(arg),
        }
    }
    given
}

fn main() -> ExitCode {
    let mut given = arguments();
    let limit: Option<f64> = given.limit.as_ref().and_then(|limit| limit.parse().ok());
    if let Some(name) = given.only {
        let row = rows(&name).and_then(|rows| rows.into_iter().next());
        let made = row.ok_or("no such case".into()).and_then(|row| row.make(limit, given.log));
        return made.map_or_else(
            |why| {
                eprintln!("{name}: {why}");
                ExitCode::FAILURE
            },
            |()| ExitCode::SUCCESS,
        );
    }
    if given.names.is_empty() {
        given.names = USUAL.map(String::from).to_vec();
    }
    let mut wanted = Vec::new();
    for name in &given.names {
        let Some(rows) = rows(name) else {
            let known: Vec<&str> = TABLE.iter().chain(&MORE).map(|case| case.name).collect();
            eprintln!(
                "{name} is neither `table`, `hosts` nor one of {}, with or without /SEED or /FROM-TO",
                known.join(", ")
            );
            return ExitCode::FAILURE;
        };
        wanted.extend(rows);
    }
    heading();
    let mut failed = false;
    for row in wanted {
        let mut child = again();
        child.args(["--only", &row.name()]);
        child.args(given.limit.iter().flat_map(|limit| ["--limit", limit]));
        child.args(given.log.then_some("--log"));
        failed |= !child.status().is_ok_and(|status| status.success());
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn heading() {
    println!(
        "{:<20} {:>6} {:>9} {:>8} {:>9} {:>8} {:>7} {:>7} {:>7} {:>7} {:>6} {:>8} {:>7} {:>6} {:>5} {:>7}",
        "case",
        "target",
        "score",
        "root",
        "first",
        "gap",
        "load s",
        "root s",
        "solve s",
        "cpu s",
        "MB",
        "columns",
        "rounds",
        "nodes",
        "LP",
        "pricing"
    );
}

impl Row {
    fn name(&self) -> String {
        let seed = self.seed.map_or_else(String::new, |seed| format!("/{seed}"));
        format!("{}{seed}{}", self.case.name, if self.hosts { HOSTS } else { "" })
    }

    /// Plans it within `limit` seconds and prints its row.
    fn make(&self, limit: Option<f64>, log: bool) -> Result<(), String> {
        let case = self.case;
        let watch = Watch::start();
        let read = if self.hosts { read_as_it_is } else { read };
        let loaded = read(case.scenario, &LoadOptions { no_past: !case.past, ..LoadOptions::default() })?;
        let mut scenario = loaded.scenario;
        scenario.horizon.weeks = case.weeks;
        if let Some(seed) = self.seed {
            drawn::draw(&mut scenario, &loaded.road_graph, seed);
            if !case.past {
                scenario.past.clear();
            }
        }
        let reading = watch.spent().clock;
        let limit = Duration::from_secs_f64(limit.unwrap_or(IN_TIME * case.within));
        let settings = Settings { gap: case.gap, time_limit: Some(limit), ..Settings::default() };
        let made = measure(&scenario, &loaded.road_graph, settings, log)?;
        self.print(&made, reading);
        let broken: Vec<String> =
            made.violations.iter().map(|v| format!("{} {}: {}", v.code, v.where_, v.message.en)).collect();
        if broken.is_empty() { Ok(()) } else { Err(broken.join("\n")) }
    }

    fn print(&self, made: &Measured, reading: f64) {
        let (work, solver) = (&made.solution.statistics, made.solution.solver());
        let seconds = made.solving.clock;
        let met = made.plan.gap <= self.case.gap && seconds <= self.case.within;
        println!(
            "{:<20} {:>6} {:>9.3} {:>7.2}% {:>8.2}% {:>7.3}% {:>7.2} {:>7.2} {:>7.2} {:>7.2} {:>6} {:>8} {:>7} {:>6} {:>4.0}% {:>6.0}%",
            self.name(),
            if met { "met" } else { "missed" },
            made.plan.score,
            100.0 * solver.root_gap,
            100.0 * solver.first_gap,
            100.0 * made.plan.gap,
            reading + made.ground.clock,
            made.root.0.clock,
            seconds,
            made.solving.processor,
            peak_megabytes().map_or_else(|| "?".into(), |mb| mb.to_string()),
            work.columns,
            work.rounds,
            work.nodes,
            100.0 * work.lp_seconds / seconds,
            100.0 * work.pricing_seconds / seconds,
        );
    }
}

//! Tiny random instances, enumerated whole by code that shares no evaluation with the solver:
//! the optimum is the solver's at gap 0, and no bound is ever below it. An instance whose gap is
//! still open when the patience ends is counted, and there may be few of them.
//!
//! `ENUMERATE_SEEDS=FROM..TO` tries other instances; one that fails prints its seed and itself.
#![allow(missing_docs)]

#[path = "enumerate/draw.rs"]
mod draw;
#[path = "enumerate/people.rs"]
mod people;
#[path = "enumerate/plans.rs"]
mod plans;
#[path = "enumerate/tours.rs"]
mod tours;
#[path = "enumerate/trial.rs"]
mod trial;
#[path = "enumerate/verify.rs"]
mod verify;
#[path = "enumerate/world.rs"]
mod world;

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use trial::Report;
use world::Family;

/// Instances that are tried unless told otherwise.
const SEEDS: std::ops::Range<u64> = 0..200;
/// A family binds in at least one instance of so many. The draw is to be sharpened until it is
/// one of five.
const MOST_RARE: usize = 100;
/// Gaps that may stay open, one instance of so many.
const OPEN: usize = 20;
/// Failed instances that are described.
const SHOWN: usize = 5;

fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("ENUMERATE_SEEDS") else { return SEEDS };
    let (from, to) = text.split_once("..").expect("ENUMERATE_SEEDS is FROM..TO");
    from.parse().expect("a number")..to.parse().expect("a number")
}

#[test]
fn the_solver_finds_the_enumerated_optimum_and_no_bound_is_below_it() {
    let seeds = seeds();
    let next = AtomicU64::new(seeds.start);
    let reports: Mutex<Vec<Report>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    if let Some(report) = trial::run(seed) {
                        reports.lock().unwrap().push(report);
                    }
                }
            });
        }
    });
    let mut reports = reports.into_inner().unwrap();
    reports.sort_by_key(|r| r.seed);

    // Straight to the stream: the counts are to be seen when the test passes, too.
    let mut out = std::io::stderr().lock();
    let all = reports.len();
    let infeasible = reports.iter().filter(|r| r.optimum.is_none()).count();
    let idle = reports.iter().filter(|r| r.optimum == Some(0.0)).count();
    writeln!(
        out,
        "\n{all} of {} instances enumerated, {infeasible} without a plan, {idle} where staying at home is best",
        seeds.end - seeds.start
    )
    .unwrap();
    let mut rare = Vec::new();
    for family in Family::ALL {
        let count = reports.iter().filter(|r| r.binding.contains(&family)).count();
        writeln!(out, "{:>15} binds in {count:>4} ({:>3} %)", format!("{family:?}"), count * 100 / all.max(1)).unwrap();
        if count * MOST_RARE < all {
            rare.push(family);
        }
    }
    let failed: Vec<&Report> = reports.iter().filter(|r| !r.faults.is_empty()).collect();
    for report in &failed {
        writeln!(out, "seed {}: {}", report.seed, report.faults.join("; ")).unwrap();
    }
    for report in failed.iter().take(SHOWN) {
        writeln!(out, "\nseed {}\n{}", report.seed, report.text).unwrap();
    }
    let open = failed.iter().filter(|r| r.faults.iter().all(|f| f.ends_with(trial::ENDLESS))).count();
    assert!(open == failed.len(), "{} of {all} instances failed", failed.len() - open);
    assert!(open * OPEN <= all, "{open} of {all} gaps stayed open");
    assert!(rare.is_empty() || all < 100, "these hardly ever bind: {rare:?}");
}

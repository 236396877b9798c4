//! How cost grows when communes, sites, vehicles and weeks each double.
//!
//! ```text
//! cargo bench --bench growth              all of them
//! cargo bench --bench growth -- sites     of sites alone
//! ```
//!
//! From the region's week with the truck and two vans: an eighth, a quarter, half and all of the
//! communes, or of the sites; its truck alone, then two, four and eight from different towns, and
//! the same with its primary-care van; one, two, four and eight weeks. What is left out is drawn
//! with a fixed seed, and the smaller sample lies in the larger one. Each is planned to the same
//! gap, in a process of its own.
//!
//! Of each it says the seconds for travel times and demand (`ground`), those until the bound of the
//! root is proven and there is a first plan (`root`), and those until the gap is (`solve`): seconds of
//! the processor, which a busy machine disturbs less than those on the clock (`clock`). Reading the
//! files is the same for all and left out. *Ways* count what pricing looked at until the root's
//! bound, the same on every machine, as rounds and columns do.
//!
//! The exponent of a doubling is log₂ of how many times more was needed; `all` is the slope of the
//! line of least squares through all four on logarithmic axes. `root` and `solve` are judged apart:
//! the work up to the root grows with the size, while how long a gap takes to close hangs on how
//! wide the root leaves it (`root gap`), which is an instance's own. A solve that its limit ended
//! would have taken longer, and counts as missed. What costs the same at every size flatters small
//! ones, so the last doubling is told as well; and a small instance may be easy or hard in another
//! way than a large one: fewer communes leave visits half empty, fewer sites leave little to choose.

mod measure;
mod sample;

use measure::{again, measure, peak_megabytes, read};
use sample::{communes, sites, trucks, vans, weeks};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tournee::config::LoadOptions;
use tournee::domain::Scenario;
use tournee::optimise::Settings;

/// What doubles.
struct Group {
    name: &'static str,
    /// Makes the region's week of one of the sizes 0 to 3; what the size is.
    make: fn(&mut Scenario, step: usize) -> usize,
    /// Exponent wanted.
    wanted: f64,
}

/// "About linear" and "about quadratic".
const LINEAR: f64 = 1.2;
const QUADRATIC: f64 = 2.2;

const GROUPS: [Group; 5] = [
    Group { name: "communes", make: communes, wanted: LINEAR },
    Group { name: "sites", make: sites, wanted: QUADRATIC },
    Group { name: "trucks", make: trucks, wanted: LINEAR },
    Group { name: "vans", make: vans, wanted: LINEAR },
    Group { name: "weeks", make: weeks, wanted: LINEAR },
];

const STEPS: usize = 4;
/// Gap to reach, and the longest solve.
const GAP: f64 = 0.005;
const LIMIT: Duration = Duration::from_secs(120);

/// What is measured of one size, in the order a child prints it.
const FIGURES: [&str; 13] = [
    "size",
    "ground s",
    "root s",
    "solve s",
    "clock s",
    "gap %",
    "root gap %",
    "MB",
    "ways",
    "rounds",
    "columns",
    "nodes",
    "LP s",
];
/// Those that grow, by their places in [`FIGURES`].
const GROWING: [usize; 8] = [1, 2, 3, 4, 7, 8, 9, 10];
const ROOT: usize = 2;
const SOLVE: usize = 3;
const REACHED: usize = 5;

type Figures = [f64; FIGURES.len()];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let made = match args.as_slice() {
        [only, name, step] if only == "--only" => one(name, step).map(|figures| {
            let words: Vec<String> = figures.iter().map(f64::to_string).collect();
            println!("{}", words.join(" "));
        }),
        names => table(names),
    };
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn table(names: &[String]) -> Result<(), String> {
    if let Some(name) = names.iter().find(|name| GROUPS.iter().all(|group| group.name != **name)) {
        return Err(format!("{name} is not one of {}", GROUPS.map(|group| group.name).join(", ")));
    }
    for group in GROUPS.iter().filter(|group| names.is_empty() || names.iter().any(|name| name == group.name)) {
        print(group.name, &FIGURES.map(String::from));
        let mut sizes = Vec::new();
        for step in 0..STEPS {
            let figures = child(group.name, step)?;
            print("", &shown(&figures));
            sizes.push(figures);
        }
        for last in 1..STEPS {
            print(&format!("doubling {last}"), &exponents(&sizes[last - 1..=last]));
        }
        print("all", &exponents(&sizes));
        for (what, figure) in [("root", ROOT), ("solve", SOLVE)] {
            let (all, last) = (exponent(&sizes, figure), exponent(&sizes[STEPS - 2..], figure));
            let ended = figure == ROOT || sizes.iter().all(|size| size[REACHED] <= 100.0 * GAP);
            let verdict = if ended && all <= group.wanted { "met" } else { "missed" };
            let (name, wanted) = (group.name, group.wanted);
            println!("{name}, {what}: exponent {all:.2} (last doubling {last:.2}), wanted {wanted}: {verdict}");
        }
        println!();
    }
    Ok(())
}

/// One size, measured in a process of its own.
fn child(group: &str, step: usize) -> Result<Figures, String> {
    let mut child = again();
    child.args(["--only", group, &step.to_string()]).stderr(Stdio::inherit());
    let output = child.output().map_err(|error| error.to_string())?;
    let words = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = words.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    figures.try_into().map_err(|_| format!("{group} {step} was not planned"))
}

#[allow(clippy::cast_precision_loss)]
fn one(name: &str, step: &str) -> Result<Figures, String> {
    let group = GROUPS.iter().find(|group| group.name == name).ok_or("no such group")?;
    let step: usize = step.parse().map_err(|_| "no such size")?;
    let loaded = read("hauts-de-france.toml", &LoadOptions::default())?;
    let mut scenario = loaded.scenario;
    let size = (group.make)(&mut scenario, step);
    let settings = Settings { gap: GAP, time_limit: Some(LIMIT), ..Settings::default() };
    let made = measure(&scenario, &loaded.road_graph, settings, false)?;
    if let Some(v) = made.violations.first() {
        return Err(format!("{name} {step}: {} {}: {}", v.code, v.where_, v.message.en));
    }
    let (work, (spent, root)) = (&made.solution.statistics, made.root);
    Ok([
        size as f64,
        made.ground.processor,
        spent.processor,
        made.solving.processor,
        made.solving.clock,
        100.0 * made.plan.gap,
        100.0 * made.solution.solver().root_gap,
        peak_megabytes().map_or(f64::NAN, |mb| mb as f64),
        root.effort as f64,
        root.rounds as f64,
        root.columns as f64,
        work.nodes as f64,
        work.lp_seconds,
    ])
}

/// Seconds and gaps with two decimals, counts without.
fn shown(figures: &Figures) -> [String; FIGURES.len()] {
    std::array::from_fn(|k| {
        let decimals = if FIGURES[k].ends_with(" s") || FIGURES[k].ends_with('%') { 2 } else { 0 };
        format!("{:.decimals$}", figures[k])
    })
}

fn exponents(sizes: &[Figures]) -> [String; FIGURES.len()] {
    std::array::from_fn(|k| if GROWING.contains(&k) { format!("{:.2}", exponent(sizes, k)) } else { String::new() })
}

/// Slope of the line of least squares through the logarithms of sizes and of a figure.
#[allow(clippy::cast_precision_loss)]
fn exponent(sizes: &[Figures], figure: usize) -> f64 {
    let points: Vec<(f64, f64)> = sizes.iter().map(|f| (f[0].ln(), f[figure].ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let (products, squares) =
        points.iter().fold((0.0, 0.0), |(xy, xx), p| (xy + (p.0 - x) * (p.1 - y), xx + (p.0 - x).powi(2)));
    products / squares
}

fn print(name: &str, cells: &[String; FIGURES.len()]) {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>10}")).collect();
    println!("{name:<11}{}", cells.join(" "));
}

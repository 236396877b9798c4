//! Mutated inputs over all commands: each ends with a code of its own, in time, within memory, and never by a panic, an
//! internal error or a signal.
//!
//! `FUZZ=from..to` runs other cases than the usual ones, `FUZZ_SECONDS` ends after so long; a case is made anew from its
//! number alone.

mod mutate;

use crate::program::run;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Cases that are run with the other tests.
const USUAL: std::ops::Range<u64> = 0..1_000;
/// Address space of the program, in kilobytes: its threads and its own code take half a gigabyte of it that is never used.
const MEMORY: u64 = 1_500_000;
/// What refuses an input has so long, on a machine that is busy with other tests: the promise is 10 seconds on one that is not.
const REFUSED: Duration = Duration::from_secs(20);
/// Whatever is solved has so long.
const SOLVED: Duration = Duration::from_secs(90);

/// Files that are mutated, made once.
fn sources() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        assert_eq!(run(&["init", &path("mine")]).0, 0);
        let scenario = path("mine/scenario.toml");
        let (code, _, stderr) = run(&["plan", &scenario, "--out", &path("out"), "--now", "2026-11-01"]);
        assert_eq!(code, 0, "{stderr}");
        let plan = path("out/plan.json");
        let replan = ["replan", &plan, "--scenario", &scenario, "--now", "2026-11-20", "--out", &path("anew")];
        let (code, _, stderr) = run(&[&replan[..], &["--close", "pleyben-parking@2026-12-02"]].concat());
        assert_eq!(code, 0, "{stderr}");
        let requests = "id;commune;service;instant;language\n1;29081;mammography;2026-12-01T09:00;\n2;29162;mammography;02/12/2026 10:30;fr\n";
        fs::write(path("requests.csv"), requests).unwrap();
        let respond = ["respond", &plan, &path("requests.csv"), "--scenario", &scenario, "--out", &path("answered")];
        let (code, _, stderr) = run(&respond);
        assert!(code == 0 || code == 2, "{stderr}");
        assert_eq!(run(&["travel", "--matrix", &path("trips.csv"), "--scenario", &scenario]).0, 0);
        let matrix = fs::read_to_string(&scenario).unwrap();
        let matrix = matrix.replacen("[files]\n", "[files]\nmatrix = \"../trips.csv\"\n", 1);
        let open = fs::read_to_string(&scenario).unwrap();
        let open = open.replacen("\nlocks = ", "\n# locks = ", 1).replacen("\nforbidden = ", "\n# forbidden = ", 1);
        fs::write(path("mine/open.toml"), open).unwrap();
        fs::write(path("mine/by-table.toml"), matrix + "\n[travel]\nsource = \"matrix\"\n").unwrap();
        fs::write(path("top.txt"), "n 5\nm 2\ntmax 12\n0 0 0\n1 2 5\n3 4 6\n5 1 7\n6 0 0\n").unwrap();
        fs::write(path("toptw.txt"), "1 1 2 1\n0 0\n0 0 0 0 0 0 0 0 40\n1 3 4 2 10 1 1 1 0 20\n2 6 8 1 20 1 1 1 5 30\n").unwrap();
        fs::write(path("known.tsv"), "top\t2\t18\n").unwrap();
        folder
    });
    folder.path()
}

/// A command, and the files it reads that are worth mutating; `@` stands for the folder.
type Form = (&'static [&'static str], &'static [&'static str]);

const TABLES: &[&str] = &[
    "mine/scenario.toml",
    "mine/communes.csv",
    "mine/zones.csv",
    "mine/sites.csv",
    "mine/care-points.csv",
    "mine/imaging-sites.csv",
    "mine/calendar.csv",
    "mine/past.csv",
    "mine/locks.csv",
    "mine/forbidden.csv",
    "mine/road-nodes.csv",
    "mine/road-edges.csv",
];

const FORMS: &[Form] = &[
    (&["plan", "@mine/scenario.toml", "--node-limit", "3"], TABLES),
    (&["plan", "@mine/scenario.toml", "--node-limit", "3", "--out", "@new"], TABLES),
    (
        &["plan", "@mine/scenario.toml", "--node-limit", "2", "--weeks", "2", "--past", "@out/invitations.csv"],
        &["out/invitations.csv"],
    ),
    (
        &["plan", "@mine/open.toml", "--node-limit", "2", "--week", "2026-W50", "--past", "@out/visits.csv"],
        &["out/visits.csv"],
    ),
    (&["plan", "@mine/by-table.toml", "--node-limit", "3"], &["trips.csv", "mine/by-table.toml"]),
    (
        &["check", "@out/plan.json", "--scenario", "@mine/scenario.toml"],
        &["out/plan.json", "mine/sites.csv", "mine/communes.csv"],
    ),
    (&["check", "@anew/plan.json", "--scenario", "@mine/scenario.toml"], &["anew/plan.json"]),
    (&["check", "@out/plan.json", "--scenario", "@mine/scenario.toml", "--format", "json"], &["out/plan.json"]),
    (&["check", "--visits", "@out/visits.csv", "--scenario", "@mine/scenario.toml"], &["out/visits.csv"]),
    (
        &["check", "--visits", "@anew/visits.csv", "--scenario", "@mine/scenario.toml", "--out", "@new"],
        &["anew/visits.csv", "anew/plan.json"],
    ),
    (
        &[
            "explain",
            "@out/plan.json",
            "--scenario",
            "@mine/scenario.toml",
            "--commune",
            "Pleyben",
            "--node-limit",
            "3",
        ],
        &["out/plan.json", "mine/sites.csv"],
    ),
    (
        &["explain", "@out/plan.json", "--scenario", "@mine/scenario.toml", "--all", "--node-limit", "3"],
        &["out/plan.json"],
    ),
    (
        &["promise", "@out/plan.json", "--scenario", "@mine/scenario.toml", "--requests", "@requests.csv"],
        &["out/plan.json", "requests.csv", "mine/care-points.csv"],
    ),
    (
        &["respond", "@out/plan.json", "@requests.csv", "--scenario", "@mine/scenario.toml"],
        &["requests.csv", "out/plan.json"],
    ),
    (
        &[
            "respond",
            "@anew/plan.json",
            "@requests.csv",
            "--scenario",
            "@mine/scenario.toml",
            "--answers",
            "@answered/answers.json",
        ],
        &["answered/answers.json", "anew/plan.json"],
    ),
    (
        &[
            "respond",
            "@out/plan.json",
            "@requests.csv",
            "--scenario",
            "@mine/scenario.toml",
            "--detour",
            "--node-limit",
            "2",
        ],
        &["requests.csv", "out/plan.json"],
    ),
    (
        &[
            "replan",
            "@out/plan.json",
            "--scenario",
            "@mine/scenario.toml",
            "--now",
            "2026-12-01T07:00",
            "--node-limit",
            "3",
        ],
        &["out/plan.json"],
    ),
    (
        &[
            "replan",
            "@anew/plan.json",
            "--scenario",
            "@mine/scenario.toml",
            "--past",
            "@out/invitations.csv",
            "--node-limit",
            "3",
        ],
        &["anew/plan.json", "out/invitations.csv"],
    ),
    (
        &["lock", "@out/plan.json", "--visit", "huelgoat-place", "--out", "@mine/locks.csv"],
        &["mine/locks.csv", "out/plan.json"],
    ),
    (
        &["travel", "Pleyben", "Huelgoat", "--scenario", "@mine/scenario.toml"],
        &["mine/road-edges.csv", "mine/road-nodes.csv", "mine/communes.csv"],
    ),
    (
        &["travel", "--matrix", "@made.csv", "--scenario", "@mine/scenario.toml"],
        &["mine/road-edges.csv", "mine/scenario.toml"],
    ),
    (
        &["compare", "@mine/scenario.toml", "--fleet", "truck=1..2", "--node-limit", "2", "--no-sensitivity"],
        &["mine/scenario.toml"],
    ),
    (&["benchmark", "@top.txt", "--time-limit", "1", "--best-known", "@known.tsv"], &["top.txt", "known.tsv"]),
    (&["benchmark", "@toptw.txt", "--time-limit", "1"], &["toptw.txt"]),
];

/// Values that options get, beside those of the forms.
const OPTIONS: &[(&str, &[&str])] = &[
    ("--week", &["2026-W53", "S50", "50", "2026-W00", "next", "0", "-1", "9999-W01", "2026-w50"]),
    ("--now", &["2026-12-01", "01/12/26", "1900-01-01", "2199-12-31", "2026-10-25T02:30", "2026-03-29T02:30", "x"]),
    ("--weeks", &["0", "1", "3", "105", "-1", "1e9"]),
    ("--gap", &["0", "-1", "1", "nan", "0,5"]),
    ("--seed", &["0", "18446744073709551615", "-1"]),
    ("--threads", &["0", "1", "2", "100000"]),
    ("--format", &["json", "csv", "human", "xml"]),
    ("--lang", &["en", "fr", "de"]),
];

/// One case: what was run, and how it ended.
struct Case {
    number: u64,
    command: String,
    /// What is wrong with the end; `None` if nothing is.
    fault: Option<String>,
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copied(&entry, &target);
        } else {
            fs::copy(&entry, target).unwrap();
        }
    }
}

fn tried(number: u64) -> Case {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    let folder = tempfile::tempdir().unwrap();
    copied(sources(), folder.path());
    let (form, files) = FORMS.choose(&mut rng).unwrap();
    for _ in 0..rng.random_range(1..=3) {
        let file = folder.path().join(files.choose(&mut rng).unwrap());
        let other = folder.path().join(TABLES.choose(&mut rng).unwrap());
        let bytes = mutate::mutated(&mut rng, &fs::read(&file).unwrap(), &fs::read(other).unwrap());
        fs::write(&file, bytes).unwrap();
    }
    let place = |word: &&str| match word.strip_prefix('@') {
        Some(name) => folder.path().join(name).to_str().unwrap().to_owned(),
        None => (*word).to_owned(),
    };
    let mut arguments: Vec<String> = form.iter().map(place).collect();
    if rng.random_bool(0.15) {
        let (option, values) = OPTIONS.choose(&mut rng).unwrap();
        arguments.extend([format!("{option}={}", values.choose(&mut rng).unwrap())]);
    }
    let command = arguments.join(" ").replace(folder.path().to_str().unwrap(), "");
    let fault = fault(&arguments, folder.path());
    let kept = fault.as_ref().map(|_| folder.keep());
    let fault = fault.map(|fault| format!("{fault}; kept in {}", kept.unwrap_or_default().display()));
    Case { number, command, fault }
}

fn fault(arguments: &[String], folder: &Path) -> Option<String> {
    let mut program = Command::new("sh");
    program.arg("-c").arg(format!("ulimit -v {MEMORY}; exec \"$@\"")).arg("sh").arg(env!("CARGO_BIN_EXE_tournee"));
    let (out, err): (PathBuf, PathBuf) = (folder.join(".stdout"), folder.join(".stderr"));
    let file = |path: &Path| Stdio::from(fs::File::create(path).unwrap());
    program.args(arguments).current_dir(folder).env("RUST_BACKTRACE", "0").stdin(Stdio::null());
    let begin = Instant::now();
    let mut child = program.stdout(file(&out)).stderr(file(&err)).spawn().unwrap();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > SOLVED {
            let _ = child.kill();
            let _ = child.wait();
            return Some(format!("not done after {SOLVED:?}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = begin.elapsed();
    let err = fs::read(&err).unwrap_or_default();
    let said = String::from_utf8_lossy(&err[err.len().saturating_sub(4_000)..]).into_owned();
    let shown = fs::read(&out).unwrap_or_default().len() + err.len();
    match status.code() {
        None | Some(1 | 101 | 127) => Some(format!("{status}: {said}")),
        Some(2) if took > REFUSED => Some(format!("refused after {took:?}")),
        Some(2) if shown > 2_000_000 => Some(format!("{shown} bytes are shown")),
        Some(2) if !said.contains('[') && !arguments.iter().any(|a| a.contains("json")) => {
            Some(format!("no code: {said}"))
        }
        _ => None,
    }
}

#[test]
fn no_mutated_input_makes_the_program_fall_over() {
    let asked = std::env::var("FUZZ").ok().map(|text| {
        let (from, to) = text.split_once("..").expect("FUZZ=from..to");
        from.parse().unwrap()..to.parse().unwrap()
    });
    let seconds = std::env::var("FUZZ_SECONDS").ok().map(|text| Duration::from_secs(text.parse().unwrap()));
    let (begin, cases) = (Instant::now(), asked.unwrap_or(USUAL));
    sources();
    let in_time = || seconds.is_none_or(|most| begin.elapsed() < most);
    let done: Vec<Case> = cases.into_par_iter().filter(|_| in_time()).map(tried).collect();
    eprintln!("{} mutated inputs in {:?}", done.len(), begin.elapsed());
    let faults: Vec<String> = done
        .iter()
        .filter_map(|case| Some(format!("{}: tournee {}\n  {}", case.number, case.command, case.fault.as_ref()?)))
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), done.len(), faults.join("\n"));
}

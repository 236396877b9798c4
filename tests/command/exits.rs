//! How the program ends when it cannot do all that was asked: exit codes, what is said, and
//! what is left on the disk.

use crate::program::command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const TOURNEE: &str = env!("CARGO_BIN_EXE_tournee");
const NORD: &str = "config/nord.toml";

struct End {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for End {
    fn from(out: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: out.status.code(), stdout: text(out.stdout), stderr: text(out.stderr) }
    }
}

fn run(arguments: &[&str]) -> End {
    command(arguments).output().unwrap().into()
}

fn error_of(end: &End) -> Value {
    let document: Value = serde_json::from_str(&end.stdout).unwrap_or_else(|e| panic!("{e}: {}", end.stdout));
    document["error"].clone()
}

/// Everything below a folder, as paths.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(listing(&path));
        }
        out.push(path);
    }
    out.sort();
    out
}

/// The template of `init`, with one text replaced.
fn place(file: &str, from: &str, to: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("place");
    assert_eq!(run(&["init", there.to_str().unwrap()]).code, Some(0));
    let text = fs::read_to_string(there.join(file)).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
    fs::write(there.join(file), text.replace(from, to)).unwrap();
    let scenario = there.join("scenario.toml").to_str().unwrap().to_owned();
    (folder, scenario)
}

#[test]
fn a_commune_no_road_reaches_ends_in_3() {
    let (folder, scenario) = place("road-edges.csv", "1;2;18500;1140\r\n2;3;26000;1620\r\n", "");
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    for (lang, said) in [
        ("fr", "aucune route ne mène de Carhaix-Plouguer (29024) à Huelgoat (29081)"),
        ("en", "no road leads from Carhaix-Plouguer (29024) to Huelgoat (29081)"),
    ] {
        let end = run(&["plan", &scenario, "--out", out, "--lang", lang]);
        assert_eq!((end.code, end.stdout.as_str()), (Some(3), ""), "{}", end.stderr);
        for part in ["SCN-unreachable", "communes.csv:3:1", said, "[travel]"] {
            assert!(end.stderr.contains(part), "{part}: {}", end.stderr);
        }
        assert!(!Path::new(out).exists());
    }
    let end = run(&["plan", &scenario, "--out", out, "--format", "json"]);
    let error = error_of(&end);
    assert_eq!((end.code, &error["code"], &error["exit"]), (Some(3), &"travel".into(), &3.into()));
    assert_eq!((&error["problems"][0]["code"], &error["problems"][0]["line"]), (&"SCN-unreachable".into(), &3.into()));
    // The other commands that need the road.
    assert_eq!(run(&["travel", "29024", "29081", "--scenario", &scenario]).code, Some(3));
    let matrix = folder.path().join("trips.csv");
    assert_eq!(run(&["travel", "--matrix", matrix.to_str().unwrap(), "--scenario", &scenario]).code, Some(3));
    assert!(!matrix.exists());
}

/// The planner makes a first plan before it looks at the clock, where it can; whether it could
/// is for the exit code to say.
#[test]
fn a_time_limit_ends_in_a_plan_or_in_5() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["plan", NORD, "--gap", "0", "--time-limit", "0.001", "--out", out.to_str().unwrap()];
    let end = run(&[&arguments[..], &["--format", "json"]].concat());
    if end.code == Some(5) {
        let error = error_of(&end);
        assert_eq!((&error["code"], &error["exit"]), (&"no-plan".into(), &5.into()));
        assert!(!out.exists());
    } else {
        assert_eq!(end.code, Some(0), "{}", end.stderr);
        let plan: Value = serde_json::from_str(&end.stdout).unwrap();
        assert_eq!(plan["solver"]["stopped_by"], "time");
        assert_eq!(plan["proved_optimal"], false);
        assert!(out.join("plan.json").is_file());
    }
}

/// Starts planning something that takes minutes, sends a signal once there is a plan worth something, and waits.
#[cfg(unix)]
fn interrupted(signal: &str, folder: &Path) -> End {
    let (out, log) = (folder.join("out"), folder.join("log.jsonl"));
    let limits = ["--weeks", "4", "--gap", "0", "--node-limit", "1000000", "--log-json", log.to_str().unwrap()];
    let work = [&["plan", NORD, "--out", out.to_str().unwrap()][..], &limits].concat();
    let mut child = command(&work).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let planned = || {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter_map(|line| line["incumbent"].as_f64()).any(|score| score > 0.0)
    };
    while !planned() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn a_signal_keeps_the_best_plan_and_ends_in_130() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let end = interrupted(signal, folder.path());
        assert_eq!(end.code, Some(130), "{signal}: {}{}", end.stdout, end.stderr);
        assert!(end.stderr.contains("arrêt demandé"), "{}", end.stderr);
        assert!(end.stdout.contains("Écrit dans"), "{}", end.stdout);
        assert!(end.stderr.contains("le meilleur plan trouvé est gardé"), "{}", end.stderr);
        assert!(end.stdout.contains("interrompu, le meilleur plan trouvé est gardé"), "{}", end.stdout);
        let plan: Value = serde_json::from_str(&fs::read_to_string(out.join("plan.json")).unwrap()).unwrap();
        assert_eq!(plan["solver"]["stopped_by"], "interrupted");
        let file = out.join("plan.json");
        let checked = run(&["check", file.to_str().unwrap(), "--scenario", NORD]);
        assert_eq!(checked.code, Some(0), "what was kept is whole: {}", checked.stdout);
    }
}

/// Runs the program where no file may grow beyond a few kilobytes, as on a disk that is full:
/// works for everybody, root or not.
#[cfg(unix)]
fn cramped(arguments: &[&str]) -> End {
    let limited = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let mut command = Command::new("sh");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-c", limited, "sh", TOURNEE]).args(arguments);
    command.output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["plan", NORD, "--gap", "0.05", "--node-limit", "1", "--out", out.to_str().unwrap()];
    for (lang, said, nothing) in
        [("fr", "impossible d'écrire", "rien n'a été écrit"), ("en", "cannot write", "nothing has been written")]
    {
        let end = cramped(&[&arguments[..], &["--lang", lang]].concat());
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{}", end.stderr);
        for part in [said, nothing, "invitations.csv", "[output]"] {
            assert!(end.stderr.contains(part), "{part}: {}", end.stderr);
        }
        assert!(!end.stderr.contains("os error"), "{}", end.stderr);
        assert_eq!(listing(folder.path()).len(), 0);
    }

    // Over an older plan: every file of it stays as it was.
    assert_eq!(run(&arguments).code, Some(0));
    let bytes = |files: &[PathBuf]| -> Vec<Option<Vec<u8>>> { files.iter().map(|f| fs::read(f).ok()).collect() };
    let files = listing(folder.path());
    let before = bytes(&files);
    let end = cramped(&[&arguments[..], &["--seed", "1", "--week", "2026-W50", "--format", "json"]].concat());
    let error = error_of(&end);
    assert_eq!((end.code, &error["code"], &error["exit"]), (Some(2), &"output".into(), &2.into()));
    assert_eq!(listing(folder.path()), files);
    assert_eq!(bytes(&files), before);

    // The other commands that write.
    let trips = folder.path().join("trips.csv");
    let end = cramped(&["travel", "--matrix", trips.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(end.code, Some(2), "{}", end.stderr);
    assert!(end.stderr.contains("trips.csv") && end.stderr.contains("[output]"), "{}", end.stderr);
    let place = folder.path().join("place");
    let end = cramped(&["init", place.to_str().unwrap()]);
    assert_eq!(end.code, Some(2), "{}", end.stderr);
    assert!(end.stderr.contains("FILE-unwritable"), "{}", end.stderr);
    assert!(!trips.exists() && !place.exists());
    assert_eq!(listing(folder.path()), files);
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_told() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let end = End::from(command(&["schema", "plan"]).stdout(full).output().unwrap());
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("sortie standard : le disque est plein [output]"), "{}", end.stderr);
}

#[cfg(unix)]
#[test]
fn a_device_is_not_replaced_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let end = run(&["travel", "--matrix", pipe.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("pas un fichier ordinaire"), "{}", end.stderr);
    assert!(!fs::metadata(&pipe).unwrap().is_file());
}

//! Times from a real `osrm-routed` on the project's own roads.
//!
//! `scripts/install-test-tools.sh` installs it. Where it is missing that is said and the tests are skipped, or, with
//! `TOURNEE_REQUIRE_TOOLS=1`, a failure.

use crate::program::{command, run};
use crate::server::{Server, installed, scenario};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// The eight places the truck has used, for what need not be the whole Nord.
const USED: &str = "[scope]\nsite-statuses = [\"used\"]";

/// Lines of a scenario of two of them and of the département's first communes, where trips are asked for again and again;
/// their tables lie in the folder.
fn two_sites(folder: &Path) -> String {
    let rewritten = |name: &str, of_line: &mut dyn FnMut(&str) -> String| {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("routes/hauts-de-france").join(name);
        let lines: Vec<String> = fs::read_to_string(shipped).unwrap().lines().map(of_line).collect();
        fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
    };
    let mut left = 2;
    rewritten("sites.csv", &mut |line| {
        let kept = line.contains(",591") || line.contains(",590");
        if !line.contains(",used,") || kept && left > 0 {
            left -= usize::from(line.contains(",used,"));
            return line.to_owned();
        }
        line.replace(",used,", ",candidate,")
    });
    // The others are in another one, out of scope.
    rewritten("communes.csv", &mut |line| {
        if line.starts_with("59") && line < "59150" { line.to_owned() } else { line.replacen(",59,", ",62,", 1) }
    });
    format!("{USED}\n[files]\nsites = \"sites.csv\"\ncommunes = \"communes.csv\"")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The command with its arguments in one line, words parted by blanks; it ends well.
fn good(words: &[&str]) -> String {
    let (code, stdout, stderr) = run(words);
    assert_eq!(code, 0, "{words:?}: {stderr}");
    stdout
}

#[test]
fn the_nord_is_planned_from_a_server_and_again_from_what_is_kept() {
    if !installed() {
        return;
    }
    let server = Server::start(100);
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (cache, first, second) = (of("cache"), of("first"), of("second"));
    let nord = scenario(folder.path(), server.port, "", "");
    good(&["plan", &nord, "--cache", &cache, "--geometry", "--out", &first, "--node-limit", "200"]);
    drop(server);
    // The server is gone: what is kept is enough, for the same plan and for the checker.
    good(&["plan", &nord, "--cache", &cache, "--offline", "--geometry", "--out", &second, "--node-limit", "200"]);
    let plan = fs::read(Path::new(&first).join("plan.json")).unwrap();
    assert_eq!(plan, fs::read(Path::new(&second).join("plan.json")).unwrap());
    let text = String::from_utf8(plan).unwrap();
    assert!(text.contains("\"geometry\": \""), "paths of the server are in the plan");
    assert!(text.contains("Temps de route : serveur OSRM, profil driving."), "the source is said");
    let path = Path::new(&first).join("plan.json");
    let path = path.to_str().unwrap();
    good(&["check", path, "--scenario", &nord, "--cache", &cache, "--offline"]);
    // With other times it is another problem.
    let (code, _, _) = run(&["check", path, "--scenario", "config/nord.toml"]);
    assert_eq!(code, 6);
    // Without the server, and without --offline, that is told.
    let (code, _, stderr) = run(&["check", path, "--scenario", &nord, "--cache", &cache]);
    assert!(code == 3 && stderr.contains("OSRM-unreachable") && stderr.contains("--offline"), "{stderr}");
    // On the same roads the two sources agree, as README says: the server's turns cost, and it has no long links.
    let said = good(&[
        "travel",
        "--compare",
        "roads",
        "--scenario",
        &nord,
        "--cache",
        &cache,
        "--offline",
        "--format",
        "json",
    ]);
    let said = json(&said);
    assert_eq!(said["asked"]["asked"], 0);
    println!("{:#}", said["compared"]);
    let near = &said["compared"]["within_reach"];
    assert!(near["pairs"].as_u64().unwrap() > 50_000);
    let (median, mean) = (near["seconds"][2].as_f64().unwrap(), near["mean_absolute"].as_f64().unwrap());
    assert!((0.0..0.08).contains(&median) && mean < 0.1, "{near}");
    let all = &said["compared"]["all"];
    assert!(all["seconds"][2].as_f64().unwrap().abs() < 0.05 && all["mean_absolute"].as_f64().unwrap() < 0.06, "{all}");
    assert_eq!(said["compared"]["worst"].as_array().unwrap().len(), 10);
}

fn start(words: &[&str]) -> Child {
    command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Files of trips under a folder.
fn kept(cache: &Path) -> usize {
    let Ok(entries) = fs::read_dir(cache) else { return 0 };
    entries
        .map(|entry| entry.unwrap().path())
        .map(
            |path| {
                if path.is_dir() { kept(&path) } else { usize::from(path.extension().is_some_and(|e| e == "trips")) }
            },
        )
        .sum()
}

/// Waits until so many files are kept, or the program has ended.
fn wait_for(child: &mut Child, cache: &Path, files: usize) {
    while kept(cache) < files && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The times of the trips in a file, sorted. Of two ways that take as long the server may measure either: by how it was
/// asked, a metre more or less.
fn table(path: &str) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| line.rsplit_once(';').unwrap().0.to_owned()).collect();
    lines.sort();
    lines
}

#[test]
fn a_server_that_is_killed_and_restarted_loses_nothing() {
    if !installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let few = two_sites(folder.path());
    // The server takes less than it is asked for at first: the program learns that.
    let mut server = Server::start(60);
    let brief = scenario(folder.path(), server.port, "retries = 1\nrequests-at-a-time = 2", &few);
    let (cache, whole) = (of("cache"), of("whole"));
    let words = ["travel", "--scenario", &brief, "--matrix", &of("a.csv"), "--cache", &cache, "--format", "json"];
    // Where all has been asked before the server could be killed, once more from nothing.
    let out = loop {
        let mut child = start(&words);
        wait_for(&mut child, Path::new(&cache), 4);
        server.kill();
        let out = child.wait_with_output().unwrap();
        if !out.status.success() {
            break out;
        }
        fs::remove_dir_all(&cache).unwrap();
        fs::remove_file(of("a.csv")).unwrap();
        server.restart();
    };
    let stdout = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(3), "{stdout}");
    assert_eq!(json(&stdout)["error"]["problems"][0]["code"], "OSRM-unreachable");
    assert!(!Path::new(&of("a.csv")).exists());
    let before = kept(Path::new(&cache));
    assert!(before >= 4);
    // Run again once the server is back, it goes on.
    server.restart();
    let said = json(&good(&words));
    let (had, asked) = (said["asked"]["kept"].as_u64().unwrap(), said["asked"]["asked"].as_u64().unwrap());
    assert!(had > 0 && asked > 0, "{said}");
    assert!(said["asked"]["block"].as_u64().unwrap() <= 60, "{said}");
    let again = json(&good(&words));
    assert_eq!((&again["asked"]["asked"], again["asked"]["kept"].as_u64().unwrap()), (&0.into(), had + asked));
    // A server that is only away for a while is waited for.
    let patient = scenario(folder.path(), server.port, "retries = 12", &few);
    let words = ["travel", "--scenario", &patient, "--matrix", &of("b.csv"), "--cache", &whole];
    let mut child = start(&words);
    wait_for(&mut child, Path::new(&whole), 3);
    server.kill();
    // Away until somebody has asked in vain.
    let nobody = std::net::TcpListener::bind(("127.0.0.1", server.port)).unwrap();
    nobody.set_nonblocking(true).unwrap();
    while nobody.accept().is_err() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(nobody);
    server.restart();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(table(&of("a.csv")), table(&of("b.csv")));
    // The program itself is killed: what came is kept, and the next run ends right.
    let torn = of("torn");
    let mut child = start(&["travel", "--scenario", &patient, "--matrix", &of("c.csv"), "--cache", &torn]);
    wait_for(&mut child, Path::new(&torn), 3);
    child.kill().unwrap();
    child.wait().unwrap();
    let words = ["travel", "--scenario", &patient, "--matrix", &of("c.csv"), "--cache", &torn, "--format", "json"];
    assert!(json(&good(&words))["asked"]["kept"].as_u64().unwrap() > 0);
    assert_eq!(table(&of("a.csv")), table(&of("c.csv")));
    // A table that was written is a source of its own, with the same times.
    let text = format!(
        "base = {:?}\nname = \"table\"\n{few}\nmatrix = {:?}\n[travel]\nsource = \"matrix\"\n",
        Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml"),
        of("a.csv")
    );
    fs::write(of("table.toml"), text).unwrap();
    good(&["travel", "--scenario", &of("table.toml"), "--matrix", &of("d.csv")]);
    assert_eq!(table(&of("a.csv")), table(&of("d.csv")));
    // Damaged answers are told, and asked for again.
    damage(Path::new(&cache));
    let (code, _, stderr) =
        run(&["travel", "--scenario", &patient, "--matrix", &of("e.csv"), "--cache", &cache, "--offline"]);
    assert!(code == 3 && stderr.contains("OSRM-offline"), "{stderr}");
    let (code, stdout, stderr) =
        run(&["travel", "--scenario", &patient, "--matrix", &of("e.csv"), "--cache", &cache, "--format", "json"]);
    assert!(code == 0 && json(&stdout)["asked"]["asked"].as_u64().unwrap() > 0, "{stderr}");
    assert_eq!(table(&of("a.csv")), table(&of("e.csv")));
    damage(Path::new(&cache));
    let (code, _, stderr) = run(&["travel", "--scenario", &patient, "--compare", "roads", "--cache", &cache]);
    assert!(code == 0 && stderr.contains("OSRM-damaged"), "{stderr}");
    // Everything asked for again.
    let said = good(&["travel", "--scenario", &patient, "--refresh", "--cache", &cache, "--format", "json"]);
    assert_eq!(json(&said)["asked"]["kept"], 0);
}

/// Changes a byte of one file of trips.
fn damage(cache: &Path) {
    let mut files = Vec::new();
    let mut open = vec![cache.to_owned()];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.retain(|f| f.extension().is_some_and(|e| e == "trips"));
    files.sort();
    let mut bytes = fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&files[0], bytes).unwrap();
}

#[test]
fn places_far_from_roads_are_named() {
    if !installed() {
        return;
    }
    let server = Server::start(100);
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache").to_str().unwrap().to_owned();
    // A parking place of its own, two kilometres north of its town hall, which is on a road.
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("routes/hauts-de-france/sites.csv");
    let sites = fs::read_to_string(shipped).unwrap();
    let used = sites.lines().find(|line| line.contains(",59") && line.contains(",used,")).unwrap();
    let cells: Vec<&str> = used.split(',').collect();
    let (id, lat) = (cells[0], cells[3]);
    let moved = used.replacen(lat, &format!("{:.5}", lat.parse::<f64>().unwrap() + 0.018), 1);
    fs::write(folder.path().join("sites.csv"), sites.replacen(used, &moved, 1)).unwrap();
    let more = format!("{USED}\n[files]\nsites = \"sites.csv\"");
    let strict = scenario(folder.path(), server.port, "max-snap-metres = 20", &more);
    let words = ["travel", "--scenario", &strict, "--compare", "roads", "--cache", &cache, "--format", "json"];
    let (code, stdout, _) = run(&words);
    assert_eq!(code, 3, "{stdout}");
    let problem = &json(&stdout)["error"]["problems"][0];
    assert_eq!(problem["code"], "OSRM-far");
    assert!(problem["message"].as_str().unwrap().contains(id), "{problem}");
    assert!(problem["file"].as_str().unwrap().ends_with("nord-osrm.toml") && problem["line"].is_u64());
    // It is a place of its own: not that of its commune.
    let free = scenario(folder.path(), server.port, "max-snap-metres = 5000", &more);
    let trip = |to: &str| {
        let words = ["travel", "Lille", to, "--scenario", &free, "--cache", &cache, "--format", "json"];
        json(&good(&words))["seconds"].as_i64().unwrap()
    };
    assert_ne!(trip(id), trip(cells[2]));
    // What was kept under one limit is not good under another.
    let strict = scenario(folder.path(), server.port, "max-snap-metres = 20", &more);
    let (code, stdout, _) = run(&["travel", "Lille", id, "--scenario", &strict, "--cache", &cache, "--format", "json"]);
    assert!(code == 3 && stdout.contains("OSRM-far"), "{stdout}");
}

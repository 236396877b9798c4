//! A routing server that behaves badly: each fault ends in exit 3, in time, with a code and what to do.

#[path = "common/program.rs"]
mod program;

use program::run;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wiremock::matchers::{header, method, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The secret that must never be seen.
const KEY: &str = "s3cr3t-k3y";
/// Longest that any of these may take: a time-out of a second, two tries again, and a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and a scenario that asks it.
struct Desk {
    runtime: Runtime,
    server: MockServer,
    folder: TempDir,
}

fn nearest() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"code": "Ok", "waypoints": []}))
}

/// One trip of a minute.
fn table() -> Value {
    json!({
        "code": "Ok", "durations": [[60.0]], "distances": [[900.0]],
        "sources": [{"distance": 3.0}], "destinations": [{"distance": 4.0}]
    })
}

impl Desk {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(MockServer::start());
        let desk = Self { runtime, server, folder: tempfile::tempdir().unwrap() };
        desk.answer("nearest", nearest());
        desk
    }

    fn answer(&self, service: &str, with: ResponseTemplate) {
        let mock = Mock::given(method("GET")).and(path_regex(format!("^/{service}/v1/driving/"))).respond_with(with);
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// Requests to a service.
    fn requests(&self, service: &str) -> usize {
        let all = self.runtime.block_on(self.server.received_requests()).unwrap();
        all.iter().filter(|r| r.url.path().starts_with(&format!("/{service}/"))).count()
    }

    fn ask(&self, address: &str, more: &str) -> (i32, String, String) {
        let nord = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml");
        let text = format!(
            "base = {nord:?}\n[travel]\nsource = \"osrm\"\n[travel.osrm]\nserver = \"{address}\"\nretries = 2\n\
             connect-seconds = 1\ntimeout-seconds = 1\n{more}\n"
        );
        let path = self.folder.path().join("nord.toml");
        fs::write(&path, text).unwrap();
        let cache = self.folder.path().join("cache");
        let begun = Instant::now();
        let (path, cache) = (path.to_str().unwrap(), cache.to_str().unwrap());
        let answer = run(&["travel", "Lille", "Douai", "--scenario", path, "--cache", cache, "--lang", "en"]);
        assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
        answer
    }

    /// Asks the server; the fault ends in exit 3, with a code, a mend, and the place where the server is named.
    fn fails(&self, code: &str, said: &str) {
        self.fails_at(&self.server.uri(), code, said);
    }

    fn fails_at(&self, address: &str, code: &str, said: &str) {
        let (exit, stdout, stderr) = self.ask(address, "");
        assert_eq!(exit, 3, "{code}: {stdout}{stderr}");
        assert!(stderr.contains(code) && stderr.contains("to do:") && stderr.contains("nord.toml:"), "{stderr}");
        let plain = stderr.split(|c: char| c.is_whitespace() || c == '│').filter(|w| !w.is_empty());
        let plain = plain.collect::<Vec<_>>().join(" ");
        assert!(plain.contains(said), "{plain}");
        assert!(stdout.is_empty(), "{stdout}");
    }
}

#[test]
fn a_good_answer_is_taken_and_kept() {
    let desk = Desk::new();
    desk.answer("table", ResponseTemplate::new(200).set_body_json(table()));
    for _ in 0..2 {
        let (code, stdout, stderr) = desk.ask(&desk.server.uri(), "");
        assert!(code == 0 && stdout.contains("1.0\u{a0}min"), "{stdout}{stderr}");
    }
    assert_eq!((desk.requests("table"), desk.requests("nearest")), (1, 2));
}

#[test]
fn slow_answers_end_in_time() {
    let desk = Desk::new();
    desk.answer("table", ResponseTemplate::new(200).set_body_json(table()).set_delay(Duration::from_secs(60)));
    desk.fails("OSRM-timeout", "did not answer in time");
    assert_eq!(desk.requests("table"), 1, "an answer that is late is not asked for again");
}

#[test]
fn connections_that_hang_end_in_time() {
    let desk = Desk::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    desk.fails_at(&format!("http://127.0.0.1:{port}"), "OSRM-timeout", "did not answer in time");
    // The same server asked in TLS: it never shakes hands.
    let (code, _, stderr) = desk.ask(&format!("https://127.0.0.1:{port}"), "");
    assert!(code == 3 && stderr.contains("OSRM-"), "{stderr}");
    drop(silent);
    desk.fails_at(&format!("http://127.0.0.1:{port}"), "OSRM-unreachable", "after 3 tries");
}

#[test]
fn storms_of_errors_are_tried_again_and_told() {
    let desk = Desk::new();
    desk.answer("table", ResponseTemplate::new(500));
    desk.fails("OSRM-server", "(500), 3 times");
    assert_eq!(desk.requests("table"), 3);
    let desk = Desk::new();
    desk.answer("table", ResponseTemplate::new(429));
    desk.fails("OSRM-busy", "429");
    assert_eq!(desk.requests("table"), 1);
    // One error, then a good answer.
    let desk = Desk::new();
    let mock = Mock::given(path_regex("^/table/")).respond_with(ResponseTemplate::new(503)).up_to_n_times(1);
    desk.runtime.block_on(mock.mount(&desk.server));
    desk.answer("table", ResponseTemplate::new(200).set_body_json(table()));
    let (code, stdout, stderr) = desk.ask(&desk.server.uri(), "");
    assert!(code == 0, "{stdout}{stderr}");
}

#[test]
fn answers_that_are_none_are_told() {
    let json = |body: &str| ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "application/json");
    let whole = table().to_string();
    let cases: Vec<(&str, ResponseTemplate, &str, &str)> = vec![
        ("cut", json(&whole[..whole.len() - 9]), "OSRM-answer", "malformed"),
        ("empty", json(""), "OSRM-answer", "malformed"),
        ("shape", json(&whole.replace("[[60.0]]", "[[60.0,1.0]]")), "OSRM-answer", "`durations` is not 1 × 1"),
        ("no distances", json(&whole.replace("distances", "x")), "OSRM-answer", "`distances` is not 1 × 1"),
        ("negative", json(&whole.replace("60.0", "-60.0")), "OSRM-answer", "`durations` has -60"),
        ("null", json(&whole.replace("60.0", "null")), "OSRM-no-way", "from Lille (59350) to Douai (59178)"),
        ("far", json(&whole.replace("4.0", "501.0")), "OSRM-far", "Douai (59178) is 501 m from"),
        ("html", ResponseTemplate::new(200).set_body_raw("<html>", "text/html"), "OSRM-answer", "text/html"),
        ("changed", json(&whole.replacen('{', "{\"data_version\":\"2\",", 1)), "OSRM-changed", "\"2\""),
        (
            "redirect",
            ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/"),
            "OSRM-refused",
            "302",
        ),
        ("forbidden", ResponseTemplate::new(403).set_body_string("no"), "OSRM-refused", "403"),
        (
            "segment",
            ResponseTemplate::new(400).set_body_json(json!({
                "code": "NoSegment", "message": "Could not find a matching segment for coordinate 1"
            })),
            "OSRM-no-road",
            "near Douai (59178)",
        ),
        (
            "options",
            ResponseTemplate::new(400).set_body_json(json!({"code": "InvalidOptions"})),
            "OSRM-refused",
            "InvalidOptions",
        ),
        (
            "too big",
            ResponseTemplate::new(400).set_body_json(json!({"code": "TooBig", "message": ""})),
            "OSRM-refused",
            "a single trip is too much",
        ),
    ];
    for (name, answer, code, said) in cases {
        let desk = Desk::new();
        desk.answer("table", answer);
        println!("{name}");
        let (exit, _, stderr) = desk.ask(&desk.server.uri(), "");
        let plain = stderr.split(|c: char| c.is_whitespace() || c == '│' || c == '×').filter(|w| !w.is_empty());
        let plain = plain.collect::<Vec<_>>().join(" ");
        let said = said.replace('×', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(exit == 3 && plain.contains(code) && plain.contains(&said), "{name}: {plain}");
        assert!(plain.contains("to do:"), "{name}: {plain}");
    }
}

#[test]
fn huge_answers_are_not_read_to_the_end() {
    let desk = Desk::new();
    let huge = vec![b' '; 80 << 20];
    desk.answer("table", ResponseTemplate::new(200).set_body_raw(huge, "application/json"));
    let address = desk.server.uri();
    let nord = desk.folder.path().join("huge.toml");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml");
    let text = format!("base = {base:?}\n[travel]\nsource = \"osrm\"\n[travel.osrm]\nserver = \"{address}\"\n");
    fs::write(&nord, text).unwrap();
    let cache = desk.folder.path().join("cache");
    let words = ["travel", "Lille", "Douai", "--scenario", nord.to_str().unwrap(), "--cache", cache.to_str().unwrap()];
    let (code, _, stderr) = run(&words);
    assert!(code == 3 && stderr.contains("OSRM-answer") && stderr.contains("64 Mio"), "{stderr}");
}

#[test]
fn the_key_is_sent_and_never_told() {
    let desk = Desk::new();
    let guarded = Mock::given(path_regex("^/table/"))
        .and(header("X-Api-Key", KEY))
        .respond_with(ResponseTemplate::new(200).set_body_json(table()));
    desk.runtime.block_on(guarded.mount(&desk.server));
    desk.answer("table", ResponseTemplate::new(401));
    let more = "key-header = \"X-Api-Key\"\nkey-variable = \"TOURNEE_TEST_KEY\"";
    // Without the variable.
    let (code, _, stderr) = desk.ask(&desk.server.uri(), more);
    assert!(code == 3 && stderr.contains("OSRM-key") && stderr.contains("TOURNEE_TEST_KEY"), "{stderr}");
    let with = |key: &str| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_tournee"))
            .env("TOURNEE_TEST_KEY", key)
            .args(["travel", "Lille", "Douai", "--scenario", desk.folder.path().join("nord.toml").to_str().unwrap()])
            .args(["--cache", desk.folder.path().join("cache").to_str().unwrap()])
            .output()
            .unwrap();
        let text = [out.stdout, out.stderr].concat();
        (out.status.code().unwrap(), String::from_utf8(text).unwrap())
    };
    let (code, said) = with("wrong-k3y");
    assert!(code == 3 && said.contains("OSRM-refused") && !said.contains("wrong-k3y"), "{said}");
    let (code, said) = with("two\nlines");
    assert!(code == 3 && said.contains("OSRM-key") && !said.contains("two"), "{said}");
    let (code, said) = with(KEY);
    assert!(code == 0 && !said.contains(KEY), "{said}");
    for file in files(desk.folder.path()) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(KEY), "{}", file.display());
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_the_scenario_says_of_a_server_is_checked() {
    let desk = Desk::new();
    for (address, more, said) in [
        ("", "", "`server`"),
        ("nowhere", "", "no address"),
        ("ftp://a", "", "http:// or https://"),
        ("http://me:pass@a", "", "account"),
        ("http://a?key=1", "", "query"),
        ("http://a", "key-header = \"X\"", "go together"),
        ("http://a", "key-header = \"a b\"\nkey-variable = \"X\"", "name of a header"),
        ("http://a", "profile = \"a/b\"", "profile"),
        ("http://a", "block = 0", "block"),
        ("http://a", "colour = 1", "colour"),
    ] {
        let (code, _, stderr) = desk.ask(address, more);
        assert!(code == 2 && stderr.contains(said) && stderr.contains("nord.toml:"), "{address} {more}: {stderr}");
    }
}

#[test]
fn tables_are_checked_as_strictly() {
    let folder = tempfile::tempdir().unwrap();
    let nord = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml");
    let scenario = folder.path().join("nord.toml");
    let text = format!("base = {nord:?}\n[files]\nmatrix = \"trips\"\n[travel]\nsource = \"matrix\"\n");
    fs::write(&scenario, text).unwrap();
    let ask = |table: &str| {
        fs::write(folder.path().join("trips"), table).unwrap();
        run(&["travel", "Lille", "Douai", "--scenario", scenario.to_str().unwrap(), "--lang", "en"])
    };
    for (table, code, said) in [
        ("from;to;seconds;metres\n59350;59178;1800;39000\n", 0, "30.0"),
        ("from;to;seconds;metres\n59350;59999;1800;39000\n", 2, "MATRIX-place"),
        ("from;to;seconds;metres\n59350;59178;-1;39000\n", 2, "CSV-negative"),
        ("from;to;seconds;metres\n59350;59178;1800\n", 2, "CSV-cells"),
        ("from;to;seconds\n59350;59178;1800\n", 2, "CSV-missing-column"),
        ("from;to;seconds;metres\n59350;59178;1800;1\n59350;59178;1801;1\n", 2, "CSV-duplicate"),
        ("from;to;seconds;metres\n59178;59350;1800;39000\n", 3, "MATRIX-missing"),
        (r#"{"places":["59350","59178"],"seconds":[[0,1800],[1900,0]],"metres":[[0,1],[1,0]]}"#, 0, "30.0"),
        (r#"{"places":["59350","59178"],"seconds":[[0,null],[1900,0]],"metres":[[0,1],[1,0]]}"#, 3, "MATRIX-missing"),
        (r#"{"places":["59350","5917"],"seconds":[[0,1800],[1900,0]],"metres":[[0,1],[1,0]]}"#, 2, "MATRIX-place"),
        (r#"{"places":["59350","59178"],"seconds":[[0,1800]],"metres":[[0,1],[1,0]]}"#, 2, "MATRIX-format"),
        (r#"{"places":["59350","59178"],"seconds":[[0,-1800],[1900,0]],"metres":[[0,1],[1,0]]}"#, 2, "CSV-negative"),
        (r#"{"places":["59350","59178"],"seconds":[[0,1800],[1900,0]]}"#, 2, "MATRIX-format"),
    ] {
        let (exit, stdout, stderr) = ask(table);
        assert!(exit == code && (stdout.contains(said) || stderr.contains(said)), "{table}: {exit} {stdout}{stderr}");
        assert!(code != 2 || stderr.contains("trips:"), "{table}: file and line: {stderr}");
    }
}

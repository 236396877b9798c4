//! A routing server that behaves badly: each fault ends in exit 3, in time, with a code and what to do.

use crate::program::run;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wiremock::matchers::{header, method, path_regex};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The secret that must never be seen.
const KEY: &str = "s3cr3t-k3y";

/// A server, and a scenario that asks it.
struct Desk {
    runtime: Runtime,
    server: MockServer,
    folder: TempDir,
    /// Seconds an answer is waited for; few only where that is what is tried.
    timeout: u32,
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
        let desk = Self { runtime, server, folder: tempfile::tempdir().unwrap(), timeout: 300 };
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
             connect-seconds = 60\ntimeout-seconds = {}\n{more}\n",
            self.timeout
        );
        let path = self.folder.path().join("nord.toml");
        fs::write(&path, text).unwrap();
        let cache = self.folder.path().join("cache");
        let (path, cache) = (path.to_str().unwrap(), cache.to_str().unwrap());
        run(&["travel", "Lille", "Douai", "--scenario", path, "--cache", cache, "--lang", "en"])
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
    let desk = Desk { timeout: 2, ..Desk::new() };
    desk.answer("table", ResponseTemplate::new(200).set_body_json(table()).set_delay(Duration::from_secs(3_600)));
    desk.fails("OSRM-timeout", "did not answer in time");
    // On a slow machine the first question may already be late.
    for service in ["nearest", "table"] {
        assert!(desk.requests(service) <= 1, "an answer that is late is not asked for again");
    }
}

#[test]
fn connections_that_hang_end_in_time() {
    let desk = Desk { timeout: 1, ..Desk::new() };
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
        ("nowhere", "", "CFG-travel-server"),
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
fn a_folder_that_cannot_keep_trips_is_told() {
    let desk = Desk::new();
    desk.answer("table", ResponseTemplate::new(200).set_body_json(table()));
    fs::write(desk.folder.path().join("cache"), "a file").unwrap();
    desk.fails("OSRM-cache", "cannot be kept");
}

#[test]
fn a_trip_that_is_shorter_by_way_of_another_place_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(run(&["init", &at("place")]).0, 0);
    assert_eq!(run(&["travel", "--matrix", &at("trips.csv"), "--scenario", &at("place/scenario.toml")]).0, 0);
    let trips = fs::read_to_string(at("trips.csv")).unwrap();
    // From the base to a site, ten hours instead of one.
    let line = trips.lines().find(|line| line.starts_with("29024;29081;")).unwrap();
    fs::write(at("trips.csv"), trips.replacen(line, "29024;29081;36000;9", 1)).unwrap();
    let text = "base = \"place/scenario.toml\"\n[files]\nmatrix = \"trips.csv\"\n[travel]\nsource = \"matrix\"\n";
    fs::write(at("table.toml"), text).unwrap();
    let (code, _, stderr) = run(&["travel", "--compare", "roads", "--scenario", &at("table.toml")]);
    assert!(code == 0 && stderr.contains("TRAVEL-detours"), "{stderr}");
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
        ("from;to;seconds;metres\n59350;59178;1800\n", 2, "CSV-missing-value"),
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

/// Trips as the crow flies, a minute and a kilometre a hundredth of a degree, half as long again towards the east; one pair
/// of places is on two islands.
struct Islands(String, String);

impl Respond for Islands {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let list = request.url.path().rsplit('/').next().unwrap();
        let places: Vec<&str> = list.split(';').collect();
        let option = |name: &str| {
            let pair = request.url.query_pairs().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.into_owned())
        };
        let numbers =
            |name: &str| -> Vec<usize> { option(name).unwrap().split(';').map(|n| n.parse().unwrap()).collect() };
        let (from, to) = (numbers("sources"), numbers("destinations"));
        let estimates = option("fallback_speed").is_some();
        let mut estimated = Vec::new();
        let mut rows = |per_degree: f64, eastward: f64| -> Vec<Vec<Value>> {
            let mut out = Vec::new();
            for (a, &i) in from.iter().enumerate() {
                let mut row = Vec::new();
                for (b, &j) in to.iter().enumerate() {
                    let at = |k: usize| -> (f64, f64) {
                        let (lon, lat) = places[k].split_once(',').unwrap();
                        (lon.parse().unwrap(), lat.parse().unwrap())
                    };
                    let (start, end) = (at(i), at(j));
                    let far = (start.0 - end.0).hypot(start.1 - end.1) * per_degree;
                    let apart = places[i].starts_with(&self.0) && places[j].starts_with(&self.1);
                    if apart && eastward > 1.0 {
                        estimated.push([a, b]);
                    }
                    row.push(match apart && !estimates {
                        true => Value::Null,
                        false => json!(if end.0 > start.0 { far * eastward } else { far }),
                    });
                }
                out.push(row);
            }
            out
        };
        let (durations, distances) = (rows(6000.0, 1.5), rows(100_000.0, 1.0));
        let near = |n: usize| vec![json!({"distance": 1.0}); n];
        let mut body = json!({
            "code": "Ok", "durations": durations, "distances": distances,
            "sources": near(from.len()), "destinations": near(to.len())
        });
        if estimates && !estimated.is_empty() {
            body["fallback_speed_cells"] = json!(estimated);
        }
        ResponseTemplate::new(200).set_body_json(body)
    }
}

#[test]
fn estimates_are_told_and_directed_times_stay_directed() {
    let desk = Desk::new();
    let at = |name: &str| desk.folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(run(&["init", &at("place")]).0, 0);
    let communes = fs::read_to_string(at("place/communes.csv")).unwrap();
    let titles: Vec<&str> = communes.lines().next().unwrap().trim_start_matches('\u{feff}').split(';').collect();
    let column = |name: &str| titles.iter().position(|t| *t == name).unwrap();
    let line = |k: usize| communes.lines().nth(k).unwrap();
    let cell = |k: usize, name: &str| line(k).split(';').nth(column(name)).unwrap().to_owned();
    let lon = |k: usize| format!("{:.6}", cell(k, "lon").replace(',', ".").parse::<f64>().unwrap());
    let mock = Mock::given(path_regex("^/table/")).respond_with(Islands(lon(1), lon(2)));
    desk.runtime.block_on(mock.mount(&desk.server));
    let scenario = |more: &str| {
        let text = format!(
            "base = \"scenario.toml\"\n[travel]\nsource = \"osrm\"\n[travel.osrm]\nserver = \"{}\"\n{more}\n",
            desk.server.uri()
        );
        fs::write(at("place/osrm.toml"), text).unwrap();
        at("place/osrm.toml")
    };
    let (cache, out) = (at("cache"), at("out"));
    let plan = |scenario: &str| run(&["plan", scenario, "--cache", &cache, "--out", &out, "--lang", "en"]);
    let (code, _, stderr) = plan(&scenario(""));
    assert!(code == 3 && stderr.contains("OSRM-no-way"), "{stderr}");
    assert!(stderr.contains(&cell(1, "code")) || stderr.contains(&cell(2, "code")), "{stderr}");
    let estimating = scenario("fallback-speed-kmh = 40");
    let (code, stdout, stderr) = plan(&estimating);
    assert!(code == 0 && stderr.contains("OSRM-estimated"), "{stderr}");
    assert!(stdout.contains("as the crow flies"), "{stdout}");
    // Once more from what is kept: it is still told.
    let words = ["check", &format!("{out}/plan.json"), "--scenario", &estimating, "--cache", &cache, "--offline"];
    let (code, _, stderr) = run(&words);
    assert!(code == 0 && stderr.contains("OSRM-estimated"), "{stderr}");
    // There and back are not the same.
    let seconds = |from: &str, to: &str| {
        let words = ["travel", from, to, "--scenario", &estimating, "--cache", &cache, "--format", "json"];
        let (code, stdout, stderr) = run(&words);
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<Value>(&stdout).unwrap()["seconds"].as_f64().unwrap()
    };
    let ends = [1, 3].map(|k| cell(k, "code"));
    let ratio = seconds(&ends[0], &ends[1]) / seconds(&ends[1], &ends[0]);
    assert!((ratio.max(1.0 / ratio) - 1.5).abs() < 0.01, "{ratio}");
    // The plan's trips are those of the server, each way.
    let plan: Value = serde_json::from_slice(&fs::read(format!("{out}/plan.json")).unwrap()).unwrap();
    let legs: Vec<&Value> =
        plan["tours"].as_array().unwrap().iter().flat_map(|t| t["legs"].as_array().unwrap()).collect();
    assert!(legs.len() > 1);
    assert!(legs.windows(2).any(|pair| pair[0]["seconds"] != pair[1]["seconds"]), "{legs:?}");
}

/// A server that speaks TLS, with a certificate that the program is told to trust.
#[test]
fn https_is_asked_as_well_as_http() {
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    let desk = Desk::new();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let trusted = desk.folder.path().join("trusted.pem");
    fs::write(&trusted, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = desk.runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    desk.runtime.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = vec![0; 65_536];
                while let Ok(read) = stream.read(&mut request).await {
                    if read == 0 {
                        return;
                    }
                    let nearest = request.starts_with(b"GET /nearest/");
                    let body = if nearest { json!({"code": "Ok"}) } else { table() }.to_string();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all((head + &body).as_bytes()).await;
                    let _ = stream.flush().await;
                }
            });
        }
    });
    let address = format!("https://localhost:{port}");
    // A certificate that nobody vouches for is refused.
    let (code, _, stderr) = desk.ask(&address, "");
    assert!(code == 3 && stderr.contains("OSRM-unreachable"), "{stderr}");
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_tournee"))
        .env("SSL_CERT_FILE", &trusted)
        .args(["travel", "Lille", "Douai", "--scenario", desk.folder.path().join("nord.toml").to_str().unwrap()])
        .args(["--cache", desk.folder.path().join("cache").to_str().unwrap(), "--lang", "en"])
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert!(out.status.success() && stdout.contains("1.0\u{a0}min"), "{stdout}{stderr}");
}

//! `check --visits`: nights out survive the spreadsheet, and nothing that breaks rules is published.

use crate::program::run;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The template with nights out: a truck that sleeps in Huelgoat from Tuesday to Thursday.
struct Planned {
    folder: TempDir,
    scenario: String,
    visits: String,
}

const NIGHTS: &str = "base = \"scenario.toml\"\nname = \"nights\"\n[limits]\nnight-min-drive-minutes = 10\n\
    [prices]\nnight = 0.01\n[[vehicle]]\nid = \"camion\"\novernight = \"site\"\nnights-away = 3\n";

impl Planned {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        assert_eq!(run(&["init", &at("place")]).0, 0);
        let scenario = at("place/nights.toml");
        fs::write(&scenario, NIGHTS).unwrap();
        let (code, stdout, stderr) =
            run(&["plan", &scenario, "--gap", "0.02", "--node-limit", "20", "--out", &at("out")]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains('☾'), "{stdout}");
        Self { scenario, visits: at("out/visits.csv"), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Checks the visits with other cells of one column, into a folder.
    fn checked(&self, column: &str, cells: &[&str], more: &[&str]) -> (i32, String, String) {
        let table = fs::read_to_string(&self.visits).unwrap();
        let at = table.trim_start_matches('\u{feff}').split(';').position(|name| name == column).unwrap();
        let mut rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(';').collect()).collect();
        for (row, cell) in rows.iter_mut().skip(1).zip(cells) {
            row[at] = cell;
        }
        let edited = rows.iter().map(|row| row.join(";")).collect::<Vec<_>>().join("\r\n");
        let file = self.path("edited.csv");
        fs::write(&file, edited).unwrap();
        let check = ["check", "--visits", file.to_str().unwrap(), "--scenario", &self.scenario];
        run(&[&check[..], more].concat())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn nights_survive_the_spreadsheet() {
    let planned = Planned::new();
    let again = planned.path("again");
    let again = again.to_str().unwrap();
    let (code, stdout, stderr) = planned.checked("night", &[], &["--out", again]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains('☾') && stdout.contains("Plan conforme"), "{stdout}");
    assert_eq!(planned.text("out/visits.csv"), planned.text("again/visits.csv"));
    assert_eq!(
        planned.text("out/invitations.csv"),
        planned.text("again/invitations.csv"),
        "a stay shares its invitations"
    );
    let plan = |name: &str| -> serde_json::Value { serde_json::from_str(&planned.text(name)).unwrap() };
    let (one, two) = (plan("out/plan.json"), plan("again/plan.json"));
    assert_eq!(two["score_parts"]["nights_out"], 2);
    for same in ["score", "score_parts", "coverage", "tours", "visits"] {
        assert_eq!(one[same], two[same], "{same}");
    }
    // In French too, and without the column or with empty cells no night is spent out.
    assert_eq!(planned.checked("night", &["oui", "OUI", "non"], &[]).0, 0);
    let (code, stdout, _) = planned.checked("night", &["", "", ""], &[]);
    assert!(code == 6 && !stdout.contains('☾'), "no time for set-up before 8 o'clock: {stdout}");
    let (code, stdout, _) = planned.checked("night", &["yes", "yes", "yes"], &[]);
    assert!(code == 6 && stdout.contains("R1-nights"), "the last tour must end at the base: {stdout}");
    let (code, stdout, stderr) = planned.checked("night", &["peut-être"], &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("table-night") && stderr.contains("edited.csv:2:") && stderr.contains("peut-être"),
        "{stderr}"
    );
}

#[test]
fn nothing_that_breaks_rules_is_published() {
    let planned = Planned::new();
    let draft = planned.path("draft");
    let out = ["--out", draft.to_str().unwrap()];
    let (code, stdout, _) = planned.checked("open_1", &["08:15"], &out);
    assert_eq!(code, 6, "{stdout}");
    assert!(stdout.contains("R3-set-up") || stdout.contains("R1-shift"), "the report is there: {stdout}");
    assert!(stdout.contains("draft.json et visits.csv seulement") && stdout.contains("ni calendriers"), "{stdout}");
    assert!(!stdout.contains("viennent d'un autre plan"), "{stdout}");
    assert_eq!(names(&draft), ["draft.json", "visits.csv"]);

    // What was published before stays, and is not taken for this plan's.
    let before = (planned.text("out/invitations.csv"), planned.text("out/plan.json"));
    let calendars = names(&planned.path("out/calendars"));
    let folder = planned.path("out");
    let out = ["--out", folder.to_str().unwrap(), "--format", "json", "--lang", "en"];
    let (code, stdout, stderr) = planned.checked("open_1", &["08:15"], &out);
    let found: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &found["ok"]), (6, &false.into()));
    let said = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("draft.json and visits.csv only") && said.contains("come from another plan"), "{stderr}");
    assert_eq!((planned.text("out/invitations.csv"), planned.text("out/plan.json")), before, "a draft is not the plan");
    assert_eq!(names(&planned.path("out/calendars")), calendars);

    // Mended, it is published.
    let (code, stdout, _) = planned.checked("open_1", &["09:00"], &["--out", draft.to_str().unwrap()]);
    assert!(code == 0 && stdout.contains("calendriers (calendars/)"), "{stdout}");
    assert!(draft.join("calendars").is_dir() && draft.join("invitations.csv").is_file());
    assert!(draft.join("plan.json").is_file() && !draft.join("draft.json").exists());
}

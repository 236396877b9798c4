//! What was published stays a fact: plans, tables, locks and answers of earlier versions, and weeks that are changed, called
//! off and taken up again. In a small place, whose plan `version-1` keeps as the first version of the format wrote it.

use crate::program::run;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The small place in a folder of its own.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/version-1");
        for file in fs::read_dir(kept).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        Self(folder)
    }

    /// The same without its locks, as a place is in other weeks.
    fn unlocked() -> Self {
        let place = Self::new();
        place.change("scenario.toml", "locks = \"locks.csv\"", "");
        place
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.at(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.at(name), text.replace(from, to)).unwrap();
    }

    /// The program with arguments, of which `@NAME` is a file of the place; it ends well.
    fn good(&self, line: &str) -> String {
        let arguments: Vec<String> = line
            .split(' ')
            .map(|word| word.strip_prefix('@').map_or_else(|| word.to_owned(), |n| self.at(n)))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (code, out, err) = run(&[&arguments[..], &["--lang", "en"]].concat());
        assert_eq!(code, 0, "{line}: {out}{err}");
        out
    }

    fn plan(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.at(name)).unwrap()).unwrap()
    }

    fn ids(&self, name: &str) -> Vec<String> {
        let plan = self.plan(name);
        plan["visits"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()).collect()
    }

    /// By UID of a calendar: SEQUENCE, status, DTSTAMP.
    fn events(&self, name: &str) -> BTreeMap<String, (u32, String, String)> {
        let text = fs::read_to_string(self.at(name)).unwrap().replace("\r\n ", "");
        let of = |event: &str, key: &str| {
            let line = event.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_default().trim_start_matches(':').to_owned()
        };
        let events = text.split("BEGIN:VEVENT").skip(1);
        let one = |event: &str| {
            let number = of(event, "SEQUENCE").parse().unwrap_or_default();
            (of(event, "UID"), (number, of(event, "STATUS"), of(event, "DTSTAMP")))
        };
        events.map(one).collect()
    }
}

#[test]
fn plans_of_the_first_version_are_read_and_good() {
    let place = Place::new();
    for plan in ["plan.json", "plan2.json"] {
        assert_eq!(place.plan(plan)["schema_version"], 1);
        place.good(&format!("check @{plan} --scenario @scenario.toml"));
    }
}

#[test]
fn tables_of_the_first_version_keep_their_identities() {
    let place = Place::new();
    place.good("check --visits @visits.csv --published @plan.json --scenario @scenario.toml --out @again");
    assert_eq!(place.ids("again/plan.json"), place.ids("plan.json"));
    assert_eq!(place.plan("again/plan.json")["schema_version"], 2);
}

#[test]
fn locks_of_the_first_version_hold() {
    let place = Place::new();
    place.good("plan @scenario.toml --out @out");
    let plan = place.plan("out/plan.json");
    let open = |v: &Value| v["sessions"][0]["open"].as_str().unwrap().to_owned();
    let locked = |v: &&Value| v["site"] == "huelgoat-place" && v["date"] == "2026-12-01";
    let visit = plan["visits"].as_array().unwrap().iter().find(locked).expect("the locked visit");
    assert_eq!(open(visit), "2026-12-01T09:00:00+01:00");
}

#[test]
fn what_the_first_version_published_is_past_for_the_next_week() {
    let place = Place::unlocked();
    let next = "plan @scenario.toml --week 2026-W50 --past @visits.csv --past @invitations.csv --out @next";
    place.good(next);
    let again = place.ids("next/plan.json").into_iter().filter(|id| place.ids("plan.json").contains(id)).count();
    assert_eq!(again, 0, "no identity is given away twice");
}

#[test]
fn a_revision_of_the_first_version_is_made_anew() {
    let place = Place::new();
    place.good("replan @plan2.json --scenario @scenario.toml --now 2026-11-25T09:00 --unavailable camion@2026-12-03 --out @anew");
    let kept = place.plan("anew/plan.json");
    let list = |part: &str| kept["revision"][part].as_array().map_or(0, Vec::len);
    let stands = kept["visits"].as_array().unwrap().len();
    assert_eq!(list("published"), place.ids("plan2.json").len());
    assert!(stands + list("cancelled") >= place.ids("plan2.json").len(), "no published visit is forgotten");
}

/// An office notes later that a request that was answered needs an interpreter: the answer stays, or is given anew.
#[test]
fn a_request_that_was_answered_may_change() {
    let place = Place::new();
    let later = "id;commune;service;instant;language\nr1;29081;mammography;2026-11-30T08:00;br\n";
    fs::write(place.at("later.csv"), later).unwrap();
    place.good("respond @plan.json @later.csv --scenario @scenario.toml --answers @answers.json");
}

/// Fewer women are due than have been invited: that is a fact of the published plan, and no fault of the new one.
#[test]
fn what_was_sent_may_be_more_than_todays_tables_allow() {
    let place = Place::new();
    place.change("communes.csv", ";290;", ";120;");
    let out = place
        .good("replan @plan.json --scenario @scenario.toml --unavailable camion@2026-12-03 --now 2026-11-30T07:00");
    assert!(!out.contains("internal error"), "{out}");
}

/// A week is made anew, then edited in a spreadsheet and published into the same folder: no revision goes back, and what was
/// cancelled stays so.
#[test]
fn an_edited_week_goes_on_from_its_revision() {
    let place = Place::unlocked();
    place.good("plan @scenario.toml --now 2026-11-01 --out @out");
    place.good("replan @out/plan.json --scenario @scenario.toml --now 2026-11-20T09:00 --unavailable camion@2026-12-01 --out @out");
    let before = place.events("out/calendars/toutes-les-visites.ics");
    assert!(before.values().any(|event| event.0 > 0), "{before:?}");
    place.change("out/visits.csv", ";09:00;", ";09:15;");
    place.good("check --scenario @scenario.toml --visits @out/visits.csv --out @out");
    let after = place.events("out/calendars/toutes-les-visites.ics");
    for (uid, event) in &before {
        let new = after.get(uid).unwrap_or_else(|| panic!("{uid} is gone: {after:?}"));
        assert!((new.0, &new.2) >= (event.0, &event.2), "{uid} went back: {event:?}, {new:?}");
        assert!(event.1 != "CANCELLED" || new.1 == "CANCELLED", "{uid}: {event:?}, {new:?}");
    }
}

/// A town hall says no, then yes after all; weeks later that week's table is read as past.
#[test]
fn a_visit_called_off_and_taken_up_again_is_past_in_the_end() {
    let place = Place::unlocked();
    place.good("plan @scenario.toml --now 2026-11-01 --out @out");
    let first = place.plan("out/plan.json")["visits"][0].clone();
    let (site, date) = (first["site"].as_str().unwrap(), first["date"].as_str().unwrap());
    fs::write(place.at("no.csv"), format!("vehicle;date;site\n;;{site}\n")).unwrap();
    fs::write(place.at("yes.csv"), format!("vehicle;date;site\ncamion;{date};{site}\n")).unwrap();
    let replan = "replan @out/plan.json --scenario @scenario.toml --out @out";
    place.good(&format!("{replan} --now 2026-11-10 --forbid @no.csv"));
    let off = place.events("out/calendars/toutes-les-visites.ics");
    assert!(off.values().any(|event| event.1 == "CANCELLED"), "{off:?}");
    place.good(&format!("{replan} --now 2026-11-12 --lock @yes.csv"));
    let visits = place.plan("out/plan.json")["visits"].clone();
    let back = |v: &Value| v["site"] == *site && v["date"] == *date;
    assert!(visits.as_array().unwrap().iter().any(back), "{visits:#}");
    place.good("plan @scenario.toml --week 2027-W10 --past @out/visits.csv --past @out/invitations.csv --out @later");
}

/// On Tuesday morning the truck has stood in Huelgoat; that the town hall then blocks the whole week changes nothing of it.
#[test]
fn what_has_begun_stays_where_the_site_is_closed_since() {
    let place = Place::new();
    place.change("sites.csv", "2026-12-03;60;;Place", "2026-12-01..2026-12-31;60;;Place");
    let out = place.good(
        "replan @plan.json --scenario @scenario.toml --unavailable camion@2026-12-03 --now 2026-12-02T07:00 --out @out",
    );
    assert!(out.contains("R7-site-dates") && out.contains("Published, and kept"), "{out}");
    assert!(place.ids("out/plan.json").contains(&"huelgoat-place.1".to_owned()));
}

/// Nor does it that the table of sites has another kind of vehicle there since.
#[test]
fn what_has_begun_stays_where_the_site_takes_other_vehicles_since() {
    // The next morning, and while the truck is there.
    for now in ["2026-12-02T07:00", "2026-12-01T10:00"] {
        let place = Place::new();
        place.change("sites.csv", ";truck;01/09/2026", ";van;01/09/2026");
        let out = place.good(&format!(
            "replan @plan.json --scenario @scenario.toml --unavailable camion@2026-12-03 --now {now} --out @out"
        ));
        assert!(out.contains("R7-site-fit") && out.contains("Published, and kept"), "{out}");
        assert!(place.ids("out/plan.json").contains(&"huelgoat-place.1".to_owned()));
    }
}

/// A date after the weeks is a slip and told as one; on the Saturday after the last visit nothing is left to change, and that is
/// so.
#[test]
fn planning_after_the_weeks_is_told() {
    let place = Place::new();
    let [scenario, plan] = ["scenario.toml", "plan.json"].map(|name| place.at(name));
    for (now, code) in [("2026-11-30", 0), ("2026-12-01", 2), ("2026-12-07", 2), ("2027-06-01", 2)] {
        let (end, out, err) = run(&["plan", &scenario, "--now", now, "--lang", "en"]);
        assert_eq!(end, code, "{now}: {out}{err}");
        assert!(code == 0 || err.contains("begins on 2026-11-30") && err.contains("replan"), "{err}");
    }
    for (now, code) in [("2026-12-05T09:00", 0), ("2026-12-06T09:00", 0), ("2026-12-07T09:00", 2)] {
        let (end, out, err) = run(&["replan", &plan, "--scenario", &scenario, "--now", now, "--lang", "en"]);
        assert_eq!(end, code, "{now}: {out}{err}");
        assert!(code == 0 || err.contains("end on 2026-12-06"), "{err}");
        assert!(code == 2 || out.contains("none to send"), "{out}");
    }
}

/// A plan whose sessions somebody moved to another day, and not the date beside them.
#[test]
fn sessions_on_another_day_are_refused() {
    for (from, to) in [
        ("\"open\": \"2026-12-01T09:00", "\"open\": \"2026-12-04T09:00"),
        ("\"close\": \"2026-12-01T16:00", "\"close\": \"2026-12-02T16:00"),
        ("\"close\": \"2026-12-01T12:00", "\"close\": \"2026-12-01T14:00"),
    ] {
        let place = Place::new();
        place.change("plan.json", from, to);
        let [plan, scenario] = ["plan.json", "scenario.toml"].map(|name| place.at(name));
        let (code, out, err) =
            run(&["replan", &plan, "--scenario", &scenario, "--now", "2026-11-30T07:00", "--lang", "en"]);
        assert_eq!(code, 2, "{out}{err}");
        assert!(err.contains("huelgoat-place.1") && err.contains("not on the day of the visit"), "{err}");
    }
}

/// In a spreadsheet a row is deleted, and another visit moved to its day: two changes, counted alike by who states them and
/// by the checker.
#[test]
fn a_row_deleted_and_another_moved_to_its_day_are_two_changes() {
    let place = Place::unlocked();
    place.good("plan @scenario.toml --now 2026-11-01 --out @out");
    let text = fs::read_to_string(place.at("out/visits.csv")).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert!(rows.len() > 2, "{text}");
    let last = rows.len() - 1;
    let mut moved: Vec<&str> = rows[last - 1].split(';').collect();
    moved[2] = rows[last].split(';').nth(2).unwrap();
    moved[3] = rows[last].split(';').nth(3).unwrap();
    let moved = moved.join(";");
    let edited = [&rows[..last - 1], &[&moved]].concat().join("\n");
    fs::write(place.at("edited.csv"), edited + "\n").unwrap();
    let [published, scenario, edited, out] =
        ["out/plan.json", "scenario.toml", "edited.csv", "again"].map(|name| place.at(name));
    let (_, said, _) = run(&[
        "check",
        "--scenario",
        &scenario,
        "--visits",
        &edited,
        "--published",
        &published,
        "--out",
        &out,
        "--format",
        "json",
        "--lang",
        "en",
    ]);
    assert!(!said.contains("R10-changes") && !said.contains("F-score"), "{said}");
    let plan: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(plan["plan"]["score_parts"]["changes_made"], 2, "{said}");
}

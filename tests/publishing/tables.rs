//! `visits.csv` and `invitations.csv`: what is written, and what is read back.

use crate::support::{chain, clock, date, plan, rotation, scenario};
use std::path::Path;
use tournee::config::{EditedVisit, Problem, Problems, edited_visits};
use tournee::domain::{Scenario, SiteId, VehicleId, Window};
use tournee::i18n::Lang;
use tournee::publish::tables::{invitations, visits};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn read_visits(bytes: &[u8], scenario: &Scenario) -> Result<Vec<EditedVisit>, Problems> {
    edited_visits(Path::new("visits.csv"), bytes, scenario).map(|(visits, _)| visits)
}

/// Code, line, column in characters, and name of the column.
type Fault = (&'static str, usize, usize, String);

fn faults(table: &str) -> Vec<Fault> {
    let problems = read_visits(table.as_bytes(), &scenario()).unwrap_err();
    problems.iter().for_each(complete);
    let place = |p: &Problem| p.position.unwrap_or_default();
    let fault = |p: &Problem| (p.code.as_str(), place(p).0, place(p).1, p.column_name.clone().unwrap_or_default());
    problems.iter().map(fault).collect()
}

fn complete(problem: &Problem) {
    for text in [&problem.message, &problem.help] {
        assert!(!text.fr.is_empty() && !text.en.is_empty() && text.fr != text.en, "{problem:?}");
    }
}

fn fault(code: &'static str, line: usize, column: usize, name: &str) -> Fault {
    (code, line, column, name.to_owned())
}

#[test]
fn visits_are_written_for_a_french_spreadsheet() {
    let table = text(visits(&scenario(), &plan(), Lang::Fr));
    let lines: Vec<&str> = table.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}visit;vehicle;date;weekday;site;site_name;commune;commune_name;arrive;open_1;close_1;open_2;close_2;\
         leave;night;kilometres;driving_minutes;mammography_appointments;mammography_expected;\
         primary_care_appointments;primary_care_expected;labels"
    );
    assert_eq!(lines.len(), 8);
    assert_eq!(
        lines[7],
        "fourmies-place-verte.4;nord-sante-truck;2026-12-01;mardi;fourmies-place-verte;Place Verte;59249;Fourmies;\
         07:38;08:30;12:00;13:00;16:30;17:00;no;186,9;171,3;34;31,5;;;\"Données de démonstration ; ne pas diffuser.\""
    );
    assert!(lines[3].contains(";02001;\"Œuvre-lès-Étangs, hameau du « Grand; Petit » \\ Bas"), "{}", lines[3]);
}

#[test]
fn every_line_says_what_must_be_said_of_its_figures() {
    let scenario = scenario();
    for (lang, label) in [
        (Lang::Fr, ";\"Données de démonstration ; ne pas diffuser.\""),
        (Lang::En, ";\"Demonstration data; do not pass on.\""),
    ] {
        for table in [visits(&scenario, &plan(), lang), invitations(&scenario, &plan(), lang)] {
            let table = text(table);
            assert!(table.lines().count() > 1 && table.lines().skip(1).all(|line| line.ends_with(label)), "{table}");
        }
    }
}

#[test]
fn no_text_from_data_is_run_as_a_formula() {
    for table in [text(visits(&scenario(), &plan(), Lang::Fr)), text(invitations(&scenario(), &plan(), Lang::Fr))] {
        assert!(table.contains("'=oeuvre.1"));
        for line in table.lines() {
            assert!(!line.split(';').any(|cell| cell.starts_with(['=', '+', '@'])), "{line}");
        }
    }
}

#[test]
fn what_is_written_reads_back() {
    let (scenario, plan) = (scenario(), plan());
    let read = read_visits(&visits(&scenario, &plan, Lang::Fr), &scenario).unwrap();
    assert_eq!(read.len(), plan.visits.len());
    for (k, (edited, visit)) in read.iter().zip(&plan.visits).enumerate() {
        assert_eq!(edited.line, k + 2);
        assert_eq!(edited.visit.as_deref(), Some(visit.id.as_str()));
        assert_eq!(scenario.vehicles[edited.vehicle.index()].id, visit.vehicle);
        assert_eq!(scenario.sites[edited.site.index()].id, visit.site);
        assert_eq!((edited.date, scenario.horizon.date(edited.day)), (visit.date, visit.date));
        let sessions: Vec<String> = visit.sessions.iter().map(|s| s.open.format("%H:%M").to_string()).collect();
        assert_eq!(
            edited.sessions.iter().map(|w| w.from).collect::<Vec<_>>(),
            sessions.iter().map(|s| clock(s)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_table_is_read_however_it_was_saved() {
    let expected = |visit: Option<&str>, line| {
        let window = |from: &str, to: &str| Window { from: clock(from), to: clock(to) };
        let visits = read_visits(
            b"visit;vehicle;site;date;open_1;close_1\n;van-1;caudry-mairie;2026-12-02;8:30;12:00",
            &scenario(),
        );
        let mut only = visits.unwrap().remove(0);
        assert_eq!((only.vehicle, only.site, only.date), (VehicleId(1), SiteId(1), date("2026-12-02")));
        assert_eq!(only.sessions, [window("08:30", "12:00")]);
        only.visit = visit.map(str::to_owned);
        only.line = line;
        vec![only]
    };
    let scenario = scenario();
    let read = |table: &str| read_visits(table.as_bytes(), &scenario).unwrap();
    let commas = "\u{feff}Date,Vehicle,note,SITE,open_1,close_1,open_2,close_2\r\n\r\n02/12/2026,van-1,\"a, b\",caudry-mairie,8 h 30,12h00,,\r\n,,,,,,,\r\n";
    assert_eq!(read(commas), expected(None, 3));
    let afternoon_first =
        "visit;vehicle;site;date;open_1;close_1;open_2;close_2\rx;van-1;caudry-mairie;2/12/26;;;08:30:00;12:00:00\r";
    assert_eq!(read(afternoon_first), expected(Some("x"), 2));
    assert_eq!(read("vehicle;site;date;open_1;close_1\n"), []);
}

#[test]
fn nights_are_written_and_read_back() {
    let (scenario, plan) = (scenario(), rotation());
    let table = text(visits(&scenario, &plan, Lang::Fr));
    let nights = |table: &str| -> Vec<bool> {
        read_visits(table.as_bytes(), &scenario).unwrap().into_iter().map(|v| v.sleeps).collect()
    };
    assert_eq!(nights(&table), [true, true, false]);
    // A table from before there was such a column, and cells as people fill them in.
    assert_eq!(nights(&table.replace(";night;", ";note;")), [false; 3]);
    assert_eq!(nights(&table.replace(";yes;", ";Oui;").replace(";no;", ";;")), [true, true, false]);
}

#[test]
fn a_night_is_spent_where_the_day_ends() {
    let table = "vehicle;date;site;open_1;close_1;night\n\
        van-1;2026-12-01;caudry-mairie;08:00;12:00;yes\n\
        van-1;2026-12-01;fourmies-place-verte;14:00;17:00;oui\n\
        van-2;2026-12-01;caudry-mairie;14:00;17:00;maybe\n";
    assert_eq!(faults(table), [fault("table-night-place", 2, 44, "night"), fault("table-night", 4, 44, "night")]);
}

#[test]
fn sessions_come_back_in_the_order_of_the_day() {
    let table =
        "vehicle;site;date;open_1;close_1;open_2;close_2\nvan-1;caudry-mairie;2026-12-02;14:00;17:00;09:00;12:00\n";
    let sessions = read_visits(table.as_bytes(), &scenario()).unwrap().remove(0).sessions;
    assert_eq!(sessions.iter().map(|w| w.from).collect::<Vec<_>>(), [clock("09:00"), clock("14:00")]);
}

#[test]
fn all_faults_are_found_at_once_with_line_and_column() {
    let table = "visit;vehicle;date;site;open_1;close_1;open_2;close_2\n\
        a;truk;2026-12-32;nowhere;8.30;12:00;;\n\
        a;van-1;2027-06-01;caudry-mairie;12:00;08:00;;\n\
        b;van-1;;caudry-mairie;;;;\n\
        c;van-1;2026-12-01;caudry-mairie;08:00;;;\n\
        d;van-1;2026-12-01;caudry-mairie;08:00;12:00;11:45;13:00\n\
        e;van-1;2026-12-01;caudry-mairie;08:00;12:00;;;oops\n\
        f;van-1;2026-12-01;caudry-mairie;08:00;12:00\n";
    assert_eq!(
        faults(table),
        [
            fault("table-vehicle", 2, 3, "vehicle"),
            fault("CSV-date", 2, 8, "date"),
            fault("table-site", 2, 19, "site"),
            fault("table-time", 2, 27, "open_1"),
            fault("table-visit-twice", 3, 1, "visit"),
            fault("table-horizon", 3, 9, "date"),
            fault("table-session-order", 3, 40, "close_1"),
            fault("CSV-missing-value", 4, 9, "date"),
            fault("table-session-none", 4, 24, "open_1"),
            fault("CSV-missing-value", 5, 40, "close_1"),
            fault("table-session-overlap", 6, 46, "open_2"),
            fault("CSV-cells", 7, 1, ""),
        ]
    );
}

#[test]
fn columns_that_are_missing_or_double_are_named() {
    assert_eq!(
        faults("vehicle;vehicle;open_1;open_2;close_2\n"),
        [
            fault("CSV-missing-column", 1, 1, "date"),
            fault("CSV-missing-column", 1, 1, "site"),
            fault("CSV-duplicate-column", 1, 9, "vehicle"),
        ]
    );
    assert_eq!(
        faults("vehicle;date;site;open_1;open_2;close_2;open_2\n"),
        [fault("CSV-missing-column", 1, 1, "close_1"), fault("CSV-duplicate-column", 1, 1, "open_2")]
    );
    assert_eq!(faults("vehicle;date;site\n").len(), 2);
    assert_eq!(faults(""), [fault("CSV-empty", 0, 0, "")]);
}

#[test]
fn names_stand_for_identifiers_as_they_are_shown() {
    let scenario = scenario();
    let table = |vehicle: &str, site: &str| {
        format!("vehicle;date;site;open_1;close_1\n{vehicle};2026-12-02;{site};8:30;12:00\nTOTAL;;;3;\n")
    };
    let of = |vehicle: &str, site: &str| {
        let visits = read_visits(table(vehicle, site).as_bytes(), &scenario).unwrap();
        assert_eq!(visits.len(), 1);
        (visits[0].vehicle, visits[0].site)
    };
    let by_id = of("van-1", "caudry-mairie");
    let name = &scenario.vehicles[by_id.0.index()].name;
    assert_eq!(of(&name.to_uppercase(), "CAUDRY mairie"), by_id);
    assert_eq!(of("VAN 1", &scenario.sites[by_id.1.index()].name), by_id);
}

#[test]
fn invitations_are_written_with_the_day_they_must_leave() {
    let table = text(invitations(&scenario(), &plan(), Lang::Fr));
    let lines: Vec<&str> = table.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}visit;date;vehicle;site;service;commune;commune_name;host;invited;expected;attended;send_by;late;labels"
    );
    assert_eq!(lines.len(), 1 + 2 * plan().visits.len());
    // 21 days before 1 December is 10 November, and it is the 11th.
    assert_eq!(
        lines[13],
        "fourmies-place-verte.4;2026-12-01;nord-sante-truck;fourmies-place-verte;mammography;59249;Fourmies;yes;120;21,46;;2026-11-10;yes;\"Données de démonstration ; ne pas diffuser.\""
    );
    assert!(lines[14].contains(";59165;Cuincy;no;1050;10,00;;2026-11-10;yes;"), "{}", lines[14]);
}

#[test]
fn an_invitation_is_late_only_once_its_day_has_passed() {
    let mut scenario = scenario();
    let late = |scenario: &_| {
        let table = text(invitations(scenario, &plan(), Lang::En));
        let cells: Vec<&str> = table.lines().last().unwrap().split(';').collect();
        cells[12].to_owned()
    };
    for (now, expected) in [(Some("2026-11-10"), "no"), (Some("2026-11-11"), "yes"), (None, "no")] {
        scenario.now = now.map(date);
        assert_eq!(late(&scenario), expected, "{now:?}");
    }
}

#[test]
fn each_way_counts_with_one_visit() {
    let table = text(visits(&scenario(), &chain(), Lang::En));
    let cells: Vec<Vec<&str>> = table.lines().map(|l| l.split(';').collect()).collect();
    let at = cells[0].iter().position(|&name| name == "kilometres").unwrap();
    let ways: Vec<[&str; 2]> = cells[1..].iter().map(|row| [row[at], row[at + 1]]).collect();
    // The way home at noon goes with the visit before it.
    assert_eq!(ways, [["30,0", "30,0"], ["90,0", "70,0"], ["61,0", "60,0"]]);
}

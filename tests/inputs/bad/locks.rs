//! Locked and forbidden visits.

use super::*;

#[test]
fn locks_that_break_a_rule_are_refused() {
    for (row, wanted) in [
        ("bus;2026-12-01;huelgoat-place;", "LOCK-vehicle locks.csv:2:1"),
        ("camion;2026-12-01;huelgoat-port;", "LOCK-site locks.csv:2:19"),
        ("camion;2026-12-08;huelgoat-place;", "LOCK-date locks.csv:2:8"),
        ("camion;2026-12-05;huelgoat-place;", "LOCK-day-off locks.csv:2:8"),
        ("camion;2026-12-03;huelgoat-place;", "LOCK-fit locks.csv:2:19"),
        ("camion;2026-12-04;pleyben-parking;", "LOCK-forbidden locks.csv:2:19"),
        ("camion;2026-12-01;huelgoat-place;09:05-12:00", "LOCK-hours locks.csv:2:34"),
        ("camion;2026-12-01;huelgoat-place;11:00-13:00", "LOCK-hours locks.csv:2:34"),
        ("camion;2026-12-01;huelgoat-place;09:00-09:30", "LOCK-hours locks.csv:2:34"),
        ("camion;2026-12-01;huelgoat-place;08:00-12:00", "LOCK-hours locks.csv:2:34"),
        ("camion;2026-12-01;huelgoat-place;\r\ncamion;2026-12-01;huelgoat-place;", "LOCK-overlap locks.csv:3:1"),
        ("camion;2026-12-01;huelgoat-place;\r\ncamion;2026-12-01;pleyben-parking;", "LOCK-overlap locks.csv:3:1"),
        ("camion;2026-12-01;huelgoat-place;\r\ncamion;2026-12-02;huelgoat-place;", "LOCK-spacing locks.csv:3:1"),
    ] {
        let bench = Bench::new().edit("locks.csv", "camion;2026-12-01;huelgoat-place;09:00-12:00 13:30-16:00", row);
        assert_eq!(place(&bench.error()), wanted);
    }
    // The other visit is named, with its file where that is another one.
    let bench = Bench::new().write("more.csv", b"vehicle,date,site\ncamion,2026-12-01,pleyben-parking\n");
    let options = LoadOptions { locks: vec![bench.path("more.csv")], ..LoadOptions::default() };
    let errors = bench.load(&options).unwrap_err();
    let said = &errors.iter().next().unwrap().message.en;
    assert!(said.contains("makes at most 1\u{a0}visit a day: the one of"), "{said}");
    assert!(said.ends_with("more.csv:2") || said.ends_with("locks.csv:2"), "{said}");
    let spaced = Bench::new()
        .edit(
            "locks.csv",
            "camion;2026-12-01;huelgoat-place;09:00-12:00 13:30-16:00",
            "camion;2026-12-01;pleyben-parking;",
        )
        .edit("past.csv", "2026-06-09", "2026-09-15");
    assert_eq!(place(&spaced.error()), "LOCK-spacing locks.csv:2:1");
    let all = Bench::new().edit("forbidden.csv", "camion;2026-12-04;pleyben-parking", ";;\r\ncamion;;");
    // A row of separators alone is a blank row, so the truck's whole week is forbidden.
    assert_eq!(place(&all.error()), "LOCK-forbidden locks.csv:2:19");
}

/// Locks of one site on days that nights there can join are one stay; set up the day before.
#[test]
fn locks_may_be_of_one_stay() {
    let wanted = |nights: &str, rows: &str| {
        let bench = Bench::new()
            .edit("scenario.toml", "overnight = \"base\"\n", nights)
            .edit(
                "sites.csv",
                "oui;oui;oui;oui;truck;01/09/2026;30/06/2027;mon-fri;2026-12-03;60",
                "oui;oui;oui;oui;truck;;;;;60",
            )
            .edit("locks.csv", "camion;2026-12-01;huelgoat-place;09:00-12:00 13:30-16:00", rows);
        bench.load(&LoadOptions { weeks: Some(2), ..LoadOptions::default() }).map_or_else(
            |errors| errors.iter().map(|p| p.code.as_str()).collect::<Vec<_>>().join(" "),
            |_| String::new(),
        )
    };
    let (base, two) = ("overnight = \"base\"\n", "overnight = \"site\"\nnights-away = 2\n");
    let three = "overnight = \"site\"\nnights-away = 3\nnights-across-days-off = true\n";
    let days = |one: u32, other: u32| {
        format!("camion;2026-12-{one:02};huelgoat-place;\r\ncamion;2026-12-{other:02};huelgoat-place;")
    };
    assert_eq!(wanted(base, &days(1, 2)), "LOCK-spacing");
    assert_eq!(wanted(two, &days(1, 3)), "");
    assert_eq!(wanted(two, &days(1, 4)), "LOCK-spacing", "three nights");
    assert_eq!(wanted(three, &days(4, 7)), "", "Friday to Monday");
    assert_eq!(wanted(&three.replace("true", "false"), &days(4, 7)), "LOCK-spacing");
    assert_eq!(wanted(base, "camion;2026-12-01;huelgoat-place;08:00-12:00"), "LOCK-hours");
    assert_eq!(wanted(two, "camion;2026-12-01;huelgoat-place;08:00-12:00"), "");
}

#[test]
fn a_lock_before_the_permit_is_refused() {
    let bench = Bench::new().edit("sites.csv", "requested;;;;;;", "requested;30;;;;;").edit(
        "locks.csv",
        "camion;2026-12-01;huelgoat-place;09:00-12:00 13:30-16:00",
        "camion;2026-12-01;pleyben-parking;",
    );
    let on = |now: &str| bench.load(&LoadOptions { now: now.parse().ok(), ..LoadOptions::default() });
    assert!(on("2026-11-01").is_ok());
    assert_eq!(on("2026-11-02").unwrap_err().iter().map(place).collect::<Vec<_>>(), ["LOCK-fit locks.csv:2:19"]);
}

#[test]
fn locks_come_from_the_command_line_too() {
    let bench = Bench::new().write("more.csv", b"vehicle,date,site\ncamion,2026-12-02,pleyben-parking\n");
    let options = LoadOptions { locks: vec![bench.path("more.csv")], ..LoadOptions::default() };
    let loaded = load(&bench.path("scenario.toml"), &options).unwrap();
    assert_eq!(loaded.scenario.locks.len(), 2);
    let missing = LoadOptions { forbid: vec![bench.path("none.csv")], ..LoadOptions::default() };
    assert_eq!(bench.load(&missing).unwrap_err().iter().map(place).collect::<Vec<_>>(), ["FILE-missing none.csv"]);
}

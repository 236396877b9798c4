//! The iCalendar profile, rule by rule.

use crate::support::{chain, plan, revision, rotation, scenario};
use std::collections::BTreeSet;
use tournee::i18n::Lang;
use tournee::plan::{Plan, instant};
use tournee::publish::ical::{Edition, Feed, MAX_OCTETS, feeds};
use tournee::units::Seconds;

fn french(plan: &Plan) -> Vec<Feed> {
    feeds(&scenario(), plan, Edition::new(revision(), Lang::Fr))
}

fn feed(feeds: &[Feed], name: &str) -> String {
    let path = format!("calendars/{name}.ics");
    feeds.iter().find(|f| f.path == path).unwrap_or_else(|| panic!("no {path}")).text.clone()
}

fn unfold(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

/// The lines of the events, by UID without its domain.
fn event(text: &str, uid: &str) -> Vec<String> {
    let lines = unfold(text);
    let start = lines.iter().position(|l| *l == format!("UID:{uid}@visits.tournee.invalid")).expect(uid);
    lines[start..].iter().take_while(|l| *l != "END:VEVENT").cloned().collect()
}

fn uids(text: &str) -> BTreeSet<String> {
    unfold(text).into_iter().filter(|l| l.starts_with("UID:")).collect()
}

#[test]
fn there_is_a_feed_a_vehicle_a_commune_and_one_of_all() {
    let paths: Vec<String> = french(&plan()).into_iter().map(|f| f.path).collect();
    let long = "oeuvre-les-etangs-hameau-du-grand-petit-bas-pres-de-l-eglise-saint-eloi-les-ormes";
    assert_eq!(
        paths,
        [
            format!("calendars/commune-02001-{long}.ics"),
            "calendars/commune-59139-caudry.ics".into(),
            "calendars/commune-59249-fourmies.ics".into(),
            "calendars/toutes-les-visites.ics".into(),
            "calendars/vehicule-nord-sante-truck.ics".into(),
            "calendars/vehicule-van-1.ics".into(),
            "calendars/vehicule-van-2.ics".into(),
        ]
    );
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    assert_eq!(french(&plan()), french(&plan()));
    let mut shuffled = plan();
    shuffled.visits.reverse();
    shuffled.tours.reverse();
    assert_eq!(french(&shuffled), french(&plan()), "the order of a plan's lists has no say");
}

#[test]
fn every_line_ends_in_crlf_and_has_75_octets_at_most() {
    for feed in french(&plan()) {
        assert!(feed.text.ends_with("END:VCALENDAR\r\n"));
        for line in feed.text.strip_suffix("\r\n").unwrap().split("\r\n") {
            assert!(line.len() <= MAX_OCTETS, "{line}");
            assert!(!line.contains(['\r', '\n']), "{line:?}");
        }
    }
}

#[test]
fn the_calendar_says_what_it_is_and_when_to_ask_again() {
    let text = feed(&french(&plan()), "vehicule-van-2");
    let head: Vec<String> = unfold(&text).into_iter().take_while(|l| l != "BEGIN:VTIMEZONE").collect();
    assert_eq!(
        head,
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//tournee//tournee//FR",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "NAME:Van 2 – équipe",
            "X-WR-CALNAME:Van 2 – équipe",
            r"DESCRIPTION:Données de démonstration \; ne pas diffuser.",
            r"X-WR-CALDESC:Données de démonstration \; ne pas diffuser.",
            "LAST-MODIFIED:20260216T073000Z",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
        ]
    );
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert!(!text.contains("BEGIN:VEVENT"), "a vehicle that stays at its base keeps its feed");
}

#[test]
fn a_public_event_holds_all_a_subscriber_needs() {
    let edition = Edition {
        phone: Some("+33 3 27 00 00 00"),
        url: Some("https://a.example/é"),
        ..Edition::new(revision(), Lang::Fr)
    };
    let feeds = feeds(&scenario(), &plan(), edition);
    let text = feed(&feeds, "commune-59249-fourmies");
    assert_eq!(
        event(&text, "fourmies-place-verte.4.2"),
        [
            "UID:fourmies-place-verte.4.2@visits.tournee.invalid".to_owned(),
            "DTSTAMP:20260216T073000Z".into(),
            "LAST-MODIFIED:20260216T073000Z".into(),
            "SEQUENCE:0".into(),
            "DTSTART;TZID=Europe/Paris:20261201T130000".into(),
            "DTEND;TZID=Europe/Paris:20261201T163000".into(),
            "SUMMARY:Nord Santé Truck – Fourmies".into(),
            r"LOCATION:Place Verte\, 1\, place Verte\, 59610 Fourmies".into(),
            "GEO:50.017123;4.050000".into(),
            "CATEGORIES:Mammographie".into(),
            "DESCRIPTION:Ouvert de 8_h_30 à 12_h_00 et de 13_h_00 à 16_h_30.\\nMammographie : 34 rendez-vous.\
             \\nTéléphone : +33 3 27 00 00 00\\nDonnées de démonstration \\; ne pas diffuser."
                .replace('_', "\u{a0}"),
            "URL:https://a.example/%C3%A9".into(),
            "STATUS:CONFIRMED".into(),
            "TRANSP:TRANSPARENT".into(),
        ]
    );
    assert!(
        event(&feed(&feeds, "commune-59139-caudry"), "caudry-mairie.1.1")
            .contains(&r"CATEGORIES:Médecine\, soins".to_owned())
    );
}

#[test]
fn the_public_sees_the_opening_hours_only_and_the_crew_its_whole_day() {
    let feeds = french(&plan());
    for feed in &feeds {
        let crew = feed.path.contains("vehicule");
        assert_eq!(feed.text.contains("TRANSP:OPAQUE"), crew && feed.text.contains("VEVENT"), "{}", feed.path);
        assert_eq!(feed.text.contains(".crew."), crew && feed.text.contains("VEVENT"), "{}", feed.path);
        assert_eq!(feed.text.contains("TRANSP:TRANSPARENT"), !crew, "{}", feed.path);
    }
    let trip = event(&feed(&feeds, "vehicule-nord-sante-truck"), "fourmies-place-verte.4.crew.drive");
    let description = trip.iter().find(|l| l.starts_with("DESCRIPTION:")).unwrap().replace('\u{a0}', " ");
    assert_eq!(description, r"DESCRIPTION:Départ à 6 h 12\, arrivée à 7 h 38.\n93\,4 km\, 86 min de route.");
}

#[test]
fn no_two_events_share_a_uid() {
    let feeds = french(&plan());
    for feed in &feeds {
        assert_eq!(uids(&feed.text).len(), feed.text.matches("BEGIN:VEVENT").count(), "{}", feed.path);
    }
    let all = uids(&feed(&feeds, "toutes-les-visites"));
    assert!(all.is_disjoint(&uids(&feed(&feeds, "vehicule-nord-sante-truck"))));
}

#[test]
fn a_visit_keeps_its_uid_when_it_moves_in_time_or_to_another_vehicle() {
    let before = feed(&french(&plan()), "commune-59139-caudry");
    let mut moved = plan();
    for visit in moved.visits.iter_mut().filter(|v| v.commune == "59139") {
        visit.vehicle = "van-2".into();
        visit.date = visit.date.succ_opt().unwrap();
        for session in &mut visit.sessions {
            session.open = instant(visit.date, Seconds(10 * 3600));
            session.close = instant(visit.date, Seconds(12 * 3600));
        }
    }
    moved.visits.rotate_left(3);
    let after = feed(&french(&moved), "commune-59139-caudry");
    assert_ne!(before, after);
    assert_eq!(uids(&before), uids(&after));
}

#[test]
fn only_the_revision_dates_an_edition() {
    let later = Edition::new("2026-03-01T00:00:00Z".parse().unwrap(), Lang::Fr);
    for (a, b) in french(&plan()).iter().zip(feeds(&scenario(), &plan(), later)) {
        assert_eq!(a.text.replace("20260216T073000Z", "20260301T000000Z"), b.text);
    }
}

#[test]
fn english_is_to_be_had() {
    let text = feed(&feeds(&scenario(), &plan(), Edition::new(revision(), Lang::En)), "commune-59139-caudry");
    let lines = event(&text, "caudry-mairie.1.1");
    let description = "DESCRIPTION:Open 09:00–11:00.\\nPrimary care: 34 appointments.\
                       \\nThe town hall has yet to confirm the site.\\nDemonstration data\\; do not pass on.";
    assert!(lines.contains(&description.to_owned()), "{lines:#?}");
    assert!(lines.contains(&"STATUS:TENTATIVE".to_owned()));
}

#[test]
fn a_plan_of_another_scenario_is_published_under_its_identifiers() {
    let mut stray = plan();
    stray.visits[0].site = "gone".into();
    stray.visits[0].vehicle = "scrapped".into();
    stray.visits[0].commune = "99999".into();
    let lines = event(&feed(&french(&stray), "commune-99999-99999"), "fourmies-place-verte.2.1");
    assert!(lines.contains(&"SUMMARY:scrapped – 99999".to_owned()));
    assert!(lines.contains(&r"LOCATION:gone\, 99999".to_owned()));
    feed(&french(&stray), "vehicule-scrapped");
}

/// Local start and end, identity and title of every event of a feed.
fn agenda(text: &str) -> Vec<String> {
    let value = |line: &str| line.split_once(':').map(|(_, value)| value.replace("@visits.tournee.invalid", ""));
    let keys = ["UID:", "DTSTART;", "DTEND;", "SUMMARY:"];
    let lines: Vec<String> = unfold(text)
        .into_iter()
        .skip_while(|l| l != "BEGIN:VEVENT")
        .filter(|l| keys.iter().any(|key| l.starts_with(key)))
        .filter_map(|l| value(&l))
        .collect();
    lines.chunks(4).map(|e| format!("{}–{} {} {}", &e[1][6..13], &e[2][6..13], e[0], e[3])).collect()
}

/// Nobody goes home between the days: no set-up where the vehicle woke, no trip back where it sleeps,
/// and the pack-down of the morning belongs to the visit of the evening.
#[test]
fn the_crew_is_told_where_it_spends_the_night() {
    let feeds = french(&rotation());
    let text = feed(&feeds, "vehicule-nord-sante-truck");
    assert_eq!(
        agenda(&text),
        [
            "02T0700–02T0815 fourmies-place-verte.5.crew.drive Départ : Cuincy → Fourmies",
            "02T0815–02T0900 fourmies-place-verte.5.crew.set-up Installation – Fourmies",
            "02T0900–02T0930 fourmies-place-verte.5.crew.control Contrôle qualité – Fourmies",
            "02T0930–02T1200 fourmies-place-verte.5.crew.1 Ouverture – Fourmies",
            "02T1200–02T1245 fourmies-place-verte.5.crew.break Pause – Fourmies",
            "02T1300–02T1630 fourmies-place-verte.5.crew.2 Ouverture – Fourmies",
            "02T1630–03T0800 fourmies-place-verte.5.crew.night Nuit sur place – Fourmies",
            "03T0800–03T1200 fourmies-place-verte.6.crew.1 Ouverture – Fourmies",
            "03T1200–03T1245 fourmies-place-verte.6.crew.break Pause – Fourmies",
            "03T1300–03T1700 fourmies-place-verte.6.crew.2 Ouverture – Fourmies",
            "03T1700–04T0730 fourmies-place-verte.6.crew.night Nuit sur place – Fourmies",
            "04T0730–04T0800 fourmies-place-verte.6.crew.pack-down Repli – Fourmies",
            "04T0800–04T0900 caudry-mairie.3.crew.drive Départ : Fourmies → Caudry",
            "04T0900–04T0945 caudry-mairie.3.crew.set-up Installation – Caudry",
            "04T0945–04T1200 caudry-mairie.3.crew.1 Ouverture – Caudry",
            "04T1200–04T1245 caudry-mairie.3.crew.break Pause – Caudry",
            "04T1300–04T1600 caudry-mairie.3.crew.2 Ouverture – Caudry",
            "04T1600–04T1630 caudry-mairie.3.crew.pack-down Repli – Caudry",
            "04T1630–04T1700 caudry-mairie.3.crew.return Retour : Caudry → Cuincy",
        ]
    );
    let said = |uid: &str| {
        let lines = event(&text, uid);
        lines.iter().find(|l| l.starts_with("DESCRIPTION:")).unwrap().replace('\u{a0}', " ")
    };
    assert_eq!(
        said("fourmies-place-verte.6.crew.night"),
        "DESCRIPTION:Le véhicule ne rentre pas à sa base (Cuincy) : il reste sur l'emplacement.\
         \\nReprise du service jeudi 04/06 à 7 h 30\\, d'ici."
    );
    let second = said("fourmies-place-verte.6.crew.1");
    assert!(second.contains("il est déjà installé.") && second.contains("passe la nuit ici"), "{second}");
    assert!(!said("caudry-mairie.3.crew.1").contains("nuit"));
    // The public sees hours, and each day of the stay as a visit of its own.
    let public = feed(&feeds, "commune-59249-fourmies");
    assert!(!public.contains("nuit") && !public.contains("Nuit"), "{public}");
    assert_eq!(uids(&public).len(), 4);
}

#[test]
fn a_weekend_away_is_one_event_of_three_nights() {
    let mut plan = rotation();
    plan.tours.truncate(2);
    plan.visits.truncate(2);
    let monday = plan.tours[0].date + chrono::Days::new(6);
    plan.tours[1].date = monday;
    plan.tours[1].start += chrono::TimeDelta::days(5);
    plan.tours[1].night_after = None;
    plan.visits[1].date = monday;
    plan.visits[1].arrive += chrono::TimeDelta::days(5);
    let text = feed(&feeds(&scenario(), &plan, Edition::new(revision(), Lang::En)), "vehicule-nord-sante-truck");
    let night = agenda(&text).into_iter().find(|line| line.contains(".crew.night")).unwrap();
    assert_eq!(night, "02T1630–08T0800 fourmies-place-verte.5.crew.night 6 nights on site – Fourmies");
}

#[test]
fn every_part_of_a_day_with_several_visits_belongs_to_one_of_them() {
    let text = feed(&french(&chain()), "vehicule-van-2");
    let events: Vec<String> = agenda(&text).iter().map(|line| format!("{} {}", &line[3..7], &line[18..])).collect();
    assert_eq!(
        events,
        [
            "0720 caudry-mairie.1.crew.drive Départ : Cuincy → Caudry",
            "0800 caudry-mairie.1.crew.1 Ouverture – Caudry",
            "0900 caudry-mairie.1.crew.pack-down Repli – Caudry",
            "0930 fourmies-place-verte.9.crew.drive Trajet : Caudry → Fourmies",
            "1015 fourmies-place-verte.9.crew.1 Ouverture – Fourmies",
            "1100 fourmies-place-verte.9.crew.pack-down Repli – Fourmies",
            "1130 fourmies-place-verte.9.crew.return Retour : Fourmies → Cuincy",
            "1200 fourmies-place-verte.9.crew.break Pause – Fourmies",
            "1300 caudry-mairie.2.crew.drive Trajet : Cuincy → Caudry",
            "1330 caudry-mairie.2.crew.1 Ouverture – Caudry",
            "1500 caudry-mairie.2.crew.pack-down Repli – Caudry",
            "1530 caudry-mairie.2.crew.return Retour : Caudry → Cuincy",
        ]
    );
}

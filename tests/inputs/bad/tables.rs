//! Tables that cannot be read.

use super::*;

#[test]
fn cells_that_cannot_be_read_are_placed() {
    let mut missed = Vec::new();
    for (file, from, to, wanted) in [
        ("communes.csv", "7 100", "7 1OO", "CSV-number communes.csv:2:27"),
        ("communes.csv", "1 280", "-1 280", "CSV-negative communes.csv:2:49"),
        ("communes.csv", "1 280", "", "CSV-missing-value communes.csv:2:49"),
        ("communes.csv", "0,44", "44", "CSV-range communes.csv:3:45"),
        ("communes.csv", "48,3636", "483636", "CSV-range communes.csv:3:25"),
        ("communes.csv", "29081;Huelgoat", "29024;Huelgoat", "CSV-duplicate communes.csv:3:1"),
        ("communes.csv", "29081;Huelgoat", "2908;Huelgoat", "CSV-leading-zero communes.csv:3:1"),
        ("communes.csv", "29081;Huelgoat", "2908X;Huelgoat", "CSV-insee-code communes.csv:3:1"),
        ("communes.csv", "women_50_74", "women", "CSV-missing-column communes.csv:1:1"),
        ("communes.csv", "participation", "particpation", "CSV-unknown-column communes.csv:1:54"),
        ("communes.csv", "participation", "lat", "CSV-duplicate-column communes.csv:1:54"),
        ("communes.csv", "29162;Pleyben;", "29162;Pleyben;x;x;x;x;x;x;x;x;", "CSV-cells communes.csv:4:1"),
        ("communes.csv", "Pleyben", "\"Pleyben", "CSV-quote communes.csv:4:7"),
        ("sites.csv", "place;29081", "place;29019", "CSV-unknown-commune sites.csv:2:33"),
        ("sites.csv", "pleyben-parking;P", "huelgoat-place;P", "CSV-duplicate sites.csv:3:1"),
        ("sites.csv", "candidate", "candidat", "CSV-choice sites.csv:3:57"),
        ("sites.csv", "non;oui;oui", "peut-être;oui;oui", "CSV-choice sites.csv:3:67"),
        ("sites.csv", "01/09/2026", "31/09/2026", "CSV-date sites.csv:2:72"),
        ("sites.csv", "mon-fri", "lundy", "CSV-hours sites.csv:2:94"),
        ("sites.csv", "30/06/2027", "30/06/2025", "CSV-date sites.csv:2:83"),
        ("sites.csv", "requested;;;;;;", "requested;731;;;;;", "CSV-range sites.csv:3:150"),
        ("sites.csv", "requested;;;;;;", "requested;x;;;;;", "CSV-number sites.csv:3:150"),
        ("sites.csv", "requested;;;;;;", "requested;21;;;;;", "DAT-no-now "),
        ("sites.csv", "requested;;;;;;", "requested;;wed;;;;", "CSV-market-days sites.csv:3:151"),
        ("sites.csv", "requested;;;;;;", "requested;;+wed -mercredy;;;;", "CSV-market-days sites.csv:3:151"),
        ("sites.csv", "requested;;;;;;", "requested;;+wed,-mer;;;;", "CSV-weekday-conflict sites.csv:3:151"),
        ("sites.csv", "requested;;;;;;", "requested;;;wed;mon-fri;;", "CSV-weekday-conflict sites.csv:3:156"),
        ("sites.csv", "requested;;;;;;", "requested;;;lundy;;;", "CSV-hours sites.csv:3:152"),
        ("sites.csv", "requested;;;;;;", "requested;;;;;interpreter;", "CFG-unknown-crew sites.csv:3:154"),
        ("care-points.csv", "09:00-12:00", "09:00-08:00", "CSV-hours care-points.csv:2:101"),
        ("zones.csv", "29162;", "29160;", "CSV-unknown-commune zones.csv:4:1"),
        ("zones.csv", "29162;ouest", "29081;ouest", "CSV-duplicate zones.csv:4:1"),
        ("past.csv", "2026-06-09", "2026-12-09", "PAST-late past.csv:2:19"),
        ("past.csv", "60;14", "60;", "PAST-no-attendance past.csv:2:74"),
        ("past.csv", "60;14", "60;61", "PAST-attendance past.csv:2:74"),
        ("past.csv", "mammography", "mammographie", "PAST-service past.csv:2:53"),
        ("road-edges.csv", "2;3;26000", "2;9;26000", "ROAD-line road-edges.csv:3:3"),
        ("road-edges.csv", "26000", "26 km", "CSV-number road-edges.csv:3:5"),
    ] {
        let places = Bench::new().edit(file, from, to).places();
        if !places.contains(&wanted.to_owned()) {
            missed.push(format!("{wanted}: {places:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_commune_without_a_territory_is_an_error() {
    let bench = Bench::new().edit("zones.csv", "29081;est;Autour de Carhaix (exemple);ZIP;0\r\n", "");
    assert_eq!(place(&bench.error()), "CSV-no-territory communes.csv:3:1");
}

#[test]
fn one_broken_commune_is_not_told_again_by_every_table() {
    let bench = Bench::new().edit("communes.csv", "1 400", "x");
    assert_eq!(place(&bench.error()), "CSV-number communes.csv:3:19");
}

#[test]
fn latin_1_is_named_with_the_place_and_the_mend() {
    let text = "commune;territory;territory_name\n29024;est;Carhaix\n29081;est;Forêt\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let error = Bench::new().write("zones.csv", &latin).error();
    assert_eq!(place(&error), "CSV-encoding zones.csv:3:14");
    assert!(error.help.fr.contains("CSV UTF-8"));
    assert!(error.render(Lang::Fr, false, 100).contains("Forêt"));
    let utf_16: Vec<u8> = "\u{feff}a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(place(&Bench::new().write("zones.csv", &utf_16).error()), "CSV-encoding zones.csv");
}

#[test]
fn what_people_put_around_a_table_is_told_and_not_read() {
    let text = std::fs::read_to_string(Bench::new().path("communes.csv")).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let around = format!("sep=;\r\nCommunes, mars 2026\r\n\r\n{text}TOTAL;;;12\r\n");
    let bench = Bench::new().write("communes.csv", around.as_bytes());
    let told = bench.load(&LoadOptions::default()).unwrap();
    let lines = text.lines().count();
    let wanted = ["CSV-heading communes.csv:2:1".to_owned(), format!("CSV-total-row communes.csv:{}:1", lines + 4)];
    assert_eq!(told.iter().filter(|p| p.file.ends_with("communes.csv")).map(place).collect::<Vec<_>>(), wanted);
    let plain = load(&Bench::new().path("scenario.toml"), &LoadOptions::default()).unwrap().scenario;
    assert_eq!(load(&bench.path("scenario.toml"), &LoadOptions::default()).unwrap().scenario.communes, plain.communes);
}

#[test]
fn tables_are_held_against_each_other() {
    let mut missed = Vec::new();
    for (file, from, to, wanted) in [
        ("communes.csv", "Pleyben;29;", "Pleyben;56;", "CSV-departement communes.csv:4:15"),
        ("communes.csv", "48,2272;-3,9667;", "-3,9667;48,2272;", "CSV-position communes.csv:4:24"),
        ("communes.csv", "3 700;", "600;", "CSV-range communes.csv:4:38"),
        ("sites.csv", "29162;48,2272;-3,9667;", "29162;-3,9667;48,2272;", "CSV-position sites.csv:3:41"),
        ("sites.csv", "29162;48,2272;-3,9667;", "29162;48,4272;-3,9667;", "CSV-far-position sites.csv:3:41"),
        ("sites.csv", "29162;48,2272;-3,9667;", "29162;48,2272;;", "CSV-missing-value sites.csv:3:49"),
        ("road-edges.csv", "2;3;26000;", "2;3;99026000;", "TRAVEL-too-fast road-edges.csv:3:14"),
        (
            "scenario.toml",
            "departements = [\"29\"]",
            "departements = [\"29\", \"2\"]",
            "CFG-departement scenario.toml:58:23",
        ),
    ] {
        let places = Bench::new().edit(file, from, to).places();
        if !places.contains(&wanted.to_owned()) {
            missed.push(format!("{wanted}: {places:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn an_error_is_not_hidden_by_warnings() {
    let text = std::fs::read_to_string(Bench::new().path("sites.csv")).unwrap();
    let row = text.lines().nth(2).unwrap().replace("48,2272", "48,4272");
    let odd: String = (0..60).map(|k| row.replace("pleyben-parking", &format!("p{k}")) + "\r\n").collect();
    let text = format!("{text}{odd}{}\r\n", row.replace("candidate", "candidat").replace("pleyben-parking", "last"));
    let bench = Bench::new().write("sites.csv", text.as_bytes());
    assert_eq!(place(&bench.error()).split(' ').next(), Some("CSV-choice"));
}

#[test]
fn a_row_of_the_somme_is_no_sum() {
    let bench = Bench::new();
    let text = "name;kind;code\r\nSomme;departement;80\r\nTotal;departement;81\r\n";
    let bench = bench.write("areas.csv", text.as_bytes());
    let told = bench.load(&LoadOptions::default());
    let told = told.unwrap_or_else(|errors| errors);
    assert!(told.iter().all(|p| p.code.as_str() != "CSV-total-row"), "{told}");
}

#[test]
fn files_of_another_sort_are_named() {
    for (file, bytes, wanted) in [
        ("communes.csv", &b"PK\x03\x04xl/workbook.xml"[..], "FILE-kind communes.csv"),
        ("communes.csv", b"{\"schema_version\": 2}", "FILE-kind communes.csv"),
        ("scenario.toml", b"visit;vehicle;date;site;open_1;close_1\n", "FILE-kind scenario.toml"),
        ("communes.csv", "code;name\n29024;Car\u{202e}haix\n".as_bytes(), "FILE-control-character communes.csv:2:10"),
    ] {
        assert_eq!(place(&Bench::new().write(file, bytes).error()), wanted);
    }
    let escaped = Bench::new().edit("scenario.toml", "\"Camion de dépistage\"", "\"Camion\\u001b[2J\"");
    assert!(place(&escaped.error()).starts_with("FILE-control-character scenario.toml"), "{:?}", escaped.places());
}

#[test]
fn no_file_of_more_than_256_megabytes_is_read() {
    let bench = Bench::new();
    let file = std::fs::File::create(bench.path("communes.csv")).unwrap();
    file.set_len(256_000_001).unwrap();
    assert_eq!(place(&bench.error()), "FILE-size scenario.toml:30:12");
    // Packed, it is a quarter of a megabyte.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b' '), 256_000_001), &mut packed).unwrap();
    let bench = Bench::new().write("road-edges.csv", &packed.finish().unwrap());
    assert_eq!(place(&bench.error()), "FILE-size road-edges.csv");
}

#[test]
fn an_empty_file_is_named() {
    for (bytes, wanted) in [
        ("", "CSV-empty sites.csv"),
        ("\u{feff}\n\n", "CSV-empty sites.csv"),
        ("id;name;commune\n", "CSV-empty sites.csv:1:1"),
    ] {
        assert_eq!(place(&Bench::new().write("sites.csv", bytes.as_bytes()).error()), wanted);
    }
}

#[test]
fn many_problems_are_counted_not_all_shown() {
    let mut text = String::from("commune;territory\n");
    for k in 0..80 {
        text.push_str(&format!("x{k};est\n"));
    }
    let bench = Bench::new().write("zones.csv", text.as_bytes());
    let errors = bench.load(&LoadOptions::default()).unwrap_err();
    let own: Vec<&Problem> = errors.iter().filter(|p| p.file.ends_with("zones.csv")).collect();
    assert_eq!(own.len(), 51);
    assert_eq!(own[50].code.as_str(), "CSV-more");
    assert!(own[50].message.en.contains("30\u{a0}more"));
}

#[test]
fn commas_points_and_no_mark_read_alike() {
    let bench = Bench::new();
    let before = load(&bench.path("scenario.toml"), &LoadOptions::default()).unwrap().scenario;
    let text = std::fs::read_to_string(bench.path("communes.csv")).unwrap();
    let english = text.trim_start_matches('\u{feff}').replace(',', ".").replace(';', ",").replace("\r\n", "\n");
    let after = load(&bench.write("communes.csv", english.as_bytes()).path("scenario.toml"), &LoadOptions::default());
    assert_eq!(before.communes, after.unwrap().scenario.communes);
}

#[test]
fn rows_of_one_past_visit_agree() {
    let row = "pleyben-parking-1;2026-06-09;camion;pleyben-parking;mammography;29162;60;14;inventé (exemple)";
    let twice = format!("{row}\r\n{row}");
    assert_eq!(place(&Bench::new().edit("past.csv", row, &twice).error()), "CSV-duplicate past.csv:3:1");
    let other = format!("{row}\r\npleyben-parking-1;2026-06-10;camion;pleyben-parking;mammography;29081;9;1;");
    assert_eq!(place(&Bench::new().edit("past.csv", row, &other).error()), "PAST-inconsistent past.csv:3:1");
}

/// How many came to a visit as a whole, in a table of visits, against the template's past.csv: 60 invited,
/// 14 of them came.
#[test]
fn attendance_of_whole_visits_has_to_agree() {
    let told = |row: &str| {
        let text = format!("visit;date;vehicle;site;open_1;mammography_attended\n{row}\n");
        let bench = Bench::new().write("made.csv", text.as_bytes());
        let options = LoadOptions { past: vec![bench.path("made.csv")], ..LoadOptions::default() };
        let problems = bench.load(&options).unwrap_or_else(|errors| errors);
        problems.iter().map(place).collect::<Vec<_>>().join(" ")
    };
    let visit = "pleyben-parking-1;2026-06-09;camion;pleyben-parking;09:00;";
    assert_eq!(told(&format!("{visit}14")), "");
    assert_eq!(told(visit), "", "not noted");
    assert_eq!(told(&format!("{visit}15")), "PAST-total made.csv:2:59");
    assert_eq!(told(&format!("{visit}13")), "PAST-total made.csv:2:59");
    assert_eq!(told(&format!("{visit}x")), "CSV-number made.csv:2:59");
    assert_eq!(told(&format!("{visit}14\n{visit}14")), "CSV-duplicate made.csv:3:1");
    assert_eq!(told("other;2026-06-10;camion;huelgoat-place;09:00;3"), "PAST-total made.csv:2:46");
    assert_eq!(told("other;2026-06-10;camion;huelgoat-place;09:00;0"), "", "made, and nobody came");
    assert_eq!(told("other;2026-12-10;camion;huelgoat-place;09:00;"), "PAST-late made.csv:2:7");
    assert_eq!(told(&visit.replace("06-09", "06-10")), "PAST-inconsistent made.csv:2:1");
    assert_eq!(told("other;soon;camion;huelgoat-place;09:00;"), "CSV-date made.csv:2:7");
}

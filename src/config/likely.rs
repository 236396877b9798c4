//! What one table says, held against another one, or against what is likely.

use super::codes::Code;
use super::problem::Problem;
use super::sheet::Row;
use crate::domain::Commune;
use crate::i18n::Lang;

/// Kilometres of a degree of latitude: a quarter of the meridian has 10,000 and 90 degrees.
const DEGREE: f64 = 10_000.0 / 90.0;
/// Kilometres between a place and the town hall of its commune beyond which it cannot be there: the widest commune of
/// metropolitan France, Arles, is less than 50 across.
const FAR: f64 = 50.0;
/// Kilometres beyond which somebody should look.
const ODD: f64 = 15.0;
/// Latitudes and longitudes of metropolitan France, Corsica included.
const METROPOLIS: ((f64, f64), (f64, f64)) = ((41.2, 51.2), (-5.3, 9.7));
/// Kilometres an hour beyond which no road is driven.
const FASTEST: f64 = 150.0;
/// Metres under which a trip may take no time: a ramp, a bridge.
const SHORT: u32 = 500;

/// Kilometres between two positions, as the crow flies, on a plane that touches the Earth between them: within a per cent
/// over the distances that are asked about.
pub(super) fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let middle = f64::midpoint(a.0, b.0).to_radians();
    ((a.0 - b.0) * DEGREE).hypot((a.1 - b.1) * DEGREE * middle.cos())
}

/// The département of an INSEE code: its two first characters, three overseas.
pub(super) fn departement_of(code: &str) -> &str {
    let overseas = code.starts_with("97") || code.starts_with("98");
    code.get(..if overseas { 3 } else { 2 }).unwrap_or(code)
}

/// What is wrong with the département of a row, given the INSEE code of its commune.
pub(super) fn wrong_departement(code: &str, departement: &str) -> Option<Problem> {
    let wanted = departement_of(code);
    if departement.eq_ignore_ascii_case(wanted) {
        return None;
    }
    if format!("0{departement}") == wanted {
        return Some(Problem::new(
            Code::LeadingZero,
            format!("le département « {departement} » a perdu son zéro initial : {wanted}"),
            format!("the département \"{departement}\" has lost its leading zero: {wanted}"),
        ));
    }
    Some(
        Problem::new(
            Code::Departement,
            format!("la commune {code} est du département {wanted}, pas de « {departement} »"),
            format!("commune {code} is of département {wanted}, not of \"{departement}\""),
        )
        .help(format!("écrire {wanted}, ou corriger le code"), format!("write {wanted}, or correct the code")),
    )
}

/// The problem with a commune that stands outside the country its code is of.
pub(super) fn outside(code: &str, at: (f64, f64)) -> Option<Problem> {
    let inside = |(lat, lon): (f64, f64)| {
        let ((south, north), (west, east)) = METROPOLIS;
        (south..=north).contains(&lat) && (west..=east).contains(&lon)
    };
    if departement_of(code).len() == 3 || inside(at) {
        return None;
    }
    let problem = Problem::new(
        Code::PositionFar,
        format!("la commune {code} serait en {}, hors de France", shown(at, Lang::Fr)),
        format!("commune {code} would be at {}, outside France", shown(at, Lang::En)),
    );
    Some(if inside((at.1, at.0)) { swapped(problem) } else { problem })
}

/// The problem with a place that is far from the commune it is said to be in.
pub(super) fn far(commune: &Commune, at: (f64, f64)) -> Option<Problem> {
    let home = (commune.lat, commune.lon);
    let away = kilometres(home, at);
    if away <= ODD {
        return None;
    }
    let (name, code) = (&commune.name, &commune.code);
    let of = |lang: Lang| lang.number(away, 0);
    // Communes of Guyana are wider than some départements.
    let code = if away > FAR && departement_of(code).len() == 2 {
        (Code::PositionFar, code)
    } else {
        (Code::PositionOdd, code)
    };
    let problem = Problem::new(
        code.0,
        format!("ce lieu serait à {}\u{a0}km de sa commune, {name} ({})", of(Lang::Fr), code.1),
        format!("this place would be {}\u{a0}km from its commune, {name} ({})", of(Lang::En), code.1),
    );
    Some(if kilometres(home, (at.1, at.0)) <= ODD { swapped(problem) } else { problem })
}

fn swapped(problem: Problem) -> Problem {
    problem
        .help("latitude et longitude sont sans doute échangées", "latitude and longitude have probably changed places")
}

fn shown((lat, lon): (f64, f64), lang: Lang) -> String {
    format!("{} ; {}", lang.number(lat, 2), lang.number(lon, 2))
}

/// Numbers of people that cannot be: parts of a commune that are larger than it.
pub(super) fn impossible_part(row: &Row, column: &str, part: u32, population: u32) -> Option<Problem> {
    (part > population).then(|| {
        let problem = Problem::new(
            Code::Range,
            format!("{part} personnes d'une commune qui en a {population}"),
            format!("{part} people of a commune that has {population}"),
        );
        row.place(column, problem.help("corriger l'un des deux nombres", "correct one of the two numbers"))
    })
}

/// The problem with a trip that no vehicle makes in that time.
pub(super) fn too_fast(metres: u32, seconds: u32) -> Option<Problem> {
    let speed = if seconds == 0 { f64::INFINITY } else { f64::from(metres) * 3.6 / f64::from(seconds) };
    (metres > SHORT && speed > FASTEST).then(|| {
        let km = |lang: Lang| lang.number(f64::from(metres) / 1000.0, 1);
        Problem::new(
            Code::TooFast,
            format!("{}\u{a0}km en {seconds}\u{a0}s", km(Lang::Fr)),
            format!("{}\u{a0}km in {seconds}\u{a0}s", km(Lang::En)),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_a_map() {
        // Lille to Paris, 204 km by the great circle.
        assert!((kilometres((50.6329, 3.0586), (48.8566, 2.3522)) - 204.0).abs() < 1.0);
        assert_eq!(departement_of("59350"), "59");
        assert_eq!((departement_of("2A004"), departement_of("97411")), ("2A", "974"));
    }

    #[test]
    fn what_cannot_be_is_told() {
        assert_eq!(wrong_departement("02691", "2").unwrap().code, Code::LeadingZero);
        assert_eq!(wrong_departement("59350", "62").unwrap().code, Code::Departement);
        assert!(wrong_departement("2B033", "2B").is_none());
        let there = outside("59350", (3.06, 50.63)).unwrap();
        assert!(there.help.en.contains("changed places"), "{there:?}");
        assert!(outside("59350", (50.63, 3.06)).is_none() && outside("97411", (-20.9, 55.5)).is_none());
        assert!(too_fast(33_000, 0).is_some() && too_fast(33_000, 700).is_some());
        assert!(too_fast(33_000, 1_800).is_none() && too_fast(300, 0).is_none());
    }
}

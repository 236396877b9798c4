//! What is said when it is proved that no plan keeps a hard promise.

use super::{Failure, stop, words};
use crate::config::{Code, Loaded, Problem, Problems};
use crate::domain::{Scenario, ServiceId, VehicleId};
use crate::i18n::{Lang, Text};
use crate::optimise::lp::LpError;
use crate::optimise::{FleetRange, Unanswered, Unkept, unkept};
use crate::plan::at;
use crate::promise::Times;
use crate::travel::Table;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Communes named in one line.
const NAMED: usize = 30;
/// Windows named in one line.
const WINDOWS: usize = 6;

/// Names the communes, the windows, and the smallest fleet that could. `limit` is the time to look for them: half
/// of it for the communes.
pub(super) fn failure(loaded: &Loaded, table: &Table, limit: Option<Duration>) -> Result<Failure, LpError> {
    let begin = Instant::now();
    let spent = |part: f64| stop::asked() || limit.is_some_and(|limit| begin.elapsed() >= limit.mul_f64(part));
    let found = unkept(&loaded.scenario, table, &|| spent(0.5), &|| spent(1.0))?;
    Ok(told(&loaded.scenario, &found))
}

fn told(scenario: &Scenario, found: &Unkept) -> Failure {
    let mut alike: BTreeMap<(ServiceId, &Times), Vec<&Unanswered>> = BTreeMap::new();
    for one in &found.communes {
        alike.entry((one.service, &one.windows)).or_default().push(one);
    }
    let mut problems = Problems::new();
    for ((service, _), communes) in &alike {
        let [fr, en] = [Lang::Fr, Lang::En].map(|lang| {
            let (names, windows) = (names(scenario, communes, lang), windows(&communes[0].windows, lang));
            let id = &scenario.services[service.index()].id;
            match (lang, found.alone) {
                (Lang::Fr, true) => format!("« {id} » : aucune visite ne peut servir {names} {windows}"),
                (Lang::En, true) => format!("\"{id}\": no visit can answer {names} {windows}"),
                (Lang::Fr, false) => format!("« {id} » : sans visite, rien ne sert {names} {windows}"),
                (Lang::En, false) => format!("\"{id}\": without a visit nothing answers {names} {windows}"),
            }
        });
        problems.push(Problem::new(Code::PromiseUnkept, fr, en));
    }
    let say = |lang: Lang| {
        let n = found.communes.len();
        let proved = match (lang, found.alone, n) {
            (Lang::Fr, true, _) => {
                format!("c'est prouvé : aucun véhicule ne peut tenir la promesse ferme ({n} communes)")
            }
            (Lang::En, true, _) => format!("proved: no vehicle can keep the hard promise ({n} communes)"),
            (Lang::Fr, false, 1) => "c'est prouvé : aucun plan ne tient la promesse ferme envers cette commune".into(),
            (Lang::En, false, 1) => "proved: no plan keeps the hard promise to this commune".into(),
            (Lang::Fr, false, _) => {
                format!("c'est prouvé : aucun plan ne tient la promesse ferme envers ces {n} communes ensemble")
            }
            (Lang::En, false, _) => format!("proved: no plan keeps the hard promise to these {n} communes together"),
        };
        let locked = match lang {
            _ if scenario.locks.is_empty() => "",
            Lang::Fr => ", avec les visites verrouillées",
            Lang::En => ", with the locked visits",
        };
        let reserve = match lang {
            _ if found.minimal => "",
            Lang::Fr => {
                " (faute de temps, il n'est pas prouvé que toutes y soient pour quelque chose ; --time-limit en donne plus)"
            }
            Lang::En => {
                " (for lack of time it is not proved that all of them have part in it; --time-limit gives more)"
            }
        };
        format!("{proved}{locked}{reserve}{} {}", lang.pick(" ;", ";"), fleet(scenario, &found.fleet, lang))
    };
    Failure::infeasible(problems, Text::new(say(Lang::Fr), say(Lang::En)))
}

fn names(scenario: &Scenario, communes: &[&Unanswered], lang: Lang) -> String {
    let name = |one: &&Unanswered| {
        let commune = &scenario.communes[one.commune.index()];
        format!("{} ({})", commune.name, commune.code)
    };
    let list: Vec<String> = communes.iter().take(NAMED).map(name).collect();
    let more = communes.len() - list.len();
    let rest = match (more, lang) {
        (0, _) => String::new(),
        (_, Lang::Fr) => format!(" et {more} autres"),
        (_, Lang::En) => format!(" and {more} others"),
    };
    format!("{}{rest}", list.join(", "))
}

/// `du lundi 30 novembre à 0 h au mardi 1er décembre à 8 h`
fn windows(times: &Times, lang: Lang) -> String {
    let spans = times.spans();
    let one = |&(from, to): &(i64, i64)| {
        let (from, to) = (words::instant(lang, at(from)), words::instant(lang, at(to)));
        match lang {
            Lang::Fr => format!("du {from} au {to}"),
            Lang::En => format!("from {from} to {to}"),
        }
    };
    let list: Vec<String> = spans.iter().take(WINDOWS).map(one).collect();
    let more = spans.len() - list.len();
    let rest = if more > 0 { format!(", +{more}") } else { String::new() };
    format!("{}{rest}", list.join(", "))
}

/// What is proved of the fleet.
fn fleet(scenario: &Scenario, range: &FleetRange, lang: Lang) -> String {
    let vehicle = |(id, n): &(VehicleId, u32)| {
        let vehicle = &scenario.vehicles[id.index()];
        let base = &scenario.communes[vehicle.base.index()].name;
        match lang {
            Lang::Fr => format!("{n} de plus comme « {} », basé à {base}", vehicle.id),
            Lang::En => format!("{n} more like \"{}\", based in {base}", vehicle.id),
        }
    };
    let enough = range.enough.as_ref().map(|list| list.iter().map(vehicle).collect::<Vec<_>>().join(", "));
    let least = range.least;
    let more =
        lang.count(least as usize, ["véhicule de plus", "véhicules de plus"], ["more vehicle is", "more vehicles are"]);
    match (lang, range.never, enough, range.most() == Some(least)) {
        (Lang::Fr, true, ..) => "davantage de ces véhicules n'y changerait rien : il faut d'autres sites, d'autres bases ou d'autres horaires".into(),
        (Lang::En, true, ..) => "more of these vehicles would not help: other sites, bases or hours are needed".into(),
        (Lang::Fr, _, Some(enough), true) => format!("la plus petite flotte qui la tient, c'est prouvé : {enough}"),
        (Lang::En, _, Some(enough), true) => format!("the smallest fleet that keeps it, proved: {enough}"),
        (Lang::Fr, _, Some(enough), _) => format!("il faut au moins {more}, c'est prouvé, et suffisent : {enough}"),
        (Lang::En, _, Some(enough), _) => format!("at least {more} needed, proved, and this is enough: {enough}"),
        (Lang::Fr, _, None, _) => format!("il faut au moins {more}, c'est prouvé ; on n'en a pas trouvé assez"),
        (Lang::En, _, None, _) => format!("at least {more} needed, proved; no number that is enough was found"),
    }
}

//! `tournee travel`: one trip, or the table of all trips.

use super::args::TravelArgs;
use super::{Context, ExitStatus, Failure, Format, ground, output, source, trips};
use crate::config::{LoadOptions, nearest};
use crate::domain::{CommuneId, PositionId, Scenario, Vehicle};
use crate::i18n::{Lang, Text};
use crate::travel::{Leg, Table};
use serde_json::json;
use std::fmt::Write as _;

/// Places named when a name stands for several.
const NAMED: usize = 12;

pub(super) fn run(context: Context, args: &TravelArgs) -> Result<ExitStatus, Failure> {
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        if args.from.is_some() {
            return Err(Failure::usage("il manque l'arrivée", "where to is missing"));
        }
        return trips::run(context, args);
    };
    let loaded = ground::loaded(context, &args.scenario, &LoadOptions::default())?;
    let scenario = &loaded.scenario;
    let vehicle = args.vehicle.as_deref().map(|id| find_vehicle(scenario, id)).transpose()?;
    let (from, to) = (position(scenario, from)?, position(scenario, to)?);
    let trip = source::trip(context, &loaded, &args.source, (from, to))?;
    // A table of one trip knows door-to-door times and the vehicle's.
    let n = scenario.positions.len();
    let mut row = vec![None; n];
    row[to.index()] = trip;
    let table = Table::new(n, vec![from], row, None, scenario.travel.door);
    let leg = match vehicle {
        Some(vehicle) => table.vehicle(vehicle, from, to),
        None => table.car(from, to),
    };
    let name = |p: PositionId| {
        let commune = &scenario.communes[scenario.positions[p.index()].commune.index()];
        format!("{} ({})", commune.name, commune.code)
    };
    let Some(leg) = leg else {
        return Err(Failure::no_road(
            format!("aucune route ne mène de {} à {}", name(from), name(to)),
            format!("no road leads from {} to {}", name(from), name(to)),
        ));
    };
    answer(context, scenario, (from, to), leg, vehicle)?;
    Ok(ExitStatus::Done)
}

fn answer(
    context: Context,
    scenario: &Scenario,
    (from, to): (PositionId, PositionId),
    leg: Leg,
    vehicle: Option<&Vehicle>,
) -> Result<(), Failure> {
    let lang = context.lang;
    let factor = vehicle.map_or(1.0, |v| v.travel_factor);
    #[allow(clippy::cast_possible_truncation)]
    let door = ((f64::from(scenario.travel.door.0) * factor).round() as i32).min(leg.seconds.0);
    let driving = leg.seconds.0 - door;
    let [a, b] = [from, to].map(|p| &scenario.communes[scenario.positions[p.index()].commune.index()]);
    match context.format {
        Format::Json => output::json(&json!({
            "from": { "code": a.code, "name": a.name },
            "to": { "code": b.code, "name": b.name },
            "vehicle": vehicle.map(|v| &v.id),
            "metres": leg.metres.0,
            "seconds": driving,
            "door_seconds": door,
            "door_to_door_seconds": leg.seconds.0,
        })),
        Format::Csv => {
            let header = ["from", "to", "vehicle", "seconds", "door_to_door_seconds", "metres"];
            let who = vehicle.map_or_else(String::new, |v| v.id.clone());
            let row = [&*a.code, &*b.code, &*who].map(str::to_owned).into_iter();
            let numbers = [driving.to_string(), leg.seconds.0.to_string(), leg.metres.0.to_string()];
            output::data(&output::csv(&[header.map(str::to_owned).to_vec(), row.chain(numbers).collect()]))
        }
        Format::Human => {
            let minutes = |s: i32| lang.number(f64::from(s) / 60.0, 1);
            let whole = |s: i32| lang.number(f64::from(s), 0);
            let km = lang.number(leg.metres.kilometres(), 1);
            let by = vehicle.map_or(lang.pick("voiture", "car").to_owned(), |v| {
                format!("{} (× {})", v.name, lang.number(v.travel_factor, 2))
            });
            let mut out = String::new();
            let _ = writeln!(out, "{} ({}) → {} ({}), {by}", a.name, a.code, b.name, b.code);
            let _ = match lang {
                Lang::Fr => writeln!(
                    out,
                    "  route         {}\u{a0}min ({}\u{a0}s), {km}\u{a0}km\n  porte à porte {}\u{a0}min ({}\u{a0}s)",
                    minutes(driving),
                    whole(driving),
                    minutes(leg.seconds.0),
                    whole(leg.seconds.0)
                ),
                Lang::En => writeln!(
                    out,
                    "  driving      {}\u{a0}min ({}\u{a0}s), {km}\u{a0}km\n  door to door {}\u{a0}min ({}\u{a0}s)",
                    minutes(driving),
                    whole(driving),
                    minutes(leg.seconds.0),
                    whole(leg.seconds.0)
                ),
            };
            output::data(out.as_bytes())
        }
    }
}

fn find_vehicle<'a>(scenario: &'a Scenario, id: &str) -> Result<&'a Vehicle, Failure> {
    scenario.vehicles.iter().find(|v| v.id == id).ok_or_else(|| {
        let known = scenario.vehicles.iter().map(|v| v.id.as_str()).collect::<Vec<_>>().join(", ");
        Failure::usage(
            format!("aucun véhicule « {id} » ; ceux du scénario : {known}"),
            format!("there is no vehicle \"{id}\"; those of the scenario: {known}"),
        )
    })
}

/// A place by INSEE code, identifier of a site, or name of a commune.
fn position(scenario: &Scenario, text: &str) -> Result<PositionId, Failure> {
    let site = scenario.sites.iter().find(|s| s.id == text).map(|site| site.position);
    let commune = scenario.communes.iter().any(|c| c.code == text);
    site.filter(|_| !commune).map_or_else(|| find(scenario, text).map(Into::into), Ok)
}

/// The commune of a place so named.
pub(super) fn find(scenario: &Scenario, text: &str) -> Result<CommuneId, Failure> {
    if let Some(k) = scenario.communes.iter().position(|c| c.code == text) {
        return Ok(CommuneId::new(k));
    }
    if let Some(site) = scenario.sites.iter().find(|s| s.id == text) {
        return Ok(site.commune);
    }
    let wanted = fold(text);
    let named: Vec<CommuneId> = (0..scenario.communes.len())
        .map(CommuneId::new)
        .filter(|c| fold(&scenario.communes[c.index()].name) == wanted)
        .collect();
    match named.as_slice() {
        [one] => Ok(*one),
        [] => {
            let names: Vec<String> = scenario.communes.iter().map(|c| fold(&c.name)).collect();
            let meant = nearest(&wanted, names.iter().map(String::as_str));
            let near: Vec<String> = scenario
                .communes
                .iter()
                .zip(&names)
                .filter(|(_, name)| !wanted.is_empty() && (name.contains(&wanted) || Some(name.as_str()) == meant))
                .map(|(c, _)| c)
                .take(NAMED)
                .map(|c| format!("{} ({})", c.name, c.code))
                .collect();
            let hint = |fr: &str| if near.is_empty() { String::new() } else { format!(" ; {fr} {}", near.join(", ")) };
            Err(Failure::usage(
                format!(
                    "« {text} » n'est ni une commune, ni un code INSEE, ni un emplacement du scénario{}",
                    hint("peut-être :")
                ),
                format!("\"{text}\" is no commune, INSEE code or site of the scenario{}", hint("perhaps:")),
            ))
        }
        many => {
            let list: Vec<String> = many
                .iter()
                .take(NAMED)
                .map(|c| &scenario.communes[c.index()])
                .map(|c| format!("{} ({}, {})", c.code, c.name, c.departement))
                .collect();
            let text = Text::new(
                format!("plusieurs communes s'appellent « {text} » ; donnez le code : {}", list.join(", ")),
                format!("several communes are called \"{text}\"; give the code: {}", list.join(", ")),
            );
            Err(Failure::usage(text.fr, text.en))
        }
    }
}

/// A name without case, accents, hyphens and apostrophes.
fn fold(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'â' | 'ä' => out.push('a'),
            'ç' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' => out.push('i'),
            'ô' | 'ö' => out.push('o'),
            'ù' | 'û' | 'ü' => out.push('u'),
            'ÿ' => out.push('y'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            '-' | '\'' | '’' | ' ' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_typed() {
        assert_eq!(fold("L'Haÿ-les-Roses"), fold("l hay les roses"));
        assert_eq!(fold("BÉTHUNE"), "bethune");
    }
}

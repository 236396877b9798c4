//! `tournee travel`: one trip, or the table of all trips.

use super::args::TravelArgs;
use super::{Context, ExitStatus, Failure, Format, ground, names, output, source, trips};
use crate::config::LoadOptions;
use crate::domain::{CommuneId, PositionId, Scenario, Vehicle};
use crate::i18n::{Lang, Meant, slug};
use crate::travel::{Leg, Table};
use serde_json::json;
use std::collections::BTreeSet;
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
    let vehicle = args.vehicle.as_deref().map(|name| names::vehicle(scenario, name)).transpose()?;
    let vehicle = vehicle.map(|v| &scenario.vehicles[v.index()]);
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
            output::data(&crate::sheet::csv(&[header.map(str::to_owned).to_vec(), row.chain(numbers).collect()]))
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
            output::text(&out)
        }
    }
}

/// A place by INSEE code, identifier of a site, or name of a commune.
fn position(scenario: &Scenario, text: &str) -> Result<PositionId, Failure> {
    let site = scenario.sites.iter().find(|s| s.id == text).map(|site| site.position);
    let commune = scenario.communes.iter().any(|c| c.code == text);
    site.filter(|_| !commune).map_or_else(|| find(scenario, text).map(Into::into), Ok)
}

/// The commune of a place so named.
pub(super) fn find(scenario: &Scenario, text: &str) -> Result<CommuneId, Failure> {
    let communes = scenario.commune_names();
    let described = |codes: &[String]| {
        let of = |code: &String| scenario.communes.iter().find(|c| c.code == *code);
        let named = codes.iter().filter_map(of).map(|c| format!("{} ({})", c.name, c.code));
        named.take(NAMED).collect::<Vec<_>>().join(", ")
    };
    match communes.find(text) {
        Meant::One(commune) => Ok(commune),
        Meant::Several(codes) => {
            let list = described(&codes);
            Err(Failure::usage(
                format!("plusieurs communes s'appellent « {text} » ; donnez le code : {list}"),
                format!("several communes are called \"{text}\"; give the code: {list}"),
            ))
        }
        Meant::Nothing => match scenario.site_names().find(text) {
            Meant::One(site) => Ok(scenario.sites[site.index()].commune),
            _ => {
                let wanted = slug(text);
                let holds = |name: &str| !wanted.is_empty() && slug(name).contains(&wanted);
                let inside = scenario.communes.iter().filter(|c| holds(&c.name)).map(|c| c.code.clone());
                let nearest = communes.near(text).map(str::to_owned).into_iter();
                let mut near: Vec<String> = nearest.chain(inside).collect();
                let mut seen = BTreeSet::new();
                near.retain(|code| seen.insert(code.clone()));
                let list = described(&near);
                let hint = |words: &str| if near.is_empty() { String::new() } else { format!("{words} {list}") };
                Err(Failure::usage(
                    format!(
                        "« {text} » n'est ni une commune, ni un code INSEE, ni un emplacement du scénario{}",
                        hint(" ; peut-être :")
                    ),
                    format!("\"{text}\" is no commune, INSEE code or site of the scenario{}", hint("; perhaps:")),
                ))
            }
        },
    }
}

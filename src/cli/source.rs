//! Trips, wherever the scenario has them from.

use super::args::SourceArgs;
use super::progress::Asking;
use super::{Context, Failure, output, stop};
use crate::config::{Code, Loaded, Problem, Problems, TravelSource, place_name};
use crate::domain::PositionId;
use crate::i18n::Text;
use crate::plan::{Plan, Stop};
use crate::travel::{Osrm, OsrmDesk, OsrmError, OsrmReport, OsrmRules, Source as _, Table, Trip};
use geo_types::Coord;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Pairs of places named in one warning.
const NAMED: usize = 3;

/// The table of a scenario, and what a server was asked for it; the scenario then knows where its times are from. With
/// `refresh` everything is asked for again.
pub(super) fn table(
    context: Context,
    loaded: &mut Loaded,
    asked: &SourceArgs,
    refresh: bool,
) -> Result<(Table, Option<OsrmReport>), Failure> {
    serves(loaded, asked)?;
    let (table, report) = match &loaded.travel {
        TravelSource::Roads => {
            let table = loaded.road_graph.table(&loaded.scenario);
            return Ok((table.map_err(|error| Failure::travel(loaded.road_problem(&error)))?, None));
        }
        TravelSource::Matrix(matrix) => {
            let table = Table::of(&loaded.scenario, matrix);
            (table.map_err(|error| Failure::travel(loaded.matrix_problem(&error)))?, None)
        }
        TravelSource::Osrm(..) => with_server(context, loaded, asked, refresh, |osrm| {
            let table = Table::of(&loaded.scenario, osrm)?;
            osrm.finish()?;
            Ok((table, Some(osrm.report())))
        })?,
    };
    let warnings = warnings(loaded, &table, report.as_ref());
    output::tell(&warnings, context.lang);
    mark(loaded, &table, report.as_ref());
    Ok((table, report))
}

/// One trip, without door-to-door time.
pub(super) fn trip(
    context: Context,
    loaded: &Loaded,
    asked: &SourceArgs,
    (from, to): (PositionId, PositionId),
) -> Result<Trip, Failure> {
    serves(loaded, asked)?;
    let (scenario, from, to) = (&loaded.scenario, [from], [to]);
    let trips = match &loaded.travel {
        TravelSource::Roads => {
            loaded.road_graph.trips(scenario, &from, &to).map_err(|e| Failure::travel(loaded.road_problem(&e)))?
        }
        TravelSource::Matrix(matrix) => {
            matrix.trips(scenario, &from, &to).map_err(|e| Failure::travel(loaded.matrix_problem(&e)))?
        }
        TravelSource::Osrm(..) => with_server(context, loaded, asked, false, |osrm| osrm.trips(scenario, &from, &to))?,
    };
    Ok(trips.first().copied().flatten())
}

/// A table has no paths.
pub(super) fn no_paths() -> Failure {
    Failure::usage(
        "--geometry : une table de trajets ne dit pas par où l'on passe",
        "--geometry: a table of trips does not tell the way",
    )
}

/// Notes the path of each leg in a plan; whether they could be had. If not, that is told, and the plan is worth keeping.
pub(super) fn with_paths(context: Context, loaded: &Loaded, asked: &SourceArgs, plan: &mut Plan) -> bool {
    match paths(context, loaded, asked, plan) {
        Ok(()) => true,
        Err(failure) => {
            failure.tell(context.lang);
            output::talk(
                context.lang.pick(
                    "attention : le plan est fait, sans les tracés",
                    "warning: the plan is made, without the paths",
                ),
            );
            false
        }
    }
}

fn paths(context: Context, loaded: &Loaded, asked: &SourceArgs, plan: &mut Plan) -> Result<(), Failure> {
    let scenario = &loaded.scenario;
    let position = |vehicle: &str, stop: &Stop| -> Option<PositionId> {
        match stop {
            Stop::Base => Some(scenario.vehicles.iter().find(|v| v.id == vehicle)?.base.into()),
            Stop::Site(id) => Some(scenario.sites.iter().find(|s| s.id == *id)?.position),
        }
    };
    let ends = plan.tours.iter().flat_map(|tour| {
        tour.legs.iter().map(|leg| Some((position(&tour.vehicle, &leg.from)?, position(&tour.vehicle, &leg.to)?)))
    });
    let ends: Vec<Option<(PositionId, PositionId)>> = ends.collect();
    let paths: Vec<Option<String>> = match &loaded.travel {
        TravelSource::Roads => ends
            .into_iter()
            .map(|ends| {
                let (from, to) = ends?;
                let path = loaded.road_graph.path(scenario, from, to)?;
                polyline::encode_coordinates(path.into_iter().map(|(lat, lon)| Coord { x: lon, y: lat }), 5).ok()
            })
            .collect(),
        TravelSource::Matrix(_) => {
            return Err(no_paths());
        }
        TravelSource::Osrm(..) => with_server(context, loaded, asked, false, |osrm| {
            ends.into_iter().map(|ends| ends.map_or(Ok(None), |(from, to)| osrm.path(scenario, from, to))).collect()
        })?,
    };
    let legs = plan.tours.iter_mut().flat_map(|tour| &mut tour.legs);
    legs.zip(paths).for_each(|(leg, path)| leg.geometry = path);
    Ok(())
}

/// A folder for trips is of use with a server only.
fn serves(loaded: &Loaded, asked: &SourceArgs) -> Result<(), Failure> {
    if asked.cache.is_some() && !matches!(loaded.travel, TravelSource::Osrm(..)) {
        return Err(Failure::usage(
            "--cache : le scénario n'a pas ses trajets d'un serveur ([travel] source = \"osrm\")",
            "--cache: the scenario does not have its trips from a server ([travel] source = \"osrm\")",
        ));
    }
    Ok(())
}

/// Does something with the scenario's server.
pub(super) fn with_server<T>(
    context: Context,
    loaded: &Loaded,
    asked: &SourceArgs,
    refresh: bool,
    work: impl FnOnce(&Osrm) -> Result<T, OsrmError>,
) -> Result<T, Failure> {
    let TravelSource::Osrm(rules, variable) = &loaded.travel else {
        return Err(Failure::internal("no server"));
    };
    let failed = |error: &OsrmError| match error {
        OsrmError::Stopped => Failure::stopped(),
        _ => Failure::travel(loaded.osrm_problem(error)),
    };
    let key = variable.as_ref().map(|name| key(loaded, name)).transpose()?;
    let bar = Asking::new(context.lang);
    let desk = OsrmDesk {
        key,
        cache: folder(asked),
        offline: asked.offline,
        refresh,
        progress: &|now| bar.update(now),
        stop: &stop::asked,
    };
    let osrm = Osrm::new(rules, desk);
    work(&osrm).map_err(|error| failed(&error))
}

/// The folder in which trips are kept: the one given, or the user's.
fn folder(asked: &SourceArgs) -> Option<PathBuf> {
    asked.cache.clone().or_else(|| Some(dirs::cache_dir()?.join("tournee")))
}

fn key(loaded: &Loaded, name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| {
        let problem = loaded.osrm_problem(&OsrmError::Key).help(
            format!("mettre la clé dans la variable d'environnement {name}"),
            format!("put the key into the environment variable {name}"),
        );
        Failure::travel(problem)
    })
}

/// What somebody should look at.
fn warnings(loaded: &Loaded, table: &Table, report: Option<&OsrmReport>) -> Problems {
    let mut out = Problems::new();
    if table.detours() > 0 {
        let n = table.detours();
        out.push(Problem::new(
            Code::TravelDetours,
            format!("{n} trajets directs sont plus longs qu'en s'arrêtant ailleurs : le plus court est pris"),
            format!("{n} direct trips take longer than by stopping elsewhere: the shorter is taken"),
        ));
    }
    let Some(report) = report else { return out };
    if !report.damaged.is_empty() {
        let (n, first) = (report.damaged.len(), report.damaged[0].display());
        out.push(Problem::new(
            Code::OsrmDamaged,
            format!("{n} fichiers de trajets gardés étaient abîmés, dont {first} : retirés et redemandés"),
            format!("{n} files of trips kept were damaged, {first} among them: removed and asked for again"),
        ));
    }
    if !report.estimated.is_empty() {
        let n = report.estimated.len();
        let name = |p: &PositionId| place_name(&loaded.scenario, *p);
        let pairs = report.estimated.iter().take(NAMED).map(|(a, b)| format!("{} → {}", name(a), name(b)));
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        out.push(Problem::new(
            Code::OsrmEstimated,
            format!("{n} trajets sont estimés à vol d'oiseau, dont {pairs}"),
            format!("{n} trips are estimated as the crow flies, among them {pairs}"),
        ));
    }
    out
}

/// Notes in the scenario where its times are from; its hash tells them from others.
fn mark(loaded: &mut Loaded, table: &Table, report: Option<&OsrmReport>) {
    let text = match (&loaded.travel, report) {
        (TravelSource::Osrm(rules, _), Some(report)) => server_label(rules, report),
        _ => Text::new(
            "Temps de route : table fournie avec le scénario.",
            "Road times: a table given with the scenario.",
        ),
    };
    let scenario = &mut loaded.scenario;
    scenario.labels.push(text);
    if let (TravelSource::Osrm(rules, _), Some(n)) =
        (&loaded.travel, report.map(|r| r.estimated.len()).filter(|n| *n > 0))
    {
        let speed = rules.fallback_speed.unwrap_or_default();
        scenario.labels.push(Text::new(
            format!("Estimation : {n} trajets à vol d'oiseau, à {speed} km/h, faute de chemin connu du serveur."),
            format!("Estimate: {n} trips as the crow flies, at {speed} km/h, for want of a way the server knows."),
        ));
    }
    let mut hash = Sha256::new();
    hash.update(&scenario.input_hash);
    hash.update(table.digest());
    scenario.input_hash = hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
}

fn server_label(rules: &OsrmRules, report: &OsrmReport) -> Text {
    let (profile, version) = (&rules.profile, &report.data_version);
    let of = |words: &str| if version.is_empty() { String::new() } else { format!(", {words} {version}") };
    Text::new(
        format!("Temps de route : serveur OSRM, profil {profile}{}.", of("données du")),
        format!("Road times: server of OSRM, profile {profile}{}.", of("data of")),
    )
}

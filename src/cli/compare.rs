//! `tournee compare`: many scenarios, solved side by side, and what may be claimed of them.

use super::args_compare::CompareArgs;
use super::progress::Many;
use super::{Context, ExitStatus, Failure, Format, compare_text, files, ground, output, scenarios, source, stop};
use crate::compare::document::{Comparison, Status};
use crate::compare::pairs::values;
use crate::compare::{Case, Compared, Desk, Order, Solved, compare};
use crate::config::{
    Code, Grid, GridScenario, LoadOptions, Loaded, Problem, Problems, Severity, Shares, TravelSource, grid, load,
};
use crate::demand::Demand;
use crate::domain::{PoolSource, PositionId, Scenario, ServiceId};
use crate::i18n::{Lang, Text};
use crate::optimise::Settings;
use crate::publish::html::{self, Material};
use crate::publish::{tables, workbook};
use crate::travel::Table;
use crate::write::{OutputFile, write_files};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use geojson::Geometry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Outlines of communes by code, for maps.
type Outlines = BTreeMap<String, Geometry>;

/// Gap, where neither the command line nor the grid says.
const GAP: f64 = 0.005;
/// Nodes of each solve at most, where neither a time nor a work limit is given: what comes out is then the same whatever else the
/// machine does.
const NODES: u64 = 1_000;
/// Folder of what is known already, in the output folder.
const KEPT: &str = "solved";

pub(super) fn run(context: Context, args: &CompareArgs) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let more = args.axes();
    let name = context.lang.pick("(ligne de commande)", "(command line)");
    scenarios::known(&args.scenario)?;
    let grid = grid(&args.scenario, more.as_deref().map(|text| (name, text))).map_err(Failure::problems)?;
    let bar = Many::new(context.lang);
    stop::listen(bar.acknowledge());
    let (cases, outlines) = cases(context, args, &grid)?;
    let order = order(args, &grid, &cases)?;
    let threads = args.work.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let at_a_time = args.at_a_time.unwrap_or(threads).min(threads).max(1);
    let folder = args.out.as_ref().map(|folder| folder.join(KEPT));
    let desk = Desk {
        at_a_time,
        threads: threads / at_a_time,
        stop: &stop::asked,
        kept: &|key| known(folder.as_deref()?, key),
        keep: &|key, solved| keep(folder.as_deref(), key, solved),
        tell: &|news| bar.update(news),
    };
    let compared = compare(&cases, &order, &desk);
    drop(bar);
    let written = args.out.as_ref().map(|folder| write(context, &compared, &cases, &outlines, folder)).transpose()?;
    let comparison = &compared.comparison;
    match context.format {
        Format::Json => output::json(comparison)?,
        Format::Csv => output::data(&tables::comparison(comparison, context.lang))?,
        Format::Human => {
            output::text(&compare_text::human(comparison, written.as_deref(), context.lang))?;
        }
    }
    Ok(if stop::asked() { ExitStatus::Interrupted } else { worst(comparison) })
}

/// How the command ends: as the scenario does that ended worst.
fn worst(comparison: &Comparison) -> ExitStatus {
    let ends = [
        (Status::Failed, ExitStatus::Internal),
        (Status::Broken, ExitStatus::Usage),
        (Status::Infeasible, ExitStatus::Infeasible),
        (Status::NoPlan, ExitStatus::NoPlan),
        (Status::Stopped, ExitStatus::Interrupted),
    ];
    let there = |status: Status| comparison.scenarios.iter().any(|row| row.status == status);
    ends.into_iter().find(|(status, _)| there(*status)).map_or(ExitStatus::Done, |(_, end)| end)
}

/// What is asked, once the scenarios are known.
fn order(args: &CompareArgs, grid: &Grid, cases: &[Case]) -> Result<Order, Failure> {
    let Some((scenario, _)) = cases.iter().find_map(|case| case.ground.as_ref().ok()) else {
        let first = cases.iter().find_map(|case| case.ground.as_ref().err()?.first().cloned());
        let why = first.unwrap_or_else(|| Text::new("la grille est vide", "the grid is empty"));
        return Err(Failure::usage(
            format!("aucun scénario ne peut être calculé : {}", why.fr),
            format!("no scenario can be solved: {}", why.en),
        ));
    };
    let asked = args.service.as_ref().or(grid.service.as_ref());
    let with_pool = |s: ServiceId| scenario.services[s.index()].pool.is_some();
    let service = match asked {
        Some(id) => scenario.service(id),
        None => (0..scenario.services.len()).map(ServiceId::new).find(|&s| with_pool(s)),
    };
    let Some(service) = service.filter(|&s| with_pool(s)) else {
        let id = asked.map_or("", String::as_str);
        return Err(Failure::usage(
            format!("aucun service « {id} » avec un public n'est dans le scénario"),
            format!("no service \"{id}\" with a pool is in the scenario"),
        ));
    };
    let source = scenario.services[service.index()].pool.map(|pool| pool.source);
    let people = match source {
        Some(PoolSource::WomenDue { .. }) => Text::new("femmes", "women"),
        _ => Text::new("personnes", "people"),
    };
    for id in args.pairwise.iter().flatten() {
        if !cases.iter().any(|case| case.id == *id) {
            let all = cases.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Failure::usage(
                format!("aucun scénario « {id} » dans la comparaison : {all}"),
                format!("there is no scenario \"{id}\" in the comparison: {all}"),
            ));
        }
    }
    let gap = args.gap.or(grid.gap).unwrap_or(GAP);
    let limited = args.work.time_limit.is_some() || args.work.node_limit.is_some();
    let settings = if limited {
        args.work.settings(gap, f64::INFINITY)
    } else {
        Settings { gap, time_limit: None, nodes: Some(NODES), seed: args.work.seed }
    };
    let same = |share: f64| Shares {
        uptake: share,
        half_distance: share,
        additionality: share,
        speed: share,
        participation: share,
        together: true,
        gap,
    };
    let sensitivity = if args.no_sensitivity { None } else { args.sensitivity.map(same).or(grid.sensitivity) };
    let pairwise = match args.pairwise.as_deref() {
        Some([a, b]) => Some((a.clone(), b.clone())),
        _ => None,
    };
    Ok(Order {
        name: grid.name.clone().unwrap_or_else(|| scenario.name.clone()),
        title: grid.title.clone().unwrap_or_else(|| Text::new(&scenario.title, &scenario.title)),
        service,
        people,
        settings,
        variants: grid.scenarios.iter().any(|s| s.variant.is_some()),
        decide: args.decide,
        sensitivity,
        pairwise,
    })
}

/// Loads the scenarios. What is wrong with one of them is said of that one; those that are the same come once.
fn cases(context: Context, args: &CompareArgs, grid: &Grid) -> Result<(Vec<Case>, Outlines), Failure> {
    let mut cases: Vec<Case> = Vec::new();
    let mut outlines: Option<Outlines> = None;
    let mut hashes: BTreeSet<String> = BTreeSet::new();
    let mut tables: Vec<(Vec<PositionId>, Arc<Table>)> = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut reference: Option<String> = None;
    for one in &grid.scenarios {
        let base = args.input.options();
        let options = LoadOptions {
            start: base.start.or(grid.start),
            weeks: base.weeks.or(grid.weeks),
            edits: one.edits.clone(),
            ..base
        };
        let mut case = Case {
            id: one.id.clone(),
            name: Text::new(&one.id, &one.id),
            choice: one.choice.clone(),
            ground: Err(vec![]),
        };
        match load(&grid.scenario, &options) {
            Err(problems) => {
                case.name = named(one, None);
                case.ground = Err(problems.iter().filter(|p| p.severity == Severity::Error).map(said).collect());
            }
            Ok(mut loaded) => {
                if !hashes.insert(loaded.scenario.input_hash.clone()) {
                    continue;
                }
                files::apart(args.out.as_deref(), &["comparison.csv", "comparison.json"], &loaded.files)?;
                tell_once(context, &loaded.warnings, &mut told);
                if outlines.is_none() && args.out.is_some() {
                    outlines = Some(loaded.outlines().map_err(Failure::problems)?);
                }
                let table = table_of(context, args, &mut loaded, &mut tables)?;
                let mut scenario = loaded.scenario;
                scenario.labels.extend(grid.labels.iter().cloned());
                case.name = named(one, Some(&scenario));
                let own = values(&scenario, &Demand::new(&scenario, &table));
                case.ground = if *reference.get_or_insert_with(|| own.clone()) == own {
                    Ok((Arc::new(scenario), table))
                } else {
                    Err(vec![said(&incomparable(&case.name))])
                };
            }
        }
        cases.push(case);
    }
    Ok((cases, outlines.unwrap_or_default()))
}

/// The trips of a scenario: those of another one with the same places, where the roads are ours.
fn table_of(
    context: Context,
    args: &CompareArgs,
    loaded: &mut Loaded,
    tables: &mut Vec<(Vec<PositionId>, Arc<Table>)>,
) -> Result<Arc<Table>, Failure> {
    let hubs = Table::hubs_of(&loaded.scenario);
    let ours = matches!(loaded.travel, TravelSource::Roads);
    if let Some((_, table)) = tables.iter().find(|(known, _)| ours && *known == hubs) {
        return Ok(Arc::clone(table));
    }
    let pool = ground::pool(args.work.threads)?;
    let (table, _) = pool.install(|| source::table(context, loaded, &args.input.source, false))?;
    let table = Arc::new(table);
    tables.push((hubs, Arc::clone(&table)));
    Ok(table)
}

fn tell_once(context: Context, warnings: &Problems, told: &mut BTreeSet<String>) {
    let mut fresh = Problems::new();
    for warning in warnings.iter().filter(|w| told.insert(format!("{}{}", w.code, w.message.en))) {
        fresh.push(warning.clone());
    }
    output::tell(&fresh, context.lang);
}

fn incomparable(name: &Text) -> Problem {
    Problem::new(
        Code::GridValues,
        format!("« {} » ne compte pas comme le premier scénario : leurs scores ne se comparent pas", name.fr),
        format!("\"{}\" does not count like the first scenario: their scores cannot be compared", name.en),
    )
}

/// A problem in one sentence, with its place, its code and its mend.
fn said(problem: &Problem) -> Text {
    let place = |lang: Lang| match problem.position {
        _ if problem.file.is_empty() => String::new(),
        None => format!("{}: ", problem.file),
        Some((line, column)) => match lang {
            Lang::Fr => format!("{}, ligne {line}, colonne {column} : ", problem.file),
            Lang::En => format!("{}, line {line}, column {column}: ", problem.file),
        },
    };
    let one = |lang: Lang| {
        let (place, code) = (place(lang), problem.code);
        format!("{place}{} [{code}] → {}", problem.message.get(lang), problem.help.get(lang))
    };
    Text::new(one(Lang::Fr), one(Lang::En))
}

/// What a scenario is called: its variant, its fleet where that differs, and whatever else does.
fn named(one: &GridScenario, scenario: Option<&Scenario>) -> Text {
    let fleet = scenario.filter(|_| one.by_fleet || one.variant.is_none()).map(compare_text::fleet_of);
    let fleet = fleet.or_else(|| one.variant.is_none().then(|| Text::new(&one.id, &one.id)));
    let texts: Vec<&Text> = one.variant.iter().chain(&fleet).chain(&one.parts).collect();
    let joined = |lang: Lang| texts.iter().map(|t| t.get(lang)).collect::<Vec<_>>().join(" · ");
    Text::new(joined(Lang::Fr), joined(Lang::En))
}

/// Where a solve is kept.
fn place(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}.json.gz"))
}

/// What was kept under a key; nothing where it cannot be read: it is solved again then.
fn known(folder: &Path, key: &str) -> Option<Solved> {
    let bytes = std::fs::read(place(folder, key)).ok()?;
    let mut text = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Keeps a solve. Where that fails, the only loss is that it has to be done again.
fn keep(folder: Option<&Path>, key: &str, solved: &Solved) {
    let Some(folder) = folder else { return };
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&serde_json::to_vec(solved)?)?;
        packed.finish()
    };
    let Ok(bytes) = packed() else { return };
    let _ = write_files(folder, &[OutputFile { path: format!("{key}.json.gz"), bytes }]);
}

/// Writes everything a meeting needs, all or nothing; says what was written.
fn write(
    context: Context,
    compared: &Compared,
    cases: &[Case],
    outlines: &Outlines,
    folder: &Path,
) -> Result<String, Failure> {
    let (comparison, lang) = (&compared.comparison, context.lang);
    let scenario = cases.iter().find_map(|case| Some(&*case.ground.as_ref().ok()?.0));
    let material = Material { comparison, scenario, rounds: &compared.rounds, outlines };
    let page = html::comparison(&material, lang).map_err(Failure::internal)?;
    let book = workbook(&tables::grids(comparison, lang), lang).map_err(Failure::internal)?;
    let file = |path: String, bytes: Vec<u8>| OutputFile { path, bytes };
    let mut out = vec![
        file("comparison.json".into(), output::json_bytes(comparison)?),
        file("comparison.csv".into(), tables::comparison(comparison, lang)),
        file("comparison.xlsx".into(), book),
        file("comparison.html".into(), page.into_bytes()),
    ];
    for (row, plan) in comparison.scenarios.iter().zip(&compared.plans) {
        if let Some(plan) = plan {
            out.push(file(format!("plans/{}.json", row.id), output::json_bytes(plan)?));
        }
    }
    write_files(folder, &out)?;
    let shown = folder.display();
    Ok(match lang {
        Lang::Fr => format!(
            "Écrit dans {shown} : comparison.html, comparison.xlsx, comparison.csv, comparison.json, plans/ ({KEPT}/ : pour reprendre)."
        ),
        Lang::En => format!(
            "Written to {shown}: comparison.html, comparison.xlsx, comparison.csv, comparison.json, plans/ ({KEPT}/: to go on from)."
        ),
    })
}

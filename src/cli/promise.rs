//! `tournee promise`: how far a plan keeps the promise of care, place by place.

use super::args::PromiseArgs;
use super::{Context, ExitStatus, Failure, Format, check as verdicts, files, ground, output, promise_text};
use crate::check;
use crate::config::{self, Loaded};
use crate::domain::{ClockKind, Scenario};
use crate::i18n::{Lang, Text, nearest};
use crate::promise::{PromiseAnswer, answer};
use crate::publish::{geojson, tables};
use crate::respond::measure;
use crate::write::{OutputFile, write_files};
use std::path::Path;

pub(super) fn run(context: Context, args: &PromiseArgs) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let plan = verdicts::read(&args.plan)?;
    let options = verdicts::options(&plan, &args.input);
    let ground::Ground { loaded, table, pool } =
        ground::ready_for(context, &args.scenario, &plan, &options, &args.input.source)?;
    files::apart(args.out.as_deref(), &["promise.csv", "promise.json"], &loaded.files)?;
    let scenario = &loaded.scenario;
    if let Some(id) = &args.service {
        known(scenario, id)?;
    }
    let clocks = args.clock.map_or(ClockKind::ALL.to_vec(), |clock| vec![clock.into()]);
    let (requests, wrong) = match &args.requests {
        Some(path) => config::requests(path, scenario, None).map_err(Failure::problems)?,
        None => (Vec::new(), config::Problems::new()),
    };
    output::tell(&wrong, context.lang);
    let answer = pool.install(|| -> Result<_, Failure> {
        let report = check::check(scenario, &table, &plan);
        if !report.is_good() {
            return Err(broken(report.violations));
        }
        let wanted = |id: &str| args.service.as_ref().is_none_or(|service| service == id);
        let mut answer = answer(scenario, &table, &plan, wanted, &clocks);
        if args.requests.is_some() {
            measure(scenario, &table, &plan, &requests, args.point_lanes, &mut answer);
        }
        Ok(answer)
    })?;
    let written = args.out.as_ref().map(|folder| write(context, &loaded, &answer, folder)).transpose()?;
    match context.format {
        Format::Json => output::json(&answer)?,
        Format::Csv => output::data(&tables::promise(scenario, &answer, context.lang))?,
        Format::Human => {
            let text = promise_text::human(scenario, &answer, written.as_deref(), context.lang);
            output::text(&text)?;
        }
    }
    Ok(if wrong.is_empty() { ExitStatus::Done } else { ExitStatus::Usage })
}

fn known(scenario: &Scenario, id: &str) -> Result<(), Failure> {
    if scenario.service(id).is_some() {
        return Ok(());
    }
    let all = || scenario.services.iter().map(|s| s.id.as_str());
    let near = nearest(id, all());
    let list = all().collect::<Vec<_>>().join(", ");
    let hint = |words: &str| near.map_or_else(String::new, |near| format!(" ({words} {near} ?)"));
    Err(Failure::usage(
        format!("aucun service « {id} »{} ; ceux du scénario : {list}", hint("vouliez-vous dire")),
        format!("there is no service \"{id}\"{}; those of the scenario: {list}", hint("did you mean")),
    ))
}

fn broken(violations: Vec<check::Violation>) -> Failure {
    let said = verdicts::summary(&violations);
    let message = Text::new(
        format!("la promesse de ce plan ne peut pas être mesurée : {} Voir « tournee check »", said.fr),
        format!("the promise of this plan cannot be measured: {} See \"tournee check\"", said.en),
    );
    Failure::broken(message, violations)
}

/// Writes the answer as a table, as JSON and as a map a service and clock; says what was written.
fn write(context: Context, loaded: &Loaded, answer: &PromiseAnswer, folder: &Path) -> Result<String, Failure> {
    let lang = context.lang;
    let outlines = loaded.outlines().map_err(Failure::problems)?;
    let scenario = &loaded.scenario;
    let mut files = vec![
        OutputFile { path: "promise.csv".into(), bytes: tables::promise(scenario, answer, lang) },
        OutputFile { path: "promise.json".into(), bytes: output::json_bytes(answer)? },
    ];
    for of in &answer.rolling {
        let map = geojson::promise(scenario, answer, of, &outlines, lang);
        let bytes = serde_json::to_vec(&map).map_err(|e| Failure::internal(e.to_string()))?;
        files.push(OutputFile { path: format!("promise-{}-{}.geojson", of.service, of.clock.name()), bytes });
    }
    write_files(folder, &files)?;
    let (shown, maps) = (folder.display(), answer.rolling.len());
    Ok(match lang {
        Lang::Fr => format!(
            "Écrit dans {shown} : promise.csv (par commune, intercommunalité et département), promise.json, et par service et horloge une carte GeoJSON ({maps})."
        ),
        Lang::En => format!(
            "Written to {shown}: promise.csv (by commune, intercommunality and département), promise.json and, by service and clock, a GeoJSON map ({maps})."
        ),
    })
}

//! `tournee respond`: requests in, appointments out.

use super::args::RespondArgs;
use super::{
    Context, ExitStatus, Failure, Format, check as verdicts, detour, files, ground, output, replan, respond_text,
};
use crate::check;
use crate::config::{self, Loaded, Source};
use crate::demand::Demand;
use crate::i18n::Lang;
use crate::plan::Plan;
use crate::publish::tables;
use crate::replan::revise;
use crate::report::rounds;
use crate::respond::{Answer, Answers, Options, respond};
use crate::write::{OutputFile, write_files};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn run(context: Context, args: &RespondArgs) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let plan = verdicts::read(&args.plan)?;
    let options = verdicts::options(&plan, &args.input);
    let ground::Ground { loaded: base, table, pool } =
        ground::ready(context, &args.scenario, &options, &args.input.source, args.work.threads)?;
    ground::fits(&base, &plan)?;
    files::apart(args.out.as_deref(), files::OF_ANSWERS, &base.files)?;
    if args.detour {
        files::apart(args.out.as_deref(), files::OF_PLAN, &base.files)?;
    }
    let mut loaded = base.clone();
    if let Some(revision) = &plan.revision {
        revise(&mut loaded.scenario, revision).map_err(|e| replan::wrong(&e))?;
    }
    let now = args.input.now.map(|now| now.at);
    let (requests, wrong) = config::requests(&args.requests, &loaded.scenario, now).map_err(Failure::problems)?;
    output::tell(&wrong, context.lang);
    let before = args.answers.as_deref().map(read_answers).transpose()?.unwrap_or_default();
    let how =
        Options { prefer: args.prefer.into(), point_lanes: args.point_lanes, now: now.map(|now| now.timestamp()) };
    let done = pool.install(|| -> Result<_, Failure> {
        let report = check::check(&loaded.scenario, &table, &plan);
        if !report.is_good() {
            return Err(Failure::broken(verdicts::summary(&report.violations), report.violations));
        }
        let answers = respond(&loaded.scenario, &table, &plan, &requests, &before, how);
        let first = Done { loaded: loaded.clone(), plan: plan.clone(), answers, changed: false };
        let done = if args.detour {
            detour::detour(context, args, &base, &table, first, (&requests, &before, how))?
        } else {
            first
        };
        let broken = check::check_answers(&done.loaded.scenario, &table, &done.plan, &done.answers, how.point_lanes);
        if !broken.is_empty() {
            return Err(Failure::unsound(broken));
        }
        let demand = Demand::new(&done.loaded.scenario, &table);
        let rounds = rounds(&done.loaded.scenario, &table, &demand, &done.plan);
        Ok((done, rounds))
    })?;
    let (done, rounds) = done;
    let scenario = &done.loaded.scenario;
    let written = args
        .out
        .as_ref()
        .map(|folder| -> Result<String, Failure> {
            let table = tables::answers(scenario, &done.answers, context.lang);
            let json = output::json_bytes(&done.answers)?;
            if !done.changed {
                return written(context, folder, table, json);
            }
            let more = vec![
                ("answers.csv", table),
                ("answers.json", json),
                ("changes.csv", tables::changes(scenario, &done.plan, context.lang)),
                ("changes.json", output::json_bytes(&done.plan.revision)?),
            ];
            files::write_with(context, scenario, (&done.plan, &rounds), more, folder)
        })
        .transpose()?;
    match context.format {
        Format::Json => output::json(&json!({
            "answers": done.answers,
            "revision": done.plan.revision.as_ref().filter(|_| done.changed),
            "problems": wrong.to_json(context.lang),
        }))?,
        Format::Csv => output::data(&tables::answers(scenario, &done.answers, context.lang))?,
        Format::Human => {
            let lines = wrong.iter().filter_map(|p| p.position).map(|(line, _)| line).collect::<BTreeSet<_>>().len();
            let text = respond_text::human(scenario, &done, lines, written.as_deref(), args.detour, context.lang);
            output::text(&text)?;
        }
    }
    Ok(if wrong.is_empty() { ExitStatus::Done } else { ExitStatus::Usage })
}

/// Answers with the plan they are for.
pub(super) struct Done {
    pub loaded: Loaded,
    pub plan: Plan,
    pub answers: Answers,
    /// Whether the plan was changed for them.
    pub changed: bool,
}

/// Answers given before, as `answers.json` has them.
fn read_answers(path: &Path) -> Result<Vec<Answer>, Failure> {
    let bytes = config::read_bytes(path).map_err(|problem| Failure::problems((*problem).into()))?;
    serde_json::from_slice::<Answers>(&bytes).map(|answers| answers.answers).map_err(|error| {
        let text = String::from_utf8_lossy(&bytes);
        let name = path.display().to_string();
        let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = (start + error.column().saturating_sub(1)).min(text.len().saturating_sub(1));
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let problem = config::Problem::new(
            config::Code::PlanFormat,
            format!("ce ne sont pas des réponses (answers.json) : {error}"),
            format!("these are no answers (answers.json): {error}"),
        );
        Failure::problems(problem.at(&Source::new(name, text.as_ref()), at..at).into())
    })
}

fn written(context: Context, folder: &Path, table: Vec<u8>, json: Vec<u8>) -> Result<String, Failure> {
    let file = |path: &str, bytes| OutputFile { path: path.into(), bytes };
    write_files(folder, &[file("answers.csv", table), file("answers.json", json)])?;
    let shown = folder.display();
    Ok(match context.lang {
        Lang::Fr => format!("Écrit dans {shown} : answers.csv, answers.json."),
        Lang::En => format!("Written to {shown}: answers.csv, answers.json."),
    })
}

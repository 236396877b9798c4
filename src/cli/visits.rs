//! `tournee check --visits`: visits edited in a spreadsheet, completed and judged.

use super::args::CheckArgs;
use super::{Context, ExitStatus, Failure, Format, check as verdicts, figures, files, ground, output, overview, week};
use crate::check;
use crate::chosen::{ChosenVisit, complete};
use crate::config::read_bytes;
use crate::demand::Demand;
use crate::optimise::{assemble, crude_bound};
use crate::plan::Plan;
use crate::publish::tables::read_visits;
use crate::report::rounds;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(super) fn run(context: Context, args: &CheckArgs, csv: &Path) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let ground::Ground { loaded, table, pool } =
        ground::ready(context, &args.scenario, &args.input.options(), &args.input.source, None)?;
    let scenario = &loaded.scenario;
    let bytes = read_bytes(csv).map_err(|problem| Failure::problems((*problem).into()))?;
    let edited = read_visits(&bytes, scenario).map_err(|errors| Failure::table(csv, errors))?;
    let chosen: Vec<ChosenVisit> = edited
        .into_iter()
        .map(|v| ChosenVisit { vehicle: v.vehicle, day: v.day, site: v.site, sessions: v.sessions, sleeps: v.sleeps })
        .collect();
    let (plan, rounds, report) = pool.install(|| -> Result<_, Failure> {
        let demand = Demand::new(scenario, &table);
        let visits = complete(scenario, &table, &demand, &chosen).map_err(Failure::internal)?;
        let plan: Plan = assemble(scenario, &table, &demand, &visits, Some(crude_bound(scenario, &demand)));
        let report = check::check(scenario, &table, &plan);
        let rounds = rounds(scenario, &table, &demand, &plan);
        Ok((plan, rounds, report))
    })?;
    if plan.visits.len() < chosen.len() {
        return Err(Failure::no_road(
            "aucune route ne mène à l'un des emplacements choisis",
            "no road leads to one of the chosen sites",
        ));
    }
    let write = |folder: &PathBuf| match report.is_good() {
        true => files::write(context, scenario, (&plan, &rounds), folder),
        false => files::write_draft(context, scenario, &plan, folder),
    };
    let written = args.out.as_ref().map(write).transpose()?;
    let lang = context.lang;
    if let Some(text) = written.as_ref().filter(|_| context.format != Format::Human && !report.is_good()) {
        output::talk(&output::wrap(text, output::talk_width(), 0));
    }
    match context.format {
        Format::Json => {
            let mut out = serde_json::json!({
                "ok": report.is_good(),
                "violations": report.violations.iter().map(|v| super::failure::violation_json(v, lang)).collect::<Vec<_>>(),
                "proof": false,
                "plan": plan,
            });
            verdicts::add_error(&mut out, &report.violations, lang);
            output::json(&out)?;
        }
        Format::Csv => output::data(&verdicts::csv(&report, lang))?,
        Format::Human => {
            let mut out = week::heading(scenario, lang);
            out += &overview::note(scenario, lang, false);
            out += &week::tables(scenario, &plan, lang);
            out += &figures::coverage(scenario, &plan.coverage, lang);
            out += &figures::invitations(scenario, &plan, lang);
            out += &figures::no_proof(&plan, lang);
            out += &verdicts::verdict(&report.violations, lang);
            if let Some(written) = written {
                let _ = writeln!(out, "{}", output::wrap(&written, output::width(), 0));
            }
            output::data(out.as_bytes())?;
        }
    }
    Ok(verdicts::status(&report.violations))
}

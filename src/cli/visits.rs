//! `tournee check --visits`: visits edited in a spreadsheet, completed and judged.

use super::args::CheckArgs;
use super::{
    Context, ExitStatus, Failure, Format, check as verdicts, figures, files, ground, output, overview, replan, week,
};
use crate::check;
use crate::chosen::{ChosenVisit, complete};
use crate::config::{edited_visits, read_bytes};
use crate::demand::Demand;
use crate::domain::Scenario;
use crate::optimise::{assemble, crude_bound};
use crate::plan::{Plan, Revision, second_of_day, site_of};
use crate::replan::{Asked, revise, revision, settle};
use crate::report::rounds;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(super) fn run(context: Context, args: &CheckArgs, csv: &Path) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let before = published(args, csv)?;
    let mut options = args.input.options();
    if let Some((_, plan)) = &before {
        options.now = options.now.or(plan.revision.as_ref().and_then(|r| r.now).map(|now| second_of_day(now).0));
    }
    let ground::Ground { mut loaded, table, pool } =
        ground::ready(context, &args.scenario, &options, &args.input.source, None)?;
    files::apart(args.out.as_deref(), files::OF_PLAN, &loaded.files)?;
    let revision = match &before {
        Some((given, plan)) => revision_of(&loaded.scenario, *given, plan, args)?,
        None => None,
    };
    if let Some(revision) = &revision {
        revise(&mut loaded.scenario, revision).map_err(|e| replan::wrong(&e))?;
    }
    let scenario = &loaded.scenario;
    let bytes = read_bytes(csv).map_err(|problem| Failure::problems((*problem).into()))?;
    let (edited, warnings) = edited_visits(csv, &bytes, scenario).map_err(Failure::problems)?;
    output::tell(&warnings, context.lang);
    let given: BTreeSet<String> = edited.iter().filter_map(|v| v.visit.clone()).collect();
    let chosen: Vec<ChosenVisit> = edited
        .into_iter()
        .map(|v| {
            // A visit to another site is another visit.
            let site = &scenario.sites[v.site.index()].id;
            let id = v.visit.filter(|id| site_of(id).is_none_or(|named| named == site));
            ChosenVisit { id, vehicle: v.vehicle, day: v.day, site: v.site, sessions: v.sessions, sleeps: v.sleeps }
        })
        .collect();
    let (plan, rounds, report) = pool.install(|| -> Result<_, Failure> {
        let demand = Demand::new(scenario, &table);
        let visits = complete(scenario, &table, &demand, &chosen).map_err(Failure::internal)?;
        let bound = crude_bound(scenario, &demand);
        let mut plan: Plan = assemble(scenario, &table, &demand, &visits, Some(bound));
        if let Some(revision) = revision {
            settle(scenario, &mut plan, &given, revision, bound);
        }
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
                "notes": report.notes.iter().map(|v| super::failure::violation_json(v, lang)).collect::<Vec<_>>(),
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
            out += &verdicts::notes(&report.notes, &plan, lang);
            out += &verdicts::verdict(&report.violations, lang);
            if let Some(written) = written {
                let _ = writeln!(out, "{}", output::wrap(&written, output::width(), 0));
            }
            output::text(&out)?;
        }
    }
    Ok(verdicts::status(&report.violations))
}

/// The plan that was published before: the one named, or else one that was made anew, in the folder that is written or beside
/// the table; and whether it was named.
fn published(args: &CheckArgs, csv: &Path) -> Result<Option<(bool, Plan)>, Failure> {
    if let Some(path) = &args.published {
        return Ok(Some((true, verdicts::read(path)?)));
    }
    for folder in args.out.as_deref().into_iter().chain(csv.parent()) {
        let path = folder.join("plan.json");
        // One that cannot be read is an error: its visits could be lost.
        let plan = if path.is_file() { Some(verdicts::read(&path)?) } else { None };
        if let Some(plan) = plan.filter(|plan| plan.revision.is_some()) {
            return Ok(Some((false, plan)));
        }
    }
    Ok(None)
}

/// What becomes of the published plan; `None` of one that was not named and is of another scenario, or of other weeks.
fn revision_of(scenario: &Scenario, given: bool, plan: &Plan, args: &CheckArgs) -> Result<Option<Revision>, Failure> {
    let (theirs, ours) = (&plan.horizon, scenario.horizon);
    let same_weeks = (theirs.start, theirs.weeks) == (ours.start, ours.weeks);
    if plan.scenario.name != scenario.name || !same_weeks {
        let (name, start) = (&plan.scenario.name, theirs.start);
        return match given {
            false => Ok(None),
            true => Err(Failure::usage(
                format!(
                    "le plan publié est du scénario « {name} », {} semaines dès le {start} : donnez les mêmes",
                    theirs.weeks
                ),
                format!(
                    "the published plan is of scenario \"{name}\", {} weeks from {start}: give the same",
                    theirs.weeks
                ),
            )),
        };
    }
    let asked = Asked { now: args.input.now.map(|now| now.at), ..Asked::default() };
    revision(scenario, plan, &asked).map(Some).map_err(|e| replan::wrong(&e))
}

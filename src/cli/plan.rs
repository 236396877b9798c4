//! `tournee plan`: from a scenario to a plan, checked before anybody sees it.

use super::args::PlanArgs;
use super::log::Log;
use super::progress::Bar;
use super::{
    Context, ExitStatus, Failure, Format, explain, figures, files, ground, infeasible, margins, nothing, output,
    overview, promise_text, source, stop, summary, week,
};
use crate::check;
use crate::config::{Loaded, TravelSource};
use crate::demand::Demand;
use crate::domain::Scenario;
use crate::explain::{Desk, force_in};
use crate::optimise::{Ask, Outcome, Settings, Stopped, assemble, solve_for};
use crate::plan::Plan;
use crate::publish::tables;
use crate::report::{ServiceRounds, rounds};
use crate::travel::Table;
use std::fmt::Write as _;

/// Seconds to work, where neither a time nor a work limit is given.
const TIME_LIMIT: f64 = 60.0;

pub(super) fn run(context: Context, args: &PlanArgs) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let options = args.input.options();
    let threads = args.effort.work.threads;
    let ground::Ground { loaded, table, pool } =
        ground::ready(context, &args.scenario, &options, &args.input.source, threads)?;
    files::apart(args.out.as_deref(), files::OF_PLAN, &loaded.files)?;
    begun(&loaded.scenario)?;
    let mut log = args.log_json.as_deref().map(Log::open).transpose()?;
    if args.geometry && matches!(loaded.travel, TravelSource::Matrix(_)) {
        return Err(source::no_paths());
    }
    let (mut plan, rounds, stopped) = pool.install(|| -> Result<_, Failure> {
        let bar = Bar::new(context.lang);
        stop::listen(bar.acknowledge());
        let demand = Demand::new(&loaded.scenario, &table);
        let settings = args.effort.settings(TIME_LIMIT);
        let (mut plan, stopped) = solved(&loaded, (&table, &demand), settings, &bar, log.as_mut())?;
        if args.explain {
            forced(&loaded, (&table, &demand), settings, &bar, &mut plan)?;
        }
        let report = check::check(&loaded.scenario, &table, &plan);
        let rounds = rounds(&loaded.scenario, &table, &demand, &plan);
        if report.is_good() { Ok((plan, rounds, stopped)) } else { Err(Failure::unsound(report.violations)) }
    })?;
    let drawn = !args.geometry || source::with_paths(context, &loaded, &args.input.source, &mut plan);
    let scenario = &loaded.scenario;
    let written =
        args.out.as_ref().map(|folder| files::write(context, scenario, (&plan, &rounds), folder)).transpose()?;
    match context.format {
        Format::Json => output::json(&plan)?,
        Format::Csv => output::data(&tables::visits(scenario, &plan, context.lang))?,
        Format::Human => {
            let why = if plan.visits.is_empty() { nothing::why(scenario, &table, context.lang) } else { String::new() };
            output::text(&human(context, scenario, (&plan, &rounds), &why, written.as_deref()))?;
        }
    }
    let logged = log.is_none_or(|log| log.whole(context.lang));
    Ok(match (stopped, logged) {
        (Stopped::Interrupted, _) => ExitStatus::Interrupted,
        _ if !drawn => ExitStatus::Travel,
        (_, true) => ExitStatus::Done,
        (_, false) => ExitStatus::Usage,
    })
}

fn solved(
    loaded: &Loaded,
    (table, demand): (&Table, &Demand),
    settings: Settings,
    bar: &Bar,
    mut log: Option<&mut Log>,
) -> Result<(Plan, Stopped), Failure> {
    let scenario = &loaded.scenario;
    let mut progress = |now| {
        bar.update(now);
        if let Some(log) = &mut log {
            log.update(now);
        }
    };
    let ask = Ask { prices: true, ..Ask::default() };
    let outcome = solve_for(scenario, table, demand, settings, ask, &stop::asked, &mut progress);
    let (outcome, duties) = outcome.map_err(Failure::internal)?;
    match outcome {
        Outcome::Infeasible => {
            if let Some(log) = log {
                log.end("infeasible");
            }
            Err(infeasible::failure(loaded, table, settings.time_limit))
        }
        Outcome::NoPlan(stopped) => {
            if let Some(log) = log {
                log.end(stopped.name());
            }
            Err(Failure::no_plan(stopped == Stopped::Interrupted || stop::asked(), scenario.promises_hard()))
        }
        Outcome::Plan(solution) => {
            let visits = solution.visits(&duties);
            let mut plan = assemble(scenario, table, demand, &visits, Some(solution.upper_bound));
            solution.note(scenario, &mut plan);
            if let Some(log) = log {
                log.plan(&plan, solution.stopped.name());
            }
            Ok((plan, solution.stopped))
        }
    }
}

/// Notes the score of the plan with each of the sites left out forced in.
fn forced(
    loaded: &Loaded,
    (table, demand): (&Table, &Demand),
    settings: Settings,
    bar: &Bar,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let scenario = &loaded.scenario;
    let tell = |now| bar.update(now);
    let mut left_out = std::mem::take(&mut plan.not_served);
    let desk = Desk { scenario, travel: table, demand, plan, settings, stop: &stop::asked, tell: &tell };
    let done = force_in(&desk, &mut left_out);
    plan.not_served = left_out;
    done.map_err(|error| explain::failure(error, loaded, table, settings))
}

fn human(
    context: Context,
    scenario: &Scenario,
    (plan, rounds): (&Plan, &[ServiceRounds]),
    why: &str,
    written: Option<&str>,
) -> String {
    let lang = context.lang;
    let mut out = week::heading(scenario, lang);
    out += &overview::note(scenario, lang, true);
    out += &week::tables(scenario, plan, lang);
    out += why;
    out += &figures::coverage(scenario, &plan.coverage, lang);
    out += &figures::invitations(scenario, plan, lang);
    out += &promise_text::summary(scenario, plan, lang);
    out += &summary::rounds(scenario, rounds, lang);
    out += &figures::proof(plan, lang);
    out += &figures::left_out(scenario, plan, lang);
    out += &margins::margins(scenario, plan, lang);
    let text = written.unwrap_or(lang.pick(
        "Rien n'a été écrit : --out DOSSIER écrit le plan, les tableaux et les calendriers.",
        "Nothing has been written: --out FOLDER writes the plan, the tables and the calendars.",
    ));
    let _ = writeln!(out, "\n{}", output::wrap(text, output::width(), 0));
    out
}

/// A first plan is made before its weeks begin, or on their first day.
fn begun(scenario: &Scenario) -> Result<(), Failure> {
    let start = scenario.horizon.start;
    match scenario.now.filter(|now| *now > start) {
        None => Ok(()),
        Some(now) => Err(Failure::usage(
            format!(
                "--now {now} : la période à planifier commence le {start} ; --week prépare la suivante, « tournee replan » refait une semaine commencée"
            ),
            format!(
                "--now {now}: what is to be planned begins on {start}; --week plans the next week, \"tournee replan\" makes a week that has begun anew"
            ),
        )),
    }
}

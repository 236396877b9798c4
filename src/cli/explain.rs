//! `tournee explain`: why a town is not in a plan, and what it would take.

use super::args::ExplainArgs;
use super::progress::Bar;
use super::{
    Context, ExitStatus, Failure, Format, check as verdicts, explain_table, explain_text, ground, infeasible, names,
    output, stop, travel,
};
use crate::check;
use crate::config::Loaded;
use crate::demand::Demand;
use crate::domain::{CommuneId, Scenario, SiteId};
use crate::explain::{
    AllAnswer, Case, CommuneFacts, Desk, ExplainError, Explanation, Figures, ServedBy, Survey, TownAnswer, explain,
    reaching, served_by, survey,
};
use crate::i18n::Text;
use crate::optimise::{Must, Settings, Stopped};
use crate::plan::Plan;
use crate::travel::Table;
use std::collections::BTreeSet;

/// Seconds of each solve, where neither a time nor a work limit is given.
const TIME_LIMIT: f64 = 30.0;
/// Sites that are solved with them forced in, with `--all`.
const PRICED: usize = 10;

/// What is asked.
enum Question {
    /// A commune; with its own sites or, where it has none, those that reach it.
    Commune(CommuneId),
    /// A site.
    Site(SiteId),
    /// All sites.
    All,
}

/// The answer to a question on a town.
pub(super) struct Town {
    /// The commune.
    pub commune: CommuneId,
    /// Its own sites; of a question on a site that one.
    pub own: BTreeSet<SiteId>,
    /// People due, by service with a pool.
    pub due: Vec<(String, u32)>,
    /// Visits in it or within reach.
    pub served: Vec<ServedBy>,
    /// By kind of vehicle.
    pub cases: Vec<Case>,
}

/// What there is to say.
pub(super) enum Said {
    /// Of a town.
    Town(Town),
    /// Of all sites.
    All(Survey),
}

pub(super) fn run(context: Context, args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let plan = verdicts::read(&args.plan)?;
    if plan.revision.is_some() {
        return Err(Failure::usage(
            "ce plan a été refait : les prix d'explain ne tiennent pas compte des changements ; donnez le plan d'origine",
            "this plan was made anew: the prices of explain do not count changes; give the plan it was made from",
        ));
    }
    let options = verdicts::options(&plan, &args.input);
    let threads = args.effort.work.threads;
    let ground::Ground { loaded, table, pool } =
        ground::ready(context, &args.scenario, &options, &args.input.source, threads)?;
    ground::fits(&loaded, &plan)?;
    let scenario = &loaded.scenario;
    let question = question(scenario, args)?;
    let kinds = kinds(scenario, args.vehicle.as_deref())?;
    let said = pool.install(|| -> Result<_, Failure> {
        let bar = Bar::new(context.lang);
        stop::listen(bar.acknowledge());
        let report = check::check(scenario, &table, &plan);
        if !report.is_good() {
            return Err(broken(report.violations));
        }
        let demand = Demand::new(scenario, &table);
        let tell = |now| bar.update(now);
        let settings = args.effort.settings(TIME_LIMIT);
        let desk =
            Desk { scenario, travel: &table, demand: &demand, plan: &plan, settings, stop: &stop::asked, tell: &tell };
        let said = match question {
            Question::All => survey(&desk, &kinds, PRICED).map(Said::All),
            Question::Commune(commune) => town(&desk, commune, None, &kinds).map(Said::Town),
            Question::Site(site) => {
                town(&desk, scenario.sites[site.index()].commune, Some(site), &kinds).map(Said::Town)
            }
        };
        said.map_err(|error| failure(error, &loaded, &table, settings))
    })?;
    match context.format {
        Format::Json => output::json(&document(scenario, &plan, said))?,
        Format::Csv => output::data(&explain_table::csv(scenario, &said, context.lang))?,
        Format::Human => output::text(&explain_text::human(scenario, &plan, &said, context.lang))?,
    }
    Ok(if stop::asked() { ExitStatus::Interrupted } else { ExitStatus::Done })
}

/// How an explanation fails.
pub(super) fn failure(error: ExplainError, loaded: &Loaded, table: &Table, settings: Settings) -> Failure {
    match error {
        ExplainError::Solver(error) => Failure::internal(error),
        ExplainError::Unsound(violations) => Failure::unsound(violations),
        ExplainError::NoPlan(stopped) => {
            Failure::no_plan(stopped == Stopped::Interrupted || stop::asked(), loaded.scenario.promises_hard())
        }
        ExplainError::Infeasible => infeasible::failure(loaded, table, settings.time_limit),
    }
}

fn broken(violations: Vec<check::Violation>) -> Failure {
    let said = verdicts::summary(&violations);
    let message = Text::new(
        format!("le plan ne peut pas être expliqué : {} Voir « tournee check »", said.fr),
        format!("the plan cannot be explained: {} See \"tournee check\"", said.en),
    );
    Failure::broken(message, violations)
}

fn question(scenario: &Scenario, args: &ExplainArgs) -> Result<Question, Failure> {
    if let Some(name) = &args.commune {
        return travel::find(scenario, name).map(Question::Commune);
    }
    let Some(id) = &args.site else { return Ok(Question::All) };
    names::site(scenario, id).map(Question::Site)
}

/// The kinds of vehicle that are asked about.
fn kinds(scenario: &Scenario, wanted: Option<&str>) -> Result<Vec<String>, Failure> {
    let all: BTreeSet<&str> = scenario.vehicles.iter().map(|v| v.kind.as_str()).collect();
    match wanted {
        None => Ok(all.into_iter().map(str::to_owned).collect()),
        Some(kind) if all.contains(kind) => Ok(vec![kind.to_owned()]),
        Some(kind) => {
            let known = all.into_iter().collect::<Vec<_>>().join(", ");
            Err(Failure::usage(
                format!("aucun véhicule du type « {kind} » ; ceux du scénario : {known}"),
                format!("there is no vehicle of the kind \"{kind}\"; those of the scenario: {known}"),
            ))
        }
    }
}

/// Answers for a commune, or for one site of it.
fn town(desk: &Desk, commune: CommuneId, site: Option<SiteId>, kinds: &[String]) -> Result<Town, ExplainError> {
    let scenario = desk.scenario;
    let inside = (0..scenario.sites.len()).map(SiteId::new).filter(|s| scenario.sites[s.index()].commune == commune);
    let own: BTreeSet<SiteId> = site.map_or_else(|| inside.collect(), |site| BTreeSet::from([site]));
    let served = served_by(scenario, desk.demand, desk.plan, commune);
    let elsewhere = own.is_empty();
    let sites = if elsewhere { reaching(desk.demand, commune) } else { own.clone() };
    let mut cases = Vec::new();
    for kind in kinds {
        // A site elsewhere that is visited already would do: there is nothing to ask.
        let near = |s: &ServedBy| scenario.vehicles.iter().any(|v| v.id == s.vehicle && v.kind == *kind);
        if sites.is_empty() || elsewhere && served.iter().any(near) || (desk.stop)() {
            continue;
        }
        cases.push(explain(desk, &Must { kind: kind.clone(), sites: sites.clone() }, true)?);
    }
    let due = scenario.services.iter().zip(&desk.demand.services);
    let due = due.filter_map(|(s, pool)| Some((s.id.clone(), pool.as_ref()?.due[commune.index()]))).collect();
    Ok(Town { commune, own, due, served, cases })
}

/// The whole answer as it is written in JSON.
fn document(scenario: &Scenario, plan: &Plan, said: Said) -> Explanation {
    let (labels, plan) = (scenario.labels.clone(), Figures::of(plan));
    match said {
        Said::All(all) => Explanation::All(AllAnswer { labels, plan, all }),
        Said::Town(Town { commune, own, due, served, cases }) => {
            let place = &scenario.communes[commune.index()];
            let commune = CommuneFacts {
                code: place.code.clone(),
                name: place.name.clone(),
                in_scope: place.in_scope,
                due: due.into_iter().collect(),
                sites: own.iter().map(|s| scenario.sites[s.index()].id.clone()).collect(),
            };
            Explanation::Town(TownAnswer { labels, plan, commune, served_by: served, cases })
        }
    }
}

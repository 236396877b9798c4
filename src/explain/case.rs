//! One question: a kind of vehicle, and the sites one of which it should visit.

use super::balance::{Balance, Figures, balance};
use super::desk::{Desk, ExplainError};
use super::menu::{Entry, entries};
use super::reasons::{Reasons, reasons};
use super::trial::{Verdict, verdict};
use crate::domain::VehicleId;
use crate::optimise::Must;
use serde::Serialize;

/// What visiting would cost: the two solves, and the plan beside the one with the visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Price {
    /// The plan in question. Its bound is the one it states.
    pub plan: Figures,
    /// Solved again without the visit forced in.
    pub without: Figures,
    /// Solved again with it.
    pub with_it: Figures,
    /// Every plan with the visit scores at least this much less than the best plan: the better of the
    /// two plans without it, less the bound with it.
    pub loss_at_least: f64,
    /// Some plan with the visit scores at most this much less than the best plan: the bound without it, less
    /// the plan with it.
    pub loss_at_most: f64,
    /// Whether the solve without it found a better plan than the one in question, by more than the gap.
    pub plan_is_beaten: bool,
    /// Whether a best plan has the visit, up to the gap: then nothing needs changing.
    pub as_good: bool,
    /// From the plan in question to the one with the visit.
    pub balance: Balance,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "answer")]
#[allow(clippy::large_enum_variant)]
pub enum Answer {
    /// The plan has such a visit.
    InThePlan,
    /// No plan has one: proved by a solve, or by the rules of every day.
    Forbidden,
    /// What it would cost.
    Priced(Price),
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Case {
    /// The kind of vehicle.
    pub vehicle_kind: String,
    /// The sites, any of which would do.
    pub sites: Vec<String>,
    /// What the rules say of each vehicle of the kind at each site.
    pub reasons: Vec<Reasons>,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// The menu of changes; empty where nothing needs changing.
    pub menu: Vec<Entry>,
    /// Position in the menu of the cheapest change that lets it in.
    pub cheapest: Option<usize>,
}

/// Answers one question about the plan; `with_menu` tries the changes too.
///
/// # Errors
/// See [`ExplainError`].
pub fn explain(desk: &Desk, must: &Must, with_menu: bool) -> Result<Case, ExplainError> {
    let scenario = desk.scenario;
    let vehicles: Vec<VehicleId> = (0..scenario.vehicles.len())
        .map(VehicleId::new)
        .filter(|v| scenario.vehicles[v.index()].kind == must.kind)
        .collect();
    let all = must.sites.iter().flat_map(|&site| vehicles.iter().map(move |&vehicle| (vehicle, site)));
    let mut case = Case {
        vehicle_kind: must.kind.clone(),
        sites: must.sites.iter().map(|s| scenario.sites[s.index()].id.clone()).collect(),
        reasons: all.map(|(vehicle, site)| reasons(scenario, desk.travel, vehicle, site)).collect(),
        answer: Answer::InThePlan,
        menu: Vec::new(),
        cheapest: None,
    };
    let of_kind = |id: &str| vehicles.iter().any(|v| scenario.vehicles[v.index()].id == id);
    if desk.plan.visits.iter().any(|v| of_kind(&v.vehicle) && case.sites.contains(&v.site)) {
        return Ok(case);
    }
    case.answer = match desk.solve(scenario, &must.kind, Some(must), false)? {
        None => Answer::Forbidden,
        Some(with_it) => {
            let Some(without) = desk.solve(scenario, &must.kind, None, false)? else {
                return Err(ExplainError::Infeasible);
            };
            let plan = Figures::of(desk.plan);
            let best = without.figures.score.max(plan.score);
            let bound = with_it.figures.upper_bound.min(without.figures.upper_bound);
            let reference = Figures { score: best, ..without.figures };
            Answer::Priced(Price {
                plan,
                without: without.figures,
                with_it: with_it.figures,
                loss_at_least: (best - bound).max(0.0),
                loss_at_most: (without.figures.upper_bound - with_it.figures.score).max(0.0),
                plan_is_beaten: verdict(desk.settings.gap, plan, without.figures) != Verdict::LetsIn
                    && plan.score < without.figures.score,
                as_good: verdict(desk.settings.gap, with_it.figures, reference) == Verdict::LetsIn,
                balance: balance(scenario, desk.demand, desk.plan, &with_it.plan, &must.sites),
            })
        }
    };
    let settled = matches!(&case.answer, Answer::Priced(price) if price.as_good);
    if with_menu && !settled {
        case.menu = entries(desk, must)?;
        case.cheapest = case.menu.iter().position(|entry| entry.verdict == Verdict::LetsIn);
    }
    Ok(case)
}

//! The solves behind an answer: a part of the fleet planned again, with a visit forced in or without,
//! the others' tours as they are in the plan.

use super::balance::Figures;
use crate::check::{self, Violation};
use crate::demand::Demand;
use crate::domain::{CommuneId, Scenario, SiteId, VehicleId};
use crate::optimise::lp::LpError;
use crate::optimise::{
    Ask, LeftOut, Must, Outcome, PlannedVisit, Progress, Settings, Stopped, assemble, part_of, solve_for,
};
use crate::plan::Plan;
use crate::travel::Table;
use std::collections::{BTreeMap, BTreeSet};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The solver failed.
    #[error(transparent)]
    Solver(#[from] LpError),
    /// A plan of our own that breaks rules.
    #[error("a plan that was found breaks rules")]
    Unsound(Vec<Violation>),
    /// Stopped before there was a plan to compare with.
    #[error("no plan before the limit")]
    NoPlan(Stopped),
    /// No plan keeps the locks: the plan given cannot be one of this scenario.
    #[error("no plan keeps the rules and the locks")]
    Infeasible,
}

/// A plan that was found and checked.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The whole plan, the other vehicles' tours included.
    pub plan: Plan,
    /// Its score, and what no plan with those tours of the others scores more than.
    pub figures: Figures,
    /// Sites left out, where prices were asked for.
    pub left_out: Vec<LeftOut>,
}

/// When a solve ends before the gap that was asked for.
pub(super) struct Until<'u> {
    /// Once the figures of the whole plan decide the question.
    pub decided: &'u dyn Fn(Figures) -> bool,
    /// Once this gap is reached, where it is wider than the one asked for.
    pub gap: f64,
}

/// What all solves of a question share.
pub struct Desk<'a> {
    /// The scenario of the plan.
    pub scenario: &'a Scenario,
    /// Its trips.
    pub travel: &'a Table,
    /// Its demand; that of all changed scenarios too, which differ from it in the vehicles, the locks
    /// and the limits only.
    pub demand: &'a Demand,
    /// The plan in question.
    pub plan: &'a Plan,
    /// Limits of each solve.
    pub settings: Settings,
    /// Whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told how a solve is going.
    pub tell: &'a dyn Fn(Progress),
}

impl Desk<'_> {
    /// Plans the vehicles that a kind shares anything with, in a scenario that may be changed. `Ok(None)`
    /// when no plan has the visit: proved.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub fn solve(
        &self,
        scenario: &Scenario,
        kind: &str,
        must: Option<&Must>,
        prices: bool,
    ) -> Result<Option<Solved>, ExplainError> {
        self.plan_part(scenario, kind, self.settings, Ask { must, prices, ..Ask::default() })
    }

    /// The same, only until the figures of the whole plan decide a question, or a gap is reached.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub(super) fn decide(
        &self,
        scenario: &Scenario,
        kind: &str,
        must: Option<&Must>,
        until: &Until,
    ) -> Result<Option<Solved>, ExplainError> {
        let rest = self.plan_rest(kind);
        let enough = |now: Progress| {
            let (score, upper_bound) = (rest + now.incumbent, rest + now.bound);
            (until.decided)(Figures { score, upper_bound, gap: now.gap().unwrap_or(f64::INFINITY) })
        };
        let settings = Settings { gap: until.gap.max(self.settings.gap), ..self.settings };
        self.plan_part(scenario, kind, settings, Ask { must, enough: Some(&enough), ..Ask::default() })
    }

    fn plan_part(
        &self,
        scenario: &Scenario,
        kind: &str,
        settings: Settings,
        ask: Ask,
    ) -> Result<Option<Solved>, ExplainError> {
        let part = part_of(scenario, kind);
        let (demand, must) = (self.demand, ask.must);
        let ask = Ask { vehicles: Some(&part), ..ask };
        let mut tell = |now| (self.tell)(now);
        let answer = solve_for(scenario, self.travel, demand, settings, ask, self.stop, &mut tell)?;
        let (solution, duties) = match answer {
            (Outcome::Plan(solution), duties) => (solution, duties),
            (Outcome::Infeasible, _) if must.is_some() => return Ok(None),
            (Outcome::Infeasible, _) => return Err(ExplainError::Infeasible),
            (Outcome::NoPlan(stopped), _) => return Err(ExplainError::NoPlan(stopped)),
        };
        let others = self.others(&part);
        let rest = self.score_of(scenario, &others);
        let visits = [solution.visits(&duties), others].concat();
        let plan = assemble(scenario, self.travel, demand, &visits, Some(rest + solution.upper_bound));
        let report = check::check(scenario, self.travel, &plan);
        if !report.is_good() {
            return Err(ExplainError::Unsound(report.violations));
        }
        let figures = Figures::of(&plan);
        Ok(Some(Solved { plan, figures, left_out: solution.left_out }))
    }

    /// Score of the part of the plan that is not planned again for a kind.
    #[must_use]
    pub fn plan_rest(&self, kind: &str) -> f64 {
        let others = self.others(&part_of(self.scenario, kind));
        self.score_of(self.scenario, &others)
    }

    /// What some visits score that are not planned again. What promises cost that nobody keeps is in both parts of
    /// a plan, and counts once.
    fn score_of(&self, scenario: &Scenario, visits: &[PlannedVisit]) -> f64 {
        let plan = |visits| assemble(scenario, self.travel, self.demand, visits, None);
        plan(visits).score + plan(&[]).score_parts.promise
    }

    /// The visits of the plan by vehicles that are not planned again.
    fn others(&self, part: &BTreeSet<VehicleId>) -> Vec<PlannedVisit> {
        planned(self.scenario, self.plan).into_iter().filter(|v| !part.contains(&v.vehicle)).collect()
    }
}

/// The visits of a plan that the checker has passed, in the optimiser's terms.
#[must_use]
pub fn planned(scenario: &Scenario, plan: &Plan) -> Vec<PlannedVisit> {
    let vehicles: BTreeMap<&str, VehicleId> =
        scenario.vehicles.iter().enumerate().map(|(k, v)| (v.id.as_str(), VehicleId::new(k))).collect();
    let sites: BTreeMap<&str, SiteId> =
        scenario.sites.iter().enumerate().map(|(k, s)| (s.id.as_str(), SiteId::new(k))).collect();
    let communes: BTreeMap<&str, CommuneId> =
        scenario.communes.iter().enumerate().map(|(k, c)| (c.code.as_str(), CommuneId::new(k))).collect();
    let sleeps: BTreeSet<(&str, chrono::NaiveDate, &str)> =
        plan.tours.iter().filter_map(|t| Some((t.vehicle.as_str(), t.date, t.night_after.as_deref()?))).collect();
    let one = |visit: &crate::plan::Visit| {
        let invited = |part: &crate::plan::VisitService| {
            let list = part.invitations.iter().filter_map(|i| Some((*communes.get(i.commune.as_str())?, i.people)));
            let mut list: Vec<(CommuneId, u32)> = list.collect();
            list.sort_unstable();
            Some((scenario.service(&part.service)?, list))
        };
        Some(PlannedVisit {
            id: Some(visit.id.clone()),
            vehicle: *vehicles.get(visit.vehicle.as_str())?,
            day: scenario.horizon.day(visit.date)?,
            site: *sites.get(visit.site.as_str())?,
            sessions: visit.sessions.iter().map(|s| s.since_midnight(visit.date)).collect(),
            sleeps: sleeps.contains(&(visit.vehicle.as_str(), visit.date, visit.site.as_str())),
            invitations: visit.services.iter().filter_map(invited).collect(),
        })
    };
    let mut out: Vec<PlannedVisit> = plan.visits.iter().filter_map(one).collect();
    out.sort_by_key(|v| (v.day, v.vehicle, v.sessions.first().copied()));
    out
}

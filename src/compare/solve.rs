//! One solve of a comparison, and what is kept of it.

use crate::check;
use crate::demand::Demand;
use crate::domain::Scenario;
use crate::optimise::lp::LpError;
use crate::optimise::{Ask, Columns, Outcome, Progress, Settings, Stopped, Warm, assemble, solve_for};
use crate::plan::Plan;
use crate::travel::Table;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Something to solve.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it is called while it goes on.
    pub name: String,
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Its trips.
    pub table: Arc<Table>,
    /// When to stop.
    pub settings: Settings,
    /// Whether its plan may go without last touches.
    pub rough: bool,
    /// Position of the earlier task whose columns it begins with.
    pub like: Option<usize>,
}

/// How a solve ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// With a plan, for this reason.
    Plan(String),
    /// Proved: there is no plan.
    Infeasible,
    /// Before there was any plan.
    NoPlan,
    /// The plan breaks rules of the checker: an error of ours.
    Unsound(Vec<String>),
    /// The solver failed: an error of ours.
    Failed(String),
}

/// What a solve gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Solved {
    /// How it ended.
    pub end: End,
    /// The plan, checked.
    pub plan: Option<Plan>,
    /// What the next solve may begin with.
    pub columns: Columns,
}

impl Solved {
    fn without(end: End) -> Self {
        Self { end, plan: None, columns: Columns::default() }
    }

    /// Whether it is worth keeping: it was not cut short from outside.
    #[must_use]
    pub fn finished(&self) -> bool {
        match &self.end {
            End::Plan(stopped) => stopped != Stopped::Interrupted.name(),
            End::Infeasible | End::NoPlan => true,
            End::Unsound(_) | End::Failed(_) => false,
        }
    }

    /// What everybody else beginning with it has.
    fn warm(&self, task: &Task) -> Option<Warm> {
        self.plan.as_ref().map(|_| Warm::new(&task.scenario, &task.table, self.columns.clone()))
    }
}

/// Solves a task, beginning with the columns of another one, and checks its plan.
pub(super) fn solve(
    task: &Task,
    earlier: Option<(&Task, &Solved)>,
    stop: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(Progress),
) -> Solved {
    let (scenario, table) = (&*task.scenario, &*task.table);
    let demand = Demand::new(scenario, table);
    let warm = earlier.and_then(|(task, solved)| solved.warm(task));
    let ask = Ask { warm: warm.as_ref(), columns: true, rough: task.rough, ..Ask::default() };
    let outcome = solve_for(scenario, table, &demand, task.settings, ask, stop, tell);
    let made = |error: LpError| Solved::without(End::Failed(error.to_string()));
    let (outcome, duties) = match outcome {
        Ok(done) => done,
        Err(error) => return made(error),
    };
    match outcome {
        Outcome::Infeasible => Solved::without(End::Infeasible),
        Outcome::NoPlan(Stopped::Interrupted) => Solved::without(End::Plan(Stopped::Interrupted.name().into())),
        Outcome::NoPlan(_) => Solved::without(End::NoPlan),
        Outcome::Plan(mut solution) => {
            let mut plan = assemble(scenario, table, &demand, &solution.visits(&duties), Some(solution.upper_bound));
            plan.solver = Some(solution.solver());
            let report = check::check(scenario, table, &plan);
            if !report.is_good() {
                let mut codes: Vec<String> = report.violations.iter().map(|v| v.code.to_owned()).collect();
                codes.dedup();
                return Solved::without(End::Unsound(codes));
            }
            let columns = solution.columns.take().map(|columns| *columns).unwrap_or_default();
            Solved { end: End::Plan(solution.stopped.name().into()), plan: Some(plan), columns }
        }
    }
}

/// Everything a solve depends on, as 64 hexadecimal digits: tasks with the same one are the same.
pub(super) fn key(task: &Task, table: &[u8; 32], earlier: Option<&str>) -> String {
    let mut hash = Hashed(Sha256::new());
    hash.0.update(env!("CARGO_PKG_VERSION"));
    hash.0.update(table);
    hash.0.update(earlier.unwrap_or("alone"));
    // Whatever is part of a scenario is part of what it prints for debugging: nothing can be forgotten here.
    let _ = write!(hash, "{:?}{:?}{:?}", task.settings, task.rough, without_words(&task.scenario));
    hex(&hash.0.finalize())
}

/// The scenario without what changes no plan: names, labels, costs.
#[must_use]
pub(super) fn without_words(scenario: &Scenario) -> Scenario {
    let mut out = scenario.clone();
    (out.name, out.title, out.input_hash) = Default::default();
    out.labels.clear();
    out.costs = None;
    for vehicle in &mut out.vehicles {
        vehicle.name.clear();
        vehicle.costs = None;
    }
    out
}

/// The digest of a text that is too long to be kept.
pub(super) fn digest(what: &dyn fmt::Debug) -> String {
    let mut hash = Hashed(Sha256::new());
    let _ = write!(hash, "{what:?}");
    hex(&hash.0.finalize())
}

struct Hashed(Sha256);

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! A comparison as it is written to `comparison.json`.

use crate::i18n::Text;
use crate::plan::{Coverage, PromiseFigures};
pub use crate::units::rounded_up;
use chrono::NaiveDate;
use serde::Serialize;

/// Version of the format; raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Scenarios side by side, and what may be claimed of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Comparison {
    /// Version of this format.
    pub schema_version: u32,
    /// Short name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// The first Monday.
    pub start: NaiveDate,
    /// Whole weeks.
    pub weeks: u32,
    /// The service whose additional people are counted.
    pub service: ServiceName,
    /// What must be said wherever the figures are shown: estimates, demonstration data, assumptions.
    pub labels: Vec<Text>,
    /// Code of the currency of all costs; absent where no costs are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Where the unit costs are from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_source: Option<Text>,
    /// The scenarios, in the order of the grid.
    pub scenarios: Vec<Row>,
    /// What one change is worth: pairs of scenarios that differ in one thing.
    pub steps: Vec<Step>,
    /// Scenarios that another one is at least as good as, at no more cost.
    pub dominated: Vec<Dominated>,
    /// What may be said in words.
    pub statements: Vec<Statement>,
    /// Whether the ranking holds under other assumptions; absent where that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// Two scenarios territory by territory; absent where that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<Pairwise>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct ServiceName {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: Text,
}

/// Something known to lie between two numbers, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Range {
    /// It is no less than this.
    pub at_least: f64,
    /// It is no more than this.
    pub at_most: f64,
}

impl Range {
    /// Whether all of it lies below all of another, by more than rounding.
    #[must_use]
    pub fn below(self, other: Self) -> bool {
        self.at_most < other.at_least - 1e-9 * other.at_least.abs().max(1.0)
    }

    /// Its ends rounded outward to so many decimals: what is shown holds.
    #[must_use]
    pub fn outward(self, decimals: usize) -> (f64, f64) {
        (-rounded_up(-self.at_least, decimals) + 0.0, rounded_up(self.at_most, decimals))
    }

    /// What is added from one to another.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { at_least: other.at_least - self.at_most, at_most: other.at_most - self.at_least }
    }
}

/// What became of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has a plan.
    Solved,
    /// Proved: there is no plan.
    Infeasible,
    /// No plan was found before the limit.
    NoPlan,
    /// It cannot be read, or its travel times could not be had, or it does not count like the others.
    Broken,
    /// Somebody stopped the work before it was done.
    Stopped,
    /// An error of the program.
    Failed,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Row {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Which value of each axis of the grid it has, from 0; the first axis is that of named variants.
    pub choice: Vec<usize>,
    /// What became of it.
    pub status: Status,
    /// What is wrong with it, where something is.
    pub problems: Vec<Text>,
    /// Its vehicles, by kind.
    pub vehicles: Vec<KindCount>,
    /// Score of its plan, and a bound that no plan of it can exceed; absent without a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Range>,
    /// Coverage score of its plan: what the gap is relative to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage_score: Option<f64>,
    /// `(bound − score) / max(coverage score, 1)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// Why its solve ended: `gap`, `work`, `time`, `interrupted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
    /// Additional people of the service that plans of it can serve at most: of a plan that was found for that, and a bound from
    /// the same solve that no plan of it can exceed; absent where no vehicle offers the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_additional: Option<Range>,
    /// Figures of its plan; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

impl Row {
    /// A scenario of which nothing is known yet.
    #[must_use]
    pub fn new(id: &str, name: Text, choice: Vec<usize>) -> Self {
        Self {
            id: id.into(),
            name,
            choice,
            status: Status::Broken,
            problems: Vec::new(),
            vehicles: Vec::new(),
            score: None,
            coverage_score: None,
            gap: None,
            stopped_by: None,
            most_additional: None,
            figures: None,
        }
    }
}

/// So many vehicles of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: usize,
}

/// Figures of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Figures {
    /// People by service, never to be added up across services.
    pub coverage: Vec<Coverage>,
    /// Additional people of the service that the comparison counts.
    pub additional: f64,
    /// How far the promise of care is kept, by service and clock.
    pub promise: Vec<PromiseFigures>,
    /// Minutes by car within which a visit is in reach.
    pub reach_minutes: f64,
    /// Residents of the scope within that of some visit.
    pub residents_in_reach: u64,
    /// Residents of the scope.
    pub residents: u64,
    /// The territory that is served worst, of those with people due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<WorstServed>,
    /// Appointments by where their visit is.
    pub appointments: AppointmentsBy,
    /// Visits.
    pub visits: u32,
    /// Invitations.
    pub invitations: u32,
    /// Kilometres driven.
    pub kilometres: f64,
    /// Hours driven.
    pub driving_hours: f64,
    /// Hours of crews on duty, breaks aside: each vehicle's crew counts once.
    pub crew_hours: f64,
    /// Nights out.
    pub nights: u32,
    /// What it costs; absent where a unit cost of some vehicle is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Of which has to be paid whatever the plan is: what any plan of this fleet costs at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_cost: Option<f64>,
    /// CO₂ of the driving, kilograms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co2_kg: Option<f64>,
    /// What an additional person of the service costs: all costs by all of them; absent where there is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_additional: Option<f64>,
}

/// The territory whose people have received the smallest part of their fair share.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct WorstServed {
    /// Its code; of several that have received as little, the one with most people due.
    pub territory: String,
    /// Its name.
    pub name: String,
    /// What it has received by the end of the plan, in fair shares.
    pub received: f64,
    /// People due there.
    pub due: u32,
    /// Territories that have received as little.
    pub alike: usize,
    /// Territories with people due.
    pub territories: usize,
}

/// Appointments of all services together, by the class of the place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct AppointmentsBy {
    /// All of them.
    pub all: u32,
    /// In a territory of class ZIP.
    pub zip: u32,
    /// In a territory of class ZAC.
    pub zac: u32,
    /// In a commune with a priority neighbourhood (QPV).
    pub qpv: u32,
}

/// What one change is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Step {
    /// The scenario before.
    pub from: String,
    /// The scenario after.
    pub to: String,
    /// Whether every plan of the one before is a plan of the one after: its best plan is then no worse.
    pub nested: bool,
    /// What it adds to the score of the best plan.
    pub score: Range,
    /// What it adds to the most additional people that a plan can serve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional: Option<Range>,
    /// What it adds to the cost, between the two plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// What it adds to the additional people, between the two plans.
    pub additional_of_plans: f64,
    /// What an additional person more costs, between the two plans; absent where there are none more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_additional: Option<f64>,
}

/// A scenario that another one is at least as good as, at no more cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Dominated {
    /// The scenario.
    pub scenario: String,
    /// The other one.
    pub by: String,
    /// Whether that is proved: the plan of the other scores as much as any plan of this one can, and costs no more than any
    /// plan of this one must. If not, it is so of the two plans found.
    pub surely: bool,
}

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The score.
    Score,
    /// Additional people of the service.
    Additional,
}

/// What is known of whether a scenario can reach another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proved: no plan of the lesser can reach what the plan of the greater reaches.
    CannotReach,
    /// Proved: the best plans of both are worth the same, since what differs does not matter for it.
    Same,
    /// Not proven: the intervals overlap.
    NotProven,
}

/// What may be said of two scenarios.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Statement {
    /// What it is about.
    pub about: About,
    /// The scenario that is said not to reach the other one.
    pub lesser: String,
    /// The other one.
    pub greater: String,
    /// What is known.
    pub verdict: Verdict,
    /// Where it is not: the gap to which the lesser would have to be solved to decide it; absent where no gap would be sure to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_to_decide: Option<f64>,
    /// It in words.
    pub text: Text,
}

/// Whether the ranking by score holds under other assumptions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Sensitivity {
    /// Whether no proved order of two scenarios turns round under any of them.
    pub holds: bool,
    /// Whether every proved order is proved again under all of them.
    pub proved: bool,
    /// The other assumptions.
    pub worlds: Vec<WorldRow>,
}

/// The ranking under other assumptions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct WorldRow {
    /// What is assumed otherwise: `uptake`, `half_distance`, `additionality`, `speed`, `participation`, `together`.
    pub assumption: String,
    /// The factor on it; of all together, whether they are all lower or all higher.
    pub factor: f64,
    /// In words.
    pub name: Text,
    /// Scores, in the order of the scenarios; absent where there is no plan.
    pub scores: Vec<Option<Range>>,
    /// Pairs of scenarios, the better one first as it was proved to be, whose order is proved to be the other way round.
    pub flipped: Vec<[String; 2]>,
    /// Pairs whose order was proved and is not, here.
    pub open: Vec<[String; 2]>,
}

/// Two scenarios territory by territory.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Pairwise {
    /// The first scenario.
    pub a: String,
    /// The second one.
    pub b: String,
    /// Territories with people due or invited.
    pub territories: Vec<TerritoryPair>,
}

/// A territory in two scenarios, for the service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct TerritoryPair {
    /// Its code.
    pub territory: String,
    /// Its name.
    pub name: String,
    /// Its class: `ZIP`, `ZAC` or `none`.
    pub class: String,
    /// People due.
    pub due: u32,
    /// Visits that reach it, in the first and in the second.
    pub visits: [u32; 2],
    /// Expected additional people, likewise.
    pub additional: [f64; 2],
    /// Received by the end of the plan, in fair shares, likewise.
    pub received: [f64; 2],
}

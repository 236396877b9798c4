//! The types of `plan.json`.

use super::figures::{Coverage, PromiseFigures, ScoreParts};
use super::revision::Revision;
use crate::domain::{ClockKind, Window, instant};
use crate::i18n::Text;
use crate::units::Seconds;
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

/// Version of the format; raised when a field changes its meaning or goes away, or when a plan must keep more rules: 2 since
/// rules 12 and 13 of model.md. Earlier ones are read.
pub const SCHEMA_VERSION: u32 = 2;

/// Why a search ended, as [`Solver::stopped_by`] says it: the gap was reached; nothing was left to search though it was not
/// (too many tours to know them all, too many ways of putting them on days, whole invitations not proved best); the caller's
/// question was decided; the limit on work; that on time; the stop signal.
pub const STOPPED_BY: [&str; 8] = ["gap", "tours", "days", "invitations", "decided", "work", "time", "interrupted"];

/// A plan with a smaller gap is proved to be a best one: the rest is rounding.
pub const PROVED_GAP: f64 = 1e-6;

/// A published or publishable plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format.
    pub schema_version: u32,
    /// What it was planned for.
    pub scenario: ScenarioRef,
    /// The weeks planned.
    pub horizon: PlanHorizon,
    /// Date of planning, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_on: Option<NaiveDate>,
    /// Score of the plan, in weighted contacts, on whole invitations.
    pub score: f64,
    /// No plan feasible under the same rules and inputs scores more.
    pub upper_bound: f64,
    /// `(upper_bound − score) / max(coverage score, 1)`.
    pub gap: f64,
    /// Whether the plan is proved to be a best one (gap below 1e-6).
    pub proved_optimal: bool,
    /// Whether no other whole invitations to these visits are worth more by 0.01 % of the score: that is proved.
    #[serde(default)]
    pub invitations_proved: bool,
    /// No other whole invitations to these visits are worth more than this part of the score; absent where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitations_gap: Option<f64>,
    /// The score, part by part.
    pub score_parts: ScoreParts,
    /// Figures per service with a pool; never to be added up across services.
    pub coverage: Vec<Coverage>,
    /// How far the promise of care is kept, by service and clock.
    #[serde(default)]
    pub promise: Vec<PromiseFigures>,
    /// One per vehicle and day out, by date, then vehicle.
    pub tours: Vec<Tour>,
    /// By date, opening time, then vehicle.
    pub visits: Vec<Visit>,
    /// The best sites that were left out.
    pub not_served: Vec<NotServed>,
    /// What a little more of each vehicle could be worth at most.
    #[serde(default)]
    pub shadow_prices: Vec<ShadowPrices>,
    /// How the plan was found; for people and benchmarks, not part of its meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solver: Option<Solver>,
    /// What it changes of a plan that was published; absent where it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

impl Plan {
    /// States score, bound and gap from the parts of the score. The bound is stated as it is, or as the score when it lies
    /// below it by rounding, or where there is none.
    pub fn conclude(&mut self, upper_bound: Option<f64>) {
        self.score = self.score_parts.total();
        self.upper_bound = upper_bound.unwrap_or(self.score).max(self.score);
        self.gap = (self.upper_bound - self.score) / self.score_parts.coverage.max(1.0);
        self.proved_optimal = self.gap < PROVED_GAP;
    }

    /// The tour of a visit, if there is one.
    #[must_use]
    pub fn tour_of(&self, visit: &Visit) -> Option<&Tour> {
        self.tours.iter().find(|t| t.vehicle == visit.vehicle && t.date == visit.date)
    }

    /// Whether the vehicle spends the night after a visit where it is: the day's last visit, and no
    /// trip follows.
    #[must_use]
    pub fn sleeps(&self, visit: &Visit) -> bool {
        self.tour_of(visit).is_some_and(|tour| {
            let stays = tour.legs.last().is_none_or(|leg| leg.arrive <= visit.arrive);
            stays && tour.night_after.as_ref() == Some(&visit.site)
        })
    }

    /// Whether the vehicle spent the night before a visit where it is, and opens there again.
    #[must_use]
    pub fn woke(&self, visit: &Visit) -> bool {
        self.tour_of(visit).is_some_and(|tour| {
            let stayed = tour.legs.first().is_none_or(|leg| visit.leave <= leg.depart);
            stayed && tour.night_before.as_ref() == Some(&visit.site)
        })
    }
}

/// The scenario a plan belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScenarioRef {
    /// Its name.
    pub name: String,
    /// SHA-256 over the resolved configuration and the content of every input file.
    pub hash: String,
    /// What must be said wherever the figures are shown, in both languages: estimates,
    /// demonstration data.
    pub labels: Vec<Text>,
}

/// The weeks planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanHorizon {
    /// The first Monday.
    pub start: NaiveDate,
    /// Whole weeks.
    pub weeks: u32,
    /// Time zone of all instants, `Europe/Paris`.
    pub zone: String,
}

/// One vehicle's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tour {
    /// Identifier of the vehicle.
    pub vehicle: String,
    /// The day.
    pub date: NaiveDate,
    /// Departure from the base; begin of duty at the site where it slept.
    pub start: DateTime<FixedOffset>,
    /// Arrival at the base; end of the last session at the site where it sleeps.
    pub end: DateTime<FixedOffset>,
    /// The site where the vehicle spent the night before; absent when it starts at the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night_before: Option<String>,
    /// The site where the vehicle spends the night after; absent when it returns to the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night_after: Option<String>,
    /// Trips, in order, from the base (or where it slept) to the base (or where it sleeps); none
    /// when it does not move.
    pub legs: Vec<Leg>,
    /// The break, where the tour needs one.
    #[serde(rename = "break", default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Break>,
    /// The weekly quality control, in the first tour of a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_control: Option<Break>,
}

/// One trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// Where from.
    pub from: Stop,
    /// Where to.
    pub to: Stop,
    /// Departure.
    pub depart: DateTime<FixedOffset>,
    /// Arrival.
    pub arrive: DateTime<FixedOffset>,
    /// Driving time, `arrive − depart`.
    pub seconds: u32,
    /// Length of the path.
    pub metres: u32,
    /// The path, as an encoded polyline with five decimals (latitude before longitude, as that format has it); present
    /// where the plan was made with `--geometry`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<String>,
}

/// An end of a trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The base of the vehicle.
    Base,
    /// A site, by its identifier.
    Site(String),
}

/// The crew's break, or a quality control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// Its start.
    pub start: DateTime<FixedOffset>,
    /// Its end.
    pub end: DateTime<FixedOffset>,
}

/// All the sessions of one vehicle at one site on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Identity: the vehicle, the site and the day for which it was first planned; kept when it moves, never given to another
    /// visit. Visits published by earlier versions keep theirs: the site and a number.
    pub id: String,
    /// Identifier of the vehicle.
    pub vehicle: String,
    /// Identifier of the site.
    pub site: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// The day.
    pub date: NaiveDate,
    /// Arrival of the vehicle.
    pub arrive: DateTime<FixedOffset>,
    /// Openings to the public, in order.
    pub sessions: Vec<Session>,
    /// Departure of the vehicle.
    pub leave: DateTime<FixedOffset>,
    /// What is offered, and who is invited.
    pub services: Vec<VisitService>,
}

/// One uninterrupted opening to the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Opening.
    pub open: DateTime<FixedOffset>,
    /// Closing.
    pub close: DateTime<FixedOffset>,
}

impl Session {
    /// Its opening and closing in seconds since the local midnight of a date.
    #[must_use]
    pub fn since_midnight(&self, date: NaiveDate) -> Window {
        let midnight = instant(date, Seconds(0));
        let since = |at: DateTime<FixedOffset>| {
            let seconds = (at - midnight).num_seconds();
            Seconds(i32::try_from(seconds).unwrap_or(if seconds < 0 { i32::MIN } else { i32::MAX }))
        };
        Window { from: since(self.open), to: since(self.close) }
    }
}

/// A service during a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitService {
    /// Identifier of the service.
    pub service: String,
    /// Appointments offered over all sessions.
    pub appointments: u32,
    /// People expected to come: `Σ u·x`.
    pub expected: f64,
    /// Of whom additional: `Σ g·u·x`.
    pub expected_additional: f64,
    /// Whom to invite, by commune; empty for a service without a pool.
    pub invitations: Vec<InvitationLine>,
    /// Where people can go on to after the visit, by clock; empty for a service without follow-up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_up: Vec<FollowUpLine>,
}

impl VisitService {
    /// The follow-up on a clock.
    #[must_use]
    pub fn followed(&self, clock: ClockKind) -> Option<&FollowUpLine> {
        self.follow_up.iter().find(|line| line.clock == clock)
    }

    /// Letters to the commune of a visit, by its code, and to all others around it.
    #[must_use]
    pub fn letters(&self, host: &str) -> (u32, u32) {
        let of = |here: bool| self.invitations.iter().filter(|i| (i.commune == host) == here).map(|i| i.people).sum();
        (of(true), of(false))
    }
}

/// Where people can go on to after a visit: imaging, or whatever else counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FollowUpLine {
    /// The clock on which hours are counted.
    pub clock: ClockKind,
    /// The fixed point nearest to the visit that is open within the hours promised; absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<FollowUpPoint>,
    /// People invited; residents of the commune where nobody is.
    pub people: u32,
    /// Of whom have such a point within the minutes promised of their commune.
    pub followed: u32,
}

impl FollowUpLine {
    /// Whether everybody has a point to go on to.
    #[must_use]
    pub fn kept(&self) -> bool {
        self.followed == self.people
    }
}

/// A fixed point to go on to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FollowUpPoint {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Access time by car from the commune of the visit, minutes.
    pub minutes: f64,
    /// When it is first open after the end of the visit.
    pub opens: DateTime<FixedOffset>,
}

/// People of one commune to invite to one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationLine {
    /// INSEE code.
    pub commune: String,
    /// Invitations to send, at least 1.
    pub people: u32,
    /// Expected to come: `u · people`.
    pub expected: f64,
}

/// A site that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NotServed {
    /// Identifier of the site.
    pub site: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// Kind of vehicle the price is for.
    pub vehicle_kind: String,
    /// What the best tour through it is worth less than the best one of the same vehicle, at the prices of
    /// the root: never positive, and 0 where many sites are as good as each other. Where nights may be
    /// spent out, only the value of a single visit less that of its day, which may be too high.
    pub reduced_value: f64,
    /// No plan with such a visit scores more: proven at the prices of the root. Absent where it is
    /// not known.
    #[serde(default)]
    pub score_at_most: Option<f64>,
    /// Score of the plan that was found with such a visit forced into it, with `plan --explain`.
    #[serde(default)]
    pub score_with_it: Option<f64>,
}

/// What a little more of one vehicle could be worth at most, in the unit of the score (about one
/// woman): by how much the bound would rise at the prices of the root. A plan need not gain as
/// much; nothing more than this can be gained on the root's bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShadowPrices {
    /// Identifier of the vehicle.
    pub vehicle: String,
    /// One more day, like the best of its days without locked visits; absent where it has none.
    pub day: Option<f64>,
    /// An hour more of shift every day, at its beginning or at its end.
    pub shift_hour: Option<f64>,
    /// One more appointment an hour in each lane.
    pub appointment_per_hour: Option<f64>,
}

/// How the plan was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Solver {
    /// Gap of the root's bound against the final score.
    pub root_gap: f64,
    /// Gap of the first integer plan of the restricted master against the root's bound.
    pub first_gap: f64,
    /// Why it stopped: `gap`, `work`, `time` or `interrupted`.
    pub stopped_by: String,
    /// Columns priced into the masters.
    pub columns: u64,
    /// Rounds of pricing.
    pub rounds: u64,
    /// Nodes of the search tree.
    pub nodes: u64,
}

//! The scenario as it is written in TOML. The JSON Schema is made from these types; every value
//! is validated against it before it gets here, so that defaults live in one place.

use super::raw_costs::RawCosts;
use super::raw_fleet::{RawCrew, RawVehicle};
use super::raw_promise::{RawFollowUp, RawPromise};
use super::raw_travel::RawTravel;
use serde::{Deserialize, Serialize};

/// A span of the day, such as `08:00-12:00`.
pub(super) const HOURS: &str = r"^([01]?\d|2[0-3]):[0-5]\d-(([01]?\d|2[0-3]):[0-5]\d|24:00)$";
/// A date or a period, such as `2026-12-24` or `2026-12-24..2027-01-01`.
pub(super) const DATES: &str = r"^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?$";
/// An ISO week, such as `2026-W49`.
pub(super) const WEEK: &str = r"^\d{4}-W\d{2}$";
/// An identifier: small letters, digits and hyphens.
pub(super) const IDENTIFIER: &str = r"^[a-z0-9]+(-[a-z0-9]+)*$";
/// A domain, such as `visites.exemple.fr`.
#[cfg(test)]
pub(super) const DOMAIN: &str = r"^[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)+$";
/// Longest lead time of a permit, days.
pub(super) const MAX_LEAD_DAYS: u32 = 730;
/// Most weeks planned at once: two years, after which women who take part come due again.
pub const MOST_WEEKS: u32 = 104;
/// An INSEE code of a commune.
pub(super) const INSEE: &str = r"^(\d{2}|2[AB])\d{3}$";

/// A planning scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(test, schemars(title = "tournee scenario"))]
pub(super) struct RawScenario {
    /// Short name, used in file names.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub name: String,
    /// Title people read; the name when absent.
    pub title: Option<String>,
    /// Another scenario that this one is laid over, relative to this file: tables are merged key
    /// by key, services, crews and vehicles by `id`, everything else is replaced.
    pub base: Option<String>,
    /// First ISO week planned, such as `2026-W49`; `--week` takes precedence.
    #[cfg_attr(test, schemars(regex(pattern = WEEK)))]
    pub week: Option<String>,
    /// Number of weeks planned.
    #[serde(default = "one")]
    #[cfg_attr(test, schemars(range(min = 1, max = MOST_WEEKS)))]
    pub weeks: u32,
    /// What must be said wherever figures are shown, besides what the status columns of the data
    /// make the planner say by itself.
    #[serde(default)]
    pub labels: Vec<RawLabel>,
    /// The tables.
    pub files: RawFiles,
    /// What is planned for.
    #[serde(default)]
    pub scope: RawScope,
    /// Times that hold for everybody.
    #[serde(default)]
    pub time: RawTime,
    /// Limits on work.
    #[serde(default)]
    pub limits: RawLimits,
    /// Access and driving.
    #[serde(default)]
    pub travel: RawTravel,
    /// Prices, in weighted contacts.
    #[serde(default)]
    pub prices: RawPrices,
    /// Fairness between territories.
    #[serde(default)]
    pub fairness: RawFairness,
    /// What is published; of no consequence for a plan.
    #[serde(default)]
    pub publication: RawPublication,
    /// What things cost, for `tournee compare`; of no consequence for a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<RawCosts>,
    /// Kinds of appointment.
    #[serde(rename = "service")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub services: Vec<RawService>,
    /// Scarce crew that the vehicles share.
    #[serde(rename = "crew", default)]
    pub crews: Vec<RawCrew>,
    /// The fleet.
    #[serde(rename = "vehicle")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub vehicles: Vec<RawVehicle>,
}

/// A sentence in both languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawLabel {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

/// The tables, each relative to the TOML file that names it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawFiles {
    /// Communes: positions, population, women aged 50 to 74.
    pub communes: String,
    /// Parking places.
    pub sites: String,
    /// Territory of each commune; a column `territory` of the communes file when absent.
    pub zones: Option<String>,
    /// Public and school holidays, with the dates they are known for.
    pub calendar: String,
    /// Names of départements and intercommunalities.
    pub areas: Option<String>,
    /// Outlines of communes for maps (.geojson or .geojson.gz), features with a property `code`.
    pub outlines: Option<String>,
    /// Fixed places of care.
    pub care_points: Option<String>,
    /// Fixed mammography sites.
    pub imaging_sites: Option<String>,
    /// Visits made before the horizon, in the format of `invitations.csv`.
    #[serde(default)]
    pub past: Vec<String>,
    /// Nodes of the road graph (.csv or .csv.gz); the shipped graph of Hauts-de-France when absent.
    pub road_nodes: Option<String>,
    /// Edges of the road graph (.csv or .csv.gz).
    pub road_edges: Option<String>,
    /// Trips by car (.csv or .json), for `[travel] source = "matrix"`.
    pub matrix: Option<String>,
    /// Visits that must be in the plan.
    pub locks: Option<String>,
    /// Visits that must not be.
    pub forbidden: Option<String>,
}

/// What is planned for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawScope {
    /// Départements whose communes are invited and counted and whose sites may be used; all when
    /// absent.
    pub departements: Option<Vec<String>>,
    /// Statuses of the sites that may be used; all when absent.
    pub site_statuses: Option<Vec<RawSiteStatus>>,
    /// Whether planned care points count as open.
    pub count_planned_care_points: bool,
    /// Planned care points and imaging sites that count as open, by `id`.
    pub planned_care_points: Vec<String>,
    /// Days from planning (`--now`) to the first visit that a permit still to be had takes, where
    /// the site has none of its own.
    #[cfg_attr(test, schemars(range(min = 0, max = MAX_LEAD_DAYS)))]
    pub permit_lead_days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSiteStatus {
    Used,
    Demonstration,
    Candidate,
    Approved,
}

/// Times that hold for everybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawTime {
    /// Sessions begin and end on multiples of this many minutes.
    #[cfg_attr(test, schemars(range(min = 1, max = 60)))]
    pub grid_minutes: u32,
    /// Hours in which sessions may lie, Monday to Friday.
    #[cfg_attr(test, schemars(length(min = 1), inner(regex(pattern = HOURS))))]
    pub public_hours: Vec<String>,
    /// The same on Saturdays and Sundays; none when empty.
    #[cfg_attr(test, schemars(inner(regex(pattern = HOURS))))]
    pub weekend_hours: Vec<String>,
    /// Length of the crew's break.
    #[cfg_attr(test, schemars(range(min = 0, max = 240)))]
    pub break_minutes: u32,
    /// Where the break lies.
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub break_window: String,
    /// Days before a visit at which invitations are sent.
    #[cfg_attr(test, schemars(range(min = 0, max = 365)))]
    pub send_ahead_days: u32,
    /// Months in which a person invited is not invited again.
    #[cfg_attr(test, schemars(range(min = 0, max = 120)))]
    pub reinvite_months: u32,
}

/// Limits on work.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawLimits {
    /// Working time of a tour: arrival − departure − break.
    #[cfg_attr(test, schemars(range(min = 1, max = 1440)))]
    pub working_minutes_per_day: u32,
    /// Working time of a vehicle's crew in one ISO week.
    #[cfg_attr(test, schemars(range(min = 1, max = 10080)))]
    pub working_minutes_per_week: u32,
    /// Driving in one day.
    #[cfg_attr(test, schemars(range(min = 1, max = 1440)))]
    pub driving_minutes_per_day: u32,
    /// Nights are spent only at sites from which the way to the vehicle's base takes this long.
    #[cfg_attr(test, schemars(range(min = 0, max = 1440)))]
    pub night_min_drive_minutes: u32,
}

/// Prices, in weighted contacts (about one additional woman each).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawPrices {
    /// Of one hour of driving.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub driving_per_hour: f64,
    /// Of one night out.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub night: f64,
    /// Of one change to a published visit.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub change: f64,
    /// What a visit on a preferred weekday of its site is worth, and one on an avoided day costs.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub weekday: f64,
}

/// What is published.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawPublication {
    /// What the identifiers of calendar events end in: a domain of one's own, or an invented one under `.invalid`, and another
    /// one for every programme. Once calendars are out it must not change: every visit would be a new one.
    #[cfg_attr(test, schemars(regex(pattern = DOMAIN)))]
    pub domain: String,
}

/// Fairness between territories.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawFairness {
    /// Weeks over which a fair share is counted, at least.
    #[cfg_attr(test, schemars(range(min = 1, max = 530)))]
    pub weeks: u32,
    /// Value of what a territory receives, in fair shares: `up-to` grows, `slope` shrinks, the
    /// last step has no `up-to`.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub steps: Vec<RawStep>,
}

/// One step of the value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawStep {
    /// Where the step ends, in fair shares.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub up_to: Option<f64>,
    /// Value of one contact within it.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub slope: f64,
}

/// A kind of appointment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawService {
    /// Identifier, such as `mammography`.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub id: String,
    /// Name in French; the identifier when absent.
    pub name_fr: Option<String>,
    /// Name in English; the identifier when absent.
    pub name_en: Option<String>,
    /// Length of one appointment.
    #[serde(default = "ten")]
    #[cfg_attr(test, schemars(range(min = 1, max = 480)))]
    pub minutes: u32,
    /// Weight of its coverage in the score.
    #[serde(default = "unit")]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub weight: f64,
    /// Expected attendance of a visit is at most its appointments times this, less `reserve`.
    #[serde(default = "unit")]
    #[cfg_attr(test, schemars(range(min = 1.0, max = 2.0)))]
    pub overbooking: f64,
    /// Appointments of each visit held back for requests.
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0, max = 1000)))]
    pub reserve: u32,
    /// Scarce crew it needs wherever it is offered, by `id`.
    #[serde(default)]
    pub crew: Vec<String>,
    /// The people it is for; a service without a pool counts only through the 48-hour promise.
    pub pool: Option<RawPool>,
    /// How soon, and how near, something that offers it must be open.
    #[serde(default)]
    pub promise: RawPromise,
    /// Where people go on to after a visit; always measured for screening (`women-due`).
    pub follow_up: Option<RawFollowUp>,
}

/// The people a service is for, and how they answer an invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawPool {
    /// Who they are.
    pub of: RawPoolSource,
    /// `women-due`: share of the women who take part already, where the commune has none of its own.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub participation: Option<f64>,
    /// `without-gp` and `residents`: share of the population.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub share: Option<f64>,
    /// `u0`: share of those invited who come, at the door.
    #[serde(default = "uptake")]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub uptake: f64,
    /// `h`: access time that halves uptake.
    #[serde(default = "fifteen")]
    #[cfg_attr(test, schemars(range(min = 0.1, max = 1000.0)))]
    pub half_minutes: f64,
    /// `κ`: invitations per appointment.
    #[serde(default = "four")]
    #[cfg_attr(test, schemars(range(min = 0.1, max = 100.0)))]
    pub invitations_per_appointment: f64,
    /// Share of a commune's due people that one stay may invite.
    #[serde(default = "quarter")]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub max_invited_share: f64,
    /// Share of a stay's invitations that goes to the commune which hosts it, as far as that commune's share and the
    /// appointments allow; 0: none, 1: all.
    #[serde(default = "half", skip_serializing_if = "is_half")]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub host_share: f64,
    /// Fewest people of a commune that one visit invites, if it invites any; 1: any number.
    #[serde(default = "five", skip_serializing_if = "is_five")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1000)))]
    pub min_invitations: u32,
    /// `A`: appointments a week that the fair share of a territory is measured by; a constant of
    /// the scenario, never of the fleet that is compared.
    #[serde(default = "appointments")]
    #[cfg_attr(test, schemars(range(min = 0.1, max = 100_000.0)))]
    pub fairness_appointments_per_week: f64,
    /// Share of attendance that is additional; all of it when absent.
    pub additionality: Option<RawAdditionality>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawPoolSource {
    WomenDue,
    WithoutGp,
    Residents,
}

/// `g = 1 − b · 2^(−f / half-minutes)`, with `f` the access time to the nearest fixed place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawAdditionality {
    /// The fixed places.
    pub reference: RawReference,
    /// `b`: share of those beside a fixed place who would have gone there.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub b: f64,
    /// `k`: access time that halves it.
    #[cfg_attr(test, schemars(range(min = 0.1, max = 1000.0)))]
    pub half_minutes: f64,
    /// Whether planned places that count as open count here, too; without, what vehicles add is measured against the
    /// places there are.
    pub count_planned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawReference {
    Imaging,
    CarePoints,
}

impl Default for RawTime {
    fn default() -> Self {
        Self {
            grid_minutes: 15,
            public_hours: vec!["08:00-12:00".into(), "13:30-17:30".into()],
            weekend_hours: Vec::new(),
            break_minutes: 45,
            break_window: "12:00-14:00".into(),
            send_ahead_days: 21,
            reinvite_months: 24,
        }
    }
}

impl Default for RawLimits {
    fn default() -> Self {
        Self {
            working_minutes_per_day: 600,
            working_minutes_per_week: 2880,
            driving_minutes_per_day: 360,
            night_min_drive_minutes: 45,
        }
    }
}

impl Default for RawPrices {
    fn default() -> Self {
        Self { driving_per_hour: 0.05, night: 2.0, change: 0.5, weekday: 0.5 }
    }
}

impl Default for RawPublication {
    fn default() -> Self {
        Self { domain: "visits.tournee.invalid".into() }
    }
}

impl Default for RawFairness {
    fn default() -> Self {
        let steps = [(Some(0.5), 1.0), (Some(1.0), 0.7), (Some(2.0), 0.4), (None, 0.1)];
        Self { weeks: 26, steps: steps.map(|(up_to, slope)| RawStep { up_to, slope }).to_vec() }
    }
}

impl Default for RawAdditionality {
    fn default() -> Self {
        Self { reference: RawReference::Imaging, b: 0.9, half_minutes: 15.0, count_planned: true }
    }
}

fn one() -> u32 {
    1
}
fn ten() -> u32 {
    10
}
fn unit() -> f64 {
    1.0
}
fn uptake() -> f64 {
    0.32
}
fn fifteen() -> f64 {
    15.0
}
fn four() -> f64 {
    4.0
}
fn quarter() -> f64 {
    0.25
}
fn half() -> f64 {
    0.5
}
fn five() -> u32 {
    5
}
/// At the default it is not written: input hashes of plans that were made before the key are kept.
#[allow(clippy::float_cmp, clippy::trivially_copy_pass_by_ref)]
fn is_half(share: &f64) -> bool {
    *share == half()
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_five(count: &u32) -> bool {
    *count == five()
}
fn appointments() -> f64 {
    190.0
}

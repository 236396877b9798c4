//! The fleet as it is written in TOML.

#[cfg(test)]
use super::raw::{DATES, HOURS, IDENTIFIER, INSEE};
use super::raw_costs::RawUnitCosts;
use serde::{Deserialize, Serialize};

/// The truck or a van. The defaults are the truck's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawVehicle {
    /// Identifier.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub id: String,
    /// Name people use; the identifier when absent.
    pub name: Option<String>,
    /// Kind, matched with the `vehicles` column of the sites: `truck`, `van` …
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub kind: String,
    /// INSEE code of the commune of its base.
    #[cfg_attr(test, schemars(regex(pattern = INSEE)))]
    pub base: String,
    /// Travel-time factor against a car.
    #[serde(default = "unit")]
    #[cfg_attr(test, schemars(range(min = 0.1, max = 10.0)))]
    pub travel_factor: f64,
    /// From arriving to being able to open.
    #[serde(default = "forty_five")]
    #[cfg_attr(test, schemars(range(min = 0, max = 720)))]
    pub set_up_minutes: u32,
    /// From closing to being able to leave.
    #[serde(default = "thirty")]
    #[cfg_attr(test, schemars(range(min = 0, max = 720)))]
    pub pack_down_minutes: u32,
    /// Shortest session.
    #[serde(default = "sixty")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1440)))]
    pub min_session_minutes: u32,
    /// Longest session.
    #[serde(default = "six_hundred")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1440)))]
    pub max_session_minutes: u32,
    /// Most visits in one day.
    #[serde(default = "one")]
    #[cfg_attr(test, schemars(range(min = 1, max = 20)))]
    pub max_visits_per_day: u32,
    /// In any so many consecutive weeks at most one stay of this kind starts at a site; 0 = no
    /// spacing. The same for all vehicles of a kind.
    #[serde(default = "twelve")]
    #[cfg_attr(test, schemars(range(min = 0, max = 520)))]
    pub spacing_weeks: u32,
    /// Most stays at one site in the horizon; no limit when absent.
    #[cfg_attr(test, schemars(range(min = 1, max = 400)))]
    pub max_stays_per_site: Option<u32>,
    /// Where it spends its nights: at its base, or also at sites.
    #[serde(default = "at_base")]
    pub overnight: RawOvernight,
    /// With `overnight = "site"`: most nights in a row away from the base.
    #[serde(default = "four")]
    #[cfg_attr(test, schemars(range(min = 1, max = 30)))]
    pub nights_away: u32,
    /// With `overnight = "site"`: whether it may stay at a site over its days off.
    #[serde(default)]
    pub nights_across_days_off: bool,
    /// Weekly quality control before the first session of a week; none when 0.
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0, max = 480)))]
    pub quality_control_minutes: u32,
    /// Scarce crew it cannot leave without, by `id`.
    #[serde(default)]
    pub crew: Vec<String>,
    /// When the crew may be on duty; 07:30-17:45 when neither `shift` nor `shifts` is given.
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub shift: Option<String>,
    /// Weekdays of `shift`; Monday to Friday when absent.
    pub weekdays: Option<Vec<RawWeekday>>,
    /// A shift per weekday, instead of `shift` and `weekdays`.
    pub shifts: Option<RawShifts>,
    /// Whether it works on public holidays.
    #[serde(default)]
    pub works_public_holidays: bool,
    /// Dates off: `2026-12-24` or `2026-12-24..2027-01-01`.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(regex(pattern = DATES))))]
    pub days_off: Vec<String>,
    /// Services aboard.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub services: Vec<RawOffer>,
    /// What it needs of a site.
    #[serde(default)]
    pub needs: Vec<RawNeed>,
    /// What it costs, for `tournee compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<RawUnitCosts>,
}

/// Crew of which there are few, shared by the vehicles: a radiologist, an interpreter, a mediator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawCrew {
    /// Identifier.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub id: String,
    /// Name in French; the identifier when absent.
    pub name_fr: Option<String>,
    /// Name in English; the identifier when absent.
    pub name_en: Option<String>,
    /// Heads available a day.
    #[serde(default = "one")]
    #[cfg_attr(test, schemars(range(min = 0, max = 1000)))]
    pub heads: u32,
    /// Weekdays on which they are available; all when absent.
    pub weekdays: Option<Vec<RawWeekday>>,
    /// Dates with another number of heads; the first that holds a date counts.
    #[serde(default)]
    pub exceptions: Vec<RawCrewException>,
}

/// Another number of heads on some dates.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawCrewException {
    /// `2026-12-24` or `2026-12-24..2027-01-01`.
    #[cfg_attr(test, schemars(regex(pattern = DATES)))]
    pub dates: String,
    /// Heads available on each of these days.
    #[cfg_attr(test, schemars(range(min = 0, max = 1000)))]
    pub heads: u32,
}

/// A shift per weekday; a day that is absent is a day off.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawShifts {
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub mon: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub tue: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub wed: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub thu: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub fri: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub sat: Option<String>,
    #[cfg_attr(test, schemars(regex(pattern = HOURS)))]
    pub sun: Option<String>,
}

/// A service aboard a vehicle.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawOffer {
    /// Identifier of the service.
    pub id: String,
    /// Appointments at a time.
    #[serde(default = "one")]
    #[cfg_attr(test, schemars(range(min = 1, max = 20)))]
    pub lanes: u32,
    /// Weekdays on which it is offered; all when absent.
    pub weekdays: Option<Vec<RawWeekday>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawOvernight {
    Base,
    Site,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawNeed {
    Power,
    LevelGround,
    RampAccess,
    Network,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawWeekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

fn four() -> u32 {
    4
}
fn twelve() -> u32 {
    12
}
fn thirty() -> u32 {
    30
}
fn forty_five() -> u32 {
    45
}
fn sixty() -> u32 {
    60
}
fn six_hundred() -> u32 {
    600
}
fn at_base() -> RawOvernight {
    RawOvernight::Base
}
fn one() -> u32 {
    1
}
fn unit() -> f64 {
    1.0
}

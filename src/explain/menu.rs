//! The menu of changes that could let a site in, from cheap to dear, each verified by solving again.

use super::balance::Figures;
use super::desk::{Desk, ExplainError};
use super::reasons::last_stay;
use super::trial::{Trial, Verdict, trial};
use crate::domain::{CommuneId, Nights, Scenario, SiteId, VehicleId, Window};
use crate::i18n::Text;
use crate::optimise::Must;
use crate::units::Seconds;
use serde::Serialize;

const HALF_AN_HOUR: Seconds = Seconds(1800);
const HOUR: Seconds = Seconds(3600);
const MIDNIGHT: Seconds = Seconds(24 * 3600);
/// So many locks are lifted one by one; more of them all at once.
const LOCKS_ONE_BY_ONE: usize = 6;
/// Kinds of care points that could be a base.
const BASES: [&str; 2] = ["hub", "maison-nord-sante"];

/// A change of the configuration, for the vehicles of one kind. The order is the menu's: first what takes
/// a telephone call, then what takes an agreement with a crew, last what takes a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A locked visit is given up, by its position.
    Lock(usize),
    /// All locked visits of these vehicles are given up.
    AllLocks,
    /// So many weeks of spacing less.
    Spacing(u32),
    /// The sites' permits are there.
    Permit,
    /// Shifts begin half an hour earlier.
    ShiftEarlier,
    /// Shifts end half an hour later.
    ShiftLater,
    /// An hour more of driving a day.
    Driving,
    /// A night out more than now.
    Night,
    /// The base is in another commune.
    Base(CommuneId),
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Entry {
    /// Its stable name.
    pub change: &'static str,
    /// What is changed.
    pub message: Text,
    /// What came of it.
    pub verdict: Verdict,
    /// Score and bound with the change, as far as the verdict needed them.
    pub with_change: Option<Figures>,
    /// The same with the change and the visit.
    pub with_change_and_visit: Option<Figures>,
}

impl Change {
    /// Its stable name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Lock(_) => "lock-lifted",
            Self::AllLocks => "all-locks-lifted",
            Self::Spacing(_) => "spacing-shorter",
            Self::Permit => "permit",
            Self::ShiftEarlier => "shift-earlier",
            Self::ShiftLater => "shift-later",
            Self::Driving => "driving-hour",
            Self::Night => "night-out",
            Self::Base(_) => "other-base",
        }
    }

    /// The scenario after the change.
    #[must_use]
    pub fn apply(&self, scenario: &Scenario, must: &Must) -> Scenario {
        let mut out = scenario.clone();
        let of_kind = |v: VehicleId| scenario.vehicles[v.index()].kind == must.kind;
        match *self {
            Self::Lock(at) => {
                out.locks.remove(at);
            }
            Self::AllLocks => out.locks.retain(|l| !of_kind(l.vehicle)),
            Self::Permit => must.sites.iter().for_each(|s| out.sites[s.index()].permit_lead_days = 0),
            Self::Driving => out.limits.driving_per_day += HOUR,
            _ => {}
        }
        for vehicle in out.vehicles.iter_mut().filter(|v| v.kind == must.kind) {
            match *self {
                Self::Spacing(less) => vehicle.spacing_weeks = vehicle.spacing_weeks.saturating_sub(less),
                Self::ShiftEarlier | Self::ShiftLater => {
                    let (earlier, later) = if *self == Self::ShiftEarlier {
                        (HALF_AN_HOUR, Seconds(0))
                    } else {
                        (Seconds(0), HALF_AN_HOUR)
                    };
                    for shift in vehicle.shifts.iter_mut().flatten() {
                        let from = (shift.from - earlier).max(Seconds(0));
                        *shift = Window { from, to: (shift.to + later).min(MIDNIGHT) };
                    }
                }
                Self::Night => {
                    let more = |n: Nights| Nights { in_a_row: n.in_a_row + 1, ..n };
                    let first = Nights { in_a_row: 1, across_days_off: false };
                    vehicle.nights = Some(vehicle.nights.map_or(first, more));
                }
                Self::Base(commune) => vehicle.base = commune,
                _ => {}
            }
        }
        out
    }

    /// What is changed, in words.
    #[must_use]
    pub fn say(&self, scenario: &Scenario) -> Text {
        match *self {
            Self::Lock(at) => {
                let lock = &scenario.locks[at];
                let (site, date) = (&scenario.sites[lock.site.index()].id, scenario.horizon.date(lock.day));
                let vehicle = &scenario.vehicles[lock.vehicle.index()].id;
                Text::new(
                    format!("la visite verrouillée {vehicle} {date} {site} est levée"),
                    format!("the locked visit {vehicle} {date} {site} is lifted"),
                )
            }
            Self::AllLocks => Text::new(
                "toutes les visites verrouillées de ce véhicule sont levées",
                "all locked visits of this vehicle are lifted",
            ),
            Self::Spacing(1) => Text::new("une semaine d'espacement en moins", "a week of spacing less"),
            Self::Spacing(n) => Text::new(
                format!("{n} semaines d'espacement en moins : ce qu'il faut pour y revenir dans la période"),
                format!("{n} weeks of spacing less: what it takes to return within the horizon"),
            ),
            Self::Permit => Text::new("le permis de l'emplacement est obtenu", "the permit of the site is there"),
            Self::ShiftEarlier => {
                Text::new("la journée commence une demi-heure plus tôt", "the shift begins half an hour earlier")
            }
            Self::ShiftLater => {
                Text::new("la journée finit une demi-heure plus tard", "the shift ends half an hour later")
            }
            Self::Driving => Text::new("une heure de route de plus par jour", "an hour more of driving a day"),
            Self::Night => Text::new("une nuit hors de la base", "a night out"),
            Self::Base(commune) => {
                let commune = &scenario.communes[commune.index()];
                Text::new(
                    format!(
                        "la base est à {} ({}), la plus proche des autres bases et hubs connus",
                        commune.name, commune.code
                    ),
                    format!(
                        "the base is in {} ({}), the nearest of the other bases and hubs known",
                        commune.name, commune.code
                    ),
                )
            }
        }
    }
}

/// The menu for a visit, in its order; with `None` what there is nothing to change of.
fn menu(desk: &Desk, must: &Must) -> Vec<(Result<Change, &'static str>, Text)> {
    let scenario = desk.scenario;
    let mut out: Vec<(Result<Change, &'static str>, Text)> = Vec::new();
    let mut offer = |change: Change, applies: bool, fr: &str, en: &str| {
        out.push(if applies {
            (Ok(change.clone()), change.say(scenario))
        } else {
            (Err(change.name()), Text::new(fr, en))
        });
    };
    let of_kind = |v: VehicleId| scenario.vehicles[v.index()].kind == must.kind;
    let locks: Vec<usize> = (0..scenario.locks.len()).filter(|&k| of_kind(scenario.locks[k].vehicle)).collect();
    match locks.len() {
        0 => offer(
            Change::AllLocks,
            false,
            "aucune visite de ce véhicule n'est verrouillée",
            "no visit of this vehicle is locked",
        ),
        n if n <= LOCKS_ONE_BY_ONE => locks.iter().for_each(|&k| offer(Change::Lock(k), true, "", "")),
        _ => offer(Change::AllLocks, true, "", ""),
    }
    let vehicles = (0..scenario.vehicles.len()).map(VehicleId::new).filter(|&v| of_kind(v)).collect::<Vec<_>>();
    let spaced = vehicles.iter().any(|v| scenario.vehicles[v.index()].spacing_weeks > 0);
    offer(Change::Spacing(1), spaced, "il n'y a pas d'espacement", "there is no spacing");
    let needed = must.sites.iter().flat_map(|&s| vehicles.iter().filter_map(move |&v| weeks_needed(scenario, v, s)));
    if let Some(needed) = needed.min().filter(|n| *n > 1) {
        offer(Change::Spacing(needed), true, "", "");
    }
    let waits = scenario.now.is_some() && must.sites.iter().any(|s| scenario.sites[s.index()].permit_lead_days > 0);
    offer(
        Change::Permit,
        waits,
        "aucun délai de permis n'est compté pour cet emplacement",
        "no lead time of a permit counts for this site",
    );
    for change in [Change::ShiftEarlier, Change::ShiftLater, Change::Driving, Change::Night] {
        offer(change, true, "", "");
    }
    match other_base(desk, must) {
        Some(base) => offer(Change::Base(base), true, "", ""),
        None => offer(
            Change::Base(CommuneId(0)),
            false,
            "aucune autre base ni hub n'est plus proche",
            "no other base or hub is nearer",
        ),
    }
    out
}

/// Weeks of spacing that must go before a site can be visited again in the horizon, where spacing
/// forbids all of it.
fn weeks_needed(scenario: &Scenario, vehicle: VehicleId, site: SiteId) -> Option<u32> {
    let past = last_stay(scenario, vehicle, site)?;
    let apart = i64::from(scenario.horizon.weeks) - 1 - scenario.horizon.week_of(past.date);
    let needed = i64::from(scenario.vehicles[vehicle.index()].spacing_weeks) - apart;
    u32::try_from(needed).ok().filter(|n| *n > 0)
}

/// The base of another vehicle, or the hub, that is nearest to the sites, if it is nearer than the base.
fn other_base(desk: &Desk, must: &Must) -> Option<CommuneId> {
    let scenario = desk.scenario;
    let vehicle = scenario.vehicles.iter().find(|v| v.kind == must.kind)?;
    let way = |from: CommuneId| {
        let trips = must.sites.iter().filter_map(|s| {
            let leg = desk.travel.vehicle(vehicle, from, scenario.sites[s.index()].position)?;
            Some(leg.seconds)
        });
        trips.min()
    };
    let hubs = scenario.care_points.iter().filter(|p| BASES.contains(&p.kind.as_str())).map(|p| p.commune);
    let bases = scenario.vehicles.iter().map(|v| v.base).chain(hubs);
    let (trip, base) = bases.filter_map(|base| Some((way(base)?, base))).min()?;
    way(vehicle.base).is_none_or(|now| trip < now).then_some(base)
}

/// Tries the whole menu; it ends early when somebody asks to stop.
///
/// # Errors
/// See [`ExplainError`].
pub(super) fn entries(desk: &Desk, must: &Must) -> Result<Vec<Entry>, ExplainError> {
    let scenario = desk.scenario;
    let entry = |change, message, found: Trial| Entry {
        change,
        message,
        verdict: found.verdict,
        with_change: found.without,
        with_change_and_visit: found.with,
    };
    let mut out = Vec::new();
    for (change, message) in menu(desk, must) {
        if (desk.stop)() {
            break;
        }
        out.push(match change {
            Ok(change) => {
                let found = trial(desk, must, &change.apply(scenario, must))?;
                entry(change.name(), message, found)
            }
            Err(name) => entry(name, message, Trial::without_solves(Verdict::NothingToChange)),
        });
    }
    Ok(out)
}

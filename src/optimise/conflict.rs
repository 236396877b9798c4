//! Which locked visits contradict each other, and by which rules.

use super::feasible::{Feasible, feasible};
use super::lp::LpError;
use crate::domain::{DayId, Scenario, VehicleId, Window};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// A rule that locked visits can break together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The vehicle's shift.
    Shift,
    /// The public hours.
    PublicHours,
    /// The break.
    Break,
    /// Work in a day.
    WorkingDay,
    /// Work in a week.
    WorkingWeek,
    /// Driving in a day.
    DrivingDay,
    /// Visits in a day.
    VisitsPerDay,
    /// Weeks between stays.
    Spacing,
    /// Stays at a site.
    MaxStays,
    /// The weekly quality control.
    QualityControl,
    /// Heads of scarce crew.
    Crew,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Shift,
        Self::PublicHours,
        Self::Break,
        Self::WorkingDay,
        Self::WorkingWeek,
        Self::DrivingDay,
        Self::VisitsPerDay,
        Self::Spacing,
        Self::MaxStays,
        Self::QualityControl,
        Self::Crew,
    ];

    /// Takes the rule out of a scenario.
    fn lift(self, scenario: &mut Scenario) {
        let day = Window { from: Seconds(0), to: Seconds::from_minutes(24 * 60) };
        let long = Seconds::from_minutes(7 * 24 * 60);
        match self {
            Self::PublicHours => {
                scenario.time.public_hours = vec![day];
                scenario.time.weekend_hours = vec![day];
            }
            Self::Break => scenario.time.break_length = Seconds(0),
            Self::WorkingDay => scenario.limits.work_per_day = long,
            Self::WorkingWeek => scenario.limits.work_per_week = long,
            Self::DrivingDay => scenario.limits.driving_per_day = long,
            Self::Crew => {
                scenario.services.iter_mut().for_each(|s| s.crew.clear());
                scenario.sites.iter_mut().for_each(|s| s.crew.clear());
            }
            Self::Shift | Self::VisitsPerDay | Self::Spacing | Self::MaxStays | Self::QualityControl => {}
        }
        let most = u32::try_from(scenario.locks.len()).unwrap_or(u32::MAX);
        for vehicle in &mut scenario.vehicles {
            match self {
                Self::Shift => vehicle.shifts.iter_mut().flatten().for_each(|shift| *shift = day),
                Self::VisitsPerDay => vehicle.max_visits_per_day = vehicle.max_visits_per_day.max(most),
                Self::Spacing => vehicle.spacing_weeks = 0,
                Self::MaxStays => vehicle.max_stays_per_site = None,
                Self::QualityControl => vehicle.quality_control = Seconds(0),
                Self::Crew => vehicle.crew.clear(),
                _ => {}
            }
        }
    }
}

/// Locked visits that no plan can hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Their positions in [`Scenario::locks`], rising.
    pub locks: Vec<usize>,
    /// Whether it is proved that without any one of them there is a plan with the others.
    pub minimal: bool,
    /// The rules of which it is known that there is a plan with all of them once it is lifted, the
    /// others kept.
    pub causes: Vec<Cause>,
}

/// Finds a smallest set of locked visits, in the sense that none can be left out of it, that no plan
/// can hold, in a scenario of which it is known that no plan holds them all.
///
/// A deletion filter: one visit after the other is left out, and stays out where what is left is
/// still proved to be infeasible. It starts from the first of these that is infeasible: a single visit,
/// the visits of a vehicle on a day, of all vehicles on a day, of a kind of vehicle at a site, of a vehicle
/// in a week, of a vehicle, all of them. So many feasibility problems are solved as there are of these,
/// and visits in the one found, each of the vehicles and days concerned only. Stopped early, the
/// set holds, but need not be minimal.
///
/// # Errors
/// When the solver fails.
pub fn conflict(scenario: &Scenario, travel: &Table, stop: &(dyn Fn() -> bool + Sync)) -> Result<Conflict, LpError> {
    let test = |locks: &[usize]| feasible(&scoped(scenario, locks), travel, stop);
    let mut found: Vec<usize> = (0..scenario.locks.len()).collect();
    for group in candidates(scenario) {
        if !stop() && test(&group)? == Feasible::No {
            found = group;
            break;
        }
    }
    let mut minimal = true;
    // The later visits are left out first: what was agreed for the first days is named.
    for lock in found.clone().into_iter().rev() {
        let rest: Vec<usize> = found.iter().copied().filter(|&k| k != lock).collect();
        if rest.is_empty() {
            break;
        }
        match if stop() { Feasible::Unknown } else { test(&rest)? } {
            Feasible::No => found = rest,
            Feasible::Yes => {}
            Feasible::Unknown => minimal = false,
        }
    }
    let mut causes = Vec::new();
    for cause in Cause::ALL {
        let mut lifted = scoped(scenario, &found);
        cause.lift(&mut lifted);
        if !stop() && feasible(&lifted, travel, stop)? == Feasible::Yes {
            causes.push(cause);
        }
    }
    Ok(Conflict { locks: found, minimal, causes })
}

/// Sets of locks that are likely to contradict each other, the smallest first.
fn candidates(scenario: &Scenario) -> Vec<Vec<usize>> {
    let mut sets: BTreeMap<(u8, u32, u32), Vec<usize>> = BTreeMap::new();
    for (k, lock) in scenario.locks.iter().enumerate() {
        let kind = &scenario.vehicles[lock.vehicle.index()].kind;
        let first_of_kind = scenario.vehicles.iter().position(|v| v.kind == *kind).map_or(0, |v| VehicleId::new(v).0);
        let number = u32::try_from(k).unwrap_or(u32::MAX);
        for key in [
            (0, number, 0),
            (1, lock.vehicle.0, lock.day.0),
            (2, lock.day.0, 0),
            (3, first_of_kind, lock.site.0),
            (4, lock.vehicle.0, lock.day.0 / 7),
            (5, lock.vehicle.0, 0),
        ] {
            sets.entry(key).or_default().push(k);
        }
    }
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    let mut out: Vec<Vec<usize>> = sets.into_values().filter(|set| seen.insert(set.clone())).collect();
    out.retain(|set| set.len() < scenario.locks.len());
    out.sort_by_key(Vec::len);
    out
}

/// The scenario with some of its locks only, and without the vehicles and days that have nothing to
/// do with them: it has a plan if, and only if, the scenario with these locks has one. Days without
/// a lock can be left out of a plan, unless nights or the control of the week tie them to one with a lock.
fn scoped(scenario: &Scenario, locks: &[usize]) -> Scenario {
    let mut out = scenario.clone();
    out.locks = locks.iter().map(|&k| scenario.locks[k].clone()).collect();
    for (v, vehicle) in out.vehicles.iter_mut().enumerate() {
        let locked: Vec<u32> =
            out.locks.iter().filter(|lock| lock.vehicle.index() == v).map(|lock| lock.day.0).collect();
        let nights = vehicle.nights.map_or(0, |n| n.in_a_row);
        let weekly = vehicle.quality_control > Seconds(0);
        let needed = |day: u32| {
            let near = |lock: &u32| lock.abs_diff(day) <= nights || (weekly && lock / 7 == day / 7);
            locked.iter().any(near) || (weekly && nights > 0 && !locked.is_empty())
        };
        for day in (0..scenario.horizon.days()).map(DayId::new).filter(|day| !needed(day.0)) {
            let date = scenario.horizon.date(day);
            vehicle.days_off.0.push((date, date));
        }
    }
    out
}

//! Which locked visits contradict each other, and by which rules.

use super::feasible::{Feasible, feasible};
use super::lp::LpError;
use crate::domain::{DayId, Lock, PromiseMode, Scenario, Service, Vehicle, VehicleId, Window};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::BTreeMap;

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
    /// Follow-up after a visit.
    FollowUp,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
        Self::FollowUp,
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
            Self::FollowUp => {
                scenario.services.iter_mut().filter_map(|s| s.follow_up.as_mut()).for_each(|rule| rule.hard = false);
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
    /// Their positions in [`Scenario::locks`], rising; none where a hard promise is what no plan keeps.
    pub locks: Vec<usize>,
    /// Whether it is proved that without any one of them there is a plan with the others.
    pub minimal: bool,
    /// The rules of which it is known that there is a plan with all of them once it is lifted, the
    /// others kept.
    pub causes: Vec<Cause>,
}

/// Finds a smallest set of locked visits, in the sense that none can be left out of it, that no plan
/// can hold, in a scenario of which it is known that there is no plan. Hard promises are left aside: where the
/// set is empty, the locked visits do not contradict each other, and it is those that no plan can keep.
///
/// First the search is narrowed to the visits of one vehicle, week, day or site, as long as these alone are
/// infeasible. Then a deletion filter: one visit after the other is left out, and stays out where
/// what is left is still proved to be infeasible. Each step is a feasibility problem of the vehicles and
/// days concerned; there are about as many as vehicles, weeks, days of a week and visits of the set
/// narrowed to, together. Stopped early, the set holds, but need not be minimal.
///
/// # Errors
/// When the solver fails.
pub fn conflict(scenario: &Scenario, travel: &Table, stop: &(dyn Fn() -> bool + Sync)) -> Result<Conflict, LpError> {
    let mut locks_alone = scenario.clone();
    let hard = |s: &&mut Service| s.promise.mode == PromiseMode::Hard;
    let promises: Vec<&mut Service> = locks_alone.services.iter_mut().filter(hard).collect();
    let promised = !promises.is_empty();
    promises.into_iter().for_each(|service| service.promise.mode = PromiseMode::Report);
    let scenario = &locks_alone;
    if promised && feasible(scenario, travel, stop)? == Feasible::Yes {
        return Ok(Conflict { locks: Vec::new(), minimal: true, causes: Vec::new() });
    }
    let search = Search { scenario, travel, stop };
    let mut found = search.narrowed()?;
    let mut minimal = true;
    // The later visits are left out first: what was agreed for the first days is named.
    for lock in found.clone().into_iter().rev() {
        let rest: Vec<usize> = found.iter().copied().filter(|&k| k != lock).collect();
        if rest.is_empty() {
            break;
        }
        match search.test(&rest)? {
            Feasible::No => found = rest,
            Feasible::Yes => {}
            Feasible::Unknown => minimal = false,
        }
    }
    let mut causes = Vec::new();
    for cause in Cause::ALL {
        let mut lifted = scoped(scenario, &found, true);
        cause.lift(&mut lifted);
        if !stop() && feasible(&lifted, travel, stop)? == Feasible::Yes {
            causes.push(cause);
        }
    }
    Ok(Conflict { locks: found, minimal, causes })
}

/// A part of the locks to narrow the search to.
type Part = fn(&Scenario, &Lock) -> (u32, u32);

const VEHICLE: Part = |_, lock| (lock.vehicle.0, 0);
const WEEK: Part = |_, lock| (lock.day.0 / 7, 0);
const DAY: Part = |_, lock| (lock.day.0, 0);
const KIND_AND_SITE: Part = |scenario, lock| {
    let kind = |v: &Vehicle| v.kind == scenario.vehicles[lock.vehicle.index()].kind;
    let first = scenario.vehicles.iter().position(kind).map_or(0, |v| VehicleId::new(v).0);
    (first, lock.site.0)
};

struct Search<'a> {
    scenario: &'a Scenario,
    travel: &'a Table,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Search<'_> {
    /// Whether a plan holds these locks.
    fn test(&self, locks: &[usize]) -> Result<Feasible, LpError> {
        if (self.stop)() {
            return Ok(Feasible::Unknown);
        }
        // Most often the locked sites alone will do, and that is soon found.
        let quick = feasible(&scoped(self.scenario, locks, true), self.travel, self.stop)?;
        if quick == Feasible::Yes {
            return Ok(quick);
        }
        feasible(&scoped(self.scenario, locks, false), self.travel, self.stop)
    }

    /// All locks or, where they are infeasible alone, those of a vehicle, of its week, its day, a site …
    fn narrowed(&self) -> Result<Vec<usize>, LpError> {
        let mut found: Vec<usize> = (0..self.scenario.locks.len()).collect();
        let one_vehicle = self.narrow(&mut found, VEHICLE)?;
        if self.narrow(&mut found, WEEK)? {
            self.narrow(&mut found, DAY)?;
        } else if one_vehicle || found.len() == self.scenario.locks.len() {
            self.narrow(&mut found, KIND_AND_SITE)?;
        }
        Ok(found)
    }

    /// Narrows a set to the first of its parts that is infeasible alone; whether there is one.
    fn narrow(&self, found: &mut Vec<usize>, part: Part) -> Result<bool, LpError> {
        let mut parts: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for &k in found.iter() {
            parts.entry(part(self.scenario, &self.scenario.locks[k])).or_default().push(k);
        }
        if parts.len() == 1 {
            return Ok(true);
        }
        for locks in parts.into_values() {
            if self.test(&locks)? == Feasible::No {
                *found = locks;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The scenario with some of its locks only, and without the vehicles and days that have nothing to
/// do with them: it has a plan if, and only if, the scenario with these locks has one. Days without
/// a lock can be left out of a plan, unless nights or the control of the week tie them to one with a lock.
/// With the locked sites only, its plans are plans still, but there may be others.
fn scoped(scenario: &Scenario, locks: &[usize], locked_sites: bool) -> Scenario {
    let mut out = scenario.clone();
    out.locks = locks.iter().map(|&k| scenario.locks[k].clone()).collect();
    for (j, site) in out.sites.iter_mut().enumerate() {
        if locked_sites && !locks.iter().any(|&k| scenario.locks[k].site.index() == j) {
            site.vehicle_kinds.clear();
        }
    }
    let kind = |&k: &usize| scenario.vehicles[scenario.locks[k].vehicle.index()].kind.clone();
    let kinds: Vec<String> = locks.iter().map(kind).collect();
    for (v, vehicle) in out.vehicles.iter_mut().enumerate() {
        // Its roads need not be looked at; of a kind with locks its past visits may still count.
        if !kinds.contains(&vehicle.kind) {
            vehicle.kind.clear();
        }
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

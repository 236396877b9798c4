//! From a published plan and what happened to a scenario to plan anew.

use crate::domain::{
    CommuneId, DayId, Lock, PastVisit, PeopleOf, Published, PublishedVisit, Scenario, ServiceId, SiteId, VehicleId,
    Window, since_midnight,
};
use crate::plan::{Attended, Closed, Plan, Revision, Unavailable, Visit, VisitService, instant, second_of_day};
use crate::units::Seconds;
use chrono::{DateTime, FixedOffset, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// What happened, and what is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// When.
    pub now: Option<DateTime<FixedOffset>>,
    /// Vehicles that cannot go out.
    pub unavailable: Vec<Unavailable>,
    /// Sites that cannot be used.
    pub closed: Vec<Closed>,
    /// Vehicles that can go out again, against what an earlier revision knew.
    pub available: Vec<Unavailable>,
    /// Sites that can be used again.
    pub reopened: Vec<Closed>,
    /// Most changes.
    pub max_changes: Option<u32>,
    /// Visits made since the plan was published, with who came.
    pub made: Vec<PastVisit>,
    /// Identities of visits in which people have appointments: they stay as they are, where that can be.
    pub booked: Vec<String>,
}

/// A published plan that does not go with the scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplanError {
    /// A vehicle of the plan or of what is asked.
    #[error("there is no vehicle {0}")]
    Vehicle(String),
    /// A site of the plan or of what is asked.
    #[error("there is no site {0}")]
    Site(String),
    /// A service or a commune of the plan.
    #[error("{0} is not in the scenario")]
    Unknown(String),
    /// A visit that was made, and not published like that.
    #[error("the visit {0} was not published like that")]
    Made(String),
    /// Sessions of a visit of the plan: not on its day, or not one after the other.
    #[error("the sessions of the visit {0} are not on its day, one after the other")]
    Sessions(String),
    /// The weeks planned end on a date, before the plan is made anew.
    #[error("the weeks planned are over: they end on {0}")]
    Over(NaiveDate),
    /// A vehicle or a site that no earlier revision took out on those dates.
    #[error("{0} was not taken out from {1} to {2}")]
    NotOut(String, NaiveDate, NaiveDate),
    /// A date outside the weeks planned.
    #[error("{0} is not in the weeks planned")]
    Date(NaiveDate),
}

/// Whether a visit of a vehicle has begun at some instant, or its day has: then it is past. A day has begun with the
/// vehicle's shift; on one on which it cannot go out any more, only the visits that are open have.
#[must_use]
pub fn begun(scenario: &Scenario, revision: &Revision, visit: &Visit) -> bool {
    let Some(now) = revision.now else { return false };
    let opened = visit.sessions.first().is_some_and(|s| s.open < now);
    let down = revision.unavailable.iter().any(|u| u.vehicle == visit.vehicle && (u.from..=u.to).contains(&visit.date));
    opened || !down && vehicle(scenario, &visit.vehicle).is_ok_and(|v| day_begun(scenario, now, v, visit.date))
}

fn day_begun(scenario: &Scenario, now: DateTime<FixedOffset>, vehicle: VehicleId, date: NaiveDate) -> bool {
    let today = second_of_day(now).0;
    let day = scenario.horizon.day(date);
    let shift = day.and_then(|day| scenario.shift(vehicle, day));
    date < today || date == today && shift.is_some_and(|shift| instant(date, shift.from) <= now)
}

/// The revision of a published plan, before it is made anew: nothing has changed yet. What earlier revisions knew of
/// vehicles and sites still holds.
///
/// # Errors
/// What is asked names vehicles, sites or dates that are not in the scenario.
pub fn revision(scenario: &Scenario, plan: &Plan, asked: &Asked) -> Result<Revision, ReplanError> {
    let before = plan.revision.clone().unwrap_or_default();
    let mut out = Revision {
        now: asked.now.or(before.now),
        unavailable: before.unavailable,
        closed: before.closed,
        max_changes: asked.max_changes,
        published: plan.visits.clone(),
        fixed: Vec::new(),
        booked: Vec::new(),
        attended: before.attended,
        changes: Vec::new(),
        cancelled: before.cancelled,
        sequences: before.sequences,
        first_planned_on: before.first_planned_on.or(plan.planned_on.filter(|_| plan.revision.is_none())),
    };
    let last = scenario.horizon.last();
    if out.now.is_some_and(|now| second_of_day(now).0 > last) {
        return Err(ReplanError::Over(last));
    }
    for one in &asked.available {
        let period = |u: &Unavailable| (u.vehicle == one.vehicle).then_some((u.from, u.to));
        let cut = |u: &Unavailable, (from, to)| Unavailable { from, to, ..u.clone() };
        out.unavailable = without(&out.unavailable, (one.from, one.to), period, cut)
            .ok_or_else(|| ReplanError::NotOut(one.vehicle.clone(), one.from, one.to))?;
    }
    for one in &asked.reopened {
        let period = |c: &Closed| (c.site == one.site).then_some((c.from, c.to));
        let cut = |c: &Closed, (from, to)| Closed { from, to, ..c.clone() };
        out.closed = without(&out.closed, (one.from, one.to), period, cut)
            .ok_or_else(|| ReplanError::NotOut(one.site.clone(), one.from, one.to))?;
    }
    for one in &asked.unavailable {
        vehicle(scenario, &one.vehicle)?;
        in_weeks(scenario, one.from)?;
        in_weeks(scenario, one.to)?;
        if !out.unavailable.contains(one) {
            out.unavailable.push(one.clone());
        }
    }
    for one in &asked.closed {
        site(scenario, &one.site)?;
        in_weeks(scenario, one.from)?;
        in_weeks(scenario, one.to)?;
        if !out.closed.contains(one) {
            out.closed.push(one.clone());
        }
    }
    for made in &asked.made {
        let Some(visit) = plan.visits.iter().find(|visit| same_visit(scenario, made, visit)) else {
            return Err(ReplanError::Made(made.id.clone()));
        };
        out.attended.retain(|known| known.visit != visit.id);
        out.attended.extend(made.invitations.iter().map(|line| Attended {
            visit: visit.id.clone(),
            service: scenario.services[line.service.index()].id.clone(),
            commune: scenario.communes[line.commune.index()].code.clone(),
            people: line.attended.0,
        }));
    }
    for visit in plan.visits.iter().filter(|v| asked.booked.contains(&v.id)) {
        if can_be_made(scenario, &out, visit)? {
            out.booked.push(visit.id.clone());
        }
    }
    for visit in &plan.visits {
        let agreed = locked(scenario, place(scenario, visit)?, &windows(visit)?);
        let made = out.attended.iter().any(|a| a.visit == visit.id);
        let booked = out.booked.contains(&visit.id);
        if made || agreed || booked || begun(scenario, &out, visit) {
            out.fixed.push(visit.id.clone());
        }
    }
    Ok(out)
}

/// Periods of a vehicle or a site without the days from one to another; `None` if none of them has such a day.
fn without<T: Clone>(
    all: &[T],
    (from, to): (NaiveDate, NaiveDate),
    period: impl Fn(&T) -> Option<(NaiveDate, NaiveDate)>,
    cut: impl Fn(&T, (NaiveDate, NaiveDate)) -> T,
) -> Option<Vec<T>> {
    let (mut left, mut found) = (Vec::new(), false);
    for one in all {
        match period(one).filter(|(first, last)| *first <= to && from <= *last) {
            None => left.push(one.clone()),
            Some((first, last)) => {
                found = true;
                let before = from.pred_opt().filter(|end| first <= *end).map(|end| (first, end));
                let after = to.succ_opt().filter(|start| *start <= last).map(|start| (start, last));
                left.extend(before.into_iter().chain(after).map(|days| cut(one, days)));
            }
        }
    }
    found.then_some(left)
}

/// Whether nothing is known that keeps a published visit from being made: no vehicle that is down, no site that is closed or
/// forbidden.
fn can_be_made(scenario: &Scenario, revision: &Revision, visit: &Visit) -> Result<bool, ReplanError> {
    let (vehicle, day, site) = place(scenario, visit)?;
    let on_date = |from: NaiveDate, to: NaiveDate| (from..=to).contains(&visit.date);
    let down = revision.unavailable.iter().any(|u| u.vehicle == visit.vehicle && on_date(u.from, u.to));
    let closed = revision.closed.iter().any(|c| c.site == visit.site && on_date(c.from, c.to));
    Ok(!down && !closed && !scenario.forbidden.iter().any(|f| f.covers(vehicle, day, site)))
}

/// Whether the scenario's own locks agree with a visit.
fn locked(scenario: &Scenario, at: (VehicleId, DayId, SiteId), sessions: &[Window]) -> bool {
    let agreed = |lock: &Lock| {
        (lock.vehicle, lock.day, lock.site) == at && lock.sessions.as_ref().is_none_or(|own| own == sessions)
    };
    scenario.locks.iter().any(agreed)
}

/// Whether a visit that was made is one that was published: by its identity, on its day.
fn same_visit(scenario: &Scenario, made: &PastVisit, visit: &Visit) -> bool {
    let there = made.site.is_none_or(|site| scenario.sites[site.index()].id == visit.site);
    made.id == visit.id && made.date == visit.date && made.vehicle == visit.vehicle && there
}

fn in_weeks(scenario: &Scenario, date: NaiveDate) -> Result<DayId, ReplanError> {
    scenario.horizon.day(date).ok_or(ReplanError::Date(date))
}

fn vehicle(scenario: &Scenario, id: &str) -> Result<VehicleId, ReplanError> {
    let found = scenario.vehicles.iter().position(|v| v.id == id);
    found.map(VehicleId::new).ok_or_else(|| ReplanError::Vehicle(id.into()))
}

fn site(scenario: &Scenario, id: &str) -> Result<SiteId, ReplanError> {
    let found = scenario.sites.iter().position(|s| s.id == id);
    found.map(SiteId::new).ok_or_else(|| ReplanError::Site(id.into()))
}

fn place(scenario: &Scenario, visit: &Visit) -> Result<(VehicleId, DayId, SiteId), ReplanError> {
    Ok((vehicle(scenario, &visit.vehicle)?, in_weeks(scenario, visit.date)?, site(scenario, &visit.site)?))
}

/// The sessions of a visit, in seconds since the midnight of its day; on it, and one after the other.
fn windows(visit: &Visit) -> Result<Vec<Window>, ReplanError> {
    let sessions: Vec<Window> = visit.sessions.iter().map(|s| s.since_midnight(visit.date)).collect();
    let end = since_midnight(visit.date, Seconds(86_400)).0;
    let on_day = sessions.iter().all(|s| 0 <= s.from.0 && s.from < s.to && s.to.0 <= end);
    let ordered = !sessions.is_empty() && sessions.windows(2).all(|pair| pair[0].to <= pair[1].from);
    if on_day && ordered { Ok(sessions) } else { Err(ReplanError::Sessions(visit.id.clone())) }
}

/// Puts a revision into its scenario: vehicles and sites that cannot be used, days that have begun, what was published,
/// and what of it is fixed.
///
/// # Errors
/// The published plan does not go with the scenario.
pub fn revise(scenario: &mut Scenario, revision: &Revision) -> Result<(), ReplanError> {
    let communes: BTreeMap<&str, CommuneId> =
        scenario.communes.iter().enumerate().map(|(i, c)| (c.code.as_str(), CommuneId::new(i))).collect();
    let mut visits = Vec::new();
    for visit in &revision.published {
        let (vehicle, day, site) = place(scenario, visit)?;
        let invited = visit.services.iter().filter(|s| !s.invitations.is_empty());
        let mut invitations = Vec::new();
        for own in invited {
            let service = scenario.service(&own.service).ok_or_else(|| ReplanError::Unknown(own.service.clone()))?;
            invitations.push((service, people(&communes, own)?));
        }
        let fixed = revision.fixed.contains(&visit.id);
        let (id, sessions) = (visit.id.clone(), windows(visit)?);
        let attended = attended(scenario, revision, &communes, visit)?;
        let locked = locked(scenario, (vehicle, day, site), &sessions);
        visits.push(PublishedVisit { id, vehicle, day, site, sessions, invitations, fixed, locked, attended });
    }
    let past: Vec<&Visit> = revision.published.iter().filter(|v| begun(scenario, revision, v)).collect();
    let is_past = |vehicle: &str, date: NaiveDate| past.iter().any(|v| v.vehicle == vehicle && v.date == date);
    let mut done = BTreeSet::new();
    for day in (0..scenario.horizon.days()).map(DayId::new) {
        let date = scenario.horizon.date(day);
        let begun = |id: VehicleId| revision.now.is_some_and(|now| day_begun(scenario, now, id, date));
        done.extend((0..scenario.vehicles.len()).map(VehicleId::new).filter(|&id| begun(id)).map(|id| (id, day)));
    }
    let mut off = Vec::new();
    for one in &revision.unavailable {
        let id = vehicle(scenario, &one.vehicle)?;
        for date in one.from.iter_days().take_while(|d| *d <= one.to) {
            // What had begun by then is not undone.
            match scenario.horizon.day(date) {
                Some(day) if is_past(&one.vehicle, date) => drop(done.insert((id, day))),
                _ => off.push((id, date)),
            }
        }
    }
    let mut blocked = Vec::new();
    for one in &revision.closed {
        let id = site(scenario, &one.site)?;
        let open = |date: &NaiveDate| past.iter().any(|v| v.site == one.site && v.date == *date);
        let dates = one.from.iter_days().take_while(|d| *d <= one.to).filter(|d| !open(d));
        blocked.extend(dates.map(|date| (id, date)));
    }
    for (id, date) in off {
        scenario.vehicles[id.index()].days_off.0.push((date, date));
    }
    for (id, date) in blocked {
        scenario.sites[id.index()].blocked.0.push((date, date));
    }
    for visit in visits.iter().filter(|v| v.fixed) {
        let at = (visit.vehicle, visit.day, visit.site);
        if !scenario.locks.iter().any(|l| (l.vehicle, l.day, l.site) == at) {
            let sessions = Some(visit.sessions.clone());
            scenario.locks.push(Lock { vehicle: visit.vehicle, day: visit.day, site: visit.site, sessions });
        }
    }
    scenario.published = Some(Published { visits, max_changes: revision.max_changes, done });
    Ok(())
}

/// Who came to a visit, where that is known of anybody.
fn attended(
    scenario: &Scenario,
    revision: &Revision,
    communes: &BTreeMap<&str, CommuneId>,
    visit: &Visit,
) -> Result<Option<PeopleOf>, ReplanError> {
    let mut by_service: BTreeMap<ServiceId, Vec<(CommuneId, u32)>> = BTreeMap::new();
    for line in revision.attended.iter().filter(|line| line.visit == visit.id) {
        let service = scenario.service(&line.service).ok_or_else(|| ReplanError::Unknown(line.service.clone()))?;
        let commune = communes.get(line.commune.as_str()).copied();
        let commune = commune.ok_or_else(|| ReplanError::Unknown(line.commune.clone()))?;
        by_service.entry(service).or_default().push((commune, line.people));
    }
    by_service.values_mut().for_each(|list| list.sort_unstable());
    Ok((!by_service.is_empty()).then(|| by_service.into_iter().collect()))
}

fn people(communes: &BTreeMap<&str, CommuneId>, own: &VisitService) -> Result<Vec<(CommuneId, u32)>, ReplanError> {
    let line = |code: &String| communes.get(code.as_str()).copied().ok_or_else(|| ReplanError::Unknown(code.clone()));
    let mut list = Vec::new();
    for invited in &own.invitations {
        list.push((line(&invited.commune)?, invited.people));
    }
    list.sort_unstable();
    Ok(list)
}

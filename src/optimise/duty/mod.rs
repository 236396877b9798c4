//! Duties: the days of one vehicle that are alike.
//!
//! Two days of a vehicle are alike when it has the same shift, public hours and services on
//! both, may use the same sites, and nothing is locked on either. The master has one row for
//! them all, `Σ tours ≤ days`, so that a plan is not one of many that differ by a permutation
//! of weekdays.

mod longest;
mod roads;

pub use longest::week_may_bind;
pub use roads::{Onward, Roads, step_up};

use super::crew::{self, Bound, always, scarce};
use super::nights::{nights, runs, sleep};
use super::promised;
use super::search::Tour;
use super::shapes::{Hours, Shape, Shapes};
use crate::domain::{CrewId, DayId, PublishedVisit, Scenario, ServiceId, SiteId, VehicleId, Window};
use crate::plan::instant;
use crate::promise::Ends;
use crate::travel::Table;
use crate::units::Seconds;
use longest::{longest, longest_day};
use roads::{drive_price, roads};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A visit that a duty must contain.
#[derive(Debug, Clone)]
pub struct Required {
    /// Local position of the site.
    pub site: usize,
    /// Agreed sessions.
    pub sessions: Option<Vec<Window>>,
}

/// The alike days of one vehicle.
#[derive(Debug)]
pub struct Duty {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Its kind, as a position in [`Duties::kinds`].
    pub kind: usize,
    /// The days, in order.
    pub days: Vec<DayId>,
    /// First and last week of the days, 0 = first of the horizon.
    pub weeks: (u32, u32),
    /// The shift.
    pub shift: Window,
    /// Services with a pool on these days, in the order of levels.
    pub services: Vec<ServiceId>,
    /// Trips.
    pub roads: Arc<Roads>,
    /// Local positions of the sites it may use.
    pub open: Vec<usize>,
    /// Whether the night after may be spent at each site, by local position; empty where none may.
    pub sleep: Vec<bool>,
    /// Visits it must contain; a duty with any has one day.
    pub required: Vec<Required>,
    /// Hours, for shapes.
    pub hours: Hours,
    /// Shapes of its visits.
    pub shapes: Shapes,
    /// Place of each level when they are put in order of their appointments.
    pub rank: Vec<usize>,
    /// Shapes of sites whose hours are agreed, or that may not end at all times, by local position; sorted.
    pub agreed: Vec<(usize, Vec<Vec<Shape>>)>,
    /// Local positions of the sites at which a visit is one that was published, with its hours.
    pub published: Vec<usize>,
    /// Levels worth pricing at each site: all of them, or, where a tour is a single visit and its
    /// working time and its hours are free, those of the longest visits.
    pub useful: Vec<Vec<usize>>,
    /// Most visits in a tour.
    pub max_visits: usize,
    /// Longest working time of a tour, seconds.
    pub work_limit: i32,
    /// Longest driving of a tour, seconds.
    pub drive_limit: i32,
    /// Whether working time has to be watched: it could pass the day's limit.
    pub work_binds: bool,
    /// Whether the vehicle may spend nights away from its base.
    pub nights: bool,
    /// Weeks between the starts of stays at a site, at least.
    pub spacing: u32,
    /// Scarce crew.
    pub crew: Bound,
    /// Quality control before the first visit of a week, seconds; 0 for none.
    pub control: i32,
    /// Whether a promise makes the hours of its visits count: then there is one day.
    pub timed: bool,
    /// Price of one second of driving.
    pub drive_price: f64,
    /// By local site: what a visit is worth for its weekday, negative where that is avoided; empty
    /// where no weekday matters.
    pub weekday_worth: Vec<f64>,
}

impl Duty {
    /// What a visit to a site is worth for its weekday.
    #[must_use]
    pub fn weekday(&self, site: usize) -> f64 {
        self.weekday_worth.get(site).copied().unwrap_or(0.0)
    }

    /// Price of a tour in the score: its driving, less what its visits are worth for their weekday.
    #[must_use]
    pub fn cost(&self, tour: &Tour) -> f64 {
        let weekdays: f64 = tour.stops.iter().map(|s| self.weekday(s.site)).sum();
        self.drive_price * f64::from(tour.driving) - weekdays
    }

    /// Shapes of a site that has its own: agreed hours, or ends that are forbidden.
    #[must_use]
    pub fn own_shapes(&self, site: usize) -> Option<&Vec<Vec<Shape>>> {
        self.agreed.binary_search_by_key(&site, |(site, _)| *site).ok().map(|at| &self.agreed[at].1)
    }

    /// Shapes of visits to a site that start at a grid step.
    #[must_use]
    pub fn shapes_at(&self, site: usize, start: usize) -> &[Shape] {
        match self.own_shapes(site) {
            Some(by_start) => &by_start[start],
            None => &self.shapes.by_start[start],
        }
    }
}

impl Duty {
    /// The same duty with only some of its sites, in the order given.
    #[must_use]
    pub fn only(&self, sites: &[usize]) -> Self {
        let place = |j: usize| sites.iter().position(|&s| s == j);
        Self {
            vehicle: self.vehicle,
            kind: self.kind,
            days: self.days.clone(),
            weeks: self.weeks,
            shift: self.shift,
            services: self.services.clone(),
            roads: Arc::new(self.roads.only(sites, self.hours.grid, self.drive_price)),
            open: (0..sites.len()).filter(|&k| self.open.contains(&sites[k])).collect(),
            sleep: Vec::new(),
            required: self
                .required
                .iter()
                .filter_map(|r| Some(Required { site: place(r.site)?, sessions: r.sessions.clone() }))
                .collect(),
            hours: self.hours.clone(),
            shapes: self.shapes.clone(),
            rank: self.rank.clone(),
            agreed: {
                let own = self.agreed.iter().filter_map(|(j, shapes)| Some((place(*j)?, shapes.clone())));
                let mut own: Vec<_> = own.collect();
                own.sort_by_key(|(site, _)| *site);
                own
            },
            published: self.published.iter().filter_map(|&j| place(j)).collect(),
            useful: sites.iter().map(|&j| self.useful[j].clone()).collect(),
            max_visits: self.max_visits,
            work_limit: self.work_limit,
            drive_limit: self.drive_limit,
            work_binds: self.work_binds,
            nights: false,
            spacing: self.spacing,
            crew: self.crew.only(sites),
            control: self.control,
            timed: self.timed,
            drive_price: self.drive_price,
            weekday_worth: sites.iter().map(|&j| self.weekday(j)).collect(),
        }
    }
}

/// All duties, and the sites' spacing.
#[derive(Debug)]
pub struct Duties {
    /// The duties.
    pub list: Vec<Duty>,
    /// Kinds of vehicle.
    pub kinds: Vec<String>,
    /// Whether a locked visit is on a day off, or at a site its vehicle cannot reach.
    pub impossible: bool,
    /// Where rotations of several days fit.
    pub nights: Vec<Nights>,
    /// By vehicle that may spend nights out: numbers of days in a row that nights can join.
    pub runs: BTreeMap<VehicleId, Vec<usize>>,
}

/// Consecutive days of a vehicle that rotations of several days may take, from the first on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nights {
    /// Duty of the first day.
    pub first: usize,
    /// Per further day: nights before it, its duty, and the weeks begun since the first day.
    pub then: Vec<(u32, usize, u32)>,
}

/// What days must have in common: the week where it counts, the day itself where a promise tells them apart, the shift, the public hours, the
/// services, the sites, those where the night after may be spent, the sites at which the weekday counts
/// with its sign, and scarce crew.
type Alike = (
    Option<u32>,
    Option<DayId>,
    Window,
    Vec<Window>,
    Vec<ServiceId>,
    Vec<usize>,
    Vec<bool>,
    Vec<(usize, bool)>,
    crew::Alike,
);

impl Duties {
    /// The duties of a scenario.
    #[must_use]
    pub fn new(scenario: &Scenario, travel: &Table) -> Self {
        let mut kinds: Vec<String> = scenario.vehicles.iter().map(|v| v.kind.clone()).collect();
        kinds.sort();
        kinds.dedup();
        let mut list = Vec::new();
        let scarce = scarce(scenario);
        let rules = Ends::hard(scenario, travel);
        for v in 0..scenario.vehicles.len() {
            of_vehicle(scenario, travel, VehicleId::new(v), &kinds, (&scarce, &rules), &mut list);
        }
        let kept: usize = list.iter().map(|d| d.required.len()).sum();
        let nights = nights(scenario, &list);
        let runs = runs(scenario, &list);
        Self { impossible: kept < scenario.locks.len(), list, kinds, nights, runs }
    }
}

fn of_vehicle(
    scenario: &Scenario,
    travel: &Table,
    id: VehicleId,
    kinds: &[String],
    (scarce, rules): (&[CrewId], &[Ends]),
    list: &mut Vec<Duty>,
) {
    let vehicle = &scenario.vehicles[id.index()];
    let kind = kinds.iter().position(|k| *k == vehicle.kind).unwrap_or_default();
    let roads = Arc::new(roads(scenario, travel, id));
    let by_week = week_may_bind(scenario, id);
    let blocked = blocked_by_past(scenario, id);
    let mut groups: Vec<(Alike, Vec<DayId>)> = Vec::new();
    for d in 0..scenario.horizon.days() {
        let day = DayId::new(d);
        let Some(shift) = scenario.shift(id, day) else { continue };
        let date = scenario.horizon.date(day);
        let services: Vec<ServiceId> = vehicle
            .offers
            .iter()
            .filter(|o| o.weekdays.contains(date) && scenario.services[o.service.index()].pool.is_some())
            .map(|o| o.service)
            .collect();
        let told = told(scenario, id, day, &roads.sites);
        let done = scenario.published.as_ref().is_some_and(|p| p.done.contains(&(id, day)));
        let open: Vec<usize> = (0..roads.sites.len())
            .filter(|&j| usable(scenario, id, day, roads.sites[j]) && !blocked.contains(&(day.0 / 7, roads.sites[j])))
            .filter(|&j| {
                !done || scenario.locks.iter().any(|l| (l.vehicle, l.day, l.site) == (id, day, roads.sites[j]))
            })
            .collect();
        let hours = scenario.public_hours(day).to_vec();
        let locks: Vec<Required> = scenario
            .locks
            .iter()
            .filter(|l| l.vehicle == id && l.day == day)
            .filter_map(|l| {
                let site = roads.sites.iter().position(|s| *s == l.site)?;
                Some(Required { site, sessions: l.sessions.clone() })
            })
            .collect();
        if !locks.is_empty() {
            let day = (vec![day], shift, hours, services, open);
            list.push(duty(scenario, id, kind, day, &roads, (locks, told), (scarce, rules)));
            continue;
        }
        let signs = open.iter().map(|&j| (j, scenario.weekday_worth(roads.sites[j], day)));
        let signs = signs.filter(|s| s.1 != 0.0).map(|(j, worth)| (j, worth > 0.0)).collect();
        let crew = crew::alike(scenario, scarce, id, day);
        let sleep = sleep(scenario, id, day, &roads, &open);
        let apart =
            (promised::binds(scenario, id, day) || !told.is_empty() || ends_apart(scenario, rules, day, &services))
                .then_some(day);
        let alike = (by_week.then_some(day.0 / 7), apart, shift, hours, services, open, sleep, signs, crew);
        match groups.iter_mut().find(|(key, _)| *key == alike) {
            Some((_, days)) => days.push(day),
            None => groups.push((alike, vec![day])),
        }
    }
    for ((_, _, shift, hours, services, open, ..), days) in groups {
        if !open.is_empty() {
            let told = told(scenario, id, days[0], &roads.sites);
            let days = (days, shift, hours, services, open);
            list.push(duty(scenario, id, kind, days, &roads, (Vec::new(), told), (scarce, rules)));
        }
    }
}

/// The published visits of a day: one that is made again keeps its hours, unless others are agreed. Days with any
/// are told apart.
fn told<'s>(scenario: &'s Scenario, id: VehicleId, day: DayId, sites: &[SiteId]) -> Vec<(usize, &'s PublishedVisit)> {
    let visits = scenario.published.iter().flat_map(|p| p.on(id, day));
    visits.filter_map(|v| Some((sites.iter().position(|s| *s == v.site)?, v))).collect()
}

/// Whether a hard rule of follow-up keeps visits of a day from ending at some time at some site.
fn ends_apart(scenario: &Scenario, rules: &[Ends], day: DayId, services: &[ServiceId]) -> bool {
    let midnight = instant(scenario.horizon.date(day), Seconds(0)).timestamp();
    let hours = 86_400 / i64::from(scenario.time.grid.0);
    let ends = |step: i64| midnight + step * i64::from(scenario.time.grid.0);
    let bound = rules.iter().filter(|rule| services.contains(&rule.service));
    bound.into_iter().any(|rule| (0..hours).any(|step| rule.allowed(ends(step)).contains(&false)))
}

/// Leaves sites only those shapes that end when a rule of follow-up lets them.
fn keep_ends(
    scenario: &Scenario,
    rule: &Ends,
    day: DayId,
    (sites, open): (&[SiteId], &[usize]),
    shapes: &Shapes,
    agreed: &mut Vec<(usize, Vec<Vec<Shape>>)>,
) {
    let date = scenario.horizon.date(day);
    let at = |step: usize| {
        let seconds = i32::try_from(step).unwrap_or(0) * scenario.time.grid.0;
        instant(date, Seconds(seconds)).timestamp()
    };
    let allowed: Vec<_> = (0..=shapes.by_start.len()).map(|step| rule.allowed(at(step))).collect();
    let good = |site: usize, shape: &Shape| allowed[shape.end][sites[site].index()];
    for &j in open {
        let own = agreed.iter().position(|(site, _)| *site == j);
        let list = own.map_or(&shapes.by_start, |at| &agreed[at].1);
        if list.iter().flatten().all(|shape| good(j, shape)) {
            continue;
        }
        let left = list.iter().map(|of| of.iter().filter(|shape| good(j, shape)).cloned().collect()).collect();
        match own {
            Some(at) => agreed[at].1 = left,
            None => agreed.push((j, left)),
        }
    }
    agreed.sort_by_key(|(site, _)| *site);
}

/// Days that are alike: the days, their shift, public hours, services, and sites that may be used.
type Days = (Vec<DayId>, Window, Vec<Window>, Vec<ServiceId>, Vec<usize>);

fn duty(
    scenario: &Scenario,
    id: VehicleId,
    kind: usize,
    (days, shift, windows, services, open): Days,
    roads: &Arc<Roads>,
    (required, told): (Vec<Required>, Vec<(usize, &PublishedVisit)>),
    (scarce, rules): (&[CrewId], &[Ends]),
) -> Duty {
    let vehicle = &scenario.vehicles[id.index()];
    let time = &scenario.time;
    let offers = services
        .iter()
        .map(|s| {
            let lanes = vehicle.offers.iter().find(|o| o.service == *s).map_or(0, |o| o.lanes);
            (scenario.services[s.index()].appointment.0, lanes)
        })
        .collect();
    let timed = promised::binds(scenario, id, days[0]);
    let hours = Hours {
        grid: time.grid.0,
        windows,
        min_session: vehicle.min_session.0,
        max_session: vehicle.max_session.0,
        break_length: time.break_length.0,
        break_window: time.break_window,
        offers,
        timed,
    };
    let mut shapes = Shapes::new(&hours);
    let mut agreed: Vec<(usize, Vec<Vec<Shape>>)> = Vec::new();
    for r in &required {
        if let Some(sessions) = &r.sessions {
            agreed.push((r.site, Shapes::fixed(&hours, sessions, &mut shapes.levels, true)));
        }
    }
    let mut published = Vec::new();
    for (site, visit) in told {
        let other = required.iter().find(|r| r.site == site).and_then(|r| r.sessions.as_ref());
        if other.is_some_and(|sessions| *sessions != visit.sessions) {
            continue;
        }
        published.push(site);
        agreed.retain(|(j, _)| *j != site);
        agreed.push((site, Shapes::fixed(&hours, &visit.sessions, &mut shapes.levels, !visit.fixed)));
    }
    agreed.sort_by_key(|(site, _)| *site);
    for rule in rules.iter().filter(|rule| services.contains(&rule.service)) {
        keep_ends(scenario, rule, days[0], (&roads.sites, &open), &shapes, &mut agreed);
    }
    let worth: Vec<f64> = roads.sites.iter().map(|&site| scenario.weekday_worth(site, days[0])).collect();
    let weeks = (days[0].0 / 7, days[days.len() - 1].0 / 7);
    let work_binds = longest_day(scenario, shift) > scenario.limits.work_per_day.0;
    let nights = vehicle.nights.is_some();
    let single = vehicle.max_visits_per_day == 1 && !nights && !work_binds && !timed && !week_may_bind(scenario, id);
    let every: Vec<usize> = (0..shapes.levels.len()).collect();
    let useful = (0..roads.sites.len())
        .map(|j| {
            if !single || !required.is_empty() {
                return every.clone();
            }
            if let Some((_, own)) = agreed.iter().find(|(site, _)| *site == j) {
                return own.iter().flatten().map(|shape| shape.level).collect();
            }
            let controls = BTreeSet::from([0, vehicle.quality_control.0]);
            let levels = controls.into_iter().flat_map(|c| longest(&shapes, shift, roads, j, c, &hours));
            levels.collect::<BTreeSet<usize>>().into_iter().collect()
        })
        .collect();
    let sleep = sleep(scenario, id, days[0], roads, &open);
    Duty {
        useful,
        rank: ranks(&shapes),
        nights,
        spacing: vehicle.spacing_weeks,
        crew: bound(scenario, id, days[0], &roads.sites, scarce),
        vehicle: id,
        kind,
        days,
        weeks,
        shift,
        services,
        roads: Arc::clone(roads),
        open,
        sleep,
        required,
        shapes,
        agreed,
        published,
        hours,
        max_visits: vehicle.max_visits_per_day as usize,
        work_limit: scenario.limits.work_per_day.0,
        drive_limit: scenario.limits.driving_per_day.0,
        work_binds,
        control: vehicle.quality_control.0,
        timed,
        drive_price: drive_price(scenario),
        weekday_worth: if worth.iter().any(|w| *w != 0.0) { worth } else { Vec::new() },
    }
}

/// Scarce crew that tours of a day bind.
fn bound(scenario: &Scenario, vehicle: VehicleId, day: DayId, sites: &[SiteId], scarce: &[CrewId]) -> Bound {
    let (always, others): (Vec<CrewId>, Vec<CrewId>) =
        scarce.iter().partition(|&&crew| always(scenario, vehicle, crew, day));
    let needs = |site: &SiteId, crew: &CrewId| scenario.sites[site.index()].crew.contains(crew);
    let at_sites: Vec<CrewId> = others.into_iter().filter(|crew| sites.iter().any(|s| needs(s, crew))).collect();
    let bits = |s: &SiteId| at_sites.iter().enumerate().map(|(bit, crew)| usize::from(needs(s, crew)) << bit).sum();
    let by_site = if at_sites.is_empty() { Vec::new() } else { sites.iter().map(bits).collect() };
    Bound { always, at_sites, by_site }
}

fn ranks(shapes: &Shapes) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shapes.levels.len()).collect();
    order.sort_by_key(|&l| (shapes.levels[l].iter().sum::<u32>(), &shapes.levels[l]));
    let mut rank = vec![0; order.len()];
    for (place, level) in order.into_iter().enumerate() {
        rank[level] = place;
    }
    rank
}

fn usable(scenario: &Scenario, vehicle: VehicleId, day: DayId, site: SiteId) -> bool {
    scenario.sites[site.index()].open_on(scenario.horizon.date(day))
        && scenario.permitted(site, day)
        && !scenario.forbidden.iter().any(|f| f.covers(vehicle, day, site))
}

/// Weeks of the horizon, with sites, in which spacing forbids this vehicle because of a past
/// stay of its kind.
fn blocked_by_past(scenario: &Scenario, id: VehicleId) -> BTreeSet<(u32, SiteId)> {
    let vehicle = &scenario.vehicles[id.index()];
    let mut blocked = BTreeSet::new();
    if vehicle.spacing_weeks == 0 {
        return blocked;
    }
    for visit in &scenario.past {
        let Some(site) = visit.site else { continue };
        let same_kind = match scenario.vehicles.iter().find(|v| v.id == visit.vehicle) {
            Some(known) => known.kind == vehicle.kind,
            None => {
                visit.invitations.iter().any(|line| vehicle.offers.iter().any(|offer| offer.service == line.service))
            }
        };
        if same_kind {
            let first_free = scenario.horizon.week_of(visit.date) + i64::from(vehicle.spacing_weeks);
            let weeks = first_free.clamp(0, i64::from(scenario.horizon.weeks));
            blocked.extend((0..u32::try_from(weeks).unwrap_or(0)).map(|w| (w, site)));
        }
    }
    blocked
}

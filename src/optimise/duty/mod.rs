//! Duties: the days of one vehicle that are alike.
//!
//! Two days of a vehicle are alike when it has the same shift, public hours and services on
//! both, may use the same sites, and nothing is locked on either. The master has one row for
//! them all, `Σ tours ≤ days`, so that a plan is not one of many that differ by a permutation
//! of weekdays.

mod build;
mod longest;
mod roads;

pub use longest::week_may_bind;
pub use roads::{Onward, Roads, step_up};

use super::crew::{Bound, scarce};
use super::nights::{nights, runs};
use super::search::Tour;
use super::shapes::{ByStart, Hours, Shape, Shapes};
use crate::domain::{CommuneId, DayId, Scenario, ServiceId, SiteId, VehicleId, Window};
use crate::promise::Ends;
use crate::travel::Table;
use build::of_vehicle;
use std::collections::BTreeMap;
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
    pub agreed: Vec<(usize, ByStart)>,
    /// Local positions of the sites at which a visit is one that was published, with its hours.
    pub published: Vec<usize>,
    /// Levels worth pricing at each site: all of them, or, where a tour is a single visit and its
    /// working time and its hours are free, those of the longest visits.
    pub useful: Vec<Vec<usize>>,
    /// By local site: whether a visit with more appointments may be worth less.
    pub uneven: Vec<bool>,
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

    /// Whether tours of it are tours of another one, where their sites are open: the same hours, roads and limits, and
    /// nothing that must be in them.
    #[must_use]
    pub fn alike(&self, other: &Self) -> bool {
        let (a, b) = (&self.roads, &other.roads);
        let roads = a.sites == b.sites
            && (&a.out, &a.back, &a.between) == (&b.out, &b.back, &b.between)
            && (&a.set_up, &a.pack_down) == (&b.set_up, &b.pack_down);
        let free = |duty: &Self| duty.required.is_empty() && duty.published.is_empty();
        roads
            && free(self)
            && free(other)
            && self.services == other.services
            && self.shapes == other.shapes
            && self.hours == other.hours
            && self.agreed == other.agreed
            && (self.shift, self.max_visits) == (other.shift, other.max_visits)
            && (self.work_limit, self.drive_limit) == (other.work_limit, other.drive_limit)
            && (self.control, self.nights) == (other.control, other.nights)
            && self.sleep == other.sleep
    }

    /// Shapes of a site that has its own: agreed hours, or ends that are forbidden.
    #[must_use]
    pub fn own_shapes(&self, site: usize) -> Option<&ByStart> {
        self.agreed.binary_search_by_key(&site, |(site, _)| *site).ok().map(|at| &self.agreed[at].1)
    }

    /// Shapes of visits to a site that start at a grid step.
    #[must_use]
    pub fn shapes_at(&self, site: usize, start: usize) -> &[Shape] {
        match self.own_shapes(site) {
            Some(by_start) => &by_start[start],
            None => &self.shapes.of(self.uneven[site])[start],
        }
    }

    /// All lists of shapes that its sites may have.
    pub fn lists(&self) -> impl Iterator<Item = &ByStart> {
        [&self.shapes.by_start, &self.shapes.every].into_iter().chain(self.agreed.iter().map(|(_, own)| own))
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
            uneven: sites.iter().map(|&j| self.uneven[j]).collect(),
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

impl Duties {
    /// The duties of a scenario.
    #[must_use]
    pub fn new(scenario: &Scenario, travel: &Table) -> Self {
        let mut kinds: Vec<String> = scenario.vehicles.iter().map(|v| v.kind.clone()).collect();
        kinds.sort();
        kinds.dedup();
        let mut list = Vec::new();
        let mut known = build::Known::default();
        let scarce = scarce(scenario);
        let rules = Ends::hard(scenario, travel);
        let nearest = nearest(scenario, travel);
        for v in 0..scenario.vehicles.len() {
            of_vehicle(
                scenario,
                travel,
                VehicleId::new(v),
                &kinds,
                (&scarce, &rules, &nearest),
                (&mut list, &mut known),
            );
        }
        let kept: usize = list.iter().map(|d| d.required.len()).sum();
        let nights = nights(scenario, &list);
        let runs = runs(scenario, &list);
        Self { impossible: kept < scenario.locks.len(), list, kinds, nights, runs }
    }

    /// By commune: how many stays with a service there can be in it in one plan, at most.
    #[must_use]
    pub fn stays(&self, scenario: &Scenario, service: ServiceId) -> Vec<u32> {
        let mut days: BTreeMap<(usize, SiteId), u32> = BTreeMap::new();
        let duties = self.list.iter().filter(|duty| duty.services.contains(&service));
        for duty in duties {
            for &j in &duty.open {
                let own = days.entry((duty.kind, duty.roads.sites[j])).or_default();
                *own += u32::try_from(duty.days.len()).unwrap_or(u32::MAX);
            }
        }
        let mut out = vec![0; scenario.communes.len()];
        for ((kind, site), days) in days {
            let own = scenario.vehicles.iter().filter(|v| v.kind == self.kinds[kind]).map(|v| v.spacing_weeks);
            let spacing = own.min().unwrap_or(0);
            // Stays that begin in any so many weeks are one.
            let fit = if spacing > 0 { scenario.horizon.weeks.div_ceil(spacing) } else { u32::MAX };
            out[scenario.sites[site.index()].commune.index()] += days.min(fit);
        }
        out
    }
}

/// By site: whether no other is nearer to its commune; all where no host has to be invited.
fn nearest(scenario: &Scenario, travel: &Table) -> Vec<bool> {
    if scenario.services.iter().all(|s| s.pool.is_none_or(|pool| pool.host_share <= 0.0)) {
        return vec![true; scenario.sites.len()];
    }
    let access = |i: CommuneId, j: SiteId| travel.access(scenario, i, scenario.sites[j.index()].position);
    let of = |j: SiteId| {
        let commune = scenario.sites[j.index()].commune;
        let own = access(commune, j);
        let mut all = (0..scenario.sites.len()).map(SiteId::new);
        own.is_some_and(|own| all.all(|other| access(commune, other).is_none_or(|other| other >= own)))
    };
    (0..scenario.sites.len()).map(SiteId::new).map(of).collect()
}

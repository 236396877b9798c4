//! Trips of one vehicle.

use crate::domain::{PositionId, Scenario, SiteId, VehicleId};
use crate::travel::Table;
use rayon::prelude::*;
use std::sync::Arc;

/// Trips of one vehicle, seconds with its factor. Sites are in local order.
#[derive(Debug)]
pub struct Roads {
    /// Sites that fit the vehicle, and those of its visits that have begun, by id.
    pub sites: Vec<SiteId>,
    /// Base to site.
    pub out: Vec<i32>,
    /// Site to base.
    pub back: Vec<i32>,
    /// Site to site, row = from; `i32::MAX` where there is no road.
    pub between: Vec<i32>,
    /// Set-up at each site.
    pub set_up: Vec<i32>,
    /// Pack-down at each site.
    pub pack_down: Vec<i32>,
    /// From each site, the sites it can go on to, by rising grid steps; empty where a tour is a
    /// single visit.
    pub onward: Arc<Vec<Vec<Onward>>>,
}

impl Roads {
    /// The same with only some sites, in the order given; a second of driving costs `price`.
    pub(super) fn only(&self, sites: &[usize], grid: i32, price: f64) -> Self {
        let n = self.sites.len();
        let take = |from: &[i32]| sites.iter().map(|&j| from[j]).collect::<Vec<_>>();
        let mut roads = Self {
            sites: sites.iter().map(|&j| self.sites[j]).collect(),
            out: take(&self.out),
            back: take(&self.back),
            between: Vec::new(),
            set_up: take(&self.set_up),
            pack_down: take(&self.pack_down),
            onward: Arc::default(),
        };
        if !self.between.is_empty() {
            roads.between = sites.iter().flat_map(|&a| sites.iter().map(move |&b| self.between[a * n + b])).collect();
            let onward = (0..sites.len()).map(|a| ways(&roads, a, grid, price)).collect();
            roads.onward = Arc::new(onward);
        }
        roads
    }
}

/// A way from one site to another.
#[derive(Debug, Clone, Copy)]
pub struct Onward {
    /// Local position of the site it leads to.
    pub to: u32,
    /// Grid steps from closing to being ready to open, without a break.
    pub steps: u16,
    /// Driving, seconds.
    pub drive: i32,
    /// Its price in the score.
    pub cost: f64,
}

/// Grid step at or after a time.
#[must_use]
pub fn step_up(time: i32, grid: i32) -> usize {
    usize::try_from((time + grid - 1).div_euclid(grid)).unwrap_or(0)
}

/// Price of one second of driving.
pub(super) fn drive_price(scenario: &Scenario) -> f64 {
    scenario.prices.driving_price_per_hour / 3600.0
}

pub(super) fn roads(scenario: &Scenario, travel: &Table, id: VehicleId) -> Roads {
    let vehicle = &scenario.vehicles[id.index()];
    let base = PositionId::from(vehicle.base);
    let trip =
        |from: PositionId, to: PositionId| travel.vehicle(vehicle, from, to).map_or(i32::MAX, |leg| leg.seconds.0);
    let sites: Vec<SiteId> = (0..scenario.sites.len())
        .map(SiteId::new)
        .filter(|s| {
            scenario.sites[s.index()].takes(vehicle) || scenario.published.as_ref().is_some_and(|p| p.begun(id, *s))
        })
        .filter(|s| {
            let at = scenario.sites[s.index()].position;
            let (out, back) = (trip(base, at), trip(at, base));
            let limit = scenario.limits.driving_per_day.0;
            // With a night between, each way has its own day.
            let both = if vehicle.nights.is_some() { out.max(back) } else { out.saturating_add(back) };
            out != i32::MAX && back != i32::MAX && both <= limit
        })
        .collect();
    let at = |s: &SiteId| scenario.sites[s.index()].position;
    let mut roads = Roads {
        out: sites.iter().map(|s| trip(base, at(s))).collect(),
        back: sites.iter().map(|s| trip(at(s), base)).collect(),
        between: if vehicle.max_visits_per_day > 1 || vehicle.nights.is_some() {
            sites.iter().flat_map(|a| sites.iter().map(|b| trip(at(a), at(b))).collect::<Vec<_>>()).collect()
        } else {
            Vec::new()
        },
        set_up: sites.iter().map(|s| scenario.set_up(id, *s).0).collect(),
        pack_down: sites.iter().map(|s| scenario.pack_down(id, *s).0).collect(),
        onward: Arc::default(),
        sites,
    };
    if !roads.between.is_empty() {
        let (grid, price) = (scenario.time.grid.0, drive_price(scenario));
        let onward = (0..roads.sites.len()).into_par_iter().map(|a| ways(&roads, a, grid, price)).collect();
        roads.onward = Arc::new(onward);
    }
    roads
}

/// The ways from a site, nearest first; a second of driving costs `price`.
fn ways(roads: &Roads, from: usize, grid: i32, price: f64) -> Vec<Onward> {
    let n = roads.sites.len();
    let way = |to: usize| {
        let drive = roads.between[from * n + to];
        if to == from || drive == i32::MAX {
            return None;
        }
        let steps = step_up(roads.pack_down[from] + drive + roads.set_up[to], grid);
        Some(Onward {
            to: u32::try_from(to).ok()?,
            steps: u16::try_from(steps).ok()?,
            drive,
            cost: price * f64::from(drive),
        })
    };
    let mut list: Vec<Onward> = (0..n).filter_map(way).collect();
    list.sort_unstable_by_key(|w| (w.steps, w.to));
    list
}

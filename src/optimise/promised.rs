//! Promises that bind the plan: who is answered when, by which visits.
//!
//! Time is counted on the clock of the promise, from the first instant judged, and cut into *cells* at every
//! instant at which an opening can begin or cease to answer. In a cell a commune is answered for all of the
//! time or for none of it; communes that the same places reach are one *group*. A visit that opens at `a` and
//! closes at `b` answers the cells of `[a − H, b)`: its breaks are far shorter than `H`.

use super::duty::Duty;
use super::search::{Tour, TourStop};
use crate::domain::{Commune, DayId, PromiseMode, Scenario, Service, ServiceId, Site, SiteId, VehicleId};
use crate::plan::after_midnight;
use crate::promise::{Clock, Offer, Period, Times, fixed, nearby, promised_to};
use crate::travel::Table;
use crate::units::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// A span of cells, `[from, to)`.
pub type Cells = (u32, u32);

/// Communes that the same sites and fixed points reach.
#[derive(Debug, Clone)]
pub struct Group {
    /// The sites, sorted.
    pub sites: Vec<SiteId>,
    /// What a second is worth in which they are answered: weight × residents ÷ seconds judged.
    pub weight: f64,
    /// Where it lies, roughly.
    pub zone: u32,
    /// Position of the pattern of cells that fixed points answer already.
    pattern: usize,
}

/// A promise that binds.
#[derive(Debug, Clone)]
pub struct Promised {
    /// The service.
    pub service: ServiceId,
    /// The groups that a site reaches.
    pub groups: Vec<Group>,
    /// By site: the groups it reaches, sorted.
    pub by_site: Vec<Vec<u32>>,
    /// Whether plans that do not keep it are none. Then a group answered all of the time is worth 1, whoever
    /// lives there, and what is missing is made dear.
    pub hard: bool,
    /// What is lost where no vehicle answers anybody.
    pub base: f64,
    /// Whether some of it lies out of reach of every site.
    pub out_of_reach: bool,
    /// Ends of the cells, seconds of the clock; the first is 0.
    cuts: Vec<i64>,
    /// By pattern: seconds in the cells before each that fixed points do not answer; one more than cells.
    free: Vec<Vec<f64>>,
    clock: Clock,
    start: i64,
    hours: i64,
}

/// How the days of a duty lie among the cells of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Position of the promise.
    pub promised: usize,
    /// By grid step: the first cell answered by a visit that opens then.
    pub lo: Vec<u32>,
    /// By grid step: the cell after the last one answered by a visit that closes then.
    pub hi: Vec<u32>,
    /// Cells that every visit of the day answers; empty where there are none.
    pub core: Cells,
}

/// Cells of a group that a tour answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Position of the promise.
    pub promised: usize,
    /// The group.
    pub group: u32,
    /// Its cells.
    pub cells: Cells,
}

impl Promised {
    /// The promises of a scenario that bind, and by duty how its days lie among their cells.
    #[must_use]
    pub fn all(scenario: &Scenario, travel: &Table, duties: &[Duty]) -> (Vec<Self>, Vec<Vec<Frame>>) {
        let mut list = Vec::new();
        let mut frames = vec![Vec::new(); duties.len()];
        for (k, service) in scenario.services.iter().enumerate() {
            let weight = match service.promise.mode {
                PromiseMode::Report => continue,
                PromiseMode::Soft(weight) => Some(weight),
                PromiseMode::Hard => None,
            };
            let id = ServiceId::new(k);
            let mut one = Self::timed(scenario, id, service, duties);
            one.fill(scenario, travel, service, weight);
            for (frames, duty) in frames.iter_mut().zip(duties) {
                if offers(scenario, duty, id) {
                    frames.push(one.frame(scenario, duty, list.len()));
                }
            }
            list.push(one);
        }
        (list, frames)
    }

    /// The promise with its cells, and no groups.
    fn timed(scenario: &Scenario, id: ServiceId, service: &Service, duties: &[Duty]) -> Self {
        let period = Period::of(scenario);
        let clock = period.clock(scenario, service.promise.clock);
        let hours = service.promise.reach.seconds();
        let start = clock.reading(period.span().0);
        let judged = (clock.reading(period.span().1) - hours - start).max(0);
        let mut out = Self {
            service: id,
            groups: Vec::new(),
            by_site: vec![Vec::new(); scenario.sites.len()],
            hard: service.promise.mode == PromiseMode::Hard,
            base: 0.0,
            out_of_reach: false,
            cuts: vec![0, judged],
            free: Vec::new(),
            clock,
            start,
            hours,
        };
        let mut cuts: BTreeSet<i64> = BTreeSet::from([0, judged]);
        for duty in duties.iter().filter(|duty| offers(scenario, duty, id)) {
            let (opens, closes) = steps(duty);
            for &day in &duty.days {
                cuts.extend(opens.iter().map(|&step| out.opened(at(scenario, day, duty, step))));
                cuts.extend(closes.iter().map(|&step| out.closed(at(scenario, day, duty, step))));
            }
        }
        for offer in fixed(scenario, service, (period.first, period.known)) {
            let spans = offer.open.spans();
            cuts.extend(spans.iter().flat_map(|&(open, close)| [out.opened(open), out.closed(close)]));
        }
        out.cuts = cuts.into_iter().collect();
        out
    }

    /// From when on something that opens at an instant answers, seconds of the clock since the start.
    fn opened(&self, at: i64) -> i64 {
        (self.clock.reading(at) - self.hours - self.start).clamp(0, self.cuts[self.cuts.len() - 1])
    }

    /// Until when something that closes at an instant answers.
    fn closed(&self, at: i64) -> i64 {
        (self.clock.reading(at) - self.start).clamp(0, self.cuts[self.cuts.len() - 1])
    }

    fn cell(&self, reading: i64) -> u32 {
        u32::try_from(self.cuts.partition_point(|cut| *cut < reading)).unwrap_or(u32::MAX)
    }

    /// Groups the communes promised, and weighs them.
    #[allow(clippy::cast_precision_loss)]
    fn fill(&mut self, scenario: &Scenario, travel: &Table, service: &Service, weight: Option<f64>) {
        let judged = self.cuts[self.cuts.len() - 1];
        if judged == 0 {
            return;
        }
        let period = Period::of(scenario);
        let access = service.promise.reach.access;
        let points = fixed(scenario, service, (period.first, period.known));
        let near_points = nearby(scenario, travel, &points, access);
        let place = |site: &Site| Offer { at: site.position, open: Times::default() };
        let places: Vec<Offer> = scenario.sites.iter().map(place).collect();
        let near_sites = nearby(scenario, travel, &places, access);
        let mut patterns: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut groups: BTreeMap<(Vec<usize>, usize), (f64, u32)> = BTreeMap::new();
        for commune in promised_to(scenario, travel, service) {
            let i = commune.index();
            let next = patterns.len();
            let pattern = *patterns.entry(near_points[i].clone()).or_insert(next);
            if pattern == next {
                self.free.push(self.unanswered(near_points[i].iter().flat_map(|&k| points[k].open.spans())));
            }
            let residents = f64::from(scenario.communes[i].population.0);
            let own = weight.map_or(0.0, |weight| weight * residents / judged as f64);
            let key = (near_sites[i].clone(), pattern);
            groups.entry(key).or_insert((0.0, zone(&scenario.communes[i]))).0 += own;
        }
        for ((sites, pattern), (weight, zone)) in groups {
            let weight = if self.hard { 1.0 / judged as f64 } else { weight };
            let unanswered = self.free[pattern][self.cuts.len() - 1];
            self.base += weight * unanswered;
            self.out_of_reach |= sites.is_empty() && unanswered > 0.0;
            if sites.is_empty() || weight <= 0.0 {
                continue;
            }
            let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            sites.iter().for_each(|&j| self.by_site[j].push(group));
            let sites = sites.into_iter().map(SiteId::new).collect();
            self.groups.push(Group { sites, weight, zone, pattern });
        }
    }

    /// Seconds before each cell that openings leave unanswered.
    #[allow(clippy::cast_precision_loss)]
    fn unanswered<'s>(&self, open: impl Iterator<Item = &'s (i64, i64)>) -> Vec<f64> {
        let mut answered = vec![false; self.cuts.len() - 1];
        for &(from, to) in open {
            let (from, to) = (self.cell(self.opened(from)), self.cell(self.closed(to)));
            answered[from as usize..to.max(from) as usize].fill(true);
        }
        let mut sum = 0.0;
        let lengths = self.cuts.windows(2).zip(answered).map(|(cut, done)| if done { 0 } else { cut[1] - cut[0] });
        std::iter::once(0.0)
            .chain(lengths.map(|length| {
                sum += length as f64;
                sum
            }))
            .collect()
    }

    fn frame(&self, scenario: &Scenario, duty: &Duty, promised: usize) -> Frame {
        // Days of such a duty are never alike: there is one.
        let day = duty.days[0];
        let steps_of_day = duty.shapes.by_start.len() + 1;
        let lo: Vec<u32> =
            (0..steps_of_day).map(|step| self.cell(self.opened(at(scenario, day, duty, step)))).collect();
        let hi: Vec<u32> =
            (0..steps_of_day).map(|step| self.cell(self.closed(at(scenario, day, duty, step)))).collect();
        let (opens, closes) = steps(duty);
        let latest = opens.iter().map(|&step| lo[step]).max().unwrap_or(0);
        let earliest = closes.iter().map(|&step| hi[step]).min().unwrap_or(0);
        Frame { promised, lo, hi, core: (latest, earliest.max(latest)) }
    }

    /// Number of cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cuts.len() - 1
    }

    /// The day of the clock that a cell begins on.
    #[must_use]
    pub fn day(&self, cell: u32) -> u32 {
        u32::try_from(self.cuts[cell as usize] / 86_400).unwrap_or(0)
    }

    /// What some cells of a group are worth.
    #[must_use]
    pub fn value(&self, group: u32, (from, to): Cells) -> f64 {
        let group = &self.groups[group as usize];
        let free = &self.free[group.pattern];
        group.weight * (free[to as usize] - free[from as usize])
    }

    /// What the cells before each are worth for a group, and for all groups together that a site reaches.
    #[must_use]
    pub fn worth(&self, group: u32) -> Vec<f64> {
        let group = &self.groups[group as usize];
        self.free[group.pattern].iter().map(|seconds| group.weight * seconds).collect()
    }
}

impl Frame {
    /// Cells that a visit answers beside the core, by the steps at which it opens and closes: before it and after it.
    #[must_use]
    pub fn edges(&self, open: usize, close: usize) -> [Cells; 2] {
        [(self.lo[open], self.core.0.max(self.lo[open])), (self.core.1, self.hi[close].max(self.core.1))]
    }
}

/// What a tour answers: cells beside the core visit by visit, those of the core visit by visit but for the groups
/// that the visit before answered.
pub fn covers(promised: &[Promised], frames: &[Frame], duty: &Duty, tour: &Tour, mut tell: impl FnMut(Cover)) {
    for frame in frames {
        let own = &promised[frame.promised];
        let groups = |stop: &TourStop| &own.by_site[duty.roads.sites[stop.site].index()];
        for (k, stop) in tour.stops.iter().enumerate() {
            let (Some(first), Some(last)) = (stop.sessions.first(), stop.sessions.last()) else { continue };
            for cells in frame.edges(first.0, last.1).into_iter().filter(|(from, to)| from < to) {
                groups(stop).iter().for_each(|&group| tell(Cover { promised: frame.promised, group, cells }));
            }
            let before = k.checked_sub(1).map_or(&[][..], |k| groups(&tour.stops[k]));
            let fresh = groups(stop).iter().filter(|group| before.binary_search(group).is_err());
            if frame.core.0 < frame.core.1 {
                fresh.for_each(|&group| tell(Cover { promised: frame.promised, group, cells: frame.core }));
            }
        }
    }
}

/// What some tours together answer, by promise: every cell of a group once.
pub fn together<'t>(
    promised: &[Promised],
    frames: &[Vec<Frame>],
    duties: &[Duty],
    tours: impl Iterator<Item = (usize, &'t Tour)>,
) -> Vec<f64> {
    let mut total = vec![0.0; promised.len()];
    if promised.is_empty() {
        return total;
    }
    let mut spans: BTreeMap<(usize, u32), Vec<Cells>> = BTreeMap::new();
    for (d, tour) in tours {
        covers(promised, &frames[d], &duties[d], tour, |cover| {
            spans.entry((cover.promised, cover.group)).or_default().push(cover.cells);
        });
    }
    for ((k, group), mut spans) in spans {
        spans.sort_unstable();
        let mut done = 0;
        for (from, to) in spans {
            let from = from.max(done);
            if from < to {
                total[k] += promised[k].value(group, (from, to));
                done = to;
            }
        }
    }
    total
}

/// A square of some 20 km.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn zone(commune: &Commune) -> u32 {
    let (lat, lon) = ((commune.lat + 90.0) * 5.0, (commune.lon + 180.0) * 3.5);
    (lat as u32) * 2_000 + lon as u32
}

/// Whether the vehicle of a duty offers a service on its days.
fn offers(scenario: &Scenario, duty: &Duty, service: ServiceId) -> bool {
    let date = scenario.horizon.date(duty.days[0]);
    let offers = &scenario.vehicles[duty.vehicle.index()].offers;
    offers.iter().any(|o| o.service == service && o.lanes > 0 && o.weekdays.contains(date))
}

/// Whether a vehicle offers a service that is promised so that it binds, on a day.
#[must_use]
pub fn binds(scenario: &Scenario, vehicle: VehicleId, day: DayId) -> bool {
    let date = scenario.horizon.date(day);
    scenario.vehicles[vehicle.index()]
        .offers
        .iter()
        .any(|o| o.weekdays.contains(date) && scenario.services[o.service.index()].promise.mode != PromiseMode::Report)
}

/// Grid steps at which visits of a duty may open, and close.
fn steps(duty: &Duty) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let (mut opens, mut closes) = (BTreeSet::new(), BTreeSet::new());
    for by_start in duty.lists() {
        for (start, shapes) in by_start.iter().enumerate().filter(|(_, shapes)| !shapes.is_empty()) {
            opens.insert(start);
            closes.extend(shapes.iter().map(|shape| shape.end));
        }
    }
    (opens, closes)
}

fn at(scenario: &Scenario, day: DayId, duty: &Duty, step: usize) -> i64 {
    let seconds = i32::try_from(step).unwrap_or(0) * duty.hours.grid;
    after_midnight(scenario.horizon.date(day), Seconds(seconds)).timestamp()
}

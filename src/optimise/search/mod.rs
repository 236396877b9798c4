//! Pricing of tours: the best paths through a duty's time-expanded graph.
//!
//! A node is (site, grid step at which its last session ends, whether the break is still owed,
//! which watched sites are behind). A backward pass values every node by its best completion
//! under a relaxation: driving and working time, the number of visits and repeated visits to
//! unwatched sites are not counted. A best-first search forward, with those counted exactly,
//! uses the values as an admissible estimate: the first tour it completes is a best one, and
//! whatever it has not completed is worth at most the best label still open. So the search may
//! stop early and still give a valid bound on the best tour.

mod evening;
mod ground;
mod hours;
mod labels;
mod nights;
mod starts;
mod touch;
mod values;
mod windows;

pub use ground::Ground;
pub use hours::Hours;
pub use nights::{BudgetOf, Budgets, Layer, NightSearch, Rotations};
pub use touch::Touch;
pub use windows::Windows;

use super::duty::{Duty, step_up};
use super::shapes::Shape;
use evening::Evening;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use values::Values;

/// Labels of a search for a shortest tour, at most: all visits are worth the same to it, so that it looks at many.
const MOST_LABELS: usize = 500_000;
const NEVER: f64 = f64::NEG_INFINITY;

/// One visit of a tour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TourStop {
    /// Local position of the site.
    pub site: usize,
    /// Sessions in grid steps.
    pub sessions: Vec<(usize, usize)>,
    /// Level of appointments.
    pub level: usize,
}

/// A tour of a duty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tour {
    /// Visits, in order.
    pub stops: Vec<TourStop>,
    /// Driving, seconds.
    pub driving: i32,
    /// Working time, seconds.
    pub work: i32,
    /// Whether it begins with the quality control of the week.
    pub control: bool,
    /// Local position of the site where the vehicle slept before; `None` at its base.
    pub slept: Option<usize>,
    /// Nights it then spends at the site of its last visit; 0 when it returns to the base.
    pub sleeps: u32,
}

/// What a duty's visits are worth at the prices of the master.
#[derive(Debug, Clone)]
pub struct Prizes {
    /// Value of a visit: `sites × levels`, row = local site.
    pub visit: Vec<f64>,
    /// The part of it that is neither its package's value nor the price of a stay, in the same
    /// shape; empty where no stay lasts longer than a day.
    pub aside: Vec<f64>,
    /// Price of a stay that begins on such a day, by local site.
    pub stay: Vec<f64>,
    /// Price of working time.
    pub hours: Hours,
    /// Longest working time of interest, seconds; beside the duty's own limit.
    pub longest: i32,
    /// By crew that sites bind (in the order of the duty's): price of a head.
    pub crew: Vec<f64>,
    /// Price of a tour with the quality control.
    pub with_control: f64,
    /// Price of a tour without it.
    pub without_control: f64,
    /// Prizes of the first visit to any site of a group.
    pub touch: Touch,
    /// Prizes of hours.
    pub windows: Windows,
}

/// A first visit of a tour.
#[derive(Debug, Clone, Copy)]
struct Start {
    site: usize,
    /// Grid step at which it opens.
    opening: usize,
    /// The latest departure, or begin of duty where it slept, that makes it.
    depart: i32,
    /// Driving before it, seconds.
    driving: i32,
    /// Whether the break is still owed.
    owed: bool,
    /// Whether it has been taken.
    paused: bool,
    /// Whether the quality control comes before it.
    control: bool,
}

/// The outcome of one pricing.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Tours by falling value, each set of sites once unless all were asked for.
    pub tours: Vec<(f64, Tour)>,
    /// No tour is worth more; `-∞` when there is none at all.
    pub bound: f64,
    /// Whether every tour above the threshold is in the list.
    pub complete: bool,
}

/// How far to search.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Tours wanted.
    pub tours: usize,
    /// Labels expanded at most.
    pub labels: usize,
    /// Tours worth less are of no interest.
    pub threshold: f64,
}

/// Lists that have been worked out, by what they belong to.
type Known<K, T> = RefCell<FxHashMap<K, Rc<[T]>>>;

/// One duty's graph at given prizes.
pub struct Search<'a> {
    duty: &'a Duty,
    ground: &'a Ground,
    prizes: &'a Prizes,
    levels: usize,
    grid: i32,
    break_from: i32,
    break_to: i32,
    break_length: i32,
    values: Values,
    /// First opening at or after a step, in each public window.
    openings: Vec<Vec<usize>>,
    /// Every opening at or after a step, for visits that cannot last, or are worth less where they do; empty where hours do not
    /// count.
    every_opening: Vec<Vec<usize>>,
    /// Best value of [`Values::ready`] over all sites, at a step or later.
    best_ready: Vec<f64>,
    /// Crew bound by sites whose heads have a price now.
    priced: Vec<usize>,
    watch_work: bool,
    work_limit: i32,
    evening: Evening,
    /// See [`Search::lasting`].
    lasting: Known<(usize, usize, bool), usize>,
    /// First visits of a day by where the vehicle slept, the site, and the control before.
    mornings: Known<(usize, usize, i32), Start>,
    /// See [`Search::choices`].
    choices: Known<(usize, i32), (f64, usize)>,
}

impl<'a> Search<'a> {
    /// Prepares the backward values. `O(2^watched · steps · sites²)` for tours of several
    /// visits, `O(steps · sites · shapes)` for single ones.
    #[must_use]
    pub fn new(duty: &'a Duty, ground: &'a Ground, prizes: &'a Prizes, watch: &[usize]) -> Self {
        Self::with_evening(duty, ground, prizes, watch, Evening::default())
    }

    /// The same, where `evening` says what it is worth to stay at a site after the last session of the
    /// day.
    fn with_evening(duty: &'a Duty, ground: &'a Ground, prizes: &'a Prizes, watch: &[usize], evening: Evening) -> Self {
        let hours = &duty.hours;
        let mut watched: Vec<usize> = duty.required.iter().map(|r| r.site).collect();
        for &site in watch {
            if !watched.contains(&site) {
                watched.push(site);
            }
        }
        let steps = duty.shapes.by_start.len() + 1;
        let values = Values {
            steps,
            sites: duty.roads.sites.len(),
            closed: Vec::new(),
            ready: Vec::new(),
            all_required: (1 << duty.required.len()) - 1,
            watched,
        };
        let mut search = Self {
            duty,
            ground,
            prizes,
            levels: duty.shapes.levels.len(),
            grid: hours.grid,
            break_from: hours.break_window.from.0,
            break_to: hours.break_window.to.0,
            break_length: hours.break_length,
            values,
            openings: starts::openings(duty),
            every_opening: starts::every_opening(duty),
            best_ready: Vec::new(),
            priced: (0..prizes.crew.len()).filter(|&bit| prizes.crew[bit] > 0.0).collect(),
            watch_work: duty.work_binds || prizes.hours.matter() || prizes.longest < duty.work_limit,
            work_limit: duty.work_limit.min(prizes.longest),
            evening,
            lasting: RefCell::default(),
            mornings: RefCell::default(),
            choices: RefCell::default(),
        };
        search.prepare();
        search
    }

    /// Keeps tours apart that differ in working time only, though it has no price now.
    #[must_use]
    pub fn watching_work(mut self, watch: bool) -> Self {
        self.watch_work |= watch;
        self
    }

    /// Value of a visit, before the price of heads that it may be the first to bind.
    fn visit_value(&self, site: usize, shape: &Shape) -> f64 {
        let hours = self.prizes.windows.worth(site, &shape.sessions);
        self.prizes.visit[site * self.levels + shape.level] + self.prizes.touch.first(site) + hours
    }

    /// The heads that a visit to a site binds beside those bound already, with their price.
    fn newly_bound(&self, mask: usize, site: usize) -> (usize, f64) {
        let bits = self.duty.crew.bits(site);
        if bits == 0 {
            return (0, 0.0);
        }
        let (mut new, mut price) = (0, 0.0);
        for (place, &bit) in self.priced.iter().enumerate() {
            let own = 1 << (self.values.watched.len() + place);
            if bits >> bit & 1 == 1 && mask & own == 0 {
                new |= own;
                price += self.prizes.crew[bit];
            }
        }
        (new, price)
    }

    /// Sets of watched sites behind and of priced heads bound.
    fn masks(&self) -> usize {
        1 << (self.values.watched.len() + self.priced.len())
    }

    fn bit(&self, site: usize) -> usize {
        self.values.watched.iter().position(|&w| w == site).map_or(0, |k| 1 << k)
    }

    /// Arrival at the base after closing at a step, with the break taken on the way when it is
    /// owed and the tour would cover the window; `None` past the shift. The flag tells whether
    /// the break was taken.
    fn home(&self, site: usize, end: usize, owed: bool) -> Option<(i32, bool)> {
        let (pack, back) = (self.duty.roads.pack_down[site], self.duty.roads.back[site]);
        let closed = seconds(end, self.grid);
        let direct = closed + pack + back;
        let (arrival, paused) = if owed && direct >= self.break_to {
            (self.with_break(closed, &[pack, back])?, true)
        } else {
            (direct, false)
        };
        (arrival <= self.duty.shift.to.0).then_some((arrival, paused))
    }

    /// Time after doing `parts` in order from `from`, with the break before one of them (not
    /// after the last).
    fn with_break(&self, from: i32, parts: &[i32]) -> Option<i32> {
        let total: i32 = parts.iter().sum();
        let mut before = 0;
        let mut best: Option<i32> = None;
        for &part in parts {
            let start = (from + before).max(self.break_from);
            if start + self.break_length <= self.break_to {
                let done = start + self.break_length + (total - before);
                best = Some(best.map_or(done, |b| b.min(done)));
            }
            before += part;
        }
        best
    }

    /// The grid step at which a vehicle may open at `to` after closing at `from`, with the break
    /// on the way; before or after set-up counts too.
    fn ready_after_break(&self, from: usize, end: usize, to: usize) -> Option<usize> {
        let roads = &self.duty.roads;
        let drive = roads.between[from * roads.sites.len() + to];
        let parts = [roads.pack_down[from], drive, roads.set_up[to], 0];
        let ready = self.with_break(seconds(end, self.grid), &parts)?;
        Some(step_up(ready, self.grid))
    }
    fn top_ready(&self, mask: usize, owed: bool, step: usize) -> f64 {
        if step >= self.values.steps {
            return NEVER;
        }
        self.best_ready[(mask * 2 + usize::from(owed)) * self.values.steps + step]
    }

    /// Earliest step at which anything can open after closing at `end` and a way of so many
    /// steps with the break on it.
    fn break_floor(&self, end: usize, steps: usize) -> usize {
        let ready = (seconds(end, self.grid)).max(self.break_from) + self.break_length;
        // The way itself takes more than `steps - 1` whole steps.
        step_up(ready, self.grid).max(end + steps.saturating_sub(1))
    }

    /// What a break on the way is worth: it shortens the working time, which is priced on arrival.
    fn bonus(&self) -> f64 {
        self.prizes.hours.slope() * f64::from(self.break_length)
    }

    /// Whether a vehicle that closed at `end` with `value` could come to `threshold` by going on a
    /// way of so many steps, or a longer one.
    fn may_go_on(&self, mask: usize, owed: bool, end: usize, steps: usize, value: f64, threshold: f64) -> bool {
        let top = self.top_ready(mask, owed, end + steps);
        let broken =
            if owed { self.top_ready(mask, false, self.break_floor(end, steps)) + self.bonus() } else { NEVER };
        let best = top.max(broken);
        best > NEVER && value + best >= threshold
    }

    /// Value of beginning a day with a first visit.
    fn start_value(&self, start: &Start) -> f64 {
        self.prizes.hours.slope() * f64::from(start.depart + if start.paused { self.break_length } else { 0 })
            - self.prizes.hours.begin()
            - self.duty.drive_price * f64::from(start.driving)
            - if start.control { self.prizes.with_control } else { self.prizes.without_control }
    }

    fn work_cost(&self, arrival: i32, paused: bool) -> f64 {
        self.prizes.hours.slope() * f64::from(arrival - if paused { self.break_length } else { 0 })
    }
}

/// The shortest tour that makes the same visits, with the same appointments.
#[must_use]
pub fn shortest(duty: &Duty, tour: &Tour) -> Option<Tour> {
    if tour.stops.len() < 2 {
        return None;
    }
    let sites: Vec<usize> = tour.stops.iter().map(|s| s.site).collect();
    let best = through(duty, &sites, tour.control, |at, level| tour.stops[at].level == level)?;
    (best.stops.len() == tour.stops.len()).then_some(best)
}

/// The shortest tour from the base that makes the locked visits of a duty and no other, with the
/// quality control or without.
#[must_use]
pub fn locked_alone(duty: &Duty, control: bool) -> Option<Tour> {
    let sites: Vec<usize> = duty.required.iter().map(|r| r.site).collect();
    through(duty, &sites, control, |at, level| duty.useful[sites[at]].contains(&level))
}

/// The same with the published visits that the duty may still make, at their hours; `None` where there are none, or they
/// do not all go together with the locked ones.
#[must_use]
pub fn told_alone(duty: &Duty, control: bool) -> Option<Tour> {
    let mut sites: Vec<usize> = duty.required.iter().map(|r| r.site).collect();
    sites.extend(duty.published.iter().filter(|j| duty.open.contains(j)));
    sites.sort_unstable();
    sites.dedup();
    if duty.published.is_empty() {
        return None;
    }
    through(duty, &sites, control, |at, level| duty.useful[sites[at]].contains(&level))
}

/// The shortest tour that visits as many as it can of some sites, with levels that are wanted.
fn through(duty: &Duty, sites: &[usize], control: bool, wanted: impl Fn(usize, usize) -> bool) -> Option<Tour> {
    let duty = duty.only(sites);
    let levels = duty.shapes.levels.len();
    // More than a day of driving could ever cost.
    let prize = 10.0 + 86_400.0 * duty.drive_price;
    let mut visit = vec![NEVER; sites.len() * levels];
    for (at, level) in (0..sites.len()).flat_map(|at| (0..levels).map(move |level| (at, level))) {
        if wanted(at, level) {
            visit[at * levels + level] = prize;
        }
    }
    // The other sort of tour costs more than all visits bring.
    let (with_control, without_control) = if control { (0.0, 1e9) } else { (1e9, 0.0) };
    let prizes = Prizes {
        visit,
        aside: Vec::new(),
        stay: vec![0.0; sites.len()],
        hours: Hours::default(),
        longest: i32::MAX,
        crew: Vec::new(),
        with_control,
        without_control,
        touch: Touch::default(),
        windows: Windows::default(),
    };
    let watch: Vec<usize> = (0..sites.len()).collect();
    let ground = Ground::whole(&duty);
    let search = Search::new(&duty, &ground, &prizes, &watch);
    let (_, mut best) = search.run(Effort { tours: 1, labels: MOST_LABELS, threshold: f64::MIN }, false).tours.pop()?;
    for stop in &mut best.stops {
        stop.site = sites[stop.site];
    }
    (best.control == control).then_some(best)
}

/// The larger of two numbers that are numbers: [`f64::max`] without its care for others.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

fn seconds(step: usize, grid: i32) -> i32 {
    i32::try_from(step).unwrap_or(i32::MAX / 4096) * grid
}

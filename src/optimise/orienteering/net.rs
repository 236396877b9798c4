//! An instance as the search and the proof see it: customers that can be reached, between two depots.

use crate::domain::Orienteering;

/// How much later than allowed an arrival may be: sums of the same distances differ by less, however
/// they are added up.
pub const LATE: f64 = 1e-9;

/// Customers `0..n` and the times between them. Service is part of the time to whatever comes next.
#[derive(Debug, Clone)]
pub struct Net {
    /// Number of customers.
    pub n: usize,
    /// Position of each customer in the instance.
    pub points: Vec<usize>,
    /// Profit of each customer.
    pub profit: Vec<f64>,
    /// Time from the beginning of one visit to the arrival at the next: n × n, row = from.
    pub time: Vec<f64>,
    /// The same, row = to.
    pub time_to: Vec<f64>,
    /// Time from the start to each customer.
    pub out: Vec<f64>,
    /// Time from the beginning of each visit to the end.
    pub home: Vec<f64>,
    /// When a visit can begin at the earliest, the way from the start included.
    pub open: Vec<f64>,
    /// When it can begin at the latest, so that the end is still reached in time.
    pub close: Vec<f64>,
    /// When a route must have ended.
    pub limit: f64,
    /// Whether open and close say no more than the limit on the length does.
    pub timeless: bool,
    /// Routes that may be made.
    pub vehicles: usize,
    /// Every total profit is a multiple of it; 0 where profits are not whole numbers.
    pub grain: f64,
}

impl Net {
    /// Leaves out the customers that no route can reach and those that bring nothing, unless the way
    /// through one is shorter than the way around it.
    #[must_use]
    pub fn new(instance: &Orienteering) -> Self {
        let limit = instance.limit + LATE;
        let (start, end) = (instance.start, instance.end);
        let points = &instance.points;
        let reached = |&p: &usize| {
            let at = instance.distance(start, p).max(points[p].open);
            at <= points[p].close + LATE && at + points[p].service + instance.distance(p, end) <= limit
        };
        let all: Vec<usize> = instance.customers().filter(reached).collect();
        let shortens = |p: usize| {
            let ends = || all.iter().copied().chain([start, end]).filter(move |&q| q != p);
            let through = |a, b| instance.distance(a, p) + points[p].service + instance.distance(p, b);
            ends().any(|a| ends().any(|b| a != b && through(a, b) < instance.distance(a, b) - LATE))
        };
        let kept: Vec<usize> = all.iter().copied().filter(|&p| points[p].profit > 0.0 || shortens(p)).collect();
        let way = |a: usize, b: usize| points[a].service + instance.distance(a, b);
        let time = kept.iter().flat_map(|&a| kept.iter().map(move |&b| way(a, b))).collect();
        let time_to = kept.iter().flat_map(|&b| kept.iter().map(move |&a| way(a, b))).collect();
        let out: Vec<f64> = kept.iter().map(|&p| instance.distance(start, p)).collect();
        let home: Vec<f64> = kept.iter().map(|&p| way(p, end)).collect();
        let open = kept.iter().zip(&out).map(|(&p, out)| points[p].open.max(*out)).collect();
        let close = kept.iter().zip(&home).map(|(&p, home)| (points[p].close + LATE).min(limit - home)).collect();
        let profit: Vec<f64> = kept.iter().map(|&p| points[p].profit).collect();
        let timeless = kept.iter().all(|&p| points[p].open <= 0.0 && points[p].close >= instance.limit);
        let grain = grain(&profit);
        Self {
            n: kept.len(),
            points: kept,
            profit,
            time,
            time_to,
            out,
            home,
            open,
            close,
            limit,
            timeless,
            vehicles: instance.vehicles,
            grain,
        }
    }

    /// Time from the beginning of the visit to `i` to the arrival at `j`.
    #[must_use]
    pub fn time(&self, i: usize, j: usize) -> f64 {
        self.time[i * self.n + j]
    }

    /// Seen from the end: time runs backward from the limit, ways lead the other way.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            time: self.time_to.clone(),
            time_to: self.time.clone(),
            out: self.home.clone(),
            home: self.out.clone(),
            open: self.close.iter().map(|close| self.limit - close).collect(),
            close: self.open.iter().map(|open| self.limit - open).collect(),
            ..self.clone()
        }
    }

    /// Profit of customers.
    #[must_use]
    pub fn worth(&self, route: &[u16]) -> f64 {
        route.iter().map(|&c| self.profit[usize::from(c)]).sum()
    }

    /// The highest total profit that is not above a bound.
    #[must_use]
    pub fn at_most(&self, bound: f64) -> f64 {
        if self.grain > 0.0 { ((bound + 1e-6) / self.grain).floor() * self.grain } else { bound }
    }
}

/// The greatest common divisor of whole numbers; 0 where one is not whole.
fn grain(profits: &[f64]) -> f64 {
    let mut common = 0_u64;
    for &profit in profits {
        if profit.fract() != 0.0 || profit > 1e9 {
            return 0.0;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (mut a, mut b) = (common, profit as u64);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        common = a;
    }
    #[allow(clippy::cast_precision_loss)]
    let common = common as f64;
    common
}

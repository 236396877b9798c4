//! Routes of a team orienteering instance, checked with nothing but its points: no code of the optimiser.

use crate::domain::{Metric, Orienteering};
use std::collections::BTreeSet;

/// Sums of the same distances differ by less, however they are added up.
const ROUNDING: f64 = 1e-8;

/// What is wrong with routes.
#[derive(Debug, Clone, PartialEq)]
pub enum RouteFault {
    /// There are more routes than vehicles.
    TooMany(usize),
    /// A route names a point that is not there, or the start or the end.
    NoStop(usize),
    /// A point is visited twice.
    Twice(usize),
    /// A visit to this point would begin after it closes.
    Closed(usize),
    /// A route, by its position, is at the end after the limit, at this time.
    Late(usize, f64),
}

/// The profit of routes, each given by the points between start and end.
///
/// # Errors
/// The first fault met.
pub fn routes(instance: &Orienteering, routes: &[Vec<usize>]) -> Result<f64, RouteFault> {
    if routes.len() > instance.vehicles {
        return Err(RouteFault::TooMany(routes.len()));
    }
    let points = &instance.points;
    let way = |from: usize, to: usize| {
        let straight = (points[from].x - points[to].x).hypot(points[from].y - points[to].y);
        match instance.metric {
            Metric::Euclidean => straight,
            Metric::Tenths => (straight * 10.0).floor() / 10.0,
            Metric::Hundredths => (straight * 100.0).floor() / 100.0,
        }
    };
    let mut seen = BTreeSet::new();
    let mut profit = 0.0;
    for (k, route) in routes.iter().enumerate() {
        let (mut here, mut now) = (instance.start, 0.0_f64);
        for &stop in route {
            if stop >= points.len() || stop == instance.start || stop == instance.end {
                return Err(RouteFault::NoStop(stop));
            }
            if !seen.insert(stop) {
                return Err(RouteFault::Twice(stop));
            }
            let arrival = now + way(here, stop);
            let begin = if arrival < points[stop].open { points[stop].open } else { arrival };
            if begin > points[stop].close + ROUNDING {
                return Err(RouteFault::Closed(stop));
            }
            profit += points[stop].profit;
            now = begin + points[stop].service;
            here = stop;
        }
        let end = now + way(here, instance.end);
        if !route.is_empty() && end > instance.limit + ROUNDING {
            return Err(RouteFault::Late(k, end));
        }
    }
    Ok(profit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Point;

    fn square() -> Orienteering {
        let at = |x: f64, y: f64, profit: f64| Point { x, y, profit, service: 0.5, open: 0.0, close: 4.0 };
        Orienteering {
            name: "square".into(),
            vehicles: 1,
            points: vec![at(0.0, 0.0, 0.0), at(0.0, 1.0, 3.0), at(1.0, 1.0, 4.0), at(1.0, 0.0, 0.0)],
            start: 0,
            end: 3,
            limit: 4.0,
            metric: Metric::Euclidean,
        }
    }

    #[test]
    fn every_fault_is_found() {
        let instance = square();
        assert_eq!(routes(&instance, &[vec![1, 2]]), Ok(7.0));
        assert_eq!(routes(&instance, &[vec![1], vec![2]]), Err(RouteFault::TooMany(2)));
        assert_eq!(routes(&instance, &[vec![1, 3]]), Err(RouteFault::NoStop(3)));
        assert_eq!(routes(&instance, &[vec![1, 4]]), Err(RouteFault::NoStop(4)));
        assert_eq!(routes(&instance, &[vec![1, 2, 1]]), Err(RouteFault::Twice(1)));
        let mut tight = instance.clone();
        tight.points[2].close = 2.4;
        assert_eq!(routes(&tight, &[vec![1, 2]]), Err(RouteFault::Closed(2)));
        tight.points[2].close = 4.0;
        tight.limit = 3.9;
        assert_eq!(routes(&tight, &[vec![1, 2]]), Err(RouteFault::Late(0, 4.0)));
        // Whoever comes early waits.
        tight.limit = 4.0;
        tight.points[1].open = 1.1;
        assert!(matches!(routes(&tight, &[vec![1, 2]]), Err(RouteFault::Late(0, end)) if (end - 4.1).abs() < 1e-9));
    }
}

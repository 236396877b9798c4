//! Small instances, solved against all there is.

use super::net::Net;
use super::pool::Shared;
use super::prove::{Figures, Means, Proof};
use super::{Limits, solve};
use crate::check;
use crate::domain::{Metric, Orienteering, Point};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::time::{Duration, Instant};

/// A drawn instance: every third with time windows, every fifth with profits that are not whole.
fn drawn(seed: u64) -> Orienteering {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let n = random.random_range(3..=12);
    let windows = seed.is_multiple_of(3);
    let limit: f64 = random.random_range(8.0..30.0);
    let mut point = |k: usize| {
        let (x, y) = (random.random_range(0..10), random.random_range(0..10));
        let open = if windows { random.random_range(0.0..limit) } else { 0.0 };
        let profit = if k == 0 { 0.0 } else { f64::from(random.random_range(0..60)) };
        Point {
            x: f64::from(x),
            y: f64::from(y),
            profit: if seed.is_multiple_of(5) { profit * 1.1 } else { profit },
            service: if windows && k > 0 { random.random_range(0.0..1.0) } else { 0.0 },
            open: if k == 0 { 0.0 } else { open },
            close: if windows && k > 0 { (open + random.random_range(1.0..10.0)).min(limit) } else { limit },
        }
    };
    let points: Vec<Point> = (0..n + 2).map(&mut point).collect();
    let vehicles = random.random_range(1..=3);
    let (end, metric) = if windows { (0, Metric::Tenths) } else { (n + 1, Metric::Euclidean) };
    Orienteering { name: seed.to_string(), vehicles, points, start: 0, end, limit, metric }
}

/// The highest profit, by looking at every set of customers.
fn highest(instance: &Orienteering) -> f64 {
    let customers: Vec<usize> = instance.customers().collect();
    let n = customers.len();
    let full = 1_usize << n;
    // Earliest departure from each last customer of each set.
    let mut leaves = vec![f64::INFINITY; full * n];
    let mut worth = vec![0.0_f64; full];
    let begin = |from: usize, to: usize, at: f64| {
        let p = instance.points[to];
        let start = (at + instance.distance(from, to)).max(p.open);
        if start <= p.close + 1e-9 { start + p.service } else { f64::INFINITY }
    };
    for (k, &c) in customers.iter().enumerate() {
        leaves[(1 << k) * n + k] = begin(instance.start, c, 0.0);
    }
    for set in 1..full {
        for last in (0..n).filter(|k| set >> k & 1 == 1) {
            let at = leaves[set * n + last];
            if at.is_infinite() {
                continue;
            }
            if at + instance.distance(customers[last], instance.end) <= instance.limit + 1e-9 {
                worth[set] = (0..n).filter(|k| set >> k & 1 == 1).map(|k| instance.points[customers[k]].profit).sum();
            }
            for next in (0..n).filter(|k| set >> k & 1 == 0) {
                let new = (set | 1 << next) * n + next;
                leaves[new] = leaves[new].min(begin(customers[last], customers[next], at));
            }
        }
    }
    // The best route among the customers of a set; then routes, one after the other.
    let mut one = worth;
    for set in 1..full {
        for k in (0..n).filter(|k| set >> k & 1 == 1) {
            one[set] = one[set].max(one[set & !(1 << k)]);
        }
    }
    let mut all = one.clone();
    for _ in 1..instance.vehicles {
        let mut more = all.clone();
        for set in 0..full {
            let mut part = set;
            while part > 0 {
                more[set] = more[set].max(one[part] + all[set & !part]);
                part = (part - 1) & set;
            }
        }
        all = more;
    }
    all[full - 1]
}

/// The proof alone, with the means it is left.
fn proved(instance: &Orienteering, means: Means) -> (f64, f64, Figures) {
    let net = Net::new(instance);
    let never = || false;
    let shared = Shared::new(&net, Instant::now() + Duration::from_secs(600), &never);
    let mut proof = Proof::<1>::new(&net, &shared, means);
    proof.run().unwrap();
    let best = shared.best();
    let route = |r: &Vec<u16>| r.iter().map(|c| net.points[usize::from(*c)]).collect();
    let routes: Vec<Vec<usize>> = best.routes.iter().map(route).collect();
    assert!((check::routes(instance, &routes).unwrap() - best.profit).abs() < 1e-9);
    (best.profit, shared.bound(), proof.figures)
}

#[test]
fn search_and_proof_together_find_the_best_of_all() {
    for seed in 0..250 {
        let instance = drawn(seed);
        let limits = Limits { time: Duration::from_secs(600), threads: 2, seed };
        let answer = solve(&instance, limits, &|| false).unwrap();
        let highest = highest(&instance);
        assert!((answer.profit - highest).abs() < 1e-6, "{seed}: {} {highest}", answer.profit);
        assert!(answer.optimal(), "{seed}: {}", answer.bound);
        let profit = check::routes(&instance, &answer.routes).unwrap();
        assert!((profit - answer.profit).abs() < 1e-9, "{seed}");
    }
}

#[test]
fn every_means_of_the_proof_leads_to_the_same_end() {
    let all = Means::default();
    let whole = Means { dives: false, ..all };
    let (mut parted, mut cut, mut listed) = (0, 0, 0);
    for seed in 0..150 {
        let instance = drawn(seed);
        let highest = highest(&instance);
        let without_routes = Means { paths: 0, ..whole };
        // Branches alone; cuts and branches; all routes, cuts and branches among them; both; and dives.
        for means in [Means { cuts: 0, ..without_routes }, without_routes, Means { few: 0, ..whole }, whole, all] {
            let (profit, bound, figures) = proved(&instance, means);
            assert!((profit - highest).abs() < 1e-6, "{seed}: {profit} {highest} {means:?}");
            assert!((bound - highest).abs() < 1e-5, "{seed}: {bound} {highest} {means:?}");
            parted += usize::from(figures.nodes > 1);
            cut += usize::from(figures.cuts > 0);
            listed += usize::from(figures.enumerated > 0);
        }
    }
    // Each had something to do.
    assert!(parted > 5 && cut > 5 && listed > 5, "{parted} {cut} {listed}");
}

#[test]
fn one_thread_searches_first_and_proves_then() {
    let instance = drawn(7);
    let limits = Limits { time: Duration::from_millis(500), threads: 1, seed: 0 };
    let answer = solve(&instance, limits, &|| false).unwrap();
    assert!(answer.optimal() && (answer.profit - highest(&instance)).abs() < 1e-9);
}

#[test]
fn who_is_stopped_has_a_bound_all_the_same() {
    let instance = drawn(8);
    let limits = Limits { time: Duration::from_secs(600), threads: 2, seed: 0 };
    let answer = solve(&instance, limits, &|| true).unwrap();
    assert!(answer.bound >= highest(&instance) - 1e-9 && answer.profit <= answer.bound);
}

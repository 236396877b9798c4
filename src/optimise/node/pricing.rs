//! Pricing of the tours of single days.

use super::{FIRST_LABELS, Generator, MOST_LABELS};
use crate::optimise::duty::Duty;
use crate::optimise::master::Duals;
use crate::optimise::search::{Effort, Found, Hours, Prizes, Search, Touch, Windows};
use rayon::prelude::*;

/// What a round costs beside the search for tours, in ways looked at: 15 ms, at 8 a microsecond.
const ROUND_EFFORT: u64 = 120_000;

impl Generator<'_> {
    /// Values of all visits at some duals, by duty.
    pub fn prizes(&mut self, duals: &Duals) -> Vec<Prizes> {
        for (service, values) in &mut self.values {
            if let Some(d) = duals.services.get(service) {
                values.update(self.master.problem, d);
            }
        }
        let problem = self.master.problem;
        let window_prices = self.master.window_prices(&duals.caps);
        let duties = &self.master.duties;
        let windows: Vec<Windows> = duties.par_iter().map(|&d| window_prices.windows(problem, d)).collect();
        self.work.packages_priced = self.values.values().map(|v| v.priced).sum();
        windows
            .into_iter()
            .enumerate()
            .map(|(k, windows)| {
                let duty = self.master.duty(k);
                let levels = &duty.shapes.levels;
                let mut visit = vec![f64::NEG_INFINITY; duty.roads.sites.len() * levels.len()];
                let mut aside = if duty.nights { visit.clone() } else { Vec::new() };
                for &j in &duty.open {
                    let site = duty.roads.sites[j];
                    for &l in &duty.useful[j] {
                        let level = &levels[l];
                        let value: f64 = duty
                            .services
                            .iter()
                            .zip(level)
                            .filter(|(_, count)| **count > 0)
                            .map(|(s, count)| self.values[s].value(problem, site, problem.budget(*s, *count)))
                            .sum();
                        let large = duals.large[k].iter().filter(|&&(site, rank, _)| site == j && duty.rank[l] >= rank);
                        let own = duty.weekday(j) - duals.sites[k][j] - large.map(|l| l.2).sum::<f64>();
                        visit[j * levels.len() + l] = value + own - duals.stays[k][j];
                        if let Some(aside) = aside.get_mut(j * levels.len() + l) {
                            *aside = own;
                        }
                    }
                }
                let (with_control, without_control) = duals.control[k];
                Prizes {
                    visit,
                    aside,
                    stay: duals.stays[k].clone(),
                    hours: Hours::new(duals.work[k], &duals.longer[k], duty.work_limit),
                    longest: self.longest[k],
                    crew: duals.crew[k].clone(),
                    with_control,
                    without_control,
                    touch: Touch::new(&duals.touches, self.master.touched_by_site(k)),
                    windows,
                }
            })
            .collect()
    }

    /// The best tours of each duty at some prizes.
    pub(super) fn tours(&mut self, duals: &Duals, prizes: &[Prizes], wanted: usize, exact: bool) -> Vec<Found> {
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        let (labels, grounds) = (&self.labels, if exact { &self.grounds } else { &self.likely });
        let thresholds: Vec<f64> = (0..prizes.len())
            .map(|k| {
                // Negative where a branch asks for more tours: then one may be worth less than nothing.
                let worth = duals.duties[k] + duals.tours[k];
                if duties[k].required.is_empty() { worth - 1e-12 * worth.abs() } else { f64::MIN }
            })
            .collect();
        self.work.effort += ROUND_EFFORT;
        for (pool, ground) in self.pools.iter().zip(grounds) {
            let ways = ground.open.len() + ground.open.iter().map(|&j| ground.ways(j).len()).sum::<usize>();
            self.work.effort += pool.as_ref().map_or(ways, Vec::len) as u64;
        }
        let pooled: Vec<Option<Found>> =
            (0..prizes.len()).map(|k| self.pooled_tours(k, &prizes[k], duals, thresholds[k], wanted)).collect();
        let found: Vec<(Found, usize)> = pooled
            .into_par_iter()
            .enumerate()
            .map(|(k, pooled)| {
                if let Some(found) = pooled {
                    return (found, labels[k]);
                }
                let search = Search::new(duties[k], &grounds[k], &prizes[k], &[]);
                if duties[k].max_visits > 1 {
                    let quick = search.dive(2 * wanted, thresholds[k]);
                    let worth = thresholds[k].max(0.0);
                    if quick.tours.first().is_some_and(|t| t.0 > worth + 1e-6 * (1.0 + worth)) {
                        return (quick, labels[k]);
                    }
                }
                let mut budget = if exact { labels[k] } else { FIRST_LABELS };
                loop {
                    let effort = Effort { tours: wanted, labels: budget, threshold: thresholds[k] };
                    let found = search.run(effort, false);
                    // Nothing found and not finished: the bound is loose. Look harder.
                    if !exact {
                        return (found, labels[k]);
                    }
                    if !found.tours.is_empty() || found.complete || budget >= MOST_LABELS {
                        return (found, budget);
                    }
                    budget *= 4;
                }
            })
            .collect();
        found
            .into_iter()
            .enumerate()
            .map(|(k, (found, budget))| {
                self.labels[k] = budget;
                found
            })
            .collect()
    }

    /// The best enumerated tours of a duty, where they have been enumerated.
    fn pooled_tours(&self, k: usize, prizes: &Prizes, duals: &Duals, threshold: f64, wanted: usize) -> Option<Found> {
        let master = &self.master;
        let mut best: Vec<(f64, usize)> = self.pools[k]
            .as_ref()?
            .iter()
            .map(|&t| (master.tour_value(t, prizes, duals), t))
            .filter(|v| v.0 >= threshold)
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.truncate(wanted);
        let none = if threshold == f64::MIN { f64::NEG_INFINITY } else { threshold };
        let bound = best.first().map_or(none, |b| b.0);
        let tours = best.into_iter().map(|(v, t)| (v, master.tours[t].rotation.days[0].1.clone())).collect();
        Some(Found { tours, bound, complete: true })
    }
}

//! Reduced-cost fixing, and the enumeration of tours that matter.

use super::{Generator, Round};
use crate::optimise::duty::{Duty, Nights};
use crate::optimise::rotation::Rotation;
use crate::optimise::search::{Effort, Found, Ground, Search, Tour};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A good plan is likely to lose less than this part of the bound by any one of its tours.
const LIKELY: f64 = 0.003;

impl Generator<'_> {
    /// Reduced-cost fixing: leaves aside the sites and ways that no plan better than `incumbent`
    /// could use, and in quick pricing those that are unlikely in one. `root` is the last round of
    /// the root: its prices know of no decisions.
    pub fn fix(&mut self, root: &Round, incumbent: f64) {
        let room = root.room(incumbent);
        let likely = room.min(LIKELY * root.bound.abs());
        let duties: Vec<&Duty> = (0..self.grounds.len()).map(|k| self.master.duty(k)).collect();
        let old = &self.grounds;
        let grounds: Vec<(Ground, Ground)> = duties
            .into_par_iter()
            .enumerate()
            .map(|(k, duty)| {
                let search = Search::new(duty, &old[k], &root.prizes[k], &[]);
                (search.worthwhile(root.tops[k] - room), search.worthwhile(root.tops[k] - likely))
            })
            .collect();
        (self.grounds, self.likely) = grounds.into_iter().unzip();
        // A rotation takes the days' duals, so that what it is worth beyond them counts.
        let top = root.nights_top.max(0.0);
        let round = (&root.duals, &root.prizes[..]);
        let used = self.night_search(round, &self.away, false, |search| search.worthwhile(top - room));
        self.away = self.away_grounds(&used);
    }

    /// The grounds of rotations of several days, where those of each window may use only some sites.
    fn away_grounds(&self, used: &[Option<Vec<bool>>]) -> Vec<Ground> {
        let of_duty = |k: usize| {
            let mine = |window: &&Nights| window.first == k || window.then.iter().any(|t| t.1 == k);
            let windows = self.nights.iter().zip(used).filter(|(window, _)| mine(window)).map(|(_, used)| used);
            let mut all = vec![false; self.master.duty(k).roads.sites.len()];
            for used in windows {
                let Some(used) = used else { return self.away[k].clone() };
                all.iter_mut().zip(used).for_each(|(all, used)| *all |= used);
            }
            self.away[k].only(&all)
        };
        (0..self.grounds.len()).map(of_duty).collect()
    }

    /// Enumerates, for each duty, every tour that a plan better than `incumbent` could use;
    /// `false` when there are too many. `root` is the last round of the root: its prices know of
    /// no decisions.
    pub fn enumerate(&mut self, root: &Round, incumbent: f64, most: usize) -> bool {
        let prizes = &root.prizes;
        let room = root.room(incumbent);
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        let weeks: Vec<bool> = (0..duties.len()).map(|k| self.master.week_counts(k)).collect();
        let found: Vec<Found> = duties
            .into_par_iter()
            .enumerate()
            .map(|(k, duty)| {
                let search = Search::new(duty, &self.grounds[k], &prizes[k], &[]).watching_work(weeks[k]);
                // A tour can be in such a plan only if it is within the gap of the duty's best.
                let threshold = root.tops[k] + root.duals.tours[k] - room;
                search.run(Effort { tours: most + 1, labels: 10 * most, threshold }, true)
            })
            .collect();
        if found.iter().any(|f| !f.complete || f.tours.len() > most) {
            return false;
        }
        let threshold = root.nights_top.max(0.0) - room;
        let effort = Effort { tours: most + 1, labels: 10 * most, threshold };
        let watch_work = weeks.contains(&true);
        let round = (&root.duals, &prizes[..]);
        let nights = self.night_search(round, &self.away, watch_work, |search| search.run(effort, true));
        if nights.iter().any(|n| !n.complete || n.list.len() > most) {
            return false;
        }
        let nights = nights.into_iter().flat_map(|n| n.list).map(|(_, rotation)| rotation);
        let nights: BTreeSet<Rotation> = nights.collect();
        let away: Vec<usize> = nights.into_iter().map(|rotation| self.master.register(rotation)).collect();
        self.nights_pool = Some(away.clone());
        for (k, found) in found.into_iter().enumerate() {
            let tours = undominated(self.master.duty(k), found.tours.into_iter().map(|(_, tour)| tour), weeks[k]);
            let pool: Vec<usize> = tours.into_iter().map(|tour| self.master.register(Rotation::day(k, tour))).collect();
            self.master.keep_only(k, &[&pool[..], &away].concat());
            self.pools[k] = Some(pool);
        }
        true
    }
}

/// Tours without those that another with the same sites, and alike in the quality control, beats in appointments, driving and
/// (where it counts) working time: in any plan it could take their place. Where more appointments may be worth less, they
/// are beaten only by as many.
fn undominated(duty: &Duty, tours: impl Iterator<Item = Tour>, work_counts: bool) -> Vec<Tour> {
    let levels = &duty.shapes.levels;
    /// Whether there is a control, and the sites.
    type Alike = (bool, Vec<usize>);
    let mut by_sites: BTreeMap<Alike, Vec<(Vec<u32>, Tour)>> = BTreeMap::new();
    let steps = duty.shapes.by_start.len();
    let step = |step: usize| u32::try_from(step).unwrap_or(u32::MAX);
    // Where hours count, opening earlier and closing later is better.
    let hours = |sessions: &[(usize, usize)]| match (duty.timed, sessions.first(), sessions.last()) {
        (true, Some(first), Some(last)) => vec![step(steps.saturating_sub(first.0)), step(last.1)],
        _ => Vec::new(),
    };
    for tour in tours {
        let mut stops: Vec<(usize, usize, Vec<u32>)> =
            tour.stops.iter().map(|s| (s.site, s.level, hours(&s.sessions))).collect();
        stops.sort_unstable();
        let of_stop = |(site, level, hours): &(usize, usize, Vec<u32>)| {
            let fewer = levels[*level].iter().filter(|_| duty.uneven[*site]).map(|n| u32::MAX - n);
            levels[*level].iter().copied().chain(fewer).chain(hours.iter().copied()).collect::<Vec<u32>>()
        };
        let counts: Vec<u32> = stops.iter().flat_map(of_stop).collect();
        let kept = by_sites.entry((tour.control, stops.into_iter().map(|s| s.0).collect())).or_default();
        let beats = |a: &(Vec<u32>, Tour), b: &(Vec<u32>, Tour)| {
            a.1.driving <= b.1.driving
                && (!work_counts || a.1.work <= b.1.work)
                && a.0.iter().zip(&b.0).all(|(x, y)| x >= y)
        };
        let new = (counts, tour);
        if !kept.iter().any(|old| beats(old, &new)) {
            kept.retain(|old| !beats(&new, old));
            kept.push(new);
        }
    }
    by_sites.into_values().flatten().map(|(_, tour)| tour).collect()
}

//! Plans from fractional nodes: dives, and searches around the incumbent.

use super::{Component, Placed, Watch, as_f64, whole_shares};
use crate::domain::{SiteId, VehicleId};
use crate::optimise::lp::LpError;
use crate::optimise::master::{Branch, Selector};
use crate::optimise::node::{Limits, Node, Pricing, Work};
use crate::optimise::rotation::{Rotation, Stay};
use rand::Rng as _;
use std::collections::{BTreeMap, BTreeSet};

/// Times a dive may take a step back.
const DIVE_SETBACKS: usize = 6;
/// Sites that a dive decides on before rotations of several days, at most.
const MOST_SITES: usize = 200;
/// Times a dive may be told what no longer fits.
const MOST_CORRECTIONS: usize = 40;
/// Steps in which a dive should be over: where there are more shares to round, several are
/// rounded at a time.
const DIVE_STEPS: usize = 12;
/// Shares above this are rounded up together.
const DIVE_SURE: f64 = 0.8;
/// Rounds of pricing once a dive has rounded the numbers of tours.
const COUNT_ROUNDS: u64 = 8;
/// Rounds of pricing at each step of a dive; of several days, of which a plan has few, so that each
/// has to fit the others.
const DIVE_ROUNDS: (u64, u64) = (1, 8);
/// Rounds of pricing around the incumbent, likewise.
const NEAR_ROUNDS: (u64, u64) = (3, 12);

impl Component<'_> {
    /// Rounds a node down the tree: the tours with the largest shares are kept for good, the
    /// master is priced again a little, and so on until all shares are whole.
    pub(super) fn dive(
        &mut self,
        from: &Node,
        mut kept: Vec<Branch>,
        pricing: Pricing,
        watch: &Watch,
    ) -> Result<f64, LpError> {
        let tell = self.news(false, watch);
        let away = self.generator.goes_away();
        let rounds = if away { DIVE_ROUNDS.1 } else { DIVE_ROUNDS.0 };
        let limits = searching(pricing, rounds, watch, &tell);
        let mut node = from.clone();
        // In every other dive how many tours a limited week makes comes before which: pricing then
        // finds tours of a length that lets so many into the week.
        self.dives += 1;
        let counts = self.rounded_counts(&node, &kept);
        if pricing != Pricing::None && !counts.is_empty() && self.dives.is_multiple_of(2) {
            let tried = [kept.clone(), counts].concat();
            let limits = searching(pricing, COUNT_ROUNDS, watch, &tell);
            let next = self.generator.solve(&tried, &limits)?;
            if next.feasible {
                (node, kept) = (next, tried);
            }
        }
        let (mut setbacks, mut corrections) = (0, 0);
        let part = |share: f64| share - share.floor();
        // Whether the decisions it began with go together: not at every node that is still open.
        let mut together = false;
        while setbacks < DIVE_SETBACKS {
            if (watch.stop)() {
                self.generator.limit_work(&[], &BTreeSet::new());
                return self.try_plan(&self.filled(&node));
            }
            if away && pricing != Pricing::None {
                node = self.dive_by_sites(node, kept.clone(), &limits)?;
            }
            together |= node.feasible;
            let mut shares = node.chosen.clone();
            shares.sort_by(|a, b| part(b.1 + 1e-6).total_cmp(&part(a.1 + 1e-6)).then(a.0.cmp(&b.0)));
            let Some(&first) = shares.iter().find(|(_, share)| (share - share.round()).abs() > 1e-6) else {
                break;
            };
            let misfits = self.misfits(&kept, &shares);
            if !misfits.is_empty() && corrections < MOST_CORRECTIONS {
                corrections += 1;
                kept.extend(misfits);
                node = self.generator.solve(&kept, &limits)?;
                if node.feasible { continue } else { break }
            }
            let before = kept.clone();
            let many = shares.iter().filter(|(_, share)| (share - share.round()).abs() > 1e-6).count() / DIVE_STEPS;
            let mut left = many.max(1);
            for &(t, share) in &shares {
                let whole = (share - share.round()).abs() <= 1e-6;
                let next = !whole && left > 0;
                left -= usize::from(next);
                if whole || next || part(share) > DIVE_SURE {
                    keep_at_least(&mut kept, t, if whole { share.round() } else { share.ceil() });
                }
            }
            self.limit_work(&kept);
            let mut next = self.generator.solve(&kept, &limits)?;
            if !next.feasible {
                // Together they break a rule: the first of them alone.
                kept.clone_from(&before);
                keep_at_least(&mut kept, first.0, first.1.ceil());
                self.limit_work(&kept);
                next = self.generator.solve(&kept, &limits)?;
            }
            node = if next.feasible {
                next
            } else {
                // Do without it.
                setbacks += 1;
                kept = before;
                kept.push(Branch { selector: Selector::Tour(first.0), lo: f64::NEG_INFINITY, hi: first.1.floor() });
                self.limit_work(&kept);
                self.generator.solve(&kept, &limits)?
            };
            if !node.feasible {
                break;
            }
        }
        self.generator.limit_work(&[], &BTreeSet::new());
        if !node.feasible || node.chosen.iter().any(|(_, share)| (share - share.round()).abs() > 1e-6) {
            // What was kept so far goes together, even so.
            if together {
                self.try_plan(&kept_counts(&kept))?;
            }
            return Ok(f64::NEG_INFINITY);
        }
        self.try_plan(&whole_shares(&node))
    }

    /// Decides on sites before rotations: those of several days that a fractional plan mixes are each good
    /// for their part of it only, and those that go together are found as its sites become certain.
    fn dive_by_sites(&mut self, mut node: Node, mut kept: Vec<Branch>, limits: &Limits) -> Result<Node, LpError> {
        for _ in 0..MOST_SITES {
            if (limits.stop)() {
                break;
            }
            let visits = self.visits(&node);
            let part = |count: f64| count - count.floor();
            let open = visits.into_iter().filter(|(_, count)| (count - count.round()).abs() > 1e-6);
            let Some((selector, count)) = open.max_by(|a, b| part(a.1).total_cmp(&part(b.1)).then(b.0.cmp(&a.0)))
            else {
                break;
            };
            let mut tried = kept.clone();
            tried.push(Branch { selector, lo: count.ceil(), hi: f64::INFINITY });
            let next = self.generator.solve(&tried, limits)?;
            if next.feasible {
                (node, kept) = (next, tried);
                continue;
            }
            kept.push(Branch { selector, lo: f64::NEG_INFINITY, hi: count.floor() });
            let other = self.generator.solve(&kept, limits)?;
            if !other.feasible {
                break;
            }
            node = other;
        }
        Ok(node)
    }

    /// Visits to each site by each kind of vehicle in a node.
    fn visits(&self, node: &Node) -> BTreeMap<Selector, f64> {
        let master = &self.generator.master;
        let mut counts: BTreeMap<Selector, f64> = BTreeMap::new();
        for &(t, share) in &node.chosen {
            for (k, tour) in &master.tours[t].rotation.days {
                let duty = master.duty(*k);
                for stop in &tour.stops {
                    *counts.entry(Selector::Site(duty.kind, duty.roads.sites[stop.site])).or_default() += share;
                }
            }
        }
        counts
    }

    /// A plan in no time: the rotations with the largest shares that days, working weeks and stays at a
    /// site have room for.
    fn filled(&self, node: &Node) -> Vec<(usize, usize)> {
        let master = &self.generator.master;
        let mut days: Vec<usize> = (0..master.duties.len()).map(|k| master.duty(k).days.len()).collect();
        let mut weeks = master.limited_weeks();
        let mut stays: BTreeMap<(VehicleId, SiteId), u32> = BTreeMap::new();
        let part = |share: f64| share + 1e-6 - (share + 1e-6).floor();
        let mut shares = node.chosen.clone();
        shares.sort_by(|a, b| part(b.1).total_cmp(&part(a.1)).then(a.0.cmp(&b.0)));
        let floor = |&(t, share): &(usize, f64)| (t, whole_count(share));
        let whole: Vec<(usize, usize)> = shares.iter().map(floor).collect();
        let rest = shares.iter().filter(|(_, share)| part(*share) > 1e-5).map(|&(t, _)| (t, 1));
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for t in whole.into_iter().chain(rest).flat_map(|(t, n)| std::iter::repeat_n(t, n)) {
            let rotation = &master.tours[t].rotation;
            let work = |duties: &[usize]| -> i32 {
                duties.iter().flat_map(|&k| rotation.of_duty(k)).map(|tour| tour.work).sum()
            };
            let own = self.stays_of(rotation);
            let most = |vehicle: VehicleId| self.problem.scenario.vehicles[vehicle.index()].max_stays_per_site;
            let fits = (0..days.len()).all(|k| rotation.of_duty(k).count() <= days[k])
                && weeks.iter().all(|(left, duties)| work(duties) <= *left)
                && own.iter().all(|stay| most(stay.0).is_none_or(|most| stays.get(stay).copied().unwrap_or(0) < most));
            if fits {
                rotation.days.iter().for_each(|(k, _)| days[*k] -= 1);
                weeks.iter_mut().for_each(|(left, duties)| *left -= work(duties));
                own.into_iter().for_each(|stay| *stays.entry(stay).or_default() += 1);
                *counts.entry(t).or_default() += 1;
            }
        }
        counts.into_iter().collect()
    }

    /// Vehicle and site of each stay of a rotation.
    fn stays_of(&self, rotation: &Rotation) -> Vec<(VehicleId, SiteId)> {
        let one = |stay: Stay| {
            let duty = self.generator.master.duty(rotation.days[stay[0].0].0);
            (duty.vehicle, duty.roads.sites[rotation.stop(stay[0]).site])
        };
        rotation.stays().into_iter().map(one).collect()
    }

    /// Decisions against one more of those fractional rotations for which the kept ones leave no days.
    fn misfits(&self, kept: &[Branch], shares: &[(usize, f64)]) -> Vec<Branch> {
        let master = &self.generator.master;
        let mut left: Vec<usize> = (0..master.duties.len()).map(|k| master.duty(k).days.len()).collect();
        for (t, n) in kept_counts(kept) {
            for (k, _) in &master.tours[t].rotation.days {
                left[*k] = left[*k].saturating_sub(n);
            }
        }
        let fits = |t: usize| (0..left.len()).all(|k| master.tours[t].rotation.of_duty(k).count() <= left[k]);
        let fractional = shares.iter().filter(|(_, share)| (share - share.round()).abs() > 1e-6);
        let misfits = fractional.filter(|&&(t, _)| !fits(t));
        misfits
            .map(|&(t, share)| Branch { selector: Selector::Tour(t), lo: f64::NEG_INFINITY, hi: share.floor() })
            .collect()
    }

    /// Rounds up the fractional numbers of tours of duties whose working week is limited.
    fn rounded_counts(&self, node: &Node, kept: &[Branch]) -> Vec<Branch> {
        let master = &self.generator.master;
        let mut out = Vec::new();
        for k in (0..master.duties.len()).filter(|&k| master.week_counts(k)) {
            let selector = Selector::DutyCount(k);
            let count: f64 = node.chosen.iter().map(|&(t, share)| share * master.count(selector, t)).sum();
            if (count - count.round()).abs() > 1e-6 && !kept.iter().any(|b| b.selector == selector) {
                out.push(Branch { selector, lo: count.ceil(), hi: f64::INFINITY });
            }
        }
        out
    }

    /// Leaves aside tours that no longer fit into what the kept ones leave of a working week.
    fn limit_work(&mut self, kept: &[Branch]) {
        let master = &self.generator.master;
        let mut longest = vec![i32::MAX; master.duties.len()];
        let mut tours = BTreeSet::new();
        for b in kept {
            if let Selector::Tour(t) = b.selector
                && b.lo > 0.0
            {
                tours.insert(t);
            }
        }
        for (limit, duties) in master.limited_weeks() {
            let used: f64 = kept
                .iter()
                .filter_map(|b| match b.selector {
                    Selector::Tour(t) if b.lo > 0.0 => {
                        let work: i32 = duties
                            .iter()
                            .flat_map(|&k| master.tours[t].rotation.of_duty(k))
                            .map(|tour| tour.work)
                            .sum();
                        Some(b.lo * f64::from(work))
                    }
                    _ => None,
                })
                .sum();
            #[allow(clippy::cast_possible_truncation)]
            for k in duties {
                longest[k] = limit - used as i32;
            }
        }
        self.generator.limit_work(&longest, &tours);
    }

    /// The rotations that tours on their days make up.
    pub(super) fn rotations(&self, tours: &[Placed]) -> Vec<Rotation> {
        let mut sorted: Vec<&Placed> = tours.iter().collect();
        sorted.sort_by_key(|p| (self.problem.duties.list[p.duty].vehicle, p.day));
        let mut out: Vec<Rotation> = Vec::new();
        for p in sorted {
            let Some(k) = self.generator.master.duties.iter().position(|&d| d == p.duty) else { continue };
            match out.last_mut() {
                Some(rotation) if p.tour.slept.is_some() => rotation.days.push((k, p.tour.clone())),
                _ => out.push(Rotation::day(k, p.tour.clone())),
            }
        }
        out
    }

    /// The rotations of the incumbent, with how often.
    pub(super) fn incumbent(&mut self) -> Vec<(usize, usize)> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for rotation in self.best.as_ref().map_or(Vec::new(), |best| self.rotations(&best.tours)) {
            *counts.entry(self.generator.master.register(rotation)).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Searches around the incumbent: keeps a random part of its tours and dives for the rest.
    pub(super) fn neighbourhood(&mut self, watch: &Watch) -> Result<(), LpError> {
        let counts = self.incumbent();
        if counts.is_empty() {
            return Ok(());
        }
        let share = self.random.random_range(0.5..0.9);
        let mut kept = self.demanded.clone();
        let own = counts.into_iter().filter(|_| self.random.random_bool(share));
        kept.extend(own.map(|(t, n)| Branch { selector: Selector::Tour(t), lo: as_f64(n), hi: f64::INFINITY }));
        let tell = self.news(false, watch);
        let away = self.generator.goes_away();
        let diving = away || self.too_many_columns();
        let (rounds, pricing) = if away { (NEAR_ROUNDS.1, Pricing::Quick) } else { (NEAR_ROUNDS.0, Pricing::None) };
        let node = self.generator.solve(&kept, &searching(Pricing::Quick, rounds, watch, &tell))?;
        if node.feasible && node.value > self.score() {
            if diving {
                self.dive(&node, kept, pricing, watch)?;
            } else {
                self.whole(&kept, Self::AROUND, watch)?;
            }
        }
        Ok(())
    }
}

/// Limits of a search for plans, which proves nothing.
fn searching<'w>(pricing: Pricing, rounds: u64, watch: &'w Watch, tell: &'w dyn Fn(f64, Work)) -> Limits<'w> {
    Limits { cutoff: f64::NEG_INFINITY, tolerance: f64::NEG_INFINITY, pricing, rounds, stop: watch.stop, tell }
}

/// A share rounded down.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_count(share: f64) -> usize {
    (share + 1e-6).max(0.0) as usize
}

/// The rotations that decisions keep, with how often.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn kept_counts(kept: &[Branch]) -> Vec<(usize, usize)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for branch in kept {
        if let Selector::Tour(t) = branch.selector {
            let count = counts.entry(t).or_default();
            *count = (*count).max(branch.lo.max(0.0) as usize);
        }
    }
    counts.into_iter().filter(|(_, n)| *n > 0).collect()
}

fn keep_at_least(kept: &mut Vec<Branch>, tour: usize, count: f64) {
    let selector = Selector::Tour(tour);
    if !kept.iter().any(|b| b.selector == selector && b.lo >= count) {
        kept.push(Branch { selector, lo: count, hi: f64::INFINITY });
    }
}

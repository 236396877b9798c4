//! The tree: nodes, branches and leaves.

use super::{Component, GaveUp, MOST_EFFORT, Open, Stage, Watch, as_f64, whole_shares};
use crate::domain::SiteId;
use crate::optimise::lp::LpError;
use crate::optimise::master::{Branch, Selector};
use crate::optimise::node::{Limits, Node, Pricing};
use std::collections::{BTreeMap, BTreeSet};

impl Component<'_> {
    pub(super) fn tree(&mut self, watch: &Watch) -> Result<(), LpError> {
        // With the bound of the node that is taken.
        let tell = self.news(false, watch);
        let Some(at) = (0..self.open.len()).max_by(|&a, &b| {
            self.open[a].bound.total_cmp(&self.open[b].bound).then(self.open[b].number.cmp(&self.open[a].number))
        }) else {
            self.conclude();
            return Ok(());
        };
        let open = self.open.swap_remove(at);
        if open.bound <= self.cutoff() {
            // Best first: everything else is closed as well.
            self.closed = self.closed.max(open.bound);
            self.open.clear();
            self.conclude();
            return Ok(());
        }
        let limits = Limits {
            cutoff: self.cutoff(),
            tolerance: (self.root_tolerance() * 0.5).max(1e-8),
            pricing: Pricing::Exact,
            rounds: u64::MAX,
            stop: watch.stop,
            tell: &tell,
        };
        let mut node = self.generator.solve(&open.decisions, &limits)?;
        node.bound = node.bound.min(open.bound);
        if !node.converged {
            self.open.push(Open { bound: node.bound, ..open });
            return Ok(());
        }
        if node.bound > self.cutoff() {
            self.leaf_or_open(&node, open.decisions.clone(), watch)?;
        } else {
            self.closed = self.closed.max(node.bound);
        }
        if self.generator.work.nodes.is_power_of_two() {
            self.searching(|c| c.dive(&node, open.decisions, Pricing::None, watch))?;
        }
        Ok(())
    }

    /// Nothing is left to search but what was given up: that once more, with more effort. Without a plan, and with nothing
    /// left aside, there is none.
    fn conclude(&mut self) {
        let cutoff = self.cutoff();
        let (open, closed): (Vec<_>, Vec<_>) = self.given_up.drain(..).partition(|(open, _)| open.bound > cutoff);
        self.closed = closed.iter().map(|(open, _)| open.bound).fold(self.closed, f64::max);
        if self.effort < MOST_EFFORT && !open.is_empty() && !(self.over)() {
            self.effort += 1;
            self.enumerated_at = f64::INFINITY;
            self.open = open.into_iter().map(|(open, _)| open).collect();
            self.enumerate();
            return;
        }
        self.given_up = open;
        self.stage = Stage::Done;
        self.infeasible = self.best.is_none() && self.given_up.is_empty() && self.closed <= self.floor;
    }

    /// Leaves a part of the tree with its bound, for the time being.
    fn give_up(&mut self, bound: f64, decisions: Vec<Branch>, why: GaveUp) {
        self.next += 1;
        self.given_up.push((Open { bound, decisions, number: self.next }, why));
    }

    /// Splits a node, or settles it when its tours are whole.
    pub(super) fn leaf_or_open(&mut self, node: &Node, decisions: Vec<Branch>, watch: &Watch) -> Result<(), LpError> {
        if let Some((selector, at)) = self.fractional(node) {
            self.split(node.bound, decisions, selector, at);
            return Ok(());
        }
        let chosen = whole_shares(node);
        // Where tours are not told apart, shares of several can add up to whole counts.
        let whole = node.chosen.iter().all(|(_, share)| (share - share.round()).abs() <= 1e-5);
        let exact = if node.feasible && whole { self.try_plan(&chosen)? } else { f64::NEG_INFINITY };
        if exact >= node.bound - self.resolution() {
            self.closed = self.closed.max(node.bound);
            return Ok(());
        }
        if self.stage == Stage::Root {
            // Once tours are enumerated it can be parted from others.
            self.open.push(Open { bound: node.bound, decisions, number: 0 });
            return Ok(());
        }
        if !self.pooled() {
            // Paths cannot be told apart here: the node keeps its bound.
            self.give_up(node.bound, decisions.clone(), GaveUp::Tours);
            if !whole {
                return self.searching(|c| c.dive(node, decisions, Pricing::None, watch));
            }
            return Ok(());
        }
        // Whole, but worth less than its bound: part it from all other plans.
        for &(t, n) in &chosen {
            let fixed = decisions.iter().any(|b| b.selector == Selector::Tour(t) && b.lo >= as_f64(n) - 1e-9);
            if !fixed {
                self.split(node.bound, decisions, Selector::Tour(t), as_f64(n) - 0.5);
                return Ok(());
            }
        }
        for k in 0..self.generator.master.duties.len() {
            let used: usize =
                chosen.iter().map(|&(t, n)| n * self.generator.master.tours[t].rotation.of_duty(k).count()).sum();
            let capped = decisions.iter().any(|b| b.selector == Selector::DutyCount(k) && b.hi <= as_f64(used) + 1e-9);
            if used < self.generator.master.duty(k).days.len() && !capped {
                self.split(node.bound, decisions, Selector::DutyCount(k), as_f64(used) + 0.5);
                return Ok(());
            }
        }
        if node.feasible {
            let (bound, why) = self.settled(&chosen)?;
            let bound = bound.min(node.bound);
            match why.filter(|_| bound > self.cutoff()) {
                Some(why) => self.give_up(bound, decisions, why),
                None => self.closed = self.closed.max(bound),
            }
        }
        Ok(())
    }

    fn split(&mut self, bound: f64, decisions: Vec<Branch>, selector: Selector, at: f64) {
        let (lo, hi) = (at.floor() + 1.0, at.floor());
        for (lo, hi) in [(lo, f64::INFINITY), (f64::NEG_INFINITY, hi)] {
            let mut decisions = decisions.clone();
            decisions.push(Branch { selector, lo, hi });
            self.next += 1;
            self.open.push(Open { bound, decisions, number: self.next });
        }
    }

    /// The count to branch on: how many tours a duty makes first, then sites, then sites by
    /// duty, then the appointments of a visit, then single tours; of each sort the one nearest to
    /// a half.
    fn fractional(&self, node: &Node) -> Option<(Selector, f64)> {
        let master = &self.generator.master;
        let mut counts: BTreeMap<Selector, f64> = BTreeMap::new();
        let pooled = self.pooled();
        let mut ranks: BTreeMap<(usize, SiteId), BTreeSet<usize>> = BTreeMap::new();
        for &(t, _) in &node.chosen {
            for (k, tour) in &master.tours[t].rotation.days {
                for stop in &tour.stops {
                    let site = master.duty(*k).roads.sites[stop.site];
                    ranks.entry((*k, site)).or_default().insert(master.duty(*k).rank[stop.level]);
                }
            }
        }
        for &(t, share) in &node.chosen {
            for (k, tour) in &master.tours[t].rotation.days {
                let duty = master.duty(*k);
                *counts.entry(Selector::DutyCount(*k)).or_default() += share;
                for stop in &tour.stops {
                    let site = duty.roads.sites[stop.site];
                    *counts.entry(Selector::Site(duty.kind, site)).or_default() += share;
                    *counts.entry(Selector::DutySite(*k, site)).or_default() += share;
                    for &rank in ranks[&(*k, site)].iter().skip(1).filter(|r| **r <= duty.rank[stop.level]) {
                        *counts.entry(Selector::Large(*k, site, rank)).or_default() += share;
                    }
                }
            }
            if pooled {
                *counts.entry(Selector::Tour(t)).or_default() += share;
            }
        }
        let rank = |s: &Selector| match s {
            Selector::DutyCount(_) => 0,
            Selector::Site(..) => 1,
            Selector::DutySite(..) => 2,
            Selector::Large(..) => 3,
            Selector::Tour(_) => 4,
            // Never parted: it holds everywhere.
            Selector::Demanded => 5,
        };
        let off = |count: f64| (count - count.round()).abs();
        counts
            .into_iter()
            .filter(|&(_, count)| off(count) > 1e-5)
            .min_by(|a, b| rank(&a.0).cmp(&rank(&b.0)).then(off(b.1).total_cmp(&off(a.1))).then(a.0.cmp(&b.0)))
    }
}

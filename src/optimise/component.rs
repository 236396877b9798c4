//! One independent part of the fleet: its search tree, incumbent and bound.

use super::deal::{Dealing, Dealt, deal, possible};
use super::invite::{Care, Continuous, Invitations, Slot};
use super::lp::LpError;
use super::master::{Branch, Selector};
use super::node::{Generator, Limits, Node, Pricing, Round, Work};
use super::problem::Problem;
use super::rotation::Rotation;
use super::search::Tour;
use crate::domain::{DayId, SiteId};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// A tour on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Position of the duty in the problem.
    pub duty: usize,
    /// Its day.
    pub day: DayId,
    /// The tour.
    pub tour: Tour,
}

/// A plan of one component.
#[derive(Debug, Clone, Default)]
pub struct Incumbent {
    /// Score on whole invitations.
    pub score: f64,
    /// No whole invitations of its visits score more.
    pub most: f64,
    /// Whether it has had its last touches.
    pub polished: bool,
    /// Its tours.
    pub tours: Vec<Placed>,
    /// Slots of the tours' visits, tour by tour, stop by stop, service by service.
    pub slots: Vec<Slot>,
    /// Invitations of the slots.
    pub invitations: Invitations,
}

struct Open {
    bound: f64,
    decisions: Vec<Branch>,
    number: u64,
}

/// Where the work on a component stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Score of the best plan; `-∞` without one.
    pub score: f64,
    /// No plan scores more.
    pub bound: f64,
    /// What has been done.
    pub work: Work,
}

/// What the caller asks, and is told, while the work goes on.
pub struct Watch<'a> {
    /// Whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told after every round.
    pub tell: &'a dyn Fn(Standing),
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    First,
    Root,
    Dive,
    Tree,
    Done,
}

/// One part of the fleet that shares nothing with the others.
pub struct Component<'a> {
    /// Column generation.
    pub generator: Generator<'a>,
    /// The best plan so far.
    pub best: Option<Incumbent>,
    /// Bound of the root, once solved.
    pub root_bound: Option<f64>,
    /// Score of the first plan of the restricted master.
    pub first_score: Option<f64>,
    /// Locked visits that no plan can keep.
    pub infeasible: bool,
    problem: &'a Problem<'a>,
    stage: Stage,
    open: Vec<Open>,
    /// Largest bound of the parts of the tree that are closed without being searched out.
    closed: f64,
    bound: f64,
    next: u64,
    tolerance: f64,
    tried: Vec<Vec<(usize, usize)>>,
    random: ChaCha8Rng,
    root_node: Node,
    /// Prices of the last round of the root, for enumeration.
    root_round: Option<Round>,
    /// Distance of the root's bound from the score when tours were last enumerated.
    enumerated_at: f64,
    turn: u64,
    dives: u64,
    /// Every plan scores more: what it could cost to drive as far as is allowed.
    floor: f64,
}

/// Tours enumerated for one duty, at most.
const MOST_ENUMERATED: usize = 4_000;
/// Enumeration that failed is tried again once the gap is at most this part of what it was.
const ENUMERATE_AGAIN: f64 = 0.75;
/// Ways of placing the tours of a plan on days that are tried, at most.
const MOST_PLACEMENTS: usize = 500;
/// Rounds before the first plan.
const FIRST_ROUNDS: u64 = 3;
/// Where tours are not enumerated, one step in so many is a node of the tree; the others search
/// around the incumbent.
const SEARCHES: u64 = 4;
/// Times a dive may take a step back.
const DIVE_SETBACKS: usize = 6;
/// Steps in which a dive should be over: where there are more shares to round, several are
/// rounded at a time.
const DIVE_STEPS: usize = 12;
/// Shares above this are rounded up together.
const DIVE_SURE: f64 = 0.8;
/// Rounds of pricing once a dive has rounded the numbers of tours.
const COUNT_ROUNDS: u64 = 8;
/// Rounds of pricing at each step of a dive.
const DIVE_ROUNDS: u64 = 1;

impl<'a> Component<'a> {
    /// A component of some duties. `gap` is the relative gap it should reach.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>, gap: f64, seed: u64) -> Self {
        Self {
            generator: Generator::new(problem, duties.clone()),
            best: None,
            root_bound: None,
            first_score: None,
            infeasible: false,
            problem,
            stage: Stage::First,
            open: Vec::new(),
            closed: f64::NEG_INFINITY,
            bound: f64::INFINITY,
            next: 0,
            tolerance: gap,
            tried: Vec::new(),
            floor: floor(problem, &duties),
            random: ChaCha8Rng::seed_from_u64(seed),
            root_node: Node::default(),
            root_round: None,
            enumerated_at: f64::INFINITY,
            turn: 0,
            dives: 0,
        }
    }

    /// Score of the incumbent; `-∞` without one.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.best.as_ref().map_or(f64::NEG_INFINITY, |b| b.score)
    }

    /// No plan of this component scores more.
    #[must_use]
    pub fn upper_bound(&self) -> f64 {
        let open = self.open.iter().map(|n| n.bound).fold(self.closed, f64::max);
        match self.stage {
            Stage::First | Stage::Root => self.bound,
            _ => open.max(self.score()).min(self.bound),
        }
    }

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Whether all tours that matter are known.
    fn pooled(&self) -> bool {
        self.generator.pools.iter().all(Option::is_some) && self.generator.nights_pool.is_some()
    }

    /// Enumerates the tours that matter, unless that failed while the gap was hardly wider.
    fn enumerate(&mut self) {
        let score = self.score();
        let Some(root) = &self.root_round else { return };
        let room = root.bound - score;
        if room <= ENUMERATE_AGAIN * self.enumerated_at {
            self.generator.fix(root, score);
            self.generator.enumerate(root, score, MOST_ENUMERATED);
            self.enumerated_at = room;
        }
    }

    /// Where the work stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing { score: self.score(), bound: self.upper_bound(), work: self.generator.work }
    }

    /// What to tell after each round of a node. Only at the root is its bound the component's.
    fn news<'w>(&self, at_root: bool, watch: &'w Watch) -> impl Fn(f64, Work) + 'w {
        let Standing { score, bound, .. } = self.standing();
        move |node, work| {
            let bound = if at_root { bound.min(node) } else { bound };
            (watch.tell)(Standing { score, bound, work });
        }
    }

    /// Does one piece of work: a first plan, the root, the enumeration, or one node.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn step(&mut self, watch: &Watch) -> Result<(), LpError> {
        match self.stage {
            Stage::First => self.root(FIRST_ROUNDS, watch),
            Stage::Root => self.root(u64::MAX, watch),
            Stage::Dive => {
                // Pools make the tree exact: any tour can be branched on.
                self.root_round = self.generator.last.clone();
                self.enumerate();
                let node = std::mem::take(&mut self.root_node);
                for _ in 0..=u8::from(self.generator.master.limits_weeks()) {
                    self.searching(|c| c.dive(&node, Vec::new(), Pricing::Quick, watch))?;
                }
                self.stage = Stage::Tree;
                Ok(())
            }
            Stage::Tree if self.turn.is_multiple_of(SEARCHES) == self.pooled() => {
                self.turn += 1;
                self.searching(|c| c.neighbourhood(watch))?;
                self.enumerate();
                Ok(())
            }
            Stage::Tree => {
                self.turn += 1;
                self.tree(watch)
            }
            Stage::Done => Ok(()),
        }
    }

    /// Some rounds of the root, or all of them. After the first few there is a plan, whatever
    /// happens.
    fn root(&mut self, rounds: u64, watch: &Watch) -> Result<(), LpError> {
        let (tolerance, tell) = (self.root_tolerance(), self.news(true, watch));
        let limits =
            Limits { cutoff: self.floor, tolerance, pricing: Pricing::Exact, rounds, stop: watch.stop, tell: &tell };
        let node = self.generator.solve(&[], &limits)?;
        self.bound = self.bound.min(node.bound);
        if node.bound <= self.floor {
            self.infeasible = true;
            self.stage = Stage::Done;
            return Ok(());
        }
        let finished = node.converged || (watch.stop)();
        if self.best.is_none() || finished {
            // In a limited week, tours go together that were not priced together.
            let pricing = if self.generator.master.limits_weeks() { Pricing::Quick } else { Pricing::None };
            self.searching(|c| c.dive(&node, Vec::new(), pricing, watch))?;
        }
        if !finished {
            self.stage = Stage::Root;
            return Ok(());
        }
        self.first_score = self.best.as_ref().map(|b| b.score);
        self.root_bound = Some(self.bound);
        if node.converged {
            self.stage = Stage::Root;
            self.leaf_or_open(&node, Vec::new(), watch)?;
        } else {
            self.closed = self.bound;
        }
        self.root_node = node;
        self.stage = Stage::Dive;
        Ok(())
    }

    /// Differences below this are rounding: bounds are rounded outward, and plans that tie would
    /// have to be told apart for ever.
    fn resolution(&self) -> f64 {
        1e-7 * self.best.as_ref().map_or(1.0, |b| b.score.abs().max(1.0))
    }

    /// Relative gap of an integer program over the invitations of a leaf that are worth at most
    /// `value`: a quarter of what the plan may lack.
    #[allow(clippy::cast_possible_truncation)]
    fn leaf_gap(&self, value: f64) -> f32 {
        (0.25 * self.tolerance * self.score().max(1.0) / value.max(1.0)) as f32
    }

    /// A part of the tree is of no interest once its bound is at most this.
    fn cutoff(&self) -> f64 {
        if self.best.is_some() { self.score() + self.resolution() } else { self.floor }
    }

    fn root_tolerance(&self) -> f64 {
        (self.tolerance * 0.02 * self.score().max(1.0)).max(1e-7)
    }

    /// Does something that uses the generator for other duals than a node's, and puts the last
    /// ones back.
    fn searching<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, LpError>) -> Result<(), LpError> {
        let last = self.generator.last.take();
        let done = work(self);
        self.generator.last = last;
        done.map(|_| ())
    }

    /// Rounds a node down the tree: the tours with the largest shares are kept for good, the
    /// master is priced again a little, and so on until all shares are whole.
    fn dive(&mut self, from: &Node, mut kept: Vec<Branch>, pricing: Pricing, watch: &Watch) -> Result<f64, LpError> {
        let tell = self.news(false, watch);
        let limits = searching(pricing, DIVE_ROUNDS, watch, &tell);
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
        let mut setbacks = 0;
        let part = |share: f64| share - share.floor();
        while setbacks < DIVE_SETBACKS {
            // Out of time: end with the columns there are.
            let pricing = if (watch.stop)() { Pricing::None } else { pricing };
            let limits = Limits { pricing, ..limits };
            let mut shares = node.chosen.clone();
            shares.sort_by(|a, b| part(b.1 + 1e-6).total_cmp(&part(a.1 + 1e-6)).then(a.0.cmp(&b.0)));
            let Some(&first) = shares.iter().find(|(_, share)| (share - share.round()).abs() > 1e-6) else {
                break;
            };
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
            let next = self.generator.solve(&kept, &limits)?;
            node = if next.feasible {
                next
            } else {
                // Together they break a rule: do without the first of them.
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
            return Ok(f64::NEG_INFINITY);
        }
        self.try_plan(&whole_shares(&node))
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
    fn rotations(&self, tours: &[Placed]) -> Vec<Rotation> {
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

    /// Searches around the incumbent: keeps a random part of its tours and dives for the rest.
    fn neighbourhood(&mut self, watch: &Watch) -> Result<(), LpError> {
        let Some(best) = &self.best else { return Ok(()) };
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for rotation in self.rotations(&best.tours) {
            *counts.entry(self.generator.master.register(rotation)).or_default() += 1;
        }
        let share = self.random.random_range(0.5..0.9);
        let kept: Vec<Branch> = counts
            .into_iter()
            .filter(|_| self.random.random_bool(share))
            .map(|(t, n)| Branch { selector: Selector::Tour(t), lo: as_f64(n), hi: f64::INFINITY })
            .collect();
        let tell = self.news(false, watch);
        let node = self.generator.solve(&kept, &searching(Pricing::Quick, 3, watch, &tell))?;
        if node.feasible && node.value > self.score() {
            self.dive(&node, kept, Pricing::None, watch)?;
        }
        Ok(())
    }

    fn tree(&mut self, watch: &Watch) -> Result<(), LpError> {
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

    /// Nothing is left to search: without a plan, and with nothing left aside, there is none.
    fn conclude(&mut self) {
        self.stage = Stage::Done;
        self.infeasible = self.best.is_none() && self.closed <= self.floor;
    }

    /// Splits a node, or settles it when its tours are whole.
    fn leaf_or_open(&mut self, node: &Node, decisions: Vec<Branch>, watch: &Watch) -> Result<(), LpError> {
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
            self.closed = self.closed.max(node.bound);
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
            self.closed = self.closed.max(self.settled(&chosen)?.min(node.bound));
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
        };
        let off = |count: f64| (count - count.round()).abs();
        counts
            .into_iter()
            .filter(|&(_, count)| off(count) > 1e-5)
            .min_by(|a, b| rank(&a.0).cmp(&rank(&b.0)).then(off(b.1).total_cmp(&off(a.1))).then(a.0.cmp(&b.0)))
    }

    /// Puts rotations on days: of those that begin with the same duty the most valuable first, so
    /// that a week cut short has lost least.
    fn place(&self, chosen: &[(usize, usize)]) -> Dealt {
        let master = &self.generator.master;
        let worth = |rotation: &Rotation| -> f64 {
            let of_day = |(k, tour): &(usize, Tour)| -> f64 {
                let Some(last) = &self.generator.last else { return 0.0 };
                let (visit, levels) = (&last.prizes[*k].visit, master.duty(*k).shapes.levels.len());
                tour.stops.iter().map(|s| visit[s.site * levels + s.level]).sum()
            };
            rotation.days.iter().map(of_day).sum()
        };
        let mut hands: Vec<&Rotation> = Vec::new();
        for &(t, n) in chosen {
            hands.extend(std::iter::repeat_n(&master.tours[t].rotation, n));
        }
        hands.sort_by(|a, b| {
            a.days[0].0.cmp(&b.days[0].0).then_with(|| worth(b).total_cmp(&worth(a))).then_with(|| a.cmp(b))
        });
        // A day with locked visits is not left out.
        let used = |k: usize| hands.iter().map(|r| r.of_duty(k).count()).sum::<usize>();
        let locked = |k: &usize| !master.duty(*k).required.is_empty();
        if (0..master.duties.len()).filter(locked).any(|k| used(k) < master.duty(k).days.len()) {
            return Dealt::Impossible;
        }
        let dealings: Vec<Dealing> =
            hands.iter().map(|r| r.days.iter().map(|(k, tour)| (master.duties[*k], tour)).collect()).collect();
        deal(self.problem, dealings)
    }

    /// Number of the stay of each visit, tour by tour.
    fn stays(&self, placed: &[Placed]) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..placed.len()).collect();
        order.sort_by_key(|&k| (self.problem.duties.list[placed[k].duty].vehicle, placed[k].day));
        let mut stays = vec![Vec::new(); placed.len()];
        let mut next = 0;
        for k in order {
            for stop in &placed[k].tour.stops {
                // Where it slept the stay goes on; there it was the last to be numbered.
                next += usize::from(placed[k].tour.slept != Some(stop.site));
                stays[k].push(next);
            }
        }
        stays
    }

    fn slots(&self, placed: &[Placed]) -> Vec<Slot> {
        let mut slots = Vec::new();
        let stays = self.stays(placed);
        for (p, stays) in placed.iter().zip(stays) {
            let duty = &self.problem.duties.list[p.duty];
            for (stop, stay) in p.tour.stops.iter().zip(stays) {
                let site = duty.roads.sites[stop.site];
                for (&service, &appointments) in duty.services.iter().zip(&duty.shapes.levels[stop.level]) {
                    slots.push(Slot { service, site, day: p.day, appointments, stay });
                }
            }
        }
        slots
    }

    /// What tours cost in the score.
    fn cost(&self, placed: &[Placed]) -> f64 {
        let night = self.problem.scenario.prices.night_price;
        let one = |p: &Placed| self.problem.duties.list[p.duty].cost(&p.tour) + night * f64::from(p.tour.sleeps);
        placed.iter().map(one).sum()
    }

    /// Scores whole tours exactly and keeps them when they are the best; their score.
    fn try_plan(&mut self, chosen: &[(usize, usize)]) -> Result<f64, LpError> {
        let mut key = chosen.to_vec();
        key.sort_unstable();
        if self.tried.contains(&key) {
            return Ok(f64::NEG_INFINITY);
        }
        self.tried.push(key);
        let Dealt::Placed(placed) = self.place(chosen) else { return Ok(f64::NEG_INFINITY) };
        let slots = self.slots(&placed);
        let cost = self.cost(&placed);
        let continuous = Continuous::new(self.problem, &slots, true)?;
        let most = continuous.value - cost;
        if most <= self.score() {
            return Ok(most);
        }
        let care = if self.tolerance > 0.0 { Care::Quick } else { Care::Within(0.0) };
        let invitations = continuous.whole(care, f64::INFINITY)?;
        let score = invitations.value - cost;
        if score > self.score() {
            self.best = Some(Incumbent { score, most, polished: false, tours: placed, slots, invitations });
        }
        Ok(score)
    }

    /// Last touches to the incumbent: the shortest tours for its visits, and better whole
    /// invitations. `seconds` limits each integer program.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn polish(&mut self, seconds: f64) -> Result<(), LpError> {
        let Some(mut best) = self.best.take_if(|b| !b.polished) else { return Ok(()) };
        let before = best.clone();
        best.polished = true;
        for placed in &mut best.tours {
            let duty = &self.problem.duties.list[placed.duty];
            if placed.tour.slept.is_none()
                && placed.tour.sleeps == 0
                && let Some(shorter) = super::search::shortest(duty, &placed.tour)
                && shorter.driving < placed.tour.driving
                && shorter.work <= placed.tour.work
            {
                placed.tour = shorter;
            }
        }
        best.slots = self.slots(&best.tours);
        let continuous = Continuous::new(self.problem, &best.slots, true)?;
        let care = if self.tolerance > 0.0 { Care::Good } else { Care::Within(0.0) };
        best.invitations = continuous.whole(care, seconds)?;
        let cost = self.cost(&best.tours);
        (best.score, best.most) = (best.invitations.value - cost, continuous.value - cost);
        let better = best.score > before.score;
        self.best = Some(if better { best } else { Incumbent { polished: true, ..before } });
        Ok(())
    }

    /// A bound on all plans with exactly these tours, on whatever days (`∞` when no way of
    /// dealing them was found); the best of them where they are few enough to be tried.
    fn settled(&mut self, chosen: &[(usize, usize)]) -> Result<f64, LpError> {
        let placed = match self.place(chosen) {
            Dealt::Placed(placed) => placed,
            Dealt::Impossible => return Ok(f64::NEG_INFINITY),
            Dealt::Unknown => return Ok(f64::INFINITY),
        };
        let cost = self.cost(&placed);
        let continuous = Continuous::new(self.problem, &self.slots(&placed), false)?;
        let most = continuous.value - cost + 1e-9;
        if most <= self.cutoff() + self.tolerance * self.score().max(1.0) {
            // Near enough, whatever whole invitations are worth.
            return Ok(most);
        }
        // What an integer program may leave: nothing where the best plan is asked for.
        let gap = self.leaf_gap(continuous.value);
        let care = Care::Within(gap);
        let gap = f64::from(gap);
        let left = |value: f64| gap * value + 1e-9;
        let whole = continuous.whole(care, f64::INFINITY)?;
        let bound = if whole.proved { whole.value + left(whole.value) - cost } else { most };
        if bound <= self.cutoff() {
            return Ok(bound);
        }
        let mut best = f64::NEG_INFINITY;
        let Some(all) = self.placements(placed) else { return Ok(bound) };
        for tours in all.into_iter().filter(|tours| possible(self.problem, tours)) {
            let slots = self.slots(&tours);
            let continuous = Continuous::new(self.problem, &slots, true)?;
            let most = continuous.value - cost;
            let invitations = continuous.whole(care, f64::INFINITY)?;
            let score = invitations.value - cost;
            best = best.max(if invitations.proved { score + left(invitations.value) } else { most + 1e-9 });
            if score > self.score() {
                self.best = Some(Incumbent { score, most, polished: false, tours, slots, invitations });
            }
            if best >= bound - self.resolution() {
                return Ok(bound);
            }
        }
        Ok(best)
    }

    /// The same tours on other days of their duties, in every way; `None` when these are many.
    fn placements(&self, placed: Vec<Placed>) -> Option<Vec<Vec<Placed>>> {
        let mut all = vec![Vec::new()];
        for Placed { duty, tour, .. } in placed {
            let mut more = Vec::new();
            for start in &all {
                let start: &Vec<Placed> = start;
                let earlier = start.iter().rev().find(|p| p.duty == duty && p.tour == tour).map(|p| p.day);
                for &day in &self.problem.duties.list[duty].days {
                    let free = !start.iter().any(|p| p.duty == duty && p.day == day);
                    // Of equal tours only one order.
                    if free && earlier.is_none_or(|e| e < day) {
                        more.push([&start[..], &[Placed { duty, day, tour: tour.clone() }]].concat());
                    }
                }
            }
            if more.len() > MOST_PLACEMENTS {
                return None;
            }
            all = more;
        }
        Some(all)
    }
}

/// Limits of a search for plans, which proves nothing.
fn searching<'w>(pricing: Pricing, rounds: u64, watch: &'w Watch, tell: &'w dyn Fn(f64, Work)) -> Limits<'w> {
    Limits { cutoff: f64::NEG_INFINITY, tolerance: f64::NEG_INFINITY, pricing, rounds, stop: watch.stop, tell }
}

/// Every plan of some duties scores more than this.
fn floor(problem: &Problem, duties: &[usize]) -> f64 {
    let cost = |d: &usize| {
        let duty = &problem.duties.list[*d];
        let driving = duty.drive_price * f64::from(duty.drive_limit.min(duty.shift.length().0));
        let avoided = duty.weekday_worth.iter().copied().fold(0.0, f64::min);
        let night = if duty.nights { 7.0 * problem.scenario.prices.night_price } else { 0.0 };
        as_f64(duty.days.len()) * (driving + night - avoided * as_f64(duty.max_visits))
    };
    -1.0 - duties.iter().map(cost).sum::<f64>()
}

/// The tours of a node whose shares are whole, with how often each is made.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_shares(node: &Node) -> Vec<(usize, usize)> {
    node.chosen.iter().map(|&(t, share)| (t, share.round() as usize)).filter(|c| c.1 > 0).collect()
}

fn keep_at_least(kept: &mut Vec<Branch>, tour: usize, count: f64) {
    let selector = Selector::Tour(tour);
    if !kept.iter().any(|b| b.selector == selector && b.lo >= count) {
        kept.push(Branch { selector, lo: count, hi: f64::INFINITY });
    }
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(n: usize) -> f64 {
    n as f64
}

//! One independent part of the fleet: its search tree, incumbent and bound.

mod dive;
mod plans;
mod tree;
mod whole;

use super::invite::{Invitations, Slot};
use super::lp::LpError;
use super::master::{Branch, Demanded, Selector};
use super::node::{Generator, Limits, Node, Pricing, Round, Work};
use super::problem::Problem;
use super::search::Tour;
use crate::domain::{DayId, SiteId};
pub use plans::PROVED;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Instant;

/// A tour on its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Seconds that its scoring took.
    pub seconds: f64,
    /// Its tours.
    pub tours: Vec<Placed>,
    /// Slots of the tours' visits, tour by tour, stop by stop, service by service.
    pub slots: Vec<Slot>,
    /// Invitations of the slots.
    pub invitations: Invitations,
}

/// Why a part of the tree keeps its bound, though nothing is left to part it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUp {
    /// There are too many tours for all that matter to be known.
    Tours,
    /// Tours could not be dealt to days, or in too many ways.
    Days,
    /// Whole invitations of some visits could not be proved best.
    Invitations,
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
    /// Coverage score of the best plan; 0 without one.
    pub coverage: f64,
    /// No plan scores more.
    pub bound: f64,
    /// What has been done.
    pub work: Work,
}

/// What the caller asks, and is told, while the work goes on.
pub struct Watch<'a> {
    /// Whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Whether the root has had its time, and its columns should make a plan.
    pub plan_now: &'a (dyn Fn() -> bool + Sync),
    /// Seconds left; infinite without a limit.
    pub left: &'a (dyn Fn() -> f64 + Sync),
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
    /// Rotations in the solution of the root, once solved.
    pub root_rotations: Vec<usize>,
    /// Score of the first plan of the restricted master.
    pub first_score: Option<f64>,
    /// Locked visits that no plan can keep.
    pub infeasible: bool,
    /// When the work should end.
    pub deadline: Option<Instant>,
    /// Whether it should end now.
    pub over: &'a (dyn Fn() -> bool + Sync),
    problem: &'a Problem<'a>,
    stage: Stage,
    open: Vec<Open>,
    /// Parts that keep their bounds until they are searched with more effort.
    given_up: Vec<(Open, GaveUp)>,
    /// How often more effort was begun with: each time limits are [`HARDER`] times as wide.
    effort: u32,
    /// Largest bound of the parts of the tree that are closed for good.
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
    /// Columns when whole plans were last looked for among them, and how many more there should be before
    /// the next time, as a part of them.
    looked_at: (usize, f64),
    /// Decisions that hold everywhere: what the caller demands.
    demanded: Vec<Branch>,
    /// Every plan scores more: what it could cost to drive as far as is allowed.
    floor: f64,
}

/// Tours enumerated for one duty, at most.
const MOST_ENUMERATED: usize = 4_000;
/// Where parts of the tree are left open, limits get so many times as wide, and that so often.
const HARDER: usize = 4;
const MOST_EFFORT: u32 = 3;
/// Of tours no more than so many times as many are enumerated: they take memory, and nothing stops their search.
const HARDER_AT_MOST: usize = HARDER * HARDER;
/// Enumeration that failed is tried again once the gap is at most this part of what it was.
const ENUMERATE_AGAIN: f64 = 0.75;
/// Rows of promises are added for more than this part of the distance at which the root counts as solved.
const NEAR_ENOUGH: f64 = 0.1;
/// Rounds before the first plan.
const FIRST_ROUNDS: u64 = 3;
/// Where tours are not enumerated, one step in so many is a node of the tree; the others search
/// around the incumbent.
const SEARCHES: u64 = 4;

impl<'a> Component<'a> {
    /// A component of some duties. `gap` is the relative gap it should reach.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>, gap: f64, seed: u64) -> Self {
        Self {
            generator: Generator::new(problem, duties.clone()),
            best: None,
            root_bound: None,
            root_rotations: Vec::new(),
            first_score: None,
            infeasible: false,
            deadline: None,
            over: &|| false,
            problem,
            stage: Stage::First,
            open: Vec::new(),
            given_up: Vec::new(),
            effort: 0,
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
            looked_at: (0, 0.0),
            demanded: Vec::new(),
        }
    }

    /// Demands a visit by a kind of vehicle to one of some sites; before the first step.
    pub fn demand(&mut self, kind: usize, sites: BTreeSet<SiteId>) {
        self.generator.master.demanded = Some(Demanded { kind, sites });
        self.demanded = vec![Branch { selector: Selector::Demanded, lo: 1.0, hi: f64::INFINITY }];
    }

    /// Prices of a round of the root, whose bound holds for all plans; the last one, once the root is
    /// solved.
    #[must_use]
    pub fn root_prices(&self) -> Option<&Round> {
        let at_root = self.stage != Stage::Tree && self.stage != Stage::Done;
        self.root_round.as_ref().or(if at_root { self.generator.last.as_ref() } else { None })
    }

    /// Score of the incumbent; `-∞` without one.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.best.as_ref().map_or(f64::NEG_INFINITY, |b| b.score)
    }

    /// No plan of this component scores more.
    #[must_use]
    pub fn upper_bound(&self) -> f64 {
        let open = self.open.iter().chain(self.given_up.iter().map(|(open, _)| open));
        let open = open.map(|n| n.bound).fold(self.closed, f64::max);
        match self.stage {
            Stage::First | Stage::Root => self.bound,
            _ => open.max(self.score()).min(self.bound),
        }
    }

    /// Whether it has had its first rounds, with a plan from what they found.
    #[must_use]
    pub fn begun(&self) -> bool {
        self.stage != Stage::First
    }

    /// Why it has nothing left to do though its bound is above its score: where the bound is largest.
    #[must_use]
    pub fn gave_up(&self) -> Option<GaveUp> {
        let largest = self.given_up.iter().max_by(|a, b| a.0.bound.total_cmp(&b.0.bound));
        largest.filter(|(open, _)| open.bound > self.cutoff()).map(|(_, why)| *why)
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

    /// By how much limits are wider than at first.
    fn harder(&self) -> usize {
        HARDER.pow(self.effort)
    }

    /// Enumerates the tours that matter, unless that failed while the gap was hardly wider.
    fn enumerate(&mut self) {
        let score = self.score();
        let Some(root) = &self.root_round else { return };
        let room = root.bound - score;
        if room <= ENUMERATE_AGAIN * self.enumerated_at {
            self.generator.fix(root, score);
            self.generator.enumerate(root, score, MOST_ENUMERATED * self.harder().min(HARDER_AT_MOST));
            self.enumerated_at = room;
        }
    }

    /// Where the work stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let coverage = self.best.as_ref().map_or(0.0, |b| b.invitations.value);
        Standing { score: self.score(), coverage, bound: self.upper_bound(), work: self.generator.work }
    }

    /// What to tell after each round of a node. Only at the root is its bound the component's.
    fn news<'w>(&self, at_root: bool, watch: &'w Watch) -> impl Fn(f64, Work) + 'w {
        let Standing { score, coverage, bound, .. } = self.standing();
        move |node, work| {
            let bound = if at_root { bound.min(node) } else { bound };
            (watch.tell)(Standing { score, coverage, bound, work });
        }
    }

    /// Does one piece of work: a first plan, the root, the enumeration, or one node.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn step(&mut self, watch: &Watch) -> Result<(), LpError> {
        self.generator.rough = NEAR_ENOUGH * self.root_tolerance();
        match self.stage {
            Stage::First => self.root(FIRST_ROUNDS, watch),
            Stage::Root => self.root(u64::MAX, watch),
            Stage::Dive => {
                // Pools make the tree exact: any tour can be branched on.
                self.root_round = self.generator.last.clone();
                self.enumerate();
                let node = std::mem::take(&mut self.root_node);
                for _ in 0..=u8::from(self.generator.master.limits_weeks()) {
                    self.searching(|c| c.dive(&node, c.demanded.clone(), Pricing::Quick, watch))?;
                }
                self.searching(|c| c.among_columns(watch))?;
                self.stage = Stage::Tree;
                Ok(())
            }
            Stage::Tree if self.turn.is_multiple_of(SEARCHES) == self.pooled() => {
                self.turn += 1;
                self.searching(|c| c.neighbourhood(watch))?;
                self.searching(|c| c.among_columns(watch))?;
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
        let limits = Limits {
            cutoff: self.floor,
            tolerance,
            pricing: Pricing::Exact,
            rounds,
            stop: watch.plan_now,
            tell: &tell,
        };
        let node = self.generator.solve(&self.demanded, &limits)?;
        self.bound = self.bound.min(node.bound);
        if node.bound <= self.floor {
            self.infeasible = true;
            self.stage = Stage::Done;
            return Ok(());
        }
        let finished = node.converged || (watch.plan_now)();
        if self.stage == Stage::First || finished && !(watch.stop)() {
            // In a limited week, tours go together that were not priced together.
            let pricing = if self.generator.master.limits_weeks() { Pricing::Quick } else { Pricing::None };
            self.searching(|c| c.dive(&node, c.demanded.clone(), pricing, watch))?;
        }
        if !finished {
            self.stage = Stage::Root;
            return Ok(());
        }
        self.first_score = self.best.as_ref().map(|b| b.score);
        self.root_bound = Some(self.bound);
        self.root_rotations = node.chosen.iter().map(|&(t, _)| t).collect();
        if node.converged {
            self.stage = Stage::Root;
            self.leaf_or_open(&node, self.demanded.clone(), watch)?;
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
        (0.25 * self.lack() / value.max(1.0)) as f32
    }

    /// What the plan may lack at the gap that was asked for: a part of its coverage, or of its score where that is less.
    fn lack(&self) -> f64 {
        let Standing { score, coverage, .. } = self.standing();
        self.tolerance * score.min(coverage).max(0.0)
    }

    /// A part of the tree is of no interest once its bound is at most this.
    fn cutoff(&self) -> f64 {
        if self.best.is_some() { self.score() + self.resolution() } else { self.floor }
    }

    fn root_tolerance(&self) -> f64 {
        // Where promises bind a round is dear, and plans are near the root's value.
        let part = if self.problem.promised.is_empty() { 0.02 } else { 0.1 };
        (self.tolerance * part * self.score().max(1.0)).max(1e-7)
    }

    /// Does something that uses the generator for other duals than a node's, and puts the last
    /// ones back.
    fn searching<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, LpError>) -> Result<(), LpError> {
        let last = self.generator.last.take();
        let done = work(self);
        self.generator.last = last;
        done.map(|_| ())
    }
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
    -1.0 - duties.iter().map(cost).sum::<f64>() - problem.changes_at_most(duties)
}

/// The tours of a node whose shares are whole, with how often each is made.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_shares(node: &Node) -> Vec<(usize, usize)> {
    node.chosen.iter().map(|&(t, share)| (t, share.round() as usize)).filter(|c| c.1 > 0).collect()
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(n: usize) -> f64 {
    n as f64
}

//! The proof: branch, cut and price.
//!
//! A node's program is solved by column generation: routes of the search first, then labels quickly, then exactly, at
//! prices between those of the program and the best known ones. Whatever the prices, what the rows cost and `vehicles`
//! times the best route bound all plans. Then come, in turn: memory for customers that a route in use visits twice,
//! all routes within the gap where there are few, cuts, branches.

mod dive;
mod generate;
mod refine;

use super::cuts::{Cut, separate};
use super::enumerate;
use super::labels::{Ended, Set, add};
use super::master::{Decision, Master};
use super::net::Net;
use super::pool::{Pool, Shared};
use crate::optimise::lp::LpError;
use generate::Converged;
use refine::repeats;
use std::time::Instant;

/// Customers that one remembers at first.
const NEAR: usize = 6;

/// How far each means goes; a test takes one after the other away.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// Cuts added in one round.
    pub cuts: usize,
    /// Paths of an enumeration, at most.
    pub paths: usize,
    /// With so many routes or fewer, the integer program is solved to the end.
    pub few: usize,
    /// Whether plans are made from a node's solution.
    pub dives: bool,
}

impl Default for Means {
    fn default() -> Self {
        Self { cuts: 30, paths: 1_500_000, few: 5_000, dives: true }
    }
}

/// An open node.
struct Node {
    bound: f64,
    decisions: Vec<Decision>,
    cuts: Vec<Cut>,
    /// All routes that matter, where they have been enumerated: of those with the same customers one.
    complete: Option<Vec<Box<[u16]>>>,
}

/// Figures of the proof.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Bound of the root, cuts included.
    pub root: f64,
    /// Nodes.
    pub nodes: u64,
    /// Exact searches of labels.
    pub exact: u64,
    /// Cuts ever made.
    pub cuts: u64,
    /// Routes of the last enumeration that ended.
    pub enumerated: u64,
}

/// What came of a node.
enum Outcome {
    /// Nothing better is in it.
    Closed,
    /// It is parted.
    Parted(Vec<Node>),
    /// It cannot be parted: what it could hold stays open.
    Stuck(Node),
}

/// Why the proof stops before its end.
enum Halt {
    /// The time is over, or everything is settled.
    Ended,
    /// There are too many labels.
    TooMany,
    /// The solver failed.
    Lp(LpError),
}

impl From<Ended> for Halt {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Stopped => Self::Ended,
            Ended::TooMany => Self::TooMany,
        }
    }
}

impl From<LpError> for Halt {
    fn from(error: LpError) -> Self {
        Self::Lp(error)
    }
}

/// The tree.
pub struct Proof<'a, const W: usize> {
    net: &'a Net,
    back: Net,
    shared: &'a Shared<'a>,
    /// Customers that one remembers at first.
    near: usize,
    memory: Vec<Set<W>>,
    pool: Pool,
    means: Means,
    middle: f64,
    open: Vec<Node>,
    /// Bound of what could not be parted.
    stuck: f64,
    begun: Instant,
    /// Spent on choices among the routes known, seconds.
    choosing: f64,
    /// Spent on dives, seconds.
    diving: f64,
    dives: usize,
    /// Routes known when a choice was made last.
    chosen_of: usize,
    /// What has been counted.
    pub figures: Figures,
}

impl<'a, const W: usize> Proof<'a, W> {
    /// Begins with the whole problem.
    #[must_use]
    pub fn new(net: &'a Net, shared: &'a Shared<'a>, means: Means) -> Self {
        Self {
            net,
            back: net.reversed(),
            shared,
            near: NEAR,
            memory: near(net, NEAR),
            pool: Pool::default(),
            means,
            middle: net.limit / 2.0,
            open: vec![Node {
                bound: net.profit.iter().sum(),
                decisions: Vec::new(),
                cuts: Vec::new(),
                complete: None,
            }],
            stuck: f64::NEG_INFINITY,
            begun: Instant::now(),
            choosing: 0.0,
            diving: 0.0,
            dives: 0,
            chosen_of: 0,
            figures: Figures::default(),
        }
    }

    /// Works until the best plan is proved or the time is over.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn run(&mut self) -> Result<(), LpError> {
        while !self.shared.ended() {
            // The highest bound first; of the same, the deepest.
            let order =
                |a: &Node, b: &Node| a.bound.total_cmp(&b.bound).then(a.decisions.len().cmp(&b.decisions.len()));
            let Some(k) = (0..self.open.len()).max_by(|a, b| order(&self.open[*a], &self.open[*b])) else {
                self.tell();
                return Ok(());
            };
            let node = self.open.swap_remove(k);
            if self.shared.settled(node.bound) {
                continue;
            }
            self.figures.nodes += 1;
            let mut bound = node.bound;
            match self.node(&node, &mut bound) {
                Ok(Outcome::Closed) => {}
                Ok(Outcome::Parted(children)) => self.open.extend(children),
                Ok(Outcome::Stuck(node)) => self.stuck = self.stuck.max(node.bound),
                Err(Halt::Ended) => {
                    self.open.push(Node { bound, ..node });
                    self.tell();
                    return Ok(());
                }
                Err(Halt::TooMany) if self.near > 0 => {
                    // A weaker bound is better than none.
                    self.near /= 2;
                    self.memory = near(self.net, self.near);
                    self.open.push(Node { bound, ..node });
                }
                Err(Halt::TooMany) => self.stuck = self.stuck.max(bound),
                Err(Halt::Lp(error)) => return Err(error),
            }
            self.tell();
        }
        Ok(())
    }

    /// Lowers the common bound to that of the open nodes.
    fn tell(&self) {
        let open = self.open.iter().map(|n| n.bound).fold(self.stuck, f64::max);
        self.shared.lower(open.max(self.shared.profit()));
    }

    /// Lowers the common bound while a node is being worked on.
    fn tell_with(&self, bound: f64) {
        let open = self.open.iter().map(|n| n.bound).fold(self.stuck.max(bound), f64::max);
        self.shared.lower(open.max(self.shared.profit()));
    }

    fn fetch(&mut self) {
        let fresh = std::mem::take(&mut *self.shared.fresh.lock().expect("no thread panics here"));
        fresh.iter().for_each(|route| self.pool.add(route));
    }

    fn node(&mut self, node: &Node, bound: &mut f64) -> Result<Outcome, Halt> {
        let decisions = &node.decisions;
        let mut complete = node.complete.clone();
        let root = decisions.is_empty();
        let first: Vec<Box<[u16]>> = self.shared.best().routes.iter().map(|r| r.clone().into_boxed_slice()).collect();
        let mut master = Master::new(self.net, first, node.cuts.clone(), decisions.clone());
        let mut rounds = 0_u32;
        let mut poor = 0_u32;
        let mut tried = f64::INFINITY;
        loop {
            let before = *bound;
            let Some(Converged { solution, duals, labels }) = self.generate(&mut master, complete.as_deref(), bound)?
            else {
                return Ok(Outcome::Closed);
            };
            if root {
                self.figures.root = *bound;
            }
            let used: Vec<(Vec<u16>, f64)> = master.used(&solution).into_iter().map(|(r, x)| (r.to_vec(), x)).collect();
            if used.iter().all(|(route, x)| *x > 1.0 - 1e-6 && !repeats(route)) {
                let routes: Vec<Vec<u16>> = used.iter().map(|(r, _)| r.clone()).collect();
                self.shared.offer(routes.iter().map(|r| self.net.worth(r)).sum(), &routes);
                if self.shared.settled(*bound) {
                    return Ok(Outcome::Closed);
                }
            }
            // A customer visited twice is remembered along the way.
            if complete.is_none() && self.remember(&used) {
                let routes = self.feasible(std::mem::take(&mut master.routes));
                master = Master::new(self.net, routes, master.cuts, decisions.clone());
                continue;
            }
            // With a route worth `v < 0` at these prices, no plan has more than their cost and `v`.
            let gap = duals.cost(self.net.vehicles) - self.target() + 1e-5;
            // All routes within the gap, where there are few.
            if let (None, Some((both, prices))) = (&complete, &labels)
                && gap < 0.7 * tried
            {
                tried = gap;
                let arcs = self.arcs(decisions);
                let stop = || self.shared.ended();
                match enumerate::routes(&self.pricing(prices, &arcs, false), both, -gap, self.means.paths, &stop) {
                    Ok(routes) => {
                        self.figures.enumerated = routes.len() as u64;
                        let routes: Vec<Box<[u16]>> = routes.into_iter().map(Vec::into_boxed_slice).collect();
                        complete = Some(routes);
                    }
                    Err(Ended::TooMany) => {}
                    Err(Ended::Stopped) => return Err(Halt::Ended),
                }
            }
            if let Some(all) = &mut complete {
                all.retain(|route| master.value_above(-gap, route, &duals).is_some());
                if all.len() <= self.means.few {
                    let mut last = Master::new(self.net, all.clone(), master.cuts.clone(), decisions.clone());
                    let known = self.shared.best().routes;
                    known.iter().for_each(|route| _ = last.add(route));
                    let (at, _) = last.solve()?;
                    let (found, proved) = last.whole(&at, &known, self.target(), self.shared.left(), i32::MAX);
                    if let Some(routes) = found {
                        self.shared.offer(routes.iter().map(|r| self.net.worth(r)).sum(), &routes);
                    }
                    if proved {
                        return Ok(Outcome::Closed);
                    }
                    return Err(Halt::Ended);
                }
            }
            if rounds.is_multiple_of(4) {
                self.choose(&master, &solution);
            }
            rounds += 1;
            poor = if before - *bound < 0.02 * gap && rounds > 1 { poor + 1 } else { 0 };
            if poor < 3 {
                let views: Vec<(&[u16], f64)> = used.iter().map(|(r, x)| (&**r, *x)).collect();
                let mut new = separate(self.net.n, &views, self.means.cuts);
                if complete.is_some() {
                    new.iter_mut().for_each(|cut| cut.memory.fill(true));
                }
                if self.strengthen(&mut master, &duals, new) {
                    let routes = std::mem::take(&mut master.routes);
                    master = Master::new(self.net, routes, master.cuts, decisions.clone());
                    continue;
                }
            }
            return Ok(
                self.branch(&used, Node { bound: *bound, decisions: decisions.clone(), cuts: master.cuts, complete })
            );
        }
    }

    /// What a better plan has at least.
    fn target(&self) -> f64 {
        self.shared.profit() + if self.net.grain > 0.0 { self.net.grain } else { 1e-6 }
    }
}

/// By customer, itself and the nearest others, of which it remembers whether they have been visited.
fn near<const W: usize>(net: &Net, number: usize) -> Vec<Set<W>> {
    let one = |c: usize| {
        let mut others: Vec<usize> = (0..net.n).filter(|d| *d != c).collect();
        others.sort_by(|a, b| net.time(c, *a).total_cmp(&net.time(c, *b)).then(a.cmp(b)));
        let mut set = [0; W];
        add(&mut set, c);
        others.iter().take(number).for_each(|d| add(&mut set, *d));
        set
    };
    (0..net.n).map(one).collect()
}

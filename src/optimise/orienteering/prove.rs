//! The proof: branch, cut and price.
//!
//! A node's program is solved by column generation: routes of the search first, then labels quickly, then exactly, at
//! prices between those of the program and the best known ones. Whatever the prices, what the rows cost and `vehicles`
//! times the best route bound all plans. Then come, in turn: memory for customers that a route in use visits twice,
//! all routes within the gap where there are few, cuts, branches.

use super::cuts::{Counts, Cut, MOST_CUTS, separate};
use super::enumerate;
use super::labels::{Both, Ended, Prices, Rules, Set, add, holds};
use super::master::{Decision, Duals, Master};
use super::net::Net;
use super::pool::{Pool, Shared};
use crate::optimise::lp::{LpError, LpSolution};

/// Customers that one remembers at first.
const NEAR: usize = 8;
/// And at most.
const MOST_NEAR: usize = 24;
/// Routes added in one round.
const ADDED: usize = 60;
/// Worth less than this, a route is not worth having.
const WORTH: f64 = 1e-6;
/// Cuts added in one round.
const CUTS: usize = 30;
/// Paths of an enumeration, at most.
const MOST_PATHS: usize = 1_500_000;
/// With so many routes or fewer, the integer program is solved to the end.
const FEW: usize = 12_000;

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
    /// The solver failed.
    Lp(LpError),
}

impl From<Ended> for Halt {
    fn from(_: Ended) -> Self {
        Self::Ended
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
    memory: Vec<Set<W>>,
    pool: Pool,
    middle: f64,
    open: Vec<Node>,
    /// Bound of what could not be parted.
    stuck: f64,
    /// What has been counted.
    pub figures: Figures,
}

impl<'a, const W: usize> Proof<'a, W> {
    /// Begins with the whole problem.
    #[must_use]
    pub fn new(net: &'a Net, shared: &'a Shared<'a>) -> Self {
        let memory = (0..net.n).map(|c| {
            let mut near: Vec<usize> = (0..net.n).filter(|d| *d != c).collect();
            near.sort_by(|a, b| net.time(c, *a).total_cmp(&net.time(c, *b)).then(a.cmp(b)));
            let mut set = [0; W];
            add(&mut set, c);
            near.iter().take(NEAR).for_each(|d| add(&mut set, *d));
            set
        });
        Self {
            net,
            back: net.reversed(),
            shared,
            memory: memory.collect(),
            pool: Pool::default(),
            middle: net.limit / 2.0,
            open: vec![Node { bound: net.profit.iter().sum(), decisions: Vec::new(), cuts: Vec::new(), complete: None }],
            stuck: f64::NEG_INFINITY,
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
            let order = |a: &Node, b: &Node| a.bound.total_cmp(&b.bound).then(a.decisions.len().cmp(&b.decisions.len()));
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
            let Some((solution, duals, both)) = self.generate(&mut master, complete.as_deref(), bound)? else {
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
            if let (None, Some((both, prices))) = (&complete, &both)
                && gap < 0.7 * tried
            {
                tried = gap;
                let (before, next) = self.arcs(decisions);
                let rules = Rules { memory: &self.memory, next: &next, quick: false };
                let stop = || self.shared.ended();
                let nets = (self.net, &self.back);
                match enumerate::routes(nets, prices, &rules, &before, both, -gap, MOST_PATHS, &stop) {
                    Ok(routes) => {
                        self.figures.enumerated = routes.len() as u64;
                        let routes: Vec<Box<[u16]>> = routes.into_iter().map(Vec::into_boxed_slice).collect();
                        complete = Some(routes);
                    }
                    Err(Ended) if self.shared.ended() => return Err(Halt::Ended),
                    Err(Ended) => {}
                }
            }
            if let Some(all) = &mut complete {
                all.retain(|route| master.value(route, &duals) >= -gap);
                if all.len() <= FEW {
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
            if rounds % 4 == 0 {
                self.try_whole(&master, &solution);
            }
            rounds += 1;
            poor = if before - *bound < 0.02 * gap && rounds > 1 { poor + 1 } else { 0 };
            if poor < 3 {
                let views: Vec<(&[u16], f64)> = used.iter().map(|(r, x)| (&**r, *x)).collect();
                let mut new = separate(self.net.n, &views, CUTS);
                if complete.is_some() {
                    new.iter_mut().for_each(|cut| cut.memory.fill(true));
                }
                if self.strengthen(&mut master, &duals, new) {
                    let routes = std::mem::take(&mut master.routes);
                    master = Master::new(self.net, routes, master.cuts, decisions.clone());
                    continue;
                }
            }
            return Ok(self.branch(&used, Node { bound: *bound, decisions: decisions.clone(), cuts: master.cuts, complete }));
        }
    }

    /// What a better plan has at least.
    fn target(&self) -> f64 {
        self.shared.profit() + if self.net.grain > 0.0 { self.net.grain } else { 1e-6 }
    }

    /// Column generation until no route is worth having; `None` where the bound says that nothing better is here.
    /// Lowers `bound` to what is proved.
    #[allow(clippy::type_complexity)]
    fn generate(
        &mut self,
        master: &mut Master,
        complete: Option<&[Box<[u16]>]>,
        bound: &mut f64,
    ) -> Result<Option<(LpSolution, Duals, Option<(Both<W>, Prices)>)>, Halt> {
        let (before, next) = self.arcs(&master.decisions);
        let mut centre: Option<(f64, Duals)> = None;
        let mut smooth = true;
        let mut quick = true;
        #[allow(clippy::cast_precision_loss)]
        let vehicles = self.net.vehicles as f64;
        loop {
            if self.shared.ended() {
                return Err(Halt::Ended);
            }
            let (solution, duals) = master.solve()?;
            self.fetch();
            let candidates: &[Box<[u16]>] = complete.unwrap_or(&self.pool.routes);
            let mut best: Vec<(f64, usize)> = candidates
                .iter()
                .enumerate()
                .map(|(k, route)| (master.value(route, &duals), k))
                .filter(|(value, _)| *value > WORTH)
                .collect();
            best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let highest = best.first().map_or(0.0, |b| b.0);
            let mut added = 0;
            for (_, k) in best {
                added += usize::from(master.add(&candidates[k]));
                if added >= ADDED {
                    break;
                }
            }
            if complete.is_some() {
                let proved = duals.cost(self.net.vehicles) + vehicles * highest;
                *bound = bound.min(proved);
                if self.shared.settled(*bound) {
                    return Ok(None);
                }
                if added == 0 {
                    return Ok(Some((solution, duals, None)));
                }
                continue;
            }
            if added > 0 {
                continue;
            }
            let stop = || self.shared.ended();
            let nets = (self.net, &self.back);
            if quick {
                let prices = self.prices(master, &duals);
                let rules = Rules { memory: &self.memory, next: &next, quick: true };
                let both = Both::paths(nets, &prices, &rules, &before, self.middle, &stop)?;
                let found = both.join(self.net, &prices, &rules, WORTH, ADDED);
                let new = found.iter().filter(|f| master.add(&f.route)).count();
                if new > 0 {
                    continue;
                }
                quick = false;
            }
            let at = match &centre {
                Some((_, centre)) if smooth => duals.toward(centre, 0.5),
                _ => duals.clone(),
            };
            let prices = self.prices(master, &at);
            let rules = Rules { memory: &self.memory, next: &next, quick: false };
            let both = Both::paths(nets, &prices, &rules, &before, self.middle, &stop)?;
            self.figures.exact += 1;
            let found = both.join(self.net, &prices, &rules, 0.0, 2 * ADDED);
            let highest = found.first().map_or(0.0, |f| f.value.max(0.0));
            let proved = at.cost(self.net.vehicles) + vehicles * highest + 1e-7;
            *bound = bound.min(proved);
            self.tell_with(*bound);
            if self.shared.settled(*bound) {
                return Ok(None);
            }
            if centre.as_ref().is_none_or(|(known, _)| proved < *known) {
                centre = Some((proved, at.clone()));
            }
            let mut new = 0;
            for f in &found {
                if master.value(&f.route, &duals) > WORTH && master.add(&f.route) {
                    self.pool.add(&f.route);
                    new += 1;
                    if new >= ADDED {
                        break;
                    }
                }
            }
            self.balance(&both);
            if new > 0 {
                quick = true;
                smooth = true;
            } else if smooth && centre.is_some() && !same(&at, &duals) {
                smooth = false;
            } else {
                return Ok(Some((solution, duals, Some((both, prices)))));
            }
        }
    }

    /// Moves the middle toward the direction that has fewer labels.
    fn balance(&mut self, both: &Both<W>) {
        let (forward, backward) = (both.forward.len(), both.backward.len());
        let step = 0.03 * self.net.limit;
        if forward > backward + backward / 4 {
            self.middle = (self.middle - step).max(0.2 * self.net.limit);
        } else if backward > forward + forward / 4 {
            self.middle = (self.middle + step).min(0.8 * self.net.limit);
        }
    }

    fn prices(&self, master: &Master, duals: &Duals) -> Prices {
        let mut gain: Vec<f64> = self.net.profit.iter().zip(&duals.customers).map(|(p, d)| p - d).collect();
        for decision in &master.decisions {
            if let Decision::Skip(c) = decision {
                gain[usize::from(*c)] = f64::NEG_INFINITY;
            }
        }
        let counts = Counts::new(self.net.n, master.cuts.iter().zip(duals.cuts.iter().copied()));
        Prices { gain, route: duals.route, counts }
    }

    /// By customer, those that may come directly before it, and behind it.
    fn arcs(&self, decisions: &[Decision]) -> (Vec<Set<W>>, Vec<Set<W>>) {
        let net = self.net;
        let n = net.n;
        let mut allowed = vec![true; n * n];
        for a in 0..n {
            for b in 0..n {
                let soonest = (net.open[a] + net.time(a, b)).max(net.open[b]);
                allowed[a * n + b] = a != b && soonest <= net.close[b];
            }
        }
        for decision in decisions {
            match *decision {
                Decision::Skip(c) => {
                    let c = usize::from(c);
                    (0..n).for_each(|d| (allowed[c * n + d], allowed[d * n + c]) = (false, false));
                }
                Decision::Serve(_) => {}
                Decision::Apart(a, b) => allowed[usize::from(a) * n + usize::from(b)] = false,
                Decision::Joined(a, b) => {
                    let (a, b) = (usize::from(a), usize::from(b));
                    for d in 0..n {
                        allowed[a * n + d] &= d == b;
                        allowed[d * n + b] &= d == a;
                    }
                }
            }
        }
        let mut before = vec![[0; W]; n];
        let mut next = vec![[0; W]; n];
        for a in 0..n {
            for b in 0..n {
                if allowed[a * n + b] {
                    add(&mut next[a], b);
                    add(&mut before[b], a);
                }
            }
        }
        (before, next)
    }

    /// Makes customers remember those to which routes in use come back; whether anything changed.
    fn remember(&mut self, used: &[(Vec<u16>, f64)]) -> bool {
        let mut changed = false;
        for (route, _) in used {
            for (k, c) in route.iter().enumerate() {
                let Some(again) = route[k + 1..].iter().position(|d| d == c) else { continue };
                let between = &route[k + 1..k + 1 + again];
                let full = |d: &u16| size(&self.memory[usize::from(*d)]) >= MOST_NEAR;
                if between.iter().any(|d| full(d) && !holds(&self.memory[usize::from(*d)], usize::from(*c))) {
                    continue;
                }
                for d in between {
                    if !holds(&self.memory[usize::from(*d)], usize::from(*c)) {
                        add(&mut self.memory[usize::from(*d)], usize::from(*c));
                        changed = true;
                    }
                }
            }
        }
        changed
    }

    /// The routes that are still ng-routes.
    fn feasible(&self, routes: Vec<Box<[u16]>>) -> Vec<Box<[u16]>> {
        let fine = |route: &[u16]| {
            let mut memory = [0; W];
            route.iter().all(|&c| {
                let c = usize::from(c);
                if holds(&memory, c) {
                    return false;
                }
                memory.iter_mut().zip(&self.memory[c]).for_each(|(m, kept)| *m &= kept);
                add(&mut memory, c);
                true
            })
        };
        routes.into_iter().filter(|r| fine(r)).collect()
    }

    /// Puts new cuts in force, and drops those without a price; whether there are new ones.
    fn strengthen(&mut self, master: &mut Master, duals: &Duals, new: Vec<Cut>) -> bool {
        let mut cuts: Vec<Cut> = Vec::new();
        for (cut, price) in master.cuts.drain(..).zip(&duals.cuts) {
            if *price > 1e-6 {
                cuts.push(cut);
            }
        }
        let mut added = 0;
        for cut in new {
            if let Some(old) = cuts.iter_mut().find(|old| old.three == cut.three) {
                // Its memory was too small.
                let grown = old.memory.iter().zip(&cut.memory).any(|(a, b)| !a && *b);
                old.memory.iter_mut().zip(&cut.memory).for_each(|(a, b)| *a |= b);
                added += u64::from(grown);
            } else if cuts.len() < MOST_CUTS {
                cuts.push(cut);
                added += 1;
            }
        }
        self.figures.cuts += added;
        master.cuts = cuts;
        added > 0
    }

    /// The best choice among the routes known, for a while.
    fn try_whole(&self, master: &Master, solution: &LpSolution) {
        let seconds = (self.shared.left() * 0.1).min(5.0);
        let (found, _) = master.whole(solution, &self.shared.best().routes, self.target(), seconds, 2_000);
        if let Some(routes) = found {
            self.shared.offer(routes.iter().map(|r| self.net.worth(r)).sum(), &routes);
        }
    }

    /// Parts a node at the customer, or the way between two, about which its solution is least certain.
    fn branch(&self, used: &[(Vec<u16>, f64)], node: Node) -> Outcome {
        let n = self.net.n;
        let mut served = vec![0.0; n];
        let mut ways: std::collections::BTreeMap<(u16, u16), f64> = std::collections::BTreeMap::new();
        for (route, x) in used {
            route.iter().for_each(|c| served[usize::from(*c)] += x);
            route.windows(2).for_each(|w| *ways.entry((w[0], w[1])).or_default() += x);
        }
        let unsure = |x: f64| (x - 0.5).abs();
        let decided = |c: usize| node.decisions.iter().any(|d| d.serves(c));
        let customer = (0..n).filter(|c| served[*c] > 1e-4 && served[*c] < 1.0 - 1e-4 && !decided(*c));
        let weight = |c: &usize| unsure(served[*c]) - 0.02 * self.net.profit[*c] / self.net.profit.iter().sum::<f64>();
        let customer = customer.min_by(|a, b| weight(a).total_cmp(&weight(b)));
        let pair = match customer {
            Some(c) if unsure(served[c]) < 0.4 => {
                let c = u16::try_from(c).expect("few customers");
                [Decision::Serve(c), Decision::Skip(c)]
            }
            _ => {
                let way = ways.iter().filter(|(_, x)| **x > 1e-4 && **x < 1.0 - 1e-4);
                match (way.min_by(|a, b| unsure(*a.1).total_cmp(&unsure(*b.1))), customer) {
                    (Some((&(a, b), _)), None) => [Decision::Joined(a, b), Decision::Apart(a, b)],
                    (_, Some(c)) => {
                        let c = u16::try_from(c).expect("few customers");
                        [Decision::Serve(c), Decision::Skip(c)]
                    }
                    // Only routes with repetitions that memory could not forbid: nothing more is proved here.
                    (None, None) => return Outcome::Stuck(node),
                }
            }
        };
        let child = |decision: Decision| {
            let mut decisions = node.decisions.clone();
            decisions.push(decision);
            let complete = node.complete.as_ref().map(|all| all.iter().filter(|r| decision.allows(r)).cloned().collect());
            Node { bound: node.bound, decisions, cuts: node.cuts.clone(), complete }
        };
        Outcome::Parted(pair.into_iter().map(child).collect())
    }
}

fn repeats(route: &[u16]) -> bool {
    route.iter().enumerate().any(|(k, c)| route[k + 1..].contains(c))
}

fn size<const W: usize>(set: &Set<W>) -> usize {
    set.iter().map(|w| w.count_ones() as usize).sum()
}

fn same(a: &Duals, b: &Duals) -> bool {
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
    near(&a.customers, &b.customers) && near(&a.cuts, &b.cuts) && (a.route - b.route).abs() < 1e-9
}

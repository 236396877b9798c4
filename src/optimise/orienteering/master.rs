//! The restricted master: routes chosen so that every customer is served once at most.

use super::cuts::Cut;
use super::net::Net;
use crate::optimise::lp::{ColId, Depth, Lp, LpError, LpSolution, RowId};
use rustc_hash::FxHashSet;

/// What a node of the tree has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Nobody visits this customer.
    Skip(u16),
    /// Somebody does.
    Serve(u16),
    /// No route goes directly from the first to the second.
    Apart(u16, u16),
    /// A route does, and both are served.
    Joined(u16, u16),
}

impl Decision {
    /// Whether a route may be used.
    #[must_use]
    pub fn allows(self, route: &[u16]) -> bool {
        let direct = |a, b| route.windows(2).any(|w| w == [a, b]);
        match self {
            Self::Skip(c) => !route.contains(&c),
            Self::Serve(_) => true,
            Self::Apart(a, b) => !direct(a, b),
            Self::Joined(a, b) => !(route.contains(&a) || route.contains(&b)) || direct(a, b),
        }
    }

    /// Whether a customer has to be served.
    #[must_use]
    pub fn serves(self, c: usize) -> bool {
        self.served().iter().any(|s| usize::from(*s) == c)
    }

    /// Customers that have to be served.
    fn served(self) -> Vec<u16> {
        match self {
            Self::Serve(c) => vec![c],
            Self::Joined(a, b) => vec![a, b],
            Self::Skip(_) | Self::Apart(..) => Vec::new(),
        }
    }
}

/// Prices of the rows.
#[derive(Debug, Clone)]
pub struct Duals {
    /// By customer.
    pub customers: Vec<f64>,
    /// Of a route.
    pub route: f64,
    /// By cut.
    pub cuts: Vec<f64>,
}

impl Duals {
    /// What the rows' right-hand sides cost at these prices.
    #[must_use]
    pub fn cost(&self, vehicles: usize) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let vehicles = vehicles as f64;
        self.customers.iter().sum::<f64>() + self.cuts.iter().sum::<f64>() + vehicles * self.route
    }

    /// Between two prices: `part` of the other.
    #[must_use]
    pub fn toward(&self, other: &Self, part: f64) -> Self {
        let mix = |a: &[f64], b: &[f64]| -> Vec<f64> {
            // A cut that is new has no price yet on the other side.
            a.iter().enumerate().map(|(k, a)| a + part * (b.get(k).copied().unwrap_or(0.0) - a)).collect()
        };
        Self {
            customers: mix(&self.customers, &other.customers),
            route: self.route + part * (other.route - self.route),
            cuts: mix(&self.cuts, &other.cuts),
        }
    }
}

/// Columns of an integer program that is presolved, at most.
const PRESOLVED: usize = 3_000;

/// The program with its routes.
pub struct Master<'a> {
    net: &'a Net,
    lp: Lp,
    /// Routes in the program.
    pub routes: Vec<Box<[u16]>>,
    columns: Vec<ColId>,
    known: FxHashSet<Box<[u16]>>,
    /// Cuts in force.
    pub cuts: Vec<Cut>,
    /// What this node has decided.
    pub decisions: Vec<Decision>,
}

impl<'a> Master<'a> {
    /// A program of these routes, as far as the decisions allow.
    #[must_use]
    pub fn new(net: &'a Net, routes: Vec<Box<[u16]>>, cuts: Vec<Cut>, decisions: Vec<Decision>) -> Self {
        Self::of(net, net.vehicles, routes, cuts, decisions)
    }

    /// The same for so many vehicles.
    #[must_use]
    pub fn of(
        net: &'a Net,
        vehicles: usize,
        routes: Vec<Box<[u16]>>,
        cuts: Vec<Cut>,
        decisions: Vec<Decision>,
    ) -> Self {
        let mut lp = Lp::new();
        let mut served = vec![false; net.n];
        decisions.iter().flat_map(|d| d.served()).for_each(|c| served[usize::from(c)] = true);
        for served in &served {
            lp.add_row(if *served { 1.0 } else { f64::NEG_INFINITY }, 1.0, &[]);
        }
        #[allow(clippy::cast_precision_loss)]
        lp.add_row(f64::NEG_INFINITY, vehicles as f64, &[]);
        for _ in &cuts {
            lp.add_row(f64::NEG_INFINITY, 1.0, &[]);
        }
        // Where no route serves a customer that must be, at a price that no plan pays.
        let dear = -(1.0 + 20.0 * net.profit.iter().sum::<f64>());
        for (c, _) in served.iter().enumerate().filter(|(_, served)| **served) {
            lp.add_column(dear, 0.0, 1.0, &[(RowId(c), 1.0)]);
        }
        let mut master =
            Self { net, lp, routes: Vec::new(), columns: Vec::new(), known: FxHashSet::default(), cuts, decisions };
        for route in routes {
            master.add(&route);
        }
        master
    }

    /// Adds a route, unless it is known or not allowed; whether it is new.
    pub fn add(&mut self, route: &[u16]) -> bool {
        if self.known.contains(route) || !self.decisions.iter().all(|d| d.allows(route)) {
            return false;
        }
        let mut entries: Vec<(RowId, f64)> = Vec::with_capacity(route.len() + 4);
        let mut sorted = route.to_vec();
        sorted.sort_unstable();
        for group in sorted.chunk_by(|a, b| a == b) {
            #[allow(clippy::cast_precision_loss)]
            entries.push((RowId(usize::from(group[0])), group.len() as f64));
        }
        entries.push((RowId(self.net.n), 1.0));
        for (k, cut) in self.cuts.iter().enumerate() {
            let count = cut.count(route);
            if count > 0.0 {
                entries.push((RowId(self.net.n + 1 + k), count));
            }
        }
        self.columns.push(self.lp.add_column(self.net.worth(route), 0.0, f64::INFINITY, &entries));
        self.known.insert(route.into());
        self.routes.push(route.into());
        true
    }

    /// Solves; prices have their right signs.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn solve(&mut self) -> Result<(LpSolution, Duals), LpError> {
        let solution = self.lp.solve()?;
        let n = self.net.n;
        let mut free = vec![false; n];
        self.decisions.iter().flat_map(|d| d.served()).for_each(|c| free[usize::from(c)] = true);
        let duals = Duals {
            customers: (0..n).map(|c| if free[c] { solution.duals[c] } else { solution.duals[c].max(0.0) }).collect(),
            route: solution.duals[n].max(0.0),
            cuts: solution.duals[n + 1..].iter().map(|d| d.max(0.0)).collect(),
        };
        Ok((solution, duals))
    }

    /// What a route is worth at prices, if it is more than `least`.
    #[must_use]
    pub fn value_above(&self, least: f64, route: &[u16], duals: &Duals) -> Option<f64> {
        let gain: f64 = route.iter().map(|&c| self.net.profit[usize::from(c)] - duals.customers[usize::from(c)]).sum();
        let gain = gain - duals.route;
        // Cuts only take away.
        if gain <= least {
            return None;
        }
        let priced = self.cuts.iter().zip(&duals.cuts).filter(|(_, price)| **price > 1e-9);
        let value = gain - priced.map(|(cut, price)| price * cut.count(route)).sum::<f64>();
        (value > least).then_some(value)
    }

    /// The routes in use and how much of each.
    #[must_use]
    pub fn used(&self, solution: &LpSolution) -> Vec<(&[u16], f64)> {
        let all = self.routes.iter().zip(&self.columns);
        all.map(|(route, column)| (&**route, solution.columns[column.0])).filter(|(_, share)| *share > 1e-6).collect()
    }

    /// The best whole choice worth `least` or more, if one is found, and whether there is no better one for
    /// certain. `start` are routes of the program to begin with.
    #[must_use]
    pub fn whole(
        &self,
        at: &LpSolution,
        start: &[Vec<u16>],
        least: f64,
        seconds: f64,
        nodes: i32,
    ) -> (Option<Vec<Vec<u16>>>, bool) {
        // Profits differ by the grain at least.
        let within = (self.net.grain - 1e-3).max(1e-6);
        let depth = Depth { least, gap: 0.0, within, nodes, seconds, presolved: PRESOLVED };
        let place = |route: &Vec<u16>| self.routes.iter().position(|r| **r == **route);
        let start: Option<Vec<(ColId, f64)>> = start.iter().map(|r| Some((self.columns[place(r)?], 1.0))).collect();
        let answer = self.lp.whole(at, &self.columns, &start.unwrap_or_default(), depth);
        let chosen = answer.point.map(|point| {
            let used = self.columns.iter().zip(&self.routes).filter(|(column, _)| point[column.0] > 0.5);
            used.map(|(_, route)| route.to_vec()).collect()
        });
        (chosen, answer.complete)
    }
}

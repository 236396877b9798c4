//! A service's program in the linear solver, and integer programs near its optimum.

use super::Care;
use super::program::Program;
use crate::demand::{ServiceDemand, value_of};
use crate::optimise::lp::{ColId, Lp, LpError, LpSolution, Mip, RowId};
use std::time::Instant;

/// Reduced costs of at most this, in contacts before the service's weight, are at the margin.
const MARGIN: f64 = 0.002;
/// Invitations that are free in an integer program, at most.
const MOST_FREE: usize = 250;
/// Communes of a visit in the integer program of that visit alone; its nodes; and how many such programs are solved at most.
const OF_ONE_VISIT: usize = 60;
const VISIT_NODES: i32 = 200;
const VISITS: usize = 60;
/// Relative gap and nodes of an integer program over the margin.
const GOOD: (f32, i32) = (1e-4, 20);
/// Invitations that are free in the last integer program, at most: of more it proves nothing in useful time, and finds less than
/// one program for each visit does.
const FINAL: usize = 1_000;
/// The same where rule 13 makes it harder.
const MOST_OF_FEW: usize = 800;
/// The same where rounding found no whole invitations that keep the rules: then it is the only way to find any.
const UNKNOWN: usize = 20_000;
/// Nodes of the last integer program, where few invitations are free in it, and where many are.
const FINAL_NODES: [i32; 2] = [5_000, 50];

/// Of each visit so many times the invitations that would fill it are in the linear program from the
/// start; others join when their price says so.
const FROM_THE_START: f64 = 2.0;
/// Invitations of one visit that join the linear program at a time.
const JOIN: usize = 12;
/// A reduced cost below this is rounding.
const NOTHING: f64 = 1e-9;
/// Room for rounding in a limit.
const SLACK: f64 = 1e-9;

/// A service's program, and its optimum.
pub(super) struct Relaxed {
    pub(super) program: Program,
    /// No invitations are worth more.
    pub(super) value: f64,
    /// Number of each term's invitations.
    pub(super) shares: Vec<f64>,
    /// Reduced cost of each term.
    costs: Vec<f64>,
}

/// The program as the linear solver holds it, with the terms that matter.
struct Sifted<'p> {
    program: &'p Program,
    lp: Lp,
    /// Rows of each term, with its coefficients.
    rows: Vec<Vec<(RowId, f64)>>,
    /// Column of each term that takes part.
    columns: Vec<Option<ColId>>,
}

impl<'p> Sifted<'p> {
    /// All rows, without a term.
    fn new(program: &'p Program) -> Self {
        let mut lp = Lp::new();
        let mut rows = vec![Vec::new(); program.terms.len()];
        let mut row = |lp: &mut Lp, own: &[usize], (least, limit): (f64, f64), factor: &dyn Fn(usize) -> f64| {
            let id = lp.add_row(least, limit, &[]);
            own.iter().for_each(|&t| rows[t].push((id, factor(t))));
            id
        };
        for (own, limit) in &program.letters {
            row(&mut lp, own, (f64::NEG_INFINITY, *limit), &|_| 1.0);
        }
        for (own, limit) in &program.seats {
            row(&mut lp, own, (f64::NEG_INFINITY, *limit), &|t| program.terms[t].uptake);
        }
        for (own, least) in &program.hosts {
            row(&mut lp, own, (*least, f64::INFINITY), &|_| 1.0);
        }
        for (z, own) in &program.territories {
            let id = row(&mut lp, own, (f64::NEG_INFINITY, 0.0), &|t| -program.terms[t].worth);
            for &(width, slope) in &program.steps[z] {
                lp.add_column(slope, 0.0, width, &[(id, 1.0)]);
            }
        }
        let mut out = Self { program, lp, rows, columns: vec![None; program.terms.len()] };
        program.hosts.iter().flat_map(|(own, _)| own).for_each(|&t| out.join(t));
        out
    }

    fn join(&mut self, t: usize) {
        let limit = self.program.terms[t].limit;
        self.columns[t].get_or_insert_with(|| self.lp.add_column(0.0, 0.0, limit, &self.rows[t]));
    }

    /// The terms that fill each visit best at the first slopes of the territories.
    fn join_best(&mut self) {
        let program = self.program;
        let first = |t: usize| program.steps[&program.terms[t].territory].first().map_or(0.0, |step| step.1);
        let rate = |t: usize| first(t) * program.terms[t].worth / program.terms[t].uptake;
        for (own, seats) in &program.seats {
            let mut own = own.clone();
            own.sort_by(|&a, &b| rate(b).total_cmp(&rate(a)).then(a.cmp(&b)));
            let mut filled = 0.0;
            for t in own {
                if filled > FROM_THE_START * seats {
                    break;
                }
                filled += program.terms[t].uptake * program.terms[t].limit;
                self.join(t);
            }
        }
    }

    /// What each term would add, less what its rows charge.
    fn costs(&self, found: &LpSolution) -> Vec<f64> {
        let charged = |rows: &Vec<(RowId, f64)>| rows.iter().map(|&(row, v)| v * found.duals[row.0]).sum::<f64>();
        self.rows.iter().map(|rows| -charged(rows)).collect()
    }

    /// Terms outside that would gain join in; whether there were any.
    fn join_better(&mut self, costs: &[f64]) -> bool {
        let program = self.program;
        let mut any = false;
        for (own, _) in &program.seats {
            let outside = own.iter().copied().filter(|&t| self.columns[t].is_none() && costs[t] > NOTHING);
            let mut better: Vec<usize> = outside.collect();
            better.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]).then(a.cmp(&b)));
            better.truncate(JOIN);
            any |= !better.is_empty();
            better.into_iter().for_each(|t| self.join(t));
        }
        any
    }
}

impl Relaxed {
    /// Solves the program of visits: the terms that could matter first, the others as far as their reduced
    /// costs call for them.
    ///
    /// # Errors
    /// When the solver fails.
    pub(super) fn new(program: Program) -> Result<Self, LpError> {
        let mut sifted = Sifted::new(&program);
        sifted.join_best();
        let (found, costs) = loop {
            let found = sifted.lp.solve()?;
            let costs = sifted.costs(&found);
            if !sifted.join_better(&costs) {
                break (found, costs);
            }
        };
        let shares = sifted.columns.iter().map(|c| c.map_or(0.0, |c| found.columns[c.0])).collect();
        // What is left outside may still gain by rounding.
        let outside = program.terms.iter().zip(&sifted.columns).zip(&costs).filter(|((_, column), _)| column.is_none());
        let rest: f64 = outside.map(|((term, _), cost)| cost.max(0.0) * term.limit).sum();
        let value = found.objective + rest;
        Ok(Self { program, value, shares, costs })
    }

    /// What whole invitations are worth, by themselves and not by the solver's floating ones.
    pub(super) fn worth(&self, demand: &ServiceDemand, people: &[f64]) -> f64 {
        let received = |own: &[usize]| own.iter().map(|&t| people[t] * self.program.terms[t].worth).sum::<f64>();
        let territories = self.program.territories.iter();
        territories.map(|(z, own)| demand.weight * value_of(&demand.steps[z.index()], received(own))).sum()
    }

    /// Whole invitations worth more than those rounded, by an integer program, and the gap within which no others are worth
    /// more, where that is proved; `None` when it would be too large, or finds none in time. With `shorter`, those that visits
    /// shorter than these could have are among them.
    #[allow(clippy::type_complexity)]
    pub(super) fn by_program(
        &self,
        rounded: f64,
        care: Care,
        seconds: f64,
        shorter: bool,
    ) -> Result<Option<(Vec<f64>, Option<f64>)>, LpError> {
        let program = &self.program;
        let fewest = if shorter { &program.fewest_of_shorter } else { &program.fewest };
        let near = |t: usize, margin: f64| {
            let x = self.shares[t];
            self.costs[t].abs() <= margin || (x - x.round()).abs() > 1e-7
        };
        let terms = 0..program.terms.len();
        // One invitation more or less whose reduced cost is larger loses more than rounding did.
        let lost = (self.value - rounded).max(0.0) + 1e-9;
        let count = |margin: f64| terms.clone().filter(|&t| near(t, margin)).count();
        let few = |margin: &f64| count(*margin) <= MOST_FREE;
        let most = if rounded.is_infinite() {
            UNKNOWN
        } else if program.few() {
            MOST_OF_FEW
        } else {
            FINAL
        };
        let margins = [lost, MARGIN * program.weight, 1e-9];
        let (margin, gap, nodes) = match care {
            Care::Within(gap) if few(&lost) => (lost, gap, i32::MAX),
            Care::Within(_) => return Ok(None),
            Care::Final(gap) if count(lost) <= most => (lost, gap, FINAL_NODES[usize::from(!few(&lost))]),
            _ => match margins.into_iter().find(few) {
                Some(margin) => (margin, GOOD.0, GOOD.1),
                None => return Ok(None),
            },
        };
        let free: Vec<bool> = terms.map(|t| near(t, margin)).collect();
        let found = match self.integer(&free, &self.shares, fewest, (gap, nodes, seconds)) {
            Ok(found) => found,
            Err(error) if matches!(care, Care::Within(_)) && seconds.is_infinite() => return Err(error),
            Err(_) => return Ok(None),
        };
        Ok(Some((found.0, (margin == lost && found.1).then_some(f64::from(gap)))))
    }

    /// Better whole invitations, of one visit after the other: an integer program each, of the communes that are worth most
    /// to it. Visits share little, but rule 13 makes one program of them all hard. Those that lost most by rounding come
    /// first; it ends where a round gains nothing, after [`VISITS`] programs, or after `seconds`.
    pub(super) fn by_visit(&self, demand: &ServiceDemand, mut people: Vec<f64>, seconds: f64) -> Vec<f64> {
        let program = &self.program;
        let (begin, mut value) = (Instant::now(), self.worth(demand, &people));
        let mut left = VISITS;
        loop {
            let of_term = |&t: &usize| (self.shares[t] - people[t]) * program.terms[t].worth;
            let lost = |own: &[usize]| own.iter().map(of_term).sum::<f64>();
            let mut order: Vec<(f64, usize)> = program.seats.iter().map(|(own, _)| lost(own)).zip(0..).collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let before = value;
            for (_, visit) in order {
                let rest = seconds - begin.elapsed().as_secs_f64();
                if left == 0 || rest <= 0.0 {
                    return people;
                }
                left -= 1;
                let mut own = program.seats[visit].0.clone();
                let taken = |t: usize| people[t] > 0.5 || self.shares[t] > 0.5;
                own.sort_by(|&a, &b| {
                    taken(b).cmp(&taken(a)).then(self.costs[b].total_cmp(&self.costs[a])).then(a.cmp(&b))
                });
                let mut free = vec![false; people.len()];
                own.into_iter().take(OF_ONE_VISIT).for_each(|t| free[t] = true);
                let Ok((better, _)) = self.integer(&free, &people, &program.fewest, (GOOD.0, VISIT_NODES, rest)) else {
                    continue;
                };
                let worth = self.worth(demand, &better);
                if worth > value && program.keeps(&better) {
                    (people, value) = (better, worth);
                }
            }
            if value <= before + NOTHING {
                return people;
            }
        }
    }

    /// The best whole invitations of the terms that are free, within a relative gap, nodes and seconds, and whether they
    /// are proved to be; the others stay as they are.
    fn integer(
        &self,
        free: &[bool],
        others: &[f64],
        fewest: &[f64],
        (gap, nodes, seconds): (f32, i32, f64),
    ) -> Result<(Vec<f64>, bool), LpError> {
        let program = &self.program;
        let terms = 0..program.terms.len();
        // No more than a visit has room for: what is tighter here is sooner solved.
        let mut room: Vec<f64> = program.terms.iter().map(|term| term.limit).collect();
        let rows = program.letters.iter().map(|(own, limit)| (own, limit, false));
        for (own, limit, of_seats) in rows.chain(program.seats.iter().map(|(own, limit)| (own, limit, true))) {
            for &t in own {
                let each = if of_seats { program.terms[t].uptake } else { 1.0 };
                room[t] = room[t].min((limit / each + SLACK).floor());
            }
        }
        let mut mip = Mip::default();
        // A free invitation is a variable; one that is fixed only takes from the limits.
        let variables: Vec<Option<usize>> =
            terms.clone().map(|t| free[t].then(|| mip.add(0.0, program.terms[t].limit, true))).collect();
        let fixed = |t: usize| others[t].round();
        let row = |own: &[usize], factor: &dyn Fn(usize) -> f64| {
            let free: Vec<(usize, f64)> = own.iter().filter_map(|&t| Some((variables[t]?, factor(t)))).collect();
            let taken: f64 = own.iter().filter(|&&t| variables[t].is_none()).map(|&t| factor(t) * fixed(t)).sum();
            (free, taken)
        };
        let mut limits: Vec<(Vec<(usize, f64)>, f64)> = Vec::new();
        for (own, limit) in &program.letters {
            let (free, taken) = row(own, &|_| 1.0);
            limits.push((free, (limit - taken).max(0.0)));
        }
        for (own, limit) in &program.seats {
            let (free, taken) = row(own, &|t| program.terms[t].uptake);
            limits.push((free, (limit - taken).max(0.0)));
        }
        for (own, least) in &program.hosts {
            let (free, taken) = row(own, &|_| -1.0);
            limits.push((free, -least - taken));
        }
        limits.retain(|(free, _)| !free.is_empty());
        limits.iter().for_each(|(free, limit)| mip.at_most(free, *limit));
        // Nobody, or as many as a visit must invite.
        for (t, variable) in terms.clone().filter_map(|t| Some((t, variables[t]?))).filter(|(t, _)| fewest[*t] > 1.0) {
            let any = mip.add(0.0, 1.0, true);
            mip.at_most(&[(variable, 1.0), (any, -room[t])], 0.0);
            mip.at_most(&[(variable, -1.0), (any, fewest[t])], 0.0);
        }
        for (z, own) in &program.territories {
            let (free, taken) = row(own, &|t| program.terms[t].worth);
            if free.is_empty() {
                continue;
            }
            let mut entries: Vec<(usize, f64)> = free.into_iter().map(|(v, f)| (v, -f)).collect();
            entries.extend(program.steps[z].iter().map(|&(width, slope)| (mip.add(slope, width, false), 1.0)));
            mip.at_most(&entries, taken);
        }
        let found = mip.solve(gap, nodes, seconds)?;
        let whole = terms.map(|t| variables[t].map_or_else(|| fixed(t), |v| found.values[v].round())).collect();
        Ok((whole, found.proved))
    }
}

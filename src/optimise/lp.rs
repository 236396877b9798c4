//! Linear and integer programs: the only file that names `good_lp` or `highs`.
//!
//! [`Lp`] is a maximisation whose basis survives added rows and columns: the master. Small
//! integer programs that are built once and thrown away go through `good_lp` ([`Mip`]).

use good_lp::{Expression, ProblemVariables, SolverModel, Variable, constraint, variable};
use highs::{Col, ColProblem, HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense};
use rustc_hash::FxHashMap;
use std::ops::Bound;
use thiserror::Error;

/// What the solver may answer besides a solution.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LpError {
    /// No point satisfies all rows.
    #[error("the linear program is infeasible")]
    Infeasible,
    /// Anything else that is not an optimum.
    #[error("the solver stopped with {0}")]
    Stopped(String),
}

/// A row, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub usize);

/// A column, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColId(pub usize);

/// Primal and dual values, in the order of columns and rows. A row's dual is the change of the
/// optimum per unit of its right-hand side: ≥ 0 for a binding `≤`.
#[derive(Debug, Clone, Default)]
pub struct LpSolution {
    /// Objective.
    pub objective: f64,
    /// Value of each column.
    pub columns: Vec<f64>,
    /// Dual of each row.
    pub duals: Vec<f64>,
}

struct Row {
    bounds: (f64, f64),
}

struct Column {
    cost: f64,
    bounds: (f64, f64),
    entries: Vec<(usize, f64)>,
}

/// A maximisation problem solved again and again as columns and rows are added.
pub struct Lp {
    model: Option<Model>,
    handles: Vec<Col>,
    row_handles: Vec<highs::Row>,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// Simplex iterations of all solves.
    pub iterations: u64,
}

fn range((from, to): (f64, f64)) -> (Bound<f64>, Bound<f64>) {
    let side = |b: f64| if b.is_finite() { Bound::Included(b) } else { Bound::Unbounded };
    (side(from), side(to))
}

impl Default for Lp {
    fn default() -> Self {
        Self::new()
    }
}

impl Lp {
    /// An empty problem.
    #[must_use]
    pub fn new() -> Self {
        let mut model = Model::new(RowProblem::default());
        configure(&mut model);
        Self {
            model: Some(model),
            handles: Vec::new(),
            row_handles: Vec::new(),
            rows: Vec::new(),
            columns: Vec::new(),
            iterations: 0,
        }
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    fn model(&mut self) -> &mut Model {
        self.model.as_mut().expect("the model is only absent while it is being solved")
    }

    /// Adds `from ≤ Σ coefficient · column ≤ to`; infinite bounds are open.
    pub fn add_row(&mut self, from: f64, to: f64, entries: &[(ColId, f64)]) -> RowId {
        let terms: Vec<(Col, f64)> = entries.iter().map(|&(c, v)| (self.handles[c.0], v)).collect();
        let handle = self.model().add_row(range((from, to)), terms);
        let id = self.rows.len();
        for &(c, v) in entries {
            self.columns[c.0].entries.push((id, v));
        }
        self.row_handles.push(handle);
        self.rows.push(Row { bounds: (from, to) });
        RowId(id)
    }

    /// Adds a continuous column `from ≤ x ≤ to`.
    pub fn add_column(&mut self, cost: f64, from: f64, to: f64, entries: &[(RowId, f64)]) -> ColId {
        let terms: Vec<(highs::Row, f64)> = entries.iter().map(|&(r, v)| (self.row_handles[r.0], v)).collect();
        let handle = self.model().add_col(cost, range((from, to)), terms);
        self.handles.push(handle);
        self.columns.push(Column {
            cost,
            bounds: (from, to),
            entries: entries.iter().map(|&(r, v)| (r.0, v)).collect(),
        });
        ColId(self.columns.len() - 1)
    }

    /// Changes the bounds of a column.
    pub fn set_bounds(&mut self, column: ColId, from: f64, to: f64) {
        if self.columns[column.0].bounds == (from, to) {
            return;
        }
        self.columns[column.0].bounds = (from, to);
        let handle = self.handles[column.0];
        self.model().change_column_bounds(handle, range((from, to)));
    }

    /// Changes the cost of a column.
    pub fn set_cost(&mut self, column: ColId, cost: f64) {
        self.columns[column.0].cost = cost;
        let handle = self.handles[column.0];
        self.model().change_column_cost(handle, cost);
    }

    /// The bounds of a column.
    #[must_use]
    pub fn bounds(&self, column: ColId) -> (f64, f64) {
        self.columns[column.0].bounds
    }

    /// Solves, starting from the last basis.
    ///
    /// # Errors
    /// [`LpError::Infeasible`], or [`LpError::Stopped`] with the solver's status.
    pub fn solve(&mut self) -> Result<LpSolution, LpError> {
        let model = self.model.take().expect("the model is only absent while it is being solved");
        let solved = match model.try_solve() {
            Ok(solved) => solved,
            Err(status) => {
                self.rebuild();
                return Err(LpError::Stopped(format!("{status:?}")));
            }
        };
        self.iterations += u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
        let answer = match solved.status() {
            HighsModelStatus::Optimal => {
                let found = solved.get_solution();
                Ok(LpSolution {
                    objective: solved.objective_value(),
                    columns: found.columns().to_vec(),
                    duals: found.dual_rows().to_vec(),
                })
            }
            HighsModelStatus::ModelEmpty => {
                Ok(LpSolution { objective: 0.0, columns: Vec::new(), duals: vec![0.0; self.rows.len()] })
            }
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Err(LpError::Infeasible),
            other => Err(LpError::Stopped(format!("{other:?}"))),
        };
        self.model = Some(Model::from(solved));
        answer
    }

    /// Builds the model anew from its own copy, without a basis.
    pub fn rebuild(&mut self) {
        let (rows, columns) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.columns));
        let iterations = self.iterations;
        *self = Self::new();
        self.iterations = iterations;
        for row in rows {
            self.add_row(row.bounds.0, row.bounds.1, &[]);
        }
        for column in columns {
            let entries: Vec<(RowId, f64)> = column.entries.iter().map(|&(r, v)| (RowId(r), v)).collect();
            self.add_column(column.cost, column.bounds.0, column.bounds.1, &entries);
        }
    }
}

/// How far an integer program is searched.
#[derive(Debug, Clone, Copy)]
pub struct Depth {
    /// Points worth less than this are of no interest.
    pub least: f64,
    /// Relative gap.
    pub gap: f64,
    /// Absolute gap.
    pub within: f64,
    /// Nodes.
    pub nodes: i32,
    /// Seconds.
    pub seconds: f64,
    /// Columns up to which it is presolved. Presolving thousands of them takes seconds, and no limit ends it.
    pub presolved: usize,
}

/// What an integer program gave.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// The best point found.
    pub point: Option<Vec<f64>>,
    /// Whether the search came to its end: within the gap there is no better point.
    pub complete: bool,
    /// Simplex iterations it took.
    pub iterations: u64,
}

impl Lp {
    /// The best point found at which some columns are whole. `at` is a solution of the program as it stands: columns that its prices rule out of
    /// better points are left out. `start` are the values, where they are not 0, of the columns that are to
    /// be whole at a point to start from.
    #[must_use]
    pub fn whole(&self, at: &LpSolution, whole: &[ColId], start: &[(ColId, f64)], depth: Depth) -> Whole {
        let known: FxHashMap<usize, f64> = start.iter().map(|&(column, value)| (column.0, value)).collect();
        let room = at.objective - depth.least + 1e-7 * (1.0 + at.objective.abs());
        let matters = |c: &usize| {
            let column = &self.columns[*c];
            let price: f64 = column.entries.iter().map(|&(row, v)| v * at.duals[row]).sum();
            let (from, to) = column.bounds;
            // At its lower bound, and every unit above costs too much.
            let used = at.columns[*c] > 1e-9 || known.contains_key(c);
            used || to > from && (from != 0.0 || column.cost - price >= -room)
        };
        let kept: Vec<usize> = (0..self.columns.len()).filter(matters).collect();
        let mut integer = vec![false; self.columns.len()];
        whole.iter().for_each(|c| integer[c.0] = true);
        let mut problem = ColProblem::default();
        let rows: Vec<highs::Row> = self.rows.iter().map(|row| problem.add_row(range(row.bounds))).collect();
        for &c in &kept {
            let column = &self.columns[c];
            let entries: Vec<(highs::Row, f64)> = column.entries.iter().map(|&(row, v)| (rows[row], v)).collect();
            problem.add_column_with_integrality(column.cost, range(column.bounds), entries, integer[c]);
        }
        let mut model = problem.optimise(Sense::Maximise);
        configure(&mut model);
        model.set_option("mip_rel_gap", depth.gap);
        model.set_option("mip_abs_gap", depth.within);
        model.set_option("mip_max_nodes", depth.nodes);
        model.set_option("time_limit", depth.seconds);
        if kept.len() > depth.presolved {
            model.set_option("presolve", "off");
        }
        if !start.is_empty() {
            // Where it is infinite, a value is for the solver to find.
            let value = |&c: &usize| match known.get(&c) {
                Some(&value) => value,
                None if integer[c] => 0.0,
                None => f64::INFINITY,
            };
            let values: Vec<f64> = kept.iter().map(value).collect();
            // Without it the program is searched all the same.
            let _ = model.try_set_solution(Some(&values), None, None, None);
        }
        let Ok(solved) = model.try_solve() else { return Whole::default() };
        let iterations = u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
        // Of a model found empty or infeasible the solver says nothing of a point.
        let stopped = matches!(
            solved.status(),
            HighsModelStatus::Optimal | HighsModelStatus::ReachedTimeLimit | HighsModelStatus::ReachedSolutionLimit
        );
        let complete = matches!(solved.status(), HighsModelStatus::Optimal | HighsModelStatus::Infeasible);
        if !stopped || solved.primal_solution_status() != HighsSolutionStatus::Feasible {
            return Whole { point: None, complete, iterations };
        }
        let found = solved.get_solution();
        let mut out = vec![0.0; self.columns.len()];
        kept.iter().zip(found.columns()).for_each(|(&c, &value)| out[c] = value);
        Whole { point: Some(out), complete, iterations }
    }
}

fn configure(model: &mut Model) {
    model.make_quiet();
    model.set_sense(Sense::Maximise);
    model.set_option("threads", 1);
    model.set_option("parallel", "off");
    model.set_option("primal_feasibility_tolerance", 1e-9);
    model.set_option("dual_feasibility_tolerance", 1e-9);
}

/// A small integer program: `max Σ cost · x`, built row by row.
#[derive(Default)]
pub struct Mip {
    variables: ProblemVariables,
    handles: Vec<Variable>,
    objective: Expression,
    rows: Vec<(Expression, f64)>,
}

/// A point of a small integer program.
#[derive(Debug, Clone, PartialEq)]
pub struct MipPoint {
    /// Values of the variables.
    pub values: Vec<f64>,
    /// Whether no point is better by more than the gap asked for: not where a limit came first.
    pub proved: bool,
}

impl Mip {
    /// Adds a variable `0 ≤ x ≤ to`, whole or not.
    pub fn add(&mut self, cost: f64, to: f64, whole: bool) -> usize {
        let mut definition = variable().min(0.0).max(to);
        if whole {
            definition = definition.integer();
        }
        let handle = self.variables.add(definition);
        self.objective.add_mul(cost, handle);
        self.handles.push(handle);
        self.handles.len() - 1
    }

    /// Adds `Σ coefficient · x ≤ limit`.
    pub fn at_most(&mut self, entries: &[(usize, f64)], limit: f64) {
        let mut row = Expression::with_capacity(entries.len());
        for &(variable, coefficient) in entries {
            row.add_mul(coefficient, self.handles[variable]);
        }
        self.rows.push((row, limit));
    }

    /// Solves to a relative gap, with a deterministic limit on nodes and one on seconds.
    ///
    /// # Errors
    /// [`LpError::Stopped`] when no point was found.
    pub fn solve(self, gap: f32, nodes: i32, seconds: f64) -> Result<MipPoint, LpError> {
        use good_lp::Solution as _;
        use good_lp::solvers::SolutionStatus;
        let Self { variables, handles, objective, rows } = self;
        if handles.is_empty() {
            return Ok(MipPoint { values: Vec::new(), proved: true });
        }
        let mut model = variables.maximise(objective).using(good_lp::solvers::highs::highs);
        for (row, limit) in rows {
            model.add_constraint(constraint!(row <= limit));
        }
        let model = if seconds.is_finite() { model.set_time_limit(seconds) } else { model };
        let found = model
            .set_mip_rel_gap(gap)
            .map_err(|e| LpError::Stopped(e.to_string()))?
            .set_threads(1)
            .set_option("mip_max_nodes", nodes)
            .set_option("mip_abs_gap", 1e-9)
            .set_option("mip_feasibility_tolerance", 1e-9)
            .solve()
            .map_err(|e| LpError::Stopped(e.to_string()))?;
        let proved = !matches!(found.status(), SolutionStatus::TimeLimit);
        Ok(MipPoint { values: handles.iter().map(|&h| found.value(h)).collect(), proved })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duals_are_derivatives_and_the_basis_survives_columns() {
        let mut lp = Lp::new();
        let row = lp.add_row(f64::NEG_INFINITY, 4.0, &[]);
        let x = lp.add_column(3.0, 0.0, f64::INFINITY, &[(row, 1.0)]);
        let first = lp.solve().unwrap();
        assert!((first.objective - 12.0).abs() < 1e-9 && (first.duals[0] - 3.0).abs() < 1e-9);
        lp.add_column(10.0, 0.0, 0.5, &[(row, 2.0)]);
        let second = lp.solve().unwrap();
        assert!((second.objective - 14.0).abs() < 1e-9, "{}", second.objective);
        lp.set_bounds(x, 4.5, 5.0);
        assert_eq!(lp.solve().unwrap_err(), LpError::Infeasible);
        lp.set_bounds(x, 0.0, f64::INFINITY);
        assert!((lp.solve().unwrap().objective - 14.0).abs() < 1e-9);
    }

    #[test]
    fn whole_variables_are_whole() {
        let mut mip = Mip::default();
        let y = mip.add(1.0, 10.0, true);
        mip.at_most(&[(y, 2.0)], 7.0);
        let point = mip.solve(0.0, 100, f64::INFINITY).unwrap();
        assert!((point.values[y] - 3.0).abs() < 1e-9 && point.proved);
    }
}

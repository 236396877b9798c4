//! Plans from the restricted master as an integer program.

use super::{Component, Watch};
use crate::optimise::lp::{Depth, LpError};
use crate::optimise::master::Branch;

/// Looked for again once there are so many more columns, as a part of those there were; twice as many
/// after each time in vain.
const MORE: f64 = 0.05;
/// Columns among which an integer program finds a plan in useful time.
const MOST_COLUMNS: usize = 20_000;
/// Its nodes: among all columns, and around the incumbent.
const MOST_NODES: (i32, i32) = (200, 20);
/// A part of the seconds left that it may take.
const PART_OF_TIME: f64 = 0.16;
/// What a simplex iteration costs, with all else there is to an integer program, in ways looked at: 400 µs,
/// at 8 a microsecond.
const ITERATION_EFFORT: u64 = 3_200;

impl Component<'_> {
    /// The best plan among the columns there are, once there are many new ones.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn among_columns(&mut self, watch: &Watch) -> Result<(), LpError> {
        let columns = self.generator.work.columns;
        let (known, more) = self.looked_at;
        if self.too_many_columns() || (columns as f64) < (1.0 + more) * known as f64 || (watch.stop)() {
            return Ok(());
        }
        let (kept, before) = (self.demanded.clone(), self.score());
        self.whole(&kept, MOST_NODES.0, watch)?;
        self.looked_at = (columns, if self.score() > before { MORE } else { 2.0 * more.max(MORE) });
        Ok(())
    }

    /// The best plan among the columns there are that keeps some decisions.
    pub(super) fn whole(&mut self, kept: &[Branch], nodes: i32, watch: &Watch) -> Result<(), LpError> {
        let least = self.score() + self.resolution();
        let seconds = (watch.left)() * PART_OF_TIME;
        if !self.generator.master.branch(kept) || seconds <= 0.0 {
            return Ok(());
        }
        let depth = Depth { least, gap: self.tolerance * 0.25, within: 1e-6, nodes, seconds, presolved: usize::MAX };
        let start = self.incumbent();
        let (iterations, chosen) = self.generator.master.whole(&start, depth)?;
        self.generator.work.effort += iterations * ITERATION_EFFORT;
        if !chosen.is_empty() {
            self.try_plan(&chosen)?;
        }
        Ok(())
    }

    /// Whether there are more columns than an integer program can do with.
    pub(super) fn too_many_columns(&self) -> bool {
        self.generator.work.columns > MOST_COLUMNS
    }

    /// Nodes of an integer program around the incumbent.
    pub(super) const AROUND: i32 = MOST_NODES.1;
}

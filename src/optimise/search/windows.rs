//! Prizes of the promises: what it is worth that a visit opens early and closes late, and that it is there
//! at all that day.
//!
//! What every visit of the day answers, the core, has a prize once for two visits in a row. A third one that
//! reaches the same communes has it again: that is taken back in the master, and pricing stays a matter of
//! two visits at a time.

/// Prizes of one duty's visits.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// Grid steps; 0 where no promise binds.
    pub steps: usize,
    /// `sites × steps`, row = local site: the prize of opening at a step. Never worth more later.
    pub opens: Vec<f64>,
    /// The same of closing at a step. Never worth less later.
    pub closes: Vec<f64>,
    /// By local site: the prize of the core.
    pub core: Vec<f64>,
    /// `sites × sites`: the part of it that a visit to the one has had already for one to the other.
    pub shared: Vec<f64>,
}

impl Windows {
    /// Prizes of a visit with some sessions, as the first of its tour.
    #[must_use]
    pub fn worth(&self, site: usize, sessions: &[(usize, usize)]) -> f64 {
        match (self.steps, sessions.first(), sessions.last()) {
            (1.., Some(first), Some(last)) => {
                let row = site * self.steps;
                self.core[site] + self.opens[row + first.0] + self.closes[row + last.1]
            }
            _ => 0.0,
        }
    }

    /// What a visit gets less that follows one to another site.
    #[must_use]
    pub fn shared(&self, from: usize, to: usize) -> f64 {
        self.shared_with(from).map_or(0.0, |row| row[to])
    }

    /// The same by the other site; `None` where no promise binds.
    #[must_use]
    pub fn shared_with(&self, from: usize) -> Option<&[f64]> {
        let n = self.core.len();
        (n > 0).then(|| &self.shared[from * n..(from + 1) * n])
    }
}

//! Prizes of hours: what it is worth that a visit opens early and closes late.

/// By local site and grid step: the prize of opening then, and of closing then. Opening later is never
/// worth more, closing later never less.
#[derive(Debug, Clone, Default)]
pub struct Windows {
    /// Grid steps; 0 where hours have no prize.
    pub steps: usize,
    /// `sites × steps`, row = local site.
    pub opens: Vec<f64>,
    /// The same.
    pub closes: Vec<f64>,
}

impl Windows {
    /// Prizes of a visit with some sessions.
    #[must_use]
    pub fn worth(&self, site: usize, sessions: &[(usize, usize)]) -> f64 {
        match (self.steps, sessions.first(), sessions.last()) {
            (1.., Some(first), Some(last)) => {
                self.opens[site * self.steps + first.0] + self.closes[site * self.steps + last.1]
            }
            _ => 0.0,
        }
    }
}

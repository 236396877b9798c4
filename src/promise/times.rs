//! Sets of instants.

/// A set of instants: sorted, disjoint half-open spans `[from, to)`, in seconds since the Unix epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Times(Vec<(i64, i64)>);

impl Times {
    /// The union of some spans, in any order; empty ones count for nothing. `O(n log n)`.
    #[must_use]
    pub fn new(mut spans: Vec<(i64, i64)>) -> Self {
        spans.retain(|(from, to)| from < to);
        // Mostly sorted runs, one after the other.
        spans.sort();
        let mut out: Vec<(i64, i64)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match out.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => out.push((from, to)),
            }
        }
        Self(out)
    }

    /// Its spans, sorted; none touches another.
    #[must_use]
    pub fn spans(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Its part within a span.
    #[must_use]
    pub fn within(&self, (from, to): (i64, i64)) -> Self {
        let cut = self.0.iter().map(|&(a, b)| (a.max(from), b.min(to)));
        Self(cut.filter(|(a, b)| a < b).collect())
    }

    /// What a span has beside it.
    #[must_use]
    pub fn outside(&self, (from, to): (i64, i64)) -> Self {
        let mut out = Vec::new();
        let mut at = from;
        for &(a, b) in self.within((from, to)).spans() {
            if at < a {
                out.push((at, a));
            }
            at = b;
        }
        if at < to {
            out.push((at, to));
        }
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_touch_are_one() {
        let times = Times::new(vec![(5, 7), (1, 3), (3, 4), (6, 9), (8, 8)]);
        assert_eq!(times.spans(), [(1, 4), (5, 9)]);
        assert_eq!(times.within((2, 6)).spans(), [(2, 4), (5, 6)]);
        assert_eq!(times.outside((0, 12)).spans(), [(0, 1), (4, 5), (9, 12)]);
        assert_eq!(times.outside((1, 4)).spans(), []);
        assert_eq!(Times::default().outside((1, 4)).spans(), [(1, 4)]);
    }
}

//! What the working time of a tour costs: so much a second, and more from some lengths on.

/// Price of a tour by its working time.
#[derive(Debug, Clone, Default)]
pub struct Hours {
    /// Price of a second.
    second: f64,
    /// Lengths in seconds, rising, with the price of a tour at least so long.
    steps: Vec<(i32, f64)>,
    /// A line that is nowhere above the price: what it charges at no time, and by the second.
    line: (f64, f64),
}

impl Hours {
    /// `raises` are lengths in seconds with what the price rises there, `most` the longest a tour can be.
    #[must_use]
    pub fn new(second: f64, raises: &[(i32, f64)], most: i32) -> Self {
        let mut raises: Vec<(i32, f64)> = raises.iter().copied().filter(|r| r.1 > 0.0 && r.0 <= most).collect();
        raises.sort_by_key(|r| r.0);
        let mut steps: Vec<(i32, f64)> = Vec::new();
        let mut price = 0.0;
        for (from, raise) in raises {
            price += raise;
            match steps.last_mut() {
                Some(last) if last.0 == from => last.1 = price,
                _ => steps.push((from, price)),
            }
        }
        let (begin, slope) = line(&steps, most);
        Self { second, steps, line: (begin, second + slope) }
    }

    /// Whether working time matters at all.
    #[must_use]
    pub fn matter(&self) -> bool {
        self.second > 0.0 || !self.steps.is_empty()
    }

    /// Price of a tour.
    #[must_use]
    pub fn price(&self, work: i32) -> f64 {
        let step = self.steps[..self.steps.partition_point(|s| s.0 <= work)].last();
        self.second * f64::from(work) + step.map_or(0.0, |s| s.1)
    }

    /// What the line charges at no time.
    #[must_use]
    pub fn begin(&self) -> f64 {
        self.line.0
    }

    /// What the line charges by the second.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.line.1
    }

    /// The price above the line.
    #[must_use]
    pub fn extra(&self, work: i32) -> f64 {
        (self.price(work) - self.line.0 - self.line.1 * f64::from(work)).max(0.0)
    }
}

/// Of the lines through two lower corners of a rising step function that are nowhere above it, the one
/// that comes nearest to it over tours of at least a third of the longest.
fn line(steps: &[(i32, f64)], most: i32) -> (f64, f64) {
    if steps.is_empty() {
        return (0.0, 0.0);
    }
    // Where the function is lowest for so long a tour, and where it is highest for so short a one.
    let mut low = vec![(0.0, 0.0)];
    let mut high = Vec::new();
    for (k, &(from, price)) in steps.iter().enumerate() {
        low.push((f64::from(from), if k > 0 { steps[k - 1].1 } else { 0.0 }));
        high.push((f64::from(from), price));
    }
    let last = steps[steps.len() - 1].1;
    low.push((f64::from(most).max(low[low.len() - 1].0), last));
    let mut slopes = vec![0.0];
    for (k, a) in low.iter().enumerate() {
        slopes.extend(low[k + 1..].iter().filter(|b| b.0 > a.0).map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let lines = slopes.into_iter().map(|slope| {
        let begin = low.iter().map(|p| p.1 - slope * p.0).fold(f64::INFINITY, f64::min);
        let matters = low.iter().chain(&high).filter(|p| p.0 >= f64::from(most) / 3.0);
        let gap: f64 = matters.map(|p| p.1 - begin - slope * p.0).sum();
        (gap, begin, slope)
    });
    lines.min_by(|a, b| a.0.total_cmp(&b.0)).map_or((0.0, 0.0), |(_, begin, slope)| (begin, slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_nowhere_above_the_price() {
        let hours = Hours::new(0.001, &[(30_000, 2.0), (34_000, 1.0), (40_000, 9.0)], 36_000);
        assert_eq!((hours.price(29_000), hours.price(30_000), hours.price(36_000)), (29.0, 32.0, 39.0));
        for work in (0..=36_000).step_by(500) {
            let line = hours.begin() + hours.slope() * f64::from(work);
            assert!(line <= hours.price(work) + 1e-9, "{work}");
            assert!((line + hours.extra(work) - hours.price(work)).abs() < 1e-9);
        }
        assert!(hours.slope() > 0.001);
        assert!(!Hours::new(0.0, &[], 36_000).matter());
    }
}

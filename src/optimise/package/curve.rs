//! Packages where only invitations are scarce.

use super::{Catchment, Prices};

/// The best value at every number of invitations, when neither an appointment nor a person due
/// has a price: the segments of all territories by falling value per invitation.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// After each segment: invitations, expected attendance, value.
    points: Vec<(f64, f64, f64)>,
}

impl Curve {
    /// The curve of a catchment. `O(n log n)`.
    #[must_use]
    pub fn new(catchment: &Catchment, prices: &Prices) -> Self {
        let mut segments: Vec<(f64, f64, f64)> = Vec::new();
        for group in &catchment.groups {
            let mut steps = prices.steps(group.territory).iter().take_while(|s| s.0 > 0.0);
            let Some(&(mut rate, mut room, _)) = steps.next() else { continue };
            'group: for c in &group.candidates {
                let mut left = c.limit;
                while left > 0.0 {
                    let take = left.min(room / c.worth);
                    segments.push((rate * c.worth, take, c.uptake));
                    left -= take;
                    room -= take * c.worth;
                    if left > 0.0 {
                        let Some(&(next, width, _)) = steps.next() else { break 'group };
                        (rate, room) = (next, width);
                    }
                }
            }
        }
        segments.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut points = Vec::with_capacity(segments.len() + 1);
        let mut at = (0.0, 0.0, 0.0);
        points.push(at);
        for (density, amount, uptake) in segments {
            at = (at.0 + amount, at.1 + uptake * amount, at.2 + density * amount);
            points.push(at);
        }
        Self { points }
    }

    /// Expected attendance and value of the best package with so many invitations.
    #[must_use]
    pub fn at(&self, invitations: f64) -> (f64, f64) {
        let after = self.points.partition_point(|p| p.0 < invitations);
        if after == 0 {
            return (0.0, 0.0);
        }
        let Some(b) = self.points.get(after) else {
            return self.points.last().map_or((0.0, 0.0), |p| (p.1, p.2));
        };
        let a = self.points[after - 1];
        let share = (invitations - a.0) / (b.0 - a.0);
        (a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2))
    }
}

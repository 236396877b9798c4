//! Packages where only invitations are scarce.

use super::{Catchment, Prices};

/// The best value at every number of invitations, when neither an appointment nor a person due
/// has a price: the segments of all territories by falling value per invitation.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// After each segment: invitations, expected attendance, value, people of the host.
    points: Vec<[f64; 4]>,
}

impl Curve {
    /// The curve of a catchment. `O(n log n)`.
    #[must_use]
    pub fn new(catchment: &Catchment, prices: &Prices) -> Self {
        let host = catchment.host.as_ref().map(|host| host.commune);
        let mut segments: Vec<(f64, f64, f64, bool)> = Vec::new();
        for group in &catchment.groups {
            let mut steps = prices.steps(group.territory).iter().take_while(|s| s.0 > 0.0);
            let Some(&(mut rate, mut room, _)) = steps.next() else { continue };
            'group: for c in &group.candidates {
                let mut left = c.limit;
                while left > 0.0 {
                    let take = left.min(room / c.worth);
                    segments.push((rate * c.worth, take, c.uptake, Some(c.commune) == host));
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
        let mut at = [0.0; 4];
        points.push(at);
        for (density, amount, uptake, of_host) in segments {
            let host = if of_host { amount } else { 0.0 };
            at = [at[0] + amount, at[1] + uptake * amount, at[2] + density * amount, at[3] + host];
            points.push(at);
        }
        Self { points }
    }

    /// Expected attendance, value, and people of the host, of the best package with so many invitations.
    #[must_use]
    pub fn at(&self, invitations: f64) -> (f64, f64, f64) {
        let after = self.points.partition_point(|p| p[0] < invitations);
        if after == 0 {
            return (0.0, 0.0, 0.0);
        }
        let Some(b) = self.points.get(after) else {
            return self.points.last().map_or((0.0, 0.0, 0.0), |p| (p[1], p[2], p[3]));
        };
        let a = self.points[after - 1];
        let share = (invitations - a[0]) / (b[0] - a[0]);
        let between = |k: usize| a[k] + share * (b[k] - a[k]);
        (between(1), between(2), between(3))
    }
}

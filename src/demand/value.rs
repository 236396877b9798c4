//! The concave value of what a territory receives.

use crate::domain::Fairness;

/// One step of a territory's value that is still open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Room left in the step, in additional weighted contacts; infinite for the last one.
    pub width: f64,
    /// Value of one contact within it.
    pub slope: f64,
}

/// The steps of `V_z` that remain above `received`, in order; at least one, the last infinite.
/// `share` is the territory's fair share, in contacts.
#[must_use]
pub fn value_steps(fairness: &Fairness, share: f64, received: f64) -> Vec<Step> {
    let mut from = 0.0_f64;
    let mut open = Vec::new();
    for step in &fairness.steps {
        let to = step.up_to.map_or(f64::INFINITY, |s| s * share);
        let width = to - from.max(received);
        if width > 0.0 {
            open.push(Step { width, slope: step.slope });
        }
        from = to;
    }
    open
}

/// `V_z(received + y) − V_z(received)` from the open steps.
#[must_use]
pub fn value_of(steps: &[Step], y: f64) -> f64 {
    let mut left = y;
    let mut value = 0.0;
    for step in steps {
        let used = left.min(step.width);
        value += step.slope * used;
        left -= used;
        if left <= 0.0 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ValueStep;

    #[test]
    fn the_value_remembers_what_was_received() {
        let steps = [(Some(0.5), 1.0), (Some(1.0), 0.7), (None, 0.1)];
        let fairness = Fairness { weeks: 26, steps: steps.map(|(up_to, slope)| ValueStep { up_to, slope }).to_vec() };
        let fresh = value_steps(&fairness, 10.0, 0.0);
        assert!((value_of(&fresh, 12.0) - (5.0 + 3.5 + 0.2)).abs() < 1e-12);
        let later = value_steps(&fairness, 10.0, 7.0);
        assert!((value_of(&later, 5.0) - (0.7 * 3.0 + 0.1 * 2.0)).abs() < 1e-12);
        assert_eq!(value_steps(&fairness, 0.0, 0.0).len(), 1);
    }
}

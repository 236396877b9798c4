//! Prizes that a rotation has once: for the first of its visits that can invite in a territory.
//!
//! The relaxation of the backward pass gives them again whenever a path comes back to a territory;
//! the search forward counts them once.

/// Prizes by set of territories, and the sets of the sites.
#[derive(Debug, Clone, Default)]
pub struct Touch {
    /// Prizes of the territories that have one.
    gains: Vec<f64>,
    /// By local site: its territories among them, a bit each; empty where there are no prizes.
    sets: Vec<u64>,
    /// The most a single visit gets.
    most: f64,
}

impl Touch {
    /// Prizes of territories (at most 64), and by local site the set of those in which it can invite.
    #[must_use]
    pub fn new(gains: &[f64], sets: impl Iterator<Item = u64>) -> Self {
        let prized = (0..gains.len()).filter(|&p| gains[p] > 0.0).fold(0, |set, p| set | 1u64 << p);
        if prized == 0 {
            return Self::default();
        }
        let mut out = Self { gains: gains.to_vec(), sets: sets.map(|set| set & prized).collect(), most: 0.0 };
        out.most = out.sets.iter().map(|&set| out.worth(set)).fold(0.0, f64::max);
        out
    }

    /// The territories of a local site.
    #[must_use]
    pub fn of(&self, site: usize) -> u64 {
        self.sets.get(site).copied().unwrap_or(0)
    }

    /// Prizes of a set of territories.
    #[must_use]
    pub fn worth(&self, mut set: u64) -> f64 {
        let mut sum = 0.0;
        while set != 0 {
            sum += self.gains.get(set.trailing_zeros() as usize).copied().unwrap_or(0.0);
            set &= set - 1;
        }
        sum
    }

    /// What a visit gets where so many territories are behind.
    #[must_use]
    pub fn after(&self, behind: u64, site: usize) -> f64 {
        self.worth(self.of(site) & !behind)
    }

    /// What a visit gets at most that follows one to another site.
    #[must_use]
    pub fn onward(&self, from: usize, to: usize) -> f64 {
        self.after(self.of(from), to)
    }

    /// What any one visit gets at most.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_territory_counts_once() {
        let touch = Touch::new(&[1.0, 0.0, 4.0], [0b011, 0b110, 0b111].into_iter());
        assert_eq!([touch.of(0), touch.of(1), touch.of(2)], [0b001, 0b100, 0b101]);
        assert_eq!((touch.after(0, 2), touch.onward(0, 2), touch.onward(2, 1), touch.most()), (5.0, 4.0, 0.0, 5.0));
        assert_eq!((Touch::default().of(3), Touch::default().after(0, 3)), (0, 0.0));
    }
}

//! Prizes that a rotation has once: for the first of its visits to any site of a group.
//!
//! Every visit gets the prizes of all its groups, and pays back those that it is not the first to come
//! to. The relaxation of the backward pass pays back what the visit before has had; the search forward
//! whatever the path has.

const OUTSIDE: u32 = u32::MAX;

/// Prizes of groups of sites.
#[derive(Debug, Clone, Default)]
pub struct Touch {
    gains: Vec<f64>,
    /// By local site: its place among the sites in groups, or [`OUTSIDE`].
    places: Vec<u32>,
    /// By place: the groups with a prize.
    groups: Vec<Vec<u32>>,
    /// By place: what a visit gets where no group is behind.
    first: Vec<f64>,
    /// `places × places`: prizes of the groups that both are in.
    shared: Vec<f64>,
}

/// The groups that a path has been to, a bit each.
#[derive(Debug, Default)]
pub struct Behind(Vec<u64>);

impl Touch {
    /// Prizes by group, and by local site the groups it is in. `O(Σ sites of a group²)`.
    #[must_use]
    pub fn new(gains: &[f64], sets: &[Vec<u32>]) -> Self {
        // Groups made after these prizes were found have none.
        let prize = |g: u32| gains.get(g as usize).copied().unwrap_or(0.0);
        let prized = |set: &[u32]| -> Vec<u32> { set.iter().copied().filter(|&g| prize(g) > 0.0).collect() };
        let mut out = Self { gains: gains.to_vec(), ..Self::default() };
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); gains.len()];
        for set in sets {
            let own = prized(set);
            if own.is_empty() {
                out.places.push(OUTSIDE);
                continue;
            }
            own.iter().for_each(|&g| members[g as usize].push(out.groups.len()));
            out.places.push(u32::try_from(out.groups.len()).unwrap_or(OUTSIDE));
            out.groups.push(own);
        }
        let n = out.groups.len();
        out.shared = vec![0.0; n * n];
        for (members, gain) in members.iter().zip(gains) {
            for &a in members {
                members.iter().for_each(|&b| out.shared[a * n + b] += gain);
            }
        }
        out.first = (0..n).map(|p| out.shared[p * n + p]).collect();
        out
    }

    fn place(&self, site: usize) -> Option<usize> {
        self.places.get(site).filter(|&&place| place != OUTSIDE).map(|&place| place as usize)
    }

    /// The groups that visits to some sites come to.
    #[must_use]
    pub fn behind(&self, sites: impl Iterator<Item = usize>) -> Behind {
        if self.groups.is_empty() {
            return Behind::default();
        }
        let mut out = vec![0; self.gains.len().div_ceil(64)];
        for place in sites.filter_map(|site| self.place(site)) {
            self.groups[place].iter().for_each(|&g| out[g as usize / 64] |= 1u64 << (g % 64));
        }
        Behind(out)
    }

    /// Prizes of all groups behind.
    #[must_use]
    pub fn worth(&self, behind: &Behind) -> f64 {
        let there = |g: &usize| behind.0.get(g / 64).is_some_and(|word| word >> (g % 64) & 1 == 1);
        (0..self.gains.len()).filter(there).map(|g| self.gains[g]).sum()
    }

    /// What a visit gets as the first of its tour.
    #[must_use]
    pub fn first(&self, site: usize) -> f64 {
        self.place(site).map_or(0.0, |place| self.first[place])
    }

    /// What a visit gets less than that where some groups are behind.
    #[must_use]
    pub fn again(&self, behind: &Behind, site: usize) -> f64 {
        let Some(place) = self.place(site) else { return 0.0 };
        let there = |g: &&u32| behind.0.get(**g as usize / 64).is_some_and(|word| word >> (**g % 64) & 1 == 1);
        self.groups[place].iter().filter(there).map(|&g| self.gains[g as usize]).sum()
    }

    /// What a visit gets less at least that follows one to another site.
    #[must_use]
    pub fn shared(&self, from: usize, to: usize) -> f64 {
        let (Some(from), Some(to)) = (self.place(from), self.place(to)) else { return 0.0 };
        self.shared[from * self.groups.len() + to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_counts_once() {
        let touch = Touch::new(&[1.0, 0.0, 4.0], &[vec![0, 1], vec![1, 2], vec![0, 1, 2], vec![1]]);
        let behind = touch.behind([0].into_iter());
        assert_eq!(
            (touch.first(2), touch.again(&behind, 2), touch.shared(0, 2), touch.shared(2, 1)),
            (5.0, 1.0, 1.0, 4.0)
        );
        assert_eq!((touch.worth(&touch.behind([0, 1].into_iter())), touch.first(3)), (5.0, 0.0));
        let later = Touch::new(&[2.0], &[vec![0, 1], vec![1]]);
        assert_eq!((later.first(0), later.first(1)), (2.0, 0.0));
        let none = Touch::default();
        assert_eq!((none.first(3), none.again(&none.behind([0].into_iter()), 3)), (0.0, 0.0));
    }
}

//! Decisions of the search tree as rows of the master.

use super::Master;
use crate::domain::SiteId;
use crate::optimise::lp::{ColId, RowId};
use std::collections::{BTreeMap, BTreeSet};

/// What a branch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Selector {
    /// Visits of a kind of vehicle to a site.
    Site(usize, SiteId),
    /// Visits of a duty to a site.
    DutySite(usize, SiteId),
    /// Tours of a duty, the days of longer rotations included.
    DutyCount(usize),
    /// Visits of a duty to a site with appointments of at least this rank.
    Large(usize, SiteId, usize),
    /// A rotation, by its number in the master.
    Tour(usize),
    /// Visits that the caller demands; see [`Demanded`].
    Demanded,
}

/// Visits that the caller demands: by a kind of vehicle, to any of some sites.
#[derive(Debug, Clone)]
pub struct Demanded {
    /// Position of the kind.
    pub kind: usize,
    /// The sites.
    pub sites: BTreeSet<SiteId>,
}

/// A decision: `lo ≤ count ≤ hi`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch {
    /// What is counted.
    pub selector: Selector,
    /// Fewest.
    pub lo: f64,
    /// Most.
    pub hi: f64,
}

pub(super) struct BranchRow {
    pub(super) selector: Selector,
    pub(super) row: RowId,
    pub(super) slack: ColId,
    pub(super) missing: ColId,
}

impl Master<'_> {
    /// How often a rotation counts in a selector.
    #[must_use]
    pub fn count(&self, selector: Selector, at: usize) -> f64 {
        let rotation = &self.tours[at].rotation;
        let mut count = f64::from(u8::from(selector == Selector::Tour(at)));
        for (k, tour) in &rotation.days {
            let duty = self.duty(*k);
            let at_site = |site: SiteId| tour.stops.iter().find(|s| duty.roads.sites[s.site] == site);
            if selector == Selector::Demanded {
                // Each visit by itself: prices are paid site by site.
                let visits = tour.stops.iter().filter(|s| self.demands(duty.kind, duty.roads.sites[s.site])).count();
                count += as_f64(visits);
                continue;
            }
            let counts = match selector {
                Selector::Site(kind, site) => duty.kind == kind && at_site(site).is_some(),
                Selector::DutySite(d, site) => d == *k && at_site(site).is_some(),
                Selector::DutyCount(d) => d == *k,
                Selector::Large(d, site, rank) => d == *k && at_site(site).is_some_and(|s| duty.rank[s.level] >= rank),
                Selector::Tour(_) | Selector::Demanded => false,
            };
            count += f64::from(u8::from(counts));
        }
        count
    }

    /// Whether a visit by a kind of vehicle to a site is one of those demanded.
    #[must_use]
    pub fn demands(&self, kind: usize, site: SiteId) -> bool {
        self.demanded.as_ref().is_some_and(|d| d.kind == kind && d.sites.contains(&site))
    }

    /// Whether any of its duties is of a kind.
    #[must_use]
    pub fn has_kind(&self, kind: usize) -> bool {
        (0..self.duties.len()).any(|k| self.duty(k).kind == kind)
    }

    /// Makes exactly these decisions binding; `false` when two of them contradict each other.
    pub fn branch(&mut self, decisions: &[Branch]) -> bool {
        let mut wanted: BTreeMap<Selector, (f64, f64)> = BTreeMap::new();
        for b in decisions {
            let range = wanted.entry(b.selector).or_insert((f64::NEG_INFINITY, f64::INFINITY));
            *range = (range.0.max(b.lo), range.1.min(b.hi));
        }
        if wanted.values().any(|&(lo, hi)| lo.max(0.0) > hi) {
            return false;
        }
        for &selector in wanted.keys() {
            if !self.branches.iter().any(|b| b.selector == selector) {
                let entries: Vec<(ColId, f64)> = (0..self.tours.len())
                    .filter_map(|t| Some((self.tours[t].column?, self.count(selector, t))))
                    .filter(|e| e.1 > 0.0)
                    .collect();
                let row = self.lp.add_row(0.0, 0.0, &entries);
                let slack = self.lp.add_column(0.0, f64::NEG_INFINITY, f64::INFINITY, &[(row, -1.0)]);
                let missing = self.lp.add_column(-self.penalty, 0.0, 0.0, &[(row, 1.0)]);
                self.branches.push(BranchRow { selector, row, slack, missing });
            }
        }
        self.active.clear();
        for (b, known) in self.branches.iter().enumerate() {
            match wanted.get(&known.selector) {
                Some(&(lo, hi)) => {
                    self.active.insert(b);
                    self.lp.set_bounds(known.slack, lo.max(0.0), hi);
                    self.lp.set_bounds(known.missing, 0.0, if lo > 0.0 { lo } else { 0.0 });
                }
                None => {
                    self.lp.set_bounds(known.slack, f64::NEG_INFINITY, f64::INFINITY);
                    self.lp.set_bounds(known.missing, 0.0, 0.0);
                }
            }
        }
        true
    }
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(n: usize) -> f64 {
    n as f64
}

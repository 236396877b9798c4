//! The rows that bind tours of several days or vehicles together.

use super::Master;
use crate::domain::{CrewId, DayId, SiteId};
use crate::optimise::duty::Duty;
use crate::optimise::lp::{Lp, RowId};
use crate::optimise::problem::Problem;
use std::collections::BTreeSet;

/// Weeks in which only so many stays can start at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Range {
    pub(super) from: u32,
    pub(super) weeks: u32,
    pub(super) stays: u32,
}

impl Master<'_> {
    /// The ranges of weeks within which a duty's visits to one site count together.
    pub(super) fn ranges(&self, k: usize) -> Vec<Range> {
        let duty = self.duty(k);
        let mine = |r: &Range| r.from <= duty.weeks.0 && duty.weeks.1 < r.from + r.weeks;
        self.ranges.iter().filter(|(kind, r)| *kind == duty.kind && mine(r)).map(|r| r.1).collect()
    }

    /// Spacing and maximum-stay rows of a stay at a site that begins on a day of a duty, made when
    /// missing.
    pub(super) fn stay_rows(&mut self, k: usize, site: SiteId) -> Vec<RowId> {
        let duty = self.duty(k);
        let vehicle = &self.problem.scenario.vehicles[duty.vehicle.index()];
        let mut rows = Vec::new();
        for range in self.ranges(k) {
            let lp = &mut self.lp;
            let most = f64::from(range.stays);
            let key = (duty.kind, site, range);
            rows.push(*self.spacing.entry(key).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, most, &[])));
        }
        if let Some(most) = vehicle.max_stays_per_site {
            let lp = &mut self.lp;
            let key = (duty.vehicle, site);
            let row = self.stays.entry(key).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, f64::from(most), &[]));
            rows.push(*row);
        }
        rows
    }
}

/// Heads of a crew on some days: tours that bind one, of duties that lie within them.
pub(super) struct HeadRow {
    pub(super) crew: CrewId,
    days: BTreeSet<DayId>,
    pub(super) heads: f64,
    pub(super) row: RowId,
}

impl HeadRow {
    pub(super) fn counts(&self, duty: &Duty) -> bool {
        duty.days.iter().all(|d| self.days.contains(d))
    }
}

/// Tours of a duty without the control of their week need one with it before them.
pub(super) struct ControlRow {
    duty: usize,
    /// Duties with a day before one of the duty's in its week.
    before: Vec<usize>,
    /// Most days of the duty in a week.
    days: f64,
    pub(super) row: RowId,
}

impl ControlRow {
    /// How a tour of a duty counts: of the days after a control, one is taken by the control itself
    /// when it is made by the same duty.
    pub(super) fn count(&self, duty: usize, control: bool) -> f64 {
        match control {
            false if duty == self.duty => 1.0,
            true if duty == self.duty => 1.0 - self.days,
            true if self.before.contains(&duty) => -self.days,
            _ => 0.0,
        }
    }
}

pub(super) fn head_rows(problem: &Problem, duties: &[usize], lp: &mut Lp) -> Vec<HeadRow> {
    let scenario = problem.scenario;
    let mut rows = Vec::new();
    for crew in (0..scenario.crews.len()).map(CrewId::new) {
        let binding: Vec<&Duty> =
            duties.iter().map(|&d| &problem.duties.list[d]).filter(|d| d.crew.may_bind(crew)).collect();
        let mut sets: BTreeSet<BTreeSet<DayId>> = binding.iter().map(|d| d.days.iter().copied().collect()).collect();
        sets.insert(binding.iter().flat_map(|d| d.days.iter().copied()).collect());
        for days in sets {
            let heads: u32 = days.iter().map(|&d| scenario.heads(crew, d)).sum();
            let row = HeadRow { crew, heads: f64::from(heads), row: RowId(0), days };
            let most: usize = binding.iter().filter(|d| row.counts(d)).map(|d| d.days.len()).sum();
            if most > heads as usize {
                rows.push(HeadRow { row: lp.add_row(f64::NEG_INFINITY, row.heads, &[]), ..row });
            }
        }
    }
    rows
}

pub(super) fn control_rows(problem: &Problem, duties: &[usize], lp: &mut Lp) -> Vec<ControlRow> {
    let duty = |k: usize| &problem.duties.list[duties[k]];
    let earlier = |a: &Duty, b: &Duty| {
        a.vehicle == b.vehicle && a.days.iter().any(|x| b.days.iter().any(|y| x.0 / 7 == y.0 / 7 && x < y))
    };
    let controlled = (0..duties.len()).filter(|&k| duty(k).control > 0);
    controlled
        .map(|k| {
            let in_week = |w: u32| duty(k).days.iter().filter(|d| d.0 / 7 == w).count();
            let days = (duty(k).weeks.0..=duty(k).weeks.1).map(in_week).max().unwrap_or(0);
            let before = (0..duties.len()).filter(|&other| other != k && earlier(duty(other), duty(k))).collect();
            #[allow(clippy::cast_precision_loss)]
            let days = days as f64;
            ControlRow { duty: k, before, days, row: lp.add_row(f64::NEG_INFINITY, 0.0, &[]) }
        })
        .collect()
}

/// The ranges of weeks that limit a duty's visits to a site: as long as they can be for the
/// number of stays they allow, and no longer than the duty needs.
pub(super) fn ranges(problem: &Problem, duty: usize) -> Vec<(usize, Range)> {
    let duty = &problem.duties.list[duty];
    let spacing = problem.scenario.vehicles[duty.vehicle.index()].spacing_weeks;
    if spacing == 0 {
        return Vec::new();
    }
    let all = problem.scenario.horizon.weeks;
    let (first, last) = duty.weeks;
    let stays = (last - first + 1).div_ceil(spacing);
    let weeks = (stays * spacing).min(all);
    ((last + 1).saturating_sub(weeks)..=first.min(all - weeks))
        .map(|from| (duty.kind, Range { from, weeks, stays }))
        .collect()
}

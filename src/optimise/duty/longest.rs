//! The longest visits, days and weeks that shifts have room for.

use super::Roads;
use crate::domain::{DayId, Scenario, VehicleId, Window};
use crate::optimise::shapes::{Hours, Shapes};
use crate::plan::window_since_midnight;

/// Levels that no other level beats in every service, among the visits to a site that fit the
/// shift (the break apart, which can only rule out more).
pub(super) fn longest(
    shapes: &Shapes,
    shift: Window,
    roads: &Roads,
    site: usize,
    control: i32,
    hours: &Hours,
) -> Vec<usize> {
    let first = shift.from.0 + roads.out[site] + roads.set_up[site] + control;
    let last = shift.to.0 - roads.back[site] - roads.pack_down[site];
    let at = |step: usize| i32::try_from(step).unwrap_or(i32::MAX / hours.grid) * hours.grid;
    // A shape that may lack room for the break may not be usable: it beats no other.
    let mut best: Vec<(bool, usize)> = Vec::new();
    let beats = |a: (bool, usize), b: (bool, usize)| {
        a.0 && shapes.levels[a.1].iter().zip(&shapes.levels[b.1]).all(|(x, y)| x >= y)
    };
    for (start, list) in shapes.by_start.iter().enumerate().filter(|(start, _)| at(*start) >= first) {
        for shape in list.iter().filter(|s| at(s.end) <= last) {
            // Only visits that never lack room for the break beat those that may: with the break
            // inside, back before its window ends, or left after it began.
            let back_early = at(shape.end) + roads.pack_down[site] + roads.back[site] < hours.break_window.to.0;
            let left_late = at(start) - control - roads.set_up[site] - roads.out[site] > hours.break_window.from.0;
            let roomy = shape.pause || back_early || left_late;
            let new = (roomy, shape.level);
            if !best.iter().any(|&old| old == new || beats(old, new)) {
                best.retain(|&old| !beats(new, old));
                best.push(new);
            }
        }
    }
    let mut levels: Vec<usize> = best.into_iter().map(|(_, level)| level).collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// Longest working time a tour can have in a shift, seconds.
/// Both windows in seconds since midnight.
pub(super) fn longest_day(scenario: &Scenario, shift: Window, window: Window) -> i32 {
    let covers = if shift.from <= window.from && shift.to >= window.to {
        shift.length().0 - scenario.time.break_length.0
    } else {
        0
    };
    // Without a break a tour starts after the window's start or ends before its end.
    let late = shift.to.0 - shift.from.0.max(window.from.0);
    let early = shift.to.0.min(window.to.0) - shift.from.0;
    covers.max(late).max(early)
}

/// Whether a week of longest days would pass the weekly limit.
#[must_use]
pub fn week_may_bind(scenario: &Scenario, id: VehicleId) -> bool {
    (0..scenario.horizon.weeks).any(|w| {
        let total: i32 = (w * 7..w * 7 + 7)
            .map(DayId)
            .filter_map(|day| Some((scenario.horizon.date(day), scenario.shift(id, day)?)))
            .map(|(date, shift)| {
                let [shift, rest] = [shift, scenario.time.break_window].map(|w| window_since_midnight(date, w));
                longest_day(scenario, shift, rest).min(scenario.limits.work_per_day.0)
            })
            .sum();
        total > scenario.limits.work_per_week.0
    })
}

//! Visits by their hours: what can be opened between two points of the time grid.
//!
//! A *shape* is a set of sessions from the start of the first to the end of the last, with the
//! appointments they offer. Of all shapes with the same start and end only those are kept that
//! no other beats in every service and in room for the break. Where more appointments may be worth less, a second list has every
//! number of appointments.

use crate::domain::Window;
use std::collections::BTreeMap;

/// The hours of a duty, as shapes see them; times in seconds since local midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Length of the day: 24 hours, one less or one more where the clock is changed.
    pub day: i32,
    /// Grid step.
    pub grid: i32,
    /// Public hours.
    pub windows: Vec<Window>,
    /// Shortest session.
    pub min_session: i32,
    /// Longest session.
    pub max_session: i32,
    /// Length of the break.
    pub break_length: i32,
    /// Where the break lies.
    pub break_window: Window,
    /// Seconds per appointment and lanes, per service with a pool.
    pub offers: Vec<(i32, u32)>,
    /// Whether it counts when visits open and close.
    pub timed: bool,
    /// Whether visits may not end at all times.
    pub ends: bool,
    /// Whether shapes with fewer appointments count, too: where more may be worth less.
    pub every: bool,
}

/// Shapes by the grid step at which the first session starts.
pub type ByStart = Vec<Vec<Shape>>;

impl Hours {
    /// Points of the grid in the day, both ends included.
    #[must_use]
    pub fn steps(&self) -> usize {
        usize::try_from(self.day / self.grid).unwrap_or(0) + 1
    }

    /// Grid steps of the shortest session and of the longest.
    fn session_steps(&self) -> (usize, usize) {
        (step_of(self.min_session + self.grid - 1, self.grid).max(1), step_of(self.max_session, self.grid))
    }

    /// Whether a session cannot fill the public hours.
    #[must_use]
    pub fn short(&self) -> bool {
        self.windows.iter().any(|w| w.length().0 > self.max_session)
    }
}

/// One shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Grid step at which the last session ends.
    pub end: usize,
    /// Position in [`Shapes::levels`].
    pub level: usize,
    /// Whether the break fits between two of its sessions.
    pub pause: bool,
    /// Grid steps at which sessions start and end.
    pub sessions: Vec<(usize, usize)>,
}

/// All shapes of a duty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shapes {
    /// Those that no other beats.
    pub by_start: ByStart,
    /// With every number of appointments between a start and an end; empty where more are never worth less.
    pub every: ByStart,
    /// Appointments per service with a pool, of each level that occurs.
    pub levels: Vec<Vec<u32>>,
}

#[derive(Clone)]
struct Partial {
    appointments: Vec<u32>,
    pause: bool,
    sessions: Vec<(usize, usize)>,
}

/// The shapes from a start, given the public hours; levels that are new join those known.
type Maker = fn(&Hours, &[(usize, usize)], usize, &mut BTreeMap<Vec<u32>, usize>) -> Vec<Shape>;

impl Shapes {
    /// All shapes within the public hours. `O(starts · ends²)` without, `O(starts · ends³)` with
    /// sessions shorter than the public hours; for every number of appointments as many times the numbers that occur.
    #[must_use]
    pub fn new(hours: &Hours) -> Self {
        let steps = hours.steps();
        let windows = grid_windows(hours);
        let mut levels: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        let public = |start: usize| windows.iter().any(|&(from, to)| (from..to).contains(&start));
        let mut all = |from: Maker| -> ByStart {
            let at = |start| if public(start) { from(hours, &windows, start, &mut levels) } else { Vec::new() };
            (0..steps).map(at).collect()
        };
        let by_start = all(shapes_from);
        let every = if hours.every { all(every_shape_from) } else { Vec::new() };
        let mut list = vec![Vec::new(); levels.len()];
        for (level, position) in levels {
            list[position] = level;
        }
        Self { by_start, every, levels: list }
    }

    /// Those of a site: every one where it is uneven.
    #[must_use]
    pub fn of(&self, uneven: bool) -> &ByStart {
        if uneven && !self.every.is_empty() { &self.every } else { &self.by_start }
    }

    /// The one shape of agreed sessions; where its appointments do not count, as if there were none. None where they are not
    /// on the grid of the day, one after the other.
    #[must_use]
    pub fn fixed(hours: &Hours, sessions: &[Window], levels: &mut Vec<Vec<u32>>, counts: bool) -> ByStart {
        let steps = hours.steps();
        let mut by_start = vec![Vec::new(); steps];
        let sessions: Vec<(usize, usize)> =
            sessions.iter().map(|w| (step_of(w.from.0, hours.grid), step_of(w.to.0, hours.grid))).collect();
        let (Some(first), Some(last)) = (sessions.first(), sessions.last()) else { return by_start };
        let ordered = sessions.iter().all(|s| s.0 < s.1) && sessions.windows(2).all(|w| w[0].1 <= w[1].0);
        if !ordered || last.1 > steps {
            return by_start;
        }
        let mut appointments = vec![0; hours.offers.len()];
        for &(from, to) in sessions.iter().filter(|_| counts) {
            add_session(hours, &mut appointments, to - from);
        }
        let level = levels.iter().position(|l| *l == appointments).unwrap_or_else(|| {
            levels.push(appointments);
            levels.len() - 1
        });
        let pause = sessions.windows(2).any(|w| break_fits(hours, w[0].1, w[1].0));
        by_start[first.0] = vec![Shape { end: last.1, level, pause, sessions: sessions.clone() }];
        by_start
    }
}

fn step_of(seconds: i32, grid: i32) -> usize {
    usize::try_from(seconds / grid).unwrap_or(0)
}

/// The public hours in grid steps: rounded inwards.
fn grid_windows(hours: &Hours) -> Vec<(usize, usize)> {
    hours
        .windows
        .iter()
        .map(|w| (step_of(w.from.0 + hours.grid - 1, hours.grid), step_of(w.to.0, hours.grid)))
        .filter(|(from, to)| from < to)
        .collect()
}

fn add_session(hours: &Hours, appointments: &mut [u32], steps: usize) {
    let seconds = i32::try_from(steps).unwrap_or(0) * hours.grid;
    for (count, &(length, lanes)) in appointments.iter_mut().zip(&hours.offers) {
        *count += u32::try_from(seconds / length).unwrap_or(0) * lanes;
    }
}

fn break_fits(hours: &Hours, from: usize, to: usize) -> bool {
    let seconds = |step: usize| i32::try_from(step).unwrap_or(i32::MAX) * hours.grid;
    let start = seconds(from).max(hours.break_window.from.0);
    start + hours.break_length <= seconds(to).min(hours.break_window.to.0)
}

/// First step at which a session may start after a break taken from step `from` on.
fn after_break(hours: &Hours, from: usize) -> Option<usize> {
    let start = (i32::try_from(from).ok()? * hours.grid).max(hours.break_window.from.0);
    let end = start + hours.break_length;
    (end <= hours.break_window.to.0).then(|| step_of(end + hours.grid - 1, hours.grid))
}

fn shapes_from(
    hours: &Hours,
    windows: &[(usize, usize)],
    start: usize,
    levels: &mut BTreeMap<Vec<u32>, usize>,
) -> Vec<Shape> {
    let (min, max) = hours.session_steps();
    let mut at: BTreeMap<usize, Vec<Partial>> = BTreeMap::new();
    let open = |at: &mut BTreeMap<usize, Vec<Partial>>, base: &Partial, start: usize| {
        let Some(&(_, close)) = windows.iter().find(|w| w.0 <= start && start < w.1) else { return };
        for end in start + min..=close.min(start + max) {
            let mut next = Partial {
                appointments: base.appointments.clone(),
                pause: base.pause || base.sessions.last().is_some_and(|last| break_fits(hours, last.1, start)),
                sessions: base.sessions.clone(),
            };
            add_session(hours, &mut next.appointments, end - start);
            next.sessions.push((start, end));
            keep_best(at.entry(end).or_default(), next);
        }
    };
    let nothing = Partial { appointments: vec![0; hours.offers.len()], pause: false, sessions: Vec::new() };
    open(&mut at, &nothing, start);
    let mut shapes = Vec::new();
    while let Some((end, partials)) = at.pop_first() {
        for partial in partials {
            // Where the next session may start: at once where a session cannot fill the public
            // hours, after the break, or at the next public hours. Later starts are never better:
            // everything after them could be moved forward.
            let mut starts: Vec<usize> = windows
                .iter()
                .filter(|w| w.0 >= end)
                .map(|w| w.0.max(end + 1))
                .chain(after_break(hours, end))
                .collect();
            if windows.iter().any(|w| w.0 < end && end < w.1 && max < w.1 - w.0) {
                starts.push(end + 1);
            }
            if (hours.timed || hours.ends) && hours.short() {
                // Closing later, or when that is allowed, is better, even with no more appointments.
                starts.extend(windows.iter().flat_map(|w| w.0..w.1));
            }
            starts.sort_unstable();
            starts.dedup();
            for next in starts.into_iter().filter(|&s| s > end) {
                open(&mut at, &partial, next);
            }
            let count = levels.len();
            let level = *levels.entry(partial.appointments).or_insert(count);
            shapes.push(Shape { end, level, pause: partial.pause, sessions: partial.sessions });
        }
    }
    shapes
}

/// The shapes from a start, one for each end and numbers of appointments: the break between its sessions where it can be.
/// Where it does not matter when a visit closes, only those that no other closes before with as many.
fn every_shape_from(
    hours: &Hours,
    windows: &[(usize, usize)],
    start: usize,
    levels: &mut BTreeMap<Vec<u32>, usize>,
) -> Vec<Shape> {
    let (min, max) = hours.session_steps();
    let last = windows.iter().map(|w| w.1).max().unwrap_or(0);
    type Partials = BTreeMap<Vec<u32>, Partial>;
    let better = |list: &mut Partials, new: Partial| match list.get(&new.appointments) {
        Some(old) if old.pause || !new.pause => {}
        _ => _ = list.insert(new.appointments.clone(), new),
    };
    let mut ended: BTreeMap<usize, Partials> = BTreeMap::new();
    // Between two sessions; without a break so far, those that have waited longest.
    let mut idle = Partials::new();
    let nothing = Partial { appointments: vec![0; hours.offers.len()], pause: false, sessions: Vec::new() };
    for step in start..=last {
        let window = windows.iter().find(|w| w.0 <= step && step < w.1);
        for base in std::iter::once(&nothing).filter(|_| step == start).chain(idle.values()) {
            let Some(&(_, close)) = window else { break };
            let pause = base.pause || base.sessions.last().is_some_and(|last| break_fits(hours, last.1, step));
            for end in step + min..=close.min(step + max) {
                let mut appointments = base.appointments.clone();
                add_session(hours, &mut appointments, end - step);
                let known = ended.entry(end).or_default();
                if known.get(&appointments).is_none_or(|old| pause && !old.pause) {
                    let sessions = base.sessions.iter().copied().chain([(step, end)]).collect();
                    known.insert(appointments.clone(), Partial { appointments, pause, sessions });
                }
            }
        }
        for partial in ended.get(&step).into_iter().flat_map(BTreeMap::values) {
            better(&mut idle, partial.clone());
        }
    }
    let mut shapes = Vec::new();
    let mut before = Partials::new();
    for (end, list) in ended {
        for partial in list.into_values() {
            let beaten = before.get(&partial.appointments).is_some_and(|old| old.pause >= partial.pause);
            if beaten && !hours.timed && !hours.ends {
                continue;
            }
            let count = levels.len();
            let level = *levels.entry(partial.appointments.clone()).or_insert(count);
            shapes.push(Shape { end, level, pause: partial.pause, sessions: partial.sessions.clone() });
            better(&mut before, partial);
        }
    }
    shapes
}

/// Keeps the partial shapes of one end that no other beats.
fn keep_best(list: &mut Vec<Partial>, new: Partial) {
    let beats = |a: &Partial, b: &Partial| {
        a.pause >= b.pause && a.appointments.iter().zip(&b.appointments).all(|(x, y)| x >= y)
    };
    if list.iter().any(|old| beats(old, &new)) {
        return;
    }
    list.retain(|old| !beats(&new, old));
    list.push(new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    fn window(from: i32, to: i32) -> Window {
        Window { from: Seconds::from_minutes(from), to: Seconds::from_minutes(to) }
    }

    fn hours(windows: Vec<Window>, max_session: i32) -> Hours {
        Hours {
            day: 86_400,
            grid: 900,
            windows,
            min_session: 1800,
            max_session: max_session * 60,
            break_length: 2700,
            break_window: window(720, 840),
            offers: vec![(600, 1)],
            timed: false,
            ends: false,
            every: false,
        }
    }

    #[test]
    fn a_day_at_one_site_has_a_session_on_each_side_of_lunch() {
        let shapes = Shapes::new(&hours(vec![window(480, 720), window(810, 1050)], 600));
        let start = 36; // 09:00
        let best = shapes.by_start[start].iter().find(|s| s.end == 66).unwrap();
        assert_eq!(best.sessions, vec![(36, 48), (54, 66)]);
        assert_eq!(shapes.levels[best.level], vec![36]);
        assert!(best.pause);
    }

    #[test]
    fn a_break_within_public_hours_splits_the_session() {
        let shapes = Shapes::new(&hours(vec![window(480, 1050)], 600));
        let all_day: Vec<&Shape> = shapes.by_start[32].iter().filter(|s| s.end == 64).collect();
        assert!(all_day.iter().any(|s| !s.pause && s.sessions.len() == 1));
        assert!(all_day.iter().any(|s| s.pause && s.sessions.len() == 2));
    }

    #[test]
    fn short_sessions_follow_one_another_with_a_gap() {
        let shapes = Shapes::new(&hours(vec![window(480, 720)], 120));
        let two = shapes.by_start[32].iter().find(|s| s.end == 48).unwrap();
        assert_eq!(two.sessions.len(), 2);
        assert!(two.sessions[1].0 > two.sessions[0].1);
    }

    /// All ways to hold sessions, those so far among them.
    fn all_sessions(hours: &Hours, so_far: &[(usize, usize)], out: &mut Vec<Vec<(usize, usize)>>) {
        let from = so_far.last().map_or(0, |last| last.1 + 1);
        let (least, most) = (step_of(hours.min_session, hours.grid), step_of(hours.max_session, hours.grid));
        for (open, close) in grid_windows(hours) {
            for start in open.max(from)..close {
                for end in start + least..=close.min(start + most) {
                    let sessions = [so_far, &[(start, end)]].concat();
                    all_sessions(hours, &sessions, out);
                    out.push(sessions);
                }
            }
        }
    }

    #[test]
    fn where_more_may_be_worth_less_every_number_is_there_from_every_start_to_every_end() {
        let plain =
            Hours { grid: 1800, every: true, timed: true, ..hours(vec![window(480, 720), window(780, 960)], 150) };
        let services = Hours { offers: vec![(1500, 1), (2700, 2)], ..plain.clone() };
        let untimed = Hours { timed: false, ..services.clone() };
        let ends = Hours { ends: true, ..untimed.clone() };
        let long = Hours { max_session: 36_000, ..services.clone() };
        let around = Hours { windows: vec![window(540, 870)], ..long.clone() };
        for hours in [plain, services, untimed, ends, long, around] {
            let shapes = Shapes::new(&hours);
            let mut all = Vec::new();
            all_sessions(&hours, &[], &mut all);
            assert!(all.len() > 500, "{}", all.len());
            for sessions in all {
                let mut wanted = vec![0; hours.offers.len()];
                sessions.iter().for_each(|s| add_session(&hours, &mut wanted, s.1 - s.0));
                let pause = sessions.windows(2).any(|w| break_fits(&hours, w[0].1, w[1].0));
                let (start, end) = (sessions[0].0, sessions[sessions.len() - 1].1);
                let closes = |s: &Shape| if hours.timed || hours.ends { s.end == end } else { s.end <= end };
                let as_good = |s: &Shape| closes(s) && s.pause >= pause && shapes.levels[s.level] == wanted;
                assert!(shapes.of(true)[start].iter().any(as_good), "{sessions:?}");
                // Of the others only the best are there, in the list of sites where more is never worth less.
                let beaten = |s: &Shape| closes(s) && shapes.levels[s.level].iter().zip(&wanted).all(|(x, y)| x >= y);
                assert!(shapes.of(false)[start].iter().any(beaten), "{sessions:?}");
            }
        }
    }
}

//! An engine's routes as visits: its sites in its order, with the best hours that fit them.
//!
//! Engines plan by the second and know no break; sessions lie on the grid, and a break belongs into most tours. So the
//! hours are chosen again, for the order as it is: forward over grid steps, all sessions that the duty's shapes allow, at
//! the prizes of the round. A visit for which there is no room is left out, the least first.

use super::model::{Model, block_of};
use super::prizes::Prizes;
use tournee::chosen::ChosenVisit;
use tournee::domain::{DayId, SiteId, Window};
use tournee::optimise::duty::Duty;
use tournee::optimise::problem::Problem;
use tournee::plan::{Call, Ends, Timetable};
use tournee::units::Seconds;

/// The visits of routes given as stops and options, and how many had to be left out.
pub fn visits(
    problem: &Problem,
    prizes: &Prizes,
    model: &Model,
    routes: &[Vec<(usize, usize)>],
) -> (Vec<ChosenVisit>, usize) {
    let mut out = Vec::new();
    let mut left_out = 0;
    for (vehicle, route) in model.vehicles.iter().zip(routes) {
        let mut sites: Vec<SiteId> = route.iter().map(|(stop, _)| model.stops[*stop].site).collect();
        let day = Day { problem, prizes, own: vehicle.own };
        loop {
            if sites.is_empty() {
                break;
            }
            if let Some(calls) = day.hours(&sites) {
                out.extend(calls.into_iter().map(|call| ChosenVisit {
                    id: None,
                    vehicle: day.duty().vehicle,
                    day: vehicle.own.1,
                    site: call.site,
                    sessions: call.sessions,
                    sleeps: false,
                }));
                break;
            }
            left_out += 1;
            sites.remove(day.least(&sites));
        }
    }
    (out, left_out)
}

/// A vehicle's day.
struct Day<'a> {
    problem: &'a Problem<'a>,
    prizes: &'a Prizes,
    own: (usize, DayId),
}

/// Hours chosen up to some visit.
#[derive(Clone)]
struct Label {
    /// Seconds after midnight at which the last session ends.
    end: i32,
    /// Whether the break is behind.
    paused: bool,
    value: f64,
    sessions: Vec<Vec<Window>>,
}

impl Day<'_> {
    fn duty(&self) -> &Duty {
        &self.problem.duties.list[self.own.0]
    }

    fn local(&self, site: SiteId) -> usize {
        self.duty().roads.sites.iter().position(|s| *s == site).expect("stops are sites of the duty")
    }

    fn prize(&self, site: SiteId, level: usize) -> f64 {
        let at = (self.own.0, self.local(site), block_of(self.problem, self.own));
        self.prizes.at(self.problem, at, self.duty().shapes.levels[level].clone())
    }

    /// The place of the visit that is worth least at its longest.
    fn least(&self, sites: &[SiteId]) -> usize {
        let most = |site: SiteId| {
            (0..self.duty().shapes.levels.len()).map(|level| self.prize(site, level)).fold(0.0, f64::max)
        };
        (0..sites.len()).min_by(|a, b| most(sites[*a]).total_cmp(&most(sites[*b]))).unwrap_or(0)
    }

    /// The best hours of visits in this order; `None` where there is no room for them all.
    fn hours(&self, sites: &[SiteId]) -> Option<Vec<Call>> {
        let duty = self.duty();
        let (roads, grid) = (&duty.roads, duty.hours.grid);
        let n = roads.sites.len();
        let mut labels: Vec<Label> = Vec::new();
        for (k, &site) in sites.iter().enumerate() {
            let j = self.local(site);
            let mut next: Vec<Label> = Vec::new();
            for (step, shapes) in duty.shapes.by_start.iter().enumerate() {
                let open = i32::try_from(step).ok()? * grid;
                // With and without the break on the way.
                let before: Vec<Label> = if k == 0 {
                    let ready = duty.shift.from.0 + roads.out[j] + roads.set_up[j];
                    let none = Label { end: 0, paused: false, value: 0.0, sessions: Vec::new() };
                    if open >= ready { vec![none] } else { Vec::new() }
                } else {
                    let last = self.local(sites[k - 1]);
                    let parts = [roads.pack_down[last], roads.between[last * n + j], roads.set_up[j]];
                    labels
                        .iter()
                        .filter(|l| l.end + parts.iter().sum::<i32>() <= open)
                        .map(|l| Label { paused: l.paused || self.pause_fits(l.end, &parts, open), ..l.clone() })
                        .collect()
                };
                for shape in shapes {
                    let worth = self.prize(site, shape.level);
                    let time = |step: usize| Seconds(i32::try_from(step).unwrap_or(0) * grid);
                    let own: Vec<Window> =
                        shape.sessions.iter().map(|s| Window { from: time(s.0), to: time(s.1) }).collect();
                    for label in &before {
                        let mut sessions = label.sessions.clone();
                        sessions.push(own.clone());
                        let paused = label.paused || shape.pause;
                        next.push(Label { end: time(shape.end).0, paused, value: label.value + worth, sessions });
                    }
                }
            }
            // Of those that end alike, the best.
            next.sort_by(|a, b| (a.end, a.paused).cmp(&(b.end, b.paused)).then(b.value.total_cmp(&a.value)));
            next.dedup_by_key(|l| (l.end, l.paused));
            labels = next;
        }
        labels.sort_by(|a, b| b.value.total_cmp(&a.value));
        labels.into_iter().find_map(|label| {
            let calls: Vec<Call> =
                sites.iter().zip(label.sessions).map(|(&site, sessions)| Call { site, sessions }).collect();
            self.keeps_rules(&calls).then_some(calls)
        })
    }

    /// Whether the break fits between a closing and an opening, with pack-down, drive and set-up around it.
    fn pause_fits(&self, end: i32, parts: &[i32; 3], open: i32) -> bool {
        let hours = &self.duty().hours;
        let (from, to) = (hours.break_window.from.0, hours.break_window.to.0);
        (0..=parts.len()).any(|place| {
            let earliest = (end + parts[..place].iter().sum::<i32>()).max(from);
            let latest = (open - parts[place..].iter().sum::<i32>()).min(to);
            earliest + hours.break_length <= latest
        })
    }

    /// Shift, break, working and driving time.
    fn keeps_rules(&self, calls: &[Call]) -> bool {
        let (duty, problem) = (self.duty(), self.problem);
        let table =
            Timetable::new(problem.scenario, problem.travel, (duty.vehicle, self.own.1), calls, Ends::default());
        table.is_some_and(|table| {
            let window = duty.hours.break_window;
            let free = table.pause.map_or(0, |p| p.length().0);
            let needs_break = table.depart <= window.from && table.arrive >= window.to;
            let driving: i32 = table.legs.iter().map(|leg| leg.1.0).sum();
            table.depart >= duty.shift.from
                && table.arrive <= duty.shift.to
                && (table.pause.is_some() || !needs_break)
                && (table.arrive - table.depart).0 - free <= duty.work_limit
                && driving <= duty.drive_limit
        })
    }
}

//! The times of a tour, once its visits and their sessions are known.

use super::model::{Break, Leg, Stop, Tour};
use super::time::instant;
use crate::domain::{DayId, Scenario, SiteId, VehicleId, Window};
use crate::travel::Table;
use crate::units::{Metres, Seconds};

/// A visit to be fitted into a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The site.
    pub site: SiteId,
    /// Its sessions, in order; at least one.
    pub sessions: Vec<Window>,
}

/// A tour with its times; seconds after local midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// Departure from the base.
    pub depart: Seconds,
    /// Arrival at each visit and departure from it.
    pub stays: Vec<(Seconds, Seconds)>,
    /// Arrival at the base.
    pub arrive: Seconds,
    /// The break.
    pub pause: Option<Window>,
    /// Driving, with distances: one leg more than there are visits.
    pub legs: Vec<(Seconds, Metres)>,
}

impl Timetable {
    /// The times of a tour: the latest departure, every leg as soon as pack-down ends, and the
    /// break, where the tour needs one, at the place that costs least working time: within a
    /// visit, between two, on the way home, on the way out, in that order. `None` when there is
    /// no road. A tour into which the break does not fit comes without one: the checker says so.
    #[must_use]
    pub fn new(scenario: &Scenario, travel: &Table, vehicle: VehicleId, calls: &[Call]) -> Option<Self> {
        let v = &scenario.vehicles[vehicle.index()];
        let commune = |c: &Call| scenario.sites[c.site.index()].commune;
        let mut places = vec![v.base];
        places.extend(calls.iter().map(commune));
        places.push(v.base);
        let legs: Vec<(Seconds, Metres)> = places
            .windows(2)
            .map(|p| travel.vehicle(v, p[0], p[1]).map(|leg| (leg.seconds, leg.metres)))
            .collect::<Option<_>>()?;
        let first = calls.first()?.sessions.first()?;
        let set_up = |k: usize| scenario.set_up(vehicle, calls[k].site);
        let pack_down = |k: usize| scenario.pack_down(vehicle, calls[k].site);
        let closes: Vec<Seconds> = calls.iter().map(|c| c.sessions.last().map(|s| s.to)).collect::<Option<_>>()?;
        let mut out = Self {
            depart: first.from - set_up(0) - legs[0].0,
            stays: Vec::new(),
            arrive: Seconds(0),
            pause: None,
            legs,
        };
        let mut at = out.depart;
        for (k, &close) in closes.iter().enumerate() {
            let arrive = at + out.legs[k].0;
            let leave = close + pack_down(k);
            out.stays.push((arrive, leave));
            at = leave;
        }
        let last = calls.len() - 1;
        out.arrive = at + out.legs[last + 1].0;
        let window = scenario.time.break_window;
        if out.depart <= window.from && out.arrive >= window.to {
            out.take_break(scenario, calls, &set_up, &pack_down);
        }
        Some(out)
    }

    fn take_break(
        &mut self,
        scenario: &Scenario,
        calls: &[Call],
        set_up: &dyn Fn(usize) -> Seconds,
        pack_down: &dyn Fn(usize) -> Seconds,
    ) {
        let window = scenario.time.break_window;
        let length = scenario.time.break_length;
        // The earliest break from `from` on that ends by `by`.
        let fit = |from: Seconds, by: Seconds| {
            let start = from.max(window.from);
            let pause = Window { from: start, to: start + length };
            (pause.to <= by.min(window.to)).then_some(pause)
        };
        for call in calls {
            for pair in call.sessions.windows(2) {
                if let Some(pause) = fit(pair[0].to, pair[1].from) {
                    self.pause = Some(pause);
                    return;
                }
            }
        }
        let close = |k: usize| calls[k].sessions[calls[k].sessions.len() - 1].to;
        for (k, call) in calls.iter().enumerate().skip(1) {
            let (drive, open) = (self.legs[k].0, call.sessions[0].from);
            let parts = [pack_down(k - 1), drive, set_up(k)];
            let mut before = close(k - 1);
            for place in 0..=parts.len() {
                let rest: Seconds = parts[place..].iter().copied().sum();
                if let Some(pause) = fit(before, open - rest) {
                    self.pause = Some(pause);
                    let leave = match place {
                        0 => pause.to + parts[0],
                        1 => pause.to,
                        _ => close(k - 1) + parts[0],
                    };
                    self.stays[k - 1].1 = leave;
                    self.stays[k].0 = leave + drive;
                    return;
                }
                before += parts.get(place).copied().unwrap_or_default();
            }
        }
        let last = calls.len() - 1;
        let (pack, back) = (pack_down(last), self.legs[last + 1].0);
        for (before, rest) in [(Seconds(0), pack + back), (pack, back)] {
            if let Some(pause) = fit(close(last) + before, window.to) {
                self.pause = Some(pause);
                self.stays[last].1 = pause.to + rest - back;
                self.arrive = pause.to + rest;
                return;
            }
        }
        let (drive, open) = (self.legs[0].0, calls[0].sessions[0].from);
        for (behind, ahead) in [(drive, set_up(0)), (drive + set_up(0), Seconds(0))] {
            let end = (open - ahead).min(window.to);
            let start = end - length;
            if start >= window.from {
                self.pause = Some(Window { from: start, to: end });
                self.depart = start - behind;
                self.stays[0].0 = self.depart + drive;
                return;
            }
        }
    }

    /// The tour of the plan.
    #[must_use]
    pub fn tour(&self, scenario: &Scenario, vehicle: VehicleId, day: DayId, calls: &[Call]) -> Tour {
        let date = scenario.horizon.date(day);
        let at = |time: Seconds| instant(date, time);
        let site = |k: usize| Stop::Site(scenario.sites[calls[k].site.index()].id.clone());
        let legs = (0..self.legs.len())
            .map(|k| {
                let depart = if k == 0 { self.depart } else { self.stays[k - 1].1 };
                Leg {
                    from: if k == 0 { Stop::Base } else { site(k - 1) },
                    to: if k == calls.len() { Stop::Base } else { site(k) },
                    depart: at(depart),
                    arrive: at(depart + self.legs[k].0),
                    seconds: u32::try_from(self.legs[k].0.0).unwrap_or_default(),
                    metres: self.legs[k].1.0,
                }
            })
            .collect();
        Tour {
            vehicle: scenario.vehicles[vehicle.index()].id.clone(),
            date,
            start: at(self.depart),
            end: at(self.arrive),
            night_before: None,
            night_after: None,
            legs,
            pause: self.pause.map(|p| Break { start: at(p.from), end: at(p.to) }),
            quality_control: None,
        }
    }
}

//! The times of a tour, once its visits and their sessions are known.

use super::model::{Break, Leg, Stop, Tour};
use crate::domain::{DayId, PositionId, Scenario, SiteId, VehicleId, Window, after_midnight, window_since_midnight};
use crate::travel::Table;
use crate::units::{Metres, Seconds};

/// A visit to be fitted into a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The site.
    pub site: SiteId,
    /// Its sessions, in order, in seconds since local midnight; at least one.
    pub sessions: Vec<Window>,
}

/// How a tour begins and ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// The site where the vehicle slept; `None` at its base.
    pub slept: Option<SiteId>,
    /// Whether it sleeps at the site of its last visit.
    pub sleeps: bool,
    /// Quality control before the first session; 0 for none.
    pub control: Seconds,
}

/// A tour with its times: seconds since local midnight, the hour of a clock change counted once, twice or not at all as it
/// is lived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// Departure from the base; begin of duty where it slept.
    pub depart: Seconds,
    /// Arrival at each visit (or begin of duty there) and departure from it (or end of duty).
    pub stays: Vec<(Seconds, Seconds)>,
    /// Arrival at the base; end of duty where it sleeps.
    pub arrive: Seconds,
    /// The break.
    pub pause: Option<Window>,
    /// The quality control.
    pub control: Option<Window>,
    /// Trips: departure, driving, distance.
    pub legs: Vec<(Seconds, Seconds, Metres)>,
    /// Where trips lead from and to, `None` for the base.
    ends: Vec<(Option<SiteId>, Option<SiteId>)>,
}

/// Something to be done between sessions.
#[derive(Debug, Clone, Copy)]
enum Part {
    PackDown(Seconds),
    Drive(Seconds, Metres, (Option<SiteId>, Option<SiteId>)),
    SetUp(Seconds),
    Control(Seconds),
}

impl Part {
    fn length(self) -> Seconds {
        match self {
            Self::PackDown(length) | Self::SetUp(length) | Self::Control(length) | Self::Drive(length, ..) => length,
        }
    }
}

fn length(parts: &[Part]) -> Seconds {
    parts.iter().map(|p| p.length()).sum()
}

/// Where the break lies.
#[derive(Debug, Clone, Copy)]
enum Pause {
    /// Between two sessions of a visit.
    Visit(Window),
    /// Before a part of a gap.
    Gap(usize, usize, Window),
}

impl Timetable {
    /// The times of a tour: the latest departure, every leg as soon as pack-down ends, and the
    /// break, where the tour needs one, at the place that costs least working time: within a
    /// visit, between two, on the way home, on the way out, in that order. Within a visit or between two it is taken by a tour
    /// that does not cover the break window, too, and shortens its working time. `None` when there
    /// is no road. A tour into which the break does not fit comes without one: the checker says so.
    #[must_use]
    pub fn new(
        scenario: &Scenario,
        travel: &Table,
        (vehicle, day): (VehicleId, DayId),
        calls: &[Call],
        ends: Ends,
    ) -> Option<Self> {
        calls.first()?;
        let gaps = gaps(scenario, travel, vehicle, calls, ends)?;
        let opens: Vec<Seconds> = calls.iter().map(|c| c.sessions.first().map(|s| s.from)).collect::<Option<_>>()?;
        let closes: Vec<Seconds> = calls.iter().map(|c| c.sessions.last().map(|s| s.to)).collect::<Option<_>>()?;
        let without = Self::at(&gaps, &opens, &closes, None);
        let window = window_since_midnight(scenario.horizon.date(day), scenario.time.break_window);
        let rest = Rest { window, length: scenario.time.break_length };
        let idle = while_waiting(rest, calls, &gaps, &opens, &closes);
        // One that is not needed is still taken where there is nothing else to do: it is no working time.
        let needed = without.depart <= window.from && without.arrive >= window.to;
        let pause = idle.or_else(|| on_the_way(rest, calls, &gaps, &opens, &closes).filter(|_| needed));
        Some(pause.map_or(without, |pause| Self::at(&gaps, &opens, &closes, Some(pause))))
    }

    /// The times of everything, with the break where it was decided.
    fn at(gaps: &[Vec<Part>], opens: &[Seconds], closes: &[Seconds], pause: Option<Pause>) -> Self {
        let pause_in = |gap: usize| match pause {
            Some(Pause::Gap(g, place, window)) if g == gap => Some((place, window)),
            _ => None,
        };
        let depart = match pause_in(0) {
            Some((place, window)) => window.from - length(&gaps[0][..place]),
            None => opens[0] - length(&gaps[0]),
        };
        let mut out = Self {
            depart,
            stays: vec![(depart, depart); opens.len()],
            arrive: closes[closes.len() - 1],
            pause: pause.map(|p| match p {
                Pause::Visit(window) | Pause::Gap(_, _, window) => window,
            }),
            control: None,
            legs: Vec::new(),
            ends: Vec::new(),
        };
        for (g, parts) in gaps.iter().enumerate() {
            let mut at = if g == 0 { depart } else { closes[g - 1] };
            if g > 0 {
                out.stays[g - 1].1 = at;
            }
            for (place, part) in parts.iter().enumerate() {
                if let Some((_, window)) = pause_in(g).filter(|p| p.0 == place) {
                    at = window.to;
                }
                match *part {
                    Part::Drive(seconds, metres, ends) => {
                        if g > 0 {
                            out.stays[g - 1].1 = at;
                        }
                        if let Some(stay) = out.stays.get_mut(g) {
                            stay.0 = at + seconds;
                        }
                        out.legs.push((at, seconds, metres));
                        out.ends.push(ends);
                    }
                    Part::Control(seconds) => out.control = Some(Window { from: at, to: at + seconds }),
                    Part::PackDown(_) | Part::SetUp(_) => {}
                }
                at += part.length();
            }
            if g == opens.len() {
                out.arrive = at;
            }
        }
        out
    }

    /// The tour of the plan.
    #[must_use]
    pub fn tour(&self, scenario: &Scenario, vehicle: VehicleId, day: DayId, calls: &[Call], ends: Ends) -> Tour {
        let date = scenario.horizon.date(day);
        let at = |time: Seconds| after_midnight(date, time);
        let name = |site: SiteId| scenario.sites[site.index()].id.clone();
        let stop = |place: Option<SiteId>| place.map_or(Stop::Base, |site| Stop::Site(name(site)));
        let window = |w: Window| Break { start: at(w.from), end: at(w.to) };
        let leg =
            |(&(depart, seconds, metres), &(from, to)): (&(Seconds, Seconds, Metres), &(Option<SiteId>, _))| Leg {
                from: stop(from),
                to: stop(to),
                depart: at(depart),
                arrive: at(depart + seconds),
                seconds: u32::try_from(seconds.0).unwrap_or_default(),
                metres: metres.0,
                geometry: None,
            };
        Tour {
            vehicle: scenario.vehicles[vehicle.index()].id.clone(),
            date,
            start: at(self.depart),
            end: at(self.arrive),
            night_before: ends.slept.map(name),
            night_after: calls.last().filter(|_| ends.sleeps).map(|c| name(c.site)),
            legs: self.legs.iter().zip(&self.ends).map(leg).collect(),
            pause: self.pause.map(window),
            quality_control: self.control.map(window),
        }
    }
}

/// What is to be done before the first visit, between visits, and after the last.
fn gaps(scenario: &Scenario, travel: &Table, vehicle: VehicleId, calls: &[Call], ends: Ends) -> Option<Vec<Vec<Part>>> {
    let v = &scenario.vehicles[vehicle.index()];
    let position = |place: Option<SiteId>| -> PositionId {
        place.map_or(v.base.into(), |site| scenario.sites[site.index()].position)
    };
    let drive = |from: Option<SiteId>, to: Option<SiteId>| {
        let leg = travel.vehicle(v, position(from), position(to))?;
        Some(Part::Drive(leg.seconds, leg.metres, (from, to)))
    };
    let pack_down = |site: SiteId| Part::PackDown(scenario.pack_down(vehicle, site));
    let mut out = Vec::new();
    let mut here = ends.slept;
    for (k, call) in calls.iter().enumerate() {
        let mut parts = Vec::new();
        if k > 0 || here != Some(call.site) {
            parts.extend(here.map(pack_down));
            parts.push(drive(here, Some(call.site))?);
            parts.push(Part::SetUp(scenario.set_up(vehicle, call.site)));
        }
        if k == 0 && ends.control > Seconds(0) {
            parts.push(Part::Control(ends.control));
        }
        out.push(parts);
        here = Some(call.site);
    }
    let home = if ends.sleeps { Vec::new() } else { vec![pack_down(here?), drive(here, None)?] };
    out.push(home);
    Some(out)
}

/// The break that a day must find room for.
#[derive(Debug, Clone, Copy)]
struct Rest {
    /// Where it lies.
    window: Window,
    length: Seconds,
}

impl Rest {
    /// The earliest break from `from` on that ends by `by`.
    fn fit(self, from: Seconds, by: Seconds) -> Option<Window> {
        let start = from.max(self.window.from);
        let pause = Window { from: start, to: start + self.length };
        (pause.to <= by.min(self.window.to)).then_some(pause)
    }
}

/// A place for the break where nothing else is done: between sessions, or before a visit that cannot open yet.
fn while_waiting(
    rest: Rest,
    calls: &[Call],
    gaps: &[Vec<Part>],
    opens: &[Seconds],
    closes: &[Seconds],
) -> Option<Pause> {
    for pair in calls.iter().flat_map(|call| call.sessions.windows(2)) {
        if let Some(pause) = rest.fit(pair[0].to, pair[1].from) {
            return Some(Pause::Visit(pause));
        }
    }
    for (g, parts) in gaps.iter().enumerate().take(calls.len()).skip(1) {
        for place in 0..=parts.len() {
            let (from, by) = (closes[g - 1] + length(&parts[..place]), opens[g] - length(&parts[place..]));
            if let Some(pause) = rest.fit(from, by) {
                return Some(Pause::Gap(g, place, pause));
            }
        }
    }
    None
}

/// A place for the break on the way home, never at its end, or on the way out.
fn on_the_way(rest: Rest, calls: &[Call], gaps: &[Vec<Part>], opens: &[Seconds], closes: &[Seconds]) -> Option<Pause> {
    let home = calls.len();
    for place in 0..gaps[home].len() {
        if let Some(pause) = rest.fit(closes[home - 1] + length(&gaps[home][..place]), rest.window.to) {
            return Some(Pause::Gap(home, place, pause));
        }
    }
    for place in 1..=gaps[0].len() {
        let end = (opens[0] - length(&gaps[0][place..])).min(rest.window.to);
        let pause = Window { from: end - rest.length, to: end };
        if pause.from >= rest.window.from {
            return Some(Pause::Gap(0, place, pause));
        }
    }
    None
}

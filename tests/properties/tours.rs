//! Every tour of one vehicle on one day, by trying them all.

use super::world::{Family, World};
use tournee::domain::PromiseMode;

/// A visit of a tour: the site, and its sessions in seconds since midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub site: usize,
    pub sessions: Vec<(i32, i32)>,
}

/// How a tour begins and ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// The site where the vehicle woke; `None` at the base.
    pub woke: Option<usize>,
    /// Nights it spends at the last site before its next tour; 0 when it drives home.
    pub nights: usize,
    /// Whether it makes the week's quality control.
    pub control: bool,
}

/// What a plan can tell of a tour: its visits with their appointments, driving and work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub ends: Ends,
    /// Sites in ascending order, with appointments by service.
    pub visits: Vec<(usize, Vec<u32>)>,
    pub driving: i32,
    pub work: i32,
    pub stops: Vec<Stop>,
}

impl Choice {
    /// The site where the vehicle sleeps.
    pub fn sleeps(&self) -> Option<usize> {
        self.stops.last().filter(|_| self.ends.nights > 0).map(|s| s.site)
    }

    /// Whether a visit goes on with the stay of the evening before.
    pub fn stays_on(&self, site: usize) -> bool {
        self.ends.woke == Some(site)
    }
}

/// Driving and least working time of a tour; `None` when it breaks a rule of time.
pub fn times(world: &World, vehicle: usize, day: usize, ends: Ends, stops: &[Stop]) -> Option<(i32, i32)> {
    let shift = world.shift(vehicle, day)?;
    let time = &world.scenario.time;
    let ((from, to), length) = (world.break_window(day), time.break_length.0);
    let base = world.scenario.vehicles[vehicle].base;
    let (first, last) = (stops.first()?, stops.last()?);
    let (start, set_up) = (world.commune_of(first.site), world.set_up(vehicle, first.site));
    let mut driving = 0;

    // What is done before opening: each part unbroken, in this order.
    let mut before = Vec::new();
    match ends.woke {
        None => {
            let out = world.drive(vehicle, base, start)?;
            driving += out;
            before.extend([out, set_up]);
        }
        Some(site) if site != first.site => {
            let road = world.drive(vehicle, world.commune_of(site), start)?;
            driving += road;
            before.extend([world.pack_down(vehicle, site), road, set_up]);
        }
        Some(_) => {}
    }
    if ends.control {
        before.push(world.control(vehicle));
    }
    // And after closing.
    let mut after = Vec::new();
    if ends.nights == 0 {
        let back = world.drive(vehicle, world.commune_of(last.site), base)?;
        driving += back;
        after.extend([world.pack_down(vehicle, last.site), back]);
    }
    let sum = |parts: &[i32]| parts.iter().sum::<i32>();
    let (open, close) = (first.sessions[0].0, last.sessions[last.sessions.len() - 1].1);
    let (leave, arrive) = (open - sum(&before), close + sum(&after));
    if leave < shift.from.0 || arrive > shift.to.0 {
        return None;
    }
    // Each way to take the break, with the working time it leaves; all of them are tried.
    let mut least: Option<i32> = None;
    let mut offer = |work: i32| least = Some(least.map_or(work, |l| l.min(work)));
    if leave > from || arrive < to || !world.keeps(Family::Break) {
        offer(arrive - leave);
    }
    // Before opening, after some part: as late as may be. A tour does not begin with its break.
    for k in 1..=before.len() {
        let start = (open - sum(&before[k..])).min(to) - length;
        let begin = start - sum(&before[..k]);
        if start >= from && begin >= shift.from.0 {
            offer(arrive - begin - length);
        }
    }
    // Between two sessions of a visit.
    for stop in stops {
        for pair in stop.sessions.windows(2) {
            if pair[0].1.max(from) + length <= pair[1].0.min(to) {
                offer(arrive - leave - length);
            }
        }
    }
    // Between two visits: before packing down, driving, setting up or opening.
    for pair in stops.windows(2) {
        let road = world.drive(vehicle, world.commune_of(pair[0].site), world.commune_of(pair[1].site))?;
        driving += road;
        let parts = [world.pack_down(vehicle, pair[0].site), road, world.set_up(vehicle, pair[1].site)];
        let (end, next) = (pair[0].sessions[pair[0].sessions.len() - 1].1, pair[1].sessions[0].0);
        if end + sum(&parts) > next {
            return None;
        }
        for k in 0..=parts.len() {
            let start = (end + sum(&parts[..k])).max(from);
            if start + length <= to && start + length + sum(&parts[k..]) <= next {
                offer(arrive - leave - length);
            }
        }
    }
    // After closing, before some part. A tour does not end with its break.
    for k in 0..after.len() {
        let start = (close + sum(&after[..k])).max(from);
        let end = start + length + sum(&after[k..]);
        if start + length <= to && end <= shift.to.0 {
            offer(end - leave - length);
        }
    }
    let work = least?;
    let limits = &world.scenario.limits;
    let too_long = work > limits.work_per_day.0 && world.keeps(Family::WorkingDay);
    let too_far = driving > limits.driving_per_day.0 && world.keeps(Family::Driving);
    (!too_long && !too_far).then_some((driving, work))
}

/// Appointments of a visit, by service of the scenario.
pub fn appointments(world: &World, vehicle: usize, day: usize, sessions: &[(i32, i32)]) -> Vec<u32> {
    let mut out = vec![0; world.scenario.services.len()];
    for (service, length, lanes) in world.services(vehicle, day) {
        out[service] += sessions.iter().map(|s| u32::try_from((s.1 - s.0) / length).unwrap() * lanes).sum::<u32>();
    }
    out
}

/// Every session that may be held on a day.
pub fn sessions(world: &World, vehicle: usize, day: usize) -> Vec<(i32, i32)> {
    let (g, (least, most)) = (world.grid(), world.session_lengths(vehicle));
    let mut all = Vec::new();
    for (from, to) in world.public_hours(day) {
        for start in (from..to).step_by(usize::try_from(g).unwrap()) {
            for end in (start + g..=to).step_by(usize::try_from(g).unwrap()) {
                if end - start >= least && end - start <= most {
                    all.push((start, end));
                }
            }
        }
    }
    all
}

/// Whether a tour keeps the locks of its day.
pub fn keeps_locks(world: &World, vehicle: usize, day: usize, stops: &[Stop]) -> bool {
    world.locked(vehicle, day).iter().all(|(site, agreed)| {
        stops.iter().any(|s| s.site == *site && agreed.as_ref().is_none_or(|hours| *hours == s.sessions))
    })
}

struct Walk<'a> {
    world: World<'a>,
    vehicle: usize,
    day: usize,
    /// How the tours begin; whether they end with nights out is decided at the end.
    ends: Ends,
    sessions: Vec<(i32, i32)>,
    sites: Vec<usize>,
    tours: Vec<Choice>,
    /// Tours that may still be tried.
    left: u64,
}

/// Tours of one vehicle's day that are tried, at most.
const MOST_TRIED: u64 = 20_000;

/// All tours of a vehicle's day that a plan could want, the empty one not among them; `None`
/// when there are too many to try.
pub fn all(world: &World, vehicle: usize, day: usize) -> Option<Vec<Choice>> {
    let sites = (0..world.scenario.sites.len()).filter(|&s| world.may_visit(vehicle, day, s)).collect();
    let sessions = sessions(world, vehicle, day);
    let ends = Ends::default();
    let mut walk = Walk { world: *world, vehicle, day, ends, sessions, sites, tours: Vec::new(), left: MOST_TRIED };
    let woke = world.may_wake(vehicle, day);
    for woke in woke.into_iter().map(Some).chain([None]) {
        for control in [false, true] {
            // The control is made on the first tour of a week; that is for plans to see.
            if control && world.control(vehicle) == 0 {
                continue;
            }
            walk.ends = Ends { woke, nights: 0, control };
            walk.visit(&mut Vec::new())?;
        }
    }
    Some(walk.tours)
}

impl Walk<'_> {
    /// Goes on from a tour that has just closed a session: here again, elsewhere, or the end;
    /// `None` when that is too much work.
    fn visit(&mut self, stops: &mut Vec<Stop>) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let end = stops.last().map(|s| s.sessions[s.sessions.len() - 1].1);
        if let Some(last) = stops.last() {
            let nights = self.world.nights_after(self.vehicle, self.day);
            let nights = nights.filter(|_| self.world.may_sleep(self.vehicle, self.day, last.site));
            self.note(self.ends, stops);
            if let Some(nights) = nights {
                self.note(Ends { nights, ..self.ends }, stops);
            }
        }
        for k in 0..self.sessions.len() {
            let session = self.sessions[k];
            let later = end.is_none_or(|e| session.0 >= e);
            if later && end.is_some_and(|e| session.0 >= e + self.world.grid()) {
                let at = stops.len() - 1;
                stops[at].sessions.push(session);
                self.visit(stops)?;
                stops[at].sessions.pop();
            }
            if !later || stops.len() >= self.world.most_visits(self.vehicle) {
                continue;
            }
            for at in 0..self.sites.len() {
                let site = self.sites[at];
                // Where it woke it has called, and may only open before it leaves.
                let again = stops.iter().any(|s| s.site == site) || !stops.is_empty() && self.ends.woke == Some(site);
                if again || !self.in_time(stops, site, session.0) {
                    continue;
                }
                stops.push(Stop { site, sessions: vec![session] });
                self.visit(stops)?;
                stops.pop();
            }
        }
        Some(())
    }

    /// Whether the vehicle can be at a site and set up by a time, the break not counted.
    fn in_time(&self, stops: &[Stop], site: usize, open: i32) -> bool {
        let world = &self.world;
        let begin = world.shift(self.vehicle, self.day).map_or(0, |s| s.from.0);
        let (free, from) = match (stops.last(), self.ends.woke) {
            (None, Some(woke)) if woke == site => return begin <= open,
            (None, Some(woke)) => (begin + world.pack_down(self.vehicle, woke), world.commune_of(woke)),
            (None, None) => (begin, world.scenario.vehicles[self.vehicle].base),
            (Some(last), _) => {
                let close = last.sessions[last.sessions.len() - 1].1;
                (close + world.pack_down(self.vehicle, last.site), world.commune_of(last.site))
            }
        };
        let ready = world.drive(self.vehicle, from, world.commune_of(site)).map(|d| free + d);
        ready.is_some_and(|r| r + world.set_up(self.vehicle, site) <= open)
    }

    /// Keeps a tour unless another with the same sites and ends is as good in all that counts:
    /// more appointments never hurt, nor does less driving or less work.
    fn note(&mut self, ends: Ends, stops: &[Stop]) {
        let Some((driving, work)) = times(&self.world, self.vehicle, self.day, ends, stops) else { return };
        if !keeps_locks(&self.world, self.vehicle, self.day, stops) {
            return;
        }
        // A published visit made again keeps its hours, unless others are locked; one that is fixed has its own people.
        let told = |s: &Stop| self.world.told(self.vehicle, self.day, s.site);
        let locked = self.world.locked(self.vehicle, self.day);
        let agreed = |s: &Stop| locked.iter().any(|(site, hours)| *site == s.site && hours.is_some());
        if stops.iter().any(|s| told(s).is_some_and(|(hours, _)| hours != s.sessions) && !agreed(s)) {
            return;
        }
        if !stops.iter().all(|s| self.world.may_end(self.vehicle, self.day, s)) {
            return;
        }
        let offered = |s: &Stop| {
            let counts = appointments(&self.world, self.vehicle, self.day, &s.sessions);
            let fixed = told(s).is_some_and(|(_, fixed)| fixed);
            (s.site, if fixed { vec![0; counts.len()] } else { counts })
        };
        let mut visits: Vec<(usize, Vec<u32>)> = stops.iter().map(offered).collect();
        visits.sort();
        let new = Choice { ends, visits, driving, work, stops: stops.to_vec() };
        let promised = self.world.scenario.services.iter().any(|s| s.promise.mode != PromiseMode::Report);
        // A longer visit must invite more of its host.
        let hosted = self.world.scenario.services.iter().filter_map(|s| s.pool).any(|p| p.host_share > 0.0);
        let beats =
            |a: &Choice, b: &Choice| beats(a, b) && (!promised || lasts(a, b)) && (!hosted || a.visits == b.visits);
        if self.tours.iter().any(|old| beats(old, &new)) {
            return;
        }
        self.tours.retain(|old| !beats(&new, old));
        self.tours.push(new);
    }
}

/// Whether a tour is open whenever another with the same sites is.
fn lasts(a: &Choice, b: &Choice) -> bool {
    b.stops.iter().all(|stop| {
        let own = a.stops.iter().find(|s| s.site == stop.site).map_or(&[][..], |s| &s.sessions);
        stop.sessions.iter().all(|s| own.iter().any(|o| o.0 <= s.0 && s.1 <= o.1))
    })
}

fn beats(a: &Choice, b: &Choice) -> bool {
    a.driving <= b.driving
        && a.work <= b.work
        && a.ends == b.ends
        && a.sleeps() == b.sleeps()
        && a.visits.len() == b.visits.len()
        && a.visits.iter().zip(&b.visits).all(|(x, y)| x.0 == y.0 && x.1.iter().zip(&y.1).all(|(m, n)| m >= n))
}

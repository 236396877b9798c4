//! Tiny random instances, each from a seed.

use super::rules::Rule;
use super::tours;
use super::world::{Family, World};
use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tournee::domain::{
    Areas, Calendar, CareStatus, ClosedDates, Commune, CommuneId, DayId, Fairness, Forbidden, Horizon, Lock, Offer,
    PermitStatus, Position, PositionId, Scenario, ScoreRules, ServiceId, Site, SiteId, SiteNeeds, SiteStatus,
    Territory, TerritoryId, TimeRules, TravelRules, ValueStep, Vehicle, VehicleId, Weekdays, Window, WorkLimits,
};
use tournee::travel::Table;
use tournee::units::{People, Seconds};

#[path = "draw_rules.rs"]
mod drawn_rules;
#[path = "draw_pools.rs"]
mod pools;

/// An instance.
pub struct Instance {
    pub scenario: Scenario,
    pub travel: Table,
}

/// What an instance is to be like.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Families that should bind.
    pub tight: Vec<Family>,
    /// Whether sites should be visited again in another week.
    pub again: bool,
    /// Groups of rules that are drawn.
    pub rules: Vec<Rule>,
}

struct Draw {
    rng: ChaCha8Rng,
    wish: Wish,
}

impl Draw {
    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.random_range(0..from.len())]
    }

    fn int(&mut self, from: i32, to: i32) -> i32 {
        self.rng.random_range(from..=to)
    }

    fn count(&mut self, from: u32, to: u32) -> u32 {
        self.rng.random_range(from..=to)
    }

    fn tight(&self, family: Family) -> bool {
        self.wish.tight.contains(&family)
    }

    /// Whether every hour should count, so that what takes time is felt.
    fn busy(&self) -> bool {
        use Family::{Break, PublicHours, SessionLength, SetUp, Shift, WorkingDay, WorkingWeek};
        [Shift, PublicHours, Break, WorkingDay, WorkingWeek, SessionLength, SetUp].iter().any(|f| self.tight(*f))
    }
}

/// Days of the same distances, the last of the first vehicle's a Sunday.
fn up_to_sunday(mut weekdays: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let last = weekdays[0].iter().max().copied().unwrap_or(6);
    for day in weekdays.iter_mut().flatten() {
        *day = (*day + 6 - last) % 7;
    }
    weekdays
}

fn window(from: i32, to: i32) -> Window {
    Window { from: Seconds(from), to: Seconds(to) }
}

/// Families that nobody asked for are tight in so many instances of a hundred.
const TIGHT_BY_CHANCE: u32 = 30;

/// One of the instances of a seed.
pub fn draw(seed: u64, attempt: u64, wish: &Wish) -> Instance {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(attempt);
    let mut d = Draw { rng, wish: wish.clone() };
    for family in Family::ALL {
        if d.chance(TIGHT_BY_CHANCE) {
            d.wish.tight.push(family);
        }
    }
    let communes = d.count(3, 4) as usize;
    let travel = d.travel(communes);
    let day = Day::new(&mut d);
    let mut scenario = d.ground(&day, communes);
    d.fleet(&mut scenario, &day, communes);
    d.sites(&mut scenario, communes);
    d.past(&mut scenario);
    d.rules(seed, attempt, &mut scenario, &travel, day.grid);
    d.driving_limit(&mut scenario, &travel);
    d.working_week(&mut scenario, &day);
    d.decisions(&mut scenario, &travel);
    Instance { scenario, travel }
}

/// The hours that everything else is drawn around.
struct Day {
    grid: i32,
    /// From which to which second the day could be open.
    span: (i32, i32),
    public_hours: Vec<Window>,
    break_length: i32,
    break_window: Window,
}

impl Day {
    fn new(d: &mut Draw) -> Self {
        // The clock is changed by whole steps.
        let clock = d.draws(Rule::Clock);
        let grid = if clock { d.pick(&[1800, 3600]) } else { d.pick(&[1800, 2700, 3600, 3600, 5400]) };
        let steps = if d.tight(Family::VisitsPerDay) { d.int(6, 8) } else { d.int(4, 8) };
        let first = if clock { d.int(0, 14_400) } else { d.int(27_000, 32_400) } / grid;
        let (from, to) = (first * grid, (first + steps) * grid);
        let off = |d: &mut Draw| if d.chance(30) { d.int(0, 20) * 60 } else { 0 };
        let mut public_hours = vec![window(from, to)];
        if d.tight(Family::PublicHours) {
            let at = from + d.int(1, steps - 2) * grid;
            let again = at + if d.chance(20) { 0 } else { grid };
            public_hours = match d.int(0, 3) {
                0 => vec![window(from + off(d), to - grid - off(d))],
                1 => vec![window(from + grid + off(d), to)],
                _ => vec![window(from + off(d), at), window(again, to)],
            };
        }
        let break_length = d.pick(&[900, 1800, 2700, 3600, 5400]);
        let room = if d.tight(Family::Break) { d.pick(&[0, 0, 900, 1800, grid]) } else { d.pick(&[3600, 7200]) };
        let start = from + d.int(1, steps - 1) * grid + d.int(-3, 3) * 600;
        let start = if d.tight(Family::Break) || d.chance(50) { start } else { 72_000 };
        let break_window = window(start, start + break_length + room);
        Self { grid, span: (from, to), public_hours, break_length, break_window }
    }

    fn length(&self) -> i32 {
        self.span.1 - self.span.0
    }
}

impl Draw {
    /// Rules, communes and services: a scenario without vehicles and sites.
    fn ground(&mut self, day: &Day, communes: usize) -> Scenario {
        let weeks = if self.wish.again { self.pick(&[2, 2, 3]) } else { self.pick(&[1, 1, 1, 2, 2, 3]) };
        let start = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let start = if self.draws(Rule::Clock) { self.week_of_the_clock(weeks) } else { start };
        let horizon = Horizon { start, weeks };
        let territories = self.pick(&[1, 2, 2, 2, 3]);
        let services = self.services(day.grid);
        Scenario {
            name: "tiny".into(),
            title: "Tiny".into(),
            domain: "visits.tournee.invalid".into(),
            labels: Vec::new(),
            input_hash: String::new(),
            horizon,
            now: None,
            time: TimeRules {
                grid: Seconds(day.grid),
                public_hours: day.public_hours.clone(),
                weekend_hours: if self.chance(70) || self.draws(Rule::Clock) {
                    day.public_hours.clone()
                } else {
                    Vec::new()
                },
                break_length: Seconds(day.break_length),
                break_window: day.break_window,
                send_ahead_days: 21,
                reinvite_months: 24,
            },
            limits: self.limits(day),
            travel: TravelRules {
                door: Seconds(0),
                min_access: Seconds(self.pick(&[0, 300, 600])),
                max_access: Seconds(self.pick(&[1800, 2400, 3600, 7200])),
            },
            prices: ScoreRules {
                driving_price_per_hour: self.pick(&[0.0, 0.0, 0.05, 0.05, 0.05, 0.3, 0.3, 1.0, 3.0]),
                night_price: 0.0,
                change_price: 0.0,
                weekday_price: 0.0,
            },
            fairness: self.fairness(),
            calendar: Calendar {
                valid: (horizon.start, horizon.last()),
                public_holidays: Vec::new(),
                school_holidays: Vec::new(),
            },
            positions: (0..communes).map(|i| Position { commune: CommuneId::new(i), lat: 0.0, lon: 0.0 }).collect(),
            communes: self.communes(communes, territories),
            areas: Areas::default(),
            territories: (0..territories)
                .map(|z| Territory { code: format!("z{z}"), name: String::new(), class: "none".into() })
                .collect(),
            sites: Vec::new(),
            care_points: self.imaging(communes),
            imaging_sites: self.imaging(communes),
            services,
            crews: Vec::new(),
            vehicles: Vec::new(),
            past: Vec::new(),
            locks: Vec::new(),
            forbidden: Vec::new(),
            published: None,
            costs: None,
        }
    }

    /// Roads that keep the triangle inequality, as shortest paths do; directed at times.
    fn travel(&mut self, communes: usize) -> Table {
        let scale = match (self.tight(Family::Driving), self.tight(Family::VisitsPerDay)) {
            _ if self.draws(Rule::Nights) => self.pick(&[1500, 2500, 4000]),
            (_, true) => self.pick(&[200, 400, 700]),
            (true, false) => self.pick(&[600, 900, 1500]),
            (false, false) => self.pick(&[300, 900, 1500]),
        };
        let one_way = self.chance(40);
        let at: Vec<(i32, i32)> = (0..communes).map(|_| (self.int(0, scale), self.int(0, scale))).collect();
        let mut seconds = vec![0; communes * communes];
        for a in 0..communes {
            for b in 0..communes {
                let far = (at[a].0 - at[b].0).abs() + (at[a].1 - at[b].1).abs();
                let extra = if one_way && a != b { self.int(0, scale / 2) } else { 0 };
                seconds[a * communes + b] = far + extra;
            }
        }
        for k in 0..communes {
            for a in 0..communes {
                for b in 0..communes {
                    let by = seconds[a * communes + k] + seconds[k * communes + b];
                    seconds[a * communes + b] = seconds[a * communes + b].min(by);
                }
            }
        }
        let cell = |a: usize, b: usize| Some((u32::try_from(seconds[a * communes + b]).unwrap(), 0));
        let all: Vec<PositionId> = (0..communes).map(PositionId::new).collect();
        let from: Vec<_> = (0..communes).flat_map(|h| (0..communes).map(move |i| cell(h, i))).collect();
        let to: Vec<_> = (0..communes).flat_map(|h| (0..communes).map(move |i| cell(i, h))).collect();
        let door = Seconds(self.pick(&[0, 60, 120, 300]));
        Table::new(communes, all, from, Some(to), door)
    }

    fn limits(&mut self, day: &Day) -> WorkLimits {
        let share = self.int(45, 95);
        let work = if self.tight(Family::WorkingDay) { day.length() * share / 100 } else { 86_400 };
        WorkLimits {
            work_per_day: Seconds(work),
            work_per_week: Seconds(7 * 86_400),
            driving_per_day: Seconds(86_400),
            night_min_drive: Seconds(2700),
        }
    }

    fn fairness(&mut self) -> Fairness {
        let ends: &[f64] = match (self.tight(Family::Fairness), self.int(0, 3)) {
            (true, 0) => &[0.25, 0.5, 1.0],
            (true, 1) => &[0.3],
            (true, _) => &[0.1, 0.5, 2.0],
            (false, 0) => &[],
            (false, _) => &[3.0],
        };
        let mut slope = 1.0;
        let mut steps = Vec::new();
        for up_to in ends.iter().copied().map(Some).chain([None]) {
            steps.push(ValueStep { up_to, slope });
            slope *= self.pick(&[0.2, 0.5, 0.7, 0.9]);
        }
        Fairness { weeks: self.pick(&[1, 2, 4]), steps }
    }

    fn fleet(&mut self, scenario: &mut Scenario, day: &Day, communes: usize) {
        let weeks = scenario.horizon.weeks;
        let percent = if self.wish.again || self.draws(Rule::Crew) { 60 } else { [45, 25, 10][weeks as usize - 1] };
        let count = 1 + u32::from(self.chance(percent));
        let same = self.wish.again && self.chance(70) || self.chance(60);
        let spacing = match (self.wish.again, self.tight(Family::Spacing)) {
            (true, _) => self.count(1, weeks - 1),
            (false, true) => self.count(1, weeks + 1),
            (false, false) => 0,
        };
        let weekdays = match self.draws(Rule::Nights) {
            true => self.days_with_nights(weeks, count),
            false => self.workdays(weeks, count),
        };
        let weekdays = if self.draws(Rule::Clock) { up_to_sunday(weekdays) } else { weekdays };
        for (v, days) in weekdays.iter().enumerate() {
            let kind = if v == 0 || same { "van" } else { "truck" };
            let mut vehicle = self.vehicle(scenario, day, communes);
            if v > 0 && same && self.chance(50) {
                vehicle = scenario.vehicles[0].clone();
                vehicle.shifts = [None; 7];
            }
            (vehicle.id, vehicle.kind) = (format!("{kind}{v}"), kind.to_owned());
            vehicle.spacing_weeks = spacing;
            let shift = self.shift(day);
            for &weekday in days {
                vehicle.shifts[weekday] = Some(if self.chance(80) { shift } else { self.shift(day) });
            }
            let crowded = days.len() + v > 1 && !self.wish.again;
            if weeks > 1 && (crowded || self.chance(15)) {
                let week = u64::from(self.count(0, weeks - 1));
                let date = scenario.horizon.start + Days::new(7 * week + days[0] as u64);
                vehicle.days_off = ClosedDates(vec![(date, date)]);
            }
            scenario.vehicles.push(vehicle);
        }
        // So that all plans can be tried.
        let days = weekdays.iter().map(Vec::len).sum::<usize>() * weeks as usize;
        for vehicle in &mut scenario.vehicles {
            let most = [3, 3, 3, 2, 2, 1][days.min(5)];
            vehicle.max_visits_per_day = vehicle.max_visits_per_day.min(most);
        }
    }

    /// The weekdays on which each vehicle works.
    fn workdays(&mut self, weeks: u32, vehicles: u32) -> Vec<Vec<usize>> {
        let most = match (weeks, vehicles) {
            (1, 1) => 3,
            (_, 1) | (1, _) => 2,
            _ => 1,
        };
        let several = [Family::WorkingWeek, Family::Spacing, Family::Due].iter().any(|f| self.tight(*f));
        let mut all: Vec<Vec<usize>> = Vec::new();
        for v in 0..vehicles {
            let least = if several && vehicles == 1 && most > 1 { 2 } else { 1 };
            let count = self.count(least, if v == 0 { most } else { 1 });
            let mut days: Vec<usize> = Vec::new();
            while days.len() < count as usize {
                let day = self.int(0, 5) as usize;
                if !days.contains(&day) {
                    days.push(day);
                }
            }
            if v > 0 && self.chance(60) {
                days = vec![all[0][0]];
            }
            all.push(days);
        }
        all
    }

    fn shift(&mut self, day: &Day) -> Window {
        if !self.tight(Family::Shift) {
            return window((day.span.0 - 7200).max(0), day.span.1 + 7200);
        }
        let part = |d: &mut Self| d.int(-2, 6) * day.grid / 4;
        window((day.span.0 + part(self)).max(0), day.span.1 - part(self))
    }

    /// The first Monday of weeks with a Sunday on which the clock is changed.
    fn week_of_the_clock(&mut self, weeks: u32) -> NaiveDate {
        let (year, month, day) = self.pick(&[(2027, 3, 22), (2026, 10, 19)]);
        let before = u64::from(self.count(0, weeks - 1));
        NaiveDate::from_ymd_opt(year, month, day).unwrap() - Days::new(7 * before)
    }

    fn vehicle(&mut self, scenario: &Scenario, day: &Day, communes: usize) -> Vehicle {
        let g = day.grid;
        let (mut least, mut most) = (g / 2, 2 * day.length());
        if self.tight(Family::SessionLength) {
            least = self.pick(&[1, 1, 2, 3]) * g - self.int(0, 1) * 600;
            most = least.max(self.pick(&[1, 1, 2, 2, 3]) * g) + self.int(0, 1) * 600;
        }
        let visits = if self.tight(Family::VisitsPerDay) { 1 } else { self.pick(&[2, 2, 3]) };
        let prepare = |d: &mut Self| if d.tight(Family::SetUp) { d.int(2, 10) * g / 10 } else { d.int(0, 5) * 60 };
        let mut offers = Vec::new();
        for s in 0..scenario.services.len() {
            if s == 0 || self.chance(80) {
                let weekdays = if self.chance(85) { Weekdays::ALL } else { Weekdays(0b001_0101) };
                let lanes = if self.busy() { self.pick(&[1, 1, 1, 2]) } else { self.pick(&[1, 1, 2]) };
                offers.push(Offer { service: ServiceId::new(s), lanes, weekdays });
            }
        }
        Vehicle {
            id: String::new(),
            name: String::new(),
            kind: String::new(),
            base: CommuneId::new(self.rng.random_range(0..communes)),
            travel_factor: self.pick(&[1.0, 1.0, 1.15, 1.3]),
            set_up: Seconds(prepare(self)),
            pack_down: Seconds(prepare(self)),
            min_session: Seconds(least),
            max_session: Seconds(most),
            max_visits_per_day: visits,
            spacing_weeks: 0,
            max_stays_per_site: self.most_stays(),
            nights: None,
            quality_control: Seconds(0),
            crew: Vec::new(),
            shifts: [None; 7],
            works_public_holidays: true,
            days_off: ClosedDates::default(),
            offers,
            needs: SiteNeeds { power: self.chance(20), ..SiteNeeds::default() },
            costs: None,
        }
    }

    fn most_stays(&mut self) -> Option<u32> {
        let (percent, most) = if self.wish.again { (15, [2, 2, 3]) } else { (40, [1, 1, 2]) };
        (self.tight(Family::Spacing) && self.chance(percent)).then_some(self.pick(&most))
    }

    fn sites(&mut self, scenario: &mut Scenario, communes: usize) {
        let fit = self.tight(Family::Fit);
        let apart = self.tight(Family::VisitsPerDay) || self.chance(70);
        for s in 0..self.count(2, 3) {
            let anywhere = self.rng.random_range(0..communes);
            let kinds: &[&str] =
                if fit { self.pick(&[&["van"], &["van"], &["truck"], &["van", "truck"]]) } else { &["van", "truck"] };
            let mut site = Site {
                id: format!("s{s}"),
                name: String::new(),
                commune: CommuneId::new(if apart { s as usize } else { anywhere }),
                position: PositionId::new(if apart { s as usize } else { anywhere }),
                lat: 0.0,
                lon: 0.0,
                status: SiteStatus::Approved,
                power: !fit || self.chance(75),
                level_ground: true,
                ramp_access: true,
                network: true,
                vehicle_kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
                available: (None, None),
                weekdays: Weekdays::ALL,
                blocked: ClosedDates::default(),
                set_up: None,
                pack_down: None,
                address: String::new(),
                contact: String::new(),
                permit: PermitStatus::Granted,
                permit_lead_days: 0,
                preferred: Weekdays(0),
                avoided: Weekdays(0),
                crew: Vec::new(),
                note: String::new(),
            };
            if fit && self.chance(70) {
                let date = scenario.horizon.start + Days::new(u64::from(self.count(0, scenario.horizon.weeks * 7 - 1)));
                match self.int(0, 3) {
                    0 => site.available = (Some(date), None),
                    1 => site.available = (None, Some(date)),
                    2 => site.blocked = ClosedDates(vec![(scenario.horizon.start, date)]),
                    _ => site.weekdays = Weekdays(0b010_1010 << self.int(0, 1)),
                }
            }
            if self.chance(15) {
                site.set_up = Some(Seconds(self.int(0, 40) * 60));
                site.pack_down = Some(Seconds(self.int(0, 20) * 60));
            }
            scenario.sites.push(site);
        }
    }
}

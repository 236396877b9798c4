//! The rules of `Rule`, drawn last and from a stream of their own, so that instances without them
//! stay what they were.

use super::*;
use tournee::domain::{CalendarDay, ClockKind, Crew, CrewId, Nights, Promise, PromiseMode, PromisedTo, Reach};
use tournee::i18n::Text;

/// Seeds of the streams for rules lie this far behind those for everything else.
const APART: u64 = 1 << 40;

impl Draw {
    /// Whether a group of rules is drawn.
    pub(super) fn draws(&self, rule: Rule) -> bool {
        self.wish.rules.contains(&rule)
    }

    /// Adds the groups of rules of the instance.
    pub(super) fn rules(&self, seed: u64, attempt: u64, scenario: &mut Scenario, travel: &Table, grid: i32) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed + APART);
        rng.set_stream(attempt);
        let mut d = Self { rng, wish: self.wish.clone() };
        for rule in &self.wish.rules {
            match rule {
                Rule::Seats => d.seats(scenario),
                Rule::Permit => d.permits(scenario),
                Rule::Weekdays => d.weekdays(scenario),
                Rule::Crew => d.crew(scenario),
                Rule::Control => d.control(scenario, grid),
                Rule::Nights => d.nights(scenario, travel),
                Rule::Promise => d.promise(scenario),
                // Its week and its hours are drawn with the others.
                Rule::Clock => {}
                Rule::Hosts => d.hosts(scenario),
            }
        }
    }

    /// Pools whose hosts must be invited, and nobody by ones and twos: one of the two rules or both.
    fn hosts(&mut self, scenario: &mut Scenario) {
        for pool in scenario.services.iter_mut().filter_map(|k| k.pool.as_mut()) {
            let (host, few) = (self.tight(Family::Host), self.tight(Family::Few));
            pool.host_share = if host { self.pick(&[0.5, 0.75, 1.0]) } else { self.pick(&[0.0, 0.25, 0.5, 0.5, 1.0]) };
            pool.min_invitations = if few { self.pick(&[2, 3, 4]) } else { self.pick(&[1, 1, 2, 3, 5]) };
        }
        // Now and then nobody comes from a commune that hosts.
        if self.chance(20) {
            let site = self.rng.random_range(0..scenario.sites.len());
            scenario.communes[scenario.sites[site].commune.index()].uptake_factor = 0.0;
        }
    }

    /// Services that are promised, fixed points that are open at times, and now and then a holiday on which
    /// nobody works.
    fn promise(&mut self, scenario: &mut Scenario) {
        let residents: u32 = scenario.communes.iter().map(|c| c.population.0).sum();
        let offered: Vec<usize> = scenario.vehicles.iter().flat_map(|v| &v.offers).map(|o| o.service.index()).collect();
        let communes = scenario.communes.len();
        for s in offered {
            if scenario.services[s].promise.mode != PromiseMode::Report || self.chance(20) {
                continue;
            }
            let to = match self.int(0, 3) {
                0 => PromisedTo::Unreached,
                1 => PromisedTo::Listed((0..communes).filter(|_| self.chance(60)).map(CommuneId::new).collect()),
                _ => PromisedTo::All,
            };
            let hard = self.chance(25);
            let weight = self.pick(&[0.3, 1.0, 3.0, 10.0]) / f64::from(residents.max(1));
            scenario.services[s].promise = Promise {
                reach: Reach { access: Seconds(100 * self.int(1, 20)), hours: self.pick(&[24, 24, 36, 48, 48, 72]) },
                clock: self.pick(&[ClockKind::Working, ClockKind::Calendar]),
                mode: if hard { PromiseMode::Hard } else { PromiseMode::Soft(weight) },
                to,
            };
            let length = scenario.services[s].appointment;
            for vehicle in scenario.vehicles.iter_mut().filter(|v| v.offers.iter().any(|o| o.service.index() == s)) {
                vehicle.min_session = vehicle.min_session.max(length);
                vehicle.max_session = vehicle.max_session.max(vehicle.min_session);
            }
        }
        for k in 0..scenario.care_points.len() {
            for day in 0..7 {
                if self.chance(30) {
                    let from = self.int(8, 13) * 3600;
                    scenario.care_points[k].hours[day] = vec![window(from, from + self.int(1, 5) * 3600)];
                }
            }
        }
        let day = self.count(0, scenario.horizon.weeks * 7 - 1);
        if self.chance(30) && scenario.vehicles.iter().all(|v| v.shifts[day as usize % 7].is_none()) {
            let date = scenario.horizon.start + Days::new(u64::from(day));
            let holiday = CalendarDay { from: date, to: date, name: String::new() };
            scenario.calendar.public_holidays.push(holiday);
        }
    }

    fn seats(&mut self, scenario: &mut Scenario) {
        for service in &mut scenario.services {
            if self.tight(Family::Overbooking) || self.chance(60) {
                service.overbooking = self.pick(&[1.05, 1.1, 1.25, 1.5, 2.0]);
            }
            if self.tight(Family::Reserve) || self.chance(60) {
                service.reserve = self.pick(&[1, 1, 1, 2, 3]);
            }
        }
    }

    /// A day on which some vehicle works, if any does.
    fn working_day(&mut self, scenario: &Scenario) -> u32 {
        let days = scenario.horizon.weeks * 7;
        let works = |d: &u32| scenario.vehicles.iter().any(|v| v.shifts[*d as usize % 7].is_some());
        let all: Vec<u32> = (0..days).filter(works).collect();
        if all.is_empty() { 0 } else { self.pick(&all) }
    }

    /// Permits that can be had by some day of the horizon, a few of them by the first.
    fn permits(&mut self, scenario: &mut Scenario) {
        let before = self.count(0, 10);
        let start = scenario.horizon.start;
        scenario.now = self.chance(95).then(|| start - Days::new(u64::from(before)));
        for s in 0..scenario.sites.len() {
            if self.chance(75) {
                // Often just in time, or a day late.
                let day = self.working_day(scenario) + self.pick(&[0, 1, 1]);
                scenario.sites[s].permit = self.pick(&[PermitStatus::Requested, PermitStatus::None]);
                scenario.sites[s].permit_lead_days = before + day;
            }
        }
    }

    fn weekdays(&mut self, scenario: &mut Scenario) {
        scenario.prices.weekday_price = self.pick(&[0.05, 0.2, 0.5, 0.5, 1.0]);
        for s in 0..scenario.sites.len() {
            for weekday in 0..6 {
                let works = scenario.vehicles.iter().any(|v| v.shifts[weekday].is_some());
                let bit = 1 << weekday;
                match self.int(0, if works { 3 } else { 5 }) {
                    0 => scenario.sites[s].preferred.0 |= bit,
                    1 => scenario.sites[s].avoided.0 |= bit,
                    _ => {}
                }
            }
        }
    }

    /// One or two crews, each needed by a vehicle, a service or a site, or several of them.
    fn crew(&mut self, scenario: &mut Scenario) {
        for c in 0..self.pick(&[1, 1, 2]) {
            let weekdays = if self.chance(60) { Weekdays::ALL } else { Weekdays(self.rng.random_range(0..128)) };
            let mut exceptions = Vec::new();
            for _ in 0..self.pick(&[0, 0, 1, 2]) {
                let day = self.working_day(scenario);
                let from = scenario.horizon.start + Days::new(u64::from(day));
                exceptions.push((from, from + Days::new(u64::from(self.count(0, 2))), self.count(0, 2)));
            }
            scenario.crews.push(Crew {
                id: format!("crew{c}"),
                name: Text { fr: String::new(), en: String::new() },
                heads: self.pick(&[0, 1, 1, 1, 1, 2]),
                weekdays,
                exceptions,
            });
            let crew = CrewId::new(c);
            let of_vehicles = self.chance(40);
            let of_services = self.chance(30);
            for vehicle in &mut scenario.vehicles {
                if of_vehicles && self.chance(80) {
                    vehicle.crew.push(crew);
                }
            }
            for service in &mut scenario.services {
                if of_services && self.chance(60) {
                    service.crew.push(crew);
                }
            }
            for site in &mut scenario.sites {
                if self.chance(if of_vehicles || of_services { 15 } else { 60 }) {
                    site.crew.push(crew);
                }
            }
        }
    }

    fn control(&mut self, scenario: &mut Scenario, grid: i32) {
        for vehicle in &mut scenario.vehicles {
            if self.chance(85) {
                vehicle.quality_control = Seconds(self.pick(&[600, 1500, grid / 2, grid, grid, 2 * grid]));
            }
        }
    }

    /// The weekdays on which each vehicle works, some of them one after the other.
    pub(super) fn days_with_nights(&mut self, weeks: u32, vehicles: u32) -> Vec<Vec<usize>> {
        let row = self.tight(Family::NightsInARow);
        let dates = self.tight(Family::NightDates) && self.chance(75);
        let apart = self.tight(Family::DaysOff) || dates || row && self.chance(40) || self.chance(15);
        let day = self.int(0, 2) as usize;
        let first = match weeks {
            1 if apart && self.chance(40) => vec![day, day + 2, 5],
            1 if apart => vec![day, day + 2],
            1 => (day..day + if row { 3 } else { self.pick(&[2, 2, 3]) }).collect(),
            // Nights that join two weeks.
            _ if apart => self.pick(&[[0, 5], [0, 4], [1, 3]]).to_vec(),
            _ => self.pick(&[[0, 6], [0, 1], [2, 3]]).to_vec(),
        };
        let mut all = vec![first];
        for _ in 1..vehicles {
            let day = self.pick(&all[0]);
            all.push(vec![day]);
        }
        all
    }

    /// Nights out. The days and roads that make them worth while are drawn with the others.
    fn nights(&mut self, scenario: &mut Scenario, travel: &Table) {
        let mut homes: Vec<i32> = Vec::new();
        let tight = |f| self.tight(f);
        let (across, row) = (tight(Family::DaysOff), tight(Family::NightsInARow));
        let dates = tight(Family::NightDates);
        for vehicle in &mut scenario.vehicles {
            let most = if row { 1 } else { self.count(if across || dates { 2 } else { 1 }, 4) };
            let across_days_off = self.chance(if across { 10 } else { 80 }) || dates;
            if self.chance(90) || dates {
                vehicle.nights = Some(Nights { in_a_row: most, across_days_off });
            }
            // Without pack-down a tour that leaves where it woke might begin with its break.
            vehicle.pack_down = vehicle.pack_down.max(Seconds(60));
            let home = |s: &Site| travel.vehicle(vehicle, s.commune, vehicle.base).map(|leg| leg.seconds.0);
            homes.extend(scenario.sites.iter().filter_map(home));
        }
        for site in &mut scenario.sites {
            site.pack_down = site.pack_down.map(|p| p.max(Seconds(60)));
        }
        homes.sort_unstable();
        let far = self.rng.random_range(homes.len() / 2..homes.len());
        let least = match self.tight(Family::NightDrive) {
            true => homes[far] + self.pick(&[0, 1, 1]),
            false if self.chance(30) && !dates => self.pick(&homes),
            false => 0,
        };
        scenario.limits.night_min_drive = Seconds(least);
        scenario.prices.night_price = self.pick(&[0.02, 0.05, 0.1, 0.1, 0.3, 1.0]);
        if dates {
            scenario.prices.night_price = 0.02;
        }
        // What makes coming home dear.
        if self.chance(60) || dates {
            scenario.prices.driving_price_per_hour = self.pick(&[0.3, 0.5, 1.0, 2.0]);
        }
        if self.chance(60) || dates {
            let grid = scenario.time.grid.0;
            for vehicle in &mut scenario.vehicles {
                vehicle.set_up = Seconds(grid * self.int(4, 10) / 10);
                vehicle.pack_down = Seconds(grid * self.int(2, 8) / 10);
            }
        }
        if dates || self.chance(30) {
            self.mornings_after(scenario, if dates { 90 } else { 70 });
        }
    }

    /// Sites that may not be used on the date after a working day, worked or not.
    fn mornings_after(&mut self, scenario: &mut Scenario, percent: u32) {
        let day = self.working_day(scenario) + 1;
        for s in 0..scenario.sites.len() {
            if !self.chance(percent) {
                continue;
            }
            let date = scenario.horizon.start + Days::new(u64::from(day));
            let site = &mut scenario.sites[s];
            match self.int(0, 3) {
                0 => site.weekdays.0 &= !(1 << (day % 7)),
                1 => site.available.1 = Some(date - Days::new(1)),
                _ => site.blocked.0.push((date, date)),
            }
        }
    }
}

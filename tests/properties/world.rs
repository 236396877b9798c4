//! The rules as the enumerator reads them, with one family of them set aside if asked.

use chrono::{Datelike as _, Weekday};
use tournee::domain::{CommuneId, DayId, Scenario, SiteId, VehicleId, Window};
use tournee::travel::Table;
use tournee::units::Seconds;

/// A family of constraints of model.md that can bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Shift,
    PublicHours,
    Break,
    WorkingDay,
    WorkingWeek,
    Driving,
    SessionLength,
    VisitsPerDay,
    Spacing,
    Locks,
    Fit,
    SetUp,
    Due,
    StayShare,
    Appointments,
    Invitations,
    Fairness,
    /// Not a rule by itself: that visits which spacing allows by their number can be dealt to
    /// weeks far enough apart.
    Dealing,
    /// Appointments beyond those there are; without it a plan is worse.
    Overbooking,
    /// Appointments held back.
    Reserve,
    /// Days until a permit can be had.
    Permit,
    /// That a visit is worth less on other weekdays than on the best one of its site.
    Weekdays,
    /// Heads of scarce crew.
    Crew,
    /// The weekly quality control.
    Control,
    /// Nights out at all; without them a plan is worse.
    Nights,
    /// What nights cost.
    NightPrice,
    /// How far from the base a night must be.
    NightDrive,
    /// Most nights in a row.
    NightsInARow,
    /// That nobody stays out over days off unless allowed.
    DaysOff,
    /// That a site must be allowed on every date a vehicle stands there.
    NightDates,
    /// That the visits of a stay share what a stay may invite.
    OneStay,
    /// That the commune which hosts a stay is invited.
    Host,
    /// That nobody is invited by ones and twos.
    Few,
    /// That promises that are not kept cost: without that another plan is made.
    Promise,
    /// That the day on which the clock is changed is not as long as others: without that another plan is made.
    Clock,
}

impl Family {
    /// The families that are always drawn; `Rule` names the others.
    pub const ALL: [Self; 17] = [
        Self::Shift,
        Self::PublicHours,
        Self::Break,
        Self::WorkingDay,
        Self::WorkingWeek,
        Self::Driving,
        Self::SessionLength,
        Self::VisitsPerDay,
        Self::Spacing,
        Self::Locks,
        Self::Fit,
        Self::SetUp,
        Self::Due,
        Self::StayShare,
        Self::Appointments,
        Self::Invitations,
        Self::Fairness,
    ];

    /// Whether a tour by itself can break the family; the others speak of several tours or of
    /// people.
    pub fn shapes_tours(self) -> bool {
        use Family::{Crew, Dealing, NightPrice, NightsInARow, Promise, Spacing, Weekdays, WorkingWeek};
        !matches!(self, WorkingWeek | Spacing | Dealing | Weekdays | Crew | NightPrice | NightsInARow | Promise)
            && !self.counts_people()
    }

    /// Whether the family speaks of people.
    pub fn counts_people(self) -> bool {
        use Family::{Appointments, Due, Fairness, Few, Host, Invitations, OneStay, Overbooking, Reserve, StayShare};
        matches!(
            self,
            Due | StayShare | Appointments | Invitations | Fairness | Overbooking | Reserve | OneStay | Host | Few
        )
    }

    /// Whether the family allows more rather than less.
    pub fn loosens(self) -> bool {
        matches!(self, Self::Overbooking | Self::Nights)
    }
}

/// An instance, and the family that is set aside.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub scenario: &'a Scenario,
    pub travel: &'a Table,
    pub without: Option<Family>,
}

impl World<'_> {
    pub fn keeps(&self, family: Family) -> bool {
        self.without != Some(family)
    }

    /// By how many seconds a day is longer than others: the clock is put on on the last Sunday of March at two, and back on
    /// that of October at three.
    pub fn longer(&self, day: usize) -> i32 {
        let date = self.date(day);
        if !self.keeps(Family::Clock) {
            return 0;
        }
        match (date.weekday(), date.month(), date.day()) {
            (Weekday::Sun, 3, 25..) => -3600,
            (Weekday::Sun, 10, 25..) => 3600,
            _ => 0,
        }
    }

    /// Seconds since midnight at which the clock shows a time of a day: at first, where it does twice; where it never does,
    /// those at which it is put on.
    pub fn real(&self, day: usize, clock: i32) -> i32 {
        match self.longer(day) {
            0 => clock,
            less if less < 0 => clock.min(7200).max(clock + less),
            _ if clock < 10_800 => clock,
            more => clock + more,
        }
    }

    fn real_window(&self, day: usize, window: Window) -> Window {
        Window { from: Seconds(self.real(day, window.from.0)), to: Seconds(self.real(day, window.to.0)) }
    }

    /// Where the break of a day lies.
    pub fn break_window(&self, day: usize) -> (i32, i32) {
        let window = self.real_window(day, self.scenario.time.break_window);
        (window.from.0, window.to.0)
    }

    pub fn grid(&self) -> i32 {
        self.scenario.time.grid.0
    }

    pub fn shift(&self, vehicle: usize, day: usize) -> Option<Window> {
        let v = &self.scenario.vehicles[vehicle];
        let shift = v.shifts[day % 7]?;
        let date = self.date(day);
        if v.days_off.0.iter().any(|r| r.0 <= date && date <= r.1) {
            return None;
        }
        // Two steps more on either side show that the shift binds as well as a whole day would.
        let more = if self.keeps(Family::Shift) { 0 } else { 2 * self.grid() };
        let shift = self.real_window(day, shift);
        Some(Window { from: Seconds(shift.from.0 - more), to: Seconds(shift.to.0 + more) })
    }

    pub fn date(&self, day: usize) -> chrono::NaiveDate {
        self.scenario.horizon.start + chrono::Duration::days(i64::try_from(day).unwrap())
    }

    /// Public hours of a day, on the grid, rounded inwards.
    pub fn public_hours(&self, day: usize) -> Vec<(i32, i32)> {
        let time = &self.scenario.time;
        let windows = if day % 7 < 5 { &time.public_hours } else { &time.weekend_hours };
        let windows: Vec<Window> = windows.iter().map(|&w| self.real_window(day, w)).collect();
        let g = self.grid();
        let up = |t: i32| (t + g - 1) / g * g;
        let down = |t: i32| t / g * g;
        if !self.keeps(Family::PublicHours) && !windows.is_empty() {
            return vec![(down(windows[0].from.0) - g, up(windows[windows.len() - 1].to.0) + g)];
        }
        windows.iter().map(|w| (up(w.from.0), down(w.to.0))).filter(|w| w.0 < w.1).collect()
    }

    /// Driving seconds of a vehicle, `None` without a road.
    pub fn drive(&self, vehicle: usize, from: CommuneId, to: CommuneId) -> Option<i32> {
        self.travel.vehicle(&self.scenario.vehicles[vehicle], from, to).map(|leg| leg.seconds.0)
    }

    pub fn commune_of(&self, site: usize) -> CommuneId {
        self.scenario.sites[site].commune
    }

    pub fn set_up(&self, vehicle: usize, site: usize) -> i32 {
        let time = self.scenario.sites[site].set_up.unwrap_or(self.scenario.vehicles[vehicle].set_up);
        if self.keeps(Family::SetUp) { time.0 } else { 0 }
    }

    pub fn pack_down(&self, vehicle: usize, site: usize) -> i32 {
        let time = self.scenario.sites[site].pack_down.unwrap_or(self.scenario.vehicles[vehicle].pack_down);
        if self.keeps(Family::SetUp) { time.0 } else { 0 }
    }

    /// Shortest and longest session, seconds.
    pub fn session_lengths(&self, vehicle: usize) -> (i32, i32) {
        let v = &self.scenario.vehicles[vehicle];
        if self.keeps(Family::SessionLength) { (v.min_session.0, v.max_session.0) } else { (1, i32::MAX) }
    }

    pub fn most_visits(&self, vehicle: usize) -> usize {
        let v = &self.scenario.vehicles[vehicle];
        v.max_visits_per_day as usize + usize::from(!self.keeps(Family::VisitsPerDay))
    }

    /// Whether the vehicle may visit the site on the day, by fit, dates and forbidden visits.
    pub fn may_visit(&self, vehicle: usize, day: usize, site: usize) -> bool {
        let (v, s) = (&self.scenario.vehicles[vehicle], &self.scenario.sites[site]);
        let date = self.date(day);
        let fits = s.vehicle_kinds.contains(&v.kind)
            && (!v.needs.power || s.power)
            && (!v.needs.level_ground || s.level_ground)
            && (!v.needs.ramp_access || s.ramp_access)
            && (!v.needs.network || s.network)
            && self.dated(day, site);
        let lead = chrono::Duration::days(i64::from(s.permit_lead_days));
        let told = self.scenario.published.iter().flat_map(|p| &p.visits);
        let told = told.into_iter().any(|v| (v.day.index(), v.site.index()) == (day, site));
        let early = self.scenario.now.is_some_and(|now| now + lead > date) && !told;
        let locked = self
            .scenario
            .locks
            .iter()
            .any(|l| (l.vehicle.index(), l.day.index(), l.site.index()) == (vehicle, day, site));
        let forbidden = self.scenario.forbidden.iter().any(|f| {
            f.vehicle.unwrap_or(VehicleId::new(vehicle)).index() == vehicle
                && f.day.unwrap_or(DayId::new(day)).index() == day
                && f.site.unwrap_or(SiteId::new(site)).index() == site
        });
        (fits || !self.keeps(Family::Fit))
            && (!self.done(vehicle, day) || locked)
            && (!early || !self.keeps(Family::Permit))
            && (!forbidden || !self.keeps(Family::Locks))
    }

    /// Whether a site may be used on a day, by its dates and weekdays.
    pub fn dated(&self, day: usize, site: usize) -> bool {
        let (s, date) = (&self.scenario.sites[site], self.date(day));
        s.available.0.is_none_or(|d| d <= date)
            && s.available.1.is_none_or(|d| d >= date)
            && s.weekdays.0 & (1 << (day % 7)) != 0
            && !s.blocked.0.iter().any(|r| r.0 <= date && date <= r.1)
    }

    /// Visits locked on a vehicle's day: site, and sessions in seconds where they are agreed.
    #[allow(clippy::type_complexity)]
    pub fn locked(&self, vehicle: usize, day: usize) -> Vec<(usize, Option<Vec<(i32, i32)>>)> {
        if !self.keeps(Family::Locks) {
            return Vec::new();
        }
        let locks = &self.scenario.locks;
        locks
            .iter()
            .filter(|l| l.vehicle.index() == vehicle && l.day.index() == day)
            .map(|l| {
                let sessions = l.sessions.as_ref();
                (l.site.index(), sessions.map(|s| s.iter().map(|w| (w.from.0, w.to.0)).collect()))
            })
            .collect()
    }

    /// Services with a pool aboard a vehicle on a day: service, seconds an appointment, lanes.
    pub fn services(&self, vehicle: usize, day: usize) -> Vec<(usize, i32, u32)> {
        self.scenario.vehicles[vehicle]
            .offers
            .iter()
            .filter(|o| o.weekdays.0 & (1 << (day % 7)) != 0)
            .filter(|o| self.scenario.services[o.service.index()].pool.is_some())
            .map(|o| (o.service.index(), self.scenario.services[o.service.index()].appointment.0, o.lanes))
            .collect()
    }

    /// Days on which a vehicle works, as (vehicle, day).
    pub fn vehicle_days(&self) -> Vec<(usize, usize)> {
        let days = self.scenario.horizon.weeks as usize * 7;
        (0..self.scenario.vehicles.len())
            .flat_map(|v| (0..days).map(move |d| (v, d)))
            .filter(|&(v, d)| self.shift(v, d).is_some())
            .collect()
    }
}

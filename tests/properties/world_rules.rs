//! The rules of `Rule` as the enumerator reads them.

use super::world::{Family, World};
use tournee::domain::CrewId;

impl World<'_> {
    /// Expected attendance of a visit, at most: appointments times the first, less the second.
    pub fn seats(&self, service: usize) -> (f64, f64) {
        let kind = &self.scenario.services[service];
        let overbooking = if self.keeps(Family::Overbooking) { kind.overbooking } else { 1.0 };
        let reserve = if self.keeps(Family::Reserve) { f64::from(kind.reserve) } else { 0.0 };
        (overbooking, reserve)
    }

    /// What a visit is worth for its weekday; with the family set aside, on the best weekday.
    pub fn weekday_worth(&self, site: usize, day: usize) -> f64 {
        let place = &self.scenario.sites[site];
        let sign = |weekday: usize| match (place.preferred.0 >> weekday & 1, place.avoided.0 >> weekday & 1) {
            (1, 0) => 1.0,
            (0, 1) => -1.0,
            _ => 0.0,
        };
        let best = (0..7).map(sign).fold(-1.0, f64::max);
        self.scenario.prices.weekday_price * if self.keeps(Family::Weekdays) { sign(day % 7) } else { best }
    }

    /// Whether a tour that visits some sites binds a head of a crew.
    pub fn binds(&self, crew: usize, vehicle: usize, day: usize, mut sites: impl Iterator<Item = usize>) -> bool {
        let crew = CrewId::new(crew);
        let v = &self.scenario.vehicles[vehicle];
        let aboard = v.offers.iter().filter(|o| o.weekdays.0 >> (day % 7) & 1 == 1);
        v.crew.contains(&crew)
            || aboard.into_iter().any(|o| self.scenario.services[o.service.index()].crew.contains(&crew))
            || sites.any(|s| self.scenario.sites[s].crew.contains(&crew))
    }

    /// Heads of a crew on a day.
    pub fn heads(&self, crew: usize, day: usize) -> usize {
        let (crew, date) = (&self.scenario.crews[crew], self.date(day));
        let usual = if crew.weekdays.0 >> (day % 7) & 1 == 1 { crew.heads } else { 0 };
        crew.exceptions.iter().find(|e| e.0 <= date && date <= e.1).map_or(usual, |e| e.2) as usize
    }

    /// Seconds of the weekly quality control, 0 without one.
    pub fn control(&self, vehicle: usize) -> i32 {
        let length = self.scenario.vehicles[vehicle].quality_control.0;
        if self.keeps(Family::Control) { length } else { 0 }
    }

    /// Nights from a working day to the next if the vehicle may spend them out.
    pub fn nights_after(&self, vehicle: usize, day: usize) -> Option<usize> {
        let nights = self.scenario.vehicles[vehicle].nights.filter(|_| self.keeps(Family::Nights))?;
        let days = self.scenario.horizon.weeks as usize * 7;
        let next = (day + 1..days).find(|&d| self.shift(vehicle, d).is_some())?;
        let across = nights.across_days_off || !self.keeps(Family::DaysOff);
        (across || next == day + 1).then_some(next - day)
    }

    /// Most nights in a row.
    pub fn most_nights(&self, vehicle: usize) -> usize {
        let most = self.scenario.vehicles[vehicle].nights.map_or(0, |n| n.in_a_row as usize);
        if self.keeps(Family::NightsInARow) { most } else { usize::MAX }
    }

    /// Whether the night after a working day may be spent at a site: far enough from the base, and the
    /// site may be used on every date until the vehicle goes on.
    pub fn may_sleep(&self, vehicle: usize, day: usize, site: usize) -> bool {
        let Some(nights) = self.nights_after(vehicle, day) else { return false };
        let home = self.drive(vehicle, self.commune_of(site), self.scenario.vehicles[vehicle].base);
        let least = if self.keeps(Family::NightDrive) { self.scenario.limits.night_min_drive.0 } else { 0 };
        let dated = !self.keeps(Family::NightDates) || (day + 1..=day + nights).all(|d| self.dated(d, site));
        dated && home.is_some_and(|home| home >= least)
    }

    /// Sites where a vehicle may wake on a working day.
    pub fn may_wake(&self, vehicle: usize, day: usize) -> Vec<usize> {
        let Some(before) = (0..day).rev().find(|&d| self.shift(vehicle, d).is_some()) else { return Vec::new() };
        let slept = |s: &usize| self.may_sleep(vehicle, before, *s) && self.may_visit(vehicle, before, *s);
        (0..self.scenario.sites.len()).filter(slept).collect()
    }

    pub fn night_price(&self) -> f64 {
        if self.keeps(Family::NightPrice) { self.scenario.prices.night_price } else { 0.0 }
    }
}

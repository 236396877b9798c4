//! The whole scenario.

use super::{
    Additionality, Calendar, CarePoint, Commune, CommuneId, Costs, Crew, CrewId, DayId, Fairness, Forbidden, Lock,
    PastVisit, Position, PromiseMode, Published, Reference, Service, Site, SiteId, Territory, Vehicle, VehicleId,
    Window,
};
use crate::i18n::Names;
use crate::units::Seconds;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;

/// A whole number of ISO weeks from a Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// The first Monday.
    pub start: NaiveDate,
    /// Number of weeks, at least 1.
    pub weeks: u32,
}

impl Horizon {
    /// Number of days.
    #[must_use]
    pub fn days(self) -> usize {
        self.weeks as usize * 7
    }

    /// The date of a day.
    #[must_use]
    pub fn date(self, day: DayId) -> NaiveDate {
        self.start + Days::new(u64::from(day.0))
    }

    /// The day of a date, if it lies in the horizon.
    #[must_use]
    pub fn day(self, date: NaiveDate) -> Option<DayId> {
        let offset = (date - self.start).num_days();
        let days = i64::try_from(self.days()).ok()?;
        (0..days).contains(&offset).then(|| DayId(u32::try_from(offset).unwrap_or_default()))
    }

    /// Weeks from the start to the date's week, negative before it.
    #[must_use]
    pub fn week_of(self, date: NaiveDate) -> i64 {
        let monday = date - Days::new(u64::from(date.weekday().num_days_from_monday()));
        (monday - self.start).num_days() / 7
    }

    /// The last date.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.date(DayId(self.weeks * 7 - 1))
    }
}

/// Times that hold for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeRules {
    /// Sessions begin and end on multiples of this.
    pub grid: Seconds,
    /// Hours in which sessions may lie, Monday to Friday; sorted and disjoint.
    pub public_hours: Vec<Window>,
    /// The same on Saturdays and Sundays; empty when nothing opens then.
    pub weekend_hours: Vec<Window>,
    /// Length of the break.
    pub break_length: Seconds,
    /// Where the break lies.
    pub break_window: Window,
    /// Days before a visit at which invitations are sent.
    pub send_ahead_days: u32,
    /// Months in which a person invited is not invited again.
    pub reinvite_months: u32,
}

/// Limits on the work of a crew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkLimits {
    /// Working time of a tour: arrival − departure − break.
    pub work_per_day: Seconds,
    /// Working time of a vehicle's crew in one ISO week.
    pub work_per_week: Seconds,
    /// Driving in one day.
    pub driving_per_day: Seconds,
    /// A vehicle spends a night only at sites from which its trip to the base takes at least this.
    pub night_min_drive: Seconds,
}

/// How access and driving are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TravelRules {
    /// Door to door: added once to every trip.
    pub door: Seconds,
    /// Access time is never below this.
    pub min_access: Seconds,
    /// Nobody is invited from farther away.
    pub max_access: Seconds,
}

/// Prices of the score, in weighted contacts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreRules {
    /// Of one hour of driving.
    pub driving_price_per_hour: f64,
    /// Of one night out.
    pub night_price: f64,
    /// Of one change to a published visit.
    pub change_price: f64,
    /// What a visit on a preferred weekday of its site is worth, and one on an avoided day costs.
    pub weekday_price: f64,
}

/// Names of groups of communes, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Areas {
    /// Départements.
    pub departements: BTreeMap<String, String>,
    /// Intercommunalities.
    pub intercommunalities: BTreeMap<String, String>,
}

/// One validated, immutable planning problem. Built by [`crate::config::load`]; every id in it
/// is valid, every list is in the order of its ids.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Short name, used in file names.
    pub name: String,
    /// Title people read.
    pub title: String,
    /// What the identifiers of its calendar events end in.
    pub domain: String,
    /// Labels shown wherever figures are shown: demonstration data, estimates.
    pub labels: Vec<crate::i18n::Text>,
    /// SHA-256 over all inputs, in hexadecimal.
    pub input_hash: String,
    /// The weeks planned.
    pub horizon: Horizon,
    /// Date of planning, from which send-by dates are judged; `None` when not given.
    pub now: Option<NaiveDate>,
    /// Rules on times.
    pub time: TimeRules,
    /// Limits on work.
    pub limits: WorkLimits,
    /// Rules on travel.
    pub travel: TravelRules,
    /// Prices.
    pub prices: ScoreRules,
    /// Fairness.
    pub fairness: Fairness,
    /// Holidays.
    pub calendar: Calendar,
    /// All communes, those out of scope included.
    pub communes: Vec<Commune>,
    /// Where one drives to: first the communes, in their order, then what does not stand at a town hall.
    pub positions: Vec<Position>,
    /// Names of départements and intercommunalities, where they are known.
    pub areas: Areas,
    /// Territories.
    pub territories: Vec<Territory>,
    /// Sites in scope.
    pub sites: Vec<Site>,
    /// Fixed places of care that count.
    pub care_points: Vec<CarePoint>,
    /// Fixed imaging sites.
    pub imaging_sites: Vec<CarePoint>,
    /// Services.
    pub services: Vec<Service>,
    /// Scarce crew.
    pub crews: Vec<Crew>,
    /// The fleet.
    pub vehicles: Vec<Vehicle>,
    /// Visits before the horizon, by date.
    pub past: Vec<PastVisit>,
    /// Visits that must be in the plan.
    pub locks: Vec<Lock>,
    /// Visits that must not be.
    pub forbidden: Vec<Forbidden>,
    /// What was published before, where a plan is made anew.
    pub published: Option<Published>,
    /// What things cost, where that is known.
    pub costs: Option<Costs>,
}

impl Scenario {
    /// The fixed places against which additional attendance of a service is measured (model.md section 4).
    pub fn reference_places<'a>(
        &'a self,
        service: &'a Service,
        rule: &'a Additionality,
    ) -> impl Iterator<Item = &'a CarePoint> {
        let fixed = match rule.reference {
            Reference::Imaging => &self.imaging_sites,
            Reference::CarePoints => &self.care_points,
        };
        let offers = |p: &&CarePoint| rule.reference == Reference::Imaging || p.services.contains(&service.id);
        fixed.iter().filter(offers).filter(|p| rule.counts(p.status))
    }

    /// Whether it can be said of those who come for a service how many would not have come otherwise: there is a fixed place to
    /// measure against, or every commune in scope has its share (model.md section 4).
    #[must_use]
    pub fn knows_additional(&self, service: &str) -> bool {
        let Some(service) = self.services.iter().find(|s| s.id == service) else { return false };
        let Some(rule) = service.pool.as_ref().and_then(|pool| pool.additionality.as_ref()) else { return false };
        self.reference_places(service, rule).next().is_some()
            || self.communes.iter().filter(|c| c.in_scope).all(|c| c.additional_share.is_some())
    }

    /// Vehicles by identifier and name.
    #[must_use]
    pub fn vehicle_names(&self) -> Names<VehicleId> {
        Names::new(self.vehicles.iter().enumerate().map(|(k, v)| (VehicleId::new(k), v.id.as_str(), [v.name.as_str()])))
    }

    /// Sites by identifier, by name, and by the name of their commune.
    #[must_use]
    pub fn site_names(&self) -> Names<SiteId> {
        Names::new(self.sites.iter().enumerate().map(|(k, s)| {
            let commune = &self.communes[s.commune.index()].name;
            (SiteId::new(k), s.id.as_str(), [s.name.as_str(), commune.as_str()])
        }))
    }

    /// Communes by INSEE code and name.
    #[must_use]
    pub fn commune_names(&self) -> Names<CommuneId> {
        Names::new(
            self.communes.iter().enumerate().map(|(k, c)| (CommuneId::new(k), c.code.as_str(), [c.name.as_str()])),
        )
    }

    /// Whether any promise is hard.
    #[must_use]
    pub fn promises_hard(&self) -> bool {
        self.services.iter().any(|service| service.promise.mode == PromiseMode::Hard)
    }

    /// The shift of a vehicle on a day, `None` when it is off.
    #[must_use]
    pub fn shift(&self, vehicle: VehicleId, day: DayId) -> Option<Window> {
        let date = self.horizon.date(day);
        let v = &self.vehicles[vehicle.index()];
        if v.days_off.contains(date) || (!v.works_public_holidays && self.calendar.public_holiday(date).is_some()) {
            return None;
        }
        v.shifts[date.weekday().num_days_from_monday() as usize]
    }

    /// The hours in which sessions may lie on a day.
    #[must_use]
    pub fn public_hours(&self, day: DayId) -> &[Window] {
        let date = self.horizon.date(day);
        if date.weekday().num_days_from_monday() < 5 { &self.time.public_hours } else { &self.time.weekend_hours }
    }

    /// Set-up time of a vehicle at a site.
    #[must_use]
    pub fn set_up(&self, vehicle: VehicleId, site: SiteId) -> Seconds {
        self.sites[site.index()].set_up.unwrap_or(self.vehicles[vehicle.index()].set_up)
    }

    /// Pack-down time of a vehicle at a site.
    #[must_use]
    pub fn pack_down(&self, vehicle: VehicleId, site: SiteId) -> Seconds {
        self.sites[site.index()].pack_down.unwrap_or(self.vehicles[vehicle.index()].pack_down)
    }

    /// Weekday price of a visit to a site on a day: positive where preferred, negative where
    /// avoided.
    #[must_use]
    pub fn weekday_worth(&self, site: SiteId, day: DayId) -> f64 {
        let (place, date) = (&self.sites[site.index()], self.horizon.date(day));
        let sign =
            f64::from(u8::from(place.preferred.contains(date))) - f64::from(u8::from(place.avoided.contains(date)));
        sign * self.prices.weekday_price
    }

    /// Whether a site's permit can be had by a day, where planning has a date.
    #[must_use]
    pub fn permitted(&self, site: SiteId, day: DayId) -> bool {
        if self.published.as_ref().is_some_and(|p| p.visits.iter().any(|v| (v.site, v.day) == (site, day))) {
            return true;
        }
        let lead = Days::new(u64::from(self.sites[site.index()].permit_lead_days));
        let from = |now: NaiveDate| now.checked_add_days(lead);
        self.now.is_none_or(|now| from(now).is_some_and(|first| first <= self.horizon.date(day)))
    }

    /// Whether a vehicle may visit a site on a day: the site takes it, is open, permitted, not forbidden; other visits aside.
    #[must_use]
    pub fn usable(&self, vehicle: VehicleId, day: DayId, site: SiteId) -> bool {
        let at = &self.sites[site.index()];
        at.takes(&self.vehicles[vehicle.index()])
            && at.open_on(self.horizon.date(day))
            && self.permitted(site, day)
            && !self.forbidden.iter().any(|f| f.covers(vehicle, day, site))
    }

    /// Heads of a crew available on a day.
    #[must_use]
    pub fn heads(&self, crew: CrewId, day: DayId) -> u32 {
        self.crews[crew.index()].available(self.horizon.date(day))
    }

    /// The position of a service by its identifier.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<super::ServiceId> {
        self.services.iter().position(|s| s.id == id).map(super::ServiceId::new)
    }
}

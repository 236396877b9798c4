//! The plan with its identifiers looked up, its instants read and its stops matched.
//!
//! Nothing here judges; what cannot be resolved is `None`, and the rules say so or pass over it.

use super::offered::{self, Offered};
use super::pools::PoolView;
use super::stays;
use crate::domain::{DayId, Scenario, SiteId, Vehicle, VehicleId, Window};
use crate::plan::{Break, Plan, Stop, Tour, Visit, at, instant, second_of_day};
use crate::travel::{self, Table};
use chrono::{DateTime, FixedOffset, NaiveDate};
use std::collections::HashMap;

/// An instant: `local` in seconds after midnight in Paris (of its own date), `utc` in seconds
/// since 1970. `local` is for people and the grid; windows and lengths are judged by `utc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub local: i64,
    pub utc: i64,
}

/// A span between two instants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub from: Moment,
    pub to: Moment,
}

impl Span {
    /// Whether another span lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.from.utc <= other.from.utc && other.to.utc <= self.to.utc
    }

    /// Its length, seconds.
    pub fn length(self) -> i64 {
        self.to.utc - self.from.utc
    }

    /// Whether two spans share more than an end.
    pub fn overlaps(self, other: Self) -> bool {
        self.from.utc < other.to.utc && other.from.utc < self.to.utc
    }
}

/// Years outside which an instant is not looked at: no plan lies there.
const YEARS: (i64, i64) = (-2_208_988_800, 16_725_225_600); // 1900 to 2500, in UTC seconds

/// The date in Paris of an instant, `None` when it lies in no year a plan is about.
pub(super) fn local_date(at: DateTime<FixedOffset>) -> Option<NaiveDate> {
    (YEARS.0..YEARS.1).contains(&at.timestamp()).then(|| second_of_day(at).0)
}

pub(super) fn moment(at: DateTime<FixedOffset>) -> Moment {
    let utc = at.timestamp();
    let local = if local_date(at).is_some() { i64::from(second_of_day(at).1.0) } else { 0 };
    Moment { local, utc }
}

/// A window that the clock states, on the day of an instant (which may not be the one it should be: another rule says so);
/// `None` where that lies in no year a plan is about. Lengths of a day whose clock is changed are real.
pub(super) fn on_the_clock(day_of: Moment, window: Window) -> Option<Span> {
    let date = (YEARS.0..YEARS.1).contains(&day_of.utc).then(|| second_of_day(at(day_of.utc)).0)?;
    Some(Span { from: moment(instant(date, window.from)), to: moment(instant(date, window.to)) })
}

/// An end of a leg whose identifier is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Base,
    Site(SiteId),
}

#[derive(Debug)]
pub(super) struct LegView {
    pub from: Option<Place>,
    pub to: Option<Place>,
    pub span: Span,
    /// The trip of the travel table.
    pub trip: Option<travel::Leg>,
}

#[derive(Debug)]
pub(super) struct TourView<'a> {
    pub tour: &'a Tour,
    pub vehicle: Option<VehicleId>,
    pub day: Option<DayId>,
    pub span: Span,
    pub legs: Vec<LegView>,
    pub pause: Option<Span>,
    pub quality_control: Option<Span>,
    /// Site where the vehicle spent the night before, where it did and its identifier is known.
    pub woke: Option<SiteId>,
    /// Site where it spends the night after, likewise.
    pub sleeps: Option<SiteId>,
    /// Visits that have a stop in it, in its order.
    pub visits: Vec<usize>,
    /// The vehicle's next tour, by date.
    pub next: Option<usize>,
    /// The vehicle's tour before, by date.
    pub before: Option<usize>,
    /// Nights out after it: until the next tour, where that goes on from the same site.
    pub nights: u32,
    /// How it is called in messages.
    pub name: String,
}

impl TourView<'_> {
    /// Driving, seconds: the table's where it has the trip, else the stated one.
    pub fn driving(&self) -> u64 {
        self.legs.iter().zip(&self.tour.legs).fold(0, |sum, (leg, stated)| {
            let seconds = leg.trip.map_or(stated.seconds, |t| u32::try_from(t.seconds.0).unwrap_or_default());
            sum + u64::from(seconds)
        })
    }

    /// Length of its trips, metres: the table's where it has the trip, else the stated one.
    pub fn metres(&self) -> u64 {
        let metres = |(leg, stated): (&LegView, &crate::plan::Leg)| leg.trip.map_or(stated.metres, |t| t.metres.0);
        self.legs.iter().zip(&self.tour.legs).map(|pair| u64::from(metres(pair))).sum()
    }
}

#[derive(Debug)]
pub(super) struct VisitView<'a> {
    pub visit: &'a Visit,
    pub vehicle: Option<VehicleId>,
    pub site: Option<SiteId>,
    pub day: Option<DayId>,
    /// From arrival to departure.
    pub span: Span,
    pub sessions: Vec<Span>,
    /// Where it lies in its tour.
    pub stop: Option<Call>,
}

/// The stop of a visit in its tour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub tour: usize,
    /// The leg that arrives; `None` where the vehicle slept there.
    pub arrival: Option<usize>,
    /// The leg that leaves, if one does.
    pub departure: Option<usize>,
    /// Whether the vehicle sleeps there after it.
    pub sleeps: bool,
}

impl VisitView<'_> {
    /// Vehicle and site, where both are known.
    pub fn pair(&self) -> Option<(VehicleId, SiteId)> {
        self.vehicle.zip(self.site)
    }

    /// Whether the vehicle slept there the night before: no arrival, no set-up.
    pub fn woke(&self) -> bool {
        self.stop.is_some_and(|s| s.arrival.is_none())
    }

    /// Whether it sleeps there the night after: no departure, no pack-down.
    pub fn sleeps(&self) -> bool {
        self.stop.is_some_and(|s| s.sleeps)
    }
}

/// The plan, resolved against the scenario.
pub(super) struct View<'a> {
    pub scenario: &'a Scenario,
    pub travel: &'a Table,
    pub plan: &'a Plan,
    pub tours: Vec<TourView<'a>>,
    pub visits: Vec<VisitView<'a>>,
    /// Stops without a visit: tour, and the leg that arrives.
    pub empty_stops: Vec<(usize, usize)>,
    /// Stays, by the position of their first visit; the visits of each in order.
    pub stays: Vec<Vec<usize>>,
    /// Positions of communes by INSEE code.
    pub communes: HashMap<&'a str, usize>,
    /// Pools, in the order of the services; `None` without one.
    pub pools: Vec<Option<PoolView>>,
    /// What the visits list as services, in the order of visits.
    pub offered: Vec<Offered<'a>>,
}

impl<'a> View<'a> {
    /// `O(legs + visits + communes)` look-ups.
    pub fn new(scenario: &'a Scenario, travel: &'a Table, plan: &'a Plan) -> Self {
        let sites: HashMap<&str, SiteId> =
            scenario.sites.iter().enumerate().map(|(k, s)| (s.id.as_str(), SiteId::new(k))).collect();
        let vehicles: HashMap<&str, VehicleId> =
            scenario.vehicles.iter().enumerate().map(|(k, v)| (v.id.as_str(), VehicleId::new(k))).collect();
        let communes = scenario.communes.iter().enumerate().map(|(k, c)| (c.code.as_str(), k)).collect();
        let tours = plan.tours.iter().map(|t| tour_view(scenario, travel, t, &vehicles, &sites)).collect();
        let visits = plan.visits.iter().map(|v| visit_view(scenario, v, &vehicles, &sites)).collect();
        let pools = PoolView::all(scenario, travel);
        let mut view = Self {
            scenario,
            travel,
            plan,
            tours,
            visits,
            empty_stops: Vec::new(),
            stays: Vec::new(),
            communes,
            pools,
            offered: Vec::new(),
        };
        stays::link(&mut view.tours);
        view.empty_stops = stays::match_stops(&mut view.tours, &mut view.visits);
        view.stays = stays::stays(&view.tours, &view.visits);
        view.offered = offered::all(&view);
        view
    }

    /// Whether a visit is past, locked or booked in a plan made anew: whom it invites was published, and is a fact.
    pub fn is_fact(&self, visit: &VisitView) -> bool {
        self.plan.revision.as_ref().is_some_and(|revision| revision.fixed.contains(&visit.visit.id))
    }

    /// Whether a fact is past, or of a day that has begun: then it stays where it is, whatever today's tables say of the site.
    pub fn has_begun(&self, visit: &VisitView) -> bool {
        let day = visit.pair().zip(visit.day).map(|((vehicle, _), day)| (vehicle, day));
        let known = self.scenario.published.as_ref();
        self.is_fact(visit) && day.is_some_and(|day| known.is_some_and(|known| known.done.contains(&day)))
    }

    pub fn vehicle(&self, id: VehicleId) -> &'a Vehicle {
        &self.scenario.vehicles[id.index()]
    }

    /// Set-up due before a visit's first duty, seconds: none where the vehicle slept.
    pub fn set_up(&self, visit: &VisitView) -> Option<i64> {
        let (vehicle, site) = visit.pair()?;
        Some(if visit.woke() { 0 } else { i64::from(self.scenario.set_up(vehicle, site).0) })
    }

    /// Pack-down due after a visit's last session, seconds: none where the vehicle stays.
    pub fn pack_down(&self, visit: &VisitView) -> Option<i64> {
        let (vehicle, site) = visit.pair()?;
        Some(if visit.sleeps() { 0 } else { i64::from(self.scenario.pack_down(vehicle, site).0) })
    }

    /// Whether a tour has no way to go: the vehicle sleeps where it woke.
    pub fn stays_put(&self, tour: &TourView) -> bool {
        tour.legs.is_empty() && tour.woke.is_some() && tour.woke == tour.sleeps
    }

    /// The visit with which a tour opens where the vehicle slept.
    pub fn morning(&self, tour: &TourView) -> Option<&VisitView<'a>> {
        tour.visits.iter().map(|&k| &self.visits[k]).find(|v| v.woke())
    }

    /// Where the vehicle slept and does not open: the span until it leaves, and the pack-down due
    /// in it, seconds.
    pub fn morning_pack_down(&self, tour: &TourView) -> Option<(Span, i64)> {
        let (vehicle, site) = tour.vehicle.zip(tour.woke)?;
        if self.morning(tour).is_some() {
            return None;
        }
        let span = Span { from: tour.span.from, to: tour.legs.first()?.span.from };
        Some((span, i64::from(self.scenario.pack_down(vehicle, site).0)))
    }
}

fn tour_view<'a>(
    scenario: &Scenario,
    travel: &Table,
    tour: &'a Tour,
    vehicles: &HashMap<&str, VehicleId>,
    sites: &HashMap<&str, SiteId>,
) -> TourView<'a> {
    let vehicle = vehicles.get(tour.vehicle.as_str()).copied();
    let place = |stop: &Stop| match stop {
        Stop::Base => Some(Place::Base),
        Stop::Site(id) => sites.get(id.as_str()).copied().map(Place::Site),
    };
    let night = |id: &Option<String>| id.as_ref().and_then(|id| sites.get(id.as_str()).copied());
    let span = |b: &Break| Span { from: moment(b.start), to: moment(b.end) };
    let position = |vehicle: &Vehicle, place: Place| match place {
        Place::Base => vehicle.base.into(),
        Place::Site(site) => scenario.sites[site.index()].position,
    };
    let legs = tour.legs.iter().map(|leg| {
        let (from, to) = (place(&leg.from), place(&leg.to));
        let trip = vehicle.zip(from).zip(to).and_then(|((v, from), to)| {
            let v = &scenario.vehicles[v.index()];
            travel.vehicle(v, position(v, from), position(v, to))
        });
        LegView { from, to, span: Span { from: moment(leg.depart), to: moment(leg.arrive) }, trip }
    });
    TourView {
        tour,
        vehicle,
        day: scenario.horizon.day(tour.date),
        span: Span { from: moment(tour.start), to: moment(tour.end) },
        legs: legs.collect(),
        pause: tour.pause.as_ref().map(span),
        quality_control: tour.quality_control.as_ref().map(span),
        woke: night(&tour.night_before),
        sleeps: night(&tour.night_after),
        visits: Vec::new(),
        next: None,
        before: None,
        nights: u32::from(tour.night_after.is_some()),
        name: format!("{} {}", tour.vehicle, tour.date),
    }
}

fn visit_view<'a>(
    scenario: &Scenario,
    visit: &'a Visit,
    vehicles: &HashMap<&str, VehicleId>,
    sites: &HashMap<&str, SiteId>,
) -> VisitView<'a> {
    VisitView {
        visit,
        vehicle: vehicles.get(visit.vehicle.as_str()).copied(),
        site: sites.get(visit.site.as_str()).copied(),
        day: scenario.horizon.day(visit.date),
        span: Span { from: moment(visit.arrive), to: moment(visit.leave) },
        sessions: visit.sessions.iter().map(|s| Span { from: moment(s.open), to: moment(s.close) }).collect(),
        stop: None,
    }
}

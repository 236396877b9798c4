//! The plan with its identifiers looked up, its instants read and its stops matched.
//!
//! Nothing here judges; what cannot be resolved is `None`, and the rules say so or pass over it.

use super::offered::{self, Offered};
use super::pools::PoolView;
use crate::domain::{DayId, Scenario, SiteId, Vehicle, VehicleId};
use crate::plan::{Plan, Stop, Tour, Visit, second_of_day};
use crate::travel::{self, Table};
use chrono::{DateTime, FixedOffset, NaiveDate};
use std::collections::{BTreeMap, HashMap};

/// An instant: `local` in seconds after midnight in Paris (of its own date), `utc` in seconds
/// since 1970. Times of day are compared by `local`, lengths are differences of `utc`.
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
    /// Visits that have a stop in it.
    pub visits: Vec<usize>,
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
    /// Its tour, and the legs that arrive and leave.
    pub stop: Option<(usize, usize, Option<usize>)>,
}

impl VisitView<'_> {
    /// Vehicle and site, where both are known.
    pub fn pair(&self) -> Option<(VehicleId, SiteId)> {
        self.vehicle.zip(self.site)
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
        let (empty_stops, offered) = (Vec::new(), Vec::new());
        let mut view = Self { scenario, travel, plan, tours, visits, empty_stops, communes, pools, offered };
        view.match_stops();
        view.offered = offered::all(&view);
        view
    }

    pub fn vehicle(&self, id: VehicleId) -> &'a Vehicle {
        &self.scenario.vehicles[id.index()]
    }

    /// The k-th visit of a vehicle to a site on a date belongs to the k-th leg that arrives
    /// there and to the k-th that leaves.
    fn match_stops(&mut self) {
        let mut waiting: BTreeMap<(VehicleId, NaiveDate, SiteId), Vec<usize>> = BTreeMap::new();
        for (k, v) in self.visits.iter().enumerate() {
            if let Some((vehicle, site)) = v.pair() {
                waiting.entry((vehicle, v.visit.date, site)).or_default().push(k);
            }
        }
        for queue in waiting.values_mut() {
            queue.sort_by_key(|&k| std::cmp::Reverse(self.visits[k].span.from.utc));
        }
        for (t, tour) in self.tours.iter_mut().enumerate() {
            let Some(vehicle) = tour.vehicle else { continue };
            let mut used = vec![false; tour.legs.len()];
            for arrival in 0..tour.legs.len() {
                let Some(Place::Site(site)) = tour.legs[arrival].to else { continue };
                let leaves = |k: &usize| !used[*k] && tour.legs[*k].from == Some(Place::Site(site));
                let departure = (0..tour.legs.len()).find(leaves);
                if let Some(k) = departure {
                    used[k] = true;
                }
                match waiting.get_mut(&(vehicle, tour.tour.date, site)).and_then(Vec::pop) {
                    Some(visit) => {
                        self.visits[visit].stop = Some((t, arrival, departure));
                        tour.visits.push(visit);
                    }
                    None => self.empty_stops.push((t, arrival)),
                }
            }
        }
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
    let commune = |vehicle: &Vehicle, place: Place| match place {
        Place::Base => vehicle.base,
        Place::Site(site) => scenario.sites[site.index()].commune,
    };
    let legs = tour.legs.iter().map(|leg| {
        let (from, to) = (place(&leg.from), place(&leg.to));
        let trip = vehicle.zip(from).zip(to).and_then(|((v, from), to)| {
            let v = &scenario.vehicles[v.index()];
            travel.vehicle(v, commune(v, from), commune(v, to))
        });
        LegView { from, to, span: Span { from: moment(leg.depart), to: moment(leg.arrive) }, trip }
    });
    TourView {
        tour,
        vehicle,
        day: scenario.horizon.day(tour.date),
        span: Span { from: moment(tour.start), to: moment(tour.end) },
        legs: legs.collect(),
        pause: tour.pause.as_ref().map(|p| Span { from: moment(p.start), to: moment(p.end) }),
        visits: Vec::new(),
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

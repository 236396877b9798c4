//! Where there are appointments, and when.

use super::Options;
use super::document::{Appointment, AppointmentAt};
use crate::domain::{CareStatus, PositionId, Scenario, ServiceId};
use crate::plan::{Plan, Visit, VisitService};
use crate::promise::{Clock, Period, opening};

/// A visit of the plan, or a fixed point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// The visit's identity.
    Visit(String),
    /// The point's identifier.
    Point(String),
}

/// Somewhere that offers a service.
pub(super) struct Place {
    pub at: Where,
    /// Name, for people.
    pub name: String,
    /// The vehicle of a visit.
    pub vehicle: Option<String>,
    pub service: ServiceId,
    pub position: PositionId,
    /// Languages for which an interpreter is aboard.
    pub languages: Vec<String>,
    /// Length of an appointment, seconds.
    pub length: i64,
    /// When appointments begin, rising.
    pub starts: Vec<i64>,
    /// What the clock of the promise shows then.
    pub readings: Vec<i64>,
    /// How many are free at each.
    pub lanes: Vec<u32>,
    /// How many there are at a time.
    pub at_a_time: u32,
    clock: std::sync::Arc<Clock>,
}

impl Place {
    /// The appointments that begin after an instant, and no later than so many seconds of the clock.
    pub fn window(&self, instant: i64, seconds: i64, now: Option<i64>) -> (usize, usize) {
        let from = self.starts.partition_point(|start| *start < instant.max(now.unwrap_or(instant)));
        let last = self.clock.reading(instant) + seconds;
        (from, self.readings.partition_point(|reading| *reading <= last))
    }

    /// Hours of the clock between two instants.
    pub fn seconds(&self, from: i64, to: i64) -> i64 {
        self.clock.reading(to) - self.clock.reading(from)
    }
}

/// Appointments of a visit that are free for requests: those that the people invited are not expected to need, the
/// `reserve` among them. Of a service without a pool all are.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn free(scenario: &Scenario, own: &VisitService) -> u32 {
    let Some(id) = scenario.service(&own.service) else { return 0 };
    let service = &scenario.services[id.index()];
    let all = f64::from(own.appointments) * service.overbooking;
    ((all - own.expected + 1e-9).max(0.0).floor() as u32).min(own.appointments)
}

/// All places with appointments: visits in the order of the plan, then fixed points.
pub(super) fn places(scenario: &Scenario, plan: &Plan, options: Options) -> Vec<Place> {
    let period = Period::of(scenario);
    let mut out = Vec::new();
    for (k, service) in scenario.services.iter().enumerate() {
        let clock = std::sync::Arc::new(period.clock(scenario, service.promise.clock));
        let length = i64::from(service.appointment.0);
        let make = |at,
                    name: &str,
                    vehicle,
                    position,
                    languages,
                    spans: &[(i64, i64)],
                    lanes: u32,
                    most: Option<u32>| {
            let mut starts = Vec::new();
            for &(open, close) in spans {
                starts.extend((0..(close - open) / length).map(|n| open + n * length));
            }
            let at_a_time = lanes;
            let lanes = match most {
                Some(most) => spread(most, starts.len(), lanes),
                None => vec![lanes; starts.len()],
            };
            let readings = starts.iter().map(|&start| clock.reading(start)).collect();
            let clock = std::sync::Arc::clone(&clock);
            let (service, name) = (ServiceId::new(k), name.to_owned());
            Place { at, name, vehicle, service, position, languages, length, starts, readings, lanes, at_a_time, clock }
        };
        for visit in &plan.visits {
            let Some(own) = visit.services.iter().find(|s| s.service == service.id && s.appointments > 0) else {
                continue;
            };
            let Some(site) = scenario.sites.iter().find(|s| s.id == visit.site) else { continue };
            let spans: Vec<(i64, i64)> =
                visit.sessions.iter().map(|s| (s.open.timestamp(), s.close.timestamp())).collect();
            let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle);
            let lanes =
                vehicle.and_then(|v| v.offers.iter().find(|o| o.service == ServiceId::new(k))).map_or(0, |o| o.lanes);
            let languages = languages(scenario, plan, visit);
            let at = Where::Visit(visit.id.clone());
            let most = Some(free(scenario, own));
            out.push(make(at, &site.name, Some(visit.vehicle.clone()), site.position, languages, &spans, lanes, most));
        }
        for point in scenario.care_points.iter().chain(&scenario.imaging_sites) {
            if point.status != CareStatus::Planned && point.services.contains(&service.id) {
                let open = opening(scenario, point, (period.first, period.known)).open;
                let at = Where::Point(point.id.clone());
                out.push(make(
                    at,
                    &point.name,
                    None,
                    point.position,
                    Vec::new(),
                    open.spans(),
                    options.point_lanes,
                    None,
                ));
            }
        }
    }
    out
}

/// So many appointments spread evenly over the times there are, no more than so many at a time.
fn spread(most: u32, times: usize, lanes: u32) -> Vec<u32> {
    let times_u64 = times as u64;
    let all = u64::from(most).min(times_u64 * u64::from(lanes));
    let before = |k: u64| all * k / times_u64.max(1);
    (0..times_u64).map(|k| u32::try_from(before(k + 1) - before(k)).unwrap_or(0)).collect()
}

/// Languages whose interpreters are with a vehicle on the day of a visit: crews called `interpreter-<language>`, bound by
/// the vehicle, by a service it offers that day, or by a site it visits.
fn languages(scenario: &Scenario, plan: &Plan, visit: &Visit) -> Vec<String> {
    let Some(vehicle) = scenario.vehicles.iter().find(|v| v.id == visit.vehicle) else { return Vec::new() };
    let same_day = plan.visits.iter().filter(|v| v.vehicle == visit.vehicle && v.date == visit.date);
    let sites = same_day.filter_map(|v| scenario.sites.iter().find(|s| s.id == v.site)).flat_map(|s| &s.crew);
    let offers = vehicle.offers.iter().filter(|o| o.weekdays.contains(visit.date));
    let services = offers.flat_map(|o| &scenario.services[o.service.index()].crew);
    let bound = vehicle.crew.iter().chain(services).chain(sites);
    let named = bound.filter_map(|crew| scenario.crews[crew.index()].id.strip_prefix("interpreter-"));
    let mut out: Vec<String> = named.map(str::to_lowercase).collect();
    out.sort();
    out.dedup();
    out
}

/// Where an appointment given before is now; `None` where there is no such any more.
pub(super) fn find(
    places: &[Place],
    service: &str,
    scenario: &Scenario,
    appointment: &Appointment,
) -> Option<(usize, usize)> {
    let same = |place: &&Place| {
        let at = match (&place.at, &appointment.at) {
            (Where::Visit(id), AppointmentAt::Visit(given)) | (Where::Point(id), AppointmentAt::Point(given)) => {
                id == given
            }
            _ => false,
        };
        at && scenario.services[place.service.index()].id == service
    };
    let place = places.iter().position(|place| same(&place))?;
    let slot = places[place].starts.binary_search(&appointment.start.timestamp()).ok()?;
    Some((place, slot))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn free_appointments_are_spread_over_the_visit() {
        assert_eq!(spread(3, 6, 1), [0, 1, 0, 1, 0, 1]);
        assert_eq!(spread(9, 6, 2), [1, 2, 1, 2, 1, 2]);
        assert_eq!(spread(99, 2, 2), [2, 2]);
        assert_eq!(spread(0, 3, 1), [0, 0, 0]);
        assert_eq!(spread(3, 0, 1), [0; 0]);
    }
}

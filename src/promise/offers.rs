//! What is open when: fixed points of care, and the visits of a plan.

use super::clock::midnight;
use super::times::Times;
use crate::domain::{CarePoint, CareStatus, PositionId, Scenario, Service};
use crate::plan::{Plan, instant};
use crate::units::Seconds;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;

/// When something that offers a service is open somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where it is.
    pub at: PositionId,
    /// When it is open.
    pub open: Times,
}

/// The fixed points that offer a service, open from one date to another, both included. Planned ones do not
/// count; on public holidays all are taken as closed, since their hours are by weekday.
#[must_use]
pub fn fixed(scenario: &Scenario, service: &Service, dates: (NaiveDate, NaiveDate)) -> Vec<Offer> {
    let points = scenario.care_points.iter().chain(&scenario.imaging_sites);
    let offers = |p: &&CarePoint| p.status != CareStatus::Planned && p.services.contains(&service.id);
    points.filter(offers).map(|point| opening(scenario, point, dates)).collect()
}

/// When a fixed point is open, from one date to another, both included.
#[must_use]
pub fn opening(scenario: &Scenario, point: &CarePoint, (first, last): (NaiveDate, NaiveDate)) -> Offer {
    let closed =
        |date: NaiveDate| point.status == CareStatus::Planned || scenario.calendar.public_holiday(date).is_some();
    let days = first.iter_days().take_while(|date| *date <= last).filter(|date| !closed(*date));
    let spans = days.flat_map(|date| {
        let hours = &point.hours[date.weekday().num_days_from_monday() as usize];
        // An opening until midnight ends with the day, whatever the clocks do.
        let end = move |time: Seconds| {
            if time.0 >= 86_400 { midnight(date + Days::new(1)) } else { instant(date, time).timestamp() }
        };
        hours.iter().map(move |window| (instant(date, window.from).timestamp(), end(window.to)))
    });
    Offer { at: point.position, open: Times::new(spans.collect()) }
}

/// The visits of a plan that offer appointments of a service, by position.
#[must_use]
pub fn visits(scenario: &Scenario, plan: &Plan, service: &Service) -> Vec<Offer> {
    let mut spans: BTreeMap<PositionId, Vec<(i64, i64)>> = BTreeMap::new();
    let sites: BTreeMap<&str, PositionId> =
        scenario.sites.iter().map(|site| (site.id.as_str(), site.position)).collect();
    for visit in &plan.visits {
        let offered = visit.services.iter().any(|s| s.service == service.id && s.appointments > 0);
        if let Some(&at) = sites.get(visit.site.as_str()).filter(|_| offered) {
            let sessions = visit.sessions.iter().map(|s| (s.open.timestamp(), s.close.timestamp()));
            spans.entry(at).or_default().extend(sessions);
        }
    }
    spans.into_iter().map(|(at, spans)| Offer { at, open: Times::new(spans) }).collect()
}

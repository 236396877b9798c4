//! What a bound is about. A bound on the score says nothing of women: a statement about them rests on a solve whose
//! objective is their number.

use crate::domain::{PromiseMode, Reference, Scenario, ServiceId, ValueStep};

/// The scenario whose score is the number of additional people that a service is expected to serve, `Σ g·u·x`, and
/// nothing else: every contact counts alike, wherever it is, and nothing has a price. Its plans are plans of the scenario
/// under the same rules (with a hard promise, and with locked visits, of the whole fleet; otherwise vehicles without the
/// service stay at home, and are left out), so its bound bounds that number over all of them.
#[must_use]
pub fn counting(scenario: &Scenario, service: ServiceId) -> Scenario {
    let mut out = scenario.clone();
    for (k, other) in out.services.iter_mut().enumerate() {
        other.weight = if k == service.index() { 1.0 } else { 0.0 };
        if matches!(other.promise.mode, PromiseMode::Soft(_)) {
            other.promise.mode = PromiseMode::Report;
        }
    }
    out.fairness.steps = vec![ValueStep { up_to: None, slope: 1.0 }];
    out.communes.iter_mut().for_each(|commune| commune.priority = 1.0);
    let prices = &mut out.prices;
    (prices.driving_price_per_hour, prices.night_price, prices.weekday_price) = (0.0, 0.0, 0.0);
    prices.change_price = 0.0;
    out.costs = None;
    out.vehicles.iter_mut().for_each(|vehicle| vehicle.costs = None);
    if out.promises_hard() || out.published.is_some() {
        return out;
    }
    if out.locks.is_empty() && out.forbidden.is_empty() {
        out.vehicles.retain(|vehicle| vehicle.offers.iter().any(|offer| offer.service == service));
    }
    if out.services.iter().all(|s| s.follow_up.as_ref().is_none_or(|f| !f.hard)) {
        let pool = out.services[service.index()].pool;
        let reference = pool.and_then(|pool| pool.additionality).map(|rule| rule.reference);
        if reference != Some(Reference::CarePoints) {
            out.care_points.clear();
        }
        if reference != Some(Reference::Imaging) {
            out.imaging_sites.clear();
        }
    }
    out
}

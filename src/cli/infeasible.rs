//! What is said when it is proved that no plan keeps the locked visits.

use super::Failure;
use crate::domain::{Lock, Scenario};
use crate::i18n::{Lang, Text};
use crate::travel::Table;
use crate::units::Seconds;

/// Names the locked visits and, for those that cannot be kept even alone, why.
pub(super) fn failure(scenario: &Scenario, table: &Table) -> Failure {
    let name = |lock: &Lock| {
        let vehicle = &scenario.vehicles[lock.vehicle.index()].id;
        let site = &scenario.sites[lock.site.index()].id;
        format!("{vehicle} {} {site}", scenario.horizon.date(lock.day))
    };
    let list = |lang: Lang, colon: &str| {
        let one = |lock| match alone(scenario, table, lock) {
            Some(why) => format!("{}{colon} {}", name(lock), why.get(lang)),
            None => name(lock),
        };
        scenario.locks.iter().map(one).collect::<Vec<_>>().join(lang.pick(" ; ", "; "))
    };
    Failure::infeasible(
        format!(
            "c'est prouvé : aucun plan ne respecte à la fois les règles et les visites verrouillées ({}) ; retirez-en une, ou changez ses horaires",
            list(Lang::Fr, " :")
        ),
        format!(
            "proved: no plan keeps both the rules and the locked visits ({}); drop one of them, or change its hours",
            list(Lang::En, ":")
        ),
    )
}

/// Why a tour cannot even make this one visit: the way there and back does not leave room for it
/// in the shift, or is longer than a day's driving. Other stops on the way only make it later.
fn alone(scenario: &Scenario, table: &Table, lock: &Lock) -> Option<Text> {
    let vehicle = &scenario.vehicles[lock.vehicle.index()];
    let at = scenario.sites[lock.site.index()].commune;
    let shift = scenario.shift(lock.vehicle, lock.day)?;
    let there = table.vehicle(vehicle, vehicle.base, at)?.seconds;
    let back = table.vehicle(vehicle, at, vehicle.base)?.seconds;
    let (ready, packed) =
        (shift.from + there + scenario.set_up(lock.vehicle, lock.site), scenario.pack_down(lock.vehicle, lock.site));
    if there + back > scenario.limits.driving_per_day {
        let (minutes, most) = (whole_minute(there + back).0 / 60, scenario.limits.driving_per_day.0 / 60);
        return Some(Text::new(
            format!("l'aller et le retour prennent {minutes} min de route, plus que les {most} min permises par jour"),
            format!("the way there and back takes {minutes} min of driving, more than the {most} min allowed a day"),
        ));
    }
    let sessions = lock.sessions.as_deref().unwrap_or_default();
    let (opens, closes) = match (sessions.first(), sessions.last()) {
        (Some(first), Some(last)) => (first.from, last.to),
        _ => (ready, ready + vehicle.min_session),
    };
    let home = closes + packed + back;
    let clock = |lang: Lang, at: Seconds| lang.clock(at.0);
    if opens < ready {
        let say = |lang| (clock(lang, shift.from), clock(lang, whole_minute(ready)), clock(lang, opens));
        let ((from, installed, open), (a, b, c)) = (say(Lang::Fr), say(Lang::En));
        return Some(Text::new(
            format!("parti à {from}, le véhicule n'y est prêt qu'à {installed}, après l'ouverture à {open}"),
            format!("leaving at {a}, the vehicle is ready there at {b} only, after opening at {c}"),
        ));
    }
    (home > shift.to).then(|| {
        let say = |lang| (clock(lang, whole_minute(home)), clock(lang, shift.to));
        let ((arrives, ends), (a, b)) = (say(Lang::Fr), say(Lang::En));
        Text::new(
            format!("après le repli, le véhicule ne rentre qu'à {arrives}, la journée finissant à {ends}"),
            format!("after packing down, the vehicle is home at {a} only, and the shift ends at {b}"),
        )
    })
}

/// Rounded up, so that what is too late is not shown as being in time.
fn whole_minute(at: Seconds) -> Seconds {
    Seconds::from_minutes(at.0.div_euclid(60) + i32::from(at.0.rem_euclid(60) > 0))
}

//! An instance in words, for a test that fails.

use super::draw::Instance;
use std::fmt::Write as _;

/// The instance in few lines.
pub fn describe(instance: &Instance) -> String {
    let s = &instance.scenario;
    let mut out = String::new();
    let _ =
        writeln!(out, "  {:?} now {:?} {:?} {:?} {:?} {:?}", s.horizon, s.now, s.time, s.limits, s.travel, s.prices);
    for v in &s.vehicles {
        let shifts: Vec<_> = v.shifts.iter().map(|w| w.map(|w| (w.from.0, w.to.0))).collect();
        let _ = writeln!(
            out,
            "  {} base {} x{} set-up {} pack {} sessions {}..{} visits {} spacing {} stays {:?} off {:?} needs power \
             {} shifts {shifts:?} offers {:?}",
            v.id,
            v.base.0,
            v.travel_factor,
            v.set_up.0,
            v.pack_down.0,
            v.min_session.0,
            v.max_session.0,
            v.max_visits_per_day,
            v.spacing_weeks,
            v.max_stays_per_site,
            v.days_off.0,
            v.needs.power,
            v.offers,
        );
        let _ = writeln!(out, "    {:?} control {} crew {:?}", v.nights, v.quality_control.0, v.crew);
    }
    for c in &s.crews {
        let _ = writeln!(out, "  crew {} x{} on {:?} but {:?}", c.id, c.heads, c.weekdays, c.exceptions);
    }
    for p in &s.sites {
        let _ = writeln!(
            out,
            "  {} in {} for {:?} power {} {:?} {:?} {:?} set-up {:?} pack {:?}",
            p.id, p.commune.0, p.vehicle_kinds, p.power, p.available, p.weekdays, p.blocked.0, p.set_up, p.pack_down
        );
        let _ = writeln!(
            out,
            "    lead {} prefers {:?} avoids {:?} crew {:?}",
            p.permit_lead_days, p.preferred, p.avoided, p.crew
        );
    }
    for c in &s.communes {
        let _ = writeln!(
            out,
            "  commune {} women {} participation {:?} residents {} without GP {:?} p {} uptake x{} g {:?} territory {} \
             in scope {}",
            c.code,
            c.women_50_74.0,
            c.participation,
            c.population.0,
            c.without_gp,
            c.priority,
            c.uptake_factor,
            c.additional_share,
            c.territory.0,
            c.in_scope
        );
    }
    for k in &s.services {
        let seats = (k.overbooking, k.reserve);
        let _ = writeln!(
            out,
            "  {} {} s, weight {} seats {seats:?} crew {:?}: {:?}\n    {:?} {:?}",
            k.id, k.appointment.0, k.weight, k.crew, k.pool, k.promise, k.follow_up
        );
    }
    let _ = writeln!(out, "  fairness {:?}", s.fairness);
    for p in &s.past {
        let _ = writeln!(out, "  past {p:?}");
    }
    for p in &s.locks {
        let _ = writeln!(out, "  {p:?}");
    }
    for p in &s.forbidden {
        let _ = writeln!(out, "  {p:?}");
    }
    let n = s.communes.len();
    for a in 0..n {
        let row: Vec<i32> = (0..n)
            .filter_map(|b| {
                let (a, b) = (tournee::domain::CommuneId::new(a), tournee::domain::CommuneId::new(b));
                instance.travel.car(a, b).map(|leg| leg.seconds.0)
            })
            .collect();
        let _ = writeln!(out, "  car from {a}: {row:?}");
    }
    out
}

//! Instants: zone, date and grid.

use crate::check::codes::Rule;
use crate::check::log::{Log, clock};
use crate::check::view::{View, local_date};
use chrono::{DateTime, FixedOffset, NaiveDate, Offset, TimeZone};
use chrono_tz::Europe::Paris;

/// Every instant of a tour or a visit, with where it stands and the date it belongs to.
fn all<'v>(view: &'v View) -> impl Iterator<Item = (&'v str, NaiveDate, DateTime<FixedOffset>)> {
    let tours = view.tours.iter().flat_map(|t| {
        let ends = [t.tour.start, t.tour.end].into_iter();
        let legs = t.tour.legs.iter().flat_map(|l| [l.depart, l.arrive]);
        let pause = t.tour.pause.iter().chain(&t.tour.quality_control).flat_map(|p| [p.start, p.end]);
        ends.chain(legs).chain(pause).map(|at| (t.name.as_str(), t.tour.date, at))
    });
    let visits = view.plan.visits.iter().flat_map(|v| {
        let sessions = v.sessions.iter().flat_map(|s| [s.open, s.close]);
        [v.arrive, v.leave].into_iter().chain(sessions).map(|at| (v.id.as_str(), v.date, at))
    });
    tours.chain(visits)
}

/// Instants are in whole seconds and carry the offset of Paris.
pub(in crate::check) fn zone(view: &View, log: &mut Log) {
    for (place, _, at) in all(view).filter(|(_, _, at)| local_date(*at).is_some()) {
        let due = Paris.offset_from_utc_datetime(&at.naive_utc()).fix();
        if *at.offset() == due && at.timestamp_subsec_nanos() == 0 {
            continue;
        }
        log.add(
            Rule::Zone,
            place,
            format!("{at} n'est pas en secondes entières au décalage de Paris ({due}) ; réécrivez l'instant"),
            format!("{at} is not in whole seconds with the offset of Paris ({due}); write the instant anew"),
        );
    }
}

/// Instants are, in Paris, on the date of their tour or visit.
pub(in crate::check) fn date(view: &View, log: &mut Log) {
    for (place, date, at) in all(view) {
        if local_date(at) == Some(date) {
            continue;
        }
        let at = at.to_rfc3339();
        log.add(
            Rule::Date,
            place,
            format!("{at} n'est pas le {date} à Paris ; corrigez l'instant ou la date"),
            format!("{at} is not on {date} in Paris; mend the instant or the date"),
        );
    }
}

/// Sessions open and close on multiples of the grid from local midnight.
pub(in crate::check) fn grid(view: &View, log: &mut Log) {
    let step = i64::from(view.scenario.time.grid.0).max(1);
    for visit in &view.visits {
        for at in visit.sessions.iter().flat_map(|s| [s.from, s.to]).filter(|at| at.local % step != 0) {
            let (is, minutes) = (clock(at.local), step / 60);
            log.add(
                Rule::Grid,
                &visit.visit.id,
                format!("{} n'est pas sur la grille de {minutes} min ; arrondissez l'heure", is.fr),
                format!("{} is not on the grid of {minutes} min; round the time", is.en),
            );
        }
    }
}

//! Rule 8: the weekly quality control.

use crate::check::codes::Rule;
use crate::check::log::{Log, between, length};
use crate::check::view::{Span, TourView, View, VisitView};
use crate::domain::VehicleId;
use chrono::{Datelike, IsoWeek};
use std::collections::BTreeMap;

/// In every ISO week in which the vehicle opens a session, the tour of the first one has a quality
/// control: exactly that long, at its site, between set-up and opening, not in the break. No other
/// tour has one.
pub(in crate::check) fn quality_control(view: &View, log: &mut Log) {
    let firsts = firsts(view);
    for (k, tour) in view.tours.iter().enumerate() {
        let Some(id) = tour.vehicle.filter(|_| tour.day.is_some()) else { continue };
        let due = i64::from(view.vehicle(id).quality_control.0);
        let first = firsts.get(&(id, tour.tour.date.iso_week())).map(|&(_, visit)| &view.visits[visit]);
        let own = first.filter(|v| due > 0 && v.stop.is_some_and(|s| s.tour == k));
        match (own, tour.quality_control) {
            (Some(visit), Some(control)) => placed(view, tour, visit, (control, due), log),
            (Some(visit), None) => {
                let (site, due) = (&visit.visit.site, length(due));
                log.add(
                    Rule::QualityControl,
                    &tour.name,
                    format!(
                        "pas de contrôle qualité avant la première séance de la semaine, à {site} ; ménagez-y {due}"
                    ),
                    format!("no quality control before the first session of the week, at {site}; make room for {due}"),
                );
            }
            (None, Some(control)) => {
                let stated = between(control.from, control.to);
                log.add(
                    Rule::QualityControl,
                    &tour.name,
                    format!("contrôle qualité ({}) hors de la première tournée de la semaine ; retirez-le", stated.fr),
                    format!("quality control ({}) not in the first tour of the week; take it out", stated.en),
                );
            }
            (None, None) => {}
        }
    }
}

/// The instant and the visit of the first session of each vehicle and week.
fn firsts(view: &View) -> BTreeMap<(VehicleId, IsoWeek), (i64, usize)> {
    let mut firsts = BTreeMap::new();
    for (k, visit) in view.visits.iter().enumerate().filter(|(_, v)| v.day.is_some()) {
        let Some((vehicle, opens)) = visit.vehicle.zip(visit.sessions.iter().map(|s| s.from.utc).min()) else {
            continue;
        };
        let first = firsts.entry((vehicle, visit.visit.date.iso_week())).or_insert((opens, k));
        *first = (*first).min((opens, k));
    }
    firsts
}

fn placed(view: &View, tour: &TourView, visit: &VisitView, (control, due): (Span, i64), log: &mut Log) {
    let stated = between(control.from, control.to);
    let mut add = |fr: String, en: String| {
        log.add(
            Rule::QualityControl,
            &tour.name,
            format!("le contrôle qualité ({}) {fr}", stated.fr),
            format!("the quality control ({}) {en}", stated.en),
        );
    };
    if control.length() != due {
        let (is, due) = (length(control.length()), length(due));
        add(format!("dure {is} et non {due} ; corrigez sa fin"), format!("lasts {is}, not {due}; mend its end"));
    }
    let ready = visit.span.from.utc.saturating_add(view.set_up(visit).unwrap_or_default());
    let opens = visit.sessions.iter().map(|s| s.from.utc).min().unwrap_or(visit.span.to.utc);
    if control.from.utc < ready || control.to.utc > opens {
        let site = &visit.visit.site;
        add(
            format!("n'est pas entre l'installation et l'ouverture à {site} ; déplacez-le"),
            format!("is not between set-up and opening at {site}; move it"),
        );
    }
    if tour.pause.is_some_and(|pause| pause.overlaps(control)) {
        add("tombe pendant la pause ; déplacez l'un des deux".into(), "falls in the break; move one of them".into());
    }
}

//! Rule 4: the break.

use crate::check::codes::Rule;
use crate::check::log::{Log, between, hours, length};
use crate::check::view::{Span, TourView, View, VisitView, on_the_clock};

/// A tour that covers the whole break window has a break; a break, needed or not, has its
/// exact length, lies inside its window and its tour, and takes no time from driving,
/// sessions, set-up or pack-down. Where set-up and pack-down lie is not written in the plan: they
/// must fit, unbroken, on one side of the break.
pub(in crate::check) fn breaks(view: &View, log: &mut Log) {
    for tour in &view.tours {
        match tour.pause {
            Some(pause) => {
                placed(view, tour, pause, log);
                undisturbed(view, tour, pause, log);
            }
            None => needed(view, tour, log),
        }
    }
}

fn needed(view: &View, tour: &TourView, log: &mut Log) {
    let window = view.scenario.time.break_window;
    if on_the_clock(tour.span.from, window).is_none_or(|window| !tour.span.contains(window)) {
        return;
    }
    let (from, to) = (i64::from(window.from.0), i64::from(window.to.0));
    let (w, due) = (hours(from, to), length(i64::from(view.scenario.time.break_length.0)));
    log.add(
        Rule::Break,
        &tour.name,
        format!("la tournée couvre {} sans pause ; ménagez-y {due}", w.fr),
        format!("the tour covers {} without a break; make room for {due} there", w.en),
    );
}

fn placed(view: &View, tour: &TourView, pause: Span, log: &mut Log) {
    let time = &view.scenario.time;
    let due = i64::from(time.break_length.0);
    let stated = between(pause.from, pause.to);
    if pause.length() != due {
        let (is, due) = (length(pause.length()), length(due));
        log.add(
            Rule::Break,
            &tour.name,
            format!("la pause ({}) dure {is} et non {due} ; corrigez sa fin", stated.fr),
            format!("the break ({}) lasts {is}, not {due}; mend its end", stated.en),
        );
    }
    if on_the_clock(pause.from, time.break_window).is_some_and(|window| !window.contains(pause)) {
        let w = hours(i64::from(time.break_window.from.0), i64::from(time.break_window.to.0));
        log.add(
            Rule::Break,
            &tour.name,
            format!("la pause ({}) sort de sa fenêtre ({}) ; déplacez-la", stated.fr, w.fr),
            format!("the break ({}) leaves its window ({}); move it", stated.en, w.en),
        );
    }
    if pause.from.utc < tour.span.from.utc || pause.to.utc > tour.span.to.utc {
        let hours = between(tour.span.from, tour.span.to);
        log.add(
            Rule::Break,
            &tour.name,
            format!("la pause ({}) sort de la tournée ({}) ; déplacez-la ou retirez-la", stated.fr, hours.fr),
            format!("the break ({}) leaves the tour ({}); move it or take it out", stated.en, hours.en),
        );
    }
}

fn undisturbed(view: &View, tour: &TourView, pause: Span, log: &mut Log) {
    let visits: Vec<&VisitView> = tour.visits.iter().map(|&k| &view.visits[k]).collect();
    let mut clash = |fr: &str, en: &str| {
        let stated = between(pause.from, pause.to);
        log.add(
            Rule::Break,
            &tour.name,
            format!("la pause ({}) empiète sur {fr} ; déplacez-la", stated.fr),
            format!("the break ({}) takes time from {en}; move it", stated.en),
        );
    };
    if tour.legs.iter().any(|leg| leg.span.overlaps(pause)) {
        clash("la conduite", "driving");
    }
    for visit in visits {
        let site = &visit.visit.site;
        if visit.sessions.iter().any(|s| s.overlaps(pause)) {
            clash(&format!("une séance à {site}"), &format!("a session at {site}"));
        }
        let Some((first, last)) = visit.sessions.first().zip(visit.sessions.last()) else { continue };
        let Some((set_up, pack_down)) = view.set_up(visit).zip(view.pack_down(visit)) else { continue };
        // A quality control comes between set-up and opening.
        let control = tour.quality_control.filter(|c| visit.span.from.utc <= c.from.utc && c.from.utc < first.from.utc);
        let before = Span { from: visit.span.from, to: control.unwrap_or(*first).from };
        if crowded(before, pause, set_up) {
            clash(&format!("l'installation à {site}"), &format!("set-up at {site}"));
        }
        let after = Span { from: last.to, to: visit.span.to };
        if crowded(after, pause, pack_down) {
            clash(&format!("le repli à {site}"), &format!("pack-down at {site}"));
        }
    }
    if view.morning_pack_down(tour).is_some_and(|(span, due)| crowded(span, pause, due)) {
        clash("le repli du matin", "pack-down in the morning");
    }
}

/// Whether `seconds` in a row fit in the span, but no longer beside the break.
fn crowded(span: Span, pause: Span, seconds: i64) -> bool {
    let beside = (pause.from.utc - span.from.utc).max(span.to.utc - pause.to.utc);
    seconds > 0 && span.overlaps(pause) && span.length() >= seconds && beside < seconds
}

//! Locked and forbidden visits, read and checked.

use super::cells::{date, windows};
use super::codes::Code;
use super::named::Named;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Row, Sheet};
use crate::domain::{
    DayId, Forbidden, Horizon, Lock, Scenario, Site, SiteId, Vehicle, VehicleId, Window, after_midnight, second_of_day,
    window_since_midnight,
};
use crate::i18n::Lang;
use crate::units::Seconds;
use std::sync::Arc;

pub(super) const LOCKS: Layout =
    Layout { required: &["vehicle", "date", "site"], optional: &["sessions", "note"], open: true, needs_rows: false };

pub(super) const FORBIDDEN: Layout =
    Layout { required: &["vehicle", "date", "site"], optional: &["note"], open: true, needs_rows: false };

/// Where a lock was written, to complain about it later.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub source: Arc<super::source::Source>,
    pub span: std::ops::Range<usize>,
}

/// A lock while it is read.
struct Placed {
    lock: Lock,
    source: Arc<super::source::Source>,
    span: std::ops::Range<usize>,
}

/// What rows name.
struct Known<'a> {
    named: Named,
    /// Sites of the file that are out of scope, for a better message.
    outside: &'a [String],
}

/// Reads locks and forbidden visits into a scenario that is otherwise complete; the places of the
/// locks, in their order.
pub(super) fn read(
    scenario: &mut Scenario,
    outside: &[String],
    locks: &[Sheet],
    forbidden: &[Sheet],
    problems: &mut Problems,
) -> Vec<Place> {
    let known = Known { named: Named::of(scenario), outside };
    for row in forbidden.iter().flat_map(Sheet::rows) {
        scenario.forbidden.extend(forbidden_row(scenario, &known, &row, problems));
    }
    let mut placed: Vec<Placed> = Vec::new();
    for sheet in locks {
        for row in sheet.rows() {
            if let Some(lock) = lock_row(scenario, &known, &row, problems) {
                let span = row.span("vehicle").start..row.span("site").end.max(row.span("vehicle").end);
                placed.push(Placed { lock, source: Arc::clone(&sheet.source), span });
            }
        }
    }
    placed.sort_by_key(|p| (p.lock.day, p.lock.vehicle, p.lock.sessions.clone(), p.lock.site));
    pairs(scenario, &placed, problems);
    let (locks, places) = placed.into_iter().map(|p| (p.lock, Place { source: p.source, span: p.span })).unzip();
    scenario.locks = locks;
    places
}

fn forbidden_row(scenario: &Scenario, known: &Known, row: &Row, problems: &mut Problems) -> Option<Forbidden> {
    if ["vehicle", "date", "site"].iter().all(|c| row.text(c).is_empty()) {
        problems.push(row.place(
            "vehicle",
            Problem::new(Code::LockEmpty, "cette ligne interdirait tout", "this row would forbid everything"),
        ));
        return None;
    }
    let some = |column: &str| !row.text(column).is_empty();
    let vehicle =
        if some("vehicle") { known.named.vehicle(*row, Code::LockVehicle, problems).map(Some) } else { Some(None) };
    // Out of scope, it cannot be in the plan anyway.
    let site = match row.text("site") {
        "" => Some(None),
        id if known.outside.iter().any(|s| s == id) => None,
        _ => site(known, row, problems).map(Some),
    };
    let date = row.read("date", Some(None), problems, |t| date(t).map(Some));
    let (vehicle, site, date) = (vehicle?, site?, date?);
    let day = match date {
        // A visit outside the horizon cannot be in the plan anyway.
        Some(date) => Some(scenario.horizon.day(date)?),
        None => None,
    };
    Some(Forbidden { vehicle, day, site })
}

/// The site of a row; one of the file that is out of scope is told as such.
fn site(known: &Known, row: &Row, problems: &mut Problems) -> Option<SiteId> {
    let id = row.text("site");
    if known.outside.iter().any(|s| s == id) {
        let problem = Problem::new(
            Code::LockSite,
            format!("l'emplacement « {id} » est hors du périmètre du scénario"),
            format!("the site \"{id}\" is out of the scenario's scope"),
        );
        problems.push(row.place("site", problem));
        return None;
    }
    known.named.site(*row, Code::LockSite, problems)
}

fn lock_row(scenario: &Scenario, known: &Known, row: &Row, problems: &mut Problems) -> Option<Lock> {
    let vehicle = known.named.vehicle(*row, Code::LockVehicle, problems);
    let site = site(known, row, problems);
    let date = row.read("date", None, problems, date);
    let sessions = row.read("sessions", Some(None), problems, |t| windows(t).map(Some));
    let (vehicle, site, date, sessions) = (vehicle?, site?, date?, sessions?);
    let Some(day) = scenario.horizon.day(date) else {
        let Horizon { start, .. } = scenario.horizon;
        let last = scenario.horizon.last();
        let problem = Problem::new(
            Code::LockDate,
            format!("le {date} n'est pas dans l'horizon ({start} à {last})"),
            format!("{date} is not in the horizon ({start} to {last})"),
        );
        problems.push(row.place("date", problem));
        return None;
    };
    let real = |list: Vec<Window>| list.into_iter().map(|s| window_since_midnight(date, s)).collect();
    let lock = Lock { vehicle, day, site, sessions: sessions.map(real) };
    let before = problems.len();
    check(scenario, &lock, row, problems);
    (problems.len() == before).then_some(lock)
}

/// The rules a lock can break by itself.
fn check(scenario: &Scenario, lock: &Lock, row: &Row, problems: &mut Problems) {
    let v = &scenario.vehicles[lock.vehicle.index()];
    let s = &scenario.sites[lock.site.index()];
    let date = scenario.horizon.date(lock.day);
    let Some(shift) = scenario.shift(lock.vehicle, lock.day) else {
        let problem = Problem::new(
            Code::LockDayOff,
            format!("« {} » ne travaille pas le {date}", v.id),
            format!("\"{}\" does not work on {date}", v.id),
        );
        problems.push(row.place("date", problem));
        return;
    };
    // What the site takes, and when, is for visits to come: one on a day before planning was published, and is a fact; one of
    // today may be, which only a search can tell.
    if scenario.now.is_some_and(|now| date <= now) {
        return;
    }
    for (fr, en) in misfits(v, s) {
        let fr = format!("« {} » ne convient pas à « {} » : {fr}", s.id, v.id);
        let en = format!("\"{}\" does not fit \"{}\": {en}", s.id, v.id);
        problems.push(row.place("site", Problem::new(Code::LockFit, fr, en)));
    }
    let early = s.available.0.is_some_and(|from| date < from);
    let late = s.available.1.is_some_and(|to| date > to);
    if early || late || !s.weekdays.contains(date) || s.blocked.contains(date) {
        let problem = Problem::new(
            Code::LockFit,
            format!("« {} » n'est pas disponible le {date}", s.id),
            format!("\"{}\" is not available on {date}", s.id),
        );
        problems.push(row.place("site", problem));
    }
    if !scenario.permitted(lock.site, lock.day) {
        let days = s.permit_lead_days;
        let problem = Problem::new(
            Code::LockFit,
            format!("le permis de « {} » demande {days} jours : il n'est pas là le {date}", s.id),
            format!("the permit of \"{}\" takes {days} days: it is not there on {date}", s.id),
        );
        problems.push(row.place("site", problem));
    }
    if scenario.forbidden.iter().any(|f| f.covers(lock.vehicle, lock.day, lock.site)) {
        let problem =
            Problem::new(Code::LockForbidden, "cette visite est aussi interdite", "this visit is forbidden too");
        problems.push(row.place("site", problem));
    }
    for session in lock.sessions.iter().flatten() {
        if let Some((fr, en)) = wrong_hours(scenario, lock, shift, *session) {
            let on_the_clock = |time: Seconds| clock(second_of_day(after_midnight(date, time)).1);
            let name = format!("{}-{}", on_the_clock(session.from), on_the_clock(session.to));
            let problem =
                Problem::new(Code::LockHours, format!("la séance {name} {fr}"), format!("session {name} {en}"));
            problems.push(row.place("sessions", problem));
        }
    }
}

/// What the vehicle needs and the site lacks.
pub(super) fn misfits(v: &Vehicle, s: &Site) -> Vec<(&'static str, &'static str)> {
    let mut lacks = Vec::new();
    if !s.vehicle_kinds.contains(&v.kind) {
        lacks.push(("il n'accueille pas ce genre de véhicule", "it does not take that kind of vehicle"));
    }
    for (need, has, fr, en) in [
        (v.needs.power, s.power, "il n'a pas d'électricité", "it has no power"),
        (v.needs.level_ground, s.level_ground, "son sol n'est pas plat", "its ground is not level"),
        (v.needs.ramp_access, s.ramp_access, "une rampe n'y tient pas", "it has no access for a ramp"),
        (v.needs.network, s.network, "il n'a pas de réseau mobile", "it has no mobile network"),
    ] {
        if need && !has {
            lacks.push((fr, en));
        }
    }
    lacks
}

fn wrong_hours(scenario: &Scenario, lock: &Lock, shift: Window, session: Window) -> Option<(String, String)> {
    let v = &scenario.vehicles[lock.vehicle.index()];
    let grid = scenario.time.grid;
    let date = scenario.horizon.date(lock.day);
    let shift = window_since_midnight(date, shift);
    // The clock is changed by whole steps.
    if session.from.0 % grid.0 != 0 || session.to.0 % grid.0 != 0 {
        let step = grid.0 / 60;
        return Some((
            format!("n'est pas sur le pas de {step} minutes"),
            format!("is not on the step of {step} minutes"),
        ));
    }
    let open = scenario.public_hours(lock.day).iter().map(|&w| window_since_midnight(date, w));
    if !open.into_iter().any(|w| w.contains(session.from, session.to)) {
        return Some(("sort des heures d'ouverture au public".into(), "lies outside the public hours".into()));
    }
    if session.length() < v.min_session || session.length() > v.max_session {
        let (least, most) = (v.min_session.0 / 60, v.max_session.0 / 60);
        return Some((
            format!("ne dure pas entre {least} et {most} minutes"),
            format!("does not last {least} to {most} minutes"),
        ));
    }
    // A vehicle that may sleep there may have set up the day before, and keep its set-up.
    let stays = v.nights.is_some();
    let set_up = if stays { Seconds(0) } else { scenario.set_up(lock.vehicle, lock.site) };
    let pack_down = if stays { Seconds(0) } else { scenario.pack_down(lock.vehicle, lock.site) };
    let (opens, closes) = (shift.from + set_up, shift.to - pack_down);
    if session.from < opens || session.to > closes {
        return Some((
            "ne laisse pas le temps de s'installer et de replier dans la journée du véhicule".into(),
            "leaves no time to set up and pack down within the vehicle's shift".into(),
        ));
    }
    None
}

/// The rules two locks, or a lock and a past visit, can break together.
fn pairs(scenario: &Scenario, locks: &[Placed], problems: &mut Problems) {
    for (k, one) in locks.iter().enumerate() {
        let v = &scenario.vehicles[one.lock.vehicle.index()];
        let complain =
            |code: Code, fr: String, en: String| Problem::new(code, fr, en).at(&one.source, one.span.clone());
        let same_day = |p: &&Placed| p.lock.vehicle == one.lock.vehicle && p.lock.day == one.lock.day;
        let before: Vec<&Placed> = locks[..k].iter().filter(same_day).collect();
        if let Some(other) = before.iter().find(|p| overlap(&p.lock, &one.lock)) {
            let (fr, en) = line_of(one, other);
            problems.push(complain(
                Code::LockOverlap,
                format!("cette visite chevauche celle de {fr}"),
                format!("this visit overlaps the one of {en}"),
            ));
        } else if before.len() >= v.max_visits_per_day as usize {
            let most = v.max_visits_per_day;
            let (fr, en): (Vec<String>, Vec<String>) = before.iter().map(|other| line_of(one, other)).unzip();
            let visits = |lang: Lang| lang.count(most as usize, ["visite", "visites"], ["visit", "visits"]);
            problems.push(complain(
                Code::LockOverlap,
                format!("« {} » fait au plus {} par jour : celle de {}", v.id, visits(Lang::Fr), fr.join(", de ")),
                format!("\"{}\" makes at most {} a day: the one of {}", v.id, visits(Lang::En), en.join(", of ")),
            ));
        }
        let near = |day: DayId, other: DayId| i64::from((day.0 / 7).abs_diff(other.0 / 7)) < i64::from(v.spacing_weeks);
        let kind = |id: VehicleId| &scenario.vehicles[id.index()].kind;
        if let Some(other) = locks[..k].iter().find(|p| {
            p.lock.site == one.lock.site
                && *kind(p.lock.vehicle) == v.kind
                && (p.lock.day, p.lock.vehicle) != (one.lock.day, one.lock.vehicle)
                && near(p.lock.day, one.lock.day)
                && !one_stay(scenario, &p.lock, &one.lock)
        }) {
            let (fr, en) = line_of(one, other);
            problems.push(complain(
                Code::LockSpacing,
                format!("moins de {} semaines séparent cette visite de celle de {fr}", v.spacing_weeks),
                format!("fewer than {} weeks separate this visit from the one of {en}", v.spacing_weeks),
            ));
        }
        let week = i64::from(one.lock.day.0 / 7);
        if let Some(past) = scenario.past.iter().find(|p| {
            p.site == Some(one.lock.site)
                && scenario.vehicles.iter().any(|w| w.id == p.vehicle && w.kind == v.kind)
                && week - scenario.horizon.week_of(p.date) < i64::from(v.spacing_weeks)
        }) {
            problems.push(complain(
                Code::LockSpacing,
                format!("moins de {} semaines séparent cette visite de celle du {}", v.spacing_weeks, past.date),
                format!("fewer than {} weeks separate this visit from the one of {}", v.spacing_weeks, past.date),
            ));
        }
    }
}

/// The line of another lock, with its file where that is not the same.
fn line_of(one: &Placed, other: &Placed) -> (String, String) {
    let (line, _) = other.source.position(other.span.start);
    if one.source.name == other.source.name {
        return (format!("la ligne {line}"), format!("line {line}"));
    }
    let place = format!("{}:{line}", other.source.name);
    (place.clone(), place)
}

/// Whether two locks of a site, the first one earlier, can be of one stay, joined by nights there.
fn one_stay(scenario: &Scenario, first: &Lock, second: &Lock) -> bool {
    let Some(nights) = scenario.vehicles[first.vehicle.index()].nights else { return false };
    let off = |day: u32| scenario.shift(first.vehicle, DayId(day)).is_none();
    first.vehicle == second.vehicle
        && first.day < second.day
        && second.day.0 - first.day.0 <= nights.in_a_row
        && (nights.across_days_off || !(first.day.0..second.day.0).any(off))
}

/// Whether two locks of one vehicle and day are the same visit, or cross in time.
fn overlap(a: &Lock, b: &Lock) -> bool {
    if a.site == b.site {
        return true;
    }
    let span = |lock: &Lock| {
        let sessions = lock.sessions.as_deref()?;
        Some((sessions.first()?.from, sessions.last()?.to))
    };
    match (span(a), span(b)) {
        (Some(a), Some(b)) => a.0 < b.1 && b.0 < a.1,
        _ => false,
    }
}

fn clock(at: Seconds) -> String {
    crate::i18n::Lang::En.clock(at.0)
}

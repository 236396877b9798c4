//! What is said when it is proved that no plan keeps the locked visits.

use super::{Failure, stop, unkept};
use crate::check::{CODES, CodeLine, Rule};
use crate::config::{Code, Loaded, Problem, Problems};
use crate::domain::{Lock, Scenario};
use crate::i18n::{Lang, Text};
use crate::optimise::{Cause, Conflict, conflict};
use crate::plan::{after_midnight, second_of_day, window_since_midnight};
use crate::travel::Table;
use crate::units::Seconds;
use std::time::{Duration, Instant};

/// Names a smallest set of locked visits that no plan can hold, where each of them is written, and the
/// rules in their way; where the locked visits do not contradict each other, why a hard promise cannot be kept.
/// `limit` is the time to look for it.
pub(super) fn failure(loaded: &Loaded, table: &Table, limit: Option<Duration>) -> Failure {
    let begin = Instant::now();
    let enough = || stop::asked() || limit.is_some_and(|limit| begin.elapsed() >= limit);
    let left = || limit.map(|limit| limit.saturating_sub(begin.elapsed()));
    let said = conflict(&loaded.scenario, table, &enough).and_then(|found| match found.locks.is_empty() {
        true => unkept::failure(loaded, table, left()),
        false => Ok(told(loaded, table, &found)),
    });
    said.unwrap_or_else(Failure::internal)
}

fn told(loaded: &Loaded, table: &Table, found: &Conflict) -> Failure {
    let scenario = &loaded.scenario;
    let mut problems = Problems::new();
    let mut names = (Vec::new(), Vec::new());
    for &k in &found.locks {
        let lock = &scenario.locks[k];
        let alone = || if found.locks.len() == 1 { alone(scenario, table, lock) } else { None };
        let why = taken_out(scenario, lock).or_else(alone);
        let [fr, en] = [Lang::Fr, Lang::En].map(|lang| {
            let colon = lang.pick(" :", ":");
            why.as_ref().map_or(String::new(), |why| format!("{colon} {}", why.get(lang)))
        });
        let name = name(scenario, lock);
        names.0.push(format!("{name}{fr}"));
        names.1.push(format!("{name}{en}"));
        let problem = if found.locks.len() == 1 {
            Problem::new(
                Code::LockConflict,
                format!("aucun plan ne peut contenir {name}{fr}"),
                format!("no plan can hold {name}{en}"),
            )
        } else {
            let n = found.locks.len();
            Problem::new(
                Code::LockConflict,
                format!("{name} est l'une des {n} visites verrouillées qui se contredisent"),
                format!("{name} is one of the {n} locked visits that contradict each other"),
            )
        };
        problems.push(loaded.lock_problem(k, problem));
    }
    let (rules, reserve) = (rules(&found.causes), reserve(found));
    let (fr, en) = (names.0.join(" ; "), names.1.join("; "));
    let message = if found.locks.len() == 1 {
        Text::new(
            format!("c'est prouvé : aucun plan ne respecte à la fois les règles et cette visite verrouillée ({fr})"),
            format!("proved: no plan keeps both the rules and this locked visit ({en})"),
        )
    } else {
        Text::new(
            format!("c'est prouvé : aucun plan ne respecte à la fois les règles et ces visites verrouillées ({fr})"),
            format!("proved: no plan keeps both the rules and these locked visits ({en})"),
        )
    };
    let mend = if found.locks.len() == 1 {
        Text::new(" ; retirez-la, ou changez sa date ou ses horaires", "; drop it, or change its date or its hours")
    } else {
        Text::new(
            " ; retirez-en une, ou changez sa date ou ses horaires",
            "; drop one of them, or change its date or its hours",
        )
    };
    let whole = |lang: Lang| [&message, &rules, &reserve, &mend].map(|part| part.get(lang)).concat();
    Failure::infeasible(problems, Text::new(whole(Lang::Fr), whole(Lang::En)))
}

fn name(scenario: &Scenario, lock: &Lock) -> String {
    let vehicle = &scenario.vehicles[lock.vehicle.index()].id;
    let site = &scenario.sites[lock.site.index()].id;
    format!("{vehicle} {} {site}", scenario.horizon.date(lock.day))
}

/// The rules in the way, as the checker calls them.
fn rules(causes: &[Cause]) -> Text {
    let say = |lang: Lang| {
        let of = |cause: &Cause| {
            let code = rule(*cause).code();
            let asks = |line: &CodeLine| lang.pick(line.fr, line.en).to_owned();
            let asks = CODES.iter().find(|line| line.code == code).map(asks).unwrap_or_default();
            format!("{code} ({asks})")
        };
        causes.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    match causes.len() {
        0 => Text::new("", ""),
        1 => Text::new(
            format!(" ; la règle en cause : {}", say(Lang::Fr)),
            format!("; the rule in the way: {}", say(Lang::En)),
        ),
        _ => Text::new(
            format!(" ; les règles en cause, dont il suffirait de lever une : {}", say(Lang::Fr)),
            format!("; the rules in the way, lifting one of which would do: {}", say(Lang::En)),
        ),
    }
}

/// What is not known, when there was no time to find it out.
fn reserve(found: &Conflict) -> Text {
    if found.minimal {
        return Text::new("", "");
    }
    Text::new(
        " ; faute de temps, il n'est pas prouvé que toutes soient nécessaires à la contradiction (--time-limit en donne plus)",
        "; for lack of time it is not proved that all of them are needed to contradict each other (--time-limit gives more)",
    )
}

const fn rule(cause: Cause) -> Rule {
    match cause {
        Cause::Shift => Rule::Shift,
        Cause::PublicHours => Rule::PublicHours,
        Cause::Break => Rule::Break,
        Cause::WorkingDay => Rule::WorkingDay,
        Cause::WorkingWeek => Rule::WorkingWeek,
        Cause::DrivingDay => Rule::DrivingDay,
        Cause::VisitsPerDay => Rule::VisitsPerDay,
        Cause::Spacing => Rule::Spacing,
        Cause::MaxStays => Rule::MaxStays,
        Cause::QualityControl => Rule::QualityControl,
        Cause::Crew => Rule::Crew,
        Cause::FollowUp => Rule::FollowUp,
    }
}

/// What an earlier revision knows against a locked visit: the tables alone would have refused it when it was read.
fn taken_out(scenario: &Scenario, lock: &Lock) -> Option<Text> {
    let (site, vehicle) = (&scenario.sites[lock.site.index()], &scenario.vehicles[lock.vehicle.index()]);
    let date = scenario.horizon.date(lock.day);
    if site.blocked.contains(date) {
        let id = &site.id;
        return Some(Text::new(
            format!("cet emplacement est fermé ce jour-là par un replan ; --reopen {id}@{date} le rouvre"),
            format!("that site is closed on that day by a replan; --reopen {id}@{date} opens it again"),
        ));
    }
    scenario.shift(lock.vehicle, lock.day).is_none().then(|| {
        let id = &vehicle.id;
        Text::new(
            format!("ce véhicule est indisponible ce jour-là depuis un replan ; --available {id}@{date} le rend"),
            format!("that vehicle is unavailable on that day since a replan; --available {id}@{date} gives it back"),
        )
    })
}

/// Why a tour cannot even make this one visit: the way there and back does not leave room for it
/// in the shift, or is longer than a day's driving. Other stops on the way only make it later.
fn alone(scenario: &Scenario, table: &Table, lock: &Lock) -> Option<Text> {
    let vehicle = &scenario.vehicles[lock.vehicle.index()];
    let at = scenario.sites[lock.site.index()].position;
    let date = scenario.horizon.date(lock.day);
    let shift = window_since_midnight(date, scenario.shift(lock.vehicle, lock.day)?);
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
    let clock = |lang: Lang, at: Seconds| lang.clock(second_of_day(after_midnight(date, at)).1.0);
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

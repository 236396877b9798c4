//! From the written scenario to the domain: times, services, fairness; each rule that
//! the schema cannot say is checked here.

use super::cells;
use super::codes::Code;
use super::communes::Communes;
use super::load::LoadOptions;
use super::lower_crew::{crew_ids, crews};
use super::lower_fleet::{Known, one_spacing_a_kind, vehicle};
use super::lower_promise::{follow_up, promise};
use super::problem::{Problem, Problems};
use super::raw::{RawPool, RawPoolSource, RawReference, RawScenario, RawService, RawTime};
use super::tree::Node;
use crate::domain::{
    Additionality, Crew, Fairness, Horizon, Pool, PoolSource, Reference, ScoreRules, Service, TimeRules, TravelRules,
    ValueStep, Vehicle, Window, WorkLimits,
};
use crate::i18n::Text;
use crate::units::Seconds;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Share of women 50–74 who take part, France (Santé publique France).
const PARTICIPATION: f64 = 0.465;
/// Share of residents without a GP in the Nord (press).
const WITHOUT_GP: f64 = 0.10;

/// The parts of a scenario that come from TOML alone.
pub(super) struct Lowered {
    pub horizon: Option<Horizon>,
    pub time: TimeRules,
    pub limits: WorkLimits,
    pub travel: TravelRules,
    pub prices: ScoreRules,
    pub fairness: Fairness,
    pub services: Vec<Service>,
    pub crews: Vec<Crew>,
    pub vehicles: Vec<Vehicle>,
}

/// Lowers everything that needs no table but the communes (for the bases).
pub(super) fn lower(
    raw: &RawScenario,
    tree: &Node,
    options: &LoadOptions,
    communes: &Communes,
    problems: &mut Problems,
) -> Lowered {
    let next = options.next_from.map(|today| next_monday(today, raw.time.send_ahead_days));
    let horizon = horizon(raw, tree, (options.start.or(next), options.weeks), problems);
    let time = time(&raw.time, tree, problems);
    let travel = travel(raw, tree, problems);
    let fairness = fairness(raw, tree, problems);
    let crews = crews(&raw.crews, tree, problems);
    duplicates(raw.crews.iter().map(|c| &*c.id), "crew", tree, problems);
    let services: Vec<Service> =
        raw.services.iter().enumerate().map(|(k, s)| service(s, k, raw, (&crews, communes), tree, problems)).collect();
    duplicates(raw.services.iter().map(|s| &*s.id), "service", tree, problems);
    let vehicles = raw
        .vehicles
        .iter()
        .enumerate()
        .map(|(k, v)| {
            let known = Known { services: &services, crews: &crews, time: &time, communes };
            vehicle(v, tree.at(&format!("vehicle/{k}")), &known, problems)
        })
        .collect();
    duplicates(raw.vehicles.iter().map(|v| &*v.id), "vehicle", tree, problems);
    one_spacing_a_kind(&raw.vehicles, tree, problems);
    Lowered {
        horizon,
        time,
        limits: WorkLimits {
            work_per_day: whole(raw.limits.working_minutes_per_day),
            work_per_week: whole(raw.limits.working_minutes_per_week),
            driving_per_day: whole(raw.limits.driving_minutes_per_day),
            night_min_drive: whole(raw.limits.night_min_drive_minutes),
        },
        travel,
        prices: ScoreRules {
            driving_price_per_hour: raw.prices.driving_per_hour,
            night_price: raw.prices.night,
            change_price: raw.prices.change,
            weekday_price: raw.prices.weekday,
        },
        fairness,
        services,
        crews,
        vehicles,
    }
}

pub(super) fn whole(minutes: u32) -> Seconds {
    Seconds::from_minutes(i32::try_from(minutes).unwrap_or(i32::MAX / 60))
}

#[allow(clippy::cast_possible_truncation)]
fn fraction(minutes: f64) -> Seconds {
    Seconds((minutes * 60.0).round() as i32)
}

/// The Monday of an ISO week such as `2026-W49`.
#[must_use]
pub fn monday_of_week(week: &str) -> Option<NaiveDate> {
    let (year, number) = week.split_once("-W")?;
    let year = year.parse().ok().filter(|year| (1900..2200).contains(year))?;
    NaiveDate::from_isoywd_opt(year, number.parse().ok()?, Weekday::Mon)
}

/// The first Monday whose letters, sent so many days ahead, can still go out on a day.
fn next_monday(today: NaiveDate, ahead: u32) -> NaiveDate {
    let earliest = today + Days::new(u64::from(ahead));
    earliest + Days::new(u64::from((7 - earliest.weekday().num_days_from_monday()) % 7))
}

fn horizon(
    raw: &RawScenario,
    tree: &Node,
    (start, weeks): (Option<NaiveDate>, Option<u32>),
    problems: &mut Problems,
) -> Option<Horizon> {
    let weeks = weeks.unwrap_or(raw.weeks);
    let refused = match start {
        _ if weeks == 0 => Some((
            String::from("l'horizon demandé ne dure aucune semaine"),
            String::from("the horizon asked for lasts no week"),
        )),
        Some(start) if start.weekday() != Weekday::Mon => Some((
            format!("l'horizon demandé commence le {start}, qui n'est pas un lundi"),
            format!("the horizon asked for begins on {start}, which is not a Monday"),
        )),
        _ => None,
    };
    if let Some((fr, en)) = refused {
        problems.push(Problem::new(Code::Monday, fr, en));
        return None;
    }
    if let Some(start) = start {
        return Some(Horizon { start, weeks });
    }
    let Some(week) = &raw.week else {
        problems.push(tree.place(Problem::new(Code::NoWeek, "aucune semaine n'est donnée", "no week is given")));
        return None;
    };
    let start = monday_of_week(week);
    if start.is_none() {
        let problem = Problem::new(
            Code::Week,
            format!("« {week} » n'est pas une semaine de cette année-là"),
            format!("\"{week}\" is not a week of that year"),
        )
        .help("une année ISO a 52 ou 53 semaines", "an ISO year has 52 or 53 weeks");
        problems.push(tree.at("week").place(problem).column("week"));
    }
    start.map(|start| Horizon { start, weeks })
}

/// Spans as written, which must grow and not overlap.
pub(super) fn spans(texts: &[String], node: &Node, key: &str, problems: &mut Problems) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for (k, text) in texts.iter().enumerate() {
        let complain = |fr: String, en: String| {
            node.child(&k.to_string()).unwrap_or(node).place(Problem::new(Code::HoursOrder, fr, en)).column(key)
        };
        match cells::window(text) {
            Ok(window) if windows.last().is_some_and(|w| w.to > window.from) => problems.push(complain(
                format!("la plage « {text} » commence avant la fin de la précédente"),
                format!("the span \"{text}\" begins before the end of the one before"),
            )),
            Ok(window) => windows.push(window),
            Err((_, why)) => problems.push(complain(why.fr, why.en)),
        }
    }
    windows
}

fn time(raw: &RawTime, tree: &Node, problems: &mut Problems) -> TimeRules {
    let at = |key: &str| tree.at(&format!("time/{key}"));
    if 60 % raw.grid_minutes != 0 {
        let n = raw.grid_minutes;
        let problem = Problem::new(
            Code::Grid,
            format!("un pas de {n} minutes ne divise pas l'heure"),
            format!("a step of {n} minutes does not divide the hour"),
        );
        problems.push(at("grid-minutes").place(problem).column("grid-minutes"));
    }
    let window = spans(std::slice::from_ref(&raw.break_window), at("break-window"), "break-window", problems);
    let break_window = window.first().copied().unwrap_or(Window { from: Seconds(0), to: Seconds(86_400) });
    let break_length = whole(raw.break_minutes);
    if break_length > break_window.length() {
        let (n, window) = (raw.break_minutes, &raw.break_window);
        let problem = Problem::new(
            Code::Break,
            format!("{n} minutes de pause ne tiennent pas dans {window}"),
            format!("a break of {n} minutes does not fit into {window}"),
        );
        problems.push(at("break-minutes").place(problem).column("break-minutes"));
    }
    TimeRules {
        grid: whole(raw.grid_minutes),
        public_hours: spans(&raw.public_hours, at("public-hours"), "public-hours", problems),
        weekend_hours: spans(&raw.weekend_hours, at("weekend-hours"), "weekend-hours", problems),
        break_length,
        break_window,
        send_ahead_days: raw.send_ahead_days,
        reinvite_months: raw.reinvite_months,
    }
}

fn travel(raw: &RawScenario, tree: &Node, problems: &mut Problems) -> TravelRules {
    if raw.travel.min_access_minutes > raw.travel.max_access_minutes {
        let (least, most) = (raw.travel.min_access_minutes, raw.travel.max_access_minutes);
        let problem = Problem::new(
            Code::Access,
            format!("le minimum ({least}) dépasse le maximum ({most})"),
            format!("the least ({least}) exceeds the greatest ({most})"),
        );
        problems.push(tree.at("travel/min-access-minutes").place(problem));
    }
    TravelRules {
        door: fraction(raw.travel.door_minutes),
        min_access: fraction(raw.travel.min_access_minutes),
        max_access: fraction(raw.travel.max_access_minutes),
    }
}

fn fairness(raw: &RawScenario, tree: &Node, problems: &mut Problems) -> Fairness {
    let steps = &raw.fairness.steps;
    let mut complain = |k: usize, fr: &str, en: &str| {
        let problem = Problem::new(Code::Steps, fr, en);
        problems.push(tree.at(&format!("fairness/steps/{k}")).place(problem).column("steps"));
    };
    for (k, step) in steps.iter().enumerate() {
        let last = k + 1 == steps.len();
        let before = k.checked_sub(1).map(|b| &steps[b]);
        if step.slope <= 0.0 {
            complain(k, "une pente doit être positive", "a slope must be positive");
        }
        if before.is_some_and(|b| b.slope < step.slope) {
            complain(k, "cette pente dépasse la précédente", "this slope exceeds the one before");
        }
        match step.up_to {
            None if !last => {
                complain(k, "seul le dernier palier est sans `up-to`", "only the last step has no `up-to`")
            }
            Some(_) if last => complain(k, "le dernier palier n'a pas de `up-to`", "the last step has no `up-to`"),
            Some(end) if end <= before.and_then(|b| b.up_to).unwrap_or(0.0) => {
                complain(k, "`up-to` doit dépasser le précédent", "`up-to` must exceed the one before");
            }
            _ => {}
        }
    }
    let steps = steps.iter().map(|s| ValueStep { up_to: s.up_to, slope: s.slope }).collect();
    Fairness { weeks: raw.fairness.weeks, steps }
}

fn duplicates<'a>(ids: impl Iterator<Item = &'a str>, key: &str, tree: &Node, problems: &mut Problems) {
    let mut seen: Vec<&str> = Vec::new();
    for (k, id) in ids.enumerate() {
        if seen.contains(&id) {
            let problem = Problem::new(
                Code::DuplicateId,
                format!("l'identifiant « {id} » est déjà pris"),
                format!("the identifier \"{id}\" is taken already"),
            );
            problems.push(tree.at(&format!("{key}/{k}/id")).place(problem).column("id"));
        }
        seen.push(id);
    }
}

fn service(
    raw: &RawService,
    k: usize,
    all: &RawScenario,
    (crews, communes): (&[Crew], &Communes),
    tree: &Node,
    problems: &mut Problems,
) -> Service {
    let node = tree.at(&format!("service/{k}"));
    let name = |given: &Option<String>| given.clone().unwrap_or_else(|| raw.id.clone());
    Service {
        id: raw.id.clone(),
        name: Text::new(name(&raw.name_fr), name(&raw.name_en)),
        appointment: whole(raw.minutes),
        weight: raw.weight,
        overbooking: raw.overbooking,
        reserve: raw.reserve,
        crew: crew_ids(&raw.crew, crews, node, problems),
        pool: raw.pool.as_ref().map(|pool| self::pool(pool, &raw.id, all, node.at("pool"), problems)),
        promise: promise(&raw.promise, communes, node.at("promise"), problems),
        follow_up: follow_up(raw),
    }
}

fn pool(raw: &RawPool, service: &str, all: &RawScenario, node: &Node, problems: &mut Problems) -> Pool {
    let superfluous = match raw.of {
        RawPoolSource::WomenDue if raw.share.is_some() => Some("share"),
        RawPoolSource::WithoutGp | RawPoolSource::Residents if raw.participation.is_some() => Some("participation"),
        _ => None,
    };
    if let Some(key) = superfluous {
        let problem = Problem::new(
            Code::Conflict,
            format!("`{key}` ne va pas avec cette valeur de `of`"),
            format!("`{key}` does not go with this value of `of`"),
        );
        problems.push(node.at(key).place_at_key(problem).column(key));
    }
    let source = match raw.of {
        RawPoolSource::WomenDue => PoolSource::WomenDue { participation: raw.participation.unwrap_or(PARTICIPATION) },
        RawPoolSource::WithoutGp => PoolSource::WithoutGp { share: raw.share.unwrap_or(WITHOUT_GP) },
        RawPoolSource::Residents => {
            if raw.share.is_none() {
                let problem = Problem::new(Code::MissingKey, "la clé `share` manque", "the key `share` is missing");
                problems.push(node.place(problem).column("share"));
            }
            PoolSource::Residents { share: raw.share.unwrap_or_default() }
        }
    };
    let best =
        raw.invitations_per_appointment * raw.uptake * (-all.travel.min_access_minutes / raw.half_minutes).exp2();
    if best < 0.9 {
        let per_cent = (best * 100.0).floor();
        let problem = Problem::new(
            Code::Kappa,
            format!("« {service} » : même tout près, les invitations ne rempliraient que {per_cent} % des rendez-vous"),
            format!("\"{service}\": even near by, invitations would fill only {per_cent} % of the appointments"),
        );
        problems.push(node.at("invitations-per-appointment").place(problem).column("invitations-per-appointment"));
    }
    Pool {
        source,
        uptake: raw.uptake,
        half_minutes: raw.half_minutes,
        additionality: raw.additionality.as_ref().map(|a| Additionality {
            reference: match a.reference {
                RawReference::Imaging => Reference::Imaging,
                RawReference::CarePoints => Reference::CarePoints,
            },
            b: a.b,
            half_minutes: a.half_minutes,
            count_planned: a.count_planned,
        }),
        invitations_per_appointment: raw.invitations_per_appointment,
        max_invited_share: raw.max_invited_share,
        host_share: raw.host_share,
        min_invitations: raw.min_invitations,
        fairness_appointments_per_week: raw.fairness_appointments_per_week,
    }
}

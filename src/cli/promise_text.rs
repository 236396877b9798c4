//! The promise of a plan on the terminal.

use super::{figures, output, week, words};
use crate::domain::{ClockKind, Scenario, Service};
use crate::i18n::{Lang, Text};
use crate::plan::{FollowUpLine, LongestWait, Plan, PromiseFigures, RollingFigures};
use crate::promise::{FollowUpAnswer, Level, PlaceLine, PromiseAnswer, RequestCounts, RollingAnswer, labels};
use crate::publish::lookup::Lookup;
use comfy_table::{CellAlignment, ContentArrangement};
use std::fmt::Write as _;

/// Intercommunalities named: those with most residents who are not answered.
const NAMED: usize = 8;
/// Visits named that break the rule of follow-up.
const BROKEN: usize = 8;

/// Everything, by service.
pub(super) fn human(scenario: &Scenario, answer: &PromiseAnswer, written: Option<&str>, lang: Lang) -> String {
    let mut out = String::new();
    let heading = week::heading(scenario, lang);
    out += heading.lines().next().unwrap_or_default();
    out.push('\n');
    out += &said(&answer.labels, lang);
    let lookup = Lookup::new(scenario);
    for service in &scenario.services {
        let own: Vec<&RollingAnswer> = answer.rolling.iter().filter(|of| of.service == service.id).collect();
        let Some(first) = own.first() else { continue };
        let name = week::capital(service.name.get(lang));
        let title = promised(&name, first.minutes, first.hours, lang);
        let _ = writeln!(out, "\n{}", output::bold(&title));
        out += &table(&own, lang);
        for of in &own {
            out += &figures::entry(clock_name(of.clock, lang), &extremes(&of.places[0], &lookup, lang));
            if let Some(counts) = &of.places[0].requests {
                out += &figures::entry("", &requests(counts, lang));
            }
        }
        for of in answer.follow_up.iter().filter(|of| of.service == service.id) {
            out += &follow_up(of, &lookup, lang);
        }
    }
    let text = written.unwrap_or(lang.pick(
        "Rien n'a été écrit : --out DOSSIER écrit le détail par commune (promise.csv, promise.json) et les cartes GeoJSON.",
        "Nothing has been written: --out FOLDER writes the details by commune (promise.csv, promise.json) and GeoJSON maps.",
    ));
    let _ = writeln!(out, "\n{}", output::wrap(text, output::width(), 0));
    out
}

fn said(labels: &[Text], lang: Lang) -> String {
    labels.iter().map(|l| output::wrap(&format!("! {}", l.get(lang)), output::width(), 2) + "\n").collect()
}

fn promised(name: &str, minutes: f64, hours: u32, lang: Lang) -> String {
    let minutes = lang.number(minutes, 0);
    match lang {
        Lang::Fr => format!("{name} : ouvert à moins de {minutes}\u{a0}min et sous {hours}\u{a0}h"),
        Lang::En => format!("{name}: open within {minutes}\u{a0}min and {hours}\u{a0}h"),
    }
}

fn clock_name(clock: ClockKind, lang: Lang) -> &'static str {
    match clock {
        ClockKind::Working => lang.pick("Jours ouvrés", "Working days"),
        ClockKind::Calendar => lang.pick("Tous jours", "All days"),
    }
}

fn share(figures: &RollingFigures, lang: Lang) -> String {
    figures.share.map_or_else(|| "–".into(), |share| lang.percent(share, 1.0))
}

/// Shares of the time in which residents are answered: the scope, its départements, and the
/// intercommunalities where most are not.
fn table(own: &[&RollingAnswer], lang: Lang) -> String {
    let mut table = week::plain_table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    let mut header =
        vec![lang.pick("Temps couvert", "Time answered").to_owned(), lang.pick("Habitants", "Residents").to_owned()];
    for of in own {
        let clock = clock_name(of.clock, lang);
        header.push(format!("{clock}\n{}", lang.pick("véhicules", "vehicles")));
        header.push(format!("{clock}\n{}", lang.pick("et lieux fixes", "and fixed")));
    }
    table.set_header(header);
    let first = own[0];
    let mut shown: Vec<usize> = (0..first.places.len())
        .filter(|&k| matches!(first.places[k].level, Level::Scope | Level::Departement))
        .collect();
    let mut worst: Vec<usize> =
        (0..first.places.len()).filter(|&k| first.places[k].level == Level::Intercommunality).collect();
    #[allow(clippy::cast_precision_loss)]
    let missed = |k: &usize| {
        let place = &first.places[*k];
        place.residents as f64 * (1.0 - place.with_fixed.share.unwrap_or(1.0))
    };
    worst.sort_by(|a, b| missed(b).total_cmp(&missed(a)).then(a.cmp(b)));
    shown.extend(worst.into_iter().filter(|k| missed(k) > 0.0).take(NAMED));
    for k in shown {
        let place = &first.places[k];
        let name = match place.level {
            Level::Scope => lang.pick("Périmètre", "Scope").to_owned(),
            _ if place.code.is_empty() => lang.pick("sans intercommunalité", "no intercommunality").to_owned(),
            _ => place.name.clone(),
        };
        #[allow(clippy::cast_precision_loss)]
        let mut row = vec![name, lang.number(place.residents as f64, 0)];
        for of in own {
            row.push(share(&of.places[k].vehicles, lang));
            row.push(share(&of.places[k].with_fixed, lang));
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let rest = lang.pick(
        "Intercommunalités : celles où le plus d'habitants attendent, lieux fixes compris.",
        "Intercommunalities: those where most residents wait, fixed points included.",
    );
    format!("{}\n{}\n", lines.join("\n"), output::wrap(rest, output::width(), 0))
}

/// Who is always and never answered, and the longest wait: with the vehicles alone, with the fixed points.
fn extremes(place: &PlaceLine, lookup: &Lookup, lang: Lang) -> String {
    let part = |who: &str, own: &RollingFigures| {
        #[allow(clippy::cast_precision_loss)]
        let whole = |n: u64| lang.number(n as f64, 0);
        let (always, never) = (whole(own.always), whole(own.never));
        let wait = own.longest.as_ref().map_or_else(
            || lang.pick("aucune attente", "no wait").to_owned(),
            |wait| format!("{} {}", lang.pick("attente la plus longue", "longest wait"), longest(wait, lookup, lang)),
        );
        match lang {
            Lang::Fr => format!("{who}, habitants toujours couverts : {always}, jamais : {never}, {wait}"),
            Lang::En => format!("{who}, residents always answered: {always}, never: {never}, {wait}"),
        }
    };
    let alone = part(lang.pick("par les véhicules", "by the vehicles"), &place.vehicles);
    let fixed = part(lang.pick("avec les lieux fixes", "with fixed points"), &place.with_fixed);
    format!("{alone}{}{fixed}", lang.pick(" ; ", "; "))
}

/// How many requests from the scope get an appointment.
fn requests(counts: &RequestCounts, lang: Lang) -> String {
    let whole = |n: u32| lang.number(f64::from(n), 0);
    let part = |n: u32| format!("{} ({})", whole(n), lang.percent(f64::from(n) / f64::from(counts.asked.max(1)), 1.0));
    let (asked, alone, fixed) = (whole(counts.asked), part(counts.vehicles), part(counts.with_fixed));
    match lang {
        Lang::Fr => format!(
            "demandes de rendez-vous : {asked} ; en obtiennent un, par les véhicules {alone}, avec les lieux fixes {fixed}"
        ),
        Lang::En => {
            format!("requests for appointments: {asked}; get one, by the vehicles {alone}, with fixed points {fixed}")
        }
    }
}

/// `≥ 60 h à Aniche, depuis le vendredi 4 décembre à 17 h 30`
fn longest(wait: &LongestWait, lookup: &Lookup, lang: Lang) -> String {
    let least = if wait.at_least { "≥\u{a0}" } else { "" };
    let length = match u64::try_from(wait.seconds).unwrap_or(0) {
        whole if whole.is_multiple_of(3600) => format!("{}\u{a0}h", whole / 3600),
        seconds => words::duration(seconds),
    };
    let name = lookup.commune_name(&wait.commune);
    let since = words::instant(lang, wait.from);
    match lang {
        Lang::Fr => format!("{least}{length} à {name}, depuis le {since}"),
        Lang::En => format!("{least}{length} in {name}, from {since}"),
    }
}

fn follow_up(of: &FollowUpAnswer, lookup: &Lookup, lang: Lang) -> String {
    let (minutes, hours) = (lang.number(of.minutes, 0), of.hours);
    let (kept, visits) = (of.kept, of.visits);
    if visits == 0 {
        return String::new();
    }
    let clock = clock_name(of.clock, lang).to_lowercase();
    let mut text = match lang {
        Lang::Fr => format!(
            "après {kept} des {visits} visites, toutes les personnes invitées ont un lieu d'imagerie ou d'adressage ouvert à {minutes} min et sous {hours} h ({clock})"
        ),
        Lang::En => format!(
            "after {kept} of {visits} visits everybody invited has imaging or a referral point open within {minutes} min and {hours} h ({clock})"
        ),
    };
    let list: Vec<String> = of
        .broken
        .iter()
        .take(BROKEN)
        .map(|b| {
            let place = lookup.commune_name(&b.commune);
            format!("{place} {} ({})", words::short_day(lang, b.date), who(&b.follow_up, lang))
        })
        .collect();
    if !list.is_empty() {
        let more = of.broken.len() - list.len();
        let rest = if more > 0 { format!(" ; +{more}") } else { String::new() };
        text += &format!(
            "{}{}{rest}",
            lang.pick(" ; après les autres, en ont un : ", "; after the others, who has: "),
            list.join(" ; ")
        );
    }
    figures::entry(lang.pick("Suite", "Follow-up"), &text)
}

fn who(line: &FollowUpLine, lang: Lang) -> String {
    let whole = |n: u32| lang.number(f64::from(n), 0);
    let (has, of) = (whole(line.followed), whole(line.people));
    match lang {
        Lang::Fr => format!("{has} sur {of}"),
        Lang::En => format!("{has} of {of}"),
    }
}

/// The promise in the figures of a plan: the services that its vehicles offer, those promised alike together.
pub(super) fn summary(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let offered =
        |id: &str| plan.visits.iter().any(|v| v.services.iter().any(|s| s.service == id && s.appointments > 0));
    let services: Vec<&Service> = scenario.services.iter().filter(|s| offered(&s.id)).collect();
    let mut out = String::new();
    for (k, service) in services.iter().enumerate() {
        let reach = service.promise.reach;
        if services[..k].iter().any(|s| s.promise.reach == reach) {
            continue;
        }
        let residents: u64 = plan.promise.iter().map(|p| p.residents).max().unwrap_or(0);
        #[allow(clippy::cast_precision_loss)]
        let residents = lang.number(residents as f64, 0);
        let (minutes, hours) = (lang.number(reach.access.minutes(), 0), reach.hours);
        let lead = match lang {
            Lang::Fr => format!(
                "part du temps où un lieu est ouvert à moins de {minutes} min et sous {hours} h, pour les {residents} habitants du périmètre, par les véhicules / avec les lieux fixes : "
            ),
            Lang::En => format!(
                "share of the time in which something is open within {minutes} min and {hours} h, for the {residents} residents in scope, by the vehicles / with fixed points: "
            ),
        };
        let alike = services.iter().filter(|s| s.promise.reach == reach);
        let lines: Vec<String> = alike.map(|service| shares(service, plan, lang)).collect();
        out += &figures::entry(lang.pick("Promesse", "Promise"), &(lead + &lines.join(lang.pick(" ; ", "; "))));
    }
    if out.is_empty() {
        return out;
    }
    let extra = &labels(scenario)[scenario.labels.len()..];
    let notes: Vec<&str> = extra.iter().map(|l| l.get(lang)).collect();
    if !notes.is_empty() {
        out += &figures::entry("", &notes.join(" "));
    }
    out + &flagged(scenario, plan, lang)
}

/// `mammographie 9,7 % / 96,1 % (jours ouvrés), 10,5 % / 93,0 % (tous jours)`
fn shares(service: &Service, plan: &Plan, lang: Lang) -> String {
    let one = |p: &PromiseFigures| {
        let clock = clock_name(p.clock, lang).to_lowercase();
        format!("{} / {} ({clock})", share(&p.vehicles, lang), share(&p.with_fixed, lang))
    };
    let own = plan.promise.iter().filter(|p| p.service == service.id);
    format!("{} {}", service.name.get(lang), own.map(one).collect::<Vec<_>>().join(", "))
}

/// Visits that break the rule of follow-up on its clock.
fn flagged(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let lookup = Lookup::new(scenario);
    let mut out = String::new();
    for service in &scenario.services {
        let Some(rule) = &service.follow_up else { continue };
        let mut list = Vec::new();
        for visit in &plan.visits {
            let own = visit.services.iter().filter(|s| s.service == service.id);
            for line in own.filter_map(|s| s.followed(rule.clock)).filter(|line| !line.kept()) {
                let place = lookup.commune_name(&visit.commune);
                list.push(format!("{place} {} ({})", words::short_day(lang, visit.date), who(line, lang)));
            }
        }
        if list.is_empty() {
            continue;
        }
        let (count, minutes) = (list.len(), lang.number(rule.reach.access.minutes(), 0));
        let clock = clock_name(rule.clock, lang).to_lowercase();
        let (name, hours) = (service.name.get(lang), rule.reach.hours);
        let named = list[..count.min(BROKEN)].join(" ; ");
        let rest = if count > BROKEN { format!(" ; +{}", count - BROKEN) } else { String::new() };
        let visits = match (count, lang) {
            (1, Lang::Fr) => "une visite".to_owned(),
            (1, Lang::En) => "one visit".to_owned(),
            (n, Lang::Fr) => format!("{n} visites"),
            (n, Lang::En) => format!("{n} visits"),
        };
        let text = match lang {
            Lang::Fr => format!(
                "⚑ {name} : après {visits}, des personnes invitées n'ont aucun lieu d'imagerie ou d'adressage ouvert à {minutes} min et sous {hours} h ({clock}) ; en ont un : {named}{rest}"
            ),
            Lang::En => format!(
                "⚑ {name}: after {visits}, some people invited have no imaging or referral point open within {minutes} min and {hours} h ({clock}); who has: {named}{rest}"
            ),
        };
        out += &figures::entry(lang.pick("Suite", "Follow-up"), &text);
    }
    out
}

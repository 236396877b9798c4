//! What a plan brings, in figures that never go without their denominators, and its proof.

use super::{output, words};
use crate::domain::{PoolSource, Scenario};
use crate::i18n::Lang;
use crate::plan::{Coverage, Placing, Plan, Visit};
use crate::publish::lookup::Lookup;
use chrono::Days;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Sites named as left out on the terminal.
const LEFT_OUT: usize = 5;
/// Width of the words before the figures.
const LEAD: usize = 13;

/// The three figures of each service; two where nothing can be called additional.
pub(super) fn coverage(scenario: &Scenario, lines: &[Coverage], lang: Lang) -> String {
    let mut out = String::new();
    for line in lines {
        let service = scenario.service(&line.service).map(|s| &scenario.services[s.index()]);
        let women = service.and_then(|s| s.pool).is_some_and(|p| matches!(p.source, PoolSource::WomenDue { .. }));
        let name = service.map_or(line.service.as_str(), |s| s.name.get(lang));
        let _ = writeln!(out, "\n{}", output::bold(&super::week::capital(name)));
        if line.appointments == 0 {
            let none = lang.pick("aucune visite ne le propose", "no visit offers it");
            let scope = lang.number(f64::from(line.due_in_scope), 0);
            let _ = match lang {
                Lang::Fr => writeln!(out, "  {none} ({scope} personnes concernées dans le périmètre)"),
                Lang::En => writeln!(out, "  {none} ({scope} people concerned in scope)"),
            };
            continue;
        }
        let known = scenario.knows_additional(&line.service);
        for (lead, text) in three(line, women, lang).into_iter().take(if known { 3 } else { 2 }) {
            out.push_str(&entry(lead, &text));
        }
    }
    out
}

fn three(c: &Coverage, women: bool, lang: Lang) -> [(&'static str, String); 3] {
    let whole = |n: u32| lang.number(f64::from(n), 0);
    let one = |x: f64| lang.number(x, 1);
    let (reach, scope) = (f64::from(c.due_in_reach), f64::from(c.due_in_scope));
    let (due_reach, due_scope) = (whole(c.due_in_reach), whole(c.due_in_scope));
    let (in_reach, in_scope) = (share_of(lang, c.expected, reach), share_of(lang, c.expected, scope));
    let filled = lang.percent(c.expected, c.appointments.into());
    let share = lang.percent(c.expected_additional, c.expected);
    match lang {
        Lang::Fr => {
            let who = if women { "femmes" } else { "personnes" };
            let due = if women { "femmes encore à dépister" } else { "personnes concernées" };
            let how =
                if women { "qui n'auraient pas été dépistées" } else { "qui ne seraient pas venues ailleurs" };
            [
                (
                    "Attendues",
                    format!(
                        "{} {who} : {in_reach} des {due_reach} {due} à portée des visites, {in_scope} des {due_scope} du périmètre",
                        one(c.expected)
                    ),
                ),
                ("Rendez-vous", format!("{} offerts, remplis à {filled}", whole(c.appointments))),
                ("En plus", format!("{} {how} sans ces visites ({share} des attendues)", one(c.expected_additional))),
            ]
        }
        Lang::En => {
            let who = if women { "women" } else { "people" };
            let due = if women { "women still to be screened" } else { "people concerned" };
            let how = if women { "who would not have been screened" } else { "who would not have come elsewhere" };
            [
                (
                    "Expected",
                    format!(
                        "{} {who}: {in_reach} of the {due_reach} {due} within reach of a visit, {in_scope} of the {due_scope} in scope",
                        one(c.expected)
                    ),
                ),
                ("Appointments", format!("{} offered, {filled} of them filled", whole(c.appointments))),
                (
                    "Additional",
                    format!("{} {how} without these visits ({share} of those expected)", one(c.expected_additional)),
                ),
            ]
        }
    }
}

/// A share in per cent, with the decimals that small shares need.
fn share_of(lang: Lang, part: f64, whole: f64) -> String {
    let unit = lang.pick("\u{a0}%", "%");
    if part > 0.0 && part < 0.0001 * whole {
        return format!("{} {}{unit}", lang.pick("moins de", "less than"), lang.number(0.01, 2));
    }
    if part > 0.0 && part < 0.01 * whole {
        return format!("{}{unit}", lang.number(100.0 * part / whole, 2));
    }
    lang.percent(part, whole)
}

/// A word, and a text beside it that wraps.
pub(super) fn entry(lead: &str, text: &str) -> String {
    let width = output::width();
    let lead = format!("  {lead}{}", " ".repeat(LEAD.saturating_sub(lead.chars().count())));
    // The lead's blanks must not be places to break.
    let fixed = lead.replace(' ', "\u{2007}");
    output::wrap(&format!("{fixed}{text}"), width, LEAD + 2).replace('\u{2007}', " ") + "\n"
}

/// Invitations to send, from when on, and how many are late.
pub(super) fn invitations(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let ahead = Days::new(u64::from(scenario.time.send_ahead_days));
    // By visit, to its host and around it.
    let letters: Vec<(&Visit, u32, u32)> = plan.visits.iter().map(|visit| to_send(plan, visit)).collect();
    let to_hosts: u32 = letters.iter().map(|l| l.1).sum();
    let total = to_hosts + letters.iter().map(|l| l.2).sum::<u32>();
    let Some(first) = letters.iter().filter(|l| l.1 + l.2 > 0).map(|l| l.0.date - ahead).min() else {
        let none = lang.pick(
            "aucune à envoyer : celles du plan publié suffisent",
            "none to send: those of the published plan are enough",
        );
        return if plan.revision.is_some() { format!("\n{}", entry("Invitations", none)) } else { String::new() };
    };
    let whole = |n: u32| lang.number(f64::from(n), 0);
    let late = letters.iter().filter(|l| scenario.now.is_some_and(|now| l.0.date - ahead < now));
    let late: u32 = late.map(|l| l.1 + l.2).sum();
    let by = words::date(lang, first);
    let days = scenario.time.send_ahead_days;
    let sent = match lang {
        Lang::Fr => {
            format!(
                "{} à envoyer, dont {} dans les communes d'accueil et {} autour, {days} jours avant chaque visite : les premières au plus tard le {by}",
                whole(total),
                whole(to_hosts),
                whole(total - to_hosts)
            )
        }
        Lang::En => format!(
            "{} to send, {} of them in the host communes and {} around, {days} days before each visit: the first by {by}",
            whole(total),
            whole(to_hosts),
            whole(total - to_hosts)
        ),
    };
    let lateness = match (scenario.now, lang) {
        (None, Lang::Fr) => " (avec --now DATE, les retards sont signalés)".into(),
        (None, Lang::En) => " (with --now DATE, late ones are flagged)".into(),
        (Some(now), Lang::Fr) if late > 0 => {
            format!(" ; au {}, {} sont déjà en retard", words::date(lang, now), whole(late))
        }
        (Some(now), Lang::En) if late > 0 => {
            format!("; on {}, {} are late already", words::date(lang, now), whole(late))
        }
        (Some(_), Lang::Fr) => " ; aucune en retard".into(),
        (Some(_), Lang::En) => "; none is late".into(),
    };
    format!("\n{}", entry("Invitations", &(sent + &lateness)))
}

/// The letters of a visit to the commune that hosts it, and around it; without those that were sent for it where it stays as
/// it was published.
fn to_send<'p>(plan: &Plan, visit: &'p Visit) -> (&'p Visit, u32, u32) {
    let published = plan.revision.iter().flat_map(|revision| &revision.published);
    let before = published.into_iter().find(|old| old.id == visit.id && Placing::of(old) == Placing::of(visit));
    let sent = |service: &str, commune: &str| {
        let services = before.iter().flat_map(|old| &old.services).filter(|own| own.service == service);
        services
            .flat_map(|own| &own.invitations)
            .filter(|line| line.commune == commune)
            .map(|line| line.people)
            .sum::<u32>()
    };
    let (mut host, mut around) = (0, 0);
    for own in &visit.services {
        for line in &own.invitations {
            let people = line.people.saturating_sub(sent(&own.service, &line.commune));
            *(if line.commune == visit.commune { &mut host } else { &mut around }) += people;
        }
    }
    (visit, host, around)
}

/// Score, bound and gap, as plain sentences.
pub(super) fn proof(plan: &Plan, lang: Lang) -> String {
    let gap = lang.gap(plan.gap);
    let score = score_line(plan, lang);
    let proved: String = match (plan.proved_optimal, lang) {
        (true, Lang::Fr) => "C'est prouvé : aucun plan conforme aux mêmes règles ne peut faire mieux.".into(),
        (true, Lang::En) => "Proved: no plan under the same rules can do better.".into(),
        (false, Lang::Fr) => format!("Aucun plan conforme aux mêmes règles ne peut faire mieux de plus de {gap}."),
        (false, Lang::En) => format!("No plan under the same rules can do better by more than {gap}."),
    };
    let bound = match lang {
        Lang::Fr => format!("{score} ; borne {}", lang.at_most(plan.upper_bound, 2)),
        Lang::En => format!("{score}; bound {}", lang.at_most(plan.upper_bound, 2)),
    };
    let whole = match plan.invitations_gap.filter(|_| !plan.invitations_proved).map(|gap| lang.gap(gap)) {
        None => String::new(),
        Some(gap) => match lang {
            Lang::Fr => format!(" À visites égales, d'autres invitations vaudraient au plus {gap} de plus."),
            Lang::En => format!(" With the same visits, other invitations would be worth {gap} more at most."),
        },
    };
    let proved = proved + &whole;
    let mut out = entry("Score", &bound) + &entry(lang.pick("Preuve", "Proof"), &proved);
    if let Some(solver) = &plan.solver {
        let [root, first] = [solver.root_gap, solver.first_gap].map(|g| lang.gap(g));
        let columns = lang.number(count(solver.columns), 0);
        let stopped = stopped(&solver.stopped_by, lang);
        let (rounds, nodes) = (solver.rounds, solver.nodes);
        let plural = |n: u64| if n > 1 { "s" } else { "" };
        out += &entry(
            lang.pick("Calcul", "Search"),
            &match lang {
                Lang::Fr => format!(
                    "écart à la racine {root}, premier plan {first}, final {gap} ; {columns} colonne{}, {rounds} itération{}, {nodes} nœud{} ; {stopped}",
                    plural(solver.columns),
                    plural(rounds),
                    plural(nodes)
                ),
                Lang::En => format!(
                    "root gap {root}, first plan {first}, final {gap}; {columns} column{}, {rounds} round{}, {nodes} node{}; {stopped}",
                    plural(solver.columns),
                    plural(rounds),
                    plural(nodes)
                ),
            },
        );
    }
    format!("\n{out}")
}

/// Score and its parts.
pub(super) fn score_line(plan: &Plan, lang: Lang) -> String {
    let two = |x: f64| lang.number(x, 2);
    let parts = &plan.score_parts;
    let hours = lang.number(parts.driving_hours, 1);
    let mut line = match lang {
        Lang::Fr => format!(
            "{} contacts pondérés = couverture {} − route {} ({hours}\u{a0}h)",
            two(plan.score),
            two(parts.coverage),
            two(parts.driving)
        ),
        Lang::En => format!(
            "{} weighted contacts = coverage {} − driving {} ({hours}\u{a0}h)",
            two(plan.score),
            two(parts.coverage),
            two(parts.driving)
        ),
    };
    if parts.nights_out > 0 {
        line += &format!(" − {} {} ({})", lang.pick("nuits", "nights"), two(parts.nights), parts.nights_out);
    }
    if parts.promise > 0.0 {
        line += &format!(" − {} {}", lang.pick("promesse non tenue", "promise not kept"), two(parts.promise));
    }
    if parts.changes_made > 0 {
        line += &format!(" − {} {} ({})", lang.pick("changements", "changes"), two(parts.changes), parts.changes_made);
    }
    if parts.weekdays != 0.0 {
        let sign = if parts.weekdays > 0.0 { '+' } else { '−' };
        line += &format!(" {sign} {} {}", lang.pick("jours de marché", "market days"), two(parts.weekdays.abs()));
    }
    line
}

/// The score of a plan made by hand, for which nothing is proved.
pub(super) fn no_proof(plan: &Plan, lang: Lang) -> String {
    let text = lang.pick(
        "aucune pour ces visites choisies à la main : seul « tournee plan » dit de combien un plan pourrait faire mieux",
        "none for visits chosen by hand: only \"tournee plan\" tells by how much a plan could do better",
    );
    format!("\n{}{}", entry("Score", &score_line(plan, lang)), entry(lang.pick("Preuve", "Proof"), text))
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn count(n: u64) -> f64 {
    n as f64
}

fn stopped(by: &str, lang: Lang) -> &'static str {
    match by {
        "gap" => lang.pick("arrêté une fois l'écart atteint", "stopped once the gap was reached"),
        "time" => lang.pick("arrêté par le temps de calcul (--time-limit)", "stopped by the time limit (--time-limit)"),
        "tours" => lang.pick(
            "plus rien à chercher : trop de tournées pour les connaître toutes",
            "nothing left to search: too many tours to know them all",
        ),
        "days" => lang.pick(
            "plus rien à chercher : trop de façons de répartir les tournées sur les jours",
            "nothing left to search: too many ways of putting tours on days",
        ),
        "invitations" => lang.pick(
            "plus rien à chercher : des invitations, en nombres entiers, ne sont pas prouvées les meilleures",
            "nothing left to search: some invitations, in whole numbers, are not proved best",
        ),
        "work" => lang.pick("arrêté par --node-limit", "stopped by --node-limit"),
        _ => lang.pick("interrompu, le meilleur plan trouvé est gardé", "interrupted, the best plan found is kept"),
    }
}

/// The best sites left out, with what they lack.
pub(super) fn left_out(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    if plan.not_served.is_empty() {
        return String::new();
    }
    let lookup = Lookup::new(scenario);
    let kinds: BTreeSet<&str> = scenario.vehicles.iter().map(|v| v.kind.as_str()).collect();
    let sites: Vec<String> = plan
        .not_served
        .iter()
        .take(LEFT_OUT)
        .map(|site| {
            let name = lookup.commune_name(&site.commune);
            let kind = if kinds.len() > 1 { format!(" ({})", site.vehicle_kind) } else { String::new() };
            let lack = site.score_at_most.map_or(-site.reduced_value, |most| plan.upper_bound - most);
            let lack = lang.at_least(lack.max(0.0), 2);
            format!("{name}{kind}\u{a0}{lack}")
        })
        .collect();
    let list = sites.join(" ; ");
    let text = match lang {
        Lang::Fr => format!("un plan avec une visite y reste sous la borne, d'au moins (contacts pondérés) : {list}"),
        Lang::En => format!("a plan with a visit there stays below the bound by at least (weighted contacts): {list}"),
    };
    entry(lang.pick("Écartés", "Left out"), &text)
}

//! The figures of a plan, computed again, and what it states of them.

use super::codes::Rule;
use super::follow_up;
use super::log::{Log, number};
use super::offered;
use super::pools::{self, PoolView};
use super::promise;
use super::rules::coverage::agrees;
use super::rules::revision::number_of_changes;
use super::view::{View, VisitView};
use crate::domain::{ServiceId, SiteId};
use crate::plan::{Coverage, InvitationLine, PROVED_GAP, PromiseFigures, ScoreParts, VisitService};
use std::collections::BTreeSet;

/// The figures of a plan as the checker computes them, from tours, sessions and invitations
/// alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Weighted coverage less the prices of driving, of nights out, of promises not kept and of changes, plus
    /// what weekdays are worth, weighted contacts.
    pub score: f64,
    /// The bound as the plan states it: the checker cannot compute it again.
    pub upper_bound: f64,
    /// `(upper_bound − score) / max(coverage, 1)`.
    pub gap: f64,
    /// The score, part by part.
    pub score_parts: ScoreParts,
    /// One line per service with a pool, in the order of the scenario's services.
    pub coverage: Vec<Coverage>,
    /// One line per service and clock.
    pub promise: Vec<PromiseFigures>,
    /// For each visit, in the plan's order, the services it lists, with appointments and
    /// expectations computed again.
    pub visits: Vec<Vec<VisitService>>,
    /// Driving of all tours, seconds.
    pub driving_seconds: u64,
    /// Length of all tours, metres.
    pub driving_metres: u64,
}

/// Computes all figures. `O(sites visited × communes)` a service.
pub(super) fn recompute(view: &View) -> Figures {
    let mut coverage = Vec::new();
    let mut weighted = 0.0;
    for (k, (service, pool)) in view.scenario.services.iter().zip(&view.pools).enumerate() {
        let Some(pool) = pool else { continue };
        let line = of_service(view, ServiceId::new(k), pool);
        weighted += service.weight * line.coverage_score;
        coverage.push(line);
    }
    let driving_seconds = view.tours.iter().map(super::view::TourView::driving).sum();
    #[allow(clippy::cast_precision_loss)]
    let driving_hours = driving_seconds as f64 / 3600.0;
    let driving = view.scenario.prices.driving_price_per_hour * driving_hours;
    let nights_out = view.tours.iter().map(|t| t.nights).fold(0, u32::saturating_add);
    let nights = view.scenario.prices.night_price * f64::from(nights_out);
    let weekdays = view.visits.iter().filter_map(|v| weekday_worth(view, v)).fold(0.0, |sum, worth| sum + worth);
    let promise = promise::penalty(view);
    let changes_made = number_of_changes(view);
    let changes = view.scenario.prices.change_price * f64::from(changes_made);
    let score = weighted - driving - nights + weekdays - promise - changes;
    let upper_bound = view.plan.upper_bound;
    let mut visits = by_visit(view);
    follow_up::follow_up(view, &mut visits);
    Figures {
        score,
        upper_bound,
        gap: (upper_bound - score) / weighted.max(1.0),
        score_parts: ScoreParts {
            coverage: weighted,
            driving,
            driving_hours,
            nights,
            nights_out,
            weekdays,
            promise,
            changes,
            changes_made,
        },
        coverage,
        promise: promise::promise(view),
        visits,
        driving_seconds,
        driving_metres: view.tours.iter().map(super::view::TourView::metres).sum(),
    }
}

/// What the weekday of a visit adds to the score: the price on a preferred one, less it on an
/// avoided one.
fn weekday_worth(view: &View, visit: &VisitView) -> Option<f64> {
    let (site, _) = visit.site.zip(visit.day)?;
    let (place, date) = (&view.scenario.sites[site.index()], visit.visit.date);
    let price = view.scenario.prices.weekday_price;
    let plus = if place.preferred.contains(date) { price } else { 0.0 };
    let minus = if place.avoided.contains(date) { price } else { 0.0 };
    Some(plus - minus)
}

fn of_service(view: &View, id: ServiceId, pool: &PoolView) -> Coverage {
    let scenario = view.scenario;
    let mut gets = vec![0.0; scenario.territories.len()];
    let (mut expected, mut additional, mut invited) = (0.0, 0.0, 0_u64);
    for entry in view.offered.iter().filter(|o| o.service == Some(id)) {
        expected += entry.expected();
        additional += entry.additional();
        invited += entry.people();
        for line in &entry.lines {
            let Some(commune) = line.commune.map(|i| &scenario.communes[i]) else { continue };
            gets[commune.territory.index()] += commune.priority * line.additional;
        }
    }
    // Of visits that were made, who came counts; the lines above have what was expected of them.
    let revision = view.plan.revision.as_ref();
    let known = |visit: &str| revision.is_some_and(|r| r.attended.iter().any(|a| a.visit == visit));
    for entry in view.offered.iter().filter(|o| o.service == Some(id) && known(&view.visits[o.visit].visit.id)) {
        for line in &entry.lines {
            let Some(commune) = line.commune.map(|i| &scenario.communes[i]) else { continue };
            gets[commune.territory.index()] -= commune.priority * line.additional;
        }
    }
    for came in revision.into_iter().flat_map(|r| &r.attended).filter(|a| a.service == scenario.services[id.index()].id)
    {
        let Some(&i) = view.communes.get(came.commune.as_str()) else { continue };
        let commune = &scenario.communes[i];
        gets[commune.territory.index()] += commune.priority * pool.additional[i] * f64::from(came.people);
    }
    let offering = || view.visits.iter().filter(|v| offered::offers(view, v, id));
    let sites: BTreeSet<SiteId> = offering().filter_map(|v| v.site).collect();
    let near = |i: &usize| sites.iter().any(|s| pools::access(scenario, view.travel, *i, *s).is_some());
    let due = |i: usize| u64::from(pool.due[i]);
    let people = |sum: u64| u32::try_from(sum).unwrap_or(u32::MAX);
    Coverage {
        service: scenario.services[id.index()].id.clone(),
        expected,
        expected_additional: additional,
        appointments: people(offering().map(|v| u64::from(offered::appointments(view, v, id))).sum()),
        invited: people(invited),
        due_in_reach: people((0..pool.due.len()).filter(near).map(due).sum()),
        due_in_scope: people((0..pool.due.len()).map(due).sum()),
        coverage_score: pool.coverage_score(scenario, &gets),
    }
}

fn by_visit(view: &View) -> Vec<Vec<VisitService>> {
    let mut visits = vec![Vec::new(); view.visits.len()];
    for entry in &view.offered {
        let invitations = entry.lines.iter().map(|l| InvitationLine { expected: l.expected, ..l.stated.clone() });
        visits[entry.visit].push(VisitService {
            service: entry.stated.service.clone(),
            appointments: entry.appointments,
            expected: entry.expected(),
            expected_additional: entry.additional(),
            invitations: invitations.collect(),
            follow_up: Vec::new(),
        });
    }
    visits
}

pub(super) fn compare(log: &mut Log, rule: Rule, what: &str, stated: f64, computed: f64) {
    if !agrees(stated, computed) {
        let (s, c) = (number(stated), number(computed));
        log.add(
            rule,
            "plan",
            format!("{what} : {} annoncé, {} recalculé ; corrigez le nombre", s.fr, c.fr),
            format!("{what}: {} stated, {} computed; mend the number", s.en, c.en),
        );
    }
}

/// One line of coverage per service with a pool; its numbers and the parts of the score.
pub(super) fn figures(view: &View, computed: &Figures, log: &mut Log) {
    let stated = &view.plan.coverage;
    for line in &computed.coverage {
        let mut own = stated.iter().filter(|c| c.service == line.service);
        let (Some(is), None) = (own.next(), own.next()) else {
            let service = &line.service;
            log.add(
                Rule::Figures,
                "plan",
                format!(
                    "il faut une ligne de couverture et une seule pour « {service} » ; ajoutez-la ou retirez le reste"
                ),
                format!("“{service}” needs one line of coverage and no more; add it or drop the rest"),
            );
            continue;
        };
        let mut field = |name: &str, stated: f64, computed: f64| {
            compare(log, Rule::Figures, &format!("coverage.{}.{name}", line.service), stated, computed);
        };
        field("expected", is.expected, line.expected);
        field("expected_additional", is.expected_additional, line.expected_additional);
        field("appointments", is.appointments.into(), line.appointments.into());
        field("invited", is.invited.into(), line.invited.into());
        field("due_in_reach", is.due_in_reach.into(), line.due_in_reach.into());
        field("due_in_scope", is.due_in_scope.into(), line.due_in_scope.into());
        field("coverage_score", is.coverage_score, line.coverage_score);
    }
    for extra in stated.iter().filter(|c| computed.coverage.iter().all(|l| l.service != c.service)) {
        let service = &extra.service;
        log.add(
            Rule::Figures,
            "plan",
            format!("« {service} » n'est pas un service à population ; retirez sa ligne de couverture"),
            format!("“{service}” is no service with a pool; take its line of coverage out"),
        );
    }
    let (is, due) = (&view.plan.score_parts, &computed.score_parts);
    compare(log, Rule::Figures, "score_parts.coverage", is.coverage, due.coverage);
    compare(log, Rule::Figures, "score_parts.driving", is.driving, due.driving);
    compare(log, Rule::Figures, "score_parts.driving_hours", is.driving_hours, due.driving_hours);
    compare(log, Rule::Figures, "score_parts.nights", is.nights, due.nights);
    compare(log, Rule::Figures, "score_parts.nights_out", is.nights_out.into(), due.nights_out.into());
    compare(log, Rule::Figures, "score_parts.weekdays", is.weekdays, due.weekdays);
    compare(log, Rule::Figures, "score_parts.promise", is.promise, due.promise);
    compare(log, Rule::Figures, "score_parts.changes", is.changes, due.changes);
    compare(log, Rule::Figures, "score_parts.changes_made", is.changes_made.into(), due.changes_made.into());
}

/// The score is coverage less driving and nights, plus weekdays, computed again.
pub(super) fn score(view: &View, computed: &Figures, log: &mut Log) {
    compare(log, Rule::Score, "score", view.plan.score, computed.score);
}

/// The bound is a number, and not below the score computed again.
pub(super) fn bound(view: &View, computed: &Figures, log: &mut Log) {
    let (bound, score) = (view.plan.upper_bound, computed.score);
    if bound.is_finite() && bound >= score - 1e-6 * score.max(1.0) {
        return;
    }
    let (b, s) = (number(bound), number(score));
    log.add(
        Rule::Bound,
        "plan",
        format!("la borne {} est sous le score {} : l'un des deux est faux ; signalez-le", b.fr, s.fr),
        format!("the bound {} is below the score {}: one of them is wrong; report it", b.en, s.en),
    );
}

/// The gap is that of the stated bound and the score computed again; only a plan with a gap of
/// at most 1e-6 is proved to be a best one.
pub(super) fn gap(view: &View, computed: &Figures, log: &mut Log) {
    if !computed.gap.is_finite() {
        return;
    }
    compare(log, Rule::Gap, "gap", view.plan.gap, computed.gap);
    if view.plan.proved_optimal && computed.gap > PROVED_GAP * (1.0 + 1e-3) {
        let g = format!("{:.2e}", computed.gap);
        log.add(
            Rule::Gap,
            "plan",
            format!("le plan se dit optimal avec un écart de {g} ; mettez proved_optimal à false"),
            format!("the plan says it is optimal with a gap of {g}; set proved_optimal to false"),
        );
    }
}

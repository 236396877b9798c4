//! The independent checker.
//!
//! It reads a plan, whoever made it, and computes everything in it again from the scenario and
//! the travel table: trips, times, appointments, people due, expected attendance, coverage,
//! score. It shares no evaluation with [`crate::demand`] and [`crate::optimise`]; a mistake there
//! shows here. One function a rule, one stable code a rule ([`CODES`]).
//!
//! How a plan is read:
//!
//! * Times of day (shifts, public hours, the grid, the break window) are local to Paris;
//!   lengths are differences of instants.
//! * A tour is one day, base → sites → base; each stop at a site is one visit of the same
//!   vehicle, date and site. Nothing says where set-up and pack-down lie between arrival, opening,
//!   closing and departure: they need that much unbroken time there.
//! * With nights out a tour ends, and the next one starts, at the site between them: no leg
//!   leaves it or arrives there. Visits joined by nights at their site are one stay.
//! * Nothing in a plan can make the checker panic: unknown identifiers, empty lists, reversed
//!   or absurd times are violations, and rules that cannot be judged without them are passed over.
//! * A stated number agrees with the computed one within 1e-6, or 1e-9 of a large number.

mod answers;
mod codes;
mod figures;
mod follow_up;
mod log;
mod offered;
mod pools;
mod promise;
mod routes;
mod rules;
mod size;
mod stays;
mod view;

pub use answers::check_answers;
pub use codes::{CODES, CodeLine, Rule};
pub use figures::Figures;
pub use log::Violation;
pub use routes::{RouteFault, routes};
pub use size::oversized;

use crate::domain::Scenario;
use crate::i18n::Text;
use crate::plan::{Plan, SCHEMA_VERSION};
use crate::travel::Table;
use log::Log;
use rules::{
    breaks, chain, coverage, crew, decided, duty, format, hosts, instants, nights, offers, quality, revision, sessions,
    sites,
};
use view::View;

/// What the checker found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Broken rules, in the order of [`Rule`], then of the plan; empty for a good plan.
    pub violations: Vec<Violation>,
    /// What would break a rule and is no fault: published visits that are past, locked or booked are facts, whatever today's
    /// tables say of them.
    pub notes: Vec<Violation>,
    /// What the checker takes on the planner's word.
    pub unchecked: Vec<Text>,
    /// The figures, computed again.
    pub figures: Figures,
}

impl Report {
    /// Whether no rule is broken.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.violations.is_empty()
    }
}

/// What a plan states that cannot be computed again from it and its scenario.
fn unchecked(plan: &Plan) -> Vec<Text> {
    let mut out = vec![Text::new(
        "la borne, et l'écart qu'elle donne, sont la parole du planificateur : relancez plan pour les faire prouver",
        "the bound, and the gap it gives, are the planner's word: run plan again to have them proved",
    )];
    if plan.invitations_gap.is_some() {
        out.push(Text::new(
            "que ces invitations soient les meilleures pour ces visites (invitations_proved, invitations_gap)",
            "that these invitations are the best for these visits (invitations_proved, invitations_gap)",
        ));
    }
    if !plan.shadow_prices.is_empty() || !plan.not_served.is_empty() {
        out.push(Text::new(
            "les marges des véhicules et ce que vaudraient les emplacements écartés (shadow_prices, not_served)",
            "the margins of vehicles and what sites left out would be worth (shadow_prices, not_served)",
        ));
    }
    if plan.schema_version < SCHEMA_VERSION {
        out.push(Text::new(
            "que le plan est d'une version antérieure (schema_version) : les règles qu'elle ne connaît pas ne sont que signalées",
            "that the plan is of an earlier version (schema_version): rules that it does not know are only told",
        ));
    }
    if plan.solver.is_some() {
        out.push(Text::new("comment le plan a été trouvé (solver)", "how the plan was found (solver)"));
    }
    if plan.revision.is_some() {
        out.push(Text::new(
            "ce qui avait été publié et annulé avant, et le nombre de changements d'alors (revision)",
            "what had been published and cancelled before, and how often it had changed by then (revision)",
        ));
        out.push(Text::new(
            "quand et pourquoi le plan a été refait, qui est venu et qui a rendez-vous (revision.now, unavailable, closed, attended, booked) : là où une visite ne pouvait plus changer, ce qui enfreint une règle n'est que signalé",
            "when and why the plan was made anew, who came and who has an appointment (revision.now, unavailable, closed, attended, booked): where a visit could not change any more, what breaks a rule is only told",
        ));
    } else {
        out.push(Text::new(
            "les identités (UID des calendriers) de visites déplacées dans un tableur : l'une peut porter celle d'un autre jour",
            "the identities (calendar UIDs) of visits moved in a spreadsheet: one may bear that of another day",
        ));
    }
    out
}

/// Every rule that needs the plan only; those on stated figures follow.
const RULES: &[fn(&View, &mut Log)] = &[
    duty::base,
    nights::nights,
    duty::one_tour,
    duty::shift,
    sessions::public_hours,
    sessions::set_up,
    sessions::pack_down,
    breaks::breaks,
    duty::working_day,
    duty::working_week,
    duty::driving_day,
    sessions::session_length,
    sessions::session_gap,
    sessions::visits_per_day,
    sessions::once_a_day,
    sites::fit,
    sites::dates,
    sites::spacing,
    sites::max_stays,
    sites::permit,
    duty::day_off,
    quality::quality_control,
    crew::crew,
    decided::locked,
    decided::forbidden,
    revision::published,
    revision::changes,
    revision::consistent,
    offers::appointments,
    coverage::capacity,
    hosts::host,
    hosts::few,
    coverage::scope,
    coverage::reach,
    coverage::due,
    coverage::stay_share,
    coverage::invitations_budget,
    coverage::expected,
    promise::kept,
    follow_up::followed_up,
    format::schema,
    format::hash,
    format::labels,
    format::planned_on,
    format::prices,
    format::solver,
    format::horizon,
    format::ids,
    format::identities,
    offers::services,
    offers::lines,
    instants::zone,
    instants::date,
    instants::grid,
    chain::chain,
    chain::travel,
];

/// Checks a plan against the scenario it is for and that scenario's travel table.
///
/// `travel` must have every commune of the scenario, and every base, site and care point as a hub.
#[must_use]
pub fn check(scenario: &Scenario, travel: &Table, plan: &Plan) -> Report {
    let view = View::new(scenario, travel, plan);
    let figures = figures::recompute(&view);
    let mut log = Log::default();
    for rule in RULES {
        rule(&view, &mut log);
    }
    for rule in [figures::figures, promise::figures, figures::score, figures::bound, figures::gap] {
        rule(&view, &figures, &mut log);
    }
    let (violations, notes) = log.finish();
    Report { violations, notes, unchecked: unchecked(plan), figures }
}

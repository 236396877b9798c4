//! Whether a plan is small enough to be judged.

use crate::domain::Scenario;
use crate::i18n::Text;
use crate::plan::{Plan, Visit};

/// Times as much as fits into the horizon that a plan may state and still be judged line by line.
const SLACK: usize = 2;
/// As much is always judged.
const ALWAYS: usize = 200;

/// Why a plan is not judged: it has many times more lines than fit into the scenario's weeks, vehicles and communes.
///
/// `None` for every plan that could come from a slip. Linear in the plan.
#[must_use]
pub fn oversized(scenario: &Scenario, plan: &Plan) -> Option<Text> {
    let days = scenario.horizon.weeks as usize * 7;
    let most = |number: usize| number.saturating_mul(SLACK) + ALWAYS;
    let visits: usize = scenario.vehicles.iter().map(|v| days * v.max_visits_per_day as usize).sum();
    let tours = days * scenario.vehicles.len();
    let in_visit = |visits: &[Visit]| {
        let lines = |v: &Visit| {
            let invitations = v.services.iter().map(|s| s.invitations.len() + s.follow_up.len()).max().unwrap_or(0);
            invitations.max(v.services.len()).max(v.sessions.len())
        };
        visits.iter().map(lines).max().unwrap_or(0)
    };
    let legs = plan.tours.iter().map(|tour| tour.legs.len()).max().unwrap_or(0);
    let lines = scenario.communes.len();
    let mut counts = vec![
        (plan.visits.len(), visits, ("visites", "visits")),
        (plan.tours.len(), tours, ("tournées", "tours")),
        (legs, visits, ("trajets dans une tournée", "trips in one tour")),
        (in_visit(&plan.visits), lines, ("lignes dans une visite", "lines in one visit")),
        (plan.not_served.len(), scenario.sites.len() * days, ("emplacements écartés", "sites left out")),
    ];
    if let Some(revision) = &plan.revision {
        // What was published and cancelled adds up over many revisions.
        let all = visits + scenario.past.len() + ALWAYS * 10;
        counts.extend([
            (revision.published.len(), all, ("visites publiées", "published visits")),
            (revision.cancelled.len(), all, ("visites annulées", "cancelled visits")),
            (revision.changes.len(), all, ("changements", "changes")),
            (in_visit(&revision.published), lines, ("lignes dans une visite publiée", "lines in a published visit")),
            (revision.attended.len(), all.saturating_mul(lines), ("lignes de venues", "lines of attendance")),
        ]);
    }
    counts.into_iter().find(|(count, fits, _)| *count > most(*fits)).map(|(count, fits, (fr, en))| {
        Text::new(
            format!("ce plan a {count} {fr} ; il ne peut en tenir que {fits} dans ces semaines"),
            format!("this plan has {count} {en}; only {fits} can fit into these weeks"),
        )
    })
}

//! What may be claimed of scenarios: intervals, dominance, and statements that only a bound allows.

use super::document::{About, Dominated, Range, Row, Statement, Step, Verdict, rounded_up};
use crate::i18n::{Lang, Text};

/// Part of the gap that would just decide a statement, to which a scenario is solved to decide it.
const DECIDING: f64 = 0.8;
/// Most decimals of a number in a statement.
const DECIMALS: usize = 6;

/// What a statement is about, of a scenario.
pub(super) fn known(row: &Row, about: About) -> Option<Range> {
    match about {
        About::Score => row.score,
        About::Additional => row.most_additional,
    }
}

/// How two scenarios lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// Whether every plan of the first is a plan of the second.
    pub nested: bool,
    /// Whether they are one and the same problem where the additional people of the service are counted.
    pub same_people: bool,
}

/// What one change is worth.
#[must_use]
pub fn step(from: &Row, to: &Row, Relation { nested, same_people }: Relation) -> Option<Step> {
    let gain = |about: About| {
        let mut gain = known(from, about)?.to(known(to, about)?);
        if same_people && about == About::Additional {
            return Some(Range { at_least: 0.0, at_most: 0.0 });
        }
        if nested {
            gain.at_least = gain.at_least.max(0.0);
            gain.at_most = gain.at_most.max(0.0);
        }
        Some(gain)
    };
    let (before, after) = (from.figures.as_ref()?, to.figures.as_ref()?);
    let additional = after.additional - before.additional;
    let cost = after.cost.zip(before.cost).map(|(after, before)| after - before);
    Some(Step {
        from: from.id.clone(),
        to: to.id.clone(),
        nested,
        score: gain(About::Score)?,
        additional: gain(About::Additional),
        cost,
        additional_of_plans: additional,
        cost_per_additional: cost.filter(|_| additional > 0.05).map(|cost| cost / additional),
    })
}

/// Scenarios that another one is at least as good as, at no more cost: the surest of the others.
#[must_use]
pub fn dominated(rows: &[Row]) -> Vec<Dominated> {
    let mut out = Vec::new();
    for row in rows {
        let Some((own, cost, least)) = priced(row) else { continue };
        let by = |surely: bool| {
            rows.iter().filter(|other| other.id != row.id).find(|other| {
                let Some((score, price, _)) = priced(other) else { return false };
                if surely {
                    score.at_least >= own.at_most && price <= least
                } else {
                    let better = score.at_least > own.at_least || price < cost;
                    score.at_least >= own.at_least && price <= cost && better
                }
            })
        };
        let found = by(true).map(|other| (other, true)).or_else(|| by(false).map(|other| (other, false)));
        out.extend(found.map(|(by, surely)| Dominated { scenario: row.id.clone(), by: by.id.clone(), surely }));
    }
    out
}

/// Score, cost of the plan, and what every plan costs at least.
fn priced(row: &Row) -> Option<(Range, f64, f64)> {
    let figures = row.figures.as_ref()?;
    Some((row.score?, figures.cost?, figures.fixed_cost?))
}

/// Whether no plan of one scenario can reach what another one reaches, and what it would take to know.
#[must_use]
pub fn statement(lesser: &Row, greater: &Row, relation: Relation, about: About, whom: &Text) -> Option<Statement> {
    let (low, high) = (known(lesser, about)?, known(greater, about)?);
    let verdict = match about {
        About::Additional if relation.same_people => Verdict::Same,
        _ if low.below(high) => Verdict::CannotReach,
        _ => Verdict::NotProven,
    };
    let unit = match about {
        About::Score => lesser.coverage_score.unwrap_or(1.0).max(1.0),
        About::Additional => low.at_least.max(1.0),
    };
    let room = (high.at_least - low.at_least) / unit;
    let gap = (verdict == Verdict::NotProven && room > 1e-6).then_some(DECIDING * room);
    let (what_fr, what_en) = match about {
        About::Score => ("contacts pondérés".to_owned(), "weighted contacts".to_owned()),
        About::Additional => (format!("{} en plus", whom.fr), format!("additional {}", whom.en)),
    };
    let names = |lang: Lang| (lesser.name.get(lang), greater.name.get(lang));
    let ((lesser_fr, greater_fr), (lesser_en, greater_en)) = (names(Lang::Fr), names(Lang::En));
    let text = match verdict {
        Verdict::CannotReach => {
            let shown = |lang| apart(low.at_most, high.at_least, lang);
            let ((most_fr, reached_fr), (most_en, reached_en)) = (shown(Lang::Fr), shown(Lang::En));
            Text::new(
                format!(
                    "Aucun plan de « {lesser_fr} » ne peut atteindre ce qu'atteint celui de « {greater_fr} » : au plus {most_fr} {what_fr}, contre {reached_fr}."
                ),
                format!(
                    "No plan of \"{lesser_en}\" can reach what the one of \"{greater_en}\" reaches: at most {most_en} {what_en}, against {reached_en}."
                ),
            )
        }
        Verdict::Same => Text::new(
            format!(
                "De « {lesser_fr} » à « {greater_fr} », rien ne change pour les {what_fr} : c'est le même problème."
            ),
            format!("From \"{lesser_en}\" to \"{greater_en}\" nothing changes for {what_en}: it is the same problem."),
        ),
        Verdict::NotProven => {
            let (fr, en) = match gap {
                Some(gap) => {
                    let (fr, en) = (per_cent(gap, Lang::Fr), per_cent(gap, Lang::En));
                    (
                        format!("résoudre « {lesser_fr} » à {fr} près pour trancher"),
                        format!("solve \"{lesser_en}\" to a gap of {en} to decide"),
                    )
                }
                None => (
                    "résoudre plus finement ne suffirait peut-être pas".to_owned(),
                    "solving more closely might not be enough".to_owned(),
                ),
            };
            Text::new(
                format!(
                    "Non démontré que « {lesser_fr} » n'atteint pas « {greater_fr} » ({what_fr}) : les intervalles se recouvrent ; {fr}."
                ),
                format!(
                    "Not proven that \"{lesser_en}\" cannot reach \"{greater_en}\" ({what_en}): the intervals overlap; {en}."
                ),
            )
        }
    };
    Some(Statement { about, lesser: lesser.id.clone(), greater: greater.id.clone(), verdict, gap_to_decide: gap, text })
}

/// Two numbers, the first rounded up and the second down, with as many decimals as it takes to show which is larger.
fn apart(low: f64, high: f64, lang: Lang) -> (String, String) {
    let rounded = |decimals: usize| (rounded_up(low, decimals), -rounded_up(-high, decimals) + 0.0);
    let decimals = (1..DECIMALS).find(|&d| rounded(d).0 < rounded(d).1).unwrap_or(DECIMALS);
    let (low, high) = rounded(decimals);
    (lang.number(low, decimals), lang.number(high, decimals))
}

/// A gap rounded down to two digits: whoever solves to it solves closely enough.
fn per_cent(gap: f64, lang: Lang) -> String {
    let percent = 100.0 * gap;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let decimals = (1.0 - percent.log10().floor()).clamp(1.0, 8.0) as usize;
    let unit = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let number = lang.number((percent * unit).floor() / unit, decimals);
    format!("{number}{}", lang.pick("\u{a0}%", "%"))
}

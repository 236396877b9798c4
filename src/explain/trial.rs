//! One change of the menu put to the trial: two solves, with the visit and without, each only until they
//! decide whether the change lets the visit in.

use super::balance::Figures;
use super::desk::{Desk, ExplainError, Solved, Until};
use crate::domain::Scenario;
use crate::optimise::Must;
use serde::Serialize;

/// Gap of the first solve, the root and a plan or two; and of the second, so that its figures tell something
/// even where far less decides.
const ROUGH: f64 = 0.02;

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// With the change, a best plan has the visit, up to the gap.
    LetsIn,
    /// With the change the visit is possible, and the best plan is better without it.
    NotEnough,
    /// The limits on the work ended the solves before that was decided.
    Open,
    /// With the change, too, no plan has the visit: proved.
    StillForbidden,
    /// There is nothing to change.
    NothingToChange,
}

/// What two solves of a changed scenario say of a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trial {
    /// Their verdict.
    pub verdict: Verdict,
    /// The best plan, as far as it is known.
    pub without: Option<Figures>,
    /// The best plan with the visit, as far as it is known.
    pub with: Option<Figures>,
}

impl Trial {
    /// A verdict that needs no figures.
    pub const fn without_solves(verdict: Verdict) -> Self {
        Self { verdict, without: None, with: None }
    }
}

/// Solves a changed scenario roughly with the visit, then without it until that decides, and once more
/// with it where it did not.
///
/// # Errors
/// See [`ExplainError`].
pub(super) fn trial(desk: &Desk, must: &Must, changed: &Scenario) -> Result<Trial, ExplainError> {
    let gap = desk.settings.gap;
    let solve = |visit, until| known(desk.decide(changed, &must.kind, visit, &until));
    let mut with = match solve(Some(must), Until { decided: &|_| false, gap: ROUGH })? {
        Known::Figures(with) => with,
        Known::Impossible => return Ok(Trial::without_solves(Verdict::StillForbidden)),
        Known::Nothing => return Ok(Trial::without_solves(Verdict::Open)),
    };
    let decided = |without| verdict(gap, with, without) != Verdict::Open;
    let enough = |without: Figures| without.gap <= ROUGH && decided(without);
    let without = match solve(None, Until { decided: &enough, gap })? {
        Known::Figures(without) => without,
        Known::Impossible => return Err(ExplainError::Infeasible),
        Known::Nothing => return Ok(Trial { verdict: Verdict::Open, without: None, with: Some(with) }),
    };
    if !decided(without) {
        let decided = |with| verdict(gap, with, without) != Verdict::Open;
        if let Known::Figures(closer) = solve(Some(must), Until { decided: &decided, gap })? {
            with = closer;
        }
    }
    Ok(Trial { verdict: verdict(gap, with, without), without: Some(without), with: Some(with) })
}

/// What a solve found out.
enum Known {
    Figures(Figures),
    /// No plan is possible: proved.
    Impossible,
    /// The limit came before a plan.
    Nothing,
}

fn known(answer: Result<Option<Solved>, ExplainError>) -> Result<Known, ExplainError> {
    match answer {
        Ok(Some(solved)) => Ok(Known::Figures(solved.figures)),
        Ok(None) => Ok(Known::Impossible),
        Err(ExplainError::NoPlan(_)) => Ok(Known::Nothing),
        Err(error) => Err(error),
    }
}

/// Whether a plan with the visit scores as much as the best one, up to the relative gap that was asked
/// for. Where a solve ended before its gap was reached, its bound is what counts against the answer; so a
/// verdict other than [`Verdict::Open`] stands, however much further the solves go.
#[must_use]
pub(super) fn verdict(gap: f64, with: Figures, without: Figures) -> Verdict {
    let best = without.score.max(with.score);
    let slack = gap * best.abs().max(1.0) + 1e-9;
    let closed = |f: Figures| f.upper_bound - f.score <= slack;
    let (most_with, most_without) = (
        if closed(with) { with.score } else { with.upper_bound },
        if closed(without) { best } else { without.upper_bound },
    );
    if with.score + slack >= most_without {
        Verdict::LetsIn
    } else if most_with + slack < best {
        Verdict::NotEnough
    } else {
        Verdict::Open
    }
}

//! From the written promise to the domain.

use super::codes::Code;
use super::communes::Communes;
use super::problem::{Problem, Problems};
use super::raw::{RawPoolSource, RawService};
use super::raw_promise::{RawClock, RawFollowUp, RawMode, RawPromise, RawPromiseMode, RawPromisedTo, RawPromisedWord};
use super::tree::Node;
use crate::domain::{ClockKind, FollowUp, Promise, PromiseMode, PromisedTo, Reach};
use std::collections::BTreeSet;

fn clock(raw: RawClock) -> ClockKind {
    match raw {
        RawClock::Working => ClockKind::Working,
        RawClock::Calendar => ClockKind::Calendar,
    }
}

fn reach(minutes: u32, hours: u32) -> Reach {
    Reach { access: super::lower::whole(minutes), hours }
}

/// The promise of a service; unknown communes are reported.
pub(super) fn promise(raw: &RawPromise, communes: &Communes, node: &Node, problems: &mut Problems) -> Promise {
    let to = match &raw.communes {
        RawPromisedTo::Word(RawPromisedWord::All) => PromisedTo::All,
        RawPromisedTo::Word(RawPromisedWord::Unreached) => PromisedTo::Unreached,
        RawPromisedTo::Codes(codes) => {
            let mut found = BTreeSet::new();
            for (k, code) in codes.iter().enumerate() {
                match communes.by_code(code) {
                    (Some(commune), _) => drop(found.insert(commune)),
                    (None, false) => {}
                    (None, true) => {
                        let problem = Problem::new(
                            Code::UnknownCommune,
                            format!("la commune {code} n'est pas dans le fichier des communes"),
                            format!("commune {code} is not in the communes file"),
                        );
                        problems.push(node.at(&format!("communes/{k}")).place(problem).column("communes"));
                    }
                }
            }
            PromisedTo::Listed(found.into_iter().collect())
        }
    };
    let mode = match raw.mode {
        RawPromiseMode::Report => PromiseMode::Report,
        RawPromiseMode::Soft => PromiseMode::Soft(raw.weight),
    };
    Promise { reach: reach(raw.minutes, raw.hours), clock: clock(raw.clock), mode, to }
}

/// The follow-up of a service: as it is written, or the usual one for screening.
pub(super) fn follow_up(raw: &RawService) -> Option<FollowUp> {
    let screening = raw.pool.as_ref().is_some_and(|pool| pool.of == RawPoolSource::WomenDue);
    let usual = screening.then(RawFollowUp::default);
    raw.follow_up.clone().or(usual).map(|raw| FollowUp {
        reach: reach(raw.minutes, raw.hours),
        clock: clock(raw.clock),
        hard: match raw.mode {
            RawMode::Report => false,
        },
        points: raw.points,
    })
}

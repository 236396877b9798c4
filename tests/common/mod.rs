//! A small scenario made by hand, and a good plan for it.
//!
//! Seven communes on a line, one travel minute being 900 m; two minutes door to door:
//!
//! ```text
//! A 0 min · B 10 · C 20 · D 40 · G 41 (out of scope) · E 50 · F 120
//! ```
//!
//! Both vehicles have their base in A, where the only imaging site and care point are. The truck
//! (×1.25) screens in D on Tuesday; the van (×1) calls at B, C and D on Wednesday.
#![allow(dead_code)]

pub mod nights;
pub mod plan;
pub mod scenario;

use std::collections::BTreeSet;
use tournee::check::{Report, check};
use tournee::domain::Scenario;
use tournee::plan::Plan;
use tournee::travel::Table;

/// A scenario, its travel table, and a plan for it.
#[derive(Clone)]
pub struct World {
    pub scenario: Scenario,
    pub travel: Table,
    pub plan: Plan,
}

impl World {
    /// The good plan, its figures filled in.
    pub fn good() -> Self {
        Self::starting("2026-11-30")
    }

    /// The same in the two weeks from a Monday.
    pub fn starting(monday: &str) -> Self {
        let monday = monday.parse().expect("a date");
        let scenario = scenario::scenario(monday);
        let mut world = Self { scenario, travel: scenario::table(), plan: plan::plan(monday) };
        world.refill();
        world
    }

    /// Replaces expectations, figures, score and gap by the checker's own; appointments of
    /// visits stay.
    pub fn refill(&mut self) {
        self.plan.upper_bound = 0.0;
        let figures = self.check().figures;
        for (visit, services) in self.plan.visits.iter_mut().zip(figures.visits) {
            for (stated, computed) in visit.services.iter_mut().zip(services) {
                let appointments = stated.appointments;
                *stated = tournee::plan::VisitService { appointments, ..computed };
            }
        }
        self.plan.coverage = figures.coverage;
        self.plan.promise = figures.promise;
        self.plan.score = figures.score;
        self.plan.upper_bound = figures.score + 0.5;
        self.plan.gap = 0.5 / figures.score_parts.coverage.max(1.0);
        self.plan.score_parts = figures.score_parts;
    }

    pub fn check(&self) -> Report {
        check(&self.scenario, &self.travel, &self.plan)
    }

    /// The codes of all broken rules.
    pub fn codes(&self) -> BTreeSet<&'static str> {
        self.check().violations.iter().map(|v| v.code).collect()
    }
}

/// What a case does to the good plan before its figures are filled in again, and after.
pub enum Break {
    Rule(fn(&mut World)),
    Statement(fn(&mut World)),
}

/// Asserts that the case breaks the rule of that code, and no other, and that what is said of it
/// names a place and is written in both languages.
pub fn breaks_only(code: &str, case: &Break) {
    let mut world = World::good();
    match case {
        Break::Rule(change) => {
            change(&mut world);
            world.refill();
        }
        Break::Statement(change) => change(&mut world),
    }
    let found = world.check().violations;
    let codes: BTreeSet<&str> = found.iter().map(|v| v.code).collect();
    assert_eq!(codes, BTreeSet::from([code]), "{found:#?}");
    for v in found {
        assert!(!v.where_.is_empty() && !v.message.fr.is_empty() && v.message.fr != v.message.en, "{v:?}");
        assert!(v.message.fr.contains([';', ':']) && v.message.en.contains([';', ':']), "no mend in {v:?}");
    }
}

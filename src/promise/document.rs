//! The promise of a plan place by place, as it is written in JSON, CSV and GeoJSON.

use super::figures::figures;
use super::follow_up::points;
use super::rolling::{Rolling, rolling, together};
use crate::domain::{ClockKind, CommuneId, FollowUp, Scenario, Service};
use crate::i18n::Text;
use crate::plan::{FollowUpLine, Plan, RollingFigures};
use crate::travel::Table;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer of `tournee promise`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct PromiseAnswer {
    /// What must be said wherever the figures are shown: estimates, demonstration data, assumptions.
    pub labels: Vec<Text>,
    /// Rolling access, by service and clock.
    pub rolling: Vec<RollingAnswer>,
    /// Follow-up after visits, by service and clock.
    pub follow_up: Vec<FollowUpAnswer>,
}

/// Rolling access to a service on a clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct RollingAnswer {
    /// The service.
    pub service: String,
    /// The clock on which hours are counted.
    pub clock: ClockKind,
    /// Access time by car promised, minutes.
    pub minutes: f64,
    /// Hours promised.
    pub hours: u32,
    /// The whole scope, then its départements, intercommunalities and communes, each by code.
    pub places: Vec<PlaceLine>,
}

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// All communes in scope.
    Scope,
    /// A département.
    Departement,
    /// An intercommunality.
    Intercommunality,
    /// A commune.
    Commune,
}

impl Level {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Departement => "departement",
            Self::Intercommunality => "intercommunality",
            Self::Commune => "commune",
        }
    }
}

/// Rolling access of one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct PlaceLine {
    /// What it is.
    pub level: Level,
    /// Its code; empty for the scope, and for communes of no known intercommunality.
    pub code: String,
    /// Its name; the code where it is not known.
    pub name: String,
    /// Its residents in scope.
    pub residents: u64,
    /// With the visits of the plan alone.
    pub vehicles: RollingFigures,
    /// With the fixed points of care as well.
    pub with_fixed: RollingFigures,
    /// Requests for appointments from here; absent where none were given or none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<RequestCounts>,
}

/// Requests for appointments, and how many get one within the promise (indicator B).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct RequestCounts {
    /// Requests.
    pub asked: u32,
    /// Of which the visits of the plan alone can answer.
    pub vehicles: u32,
    /// Of which visits and fixed points can answer.
    pub with_fixed: u32,
}

/// Follow-up after the visits of a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct FollowUpAnswer {
    /// The service.
    pub service: String,
    /// The clock on which hours are counted.
    pub clock: ClockKind,
    /// Access time by car within which a point must be, minutes.
    pub minutes: f64,
    /// Hours within which it must open after the end of the visit.
    pub hours: u32,
    /// Visits that offer the service.
    pub visits: u32,
    /// Of which everybody invited has such a point.
    pub kept: u32,
    /// The others.
    pub broken: Vec<BrokenLine>,
}

/// A visit after which somebody has no point to go on to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct BrokenLine {
    /// Identity of the visit.
    pub visit: String,
    /// Its date.
    pub date: NaiveDate,
    /// INSEE code of its commune.
    pub commune: String,
    /// Who has, and the nearest point.
    pub follow_up: FollowUpLine,
}

/// The promise of a plan, for the services and clocks asked for. `plan` must have its follow-ups noted, as
/// every plan of this program has.
#[must_use]
pub fn answer(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    wanted: impl Fn(&str) -> bool,
    clocks: &[ClockKind],
) -> PromiseAnswer {
    let all = rolling(scenario, travel, plan);
    let asked = |of: &&Rolling| wanted(&scenario.services[of.service.index()].id) && clocks.contains(&of.clock);
    let rolling = all.iter().filter(asked).map(|of| RollingAnswer {
        service: scenario.services[of.service.index()].id.clone(),
        clock: of.clock,
        minutes: of.reach.access.minutes(),
        hours: of.reach.hours,
        places: places(scenario, of),
    });
    let ruled = scenario.services.iter().filter(|s| wanted(&s.id));
    let ruled = ruled.filter_map(|s| Some((s, s.follow_up.as_ref()?)));
    let follow_up =
        ruled.flat_map(|(service, rule)| clocks.iter().map(move |&clock| followed(plan, service, rule, clock)));
    PromiseAnswer { labels: labels(scenario), rolling: rolling.collect(), follow_up: follow_up.collect() }
}

/// What must be said of the promise, besides what is said of the scenario.
#[must_use]
pub fn labels(scenario: &Scenario) -> Vec<Text> {
    let mut out = scenario.labels.clone();
    let all = points(scenario);
    if all.is_empty() {
        return out;
    }
    let assumed = all.iter().filter(|point| point.hours_assumed).count();
    if assumed > 0 {
        let of = all.len();
        out.push(Text::new(
            format!("Les horaires de {assumed} lieux fixes sur {of} sont supposés."),
            format!("The opening hours of {assumed} of {of} fixed points are assumptions."),
        ));
    }
    out.push(Text::new(
        "Les jours fériés, tous les lieux fixes sont comptés fermés.",
        "On public holidays all fixed points are counted as closed.",
    ));
    out
}

fn places(scenario: &Scenario, of: &Rolling) -> Vec<PlaceLine> {
    let scope = || (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope).map(CommuneId::new);
    let line = |level, code: &str, name: &str, communes: &[CommuneId]| {
        let own = |all| together(scenario, all, communes.iter().copied());
        let (alone, fixed) = (own(&of.alone), own(&of.with_fixed));
        PlaceLine {
            level,
            code: code.to_owned(),
            name: if name.is_empty() { code.to_owned() } else { name.to_owned() },
            residents: alone.residents,
            vehicles: figures(scenario, &alone),
            with_fixed: figures(scenario, &fixed),
            requests: None,
        }
    };
    let mut out = vec![line(Level::Scope, "", &scenario.title, &scope().collect::<Vec<_>>())];
    let mut grouped = |level, names: &BTreeMap<String, String>, code: &dyn Fn(CommuneId) -> String| {
        let mut groups: BTreeMap<String, Vec<CommuneId>> = BTreeMap::new();
        scope().for_each(|commune| groups.entry(code(commune)).or_default().push(commune));
        let named = |code: &String| names.get(code).map_or("", String::as_str);
        out.extend(groups.iter().map(|(code, communes)| line(level, code, named(code), communes)));
    };
    let place = |commune: CommuneId| &scenario.communes[commune.index()];
    grouped(Level::Departement, &scenario.areas.departements, &|c| place(c).departement.clone());
    grouped(Level::Intercommunality, &scenario.areas.intercommunalities, &|c| place(c).intercommunality.clone());
    let mut communes: Vec<CommuneId> = scope().collect();
    communes.sort_by_key(|&c| &place(c).code);
    out.extend(communes.iter().map(|&c| line(Level::Commune, &place(c).code, &place(c).name, &[c])));
    out
}

fn followed(plan: &Plan, service: &Service, rule: &FollowUp, clock: ClockKind) -> FollowUpAnswer {
    let mut out = FollowUpAnswer {
        service: service.id.clone(),
        clock,
        minutes: rule.reach.access.minutes(),
        hours: rule.reach.hours,
        visits: 0,
        kept: 0,
        broken: Vec::new(),
    };
    for visit in &plan.visits {
        let own = visit.services.iter().filter(|s| s.service == service.id);
        for line in own.filter_map(|s| s.followed(clock)) {
            out.visits += 1;
            if line.kept() {
                out.kept += 1;
            } else {
                out.broken.push(BrokenLine {
                    visit: visit.id.clone(),
                    date: visit.date,
                    commune: visit.commune.clone(),
                    follow_up: line.clone(),
                });
            }
        }
    }
    out
}

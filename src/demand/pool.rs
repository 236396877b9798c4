//! Pools, uptake and additionality.

use super::value::{Step, value_of, value_steps};
use crate::domain::{
    Commune, CommuneId, DayId, Pool, PoolSource, PublishedVisit, Scenario, Service, ServiceId, SiteId, VehicleId,
};
use crate::travel::Table;
use chrono::Months;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Days over which the women who take part come due again (two years).
const ROUND_DAYS: f64 = 730.0;

/// Added before a floor, so that a product that is whole on paper is not cut by rounding.
const FLOOR_EPSILON: f64 = 1e-9;

/// `floor`, for numbers that are whole on paper; not below 0.
#[must_use]
pub fn whole(value: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let floored = (value + FLOOR_EPSILON).floor() as u32;
    floored
}

/// `u`: expected attendance of one invitation from so many minutes away; `factor` is the commune's own.
#[must_use]
pub fn uptake(pool: &Pool, factor: f64, minutes: f64) -> f64 {
    (pool.uptake * factor * (-minutes / pool.half_minutes).exp2()).min(1.0)
}

/// Demand of every service, in the order of [`Scenario::services`]; `None` without a pool.
#[derive(Debug, Clone)]
pub struct Demand {
    /// By service.
    pub services: Vec<Option<ServiceDemand>>,
}

/// Demand of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceDemand {
    /// The pool it comes from.
    pub pool: Pool,
    /// Weight in the score.
    pub weight: f64,
    /// Due at the start of the horizon, by commune; 0 out of scope. Past invitations are taken off.
    pub due: Vec<u32>,
    /// Women who come due again, a day, by commune.
    pub renewal_per_day: Vec<f64>,
    /// `g`: share of attendance that is additional, by commune.
    pub additional: Vec<f64>,
    /// `p · g`: what one attendance is worth to the territory, by commune.
    pub worth: Vec<f64>,
    /// Fair share of each territory, in contacts.
    pub fair_share: Vec<f64>,
    /// Received by each territory in the memory before the horizon, in contacts.
    pub received: Vec<f64>,
    /// Open value steps of each territory.
    pub steps: Vec<Vec<Step>>,
    /// Communes with people due in reach of each site, in the order of communes.
    pub reach: Vec<Vec<Reach>>,
    /// Invitations that are fixed already, by commune; none before [`Demand::without_fixed`].
    pub fixed: BTreeMap<CommuneId, Vec<Fixed>>,
}

/// People of a commune whom a fixed visit invites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The vehicle of the visit.
    pub vehicle: VehicleId,
    /// Its day.
    pub day: DayId,
    /// Its site.
    pub site: SiteId,
    /// How many.
    pub people: u32,
}

/// A commune in reach of a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// The commune.
    pub commune: CommuneId,
    /// `u`: expected attendance of one invitation.
    pub uptake: f64,
}

impl Demand {
    /// The demand of a scenario on a table of trips. `O(sites × communes)` per service.
    #[must_use]
    pub fn new(scenario: &Scenario, travel: &Table) -> Self {
        let services = scenario
            .services
            .iter()
            .enumerate()
            .map(|(k, service)| {
                service.pool.map(|pool| ServiceDemand::new(scenario, travel, ServiceId::new(k), service, pool))
            })
            .collect();
        Self { services }
    }

    /// What is left for the visits that are free, where some of those published are fixed: fewer people due, and
    /// territories that have received something; and what the fixed ones are worth in the score. `None`
    /// where nothing is fixed.
    #[must_use]
    pub fn without_fixed(&self, scenario: &Scenario) -> Option<(Self, f64)> {
        let published = scenario.published.as_ref()?;
        let fixed: Vec<&PublishedVisit> = published.visits.iter().filter(|v| v.fixed).collect();
        if fixed.is_empty() {
            return None;
        }
        let (mut left, mut worth) = (self.clone(), 0.0);
        for (k, service) in left.services.iter_mut().enumerate() {
            let Some(service) = service else { continue };
            let mut gets = vec![0.0; scenario.territories.len()];
            for visit in &fixed {
                let people = visit.invitations.iter().find(|(id, _)| id.index() == k).map_or(&[][..], |(_, list)| list);
                for &(commune, people) in people {
                    let i = commune.index();
                    // What was sent was sent, also where nobody is expected from there any more.
                    let reach = service.reach[visit.site.index()].iter().find(|reach| reach.commune == commune);
                    if let Some(reach) = reach.filter(|_| visit.attended.is_none()) {
                        gets[scenario.communes[i].territory.index()] +=
                            service.worth[i] * reach.uptake * f64::from(people);
                    }
                    let own = Fixed { vehicle: visit.vehicle, day: visit.day, site: visit.site, people };
                    service.fixed.entry(commune).or_default().push(own);
                }
            }
            for (territory, worth) in service.attended(scenario, k) {
                gets[territory] += worth;
            }
            for (z, gets) in gets.into_iter().enumerate().filter(|(_, gets)| *gets > 0.0) {
                worth += service.weight * value_of(&service.steps[z], gets);
                service.received[z] += gets;
                service.steps[z] = value_steps(&scenario.fairness, service.fair_share[z], service.received[z]);
            }
        }
        Some((left, worth))
    }

    /// The demand of a service with a pool.
    #[must_use]
    pub fn of(&self, service: ServiceId) -> Option<&ServiceDemand> {
        self.services[service.index()].as_ref()
    }
}

impl ServiceDemand {
    fn new(scenario: &Scenario, travel: &Table, id: ServiceId, service: &Service, pool: Pool) -> Self {
        let n = scenario.communes.len();
        let additional: Vec<f64> = (0..n)
            .into_par_iter()
            .map(|i| additional_share(scenario, travel, service, &pool, CommuneId::new(i)))
            .collect();
        let worth: Vec<f64> = scenario.communes.iter().zip(&additional).map(|(c, g)| c.priority * g).collect();
        let before_past: Vec<u32> =
            scenario.communes.iter().map(|c| if c.in_scope { pool_size(c, pool.source) } else { 0 }).collect();

        let mut by_territory = vec![0.0; scenario.territories.len()];
        for (i, commune) in scenario.communes.iter().enumerate() {
            by_territory[commune.territory.index()] += worth[i] * f64::from(before_past[i]);
        }
        let all: f64 = by_territory.iter().sum();
        let weeks = scenario.fairness.weeks.max(scenario.horizon.weeks);
        let total = pool.fairness_appointments_per_week * f64::from(weeks);
        let fair_share: Vec<f64> =
            by_territory.iter().map(|part| if all > 0.0 { total * part / all } else { 0.0 }).collect();

        let (due, received) = after_past(scenario, id, before_past, &worth);
        let steps = fair_share.iter().zip(&received).map(|(s, r)| value_steps(&scenario.fairness, *s, *r)).collect();
        let renewal_per_day = scenario.communes.iter().map(|c| renewal(c, pool.source)).collect();
        let reach = (0..scenario.sites.len())
            .into_par_iter()
            .map(|j| reach_of(scenario, travel, &pool, &due, SiteId::new(j)))
            .collect();
        Self {
            pool,
            weight: service.weight,
            due,
            renewal_per_day,
            additional,
            worth,
            fair_share,
            received,
            steps,
            reach,
            fixed: BTreeMap::new(),
        }
    }

    /// People due by a day of the horizon: those due at its start and those who came due since, less those whom
    /// fixed visits invite, as far as they are not due in time for them.
    #[must_use]
    pub fn due_on(&self, commune: CommuneId, day: DayId) -> u32 {
        let all = self.came_due(commune, day);
        let Some(fixed) = self.fixed.get(&commune) else { return all };
        let taken = |by: DayId| fixed.iter().filter(|f| f.day <= by).map(|f| f.people).sum::<u32>();
        let later = fixed.iter().map(|f| f.day).filter(|d| *d > day);
        let left = |by: DayId| self.came_due(commune, by).saturating_sub(taken(by));
        later.map(left).fold(all.saturating_sub(taken(day)), u32::min)
    }

    fn came_due(&self, commune: CommuneId, day: DayId) -> u32 {
        let i = commune.index();
        let renewed = whole(self.renewal_per_day[i] * f64::from(day.0));
        if self.due[i] == 0 && renewed == 0 { 0 } else { self.due[i] + renewed }
    }

    /// Territory and weighted contacts of everybody who is known to have come to a published visit, for the service at
    /// a position of the scenario.
    pub fn attended<'s>(&'s self, scenario: &'s Scenario, service: usize) -> impl Iterator<Item = (usize, f64)> + 's {
        let visits = scenario.published.iter().flat_map(|p| &p.visits).filter_map(|v| v.attended.as_ref());
        let lists = visits.flatten().filter(move |(id, _)| id.index() == service).flat_map(|(_, list)| list);
        lists.map(|&(commune, people)| {
            let i = commune.index();
            (scenario.communes[i].territory.index(), self.worth[i] * f64::from(people))
        })
    }

    /// Most people of a commune that one stay may invite: `max-invited-share · due`, rounded
    /// down, for people are whole.
    #[must_use]
    pub fn stay_limit(&self, commune: CommuneId) -> f64 {
        f64::from(whole(self.pool.max_invited_share * f64::from(self.due[commune.index()])))
    }

    /// Fewest people of a commune that one visit invites, if it invites any: rule 13 of model.md.
    #[must_use]
    pub fn fewest(&self, commune: CommuneId) -> u32 {
        self.pool.min_invitations.min(whole(self.stay_limit(commune)))
    }
}

fn participation(commune: &Commune, default: f64) -> f64 {
    commune.participation.unwrap_or(default)
}

fn pool_size(commune: &Commune, source: PoolSource) -> u32 {
    let people = match source {
        PoolSource::WomenDue { participation: default } => {
            f64::from(commune.women_50_74.0) * (1.0 - participation(commune, default))
        }
        PoolSource::WithoutGp { share } => {
            commune.without_gp.map_or(f64::from(commune.population.0) * share, |n| f64::from(n.0))
        }
        PoolSource::Residents { share } => f64::from(commune.population.0) * share,
    };
    whole(people)
}

fn renewal(commune: &Commune, source: PoolSource) -> f64 {
    match source {
        PoolSource::WomenDue { participation: default } if commune.in_scope => {
            participation(commune, default) * f64::from(commune.women_50_74.0) / ROUND_DAYS
        }
        _ => 0.0,
    }
}

/// `g_i`; 1 where the pool has no additionality or no fixed place can be reached.
fn additional_share(scenario: &Scenario, travel: &Table, service: &Service, pool: &Pool, commune: CommuneId) -> f64 {
    if let Some(known) = scenario.communes[commune.index()].additional_share {
        return known;
    }
    let Some(rule) = pool.additionality else { return 1.0 };
    let nearest = scenario
        .reference_places(service, &rule)
        .filter_map(|p| travel.access_minutes(scenario, commune, p.position))
        .min_by(f64::total_cmp);
    nearest.map_or(1.0, |f| 1.0 - rule.b * (-f / rule.half_minutes).exp2())
}

/// Takes off those invited in the last `reinvite-months`; sums what each territory received
/// in the `W − horizon` weeks before the start.
fn after_past(scenario: &Scenario, service: ServiceId, mut due: Vec<u32>, worth: &[f64]) -> (Vec<u32>, Vec<f64>) {
    let start = scenario.horizon.start;
    let forget = start.checked_sub_months(Months::new(scenario.time.reinvite_months)).unwrap_or(start);
    let memory = i64::from(scenario.fairness.weeks.max(scenario.horizon.weeks) - scenario.horizon.weeks);
    let remember = start - chrono::Duration::weeks(memory);
    let mut received = vec![0.0; scenario.territories.len()];
    for visit in scenario.past.iter().filter(|v| v.date < start) {
        for line in visit.invitations.iter().filter(|l| l.service == service) {
            let i = line.commune.index();
            if visit.date >= forget {
                due[i] = due[i].saturating_sub(line.invited.0);
            }
            if visit.date >= remember {
                received[scenario.communes[i].territory.index()] += worth[i] * f64::from(line.attended.0);
            }
        }
    }
    (due, received)
}

fn reach_of(scenario: &Scenario, travel: &Table, pool: &Pool, due: &[u32], site: SiteId) -> Vec<Reach> {
    let to = scenario.sites[site.index()].position;
    let limit = scenario.travel.max_access.minutes();
    (0..scenario.communes.len())
        .filter(|&i| due[i] > 0)
        .filter_map(|i| {
            let commune = CommuneId::new(i);
            let minutes = travel.access_minutes(scenario, commune, to)?;
            (minutes <= limit)
                .then(|| Reach { commune, uptake: uptake(pool, scenario.communes[i].uptake_factor, minutes) })
        })
        .collect()
}

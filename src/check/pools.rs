//! Who is due and who would come, computed again from the scenario alone (model.md section 4).

use crate::domain::{
    CarePoint, CareStatus, Commune, CommuneId, Pool, PoolSource, Reference, Scenario, Service, ServiceId, SiteId,
};
use crate::travel::Table;
use chrono::{Days, Months};

/// Keeps a product that is whole on paper from being cut by rounding before a floor.
const NEARLY: f64 = 1e-9;

/// `floor`, for numbers that are whole on paper; saturates at 0 and at the largest `u32`.
pub(super) fn whole(value: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let floored = (value + NEARLY).floor() as u32;
    floored
}

/// The pool of one service, by commune or by territory in the scenario's order.
pub(super) struct PoolView {
    pub pool: Pool,
    /// People due at the start of the horizon, past invitations taken off; 0 out of scope.
    pub due: Vec<u32>,
    /// Women who come due again over two years; 0 for other pools and out of scope.
    comes_due: Vec<f64>,
    /// `g`: share of attendance that is additional.
    pub additional: Vec<f64>,
    /// Fair share of each territory, weighted contacts.
    fair_share: Vec<f64>,
    /// What each territory received before the horizon, weighted contacts.
    received: Vec<f64>,
}

impl PoolView {
    /// The pools of all services, in their order. `O(communes × fixed places)` a service.
    pub fn all(scenario: &Scenario, travel: &Table) -> Vec<Option<Self>> {
        let of = |(k, service): (usize, &Service)| {
            service.pool.map(|pool| Self::new(scenario, travel, ServiceId::new(k), service, pool))
        };
        scenario.services.iter().enumerate().map(of).collect()
    }

    fn new(scenario: &Scenario, travel: &Table, id: ServiceId, service: &Service, pool: Pool) -> Self {
        let in_scope = |c: &Commune, value: f64| if c.in_scope { value } else { 0.0 };
        let before: Vec<u32> = scenario.communes.iter().map(|c| whole(in_scope(c, pool_of(c, pool.source)))).collect();
        let comes_due = scenario.communes.iter().map(|c| in_scope(c, takes_part(c, pool.source))).collect();
        let fixed: Vec<&CarePoint> = fixed_places(scenario, service, &pool);
        let additional: Vec<f64> = (0..scenario.communes.len())
            .map(|i| additional_share(scenario, travel, &pool, &fixed, CommuneId::new(i)))
            .collect();

        let mut claim = vec![0.0; scenario.territories.len()];
        for ((commune, g), due) in scenario.communes.iter().zip(&additional).zip(&before) {
            claim[commune.territory.index()] += commune.priority * g * f64::from(*due);
        }
        let all: f64 = claim.iter().sum();
        let weeks = scenario.fairness.weeks.max(scenario.horizon.weeks);
        let appointments = pool.fairness_appointments_per_week * f64::from(weeks);
        let share = |part: &f64| if all > 0.0 { appointments * part / all } else { 0.0 };
        let fair_share = claim.iter().map(share).collect();

        let mut view = Self { pool, due: before, comes_due, additional, fair_share, received: Vec::new() };
        view.received = view.past(scenario, id);
        view
    }

    /// Takes past invitations off `due`; returns what each territory received.
    fn past(&mut self, scenario: &Scenario, id: ServiceId) -> Vec<f64> {
        let start = scenario.horizon.start;
        let weeks = scenario.fairness.weeks.saturating_sub(scenario.horizon.weeks);
        let invited_since = start.checked_sub_months(Months::new(scenario.time.reinvite_months));
        let received_since = start.checked_sub_days(Days::new(u64::from(weeks) * 7));
        let mut received = vec![0.0; scenario.territories.len()];
        for visit in scenario.past.iter().filter(|v| v.date < start) {
            for line in visit.invitations.iter().filter(|l| l.service == id) {
                let i = line.commune.index();
                let commune = &scenario.communes[i];
                if invited_since.is_none_or(|since| visit.date >= since) {
                    self.due[i] = self.due[i].saturating_sub(line.invited.0);
                }
                if received_since.is_none_or(|since| visit.date >= since) {
                    received[commune.territory.index()] +=
                        commune.priority * self.additional[i] * f64::from(line.attended.0);
                }
            }
        }
        received
    }

    /// People due `days` days after the start of the horizon.
    pub fn due_after(&self, commune: usize, days: u32) -> u32 {
        self.due[commune].saturating_add(whole(self.comes_due[commune] * f64::from(days) / 730.0))
    }

    /// `Σ_z V_z(received + y) − V_z(received)` of what each territory gets from the plan.
    pub fn coverage_score(&self, scenario: &Scenario, gets: &[f64]) -> f64 {
        let value = |share: f64, contacts: f64| {
            let mut from = 0.0;
            let mut sum = 0.0;
            for step in &scenario.fairness.steps {
                let to = step.up_to.map_or(f64::INFINITY, |end| end * share);
                sum += step.slope * (contacts.min(to) - from).max(0.0);
                from = to;
            }
            sum
        };
        let of = |((y, share), received): ((&f64, &f64), &f64)| value(*share, received + y) - value(*share, *received);
        gets.iter().zip(&self.fair_share).zip(&self.received).map(of).sum()
    }

    /// `u`: expected attendance of one invitation; `None` beyond reach.
    pub fn uptake(&self, scenario: &Scenario, travel: &Table, commune: usize, site: SiteId) -> Option<f64> {
        let minutes = access(scenario, travel, commune, site)?;
        let u = self.pool.uptake * scenario.communes[commune].uptake_factor;
        Some((u * (-minutes / self.pool.half_minutes).exp2()).min(1.0))
    }
}

/// Access time from a commune to a site, minutes; `None` beyond `max-access-minutes`.
pub(super) fn access(scenario: &Scenario, travel: &Table, commune: usize, site: SiteId) -> Option<f64> {
    let to = scenario.sites[site.index()].position;
    let minutes = travel.access_minutes(scenario, CommuneId::new(commune), to)?;
    (minutes <= scenario.travel.max_access.minutes()).then_some(minutes)
}

fn pool_of(c: &Commune, source: PoolSource) -> f64 {
    let residents = f64::from(c.population.0);
    match source {
        PoolSource::WomenDue { participation } => {
            f64::from(c.women_50_74.0) * (1.0 - c.participation.unwrap_or(participation))
        }
        PoolSource::WithoutGp { share } => c.without_gp.map_or(share * residents, |known| f64::from(known.0)),
        PoolSource::Residents { share } => share * residents,
    }
}

fn takes_part(c: &Commune, source: PoolSource) -> f64 {
    match source {
        PoolSource::WomenDue { participation } => c.participation.unwrap_or(participation) * f64::from(c.women_50_74.0),
        PoolSource::WithoutGp { .. } | PoolSource::Residents { .. } => 0.0,
    }
}

fn fixed_places<'a>(scenario: &'a Scenario, service: &Service, pool: &Pool) -> Vec<&'a CarePoint> {
    let planned = pool.additionality.is_some_and(|rule| rule.count_planned);
    let exists = |p: &&CarePoint| match p.status {
        CareStatus::Planned => false,
        CareStatus::Counted => planned,
        CareStatus::Open | CareStatus::Demonstration => true,
    };
    match pool.additionality.map(|rule| rule.reference) {
        None => Vec::new(),
        Some(Reference::Imaging) => scenario.imaging_sites.iter().filter(exists).collect(),
        Some(Reference::CarePoints) => {
            scenario.care_points.iter().filter(exists).filter(|p| p.services.contains(&service.id)).collect()
        }
    }
}

fn additional_share(scenario: &Scenario, travel: &Table, pool: &Pool, fixed: &[&CarePoint], commune: CommuneId) -> f64 {
    let known = scenario.communes[commune.index()].additional_share;
    let (None, Some(rule)) = (known, pool.additionality) else { return known.unwrap_or(1.0) };
    let nearest =
        fixed.iter().filter_map(|p| travel.access_minutes(scenario, commune, p.position)).fold(f64::INFINITY, f64::min);
    if nearest.is_finite() { 1.0 - rule.b * (-nearest / rule.half_minutes).exp2() } else { 1.0 }
}

//! Who is due, who would come, and the best whole invitations of given visits: model.md
//! section 4 written a second time, in whole numbers where it is about whole numbers.

use super::hosts::Hosts;
use super::invite::Known;
use super::world::{Family, World};
use std::collections::HashMap;
use tournee::domain::{CareStatus, CommuneId, PoolSource, Reference};

/// A chosen visit, for one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offer {
    pub day: usize,
    /// Its vehicle, where the order of stays counts.
    pub vehicle: usize,
    pub site: usize,
    pub appointments: u32,
    /// Visits with the same number make one stay; 0 is a stay by itself.
    pub stay: usize,
}

/// One service's pool.
pub struct People {
    pub weight: f64,
    /// Due at the start, past invitations taken off.
    pub due: Vec<u64>,
    /// Due again by each day of the horizon: `[day][commune]`.
    pub renewed: Vec<Vec<u64>>,
    /// Invited by visits that are fixed, by each day: `[day][commune]`.
    pub taken: Vec<Vec<u64>>,
    /// `p · g`.
    pub worth: Vec<f64>,
    pub territory: Vec<usize>,
    pub received: Vec<f64>,
    /// Ends of the value steps in contacts, and their slopes, by territory.
    steps: Vec<Vec<(f64, f64)>>,
    /// By site and commune: whether its people may be invited there, which is not always where somebody comes.
    pub near: Vec<Vec<bool>>,
    /// Uptake by site and commune; 0 out of reach.
    pub uptake: Vec<Vec<f64>>,
    /// Most invitations of one stay, by commune.
    pub most: Vec<u64>,
    /// `κ` in tenths; `None` when it is set aside.
    tenths: Option<u64>,
    seats_count: bool,
    /// Attendance of a visit, at most: appointments times the first, less the second.
    seats: (f64, f64),
    pub stays_count: bool,
    pub due_counts: bool,
    /// Rules 12 and 13, where they are in force.
    pub hosts: Option<Hosts>,
    pub known: HashMap<Vec<Offer>, Known>,
    /// Steps of the search for invitations that may still be made; with none left, answers are
    /// worth nothing.
    pub left: u64,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn scaled(value: f64, by: f64) -> u64 {
    let whole = (value * by).round();
    assert!((value * by - whole).abs() < 1e-9, "{value} is drawn in units of 1/{by}");
    whole as u64
}

#[allow(clippy::cast_precision_loss)]
pub fn float(n: u64) -> f64 {
    n as f64
}

/// People of a pool before past invitations, and thousandths of people who come due again over
/// 730 days.
fn pool_of(world: &World, commune: usize, source: PoolSource) -> (u64, u64) {
    let c = &world.scenario.communes[commune];
    if !c.in_scope {
        return (0, 0);
    }
    match source {
        PoolSource::WomenDue { participation } => {
            let share = scaled(c.participation.unwrap_or(participation), 1000.0);
            let women = u64::from(c.women_50_74.0);
            (women * (1000 - share) / 1000, women * share)
        }
        PoolSource::WithoutGp { share } => {
            let all = u64::from(c.population.0) * scaled(share, 1000.0) / 1000;
            (c.without_gp.map_or(all, |n| u64::from(n.0)), 0)
        }
        PoolSource::Residents { share } => (u64::from(c.population.0) * scaled(share, 1000.0) / 1000, 0),
    }
}

fn minutes(world: &World, from: CommuneId, to: CommuneId) -> Option<f64> {
    let seconds = world.travel.car(from, to)?.seconds.0.max(world.scenario.travel.min_access.0);
    Some(f64::from(seconds) / 60.0)
}

impl People {
    pub fn new(world: &World, service: usize) -> Option<Self> {
        let scenario = world.scenario;
        let kind = &scenario.services[service];
        let pool = kind.pool?;
        let count = scenario.communes.len();
        let weeks = scenario.horizon.weeks;
        let territory: Vec<usize> = scenario.communes.iter().map(|c| c.territory.index()).collect();
        let worth: Vec<f64> =
            (0..count).map(|i| scenario.communes[i].priority * additional(world, service, i)).collect();
        let pools: Vec<(u64, u64)> = (0..count).map(|i| pool_of(world, i, pool.source)).collect();

        let mut shares = vec![0.0; scenario.territories.len()];
        for i in 0..count {
            shares[territory[i]] += worth[i] * float(pools[i].0);
        }
        let sum: f64 = shares.iter().sum();
        let over = scenario.fairness.weeks.max(weeks);
        let contacts = pool.fairness_appointments_per_week * f64::from(over);
        let shares = shares.into_iter().map(|s| if sum > 0.0 { contacts * s / sum } else { 0.0 });
        let curve = &scenario.fairness.steps;
        let steps = shares
            .map(|share| match world.keeps(Family::Fairness) {
                true => curve.iter().map(|s| (s.up_to.map_or(f64::INFINITY, |u| u * share), s.slope)).collect(),
                false => vec![(f64::INFINITY, curve[0].slope)],
            })
            .collect();

        let mut due: Vec<u64> = pools.iter().map(|p| p.0).collect();
        let mut received = vec![0.0; scenario.territories.len()];
        let start = scenario.horizon.start;
        let forgotten = start - chrono::Months::new(scenario.time.reinvite_months);
        let remembered = start - chrono::Duration::days(7 * i64::from(over - weeks));
        for visit in &scenario.past {
            for line in visit.invitations.iter().filter(|l| l.service.index() == service) {
                let i = line.commune.index();
                if visit.date >= forgotten {
                    due[i] = due[i].saturating_sub(u64::from(line.invited.0));
                }
                if visit.date >= remembered {
                    received[territory[i]] += worth[i] * f64::from(line.attended.0);
                }
            }
        }
        let days = u64::from(weeks) * 7;
        let renewed = (0..days).map(|d| pools.iter().map(|p| p.1 * d / 730_000).collect()).collect();
        let access = |site: usize, i: usize| {
            let most = f64::from(scenario.travel.max_access.0) / 60.0;
            let minutes = minutes(world, CommuneId::new(i), scenario.sites[site].commune);
            minutes.filter(|a| *a <= most && world.may_invite(service, i))
        };
        let uptake = |site: usize, i: usize| match access(site, i) {
            Some(a) => {
                (pool.uptake * scenario.communes[i].uptake_factor * 0.5_f64.powf(a / pool.half_minutes)).min(1.0)
            }
            None => 0.0,
        };
        let sites = scenario.sites.len();
        let hundredths = if world.keeps(Family::StayShare) { scaled(pool.max_invited_share, 100.0) } else { 100 };
        let people = Self {
            weight: kind.weight,
            taken: vec![vec![0; count]; usize::try_from(days).unwrap()],
            most: due.iter().map(|d| d * hundredths / 100).collect(),
            due,
            renewed,
            worth,
            territory,
            received,
            steps,
            near: (0..sites).map(|j| (0..count).map(|i| access(j, i).is_some()).collect()).collect(),
            uptake: (0..sites).map(|j| (0..count).map(|i| uptake(j, i)).collect()).collect(),
            tenths: world.keeps(Family::Invitations).then(|| scaled(pool.invitations_per_appointment, 10.0)),
            seats_count: world.keeps(Family::Appointments),
            seats: world.seats(service),
            stays_count: world.keeps(Family::OneStay),
            due_counts: world.keeps(Family::Due),
            hosts: None,
            known: HashMap::new(),
            left: u64::MAX,
        };
        let hosts = Hosts::new(world, service, &people);
        Some(Self { hosts, ..people.after_fixed(world, service) })
    }

    /// Whether it makes no difference on which day a visit is.
    pub fn timeless(&self) -> bool {
        let last = self.renewed.len() - 1;
        self.renewed[last].iter().chain(&self.taken[last]).all(|&r| r == 0)
    }

    /// Most invitations of a visit.
    pub fn letters(&self, appointments: u32) -> u64 {
        self.tenths.map_or(u64::MAX, |k| k * u64::from(appointments) / 10)
    }

    fn seats_of(&self, appointments: u32) -> f64 {
        (f64::from(appointments) * self.seats.0 - self.seats.1).max(0.0)
    }

    /// `V_z` between two amounts received.
    fn between(&self, z: usize, from: f64, to: f64) -> f64 {
        let (mut start, mut value) = (0.0_f64, 0.0);
        for &(end, slope) in &self.steps[z] {
            value += slope * (to.min(end) - from.max(start)).max(0.0);
            start = end;
        }
        value
    }

    /// Weighted score of contacts by territory.
    pub fn score(&self, contacts: &[f64]) -> f64 {
        self.score_of(contacts, &[])
    }

    pub fn score_of(&self, contacts: &[f64], more: &[f64]) -> f64 {
        let sum = |z: usize| contacts[z] + more.get(z).copied().unwrap_or(0.0);
        let value = |z: usize| self.between(z, self.received[z], self.received[z] + sum(z));
        self.weight * (0..contacts.len()).map(value).sum::<f64>()
    }

    /// Contacts by territory of invitations to a site.
    pub fn contacts(&self, site: usize, invited: &[u64]) -> Vec<f64> {
        let mut out = vec![0.0; self.received.len()];
        for (i, &x) in invited.iter().enumerate() {
            out[self.territory[i]] += self.worth[i] * self.uptake[site][i] * float(x);
        }
        out
    }

    /// Whether a visit may invite these people, other visits aside.
    pub fn fits(&self, offer: &Offer, invited: &[u64]) -> bool {
        let seats: f64 = invited.iter().zip(&self.uptake[offer.site]).map(|(&x, u)| float(x) * u).sum();
        invited.iter().sum::<u64>() <= self.letters(offer.appointments)
            && (!self.seats_count || seats <= self.seats_of(offer.appointments) + 1e-9)
            && invited.iter().zip(&self.most).all(|(x, most)| x <= most)
    }

    /// Whether the invitations of visits ask nobody twice, and no stay too many.
    pub fn once(&self, invited: &[(Offer, Vec<u64>)]) -> bool {
        let asked = |i: usize, counts: &dyn Fn(&Offer) -> bool| -> u64 {
            invited.iter().filter(|v| counts(&v.0)).map(|v| v.1[i]).sum()
        };
        invited.iter().all(|(offer, _)| {
            (0..self.due.len()).all(|i| {
                let due = asked(i, &|o| o.day <= offer.day) <= self.due_by(i, offer.day);
                let stay = asked(i, &|o| o.stay == offer.stay) <= self.most[i];
                (due || !self.due_counts) && (stay || offer.stay == 0 || !self.stays_count)
            })
        })
    }
}

/// `g` of a commune.
fn additional(world: &World, service: usize, commune: usize) -> f64 {
    let scenario = world.scenario;
    let kind = &scenario.services[service];
    if let Some(known) = scenario.communes[commune].additional_share {
        return known;
    }
    let Some(rule) = kind.pool.and_then(|p| p.additionality) else { return 1.0 };
    let places = match rule.reference {
        Reference::Imaging => scenario.imaging_sites.iter().collect::<Vec<_>>(),
        Reference::CarePoints => scenario.care_points.iter().filter(|p| p.services.contains(&kind.id)).collect(),
    };
    let mut nearest = f64::INFINITY;
    for place in places.into_iter().filter(|p| p.status != CareStatus::Planned) {
        if let Some(time) = minutes(world, CommuneId::new(commune), place.commune) {
            nearest = nearest.min(time);
        }
    }
    1.0 - rule.b * 0.5_f64.powf(nearest / rule.half_minutes)
}

//! Who is due, who would come, and the best whole invitations of given visits: model.md
//! section 4 written a second time, in whole numbers where it is about whole numbers.

use super::world::{Family, World};
use std::collections::HashMap;
use tournee::domain::{CareStatus, CommuneId, PoolSource, Reference};

/// A chosen visit, for one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offer {
    pub day: usize,
    pub site: usize,
    pub appointments: u32,
}

/// One service's pool.
pub struct People {
    pub weight: f64,
    /// Due at the start, past invitations taken off.
    pub due: Vec<u64>,
    /// Due again by each day of the horizon: `[day][commune]`.
    renewed: Vec<Vec<u64>>,
    /// `p · g`.
    pub worth: Vec<f64>,
    territory: Vec<usize>,
    received: Vec<f64>,
    /// Ends of the value steps in contacts, and their slopes, by territory.
    steps: Vec<Vec<(f64, f64)>>,
    /// Uptake by site and commune; 0 out of reach.
    pub uptake: Vec<Vec<f64>>,
    /// Most invitations of one stay, by commune.
    pub most: Vec<u64>,
    /// `κ` in tenths; `None` when it is set aside.
    tenths: Option<u64>,
    seats_count: bool,
    due_counts: bool,
    known: HashMap<Vec<Offer>, Known>,
    /// Steps of the search for invitations that may still be made; with none left, answers are
    /// worth nothing.
    pub left: u64,
}

/// The best score of some visits, or that it is at most so much.
#[derive(Debug, Clone, Copy)]
enum Known {
    Best(f64),
    AtMost(f64),
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn scaled(value: f64, by: f64) -> u64 {
    let whole = (value * by).round();
    assert!((value * by - whole).abs() < 1e-9, "{value} is drawn in units of 1/{by}");
    whole as u64
}

#[allow(clippy::cast_precision_loss)]
fn float(n: u64) -> f64 {
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
        let uptake = scenario.sites.iter().map(|site| {
            let one = |i: usize| match minutes(world, CommuneId::new(i), site.commune) {
                Some(a) if a <= f64::from(scenario.travel.max_access.0) / 60.0 => {
                    (pool.uptake * scenario.communes[i].uptake_factor * 0.5_f64.powf(a / pool.half_minutes)).min(1.0)
                }
                _ => 0.0,
            };
            (0..count).map(one).collect()
        });
        let hundredths = if world.keeps(Family::StayShare) { scaled(pool.max_invited_share, 100.0) } else { 100 };
        Some(Self {
            weight: kind.weight,
            most: due.iter().map(|d| d * hundredths / 100).collect(),
            due,
            renewed,
            worth,
            territory,
            received,
            steps,
            uptake: uptake.collect(),
            tenths: world.keeps(Family::Invitations).then(|| scaled(pool.invitations_per_appointment, 10.0)),
            seats_count: world.keeps(Family::Appointments),
            due_counts: world.keeps(Family::Due),
            known: HashMap::new(),
            left: u64::MAX,
        })
    }

    /// Whether it makes no difference on which day a visit is.
    pub fn timeless(&self) -> bool {
        self.renewed[self.renewed.len() - 1].iter().all(|&r| r == 0)
    }

    /// People due by a day.
    pub fn due_by(&self, commune: usize, day: usize) -> u64 {
        self.due[commune] + self.renewed[day][commune]
    }

    /// Most invitations of a visit.
    pub fn letters(&self, appointments: u32) -> u64 {
        self.tenths.map_or(u64::MAX, |k| k * u64::from(appointments) / 10)
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

    fn score_of(&self, contacts: &[f64], more: &[f64]) -> f64 {
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
            && (!self.seats_count || seats <= f64::from(offer.appointments) + 1e-9)
            && invited.iter().zip(&self.most).all(|(x, most)| x <= most)
    }

    /// Whether the invitations of visits, by day, ask nobody twice.
    pub fn once(&self, invited: &[(usize, Vec<u64>)]) -> bool {
        !self.due_counts
            || invited.iter().all(|&(day, _)| {
                (0..self.due.len()).all(|i| {
                    let asked: u64 = invited.iter().filter(|v| v.0 <= day).map(|v| v.1[i]).sum();
                    asked <= self.due_by(i, day)
                })
            })
    }

    /// The best score of whole invitations to some visits; `None` when it is not above `least`.
    pub fn best_above(&mut self, offers: &[Offer], least: f64) -> Option<f64> {
        let mut offers: Vec<Offer> = offers.iter().copied().filter(|o| o.appointments > 0).collect();
        if self.timeless() {
            offers.iter_mut().for_each(|o| o.day = 0);
        }
        offers.sort();
        match self.known.get(&offers) {
            Some(&Known::Best(best)) => return (best > least).then_some(best),
            Some(&Known::AtMost(most)) if most <= least => return None,
            _ => {}
        }
        let limit: Vec<u64> = (0..self.due.len()).map(|i| self.most[i] * offers.len() as u64).collect();
        let shared: Vec<bool> = (0..limit.len()).map(|i| self.due_counts && limit[i] > self.due[i]).collect();
        let mut left = self.left;
        let ways: Vec<Vec<Way>> = offers.iter().map(|o| self.ways(o, &shared, &mut left)).collect();
        let best = Search { people: self, offers: &offers, ways: &ways, shared: &shared }.best(least, &mut left);
        self.left = left;
        if left == 0 {
            return None;
        }
        let known = if best > least { Known::Best(best) } else { Known::AtMost(least) };
        self.known.insert(offers, known);
        (best > least).then_some(best)
    }

    /// The best score of whole invitations to some visits.
    pub fn best(&mut self, offers: &[Offer]) -> f64 {
        self.best_above(offers, f64::NEG_INFINITY).unwrap_or_default()
    }

    /// All that a visit may invite; where nobody competes for a commune, one more is never worse.
    fn ways(&self, offer: &Offer, shared: &[bool], left: &mut u64) -> Vec<Way> {
        let open: Vec<usize> = (0..self.due.len())
            .filter(|&i| self.uptake[offer.site][i] > 0.0 && self.worth[i] > 0.0 && self.most[i] > 0)
            .collect();
        let mut found = Vec::new();
        self.fill(offer, shared, &open, &mut vec![0; self.due.len()], &mut found, left);
        // Of two ways, one that brings no territory less and asks no more of those others want too.
        let beats = |a: &Way, b: &Way| {
            a.contacts.iter().zip(&b.contacts).all(|(x, y)| x >= y)
                && (0..shared.len()).all(|i| !shared[i] || a.invited[i] <= b.invited[i])
        };
        let mut best: Vec<Way> = Vec::new();
        for way in found {
            *left = left.saturating_sub(1 + best.len() as u64 / 8);
            if *left == 0 {
                break;
            }
            if !best.iter().any(|old| beats(old, &way)) {
                best.retain(|old| !beats(&way, old));
                best.push(way);
            }
        }
        best
    }

    fn fill(
        &self,
        offer: &Offer,
        shared: &[bool],
        open: &[usize],
        invited: &mut Vec<u64>,
        found: &mut Vec<Way>,
        left: &mut u64,
    ) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        let Some((&i, rest)) = open.split_first() else {
            let more = (0..invited.len()).any(|j| {
                let asked = self.uptake[offer.site][j] > 0.0 && self.worth[j] > 0.0 && !shared[j];
                invited[j] += 1;
                let fits = asked && self.fits(offer, invited);
                invited[j] -= 1;
                fits
            });
            if !more {
                let contacts = self.contacts(offer.site, invited);
                found.push(Way { invited: invited.clone(), contacts });
            }
            return;
        };
        for x in 0..=self.most[i] {
            invited[i] = x;
            if !self.fits(offer, invited) {
                break;
            }
            self.fill(offer, shared, rest, invited, found, left);
        }
        invited[i] = 0;
    }
}

/// Invitations of one visit, and what they bring each territory.
struct Way {
    invited: Vec<u64>,
    contacts: Vec<f64>,
}

/// People asked so far by commune (where visits compete for them), and contacts by territory.
type States = HashMap<Vec<u64>, Vec<Vec<f64>>>;

struct Search<'a> {
    people: &'a People,
    offers: &'a [Offer],
    ways: &'a [Vec<Way>],
    shared: &'a [bool],
}

impl Search<'_> {
    /// Visit by visit, every way from every state; of states that have asked the same people,
    /// those that brought no territory more than another are dropped.
    fn best(&self, least: f64, left: &mut u64) -> f64 {
        let nobody = vec![0.0; self.people.received.len()];
        let mut best = self.greedy(&nobody).max(least);
        let mut states = States::from([(vec![0; self.shared.len()], vec![nobody])]);
        for at in 0..self.offers.len() {
            let mut next = States::new();
            for (asked, list) in &states {
                for way in &self.ways[at] {
                    let mut sum = asked.clone();
                    for i in (0..sum.len()).filter(|&i| self.shared[i]) {
                        sum[i] += way.invited[i];
                    }
                    let day = self.offers[at].day;
                    if (0..sum.len()).any(|i| self.shared[i] && sum[i] > self.people.due_by(i, day)) {
                        continue;
                    }
                    for contacts in list {
                        *left = left.saturating_sub(1);
                        if *left == 0 {
                            return best;
                        }
                        let contacts: Vec<f64> = contacts.iter().zip(&way.contacts).map(|(a, b)| a + b).collect();
                        best = best.max(self.people.score(&contacts));
                        if self.most(at + 1, &sum, &contacts) > best + 1e-12 {
                            keep(next.entry(sum.clone()).or_default(), contacts);
                        }
                    }
                }
            }
            states = next;
        }
        best
    }

    /// No state can come to more: the value is concave, so what a visit adds now is the most it
    /// can add later; and nobody comes who is not due.
    fn most(&self, from: usize, asked: &[u64], contacts: &[f64]) -> f64 {
        let people = self.people;
        let now = people.score(contacts);
        let gain = |way: &Way| people.score_of(contacts, &way.contacts) - now;
        let each: f64 = self.ways[from..].iter().map(|w| w.iter().map(gain).fold(0.0, f64::max)).sum();
        let mut left = vec![0.0; contacts.len()];
        for i in 0..people.due.len() {
            let nearest = self.offers[from..].iter().map(|o| people.uptake[o.site][i]).fold(0.0, f64::max);
            let visits = (self.offers.len() - from) as u64 * people.most[i];
            let due = if self.shared[i] { people.due_by(i, people.renewed.len() - 1) - asked[i] } else { u64::MAX };
            left[people.territory[i]] += float(due.min(visits)) * nearest * people.worth[i];
        }
        (now + each).min(people.score_of(contacts, &left))
    }

    /// A value that can be reached: each visit in turn takes what adds most.
    fn greedy(&self, nobody: &[f64]) -> f64 {
        let mut contacts = nobody.to_vec();
        let mut chosen: Vec<(usize, Vec<u64>)> = Vec::new();
        for (offer, ways) in self.offers.iter().zip(self.ways) {
            let mut best: Option<(f64, &Way)> = None;
            for way in ways {
                chosen.push((offer.day, way.invited.clone()));
                let score = self.people.score_of(&contacts, &way.contacts);
                if self.people.once(&chosen) && best.is_none_or(|b| score > b.0) {
                    best = Some((score, way));
                }
                chosen.pop();
            }
            if let Some((_, way)) = best {
                contacts.iter_mut().zip(&way.contacts).for_each(|(a, b)| *a += b);
                chosen.push((offer.day, way.invited.clone()));
            }
        }
        self.people.score(&contacts)
    }
}

fn keep(list: &mut Vec<Vec<f64>>, new: Vec<f64>) {
    let beats = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| x >= y);
    if !list.iter().any(|old| beats(old, &new)) {
        list.retain(|old| !beats(&new, old));
        list.push(new);
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

//! Prices: the duals of a solution, put right and taken apart.

use super::{Master, Selector};
use crate::domain::{CrewId, DayId, ServiceId};
use crate::optimise::lp::{LpSolution, RowId};
use crate::optimise::problem::ServiceDuals;
use std::collections::BTreeMap;

/// Duals of the master, projected to their signs.
#[derive(Debug, Clone, Default)]
pub struct Duals {
    /// By service with a pool.
    pub services: BTreeMap<ServiceId, ServiceDuals>,
    /// By duty of the master: what a day is worth.
    pub duties: Vec<f64>,
    /// By duty of the master: price on a visit, by local site (branches).
    pub sites: Vec<Vec<f64>>,
    /// By duty of the master: price on a stay that begins on its days, by local site.
    pub stays: Vec<Vec<f64>>,
    /// By duty of the master: price of a second of work.
    pub work: Vec<f64>,
    /// By duty of the master: lengths of tours in seconds, with what their price rises there.
    pub longer: Vec<Vec<(i32, f64)>>,
    /// By duty of the master: price on any tour (branches on its count, heads that all bind).
    pub tours: Vec<f64>,
    /// By duty of the master: prices on visits to a local site with appointments of at least some
    /// rank (branches).
    pub large: Vec<Vec<(usize, usize, f64)>>,
    /// By duty of the master, by crew that its sites bind: price of a head.
    pub crew: Vec<Vec<f64>>,
    /// By duty of the master: price of a tour with the quality control, and of one without.
    pub control: Vec<(f64, f64)>,
    /// By duty of the master: price of the second day of a rotation, of the third …
    pub lengths: Vec<Vec<f64>>,
    /// By touch row: prize of a rotation that visits any of its sites.
    pub touches: Vec<f64>,
    /// By cap row: the part of their value that its cells are no prize of, 0 to 1.
    pub caps: Vec<f64>,
    /// Prices on single tours (branches).
    pub single: Vec<(usize, f64)>,
    /// `Σ dual · right-hand side` of all rows but the duties'.
    pub fixed: f64,
    /// `Σ |dual · right-hand side|`, for rounding outward.
    pub size: f64,
}

impl Duals {
    /// Prices between these and others, by the share of the others: both of a master without
    /// decisions. What they give away is linear in them, but for lengths of rotations, where it is less.
    #[must_use]
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        let list = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(&a, &b)| between(a, b)).collect::<Vec<f64>>();
        let lists = |a: &[Vec<f64>], b: &[Vec<f64>]| a.iter().zip(b).map(|(a, b)| list(a, b)).collect::<Vec<_>>();
        let at = |list: &[f64], p: usize| list.get(p).copied().unwrap_or(0.0);
        let services = self.services.iter().map(|(service, own)| {
            (*service, other.services.get(service).map_or_else(|| own.clone(), |b| own.towards(b, share)))
        });
        Self {
            services: services.collect(),
            duties: list(&self.duties, &other.duties),
            sites: lists(&self.sites, &other.sites),
            stays: lists(&self.stays, &other.stays),
            work: list(&self.work, &other.work),
            longer: (self.longer.iter().zip(&other.longer))
                .map(|(a, b)| scaled(a, 1.0 - share).chain(scaled(b, share)).collect())
                .collect(),
            tours: list(&self.tours, &other.tours),
            large: self.large.clone(),
            crew: lists(&self.crew, &other.crew),
            control: (self.control.iter().zip(&other.control))
                .map(|(a, b)| (between(a.0, b.0), between(a.1, b.1)))
                .collect(),
            lengths: lists(&self.lengths, &other.lengths),
            touches: (0..self.touches.len().max(other.touches.len()))
                .map(|p| between(at(&self.touches, p), at(&other.touches, p)))
                .collect(),
            caps: (0..self.caps.len().max(other.caps.len()))
                .map(|p| between(at(&self.caps, p), at(&other.caps, p)))
                .collect(),
            single: self.single.clone(),
            fixed: between(self.fixed, other.fixed),
            size: between(self.size, other.size),
        }
    }
}

impl Master<'_> {
    /// The duals of a solution, with their signs put right and everything a Lagrangian bound
    /// needs.
    #[must_use]
    pub fn duals(&self, solution: &LpSolution) -> Duals {
        let dual = |row: RowId| solution.duals[row.0].max(0.0);
        let last = DayId::new(self.problem.scenario.horizon.days() - 1);
        let mut out = Duals::default();
        let pay = |out: &mut Duals, value: f64| {
            out.fixed += value;
            out.size += value.abs();
        };
        for &d in &self.duties {
            for &service in &self.problem.duties.list[d].services {
                out.services.entry(service).or_insert_with(|| ServiceDuals::nil(self.problem.pool(service)));
            }
        }
        for (&(service, z, s), &row) in &self.steps {
            let mu = dual(row);
            if mu > 0.0 {
                if let Some(duals) = out.services.get_mut(&service) {
                    duals.steps[z.index()][s] = mu;
                }
                pay(&mut out, mu * self.problem.pool(service).steps[z.index()][s].width);
            }
        }
        for touch in self.touches.list() {
            let (service, z, s) = touch.step;
            let steps = &self.problem.pool(service).steps[z.index()];
            let price = touch.row.map_or(0.0, dual);
            out.touches.push(price * steps[s].width);
            if let Some(duals) = out.services.get_mut(&service).filter(|_| price > 0.0) {
                for &site in &touch.sites {
                    duals.own.entry((site, z)).or_insert_with(|| vec![0.0; steps.len()])[s] += price;
                }
            }
        }
        let (caps, given) = self.cap_duals(solution);
        out.caps = caps;
        pay(&mut out, given - self.hard_base());
        for (&(service, commune), &row) in &self.due {
            let delta = dual(row);
            if delta > 0.0 {
                let n = self.problem.scenario.communes.len();
                if let Some(duals) = out.services.get_mut(&service) {
                    duals.due.resize(n, 0.0);
                    duals.due[commune.index()] = delta;
                }
                pay(&mut out, delta * f64::from(self.problem.pool(service).due_on(commune, last)));
            }
        }
        for ((_, _, range), &row) in &self.spacing {
            pay(&mut out, dual(row) * f64::from(range.stays));
        }
        for (&(vehicle, _), &row) in &self.stays {
            let most = self.problem.scenario.vehicles[vehicle.index()].max_stays_per_site.unwrap_or(0);
            pay(&mut out, dual(row) * f64::from(most));
        }
        for &row in self.weeks.values() {
            pay(&mut out, dual(row) * self.problem.scenario.limits.work_per_week.hours());
        }
        for row in &self.hours {
            pay(&mut out, dual(row.row) * row.most);
        }
        for row in &self.heads {
            pay(&mut out, dual(row.row) * row.heads);
        }
        for rows in &self.lengths {
            pay(&mut out, rows.worth(&dual));
        }
        let mut branch_prices: Vec<(Selector, f64)> = Vec::new();
        for &b in &self.active {
            let known = &self.branches[b];
            let (lo, hi) = self.lp.bounds(known.slack);
            let price = solution.duals[known.row.0];
            let side = if price > 0.0 { hi } else { lo };
            if price != 0.0 && side.is_finite() {
                branch_prices.push((known.selector, price));
                pay(&mut out, price * side);
            }
        }
        branch_prices.sort_by_key(|b| b.0);
        for k in 0..self.duties.len() {
            let duty = self.duty(k);
            let mut sites = vec![0.0; duty.roads.sites.len()];
            let mut stays = sites.clone();
            let ranges = self.ranges(k);
            for &j in &duty.open {
                let site = duty.roads.sites[j];
                for &range in &ranges {
                    stays[j] += self.spacing.get(&(duty.kind, site, range)).map_or(0.0, |&r| dual(r));
                }
                stays[j] += self.stays.get(&(duty.vehicle, site)).map_or(0.0, |&r| dual(r));
            }
            let head = |crew: &CrewId| -> f64 {
                self.heads.iter().filter(|r| r.crew == *crew && r.counts(duty)).map(|r| dual(r.row)).sum()
            };
            let mut any_tour: f64 = duty.crew.always.iter().map(head).sum();
            out.crew.push(duty.crew.at_sites.iter().map(head).collect());
            let control = |with| self.controls.iter().map(|r| r.count(k, with) * dual(r.row)).sum();
            out.control.push((control(true), control(false)));
            let lengths = self.lengths_of(k).map(|rows| rows.of(usize::MAX).map(dual).collect());
            out.lengths.push(lengths.unwrap_or_default());
            let mut large = Vec::new();
            for &(selector, price) in &branch_prices {
                let site = match selector {
                    Selector::Site(kind, site) if kind == duty.kind => site,
                    Selector::DutySite(d, site) if d == k => site,
                    Selector::DutyCount(d) if d == k => {
                        any_tour += price;
                        continue;
                    }
                    Selector::Large(d, site, rank) if d == k => {
                        large.extend(duty.roads.sites.iter().position(|s| *s == site).map(|j| (j, rank, price)));
                        continue;
                    }
                    Selector::Demanded => {
                        for (j, &site) in duty.roads.sites.iter().enumerate() {
                            sites[j] += if self.demands(duty.kind, site) { price } else { 0.0 };
                        }
                        continue;
                    }
                    _ => continue,
                };
                if let Some(j) = duty.roads.sites.iter().position(|s| *s == site) {
                    sites[j] += price;
                }
            }
            out.sites.push(sites);
            out.stays.push(stays);
            out.tours.push(any_tour);
            out.large.push(large);
            let raises = self.hours.iter().map(|row| (dual(row.row), row)).filter(|(price, _)| *price > 0.0);
            out.longer.push(
                raises
                    .flat_map(|(price, row)| scaled(&row.raises(k).collect::<Vec<_>>(), price).collect::<Vec<_>>())
                    .collect(),
            );
            out.work.push(self.weeks.get(&(duty.vehicle, duty.weeks.0)).map_or(0.0, |&r| dual(r) / 3600.0));
            out.duties.push(if duty.required.is_empty() {
                dual(self.duty_rows[k])
            } else {
                solution.duals[self.duty_rows[k].0]
            });
        }
        self.change_duals(solution, &mut out);
        for (selector, price) in branch_prices {
            if let Selector::Tour(at) = selector {
                out.single.push((at, price));
            }
        }
        out
    }
}

/// Raises of a price, times a share.
fn scaled(raises: &[(i32, f64)], share: f64) -> impl Iterator<Item = (i32, f64)> {
    raises.iter().map(move |&(from, raise)| (from, raise * share))
}

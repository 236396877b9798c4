//! Which rules forbid every visit of a vehicle to a site.

use crate::check::Rule;
use crate::domain::{DayId, PastVisit, Scenario, SiteId, VehicleId, Window};
use crate::i18n::{Lang, Text};
use crate::plan::{Call, Ends, Timetable, window_since_midnight};
use crate::travel::Table;
use crate::units::Seconds;
use chrono::Days;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A rule that stands against visits of a vehicle to a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Reason {
    /// Code of the checker's rule.
    pub code: &'static str,
    /// On how many of the days on which the vehicle is on duty.
    pub days: usize,
    /// What stands against it.
    pub message: Text,
}

/// What stands against visits of a vehicle to a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Reasons {
    /// The vehicle.
    pub vehicle: String,
    /// The site.
    pub site: String,
    /// Days on which the vehicle is on duty.
    pub days: usize,
    /// Days on which no rule stands against a visit, taken by itself.
    pub free_days: usize,
    /// The rules, those that forbid most days first.
    pub rules: Vec<Reason>,
}

impl Reasons {
    /// Whether every day is forbidden.
    #[must_use]
    pub fn forbidden(&self) -> bool {
        self.free_days == 0
    }

    /// The rule that forbids it alone, or those that do together, joined by `+`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.rules.iter().find(|r| r.days == self.days) {
            Some(alone) => alone.code.to_owned(),
            None => self.rules.iter().map(|r| r.code).collect::<Vec<_>>().join(" + "),
        }
    }
}

/// What stands against visits of a vehicle to a site, day by day of the horizon. Each rule is judged by
/// itself, on the shortest visit there could be; what several visits of a plan forbid each other is
/// for a solve to say. Where nights may be spent out, times are not judged.
#[must_use]
pub fn reasons(scenario: &Scenario, travel: &Table, vehicle: VehicleId, site: SiteId) -> Reasons {
    let look = Look { scenario, travel, vehicle, site };
    let days: Vec<DayId> =
        (0..scenario.horizon.days()).map(DayId::new).filter(|&day| scenario.shift(vehicle, day).is_some()).collect();
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut free_days = 0;
    for &day in &days {
        let rules = look.on(day);
        free_days += usize::from(rules.is_empty());
        for rule in rules {
            *counts.entry(rule).or_default() += 1;
        }
    }
    if days.is_empty() {
        counts.insert(Rule::DayOff, 0);
    }
    let mut rules: Vec<(Rule, usize)> = counts.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    Reasons {
        vehicle: scenario.vehicles[vehicle.index()].id.clone(),
        site: scenario.sites[site.index()].id.clone(),
        days: days.len(),
        free_days,
        rules: rules
            .into_iter()
            .map(|(rule, n)| Reason { code: rule.code(), days: n, message: look.say(rule) })
            .collect(),
    }
}

/// The past stay of a kind of vehicle at a site that spacing looks at last, as the checker reads it.
#[must_use]
pub(super) fn last_stay(scenario: &Scenario, vehicle: VehicleId, site: SiteId) -> Option<&PastVisit> {
    let own = &scenario.vehicles[vehicle.index()];
    let same_kind = |past: &PastVisit| match scenario.vehicles.iter().find(|v| v.id == past.vehicle) {
        Some(known) => known.kind == own.kind,
        None => past.invitations.iter().any(|line| own.offers.iter().any(|o| o.service == line.service)),
    };
    let here = |past: &&PastVisit| past.site == Some(site) && past.date < scenario.horizon.start && same_kind(past);
    scenario.past.iter().filter(here).max_by_key(|past| past.date)
}

struct Look<'a> {
    scenario: &'a Scenario,
    travel: &'a Table,
    vehicle: VehicleId,
    site: SiteId,
}

impl Look<'_> {
    /// Rules that forbid a visit on a day of duty.
    fn on(&self, day: DayId) -> BTreeSet<Rule> {
        let (scenario, date) = (self.scenario, self.scenario.horizon.date(day));
        let place = &scenario.sites[self.site.index()];
        let vehicle = &scenario.vehicles[self.vehicle.index()];
        let mut out = BTreeSet::new();
        let mut against = |rule: Rule, stands: bool| {
            if stands {
                out.insert(rule);
            }
        };
        against(Rule::SiteFit, !self.lacks().is_empty());
        against(Rule::SiteDates, !place.open_on(date));
        against(Rule::Permit, !scenario.permitted(self.site, day));
        against(Rule::Forbidden, scenario.forbidden.iter().any(|f| f.covers(self.vehicle, day, self.site)));
        let close = last_stay(scenario, self.vehicle, self.site).is_some_and(|past| {
            scenario.horizon.week_of(date) - scenario.horizon.week_of(past.date) < i64::from(vehicle.spacing_weeks)
        });
        against(Rule::Spacing, close);
        let locks = scenario.locks.iter().filter(|l| l.vehicle == self.vehicle && l.day == day);
        let (here, elsewhere): (Vec<_>, Vec<_>) = locks.partition(|l| l.site == self.site);
        against(Rule::Locked, here.is_empty() && elsewhere.len() >= vehicle.max_visits_per_day as usize);
        if scenario.public_hours(day).is_empty() {
            against(Rule::PublicHours, true);
        } else if let Some(rule) = self.time(day) {
            against(rule, true);
        }
        out
    }

    /// What the site lacks for the vehicle, in both languages.
    fn lacks(&self) -> Vec<(String, String)> {
        let (place, vehicle) = (&self.scenario.sites[self.site.index()], &self.scenario.vehicles[self.vehicle.index()]);
        let mut out = Vec::new();
        if !place.vehicle_kinds.contains(&vehicle.kind) {
            let kinds = place.vehicle_kinds.join(", ");
            out.push((
                format!("il ne reçoit pas « {} » (seulement : {kinds})", vehicle.kind),
                format!("it does not take \"{}\" (only: {kinds})", vehicle.kind),
            ));
        }
        let needs = [
            (vehicle.needs.power, place.power, "une alimentation électrique", "mains power"),
            (vehicle.needs.level_ground, place.level_ground, "un sol plat", "level ground"),
            (vehicle.needs.ramp_access, place.ramp_access, "un accès pour la rampe", "access for a ramp"),
            (vehicle.needs.network, place.network, "un réseau mobile", "a mobile network"),
        ];
        let lacking = needs.into_iter().filter(|(needed, offered, ..)| *needed && !*offered);
        out.extend(lacking.map(|(_, _, fr, en)| (format!("il y manque {fr}"), format!("it lacks {en}"))));
        out
    }

    /// The rule on times that a visit there and nowhere else breaks, however short it is.
    fn time(&self, day: DayId) -> Option<Rule> {
        let (scenario, id) = (self.scenario, self.vehicle);
        let vehicle = &scenario.vehicles[id.index()];
        let Some((there, back)) = self.trips() else { return Some(Rule::Travel) };
        if vehicle.nights.is_some() {
            return None;
        }
        if there + back > scenario.limits.driving_per_day {
            return Some(Rule::DrivingDay);
        }
        let date = scenario.horizon.date(day);
        let real = |window: Window| window_since_midnight(date, window);
        let shift = real(scenario.shift(id, day)?);
        let grid = scenario.time.grid.0.max(1);
        let length = (vehicle.min_session.0 + grid - 1) / grid * grid;
        let mut worst = Rule::Shift;
        for window in scenario.public_hours(day).iter().copied().map(real) {
            let first = (window.from.0 + grid - 1).div_euclid(grid) * grid;
            for from in (first..=window.to.0 - length).step_by(usize::try_from(grid).unwrap_or(1)) {
                let session = Window { from: Seconds(from), to: Seconds(from + length) };
                let call = [Call { site: self.site, sessions: vec![session] }];
                let Some(table) = Timetable::new(scenario, self.travel, (id, day), &call, Ends::default()) else {
                    continue;
                };
                if table.depart < shift.from || table.arrive > shift.to {
                    continue;
                }
                let lunch = real(scenario.time.break_window);
                if table.pause.is_none() && table.depart <= lunch.from && table.arrive >= lunch.to {
                    worst = worst.max(Rule::Break);
                    continue;
                }
                let pause = table.pause.map_or(Seconds(0), Window::length);
                if table.arrive - table.depart - pause > scenario.limits.work_per_day {
                    worst = worst.max(Rule::WorkingDay);
                    continue;
                }
                return None;
            }
        }
        Some(worst)
    }

    fn trips(&self) -> Option<(Seconds, Seconds)> {
        let vehicle = &self.scenario.vehicles[self.vehicle.index()];
        let at = self.scenario.sites[self.site.index()].position;
        let there = self.travel.vehicle(vehicle, vehicle.base, at)?.seconds;
        Some((there, self.travel.vehicle(vehicle, at, vehicle.base)?.seconds))
    }

    /// A rule in words, with what it is about here.
    fn say(&self, rule: Rule) -> Text {
        let (scenario, place) = (self.scenario, &self.scenario.sites[self.site.index()]);
        let vehicle = &scenario.vehicles[self.vehicle.index()];
        let minutes = |s: Seconds| (s.0 + 59) / 60;
        let (there, back) = self.trips().unwrap_or_default();
        match rule {
            Rule::SiteFit => {
                let (fr, en): (Vec<String>, Vec<String>) = self.lacks().into_iter().unzip();
                Text::new(
                    format!("l'emplacement ne convient pas : {}", fr.join(", ")),
                    format!("the site does not fit: {}", en.join(", ")),
                )
            }
            Rule::SiteDates => Text::new(
                "l'emplacement ne peut pas servir ce jour-là (dates, jours de semaine ou dates bloquées)",
                "the site may not be used on that day (dates, weekdays or blocked dates)",
            ),
            Rule::Permit => {
                let (lead, now) = (place.permit_lead_days, scenario.now.unwrap_or(scenario.horizon.start));
                let from = now + Days::new(u64::from(lead));
                Text::new(
                    format!("le permis demande {lead} jours à compter du {now} : pas avant le {from}"),
                    format!("the permit takes {lead} days from {now}: not before {from}"),
                )
            }
            Rule::Spacing => {
                let weeks = vehicle.spacing_weeks;
                let Some(past) = last_stay(scenario, self.vehicle, self.site) else { return about(rule) };
                let monday = scenario.horizon.week_of(past.date) + i64::from(weeks);
                let free = scenario.horizon.start + chrono::Duration::weeks(monday);
                Text::new(
                    format!(
                        "déjà visité le {} ({}) ; {weeks} semaines d'espacement : libre à partir du {free}",
                        past.date, past.id
                    ),
                    format!(
                        "visited on {} ({}) already; {weeks} weeks of spacing: free from {free}",
                        past.date, past.id
                    ),
                )
            }
            Rule::Forbidden => {
                Text::new("une visite y est interdite (--forbid)", "a visit there is forbidden (--forbid)")
            }
            Rule::Locked => Text::new(
                "la journée est prise par des visites verrouillées ailleurs",
                "the day is taken by locked visits elsewhere",
            ),
            Rule::DrivingDay => {
                let most = scenario.limits.driving_per_day.0 / 60;
                let drive = minutes(there + back);
                Text::new(
                    format!(
                        "l'aller et le retour prennent {drive} min de route, plus que les {most} min permises par jour"
                    ),
                    format!(
                        "the way there and back takes {drive} min of driving, more than the {most} min allowed a day"
                    ),
                )
            }
            Rule::Shift => {
                let shortest = minutes(vehicle.min_session);
                let set =
                    minutes(scenario.set_up(self.vehicle, self.site) + scenario.pack_down(self.vehicle, self.site));
                let drive = minutes(there + back);
                let shift = vehicle.shifts.iter().flatten().next();
                let hours = |lang: Lang| {
                    shift.map_or_else(String::new, |s| format!("{}–{}", lang.clock(s.from.0), lang.clock(s.to.0)))
                };
                Text::new(
                    format!(
                        "une séance de {shortest} min n'y tient pas dans la journée ({}) : {drive} min de route, {set} min d'installation et de repli",
                        hours(Lang::Fr)
                    ),
                    format!(
                        "a session of {shortest} min does not fit into the shift ({}): {drive} min of driving, {set} min of set-up and pack-down",
                        hours(Lang::En)
                    ),
                )
            }
            Rule::Travel => Text::new("aucune route n'y mène de la base", "no road leads there from the base"),
            Rule::DayOff => Text::new(
                "le véhicule ne sort aucun jour de la période",
                "the vehicle goes out on no day of the horizon",
            ),
            other => about(other),
        }
    }
}

/// What a rule asks, as the manual says it.
fn about(rule: Rule) -> Text {
    let line = crate::check::CODES.iter().find(|line| line.code == rule.code());
    line.map_or_else(|| Text::new(rule.code(), rule.code()), |line| Text::new(line.fr, line.en))
}

//! The weeks as tables for the terminal.

use super::{output, overview, words};
use crate::domain::{Horizon, Scenario, SiteStatus, VehicleId};
use crate::i18n::Lang;
use crate::plan::{Plan, Visit, VisitService};
use crate::publish::lookup::Lookup;
use crate::publish::tables::driving;
use chrono::{Days, NaiveDate};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Title and labels.
pub(super) fn heading(scenario: &Scenario, lang: Lang) -> String {
    let width = output::width();
    let horizon = scenario.horizon;
    let mut out = String::new();
    let title = weeks(horizon, lang);
    let _ = writeln!(out, "{}", output::bold(&output::wrap(&format!("{} – {title}", scenario.title), width, 2)));
    for label in &scenario.labels {
        let _ = writeln!(out, "{}", output::wrap(&format!("! {}", label.get(lang)), width, 2));
    }
    out
}

/// The weeks planned.
pub(super) fn weeks(horizon: Horizon, lang: Lang) -> String {
    let first = words::week(lang, horizon.start, horizon.start + Days::new(6));
    match (horizon.weeks, lang) {
        (1, _) => first,
        (n, Lang::Fr) => format!("{n} semaines à partir de la {first}"),
        (n, Lang::En) => format!("{n} weeks from {first}"),
    }
}

/// A table a week and vehicle; many weeks are summed up.
pub(super) fn tables(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    if overview::is_long(scenario) {
        return overview::blocks(scenario, plan, lang);
    }
    let lookup = Lookup::new(scenario);
    let additional = scenario.services.iter().any(|s| scenario.knows_additional(&s.id));
    let page = Page { lang, lookup: &lookup, plan, width: output::width(), additional };
    let mut out = String::new();
    for week in 0..scenario.horizon.weeks {
        let monday = scenario.horizon.start + Days::new(u64::from(week) * 7);
        let sunday = monday + Days::new(6);
        if scenario.horizon.weeks > 1 {
            let _ = writeln!(out, "\n{}", output::bold(&capital(&words::week(lang, monday, sunday))));
        }
        let during = |v: &&Visit| monday <= v.date && v.date <= sunday;
        let visits: Vec<&Visit> = plan.visits.iter().filter(during).collect();
        for vehicle in &scenario.vehicles {
            let own: Vec<&Visit> = visits.iter().copied().filter(|v| v.vehicle == vehicle.id).collect();
            if own.is_empty() {
                continue;
            }
            out.push('\n');
            if scenario.vehicles.len() > 1 {
                let _ = writeln!(out, "{}", output::bold(&vehicle.name));
            }
            let _ = writeln!(out, "{}", page.table(&own));
        }
        if visits.is_empty() {
            let _ = writeln!(out, "\n{}", lang.pick("Aucune visite.", "No visit."));
        }
        for line in legend(plan, &lookup, &visits, lang) {
            let _ = writeln!(out, "{line}");
        }
        for line in idle(scenario, plan, lang, monday) {
            let _ = writeln!(out, "{}", output::wrap(&line, page.width, 2));
        }
    }
    out
}

/// What the marks of visits mean.
pub(super) fn legend(plan: &Plan, lookup: &Lookup, visits: &[&Visit], lang: Lang) -> Vec<&'static str> {
    let marked = |status| visits.iter().any(|v| lookup.site(&v.site).is_some_and(|s| s.status == status));
    let marks = [
        (
            marked(SiteStatus::Candidate),
            lang.pick("* emplacement à confirmer par la mairie", "* site to be confirmed by the town hall"),
        ),
        (marked(SiteStatus::Demonstration), lang.pick("° emplacement de démonstration", "° demonstration site")),
        (
            visits.iter().any(|v| plan.sleeps(v)),
            lang.pick("☾ le véhicule y passe la nuit", "☾ the vehicle spends the night there"),
        ),
    ];
    marks.into_iter().filter(|(there, _)| *there).map(|(_, text)| text).collect()
}

/// The mark of a site that is not certain.
pub(super) const fn mark(status: SiteStatus) -> &'static str {
    match status {
        SiteStatus::Candidate => "*",
        SiteStatus::Demonstration => "°",
        SiteStatus::Used | SiteStatus::Approved => "",
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is put together to save room, from the widest layout to the narrowest.
#[derive(Clone, Copy)]
struct Layout {
    /// Sessions side by side, or one under the other.
    sessions_aside: bool,
    /// Kilometres and driving time in columns of their own.
    route_aside: bool,
    /// Sessions in a column of their own, or under the place.
    hours_aside: bool,
}

const LAYOUTS: [Layout; 4] = [
    Layout { sessions_aside: true, route_aside: true, hours_aside: true },
    Layout { sessions_aside: false, route_aside: true, hours_aside: true },
    Layout { sessions_aside: false, route_aside: false, hours_aside: true },
    Layout { sessions_aside: false, route_aside: false, hours_aside: false },
];

struct Page<'a> {
    lang: Lang,
    lookup: &'a Lookup<'a>,
    plan: &'a Plan,
    width: usize,
    /// Whether anybody can be called additional.
    additional: bool,
}

impl Page<'_> {
    /// The widest layout that fits.
    fn table(&self, visits: &[&Visit]) -> String {
        let drawn = LAYOUTS.iter().map(|layout| self.build(visits, *layout).to_string());
        let mut last = String::new();
        for table in drawn {
            let fits = table.lines().all(|line| line.trim_end().chars().count() <= self.width);
            last = table;
            if fits {
                break;
            }
        }
        underlined(&last)
    }

    fn build(&self, visits: &[&Visit], layout: Layout) -> Table {
        let lang = self.lang;
        let services = visits.iter().flat_map(|v| &v.services).map(|s| &s.service).collect::<BTreeSet<_>>().len() > 1;
        let mut table = plain_table();
        let mut header = vec![lang.pick("Jour", "Day"), lang.pick("Où", "Where")];
        if layout.hours_aside {
            header.push(lang.pick("Ouvert au public", "Open to public"));
        }
        if services {
            header.push(lang.pick("Service", "Service"));
        }
        let numbers = header.len();
        header.extend(match lang {
            Lang::Fr => ["RDV", "Venues\nattendues"],
            Lang::En => ["Slots", "Expected"],
        });
        if self.additional {
            header.push(lang.pick("dont\nen plus", "of whom\nadded"));
        }
        if layout.route_aside {
            header.push("km");
        }
        header.push(lang.pick("Route", "Drive"));
        let columns = header.len();
        table.set_header(header);
        let mut before = None;
        let mut rows: Vec<Vec<String>> = Vec::new();
        for visit in visits {
            rows.push(self.row(visit, layout, services, before == Some(visit.date)));
            before = Some(visit.date);
        }
        rows.push(self.total(visits, layout, numbers, services));
        table.add_rows(&rows);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        for (k, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, u16::from(k + 1 < columns)));
            if k >= numbers {
                column.set_cell_alignment(CellAlignment::Right);
            }
            // A place or a service may wrap between words; a day, an hour or a number must not.
            let words = k == 1 || (services && k + 1 == numbers);
            column.set_constraint(if words {
                ColumnConstraint::LowerBoundary(Width::Fixed(longest_word(&rows, k) + 1))
            } else {
                ColumnConstraint::ContentWidth
            });
        }
        table
    }

    fn row(&self, visit: &Visit, layout: Layout, services: bool, same_day: bool) -> Vec<String> {
        let lang = self.lang;
        let mut row = vec![if same_day { String::new() } else { words::short_day(lang, visit.date) }];
        let sessions: Vec<String> = visit.sessions.iter().map(|s| words::session(lang, s)).collect();
        let sessions = sessions.join(if layout.sessions_aside { "\u{a0}·\u{a0}" } else { "\n" });
        if layout.hours_aside {
            row.extend([self.place(visit), sessions]);
        } else {
            row.push(format!("{}\n{sessions}", self.place(visit)));
        }
        let lines = |of: &dyn Fn(&VisitService) -> String| visit.services.iter().map(of).collect::<Vec<_>>().join("\n");
        if services {
            // Its numbers stand beside each service: names must not wrap.
            row.push(lines(&|s| self.lookup.service_name(&s.service, lang).replace(' ', "\u{a0}")));
        }
        row.push(lines(&|s| s.appointments.to_string()));
        row.push(lines(&|s| lang.number(s.expected, 1)));
        if self.additional {
            let known = |s: &VisitService| self.lookup.knows_additional(&s.service);
            row.push(lines(&|s| if known(s) { lang.number(s.expected_additional, 1) } else { "–".into() }));
        }
        let (metres, seconds) = driving(self.plan, visit);
        row.extend(self.route(layout, f64::from(metres), u64::from(seconds)));
        row
    }

    fn route(&self, layout: Layout, metres: f64, seconds: u64) -> Vec<String> {
        let (km, time) = (self.lang.number(metres / 1000.0, 0), words::duration(seconds));
        if layout.route_aside { vec![km, time] } else { vec![format!("{km}\u{a0}km\n{time}")] }
    }

    /// Where a visit is, with a moon where the vehicle then spends the night.
    fn place(&self, visit: &Visit) -> String {
        let moon = if self.plan.sleeps(visit) { "\u{a0}☾" } else { "" };
        self.place_name(visit) + moon
    }

    /// The commune, with a mark where the site is not certain; where it is certain and has a
    /// name of its own, that too.
    fn place_name(&self, visit: &Visit) -> String {
        let commune = self.lookup.commune_name(&visit.commune);
        let Some(site) = self.lookup.site(&visit.site) else { return visit.site.clone() };
        let mark = mark(site.status);
        if !mark.is_empty() {
            return format!("{commune}\u{a0}{mark}");
        }
        match site.name.strip_prefix(commune).map(|rest| rest.trim_start_matches([' ', '–', '-', ',', ':'])) {
            Some("") => commune.to_owned(),
            Some(rest) => format!("{commune}\n{rest}"),
            None if site.name.contains(commune) => site.name.clone(),
            None => format!("{commune}\n{}", site.name),
        }
    }

    /// Kilometres and driving add up over everything; people only within one service.
    fn total(&self, visits: &[&Visit], layout: Layout, numbers: usize, services: bool) -> Vec<String> {
        let lang = self.lang;
        let mut row = vec![String::new(); numbers];
        row[0] = "Total".into();
        if services {
            row.extend(vec![String::new(); if self.additional { 3 } else { 2 }]);
        } else {
            let services = || visits.iter().flat_map(|v| &v.services);
            row.push(services().map(|s| s.appointments).sum::<u32>().to_string());
            row.push(lang.number(services().map(|s| s.expected).sum(), 1));
            if self.additional {
                row.push(lang.number(services().map(|s| s.expected_additional).sum(), 1));
            }
        }
        let trips = visits.iter().map(|v| driving(self.plan, v));
        let (metres, seconds) = trips.fold((0.0, 0), |(m, s), (n, t)| (m + f64::from(n), s + u64::from(t)));
        row.extend(self.route(layout, metres, seconds));
        row
    }
}

/// The longest stretch of a column's texts that must not be broken.
fn longest_word(texts: &[Vec<String>], column: usize) -> u16 {
    let words = texts.iter().filter_map(|row| row.get(column)).flat_map(|text| text.split([' ', '\n']));
    words.map(|word| u16::try_from(word.chars().count()).unwrap_or(u16::MAX)).max().unwrap_or_default()
}

/// A table with rules above, below and under its header only.
pub(super) fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    for part in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::VerticalLines,
        TableComponent::LeftBorder,
        TableComponent::RightBorder,
    ] {
        table.remove_style(part);
    }
    table
}

/// A rule above the totals.
pub(super) fn underlined(table: &str) -> String {
    let mut lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    if let (Some(&rule), Some(total)) = (lines.last(), lines.iter().rposition(|l| l.starts_with("Total"))) {
        lines.insert(total, rule);
    }
    lines.join("\n")
}

/// Public holidays of the week, and vehicles that could go out on a day and do not.
fn idle(scenario: &Scenario, plan: &Plan, lang: Lang, monday: NaiveDate) -> Vec<String> {
    let mut lines = Vec::new();
    for date in (0..7).map(|d| monday + Days::new(d)) {
        let name = words::day(lang, date);
        if let Some(holiday) = scenario.calendar.public_holiday(date) {
            lines.push(match lang {
                Lang::Fr => format!("{} : jour férié ({})", capital(&name), holiday.name),
                Lang::En => format!("{name}: public holiday ({})", holiday.name),
            });
        }
        let idle = (0..scenario.vehicles.len()).filter(|&k| stays_home(scenario, plan, VehicleId::new(k), date));
        let names: Vec<&str> = idle.map(|k| &*scenario.vehicles[k].name).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            lines.push(match lang {
                Lang::Fr => format!("{} : pas de sortie pour {names}", capital(&name)),
                Lang::En => format!("{name}: no tour for {names}"),
            });
        }
    }
    lines
}

/// Whether a vehicle could go out on a day and does not.
pub(super) fn stays_home(scenario: &Scenario, plan: &Plan, vehicle: VehicleId, date: NaiveDate) -> bool {
    let Some(day) = scenario.horizon.day(date) else { return false };
    let id = &scenario.vehicles[vehicle.index()].id;
    let works = scenario.shift(vehicle, day).is_some() && !scenario.public_hours(day).is_empty();
    works && !plan.tours.iter().any(|t| t.date == date && t.vehicle == *id)
}

//! The weeks as tables for the terminal.

use super::{output, words};
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::{Plan, Visit};
use crate::publish::lookup::Lookup;
use crate::publish::tables::driving;
use chrono::{Days, NaiveDate};
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// From this width on the sessions of a visit stand on one line.
const WIDE: usize = 96;

/// Title and labels.
pub(super) fn heading(scenario: &Scenario, lang: Lang) -> String {
    let width = output::width();
    let horizon = scenario.horizon;
    let mut out = String::new();
    let title = match horizon.weeks {
        1 => words::week(lang, horizon.start, horizon.last()),
        n => match lang {
            Lang::Fr => format!("{n} semaines à partir de la {}", words::week(lang, horizon.start, horizon.start + Days::new(6))),
            Lang::En => format!("{n} weeks from {}", words::week(lang, horizon.start, horizon.start + Days::new(6))),
        },
    };
    let _ = writeln!(out, "{}", output::bold(&format!("{} – {title}", scenario.title)));
    for label in &scenario.labels {
        let _ = writeln!(out, "{}", output::wrap(&format!("! {}", label.get(lang)), width, 2));
    }
    out
}

/// One table a week.
pub(super) fn tables(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let lookup = Lookup::new(scenario);
    let page = Page {
        lang,
        lookup: &lookup,
        plan,
        width: output::width(),
        vehicles: scenario.vehicles.len() > 1,
        services: plan.visits.iter().flat_map(|v| &v.services).map(|s| &s.service).collect::<BTreeSet<_>>().len() > 1,
    };
    let mut out = String::new();
    for week in 0..scenario.horizon.weeks {
        let monday = scenario.horizon.start + Days::new(u64::from(week) * 7);
        let sunday = monday + Days::new(6);
        if scenario.horizon.weeks > 1 {
            let _ = writeln!(out, "\n{}", output::bold(&capital(&words::week(lang, monday, sunday))));
        } else {
            out.push('\n');
        }
        let visits: Vec<&Visit> = plan.visits.iter().filter(|v| monday <= v.date && v.date <= sunday).collect();
        if visits.is_empty() {
            let _ = writeln!(out, "{}", lang.pick("Aucune visite.", "No visit."));
        } else {
            let _ = writeln!(out, "{}", page.table(&visits));
        }
        for line in idle(scenario, plan, lang, monday) {
            let _ = writeln!(out, "{}", output::wrap(&line, page.width, 2));
        }
    }
    out
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

struct Page<'a> {
    lang: Lang,
    lookup: &'a Lookup<'a>,
    plan: &'a Plan,
    width: usize,
    /// More than one vehicle: they need a column.
    vehicles: bool,
    /// More than one service: likewise.
    services: bool,
}

impl Page<'_> {
    fn table(&self, visits: &[&Visit]) -> Table {
        let lang = self.lang;
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        let mut header = vec![lang.pick("Jour", "Day")];
        if self.vehicles {
            header.push(lang.pick("Véhicule", "Vehicle"));
        }
        header.extend([lang.pick("Où", "Where"), lang.pick("Ouvert au public", "Open to the public")]);
        if self.services {
            header.push(lang.pick("Service", "Service"));
        }
        let numbers_from = header.len();
        header.extend(match lang {
            Lang::Fr => ["RDV", "Venues\nattendues", "dont\nen plus", "km", "Route"],
            Lang::En => ["Slots", "Expected", "of whom\nadditional", "km", "Driving"],
        });
        table.set_header(header);
        let mut before = None;
        for visit in visits {
            table.add_row(self.row(visit, before));
            before = Some((visit.date, visit.vehicle.as_str()));
        }
        table.add_row(self.total(visits, numbers_from));
        for column in table.column_iter_mut().skip(numbers_from) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        // Words may wrap; a number or an hour must not.
        let whole: Vec<usize> = std::iter::once(0).chain(numbers_from..numbers_from + 5).collect();
        for k in whole {
            if let Some(column) = table.column_mut(k) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        let hours = numbers_from - 1 - usize::from(self.services);
        if let Some(column) = table.column_mut(hours) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if let Some(column) = table.column_mut(hours - 1) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(12)));
        }
        table
    }

    fn row(&self, visit: &Visit, _before: Option<(NaiveDate, &str)>) -> Vec<Cell> {
        let lang = self.lang;
        let mut row = vec![words::short_day(lang, visit.date)];
        if self.vehicles {
            row.push(self.lookup.vehicle_name(&visit.vehicle).to_owned());
        }
        row.push(self.place(visit));
        let sessions: Vec<String> = visit.sessions.iter().map(|s| words::session(lang, s)).collect();
        row.push(sessions.join(if self.width >= WIDE && !self.services { " · " } else { "\n" }));
        let lines = |of: &dyn Fn(&crate::plan::VisitService) -> String| {
            visit.services.iter().map(of).collect::<Vec<_>>().join("\n")
        };
        if self.services {
            row.push(lines(&|s| self.lookup.service_name(&s.service, lang).to_owned()));
        }
        row.push(lines(&|s| s.appointments.to_string()));
        row.push(lines(&|s| lang.number(s.expected, 1)));
        row.push(lines(&|s| lang.number(s.expected_additional, 1)));
        let (metres, seconds) = driving(self.plan, visit);
        row.push(lang.number(f64::from(metres) / 1000.0, 0));
        row.push(words::duration(u64::from(seconds)));
        row.into_iter().map(Cell::new).collect()
    }

    /// The commune, and what the site's name says besides, each on its line.
    fn place(&self, visit: &Visit) -> String {
        let (site, commune) = (self.lookup.site_name(&visit.site), self.lookup.commune_name(&visit.commune));
        match site.strip_prefix(commune).map(|rest| rest.trim_start_matches([' ', '–', '-', ',', ':'])) {
            Some("") => commune.to_owned(),
            Some(rest) => format!("{commune}\n{rest}"),
            None if site.contains(commune) => site.to_owned(),
            None => format!("{commune}\n{site}"),
        }
    }

    /// Kilometres and driving add up over everything; people only within one service.
    fn total(&self, visits: &[&Visit], numbers_from: usize) -> Vec<Cell> {
        let lang = self.lang;
        let mut row = vec![String::new(); numbers_from];
        row[0] = "Total".into();
        if self.services {
            row.extend([String::new(), String::new(), String::new()]);
        } else {
            let services = || visits.iter().flat_map(|v| &v.services);
            row.push(services().map(|s| s.appointments).sum::<u32>().to_string());
            row.push(lang.number(services().map(|s| s.expected).sum(), 1));
            row.push(lang.number(services().map(|s| s.expected_additional).sum(), 1));
        }
        let (metres, seconds) = visits.iter().map(|v| driving(self.plan, v)).fold((0, 0), |(m, s), (n, t)| (m + n, s + u64::from(t)));
        row.push(lang.number(f64::from(metres) / 1000.0, 0));
        row.push(words::duration(seconds));
        row.into_iter().map(Cell::new).collect()
    }
}

/// Vehicles that could go out on a day of the week and do not, and public holidays.
fn idle(scenario: &Scenario, plan: &Plan, lang: Lang, monday: NaiveDate) -> Vec<String> {
    let mut lines = Vec::new();
    for date in (0..7).map(|d| monday + Days::new(d)) {
        if let Some(holiday) = scenario.calendar.public_holiday(date) {
            lines.push(format!(
                "{}{} {} ({})",
                lang.pick("Jour férié", "Public holiday"),
                lang.pick("\u{a0}:", ":"),
                words::day(lang, date),
                holiday.name
            ));
        }
        let Some(day) = scenario.horizon.day(date) else { continue };
        for (k, vehicle) in scenario.vehicles.iter().enumerate() {
            let works = scenario.shift(crate::domain::VehicleId::new(k), day).is_some();
            let out = plan.tours.iter().any(|t| t.date == date && t.vehicle == vehicle.id);
            if works && !out && !scenario.public_hours(day).is_empty() {
                lines.push(match lang {
                    Lang::Fr => format!("{} ne sort pas {}", vehicle.name, words::day(lang, date)),
                    Lang::En => format!("{} stays at its base on {}", vehicle.name, words::day(lang, date)),
                });
            }
        }
    }
    lines
}

//! What one vehicle does over many weeks, as a table for the terminal.

use super::overview::{Period, abridged, by_month};
use super::{figures, output, week, words};
use crate::domain::{Scenario, Vehicle};
use crate::i18n::Lang;
use crate::plan::{Plan, Tour, Visit};
use crate::publish::lookup::Lookup;
use chrono::NaiveDate;
use comfy_table::{CellAlignment, ContentArrangement, Table};

/// Most lines of communes, and of those of a month where there is room.
const MOST_LINES: usize = 3;
const MONTH_LINES: usize = 2;
/// Columns that communes need, that give them room, and that they can use.
const NARROW: usize = 32;
const ROOMY: usize = 40;
const WIDE: usize = 70;
/// Blanks between columns; the table has one of its own.
const GAP: usize = 2;
/// From so many seconds on, minutes no longer count.
const LONG: u64 = 100 * 3600;

/// All that one vehicle does.
pub(super) struct Block<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    lookup: &'a Lookup<'a>,
    lang: Lang,
    /// Its visits.
    pub visits: Vec<&'a Visit>,
    tours: Vec<&'a Tour>,
    /// The services its visits offer, in the scenario's order.
    services: Vec<&'a str>,
}

/// A line of the table.
struct Row<'a> {
    label: &'a str,
    visits: Vec<&'a Visit>,
    figures: Vec<String>,
}

/// How many columns the communes have, and whether figures stand beside them.
#[derive(Clone, Copy)]
struct Room {
    width: usize,
    aside: bool,
}

impl<'a> Block<'a> {
    pub fn new(lookup: &'a Lookup<'a>, plan: &'a Plan, lang: Lang, vehicle: &Vehicle) -> Self {
        let scenario = lookup.scenario;
        let visits: Vec<&Visit> = plan.visits.iter().filter(|v| v.vehicle == vehicle.id).collect();
        let offered = |id: &&str| visits.iter().flat_map(|v| &v.services).any(|s| s.service == *id);
        let services = scenario.services.iter().map(|s| s.id.as_str()).filter(offered).collect();
        let tours = plan.tours.iter().filter(|t| t.vehicle == vehicle.id).collect();
        Self { scenario, plan, lookup, lang, visits, tours, services }
    }

    /// Figures in columns of their own or, where that leaves no room for the communes, in words
    /// under them.
    pub fn table(&self, periods: &[Period], width: usize) -> String {
        let rows: Vec<Row> = periods.iter().map(|period| self.row(period)).collect();
        let totals = self.figures(&self.visits, &self.tours);
        let header = self.header();
        let labels = widest(rows.iter().map(|row| row.label)) + GAP;
        let all = || rows.iter().map(|row| &row.figures).chain([&header, &totals]);
        let columns: usize = (0..header.len()).map(|k| widest(all().map(|texts| texts[k].as_str())) + GAP).sum();
        let aside = width >= labels + NARROW + columns;
        let left = width - labels - if aside { columns } else { 0 };
        let room = Room { width: left.min(WIDE), aside };
        let mut table = week::plain_table();
        table.set_header(self.heading(header, room));
        for row in &rows {
            table.add_row(self.cells(row.label, self.places(&row.visits, room.width), &row.figures, room));
        }
        table.add_row(self.cells("Total", self.count(), &totals, room));
        aligned(&mut table);
        week::underlined(&table.to_string())
    }

    fn row<'p>(&'p self, period: &'p Period) -> Row<'p> {
        let during = |date: NaiveDate| period.first <= date && date <= period.last;
        let visits: Vec<&Visit> = self.visits.iter().copied().filter(|v| during(v.date)).collect();
        let tours: Vec<&Tour> = self.tours.iter().copied().filter(|t| during(t.date)).collect();
        Row { label: &period.label, figures: self.figures(&visits, &tours), visits }
    }

    fn cells(&self, label: &str, places: String, figures: &[String], room: Room) -> Vec<String> {
        if room.aside {
            return [vec![label.to_owned(), places], figures.to_vec()].concat();
        }
        let words = output::wrap(&self.sentence(figures), room.width, 0);
        vec![label.to_owned(), format!("{places}\n{words}").trim_end().to_owned()]
    }

    /// All headings end on the same line.
    fn heading(&self, figures: Vec<String>, room: Room) -> Vec<String> {
        let first =
            if by_month(self.scenario) { self.lang.pick("Mois", "Month") } else { self.lang.pick("Semaine", "Week") };
        let mut texts =
            vec![first.to_owned(), self.lang.pick("Communes, dans l'ordre", "Communes, in order").to_owned()];
        if room.aside {
            texts.extend(figures);
        }
        let deep = texts.iter().map(|text| text.lines().count()).max().unwrap_or(1);
        texts.into_iter().map(|text| "\n".repeat(deep - text.lines().count()) + &text).collect()
    }

    fn header(&self) -> Vec<String> {
        let lang = self.lang;
        let mut header = Vec::new();
        let (slots, expected) = (lang.pick("RDV", "Slots"), lang.pick("Venues\nattendues", "Expected"));
        for service in &self.services {
            let name = match self.services.len() {
                1 => String::new(),
                _ => self.lookup.service_name(service, lang).replace(' ', "\n") + "\n",
            };
            header.extend([format!("{name}{slots}"), expected.to_owned()]);
        }
        header.push(lang.pick("Route", "Drive").to_owned());
        header
    }

    /// By service, appointments and those expected; kilometres and driving time.
    fn figures(&self, visits: &[&Visit], tours: &[&Tour]) -> Vec<String> {
        let lang = self.lang;
        if visits.is_empty() {
            return vec![String::new(); 1 + 2 * self.services.len()];
        }
        let mut out = Vec::new();
        for service in &self.services {
            let offered = || visits.iter().flat_map(|v| &v.services).filter(|s| s.service == *service);
            out.push(lang.number(f64::from(offered().map(|s| s.appointments).sum::<u32>()), 0));
            out.push(lang.number(offered().map(|s| s.expected).sum(), 0));
        }
        let legs = || tours.iter().flat_map(|t| &t.legs);
        let kilometres = lang.number(legs().map(|l| f64::from(l.metres)).sum::<f64>() / 1000.0, 0);
        let driving = match legs().map(|l| u64::from(l.seconds)).sum() {
            seconds if seconds < LONG => words::duration(seconds),
            seconds => format!("{}\u{a0}h", lang.number(figures::count((seconds + 1800) / 3600), 0)),
        };
        out.push(format!("{kilometres}\u{a0}km\n{driving}"));
        out
    }

    /// The same figures in words.
    fn sentence(&self, figures: &[String]) -> String {
        let Some((route, people)) = figures.split_last().filter(|(route, _)| !route.is_empty()) else {
            return String::new();
        };
        let mut parts = Vec::new();
        for (service, pair) in self.services.iter().zip(people.chunks(2)) {
            let name = match self.services.len() {
                1 => String::new(),
                _ => format!("{} ", self.lookup.service_name(service, self.lang)),
            };
            let (slots, expected) = (&pair[0], &pair[1]);
            parts.push(match self.lang {
                Lang::Fr => format!("{name}{slots}\u{a0}RDV, {expected}\u{a0}attendues"),
                Lang::En => format!("{name}{slots}\u{a0}slots, {expected}\u{a0}expected"),
            });
        }
        parts.push(route.replace('\n', ", "));
        parts.join("\u{a0}· ")
    }

    /// The communes of visits, each once, by its first visit, with its marks.
    fn communes(&self, visits: &[&Visit]) -> Vec<String> {
        let mut found: Vec<(String, usize, bool)> = Vec::new();
        for visit in visits {
            let mark = self.lookup.site(&visit.site).map_or("", |site| week::mark(site.status));
            let name = format!("{}{mark}", self.lookup.commune_name(&visit.commune));
            let night = self.plan.sleeps(visit);
            match found.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, times, moon)) => (*times, *moon) = (*times + 1, *moon || night),
                None => found.push((name, 1, night)),
            }
        }
        let one = |(name, times, night): (String, usize, bool)| {
            let moon = if night { "☾" } else { "" };
            let times = if times > 1 { format!("\u{a0}×{times}") } else { String::new() };
            format!("{name}{moon}{times}")
        };
        found.into_iter().map(one).collect()
    }

    /// `5 visites`
    fn visits(&self, n: usize) -> String {
        let (one, more) = (self.lang.pick("visite", "visit"), self.lang.pick("visites", "visits"));
        format!("{}\u{a0}{}", self.lang.number(figures::count(n as u64), 0), if n > 1 { more } else { one })
    }

    /// How many visits, and as many of their communes as there is room for.
    fn places(&self, visits: &[&Visit], room: usize) -> String {
        if visits.is_empty() {
            return self.lang.pick("aucune visite", "no visit").to_owned();
        }
        let lead = format!("{}{}", self.visits(visits.len()), self.lang.pick("\u{a0}: ", ": "));
        let lines = if by_month(self.scenario) && room >= ROOMY { MONTH_LINES } else { MOST_LINES };
        fitted(&lead, &self.communes(visits), (room, lines), self.lang)
    }

    /// All visits, and in how many communes.
    fn count(&self) -> String {
        let mut communes: Vec<&str> = self.visits.iter().map(|v| v.commune.as_str()).collect();
        communes.sort_unstable();
        communes.dedup();
        let plural = if communes.len() > 1 { "s" } else { "" };
        let of = self.lang.pick("dans", "in");
        format!("{} {of} {}\u{a0}commune{plural}", self.visits(self.visits.len()), communes.len())
    }
}

/// Words to the left, figures to the right.
fn aligned(table: &mut Table) {
    table.set_content_arrangement(ContentArrangement::Disabled);
    let (last, gap) = (table.column_iter().count(), u16::try_from(GAP - 1).unwrap_or_default());
    for (k, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if k + 1 < last { gap } else { 0 }));
        if k >= 2 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// A lead, and as many names as fit into so many lines of a width; they break between names
/// only, where those fit.
fn fitted(lead: &str, names: &[String], (width, lines): (usize, usize), lang: Lang) -> String {
    let whole = |name: &String| if name.chars().count() < width { name.replace(' ', "\u{a0}") } else { name.clone() };
    let names: Vec<String> = names.iter().map(whole).collect();
    let text = |kept| output::wrap(&format!("{lead}{}", abridged(&names, kept, "communes", lang)), width, 0);
    let fits = |text: &String| text.lines().count() <= lines;
    (0..=names.len()).rev().map(text).find(fits).unwrap_or_default()
}

/// The longest line of some texts.
fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.flat_map(str::lines).map(|line| line.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_do_not_fit_are_counted() {
        let names: Vec<String> = ["Lille*", "La Madeleine", "Roubaix"].map(str::to_owned).into();
        let shown = |width, lines| fitted("3 visites : ", &names, (width, lines), Lang::Fr).replace('\u{a0}', " ");
        assert_eq!(shown(60, 1), "3 visites : Lille*, La Madeleine, Roubaix");
        assert_eq!(shown(30, 1), "3 visites : Lille* et 2 autres");
        assert_eq!(shown(20, 2), "3 visites : Lille*\net 2 autres");
        assert_eq!(shown(24, 1), "3 visites : 3 communes");
    }
}

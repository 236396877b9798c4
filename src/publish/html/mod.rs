//! Pages for a meeting: one file, no network, both languages, charts and maps with their tables.

mod charts;
mod maps;
mod svg;

use super::tables::{self, Cell, Grid};
use crate::compare::document::{About, Comparison, Range, Row, Status, Verdict};
use crate::domain::{Horizon, Scenario};
use crate::i18n::{Lang, Text};
use crate::report::ServiceRounds;
use askama::Template;
use chrono::{Datelike as _, Days, NaiveDate};
use geojson::Geometry;
use maps::{CLASSES, Ground};
use std::collections::BTreeMap;
use svg::escaped;

/// Sentences at the head of a page about what could be done next, at most.
const MOST_LEAD: usize = 4;
/// Maps on a page, at most: the file stays small enough to be sent.
const MOST_MAPS: usize = 16;

/// What a page is made of.
pub struct Material<'a> {
    /// The comparison.
    pub comparison: &'a Comparison,
    /// A scenario of it, for names of places; `None` where none can be read.
    pub scenario: Option<&'a Scenario>,
    /// By scenario: who is reached where.
    pub rounds: &'a [Option<ServiceRounds>],
    /// Outlines of communes by code; empty where there are none.
    pub outlines: &'a BTreeMap<String, Geometry>,
}

/// The whole page.
#[derive(Template)]
#[template(path = "comparison.html")]
struct Page<'a> {
    code: &'static str,
    title: &'a str,
    symbols: String,
    /// The language asked for comes last in the file, and is shown unless the other one is asked for.
    sides: [Side<'a>; 2],
}

/// The page in one language.
struct Side<'a> {
    lang: Lang,
    comparison: &'a Comparison,
    weeks: String,
    lead: Vec<String>,
    scenarios: String,
    access: String,
    work: String,
    score_curve: String,
    people_curve: Option<String>,
    frontier: Option<String>,
    maps: Vec<(String, String)>,
    classes: Vec<String>,
    map_table: String,
    steps: String,
    /// By what they are about: what is proved, what changes nothing, what is not proved.
    claims: Vec<(String, [Vec<&'a str>; 3])>,
    dominated: Vec<String>,
    worlds: String,
    territories: String,
    problems: Vec<(String, Vec<&'a str>)>,
    due: String,
}

impl Side<'_> {
    /// Chooses between two sentences.
    fn t<'s>(&self, fr: &'s str, en: &'s str) -> &'s str {
        match self.lang {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }

    fn code(&self) -> &'static str {
        code(self.lang)
    }
}

const fn code(lang: Lang) -> &'static str {
    lang.pick("fr", "en")
}

/// `comparison.html`: one file that needs nothing else. `lang` is shown first; the other language is one click away.
///
/// # Errors
/// When the template fails, which is an error of ours.
pub fn comparison(material: &Material, lang: Lang) -> Result<String, askama::Error> {
    let comparison = material.comparison;
    let other = match lang {
        Lang::Fr => Lang::En,
        Lang::En => Lang::Fr,
    };
    let communes: Vec<&str> = material
        .scenario
        .iter()
        .flat_map(|s| s.communes.iter().filter(|c| c.in_scope).map(|c| c.code.as_str()))
        .collect();
    let ground = Ground::new(material.outlines, &communes);
    let shares: Vec<BTreeMap<&str, f64>> =
        material.rounds.iter().map(|rounds| reached(material, rounds.as_ref())).collect();
    let symbols = ground
        .as_ref()
        .map_or_else(String::new, |ground| ground.symbols(&communes, &shares[..shares.len().min(MOST_MAPS)]));
    let sides = [other, lang].map(|lang| side(material, ground.as_ref(), lang));
    Page { code: code(lang), title: comparison.title.get(lang), symbols, sides }.render()
}

/// By commune: which share of those due are invited.
fn reached<'a>(material: &Material<'a>, rounds: Option<&ServiceRounds>) -> BTreeMap<&'a str, f64> {
    let (Some(scenario), Some(rounds)) = (material.scenario, rounds) else { return BTreeMap::new() };
    let share = |c: &crate::report::CommuneRounds| {
        (c.due > 0).then(|| f64::from(c.invited) / f64::from(c.due)).filter(|share| *share > 0.0)
    };
    let each = rounds.communes.iter();
    each.filter_map(|c| Some((scenario.communes[c.commune.index()].code.as_str(), share(c)?))).collect()
}

fn side<'a>(material: &Material<'a>, ground: Option<&Ground>, lang: Lang) -> Side<'a> {
    let comparison = material.comparison;
    let rows = &comparison.scenarios;
    let named = |k: usize| format!("{}. {}", k + 1, rows[k].name.get(lang));
    let table = tables::compared(comparison, lang);
    let service = comparison.service.id.replace('-', "_");
    let own = |part: &str| format!("{service}_{part}");
    let picked = |keys: &[(String, &str, &str)], caption: &str| html_table(&pick(&table, keys), caption, lang);
    let keys = |list: &[(&str, &'static str, &'static str)]| -> Vec<(String, &str, &str)> {
        list.iter().map(|(key, fr, en)| (key.replace('*', &service), *fr, *en)).collect()
    };
    let main = keys(&[
        ("name", "", ""),
        ("score", "score", "score"),
        ("upper_bound", "borne", "bound"),
        ("gap_percent", "", ""),
        ("*_expected", "attendues", "expected"),
        ("*_additional", "en plus", "additional"),
        ("*_most_additional_found", "en plus au mieux", "additional at best"),
        ("*_most_additional_bound", "sa borne", "its bound"),
        ("cost", "", ""),
        ("cost_per_additional", "", ""),
    ]);
    let mut access = keys(&[("name", "", "")]);
    for (clock, fr, en) in [("working", "jours ouvrés", "working days"), ("calendar", "tous jours", "all days")] {
        access.push((own(&format!("promise_{clock}_vehicles_percent")), fr, en));
    }
    for (clock, fr, en) in [
        ("working", "avec lieux fixes, ouvrés", "with fixed points, working"),
        ("calendar", "avec lieux fixes, tous", "with fixed points, all"),
    ] {
        access.push((own(&format!("promise_{clock}_with_fixed_percent")), fr, en));
    }
    access.extend(keys(&[
        ("residents_in_reach", "habitants à portée", "residents in reach"),
        ("worst_territory", "le moins servi", "served worst"),
        ("worst_received", "sa part", "its share"),
        ("worst_alike", "aussi peu", "as little"),
        ("appointments", "rendez-vous", "appointments"),
        ("appointments_zip", "en ZIP", "in a ZIP"),
        ("appointments_zac", "en ZAC", "in a ZAC"),
        ("appointments_qpv", "en QPV", "in a QPV"),
    ]));
    let work = keys(&[
        ("name", "", ""),
        ("visits", "", ""),
        ("invitations", "", ""),
        ("kilometres", "km", "km"),
        ("driving_hours", "", ""),
        ("crew_hours", "", ""),
        ("nights", "", ""),
        ("fixed_cost", "coût fixe", "fixed cost"),
        ("cost", "", ""),
        ("co2_kg", "", ""),
    ]);
    let choices: Vec<Vec<usize>> = rows.iter().map(|r| r.choice.clone()).collect();
    let series = charts::series(comparison, &choices);
    let name = comparison.service.name.get(lang);
    let score_name = lang.pick("score (contacts pondérés)", "score (weighted contacts)");
    let curve_label = lang.pick(
        "Courbe du score selon le nombre de véhicules, avec la bande entre plan et borne ; les chiffres sont dans le tableau qui suit.",
        "Curve of the score over the number of vehicles, with the band between plan and bound; the figures are in the table below.",
    );
    let people_name = format!("{name} : {}", lang.pick("en plus, au mieux", "additional, at best"));
    let people_label = lang.pick(
        "Courbe des personnes en plus au mieux selon le nombre de véhicules, avec la bande entre plan et borne.",
        "Curve of the additional people at best over the number of vehicles, with the band between plan and bound.",
    );
    let has_people = rows.iter().any(|r| r.most_additional.is_some());
    let frontier = comparison.currency.as_ref().map(|currency| {
        let below = format!("{}, {currency}", lang.pick("coût des semaines planifiées", "cost of the weeks planned"));
        let over = format!("{name} : {}", lang.pick("en plus, dans le plan", "additional, in the plan"));
        let label = lang.pick(
            "Personnes en plus selon le coût ; les plans qu'aucun autre ne bat sont reliés.",
            "Additional people against cost; plans that no other one beats are joined.",
        );
        charts::frontier(comparison, &over, &below, label, lang)
    });
    let shown = |row: &Row| row.figures.is_some();
    let maps = ground.map_or_else(Vec::new, |ground| {
        let each = (0..rows.len()).filter(|&k| k < MOST_MAPS && shown(&rows[k]));
        each.map(|k| {
            let label = match lang {
                Lang::Fr => format!("Carte : part des personnes à voir que le plan invite, {}", named(k)),
                Lang::En => format!("Map: share of those due whom the plan invites, {}", named(k)),
            };
            (named(k), ground.map(k, &label))
        })
        .collect()
    });
    let said = |about: About, verdict: Verdict| -> Vec<&'a str> {
        let own = comparison.statements.iter().filter(|s| s.about == about && s.verdict == verdict);
        own.map(|s| s.text.get(lang)).collect()
    };
    let heads = [
        (About::Score, lang.pick("Sur le score", "About the score").to_owned()),
        (About::Additional, format!("{} : {name}", lang.pick("Sur les personnes en plus", "About additional people"))),
    ];
    let claims = heads.map(|(about, head)| {
        (head, [Verdict::CannotReach, Verdict::Same, Verdict::NotProven].map(|verdict| said(about, verdict)))
    });
    let claims = claims.into_iter().filter(|(_, parts)| parts.iter().any(|p| !p.is_empty())).collect();
    let of_id = |id: &str| rows.iter().position(|r| r.id == id).map_or_else(|| id.to_owned(), named);
    let dominated = comparison.dominated.iter().map(|d| {
        let (own, by) = (of_id(&d.scenario), of_id(&d.by));
        match (lang, d.surely) {
            (Lang::Fr, true) => format!("Sûrement : {own}. {by} fait au moins aussi bien, sans coûter plus."),
            (Lang::Fr, false) => {
                format!("Peut-être : {own}. Le plan trouvé pour {by} fait au moins aussi bien, sans coûter plus.")
            }
            (Lang::En, true) => format!("Surely: {own}. {by} does at least as well, and costs no more."),
            (Lang::En, false) => {
                format!("Perhaps: {own}. The plan found for {by} does at least as well, and costs no more.")
            }
        }
    });
    let grids = tables::grids(comparison, lang);
    let grid = |fr: &str| grids.iter().find(|g| g.name.fr == fr);
    let whole = |fr: &str, caption: &str| {
        grid(fr).map_or_else(String::new, |g| html_table(&with_names(g, comparison, lang), caption, lang))
    };
    let due = rows.iter().filter_map(|r| r.figures.as_ref()).flat_map(|f| &f.coverage);
    let due = due.filter(|c| c.service == comparison.service.id).map(|c| c.due_in_scope).max().unwrap_or(0);
    Side {
        lang,
        comparison,
        weeks: weeks(Horizon { start: comparison.start, weeks: comparison.weeks }, lang),
        lead: lead(comparison, lang),
        scenarios: picked(
            &main,
            lang.pick(
                "Les scénarios : ce que fait leur plan, et ce qu'aucun plan ne peut dépasser",
                "The scenarios: what their plan does, and what no plan can exceed",
            ),
        ),
        access: picked(&access, lang.pick("Accès et équité", "Access and equity")),
        work: picked(&work, lang.pick("Route, équipes et coûts", "Driving, crews and costs")),
        score_curve: charts::curve(comparison, &series, &|r| r.score, score_name, curve_label, lang),
        people_curve: has_people
            .then(|| charts::curve(comparison, &series, &|r| r.most_additional, &people_name, people_label, lang)),
        frontier,
        maps,
        classes: classes(lang),
        map_table: html_table(
            &by_territory(material),
            lang.pick(
                "Part des personnes à voir invitées, par territoire, % (dans les autres, personne)",
                "Share of those due who are invited, by territory, % (in the others, nobody)",
            ),
            lang,
        ),
        steps: whole("Pas", lang.pick("Ce que vaut chaque pas", "What each step is worth")),
        claims,
        dominated: dominated.collect(),
        worlds: whole(
            "Sensibilité",
            lang.pick("Le classement sous d'autres hypothèses", "The ranking under other assumptions"),
        ),
        territories: whole("Territoires", lang.pick("Territoire par territoire", "Territory by territory")),
        problems: rows
            .iter()
            .enumerate()
            .filter(|(_, r)| r.status != Status::Solved)
            .map(|(k, r)| {
                let state = tables::status(r.status, lang);
                (format!("{} ({state})", named(k)), r.problems.iter().map(|p| p.get(lang)).collect())
            })
            .collect(),
        due: lang.number(f64::from(due), 0),
    }
}

/// What a reader should take away, in a few sentences: what each next step would bring, with what proves it.
fn lead(comparison: &Comparison, lang: Lang) -> Vec<String> {
    let name = |id: &str| comparison.scenarios.iter().find(|r| r.id == id).map_or("", |r| r.name.get(lang));
    let shown = |range: Range, decimals: usize| {
        let (low, high) = range.outward(decimals);
        (lang.number(low, decimals), lang.number(high, decimals))
    };
    // What can be done next, from where one is: the first scenario.
    let first = comparison.scenarios.iter().find(|r| r.figures.is_some()).map(|r| r.id.as_str());
    let mut steps: Vec<_> = comparison.steps.iter().filter(|s| Some(s.from.as_str()) == first).collect();
    steps.sort_by(|a, b| b.score.at_least.total_cmp(&a.score.at_least));
    let mut out = Vec::new();
    for step in steps.into_iter().take(MOST_LEAD) {
        let (from, to) = (name(&step.from), name(&step.to));
        let (low, high) = shown(step.score, 0);
        let people = step.additional.filter(|a| a.at_most > 0.0).map(|a| shown(a, 0));
        let service = comparison.service.name.get(lang);
        out.push(match (lang, people) {
            (Lang::Fr, Some((least, most))) => format!(
                "De « {from} » à « {to} » : de {low} à {high} contacts pondérés de plus, et au mieux de {least} à {most} personnes de plus qui n'auraient pas été vues autrement ({service})."
            ),
            (Lang::Fr, None) => format!("De « {from} » à « {to} » : de {low} à {high} contacts pondérés de plus ; rien de plus pour : {service}."),
            (Lang::En, Some((least, most))) => format!(
                "From \"{from}\" to \"{to}\": {low} to {high} weighted contacts more, and at best {least} to {most} more people who would not have been seen otherwise ({service})."
            ),
            (Lang::En, None) => format!("From \"{from}\" to \"{to}\": {low} to {high} weighted contacts more; nothing more for: {service}."),
        });
    }
    let open =
        comparison.statements.iter().filter(|s| s.verdict == Verdict::NotProven && s.about == About::Score).count();
    if open > 0 {
        let fr = ["comparaison de score n'est pas tranchée", "comparaisons de score ne sont pas tranchées"];
        let en = ["comparison of scores is not decided", "comparisons of scores are not decided"];
        let why = lang.pick(" : les intervalles se recouvrent.", ": the intervals overlap.");
        out.push(lang.count(open, fr, en) + why);
    }
    out
}

/// Identifiers of scenarios in a table by their numbers and names.
fn with_names(grid: &Grid, comparison: &Comparison, lang: Lang) -> Grid {
    let named = |id: &str| {
        let at = comparison.scenarios.iter().position(|r| r.id == id)?;
        Some(format!("{}. {}", at + 1, comparison.scenarios[at].name.get(lang)))
    };
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => Cell::Text(named(text).unwrap_or_else(|| text.clone())),
        other => other.clone(),
    };
    let mut out = grid.clone();
    out.rows = grid.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    out
}

/// Some columns of the table of scenarios, with their numbers; titles of their own where these are not empty.
fn pick(table: &Grid, keys: &[(String, &str, &str)]) -> Grid {
    let found = |(key, fr, en): &(String, &str, &str)| {
        let at = table.columns.iter().position(|c| c.key == *key)?;
        let mut column = table.columns[at].clone();
        if !fr.is_empty() {
            column.title = Text::new(*fr, *en);
        }
        Some((at, column))
    };
    let (at, columns): (Vec<usize>, Vec<tables::Column>) = keys.iter().filter_map(found).unzip();
    let number = |k: usize, cell: &Cell| match cell {
        Cell::Text(name) => Cell::Text(format!("{}. {name}", k + 1)),
        other => other.clone(),
    };
    let row = |(k, row): (usize, &Vec<Cell>)| {
        at.iter().enumerate().map(|(c, &x)| if c == 0 { number(k, &row[x]) } else { row[x].clone() }).collect()
    };
    Grid { name: table.name.clone(), columns, rows: table.rows.iter().enumerate().map(row).collect() }
}

/// Behind the maps: which share of those due a plan invites, territory by territory.
fn by_territory(material: &Material) -> Grid {
    let rows = &material.comparison.scenarios;
    let column = |key: &str, fr: &str, en: &str| tables::Column { key: key.into(), title: Text::new(fr, en) };
    let mut columns = vec![column("name", "territoire", "territory"), column("due", "à voir", "due")];
    let with: Vec<usize> = (0..rows.len()).filter(|&k| material.rounds.get(k).is_some_and(Option::is_some)).collect();
    columns.extend(with.iter().map(|k| {
        let number = (k + 1).to_string();
        column(&number, &number, &number)
    }));
    let mut lines = Vec::new();
    let first = with.first().and_then(|&k| material.rounds[k].as_ref());
    if let (Some(scenario), Some(first)) = (material.scenario, first) {
        for (at, territory) in first.territories.iter().enumerate().filter(|(_, t)| t.due > 0) {
            let place = &scenario.territories[territory.territory.index()];
            let reached = |k: &usize| {
                material.rounds[*k].as_ref().and_then(|r| r.territories.get(at)).is_some_and(|t| t.invited > 0)
            };
            if !with.iter().any(reached) {
                continue;
            }
            let mut line = vec![Cell::Text(place.name.clone()), Cell::Number(territory.due.into(), 0)];
            line.extend(with.iter().map(|&k| {
                let own = material.rounds[k].as_ref().and_then(|r| r.territories.get(at));
                own.map_or(Cell::Empty, |t| Cell::Number(100.0 * f64::from(t.invited) / f64::from(t.due.max(1)), 1))
            }));
            lines.push(line);
        }
    }
    Grid { name: Text::new("Cartes", "Maps"), columns, rows: lines }
}

/// A table that scrolls by itself where it is too wide, and can be reached with the keyboard.
fn html_table(grid: &Grid, caption: &str, lang: Lang) -> String {
    use std::fmt::Write as _;
    if grid.rows.is_empty() {
        return String::new();
    }
    let caption = escaped(caption);
    let mut out = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>"
    );
    for column in &grid.columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(column.title.get(lang)));
    }
    out += "</tr></thead><tbody>";
    for row in &grid.rows {
        out += "<tr>";
        for (k, cell) in row.iter().enumerate() {
            let _ = match cell {
                Cell::Text(text) if k == 0 => write!(out, "<th scope=\"row\">{}</th>", escaped(text)),
                Cell::Text(text) => write!(out, "<td>{}</td>", escaped(text)),
                Cell::Number(value, decimals) => write!(out, "<td class=\"n\">{}</td>", lang.number(*value, *decimals)),
                Cell::Empty => write!(out, "<td class=\"n\">–</td>"),
            };
        }
        out += "</tr>";
    }
    out + "</tbody></table></div>"
}

/// The classes of the maps, in words.
fn classes(lang: Lang) -> Vec<String> {
    let percent = |share: f64| lang.percent(share, 1.0).replace(",0", "").replace(".0", "");
    let mut out: Vec<String> = Vec::new();
    let mut from = 0.0;
    for end in CLASSES {
        out.push(match (from > 0.0, lang) {
            (true, Lang::Fr) => format!("de {} à {}", percent(from), percent(end)),
            (true, Lang::En) => format!("{} to {}", percent(from), percent(end)),
            (false, Lang::Fr) => format!("jusqu'à {}", percent(end)),
            (false, Lang::En) => format!("up to {}", percent(end)),
        });
        from = end;
    }
    out.push(format!("{} {}", lang.pick("plus de", "more than"), percent(from)));
    out
}

/// The weeks, in words.
fn weeks(horizon: Horizon, lang: Lang) -> String {
    let day = |date: NaiveDate| match lang {
        Lang::Fr => date.format("%d/%m/%Y").to_string(),
        Lang::En => date.format("%Y-%m-%d").to_string(),
    };
    let last = horizon.start + Days::new(u64::from(horizon.weeks.max(1)) * 7 - 1);
    let week = horizon.start.iso_week();
    let (from, to) = (day(horizon.start), day(last));
    let n = lang.count(horizon.weeks as usize, ["semaine", "semaines"], ["week", "weeks"]);
    match lang {
        Lang::Fr => {
            format!("{n} à partir de la semaine {} de {}, du {from} au {to}", week.week(), week.year())
        }
        Lang::En => format!("{n} from week {} of {}, {from} to {to}", week.week(), week.year()),
    }
}

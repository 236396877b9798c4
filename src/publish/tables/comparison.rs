//! A comparison as tables: `comparison.csv`, and the sheets of `comparison.xlsx`.

use crate::compare::document::{About, Comparison, Figures, Row, Status, Verdict, rounded_up};
use crate::domain::ClockKind;
use crate::i18n::{Lang, Text};
use crate::sheet::{csv, number};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Words.
    Text(String),
    /// A number, and how many decimals are shown.
    Number(f64, usize),
}

/// A column: its name in files that programs read, and for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// English identifier; does not change with the language.
    pub key: String,
    /// What people read.
    pub title: Text,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Its name.
    pub name: Text,
    /// Its columns.
    pub columns: Vec<Column>,
    /// A line each, a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

type Value<'a, T> = Box<dyn Fn(&T) -> Cell + 'a>;

/// Columns of a table over things of one sort.
struct Columns<'a, T> {
    list: Vec<(Column, Value<'a, T>)>,
}

impl<'a, T> Columns<'a, T> {
    const fn new() -> Self {
        Self { list: Vec::new() }
    }

    fn add(
        &mut self,
        key: impl Into<String>,
        fr: impl Into<String>,
        en: impl Into<String>,
        of: impl Fn(&T) -> Cell + 'a,
    ) {
        self.list.push((Column { key: key.into(), title: Text::new(fr, en) }, Box::new(of)));
    }

    fn over<'t>(self, name: Text, things: impl Iterator<Item = &'t T>) -> Grid
    where
        T: 't,
    {
        let rows = things.map(|thing| self.list.iter().map(|(_, of)| of(thing)).collect()).collect();
        Grid { name, columns: self.list.into_iter().map(|(column, _)| column).collect(), rows }
    }
}

fn words(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn maybe(value: Option<f64>, decimals: usize) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Number(value, decimals))
}

#[allow(clippy::cast_precision_loss)]
fn count(value: u64) -> f64 {
    value as f64
}

/// Names of the ways a scenario ends.
#[must_use]
pub fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Solved => lang.pick("calculé", "solved"),
        Status::Infeasible => lang.pick("impossible (prouvé)", "infeasible (proved)"),
        Status::NoPlan => lang.pick("pas de plan trouvé", "no plan found"),
        Status::Broken => lang.pick("à corriger", "to be mended"),
        Status::Stopped => lang.pick("interrompu", "stopped"),
        Status::Failed => lang.pick("erreur interne", "internal error"),
    }
}

/// `comparison.csv`: a line a scenario, for a spreadsheet in French.
#[must_use]
pub fn comparison(comparison: &Comparison, lang: Lang) -> Vec<u8> {
    let grid = scenarios(comparison, lang);
    let names: Vec<String> = grid.columns.iter().map(|c| c.key.clone()).collect();
    let cell = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(words) => words.to_string(),
        Cell::Number(value, decimals) => number(*value, *decimals),
    };
    csv(std::iter::once(names).chain(grid.rows.iter().map(|row| row.iter().map(cell).collect())))
}

/// All tables of a comparison; those with nothing in them are left out.
#[must_use]
pub fn grids(comparison: &Comparison, lang: Lang) -> Vec<Grid> {
    let all = [
        scenarios(comparison, lang),
        steps(comparison),
        statements(comparison, lang),
        sensitivity(comparison, lang),
        territories(comparison),
        notes(comparison, lang),
    ];
    all.into_iter().filter(|grid| !grid.rows.is_empty()).collect()
}

/// A line a scenario.
#[must_use]
pub fn scenarios(comparison: &Comparison, lang: Lang) -> Grid {
    let mut columns: Columns<Row> = Columns::new();
    columns.add("scenario", "identifiant", "identifier", |r| words(&r.id));
    columns.add("name", "scénario", "scenario", move |r| words(r.name.get(lang)));
    columns.add("status", "état", "state", move |r| words(status(r.status, lang)));
    let mut kinds: Vec<&str> = Vec::new();
    for kind in comparison.scenarios.iter().flat_map(|r| &r.vehicles) {
        if !kinds.contains(&kind.kind.as_str()) {
            kinds.push(&kind.kind);
        }
    }
    for kind in kinds {
        let of = move |r: &Row| {
            let count = r.vehicles.iter().find(|k| k.kind == kind).map_or(0, |k| k.count);
            if r.vehicles.is_empty() { Cell::Empty } else { Cell::Number(count_of(count), 0) }
        };
        columns.add(
            format!("{}_vehicles", kind.replace('-', "_")),
            format!("véhicules : {kind}"),
            format!("vehicles: {kind}"),
            of,
        );
    }
    columns.add("score", "score (contacts pondérés)", "score (weighted contacts)", |r| {
        maybe(r.score.map(|s| s.at_least), 2)
    });
    columns
        .add("upper_bound", "borne prouvée", "proved bound", |r| maybe(r.score.map(|s| rounded_up(s.at_most, 2)), 2));
    columns.add("gap_percent", "écart, %", "gap, %", |r| maybe(r.gap.map(|g| rounded_up(100.0 * g, 2)), 2));
    columns.add("stopped_by", "arrêt", "stopped by", |r| r.stopped_by.as_ref().map_or(Cell::Empty, words));
    people(comparison, &mut columns);
    promise(comparison, &mut columns);
    figure(
        &mut columns,
        "residents_in_reach",
        ("habitants à portée d'une visite", "residents in reach of a visit"),
        0,
        |f| Some(count(f.residents_in_reach)),
    );
    figure(&mut columns, "residents", ("habitants du périmètre", "residents in scope"), 0, |f| {
        Some(count(f.residents))
    });
    columns.add("worst_territory", "territoire le moins servi", "territory served worst", |r| {
        let worst = r.figures.as_ref().and_then(|f| f.worst.as_ref());
        worst.map_or(Cell::Empty, |w| words(&w.name))
    });
    figure(
        &mut columns,
        "worst_received",
        ("sa part reçue (1 = équitable)", "what it received (1 = its fair share)"),
        3,
        |f| f.worst.as_ref().map(|w| w.received),
    );
    figure(&mut columns, "worst_alike", ("territoires aussi peu servis", "territories served as little"), 0, |f| {
        f.worst.as_ref().map(|w| count_of(w.alike))
    });
    figure(&mut columns, "territories", ("territoires concernés", "territories concerned"), 0, |f| {
        f.worst.as_ref().map(|w| count_of(w.territories))
    });
    figure(&mut columns, "appointments", ("rendez-vous, tous services", "appointments, all services"), 0, |f| {
        Some(f.appointments.all.into())
    });
    figure(&mut columns, "appointments_zip", ("dont en ZIP", "of which in a ZIP"), 0, |f| {
        Some(f.appointments.zip.into())
    });
    figure(&mut columns, "appointments_zac", ("dont en ZAC", "of which in a ZAC"), 0, |f| {
        Some(f.appointments.zac.into())
    });
    figure(
        &mut columns,
        "appointments_qpv",
        ("dont dans une commune avec QPV", "of which in a commune with a QPV"),
        0,
        |f| Some(f.appointments.qpv.into()),
    );
    figure(&mut columns, "visits", ("visites", "visits"), 0, |f| Some(f.visits.into()));
    figure(&mut columns, "invitations", ("invitations", "invitations"), 0, |f| Some(f.invitations.into()));
    figure(&mut columns, "kilometres", ("kilomètres", "kilometres"), 0, |f| Some(f.kilometres));
    figure(&mut columns, "driving_hours", ("heures de route", "driving hours"), 1, |f| Some(f.driving_hours));
    figure(&mut columns, "crew_hours", ("heures d'équipe", "crew hours"), 1, |f| Some(f.crew_hours));
    figure(&mut columns, "nights", ("nuits", "nights"), 0, |f| Some(f.nights.into()));
    if let Some(currency) = &comparison.currency {
        let money = |fr: &str, en: &str| (format!("{fr}, {currency}"), format!("{en}, {currency}"));
        let (fr, en) = money("coût", "cost");
        figure(&mut columns, "cost", (&fr, &en), 0, |f| f.cost);
        let (fr, en) = money("dont fixe", "of which fixed");
        figure(&mut columns, "fixed_cost", (&fr, &en), 0, |f| f.fixed_cost);
        figure(&mut columns, "co2_kg", ("CO₂, kg", "CO₂, kg"), 0, |f| f.co2_kg);
        let (fr, en) = money("coût par personne en plus", "cost per additional person");
        figure(&mut columns, "cost_per_additional", (&fr, &en), 0, |f| f.cost_per_additional);
    }
    columns.add("problems", "problèmes", "problems", move |r| {
        let all = r.problems.iter().map(|p| p.get(lang)).collect::<Vec<_>>().join(" ");
        if all.is_empty() { Cell::Empty } else { words(all) }
    });
    let labels = comparison.labels.iter().map(|l| l.get(lang)).collect::<Vec<_>>().join(" ");
    columns.add("labels", "à savoir", "to be known", move |_| words(&labels));
    columns.over(Text::new("Scénarios", "Scenarios"), comparison.scenarios.iter())
}

fn count_of(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn figure<'a>(
    columns: &mut Columns<'a, Row>,
    key: impl Into<String>,
    (fr, en): (&str, &str),
    decimals: usize,
    of: impl Fn(&Figures) -> Option<f64> + 'a,
) {
    columns.add(key, fr, en, move |r: &Row| maybe(r.figures.as_ref().and_then(&of), decimals));
}

/// What a service is called: only the one whose people are counted has a name here.
fn service_name(comparison: &Comparison, service: &str) -> Text {
    if service == comparison.service.id { comparison.service.name.clone() } else { Text::new(service, service) }
}

/// People of each service with their denominators, and the most additional ones.
fn people<'a>(comparison: &'a Comparison, columns: &mut Columns<'a, Row>) {
    let mut services: Vec<&str> = Vec::new();
    for line in comparison.scenarios.iter().filter_map(|r| r.figures.as_ref()).flat_map(|f| &f.coverage) {
        if !services.contains(&line.service.as_str()) {
            services.push(&line.service);
        }
    }
    for service in services {
        let key = service.replace('-', "_");
        let named = service == comparison.service.id;
        let Text { fr, en } = service_name(comparison, service);
        type Of = fn(&crate::plan::Coverage) -> f64;
        let parts: [(&str, &str, &str, usize, Of); 5] = [
            ("expected", "attendues", "expected", 1, |c| c.expected),
            ("additional", "en plus", "additional", 1, |c| c.expected_additional),
            ("appointments", "rendez-vous", "appointments", 0, |c| c.appointments.into()),
            ("due_in_reach", "à voir, à portée", "due in reach", 0, |c| c.due_in_reach.into()),
            ("due_in_scope", "à voir, périmètre", "due in scope", 0, |c| c.due_in_scope.into()),
        ];
        for (part, word_fr, word_en, decimals, of) in parts {
            let title = (format!("{fr}\u{a0}: {word_fr}"), format!("{en}: {word_en}"));
            figure(columns, format!("{key}_{part}"), (&title.0, &title.1), decimals, move |f| {
                f.coverage.iter().find(|c| c.service == service).map(of)
            });
        }
        if named {
            columns.add(
                format!("{key}_most_additional_found"),
                format!("{fr}\u{a0}: en plus au mieux, trouvé"),
                format!("{en}: additional at best, found"),
                |r: &Row| maybe(r.most_additional.map(|m| m.at_least), 1),
            );
            columns.add(
                format!("{key}_most_additional_bound"),
                format!("{fr}\u{a0}: en plus au mieux, borne"),
                format!("{en}: additional at best, bound"),
                |r: &Row| maybe(r.most_additional.map(|m| rounded_up(m.at_most, 1)), 1),
            );
        }
    }
}

/// Promise A of each service, on both clocks, by the vehicles alone and with the fixed points.
fn promise<'a>(comparison: &'a Comparison, columns: &mut Columns<'a, Row>) {
    let mut lines: Vec<(&str, ClockKind)> = Vec::new();
    for line in comparison.scenarios.iter().filter_map(|r| r.figures.as_ref()).flat_map(|f| &f.promise) {
        if !lines.contains(&(line.service.as_str(), line.clock)) {
            lines.push((&line.service, line.clock));
        }
    }
    for (service, clock) in lines {
        let name = service_name(comparison, service);
        let (fr, en) = match clock {
            ClockKind::Working => ("jours ouvrés", "working days"),
            ClockKind::Calendar => ("tous jours", "all days"),
        };
        for (with, part, word_fr, word_en) in [
            (false, "vehicles", "véhicules", "vehicles"),
            (true, "with_fixed", "avec lieux fixes", "with fixed points"),
        ] {
            let key = format!("{}_promise_{}_{part}_percent", service.replace('-', "_"), clock.name());
            let title = (
                format!("{}\u{a0}: promesse tenue, {word_fr}, {fr}, %", name.fr),
                format!("{}: promise kept, {word_en}, {en}, %", name.en),
            );
            figure(columns, key, (&title.0, &title.1), 1, move |f| {
                let line = f.promise.iter().find(|p| p.service == service && p.clock == clock)?;
                let own = if with { &line.with_fixed } else { &line.vehicles };
                own.share.map(|share| 100.0 * share)
            });
        }
    }
}

fn steps(comparison: &Comparison) -> Grid {
    let mut columns: Columns<crate::compare::document::Step> = Columns::new();
    columns.add("from", "de", "from", |s| words(&s.from));
    columns.add("to", "à", "to", |s| words(&s.to));
    columns.add("score_at_least", "score : au moins", "score: at least", |s| Cell::Number(s.score.at_least, 2));
    columns.add("score_at_most", "score : au plus", "score: at most", |s| Cell::Number(s.score.at_most, 2));
    columns.add("additional_at_least", "en plus, au mieux : au moins", "additional, at best: at least", |s| {
        maybe(s.additional.map(|a| a.at_least), 1)
    });
    columns.add("additional_at_most", "en plus, au mieux : au plus", "additional, at best: at most", |s| {
        maybe(s.additional.map(|a| a.at_most), 1)
    });
    columns.add("additional_of_plans", "en plus, entre les deux plans", "additional, between the two plans", |s| {
        Cell::Number(s.additional_of_plans, 1)
    });
    if comparison.currency.is_some() {
        columns.add("cost", "coût, entre les deux plans", "cost, between the two plans", |s| maybe(s.cost, 0));
        columns.add("cost_per_additional", "coût par personne en plus", "cost per additional person", |s| {
            maybe(s.cost_per_additional, 0)
        });
    }
    columns.over(Text::new("Pas", "Steps"), comparison.steps.iter())
}

fn statements(comparison: &Comparison, lang: Lang) -> Grid {
    let mut columns: Columns<crate::compare::document::Statement> = Columns::new();
    columns.add("about", "objet", "about", move |s| {
        words(match s.about {
            About::Score => "score",
            About::Additional => lang.pick("personnes en plus", "additional people"),
        })
    });
    columns.add("lesser", "le moindre", "lesser", |s| words(&s.lesser));
    columns.add("greater", "le plus grand", "greater", |s| words(&s.greater));
    columns.add("verdict", "verdict", "verdict", move |s| {
        words(match s.verdict {
            Verdict::CannotReach => lang.pick("ne peut atteindre (démontré)", "cannot reach (proved)"),
            Verdict::Same => lang.pick("égal (démontré)", "same (proved)"),
            Verdict::NotProven => lang.pick("non démontré", "not proven"),
        })
    });
    columns.add("gap_to_decide_percent", "écart pour trancher, %", "gap to decide, %", |s| {
        maybe(s.gap_to_decide.map(|g| 100.0 * g), 4)
    });
    columns.add("text", "en toutes lettres", "in words", move |s| words(s.text.get(lang)));
    columns.over(Text::new("Énoncés", "Statements"), comparison.statements.iter())
}

fn sensitivity(comparison: &Comparison, lang: Lang) -> Grid {
    let mut columns: Columns<crate::compare::document::WorldRow> = Columns::new();
    columns.add("assumption", "hypothèse", "assumption", move |w| words(w.name.get(lang)));
    let pairs = |pairs: &[[String; 2]]| pairs.iter().map(|[a, b]| format!("{a} > {b}")).collect::<Vec<_>>().join(" ; ");
    columns.add("flipped", "ordres renversés", "orders turned round", move |w| words(pairs(&w.flipped)));
    columns.add("open", "ordres plus démontrés", "orders proved no longer", move |w| words(pairs(&w.open)));
    for (k, row) in comparison.scenarios.iter().enumerate() {
        let score = move |w: &crate::compare::document::WorldRow| w.scores.get(k).copied().flatten();
        columns.add(
            format!("{}_score", row.id),
            format!("{} : score", row.id),
            format!("{}: score", row.id),
            move |w| maybe(score(w).map(|s| s.at_least), 2),
        );
        columns.add(
            format!("{}_bound", row.id),
            format!("{} : borne", row.id),
            format!("{}: bound", row.id),
            move |w| maybe(score(w).map(|s| rounded_up(s.at_most, 2)), 2),
        );
    }
    let worlds = comparison.sensitivity.iter().flat_map(|s| &s.worlds);
    columns.over(Text::new("Sensibilité", "Sensitivity"), worlds)
}

fn territories(comparison: &Comparison) -> Grid {
    let mut columns: Columns<crate::compare::document::TerritoryPair> = Columns::new();
    let (a, b) = comparison.pairwise.as_ref().map_or(("", ""), |p| (&p.a, &p.b));
    columns.add("territory", "territoire", "territory", |t| words(&t.territory));
    columns.add("name", "nom", "name", |t| words(&t.name));
    columns.add("class", "classe", "class", |t| words(&t.class));
    columns.add("due", "à voir", "due", |t| Cell::Number(t.due.into(), 0));
    for (k, id) in [a, b].into_iter().enumerate() {
        columns.add(format!("{id}_visits"), format!("{id} : visites"), format!("{id}: visits"), move |t| {
            Cell::Number(t.visits[k].into(), 0)
        });
        columns.add(format!("{id}_additional"), format!("{id} : en plus"), format!("{id}: additional"), move |t| {
            Cell::Number(t.additional[k], 1)
        });
        columns.add(format!("{id}_received"), format!("{id} : part reçue"), format!("{id}: received"), move |t| {
            Cell::Number(t.received[k], 3)
        });
    }
    columns.over(Text::new("Territoires", "Territories"), comparison.pairwise.iter().flat_map(|p| &p.territories))
}

fn notes(comparison: &Comparison, lang: Lang) -> Grid {
    let mut columns: Columns<Text> = Columns::new();
    columns.add("note", "à savoir", "to be known", move |t| words(t.get(lang)));
    let notes = comparison.labels.iter().chain(&comparison.cost_source);
    columns.over(Text::new("À savoir", "Notes"), notes)
}

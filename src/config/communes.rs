//! Communes and their territories.

use super::cells::{between, choice, count, insee, people};
use super::codes::Code;
use super::likely;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Row, Sheet};
use super::source::Source;
use super::tree::Node;
use crate::domain::{Areas, Commune, CommuneId, Territory, TerritoryId};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

pub(super) const COMMUNES: Layout = Layout {
    required: &["code", "name", "departement", "population", "lat", "lon", "women_50_74"],
    optional: &[
        "participation",
        "priority",
        "uptake_factor",
        "additional_share",
        "without_gp",
        "territory",
        "epci",
        "postcode",
        "position_source",
    ],
    open: false,
    needs_rows: true,
};

pub(super) const AREAS: Layout =
    Layout { required: &["kind", "code", "name"], optional: &[], open: false, needs_rows: false };

pub(super) const ZONES: Layout = Layout {
    required: &["commune", "territory"],
    optional: &["territory_name", "class", "qpv"],
    open: false,
    needs_rows: true,
};

/// The communes, and where each of them was written.
#[derive(Debug, Default)]
pub(super) struct Communes {
    pub list: Vec<Commune>,
    /// Bytes of each commune's code in the file.
    pub spans: Vec<Range<usize>>,
    pub source: Option<Arc<Source>>,
    /// By code; `None` for a row that could not be read, so that it is complained about once.
    ids: FxHashMap<String, Option<CommuneId>>,
    complete: bool,
    territory_of: Vec<String>,
}

impl Communes {
    /// The commune a cell names; an unknown one is reported.
    pub fn find(&self, row: &Row, column: &str, problems: &mut Problems) -> Option<CommuneId> {
        let code = row.read(column, None, problems, insee)?;
        match self.ids.get(&code) {
            Some(id) => *id,
            None if !self.complete => None,
            None => {
                let problem = Problem::new(
                    Code::UnknownCommune,
                    format!("la commune {code} n'est pas dans le fichier des communes"),
                    format!("commune {code} is not in the communes file"),
                );
                problems.push(row.place(column, problem));
                None
            }
        }
    }

    /// The commune of a code; whether to complain that there is none.
    pub fn by_code(&self, code: &str) -> (Option<CommuneId>, bool) {
        match self.ids.get(code) {
            Some(id) => (*id, false),
            None => (None, self.complete),
        }
    }

    /// Reads the communes file. Those outside `departements` are out of scope.
    pub fn read(sheet: &Sheet, departements: Option<&[String]>, problems: &mut Problems) -> Self {
        let mut all = Self { source: Some(Arc::clone(&sheet.source)), complete: true, ..Self::default() };
        let mut lines: FxHashMap<String, usize> = FxHashMap::default();
        for row in sheet.rows() {
            let Some(code) = row.read("code", None, problems, insee) else {
                all.complete = false;
                continue;
            };
            if let Some(line) = lines.insert(code.clone(), row.line()) {
                let problem = Problem::new(
                    Code::Duplicate,
                    format!("la commune {code} est déjà à la ligne {line}"),
                    format!("commune {code} is already on line {line}"),
                );
                problems.push(row.place("code", problem));
                continue;
            }
            let commune = commune(&row, code.clone(), departements, problems);
            let id = commune.map(|commune| {
                all.list.push(commune);
                all.spans.push(row.span("code"));
                all.territory_of.push(row.text("territory").to_owned());
                CommuneId::new(all.list.len() - 1)
            });
            all.ids.insert(code, id);
        }
        all
    }

    /// Gives every commune its territory: from the zones file, else from the communes' own
    /// column. Territories come out sorted by code.
    pub fn assign_territories(&mut self, zones: Option<&Sheet>, problems: &mut Problems) -> Vec<Territory> {
        let mut found: Vec<(String, Territory)> = Vec::new();
        let mut of: Vec<Option<String>> = vec![None; self.list.len()];
        if let Some(sheet) = zones {
            let mut lines: FxHashMap<CommuneId, usize> = FxHashMap::default();
            for row in sheet.rows() {
                let commune = self.find(&row, "commune", problems);
                let territory = territory(&row, problems);
                let (Some(commune), Some((territory, qpv))) = (commune, territory) else { continue };
                if let Some(line) = lines.insert(commune, row.line()) {
                    let code = &self.list[commune.index()].code;
                    let problem = Problem::new(
                        Code::Duplicate,
                        format!("la commune {code} a déjà un territoire à la ligne {line}"),
                        format!("commune {code} already has a territory on line {line}"),
                    );
                    problems.push(row.place("commune", problem));
                    continue;
                }
                self.list[commune.index()].priority_neighbourhoods = qpv;
                of[commune.index()] = Some(territory.code.clone());
                found.push((territory.code.clone(), territory));
            }
        } else {
            for (slot, code) in of.iter_mut().zip(&self.territory_of).filter(|(_, code)| !code.is_empty()) {
                *slot = Some(code.clone());
                let territory = Territory { code: code.clone(), name: code.clone(), class: "none".into() };
                found.push((code.clone(), territory));
            }
        }
        // Stable: the first row of a territory names it.
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.dedup_by(|b, a| a.0 == b.0);
        let zones_name = zones.map(|sheet| sheet.source.name.clone());
        for (k, code) in of.iter().enumerate() {
            let at = code.as_ref().and_then(|code| found.binary_search_by(|(c, _)| c.cmp(code)).ok());
            match at {
                Some(at) => self.list[k].territory = TerritoryId::new(at),
                None => problems.push(self.without_territory(k, zones_name.as_deref())),
            }
        }
        found.into_iter().map(|(_, territory)| territory).collect()
    }

    fn without_territory(&self, k: usize, zones: Option<&str>) -> Problem {
        let (code, name) = (&self.list[k].code, &self.list[k].name);
        let mut problem = Problem::new(
            Code::NoTerritory,
            format!("la commune {code} ({name}) n'a pas de territoire"),
            format!("commune {code} ({name}) has no territory"),
        );
        problem = match zones {
            Some(file) => problem
                .help(format!("ajouter une ligne pour {code} dans {file}"), format!("add a row for {code} to {file}")),
            None => problem.help(
                "donner un fichier `zones` dans [files], ou remplir une colonne `territory`",
                "give a `zones` file in [files], or fill in a column `territory`",
            ),
        };
        match &self.source {
            Some(source) => problem.at(source, self.spans[k].clone()),
            None => problem,
        }
    }
}

fn commune(row: &Row, code: String, departements: Option<&[String]>, problems: &mut Problems) -> Option<Commune> {
    let name = row.required("name", problems);
    let departement = row.required("departement", problems);
    let population = row.read("population", None, problems, people);
    let women = row.read("women_50_74", None, problems, people);
    let lat = row.read("lat", None, problems, |t| between(t, -90.0, 90.0));
    let lon = row.read("lon", None, problems, |t| between(t, -180.0, 180.0));
    let share = |t: &str| between(t, 0.0, 1.0);
    let participation = row.read("participation", Some(None), problems, |t| share(t).map(Some));
    let additional_share = row.read("additional_share", Some(None), problems, |t| share(t).map(Some));
    let priority = row.read("priority", Some(1.0), problems, |t| between(t, 0.0, 1000.0));
    let uptake_factor = row.read("uptake_factor", Some(1.0), problems, |t| between(t, 0.0, 1000.0));
    let without_gp = row.read("without_gp", Some(None), problems, |t| people(t).map(Some));
    let departement = departement?;
    if let Some(problem) = likely::wrong_departement(&code, &departement) {
        problems.push(row.place("departement", problem));
    }
    let (lat, lon, population, women, without_gp) = (lat?, lon?, population?, women?, without_gp?);
    if let Some(problem) = likely::outside(&code, (lat, lon)) {
        problems.push(row.place("lat", problem));
    }
    let parts = [("women_50_74", Some(women)), ("without_gp", without_gp)];
    let parts = parts.into_iter().filter_map(|(column, part)| Some((column, part?)));
    problems.extend(parts.filter_map(|(column, part)| likely::impossible_part(row, column, part.0, population.0)));
    Some(Commune {
        code,
        name: name?,
        in_scope: departements.is_none_or(|all| all.contains(&departement)),
        departement,
        intercommunality: row.text("epci").to_owned(),
        lat,
        lon,
        population,
        women_50_74: women,
        participation: participation?,
        priority: priority?,
        uptake_factor: uptake_factor?,
        additional_share: additional_share?,
        without_gp,
        territory: TerritoryId(0),
        priority_neighbourhoods: 0,
    })
}

/// Names départements of the scope of which there is no commune.
pub(super) fn known_departements(communes: &Communes, tree: &Node, scope: Option<&[String]>, problems: &mut Problems) {
    let known: BTreeSet<&str> = communes.list.iter().map(|c| c.departement.as_str()).collect();
    if known.is_empty() || !communes.complete {
        return;
    }
    for (k, code) in scope.into_iter().flatten().enumerate().filter(|(_, code)| !known.contains(code.as_str())) {
        let problem = Problem::new(
            Code::ScopeDepartement,
            format!("aucune commune n'est du département « {code} »"),
            format!("no commune is of the département \"{code}\""),
        );
        let zero = format!("0{code}");
        let list = known.iter().copied().collect::<Vec<_>>().join(", ");
        let problem = match known.get(zero.as_str()) {
            Some(near) => problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?")),
            None => problem.help(format!("ceux du fichier : {list}"), format!("those of the file: {list}")),
        };
        problems.push(tree.at(&format!("scope/departements/{k}")).place(problem).column("departements"));
    }
}

/// Names of départements and intercommunalities; the first row of a code names it.
pub(super) fn areas(sheet: &Sheet, problems: &mut Problems) -> Areas {
    let mut areas = Areas::default();
    for row in sheet.rows() {
        let kind =
            row.read("kind", None, problems, |t| choice(t, &[("departement", true), ("intercommunality", false)]));
        let (code, name) = (row.required("code", problems), row.required("name", problems));
        let (Some(kind), Some(code), Some(name)) = (kind, code, name) else { continue };
        let of = if kind { &mut areas.departements } else { &mut areas.intercommunalities };
        of.entry(code).or_insert(name);
    }
    areas
}

/// A territory, and how many priority neighbourhoods the row's commune has.
fn territory(row: &Row, problems: &mut Problems) -> Option<(Territory, u32)> {
    let code = row.required("territory", problems);
    let class =
        row.read("class", Some("none"), problems, |t| choice(t, &[("ZIP", "ZIP"), ("ZAC", "ZAC"), ("none", "none")]));
    let qpv = row.read("qpv", Some(0), problems, count);
    let (qpv, code) = (qpv?, code?);
    let name = row.text("territory_name");
    let name = if name.is_empty() { code.clone() } else { name.to_owned() };
    Some((Territory { code, name, class: class?.to_owned() }, qpv))
}

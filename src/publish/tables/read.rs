//! Reads an edited `visits.csv` back.

use super::cell::{parse_date, parse_time, plain};
use super::columns::Columns;
use super::sheet::{Row, Sheet};
use super::{TableCode, TableError};
use crate::domain::{DayId, Scenario, SiteId, VehicleId, Window};
use crate::i18n::{Text, yes_or_no};
use crate::units::Seconds;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

/// A visit as a coordinator wants it; everything else about it is to be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedVisit {
    /// Line of the file it stands on, from 1.
    pub line: u64,
    /// Identity of the visit; `None` for one that was added.
    pub visit: Option<String>,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The date of that day.
    pub date: NaiveDate,
    /// The site.
    pub site: SiteId,
    /// Openings to the public, local; at least one, sorted, disjoint.
    pub sessions: Vec<Window>,
    /// Whether the vehicle spends the night after it there.
    pub sleeps: bool,
}

/// Reads the visits of an edited table, in the order of the file: `;` or `,` between cells,
/// byte-order mark or not, dates ISO or day first, times `8:30`, `08:30` or `8 h 30`, columns in
/// any order. Columns that are not read back may hold anything, or be missing.
///
/// # Errors
/// Every fault of the file at once, by line, then column.
pub fn read_visits(bytes: &[u8], scenario: &Scenario) -> Result<Vec<EditedVisit>, Vec<TableError>> {
    let sheet = Sheet::parse(bytes)?;
    let columns = Columns::find(&sheet.header)?;
    let mut reader = Reader {
        header: &sheet.header,
        scenario,
        vehicles: scenario.vehicles.iter().enumerate().map(|(k, v)| (v.id.as_str(), VehicleId::new(k))).collect(),
        sites: scenario.sites.iter().enumerate().map(|(k, s)| (s.id.as_str(), SiteId::new(k))).collect(),
        first_use: FxHashMap::default(),
        errors: Vec::new(),
    };
    let visits: Vec<EditedVisit> = sheet.rows.iter().filter_map(|row| reader.visit(row, &columns)).collect();
    if let Some(column) = columns.night {
        reader.nights(&visits, column);
    }
    if reader.errors.is_empty() {
        Ok(visits)
    } else {
        reader.errors.sort_by_key(|e| (e.line, e.column));
        Err(reader.errors)
    }
}

struct Reader<'a> {
    header: &'a Row,
    scenario: &'a Scenario,
    vehicles: FxHashMap<&'a str, VehicleId>,
    sites: FxHashMap<&'a str, SiteId>,
    /// The line that first names a visit.
    first_use: FxHashMap<&'a str, u64>,
    errors: Vec<TableError>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, code: TableCode, line: u64, column: usize, message: Text, mend: Text) {
        let name = self.header.cells.get(column).cloned().unwrap_or_default();
        self.errors.push(TableError { code, line, column: column + 1, name, message, mend });
    }

    fn visit(&mut self, row: &'a Row, columns: &Columns) -> Option<EditedVisit> {
        let before = self.errors.len();
        let width = self.header.cells.len();
        if row.cells.iter().skip(width).any(|c| !c.trim().is_empty()) {
            let (have, want) = (row.cells.len(), width);
            let message =
                Text::new(format!("{have} cellules pour {want} colonnes"), format!("{have} cells for {want} columns"));
            let mend = Text::new(
                "un séparateur est de trop, ou un texte qui en contient un n'est pas entre guillemets",
                "one separator too many, or a text that contains one is not in quotation marks",
            );
            self.fault(TableCode::Cells, row.line, width, message, mend);
        }
        let visit = columns.visit.and_then(|k| self.identity(row, k));
        let vehicle = self.cell(row, columns.vehicle).and_then(|id| self.vehicle(row.line, columns.vehicle, id));
        let date = self.cell(row, columns.date).and_then(|cell| self.day(row.line, columns.date, cell));
        let site = self.cell(row, columns.site).and_then(|id| self.site(row.line, columns.site, id));
        let sessions = self.sessions(row, &columns.sessions);
        let sleeps = columns.night.is_some_and(|k| self.night(row, k));
        let (vehicle, (day, date), site) = (vehicle?, date?, site?);
        (self.errors.len() == before).then_some(EditedVisit {
            line: row.line,
            visit,
            vehicle,
            day,
            date,
            site,
            sessions,
            sleeps,
        })
    }

    /// A cell that must not be blank.
    fn cell(&mut self, row: &'a Row, column: usize) -> Option<&'a str> {
        let cell = row.cells.get(column).map(|c| plain(c)).filter(|c| !c.is_empty());
        if cell.is_none() {
            let message = Text::new("cette cellule est vide", "this cell is empty");
            let mend = Text::new("remplissez-la, ou supprimez toute la ligne", "fill it in, or remove the whole row");
            self.fault(TableCode::ValueMissing, row.line, column, message, mend);
        }
        cell
    }

    fn identity(&mut self, row: &'a Row, column: usize) -> Option<String> {
        let id = row.cells.get(column).map(|c| plain(c)).filter(|c| !c.is_empty())?;
        let first = *self.first_use.entry(id).or_insert(row.line);
        if first != row.line {
            let message = Text::new(
                format!("la visite « {id} » figure déjà à la ligne {first}"),
                format!("visit {id} is on line {first} already"),
            );
            let mend = Text::new(
                "laissez la cellule « visit » vide pour une visite ajoutée",
                "leave the cell `visit` empty for a visit that was added",
            );
            self.fault(TableCode::VisitTwice, row.line, column, message, mend);
        }
        Some(id.to_owned())
    }

    fn vehicle(&mut self, line: u64, column: usize, id: &str) -> Option<VehicleId> {
        let found = self.vehicles.get(id).copied();
        if found.is_none() {
            let known: Vec<&str> = self.scenario.vehicles.iter().map(|v| v.id.as_str()).collect();
            let message = Text::new(format!("aucun véhicule « {id} »"), format!("there is no vehicle {id}"));
            let known = known.join(", ");
            self.fault(
                TableCode::Vehicle,
                line,
                column,
                message,
                Text::new(format!("véhicules du scénario : {known}"), format!("vehicles of the scenario: {known}")),
            );
        }
        found
    }

    fn site(&mut self, line: u64, column: usize, id: &str) -> Option<SiteId> {
        let found = self.sites.get(id).copied();
        if found.is_none() {
            let message = Text::new(
                format!("aucun emplacement « {id} » dans le scénario"),
                format!("there is no site {id} in the scenario"),
            );
            let mend = Text::new(
                "reprenez l'identifiant de la colonne « id » du fichier des emplacements",
                "take the identifier from column `id` of the sites file",
            );
            self.fault(TableCode::Site, line, column, message, mend);
        }
        found
    }

    fn day(&mut self, line: u64, column: usize, cell: &str) -> Option<(DayId, NaiveDate)> {
        let Some(date) = parse_date(cell) else {
            let message = Text::new(format!("« {cell} » n'est pas une date"), format!("{cell:?} is not a date"));
            let mend = Text::new(
                "écrivez 2026-12-01 ou 01/12/2026 (le jour d'abord)",
                "write 2026-12-01 or 01/12/2026 (day first)",
            );
            self.fault(TableCode::Date, line, column, message, mend);
            return None;
        };
        let horizon = self.scenario.horizon;
        let day = horizon.day(date);
        if day.is_none() {
            let (first, last) = (horizon.start, horizon.last());
            let message = Text::new(
                format!("le {date} est hors des semaines planifiées"),
                format!("{date} is outside the weeks planned"),
            );
            let mend = Text::new(
                format!("choisissez une date du {first} au {last}, ou donnez la bonne semaine avec --week"),
                format!("choose a date from {first} to {last}, or give the right week with --week"),
            );
            self.fault(TableCode::Horizon, line, column, message, mend);
        }
        Some((day?, date))
    }

    /// An empty cell is no night.
    fn night(&mut self, row: &'a Row, column: usize) -> bool {
        let Some(cell) = row.cells.get(column).map(|c| plain(c)).filter(|c| !c.is_empty()) else { return false };
        yes_or_no(cell).unwrap_or_else(|| {
            let message = Text::new(
                format!("« {cell} » n'est ni yes (oui) ni no (non)"),
                format!("{cell:?} is neither yes nor no"),
            );
            let mend = Text::new(
                "écrivez yes où le véhicule passe la nuit sur l'emplacement, no ou rien ailleurs",
                "write yes where the vehicle spends the night at the site, no or nothing elsewhere",
            );
            self.fault(TableCode::Night, row.line, column, message, mend);
            false
        })
    }

    /// A vehicle sleeps where its day ends, and nowhere else.
    fn nights(&mut self, visits: &[EditedVisit], column: usize) {
        for visit in visits.iter().filter(|v| v.sleeps) {
            let later = |v: &&EditedVisit| {
                (v.vehicle, v.day) == (visit.vehicle, visit.day) && v.sessions.first() > visit.sessions.first()
            };
            if let Some(last) = visits.iter().find(later) {
                let line = last.line;
                let message = Text::new(
                    format!("ce jour-là, le véhicule va encore ailleurs ensuite (ligne {line})"),
                    format!("that day, the vehicle goes on elsewhere afterwards (line {line})"),
                );
                let mend = Text::new(
                    "notez la nuit à la dernière visite du jour, ou retirez-la",
                    "note the night at the day's last visit, or take it out",
                );
                self.fault(TableCode::NightPlace, visit.line, column, message, mend);
            }
        }
    }

    fn sessions(&mut self, row: &'a Row, pairs: &[(usize, usize)]) -> Vec<Window> {
        let mut sessions: Vec<(Window, usize)> = Vec::new();
        let mut tried = false;
        for &(open, close) in pairs {
            let filled = |k: usize| row.cells.get(k).map(|c| plain(c)).filter(|c| !c.is_empty());
            if filled(open).is_none() && filled(close).is_none() {
                continue;
            }
            tried = true;
            let from = self.cell(row, open).and_then(|cell| self.time(row.line, open, cell));
            let to = self.cell(row, close).and_then(|cell| self.time(row.line, close, cell));
            let (Some(from), Some(to)) = (from, to) else { continue };
            if from < to {
                sessions.push((Window { from, to }, open));
            } else {
                let message =
                    Text::new("la fermeture n'est pas après l'ouverture", "the session does not close after it opens");
                let mend = Text::new("corrigez l'une des deux heures", "correct one of the two times");
                self.fault(TableCode::SessionOrder, row.line, close, message, mend);
            }
        }
        if !tried {
            let message = Text::new("cette visite n'a pas d'horaires", "this visit has no opening hours");
            let mend = Text::new("donnez-en, ou supprimez toute la ligne", "give some, or remove the whole row");
            self.fault(TableCode::SessionNone, row.line, pairs.first().map_or(0, |p| p.0), message, mend);
        }
        sessions.sort_unstable();
        for two in sessions.windows(2) {
            if two[1].0.from < two[0].0.to {
                let message = Text::new(
                    "cet horaire commence avant la fin du précédent",
                    "this session begins before the one before it ends",
                );
                let mend = Text::new("séparez-les, ou n'en faites qu'un", "part them, or make them one");
                self.fault(TableCode::SessionOverlap, row.line, two[1].1, message, mend);
            }
        }
        sessions.into_iter().map(|(window, _)| window).collect()
    }

    fn time(&mut self, line: u64, column: usize, cell: &str) -> Option<Seconds> {
        let time = parse_time(cell);
        if time.is_none() {
            let message =
                Text::new(format!("« {cell} » n'est pas une heure"), format!("{cell:?} is not a time of day"));
            let mend = Text::new("écrivez 08:30 ou 8 h 30", "write 08:30");
            self.fault(TableCode::Time, line, column, message, mend);
        }
        time
    }
}

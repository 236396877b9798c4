//! Visits made before the horizon, in the format of `invitations.csv`.

use super::cells::{date, people};
use super::codes::Code;
use super::communes::Communes;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Row, Sheet};
use crate::domain::{CommuneId, Horizon, PastInvitation, PastVisit, ServiceId, SiteId};
use crate::units::People;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

pub(super) const PAST: Layout = Layout {
    required: &["visit", "date", "vehicle", "site", "service", "commune", "invited", "attended"],
    optional: &["label"],
    open: true,
    needs_rows: false,
};

/// What past visits are matched with.
pub(super) struct Known<'a> {
    pub communes: &'a Communes,
    /// By identifier, those in scope.
    pub sites: &'a FxHashMap<String, SiteId>,
    pub services: &'a FxHashMap<String, ServiceId>,
    pub horizon: Option<Horizon>,
}

/// The visits read so far, from one file or several.
#[derive(Debug, Default)]
pub(super) struct PastVisits {
    visits: Vec<(PastVisit, String)>,
    by_id: FxHashMap<String, usize>,
    lines: FxHashMap<(String, ServiceId, CommuneId), (String, usize)>,
    /// Whether a row says that its numbers are invented.
    pub invented: bool,
}

impl PastVisits {
    /// The visits, by date, then identity.
    pub fn finish(self) -> Vec<PastVisit> {
        let mut visits: Vec<PastVisit> = self.visits.into_iter().map(|(visit, _)| visit).collect();
        visits.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        visits
    }

    /// Reads one file.
    pub fn read(&mut self, sheet: &Sheet, known: &Known, problems: &mut Problems) {
        let mut late: Vec<Row> = Vec::new();
        let mut unmarked: Vec<Row> = Vec::new();
        let mut foreign: Vec<(String, Row, usize)> = Vec::new();
        for row in sheet.rows() {
            let id = row.required("visit", problems);
            let day = row.read("date", None, problems, date);
            let service = row.required("service", problems);
            let commune = known.communes.find(&row, "commune", problems);
            let invited = row.read("invited", None, problems, people);
            let attended = row.read("attended", Some(People(0)), problems, people);
            let (Some(id), Some(day), Some(service)) = (id, day, service) else { continue };
            let (Some(commune), Some(invited), Some(attended)) = (commune, invited, attended) else { continue };
            if known.horizon.is_some_and(|h| day >= h.start) {
                late.push(row);
                continue;
            }
            let Some(&service) = known.services.get(&service) else {
                match foreign.iter_mut().find(|(s, _, _)| *s == service) {
                    Some((_, _, n)) => *n += 1,
                    None => foreign.push((service, row, 1)),
                }
                continue;
            };
            if row.text("attended").is_empty() {
                unmarked.push(row);
            } else if attended > invited {
                let problem = Problem::new(
                    Code::PastMany,
                    format!("{} personnes sont venues pour {} invitées", attended.0, invited.0),
                    format!("{} people came out of {} invited", attended.0, invited.0),
                );
                problems.push(row.place("attended", problem));
            }
            self.invented |= row.text("label").contains("invent");
            let line = PastInvitation { service, commune, invited, attended };
            self.add(&row, sheet, id, day, line, known, problems);
        }
        aggregate(&late, &unmarked, &foreign, known, problems);
    }

    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        row: &Row,
        sheet: &Sheet,
        id: String,
        date: NaiveDate,
        line: PastInvitation,
        known: &Known,
        problems: &mut Problems,
    ) {
        let here = (sheet.source.name.clone(), row.line());
        if let Some((file, at)) = self.lines.insert((id.clone(), line.service, line.commune), here) {
            let problem = Problem::new(
                Code::Duplicate,
                format!("cette visite, ce service et cette commune sont déjà dans {file}, ligne {at}"),
                format!("this visit, service and commune are already in {file}, line {at}"),
            );
            problems.push(row.place("visit", problem));
            return;
        }
        let (vehicle, site) = (row.text("vehicle"), row.text("site"));
        let at = *self.by_id.entry(id.clone()).or_insert_with(|| {
            let visit = PastVisit {
                id,
                date,
                vehicle: vehicle.to_owned(),
                site: known.sites.get(site).copied(),
                invitations: Vec::new(),
            };
            self.visits.push((visit, site.to_owned()));
            self.visits.len() - 1
        });
        let (visit, its_site) = &mut self.visits[at];
        if visit.date != date || visit.vehicle != vehicle || its_site != site {
            let (then, with, there) = (visit.date, &visit.vehicle, &*its_site);
            let problem = Problem::new(
                Code::PastInconsistent,
                format!("la visite « {} » était plus haut le {then}, par « {with} », à « {there} »", visit.id),
                format!("the visit \"{}\" was further up on {then}, by \"{with}\", at \"{there}\"", visit.id),
            );
            problems.push(row.place("visit", problem));
            return;
        }
        visit.invitations.push(line);
    }
}

/// One warning for many rows alike.
fn aggregate(late: &[Row], unmarked: &[Row], foreign: &[(String, Row, usize)], known: &Known, problems: &mut Problems) {
    if let (Some(row), Some(horizon)) = (late.first(), known.horizon) {
        let (n, start) = (late.len(), horizon.start);
        let problem = Problem::new(
            Code::PastLate,
            format!("{n} lignes, celle-ci la première, ne comptent pas : elles ne précèdent pas le {start}"),
            format!("{n} rows, this one first, do not count: they are not before {start}"),
        );
        problems.push(row.place("date", problem));
    }
    if let Some(row) = unmarked.first() {
        let n = unmarked.len();
        let problem = Problem::new(
            Code::PastEmpty,
            format!("{n} lignes, celle-ci la première, n'ont pas de présence notée : elle compte pour zéro"),
            format!("{n} rows, this one first, have no attendance noted: it counts as nil"),
        );
        problems.push(row.place("attended", problem));
    }
    for (service, row, n) in foreign {
        let problem = Problem::new(
            Code::PastService,
            format!("{n} lignes concernent le service « {service} », que le scénario n'a pas"),
            format!("{n} rows are of the service \"{service}\", which the scenario does not have"),
        );
        problems.push(row.place("service", problem));
    }
}

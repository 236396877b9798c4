//! Visits made before the horizon, in the formats of `invitations.csv` and of `visits.csv`.

use super::attendance::{Attendance, Unmarked};
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
    optional: &["label", "expected"],
    open: true,
    needs_rows: false,
};

/// `visits.csv`: the visits, and how many came to each.
pub(super) const MADE: Layout =
    Layout { required: &["visit", "date", "vehicle", "site"], optional: &[], open: true, needs_rows: false };

/// The layout of a file of past visits: who was invited from where, unless it has hours.
pub(super) fn layout(bytes: &[u8]) -> Layout {
    let made = Sheet::has_column(bytes, "open_1") && !Sheet::has_column(bytes, "invited");
    if made { MADE } else { PAST }
}

/// What past visits are matched with.
pub(super) struct Known<'a> {
    pub communes: &'a Communes,
    /// By identifier, those in scope.
    pub sites: &'a FxHashMap<String, SiteId>,
    pub services: &'a FxHashMap<String, ServiceId>,
    pub horizon: Option<Horizon>,
    /// Whether visits within the horizon count, too: a plan is made anew.
    pub within: bool,
}

/// The visits read so far, from one file or several.
#[derive(Debug, Default)]
pub(super) struct PastVisits {
    visits: Vec<(PastVisit, String)>,
    by_id: FxHashMap<String, usize>,
    lines: FxHashMap<(String, ServiceId, CommuneId), (String, usize)>,
    /// Rows of `visits.csv`, by visit.
    made: FxHashMap<String, (String, usize)>,
    attendance: Attendance,
    /// Whether a row says that its numbers are invented.
    pub invented: bool,
}

impl PastVisits {
    /// The visits before the horizon, and those within it, by date, then identity.
    pub fn finish(self, horizon: Horizon) -> (Vec<PastVisit>, Vec<PastVisit>) {
        let mut visits: Vec<PastVisit> = self.visits.into_iter().map(|(visit, _)| visit).collect();
        visits.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        visits.into_iter().partition(|visit| visit.date < horizon.start)
    }

    /// Reads one file.
    pub fn read(&mut self, sheet: &Sheet, known: &Known, problems: &mut Problems) {
        let mut late: Vec<Row> = Vec::new();
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
            if !known.within && known.horizon.is_some_and(|h| day >= h.start) {
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
            if !row.text("attended").is_empty() && attended > invited {
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
        aggregate(&late, &foreign, known, problems);
    }

    /// Reads a file of visits: each counts for spacing and identities, whoever was invited, and may say how
    /// many came in all.
    pub fn read_made(&mut self, sheet: &Sheet, known: &Known, problems: &mut Problems) {
        let mut late: Vec<Row> = Vec::new();
        for row in sheet.rows() {
            let (id, day) = (row.required("visit", problems), row.read("date", None, problems, date));
            let (Some(id), Some(day)) = (id, day) else { continue };
            if !known.within && known.horizon.is_some_and(|h| day >= h.start) {
                late.push(row);
                continue;
            }
            let here = (sheet.source.name.clone(), row.line());
            if let Some((file, at)) = self.made.insert(id.clone(), here) {
                let problem = Problem::new(
                    Code::Duplicate,
                    format!("cette visite est déjà dans {file}, ligne {at}"),
                    format!("this visit is already in {file}, line {at}"),
                );
                problems.push(row.place("visit", problem));
                continue;
            }
            let Some(at) = self.visit(&row, id, day, known, problems) else { continue };
            let mut services: Vec<(&String, &ServiceId)> = known.services.iter().collect();
            services.sort();
            for (name, &service) in services {
                let column = format!("{}_attended", name.replace('-', "_"));
                if row.text(&column).is_empty() {
                    continue;
                }
                if let Some(total) = row.read(&column, None, problems, people) {
                    self.attendance.total(at, service, total, row.place(&column, Attendance::problem()));
                }
            }
        }
        aggregate(&late, &[], known, problems);
    }

    /// Once all files are read: those who came to a visit as a whole are shared out to its communes, and what
    /// is still empty is told.
    pub fn share_out(&mut self, problems: &mut Problems) {
        let mut visits: Vec<&mut PastVisit> = self.visits.iter_mut().map(|(visit, _)| visit).collect();
        std::mem::take(&mut self.attendance).share_out(&mut visits, problems);
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
        let (service, invited) = (line.service, line.invited);
        let Some(at) = self.visit(row, id, date, known, problems) else { return };
        let visit = &mut self.visits[at].0;
        if row.text("attended").is_empty() {
            let place = row.place("attended", Attendance::empty());
            let expected = row.text("expected").replace(',', ".").parse().ok().filter(|e: &f64| *e > 0.0);
            let weight = expected.unwrap_or(f64::from(invited.0));
            self.attendance.unmarked(Unmarked { visit: at, line: visit.invitations.len(), service, weight, place });
        }
        visit.invitations.push(line);
    }

    /// The position of a visit, made anew where it is not known; `None` where the row says otherwise than
    /// an earlier one.
    fn visit(
        &mut self,
        row: &Row,
        id: String,
        date: NaiveDate,
        known: &Known,
        problems: &mut Problems,
    ) -> Option<usize> {
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
        let (visit, its_site) = &self.visits[at];
        if visit.date != date || visit.vehicle != vehicle || its_site != site {
            let (then, with, there) = (visit.date, &visit.vehicle, its_site);
            let problem = Problem::new(
                Code::PastInconsistent,
                format!("la visite « {} » était plus haut le {then}, par « {with} », à « {there} »", visit.id),
                format!("the visit \"{}\" was further up on {then}, by \"{with}\", at \"{there}\"", visit.id),
            );
            problems.push(row.place("visit", problem));
            return None;
        }
        Some(at)
    }
}

/// One warning for many rows alike.
fn aggregate(late: &[Row], foreign: &[(String, Row, usize)], known: &Known, problems: &mut Problems) {
    if let (Some(row), Some(horizon)) = (late.first(), known.horizon) {
        let (n, start) = (late.len(), horizon.start);
        let problem = Problem::new(
            Code::PastLate,
            format!("{n} lignes, celle-ci la première, ne comptent pas : elles ne précèdent pas le {start}"),
            format!("{n} rows, this one first, do not count: they are not before {start}"),
        );
        problems.push(row.place("date", problem));
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

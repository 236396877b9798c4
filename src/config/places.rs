//! Sites, care points and imaging sites.

use super::cells::{
    between, choice, date, flag, lead_days, market_days, minutes, opening_hours, periods, weekdays, words,
};
use super::codes::Code;
use super::communes::Communes;
use super::likely;
use super::lower_crew::crew_cell;
use super::problem::{Problem, Problems};
use super::raw::RawScope;
use super::sheet::{Layout, Row, Sheet};
use super::tree::Node;
use crate::domain::{CarePoint, CareStatus, ClosedDates, Crew, PermitStatus, Site, SiteStatus, Weekdays};
use crate::i18n::Lang;
use rustc_hash::FxHashMap;

pub(super) const SITES: Layout = Layout {
    required: &["id", "name", "commune"],
    optional: &[
        "lat",
        "lon",
        "status",
        "power",
        "level_ground",
        "ramp_access",
        "network",
        "vehicles",
        "available_from",
        "available_to",
        "weekdays",
        "blocked_dates",
        "set_up_minutes",
        "pack_down_minutes",
        "address",
        "contact",
        "permit",
        "permit_lead_days",
        "market_days",
        "preferred_weekdays",
        "avoided_weekdays",
        "crew",
        "note",
    ],
    open: false,
    needs_rows: true,
};

pub(super) const CARE_POINTS: Layout = Layout {
    required: &["id", "name", "kind", "commune", "services", "hours"],
    optional: &["lat", "lon", "status", "hours_source", "note"],
    open: false,
    needs_rows: false,
};

pub(super) const IMAGING_SITES: Layout = Layout {
    required: &["id", "name", "commune"],
    optional: &["lat", "lon", "status", "hours", "hours_source", "note"],
    open: false,
    needs_rows: false,
};

/// Identifiers of a table, each once.
#[derive(Default)]
struct Identifiers(FxHashMap<String, usize>);

impl Identifiers {
    fn take(&mut self, row: &Row, problems: &mut Problems) -> Option<String> {
        let id = row.required("id", problems)?;
        if let Some(line) = self.0.get(&id) {
            let problem = Problem::new(
                Code::Duplicate,
                format!("l'identifiant « {id} » est déjà à la ligne {line}"),
                format!("the identifier \"{id}\" is already on line {line}"),
            );
            problems.push(row.place("id", problem));
            return None;
        }
        self.0.insert(id.clone(), row.line());
        Some(id)
    }
}

/// What sites are read with.
pub(super) struct SiteRules<'a> {
    pub communes: &'a Communes,
    /// Kinds of the fleet, for sites that take every kind.
    pub kinds: &'a [String],
    pub crews: &'a [Crew],
    /// Lead time of a permit still to be had, where the site has none of its own.
    pub permit_lead_days: u32,
}

/// Reads the sites, all of them.
pub(super) fn sites(sheet: &Sheet, rules: &SiteRules, problems: &mut Problems) -> Vec<Site> {
    let mut ids = Identifiers::default();
    sheet.rows().filter_map(|row| site(&row, &mut ids, rules, problems)).collect()
}

fn site(row: &Row, ids: &mut Identifiers, rules: &SiteRules, problems: &mut Problems) -> Option<Site> {
    let communes = rules.communes;
    let id = ids.take(row, problems);
    let name = row.required("name", problems);
    let commune = communes.find(row, "commune", problems);
    let position = position(row, communes, commune, problems);
    let status = row.read("status", Some(SiteStatus::Candidate), problems, |t| {
        choice(
            t,
            &[
                ("used", SiteStatus::Used),
                ("demonstration", SiteStatus::Demonstration),
                ("candidate", SiteStatus::Candidate),
                ("approved", SiteStatus::Approved),
            ],
        )
    });
    let permit = row.read("permit", Some(PermitStatus::None), problems, |t| {
        choice(
            t,
            &[
                ("granted", PermitStatus::Granted),
                ("assumed", PermitStatus::Assumed),
                ("requested", PermitStatus::Requested),
                ("none", PermitStatus::None),
            ],
        )
    });
    let mut offer = |column: &str| row.read(column, Some(false), problems, flag);
    let (power, level_ground) = (offer("power"), offer("level_ground"));
    let (ramp_access, network) = (offer("ramp_access"), offer("network"));
    let from = row.read("available_from", Some(None), problems, |t| date(t).map(Some));
    let to = row.read("available_to", Some(None), problems, |t| date(t).map(Some));
    if let (Some(Some(first)), Some(Some(last))) = (from, to)
        && first > last
    {
        let problem = Problem::new(
            Code::Date,
            format!("`available_to` ({last}) précède `available_from` ({first})"),
            format!("`available_to` ({last}) comes before `available_from` ({first})"),
        );
        problems.push(row.place("available_to", problem));
    }
    let open_days = row.read("weekdays", Some(Weekdays::ALL), problems, weekdays);
    let blocked = row.read("blocked_dates", Some(ClosedDates::default()), problems, periods);
    let set_up = row.read("set_up_minutes", Some(None), problems, |t| minutes(t).map(Some));
    let pack_down = row.read("pack_down_minutes", Some(None), problems, |t| minutes(t).map(Some));
    let mut vehicle_kinds: Vec<String> = words(row.text("vehicles")).map(str::to_owned).collect();
    if vehicle_kinds.is_empty() {
        vehicle_kinds = rules.kinds.to_vec();
    }
    let lead = row.read("permit_lead_days", Some(rules.permit_lead_days), problems, lead_days);
    let days = market(row, problems);
    let crew = crew_cell(row, rules.crews, problems);
    let (lat, lon) = position?;
    let (preferred, avoided) = days?;
    let had = matches!(permit?, PermitStatus::Granted | PermitStatus::Assumed);
    Some(Site {
        id: id?,
        name: name?,
        commune: commune?,
        position: commune?.into(),
        lat,
        lon,
        status: status?,
        power: power?,
        level_ground: level_ground?,
        ramp_access: ramp_access?,
        network: network?,
        vehicle_kinds,
        available: (from?, to?),
        weekdays: open_days?,
        blocked: blocked?,
        set_up: set_up?,
        pack_down: pack_down?,
        address: row.text("address").to_owned(),
        contact: row.text("contact").to_owned(),
        permit: permit?,
        permit_lead_days: if had { 0 } else { lead? },
        preferred,
        avoided,
        crew: crew?,
        note: row.text("note").to_owned(),
    })
}

/// Preferred and avoided weekdays, from the market's and from their own columns.
fn market(row: &Row, problems: &mut Problems) -> Option<(Weekdays, Weekdays)> {
    let market = row.read("market_days", Some((Weekdays(0), Weekdays(0))), problems, market_days);
    let preferred = row.read("preferred_weekdays", Some(Weekdays(0)), problems, weekdays);
    let avoided = row.read("avoided_weekdays", Some(Weekdays(0)), problems, weekdays);
    let ((plus, minus), preferred, avoided) = (market?, preferred?, avoided?);
    let (preferred, avoided) = (Weekdays(plus.0 | preferred.0), Weekdays(minus.0 | avoided.0));
    let both = preferred.0 & avoided.0;
    if both != 0 {
        let names = |lang: Lang| {
            let days: Vec<&str> = (0..7).filter(|day| both >> day & 1 == 1).map(|day| lang.weekday(day)).collect();
            days.join(", ")
        };
        let (fr, en) = (names(Lang::Fr), names(Lang::En));
        let problem = Problem::new(
            Code::WeekdayConflict,
            format!("à la fois préféré et à éviter : {fr}"),
            format!("both preferred and avoided: {en}"),
        );
        let columns = ["market_days", "avoided_weekdays", "preferred_weekdays"];
        let column = columns.into_iter().find(|c| !row.text(c).is_empty()).unwrap_or(columns[0]);
        problems.push(row.place(column, problem));
        return None;
    }
    Some((preferred, avoided))
}

/// The place's own position, else its commune's.
fn position(
    row: &Row,
    communes: &Communes,
    commune: Option<crate::domain::CommuneId>,
    problems: &mut Problems,
) -> Option<(f64, f64)> {
    let lat = row.read("lat", Some(None), problems, |t| between(t, -90.0, 90.0).map(Some));
    let lon = row.read("lon", Some(None), problems, |t| between(t, -180.0, 180.0).map(Some));
    let commune = commune.map(|id| &communes.list[id.index()]);
    let column = |missing: &str| {
        let (fr, en) =
            (format!("`{missing}` est vide, l'autre ne l'est pas"), format!("`{missing}` is empty, the other is not"));
        Problem::new(Code::MissingValue, fr, en)
    };
    match (lat?, lon?) {
        (Some(lat), Some(lon)) => {
            let wrong = commune.and_then(|commune| likely::far(commune, (lat, lon)));
            problems.extend(wrong.map(|problem| row.place("lat", problem)));
            Some((lat, lon))
        }
        (None, None) => commune.map(|c| (c.lat, c.lon)),
        (None, Some(_)) => {
            problems.push(row.place("lat", column("lat")));
            None
        }
        (Some(_), None) => {
            problems.push(row.place("lon", column("lon")));
            None
        }
    }
}

/// Names the points that the scenario takes as open and that no file has as planned.
pub(super) fn planned_are_known(scope: &RawScope, points: &[&[CarePoint]], tree: &Node, problems: &mut Problems) {
    let counted =
        |id: &String| points.iter().copied().flatten().any(|p| p.status == CareStatus::Counted && p.id == *id);
    for (k, id) in scope.planned_care_points.iter().enumerate().filter(|(_, id)| !counted(id)) {
        let problem = Problem::new(
            Code::UnknownPlanned,
            format!("aucun lieu fixe prévu ne s'appelle « {id} »"),
            format!("there is no planned point \"{id}\""),
        );
        problems.push(tree.at(&format!("scope/planned-care-points/{k}")).place(problem).column("planned-care-points"));
    }
}

/// Reads care points, or imaging sites, whose kind and service are implied. Planned ones are
/// left out, or count as open where the scenario says so.
pub(super) fn care_points(
    sheet: &Sheet,
    communes: &Communes,
    imaging: bool,
    scope: &RawScope,
    problems: &mut Problems,
) -> Vec<CarePoint> {
    let mut ids = Identifiers::default();
    let mut all = Vec::new();
    for row in sheet.rows() {
        let Some(mut point) = care_point(&row, &mut ids, communes, imaging, problems) else { continue };
        if point.status == CareStatus::Planned {
            if !scope.count_planned_care_points && !scope.planned_care_points.contains(&point.id) {
                continue;
            }
            point.status = CareStatus::Counted;
        }
        all.push(point);
    }
    all
}

fn care_point(
    row: &Row,
    ids: &mut Identifiers,
    communes: &Communes,
    imaging: bool,
    problems: &mut Problems,
) -> Option<CarePoint> {
    let id = ids.take(row, problems);
    let name = row.required("name", problems);
    let commune = communes.find(row, "commune", problems);
    let placed = position(row, communes, commune, problems);
    let status = row.read("status", Some(CareStatus::Open), problems, |t| {
        choice(
            t,
            &[
                ("open", CareStatus::Open),
                ("planned", CareStatus::Planned),
                ("demonstration", CareStatus::Demonstration),
            ],
        )
    });
    let (kind, services) = if imaging {
        (Some("imaging".to_owned()), Some("mammography".to_owned()))
    } else {
        (row.required("kind", problems), row.required("services", problems))
    };
    let hours = row.read("hours", imaging.then(Default::default), problems, opening_hours);
    let (lat, lon) = placed?;
    Some(CarePoint {
        id: id?,
        name: name?,
        kind: kind?,
        commune: commune?,
        position: commune?.into(),
        lat,
        lon,
        status: status?,
        services: words(&services?).map(str::to_owned).collect(),
        hours: hours?,
        hours_assumed: row.text("hours_source") == "assumption",
    })
}

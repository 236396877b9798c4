//! Writes `changes.csv`.

use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::{ChangeKind, Placing, Plan, second_of_day};
use crate::publish::lookup::Lookup;
use crate::sheet::{csv, time};
use chrono::{DateTime, FixedOffset};

/// The changes of a plan made anew, a row each; nothing but the header where it was not.
#[must_use]
pub fn changes(scenario: &Scenario, plan: &Plan, lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let header = [
        "change",
        "visit",
        "site",
        "site_name",
        "commune",
        "commune_name",
        "vehicle_before",
        "date_before",
        "open_before",
        "close_before",
        "vehicle_after",
        "date_after",
        "open_after",
        "close_after",
    ];
    let placing = |placing: Option<&Placing>| {
        let Some(placing) = placing else { return vec![String::new(); 4] };
        let clock = |at: Option<DateTime<FixedOffset>>| at.map_or_else(String::new, |at| time(second_of_day(at).1));
        let (first, last) = (placing.sessions.first(), placing.sessions.last());
        let date = placing.date.to_string();
        vec![placing.vehicle.to_string(), date, clock(first.map(|s| s.open)), clock(last.map(|s| s.close))]
    };
    let kind = |kind: ChangeKind| match kind {
        ChangeKind::Moved => lang.pick("déplacée", "moved"),
        ChangeKind::Cancelled => lang.pick("annulée", "cancelled"),
        ChangeKind::Added => lang.pick("ajoutée", "added"),
    };
    let changes = plan.revision.iter().flat_map(|r| &r.changes);
    let rows = changes.map(|change| {
        let mut row = vec![kind(change.kind).to_owned(), change.visit.to_string(), change.site.to_string()];
        row.push(lookup.site_name(&change.site).to_string());
        row.extend([change.commune.to_string(), lookup.commune_name(&change.commune).to_string()]);
        row.extend(placing(change.before.as_ref()));
        row.extend(placing(change.after.as_ref()));
        row
    });
    csv(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

//! Writes `promise.csv`: rolling access, and requests where any are given, place by place.

use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::plan::RollingFigures;
use crate::promise::{Level, PromiseAnswer};
use crate::publish::lookup::Lookup;
use crate::sheet::{csv, number, yes};

/// A line a service, clock and place. Shares are from 0 to 1, waits in hours of the clock.
#[must_use]
pub fn promise(scenario: &Scenario, answer: &PromiseAnswer, lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let mut names: Vec<String> =
        ["service", "clock", "minutes", "hours", "level", "code", "name", "residents"].map(str::to_owned).into();
    for part in ["vehicles", "with_fixed"] {
        names.extend(
            [
                "share",
                "residents_always",
                "residents_never",
                "longest_wait_hours",
                "longest_wait_at_least",
                "longest_wait_from",
                "longest_wait_commune",
                "longest_wait_commune_name",
            ]
            .map(|name| format!("{part}_{name}")),
        );
    }
    names.extend(["requests", "requests_vehicles", "requests_with_fixed", "labels"].map(str::to_owned));
    let labels = answer.labels.iter().map(|label: &Text| label.get(lang)).collect::<Vec<_>>().join(" ").to_string();
    let figures = |own: &RollingFigures| {
        let wait = own.longest.as_ref();
        #[allow(clippy::cast_precision_loss)]
        let hours = |seconds: i64| number(seconds as f64 / 3600.0, 2);
        vec![
            own.share.map_or_else(String::new, |share| number(share, 4)),
            own.always.to_string(),
            own.never.to_string(),
            wait.map_or_else(String::new, |w| hours(w.seconds)),
            wait.map_or_else(String::new, |w| yes(w.at_least)),
            wait.map_or_else(String::new, |w| w.from.to_rfc3339()),
            wait.map_or_else(String::new, |w| w.commune.to_string()),
            wait.map_or_else(String::new, |w| lookup.commune_name(&w.commune).to_string()),
        ]
    };
    let short =
        lang.pick("estimations et hypothèses : voir la ligne scope", "estimates and assumptions: see the line scope");
    let (labels, figures) = (&labels, &figures);
    let rows = answer.rolling.iter().flat_map(|of| {
        of.places.iter().map(move |place| {
            let mut row = vec![
                of.service.to_string(),
                of.clock.name().to_owned(),
                number(of.minutes, 0),
                of.hours.to_string(),
                place.level.name().to_owned(),
                place.code.to_string(),
                place.name.to_string(),
                place.residents.to_string(),
            ];
            row.extend(figures(&place.vehicles));
            row.extend(figures(&place.with_fixed));
            let counts = place.requests.map(|r| [r.asked, r.vehicles, r.with_fixed].map(|n| n.to_string()));
            row.extend(counts.unwrap_or_default());
            // Said in full on the lines people start from; thousands of communes refer to them.
            row.push(match place.level {
                Level::Commune if !labels.is_empty() => short.to_owned(),
                _ => labels.clone(),
            });
            row
        })
    });
    csv(std::iter::once(names).chain(rows))
}

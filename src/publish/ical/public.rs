//! What the public sees: when somebody can come, and where.

use super::words::Words;
use super::{Event, Transparency};
use crate::i18n::Lang;
use crate::plan::Visit;

/// One event a session, `TRANSPARENT`: an announcement takes up nobody's time. Its UID is the
/// visit's identity and the rank of the session within the visit.
pub(super) fn events<'a>(words: &'a Words<'_>, visit: &'a Visit) -> impl Iterator<Item = Event> + 'a {
    visit.sessions.iter().enumerate().map(move |(k, session)| {
        let mut lines = words.visit_lines(visit);
        lines.extend(words.edition.phone.map(|phone| match words.lang() {
            Lang::Fr => format!("Téléphone : {phone}"),
            Lang::En => format!("Telephone: {phone}"),
        }));
        lines.extend(words.labels().into_iter().map(str::to_owned));
        let services = visit.services.iter().filter(|s| s.appointments > 0);
        Event {
            uid: format!("{}.{}", visit.id, k + 1),
            stamp: words.stamp(&visit.id),
            status: words.visit_status(visit),
            transparency: Transparency::Transparent,
            start: session.open,
            end: session.close,
            summary: words.visit_summary(visit),
            location: words.visit_location(visit),
            position: words.visit_position(visit),
            categories: services.map(|s| words.lookup.service_name(&s.service, words.lang()).to_owned()).collect(),
            description: lines.join("\n"),
            url: words.edition.url.map(str::to_owned),
        }
    })
}

//! What must be said wherever figures are shown: estimates, candidates, demonstration data.

use crate::domain::{CarePoint, CareStatus, Site, SiteStatus, Territory};
use crate::i18n::Text;

/// The labels that the data itself calls for.
pub(super) fn labels(
    sites: &[Site],
    territories: &[Territory],
    care_points: &[CarePoint],
    imaging: &[CarePoint],
    past_invented: bool,
) -> Vec<Text> {
    let has = |status: SiteStatus| sites.iter().any(|s| s.status == status);
    let shown = |points: &[CarePoint]| points.iter().any(|p| p.status == CareStatus::Demonstration);
    let demonstration = territories.iter().any(|t| t.name.contains("(démonstration)"));
    [
        (
            has(SiteStatus::Candidate),
            "Des emplacements sont des candidats : une mairie doit les confirmer.",
            "Some sites are candidates: a town hall must confirm them.",
        ),
        (
            has(SiteStatus::Demonstration),
            "Des emplacements sont une démonstration, d'après un article de presse non confirmé.",
            "Some sites are a demonstration, after a press article that could not be confirmed.",
        ),
        (
            demonstration,
            "Les territoires et leurs classes (ZIP, ZAC) sont une démonstration, pas ceux de l'ARS.",
            "The territories and their classes (ZIP, ZAC) are a demonstration, not those of the regional health agency.",
        ),
        (
            shown(care_points),
            "Des lieux de soins sont une démonstration.",
            "Some care points are a demonstration.",
        ),
        (
            shown(imaging),
            "Les sites de mammographie fixes sont une démonstration : aucune liste ouverte n'existe.",
            "The fixed mammography sites are a demonstration: there is no open list.",
        ),
        (
            past_invented,
            "Des visites passées, ou leurs nombres, sont inventés.",
            "Some past visits, or their numbers, are invented.",
        ),
    ]
    .into_iter()
    .filter(|(said, _, _)| *said)
    .map(|(_, fr, en)| Text::new(fr, en))
    .collect()
}

/// What must be said of a service that has no fixed place to be measured against.
pub(super) fn not_additional(service: &Text) -> Text {
    let (fr, en) = (&service.fr, &service.en);
    Text::new(
        format!("Sans lieu fixe auquel comparer ({fr}), on ne sait pas qui ne serait pas venu sans ces visites."),
        format!(
            "Without a fixed place to compare with ({en}), it is not known who would not have come without these visits."
        ),
    )
}

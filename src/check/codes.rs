//! The codes of the checker: stable, one for each rule.

/// One line of [`CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLine {
    /// The stable code.
    pub code: &'static str,
    /// What the rule asks, in French.
    pub fr: &'static str,
    /// What the rule asks, in English.
    pub en: &'static str,
}

macro_rules! codes {
    ($($rule:ident $code:literal $fr:literal $en:literal)*) => {
        /// A rule of the checker. `R` rules are the hard rules of model.md section 3 with their
        /// number, `C` rules those of section 4, `P` rules those of section 5, `B` rules
        /// those of answers to requests, `F` rules those of the file itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = concat!("`", $code, "`: ", $en)] $rule,)*
        }

        impl Rule {
            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)*
                }
            }
        }

        /// Every rule with its code and what it asks, in the order of [`Rule`].
        pub const CODES: &[CodeLine] = &[$(CodeLine { code: $code, fr: $fr, en: $en },)*];
    };
}

codes! {
    Base "R1-base"
        "une tournée part de la base, ou du site où le véhicule a dormi, sert au moins un site et finit à la base, ou \
         au site où le véhicule dort"
        "a tour leaves the base, or the site where the vehicle slept, serves one site at least and ends at the base, \
         or at the site where the vehicle sleeps"
    Nights "R1-nights"
        "les nuits hors de la base sont permises, assez loin d'elle, pas trop de suite, et la tournée suivante repart \
         de là"
        "nights out are allowed, far enough from the base, not too many in a row, and the next tour goes on from there"
    OneTour "R1-one-tour"
        "un véhicule fait au plus une tournée par jour"
        "a vehicle makes at most one tour a day"
    Shift "R1-shift"
        "la tournée tient dans l'amplitude de service du véhicule ce jour-là"
        "the tour lies inside the vehicle's shift of that weekday"
    PublicHours "R2-public-hours"
        "chaque séance tient dans une plage d'ouverture au public"
        "every session lies inside one of the public hours"
    SetUp "R3-set-up"
        "l'installation est finie avant la première ouverture"
        "set-up is over before the first session opens"
    PackDown "R3-pack-down"
        "le repli est fini avant le départ du site"
        "pack-down is over before the vehicle leaves the site"
    Break "R4-break"
        "une pause entière, dans sa fenêtre, hors conduite, installation, repli et séances"
        "a whole break, inside its window, outside driving, set-up, pack-down and sessions"
    WorkingDay "R5-working-day"
        "le temps de travail d'une tournée ne dépasse pas la limite du jour"
        "the working time of a tour keeps to the limit of the day"
    WorkingWeek "R5-working-week"
        "le temps de travail d'un équipage ne dépasse pas la limite de la semaine"
        "the working time of a crew keeps to the limit of the week"
    DrivingDay "R5-driving-day"
        "la conduite d'une journée ne dépasse pas la limite"
        "the driving of a day keeps to its limit"
    SessionLength "R6-session-length"
        "une visite a au moins une séance, ni trop courte ni trop longue pour le véhicule"
        "a visit has a session at least, neither too short nor too long for the vehicle"
    SessionGap "R6-session-gap"
        "les séances d'une visite se suivent, séparées d'au moins un pas de grille"
        "the sessions of a visit follow each other, at least one grid step apart"
    VisitsPerDay "R6-visits-per-day"
        "un véhicule ne fait pas plus de visites par jour que permis"
        "a vehicle makes no more visits a day than allowed"
    Return "R6-return"
        "un véhicule ne va qu'une fois par jour au même site, et ne revient pas le jour même où il a dormi"
        "a vehicle calls at a site once a day at most, and does not return on the day it leaves where it slept"
    SiteFit "R7-site-fit"
        "le site convient au véhicule et offre ce dont il a besoin"
        "the site takes the vehicle and offers what it needs"
    SiteDates "R7-site-dates"
        "le site est disponible le jour de la visite et, après une nuit sur place, jusqu'au départ du véhicule"
        "the site may be used on the day of the visit and, after a night there, until the vehicle leaves"
    Spacing "R7-spacing"
        "deux passages d'un même type de véhicule au même site sont assez espacés"
        "two stays of one kind of vehicle at a site are far enough apart"
    MaxStays "R7-max-stays"
        "un véhicule ne passe pas plus souvent au même site que permis"
        "a vehicle stays at a site no more often than allowed"
    Permit "R7-permit"
        "le délai du permis du site est passé le jour de la visite"
        "the lead time of the site's permit is over by the day of the visit"
    DayOff "R8-day-off"
        "le véhicule ne sort pas un jour d'arrêt"
        "the vehicle does not go out on a day off"
    QualityControl "R8-quality-control"
        "le contrôle qualité est fait chaque semaine avant la première séance, et alors seulement"
        "the quality control is made every week before the first session, and only then"
    Crew "R9-crew"
        "les véhicules d'un jour ne demandent pas plus de personnel rare qu'il n'y en a"
        "the vehicles of a day need no more scarce crew than there is"
    Locked "R10-locked"
        "chaque visite verrouillée est dans le plan"
        "every locked visit is in the plan"
    Forbidden "R10-forbidden"
        "aucune visite interdite n'est dans le plan"
        "no forbidden visit is in the plan"
    Published "R10-published"
        "ce qui est passé, verrouillé ou réservé reste tel que publié, rien d'autre n'est dit fixe, et rien ne s'ajoute à une journée commencée"
        "what is past, locked or booked stays as it was published, nothing else is said to be fixed, and nothing is added to a day that has begun"
    Changes "R10-changes"
        "les changements aux visites publiées sont ceux qu'annonce le plan, et pas plus que permis"
        "the changes to published visits are those that the plan states, and no more than allowed"
    Appointments "R11-appointments"
        "les rendez-vous annoncés sont ceux que les séances permettent"
        "the appointments stated are those the sessions make room for"
    Capacity "R11-capacity"
        "on n'attend pas plus de monde que les rendez-vous n'en permettent, surréservation et réserve comprises"
        "no more people are expected than the appointments allow, overbooking and reserve included"
    Host "R12-host"
        "une visite invite la commune qui l'accueille, à hauteur de la part demandée"
        "a stay invites the commune that hosts it, as far as the share asks for"
    Few "R13-few"
        "une visite n'invite personne d'une commune, ou assez de personnes"
        "a visit invites nobody of a commune, or enough people of it"
    Scope "C-scope"
        "les communes invitées sont dans le périmètre du scénario"
        "the communes invited are in the scope of the scenario"
    Reach "C-reach"
        "les communes invitées sont à portée du site"
        "the communes invited are in reach of the site"
    Due "C-due"
        "à aucune date on n'a invité plus de personnes d'une commune qu'il n'en est dû"
        "by no date are more people of a commune invited than are due"
    StayShare "C-stay-share"
        "un passage n'invite qu'une part limitée d'une commune"
        "one stay invites a limited share of a commune only"
    InvitationsBudget "C-invitations-budget"
        "une visite n'envoie pas plus d'invitations que ses rendez-vous n'en permettent"
        "a visit sends no more invitations than its appointments allow"
    Expected "C-expected"
        "les venues attendues sont celles que donne le modèle"
        "the people expected are those the model gives"
    PromiseKept "P-promise"
        "une promesse ferme est tenue, pour chaque commune et à chaque instant"
        "a hard promise is kept, for every commune and at every instant"
    FollowUp "P-follow-up"
        "une suite de soins ferme : après la visite, chaque commune invitée ou à portée en a une, ouverte à temps"
        "a hard follow-up: after the visit every commune invited or in reach has one, open in time"
    Appointment "B-appointment"
        "un rendez-vous donné tient dans une ouverture, à portée et à temps, avec l'interprète demandé"
        "an appointment given lies in an opening, in reach and in time, with the interpreter asked for"
    Room "B-room"
        "il n'y a pas plus de rendez-vous donnés que de place"
        "no more appointments are given than there is room for"
    Schema "F-schema"
        "la version du format est celle que ce programme lit"
        "the version of the format is the one this program reads"
    Hash "F-hash"
        "le plan a été fait pour ces données d'entrée"
        "the plan was made for these inputs"
    Labels "F-labels"
        "le plan porte le nom et les mentions du scénario (estimations, démonstrations)"
        "the plan carries the name and the labels of the scenario (estimates, demonstrations)"
    PlannedOn "F-planned-on"
        "le plan n'est pas daté d'après ses visites"
        "the plan is not dated after its visits"
    Horizon "F-horizon"
        "le plan porte sur les semaines du scénario"
        "the plan is about the weeks of the scenario"
    Ids "F-ids"
        "les identifiants sont connus, uniques, et chaque visite a son arrêt dans une tournée"
        "identifiers are known and unique, and every visit has its stop in a tour"
    Services "F-services"
        "une visite propose exactement les services du véhicule ce jour-là"
        "a visit lists exactly the vehicle's services of that day"
    Lines "F-lines"
        "une ligne d'invitation par commune, d'au moins une personne"
        "one line of invitations a commune, of one person at least"
    Zone "F-zone"
        "les instants sont en secondes entières, au décalage horaire de Paris"
        "instants are in whole seconds, with the offset of Paris"
    Date "F-date"
        "les instants sont à la date de leur tournée ou de leur visite"
        "instants are on the date of their tour or visit"
    Grid "F-grid"
        "les séances ouvrent et ferment sur la grille"
        "sessions open and close on the grid"
    Chain "F-chain"
        "les trajets et les visites d'une tournée s'enchaînent"
        "the legs and visits of a tour follow on from each other"
    Travel "F-travel"
        "les trajets ont la durée et la longueur de la table des trajets"
        "legs have the seconds and metres of the travel table"
    Figures "F-figures"
        "les chiffres annoncés sont ceux qu'on recalcule"
        "the figures stated are those computed again"
    Promise "F-promise"
        "les chiffres de la promesse et les suites de soins sont ceux qu'on recalcule"
        "the figures of the promise and the follow-ups are those computed again"
    Prices "F-prices"
        "les marges et les emplacements écartés sont ceux de ce plan, sans nombre impossible"
        "margins and sites left out are those of this plan, without impossible numbers"
    Solver "F-solver"
        "le plan dit comment il a été trouvé avec les mots de ce programme"
        "the plan says how it was found in the words of this program"
    Score "F-score"
        "le score annoncé est celui qu'on recalcule"
        "the score stated is the one computed again"
    Bound "F-bound"
        "la borne supérieure n'est pas sous le score"
        "the upper bound is not below the score"
    Gap "F-gap"
        "l'écart annoncé est celui de la borne et du score"
        "the gap stated is that of the bound and the score"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        for (k, line) in CODES.iter().enumerate() {
            assert!(CODES[..k].iter().all(|other| other.code != line.code), "{}", line.code);
        }
    }
}

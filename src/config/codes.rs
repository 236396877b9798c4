//! The stable codes of problems, each with its cause and its mend: the table the manual prints.

use super::problem::Severity;
use std::fmt;

/// What the manual says of a code.
#[derive(Debug, Clone, Copy)]
pub struct CodeInfo {
    /// The code.
    pub code: &'static str,
    /// How serious it is.
    pub severity: Severity,
    /// The cause, in French and in English.
    pub cause: (&'static str, &'static str),
    /// The mend, in French and in English.
    pub mend: (&'static str, &'static str),
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident
        $cause_fr:literal / $cause_en:literal
        => $mend_fr:literal / $mend_en:literal;)*) => {
        /// A stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Code {
            $($name,)*
        }

        /// Every code, with its cause and its mend, in the order of [`Code`].
        pub const CODES: &[CodeInfo] = &[
            $(CodeInfo {
                code: $code,
                severity: Severity::$severity,
                cause: ($cause_fr, $cause_en),
                mend: ($mend_fr, $mend_en),
            },)*
        ];
    };
}

codes! {
    FileMissing "FILE-missing" Error
        "un fichier nommé dans le scénario ou sur la ligne de commande n'existe pas" / "a file named in the scenario or on the command line does not exist"
        => "vérifier le chemin ; ceux de [files] sont relatifs au fichier TOML qui les donne" / "check the path; those of [files] are relative to the TOML file that gives them";
    FileUnreadable "FILE-unreadable" Error
        "un fichier existe mais ne peut pas être lu" / "a file exists but cannot be read"
        => "vérifier les droits, et que ce n'est pas un dossier" / "check its permissions, and that it is not a folder";
    FileExists "FILE-exists" Error
        "`tournee init` écraserait un fichier" / "`tournee init` would overwrite a file"
        => "choisir un dossier vide, ou déplacer ce fichier" / "choose an empty folder, or move that file";
    FileUnwritable "FILE-unwritable" Error
        "un fichier ne peut pas être écrit" / "a file cannot be written"
        => "vérifier les droits et la place sur le disque" / "check the permissions and the room on the disk";
    FileSize "FILE-size" Error
        "un fichier, replié ou déplié, est plus grand que ce que le programme lit" / "a file, packed or unpacked, is larger than what the program reads"
        => "vérifier que c'est le bon fichier ; 256 Mo et 20 millions de cases au plus" / "check that it is the right file; 256 MB and 20 million cells at most";
    FileKind "FILE-kind" Error
        "un fichier est d'une autre sorte que celle qui est attendue" / "a file is of another kind than the one expected"
        => "donner le bon fichier, ou l'option qui le lit" / "give the right file, or the option that reads it";
    ControlCharacter "FILE-control-character" Error
        "un texte contient un caractère invisible, de commande ou de sens d'écriture" / "a text holds an invisible character, of control or of writing direction"
        => "retaper ce texte à la main" / "type that text anew";
    Encoding "CSV-encoding" Error
        "le fichier n'est pas en UTF-8" / "the file is not in UTF-8"
        => "dans le tableur, enregistrer sous « CSV UTF-8 » (LibreOffice : jeu de caractères Unicode UTF-8)" / "in the spreadsheet, save as \"CSV UTF-8\" (LibreOffice: character set Unicode UTF-8)";
    Empty "CSV-empty" Error
        "le fichier est vide, ou n'a aucune ligne sous ses titres" / "the file is empty, or has no row below its titles"
        => "mettre au moins les titres des colonnes et une ligne ; `tournee init` écrit des modèles" / "put at least the column titles and one row; `tournee init` writes templates";
    Quote "CSV-quote" Error
        "un guillemet ouvert n'est jamais fermé" / "a quotation mark is opened and never closed"
        => "fermer le guillemet, ou le doubler s'il fait partie du texte" / "close it, or double it where it belongs to the text";
    MissingColumn "CSV-missing-column" Error
        "une colonne obligatoire manque" / "a required column is missing"
        => "ajouter la colonne ; les titres sont ceux des modèles de `tournee init`" / "add the column; the titles are those of the templates of `tournee init`";
    UnknownColumn "CSV-unknown-column" Warning
        "une colonne n'est pas connue : elle n'est pas lue" / "a column is not known: it is not read"
        => "corriger son titre, ou la laisser si elle n'est que pour vous" / "correct its title, or leave it if it is only for you";
    DuplicateColumn "CSV-duplicate-column" Error
        "deux colonnes ont le même titre" / "two columns have the same title"
        => "supprimer ou renommer l'une des deux" / "remove or rename one of them";
    Cells "CSV-cells" Error
        "une ligne a plus de cases que de titres" / "a row has more cells than there are titles"
        => "ôter le séparateur de trop, ou mettre entre guillemets le texte qui en contient un" / "take out the separator too many, or quote the text that contains one";
    Heading "CSV-heading" Warning
        "des lignes au-dessus des titres des colonnes ne sont pas lues" / "rows above the titles of the columns are not read"
        => "rien, si c'est un titre ou une note ; sinon les mettre sous les titres" / "nothing, if it is a heading or a note; else put them below the titles";
    TotalRow "CSV-total-row" Warning
        "une ligne de total n'est pas lue" / "a row of totals is not read"
        => "rien, si c'est un total ; sinon changer le texte de sa première case" / "nothing, if it is a total; else change the text of its first cell";
    MissingValue "CSV-missing-value" Error
        "une case obligatoire est vide" / "a required cell is empty"
        => "la remplir" / "fill it in";
    Number "CSV-number" Error
        "une case qui doit être un nombre n'en est pas un" / "a cell that must be a number is not one"
        => "n'y mettre que des chiffres, avec une virgule ou un point pour les décimales" / "put digits only, with a comma or a point for decimals";
    Negative "CSV-negative" Error
        "un compte est négatif" / "a count is negative"
        => "mettre un nombre positif ou nul" / "put a number that is not negative";
    Range "CSV-range" Error
        "un nombre est hors des bornes permises" / "a number is outside the limits allowed"
        => "corriger le nombre" / "correct the number";
    Date "CSV-date" Error
        "une case qui doit être une date n'en est pas une" / "a cell that must be a date is not one"
        => "écrire 2026-12-07 ou 07/12/2026 ; une période s'écrit 2026-12-24..2027-01-01" / "write 2026-12-07 or 07/12/2026; a period is 2026-12-24..2027-01-01";
    Choice "CSV-choice" Error
        "une case n'est pas l'une des valeurs permises" / "a cell is not one of the values allowed"
        => "choisir l'une des valeurs citées" / "choose one of the values named";
    Hours "CSV-hours" Error
        "des jours ou des heures ne se lisent pas" / "days or hours cannot be read"
        => "écrire par exemple `mon-fri 08:30-12:00 13:30-17:30; sat 09:00-12:00`" / "write for instance `mon-fri 08:30-12:00 13:30-17:30; sat 09:00-12:00`";
    MarketDays "CSV-market-days" Error
        "des jours de marché ne se lisent pas" / "market days cannot be read"
        => "écrire `+wed` un jour que le marché rend préférable, `-sat` un jour à éviter" / "write `+wed` for a day that the market makes better, `-sat` for a day to avoid";
    WeekdayConflict "CSV-weekday-conflict" Error
        "un jour de la semaine est à la fois préféré et à éviter" / "a weekday is both preferred and avoided"
        => "le retirer de `market_days`, `preferred_weekdays` ou `avoided_weekdays`" / "take it out of `market_days`, `preferred_weekdays` or `avoided_weekdays`";
    InseeCode "CSV-insee-code" Error
        "un code INSEE n'a pas la bonne forme" / "an INSEE code does not have the right form"
        => "mettre les cinq caractères du code INSEE, pas le code postal" / "put the five characters of the INSEE code, not the postcode";
    LeadingZero "CSV-leading-zero" Error
        "un code INSEE a perdu son zéro initial (un tableur l'a lu comme un nombre)" / "an INSEE code has lost its leading zero (a spreadsheet read it as a number)"
        => "mettre la colonne au format texte et remettre le zéro" / "make the column text and put the zero back";
    Departement "CSV-departement" Warning
        "le département d'une commune n'est pas celui de son code INSEE" / "the département of a commune is not that of its INSEE code"
        => "corriger l'un des deux" / "correct one of them";
    PositionFar "CSV-position" Error
        "une position ne peut pas être celle du lieu : elle est hors de France, ou loin de sa commune" / "a position cannot be that of the place: it is outside France, or far from its commune"
        => "corriger lat et lon, en degrés décimaux, ou la commune" / "correct lat and lon, in decimal degrees, or the commune";
    PositionOdd "CSV-far-position" Warning
        "un lieu est à plus de 15 km de la mairie de sa commune" / "a place is more than 15 km from the town hall of its commune"
        => "vérifier lat, lon et la commune" / "check lat, lon and the commune";
    TooFast "TRAVEL-too-fast" Error
        "un trajet est plus rapide que toute voiture (150 km/h)" / "a trip is faster than any car (150 km/h)"
        => "corriger les secondes ou les mètres" / "correct the seconds or the metres";
    ScopeDepartement "CFG-departement" Error
        "un département du périmètre n'a aucune commune dans le fichier des communes" / "a département of the scope has no commune in the communes file"
        => "écrire son code comme dans le fichier : « 02 », « 59 », « 2A »" / "write its code as in the file: \"02\", \"59\", \"2A\"";
    Duplicate "CSV-duplicate" Error
        "une ligne en répète une autre" / "a row repeats another one"
        => "supprimer l'une des deux, ou changer son identifiant" / "remove one of them, or change its identifier";
    UnknownCommune "CSV-unknown-commune" Error
        "un code de commune n'est pas dans le fichier des communes" / "the code of a commune is not in the communes file"
        => "corriger le code INSEE, ou ajouter la commune au fichier des communes" / "correct the INSEE code, or add the commune to the communes file";
    UnknownPlanned "SCN-planned-point" Error
        "un lieu fixe que le scénario prend pour ouvert n'est pas dans les lieux prévus" / "a point that the scenario takes as open is not among the planned ones"
        => "donner l'`id` d'un lieu dont le statut est `planned`" / "give the `id` of a point whose status is `planned`";
    GridVehicle "GRID-vehicle" Error
        "une grille nomme un véhicule, ou un genre, que le scénario n'a pas" / "a grid names a vehicle, or a kind, that the scenario does not have"
        => "donner l'`id` ou le `kind` d'un véhicule du scénario, ou une copie : `<id>-2`" / "give the `id` or the `kind` of a vehicle of the scenario, or a copy: `<id>-2`";
    GridKey "GRID-key" Error
        "un chemin ne mène à aucune clé du scénario" / "a path leads to no key of the scenario"
        => "écrire le chemin avec des points, les blocs par leur `id` : `service.mammography.minutes`" / "write the path with dots, blocks by their `id`: `service.mammography.minutes`";
    GridSize "GRID-size" Error
        "une grille a trop de scénarios" / "a grid has too many scenarios"
        => "retirer des valeurs : leurs nombres se multiplient" / "take values out: their numbers multiply";
    GridValues "GRID-values" Error
        "un scénario ne compte pas comme les autres : ses scores ne se comparent pas aux leurs" / "a scenario does not count like the others: its scores cannot be compared with theirs"
        => "laisser à tous les mêmes communes, territoires, poids, prix, équité, participation et additionnalité ; ce qui est incertain est l'affaire de [sensitivity]" / "leave all of them the same communes, territories, weights, prices, fairness, participation and additionality; what is uncertain is for [sensitivity]";
    NoTerritory "CSV-no-territory" Error
        "une commune n'a pas de territoire" / "a commune has no territory"
        => "ajouter sa ligne au fichier des zones" / "add its row to the zones file";
    More "CSV-more" Error
        "le fichier a d'autres problèmes, qui ne sont pas montrés" / "the file has more problems, which are not shown"
        => "corriger les premiers, puis recommencer" / "mend the first ones, then run again";
    Syntax "CFG-syntax" Error
        "le fichier n'est pas du TOML" / "the file is not TOML"
        => "corriger la ligne montrée" / "correct the line shown";
    UnknownKey "CFG-unknown-key" Error
        "une clé n'est pas connue" / "a key is not known"
        => "la corriger ou l'enlever ; `tournee schema scenario` donne les clés permises" / "correct it or take it out; `tournee schema scenario` gives the keys allowed";
    MissingKey "CFG-missing-key" Error
        "une clé obligatoire manque" / "a required key is missing"
        => "l'ajouter ; `tournee init` écrit un scénario où chaque clé est expliquée" / "add it; `tournee init` writes a scenario in which every key is explained";
    Type "CFG-type" Error
        "une valeur n'est pas du bon type" / "a value is not of the right type"
        => "écrire la valeur comme le message le dit : texte entre guillemets, nombre sans guillemets, true ou false" / "write it as the message says: text in quotation marks, numbers without, true or false";
    KeyChoice "CFG-choice" Error
        "une valeur n'est pas l'une de celles permises" / "a value is not one of those allowed"
        => "choisir l'une des valeurs citées" / "choose one of the values named";
    KeyRange "CFG-range" Error
        "un nombre est hors des bornes permises" / "a number is outside the limits allowed"
        => "corriger le nombre" / "correct the number";
    Format "CFG-format" Error
        "un texte n'a pas la forme attendue" / "a text does not have the form expected"
        => "l'écrire comme dans l'exemple du message" / "write it as in the example of the message";
    Conflict "CFG-conflict" Error
        "deux clés se contredisent" / "two keys contradict each other"
        => "n'en garder qu'une" / "keep one of them";
    BaseCycle "CFG-base-cycle" Error
        "des surcouches se nomment l'une l'autre comme base" / "overlays name each other as their base"
        => "faire finir la chaîne des bases par un scénario sans `base`" / "let the chain of bases end in a scenario without `base`";
    DuplicateId "CFG-duplicate-id" Error
        "deux véhicules, deux services ou deux personnels ont le même identifiant" / "two vehicles, two services or two crews have the same identifier"
        => "changer l'un des deux" / "change one of them";
    UnknownService "CFG-unknown-service" Error
        "un véhicule offre un service que le scénario ne définit pas" / "a vehicle offers a service that the scenario does not define"
        => "corriger l'identifiant, ou ajouter un [[service]]" / "correct the identifier, or add a [[service]]";
    UnknownCrew "CFG-unknown-crew" Error
        "un véhicule, un service ou un emplacement demande un personnel que le scénario ne définit pas" / "a vehicle, a service or a site asks for a crew that the scenario does not define"
        => "corriger l'identifiant, ou ajouter un [[crew]]" / "correct the identifier, or add a [[crew]]";
    Week "DAT-week" Error
        "l'horizon sort des années pour lesquelles les jours fériés sont connus" / "the horizon lies outside the years whose public holidays are known"
        => "choisir une autre semaine, ou compléter le calendrier et sa ligne `valid`" / "choose another week, or complete the calendar and its `valid` row";
    Monday "DAT-monday" Error
        "l'horizon ne commence pas un lundi" / "the horizon does not begin on a Monday"
        => "donner la date d'un lundi, ou une semaine ISO telle que 2026-W49" / "give the date of a Monday, or an ISO week such as 2026-W49";
    NoWeek "DAT-no-week" Error
        "ni le scénario ni la ligne de commande ne donnent de semaine" / "neither the scenario nor the command line gives a week"
        => "ajouter `week = \"2026-W49\"` au scénario, ou `--week 2026-W49`" / "add `week = \"2026-W49\"` to the scenario, or `--week 2026-W49`";
    School "DAT-school" Warning
        "les vacances scolaires de la zone B ne sont pas connues pour tout l'horizon" / "the school holidays of zone B are not known for the whole horizon"
        => "compléter le calendrier et sa ligne `valid-school`" / "complete the calendar and its `valid-school` row";
    NoCalendar "DAT-no-calendar" Error
        "le calendrier ne dit pas pour quelles dates il vaut" / "the calendar does not say for which dates it holds"
        => "y ajouter une ligne de type `valid`" / "add a row of kind `valid` to it";
    HoursOrder "SCN-hours" Error
        "des plages horaires sont vides, se chevauchent ou sont dans le désordre" / "hours are empty, overlap or are out of order"
        => "écrire des plages croissantes et disjointes, chacune d'au moins une minute" / "write spans that grow and do not overlap, each of a minute at least";
    Break "SCN-break" Error
        "la pause est plus longue que la fenêtre où elle doit tenir" / "the break is longer than the window it must lie in"
        => "raccourcir `break-minutes` ou élargir `break-window`" / "shorten `break-minutes` or widen `break-window`";
    Grid "SCN-grid" Error
        "le pas de temps ne divise pas l'heure" / "the time step does not divide the hour"
        => "prendre 5, 10, 15, 20, 30 ou 60 minutes" / "take 5, 10, 15, 20, 30 or 60 minutes";
    Steps "SCN-steps" Error
        "les paliers d'équité ne sont pas concaves" / "the fairness steps are not concave"
        => "faire croître les `up-to`, décroître les pentes, toutes positives, et ne pas borner le dernier palier" / "let `up-to` grow and the slopes, all positive, shrink, and leave the last step open";
    Access "SCN-access" Error
        "le temps d'accès minimal dépasse le maximal" / "the least access time exceeds the greatest"
        => "baisser `min-access-minutes` ou relever `max-access-minutes`" / "lower `min-access-minutes` or raise `max-access-minutes`";
    SessionLength "SCN-session-length" Error
        "la séance la plus courte est plus longue que la plus longue" / "the shortest session is longer than the longest"
        => "corriger `min-session-minutes` ou `max-session-minutes`" / "correct `min-session-minutes` or `max-session-minutes`";
    ShiftTooShort "SCN-shift-too-short" Error
        "la journée d'un véhicule ne contient pas l'installation, la plus courte séance et le repli" / "a vehicle's shift cannot hold its set-up, its shortest session and its pack-down"
        => "allonger `shift`, ou raccourcir `set-up-minutes`, `pack-down-minutes` ou `min-session-minutes`" / "lengthen `shift`, or shorten `set-up-minutes`, `pack-down-minutes` or `min-session-minutes`";
    KindSpacing "SCN-kind-spacing" Error
        "deux véhicules d'un même genre n'ont pas le même `spacing-weeks`" / "two vehicles of one kind do not have the same `spacing-weeks`"
        => "donner la même valeur à tous les véhicules de ce genre : l'espacement est celui d'un genre, pas d'un véhicule" / "give all vehicles of that kind the same value: spacing is that of a kind, not of a vehicle";
    NoSession "SCN-no-session" Warning
        "un jour travaillé d'un véhicule ne touche pas assez les heures d'ouverture au public" / "a working day of a vehicle has too little of the public hours"
        => "changer `shift`, `public-hours` ou, pour samedi et dimanche, `weekend-hours`" / "change `shift`, `public-hours` or, for Saturdays and Sundays, `weekend-hours`";
    NoFit "SCN-no-fit" Warning
        "aucun emplacement du périmètre ne convient à un véhicule" / "no site in scope fits a vehicle"
        => "vérifier `kind` et `needs` du véhicule, et les colonnes du fichier des emplacements" / "check `kind` and `needs` of the vehicle, and the columns of the sites file";
    EmptyScope "SCN-empty-scope" Error
        "le périmètre ne contient aucune commune ou aucun emplacement" / "the scope holds no commune or no site"
        => "vérifier [scope] : `departements` et `site-statuses`" / "check [scope]: `departements` and `site-statuses`";
    Kappa "SCN-kappa" Warning
        "même tout près d'un emplacement, les invitations permises ne suffisent pas à remplir une visite" / "even beside a site, the invitations allowed cannot fill a visit"
        => "relever `invitations-per-appointment` ou `uptake`" / "raise `invitations-per-appointment` or `uptake`";
    UnknownBase "SCN-unknown-base" Error
        "la base d'un véhicule n'est pas dans le fichier des communes" / "the base of a vehicle is not in the communes file"
        => "donner le code INSEE d'une commune du fichier" / "give the INSEE code of a commune of the file";
    NoHeads "SCN-no-heads" Warning
        "un véhicule a besoin d'un personnel dont personne n'est disponible les jours où il en faut" / "a vehicle needs a crew of which nobody is available on the days when it does"
        => "vérifier `heads`, `weekdays` et `exceptions` de ce [[crew]], ou ne pas le demander" / "check `heads`, `weekdays` and `exceptions` of that [[crew]], or do not ask for it";
    NoNow "DAT-no-now" Warning
        "des emplacements ont un délai de permis, mais la date de planification n'est pas donnée : le délai n'est pas vérifié" / "sites have a permit lead time, but the date of planning is not given: the lead time is not checked"
        => "donner la date avec `--now 2026-11-16`" / "give the date with `--now 2026-11-16`";
    Unreachable "SCN-unreachable" Error
        "le réseau routier ne mène pas à une commune" / "the road graph does not reach a commune"
        => "ajouter un nœud pour cette commune et une route qui y mène, ou la retirer du fichier des communes" / "add a node for that commune and a road that leads to it, or take it out of the communes file";
    RoadLine "ROAD-line" Error
        "une ligne du réseau routier ne se lit pas" / "a line of the road graph cannot be read"
        => "corriger cette ligne, ou reconstruire le réseau" / "correct that line, or build the graph again";
    Promise "SCN-promise" Error
        "une promesse qui pèse sur le plan ne va pas avec le reste du scénario" / "a promise that binds the plan does not go with the rest of the scenario"
        => "allonger `hours` ou `min-session-minutes`, garder ce véhicule à sa base la nuit, ou mettre `mode = \"report\"`" / "lengthen `hours` or `min-session-minutes`, keep that vehicle at its base at night, or set `mode = \"report\"`";
    PromiseUnkept "SCN-unkept" Error
        "une promesse ferme (`mode = \"hard\"`) qu'aucun plan ne peut tenir" / "a hard promise (`mode = \"hard\"`) that no plan can keep"
        => "ajouter des véhicules ou des sites, promettre à moins de communes, ou mettre `mode = \"soft\"`" / "add vehicles or sites, promise it to fewer communes, or set `mode = \"soft\"`";
    Outlines "MAP-outlines" Error
        "le fichier des contours n'est pas une collection GeoJSON" / "the file of outlines is not a GeoJSON collection"
        => "donner un GeoJSON (.geojson ou .geojson.gz) dont chaque élément a une propriété `code`, ou retirer `outlines`" / "give a GeoJSON file (.geojson or .geojson.gz) whose features have a property `code`, or remove `outlines`";
    PastLate "PAST-late" Warning
        "des visites passées ont lieu pendant ou après l'horizon : elles ne comptent pas" / "past visits take place during or after the horizon: they do not count"
        => "rien, si l'on rejoue une semaine ancienne ; sinon vérifier les dates" / "nothing, if an old week is planned again; else check the dates";
    PastEmpty "PAST-no-attendance" Warning
        "des visites passées n'ont pas de présence notée : elle compte pour zéro" / "past visits have no attendance noted: it counts as nil"
        => "noter combien de personnes sont venues" / "note how many people came";
    PastMany "PAST-attendance" Warning
        "plus de personnes sont venues qu'il n'y avait d'invitées" / "more people came than were invited"
        => "vérifier les deux nombres" / "check both numbers";
    PastService "PAST-service" Warning
        "des visites passées concernent un service que le scénario n'a pas : elles ne comptent pas" / "past visits are of a service the scenario does not have: they do not count"
        => "rien, si le scénario n'offre pas ce service ; sinon corriger l'identifiant" / "nothing, if the scenario does not offer it; else correct the identifier";
    PastTotal "PAST-total" Error
        "le nombre de venues noté pour une visite entière ne va pas avec les lignes de ses invitations" / "the attendance noted for a visit as a whole does not agree with the lines of its invitations"
        => "donner aussi l'invitations.csv de la visite, et ne noter les venues que d'un côté" / "give the visit's invitations.csv too, and note attendance on one side only";
    PastInconsistent "PAST-inconsistent" Error
        "les lignes d'une même visite passée ne s'accordent pas" / "the rows of one past visit do not agree"
        => "donner à toutes la même date, le même véhicule et le même emplacement" / "give all of them the same date, vehicle and site";
    PlanFormat "PLAN-format" Error
        "le fichier à vérifier n'est pas un plan" / "the file to check is not a plan"
        => "donner un plan.json écrit par `tournee plan` ; `tournee schema plan` décrit le format" / "give a plan.json written by `tournee plan`; `tournee schema plan` describes the format";
    TableVisitTwice "table-visit-twice" Error
        "deux lignes portent la même visite" / "two rows carry the same visit"
        => "laisser la case `visit` vide pour une visite ajoutée" / "leave the cell `visit` empty for a visit that was added";
    TableVehicle "table-vehicle" Error
        "une ligne nomme un véhicule inconnu" / "a row names an unknown vehicle"
        => "reprendre l'identifiant d'un véhicule du scénario" / "take the identifier of a vehicle of the scenario";
    TableSite "table-site" Error
        "une ligne nomme un emplacement inconnu ou hors du périmètre" / "a row names a site that is unknown or out of scope"
        => "reprendre l'identifiant de la colonne `id` du fichier des emplacements" / "take the identifier from column `id` of the sites file";
    TableHorizon "table-horizon" Error
        "une date est hors des semaines planifiées" / "a date lies outside the weeks planned"
        => "corriger la date, ou donner la semaine avec --week" / "correct the date, or give the week with --week";
    TableTime "table-time" Error
        "une heure ne se lit pas" / "a time of day cannot be read"
        => "écrire 08:30 ou 8 h 30" / "write 08:30 or 8 h 30";
    TableSessionOrder "table-session-order" Error
        "une séance ne ferme pas après son ouverture" / "a session does not close after it opens"
        => "corriger l'une des deux heures" / "correct one of the two times";
    TableSessionNone "table-session-none" Error
        "une visite n'a pas d'horaires" / "a visit has no opening hours"
        => "en donner, ou supprimer toute la ligne" / "give some, or remove the whole row";
    TableSessionOverlap "table-session-overlap" Error
        "deux séances d'une visite se chevauchent" / "two sessions of a visit overlap"
        => "les séparer, ou n'en faire qu'une" / "part them, or make them one";
    TableNight "table-night" Error
        "une case `night` n'est ni yes (oui) ni no (non)" / "a cell `night` is neither yes nor no"
        => "écrire yes où le véhicule passe la nuit sur l'emplacement ; une case vide vaut no" / "write yes where the vehicle spends the night at the site; an empty cell stands for no";
    TableNightPlace "table-night-place" Error
        "une nuit est notée ailleurs qu'à la dernière visite du véhicule ce jour-là" / "a night is noted elsewhere than at the vehicle's last visit of that day"
        => "la noter à la dernière visite du jour : le véhicule dort où elle finit" / "note it at the day's last visit: the vehicle sleeps where that ends";
    RequestService "REQ-service" Error
        "une demande nomme un service que le scénario n'a pas" / "a request names a service that the scenario does not have"
        => "corriger l'identifiant du service" / "correct the identifier of the service";
    RequestInstant "REQ-instant" Error
        "l'instant d'une demande ne se lit pas" / "the instant of a request cannot be read"
        => "écrire 2026-12-02T10:30, 2026-12-02T10:30+01:00 ou 02/12/2026 10:30" / "write 2026-12-02T10:30, 2026-12-02T10:30+01:00 or 02/12/2026 10:30";
    RequestZone "REQ-zone" Error
        "l'instant d'une demande n'est pas à l'heure de Paris, ou y existe deux fois ou pas du tout" / "the instant of a request is not in the time of Paris, or is there twice or not at all"
        => "écrire l'heure de Paris, avec son décalage (+01:00 ou +02:00) en cas de doute" / "write the time of Paris, with its offset (+01:00 or +02:00) where in doubt";
    RequestPast "REQ-past" Error
        "une demande est d'avant les semaines du plan, ou son délai est écoulé" / "a request is from before the weeks of the plan, or its time is over"
        => "corriger l'instant, ou retirer la demande" / "correct the instant, or take the request out";
    RequestLate "REQ-late" Error
        "une demande vient après les semaines du plan" / "a request comes after the weeks of the plan"
        => "y répondre avec le plan des semaines suivantes" / "answer it with the plan of the weeks to come";
    RequestDuplicate "REQ-duplicate" Error
        "deux demandes ont le même identifiant ; la première compte" / "two requests have the same identifier; the first counts"
        => "donner un identifiant à chaque demande" / "give each request an identifier of its own";
    LockVehicle "LOCK-vehicle" Error
        "une visite verrouillée ou interdite nomme un véhicule inconnu" / "a locked or forbidden visit names an unknown vehicle"
        => "corriger l'identifiant du véhicule" / "correct the identifier of the vehicle";
    LockSite "LOCK-site" Error
        "une visite verrouillée ou interdite nomme un emplacement inconnu ou hors du périmètre" / "a locked or forbidden visit names a site that is unknown or out of scope"
        => "corriger l'identifiant de l'emplacement, ou élargir [scope]" / "correct the identifier of the site, or widen [scope]";
    LockDate "LOCK-date" Error
        "une visite verrouillée est hors de l'horizon" / "a locked visit lies outside the horizon"
        => "corriger la date, ou planifier la semaine qui la contient" / "correct the date, or plan the week that holds it";
    LockDayOff "LOCK-day-off" Error
        "le véhicule d'une visite verrouillée ne travaille pas ce jour-là" / "the vehicle of a locked visit does not work that day"
        => "changer la date, ou les jours du véhicule" / "change the date, or the days of the vehicle";
    LockFit "LOCK-fit" Error
        "l'emplacement d'une visite verrouillée ne convient pas au véhicule, ou n'est pas disponible ce jour-là" / "the site of a locked visit does not fit the vehicle, or is not available that day"
        => "changer d'emplacement, de véhicule ou de date" / "change the site, the vehicle or the date";
    LockHours "LOCK-hours" Error
        "les séances d'une visite verrouillée ne respectent pas les heures, le pas de temps, les durées ou la journée du véhicule" / "the sessions of a locked visit break the hours, the time step, the lengths or the vehicle's shift"
        => "corriger les heures ; laisser la case vide pour que le planificateur les choisisse" / "correct the hours; leave the cell empty to let the planner choose them";
    LockOverlap "LOCK-overlap" Error
        "deux visites verrouillées d'un véhicule se chevauchent, ou sont trop nombreuses pour la journée" / "two locked visits of a vehicle overlap, or they are too many for the day"
        => "changer l'heure, la date ou le véhicule de l'une d'elles" / "change the hour, the date or the vehicle of one of them";
    LockSpacing "LOCK-spacing" Error
        "une visite verrouillée est trop proche d'une autre au même emplacement" / "a locked visit is too near another one at the same site"
        => "l'éloigner, ou baisser `spacing-weeks`" / "move it away, or lower `spacing-weeks`";
    LockForbidden "LOCK-forbidden" Error
        "une visite est à la fois verrouillée et interdite" / "a visit is both locked and forbidden"
        => "retirer l'une des deux lignes" / "take out one of the two rows";
    LockConflict "LOCK-conflict" Error
        "des visites verrouillées se contredisent : c'est prouvé, aucun plan ne les contient toutes" / "locked visits contradict each other: proved, no plan holds them all"
        => "retirer l'une de celles qui sont nommées, ou changer sa date ou ses horaires" / "drop one of those named, or change its date or its hours";
    LockEmpty "LOCK-empty" Error
        "une ligne interdite sans véhicule, date ni emplacement interdirait tout" / "a forbidden row without vehicle, date or site would forbid everything"
        => "remplir au moins une case" / "fill in at least one cell";
    TravelServer "CFG-travel-server" Error
        "l'adresse du serveur de routes, ou l'en-tête de sa clé, ne convient pas" / "the address of the routing server, or the header of its key, will not do"
        => "écrire `server = \"https://hôte[:port][/chemin]\"`, sans compte ni question ; la clé va dans la variable que nomme `key-variable`" / "write `server = \"https://host[:port][/path]\"`, without account or query; the key goes into the variable that `key-variable` names";
    OsrmUnreachable "OSRM-unreachable" Error
        "le serveur de routes ne répond pas" / "the routing server does not answer"
        => "vérifier `server` dans [travel.osrm] et que le serveur tourne ; ce qui a été reçu est gardé : relancer la commande continue ; --offline se passe du serveur quand tout est gardé" / "check `server` in [travel.osrm] and that the server runs; what came is kept: the command goes on when run again; --offline does without the server when everything is kept";
    OsrmTimeout "OSRM-timeout" Error
        "le serveur de routes n'a pas répondu à temps" / "the routing server did not answer in time"
        => "baisser `block` ou `requests-at-a-time`, ou allonger `timeout-seconds`, puis relancer : ce qui a été reçu est gardé" / "lower `block` or `requests-at-a-time`, or lengthen `timeout-seconds`, then run again: what came is kept";
    OsrmServer "OSRM-server" Error
        "le serveur de routes échoue (5xx)" / "the routing server fails (5xx)"
        => "attendre et relancer (ce qui a été reçu est gardé), ou prévenir qui s'en occupe" / "wait and run again (what came is kept), or tell whoever runs it";
    OsrmBusy "OSRM-busy" Error
        "le serveur de routes demande moins de requêtes (429)" / "the routing server asks for fewer requests (429)"
        => "baisser `requests-at-a-time`, attendre et relancer : ce qui a été reçu est gardé" / "lower `requests-at-a-time`, wait and run again: what came is kept";
    OsrmRefused "OSRM-refused" Error
        "le serveur de routes refuse la requête" / "the routing server refuses the request"
        => "vérifier `server`, `profile` et la clé dans [travel.osrm] ; un serveur OSRM répond à /table/v1/" / "check `server`, `profile` and the key in [travel.osrm]; a server of OSRM answers to /table/v1/";
    OsrmAnswer "OSRM-answer" Error
        "la réponse du serveur de routes n'est pas celle attendue" / "the answer of the routing server is not the one expected"
        => "vérifier que `server` est bien un serveur OSRM (API v1, avec les distances)" / "check that `server` is a server of OSRM (API v1, with distances)";
    OsrmChanged "OSRM-changed" Error
        "les données du serveur de routes ont changé pendant la lecture" / "the data of the routing server changed on the way"
        => "relancer : tout est alors demandé pour les nouvelles données" / "run again: everything is then asked for the new data";
    OsrmFar "OSRM-far" Error
        "un lieu est trop loin de toute route connue du serveur" / "a place is too far from any road the server knows"
        => "corriger ses coordonnées (lat, lon), ou relever `max-snap-metres`" / "correct its coordinates (lat, lon), or raise `max-snap-metres`";
    OsrmNoRoad "OSRM-no-road" Error
        "le serveur ne connaît pas de route près d'un lieu" / "the server knows no road near a place"
        => "corriger ses coordonnées (lat, lon), ou donner au serveur une carte qui le contient" / "correct its coordinates (lat, lon), or give the server a map that holds it";
    OsrmNoWay "OSRM-no-way" Error
        "le serveur ne connaît pas de chemin entre deux lieux" / "the server knows no way between two places"
        => "corriger leurs coordonnées, retirer le lieu, ou donner `fallback-speed-kmh` pour une estimation à vol d'oiseau" / "correct their coordinates, take the place out, or give `fallback-speed-kmh` for an estimate as the crow flies";
    OsrmOffline "OSRM-offline" Error
        "des trajets ne sont pas gardés, et --offline interdit de les demander" / "some trips are not kept, and --offline forbids asking for them"
        => "lancer une fois la commande sans --offline, avec le même --cache" / "run the command once without --offline, with the same --cache";
    OsrmCache "OSRM-cache" Error
        "le dossier des trajets gardés ne peut pas servir" / "the folder of trips kept cannot be used"
        => "vérifier les droits et la place, ou donner un autre dossier avec --cache" / "check permissions and room, or give another folder with --cache";
    OsrmKey "OSRM-key" Error
        "la clé du serveur de routes manque ou ne convient pas" / "the key of the routing server is missing or will not do"
        => "mettre la clé dans la variable d'environnement que nomme `key-variable`" / "put the key into the environment variable that `key-variable` names";
    OsrmDamaged "OSRM-damaged" Warning
        "des trajets gardés étaient abîmés : ils ont été retirés et redemandés" / "some trips kept were damaged: they have been removed and asked for again"
        => "rien, si cela n'arrive qu'une fois ; sinon vérifier le disque" / "nothing, if it happens once; else check the disk";
    OsrmEstimated "OSRM-estimated" Warning
        "des trajets sont estimés à vol d'oiseau, faute de chemin connu" / "some trips are estimated as the crow flies, for want of a known way"
        => "corriger les coordonnées des lieux nommés, ou s'en accommoder : le plan le dit" / "correct the coordinates of the places named, or live with it: the plan says so";
    TravelDetours "TRAVEL-detours" Warning
        "des trajets directs sont plus longs que par un autre lieu : le plus court est pris" / "some direct trips take longer than by way of another place: the shorter is taken"
        => "rien, s'ils sont peu ; sinon vérifier la source des temps" / "nothing, if they are few; else check the source of the times";
    MatrixFormat "MATRIX-format" Error
        "la table des trajets n'a pas la bonne forme" / "the table of trips does not have the right form"
        => "donner un CSV (from, to, seconds, metres) ou un JSON (places, seconds, metres : deux matrices) ; `tournee travel --matrix` écrit un modèle" / "give a CSV (from, to, seconds, metres) or a JSON file (places, seconds, metres: two matrices); `tournee travel --matrix` writes a model";
    MatrixPlace "MATRIX-place" Error
        "la table des trajets nomme un lieu inconnu" / "the table of trips names an unknown place"
        => "donner un code INSEE, ou l'identifiant d'un emplacement ou d'un lieu fixe du scénario" / "give an INSEE code, or the identifier of a site or fixed point of the scenario";
    MatrixMissing "MATRIX-missing" Error
        "des trajets manquent dans la table" / "some trips are missing from the table"
        => "les ajouter, dans les deux sens : entre les lieux où l'on s'arrête, et entre eux et chaque commune du périmètre" / "add them, both ways: between the places where one stops, and between them and each commune in scope";
    BenchFormat "BENCH-format" Error
        "un fichier donné à `tournee benchmark` n'a pas la forme attendue" / "a file given to `tournee benchmark` does not have the form expected"
        => "donner une instance TOP (n, m, tmax, puis x y profit) ou TOPTW (k v N t, puis i x y service profit f a … ouverture fermeture), ou une table (nom, véhicules, profit)" / "give a TOP instance (n, m, tmax, then x y profit) or a TOPTW one (k v N t, then i x y service profit f a … opening closing), or a table (name, vehicles, profit)";
    BenchNumber "BENCH-number" Error
        "un nombre d'une instance n'en est pas un, ou est négatif" / "a number of an instance is not one, or is negative"
        => "écrire un nombre, avec un point décimal" / "write a number, with a decimal point";
    BenchSize "BENCH-size" Error
        "une instance n'a pas le nombre de points ou de véhicules qu'elle annonce, ou en a trop" / "an instance does not have the number of points or vehicles that it announces, or has too many"
        => "corriger les nombres en tête du fichier, ou compléter ses lignes ; 1 000 points et 60 véhicules au plus" / "correct the numbers at the head of the file, or complete its lines; 1,000 points and 60 vehicles at most";
    BenchWindow "BENCH-window" Error
        "un point d'une instance ferme avant d'ouvrir" / "a point of an instance closes before it opens"
        => "donner l'ouverture, puis la fermeture, dans les deux derniers nombres de la ligne" / "give the opening, then the closing, in the last two numbers of the line";
}

impl Code {
    /// The code as it is printed and documented.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        CODES[self as usize].code
    }

    /// What the manual says of it.
    #[must_use]
    pub const fn about(self) -> &'static CodeInfo {
        &CODES[self as usize]
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_explained() {
        let unique: BTreeSet<&str> = CODES.iter().map(|c| c.code).collect();
        assert_eq!(unique.len(), CODES.len());
        for info in CODES {
            for text in [info.cause.0, info.cause.1, info.mend.0, info.mend.1] {
                assert!(!text.is_empty(), "{}", info.code);
            }
        }
        assert_eq!(Code::UnknownKey.as_str(), "CFG-unknown-key");
    }
}

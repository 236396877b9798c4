//! The codes of what can be wrong with an edited table.

use crate::i18n::coded;

coded! {
    /// A stable code of a fault in an edited `visits.csv`.
    pub enum TableCode {
        Encoding "table-encoding"
            "le tableau modifié n'est pas en UTF-8" / "the edited table is not in UTF-8"
            => "dans le tableur, enregistrer sous « CSV UTF-8 »" / "in the spreadsheet, save it as \"CSV UTF-8\"";
        Empty "table-empty"
            "le tableau modifié est vide" / "the edited table is empty"
            => "partir d'un visits.csv écrit par `tournee plan`" / "start from a visits.csv written by `tournee plan`";
        Quote "table-quote"
            "un guillemet ouvert n'est jamais fermé" / "a quotation mark is opened and never closed"
            => "le fermer, ou le doubler s'il fait partie du texte" / "close it, or double it where it belongs to the text";
        ColumnMissing "table-column-missing"
            "une colonne qui est relue manque" / "a column that is read back is missing"
            => "la remettre : vehicle, date, site, et open_N avec close_N" / "put it back: vehicle, date, site, and open_N with close_N";
        ColumnTwice "table-column-twice"
            "deux colonnes ont le même titre" / "two columns have the same title"
            => "supprimer l'une des deux" / "remove one of them";
        Cells "table-cells"
            "une ligne a plus de cases que de titres" / "a row has more cells than there are titles"
            => "ôter le séparateur de trop, ou mettre entre guillemets le texte qui en contient un" / "take out the separator too many, or quote the text that contains one";
        ValueMissing "table-value-missing"
            "une case obligatoire est vide" / "a required cell is empty"
            => "la remplir, ou supprimer toute la ligne" / "fill it in, or remove the whole row";
        VisitTwice "table-visit-twice"
            "deux lignes portent la même visite" / "two rows carry the same visit"
            => "laisser la case `visit` vide pour une visite ajoutée" / "leave the cell `visit` empty for a visit that was added";
        Vehicle "table-vehicle"
            "une ligne nomme un véhicule inconnu" / "a row names an unknown vehicle"
            => "reprendre l'identifiant d'un véhicule du scénario" / "take the identifier of a vehicle of the scenario";
        Site "table-site"
            "une ligne nomme un emplacement inconnu ou hors du périmètre" / "a row names a site that is unknown or out of scope"
            => "reprendre l'identifiant de la colonne `id` du fichier des emplacements" / "take the identifier from column `id` of the sites file";
        Date "table-date"
            "une date ne se lit pas" / "a date cannot be read"
            => "écrire 2026-12-01 ou 01/12/2026, le jour d'abord" / "write 2026-12-01 or 01/12/2026, day first";
        Horizon "table-horizon"
            "une date est hors des semaines planifiées" / "a date lies outside the weeks planned"
            => "corriger la date, ou donner la semaine avec --week" / "correct the date, or give the week with --week";
        Time "table-time"
            "une heure ne se lit pas" / "a time of day cannot be read"
            => "écrire 08:30 ou 8 h 30" / "write 08:30 or 8 h 30";
        SessionOrder "table-session-order"
            "une séance ne ferme pas après son ouverture" / "a session does not close after it opens"
            => "corriger l'une des deux heures" / "correct one of the two times";
        SessionNone "table-session-none"
            "une visite n'a pas d'horaires" / "a visit has no opening hours"
            => "en donner, ou supprimer toute la ligne" / "give some, or remove the whole row";
        SessionOverlap "table-session-overlap"
            "deux séances d'une visite se chevauchent" / "two sessions of a visit overlap"
            => "les séparer, ou n'en faire qu'une" / "part them, or make them one";
        Night "table-night"
            "une case `night` n'est ni yes (oui) ni no (non)" / "a cell `night` is neither yes nor no"
            => "écrire yes où le véhicule passe la nuit sur l'emplacement ; une case vide vaut no" / "write yes where the vehicle spends the night at the site; an empty cell stands for no";
        NightPlace "table-night-place"
            "une nuit est notée ailleurs qu'à la dernière visite du véhicule ce jour-là" / "a night is noted elsewhere than at the vehicle's last visit of that day"
            => "la noter à la dernière visite du jour : le véhicule dort où elle finit" / "note it at the day's last visit: the vehicle sleeps where that ends";
    }
}

//! The codes of a command that did not do what was asked.

use super::ExitStatus;
use crate::i18n::coded;

coded! {
    /// Why a command did not do what was asked: the code of its last line, and of the error
    /// object in JSON.
    pub(super) enum FailureCode {
        Usage "usage"
            "la ligne de commande ne convient pas" / "the command line will not do"
            => "suivre le message ; `tournee COMMANDE --help` donne des exemples" / "follow the message; `tournee COMMAND --help` gives examples";
        Configuration "configuration"
            "le scénario ou l'un de ses fichiers a des problèmes, chacun avec son code" / "the scenario or one of its files has problems, each with its own code"
            => "corriger ceux qui sont montrés, puis recommencer" / "mend those shown, then run again";
        Output "output"
            "un fichier, un dossier ou la sortie standard ne peut pas être écrit" / "a file, a folder or standard output cannot be written"
            => "vérifier les droits et la place sur le disque, ou choisir un autre dossier" / "check the permissions and the room on the disk, or choose another folder";
        Travel "travel"
            "des temps de trajet sont introuvables" / "some travel times could not be had"
            => "compléter le réseau routier, ou retirer la commune" / "complete the road graph, or take the commune out";
        Infeasible "infeasible"
            "c'est prouvé : aucun plan ne respecte à la fois les règles et les visites verrouillées" / "proved: no plan keeps both the rules and the locked visits"
            => "retirer une visite verrouillée, ou changer ses horaires" / "drop a locked visit, or change its hours";
        NoPlan "no-plan"
            "la limite de temps est venue avant un premier plan" / "the time limit came before a first plan"
            => "donner plus de temps avec --time-limit" / "give more time with --time-limit";
        Check "check"
            "le plan enfreint des règles, chacune avec son code" / "the plan breaks rules, each with its own code"
            => "corriger ce que `tournee check` montre" / "mend what `tournee check` shows";
        Interrupted "interrupted"
            "interrompu avant qu'il y ait un plan ; s'il y en a un, il est gardé" / "interrupted before there was a plan; where there is one, it is kept"
            => "recommencer, et laisser plus de temps" / "run again, and leave more time";
        Internal "internal"
            "une erreur du programme" / "an error of the program"
            => "la signaler, avec la commande et les fichiers" / "report it, with the command and the files";
    }
}

impl FailureCode {
    /// How the program ends.
    pub const fn status(self) -> ExitStatus {
        match self {
            Self::Usage | Self::Configuration | Self::Output => ExitStatus::Usage,
            Self::Travel => ExitStatus::Travel,
            Self::Infeasible => ExitStatus::Infeasible,
            Self::NoPlan => ExitStatus::NoPlan,
            Self::Check => ExitStatus::CheckFailed,
            Self::Interrupted => ExitStatus::Interrupted,
            Self::Internal => ExitStatus::Internal,
        }
    }
}

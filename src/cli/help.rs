//! The command as clap knows it, in either language.

use super::args::Cli;
use super::english;
use crate::i18n::Lang;
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use std::ffi::OsString;

/// The language of the arguments, before they are parsed: help and complaints need it too.
pub(super) fn language_of(arguments: &[OsString]) -> Lang {
    let mut lang = Lang::Fr;
    let mut words = arguments.iter().skip(1).map(|a| a.to_string_lossy()).take_while(|a| a != "--").peekable();
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.peek().map(ToString::to_string),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        match value.as_deref() {
            Some("en") => lang = Lang::En,
            Some("fr") => lang = Lang::Fr,
            _ => {}
        }
    }
    lang
}

/// Whether JSON was asked for, before the arguments are parsed.
pub(super) fn wants_json(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().skip(1).map(|a| a.to_string_lossy()).take_while(|a| a != "--");
    let mut json = false;
    while let Some(word) = words.next() {
        match word.as_ref() {
            "--format" => json = words.next().as_deref() == Some("json"),
            _ if word.starts_with("--format=") => json = word == "--format=json",
            _ => {}
        }
    }
    json
}

/// The whole command line, with its help in one language.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let mut command = Cli::command();
    if lang == Lang::En {
        command = english::translate(command);
    }
    // Without a detour nothing is solved: limits and a seed would be read and ignored.
    command = command.mut_subcommand("respond", |sub| {
        let limits = ["time_limit", "node_limit", "seed"];
        sub.mut_args(|arg| if limits.contains(&arg.get_id().as_str()) { arg.requires("detour") } else { arg })
    });
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |sub| {
            let after = after_help(&name, lang);
            let sub = dressed(sub, lang);
            if after.is_empty() { sub } else { sub.after_help(after) }
        });
    }
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .display_order(903)
        .help(lang.pick("Affiche la version", "Print the version"));
    dressed(command, lang)
        .arg(version)
        .subcommand_help_heading(lang.pick("Commandes", "Commands"))
        .subcommand_value_name(lang.pick("COMMANDE", "COMMAND"))
        .after_help(exit_codes(lang))
}

/// Headings and `--help` in the language; clap's own are English.
fn dressed(command: Command, lang: Lang) -> Command {
    let template = lang.pick(
        "{about-with-newline}\nUtilisation : {usage}\n\n{all-args}{after-help}",
        "{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}",
    );
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .display_order(902)
        .help(lang.pick("Affiche cette aide", "Print this help"));
    command.help_template(template).disable_help_flag(true).arg(help)
}

fn exit_codes(lang: Lang) -> &'static str {
    lang.pick(
        "« tournee COMMANDE --help » explique une commande et donne des exemples.

Codes de sortie :
  0    fait
  1    erreur interne
  2    commande, scénario ou tableau à corriger, ou fichier impossible à écrire
  3    temps de trajet introuvables
  4    aucun plan ne respecte les visites verrouillées, la promesse ferme ou --max-changes : c'est prouvé
  5    pas de plan avant la limite de temps
  6    la vérification a trouvé des règles enfreintes
  130  interrompu (Ctrl-C) ; le meilleur plan trouvé est gardé",
        "\"tournee COMMAND --help\" explains a command and gives examples.

Exit codes:
  0    done
  1    internal error
  2    command, scenario or table to be mended, or a file that cannot be written
  3    travel times could not be had
  4    no plan keeps the locked visits, the hard promise or --max-changes: proved
  5    no plan before the time limit
  6    the check found broken rules
  130  interrupted (Ctrl-C); the best plan found is kept",
    )
}

fn after_help(command: &str, lang: Lang) -> &'static str {
    match command {
        "plan" => lang.pick(
            "Exemples :
  La semaine du scénario, à l'écran, sans rien écrire :
    tournee plan nord
  La semaine 50, après les visites déjà faites (venues notées dans les tableaux de la semaine 49) :
    tournee plan nord --week 2026-W50 --past semaine-49/visits.csv \\
        --past semaine-49/invitations.csv --out semaine-50
  Garder ce que les mairies ont accepté, éviter un emplacement indisponible :
    tournee plan nord --locks accords.csv --forbid indisponible.csv --out semaine-49
  Quatre semaines, avec cinq minutes de calcul :
    tournee plan hauts-de-france --weeks 4 --time-limit 300 --out decembre

Pendant le calcul, Ctrl-C arrête et garde le meilleur plan trouvé.
Les calendriers sont datés de --now ou, sans lui, du jour d'envoi des premières invitations : les
mêmes données donnent les mêmes fichiers.",
            "Examples:
  The scenario's week, on the screen, nothing written:
    tournee plan nord
  Week 50, after the visits already made (attendance noted in the tables of week 49):
    tournee plan nord --week 2026-W50 --past week-49/visits.csv \\
        --past week-49/invitations.csv --out week-50
  Keep what the town halls agreed to, avoid a site that is not free:
    tournee plan nord --locks agreed.csv --forbid not-free.csv --out week-49
  Four weeks, with five minutes to work:
    tournee plan hauts-de-france --weeks 4 --time-limit 300 --out december

While it works, Ctrl-C stops and keeps the best plan found.
Calendars are dated --now or, without it, the day the first invitations are sent: the same input
gives the same files.",
        ),
        "compare" => lang.pick(
            "Exemples :
  Un à trois camions, la semaine du scénario, à l'écran :
    tournee compare nord --fleet truck=1..3
  Deux bases, avec et sans samedis, quatre semaines, pour une réunion :
    tournee compare nord --base truck=59165,59122 --saturdays no,yes --weeks 4 --out bases
  La grille livrée (démonstration), puis deux de ses scénarios territoire par territoire :
    tournee compare fleets-2026 --out flottes
    tournee compare fleets-2026 --out flottes \\
        --pairwise today-nord-sante-truck-1 target-nord-sante-truck-1

Interrompue, la même commande reprend : ce qui est calculé est gardé dans DOSSIER/solved.
Un scénario en défaut ou impossible est une ligne qui le dit ; le code de sortie est alors le sien.",
            "Examples:
  One to three trucks, the scenario's week, on the screen:
    tournee compare nord --fleet truck=1..3
  Two bases, with and without Saturdays, four weeks, for a meeting:
    tournee compare nord --base truck=59165,59122 --saturdays no,yes --weeks 4 --out bases
  The shipped grid (a demonstration), then two of its scenarios territory by territory:
    tournee compare fleets-2026 --out fleets
    tournee compare fleets-2026 --out fleets \\
        --pairwise today-nord-sante-truck-1 target-nord-sante-truck-1

When it was interrupted, the same command goes on: what is solved is kept in FOLDER/solved.
A scenario that is wrong or impossible is a row that says so; the exit code is then its own.",
        ),
        "benchmark" => lang.pick(
            "Exemples :
  Une instance, dix secondes :
    tournee benchmark p4.2.j.txt
  Des instances à fenêtres horaires, avec un à quatre véhicules, comparées aux profits connus :
    tournee benchmark c10*.txt --vehicles 1,2,3,4 --best-known best-known.tsv --time-limit 60

TOP : « n N », « m P », « tmax T », puis « x y profit » par point ; distances euclidiennes.
TOPTW : « k v N t », une ligne inutilisée, puis « i x y service profit f a … ouverture fermeture » ;
distances coupées à une décimale (coordonnées entières) ou à deux.
Un fil de calcul prouve, les autres cherchent ; chaque itinéraire est revérifié à part.",
            "Examples:
  One instance, ten seconds:
    tournee benchmark p4.2.j.txt
  Instances with time windows, with one to four vehicles, compared with known profits:
    tournee benchmark c10*.txt --vehicles 1,2,3,4 --best-known best-known.tsv --time-limit 60

TOP: \"n N\", \"m P\", \"tmax T\", then \"x y profit\" by point; Euclidean distances.
TOPTW: \"k v N t\", a line that is not used, then \"i x y service profit f a … opening closing\";
distances cut after one decimal (whole coordinates) or two.
One thread proves, the others search; every route is checked again by code of its own.",
        ),
        "check" => lang.pick(
            "Exemples :
  Vérifier un plan (avec les mêmes --past, --locks et --forbid que lorsqu'il a été fait) :
    tournee check semaine-49/plan.json --scenario nord
  Déplacer une visite dans le tableur, puis voir ce que cela change et enfreint :
    tournee check --visits semaine-49/visits.csv --scenario nord --out semaine-49-bis

Les semaines sont celles du plan ; avec --visits, celles du scénario ou de --week.
Une nuit hors de la base se note yes dans la colonne night, à la dernière visite du jour.
Code de sortie 6 si une règle est enfreinte : --out n'écrit alors ni calendriers ni invitations.",
            "Examples:
  Check a plan (with the same --past, --locks and --forbid as when it was made):
    tournee check week-49/plan.json --scenario nord
  Move a visit in the spreadsheet, then see what that changes and breaks:
    tournee check --visits week-49/visits.csv --scenario nord --out week-49-bis

The weeks are those of the plan; with --visits, those of the scenario or of --week.
A night away from the base is a yes in column night, at the day's last visit.
Exit code 6 if a rule is broken: --out then writes neither calendars nor invitations.",
        ),
        "explain" => lang.pick(
            "Exemples (avec les mêmes --past, --locks et --forbid que lorsque le plan a été fait) :
  Pourquoi pas Watten ? ce que coûterait d'y aller, et le changement le moins cher qui l'y mettrait :
    tournee explain semaine-49/plan.json --scenario nord --commune Watten
  Tous les emplacements écartés, pour un tableur :
    tournee explain semaine-49/plan.json --scenario nord --all --format csv

Chaque chiffre vient de deux calculs, l'un avec la visite, l'autre sans, dont les plans sont vérifiés.
Le menu des changements, dans l'ordre où ils coûtent, du moins cher au plus cher : une visite
verrouillée levée, une semaine d'espacement en moins, le permis obtenu, une demi-heure de journée plus
tôt ou plus tard, une heure de route de plus, une nuit hors de la base, une autre base.",
            "Examples (with the same --past, --locks and --forbid as when the plan was made):
  Why not Watten? What going there would cost, and the cheapest change that would let it in:
    tournee explain week-49/plan.json --scenario nord --commune Watten
  All sites left out, for a spreadsheet:
    tournee explain week-49/plan.json --scenario nord --all --format csv

Every figure comes from two solves, one with the visit and one without, whose plans are checked.
The menu of changes, from cheap to dear: a locked visit lifted, a week of spacing less, the permit
there, half an hour of shift earlier or later, an hour more driving, a night out, another base.",
        ),
        "promise" => lang.pick(
            "Exemples (avec les mêmes --past, --locks et --forbid que lorsque le plan a été fait) :
  Où attend-on un médecin, avec et sans les lieux fixes ?
    tournee promise semaine-49/plan.json --scenario hauts-de-france --service primary-care
  Le détail par commune, pour un tableur et pour une carte :
    tournee promise semaine-49/plan.json --scenario hauts-de-france --out promesse-49

À chaque instant, une commune est couverte si un lieu de soins ou une visite qui propose le service, à
moins de 30 minutes en voiture, est ouvert dans les 48 heures qui suivent. Les minutes et les heures se
règlent par service ([service.promise]). Les dernières 48 heures de l'horizon ne sont pas jugées.",
            "Examples (with the same --past, --locks and --forbid as when the plan was made):
  Where does one wait for a GP, with and without the fixed points?
    tournee promise week-49/plan.json --scenario hauts-de-france --service primary-care
  The details by commune, for a spreadsheet and for a map:
    tournee promise week-49/plan.json --scenario hauts-de-france --out promise-49

At any time a commune is answered if a care point or a visit that offers the service, within 30 minutes
by car, is open within the next 48 hours. Minutes and hours are set by service ([service.promise]).
The last 48 hours of the horizon are not judged.",
        ),
        "replan" => lang.pick(
            "Exemples (avec les mêmes --past, --locks et --forbid que lorsque le plan a été fait) :
  Mercredi matin, le camion ne démarre pas ; trois changements au plus :
    tournee replan semaine-49/plan.json --scenario nord --now 2026-12-02T07:00 \\
        --unavailable nord-sante-truck@2026-12-02 --max-changes 3 --out semaine-49
  Que vaudrait chaque changement si Leval se fermait mercredi ?
    tournee replan semaine-49/plan.json --scenario nord --close leval@2026-12-02 --curve
  Les visites faites lundi et mardi, avec les venues notées :
    tournee replan semaine-49/plan.json --scenario nord --now 2026-12-02 \\
        --past faites/visits.csv --past faites/invitations.csv --out semaine-49

Ce qui a commencé à --now reste tel que publié, invitations comprises, et de même ce que --lock garde. Une
visite qui reste le même jour avec le même véhicule garde ses heures, sauf si un verrou lui en donne
d'autres. Chaque visite déplacée, annulée ou ajoutée est un changement.",
            "Examples (with the same --past, --locks and --forbid as when the plan was made):
  On Wednesday morning the truck does not start; three changes at most:
    tournee replan week-49/plan.json --scenario nord --now 2026-12-02T07:00 \\
        --unavailable nord-sante-truck@2026-12-02 --max-changes 3 --out week-49
  What would each change be worth if Leval were closed on Wednesday?
    tournee replan week-49/plan.json --scenario nord --close leval@2026-12-02 --curve
  The visits made on Monday and Tuesday, with attendance noted:
    tournee replan week-49/plan.json --scenario nord --now 2026-12-02 \\
        --past made/visits.csv --past made/invitations.csv --out week-49

What has begun by --now stays as it was published, invitations included, and so does what --lock keeps. A
visit that stays on its day with its vehicle keeps its hours, unless a lock gives it others. Every
visit moved, cancelled or added is a change.",
        ),
        "respond" => lang.pick(
            "Exemple :
  tournee respond semaine-49/plan.json demandes.csv --scenario hauts-de-france --out reponses
Le lendemain, avec de nouvelles demandes : ce qui a été donné reste.
  tournee respond semaine-49/plan.json demandes.csv --scenario hauts-de-france \\
        --answers reponses/answers.json --out reponses

Colonnes : id, commune (code INSEE), service, instant (heure de Paris, 2026-12-02T10:30), language (au besoin
d'un interprète). Le plus de demandes possible reçoivent un rendez-vous ; à nombre égal, les premières
venues ; puis l'attente, ou la route, est la plus courte en tout.",
            "Example:
  tournee respond week-49/plan.json requests.csv --scenario hauts-de-france --out answers
The day after, with more requests: what was given stays.
  tournee respond week-49/plan.json requests.csv --scenario hauts-de-france \\
        --answers answers/answers.json --out answers

Columns: id, commune (INSEE code), service, instant (time of Paris, 2026-12-02T10:30), language (where an
interpreter is needed). As many requests as can be get an appointment; of sets as large, those that came
first; and then the wait, or the way, is least in all.",
        ),
        "lock" => lang.pick(
            "Exemple :
  tournee lock semaine-49/plan.json --visit leval.1 --out accords.csv
  tournee replan semaine-49/plan.json --scenario nord --lock accords.csv",
            "Example:
  tournee lock week-49/plan.json --visit leval.1 --out agreed.csv
  tournee replan week-49/plan.json --scenario nord --lock agreed.csv",
        ),
        "travel" => lang.pick(
            "Exemples :
  tournee travel Lille Dunkerque --scenario nord
  tournee travel 59165 fourmies --scenario nord --vehicle nord-sante-truck
  tournee travel --matrix trajets.csv --scenario nord",
            "Examples:
  tournee travel Lille Dunkerque --scenario nord
  tournee travel 59165 fourmies --scenario nord --vehicle nord-sante-truck
  tournee travel --matrix trips.csv --scenario nord",
        ),
        "init" => lang.pick(
            "Exemple :
  tournee init mon-departement
  tournee plan mon-departement/scenario.toml

Le dossier contient un exemple qui se planifie tel quel ; remplacez-en les tableaux un par un.",
            "Example:
  tournee init my-region
  tournee plan my-region/scenario.toml

The folder holds an example that can be planned as it is; replace its tables one by one.",
        ),
        "codes" => lang.pick(
            "Exemple, pour un tableur :
  tournee codes --format csv > codes.csv",
            "Example, for a spreadsheet:
  tournee codes --format csv > codes.csv",
        ),
        "schema" => lang.pick(
            "Exemple :
  tournee schema plan > plan.schema.json",
            "Example:
  tournee schema plan > plan.schema.json",
        ),
        "completions" => lang.pick(
            "Exemples :
  tournee completions bash > ~/.local/share/bash-completion/completions/tournee
  tournee completions fish > ~/.config/fish/completions/tournee.fish
  tournee completions zsh > un-dossier-de-fpath/_tournee",
            "Examples:
  tournee completions bash > ~/.local/share/bash-completion/completions/tournee
  tournee completions fish > ~/.config/fish/completions/tournee.fish
  tournee completions zsh > a-folder-of-fpath/_tournee",
        ),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every help of a command and of those below it, with its place.
    fn helps(command: &Command, place: &str, out: &mut Vec<(String, String)>) {
        let here = format!("{place} {}", command.get_name());
        out.push((here.clone(), command.get_about().map(ToString::to_string).unwrap_or_default()));
        for arg in command.get_arguments() {
            let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
            out.push((format!("{here} {}", arg.get_id()), text));
        }
        for sub in command.get_subcommands() {
            helps(sub, &here, out);
        }
    }

    #[test]
    fn everything_is_explained_in_both_languages() {
        let (mut fr, mut en) = (Vec::new(), Vec::new());
        helps(&command(Lang::Fr), "", &mut fr);
        helps(&command(Lang::En), "", &mut en);
        assert_eq!(fr.len(), en.len());
        assert!(fr.len() > 40, "{}", fr.len());
        for ((place, fr), (same, en)) in fr.iter().zip(&en) {
            assert_eq!(place, same);
            assert!(!fr.is_empty() && !en.is_empty(), "{place} has no help");
            assert_ne!(fr, en, "{place}");
        }
    }

    #[test]
    fn the_command_is_sound() {
        command(Lang::Fr).debug_assert();
        command(Lang::En).debug_assert();
    }

    #[test]
    fn the_language_is_found_before_parsing() {
        let lang = |words: &str| language_of(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(lang("tournee plan --lang en x"), Lang::En);
        assert_eq!(lang("tournee plan --lang=en x"), Lang::En);
        assert_eq!(lang("tournee plan x"), Lang::Fr);
        assert_eq!(lang("tournee plan -- --lang en"), Lang::Fr);
    }
}

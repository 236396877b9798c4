//! The English help, by command and argument.

use clap::Command;

/// Puts the English help in place of the French. A command or argument that is not named here
/// keeps its French help; a test says so.
pub(super) fn translate(command: Command) -> Command {
    let mut command = command.about(
        "Plans the rounds of a screening truck and of clinic vans, and proves that no other plan would do better.",
    );
    command = arguments(command, GLOBAL);
    for &(name, about, list) in COMMANDS {
        command = command.mut_subcommand(name, |sub| {
            let sub = arguments(sub.about(about), list);
            SHARED.iter().filter(|(of, _)| of.contains(&name)).fold(sub, |sub, (_, list)| arguments(sub, list))
        });
    }
    command
}

/// Argument, name of its value (empty: it has none), help.
type Line = (&'static str, &'static str, &'static str);

fn arguments(command: Command, list: &'static [Line]) -> Command {
    // `mut_arg` would move each to the end; the order is the same in both languages.
    command.mut_args(|arg| match list.iter().find(|(id, _, _)| arg.get_id() == id) {
        Some((_, "", help)) => arg.help(*help),
        Some((_, value, help)) => arg.value_name(*value).help(*help),
        None => arg,
    })
}

const GLOBAL: &[Line] = &[
    ("lang", "LANGUAGE", "Language of everything people read: fr (the default) or en"),
    ("format", "FORM", "Form of the data on standard output: human (the default), json or csv"),
];

const INPUT: &[Line] = &[
    (
        "week",
        "WEEK",
        "Week to plan, instead of the scenario's: 2026-W49, 49, or next, the first whose letters can still go out in time",
    ),
    ("from", "DATE", "First day to plan (a Monday, for instance 2026-11-30), instead of --week"),
    ("weeks", "N", "Number of weeks to plan, instead of the scenario's"),
    (
        "past",
        "CSV",
        "Visits already made (visits.csv, invitations.csv with attendance), besides those of the scenario; may be repeated",
    ),
    ("no_past", "", "Forget the past visits of the scenario"),
    ("locks", "CSV", "Visits agreed already, kept as they are (CSV: vehicle, date, site, sessions); may be repeated"),
    ("forbid", "CSV", "Visits not to be made (CSV: vehicle, date, site; a blank cell stands for all); may be repeated"),
    ("now", "DATE", "Today's date (or an instant), to tell which invitations are late and to date the calendars"),
];

const SOURCE: &[Line] = &[
    ("cache", "FOLDER", "Folder to keep trips asked of a routing server in; the user's by default"),
    ("offline", "", "Ask the routing server nothing: the trips kept, or an error that tells which are missing"),
];

const EFFORT: &[Line] = &[(
    "gap",
    "GAP",
    "Proved gap at which a solve stops: 0.001 (the default) = 0.1%; for explain, two plans closer than this are as good",
)];

const WORK: &[Line] = &[
    (
        "time_limit",
        "SECONDS",
        "Longest time of each solve, in seconds: 60 by default (explain: 30, compare: none), no limit with --node-limit",
    ),
    (
        "node_limit",
        "N",
        "Most work of each solve, in search nodes (compare: 1000 by default): gives the same plan on every machine",
    ),
    ("threads", "N", "Threads to compute with; as many as there are cores by default"),
    ("seed", "N", "Seed of the random choices of the search; 0 by default"),
];

/// Arguments that several commands have, with the commands.
const SHARED: &[(&[&str], &[Line])] = &[
    (&["plan", "check", "explain", "promise", "replan", "respond", "compare"], INPUT),
    (&["plan", "check", "explain", "promise", "replan", "respond", "compare", "travel"], SOURCE),
    (&["plan", "explain", "replan"], EFFORT),
    (&["plan", "explain", "replan", "respond", "compare"], WORK),
];

const MADE_FOR: Line = ("scenario", "TOML", "The scenario it was made for (a name or a TOML file)");

const GEOMETRY: Line = (
    "geometry",
    "",
    "Note the path of each trip in the plan, and write it for maps and navigation (tracks.geojson, tracks/*.gpx)",
);

const POINT_LANES: Line =
    ("point_lanes", "N", "Appointments at a time at each fixed point, per service: an assumption; 1 by default");

const COMMANDS: &[(&str, &str, &[Line])] = &[
    (
        "plan",
        "Plans one or several weeks; with --out, writes the plan, calendars and tables",
        &[
            ("scenario", "SCENARIO", "The scenario (a name or a TOML file)"),
            ("out", "FOLDER", "Folder for plan.json, tables (.csv) and calendars/; nothing is written without it"),
            (
                "log_json",
                "FILE",
                "File in which to note score, bound and gap as the work goes on (one JSON object a line); - for standard error",
            ),
            GEOMETRY,
            (
                "explain",
                "",
                "Make the plan again, within the same limits, with each of the ten best sites left out, and note its score",
            ),
        ],
    ),
    (
        "check",
        "Checks a plan rule by rule, or completes visits edited in a spreadsheet",
        &[
            ("plan", "PLAN", "The plan to check (plan.json)"),
            MADE_FOR,
            (
                "visits",
                "CSV",
                "Visits edited in a spreadsheet (visits.csv): works out tours and invitations, then checks",
            ),
            (
                "out",
                "FOLDER",
                "Folder for the completed plan, with --visits; of one that breaks rules, draft.json and visits.csv only",
            ),
            (
                "published",
                "PLAN",
                "Plan published already (plan.json), with --visits: visits taken out are cancelled, the others keep their identity; by default that of the folder --out or of the table, if it comes from tournee replan",
            ),
        ],
    ),
    (
        "explain",
        "Tells why a commune is not in a plan, and what it would take",
        &[
            ("plan", "PLAN", "The plan in question (plan.json)"),
            MADE_FOR,
            ("commune", "COMMUNE", "The commune: name or INSEE code"),
            ("site", "SITE", "The site, by its identifier"),
            ("all", "", "All sites that are not in the plan: those forbidden by rule, the ten best others priced"),
            ("vehicle", "KIND", "Kind of vehicle (truck, van …); all of the scenario's by default"),
        ],
    ),
    (
        "promise",
        "Measures how far a plan keeps the promise of care (within 30 min and 48 h), by commune and territory",
        &[
            ("plan", "PLAN", "The plan in question (plan.json)"),
            MADE_FOR,
            ("service", "SERVICE", "The service (mammography, primary-care …); all by default"),
            (
                "clock",
                "CLOCK",
                "The clock: working (stands still on Saturdays, Sundays and public holidays) or calendar; both by default",
            ),
            (
                "requests",
                "CSV",
                "Requests for appointments (CSV: id, commune, service, instant, language): counts those that get one",
            ),
            POINT_LANES,
            ("out", "FOLDER", "Folder for promise.csv, promise.json and GeoJSON maps; nothing is written without it"),
        ],
    ),
    (
        "replan",
        "Makes a published plan anew after something happened, with few changes, and tells which",
        &[
            ("plan", "PLAN", "The published plan (plan.json)"),
            MADE_FOR,
            (
                "unavailable",
                "VEHICLE@DATE",
                "A vehicle that cannot go out: vehicle@date or vehicle@date..date; may be repeated",
            ),
            ("close", "SITE@DATE", "A site that cannot be used: site@date or site@date..date; may be repeated"),
            (
                "available",
                "VEHICLE@DATE",
                "A vehicle that can go out again, against an earlier --unavailable: vehicle@date or vehicle@date..date; may be repeated",
            ),
            (
                "reopen",
                "SITE@DATE",
                "A site that can be used again, against an earlier --close: site@date or site@date..date; may be repeated",
            ),
            ("max_changes", "N", "Published visits moved or cancelled, and visits added, at most"),
            ("curve", "", "Make the plan with 0, 1, 2 … changes at most, too, and show what each is worth"),
            GEOMETRY,
            ("out", "FOLDER", "Folder for plan, changes, tables and calendars; nothing is written without it"),
        ],
    ),
    (
        "compare",
        "Compares fleets, bases, shifts: what each is worth, with what is proved",
        &[
            ("scenario", "SCENARIO", "The scenario to start from, or a grid of scenarios (a name or a TOML file)"),
            (
                "fleet",
                "FLEET",
                "Numbers of vehicles to try, by kind or identifier: truck=1..3,van=0..4; may be repeated",
            ),
            ("base", "BASES", "Communes of the base to try: nord-sante-truck=59165,59122; may be repeated"),
            ("shift", "SHIFTS", "Shifts to try: truck=07:30-17:45,07:00-18:30; may be repeated"),
            ("saturdays", "YES,NO", "Whether Saturdays are worked: yes,no (or one of them)"),
            (
                "vary",
                "KEY=VALUES",
                "Values of another key of the scenario: limits.driving-minutes-per-day=300,360; may be repeated",
            ),
            (
                "service",
                "SERVICE",
                "The service whose additional people are counted; the first one with a pool by default",
            ),
            ("decide", "", "Go on where intervals overlap, to decide"),
            ("sensitivity", "SHARE", "Compare again with each assumption lower and higher by this share (0.2 = 20%)"),
            ("no_sensitivity", "", "Without the sensitivity study of the grid"),
            ("pairwise", "", "Two scenarios to compare territory by territory, by their identifiers"),
            (
                "out",
                "FOLDER",
                "Folder for the comparison, and for what is needed to go on; nothing is written without it",
            ),
            ("at_a_time", "N", "Scenarios solved at a time; as many as there are threads by default"),
            ("gap", "GAP", "Proved gap at which each solve stops: 0.005 (the default, or the grid's) = 0.5%"),
        ],
    ),
    (
        "respond",
        "Answers requests for appointments: at a visit or a fixed point, within the time promised",
        &[
            ("plan", "PLAN", "The plan (plan.json)"),
            ("requests", "REQUESTS", "The requests (CSV: id, commune, service, instant, language)"),
            ("scenario", "TOML", "The scenario the plan was made for (a name or a TOML file)"),
            (
                "answers",
                "JSON",
                "Answers given before (answers.json): their appointments stay as long as their visit takes place",
            ),
            ("prefer", "ORDER", "The earliest (earliest, the default) or the nearest (nearest)"),
            POINT_LANES,
            ("detour", "", "Make the plan anew so that more are answered, within --max-changes"),
            ("max_changes", "N", "Changes to the plan, at most, with --detour"),
            (
                "out",
                "FOLDER",
                "Folder for the answers and, where it has changed, the plan; nothing is written without it",
            ),
        ],
    ),
    (
        "lock",
        "Locks visits of a plan: writes them to a table for --locks",
        &[
            ("plan", "PLAN", "The plan (plan.json)"),
            ("visit", "VISIT", "A visit to keep, by its identity (column visit of visits.csv); may be repeated"),
            ("day_only", "", "Keep the day and the vehicle, and leave the hours open"),
            ("out", "CSV", "The table to add them to (CSV); standard output without it"),
        ],
    ),
    (
        "travel",
        "Tells how long a trip takes, or writes the table of all trips",
        &[
            ("from", "FROM", "Where from: name of a commune, INSEE code, or identifier of a site"),
            ("to", "TO", "Where to: the same"),
            ("scenario", "TOML", "The scenario whose communes, roads and vehicles count (a name or a TOML file)"),
            ("vehicle", "VEHICLE", "A vehicle of the scenario, which may be slower than a car; a car by default"),
            ("matrix", "FILE", "Write all trips by car as CSV (from, to, seconds, metres), without door-to-door time"),
            ("refresh", "", "Ask the routing server for all trips of the scenario again, in place of those kept"),
            (
                "compare",
                "SOURCE",
                "Compare the trips of the scenario with those of another source: roads, the road graph",
            ),
        ],
    ),
    (
        "benchmark",
        "Solves public instances (TOP, TOPTW), with a bound, to compare with other tools",
        &[
            ("files", "FILE", "Instances of team orienteering, with time windows (TOPTW) or without (TOP)"),
            ("vehicles", "M", "Number of vehicles, instead of the file's; several: 1,2,3,4"),
            ("time_limit", "SECONDS", "Longest time of each solve, in seconds; 10 by default"),
            (
                "best_known",
                "TABLE",
                "Table of the best known profits (name, vehicles, profit), to tell how far they are",
            ),
            ("threads", "N", "Threads to work with; as many as there are cores by default"),
            ("seed", "N", "Seed of the random choices of the search; 0 by default"),
        ],
    ),
    ("scenarios", "Lists the scenarios that can be planned by name, with their titles", &[]),
    (
        "init",
        "Makes a folder to start from in another place: an explained scenario and templates of tables",
        &[("folder", "FOLDER", "A folder to be made, or an empty one")],
    ),
    ("codes", "Lists the codes of problems and of rules, with cause and mend", &[]),
    (
        "schema",
        "Prints the JSON Schema of a scenario, of a plan or of an answer of explain",
        &[(
            "of",
            "WHAT",
            "What the schema is of: scenario, plan, explain, promise, respond, grid or comparison (the answers of these commands in JSON)",
        )],
    ),
    (
        "completions",
        "Prints completions for a shell",
        &[("shell", "SHELL", "The shell: bash, zsh, fish, elvish or powershell")],
    ),
    (
        "manual",
        "Writes the manual pages, in French and in English, for a package",
        &[("folder", "FOLDER", "Folder for them (man1/ and fr/man1/)")],
    ),
];

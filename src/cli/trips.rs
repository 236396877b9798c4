//! All trips of a scenario: written as a table, asked for again, or compared with those of the road graph.

use super::args::TravelArgs;
use super::figures::count;
use super::{Context, ExitStatus, Failure, Format, figures, ground, output, source, week};
use crate::config::{LoadOptions, Loaded, place_name};
use crate::domain::PositionId;
use crate::i18n::Lang;
use crate::travel::{OsrmReport, Table, place_code};
use crate::write::{OutputFile, write_files};
use comfy_table::CellAlignment;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// Pairs of places that differ most, told.
const WORST: usize = 10;
/// Shares of the pairs at which differences are told.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

pub(super) fn run(context: Context, args: &TravelArgs) -> Result<ExitStatus, Failure> {
    if let Some(file) = &args.matrix {
        super::files::prepare(file.parent().unwrap_or(Path::new(".")))?;
    }
    let mut loaded = ground::loaded(context, &args.scenario, &LoadOptions::default())?;
    if let Some(file) = &args.matrix {
        super::files::not_read(file, &loaded.files)?;
    }
    let pool = ground::pool(None)?;
    pool.install(|| {
        let (table, report) = source::table(context, &mut loaded, &args.source, args.refresh)?;
        if args.refresh && report.is_none() {
            return Err(Failure::usage(
                "--refresh : le scénario n'a pas ses trajets d'un serveur ([travel] source = \"osrm\")",
                "--refresh: the scenario does not have its trips from a server ([travel] source = \"osrm\")",
            ));
        }
        let compared = args.compare.map(|_| compared(&loaded, &table)).transpose()?;
        let written = args.matrix.as_ref().map(|file| write(&loaded, &table, file)).transpose()?;
        let lang = context.lang;
        match context.format {
            Format::Json => output::json(&json!({
                "written": args.matrix.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
                "rows": written,
                "asked": report.as_ref().map(|r| json!({
                    "data_version": r.data_version, "kept": r.kept, "asked": r.asked, "requests": r.requests,
                    "block": r.block, "seconds": r.seconds, "own_seconds": r.own_seconds,
                })),
                "compared": compared,
            }))?,
            _ => {
                let mut out = String::new();
                if let (Some(file), Some(rows)) = (&args.matrix, written) {
                    let (shown, rows, hubs) = (file.display(), lang.number(count(rows), 0), table.hubs().len());
                    out += &match lang {
                        Lang::Fr => format!("{shown} : {rows} trajets, de et vers {hubs} lieux\n"),
                        Lang::En => format!("{shown}: {rows} trips, from and to {hubs} places\n"),
                    };
                }
                if let Some(report) = &report {
                    out += &asked(report, lang);
                }
                if let Some(compared) = &compared {
                    out += &told(compared, lang);
                }
                output::text(&out)?;
            }
        }
        Ok(ExitStatus::Done)
    })
}

/// Every trip between two places of which one is a hub, by car, without door-to-door time, each way: sorted by the order
/// of positions. How many.
fn write(loaded: &Loaded, table: &Table, file: &Path) -> Result<u64, Failure> {
    let scenario = &loaded.scenario;
    let door = scenario.travel.door;
    let titles = ["from", "to", "seconds", "metres"].map(str::to_owned);
    let mut count = 0;
    let rows = pairs(loaded, table).map(|(a, b, leg)| {
        let (a, b) = (place_code(scenario, a), place_code(scenario, b));
        count += 1;
        [a.to_string(), b.to_string(), (leg.seconds - door).0.to_string(), leg.metres.0.to_string()]
    });
    let bytes = crate::sheet::csv(std::iter::once(titles).chain(rows));
    let Some(name) = file.file_name().and_then(|n| n.to_str()) else {
        let shown = file.display();
        return Err(Failure::usage(
            format!("« {shown} » n'est pas un nom de fichier"),
            format!("\"{shown}\" is not the name of a file"),
        ));
    };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_files(folder, &[OutputFile { path: name.into(), bytes }])?;
    Ok(count)
}

/// All trips from and to hubs between positions that somebody goes to: hubs, and communes in scope.
fn pairs<'a>(
    loaded: &'a Loaded,
    table: &'a Table,
) -> impl Iterator<Item = (PositionId, PositionId, crate::travel::Leg)> + 'a {
    let scenario = &loaded.scenario;
    let hub = |p: PositionId| table.hubs().binary_search(&p).is_ok();
    let town = |p: PositionId| p.index() < scenario.communes.len() && scenario.communes[p.index()].in_scope;
    let all: Vec<PositionId> =
        (0..scenario.positions.len()).map(PositionId::new).filter(|&p| hub(p) || town(p)).collect();
    let others = all.clone();
    all.into_iter().flat_map(move |a| {
        let from_hub = hub(a);
        let to: Vec<PositionId> = others.iter().copied().filter(|&b| a != b && (from_hub || hub(b))).collect();
        to.into_iter().filter_map(move |b| Some((a, b, table.car(a, b)?)))
    })
}

/// What was asked of the server.
fn asked(report: &OsrmReport, lang: Lang) -> String {
    let number = |n: usize| lang.number(count(n as u64), 0);
    let (kept, asked, requests, block) =
        (number(report.kept), number(report.asked), number(report.requests), number(report.block));
    let (seconds, share) = (lang.number(report.seconds, 1), lang.percent(report.own_seconds, report.seconds));
    let data =
        if report.data_version.is_empty() { lang.pick("sans date", "without a date") } else { &report.data_version };
    let text = match lang {
        Lang::Fr => format!(
            "{kept} trajets gardés, {asked} demandés en {requests} requêtes de {block} × {block} au plus ; données {data} ; {seconds} s, dont {share} de calcul ici"
        ),
        Lang::En => format!(
            "{kept} trips kept, {asked} asked for in {requests} requests of {block} × {block} at most; data {data}; {seconds} s, of which {share} of work here"
        ),
    };
    figures::entry(lang.pick("Serveur", "Server"), &text)
}

/// How trips of a source differ from those of the road graph.
#[derive(Serialize)]
struct Compared {
    /// All pairs.
    all: Differences,
    /// Those within the greatest access time on the road graph.
    within_reach: Differences,
    worst: Vec<Pair>,
}

/// Differences, as shares of the road graph's: 0.1 where the source takes a tenth longer.
#[derive(Serialize)]
struct Differences {
    pairs: usize,
    /// Mean of the absolute differences of driving times.
    mean_absolute: f64,
    /// Quantiles of the differences of driving times: 5, 25, 50, 75, 95 %.
    seconds: Vec<f64>,
    /// The same of lengths.
    metres: Vec<f64>,
}

#[derive(Serialize)]
struct Pair {
    from: String,
    to: String,
    seconds: i32,
    road_seconds: i32,
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn differences(list: &[(f64, f64)]) -> Differences {
    let quantiles = |of: fn(&(f64, f64)) -> f64| {
        let mut sorted: Vec<f64> = list.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted.get((share * (sorted.len().max(1) - 1) as f64).round() as usize).copied();
        QUANTILES.iter().filter_map(|&share| at(share)).collect()
    };
    let sum: f64 = list.iter().map(|d| d.0.abs()).sum();
    Differences {
        pairs: list.len(),
        mean_absolute: sum / list.len().max(1) as f64,
        seconds: quantiles(|d| d.0),
        metres: quantiles(|d| d.1),
    }
}

fn compared(loaded: &Loaded, table: &Table) -> Result<Compared, Failure> {
    let scenario = &loaded.scenario;
    let roads = loaded.road_graph.table(scenario).map_err(|error| Failure::travel(loaded.road_problem(&error)))?;
    let door = scenario.travel.door;
    let (mut all, mut near, mut pairs_by) = (Vec::new(), Vec::new(), Vec::new());
    for (a, b, leg) in pairs(loaded, table) {
        let Some(road) = roads.car(a, b) else { continue };
        let (is, was) = ((leg.seconds - door).0, (road.seconds - door).0);
        if was == 0 || road.metres.0 == 0 {
            continue;
        }
        let share = |is: f64, was: f64| is / was - 1.0;
        let own = (share(f64::from(is), f64::from(was)), share(f64::from(leg.metres.0), f64::from(road.metres.0)));
        all.push(own);
        if road.seconds <= scenario.travel.max_access {
            near.push(own);
        }
        // Half an hour twice as long matters more than two minutes three times as long.
        pairs_by.push(((is - was).abs(), a, b, is, was));
    }
    pairs_by.sort_by_key(|&(by, a, b, ..)| (std::cmp::Reverse(by), a, b));
    let name = |p: PositionId| place_name(scenario, p);
    let worst = pairs_by.into_iter().take(WORST);
    let worst =
        worst.map(|(_, a, b, seconds, road_seconds)| Pair { from: name(a), to: name(b), seconds, road_seconds });
    Ok(Compared { all: differences(&all), within_reach: differences(&near), worst: worst.collect() })
}

fn told(compared: &Compared, lang: Lang) -> String {
    let signed = |x: f64| format!("{}{}", if x > 0.0 { "+" } else { "" }, lang.percent(x, 1.0));
    let mut table = week::plain_table();
    let mut header =
        vec![lang.pick("Écart au réseau", "Against the roads").to_owned(), lang.pick("Trajets", "Trips").to_owned()];
    header.push(lang.pick("moyen (absolu)", "mean (absolute)").to_owned());
    header.extend(QUANTILES.iter().map(|share| lang.percent(*share, 1.0)));
    table.set_header(header);
    let mut row = |name: &str, of: &Differences, values: &[f64], mean: bool| {
        let mut cells = vec![name.to_owned(), lang.number(count(of.pairs as u64), 0)];
        cells.push(if mean { lang.percent(of.mean_absolute, 1.0) } else { String::new() });
        cells.extend(values.iter().map(|x| signed(*x)));
        table.add_row(cells);
    };
    row(lang.pick("temps, tous", "times, all"), &compared.all, &compared.all.seconds, true);
    let near = &compared.within_reach;
    row(lang.pick("temps, à portée", "times, within reach"), near, &near.seconds, true);
    row(lang.pick("distances, tous", "lengths, all"), &compared.all, &compared.all.metres, false);
    row(lang.pick("distances, à portée", "lengths, within reach"), near, &near.metres, false);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let mut out = lines.join("\n") + "\n";
    out += &format!("\n{}\n", output::bold(lang.pick("Les plus différents", "Those that differ most")));
    for pair in &compared.worst {
        let minutes = |s: i32| lang.number(f64::from(s) / 60.0, 1);
        let (is, was) = (minutes(pair.seconds), minutes(pair.road_seconds));
        let text = match lang {
            Lang::Fr => format!("{is}\u{a0}min, {was} par le réseau : {} → {}", pair.from, pair.to),
            Lang::En => format!("{is}\u{a0}min, {was} by the roads: {} → {}", pair.from, pair.to),
        };
        let _ = writeln!(out, "  {text}");
    }
    out
}

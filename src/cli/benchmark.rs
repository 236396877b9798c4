//! `tournee benchmark`: instances of the literature, solved and checked.

use super::args_benchmark::BenchmarkArgs;
use super::{Context, ExitStatus, Failure, Format, output, stop};
use crate::check;
use crate::config::{known_profits, orienteering};
use crate::domain::Orienteering;
use crate::i18n::Lang;
use crate::optimise::orienteering::{Answer, Limits, solve};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// One instance solved.
struct Row {
    name: String,
    vehicles: usize,
    answer: Answer,
    known: Option<f64>,
    seconds: f64,
    processor: Option<f64>,
}

pub(super) fn run(context: Context, args: &BenchmarkArgs) -> Result<ExitStatus, Failure> {
    let known = args.best_known.as_deref().map(known_profits).transpose().map_err(Failure::problems)?;
    // All files are read before the first is solved: what is wrong is said at once.
    let mut instances: Vec<Orienteering> = Vec::new();
    for file in &args.files {
        let read = |vehicles| orienteering(file, vehicles).map_err(Failure::problems);
        match &args.vehicles[..] {
            [] => instances.push(read(None)?),
            list => list.iter().try_for_each(|&m| read(Some(m)).map(|instance| instances.push(instance)))?,
        }
    }
    stop::listen(|| ());
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let limits = Limits { time: Duration::from_secs_f64(args.time_limit), threads, seed: args.seed };
    let mut rows = Vec::new();
    match context.format {
        Format::Human => output::text(&heading(context.lang))?,
        Format::Csv => output::data(&crate::sheet::csv(&[TITLES.map(String::from).to_vec()]))?,
        Format::Json => {}
    }
    for instance in &instances {
        if stop::asked() {
            break;
        }
        let known = known.as_ref().and_then(|table| table.get(&(instance.name.clone(), instance.vehicles)).copied());
        let (begin, before) = (Instant::now(), processor_seconds());
        let answer = solve(instance, limits, &stop::asked).map_err(Failure::internal)?;
        let seconds = begin.elapsed().as_secs_f64();
        let processor = processor_seconds().zip(before).map(|(now, before)| hundredths(now - before));
        let row = Row { name: instance.name.clone(), vehicles: instance.vehicles, answer, known, seconds, processor };
        row.check(instance)?;
        match context.format {
            Format::Human => output::text(&row.line(context.lang))?,
            Format::Csv => output::data(&without_mark(crate::sheet::csv(&[row.cells()])))?,
            Format::Json => {}
        }
        rows.push(row);
    }
    match context.format {
        Format::Human => output::text(&summary(&rows, context.lang))?,
        Format::Csv => {}
        Format::Json => output::json(&rows.iter().map(Row::json).collect::<Vec<_>>())?,
    }
    Ok(if stop::asked() { ExitStatus::Interrupted } else { ExitStatus::Done })
}

/// Processor time of this process so far, where the system says it: Linux counts it in hundredths of a second, as the
/// 12th and 13th words behind the program's name.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let words = stat.rsplit(')').next()?.split_whitespace();
    Some(words.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// The system counts no finer: the rest is of the subtraction.
fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

/// A later part of a table has no byte-order mark.
fn without_mark(bytes: Vec<u8>) -> Vec<u8> {
    bytes.strip_prefix("\u{feff}".as_bytes()).map(<[u8]>::to_vec).unwrap_or(bytes)
}

const TITLES: [&str; 9] = [
    "instance",
    "vehicles",
    "profit",
    "bound",
    "optimal",
    "best_known",
    "below_best_known_percent",
    "seconds",
    "cpu_seconds",
];

impl Row {
    /// The routes again, by code that shares nothing with the solver; the bound against the profit known.
    fn check(&self, instance: &Orienteering) -> Result<(), Failure> {
        match check::routes(instance, &self.answer.routes) {
            Ok(profit) if (profit - self.answer.profit).abs() < 1e-6 => {}
            Ok(profit) => {
                return Err(Failure::internal(format!(
                    "{}: {} is {profit} when counted again",
                    self.name, self.answer.profit
                )));
            }
            Err(fault) => return Err(Failure::internal(format!("{}: {fault:?}", self.name))),
        }
        match self.known {
            Some(known) if self.answer.bound < known - 1e-6 => Err(Failure::usage(
                format!(
                    "{} : la borne {} est sous le profit connu {known} ; l'un des deux est faux",
                    self.name, self.answer.bound
                ),
                format!(
                    "{}: the bound {} is below the known profit {known}; one of them is wrong",
                    self.name, self.answer.bound
                ),
            )),
            _ => Ok(()),
        }
    }

    /// How far the profit is below the known one, as a part of it; negative where it is above.
    fn below(&self) -> Option<f64> {
        self.known.map(|known| if known > 0.0 { (known - self.answer.profit) / known } else { 0.0 })
    }

    /// `(bound − profit) / max(profit, 1)`.
    fn gap(&self) -> f64 {
        (self.answer.bound - self.answer.profit).max(0.0) / self.answer.profit.max(1.0)
    }

    fn line(&self, lang: Lang) -> String {
        let number = |x: f64| lang.number(x, usize::from(x.fract() != 0.0));
        let known = self.known.map_or_else(|| "–".into(), number);
        let below = self.below().map_or_else(|| "–".into(), |below| lang.number(100.0 * below, 2));
        let processor = self.processor.map_or_else(|| "–".into(), |s| lang.number(s, 1));
        let state = if self.answer.optimal() { lang.pick("prouvé", "proved") } else { "" };
        format!(
            "{:<12} {:>4} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7}  {state}\n",
            self.name,
            self.vehicles,
            number(self.answer.profit),
            number((self.answer.bound * 10.0).ceil() / 10.0),
            lang.gap(self.gap()),
            known,
            below,
            lang.number(self.seconds, 1),
            processor,
        )
    }

    fn cells(&self) -> Vec<String> {
        let or_nothing = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        vec![
            self.name.clone(),
            self.vehicles.to_string(),
            self.answer.profit.to_string(),
            self.answer.bound.to_string(),
            u8::from(self.answer.optimal()).to_string(),
            or_nothing(self.known),
            self.below().map(|b| format!("{:.4}", 100.0 * b)).unwrap_or_default(),
            format!("{:.2}", self.seconds),
            or_nothing(self.processor),
        ]
    }

    fn json(&self) -> Value {
        let figures = self.answer.figures;
        json!({
            "instance": self.name,
            "vehicles": self.vehicles,
            "profit": self.answer.profit,
            "bound": self.answer.bound,
            "optimal": self.answer.optimal(),
            "best_known": self.known,
            "seconds": self.seconds,
            "cpu_seconds": self.processor,
            "root_bound": figures.root,
            "nodes": figures.nodes,
            "exact_pricings": figures.exact,
            "cuts": figures.cuts,
            "enumerated": figures.enumerated,
            "routes": self.answer.routes,
        })
    }
}

fn heading(lang: Lang) -> String {
    let titles = match lang {
        Lang::Fr => ["instance", "véh.", "profit", "borne", "écart", "connu", "dessous %", "s", "s proc."],
        Lang::En => ["instance", "veh.", "profit", "bound", "gap", "known", "below %", "s", "cpu s"],
    };
    let [a, b, c, d, e, f, g, h, i] = titles;
    output::bold(&format!("{a:<12} {b:>4} {c:>8} {d:>8} {e:>8} {f:>8} {g:>8} {h:>7} {i:>7}")) + "\n"
}

fn summary(rows: &[Row], lang: Lang) -> String {
    let mut out = String::new();
    #[allow(clippy::cast_precision_loss)]
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len().max(1) as f64;
    let below: Vec<f64> = rows.iter().filter_map(Row::below).collect();
    let proved = rows.iter().filter(|r| r.answer.optimal()).count();
    let all = rows.len();
    let _ = match lang {
        Lang::Fr => writeln!(out, "\n{all} calculs, {proved} prouvés optimaux ; chaque itinéraire a été revérifié."),
        Lang::En => writeln!(out, "\n{all} solves, {proved} proved optimal; every route has been checked again."),
    };
    if !below.is_empty() {
        let (least, mean) = (below.len(), lang.number(100.0 * mean(&below), 4));
        let above = below.iter().filter(|b| **b < -1e-9).count();
        let reached = below.iter().filter(|b| b.abs() <= 1e-9).count();
        let _ = match lang {
            Lang::Fr => writeln!(
                out,
                "Sous le meilleur profit connu : {mean} % en moyenne sur {least} ; atteint {reached} fois, dépassé {above} fois."
            ),
            Lang::En => writeln!(
                out,
                "Below the best known profit: {mean}% on average over {least}; reached {reached} times, exceeded {above} times."
            ),
        };
    }
    out
}

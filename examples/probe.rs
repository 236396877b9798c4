use std::time::*;
use tournee::{config::*, demand::*, optimise::*, plan};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let weeks: Option<u32> = a.get(2).and_then(|w| w.parse().ok());
    let gap: f64 = a.get(3).and_then(|w| w.parse().ok()).unwrap_or(0.001);
    let limit: f64 = a.get(4).and_then(|w| w.parse().ok()).unwrap_or(60.0);
    let past: Vec<std::path::PathBuf> = a[5.min(a.len())..].iter().map(Into::into).collect();
    let t = Instant::now();
    let opt = LoadOptions { weeks, past, no_past: false, ..Default::default() };
    let l = match load(a[1].as_ref(), &opt) {
        Ok(l) => l,
        Err(p) => {
            eprintln!("{}", p.render(tournee::i18n::Lang::En, false, 100));
            return;
        }
    };
    eprintln!("load {:?} communes {} sites {}", t.elapsed(), l.scenario.communes.len(), l.scenario.sites.len());
    let t = Instant::now();
    let table = l.road_graph.table(&l.scenario).unwrap();
    eprintln!("table {:?}", t.elapsed());
    let t = Instant::now();
    let demand = Demand::new(&l.scenario, &table);
    eprintln!("demand {:?}", t.elapsed());
    let t = Instant::now();
    let s = Settings { gap, time_limit: Some(Duration::from_secs_f64(limit)), nodes: None, seed: 0 };
    let (out, duties) = solve(&l.scenario, &table, &demand, s, &|| false, &mut |p| {
        eprintln!(
            "{:7.2}s inc {:.4} bound {:.4} gap {:.3}% cols {} rounds {} nodes {}",
            t.elapsed().as_secs_f64(),
            p.incumbent,
            p.bound,
            100.0 * (p.bound - p.incumbent) / p.incumbent.max(1.0),
            p.columns,
            p.rounds,
            p.nodes
        )
    })
    .unwrap();
    let Outcome::Plan(sol) = out else {
        eprintln!("{out:?}");
        return;
    };
    eprintln!("{:?} {:?}", sol.stopped, sol.statistics);
    eprintln!(
        "root gap {:.3}% first gap {:.3}%",
        100.0 * (sol.statistics.root_bound - sol.score) / sol.score,
        100.0 * (sol.statistics.root_bound - sol.statistics.first_score) / sol.statistics.first_score
    );
    let p = assemble(&l.scenario, &table, &demand, &sol.visits(&duties), Some(sol.upper_bound));
    for v in &p.visits {
        let leg: u32 = p
            .tours
            .iter()
            .filter(|t| t.vehicle == v.vehicle && t.date == v.date)
            .flat_map(|t| &t.legs)
            .map(|l| l.seconds)
            .sum();
        eprintln!(
            "{} {} {} {}..{} {}",
            v.date,
            v.vehicle,
            v.site,
            v.sessions[0].open.format("%H:%M"),
            v.sessions.last().unwrap().close.format("%H:%M"),
            v.services
                .iter()
                .map(|s| format!(
                    "{} {} exp {:.1} add {:.1} drive {:.2}h",
                    s.service,
                    s.appointments,
                    s.expected,
                    s.expected_additional,
                    leg as f64 / 3600.
                ))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    eprintln!("{:?}\n{:?}", p.coverage, p.score_parts);
    let r = tournee::check::check(&l.scenario, &table, &p);
    for v in r.violations.iter().take(20) {
        eprintln!("{} {} {}", v.code, v.where_, v.message.en);
    }
    std::fs::write("/tmp/plan.json", serde_json::to_string_pretty(&p).unwrap()).unwrap();
    let mut inv = String::from("visit,date,vehicle,site,service,commune,invited,attended,label\n");
    for v in &p.visits {
        for s in &v.services {
            let mut acc = 0.0;
            let mut given = 0;
            for i in &s.invitations {
                acc += i.expected;
                let n = (acc as f64).round() as u32 - given;
                given += n;
                inv += &format!(
                    "{},{},{},{},{},{},{},{},inventé\n",
                    v.id, v.date, v.vehicle, v.site, s.service, i.commune, i.people, n
                );
            }
        }
    }
    std::fs::write("/tmp/inv.csv", inv).unwrap();
    let _ = plan::SCHEMA_VERSION;
}

//! The pieces a plan is made of, on fixed inputs.

use criterion::{Criterion, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};
use rand::distr::Distribution as _;
use rand::distr::weighted::WeightedIndex;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use tournee::check::{check, check_answers};
use tournee::config::{LoadOptions, Loaded, load};
use tournee::demand::Demand;
use tournee::domain::{CommuneId, Position, PositionId, Request, Scenario, ServiceId, TerritoryId};
use tournee::i18n::Lang;
use tournee::optimise::package::{Budget, Candidate, Catchment, Group, Pricer, Prices};
use tournee::optimise::{Outcome, Settings, assemble, solve};
use tournee::plan::Plan;
use tournee::promise::Period;
use tournee::respond::{Options, Prefer, respond};
use tournee::travel::Table;

fn nord() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nord.toml");
    load(&path, &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", p.render(Lang::En, false, 120)))
}

/// Any plan of the week: the first one is as good as the best for the checker.
fn any_plan(loaded: &Loaded, travel: &Table, demand: &Demand) -> Plan {
    let settings = Settings { gap: 0.5, nodes: Some(1), ..Settings::default() };
    let (outcome, duties) =
        solve(&loaded.scenario, travel, demand, settings, &|| false, &mut |_| ()).expect("the solver answers");
    let Outcome::Plan(solution) = outcome else { panic!("{outcome:?}") };
    assemble(&loaded.scenario, travel, demand, &solution.visits(&duties), Some(solution.upper_bound))
}

fn whole_inputs(c: &mut Criterion) {
    let loaded = nord();
    let travel = loaded.road_graph.table(&loaded.scenario).expect("the Nord is on the roads");
    let demand = Demand::new(&loaded.scenario, &travel);
    let plan = any_plan(&loaded, &travel, &demand);
    assert!(check(&loaded.scenario, &travel, &plan).is_good());
    let mut group = c.benchmark_group("nord");
    group.sample_size(10);
    group.bench_function("read the scenario", |b| b.iter(nord));
    group.bench_function("travel table", |b| b.iter(|| loaded.road_graph.table(&loaded.scenario)));
    group.bench_function("demand", |b| b.iter(|| Demand::new(&loaded.scenario, &travel)));
    group.bench_function("check a plan", |b| b.iter(|| check(&loaded.scenario, &travel, &plan)));
    group.finish();
}

/// All trips of the region between its hubs and its communes, and between its hubs, against a search with a heap
/// (petgraph's) from each of a tenth of the hubs over the same roads.
fn roads(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/hauts-de-france.toml");
    let loaded = load(&path, &LoadOptions::default()).expect("the region is read");
    let scenario = &loaded.scenario;
    let hubs = Table::hubs_of(scenario);
    let table = loaded.road_graph.table(scenario).expect("the region is on the roads");
    let (graph, nodes) = heap_graph(scenario);
    for (k, hub) in hubs.iter().enumerate().step_by(100) {
        let found = dijkstra(&graph, nodes[hub.index()], None, |e| *e.weight());
        for (to, node) in nodes.iter().enumerate() {
            let leg = table.car(hubs[k], PositionId::new(to)).expect("a road");
            let seconds = leg.seconds - scenario.travel.door;
            assert_eq!(u64::try_from(seconds.0).unwrap() << 32 | u64::from(leg.metres.0), found[node]);
        }
    }
    let mut group = c.benchmark_group("roads");
    group.sample_size(10);
    group.bench_function("all trips of the region", |b| b.iter(|| loaded.road_graph.table(scenario)));
    let tenth: Vec<NodeIndex> = hubs.iter().step_by(10).map(|hub| nodes[hub.index()]).collect();
    group.bench_function("a tenth of them with a heap, one core", |b| {
        b.iter(|| tenth.iter().map(|&from| dijkstra(&graph, from, None, |e| *e.weight()).len()).sum::<usize>());
    });
    group.finish();
    println!("{} hubs, {} positions", hubs.len(), scenario.positions.len());
}

/// The shipped roads as petgraph searches them, and the node of each position.
fn heap_graph(scenario: &Scenario) -> (UnGraph<(), u64>, Vec<NodeIndex>) {
    let rows = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("routes/hauts-de-france").join(name);
        let packed = std::fs::File::open(path).expect("the roads are there");
        let rows = csv::Reader::from_reader(GzDecoder::new(packed)).into_records();
        rows.map(|row| row.expect("a row")).collect::<Vec<_>>()
    };
    let mut graph = UnGraph::new_undirected();
    let (mut by_id, mut by_commune) = (HashMap::new(), HashMap::new());
    for row in rows("road-nodes.csv.gz") {
        let node = graph.add_node(());
        by_id.insert(row[0].to_owned(), node);
        by_commune.insert(row[3].to_owned(), node);
    }
    for row in rows("road-edges.csv.gz") {
        let number = |k: usize| row[k].parse::<u64>().expect("a number");
        graph.add_edge(by_id[&row[0]], by_id[&row[1]], number(3) << 32 | number(2));
    }
    let node = |p: &Position| by_commune[&scenario.communes[p.commune.index()].code];
    (graph, scenario.positions.iter().map(node).collect())
}

/// Requests of a week, from communes by their residents, at any minute.
fn requests(scenario: &Scenario, count: usize) -> Vec<Request> {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let start = Period::of(scenario).span().0;
    let people: Vec<u32> = scenario.communes.iter().map(|c| c.population.0).collect();
    let from = WeightedIndex::new(&people).expect("somebody lives there");
    let one = |k: usize| Request {
        id: format!("r{k:05}"),
        commune: CommuneId::new(from.sample(&mut random)),
        service: ServiceId::new(random.random_range(0..scenario.services.len())),
        instant: start + 60 * random.random_range(0..7 * 24 * 60),
        language: None,
    };
    (0..count).map(one).collect()
}

/// Ten thousand requests on the week of the whole region, against reading that region once.
fn answers(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/hauts-de-france.toml");
    let read = || load(&path, &LoadOptions::default()).expect("the region is read");
    let loaded = read();
    let travel = loaded.road_graph.table(&loaded.scenario).expect("the region is on the roads");
    let demand = Demand::new(&loaded.scenario, &travel);
    let plan = any_plan(&loaded, &travel, &demand);
    let requests = requests(&loaded.scenario, 10_000);
    let mut group = c.benchmark_group("requests");
    group.sample_size(10);
    group.bench_function("read the region, for comparison", |b| b.iter(read));
    for prefer in [Prefer::Earliest, Prefer::Nearest] {
        let options = Options { prefer, ..Options::default() };
        let answer = || respond(&loaded.scenario, &travel, &plan, &requests, &[], options);
        assert!(check_answers(&loaded.scenario, &travel, &plan, &answer(), options.point_lanes).is_empty());
        group.bench_function(format!("answer 10,000, {prefer:?}"), |b| b.iter(answer));
    }
    group.finish();
}

/// Rate, width and position of each value step, by territory.
type Steps = Vec<Vec<(f64, f64, usize)>>;

/// A catchment of 12 territories with 10 communes each, the prices of its steps and of its
/// people due.
fn catchment() -> (Catchment, Steps, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut due = Vec::new();
    let mut groups = Vec::new();
    let mut steps = Vec::new();
    for z in 0..12 {
        let mut candidates = Vec::new();
        for _ in 0..10 {
            let uptake = random.random_range(0.05..0.3);
            let commune = CommuneId::new(due.len());
            let worth = uptake * random.random_range(0.1..1.0);
            candidates.push(Candidate { commune, uptake, worth, limit: random.random_range(1.0..60.0) });
            due.push(random.random_range(0.0..0.02));
        }
        candidates.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        groups.push(Group { territory: TerritoryId::new(z), candidates });
        let width = random.random_range(5.0..30.0);
        steps.push(vec![(1.0, width, 0), (0.7, width, 1), (0.4, 2.0 * width, 2), (0.1, f64::INFINITY, 3)]);
    }
    (Catchment { groups, host: None }, steps, due)
}

fn packages(c: &mut Criterion) {
    let (catchment, steps, due) = catchment();
    let tight = Budget::new(20.0, 160);
    let mut group = c.benchmark_group("package");
    group.bench_function("no price on people due", |b| {
        b.iter(|| Pricer::new(&catchment, &Prices { steps: &steps, own: &[], due: &[] }, false).best(black_box(tight)));
    });
    group.bench_function("with prices, and the package", |b| {
        b.iter(|| Pricer::new(&catchment, &Prices { steps: &steps, own: &[], due: &due }, true).best(black_box(tight)));
    });
    group.finish();
}

criterion_group!(benches, whole_inputs, roads, answers, packages);
criterion_main!(benches);

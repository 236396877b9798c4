//! The shipped scenarios load, and say what they should.

use std::path::Path;
use tournee::config::{LoadOptions, Loaded, load};
use tournee::i18n::Lang;

fn shipped(name: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
    load(&path, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{}", problems.render(Lang::Fr, false, 120)))
}

#[test]
fn the_truck() {
    let loaded = shipped("nord.toml");
    for w in &loaded.warnings {
        println!("{}", w.one_line(Lang::Fr));
    }
    let s = &loaded.scenario;
    assert_eq!(s.communes.len(), 3782);
    println!("{} {} {:?}", s.sites.len(), s.territories.len(), s.labels);
}
#[test]
fn others() {
    for n in ["clinique-ambulante.toml", "hauts-de-france.toml", "hauts-de-france-2026.toml"] {
        let t = std::time::Instant::now();
        let loaded = shipped(n);
        for w in &loaded.warnings {
            println!("{}", w.one_line(Lang::Fr));
        }
        let s = &loaded.scenario;
        println!("{n} {} {} {} {:?} {:?}", s.sites.len(), s.care_points.len(), s.vehicles.len(), s.labels, t.elapsed());
    }
}

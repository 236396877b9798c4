//! From the identifiers in a plan to the things of the scenario.

use crate::domain::{Commune, Scenario, Site, Vehicle};
use crate::i18n::Lang;
use rustc_hash::FxHashMap;

/// Finds vehicles, sites and communes by identifier. A plan may come from a file, so that an
/// identifier need not exist: then it stands for its own name.
pub(crate) struct Lookup<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    vehicles: FxHashMap<&'a str, &'a Vehicle>,
    sites: FxHashMap<&'a str, &'a Site>,
    communes: FxHashMap<&'a str, &'a Commune>,
}

impl<'a> Lookup<'a> {
    /// Indexes a scenario.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            vehicles: scenario.vehicles.iter().map(|v| (v.id.as_str(), v)).collect(),
            sites: scenario.sites.iter().map(|s| (s.id.as_str(), s)).collect(),
            communes: scenario.communes.iter().map(|c| (c.code.as_str(), c)).collect(),
        }
    }

    /// The vehicle with this identifier.
    pub fn vehicle(&self, id: &str) -> Option<&'a Vehicle> {
        self.vehicles.get(id).copied()
    }

    /// The site with this identifier.
    pub fn site(&self, id: &str) -> Option<&'a Site> {
        self.sites.get(id).copied()
    }

    /// The name of a vehicle.
    pub fn vehicle_name<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.vehicle(id).map_or(id, |v| &v.name)
    }

    /// The name of a site.
    pub fn site_name<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.site(id).map_or(id, |s| &s.name)
    }

    /// The name of a commune from its INSEE code.
    pub fn commune_name<'b>(&self, code: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.communes.get(code).map_or(code, |c| &c.name)
    }

    /// See [`Scenario::knows_additional`].
    pub fn knows_additional(&self, service: &str) -> bool {
        self.scenario.knows_additional(service)
    }

    /// The name of a service.
    pub fn service_name<'b>(&self, id: &'b str, lang: Lang) -> &'b str
    where
        'a: 'b,
    {
        let scenario: &'a Scenario = self.scenario;
        scenario.service(id).map_or(id, |s| scenario.services[s.index()].name.get(lang))
    }

    /// The commune a vehicle is based in.
    pub fn base(&self, vehicle: &str) -> Option<&'a Commune> {
        self.vehicle(vehicle).map(|v| &self.scenario.communes[v.base.index()])
    }
}

//! Access, driving, and where times come from, as they are written.

use serde::{Deserialize, Serialize};

/// Access and driving.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawTravel {
    /// Door to door: added once to every trip.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 60.0)))]
    pub door_minutes: f64,
    /// Access time is never below this.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 240.0)))]
    pub min_access_minutes: f64,
    /// Nobody is invited from farther away.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 240.0)))]
    pub max_access_minutes: f64,
    /// Where times come from: the road graph, a server of OSRM, or the table under `[files] matrix`.
    pub source: RawTravelSource,
    /// The server, for `source = "osrm"`.
    pub osrm: Option<RawOsrm>,
}

/// Where times come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTravelSource {
    /// The road graph.
    #[default]
    Roads,
    /// A server of OSRM.
    Osrm,
    /// A table.
    Matrix,
}

/// A server of OSRM (HTTP API v1).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawOsrm {
    /// Its address, http:// or https://.
    pub server: String,
    /// Its profile.
    #[cfg_attr(test, schemars(regex(pattern = r"^[A-Za-z0-9_-]+$")))]
    pub profile: String,
    /// Most origins, and most destinations, in a request: the server's limit (`--max-table-size`).
    #[cfg_attr(test, schemars(range(min = 1, max = 10000)))]
    pub block: u32,
    /// Requests at a time.
    #[cfg_attr(test, schemars(range(min = 1, max = 64)))]
    pub requests_at_a_time: u32,
    /// Longest time for a connection.
    #[cfg_attr(test, schemars(range(min = 0.1, max = 600.0)))]
    pub connect_seconds: f64,
    /// Longest time for an answer, connection included.
    #[cfg_attr(test, schemars(range(min = 0.1, max = 3600.0)))]
    pub timeout_seconds: f64,
    /// How often a request is tried again when the connection fails, or the server does (5xx).
    #[cfg_attr(test, schemars(range(min = 0, max = 20)))]
    pub retries: u32,
    /// Farthest that a place may be from the road it is put on.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 100000.0)))]
    pub max_snap_metres: f64,
    /// Speed as the crow flies where there is no way; without it that is an error.
    #[cfg_attr(test, schemars(range(min = 1.0, max = 200.0)))]
    pub fallback_speed_kmh: Option<f64>,
    /// Name of a header that holds a key.
    pub key_header: Option<String>,
    /// Environment variable that holds the key.
    pub key_variable: Option<String>,
}

impl Default for RawOsrm {
    fn default() -> Self {
        Self {
            server: String::new(),
            profile: "driving".into(),
            block: 100,
            requests_at_a_time: 2,
            connect_seconds: 5.0,
            timeout_seconds: 60.0,
            retries: 3,
            max_snap_metres: 500.0,
            fallback_speed_kmh: None,
            key_header: None,
            key_variable: None,
        }
    }
}

impl Default for RawTravel {
    fn default() -> Self {
        Self {
            door_minutes: 1.5,
            min_access_minutes: 5.0,
            max_access_minutes: 30.0,
            source: RawTravelSource::default(),
            osrm: None,
        }
    }
}

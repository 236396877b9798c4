//! How a server is asked.

use crate::i18n::Text;
use reqwest::header::HeaderName;
use std::time::Duration;

/// How a server is asked: `[travel.osrm]` of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct OsrmRules {
    /// Address of the server, `http://` or `https://`.
    pub server: String,
    /// Its profile.
    pub profile: String,
    /// Most origins, and most destinations, in a request: the server's limit.
    pub block: usize,
    /// Requests at a time.
    pub at_a_time: usize,
    /// Longest time for a connection.
    pub connect_timeout: Duration,
    /// Longest time for an answer, connection included.
    pub timeout: Duration,
    /// How often a request is tried again when the connection fails or the server does (5xx).
    pub retries: u32,
    /// Farthest that a place may be from the road it is put on, metres.
    pub max_snap: f64,
    /// Speed as the crow flies, km/h, where there is no way; without it that is an error.
    pub fallback_speed: Option<f64>,
    /// Name of a header that holds a key.
    pub key_header: Option<String>,
}

impl Default for OsrmRules {
    fn default() -> Self {
        Self {
            server: "http://127.0.0.1:5000".into(),
            profile: "driving".into(),
            block: 100,
            at_a_time: 2,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(60),
            retries: 3,
            max_snap: 500.0,
            fallback_speed: None,
            key_header: None,
        }
    }
}

impl OsrmRules {
    /// What is wrong with the address and the header, by key of the configuration.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, Text)> {
        let mut out = Vec::new();
        let mut fault = |key, fr: &str, en: &str| out.push((key, Text::new(fr, en)));
        match reqwest::Url::parse(&self.server) {
            Err(_) => fault("server", "ce n'est pas une adresse", "this is no address"),
            Ok(url) if !["http", "https"].contains(&url.scheme()) => {
                fault(
                    "server",
                    "l'adresse doit commencer par http:// ou https://",
                    "the address has to begin with http:// or https://",
                );
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                fault("server", "l'adresse contient un compte", "the address holds an account");
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                fault(
                    "server",
                    "l'adresse contient une question (?) ou un fragment (#)",
                    "the address holds a query (?) or a fragment (#)",
                );
            }
            Ok(_) => {}
        }
        if self.key_header.as_ref().is_some_and(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
            fault("key-header", "ce n'est pas un nom d'en-tête", "this is no name of a header");
        }
        out
    }
}

//! HTTP to the server, and nothing else.

use super::{OsrmError, OsrmRules};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde::Deserialize;
use std::time::Duration;

/// Largest answer that is read, bytes: 400 × 400 trips take a tenth of it.
const LARGEST: usize = 64 << 20;
/// Wait before the first try again; twice as long before each next one.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Longest wait before a try.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// Characters of an answer that are quoted.
const QUOTED: usize = 120;

/// Where a program that looks names up by itself reads whom to ask.
const RESOLVERS: &str = "/etc/resolv.conf";

/// Whether the host of a server is a name that must be looked up.
fn needs_names(server: &str) -> bool {
    let host = reqwest::Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let figures = host.trim_start_matches('[').trim_end_matches(']');
    host != "localhost" && figures.parse::<std::net::IpAddr>().is_err()
}

/// What an answer that refuses says.
#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

/// A client of one server. It follows no redirects and no proxies: the host is that of the configuration.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    server: String,
    retries: u32,
}

impl Client {
    /// `key` is what the header named in the rules says.
    ///
    /// # Errors
    /// [`OsrmError::Key`] where it cannot be a header.
    pub fn new(rules: &OsrmRules, key: Option<&str>) -> Result<Self, OsrmError> {
        let mut headers = HeaderMap::new();
        if let (Some(name), Some(key)) = (&rules.key_header, key) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| OsrmError::Key)?;
            let mut value = HeaderValue::from_str(key).map_err(|_| OsrmError::Key)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        if cfg!(feature = "static-dns") && needs_names(&rules.server) {
            // Without it, names would be asked of a public server.
            std::fs::File::open(RESOLVERS)
                .map_err(|error| OsrmError::Client { why: format!("{RESOLVERS}: {error}") })?;
        }
        // An error says that this process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .default_headers(headers)
            .connect_timeout(rules.connect_timeout)
            .timeout(rules.timeout)
            .user_agent(concat!("tournee/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| OsrmError::Client { why: told(&error) })?;
        Ok(Self { http, server: rules.server.trim_end_matches('/').to_owned(), retries: rules.retries })
    }

    /// The body of a good answer. Connections that fail and errors of the server (5xx) are tried again after a while;
    /// `seed` spreads the whiles.
    pub async fn get(&self, path: &str, seed: u64) -> Result<Vec<u8>, OsrmError> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut wait = FIRST_WAIT;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(path).await {
                Err(error) if error.may_pass() && tries <= self.retries => {
                    tokio::time::sleep(wait.mul_f64(random.random_range(0.5..1.0))).await;
                    wait = (2 * wait).min(LONGEST_WAIT);
                }
                Err(OsrmError::Unreachable { why, .. }) => return Err(OsrmError::Unreachable { why, tries }),
                Err(OsrmError::Server { status, .. }) => return Err(OsrmError::Server { status, tries }),
                other => return other,
            }
        }
    }

    async fn once(&self, path: &str) -> Result<Vec<u8>, OsrmError> {
        let failed = |error: &reqwest::Error| {
            if error.is_timeout() && !error.is_connect() {
                OsrmError::Timeout
            } else {
                OsrmError::Unreachable { why: told(error), tries: 1 }
            }
        };
        let mut response =
            self.http.get(format!("{}/{path}", self.server)).send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        if status.is_server_error() {
            return Err(OsrmError::Server { status: status.as_u16(), tries: 1 });
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("").to_owned();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(OsrmError::TooLong { most: LARGEST >> 20 });
            }
            body.extend_from_slice(&chunk);
        }
        match status.as_u16() {
            200 if kind.starts_with("application/json") => Ok(body),
            200 => Err(OsrmError::NotJson { kind }),
            429 => Err(OsrmError::Busy),
            // The address is too long: as good as too many places.
            413 | 414 | 431 => Err(OsrmError::TooBig),
            status => Err(match serde_json::from_slice::<Refusal>(&body) {
                Ok(refusal) if refusal.code == "TooBig" => OsrmError::TooBig,
                Ok(refusal) => OsrmError::Refused { code: quoted(&refusal.code), message: quoted(&refusal.message) },
                Err(_) => OsrmError::Status { status },
            }),
        }
    }
}

/// What went wrong, without the address: that may hold a key.
fn told(error: &reqwest::Error) -> String {
    let mut source = std::error::Error::source(error);
    let mut last = None;
    while let Some(inner) = source {
        last = Some(inner.to_string());
        source = inner.source();
    }
    last.unwrap_or_else(|| "the connection failed".into())
}

/// What a server says, short and on one line.
pub(super) fn quoted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::needs_names;

    #[test]
    fn names_are_told_from_addresses() {
        let name = |server: &str| needs_names(server);
        assert!(name("http://osrm.example:5000") && name("https://router.local/"));
        assert!(!name("http://127.0.0.1:5000") && !name("http://[::1]:5000") && !name("http://localhost:5000"));
    }
}

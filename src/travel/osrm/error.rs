//! What can go wrong with a server.

use crate::domain::PositionId;
use thiserror::Error;

/// What can go wrong with a server and its answers.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum OsrmError {
    /// Nothing answers.
    #[error("no connection after {tries} tries: {why}")]
    Unreachable {
        /// Why.
        why: String,
        /// How often it was tried.
        tries: u32,
    },
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// An error of the server.
    #[error("the server fails with {status}, {tries} times")]
    Server {
        /// HTTP status.
        status: u16,
        /// How often it was tried.
        tries: u32,
    },
    /// The server asks for fewer requests (429).
    #[error("the server asks for fewer requests")]
    Busy,
    /// A status that is none of OSRM's: a redirect, for instance.
    #[error("the server answers with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The server refuses the request.
    #[error("the server refuses: {code} {message}")]
    Refused {
        /// Its code.
        code: String,
        /// Its message, often empty.
        message: String,
    },
    /// A request for a single trip is too big for the server.
    #[error("a single trip is too big for the server")]
    TooBig,
    /// The answer is not JSON.
    #[error("the answer is not JSON but '{kind}'")]
    NotJson {
        /// Its content type.
        kind: String,
    },
    /// The answer is longer than any can be.
    #[error("the answer is longer than {most} MiB")]
    TooLong {
        /// Most that is read, mebibytes.
        most: usize,
    },
    /// The answer is not what was asked for.
    #[error("the answer is malformed: {what}")]
    Malformed {
        /// What is wrong.
        what: String,
    },
    /// The server's data changed on the way.
    #[error("the server's data changed on the way, from '{before}' to '{after}'")]
    Changed {
        /// Their time before.
        before: String,
        /// And after.
        after: String,
    },
    /// A place that is too far from any road the server knows.
    #[error("a place is {metres:.0} m from the nearest road")]
    Far {
        /// The place.
        position: PositionId,
        /// Metres to the road.
        metres: f64,
    },
    /// A place near which the server knows no road.
    #[error("no road near a place")]
    NoRoad {
        /// The place.
        position: PositionId,
    },
    /// No way from a place to another.
    #[error("no way from a place to another")]
    NoWay {
        /// From here,
        from: PositionId,
        /// to here.
        to: PositionId,
    },
    /// Trips that are not kept, and may not be asked for.
    #[error("{missing} trips of {all} are not kept")]
    Offline {
        /// How many.
        missing: usize,
        /// Of how many.
        all: usize,
        /// Places with the most of them, most first.
        places: Vec<PositionId>,
    },
    /// The folder of answers cannot be used.
    #[error("{why}")]
    Cache {
        /// Why.
        why: String,
    },
    /// The key cannot be the value of a header, or its header has no such name.
    #[error("the key cannot be sent as a header")]
    Key,
    /// The client cannot be made.
    #[error("{why}")]
    Client {
        /// Why.
        why: String,
    },
    /// Somebody asked to stop.
    #[error("asked to stop")]
    Stopped,
}

impl OsrmError {
    /// Whether it may have passed when tried again.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Server { .. })
    }
}

//! The scenario: what is planned for, validated and immutable, with no input or output.

mod calendar;
mod clock;
mod costs;
mod crew;
mod ids;
mod lock;
mod orienteering;
mod past;
mod place;
mod promise;
mod published;
mod request;
mod scenario;
mod service;
mod time;
mod vehicle;

pub use calendar::{Calendar, CalendarDay};
pub use clock::{after_midnight, at, instant, second_of_day, since_midnight, window_since_midnight};
pub use costs::{Costs, UnitCosts};
pub use crew::Crew;
pub use ids::{CommuneId, CrewId, DayId, PositionId, ServiceId, SiteId, TerritoryId, VehicleId};
pub use lock::{Forbidden, Lock};
pub use orienteering::{Metric, Orienteering, Point};
pub use past::{PastInvitation, PastVisit};
pub use place::{CarePoint, CareStatus, Commune, PermitStatus, Position, Site, SiteStatus, Territory};
pub use promise::{ClockKind, FollowUp, Promise, PromiseMode, PromisedTo, Reach};
pub use published::{PeopleOf, Published, PublishedVisit};
pub use request::Request;
pub use scenario::{Areas, Horizon, Scenario, ScoreRules, TimeRules, TravelRules, WorkLimits};
pub use service::{Additionality, Fairness, Pool, PoolSource, Reference, Service, ValueStep};
pub use time::{ClosedDates, Weekdays, Window};
pub use vehicle::{Nights, Offer, SiteNeeds, Vehicle};

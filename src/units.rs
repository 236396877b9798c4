//! Units as types, so that seconds are never added to metres.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                iter.fold(Self::default(), Add::add)
            }
        }
    };
}

unit! {
    /// A length of time in whole seconds, or a time of day in seconds after local midnight.
    Seconds(i32)
}
unit! {
    /// A distance in whole metres.
    Metres(u32)
}
unit! {
    /// A number of people: women due, residents, invitations.
    People(u32)
}
unit! {
    /// A number of appointments offered.
    Appointments(u32)
}

impl Seconds {
    /// From whole minutes.
    #[must_use]
    pub const fn from_minutes(minutes: i32) -> Self {
        Self(minutes * 60)
    }

    /// In minutes.
    #[must_use]
    pub fn minutes(self) -> f64 {
        f64::from(self.0) / 60.0
    }

    /// In hours.
    #[must_use]
    pub fn hours(self) -> f64 {
        f64::from(self.0) / 3600.0
    }
}

impl Metres {
    /// In kilometres.
    #[must_use]
    pub fn kilometres(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// A number rounded up to so many decimals, noise aside: a bound is never shown lower than it is.
#[must_use]
pub fn rounded_up(value: f64, decimals: usize) -> f64 {
    let unit = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    // Nothing is minus nothing.
    (value * unit - 1e-7).ceil() / unit + 0.0
}

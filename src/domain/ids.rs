//! Typed indices: a collection is a `Vec` in the order of its ids.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its collection.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of a position.
            ///
            /// # Panics
            /// If the position does not fit in 32 bits.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("an index fits in 32 bits"))
            }
        }
    };
}

id! {
    /// Index into [`crate::domain::Scenario::communes`].
    CommuneId
}
id! {
    /// Index into [`crate::domain::Scenario::positions`].
    PositionId
}

/// The position of a commune: its town hall.
impl From<CommuneId> for PositionId {
    fn from(commune: CommuneId) -> Self {
        Self(commune.0)
    }
}

id! {
    /// Index into [`crate::domain::Scenario::territories`].
    TerritoryId
}
id! {
    /// Index into [`crate::domain::Scenario::sites`].
    SiteId
}
id! {
    /// Index into [`crate::domain::Scenario::services`].
    ServiceId
}
id! {
    /// Index into [`crate::domain::Scenario::vehicles`].
    VehicleId
}
id! {
    /// Index into [`crate::domain::Scenario::crews`].
    CrewId
}
id! {
    /// Day of the horizon, 0 = its first Monday.
    DayId
}

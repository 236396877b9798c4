//! Identities of visits: minted once, and never counted.
//!
//! A visit is named for its vehicle, its site and the day for which it was first planned, as in
//! `nord-sante-truck.iwuy.2026-12-02`. The name stays when the visit moves to another day or vehicle, and no other visit gets
//! it. Plans and tables of before that named visits by their site and a number, as in `iwuy.3`; those names stay, too.

use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The identity of a visit that is first planned for a day.
#[must_use]
pub fn identity(vehicle: &str, site: &str, day: NaiveDate) -> String {
    format!("{vehicle}.{site}.{day}")
}

/// Vehicle, site and day that an identity names; `None` of one that an earlier version gave.
#[must_use]
pub fn named(identity: &str) -> Option<(&str, &str, NaiveDate)> {
    let (rest, last) = identity.rsplit_once('.')?;
    let (day, number) = last.split_at_checked(10)?;
    let number = number.strip_prefix('-').unwrap_or(if number.is_empty() { "2" } else { "" });
    number.parse::<u32>().ok()?;
    let (vehicle, site) = rest.split_once('.')?;
    Some((vehicle, site, day.parse().ok()?))
}

/// The site that an identity names, in either form; `None` where it has another.
#[must_use]
pub fn site_of(identity: &str) -> Option<&str> {
    if let Some((_, site, _)) = named(identity) {
        return Some(site);
    }
    let (site, number) = identity.rsplit_once('.')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(site)
}

/// Identities that belong to visits already.
#[derive(Debug, Clone, Default)]
pub struct Identities(BTreeSet<String>);

impl Identities {
    /// Whether an identity belongs to a visit.
    #[must_use]
    pub fn has(&self, identity: &str) -> bool {
        self.0.contains(identity)
    }

    /// Notes that an identity belongs to a visit; whether it did not before.
    pub fn take(&mut self, identity: &str) -> bool {
        self.0.insert(identity.to_owned())
    }

    /// The identity of a visit that has none yet: its name, with `-2`, `-3` … behind it where another visit has that.
    pub fn mint(&mut self, vehicle: &str, site: &str, day: NaiveDate) -> String {
        let name = identity(vehicle, site, day);
        let more = (2..).map(|k: u32| format!("{name}-{k}"));
        let mut free = std::iter::once(name.clone()).chain(more).filter(|one| !self.0.contains(one));
        let one = free.next().unwrap_or(name);
        self.0.insert(one.clone());
        one
    }
}

impl<'a> FromIterator<&'a str> for Identities {
    fn from_iter<I: IntoIterator<Item = &'a str>>(all: I) -> Self {
        Self(all.into_iter().map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_site_and_are_never_given_twice() {
        let day: NaiveDate = "2026-12-02".parse().unwrap();
        let mut taken = Identities::from_iter(["truck.iwuy.2026-12-02"]);
        assert_eq!(taken.mint("truck", "iwuy", day), "truck.iwuy.2026-12-02-2");
        assert_eq!(taken.mint("truck", "iwuy", day), "truck.iwuy.2026-12-02-3");
        assert_eq!(taken.mint("van", "iwuy", day), "van.iwuy.2026-12-02");
        let of = [("truck.iwuy.2026-12-02-2", Some("iwuy")), ("iwuy.12", Some("iwuy")), ("a.b.c", None), ("x", None)];
        for (identity, site) in of {
            assert_eq!(site_of(identity), site, "{identity}");
        }
        for whole in ["truck.iwuy.2026-12-02", "truck.iwuy.2026-12-02-3"] {
            assert_eq!(named(whole), Some(("truck", "iwuy", day)), "{whole}");
        }
        for other in
            ["iwuy.3", "truck.iwuy.2026-12-0", "truck.iwuy.2026-12-02x", "truck.iwuy.2026-12-02-", "2026-12-02"]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}

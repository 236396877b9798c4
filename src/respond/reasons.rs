//! What a request that could not be answered lacks, and the nearest thing that could have.

use super::document::{Missing, MissingWhy, place_of};
use super::matching::Slots;
use super::places::Place;
use super::{Options, speaks};
use crate::domain::{Request, Scenario};
use crate::plan::at;
use crate::travel::Table;

/// Why a request has no appointment: the first of these that holds.
///
/// Nothing offers the service; only places without an interpreter do; those near enough are full; or open too late; or all
/// are too far.
pub(super) fn missing(
    scenario: &Scenario,
    travel: &Table,
    (places, all): (&[Place], &[usize]),
    slots: &Slots,
    request: &Request,
    options: Options,
) -> Missing {
    let reach = scenario.services[request.service.index()].promise.reach;
    let near = |p: usize| Some((travel.access(scenario, request.commune, places[p].position)?, p));
    let offered: Vec<usize> = all.iter().copied().filter(|&p| !places[p].starts.is_empty()).collect();
    let spoken: Vec<usize> = offered.iter().copied().filter(|&p| speaks(&places[p], request)).collect();
    let looked_at = if spoken.is_empty() { &offered } else { &spoken };
    // By place: the first free appointment after the request, and whether it is in time.
    let first_free = |p: usize| {
        let (from, to) = places[p].window(request.instant, reach.seconds(), options.now);
        let free = (from..places[p].starts.len()).find(|&slot| slots.free(p, slot) > 0)?;
        Some((free, free < to, from < to))
    };
    let mut reached: Vec<(crate::units::Seconds, usize)> = looked_at.iter().filter_map(|&p| near(p)).collect();
    reached.sort_unstable();
    let told = |why: MissingWhy, p: usize, slot: Option<usize>| {
        let place = &places[p];
        let access = near(p).map_or(crate::units::Seconds(0), |n| n.0);
        let start = slot.map(|slot| place.starts[slot]);
        let late = start.map(|start| place.seconds(request.instant, start) - reach.seconds()).filter(|late| *late > 0);
        let far = access.0 - reach.access.0;
        Missing {
            why,
            place: Some(place_of(place)),
            name: Some(place.name.clone()),
            minutes: Some(f64::from(access.0) / 60.0),
            start: start.map(at),
            minutes_too_far: (far > 0).then(|| f64::from(far) / 60.0),
            #[allow(clippy::cast_precision_loss)]
            hours_too_late: late.map(|late| late as f64 / 3600.0),
        }
    };
    let nothing = Missing {
        why: MissingWhy::NotOffered,
        place: None,
        name: None,
        minutes: None,
        start: None,
        minutes_too_far: None,
        hours_too_late: None,
    };
    let Some(&(_, nearest)) = reached.first() else { return nothing };
    if spoken.is_empty() {
        return told(MissingWhy::Language, nearest, first_free(nearest).map(|f| f.0));
    }
    let within: Vec<usize> = reached.iter().filter(|(access, _)| *access <= reach.access).map(|n| n.1).collect();
    // Soonest first among those near enough; then the nearest that has anything in time.
    let soonest = within
        .iter()
        .filter_map(|&p| Some((places[p].starts[first_free(p)?.0], p)))
        .min()
        .map(|(_, p)| (p, first_free(p).map(|f| f.0)));
    let farther = || reached.iter().map(|n| n.1).find_map(|p| first_free(p).filter(|f| f.1).map(|f| (p, Some(f.0))));
    let in_time = |p: usize| {
        let (from, to) = places[p].window(request.instant, reach.seconds(), options.now);
        from < to
    };
    if !within.is_empty() {
        let why = if within.iter().any(|&p| in_time(p)) { MissingWhy::Full } else { MissingWhy::TooLate };
        // Where nothing near enough is ever free again, something farther away that is free in time.
        let (p, slot) = soonest.or_else(farther).unwrap_or((within[0], None));
        return told(why, p, slot);
    }
    let (p, slot) = farther().unwrap_or((nearest, first_free(nearest).map(|f| f.0)));
    told(MissingWhy::TooFar, p, slot)
}

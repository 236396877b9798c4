//! The rules that join tours: the working week, spacing and stays, scarce crew, the weekly quality
//! control, nights out.

use super::tours::Choice;
use super::world::{Family, World};

/// A tour with its vehicle and day.
pub type Out<'a> = (usize, usize, &'a Choice);

/// The tours of the first vehicle-days.
pub fn out<'a>(days: &[(usize, usize)], chosen: &[Option<&'a Choice>]) -> Vec<Out<'a>> {
    chosen.iter().zip(days).filter_map(|(c, &(v, d))| c.map(|c| (v, d, c))).collect()
}

/// The stay of each visit, numbered from 1, for tours in the order of vehicles, then days.
pub fn stays(out: &[Out]) -> Vec<Vec<usize>> {
    let mut count = 0;
    let mut all: Vec<Vec<usize>> = Vec::new();
    for (k, &(_, _, choice)) in out.iter().enumerate() {
        let mut numbers = Vec::new();
        for visit in &choice.visits {
            let before = choice.stays_on(visit.0).then(|| k.checked_sub(1)).flatten();
            let earlier = before.and_then(|b| {
                let at = out[b].2.visits.iter().position(|v| v.0 == visit.0)?;
                Some(all[b][at])
            });
            numbers.push(earlier.unwrap_or_else(|| {
                count += 1;
                count
            }));
        }
        all.push(numbers);
    }
    all
}

/// Whether tours of the first vehicle-days keep the rules that join tours.
pub fn legal(world: &World, days: &[(usize, usize)], chosen: &[Option<&Choice>]) -> bool {
    let out = out(days, chosen);
    let limit = world.scenario.limits.work_per_week.0;
    let week_ok = !world.keeps(Family::WorkingWeek)
        || out.iter().all(|&(v, d, _)| {
            let same = out.iter().filter(|o| o.0 == v && o.1 / 7 == d / 7);
            same.map(|o| o.2.work).sum::<i32>() <= limit
        });
    week_ok
        && linked(world, days, chosen)
        && controlled(world, &out)
        && (!world.keeps(Family::Crew) || crewed(world, &out))
        && (!world.keeps(Family::Spacing) || spaced(world, &out))
}

/// Whether each tour begins where the one before ended, from base to base, with no more nights in
/// a row than allowed.
fn linked(world: &World, days: &[(usize, usize)], chosen: &[Option<&Choice>]) -> bool {
    let mut asleep: Option<usize> = None;
    let mut row = 0;
    for (k, choice) in chosen.iter().enumerate() {
        let (vehicle, day) = days[k];
        if k > 0 && days[k - 1].0 != vehicle && asleep.is_some() {
            return false;
        }
        if choice.map_or(None, |c| c.ends.woke) != asleep {
            return false;
        }
        asleep = choice.and_then(|c| c.sleeps());
        let nights = choice.map_or(0, |c| c.ends.nights);
        row = if nights > 0 { row + nights } else { 0 };
        let allowed = world.nights_after(vehicle, day) == Some(nights) && row <= world.most_nights(vehicle);
        if nights > 0 && !allowed {
            return false;
        }
    }
    asleep.is_none() || chosen.len() < days.len()
}

/// Whether the first tour of each vehicle's week makes the quality control, and no other.
fn controlled(world: &World, out: &[Out]) -> bool {
    out.iter().enumerate().all(|(k, &(v, d, choice))| {
        let first = !out[..k].iter().any(|o| o.0 == v && o.1 / 7 == d / 7);
        choice.ends.control == (first && world.control(v) > 0)
    })
}

/// Whether there are heads enough of every crew on every day.
fn crewed(world: &World, out: &[Out]) -> bool {
    (0..world.scenario.crews.len()).all(|crew| {
        out.iter().all(|&(_, day, _)| {
            let today = out.iter().filter(|o| o.1 == day);
            let bound = today.filter(|&&(v, d, c)| world.binds(crew, v, d, c.visits.iter().map(|s| s.0)));
            bound.count() <= world.heads(crew, day)
        })
    })
}

fn spaced(world: &World, out: &[Out]) -> bool {
    let vehicles = &world.scenario.vehicles;
    let week = |day: usize| i64::try_from(day / 7).unwrap();
    let mut stays: Vec<(usize, i64, usize)> = Vec::new();
    for &(v, d, choice) in out {
        let begun = choice.visits.iter().filter(|visit| !choice.stays_on(visit.0));
        stays.extend(begun.map(|visit| (v, week(d), visit.0)));
    }
    for (k, &(v, w, site)) in stays.iter().enumerate() {
        let spacing = i64::from(vehicles[v].spacing_weeks);
        let near = |other: i64| (w - other).abs() < spacing;
        let same = |s: &&(usize, i64, usize)| s.2 == site && vehicles[s.0].kind == vehicles[v].kind;
        let earlier: Vec<i64> = stays[..k].iter().filter(same).map(|s| s.1).collect();
        let clash = if world.keeps(Family::Dealing) {
            earlier.iter().any(|w| near(*w))
        } else {
            spacing > 0 && earlier.len() as u32 >= world.scenario.horizon.weeks.div_ceil(spacing as u32)
        };
        if clash {
            return false;
        }
        let most = vehicles[v].max_stays_per_site.map_or(usize::MAX, |m| m as usize);
        if stays.iter().filter(|s| s.0 == v && s.2 == site).count() > most {
            return false;
        }
        for past in world.scenario.past.iter().filter(|p| p.site.is_some_and(|s| s.index() == site)) {
            let same = vehicles.iter().any(|o| o.id == past.vehicle && o.kind == vehicles[v].kind);
            let days = (past.date - world.scenario.horizon.start).num_days();
            if same && near(days.div_euclid(7)) {
                return false;
            }
        }
    }
    true
}

//! How many came to past visits, where it is known of a visit as a whole and not of each commune.

use super::codes::Code;
use super::problem::{Problem, Problems};
use crate::domain::{PastVisit, ServiceId};
use crate::units::People;

/// A line of invitations without attendance.
#[derive(Debug)]
pub(super) struct Unmarked {
    /// Position of its visit.
    pub visit: usize,
    /// Position of the line in the visit.
    pub line: usize,
    /// Its service.
    pub service: ServiceId,
    /// Its part in those who came: expected or, where that is not known, invited.
    pub weight: f64,
    /// A problem at its place.
    pub place: Problem,
}

/// A visit's attendance as a whole.
#[derive(Debug)]
struct Total {
    visit: usize,
    service: ServiceId,
    people: People,
    place: Problem,
}

/// What is known, and what is not.
#[derive(Debug, Default)]
pub(super) struct Attendance {
    unmarked: Vec<Unmarked>,
    totals: Vec<Total>,
}

impl Attendance {
    /// Notes a line without attendance.
    pub fn unmarked(&mut self, line: Unmarked) {
        self.unmarked.push(line);
    }

    /// Notes how many came to a visit for a service; `place` is a problem where that is written.
    pub fn total(&mut self, visit: usize, service: ServiceId, people: People, place: Problem) {
        self.totals.push(Total { visit, service, people, place });
    }

    /// A problem with a total, its words to come.
    pub fn problem() -> Problem {
        Problem::new(Code::PastTotal, "", "")
    }

    /// A problem with an empty cell, its words to come.
    pub fn empty() -> Problem {
        Problem::new(Code::PastEmpty, "", "")
    }

    /// Shares the totals out to the lines without attendance, in proportion to whom was expected, in whole
    /// people, nobody more than invited; tells which totals do not agree with the lines, and, a file
    /// at a time, how many lines nothing is known of.
    pub fn share_out(self, visits: &mut [&mut PastVisit], problems: &mut Problems) {
        let mut unmarked = self.unmarked;
        for total in self.totals {
            let is_own = |u: &Unmarked| u.visit == total.visit && u.service == total.service;
            let (own, others): (Vec<Unmarked>, Vec<Unmarked>) = unmarked.into_iter().partition(is_own);
            unmarked = others;
            let visit = &mut *visits[total.visit];
            if let Err((code, fr, en)) = share(visit, &own, &total) {
                let said = Problem::new(code, fr, en);
                let Problem { file, position, column_name, snippet, .. } = total.place;
                problems.push(Problem { file, position, column_name, snippet, ..said });
            }
        }
        let mut files: Vec<(Problem, usize)> = Vec::new();
        for line in unmarked {
            match files.iter_mut().find(|(first, _)| first.file == line.place.file) {
                Some((_, n)) => *n += 1,
                None => files.push((line.place, 1)),
            }
        }
        for (mut problem, n) in files {
            problem.message.fr =
                format!("{n} lignes, celle-ci la première, n'ont pas de présence notée : elle compte pour zéro");
            problem.message.en = format!("{n} rows, this one first, have no attendance noted: it counts as nil");
            problems.push(problem);
        }
    }
}

/// Fills in the lines of one visit and service; says what does not agree, or looks odd.
fn share(visit: &mut PastVisit, own: &[Unmarked], total: &Total) -> Result<(), (Code, String, String)> {
    let lines = || visit.invitations.iter().filter(|line| line.service == total.service);
    let (people, id) = (total.people.0, &visit.id);
    let invited: u32 = lines().map(|line| line.invited.0).sum();
    if lines().next().is_none() && people > 0 {
        return Err((
            Code::PastTotal,
            format!(
                "{people} personnes sont venues à « {id} », mais les invitations de cette visite manquent : donnez aussi son invitations.csv"
            ),
            format!(
                "{people} people came to \"{id}\", but the invitations of this visit are missing: give its invitations.csv too"
            ),
        ));
    }
    let marked: u32 = lines().map(|line| line.attended.0).sum();
    if marked > people || (own.is_empty() && marked != people) {
        return Err((
            Code::PastTotal,
            format!("{people} personnes sont venues à « {id} », mais {marked} par commune"),
            format!("{people} people came to \"{id}\", but {marked} commune by commune"),
        ));
    }
    let odd = (people > invited).then(|| {
        (
            Code::PastMany,
            format!("{people} personnes sont venues à « {id} » pour {invited} invitées"),
            format!("{people} people came to \"{id}\" out of {invited} invited"),
        )
    });
    let room: Vec<(f64, u32)> = own.iter().map(|u| (u.weight, visit.invitations[u.line].invited.0)).collect();
    // Some came uninvited: nobody knows from where.
    let anybody = || room.iter().map(|&(weight, _)| (weight, u32::MAX)).collect::<Vec<_>>();
    let left = people - marked;
    let parts = proportional(left, &room).or_else(|| proportional(left, &anybody()));
    for (line, part) in own.iter().zip(parts.into_iter().flatten()) {
        visit.invitations[line.line].attended = People(part);
    }
    odd.map_or(Ok(()), Err)
}

/// So many people shared out by weight, each part at most its limit: whole parts first, then one after
/// the other to the part that lacks most. `None` when the limits leave no room.
fn proportional(people: u32, parts: &[(f64, u32)]) -> Option<Vec<u32>> {
    let sum: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let fair: Vec<f64> = parts.iter().map(|(weight, _)| f64::from(people) * weight / sum.max(1e-9)).collect();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mut out: Vec<u32> =
        fair.iter().zip(parts).map(|(fair, (_, most))| ((fair + 1e-9).floor() as u32).min(*most)).collect();
    let mut left = people.checked_sub(out.iter().sum())?;
    while left > 0 {
        let lacking = |k: &usize| fair[*k] - f64::from(out[*k]);
        let open = (0..parts.len()).filter(|&k| out[k] < parts[k].1);
        let next = open.max_by(|a, b| lacking(a).total_cmp(&lacking(b)).then(b.cmp(a)))?;
        out[next] += 1;
        left -= 1;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_are_shared_out_whole() {
        assert_eq!(proportional(10, &[(5.0, 20), (3.0, 20), (2.0, 20)]), Some(vec![5, 3, 2]));
        assert_eq!(proportional(10, &[(1.0, 20), (1.0, 20), (1.0, 20)]), Some(vec![4, 3, 3]), "the first of equals");
        assert_eq!(proportional(10, &[(9.0, 4), (1.0, 20)]), Some(vec![4, 6]), "no more than invited");
        assert_eq!(proportional(0, &[]), Some(vec![]));
        assert_eq!(proportional(5, &[(1.0, 2), (1.0, 2)]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_keep_their_limits(
            people in 0_u32..200,
            parts in prop::collection::vec((0.01_f64..50.0, 0_u32..60), 0..8),
        ) {
            let room: u32 = parts.iter().map(|p| p.1).sum();
            match proportional(people, &parts) {
                Some(shared) => {
                    prop_assert_eq!(shared.iter().sum::<u32>(), people);
                    prop_assert!(shared.iter().zip(&parts).all(|(n, (_, most))| n <= most));
                }
                None => prop_assert!(people > room),
            }
        }
    }
}

//! Subset-row cuts with limited memory.
//!
//! Of three customers, each served once at most, two and more are in one route at most:
//! `Σ ⌊(visits of the three) / 2⌋ · x ≤ 1` (Jepsen, Petersen, Spoorendonk and Pisinger, *Subset-row inequalities
//! applied to the vehicle-routing problem with time windows*, Operations Research 56, 2008). A path that leaves
//! the cut's memory forgets what it has counted, which keeps the cut valid and labels comparable (Pecin, Pessoa,
//! Poggi and Uchoa, *Improved branch-cut-and-price for capacitated vehicle routing*, Mathematical Programming
//! Computation 9, 2017).

/// Cuts in force at once, at most: a bit each.
pub const MOST_CUTS: usize = 128;

/// A cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The three customers, ascending.
    pub three: [u16; 3],
    /// By customer, whether a path that comes there still knows what it has counted.
    pub memory: Vec<bool>,
}

impl Cut {
    /// How often two of the three are counted along a route.
    #[must_use]
    pub fn count(&self, route: &[u16]) -> f64 {
        let (mut half, mut whole) = (false, 0.0);
        for c in route {
            if !self.memory[usize::from(*c)] {
                half = false;
            } else if self.three.contains(c) {
                if half {
                    whole += 1.0;
                }
                half = !half;
            }
        }
        whole
    }
}

/// Cuts as pricing sees them.
#[derive(Debug, Clone)]
pub struct Counts {
    /// By customer, the cuts that count it.
    counted: Vec<u128>,
    /// By customer, the cuts that remember there.
    kept: Vec<u128>,
    price: Vec<f64>,
}

impl Counts {
    /// Of cuts with their prices (≥ 0); those with none are of no consequence.
    #[must_use]
    pub fn new<'a>(n: usize, cuts: impl Iterator<Item = (&'a Cut, f64)>) -> Self {
        let mut out = Self { counted: vec![0; n], kept: vec![0; n], price: Vec::new() };
        for (cut, price) in cuts.filter(|(_, price)| *price > 1e-9) {
            assert!(out.price.len() < MOST_CUTS, "cuts are limited");
            let bit = 1_u128 << out.price.len();
            out.price.push(price);
            cut.three.iter().for_each(|c| out.counted[usize::from(*c)] |= bit);
            (0..n).filter(|c| cut.memory[*c]).for_each(|c| out.kept[c] |= bit);
        }
        out
    }

    /// Worth and open cuts after a visit.
    #[must_use]
    pub fn visit(&self, c: usize, open: u128, value: f64) -> (f64, u128) {
        let open = open & self.kept[c];
        let counted = self.counted[c];
        if counted == 0 {
            return (value, open);
        }
        (value - self.owed(open & counted), open ^ counted)
    }

    /// The price of cuts.
    #[must_use]
    pub fn owed(&self, mut cuts: u128) -> f64 {
        let mut sum = 0.0;
        while cuts != 0 {
            sum += self.price[cuts.trailing_zeros() as usize];
            cuts &= cuts - 1;
        }
        sum
    }
}

/// The cuts that a solution violates most, with a memory that holds what its routes need.
/// `used` are routes and how much of each is used. Enumerates triples of customers that share a route: n³/6 at most.
#[must_use]
pub fn separate(n: usize, used: &[(&[u16], f64)], most: usize) -> Vec<Cut> {
    // By pair of customers, how much of the routes holds both.
    let mut visits: Vec<Vec<(usize, u8)>> = vec![Vec::new(); n];
    for (r, (route, _)) in used.iter().enumerate() {
        for &c in *route {
            let list = &mut visits[usize::from(c)];
            match list.last_mut() {
                Some((last, times)) if *last == r => *times += 1,
                _ => list.push((r, 1)),
            }
        }
    }
    let mut pair = vec![0.0_f64; n * n];
    for (route, share) in used {
        let mut members: Vec<usize> = route.iter().map(|c| usize::from(*c)).collect();
        members.sort_unstable();
        members.dedup();
        for (k, &a) in members.iter().enumerate() {
            for &b in &members[k + 1..] {
                pair[a * n + b] += share;
                pair[b * n + a] += share;
            }
        }
    }
    let active: Vec<usize> = (0..n).filter(|c| !visits[*c].is_empty()).collect();
    let mut found: Vec<(f64, [usize; 3])> = Vec::new();
    let mut sum = vec![0_u8; used.len()];
    for (i, &a) in active.iter().enumerate() {
        for (j, &b) in active.iter().enumerate().skip(i + 1) {
            for &c in &active[j + 1..] {
                if pair[a * n + b] + pair[a * n + c] + pair[b * n + c] <= 1.0 + 1e-6 && !twice(&visits, [a, b, c]) {
                    continue;
                }
                let mut total = 0.0;
                for p in [a, b, c] {
                    for &(r, times) in &visits[p] {
                        total -= f64::from(sum[r] / 2) * used[r].1;
                        sum[r] += times;
                        total += f64::from(sum[r] / 2) * used[r].1;
                    }
                }
                for p in [a, b, c] {
                    visits[p].iter().for_each(|(r, _)| sum[*r] = 0);
                }
                if total > 1.0 + 0.02 {
                    found.push((total - 1.0, [a, b, c]));
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // A customer is in few cuts of a round: they say much the same.
    let mut times = vec![0_u32; n];
    let mut out = Vec::new();
    for (_, three) in found {
        if out.len() >= most {
            break;
        }
        if three.iter().any(|&c| times[c] >= 5) {
            continue;
        }
        three.iter().for_each(|&c| times[c] += 1);
        out.push(remember(n, three, used));
    }
    out
}

/// Whether one route is at one of the three twice.
fn twice(visits: &[Vec<(usize, u8)>], three: [usize; 3]) -> bool {
    three.iter().any(|&c| visits[c].iter().any(|(_, times)| *times > 1))
}

/// The cut with the least memory that counts the routes in use in full.
fn remember(n: usize, three: [usize; 3], used: &[(&[u16], f64)]) -> Cut {
    let three = three.map(|c| u16::try_from(c).expect("few customers"));
    let mut memory = vec![false; n];
    three.iter().for_each(|c| memory[usize::from(*c)] = true);
    for (route, _) in used {
        let mut since: Option<usize> = None;
        for (k, c) in route.iter().enumerate() {
            if three.contains(c) {
                match since.take() {
                    Some(from) => route[from..k].iter().for_each(|c| memory[usize::from(*c)] = true),
                    None => since = Some(k),
                }
            }
        }
    }
    Cut { three, memory }
}

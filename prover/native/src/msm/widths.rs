//! The windows that make a sum cheapest.

use crate::field::scalars::CENTERED_BITS;

/// Digits of the widest windows, with their sign, fit in 16 bits.
pub const WIDEST: usize = 15;
const NARROWEST: usize = 3;

/// What a window costs besides, in additions: inversions of levels that are nearly empty.
const FIXED_COST: f64 = 1000.0;

/// Window widths, lowest first, for scalars of which `counts[b]` have b bits.
///
/// Reckons that a window that starts at bit s has a digit of every scalar of at least s bits.
pub fn best(counts: &[u32; CENTERED_BITS + 1]) -> Vec<usize> {
    let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let mut costs = vec![0.0; longest + WIDEST + 1];
    let mut widths = vec![0; longest + 1];
    let mut digits = 0;
    for start in (0..=longest).rev() {
        if start > 0 {
            digits += counts[start];
        } else {
            digits = counts[1..].iter().sum();
        }
        let cost = |width: &usize| costs[start + width] + cost(digits.into(), *width);
        let width = (NARROWEST..=WIDEST).min_by(|a, b| cost(a).total_cmp(&cost(b)));
        widths[start] = width.expect("the range is not empty");
        costs[start] = cost(&widths[start]);
    }
    let mut best = Vec::new();
    let mut start = 0;
    while start <= longest {
        best.push(widths[start]);
        start += widths[start];
    }
    best
}

/// In additions: one for every digit but the first of a bucket, two for every bucket in use.
fn cost(digits: f64, width: usize) -> f64 {
    let buckets = f64::from(1 << (width - 1));
    let used = buckets * -(-digits / buckets).exp_m1();
    digits + used + FIXED_COST
}

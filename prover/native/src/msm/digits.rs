//! The digits of terms, window by window.

use crate::curve::cells::Entry;
use crate::field::scalars::{Limbs, Recoding};
use crate::msm::scalar_vector::ScalarVector;

/// A point, with the sign of its scalar, and the scalar.
#[derive(Clone, Copy)]
pub struct Term {
    pub entry: Entry,
    pub scalar: u32,
}

/// The digits of some terms. A digit is twice its absolute value, plus one where it is negative.
pub struct Digits {
    /// Terms with the most windows first.
    entries: Vec<Entry>,
    /// For each window, the digits of the first entries; the others have none.
    windows: Vec<Vec<u16>>,
}

impl Digits {
    pub fn new(terms: &[Term], scalars: &ScalarVector, recoding: &Recoding) -> Self {
        let mut terms: Vec<(usize, Limbs, Entry)> = terms
            .iter()
            .map(|term| {
                let shifted = recoding.shift(&scalars.size(term.scalar as usize));
                (recoding.window_count(&shifted), shifted, term.entry)
            })
            .collect();
        terms.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
        let shifted: Vec<Limbs> = terms.iter().map(|(_, shifted, _)| *shifted).collect();
        let windows = (0..recoding.windows.len()).map(|window| {
            let count = terms.partition_point(|(windows, ..)| *windows > window);
            let digits = recoding.digits(&shifted[..count], window);
            digits
                .map(|digit| (digit.unsigned_abs() as u16) << 1 | u16::from(digit < 0))
                .collect()
        });
        let windows = windows.collect();
        Self {
            entries: terms.into_iter().map(|(.., entry)| entry).collect(),
            windows,
        }
    }

    /// How many terms have a digit, if only zero, in a window.
    pub fn count(&self, window: usize) -> usize {
        self.windows[window].len()
    }

    /// Absolute values of a window's digits that are not zero, and points with the term's sign.
    #[inline]
    pub fn entries(&self, window: usize) -> impl Iterator<Item = (u32, Entry)> {
        let digits = self.windows[window].iter().zip(&self.entries);
        let digits = digits.filter(|(digit, _)| **digit > 1);
        digits.map(|(digit, entry)| {
            let digit = u32::from(*digit);
            (digit >> 1, Entry(entry.0 ^ (digit & 1)))
        })
    }
}

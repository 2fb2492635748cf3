//! Sums of points with small weights, for several lists at once.
//!
//! A weight is h 2^k + l: the points of equal h are added, and those of equal l, and what is
//! left are two lists with weights of half the bits.

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;

use crate::curve::cells::{Cells, Entry};
use crate::curve::points::Curve;
use crate::msm::trees;

/// Lists whose weights have no more bits are summed one point after another.
const FEW_BITS: usize = 3;

/// Points, and for each the number of its list times 2^bits, plus its weight.
pub struct Weighted<P: Curve> {
    pub points: Cells<P::BaseField>,
    pub keys: Vec<u32>,
    pub bits: usize,
}

impl<P: Curve> Weighted<P> {
    /// The sum of weight * point, for each list.
    pub fn sums(self, lists: usize) -> Vec<Projective<P>> {
        if self.bits <= FEW_BITS {
            return self.sums_one_by_one(lists);
        }
        let low_bits = self.bits / 2;
        let halves = self.halved(lists, low_bits).sums(2 * lists);
        let sums = halves.as_chunks::<2>().0.iter().map(|[high, low]| {
            let mut total = *high;
            (0..low_bits).for_each(|_| _ = total.double_in_place());
            total + low
        });
        sums.collect()
    }

    /// Two lists for each: by the high bits of the weight, and by the low ones.
    fn halved(self, lists: usize, low_bits: usize) -> Self {
        let bits = self.bits - low_bits;
        let key = |key: u32| {
            let (list, weight) = (key >> self.bits, key & ((1 << self.bits) - 1));
            let (high, low) = (weight >> low_bits, weight & ((1 << low_bits) - 1));
            [list << (bits + 1) | high, (2 * list + 1) << bits | low]
        };
        let rows = Rows::new((2 * lists) << bits, || {
            let both = self.keys.iter().enumerate();
            both.flat_map(|(index, old)| key(*old).map(|new| (new, Entry::new(index, false))))
        });
        Self {
            points: trees::sums(self.points.source(), &rows.entries, &rows.lengths),
            keys: rows.keys,
            bits,
        }
    }

    /// Needs keys in ascending order.
    fn sums_one_by_one(self, lists: usize) -> Vec<Projective<P>> {
        let mut totals = vec![Projective::<P>::ZERO; lists];
        let mut running = totals.clone();
        let mut left = self.keys.len();
        for key in (0..(lists as u32) << self.bits).rev() {
            let list = (key >> self.bits) as usize;
            while left > 0 && self.keys[left - 1] == key {
                left -= 1;
                running[list] += self.points.read(left).to_affine::<P>();
            }
            if key & ((1 << self.bits) - 1) != 0 {
                let sum = running[list];
                totals[list] += sum;
            }
        }
        totals
    }
}

/// Entries in rows of equal keys, by ascending key; a long row comes in pieces.
pub struct Rows {
    pub entries: Vec<Entry>,
    pub lengths: Vec<u32>,
    pub keys: Vec<u32>,
}

impl Rows {
    /// Sorts entries by their keys, which are below `key_count`.
    pub fn new<I: Iterator<Item = (u32, Entry)>>(key_count: usize, all: impl Fn() -> I) -> Self {
        let mut places = vec![0u32; key_count];
        all().for_each(|(key, _)| places[key as usize] += 1);
        let (mut lengths, mut keys) = (Vec::new(), Vec::new());
        let mut total = 0;
        for (key, place) in places.iter_mut().enumerate() {
            let mut length = std::mem::replace(place, total);
            total += length;
            while length > 0 {
                let piece = length.min(trees::PORTION as u32);
                lengths.push(piece);
                keys.push(key as u32);
                length -= piece;
            }
        }
        let mut entries = vec![Entry(0); total as usize];
        all().for_each(|(key, entry)| {
            let place = &mut places[key as usize];
            entries[*place as usize] = entry;
            *place += 1;
        });
        Self {
            entries,
            lengths,
            keys,
        }
    }
}

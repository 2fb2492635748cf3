//! Scalars made ready once for several sums: with their signs, sizes and repetitions.
//!
//! A looked-up value has one inverse, however often it is looked up, so a witness of many lookups
//! has few different full-size scalars: the points of each are added first, and multiplied once.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::field::scalars::{self, Limbs};

/// Scalars of more bits (in absolute value) are worth a search for repetitions.
const SMALL_BITS: u8 = 32;
/// The search is made where one in so many of a sample repeats another.
const SAMPLE: usize = 1 << 11;
const RARE: usize = 50;

/// The sign, in the highest limb of an absolute value, which has 253 bits.
const SIGN: u64 = 1 << 63;

/// Canonical scalars; a part of such a vector shares its memory.
#[derive(Clone)]
pub struct ScalarVector {
    all: Arc<Prepared>,
    range: Range<usize>,
}

struct Prepared {
    signed: Vec<Limbs>,
    /// Bits of the absolute values.
    bits: Vec<u8>,
    repeated: Repeated,
}

/// Scalars of equal absolute value, in groups.
#[derive(Default)]
struct Repeated {
    /// Whether a scalar belongs to a group; empty where there are no groups.
    is_member: Vec<bool>,
    /// The members, ascending within a group.
    members: Vec<u32>,
    /// Where each group ends among the members.
    ends: Vec<u32>,
}

impl ScalarVector {
    /// Of canonical scalars.
    pub fn new(scalars: &[Limbs]) -> Self {
        let (signed, bits): (Vec<Limbs>, Vec<u8>) = scalars.par_iter().map(prepared).unzip();
        let repeated = Repeated::find(&signed, &bits);
        Self {
            range: 0..signed.len(),
            all: Arc::new(Prepared {
                signed,
                bits,
                repeated,
            }),
        }
    }

    /// Those in the range, which must lie within this vector.
    pub fn part(&self, range: Range<usize>) -> Self {
        let start = self.range.start;
        debug_assert!(range.start <= range.end && range.end <= self.len());
        Self {
            all: self.all.clone(),
            range: start + range.start..start + range.end,
        }
    }

    pub fn len(&self) -> usize {
        self.range.len()
    }

    pub fn bits(&self, index: usize) -> usize {
        self.all.bits[self.range.start + index].into()
    }

    /// The absolute value.
    pub fn size(&self, index: usize) -> Limbs {
        let mut size = self.all.signed[self.range.start + index];
        size[3] &= !SIGN;
        size
    }

    pub fn is_negative(&self, index: usize) -> bool {
        self.all.signed[self.range.start + index][3] & SIGN != 0
    }

    /// Whether `groups` has this one.
    pub fn is_grouped(&self, index: usize) -> bool {
        let is_member = &self.all.repeated.is_member;
        !is_member.is_empty() && is_member[self.range.start + index]
    }

    /// Scalars of equal absolute value; together all that are grouped.
    pub fn groups(&self) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        let Repeated { members, ends, .. } = &self.all.repeated;
        let starts = std::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(start, end)| {
            let members = members[*start as usize..*end as usize].iter();
            let own = members.filter(|member| self.range.contains(&(**member as usize)));
            own.map(|member| *member as usize - self.range.start)
        })
    }
}

fn prepared(scalar: &Limbs) -> (Limbs, u8) {
    let (mut signed, negative) = scalars::centered(scalar);
    let bits = scalars::bit_length(&signed) as u8;
    signed[3] |= u64::from(negative) * SIGN;
    (signed, bits)
}

impl Repeated {
    fn find(signed: &[Limbs], bits: &[u8]) -> Self {
        let large = bits
            .iter()
            .enumerate()
            .filter(|(_, bits)| **bits > SMALL_BITS);
        let large: Vec<u32> = large.map(|(index, _)| index as u32).collect();
        let size = |index: u32| {
            let mut size = signed[index as usize];
            size[3] &= !SIGN;
            size
        };
        if !seem_repeated(&large, size) {
            return Self::default();
        }
        let numbers = numbered(&large, size);
        let mut lengths = vec![0u32; large.len()];
        numbers
            .iter()
            .for_each(|number| lengths[*number as usize] += 1);
        let (mut places, mut ends, mut total) = (lengths, Vec::new(), 0);
        for place in &mut places {
            let length = std::mem::replace(place, total);
            if length < 2 {
                *place = u32::MAX;
            } else {
                total += length;
                ends.push(total);
            }
        }
        let mut is_member = vec![false; signed.len()];
        let mut members = vec![0; total as usize];
        for (index, number) in large.iter().zip(&numbers) {
            let place = &mut places[*number as usize];
            if *place != u32::MAX {
                members[*place as usize] = *index;
                is_member[*index as usize] = true;
                *place += 1;
            }
        }
        Self {
            is_member,
            members,
            ends,
        }
    }
}

fn seem_repeated(large: &[u32], size: impl Fn(u32) -> Limbs) -> bool {
    if large.len() < SAMPLE {
        return false;
    }
    let sample = large.iter().step_by(large.len() / SAMPLE);
    let count = sample.len();
    let distinct: HashSet<Limbs> = sample.map(|index| size(*index)).collect();
    (count - distinct.len()) * RARE > count
}

/// Equal values get equal numbers, counted from zero. Open addressing; the multipliers are drawn,
/// so that no choice of values makes many collide.
fn numbered(large: &[u32], size: impl Fn(u32) -> Limbs) -> Vec<u32> {
    const FREE: (u32, u32) = (u32::MAX, 0);
    let state = std::hash::RandomState::new();
    let multipliers = [0, 1, 2, 3]
        .map(|limb| u128::from(state.hash_one(limb)) << 64 | u128::from(state.hash_one(limb + 4)));
    let bits = (2 * large.len()).next_power_of_two().ilog2();
    let mut table = vec![FREE; 1 << bits];
    let mut count = 0;
    let number = |index: &u32| {
        let value = size(*index);
        let products = value.iter().zip(multipliers);
        let hash = products.fold(0u128, |sum, (limb, multiplier)| {
            sum.wrapping_add(multiplier.wrapping_mul(u128::from(*limb)))
        });
        let mut place = (hash >> (128 - bits)) as usize;
        loop {
            match table[place] {
                FREE => {
                    table[place] = (*index, count);
                    count += 1;
                    return count - 1;
                }
                (first, number) if size(first) == value => return number,
                _ => place = (place + 1) % table.len(),
            }
        }
    };
    large.iter().map(number).collect()
}

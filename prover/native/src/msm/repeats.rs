//! Scalars that occur many times: the points of each are added first, and multiplied once.
//!
//! A looked-up value has one inverse, however often it is looked up, so a witness of many lookups
//! has few different full-size scalars.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::curve::points::{Coordinate, Point};
use crate::field::scalars::{self, Limbs};
use crate::msm::buckets;

/// Scalars of more bits (in absolute value) are worth a search for repetitions.
const SMALL_BITS: usize = 32;
/// The search is made where one in so many of a sample repeats another.
const SAMPLE: usize = 1 << 11;
const RARE: usize = 50;

/// A sum in two parts: the points given with `once`, and other points with other scalars.
pub struct Parted {
    pub once: Vec<Limbs>,
    pub raw: Vec<u8>,
    pub scalars: Vec<Limbs>,
}

/// Parts the sum; None where few scalars repeat.
pub fn parted<F: Coordinate>(raw: &[u8], scalars: &[Limbs]) -> Option<Parted> {
    let mut large: Vec<(Limbs, u32)> = scalars
        .par_iter()
        .enumerate()
        .filter(|(_, scalar)| scalars::bit_length(&scalars::centered(scalar).0) > SMALL_BITS)
        .map(|(index, scalar)| (*scalar, index as u32))
        .collect();
    if large.len() < SAMPLE || !repeats(&large) {
        return None;
    }
    large.par_sort_unstable();
    let mut once = scalars.to_vec();
    let (mut scalars, mut lengths) = (Vec::new(), Vec::new());
    for equal in large.chunk_by(|a, b| a.0 == b.0) {
        scalars.push(equal[0].0);
        lengths.push(equal.len() as u32);
    }
    for (_, index) in &large {
        once[*index as usize] = [0; 4];
    }
    let size = Point::<F>::BYTES;
    let encoding = |index: usize| &raw[large[index].1 as usize * size..][..size];
    let sums = buckets::sums::<F>(
        |index| Point::read(encoding(index)),
        |index| buckets::prefetch(encoding(index)),
        lengths,
    );
    let mut raw = Vec::with_capacity(sums.len() * size);
    sums.iter().for_each(|sum| sum.write(&mut raw));
    Some(Parted { once, raw, scalars })
}

fn repeats(large: &[(Limbs, u32)]) -> bool {
    let sample = large.iter().step_by(large.len() / SAMPLE);
    let count = sample.len();
    let distinct: HashSet<&Limbs> = sample.map(|(scalar, _)| scalar).collect();
    (count - distinct.len()) * RARE > count
}

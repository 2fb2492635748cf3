//! Multi-scalar multiplication: Pippenger's buckets, filled by batched affine additions.
//!
//! Scalars are taken with their sign and cut into signed digits, so small positive and small
//! negative scalars both cost one or two windows. Within a window the points are sorted by
//! bucket and every bucket is summed as a tree, one level of all buckets at a time: thousands of
//! independent additions share one inversion.

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::batch_adder::BatchAdder;
use crate::points::{Coordinate, Curve, Point};
use crate::scalars::{self, CENTERED_BITS, Limbs, Recoding};

const WIDTHS: std::ops::RangeInclusive<usize> = 3..=16;
/// Additions that share an inversion: few enough for the scratch to stay in cache.
const BATCH: usize = 1 << 11;
/// Cost of an addition in a tree, and of a bucket in the running sum (field multiplications).
const ADDITION_COST: usize = 6;
const BUCKET_COST: usize = 27;

/// One term of the sum, ready to be cut into digits.
struct Term {
    shifted: Limbs,
    index: u32,
    negative: bool,
}

/// sum scalars[i] * points[i]; `raw` holds the points' raw encoding, one per scalar.
pub fn msm<P: Curve>(raw: &[u8], scalars: &[Limbs]) -> Projective<P> {
    let width = best_width(scalars);
    let recoding = Recoding::new(width);
    let terms = terms::<P>(raw, scalars, &recoding);
    let chunk = chunk_size(&terms, &recoding);
    let jobs: Vec<(usize, &[Term])> = (0..recoding.windows)
        .flat_map(|window| terms.chunks(chunk).map(move |part| (window, part)))
        .collect();
    let sums: Vec<(usize, Projective<P>)> = jobs
        .into_par_iter()
        .with_max_len(1)
        .map(|(window, part)| (window, window_sum::<P>(raw, part, &recoding, window)))
        .collect();
    let mut windows = vec![Projective::<P>::ZERO; recoding.windows];
    for (window, sum) in sums {
        windows[window] += sum;
    }
    windows
        .into_iter()
        .rev()
        .fold(Projective::ZERO, |mut total, sum| {
            for _ in 0..width {
                total.double_in_place();
            }
            total + sum
        })
}

/// The terms that count: non-zero scalar, finite point.
fn terms<P: Curve>(raw: &[u8], scalars: &[Limbs], recoding: &Recoding) -> Vec<Term> {
    let size = Point::<P::BaseField>::BYTES;
    scalars
        .par_iter()
        .zip(raw.par_chunks_exact(size))
        .enumerate()
        .filter(|(_, (scalar, point))| **scalar != [0; 4] && point.iter().any(|byte| *byte != 0))
        .map(|(index, (scalar, _))| {
            let (centered, negative) = scalars::centered(scalar);
            Term {
                shifted: recoding.shift(&centered),
                index: index as u32,
                negative,
            }
        })
        .collect()
}

/// The window width with the smallest estimated work for these scalars.
fn best_width(scalars: &[Limbs]) -> usize {
    let mut lengths = [0usize; CENTERED_BITS + 1];
    for scalar in scalars {
        lengths[scalars::bit_length(&scalars::centered(scalar).0)] += 1;
    }
    let longest = lengths.iter().rposition(|count| *count > 0).unwrap_or(0);
    let cost = |width: &usize| {
        let windows = |bits: usize| bits / width + 1;
        let additions: usize = lengths
            .iter()
            .enumerate()
            .skip(1)
            .map(|(bits, count)| count * windows(bits))
            .sum();
        additions * ADDITION_COST + windows(longest) * (1 << (width - 1)) * BUCKET_COST
    };
    WIDTHS.min_by_key(cost).expect("the range is not empty")
}

/// Terms per job: a window is cut only where there are more cores than full windows.
fn chunk_size(terms: &[Term], recoding: &Recoding) -> usize {
    let full = (0..recoding.windows)
        .filter(|window| {
            let sample = terms.iter().step_by(terms.len() / 64 + 1);
            let (all, used) = sample.fold((0, 0), |(all, used), term| {
                (
                    all + 1,
                    used + usize::from(recoding.digit(&term.shifted, *window) != 0),
                )
            });
            2 * used > all
        })
        .count()
        .max(1);
    let parts = rayon::current_num_threads().div_ceil(full);
    terms
        .len()
        .div_ceil(parts)
        .max(8 * recoding.largest_digit())
        .max(1)
}

/// sum over buckets d of d * (points whose digit is d), of one window.
fn window_sum<P: Curve>(
    raw: &[u8],
    terms: &[Term],
    recoding: &Recoding,
    window: usize,
) -> Projective<P> {
    let buckets = sorted_by_bucket::<P::BaseField>(raw, terms, recoding, window);
    if buckets.points.is_empty() {
        return Projective::ZERO;
    }
    let (mut running, mut total) = (Projective::<P>::ZERO, Projective::<P>::ZERO);
    for bucket in buckets.summed().into_iter().rev() {
        if let Some(point) = bucket {
            running += point.to_affine::<P>();
        }
        total += running;
    }
    total
}

/// Points grouped by bucket: bucket d holds `lengths[d - 1]` points, in order.
struct Buckets<F> {
    points: Vec<Point<F>>,
    lengths: Vec<u32>,
}

fn sorted_by_bucket<F: Coordinate>(
    raw: &[u8],
    terms: &[Term],
    recoding: &Recoding,
    window: usize,
) -> Buckets<F> {
    let mut lengths = vec![0u32; recoding.largest_digit()];
    for term in terms {
        let digit = recoding.digit(&term.shifted, window);
        if digit != 0 {
            lengths[digit.unsigned_abs() as usize - 1] += 1;
        }
    }
    let mut next = Vec::with_capacity(lengths.len());
    let mut total = 0;
    for length in &lengths {
        next.push(total);
        total += *length as usize;
    }
    let mut points = vec![Point::INFINITY; total];
    for term in terms {
        let digit = recoding.digit(&term.shifted, window);
        if digit != 0 {
            let place = &mut next[digit.unsigned_abs() as usize - 1];
            let start = term.index as usize * Point::<F>::BYTES;
            points[*place] = Point::read(&raw[start..]).negate_if(term.negative != (digit < 0));
            *place += 1;
        }
    }
    Buckets { points, lengths }
}

impl<F: Coordinate> Buckets<F> {
    /// The sum of each bucket; None for an empty one.
    fn summed(mut self) -> Vec<Option<Point<F>>> {
        let mut halved = Halving::new(self.points.len().div_ceil(2) + self.lengths.len());
        while self.lengths.iter().any(|length| *length > 1) {
            self = halved.halve(self);
        }
        let mut points = self.points.into_iter();
        let single = |length| if length == 0 { None } else { points.next() };
        self.lengths.into_iter().map(single).collect()
    }
}

/// One level of all trees at a time: neighbours of a bucket are added, an odd one is carried.
struct Halving<F> {
    adder: BatchAdder<F>,
    right: Vec<Point<F>>,
    spare: Vec<Point<F>>,
    places: Vec<usize>,
    left: Vec<Point<F>>,
}

impl<F: Coordinate> Halving<F> {
    fn new(capacity: usize) -> Self {
        Self {
            adder: BatchAdder::new(),
            right: Vec::with_capacity(BATCH),
            spare: Vec::with_capacity(capacity),
            places: Vec::with_capacity(BATCH),
            left: Vec::with_capacity(BATCH),
        }
    }

    fn halve(&mut self, mut buckets: Buckets<F>) -> Buckets<F> {
        let mut output = std::mem::take(&mut self.spare);
        output.clear();
        let mut start = 0;
        for length in &mut buckets.lengths {
            let end = start + *length as usize;
            for pair in buckets.points[start..end].chunks(2) {
                if let [a, b] = pair {
                    self.places.push(output.len());
                    self.left.push(*a);
                    self.right.push(*b);
                    output.push(Point::INFINITY);
                } else {
                    output.push(pair[0]);
                }
                if self.left.len() == BATCH {
                    self.flush(&mut output);
                }
            }
            *length = length.div_ceil(2);
            start = end;
        }
        self.flush(&mut output);
        self.spare = std::mem::replace(&mut buckets.points, output);
        buckets
    }

    fn flush(&mut self, output: &mut [Point<F>]) {
        self.adder.add(&mut self.left, &self.right);
        for (place, point) in self.places.drain(..).zip(self.left.drain(..)) {
            output[place] = point;
        }
        self.right.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, g1, g2};
    use ark_ec::{CurveGroup, PrimeGroup};
    use ark_ff::UniformRand;

    fn agrees_with_naive<P: Curve>(scalars: &[Fr]) {
        let mut generator = ark_std::test_rng();
        let mut raw = Vec::new();
        let mut expected = Projective::<P>::ZERO;
        let mut previous = Projective::<P>::generator();
        for (index, scalar) in scalars.iter().enumerate() {
            let point = match index % 5 {
                0 => Projective::rand(&mut generator),
                1 => Projective::ZERO,
                2 => previous,
                3 => -previous,
                _ => Projective::generator(),
            };
            previous = point;
            expected += point * scalar;
            Point::from_affine(&point.into_affine()).write(&mut raw);
        }
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        assert_eq!(msm::<P>(&raw, &limbs), expected);
    }

    #[test]
    fn agrees_with_one_multiplication_per_point() {
        let mut generator = ark_std::test_rng();
        for size in [0usize, 1, 2, 7, 64, 700] {
            let mixed: Vec<Fr> = (0..size)
                .map(|index| match index % 4 {
                    0 => Fr::from(index as u64 * 977 % 16384),
                    1 => -Fr::from(index as u64),
                    2 => Fr::rand(&mut generator),
                    _ => Fr::from(7),
                })
                .collect();
            agrees_with_naive::<g1::Config>(&mixed);
            agrees_with_naive::<g2::Config>(&mixed);
        }
    }
}

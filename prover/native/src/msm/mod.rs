//! Multi-scalar multiplication: Pippenger's buckets, filled by batched affine additions.
//!
//! Scalars are taken with their sign and cut into signed digits, so small positive and small
//! negative scalars both cost one or two windows. Within a window the points are sorted by
//! bucket and every bucket is summed as a tree, one level of all buckets at a time: thousands of
//! independent additions share one inversion.

mod buckets;
pub mod fixed_base;
mod repeats;

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::curve::batch_adder::BatchAdder;
use crate::curve::points::{Curve, Point};
use crate::field::scalars::{self, CENTERED_BITS, Limbs, Recoding};
use buckets::BATCH;

const WIDTHS: std::ops::RangeInclusive<usize> = 3..=16;
/// Cost of a bucket in the weighted sum, in additions.
const BUCKET_COST: usize = 3;

/// One term of the sum, ready to be cut into digits.
struct Term {
    shifted: Limbs,
    index: u32,
    negative: bool,
}

/// sum scalars[i] * points[i]; `raw` holds the points' raw encoding, one per scalar.
pub fn msm<P: Curve>(raw: &[u8], scalars: &[Limbs]) -> Projective<P> {
    let Some(parted) = repeats::parted::<P::BaseField>(raw, scalars) else {
        return sum_of_windows(raw, scalars);
    };
    let (once, repeated) = rayon::join(
        || sum_of_windows::<P>(raw, &parted.once),
        || sum_of_windows::<P>(&parted.raw, &parted.scalars),
    );
    once + repeated
}

fn sum_of_windows<P: Curve>(raw: &[u8], scalars: &[Limbs]) -> Projective<P> {
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
        additions + windows(longest) * (1 << (width - 1)) * BUCKET_COST
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
    let (entries, lengths) = sorted_by_bucket(terms, recoding, window);
    if entries.is_empty() {
        return Projective::ZERO;
    }
    let size = Point::<P::BaseField>::BYTES;
    let point = |index: usize| {
        let (place, negative) = entries[index];
        Point::read(&raw[place as usize * size..]).negate_if(negative)
    };
    let announce =
        |index: usize| buckets::prefetch(&raw[entries[index].0 as usize * size..][..size]);
    weighted(buckets::sums(point, announce, lengths))
}

/// The terms of a window with a digit, ordered by bucket: place of the point, and whether it is
/// subtracted. And the length of every bucket.
fn sorted_by_bucket(
    terms: &[Term],
    recoding: &Recoding,
    window: usize,
) -> (Vec<(u32, bool)>, Vec<u32>) {
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
    let mut entries = vec![(0, false); total];
    for term in terms {
        let digit = recoding.digit(&term.shifted, window);
        if digit != 0 {
            let place = &mut next[digit.unsigned_abs() as usize - 1];
            entries[*place] = (term.index, term.negative != (digit < 0));
            *place += 1;
        }
    }
    (entries, lengths)
}

/// sum (i + 1) * points[i]; as many points as a power of two.
///
/// With the sums c[i] of neighbours, sum i * b[i] is twice sum i * c[i], plus the sum of the
/// neighbours at odd places: halving again and again leaves additions that share inversions.
fn weighted<P: Curve>(mut points: Vec<Point<P::BaseField>>) -> Projective<P> {
    let mut adder = BatchAdder::new();
    let (mut odd, mut lengths) = (Vec::with_capacity(points.len()), Vec::new());
    while points.len() > 1 {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for pair in points.as_chunks::<2>().0 {
            left.push(pair[0]);
            right.push(pair[1]);
        }
        for (left, right) in left.chunks_mut(BATCH).zip(right.chunks(BATCH)) {
            adder.add(left, right);
        }
        lengths.push(right.len() as u32);
        odd.append(&mut right);
        points = left;
    }
    let levels = buckets::sums(|index| odd[index], |_| (), lengths)
        .into_iter()
        .rev();
    let total = levels.fold(Projective::<P>::ZERO, |mut total, sum| {
        total.double_in_place();
        total + sum.to_affine::<P>()
    });
    total + points[0].to_affine::<P>()
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

    #[test]
    fn agrees_where_large_scalars_repeat() {
        let mut generator = ark_std::test_rng();
        let values: Vec<Fr> = (0..100).map(|_| Fr::rand(&mut generator)).collect();
        let scalar = |index: usize| match index % 7 {
            0 => Fr::from(index as u64),
            1 => -values[index % 3],
            2 => -Fr::from(1),
            _ => values[index * index % 100],
        };
        let scalars: Vec<Fr> = (0..4000).map(scalar).collect();
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        let raw = vec![0; limbs.len() * Point::<ark_bn254::Fq>::BYTES];
        assert!(repeats::parted::<ark_bn254::Fq>(&raw, &limbs).is_some());
        agrees_with_naive::<g1::Config>(&scalars);
        agrees_with_naive::<g2::Config>(&scalars);
    }
}

//! Multi-scalar multiplication: Pippenger's buckets, filled by batched affine additions.
//!
//! Scalars are taken with their sign and cut into signed digits, so small positive and small
//! negative scalars both cost one or two windows. Within a window the points are sorted by
//! bucket and every bucket is summed as a tree, one level of many buckets at a time: thousands of
//! independent additions share one inversion.

#[cfg(test)]
mod differential_tests;
mod digits;
pub mod fixed_base;
pub mod point_vector;
pub mod scalar_vector;
#[cfg(test)]
mod stage_tests;
#[cfg(test)]
mod structured;
mod trees;
mod weighted;
mod widths;

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::curve::cells::{Cells, Entry, Source};
use crate::curve::points::Curve;
use crate::field::scalars::{CENTERED_BITS, Recoding, Window};
use digits::{Digits, Term};
use point_vector::FinitePoints;
use scalar_vector::ScalarVector;
use weighted::{Rows, Weighted};

/// Windows with fewer digits are taken together.
const ENTRIES_AT_ONCE: usize = 1 << 16;

/// Terms whose digits are computed by one core in one go.
const TERMS_AT_ONCE: usize = 1 << 13;

/// sum scalars[i] * points[i]; `raw` holds the points' raw encodings, one per scalar, and `finite`
/// says which are not infinity.
pub fn msm<P: Curve>(raw: &[u8], finite: &FinitePoints, scalars: &ScalarVector) -> Projective<P> {
    let (mut terms, groups) = terms(finite, scalars);
    let source = Source::finite(raw);
    let sums: Cells<P::BaseField> = trees::sums(source, &groups.entries, &groups.lengths);
    let point = |group: usize| Entry::new(scalars.len() + group, false);
    let finite_sums = (0..sums.len()).filter(|group| !sums.read(*group).is_infinity());
    terms.extend(finite_sums.map(|group| Term {
        entry: point(group),
        scalar: groups.scalars[group],
    }));
    let mut counts = [0; CENTERED_BITS + 1];
    terms
        .iter()
        .for_each(|term| counts[scalars.bits(term.scalar as usize)] += 1);
    let recoding = Recoding::new(widths::best(&counts));
    let digits: Vec<Digits> = terms
        .par_chunks(TERMS_AT_ONCE)
        .map(|terms| Digits::new(terms, scalars, &recoding))
        .collect();
    sum_of_digits(source.followed_by(&sums), &digits, &recoding)
}

/// Terms that count alone, and groups of points whose sums take part once for all.
fn terms(finite: &FinitePoints, scalars: &ScalarVector) -> (Vec<Term>, Groups) {
    let entry = |index: usize| Entry::new(index, scalars.is_negative(index));
    let term = |index: usize| Term {
        entry: entry(index),
        scalar: index as u32,
    };
    let alone = (0..scalars.len()).into_par_iter().filter(|index| {
        scalars.bits(*index) > 0 && finite.contains(*index) && !scalars.is_grouped(*index)
    });
    let mut alone: Vec<Term> = alone.map(term).collect();
    let mut groups = Groups::default();
    for group in scalars.groups() {
        let start = groups.entries.len();
        let mut first = None;
        for index in group.filter(|index| finite.contains(*index)) {
            first = first.or(Some(index));
            groups.entries.push(entry(index));
        }
        match (first, groups.entries.len() - start) {
            (None, _) => (),
            (Some(index), 1) => {
                groups.entries.pop();
                alone.push(term(index));
            }
            (Some(index), length) => {
                groups.lengths.push(length as u32);
                groups.scalars.push(index as u32);
            }
        }
    }
    (alone, groups)
}

/// Points that have a scalar's absolute value in common.
#[derive(Default)]
struct Groups {
    entries: Vec<Entry>,
    lengths: Vec<u32>,
    /// One scalar of each group.
    scalars: Vec<u32>,
}

fn sum_of_digits<P: Curve>(
    source: Source,
    digits: &[Digits],
    recoding: &Recoding,
) -> Projective<P> {
    let windows = &recoding.windows;
    let lengths =
        (0..windows.len()).map(|window| digits.iter().map(|part| part.count(window)).sum());
    let lengths: Vec<usize> = lengths.collect();
    let mut jobs = Vec::new();
    let mut start = 0;
    while start < windows.len() {
        let (mut end, mut entries) = (start, 0);
        while end < windows.len() && (end == start || entries + lengths[end] <= ENTRIES_AT_ONCE) {
            entries += lengths[end];
            end += 1;
        }
        jobs.push(start..end);
        start = end;
    }
    let sums = jobs.into_par_iter().with_max_len(1);
    let sums = sums.flat_map_iter(|job| window_sums::<P>(source, digits, windows, job));
    let sums: Vec<Projective<P>> = sums.collect();
    let windows = windows.iter().zip(sums).rev();
    windows.fold(Projective::ZERO, |mut total, (window, sum)| {
        (0..window.width).for_each(|_| _ = total.double_in_place());
        total + sum
    })
}

/// For each of these windows, the sum over buckets d of d * (points whose digit is d).
fn window_sums<P: Curve>(
    source: Source,
    digits: &[Digits],
    windows: &[Window],
    numbers: std::ops::Range<usize>,
) -> Vec<Projective<P>> {
    let lists = numbers.len();
    let width = windows[numbers.clone()]
        .iter()
        .map(|window| window.width)
        .max();
    let bits = width.expect("there is a window");
    let rows = Rows::new(lists << bits, || {
        numbers.clone().enumerate().flat_map(move |(list, window)| {
            let entries = digits.iter().flat_map(move |part| part.entries(window));
            entries.map(move |(size, entry)| ((list as u32) << bits | size, entry))
        })
    });
    let points = trees::sums(source, &rows.entries, &rows.lengths);
    Weighted {
        points,
        keys: rows.keys,
        bits,
    }
    .sums(lists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::points::Point;
    use crate::field::scalars::{self, Limbs};
    use ark_bn254::{Fr, g1, g2};
    use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};
    use ark_ff::{Field, PrimeField, UniformRand};

    /// Random points, infinity, equal and opposite neighbours, the generator.
    fn awkward_points<P: Curve>(count: usize) -> Vec<Projective<P>> {
        let mut generator = ark_std::test_rng();
        let mut points: Vec<Projective<P>> = Vec::new();
        for index in 0..count {
            let previous = points.last().copied().unwrap_or_default();
            points.push(match index % 5 {
                0 => Projective::rand(&mut generator),
                1 => Projective::ZERO,
                2 => points[index - 2],
                3 => -previous,
                _ => Projective::generator(),
            });
        }
        points
    }

    fn agrees_with_arkworks<P: Curve>(points: &[Projective<P>], scalars: &[Fr]) {
        let bases = Projective::normalize_batch(points);
        let mut raw = Vec::new();
        bases
            .iter()
            .for_each(|point| Point::from_affine(point).write(&mut raw));
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        let finite = FinitePoints::of(&raw, Point::<P::BaseField>::BYTES);
        let vector = ScalarVector::new(&limbs);
        let expected = <Projective<P> as VariableBaseMSM>::msm(&bases, scalars);
        assert_eq!(
            msm::<P>(&raw, &finite, &vector),
            expected.expect("lengths are equal")
        );
        let (start, end) = (scalars.len() / 3, scalars.len() * 3 / 4);
        let size = Point::<P::BaseField>::BYTES;
        let raw = &raw[start * size..end * size];
        let finite = FinitePoints::of(raw, size);
        let expected =
            <Projective<P> as VariableBaseMSM>::msm(&bases[start..end], &scalars[start..end]);
        let part = vector.part(start..end);
        assert_eq!(
            msm::<P>(raw, &finite, &part),
            expected.expect("lengths are equal")
        );
    }

    fn agrees_on_both_curves(scalars: &[Fr]) {
        agrees_with_arkworks(&awkward_points::<g1::Config>(scalars.len()), scalars);
        agrees_with_arkworks(&awkward_points::<g2::Config>(scalars.len()), scalars);
    }

    #[test]
    fn agrees_on_scalars_of_all_sizes() {
        let mut generator = ark_std::test_rng();
        for size in [0usize, 1, 2, 7, 64, 700, 20_000] {
            let mixed = (0..size).map(|index| match index % 6 {
                0 => Fr::from(index as u64 * 977 % 16384),
                1 => -Fr::from(index as u64),
                2 => Fr::rand(&mut generator),
                3 => Fr::from(2u64).pow([index as u64 % 253]) - Fr::from(index as u64 / 6 % 3),
                4 => -Fr::from(1),
                _ => Fr::from(7),
            });
            agrees_on_both_curves(&mixed.collect::<Vec<_>>());
        }
    }

    #[test]
    fn agrees_where_all_scalars_are_equal() {
        let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
        for scalar in [
            Fr::from(0),
            Fr::from(1),
            -Fr::from(1),
            half,
            -half,
            Fr::from(1 << 14),
        ] {
            agrees_on_both_curves(&vec![scalar; 5_000]);
        }
    }

    #[test]
    fn agrees_where_all_points_are_equal_or_opposite() {
        let mut generator = ark_std::test_rng();
        let scalars: Vec<Fr> = (0..40_000).map(|_| Fr::rand(&mut generator)).collect();
        let point = Projective::<g1::Config>::rand(&mut generator);
        agrees_with_arkworks(&vec![point; scalars.len()], &scalars);
        let sign = |index: usize| {
            if index.is_multiple_of(3) {
                -point
            } else {
                point
            }
        };
        let signed: Vec<_> = (0..scalars.len()).map(sign).collect();
        agrees_with_arkworks(&signed, &scalars);
        agrees_with_arkworks(&signed, &vec![Fr::from(3); scalars.len()]);
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
        let groups: Vec<usize> = ScalarVector::new(&limbs)
            .groups()
            .map(Iterator::count)
            .collect();
        assert!(groups.len() > 20 && groups.iter().all(|length| *length > 1));
        agrees_on_both_curves(&scalars);
    }
}

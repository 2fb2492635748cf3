//! Sums against logarithms, at the corners of every stage.

use ark_bn254::{Fr, g1, g2};
use ark_ec::short_weierstrass::Projective;
use ark_ff::{AdditiveGroup, Field};
use ark_std::rand::Rng;

use crate::curve::cells::{Entry, Source};
use crate::curve::points::Curve;
use crate::field::scalars::{self, CENTERED_BITS, Limbs, Recoding};
use crate::msm::digits::{Digits, Term};
use crate::msm::point_vector::FinitePoints;
use crate::msm::scalar_vector::ScalarVector;
use crate::msm::structured::{self, KINDS, Known, expected, size_of_point};
use crate::msm::{msm, sum_of_digits, widths};

fn vector(scalars: &[Fr]) -> ScalarVector {
    let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
    ScalarVector::new(&limbs)
}

/// Whole, a tail, a middle, and a middle of the tail; raw points at odd addresses.
fn sums_agree<P: Curve>(points: &Known, scalars: &[Fr], name: &str) {
    let (count, size) = (scalars.len(), size_of_point::<P>());
    let mut shifted = vec![1];
    shifted.extend(&points.raw[..count * size]);
    let whole = vector(scalars);
    let tail = whole.part(count / 3..count);
    let middle = tail.part(tail.len() / 4..tail.len() * 3 / 4);
    let start = count / 3 + tail.len() / 4;
    for (start, part) in [(0, whole), (count / 3, tail), (start, middle)] {
        let end = start + part.len();
        let raw = &shifted[1 + start * size..1 + end * size];
        let finite = FinitePoints::of(raw, size);
        let expected = expected::<P>(&scalars[start..end], &points.logarithms[start..end]);
        let sum = msm::<P>(raw, &finite, &part);
        assert_eq!(sum, expected, "{name}: {start}..{end} of {count}");
    }
}

fn sums_of_all_kinds_agree<P: Curve>(sizes: &[usize]) {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<P>(*sizes.iter().max().expect("sizes"), &mut generator);
    for size in sizes {
        for kind in 0..KINDS + 2 {
            let scalars = structured::scalars(kind, *size, &mut generator);
            sums_agree::<P>(&points, &scalars, &format!("kind {kind}"));
        }
    }
}

#[test]
fn sums_of_all_kinds_of_scalars() {
    sums_of_all_kinds_agree::<g1::Config>(&[0, 1, 2, 3, 63, 64, 65, 2047, 2048, 2049, 4097]);
    sums_of_all_kinds_agree::<g2::Config>(&[1, 2, 65, 2049]);
}

#[test]
fn sums_longer_than_what_is_done_at_once() {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<g1::Config>((1 << 16) + 1, &mut generator);
    for size in [1 << 15, 1 << 16] {
        for size in [size - 1, size + 1] {
            for kind in [8, 9, KINDS, KINDS + 1] {
                let scalars = structured::scalars(kind, size, &mut generator);
                sums_agree::<g1::Config>(&points, &scalars, &format!("kind {kind}"));
            }
        }
    }
}

/// Scalars of few bits, each filling one window: the widest are chosen.
#[test]
fn sums_at_every_greatest_length() {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<g1::Config>(20_000, &mut generator);
    for bits in (1..=18).chain([28, 29, 30, 31, 43, 45]) {
        let largest = (1u64 << bits) - 1;
        let scalar = |_| {
            let value = largest - (generator.r#gen::<u64>() & largest) % 5000;
            Fr::from(value) * Fr::from(if generator.r#gen() { 1 } else { -1 })
        };
        let scalars: Vec<Fr> = (0..20_000).map(scalar).collect();
        sums_agree::<g1::Config>(&points, &scalars, &format!("{bits} bits"));
    }
}

fn sums_by_widths_agree<P: Curve>(count: usize, all_widths: &[Vec<usize>]) {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<P>(count, &mut generator);
    let finite = FinitePoints::of(&points.raw, size_of_point::<P>());
    for widths in all_widths {
        let scalars = structured::scalars(KINDS, count, &mut generator);
        let vector = vector(&scalars);
        let terms = (0..count).filter(|index| finite.contains(*index));
        let terms: Vec<Term> = terms
            .map(|index| Term {
                entry: Entry::new(index, vector.is_negative(index)),
                scalar: index as u32,
            })
            .collect();
        let recoding = Recoding::new(widths.iter().copied());
        let digits: Vec<Digits> = terms
            .chunks(70)
            .map(|terms| Digits::new(terms, &vector, &recoding))
            .collect();
        let sum: Projective<P> = sum_of_digits(Source::finite(&points.raw), &digits, &recoding);
        assert_eq!(
            sum,
            expected::<P>(&scalars, &points.logarithms),
            "{widths:?}"
        );
    }
}

/// Widths, drawn from a range, that reach just above a number of bits.
fn drawn_widths(range: std::ops::RangeInclusive<usize>, generator: &mut impl Rng) -> Vec<usize> {
    let mut widths = Vec::new();
    while widths.iter().sum::<usize>() <= CENTERED_BITS {
        widths.push(generator.gen_range(range.clone()));
    }
    widths
}

#[test]
fn sums_with_windows_of_all_widths() {
    let mut generator = ark_std::test_rng();
    let mut all: Vec<_> = (3..=15)
        .map(|width| drawn_widths(width..=width, &mut generator))
        .collect();
    all.extend((0..20).map(|_| drawn_widths(3..=15, &mut generator)));
    sums_by_widths_agree::<g1::Config>(500, &all);
    sums_by_widths_agree::<g2::Config>(120, &all);
}

#[test]
fn chosen_widths_reach_every_scalar() {
    let mut generator = ark_std::test_rng();
    let mut seen = [false; 16];
    for round in 0..3000 {
        let longest = round % (CENTERED_BITS + 1);
        let mut counts = [0; CENTERED_BITS + 1];
        for _ in 0..generator.gen_range(0..6) {
            let count = 1u32 << generator.gen_range(0..28);
            counts[generator.gen_range(0..=longest)] += count;
        }
        counts[longest] += 1;
        let widths = widths::best(&counts);
        widths.iter().for_each(|width| seen[*width] = true);
        let last = widths.len() - 1;
        assert!(widths.iter().sum::<usize>() > longest);
        assert!(widths[..last].iter().sum::<usize>() <= longest);
        assert!(widths_recompose(widths, longest));
    }
    assert_eq!(seen[3..], [true; 13]);
}

/// Whether the digits of the largest scalars of so many bits, and of none, make them again.
fn widths_recompose(widths: Vec<usize>, bits: usize) -> bool {
    let recoding = Recoding::new(widths);
    let power = Fr::from(2u64).pow([bits as u64]);
    let sizes = [
        power - Fr::from(1),
        power - Fr::from(2),
        power / Fr::from(2),
        Fr::ZERO,
    ];
    sizes.iter().all(|size| {
        let shifted = recoding.shift(&scalars::to_limbs(size));
        let count = recoding.window_count(&shifted);
        let windows = recoding.windows[..count].iter().enumerate().rev();
        let value = windows.fold(Fr::ZERO, |value, (number, window)| {
            let digit = recoding.digit(&shifted, number);
            assert!(digit.unsigned_abs() as usize <= window.largest_digit());
            value * Fr::from(2u64).pow([window.width as u64]) + Fr::from(digit)
        });
        value == *size || bits == 0
    })
}

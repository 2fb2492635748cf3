//! For tests: scalars and points that meet the corners of every stage, with known logarithms.

use ark_bn254::Fr;
use ark_ec::short_weierstrass::Projective;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use ark_std::rand::Rng;

use crate::curve::points::{Coordinate, Curve, Point};
use crate::field::scalars::CENTERED_BITS;

/// The kinds of scalars.
pub const KINDS: usize = 12;

fn power(bits: usize) -> Fr {
    Fr::from(2u64).pow([bits as u64])
}

fn size(kind: usize, generator: &mut impl Rng) -> Fr {
    let (bits, fewer) = (
        generator.gen_range(0..=CENTERED_BITS),
        generator.gen_range(0..=CENTERED_BITS),
    );
    let small = Fr::from(generator.gen_range(0..4u64));
    let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
    let width = 2 + bits % 14;
    let halves = |windows: usize| -> Fr { (1..=windows).map(|end| power(end * width - 1)).sum() };
    match kind {
        0 => power(bits) - Fr::ONE,
        1 => power(bits),
        2 => power(bits) - power(fewer),
        3 => power(bits) + small,
        4 => power(bits) - power(fewer) + power(fewer / 2) - power(fewer / 3),
        5 => halves(fewer / width) - small,
        6 => half + small,
        7 => half - small,
        8 => small,
        9 => (small + Fr::ONE) * power(150),
        10 => (0..bits).fold(Fr::ZERO, |sum, _| {
            sum.double() + Fr::from(generator.r#gen::<bool>())
        }),
        _ => Fr::rand(generator),
    }
}

/// Scalars of a kind, of either sign; of all kinds for KINDS; mostly zeros for more.
pub fn scalars(kind: usize, count: usize, generator: &mut impl Rng) -> Vec<Fr> {
    let scalar = |_| {
        if kind > KINDS && generator.gen_range(0..10) > 0 {
            return Fr::ZERO;
        }
        let any = generator.gen_range(0..KINDS);
        let size = size(if kind < KINDS { kind } else { any }, generator);
        if generator.r#gen() { size } else { -size }
    };
    (0..count).map(scalar).collect()
}

/// Points: infinities, equal and opposite neighbours, runs of doublings, others.
pub struct Known {
    pub raw: Vec<u8>,
    pub logarithms: Vec<Fr>,
}

impl Known {
    pub fn new<P: Curve>(count: usize, generator: &mut impl Rng) -> Self {
        let base = Projective::<P>::generator();
        let step = (base * Fr::from(1_000_003), Fr::from(1_000_003));
        let (mut walk, mut last) = ((base, Fr::ONE), (base, Fr::ONE));
        let mut points = Vec::with_capacity(count);
        let mut logarithms = Vec::with_capacity(count);
        for _ in 0..count {
            last = match generator.gen_range(0..8) {
                0 => (Projective::ZERO, Fr::ZERO),
                1 => last,
                2 => (-last.0, -last.1),
                3 => (last.0.double(), last.1.double()),
                _ => {
                    walk = (walk.0 + step.0, walk.1 + step.1);
                    walk
                }
            };
            points.push(last.0);
            logarithms.push(last.1);
        }
        let mut raw = Vec::with_capacity(count * Point::<P::BaseField>::BYTES);
        for point in Projective::normalize_batch(&points) {
            Point::from_affine(&point).write(&mut raw);
        }
        Self { raw, logarithms }
    }
}

/// The multiple of the generator.
pub fn multiple<P: Curve>(logarithm: Fr) -> Projective<P> {
    Projective::generator() * logarithm
}

/// The sum that scalars and logarithms make.
pub fn expected<P: Curve>(scalars: &[Fr], logarithms: &[Fr]) -> Projective<P> {
    let products = scalars.iter().zip(logarithms).map(|(a, b)| *a * b);
    multiple(products.sum())
}

pub fn size_of_point<P: Curve>() -> usize {
    2 * P::BaseField::BYTES
}

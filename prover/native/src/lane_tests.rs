//! The lanes against arkworks: random, edge and adversarial inputs.

use ark_bn254::{Fq, Fr, g1, g2};
use ark_ec::short_weierstrass::Projective;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, BigInt, Field, Fp, MontConfig, PrimeField, UniformRand};

use crate::curve::batch_adder::BatchAdder;
use crate::curve::points::{Curve, Point};
use crate::field::lanes::{self, Lanes, WIDTH};
use crate::field::moduli::Modulus;

/// 0, 1, p - 1 and their neighbours, limbs all ones or all zeros, and random elements.
pub fn samples<C: MontConfig<4>>() -> Vec<Fp<ark_ff::MontBackend<C, 4>, 4>> {
    let mut generator = ark_std::test_rng();
    let mut samples: Vec<_> = [0i64, 1, 2, 3, -1, -2, -3, 16].map(Fp::from).to_vec();
    for bit in [51, 52, 53, 103, 104, 156, 208, 252, 253] {
        let power = Fp::from(2u64).pow([bit]);
        samples.extend([power, power - Fp::ONE]);
    }
    let raw = |limbs| Fp::new_unchecked(BigInt(limbs));
    let mut largest = C::MODULUS.0;
    largest[0] -= 1;
    let ones = u64::MAX;
    samples.extend(
        [
            [1, 0, 0, 0],
            largest,
            [ones, ones, ones, 0],
            [0, 0, 0, 1 << 60],
        ]
        .map(raw),
    );
    samples.resize_with(64, || Fp::rand(&mut generator));
    samples
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn load<C: MontConfig<4>>(values: &[Fp<ark_ff::MontBackend<C, 4>, 4>; WIDTH]) -> Lanes {
    lanes::load(values.each_ref().map(|value| &value.0.0))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn read<C: MontConfig<4>>(lanes: &Lanes) -> [Fp<ark_ff::MontBackend<C, 4>, 4>; WIDTH] {
    let mut values = [Fp::ZERO; WIDTH];
    lanes::store(lanes, values.each_mut().map(|value| &mut value.0.0));
    values
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn field_agrees<C: MontConfig<4>>()
where
    Fp<ark_ff::MontBackend<C, 4>, 4>: Modulus + PrimeField,
{
    type Field<C> = Fp<ark_ff::MontBackend<C, 4>, 4>;
    let samples = samples::<C>();
    let sixteenth = Field::<C>::from(16u64)
        .inverse()
        .expect("sixteen is not zero");
    for shift in 0..samples.len() {
        let mut turned = samples.clone();
        turned.rotate_left(shift);
        for (a, b) in samples.as_chunks().0.iter().zip(turned.as_chunks().0) {
            let (x, y) = (load(a), load(b));
            let product = read(&lanes::reduced::<Field<C>>(&lanes::mul::<Field<C>>(&x, &y)));
            let pair = lanes::dot::<Field<C>, 2>([&x, &y], [&y, &x]);
            let pair = read(&lanes::reduced::<Field<C>>(&pair));
            let sum = read(&lanes::reduced::<Field<C>>(&lanes::add(&x, &y)));
            let difference = lanes::sub::<Field<C>, 1, 1>(&x, &y);
            let difference = read(&lanes::reduced::<Field<C>>(&difference));
            let equal = lanes::equal(&x, &y);
            assert_eq!(read(&x), *a);
            for lane in 0..WIDTH {
                let (a, b) = (a[lane], b[lane]);
                assert_eq!(product[lane], a * b * sixteenth);
                assert_eq!(pair[lane], (a * b * sixteenth).double());
                assert_eq!(sum[lane], a + b);
                assert_eq!(difference[lane], (a - b).double());
                assert_eq!(equal >> lane & 1 == 1, a == b);
            }
        }
    }
}

#[test]
fn fields_agree_with_arkworks() {
    if lanes::supported() {
        // SAFETY: the instructions are supported.
        unsafe {
            field_agrees::<ark_bn254::FqConfig>();
            field_agrees::<ark_bn254::FrConfig>();
        }
    }
}

/// Pairs (a, b) of a kind; every kind but the first has no slope between different x.
fn pair<P: Curve>(kind: usize, a: Projective<P>, b: Projective<P>) -> [Projective<P>; 2] {
    match kind {
        0 => [a, b],
        1 => [a, a],
        2 => [a, -a],
        3 => [a, Projective::ZERO],
        4 => [Projective::ZERO, b],
        _ => [Projective::ZERO, Projective::ZERO],
    }
}

fn sums_agree<P: Curve>(kinds: impl Fn(usize) -> usize, size: usize) {
    let mut generator = ark_std::test_rng();
    let step = Projective::<P>::rand(&mut generator);
    let (mut a, mut b) = (Projective::<P>::generator(), step);
    let mut pairs = Vec::new();
    for index in 0..size {
        pairs.push(pair(kinds(index), a, b));
        (a, b) = (a + step, b.double());
    }
    let side = |side: usize| -> Vec<Point<P::BaseField>> {
        let points = pairs.iter().map(|pair| pair[side].into_affine());
        points.map(|point| Point::from_affine(&point)).collect()
    };
    let (left, right) = (side(0), side(1));
    let expected: Vec<Point<P::BaseField>> = pairs
        .iter()
        .map(|[a, b]| Point::from_projective(*a + b))
        .collect();
    for mut adder in [BatchAdder::new(), BatchAdder::portable()] {
        let mut sums = left.clone();
        adder.add(&mut sums, &right);
        assert_eq!(sums, expected);
        adder.add(&mut sums, &left);
        adder.add(
            &mut sums,
            &left.iter().map(|a| a.negate_if(true)).collect::<Vec<_>>(),
        );
        assert_eq!(sums, expected);
    }
}

#[test]
fn sums_agree_with_arkworks() {
    for size in [0, 1, 7, 8, 63, 64, 65, 200, 1029] {
        for kind in 0..6 {
            sums_agree::<g1::Config>(|_| kind, size);
            sums_agree::<g2::Config>(|_| kind, size);
        }
        sums_agree::<g1::Config>(|index| index % 6, size);
        sums_agree::<g2::Config>(|index| index % 7 % 6, size);
        sums_agree::<g1::Config>(|index| index / 64 % 2 * (index % 13 % 6), size);
    }
}

#[test]
fn moduli_are_those_of_the_fields() {
    fn check<F: PrimeField + Modulus>(modulus: [u64; 4]) {
        let limbs = F::LIMBS.iter().rev();
        let value = limbs.fold(F::ZERO, |value, limb| {
            value * F::from(1u64 << 52) + F::from(*limb)
        });
        assert_eq!(value, F::ZERO);
        let product = modulus[0].wrapping_mul(F::INVERSE).wrapping_add(1);
        assert_eq!(product % (1 << 52), 0);
    }
    check::<Fq>(Fq::MODULUS.0);
    check::<Fr>(Fr::MODULUS.0);
}

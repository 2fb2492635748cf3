//! The lanes against arkworks: random, edge and adversarial inputs.

use ark_bn254::{Fq, Fr, g1, g2};
use ark_ec::short_weierstrass::Projective;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, BigInt, Field, Fp, MontConfig, PrimeField, UniformRand};

use crate::curve::batch_adder::{BatchAdder, Pairs};
use crate::curve::cells::{Cells, Entry};
use crate::curve::points::{Coordinate, Curve, Point};
use crate::field::lanes::{self, Lanes, WIDTH};
use crate::field::moduli::Modulus;
use crate::field::products::{self, Loose};

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
            let loose = products_of::<Field<C>>(&x, &y).map(|lanes| read(&lanes));
            assert_eq!(read(&x), *a);
            for lane in 0..WIDTH {
                let (a, b) = (a[lane], b[lane]);
                assert_eq!(product[lane], a * b * sixteenth);
                assert_eq!(pair[lane], (a * b * sixteenth).double());
                assert_eq!(sum[lane], a + b);
                assert_eq!(difference[lane], (a - b).double());
                assert_eq!(equal >> lane & 1 == 1, a == b);
                assert_eq!(loose[0][lane], a * b * sixteenth);
                assert_eq!(loose[1][lane], (a * b * sixteenth).double());
                assert_eq!(loose[2][lane], a.square() * sixteenth);
                assert_eq!(loose[3][lane], b - a);
                let negated = if lane % 2 == 0 { -a } else { a };
                assert_eq!(loose[4][lane], (negated + b).double());
            }
        }
    }
}

/// a b, 2 a b, a^2, b - a and 2 (b - a) or 2 (b + a), through loose limbs.
#[target_feature(enable = "avx512f,avx512ifma")]
fn products_of<M: Modulus>(a: &Lanes, b: &Lanes) -> [Lanes; 5] {
    let difference = Loose::from(*b).lifted::<M, 6>().minus(&Loose::from(*a));
    let signed = Loose::from(*a).negated_in::<M>(0b0101_0101);
    let values = [
        products::product::<M>(a, b),
        products::sum_of_products::<M>([a, b], [b, a]),
        products::square::<M>(a),
        difference,
        Loose::from(signed.plus(&Loose::from(*b)).shifted::<1>()),
    ];
    values.map(|value| lanes::reduced_once::<M, 1>(&value.settled::<M>()))
}

/// The largest values that the bounds allow, and limbs all ones below them.
#[target_feature(enable = "avx512f,avx512ifma")]
fn largest_values_stay_in_bounds() {
    let eightfold = Loose::from(lanes::broadcast(&[0; 4])).lifted::<Fq, 8>();
    let one = Loose::from(lanes::broadcast(&[1, 0, 0, 0]));
    let largest = eightfold.minus(&one).carried();
    assert!(products::below::<Fq>(
        &Loose::from(largest).settled::<Fq>(),
        107
    ));
    let settled =
        read::<ark_bn254::FqConfig>(&lanes::reduced::<Fq>(&Loose::from(largest).settled::<Fq>()));
    assert!(settled.iter().all(|value| *value
        == Fp::new_unchecked(BigInt({
            let mut limbs = Fq::MODULUS.0;
            limbs[0] -= 1;
            limbs
        }))));
    // 8 * 8 / 84 + 2 < 2.8 for one product; twice the first term for a sum of two.
    let product = products::product::<Fq>(&largest, &largest).carried();
    assert!(products::below::<Fq>(&product, 277));
    assert!(products::below::<Fq>(
        &products::square::<Fq>(&largest).carried(),
        277
    ));
    let sum = products::sum_of_products::<Fq>([&largest, &largest], [&largest, &largest]);
    assert!(products::below::<Fq>(&sum.carried(), 353));
}

#[test]
fn products_stay_in_bounds() {
    if lanes::supported() {
        // SAFETY: the instructions are supported.
        unsafe { largest_values_stay_in_bounds() }
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
    for adder in [BatchAdder::new(), BatchAdder::portable()] {
        assert_eq!(twice_added(adder, &left, &right), expected);
    }
}

/// (left + right), then (the sum + left) + (-left), from raw encodings and within the cells.
fn twice_added<F: Coordinate>(
    mut adder: BatchAdder<F>,
    left: &[Point<F>],
    right: &[Point<F>],
) -> Vec<Point<F>> {
    let count = left.len();
    let mut cells = Cells::new(3 * count);
    for (index, point) in left.iter().chain(right).enumerate() {
        cells.write(index, point);
    }
    for (other, negative) in [(count, false), (0, false), (0, true)] {
        let mut pairs = Pairs::default();
        for index in 0..count {
            let sum = if other == 0 { 2 * count + index } else { index };
            let addend = Entry::new(other + index, negative);
            pairs.push(Entry::new(sum, false), addend, (2 * count + index) as u32);
        }
        adder.read(cells.source(), &pairs);
        adder.write(&mut cells, &pairs);
    }
    (2 * count..3 * count)
        .map(|index| cells.read(index))
        .collect()
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

/// With and without lanes; the formulas do not ask whether points are on the curve.
fn sums_of_all_coordinates_agree<F: Coordinate>(values: &[F]) {
    let count = values.len();
    let point = |x: usize, y: usize| Point {
        x: values[x % count],
        y: values[y % count],
    };
    for shift in 0..count {
        let left: Vec<Point<F>> = (0..count).map(|i| point(i, i + shift)).collect();
        for turn in [0, 1, 2 * shift + 1] {
            let right: Vec<Point<F>> = (0..count).map(|i| point(i + turn, i * turn + 3)).collect();
            let sums = twice_added(BatchAdder::new(), &left, &right);
            assert_eq!(sums, twice_added(BatchAdder::portable(), &left, &right));
        }
    }
}

#[test]
fn sums_of_extreme_coordinates_agree() {
    let values = samples::<ark_bn254::FqConfig>();
    sums_of_all_coordinates_agree(&values);
    for turn in [0, 1, 17] {
        let mut turned = values.clone();
        turned.rotate_left(turn);
        let pairs = values.iter().zip(turned);
        let pairs: Vec<_> = pairs.map(|(a, b)| ark_bn254::Fq2::new(*a, b)).collect();
        sums_of_all_coordinates_agree(&pairs);
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

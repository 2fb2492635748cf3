//! Multiples of the generator, many at once: a table of windows, batched affine additions.

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::curve::batch_adder::BatchAdder;
use crate::curve::points::{Curve, Point};
use crate::field::scalars::{self, Limbs, Recoding};

/// Scalars handled together: their additions in a window share one inversion.
const BATCH: usize = 1 << 10;

/// Raw encodings of scalars[i] * generator.
pub fn multiples<P: Curve>(scalars: &[Limbs]) -> Vec<u8> {
    let recoding = Recoding::new(width_for(scalars.len()));
    let table = table::<P>(&recoding);
    let parts: Vec<Vec<u8>> = scalars
        .par_chunks(BATCH)
        .map(|batch| raw_multiples::<P>(batch, &table, &recoding))
        .collect();
    parts.concat()
}

/// Wide enough to be quick, narrow enough for the table to cost less than the work and to fit
/// in cache.
fn width_for(count: usize) -> usize {
    (count.max(1).ilog2() as usize)
        .saturating_sub(2)
        .clamp(4, 13)
}

type Row<P> = Vec<Point<<P as ark_ec::CurveConfig>::BaseField>>;

/// table[w][d - 1] = d * 2^(width * w) * generator.
fn table<P: Curve>(recoding: &Recoding) -> Vec<Row<P>> {
    let mut bases = Vec::with_capacity(recoding.windows);
    let mut base = Projective::<P>::from(P::GENERATOR);
    for _ in 0..recoding.windows {
        bases.push(Point::from_projective(base));
        for _ in 0..recoding.width {
            base.double_in_place();
        }
    }
    bases
        .into_par_iter()
        .map(|base| first_multiples::<P>(base, recoding.largest_digit()))
        .collect()
}

/// 1, 2, …, count times the base: known multiples plus the largest one double the list.
fn first_multiples<P: Curve>(base: Point<P::BaseField>, count: usize) -> Row<P> {
    let mut adder = BatchAdder::new();
    let mut row = vec![base];
    while row.len() < count {
        let known = row.len().min(count - row.len());
        let largest = vec![row[row.len() - 1]; known];
        let mut next = row[..known].to_vec();
        adder.add(&mut next, &largest);
        row.extend(next);
    }
    row
}

fn raw_multiples<P: Curve>(scalars: &[Limbs], table: &[Row<P>], recoding: &Recoding) -> Vec<u8> {
    let shifted: Vec<(Limbs, bool)> = scalars
        .iter()
        .map(|scalar| {
            let (centered, negative) = scalars::centered(scalar);
            (recoding.shift(&centered), negative)
        })
        .collect();
    let mut adder = BatchAdder::new();
    let mut sums = vec![Point::INFINITY; scalars.len()];
    let mut addends = sums.clone();
    for (window, row) in table.iter().enumerate() {
        for (addend, (scalar, negative)) in addends.iter_mut().zip(&shifted) {
            let digit = recoding.digit(scalar, window);
            *addend = match digit.unsigned_abs() as usize {
                0 => Point::INFINITY,
                size => row[size - 1].negate_if(*negative != (digit < 0)),
            };
        }
        adder.add(&mut sums, &addends);
    }
    let mut raw = Vec::with_capacity(scalars.len() * Point::<P::BaseField>::BYTES);
    sums.iter().for_each(|point| point.write(&mut raw));
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, g1, g2};
    use ark_ff::UniformRand;

    fn agrees<P: Curve>(scalars: &[Fr]) {
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        let raw = multiples::<P>(&limbs);
        for (scalar, raw) in scalars.iter().zip(raw.chunks(Point::<P::BaseField>::BYTES)) {
            let expected = Projective::<P>::from(P::GENERATOR) * scalar;
            assert_eq!(Point::read(raw), Point::from_projective(expected));
        }
    }

    #[test]
    fn agrees_with_one_multiplication_per_scalar() {
        let mut generator = ark_std::test_rng();
        let mut scalars: Vec<Fr> = (0..40).map(|_| Fr::rand(&mut generator)).collect();
        scalars.extend([0, 1, 2, -1, -2, 4096, 8192].map(Fr::from));
        agrees::<g1::Config>(&scalars);
        agrees::<g2::Config>(&scalars);
    }
}

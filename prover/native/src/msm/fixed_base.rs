//! Multiples of the generator, many at once: a table of windows, batched affine additions.

use ark_ec::short_weierstrass::Projective;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use crate::curve::batch_adder::{BatchAdder, Pairs};
use crate::curve::cells::{Cells, Entry};
use crate::curve::points::{Curve, Point};
use crate::field::scalars::{self, Limbs, Recoding};

/// Scalars handled together: their additions in a window share one inversion.
const BATCH: usize = 1 << 10;

/// Raw encodings of scalars[i] * generator.
pub fn multiples<P: Curve>(scalars: &[Limbs]) -> Vec<u8> {
    let recoding = Recoding::uniform(width_for(scalars.len()));
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

type Row<P> = Cells<<P as ark_ec::CurveConfig>::BaseField>;

/// table[w] holds d * 2^(start of window w) * generator at d - 1.
fn table<P: Curve>(recoding: &Recoding) -> Vec<Row<P>> {
    let mut base = Projective::<P>::from(P::GENERATOR);
    let bases = recoding.windows.iter().map(|window| {
        let first = Point::from_projective(base);
        (0..window.width).for_each(|_| _ = base.double_in_place());
        (first, window.largest_digit())
    });
    let bases: Vec<_> = bases.collect();
    bases
        .into_par_iter()
        .map(|(base, count)| first_multiples::<P>(base, count))
        .collect()
}

/// 1, 2, …, count times the base: known multiples plus the largest one double the list.
fn first_multiples<P: Curve>(base: Point<P::BaseField>, count: usize) -> Row<P> {
    let (mut adder, mut pairs) = (BatchAdder::new(), Pairs::default());
    let mut row = Cells::new(count);
    row.write(0, &base);
    let mut known = 1;
    while known < count {
        let largest = Entry::new(known - 1, false);
        let new = known.min(count - known);
        for index in 0..new {
            pairs.push(Entry::new(index, false), largest, (known + index) as u32);
        }
        adder.read(row.source(), &pairs);
        adder.write(&mut row, &pairs);
        pairs.clear();
        known += new;
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
    let (mut adder, mut pairs) = (BatchAdder::new(), Pairs::default());
    let mut sums: Row<P> = Cells::new(scalars.len());
    let mut begun = vec![false; scalars.len()];
    for (window, row) in table.iter().enumerate() {
        for (index, (scalar, negative)) in shifted.iter().enumerate() {
            let digit = recoding.digit(scalar, window);
            let Some(multiple) = (digit.unsigned_abs() as usize).checked_sub(1) else {
                continue;
            };
            let addend = Entry::new(scalars.len() + multiple, *negative != (digit < 0));
            if begun[index] {
                pairs.push(Entry::new(index, false), addend, index as u32);
            } else {
                let addend = sums.source().followed_by(row).read(addend);
                sums.write(index, &addend);
                begun[index] = true;
            }
        }
        adder.read(sums.source().followed_by(row), &pairs);
        adder.write(&mut sums, &pairs);
        pairs.clear();
    }
    let mut raw = Vec::with_capacity(scalars.len() * Point::<P::BaseField>::BYTES);
    (0..sums.len()).for_each(|index| sums.read(index).write(&mut raw));
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msm::structured;
    use ark_bn254::{Fr, g1, g2};
    use ark_ff::UniformRand;

    fn agrees<P: Curve>(scalars: &[Fr]) {
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        agrees_with_products::<P>(scalars, &multiples::<P>(&limbs));
    }

    fn agrees_with_products<P: Curve>(scalars: &[Fr], raw: &[u8]) {
        assert_eq!(raw.len(), scalars.len() * Point::<P::BaseField>::BYTES);
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

    fn agrees_at_width<P: Curve>(width: usize, count: usize) {
        let mut generator = ark_std::test_rng();
        let scalars = structured::scalars(structured::KINDS, count, &mut generator);
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        let recoding = Recoding::uniform(width);
        let table = table::<P>(&recoding);
        agrees_with_products::<P>(&scalars, &raw_multiples::<P>(&limbs, &table, &recoding));
    }

    #[test]
    fn agrees_at_every_width() {
        for width in 4..=13 {
            agrees_at_width::<g1::Config>(width, 400);
            agrees_at_width::<g2::Config>(width.min(9), 60);
        }
        agrees::<g1::Config>(&[]);
        agrees::<g1::Config>(&structured::scalars(8, BATCH + 1, &mut ark_std::test_rng()));
    }
}

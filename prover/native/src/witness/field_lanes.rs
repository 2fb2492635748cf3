//! Lanes of field elements, and their way from and to integers.

use std::ops::Deref;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, batch_inversion};
use rayon::prelude::*;

use crate::field::scalars::{LIMBS, Limbs, to_limbs};
use crate::field::vectors;
use crate::witness::Fault;
use crate::witness::lanes::{PARALLEL_FROM, same, same_length};
use crate::witness::wide::Wide;

/// The integer modulo r, canonical.
pub fn canonical(value: Wide) -> Limbs {
    let mut rest = BigInt(value.magnitude());
    while rest >= Fr::MODULUS {
        rest.sub_with_borrow(&Fr::MODULUS);
    }
    if value.is_negative() && !rest.is_zero() {
        let mut opposite = Fr::MODULUS;
        opposite.sub_with_borrow(&rest);
        return opposite.0;
    }
    rest.0
}

/// The integer as a field element.
pub fn to_field(value: Wide) -> Fr {
    match value.narrow() {
        Some(0) => Fr::ZERO,
        Some(1) => Fr::ONE,
        _ => Fr::from_bigint(BigInt(canonical(value))).unwrap_or_default(),
    }
}

/// The representative in [0, r).
pub fn to_wide(element: Fr) -> Wide {
    Wide(to_limbs(&element))
}

/// element * weight in [0, r): Montgomery's product of a Montgomery form and a plain number is plain.
pub fn scaled(element: Fr, weight: Wide) -> Wide {
    if weight.is_zero() {
        return Wide::ZERO;
    }
    let plain = Fr::new_unchecked(BigInt(canonical(weight)));
    Wide((element * plain).0.0)
}

pub fn all_to_wide(elements: &[Fr]) -> Vec<Wide> {
    let convert = |element: &Fr| to_wide(*element);
    let lanes = elements.par_iter().with_min_len(PARALLEL_FROM);
    lanes.map(convert).collect()
}

pub fn all_to_fields(values: &[Wide]) -> Vec<Fr> {
    values.iter().map(|value| to_field(*value)).collect()
}

/// 1/x for every x; DivisionByZero where one is zero.
pub fn inverted(mut elements: Vec<Fr>) -> Result<Vec<Fr>, Fault> {
    if vectors::invert(&mut elements) {
        Ok(elements)
    } else {
        Err(Fault::DivisionByZero)
    }
}

/// 1/x modulo r in [0, r), and 0 for multiples of r.
pub fn inverse_or_zero(values: &[Wide]) -> Vec<Wide> {
    let mut elements = all_to_fields(values);
    batch_inversion(&mut elements); // leaves zeros as they are
    elements.into_iter().map(to_wide).collect()
}

/// Running values acc = acc * x + word.
pub fn running(words: &[Wide], start: Fr, x: Fr) -> Vec<Fr> {
    let mut acc = start;
    let step = |word: &Wide| {
        acc = acc * x + to_field(*word);
        acc
    };
    words.iter().map(step).collect()
}

/// shift + sum weight * vector in every lane, for each row of weights and its shift.
pub fn mixed<V, W>(vectors: &[V], matrix: &[W], shifts: &[Fr]) -> Result<Vec<Vec<Fr>>, Fault>
where
    V: Deref<Target = [Fr]>,
    W: Deref<Target = [Fr]>,
{
    let count = vectors.first().map_or(0, |vector| vector.len());
    for vector in vectors {
        same_length(count, vector.len())?;
    }
    same_length(matrix.len(), shifts.len())?;
    let row = |(weights, shift): (&W, &Fr)| {
        same_length(vectors.len(), weights.len())?;
        let mut sums = same(*shift, count)?;
        for (vector, weight) in vectors.iter().zip(weights.iter()) {
            for (sum, element) in sums.iter_mut().zip(vector.iter()) {
                *sum += *element * weight;
            }
        }
        Ok(sums)
    };
    matrix.iter().zip(shifts).map(row).collect()
}

/// A vector as it is written into an assignment.
pub enum Packable<'a> {
    Integers(&'a [Wide]),
    Fields(&'a [Fr]),
}

/// Canonical little-endian limbs of all vectors, one after the other, into `bytes`.
pub fn pack(vectors: &[Packable<'_>], bytes: &mut [u8]) {
    let mut rest = bytes;
    for vector in vectors {
        let lanes = match vector {
            Packable::Integers(values) => values.len(),
            Packable::Fields(elements) => elements.len(),
        };
        let (here, after) = rest.split_at_mut(lanes * 8 * LIMBS);
        match vector {
            Packable::Integers(values) => write(values, here, |value| canonical(*value)),
            Packable::Fields(elements) => write(elements, here, to_limbs),
        }
        rest = after;
    }
}

fn write<T: Sync>(items: &[T], bytes: &mut [u8], limbs_of: impl Fn(&T) -> Limbs + Sync) {
    let write_one = |(item, place): (&T, &mut [u8])| {
        for (limb, bytes) in limbs_of(item).iter().zip(place.chunks_exact_mut(8)) {
            bytes.copy_from_slice(&limb.to_le_bytes());
        }
    };
    if items.len() < PARALLEL_FROM {
        items
            .iter()
            .zip(bytes.chunks_exact_mut(8 * LIMBS))
            .for_each(write_one);
    } else {
        items
            .par_iter()
            .zip(bytes.par_chunks_exact_mut(8 * LIMBS))
            .with_min_len(1_024)
            .for_each(write_one);
    }
}

//! The two primes and their elements, cut into limbs of 52 bits.

use ark_bn254::{Fq, Fr};
use ark_ff::PrimeField;

pub const LIMBS: usize = 5;
pub const LIMB_BITS: u32 = 52;
pub const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// A prime below 2^254, as the arithmetic wants it.
pub trait Modulus {
    const LIMBS: [u64; LIMBS];
    /// -1/p modulo 2^52.
    const INVERSE: u64;
    /// (INVERSE p + 1) / 2^52, which is below p: adding it once for every unit of the lowest limb,
    /// and dropping that limb, divides by 2^52 modulo p.
    const FOLD: [u64; LIMBS] = folded(&Self::LIMBS, Self::INVERSE);
    /// Limb i of 0, p, 2 p, ..., 7 p.
    const MULTIPLES: [[u64; 8]; LIMBS] = multiples(&Self::LIMBS);
}

impl Modulus for Fq {
    const LIMBS: [u64; LIMBS] = split(&Fq::MODULUS.0);
    const INVERSE: u64 = negative_inverse(Fq::MODULUS.0[0]);
}

impl Modulus for Fr {
    const LIMBS: [u64; LIMBS] = split(&Fr::MODULUS.0);
    const INVERSE: u64 = negative_inverse(Fr::MODULUS.0[0]);
}

/// The limbs of one element.
pub type Split = [u64; LIMBS];

pub const fn split(x: &[u64; 4]) -> Split {
    [
        x[0] & LIMB_MASK,
        (x[0] >> 52 | x[1] << 12) & LIMB_MASK,
        (x[1] >> 40 | x[2] << 24) & LIMB_MASK,
        (x[2] >> 28 | x[3] << 36) & LIMB_MASK,
        x[3] >> 16,
    ]
}

const fn folded(modulus: &Split, inverse: u64) -> Split {
    let mut fold = [0; LIMBS];
    let mut carry = 1u128;
    let mut i = 0;
    while i < LIMBS {
        carry += modulus[i] as u128 * inverse as u128;
        if i > 0 {
            fold[i - 1] = carry as u64 & LIMB_MASK;
        }
        carry >>= LIMB_BITS;
        i += 1;
    }
    fold[LIMBS - 1] = carry as u64;
    fold
}

const fn multiples(modulus: &Split) -> [[u64; 8]; LIMBS] {
    let mut multiples = [[0; 8]; LIMBS];
    let mut times = 0;
    while times < 8 {
        let mut carry = 0;
        let mut i = 0;
        while i < LIMBS {
            carry += modulus[i] * times as u64;
            multiples[i][times] = carry & LIMB_MASK;
            carry >>= LIMB_BITS;
            i += 1;
        }
        times += 1;
    }
    multiples
}

const fn negative_inverse(odd: u64) -> u64 {
    let mut inverse = 1u64;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg() & LIMB_MASK
}

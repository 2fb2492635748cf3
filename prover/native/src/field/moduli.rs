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

const fn negative_inverse(odd: u64) -> u64 {
    let mut inverse = 1u64;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg() & LIMB_MASK
}

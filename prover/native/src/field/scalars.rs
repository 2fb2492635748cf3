//! Scalars as they cross the border: canonical little-endian limbs, four to a scalar.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};
use rayon::prelude::*;

pub const LIMBS: usize = 4;

/// A canonical scalar.
pub type Limbs = [u64; LIMBS];

/// Bits of a scalar's absolute value: |x| <= (r - 1)/2 < 2^253.
pub const CENTERED_BITS: usize = 253;

pub fn is_canonical(limbs: &Limbs) -> bool {
    BigInt(*limbs) < Fr::MODULUS
}

pub fn to_field(limbs: &Limbs) -> Option<Fr> {
    Fr::from_bigint(BigInt(*limbs))
}

pub fn to_fields(scalars: &[Limbs]) -> Option<Vec<Fr>> {
    scalars.par_iter().map(to_field).collect()
}

pub fn to_limbs(scalar: &Fr) -> Limbs {
    scalar.into_bigint().0
}

/// The representative of smallest absolute value: (x, false) for x, (r - x, true) for -(r - x).
pub fn centered(limbs: &Limbs) -> (Limbs, bool) {
    let value = BigInt(*limbs);
    if value <= Fr::MODULUS_MINUS_ONE_DIV_TWO {
        return (*limbs, false);
    }
    let mut opposite = Fr::MODULUS;
    opposite.sub_with_borrow(&value);
    (opposite.0, true)
}

pub fn bit_length(limbs: &Limbs) -> usize {
    BigInt(*limbs).num_bits() as usize
}

/// Recodes scalars into signed digits of `width` bits, each digit readable on its own.
///
/// Adding half a window to every window but the last turns the digit of window w into
/// (bits of the sum) - 2^(width-1): no carry runs between windows. The last window keeps what
/// is left of 253 bits, fewer than `width`, so every digit's absolute value is <= 2^(width-1).
pub struct Recoding {
    pub width: usize,
    pub windows: usize,
    offset: Limbs,
}

impl Recoding {
    pub fn new(width: usize) -> Self {
        debug_assert!((2..=20).contains(&width));
        let last = CENTERED_BITS / width;
        let mut offset = [0; LIMBS];
        for window in 0..last {
            let bit = window * width + width - 1;
            offset[bit / 64] |= 1 << (bit % 64);
        }
        Self {
            width,
            windows: last + 1,
            offset,
        }
    }

    /// Number of buckets: the largest absolute value of a digit.
    pub fn largest_digit(&self) -> usize {
        1 << (self.width - 1)
    }

    /// The scalar shifted by the offset; its digits are read with `digit`.
    pub fn shift(&self, centered: &Limbs) -> Limbs {
        let mut sum = BigInt(*centered);
        let carry = sum.add_with_carry(&BigInt(self.offset));
        debug_assert!(!carry);
        sum.0
    }

    #[inline]
    pub fn digit(&self, shifted: &Limbs, window: usize) -> i32 {
        let start = window * self.width;
        let (limb, bit) = (start / 64, start % 64);
        let mut bits = shifted[limb] >> bit;
        if bit + self.width > 64 && limb + 1 < LIMBS {
            bits |= shifted[limb + 1] << (64 - bit);
        }
        let bits = (bits & ((1 << self.width) - 1)) as i32;
        if window + 1 == self.windows {
            bits
        } else {
            bits - (1 << (self.width - 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, UniformRand};

    #[test]
    fn digits_recompose_the_scalar() {
        let mut generator = ark_std::test_rng();
        for width in 2..=16 {
            let recoding = Recoding::new(width);
            let mut samples: Vec<Fr> = (0..20).map(|_| Fr::rand(&mut generator)).collect();
            samples.extend([
                Fr::from(0),
                Fr::from(1),
                Fr::from(-1),
                Fr::from(-1) / Fr::from(2),
            ]);
            samples.push(Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO));
            for sample in samples {
                let (centered, negative) = centered(&to_limbs(&sample));
                let shifted = recoding.shift(&centered);
                let mut value = Fr::from(0);
                for window in (0..recoding.windows).rev() {
                    let digit = recoding.digit(&shifted, window);
                    assert!(digit.unsigned_abs() as usize <= recoding.largest_digit());
                    value = value * Fr::from(2u64).pow([width as u64]) + Fr::from(digit);
                }
                assert_eq!(if negative { -value } else { value }, sample);
            }
        }
    }
}

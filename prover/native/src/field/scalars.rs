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

/// Some of a scalar's bits, and the digit made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub start: usize,
    pub width: usize,
}

impl Window {
    /// The largest absolute value of a digit.
    pub fn largest_digit(&self) -> usize {
        1 << (self.width - 1)
    }
}

/// Recodes scalars into signed digits, each readable on its own.
///
/// Adding half a window to every window but the last turns the digit of a window into
/// (bits of the sum) - 2^(width-1): no carry runs between windows. The last window keeps what
/// is left of the scalar, fewer bits than its width, so every digit's absolute value is
/// <= 2^(width-1).
pub struct Recoding {
    pub windows: Vec<Window>,
    offset: Limbs,
}

impl Recoding {
    /// Windows of these widths, lowest first; together wider than any scalar's absolute value.
    pub fn new(widths: impl IntoIterator<Item = usize>) -> Self {
        let mut start = 0;
        let windows = widths.into_iter().map(|width| {
            debug_assert!((2..=20).contains(&width));
            start += width;
            Window {
                start: start - width,
                width,
            }
        });
        let windows: Vec<Window> = windows.collect();
        let mut offset = [0; LIMBS];
        for window in windows.iter().rev().skip(1) {
            let bit = window.start + window.width - 1;
            offset[bit / 64] |= 1 << (bit % 64);
        }
        Self { windows, offset }
    }

    /// Windows of one width for all scalars.
    pub fn uniform(width: usize) -> Self {
        Self::new(std::iter::repeat_n(width, CENTERED_BITS / width + 1))
    }

    /// The scalar shifted by the offset; its digits are read with `digit`.
    pub fn shift(&self, centered: &Limbs) -> Limbs {
        let mut sum = BigInt(*centered);
        let carry = sum.add_with_carry(&BigInt(self.offset));
        debug_assert!(!carry);
        sum.0
    }

    /// How many windows a shifted scalar needs: in those above, the offset is as it was, and its
    /// digits are zero. A carry makes them more than the scalar has bits for: 0b0111 is 8 - 1.
    pub fn window_count(&self, shifted: &Limbs) -> usize {
        let changed: Limbs = std::array::from_fn(|limb| shifted[limb] ^ self.offset[limb]);
        let bits = bit_length(&changed);
        self.windows.partition_point(|window| window.start < bits)
    }

    /// The digits of shifted scalars in one window.
    #[inline]
    pub fn digits(&self, shifted: &[Limbs], window: usize) -> impl Iterator<Item = i32> {
        let Window { start, width } = self.windows[window];
        let (low, bit) = (start / 64, start % 64);
        let high = (low + 1) % LIMBS;
        let high_bits = if high > 0 { u64::MAX } else { 0 };
        let is_last = window + 1 == self.windows.len();
        let half = if is_last { 0 } else { 1 << (width - 1) };
        let mask = (1u128 << width) - 1;
        shifted.iter().map(move |limbs| {
            let bits = u128::from(limbs[high] & high_bits) << 64 | u128::from(limbs[low]);
            (bits >> bit & mask) as i32 - half
        })
    }

    pub fn digit(&self, shifted: &Limbs, window: usize) -> i32 {
        let digits = self.digits(std::slice::from_ref(shifted), window);
        digits.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, UniformRand};

    #[test]
    fn digits_recompose_the_scalar() {
        let mut generator = ark_std::test_rng();
        let uniform = (2..=16).map(Recoding::uniform);
        let mixed = [
            [14, 3, 9].repeat(10),
            (2..21).collect::<Vec<_>>().repeat(2)[..28].to_vec(),
        ];
        for recoding in uniform.chain(mixed.map(Recoding::new)) {
            let mut samples: Vec<Fr> = (0..20).map(|_| Fr::rand(&mut generator)).collect();
            samples.extend([
                Fr::from(0),
                Fr::from(1),
                Fr::from(-1),
                Fr::from(-1) / Fr::from(2),
            ]);
            samples.push(Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO));
            samples.extend((0..252).map(|bits| Fr::from(2u64).pow([bits]) - Fr::from(1)));
            for sample in samples {
                let (centered, negative) = centered(&to_limbs(&sample));
                let shifted = recoding.shift(&centered);
                let mut value = Fr::from(0);
                let count = recoding.window_count(&shifted);
                assert!((count..recoding.windows.len()).all(|n| recoding.digit(&shifted, n) == 0));
                for (number, window) in recoding.windows[..count].iter().enumerate().rev() {
                    let digit = recoding.digit(&shifted, number);
                    assert!(digit.unsigned_abs() as usize <= window.largest_digit());
                    value = value * Fr::from(2u64).pow([window.width as u64]) + Fr::from(digit);
                }
                assert_eq!(if negative { -value } else { value }, sample);
            }
        }
    }
}

//! Integers of 256 bits in two's complement, with Python's semantics and checked range.

use std::cmp::Ordering;

use crate::field::scalars::{LIMBS, Limbs};
use crate::witness::Fault;

pub const BITS: u64 = 256;

/// An integer in [-2^255, 2^255), lowest limb first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Wide(pub Limbs);

impl Wide {
    pub const ZERO: Self = Self([0; LIMBS]);
    pub const ONE: Self = Self([1, 0, 0, 0]);

    pub fn is_negative(self) -> bool {
        self.0[3] >> 63 == 1
    }

    pub fn is_zero(self) -> bool {
        self.0 == [0; LIMBS]
    }

    /// The value, where it fits 64 bits.
    pub fn narrow(self) -> Option<i64> {
        let low = self.0[0] as i64;
        let sign = (low >> 63) as u64;
        (self.0[1] == sign && self.0[2] == sign && self.0[3] == sign).then_some(low)
    }

    /// The value as an index below `length`.
    pub fn index(self, length: usize) -> Option<usize> {
        let inside = self.0[1] | self.0[2] | self.0[3] == 0 && self.0[0] < length as u64;
        inside.then_some(self.0[0] as usize)
    }

    /// |self|, at most 2^255.
    pub fn magnitude(self) -> Limbs {
        if self.is_negative() {
            self.wrapping_negated().0
        } else {
            self.0
        }
    }

    pub fn from_magnitude(negative: bool, magnitude: Limbs) -> Result<Self, Fault> {
        let value = Self(magnitude);
        let signed = if negative {
            value.wrapping_negated()
        } else {
            value
        };
        if signed.is_negative() == negative || signed.is_zero() {
            Ok(signed)
        } else {
            Err(Fault::Overflow)
        }
    }

    fn wrapping_negated(self) -> Self {
        Self(subtract_limbs(&[0; LIMBS], &self.0))
    }

    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        let (a, b) = (self.halves(), other.halves());
        let (low, carry) = a.0.overflowing_add(b.0);
        let (high, over) = a.1.overflowing_add(b.1);
        let (high, again) = high.overflowing_add(i128::from(carry));
        checked(low, high, over != again)
    }

    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Fault> {
        let (a, b) = (self.halves(), other.halves());
        let (low, borrow) = a.0.overflowing_sub(b.0);
        let (high, over) = a.1.overflowing_sub(b.1);
        let (high, again) = high.overflowing_sub(i128::from(borrow));
        checked(low, high, over != again)
    }

    fn halves(self) -> (u128, i128) {
        let [a, b, c, d] = self.0;
        let half = |low: u64, high: u64| u128::from(high) << 64 | u128::from(low);
        (half(a, b), half(c, d) as i128)
    }

    #[inline]
    pub fn times(self, other: Self) -> Result<Self, Fault> {
        if let (Some(a), Some(b)) = (self.narrow(), other.narrow()) {
            return Ok(Self::from(i128::from(a) * i128::from(b)));
        }
        let product = multiply(&self.magnitude(), &other.magnitude())?;
        Self::from_magnitude(self.is_negative() != other.is_negative(), product)
    }

    /// self * 2^amount.
    #[inline]
    pub fn shifted_left(self, amount: u64) -> Result<Self, Fault> {
        if self.is_zero() {
            return Ok(self);
        }
        if amount >= BITS {
            return Err(Fault::Overflow);
        }
        let (limbs, bits) = ((amount / 64) as usize, amount % 64);
        let mut out = [0; LIMBS];
        for (index, place) in out.iter_mut().enumerate().skip(limbs) {
            *place = self.0[index - limbs] << bits;
            if bits > 0 && index > limbs {
                *place |= self.0[index - limbs - 1] >> (64 - bits);
            }
        }
        let shifted = Self(out);
        if shifted.shifted_right(amount) == self {
            Ok(shifted)
        } else {
            Err(Fault::Overflow)
        }
    }

    /// floor(self / 2^amount).
    #[inline]
    pub fn shifted_right(self, amount: u64) -> Self {
        let sign = ((self.0[3] as i64) >> 63) as u64;
        if amount >= BITS {
            return Self([sign; LIMBS]);
        }
        let (limbs, bits) = ((amount / 64) as usize, amount % 64);
        let limb = |index: usize| if index < LIMBS { self.0[index] } else { sign };
        let mut out = [0; LIMBS];
        for (index, place) in out.iter_mut().enumerate() {
            *place = limb(index + limbs) >> bits;
            if bits > 0 {
                *place |= limb(index + limbs + 1) << (64 - bits);
            }
        }
        Self(out)
    }

    #[inline]
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// self modulo 2^bits; what a negative number leaves beyond 255 bits is out of range.
    #[inline]
    pub fn low_part(self, bits: u64) -> Result<Self, Fault> {
        if bits >= BITS && self.is_negative() {
            return Err(Fault::Overflow);
        }
        Ok(self.and(Self::low_bits(bits)))
    }

    /// 2^bits - 1, or all of 255 bits.
    pub fn low_bits(bits: u64) -> Self {
        let shift = BITS - 1 - bits.min(BITS - 1);
        Self([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1]).shifted_right(shift)
    }

    /// Bits of |self|; 0 for 0.
    pub fn bit_length(self) -> u64 {
        bit_length(&self.magnitude())
    }

    /// Some(k) for 2^k.
    pub fn power_of_two(self) -> Option<u64> {
        let ones: u32 = self.0.iter().map(|limb| limb.count_ones()).sum();
        (ones == 1 && !self.is_negative()).then(|| self.bit_length() - 1)
    }
}

impl From<i128> for Wide {
    fn from(value: i128) -> Self {
        let sign = (value >> 127) as u64;
        Self([value as u64, (value >> 64) as u64, sign, sign])
    }
}

impl From<i64> for Wide {
    fn from(value: i64) -> Self {
        Self::from(i128::from(value))
    }
}

impl From<u64> for Wide {
    fn from(value: u64) -> Self {
        Self([value, 0, 0, 0])
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> Ordering {
        let top = (self.0[3] as i64).cmp(&(other.0[3] as i64));
        top.then_with(|| self.0[..3].iter().rev().cmp(other.0[..3].iter().rev()))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

pub fn bit_length(magnitude: &Limbs) -> u64 {
    for index in (0..LIMBS).rev() {
        if magnitude[index] != 0 {
            return 64 * index as u64 + u64::from(64 - magnitude[index].leading_zeros());
        }
    }
    0
}

#[inline]
fn checked(low: u128, high: i128, overflow: bool) -> Result<Wide, Fault> {
    if overflow {
        return Err(Fault::Overflow);
    }
    let top = (high >> 64) as u64;
    Ok(Wide([low as u64, (low >> 64) as u64, high as u64, top]))
}

/// a - b modulo 2^256.
pub fn subtract_limbs(a: &Limbs, b: &Limbs) -> Limbs {
    let (a, b) = (Wide(*a).halves(), Wide(*b).halves());
    let (low, borrow) = a.0.overflowing_sub(b.0);
    let high = (a.1 as u128)
        .wrapping_sub(b.1 as u128)
        .wrapping_sub(u128::from(borrow));
    [
        low as u64,
        (low >> 64) as u64,
        high as u64,
        (high >> 64) as u64,
    ]
}

fn multiply(a: &Limbs, b: &Limbs) -> Result<Limbs, Fault> {
    let mut out = [0; LIMBS];
    for (i, &x) in a.iter().enumerate().filter(|(_, x)| **x != 0) {
        let mut carry = 0;
        for j in 0..LIMBS - i {
            let sum = u128::from(x) * u128::from(b[j]) + u128::from(out[i + j]) + carry;
            out[i + j] = sum as u64;
            carry = sum >> 64;
        }
        if carry != 0 || b[LIMBS - i..].iter().any(|limb| *limb != 0) {
            return Err(Fault::Overflow);
        }
    }
    Ok(out)
}

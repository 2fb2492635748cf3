//! Floor division and square roots of wide integers.

use crate::field::scalars::{LIMBS, Limbs};
use crate::witness::Fault;
use crate::witness::wide::{Wide, bit_length, subtract_limbs};

impl Wide {
    /// floor(self / divisor).
    #[inline]
    pub fn quotient(self, divisor: Self) -> Result<Self, Fault> {
        let (negative, quotient, _) = self.floored(divisor)?;
        Self::from_magnitude(negative, quotient)
    }

    /// What the floor of the division leaves; it has the divisor's sign.
    #[inline]
    pub fn remainder(self, divisor: Self) -> Result<Self, Fault> {
        let (_, _, rest) = self.floored(divisor)?;
        Self::from_magnitude(divisor.is_negative(), rest)
    }

    /// Sign and magnitude of the quotient, magnitude of the remainder.
    fn floored(self, divisor: Self) -> Result<(bool, Limbs, Limbs), Fault> {
        if divisor.is_zero() {
            return Err(Fault::DivisionByZero);
        }
        let negative = self.is_negative() != divisor.is_negative();
        let (mut quotient, mut rest) = divide(&self.magnitude(), &divisor.magnitude());
        if negative && rest != [0; LIMBS] {
            // The divisor's absolute value is at least 2 here, so the quotient's has room for one.
            quotient = Self(quotient).plus(Self::ONE)?.0;
            rest = subtract_limbs(&divisor.magnitude(), &rest);
        }
        Ok((negative, quotient, rest))
    }

    /// floor(sqrt(self)): Newton's iteration from above, started at the double's root.
    pub fn square_root(self) -> Result<Self, Fault> {
        if self.is_negative() {
            return Err(Fault::NegativeRoot);
        }
        if self.is_zero() {
            return Ok(self);
        }
        // A double's root is off by less than one part in 2^50; so this start is not below it.
        let even_shift = self.bit_length().saturating_sub(64).next_multiple_of(2);
        let top = self.shifted_right(even_shift).0[0] as f64 + 1.0;
        let start = Self::from(top.sqrt() as u64 + 1).shifted_left(even_shift / 2)?;
        let mut root = start.plus(start.shifted_right(50))?.plus(Self::ONE)?;
        loop {
            let next = root.plus(self.quotient(root)?)?.shifted_right(1);
            if next >= root {
                return Ok(root);
            }
            root = next;
        }
    }
}

/// Quotient and remainder of magnitudes; the divisor is not zero.
fn divide(a: &Limbs, b: &Limbs) -> (Limbs, Limbs) {
    if a[2] | a[3] | b[2] | b[3] == 0 {
        let wide = |x: &Limbs| u128::from(x[1]) << 64 | u128::from(x[0]);
        let split = |x: u128| [x as u64, (x >> 64) as u64, 0, 0];
        return (split(wide(a) / wide(b)), split(wide(a) % wide(b)));
    }
    if b[1] | b[2] | b[3] == 0 {
        return divide_by_limb(a, b[0]);
    }
    divide_long(a, b)
}

fn divide_by_limb(a: &Limbs, b: u64) -> (Limbs, Limbs) {
    let mut quotient = [0; LIMBS];
    let mut rest = 0u64;
    for index in (0..LIMBS).rev() {
        let part = u128::from(rest) << 64 | u128::from(a[index]);
        quotient[index] = (part / u128::from(b)) as u64;
        rest = (part % u128::from(b)) as u64;
    }
    (quotient, [rest, 0, 0, 0])
}

/// Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D, for two limbs or more.
fn divide_long(a: &Limbs, b: &Limbs) -> (Limbs, Limbs) {
    let size = bit_length(b).div_ceil(64) as usize;
    let shift = b[size - 1].leading_zeros();
    let divisor = normalized::<LIMBS>(b, shift);
    let mut rest = normalized::<{ LIMBS + 1 }>(a, shift);
    let mut quotient = [0; LIMBS];
    for place in (0..=LIMBS - size).rev() {
        let digit = estimate(&rest[place..=place + size], &divisor[..size]);
        quotient[place] =
            subtract_multiple(&mut rest[place..=place + size], &divisor[..size], digit);
    }
    let mut remainder = [0; LIMBS];
    for (index, limb) in remainder.iter_mut().enumerate() {
        *limb = rest[index] >> shift;
        if shift > 0 {
            *limb |= rest[index + 1] << (64 - shift);
        }
    }
    (quotient, remainder)
}

fn normalized<const N: usize>(x: &Limbs, shift: u32) -> [u64; N] {
    let limb = |index: usize| x.get(index).copied().unwrap_or(0);
    std::array::from_fn(|index| {
        let carried = if shift > 0 && index > 0 {
            limb(index - 1) >> (64 - shift)
        } else {
            0
        };
        limb(index) << shift | carried
    })
}

/// A digit that is right or one too large (steps D3).
fn estimate(part: &[u64], divisor: &[u64]) -> u64 {
    let size = divisor.len();
    let (high, next) = (u128::from(divisor[size - 1]), u128::from(divisor[size - 2]));
    let top = u128::from(part[size]) << 64 | u128::from(part[size - 1]);
    let (mut digit, mut rest) = (top / high, top % high);
    while digit >> 64 != 0 || digit * next > (rest << 64 | u128::from(part[size - 2])) {
        digit -= 1;
        rest += high;
        if rest >> 64 != 0 {
            break;
        }
    }
    digit as u64
}

/// part -= digit * divisor, or one multiple less where that would be negative (steps D4 to D6).
fn subtract_multiple(part: &mut [u64], divisor: &[u64], digit: u64) -> u64 {
    let mut carry = 0u128;
    let mut borrow = false;
    for (index, place) in part.iter_mut().enumerate() {
        let limb = divisor.get(index).copied().unwrap_or(0);
        let product = u128::from(digit) * u128::from(limb) + carry;
        carry = product >> 64;
        let (first, under) = place.overflowing_sub(product as u64);
        let (second, again) = first.overflowing_sub(u64::from(borrow));
        *place = second;
        borrow = under | again;
    }
    if !borrow {
        return digit;
    }
    let mut carry = false;
    for (index, place) in part.iter_mut().enumerate() {
        let limb = divisor.get(index).copied().unwrap_or(0);
        let (first, over) = place.overflowing_add(limb);
        let (second, again) = first.overflowing_add(u64::from(carry));
        *place = second;
        carry = over | again;
    }
    digit - 1
}

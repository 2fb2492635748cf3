//! Products of eight elements whose carries and last subtractions wait until they matter.
//!
//! The arithmetic of curve points: a product's limbs are left as the sums they are (`Loose`), what
//! is added to it is added limb by limb, and one run of carries, with one subtraction of a
//! multiple of the modulus found in a table, ends the expression. As in `lanes`, comments bound
//! values in multiples of p, and 84 p < 2^260.

use std::arch::x86_64::*;

use crate::field::lanes::{Lanes, normalized};
use crate::field::moduli::{LIMB_BITS, LIMBS, Modulus};

/// Eight values as limbs of either sign, below 2^60 in size.
#[derive(Clone, Copy)]
pub struct Loose([__m512i; LIMBS]);

/// Sums of the products of limbs i and j, by i + j, for eight elements.
type Columns = [__m512i; 2 * LIMBS];

impl From<Lanes> for Loose {
    #[inline]
    fn from(lanes: Lanes) -> Self {
        Self(lanes.0)
    }
}

impl Loose {
    pub const ZERO: Self = Self(Lanes::ZERO.0);

    /// 2^SHIFT times the value, which must not be negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn shifted<const SHIFT: u32>(self) -> Lanes {
        normalized(self.0.map(|limb| _mm512_slli_epi64::<SHIFT>(limb)))
    }

    /// The value, which must not be negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn carried(self) -> Lanes {
        normalized(self.0)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn plus(mut self, other: &Loose) -> Self {
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            *limb = _mm512_add_epi64(*limb, other);
        }
        self
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn minus(mut self, other: &Loose) -> Self {
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            *limb = _mm512_sub_epi64(*limb, other);
        }
        self
    }

    /// The value plus TIMES p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn lifted<M: Modulus, const TIMES: u64>(mut self) -> Self {
        for (limb, modulus) in self.0.iter_mut().zip(M::LIMBS) {
            *limb = _mm512_add_epi64(*limb, _mm512_set1_epi64((TIMES * modulus) as i64));
        }
        self
    }

    /// 2 p minus the value in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn negated_in<M: Modulus>(mut self, mask: u8) -> Self {
        for (limb, modulus) in self.0.iter_mut().zip(M::LIMBS) {
            let twice = _mm512_set1_epi64(2 * modulus as i64);
            *limb = _mm512_mask_sub_epi64(*limb, mask, twice, *limb);
        }
        self
    }

    /// The value modulo p, below 1.07 p; it must be in [0, 8 p).
    ///
    /// The quotient by p is estimated from the highest limb, times 84 / 2^52: by less than 1 %, and
    /// more than the carries to come are worth, too small. So the difference is never negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn settled<M: Modulus>(mut self) -> Lanes {
        debug_assert!(below::<M>(&self.carried(), 800));
        let factor =
            _mm512_set1_epi64(const { (1 << LIMB_BITS) / (M::LIMBS[LIMBS - 1] + 1) as i64 });
        let quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), self.0[LIMBS - 1], factor);
        for (limb, multiples) in self.0.iter_mut().zip(&M::MULTIPLES) {
            // SAFETY: eight numbers are 64 readable bytes; no alignment is needed.
            let multiples = unsafe { _mm512_loadu_si512(multiples.as_ptr().cast()) };
            let multiple = _mm512_permutexvar_epi64(quotient, multiples);
            *limb = _mm512_sub_epi64(*limb, multiple);
        }
        let settled = self.carried();
        debug_assert!(below::<M>(&settled, 107));
        settled
    }
}

/// Whether all values are in [0, hundredths / 100 p), read off the highest limb.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn below<M: Modulus>(lanes: &Lanes, hundredths: u64) -> bool {
    let highest = lanes.0[LIMBS - 1];
    let bound = _mm512_set1_epi64(((M::LIMBS[LIMBS - 1] + 1) * hundredths / 100) as i64);
    let negative = _mm512_cmplt_epi64_mask(highest, _mm512_setzero_si512());
    negative == 0 && _mm512_cmpge_epi64_mask(highest, bound) == 0
}

/// a b / 2^260 modulo p; below (the product of the bounds / 84 + 2) p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn product<M: Modulus>(a: &Lanes, b: &Lanes) -> Loose {
    let mut sum = [_mm512_setzero_si512(); 2 * LIMBS];
    add_product(&mut sum, a, b);
    divided::<M>(sum)
}

/// (a[0] b[0] + a[1] b[1]) / 2^260 modulo p; below (the sum of the bounds' products / 84 + 2) p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn sum_of_products<M: Modulus>(a: [&Lanes; 2], b: [&Lanes; 2]) -> Loose {
    let mut sum = [_mm512_setzero_si512(); 2 * LIMBS];
    add_product(&mut sum, a[0], b[0]);
    add_product(&mut sum, a[1], b[1]);
    divided::<M>(sum)
}

/// a^2 / 2^260 modulo p; below (the bound's square / 84 + 2) p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn square<M: Modulus>(a: &Lanes) -> Loose {
    let mut sum = [_mm512_setzero_si512(); 2 * LIMBS];
    for i in 0..LIMBS {
        for j in i + 1..LIMBS {
            add_limb_product(&mut sum, i + j, a.0[i], a.0[j]);
        }
    }
    sum = sum.map(|column| _mm512_add_epi64(column, column));
    for i in 0..LIMBS {
        add_limb_product(&mut sum, 2 * i, a.0[i], a.0[i]);
    }
    divided::<M>(sum)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_product(sum: &mut Columns, a: &Lanes, b: &Lanes) {
    for i in 0..LIMBS {
        for j in 0..LIMBS {
            add_limb_product(sum, i + j, a.0[i], b.0[j]);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_limb_product(sum: &mut Columns, column: usize, a: __m512i, b: __m512i) {
    sum[column] = _mm512_madd52lo_epu64(sum[column], a, b);
    sum[column + 1] = _mm512_madd52hi_epu64(sum[column + 1], a, b);
}

/// The value over 2^260, modulo p: below value / 2^260 + 2 p.
///
/// Four limbs are dropped with `Modulus::FOLD`, which needs no multiplication to find its factor
/// but adds up to p; the last one is made zero by a multiple of p itself.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn divided<M: Modulus>(mut sum: Columns) -> Loose {
    let fold = M::FOLD.map(|limb| _mm512_set1_epi64(limb as i64));
    for i in 0..LIMBS - 1 {
        let carry = _mm512_srli_epi64::<LIMB_BITS>(sum[i]);
        sum[i + 1] = _mm512_add_epi64(sum[i + 1], carry);
        // Of the factor, the multiplication reads the 52 bits that are dropped.
        let dropped = sum[i];
        for (j, fold) in fold.into_iter().enumerate() {
            add_limb_product(&mut sum, i + 1 + j, dropped, fold);
        }
    }
    let last = LIMBS - 1;
    let inverse = _mm512_set1_epi64(M::INVERSE as i64);
    let factor = _mm512_madd52lo_epu64(_mm512_setzero_si512(), sum[last], inverse);
    for (j, limb) in M::LIMBS.into_iter().enumerate() {
        add_limb_product(&mut sum, last + j, factor, _mm512_set1_epi64(limb as i64));
    }
    let carry = _mm512_srli_epi64::<LIMB_BITS>(sum[last]);
    sum[LIMBS] = _mm512_add_epi64(sum[LIMBS], carry);
    Loose([sum[5], sum[6], sum[7], sum[8], sum[9]])
}

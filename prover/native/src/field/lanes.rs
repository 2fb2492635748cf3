//! Eight field elements at a time: Montgomery arithmetic on 52-bit limbs with AVX-512 IFMA.
//!
//! A vector holds limb k of eight elements, least significant limb first, and elements stand for
//! themselves times 2^260. The raw encoding uses 2^256 instead; loading copies the bits, so an
//! element x of the raw encoding is x / 16 here. Callers account for that factor.
//!
//! Limbs are normalized, that is in [0, 2^52), between operations; values may exceed the modulus
//! p by a small factor, which the comments call a bound: 84 p < 2^260, hence the product of
//! values below a p and b p is below (a b / 84 + 1) p.

use std::arch::x86_64::*;
use std::sync::LazyLock;

use crate::field::moduli::{LIMB_BITS, LIMB_MASK, LIMBS, Modulus, Split, split};

pub const WIDTH: usize = 8;

/// Whether this machine has the instructions, and PROOFMARK_PORTABLE does not say to do without.
pub fn available() -> bool {
    static AVAILABLE: LazyLock<bool> =
        LazyLock::new(|| supported() && std::env::var_os("PROOFMARK_PORTABLE").is_none());
    *AVAILABLE
}

/// Whether this machine has the instructions.
pub fn supported() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// Eight elements.
#[derive(Clone, Copy)]
pub struct Lanes(pub(super) [__m512i; LIMBS]);

impl Lanes {
    // SAFETY: all bits zero are a vector of zeros.
    pub const ZERO: Self = unsafe { std::mem::zeroed() };
}

/// The same element in every lane.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn broadcast(element: &[u64; 4]) -> Lanes {
    broadcast_split(&split(element))
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn broadcast_split(element: &Split) -> Lanes {
    let mut limbs = Lanes::ZERO.0;
    for (limb, value) in limbs.iter_mut().zip(element) {
        *limb = _mm512_set1_epi64(*value as i64);
    }
    Lanes(limbs)
}

/// The elements with the given raw limbs, below 2^256.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn load(elements: [&[u64; 4]; WIDTH]) -> Lanes {
    // SAFETY: the references are to four limbs each, 32 readable bytes.
    unsafe { load_raw(elements.map(|limbs| limbs.as_ptr().cast())) }
}

/// The same from raw encodings, wherever they are.
///
/// # Safety
///
/// There must be 32 readable bytes behind every pointer.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub unsafe fn load_raw(elements: [*const u8; WIDTH]) -> Lanes {
    let halves = |low: usize| {
        let [low, high] = [elements[low], elements[low + 4]].map(|raw| {
            // SAFETY: the caller vouches for the bytes; no alignment is needed.
            unsafe { _mm256_loadu_si256(raw.cast()) }
        });
        _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
    };
    let [a, b, c, d] = [halves(0), halves(1), halves(2), halves(3)];
    let even = [_mm512_unpacklo_epi64(a, b), _mm512_unpacklo_epi64(c, d)];
    let odd = [_mm512_unpackhi_epi64(a, b), _mm512_unpackhi_epi64(c, d)];
    let first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    let second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    let x = [
        _mm512_permutex2var_epi64(even[0], first, even[1]),
        _mm512_permutex2var_epi64(odd[0], first, odd[1]),
        _mm512_permutex2var_epi64(even[0], second, even[1]),
        _mm512_permutex2var_epi64(odd[0], second, odd[1]),
    ];
    let mask = _mm512_set1_epi64(LIMB_MASK as i64);
    Lanes([
        _mm512_and_si512(x[0], mask),
        _mm512_and_si512(joined::<52, 12>(x[0], x[1]), mask),
        _mm512_and_si512(joined::<40, 24>(x[1], x[2]), mask),
        _mm512_and_si512(joined::<28, 36>(x[2], x[3]), mask),
        _mm512_srli_epi64::<16>(x[3]),
    ])
}

/// The raw limbs of elements below 2^256.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn store(lanes: &Lanes, elements: [&mut [u64; 4]; WIDTH]) {
    for (limbs, half) in elements.into_iter().zip(raw(lanes)) {
        // SAFETY: the reference is to four limbs, 32 writable bytes; no alignment is needed.
        unsafe { _mm256_storeu_si256(limbs.as_mut_ptr().cast(), half) };
    }
}

/// The raw encodings of elements below 2^256, lane by lane.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn raw(lanes: &Lanes) -> [__m256i; WIDTH] {
    let l = &lanes.0;
    let x = [
        _mm512_or_si512(l[0], _mm512_slli_epi64::<52>(l[1])),
        joined::<12, 40>(l[1], l[2]),
        joined::<24, 28>(l[2], l[3]),
        joined::<36, 16>(l[3], l[4]),
    ];
    let low = [
        _mm512_unpacklo_epi64(x[0], x[1]),
        _mm512_unpackhi_epi64(x[0], x[1]),
    ];
    let high = [
        _mm512_unpacklo_epi64(x[2], x[3]),
        _mm512_unpackhi_epi64(x[2], x[3]),
    ];
    let first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    let second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    let rows = [
        _mm512_permutex2var_epi64(low[0], first, high[0]),
        _mm512_permutex2var_epi64(low[1], first, high[1]),
        _mm512_permutex2var_epi64(low[0], second, high[0]),
        _mm512_permutex2var_epi64(low[1], second, high[1]),
    ];
    let low = rows.map(|row| _mm512_castsi512_si256(row));
    let high = rows.map(|row| _mm512_extracti64x4_epi64::<1>(row));
    [
        low[0], low[1], high[0], high[1], low[2], low[3], high[2], high[3],
    ]
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn joined<const RIGHT: u32, const LEFT: u32>(low: __m512i, high: __m512i) -> __m512i {
    _mm512_or_si512(
        _mm512_srli_epi64::<RIGHT>(low),
        _mm512_slli_epi64::<LEFT>(high),
    )
}

/// sum a[k] * b[k] / 2^260 modulo p, normalized; below (sum of the bounds' products / 84 + 1) p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn dot<M: Modulus, const K: usize>(a: [&Lanes; K], b: [&Lanes; K]) -> Lanes {
    let zero = _mm512_setzero_si512();
    let inverse = _mm512_set1_epi64(M::INVERSE as i64);
    let modulus = M::LIMBS.map(|limb| _mm512_set1_epi64(limb as i64));
    let mut sum = [zero; 2 * LIMBS];
    for (a, b) in a.into_iter().zip(b) {
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                sum[i + j] = _mm512_madd52lo_epu64(sum[i + j], a.0[i], b.0[j]);
                sum[i + j + 1] = _mm512_madd52hi_epu64(sum[i + j + 1], a.0[i], b.0[j]);
            }
        }
    }
    for i in 0..LIMBS {
        let factor = _mm512_madd52lo_epu64(zero, sum[i], inverse);
        for j in 0..LIMBS {
            sum[i + j] = _mm512_madd52lo_epu64(sum[i + j], factor, modulus[j]);
            sum[i + j + 1] = _mm512_madd52hi_epu64(sum[i + j + 1], factor, modulus[j]);
        }
        sum[i + 1] = _mm512_add_epi64(sum[i + 1], _mm512_srli_epi64::<LIMB_BITS>(sum[i]));
    }
    normalized([sum[5], sum[6], sum[7], sum[8], sum[9]])
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn mul<M: Modulus>(a: &Lanes, b: &Lanes) -> Lanes {
    dot::<M, 1>([a], [b])
}

/// Limbs of either sign, of a value that is not negative, brought into [0, 2^52).
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn normalized(mut limbs: [__m512i; LIMBS]) -> Lanes {
    let mask = _mm512_set1_epi64(LIMB_MASK as i64);
    for i in 0..LIMBS - 1 {
        let carry = _mm512_srai_epi64::<LIMB_BITS>(limbs[i]);
        limbs[i] = _mm512_and_si512(limbs[i], mask);
        limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], carry);
    }
    Lanes(limbs)
}

/// 2^SHIFT (a - b + TIMES p), where b is below TIMES p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn sub<M: Modulus, const TIMES: u64, const SHIFT: u32>(a: &Lanes, b: &Lanes) -> Lanes {
    let mut limbs = a.0;
    for (i, limb) in limbs.iter_mut().enumerate() {
        let lifted = _mm512_set1_epi64((TIMES * M::LIMBS[i]) as i64);
        let difference = _mm512_sub_epi64(_mm512_add_epi64(*limb, lifted), b.0[i]);
        *limb = _mm512_slli_epi64::<SHIFT>(difference);
    }
    normalized(limbs)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn add(a: &Lanes, b: &Lanes) -> Lanes {
    let mut limbs = a.0;
    for (limb, other) in limbs.iter_mut().zip(b.0) {
        *limb = _mm512_add_epi64(*limb, other);
    }
    normalized(limbs)
}

/// The canonical representative of values below 4 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn reduced<M: Modulus>(a: &Lanes) -> Lanes {
    reduced_once::<M, 1>(&reduced_once::<M, 2>(a))
}

/// a - TIMES p, or a where that is negative.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn reduced_once<M: Modulus, const TIMES: u64>(a: &Lanes) -> Lanes {
    let mut limbs = a.0;
    for (limb, modulus) in limbs.iter_mut().zip(M::LIMBS) {
        *limb = _mm512_sub_epi64(*limb, _mm512_set1_epi64((TIMES * modulus) as i64));
    }
    let less = normalized(limbs);
    let negative = _mm512_cmplt_epi64_mask(less.0[LIMBS - 1], _mm512_setzero_si512());
    select(negative, a, &less)
}

/// Per lane, `chosen` where the mask has a bit, else `other`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn select(mask: u8, chosen: &Lanes, other: &Lanes) -> Lanes {
    let mut limbs = other.0;
    for (limb, chosen) in limbs.iter_mut().zip(chosen.0) {
        *limb = _mm512_mask_blend_epi64(mask, *limb, chosen);
    }
    Lanes(limbs)
}

/// Lanes in which all limbs are equal: equality, for canonical values.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn equal(a: &Lanes, b: &Lanes) -> u8 {
    (0..LIMBS).fold(!0, |mask, i| mask & _mm512_cmpeq_epi64_mask(a.0[i], b.0[i]))
}

/// Butterflies between lanes whose numbers differ by DISTANCE: sums in the lower of the two,
/// lower - upper + TIMES p in the upper, for values below TIMES p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn across<M: Modulus, const DISTANCE: i64, const TIMES: u64>(a: &Lanes) -> Lanes {
    let lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    let distance = _mm512_set1_epi64(DISTANCE);
    let partner = _mm512_xor_si512(lane, distance);
    let upper = _mm512_test_epi64_mask(lane, distance);
    let mut swapped = a.0;
    for limb in &mut swapped {
        *limb = _mm512_permutexvar_epi64(partner, *limb);
    }
    let swapped = Lanes(swapped);
    select(upper, &sub::<M, TIMES, 0>(&swapped, a), &add(a, &swapped))
}

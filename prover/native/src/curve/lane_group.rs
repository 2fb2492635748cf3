//! Eight additions at a time, before and after the inversion: see `lane_adder`.

use std::arch::x86_64::*;

use crate::curve::cells::{Entry, Source};
use crate::curve::lane_element::{self as element, Element, LooseElement};
use crate::curve::points::Coordinate;
use crate::field::lanes::{self, Lanes, WIDTH};

/// Products run in this many independent chains, so that none waits for the one before.
pub const CHAINS: usize = 4;

/// Eight pairs, the last one repeated where there are fewer.
pub struct Group {
    left: [*const u8; WIDTH],
    right: [*const u8; WIDTH],
    left_negative: u8,
    right_negative: u8,
    pub count: usize,
}

/// Of eight additions, what the second half needs. Bounds: stored coordinates are below 1.07 p,
/// or 2 p where y was negated.
#[derive(Clone, Copy)]
pub struct Saved<const N: usize> {
    pub x: Element<N>,
    /// y of the left point, not carried.
    pub y: LooseElement<N>,
    /// 3 p - x1 - x2, not carried.
    pub minus_both_x: LooseElement<N>,
    /// Numerator of the slope: below 4 p, or 8.6 p in doublings.
    pub rise: Element<N>,
    /// Denominator of the slope: below 4 p.
    pub run: Element<N>,
    /// The product of the chain's denominators before this one; below 2.8 p.
    pub before: Element<N>,
}

impl<const N: usize> Saved<N> {
    pub const ZERO: Self = Self {
        x: [Lanes::ZERO; N],
        y: LooseElement::ZERO,
        minus_both_x: LooseElement::ZERO,
        rise: [Lanes::ZERO; N],
        run: [Lanes::ZERO; N],
        before: [Lanes::ZERO; N],
    };
}

impl Group {
    /// The first eight pairs of these.
    ///
    /// # Safety
    ///
    /// The source must hold the entries, and its points must outlive the group.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub unsafe fn new<F: Coordinate>(source: &Source, left: &[Entry], right: &[Entry]) -> Self {
        let count = left.len().min(WIDTH);
        let eight = |entries: &[Entry]| match entries.first_chunk::<WIDTH>() {
            Some(entries) => *entries,
            None => std::array::from_fn(|lane| entries[lane.min(count - 1)]),
        };
        let (left, right) = (eight(left), eight(right));
        Self {
            left: left.map(|entry| source.address::<F>(entry)),
            right: right.map(|entry| source.address::<F>(entry)),
            left_negative: negative(&left),
            right_negative: negative(&right),
            count,
        }
    }

    /// Fills in what is saved of these pairs, but for the product before.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn read<const N: usize>(&self, saved: &mut Saved<N>) {
        // SAFETY: the pointers are to whole points, of 2 N raw elements each.
        let [x1, y1, x2, y2] = unsafe {
            [
                element::load(self.left, 0),
                element::load(self.left, N),
                element::load(self.right, 0),
                element::load(self.right, N),
            ]
        };
        let y1 = LooseElement::from(y1).negated_in(self.left_negative);
        let y2 = LooseElement::from(y2).negated_in(self.right_negative);
        let left = LooseElement::from(x1);
        let right = LooseElement::from(x2);
        let both = LooseElement::ZERO.lifted::<3>();
        saved.x = x1;
        saved.y = y1;
        saved.minus_both_x = both.minus(&left).minus(&right);
        saved.rise = y2.lifted::<2>().minus(&y1).carried();
        saved.run = right.lifted::<2>().minus(&left).carried();
    }

    /// Makes tangents of the pairs of equal points, which the mask names.
    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn double<const N: usize>(&self, saved: &mut Saved<N>) -> u8 {
        let upright = element::is_zero(&saved.y.settled());
        let equal = element::is_zero(&LooseElement::from(saved.run).settled())
            & element::is_zero(&LooseElement::from(saved.rise).settled())
            & !upright;
        if equal == 0 {
            return 0;
        }
        // 3 x^2 of the true x, over 16, is 48 times the square of x / 16.
        let square = LooseElement::from(element::square(&saved.x).settled());
        let sixfold = square.plus(&square).plus(&square).shifted::<1>();
        let rise = LooseElement::from(LooseElement::from(sixfold).settled()).shifted::<3>();
        let run = saved.y.plus(&saved.y).carried();
        saved.rise = element::select(equal, &rise, &saved.rise);
        saved.run = element::select(equal, &run, &saved.run);
        equal
    }

    /// The lanes without a slope: infinity on a side, or different points of equal x. And those
    /// past the last pair, which only repeat it.
    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn exceptions<const N: usize>(&self, saved: &Saved<N>, doubled: u8) -> u8 {
        // SAFETY: the pointers are to whole points, of 2 N raw elements each.
        let infinite = |points| unsafe {
            element::is_all_zeros(&element::load::<N>(points, 0))
                & element::is_all_zeros(&element::load::<N>(points, N))
        };
        let upright = element::is_zero(&LooseElement::from(saved.run).settled()) & !doubled;
        upright | infinite(self.left) | infinite(self.right)
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn negative(entries: &[Entry; WIDTH]) -> u8 {
    // SAFETY: an entry is a number of 32 bits, eight of them are 32 readable bytes; no alignment
    // is needed.
    let entries = unsafe { _mm256_loadu_si256(entries.as_ptr().cast()) };
    _mm512_test_epi64_mask(_mm512_cvtepu32_epi64(entries), _mm512_set1_epi64(1))
}

/// The sums of a few groups, step by step for all of them: no step waits for the one before.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn add_block<const N: usize>(
    saved: &[Saved<N>],
    inverses: &mut [Element<N>; CHAINS],
    sums: &mut [[Element<N>; 2]; CHAINS],
) {
    let mut slopes = [[Lanes::ZERO; N]; CHAINS];
    for ((slope, inverse), saved) in slopes.iter_mut().zip(inverses).zip(saved) {
        *slope = element::mul(inverse, &saved.before).carried();
        *inverse = element::mul(inverse, &saved.run).carried();
    }
    for (slope, saved) in slopes.iter_mut().zip(saved) {
        *slope = element::mul(&saved.rise, slope).carried();
    }
    for ((slope, saved), [x, y]) in slopes.iter().zip(saved).zip(&mut *sums) {
        *x = element::square(slope).plus(&saved.minus_both_x).settled();
        let run = LooseElement::from(saved.x)
            .lifted::<2>()
            .minus(&LooseElement::from(*x));
        *y = run.shifted::<2>();
    }
    for ((slope, saved), [_, y]) in slopes.iter().zip(saved).zip(&mut *sums) {
        *y = element::mul(slope, y)
            .lifted::<3>()
            .minus(&saved.y)
            .settled();
    }
}

/// Writes sums to their targets among raw points.
///
/// # Safety
///
/// Behind `points` there must be more writable points than any target.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub unsafe fn store<const N: usize>(sum: &[Element<N>; 2], points: *mut u8, targets: &[u32]) {
    const FQ_BYTES: usize = 32;
    for (place, component) in sum.as_flattened().iter().enumerate() {
        for (target, value) in targets.iter().zip(lanes::raw(component)) {
            let offset = (*target as usize * 2 * N + place) * FQ_BYTES;
            // SAFETY: a point has 2 N elements, and the caller vouches for the target; no
            // alignment is needed.
            unsafe { _mm256_storeu_si256(points.add(offset).cast(), value) };
        }
    }
}

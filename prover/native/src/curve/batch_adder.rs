//! Additions of many points at once: complete, affine, sharing inversions.

#[cfg(target_arch = "x86_64")]
use crate::curve::lane_adder::LaneAdder;
use crate::curve::points::{Coordinate, Point};
#[cfg(target_arch = "x86_64")]
use crate::field::lanes;

/// Fewer additions than this are not worth the lanes' inversions.
#[cfg(target_arch = "x86_64")]
const LANE_BATCH: usize = 64;

/// Scratch space of `BatchAdder::add`, kept between calls.
pub struct BatchAdder<F> {
    denominators: Vec<F>,
    products: Vec<F>,
    #[cfg(target_arch = "x86_64")]
    lanes: Option<LaneAdder>,
}

impl<F: Coordinate> BatchAdder<F> {
    pub fn new() -> Self {
        Self {
            denominators: Vec::new(),
            products: Vec::new(),
            #[cfg(target_arch = "x86_64")]
            lanes: lanes::available().then(LaneAdder::default),
        }
    }

    /// Without lanes, whatever the machine has.
    #[cfg(test)]
    pub fn portable() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            lanes: None,
            ..Self::new()
        }
    }

    /// left[i] += right[i] for all i, sharing inversions (Montgomery's trick).
    /// Complete: doublings, opposite points and infinities included.
    pub fn add(&mut self, left: &mut [Point<F>], right: &[Point<F>]) {
        debug_assert_eq!(left.len(), right.len());
        #[cfg(target_arch = "x86_64")]
        if let Some(mut lanes) = self.lanes.take_if(|_| left.len() >= LANE_BATCH) {
            // SAFETY: a LaneAdder is made only where the instructions are available.
            unsafe { lanes.add(left, right) };
            self.add_skipped(left, right, &lanes.skipped);
            self.lanes = Some(lanes);
            return;
        }
        self.add_portably(left, right);
    }

    /// What the lanes left: the additions named, and the tail that fills no group of lanes.
    #[cfg(target_arch = "x86_64")]
    fn add_skipped(&mut self, left: &mut [Point<F>], right: &[Point<F>], skipped: &[u8]) {
        let done = skipped.len() * lanes::WIDTH;
        if done == left.len() && skipped.iter().all(|mask| *mask == 0) {
            return;
        }
        let mut rest: Vec<usize> = (done..left.len()).collect();
        for (group, mask) in skipped.iter().enumerate().filter(|(_, mask)| **mask != 0) {
            for lane in (0..lanes::WIDTH).filter(|lane| mask >> lane & 1 == 1) {
                let index = group * lanes::WIDTH + lane;
                if left[index].is_infinity() {
                    left[index] = right[index];
                } else if !right[index].is_infinity() {
                    rest.push(index);
                }
            }
        }
        let mut sums: Vec<Point<F>> = rest.iter().map(|index| left[*index]).collect();
        let addends: Vec<Point<F>> = rest.iter().map(|index| right[*index]).collect();
        self.add_portably(&mut sums, &addends);
        for (index, sum) in rest.into_iter().zip(sums) {
            left[index] = sum;
        }
    }

    /// The same on any machine, with one inversion.
    fn add_portably(&mut self, left: &mut [Point<F>], right: &[Point<F>]) {
        self.denominators.clear();
        self.products.clear();
        let mut product = F::ONE;
        for (a, b) in left.iter().zip(right) {
            let denominator = denominator(a, b);
            self.denominators.push(denominator);
            self.products.push(product);
            product *= denominator;
        }
        let mut inverse = product.inverse().expect("no denominator is zero");
        for index in (0..left.len()).rev() {
            let own = inverse * self.products[index];
            inverse *= self.denominators[index];
            left[index] = sum(&left[index], &right[index], own);
        }
    }
}

/// What the slope of a + b divides by; one where there is no slope. Never zero.
#[inline]
fn denominator<F: Coordinate>(a: &Point<F>, b: &Point<F>) -> F {
    let difference = b.x - a.x;
    if difference.is_zero() {
        return if a.y == b.y && !a.y.is_zero() {
            a.y.double()
        } else {
            F::ONE
        };
    }
    if a.is_infinity() || b.is_infinity() {
        F::ONE
    } else {
        difference
    }
}

#[inline]
fn sum<F: Coordinate>(a: &Point<F>, b: &Point<F>, inverse: F) -> Point<F> {
    if a.is_infinity() {
        return *b;
    }
    if b.is_infinity() {
        return *a;
    }
    let slope = if a.x == b.x {
        if a.y != b.y || a.y.is_zero() {
            return Point::INFINITY;
        }
        let square = a.x.square();
        (square.double() + square) * inverse
    } else {
        (b.y - a.y) * inverse
    };
    let x = slope.square() - a.x - b.x;
    Point {
        x,
        y: slope * (a.x - x) - a.y,
    }
}

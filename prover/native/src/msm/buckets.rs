//! The sums of many buckets at once: every bucket is a tree, and the additions of one level of
//! all trees share inversions.

use crate::curve::batch_adder::BatchAdder;
use crate::curve::points::{Coordinate, Point};

/// Additions that share an inversion: few enough for the scratch to stay in cache.
pub const BATCH: usize = 1 << 12;

/// Pairs between asking for points and reading them.
const AHEAD: usize = 24;

/// The sum of each bucket. `point` gives the points in the buckets' order, `lengths` says how
/// many belong to each; `announce` is told of every point some time before it is read.
pub fn sums<F: Coordinate>(
    point: impl Fn(usize) -> Point<F>,
    announce: impl Fn(usize),
    mut lengths: Vec<u32>,
) -> Vec<Point<F>> {
    let total: u32 = lengths.iter().sum();
    let mut halving = Halving::new(total as usize / 2 + lengths.len());
    let mut points = halving.halve(point, announce, &mut lengths);
    while lengths.iter().any(|length| *length > 1) {
        let halves = halving.halve(|index| points[index], |_| (), &mut lengths);
        halving.spare = std::mem::replace(&mut points, halves);
    }
    let mut points = points.into_iter();
    let single = |length| if length == 0 { None } else { points.next() };
    let sums = lengths.into_iter().map(single);
    sums.map(|sum| sum.unwrap_or(Point::INFINITY)).collect()
}

/// Asks the memory for bytes that are read soon.
#[inline]
pub fn prefetch(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    for byte in bytes.iter().step_by(64).chain(bytes.last()) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the pointer is into a slice; a prefetch has no effect but on caches.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}

/// One level of all trees: neighbours of a bucket are added, an odd one is carried.
struct Halving<F> {
    adder: BatchAdder<F>,
    spare: Vec<Point<F>>,
    /// Where the two neighbours begin, and where their sum goes.
    pairs: Vec<(usize, usize)>,
    left: Vec<Point<F>>,
    right: Vec<Point<F>>,
}

impl<F: Coordinate> Halving<F> {
    fn new(capacity: usize) -> Self {
        Self {
            adder: BatchAdder::new(),
            spare: Vec::with_capacity(capacity),
            pairs: Vec::with_capacity(BATCH),
            left: Vec::with_capacity(BATCH),
            right: Vec::with_capacity(BATCH),
        }
    }

    fn halve(
        &mut self,
        point: impl Fn(usize) -> Point<F>,
        announce: impl Fn(usize),
        lengths: &mut [u32],
    ) -> Vec<Point<F>> {
        let mut output = std::mem::take(&mut self.spare);
        output.clear();
        let mut start = 0;
        for length in lengths {
            let end = start + *length as usize;
            while start + 1 < end {
                self.pairs.push((start, output.len()));
                output.push(Point::INFINITY);
                start += 2;
                if self.pairs.len() == BATCH {
                    self.flush(&point, &announce, &mut output);
                }
            }
            if start < end {
                output.push(point(start));
            }
            start = end;
            *length = length.div_ceil(2);
        }
        self.flush(&point, &announce, &mut output);
        output
    }

    fn flush(
        &mut self,
        point: impl Fn(usize) -> Point<F>,
        announce: impl Fn(usize),
        output: &mut [Point<F>],
    ) {
        self.left.clear();
        self.right.clear();
        for (index, (start, _)) in self.pairs.iter().enumerate() {
            if let Some((later, _)) = self.pairs.get(index + AHEAD) {
                announce(*later);
                announce(later + 1);
            }
            self.left.push(point(*start));
            self.right.push(point(start + 1));
        }
        self.adder.add(&mut self.left, &self.right);
        for ((_, place), sum) in self.pairs.drain(..).zip(&self.left) {
            output[place] = *sum;
        }
    }
}

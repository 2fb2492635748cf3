//! Additions of many points at once: complete, affine, sharing inversions.

use crate::curve::cells::{Cells, Entry, Source};
#[cfg(target_arch = "x86_64")]
use crate::curve::lane_adder::LaneAdder;
use crate::curve::points::{Coordinate, Point};
#[cfg(target_arch = "x86_64")]
use crate::field::lanes;

/// As many additions as should share an inversion: few enough for the scratch to stay in cache.
pub const BATCH: usize = 1 << 11;

/// Pairs to be added: entry, entry, and the cell that takes their sum.
#[derive(Default)]
pub struct Pairs {
    left: Vec<Entry>,
    right: Vec<Entry>,
    targets: Vec<u32>,
}

impl Pairs {
    #[inline]
    pub fn push(&mut self, left: Entry, right: Entry, target: u32) {
        self.left.push(left);
        self.right.push(right);
        self.targets.push(target);
    }

    pub fn len(&self) -> usize {
        self.targets.len()
    }

    pub fn clear(&mut self) {
        self.left.clear();
        self.right.clear();
        self.targets.clear();
    }
}

/// How additions are done, with the scratch space.
enum Kernel<F> {
    Portable(Vec<[Point<F>; 2]>),
    #[cfg(target_arch = "x86_64")]
    One(Box<LaneAdder<1>>),
    #[cfg(target_arch = "x86_64")]
    Two(Box<LaneAdder<2>>),
}

/// Adds pairs in two steps, so that sums may go where points were read: `read`, then `write`.
pub struct BatchAdder<F> {
    kernel: Kernel<F>,
    /// Sums that the kernel leaves, by the number of the pair.
    left_over: Vec<(usize, Point<F>)>,
}

impl<F: Coordinate> BatchAdder<F> {
    pub fn new() -> Self {
        #[cfg(target_arch = "x86_64")]
        if lanes::available() {
            return match F::COMPONENTS {
                1 => Self::with(Kernel::One(Box::default())),
                _ => Self::with(Kernel::Two(Box::default())),
            };
        }
        Self::portable()
    }

    /// Without lanes, whatever the machine has.
    pub fn portable() -> Self {
        Self::with(Kernel::Portable(Vec::new()))
    }

    fn with(kernel: Kernel<F>) -> Self {
        Self {
            kernel,
            left_over: Vec::new(),
        }
    }

    /// Complete: doublings, opposite points and infinities included.
    pub fn read(&mut self, source: Source, pairs: &Pairs) {
        let exceptions: &[usize] = match &mut self.kernel {
            Kernel::Portable(points) => {
                points.clear();
                let both = pairs.left.iter().zip(&pairs.right);
                points.extend(both.map(|(a, b)| [source.read(*a), source.read(*b)]));
                &[]
            }
            // SAFETY: a kernel of lanes is made only where the instructions are available, and
            // for as many components.
            #[cfg(target_arch = "x86_64")]
            Kernel::One(adder) => unsafe { adder.read::<F>(&source, &pairs.left, &pairs.right) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kernel::Two(adder) => unsafe { adder.read::<F>(&source, &pairs.left, &pairs.right) },
        };
        self.left_over.clear();
        for number in exceptions {
            let a: Point<F> = source.read(pairs.left[*number]);
            let b: Point<F> = source.read(pairs.right[*number]);
            let sum = match (a.is_infinity(), b.is_infinity()) {
                (true, _) => b,
                (_, true) => a,
                _ => Point::INFINITY,
            };
            self.left_over.push((*number, sum));
        }
    }

    /// The sums of the pairs that were read last, to their targets.
    pub fn write(&mut self, cells: &mut Cells<F>, pairs: &Pairs) {
        match &mut self.kernel {
            Kernel::Portable(points) => {
                let sums = add_portably(points);
                let sums = sums.into_iter().zip(&pairs.targets);
                sums.for_each(|(sum, target)| cells.write(*target as usize, &sum));
            }
            // SAFETY: as in `read`.
            #[cfg(target_arch = "x86_64")]
            Kernel::One(adder) => unsafe { adder.write(cells, &pairs.targets) },
            // SAFETY: as in `read`.
            #[cfg(target_arch = "x86_64")]
            Kernel::Two(adder) => unsafe { adder.write(cells, &pairs.targets) },
        }
        for (number, sum) in self.left_over.drain(..) {
            cells.write(pairs.targets[number] as usize, &sum);
        }
    }
}

/// The sums of pairs, with one inversion (Montgomery's trick).
fn add_portably<F: Coordinate>(pairs: &[[Point<F>; 2]]) -> Vec<Point<F>> {
    let mut denominators: Vec<F> = pairs.iter().map(|[a, b]| denominator(a, b)).collect();
    ark_ff::serial_batch_inversion_and_mul(&mut denominators, &F::ONE);
    let inverses = denominators.into_iter().zip(pairs);
    inverses
        .map(|(inverse, [a, b])| sum(a, b, inverse))
        .collect()
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

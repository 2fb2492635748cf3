//! Number-theoretic transforms in lanes.
//!
//! A polynomial of N coefficients is kept as N/8 vectors: lane l of vector j is item l N/8 + j.
//! Eight transforms of size N/8 then run side by side, one to a lane; a twiddle and a transform
//! of size eight across the lanes join them. Values are in natural order, coefficients in
//! bit-reversed order, so that nothing is moved between a transform and its inverse.

use ark_bn254::Fr;
use ark_ff::Field;
use rayon::prelude::*;

use crate::field::lanes::{self, Lanes, WIDTH};
use crate::field::moduli::{Split, split};

/// Vectors handled together by a core.
pub const BATCH: usize = 1 << 8;
/// Smaller transforms are not worth their tables.
pub const MIN_SIZE: usize = 64;

/// What a transform multiplies by. For values at shift * root^k; for coefficients, the same of
/// the inverses.
pub struct Twiddles {
    /// Inside a lane, half a block of h vectors: (shift root^k)^(N / 2 h) at h + k.
    inner: Vec<Split>,
    /// Per batch of vectors its first joint twiddle: scale * (shift root^j)^q, q the lane's
    /// bit-reversed number; and the factor from one vector to the next.
    joints: Vec<[Fr; WIDTH]>,
    joint_step: [Fr; WIDTH],
    /// Across the lanes, for blocks of four and of eight: one in the lower half.
    across: [[Fr; WIDTH]; 2],
}

/// A lane reads raw limbs as a sixteenth.
pub fn sixteenfold(value: Fr) -> Fr {
    value * Fr::from(16u64)
}

fn reversed_bits(lane: usize) -> usize {
    lane.reverse_bits() >> (usize::BITS - WIDTH.ilog2())
}

impl Twiddles {
    pub fn new(size: usize, shift: Fr, root: Fr, scale: Fr) -> Self {
        let groups = size / WIDTH;
        let mut inner = vec![split(&[0; 4]); groups];
        let mut half = 1;
        while half < groups {
            let exponent = [(size / (2 * half)) as u64];
            let (step, mut twiddle) = (root.pow(exponent), sixteenfold(shift.pow(exponent)));
            for slot in &mut inner[half..2 * half] {
                *slot = split(&twiddle.0.0);
                twiddle *= step;
            }
            half *= 2;
        }
        let powers = |base: Fr| {
            std::array::from_fn(|lane| sixteenfold(base.pow([reversed_bits(lane) as u64])))
        };
        let batch_start =
            |start: usize| powers(shift * root.pow([start as u64])).map(|x| x * scale);
        let across = |block: usize| {
            let step = root.pow([(size / block) as u64]);
            std::array::from_fn(|lane| {
                let upper = lane % block >= block / 2;
                let exponent = if upper { lane % (block / 2) } else { 0 };
                sixteenfold(step.pow([exponent as u64]))
            })
        };
        Self {
            inner,
            joints: (0..groups).step_by(BATCH).map(batch_start).collect(),
            joint_step: powers(root),
            across: [across(4), across(8)],
        }
    }
}

/// Coefficients to values. Those below 2 p give values below 4 p.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn evaluate(vectors: &mut [Lanes], twiddles: &Twiddles) {
    evaluate_inner(vectors, &twiddles.inner);
    let across = twiddles.across.each_ref().map(|lanes| vector(lanes));
    joined(vectors, twiddles, |vector, joint| {
        let mut sum = lanes::across::<Fr, 1, 2>(&lanes::mul::<Fr>(vector, joint));
        sum = lanes::across::<Fr, 2, 2>(&lanes::mul::<Fr>(&sum, &across[0]));
        *vector = lanes::across::<Fr, 4, 2>(&lanes::mul::<Fr>(&sum, &across[1]));
    });
}

/// Values below 4 p to coefficients below 2 p.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn interpolate(vectors: &mut [Lanes], twiddles: &Twiddles) {
    let across = twiddles.across.each_ref().map(|lanes| vector(lanes));
    joined(vectors, twiddles, |vector, joint| {
        let mut sum = lanes::mul::<Fr>(&lanes::across::<Fr, 4, 4>(vector), &across[1]);
        sum = lanes::mul::<Fr>(&lanes::across::<Fr, 2, 2>(&sum), &across[0]);
        *vector = lanes::mul::<Fr>(&lanes::across::<Fr, 1, 2>(&sum), joint);
    });
    interpolate_inner(vectors, &twiddles.inner);
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn vector(items: &[Fr; WIDTH]) -> Lanes {
    lanes::load(items.each_ref().map(|item| &item.0.0))
}

/// Every vector with its joint twiddle.
#[target_feature(enable = "avx512f,avx512ifma")]
fn joined(vectors: &mut [Lanes], twiddles: &Twiddles, action: impl Fn(&mut Lanes, &Lanes) + Sync) {
    let step = vector(&twiddles.joint_step);
    let batches = vectors.par_chunks_mut(BATCH).zip(&twiddles.joints);
    batches.for_each(|(batch, start)| {
        let mut joint = vector(start);
        for vector in batch {
            action(vector, &joint);
            joint = lanes::mul::<Fr>(&joint, &step);
        }
    });
}

/// Bounds grow by 2 p with every level, of which there are at most 25.
#[target_feature(enable = "avx512f,avx512ifma")]
fn evaluate_inner(vectors: &mut [Lanes], twiddles: &[Split]) {
    let half = vectors.len() / 2;
    if half == 0 {
        return;
    }
    let (low, high) = vectors.split_at_mut(half);
    in_parallel(
        half,
        || evaluate_inner(low, twiddles),
        || evaluate_inner(high, twiddles),
    );
    pairs(vectors, &twiddles[half..], |low, high, twiddle| {
        let product = lanes::mul::<Fr>(high, twiddle);
        *high = lanes::sub::<Fr, 2, 0>(low, &product);
        *low = lanes::add(low, &product);
    });
}

/// Bounds stay at 2 p.
#[target_feature(enable = "avx512f,avx512ifma")]
fn interpolate_inner(vectors: &mut [Lanes], twiddles: &[Split]) {
    let half = vectors.len() / 2;
    if half == 0 {
        return;
    }
    pairs(vectors, &twiddles[half..], |low, high, twiddle| {
        let sum = lanes::reduced_once::<Fr, 2>(&lanes::add(low, high));
        *high = lanes::mul::<Fr>(&lanes::sub::<Fr, 2, 0>(low, high), twiddle);
        *low = sum;
    });
    let (low, high) = vectors.split_at_mut(half);
    in_parallel(
        half,
        || interpolate_inner(low, twiddles),
        || interpolate_inner(high, twiddles),
    );
}

fn in_parallel(size: usize, first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
    if size < BATCH {
        first();
        second();
    } else {
        rayon::join(first, second);
    }
}

/// The two halves of a block, item by item, with the twiddle of each.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pairs(
    vectors: &mut [Lanes],
    twiddles: &[Split],
    action: impl Fn(&mut Lanes, &mut Lanes, &Lanes) + Sync,
) {
    let (low, high) = vectors.split_at_mut(vectors.len() / 2);
    let run = |((low, high), twiddles): ((&mut [Lanes], &mut [Lanes]), &[Split])| {
        for ((low, high), twiddle) in low.iter_mut().zip(high).zip(twiddles) {
            action(low, high, &lanes::broadcast_split(twiddle));
        }
    };
    if low.len() < BATCH {
        return run(((low, high), twiddles));
    }
    let twiddles = &twiddles[..low.len()];
    let halves = low.par_chunks_mut(BATCH).zip(high.par_chunks_mut(BATCH));
    halves.zip(twiddles.par_chunks(BATCH)).for_each(run);
}

//! Additions of points that share one inversion, eight at a time.
//!
//! Coordinates are x / 16 in the lanes (see `lanes`). With a quarter of the true slope, the
//! textbook's formulas stay as they are, but for a factor of four in y: the sum's x / 16 is
//! slope^2 - x1 / 16 - x2 / 16. The quarter enters with the inverse, once for all additions.
//!
//! First all pairs are read, differences taken and multiplied up; then, with the inverse of the
//! product, sums are written. Where the product is zero, some pair has no slope between different
//! x, and the first half is done again with an eye to every pair.

use crate::curve::cells::{Cells, Entry, Source, prefetch};
use crate::curve::lane_element::{self as element, Element};
use crate::curve::lane_group::{CHAINS, Group, Saved, add_block, store};
use crate::curve::points::Coordinate;
use crate::field::lanes::{Lanes, WIDTH};

/// Groups between asking for points and reading them.
const AHEAD: usize = 5;

/// Scratch space, kept between calls.
pub struct LaneAdder<const N: usize> {
    saved: Vec<Saved<N>>,
    running: [Element<N>; CHAINS],
    count: usize,
    /// Sums that are not computed: one side is infinity, or both are opposite.
    exceptions: Vec<usize>,
    /// Whether the last pairs had exceptions or doublings: the next ones are likely to.
    wary: bool,
}

impl<const N: usize> Default for LaneAdder<N> {
    fn default() -> Self {
        Self {
            saved: Vec::new(),
            running: [[Lanes::ZERO; N]; CHAINS],
            count: 0,
            exceptions: Vec::new(),
            wary: false,
        }
    }
}

impl<const N: usize> LaneAdder<N> {
    /// Reads the pairs; returns the numbers of those whose sums are left to the caller.
    ///
    /// # Safety
    ///
    /// `lanes::supported()` must hold, and N be the components of F.
    pub unsafe fn read<F: Coordinate>(
        &mut self,
        source: &Source,
        left: &[Entry],
        right: &[Entry],
    ) -> &[usize] {
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            self.wary |= !source.finite;
            let careless = !self.wary && self.multiplied_up::<F, false>(source, left, right);
            if !careless {
                let all = self.multiplied_up::<F, true>(source, left, right);
                assert!(all, "denominators are not zero");
            }
        }
        &self.exceptions
    }

    /// Writes the sums of the pairs that were read, but of those left to the caller.
    ///
    /// # Safety
    ///
    /// As of `read`.
    pub unsafe fn write<F: Coordinate>(&mut self, cells: &mut Cells<F>, targets: &[u32]) {
        // SAFETY: the caller vouches for the instructions.
        unsafe { self.multiplied_down(cells, targets) }
    }

    /// False where the product of the denominators is zero.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn multiplied_up<F: Coordinate, const CAREFUL: bool>(
        &mut self,
        source: &Source,
        left: &[Entry],
        right: &[Entry],
    ) -> bool {
        assert!(source.holds::<F>(left) && source.holds::<F>(right));
        let one = element::broadcast::<F, N>(&F::ONE);
        let mut running = [one; CHAINS];
        self.exceptions.clear();
        self.count = left.len();
        let groups = left.len().div_ceil(WIDTH);
        if self.saved.len() < groups {
            self.saved.resize(groups, Saved::ZERO);
        }
        let mut special = false;
        for start in (0..left.len()).step_by(WIDTH) {
            let ahead = start + AHEAD * WIDTH;
            for pairs in [left, right] {
                let next = pairs.get(ahead..ahead + WIDTH).unwrap_or(&[]);
                next.iter().for_each(|entry| prefetch::<F>(source, *entry));
            }
            // SAFETY: that the source holds the entries was checked above; it is borrowed longer.
            let group = unsafe { Group::new::<F>(source, &left[start..], &right[start..]) };
            let before = &mut running[start / WIDTH % CHAINS];
            let saved = &mut self.saved[start / WIDTH];
            saved.before = *before;
            group.read(saved);
            if CAREFUL {
                let doubled = group.double(saved);
                let exceptions = group.exceptions::<N>(saved, doubled);
                saved.run = element::select(exceptions, &one, &saved.run);
                special |= doubled | exceptions != 0;
                let lanes = (0..group.count).filter(|lane| exceptions >> lane & 1 == 1);
                self.exceptions.extend(lanes.map(|lane| start + lane));
            }
            *before = element::mul(before, &saved.run).carried();
        }
        self.wary = CAREFUL && special;
        let inverses = quarter_inverses::<F, N>(&running);
        inverses
            .inspect(|inverses| self.running = *inverses)
            .is_some()
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn multiplied_down<F: Coordinate>(&mut self, cells: &mut Cells<F>, targets: &[u32]) {
        assert!(targets.len() == self.count);
        assert!(
            targets
                .iter()
                .all(|target| (*target as usize) < cells.len())
        );
        let points = cells.bytes_mut().as_mut_ptr();
        let mut inverses = self.running;
        let mut sums = [[[Lanes::ZERO; N]; 2]; CHAINS];
        let saved = &self.saved[..targets.len().div_ceil(WIDTH)];
        let blocks = saved.chunks(CHAINS).zip(targets.chunks(CHAINS * WIDTH));
        for (saved, targets) in blocks.rev() {
            add_block(saved, &mut inverses, &mut sums);
            for (sum, targets) in sums.iter().zip(targets.chunks(WIDTH)) {
                // SAFETY: that there are cells for all targets was checked above.
                unsafe { store(sum, points, targets) };
            }
        }
    }
}

/// A quarter of the inverse of every product, with one inversion outside the lanes; None where
/// a product is zero.
#[target_feature(enable = "avx512f,avx512ifma")]
fn quarter_inverses<F: Coordinate, const N: usize>(
    products: &[Element<N>; CHAINS],
) -> Option<[Element<N>; CHAINS]> {
    let [a, b, c, d] = products;
    let ab = element::mul(a, b).carried();
    let cd = element::mul(c, d).carried();
    let all = element::mul(&ab, &cd);
    let mut values: [F; WIDTH] = element::to_fields(&all.settled());
    if values.iter().any(|value| value.is_zero()) {
        return None;
    }
    // In the lanes, a value read as x is x / 16: 1 / (16 x) for the inverse, and again / 16.
    ark_ff::serial_batch_inversion_and_mul(&mut values, &F::from(64u64));
    let inverse = element::from_fields(&values);
    let of_ab = element::mul(&inverse, &cd).carried();
    let of_cd = element::mul(&inverse, &ab).carried();
    Some([
        element::mul(&of_ab, b).carried(),
        element::mul(&of_ab, a).carried(),
        element::mul(&of_cd, d).carried(),
        element::mul(&of_cd, c).carried(),
    ])
}

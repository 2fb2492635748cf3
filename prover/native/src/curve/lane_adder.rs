//! Additions of points that share one inversion, eight at a time.
//!
//! Coordinates are x / 16 in the lanes (see `lanes`). With a quarter of the true slope, the
//! textbook's formulas stay as they are, but for a factor of four in y: the sum's x / 16 is
//! slope^2 - x1 / 16 - x2 / 16. The quarter enters with the inverse, once for all additions.
//!
//! Pairs that have no slope between different x (doublings, opposites, infinities) are left out
//! and named to the caller, who has complete formulas.

use ark_bn254::Fq;

use crate::curve::points::{Coordinate, Point};
use crate::field::lanes::{self, Lanes, WIDTH};

/// Products run in this many independent chains, so that none waits for the one before.
const CHAINS: usize = 4;

/// An element of Fq (N = 1) or Fq2 (N = 2), in eight lanes.
type Element<const N: usize> = [Lanes; N];

/// Scratch space, kept between calls.
#[derive(Default)]
pub struct LaneAdder {
    denominators: Vec<Lanes>,
    products: Vec<Lanes>,
    /// Per group of eight, a bit for each addition left to the caller.
    pub skipped: Vec<u8>,
}

impl LaneAdder {
    /// left[i] += right[i] for all i but `skipped` and those past the last multiple of eight.
    ///
    /// # Safety
    ///
    /// `lanes::supported()` must hold.
    pub unsafe fn add<F: Coordinate>(&mut self, left: &mut [Point<F>], right: &[Point<F>]) {
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            match F::COMPONENTS {
                1 => self.add_in::<F, 1>(left, right),
                _ => self.add_in::<F, 2>(left, right),
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_in<F: Coordinate, const N: usize>(&mut self, left: &mut [Point<F>], right: &[Point<F>]) {
        self.denominators.clear();
        self.products.clear();
        self.skipped.clear();
        let left = left.as_chunks_mut::<WIDTH>().0;
        let right = right.as_chunks::<WIDTH>().0;
        let one = broadcast::<F, N>(&F::ONE);
        let mut running = [one; CHAINS];
        for (group, (a, b)) in left.iter().zip(right).enumerate() {
            let (denominator, skipped) = denominator::<F, N>(a, b, &one);
            let product = &mut running[group % CHAINS];
            self.denominators.extend(denominator);
            self.products.extend(*product);
            self.skipped.push(skipped);
            *product = mul(product, &denominator);
        }
        let mut inverses = quarter_inverses::<F, N>(&running);
        for (group, (a, b)) in left.iter_mut().zip(right).enumerate().rev() {
            let inverse = &mut inverses[group % CHAINS];
            let own = mul(inverse, &element(&self.products, group));
            *inverse = mul(inverse, &element(&self.denominators, group));
            let before = *a;
            add_group(a, b, &own);
            for lane in (0..WIDTH).filter(|lane| self.skipped[group] >> lane & 1 == 1) {
                a[lane] = before[lane];
            }
        }
    }
}

#[inline]
fn element<const N: usize>(lanes: &[Lanes], index: usize) -> Element<N> {
    lanes.as_chunks::<N>().0[index]
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn broadcast<F: Coordinate, const N: usize>(value: &F) -> Element<N> {
    std::array::from_fn(|k| lanes::broadcast(value.limbs(k)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn load<F: Coordinate, const N: usize>(values: [&F; WIDTH]) -> Element<N> {
    std::array::from_fn(|k| lanes::load(values.map(|value| value.limbs(k))))
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn store<F: Coordinate, const N: usize>(element: &Element<N>, mut values: [&mut F; WIDTH]) {
    for (k, lanes) in element.iter().enumerate() {
        lanes::store(lanes, values.each_mut().map(|value| value.limbs_mut(k)));
    }
}

/// b.x - a.x, below 2 p; `one` in the lanes that are to be skipped, which the mask names.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn denominator<F: Coordinate, const N: usize>(
    a: &[Point<F>; WIDTH],
    b: &[Point<F>; WIDTH],
    one: &Element<N>,
) -> (Element<N>, u8) {
    let left: Element<N> = load(a.each_ref().map(|point| &point.x));
    let right: Element<N> = load(b.each_ref().map(|point| &point.x));
    let zero = [lanes::zero(); N];
    let mut skipped = equal(&left, &right);
    // A point with x = 0 may be infinity; where it is not, nothing is lost but time.
    skipped |= equal(&left, &zero) | equal(&right, &zero);
    let difference: Element<N> =
        std::array::from_fn(|k| lanes::sub::<Fq, 1, 0>(&right[k], &left[k]));
    let chosen = std::array::from_fn(|k| lanes::select(skipped, &one[k], &difference[k]));
    (chosen, skipped)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn equal<const N: usize>(a: &Element<N>, b: &Element<N>) -> u8 {
    (0..N).fold(!0, |mask, k| mask & lanes::equal(&a[k], &b[k]))
}

/// A quarter of the inverse of every product, with one inversion outside the lanes.
#[target_feature(enable = "avx512f,avx512ifma")]
fn quarter_inverses<F: Coordinate, const N: usize>(
    products: &[Element<N>; CHAINS],
) -> [Element<N>; CHAINS] {
    let mut values = [[F::ZERO; WIDTH]; CHAINS];
    for (values, product) in values.iter_mut().zip(products) {
        let product = product.each_ref().map(|lanes| lanes::reduced::<Fq>(lanes));
        store(&product, values.each_mut());
    }
    ark_ff::batch_inversion(values.as_flattened_mut());
    // In the lanes, a value read as x is x / 16: 1 / (16 x) for the inverse, and again / 16.
    let factor = F::from(64u64);
    values
        .as_flattened_mut()
        .iter_mut()
        .for_each(|value| *value *= factor);
    values.each_ref().map(|values| load(values.each_ref()))
}

/// a[i] += b[i], given a quarter of 1 / (b[i].x - a[i].x).
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_group<F: Coordinate, const N: usize>(
    a: &mut [Point<F>; WIDTH],
    b: &[Point<F>; WIDTH],
    inverse: &Element<N>,
) {
    let x1: Element<N> = load(a.each_ref().map(|point| &point.x));
    let y1: Element<N> = load(a.each_ref().map(|point| &point.y));
    let x2: Element<N> = load(b.each_ref().map(|point| &point.x));
    let y2: Element<N> = load(b.each_ref().map(|point| &point.y));
    let rise: Element<N> = std::array::from_fn(|k| lanes::sub::<Fq, 1, 0>(&y2[k], &y1[k]));
    let slope = mul(&rise, inverse);
    let square = square(&slope);
    let x: Element<N> = std::array::from_fn(|k| {
        let rest = lanes::add(&x1[k], &x2[k]);
        lanes::reduced::<Fq>(&lanes::sub::<Fq, 2, 0>(&square[k], &rest))
    });
    let run: Element<N> = std::array::from_fn(|k| lanes::sub::<Fq, 1, 2>(&x1[k], &x[k]));
    let rise = mul(&slope, &run);
    let y: Element<N> =
        std::array::from_fn(|k| lanes::reduced::<Fq>(&lanes::sub::<Fq, 1, 0>(&rise[k], &y1[k])));
    store(&x, a.each_mut().map(|point| &mut point.x));
    store(&y, a.each_mut().map(|point| &mut point.y));
}

/// Of factors whose bounds' product is at most 16; below 1.4 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn mul<const N: usize>(a: &Element<N>, b: &Element<N>) -> Element<N> {
    if N == 1 {
        return std::array::from_fn(|k| lanes::mul::<Fq>(&a[k], &b[k]));
    }
    let (a0, a1, b0, b1) = (&a[0], &a[N - 1], &b[0], &b[N - 1]);
    // 8 p is a bound of every factor that comes second.
    let opposite = lanes::sub::<Fq, 8, 0>(&lanes::zero(), b1);
    let real = lanes::dot::<Fq, 2>([a0, a1], [b0, &opposite]);
    let imaginary = lanes::dot::<Fq, 2>([a0, a1], [b1, b0]);
    std::array::from_fn(|k| if k == 0 { real } else { imaginary })
}

/// Of a product; below 1.4 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn square<const N: usize>(a: &Element<N>) -> Element<N> {
    if N == 1 {
        return std::array::from_fn(|k| lanes::mul::<Fq>(&a[k], &a[k]));
    }
    let (a0, a1) = (&a[0], &a[N - 1]);
    let sum = lanes::add(a0, a1);
    let difference = lanes::sub::<Fq, 2, 0>(a0, a1);
    let real = lanes::mul::<Fq>(&sum, &difference);
    let imaginary = lanes::mul::<Fq>(&lanes::add(a0, a0), a1);
    std::array::from_fn(|k| if k == 0 { real } else { imaginary })
}

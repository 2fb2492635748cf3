//! Eight elements of Fq (N = 1) or Fq2 (N = 2): the arithmetic of `products`, by components.

use ark_bn254::Fq;

use crate::curve::points::Coordinate;
use crate::field::lanes::{self, Lanes, WIDTH};
use crate::field::products::{self, Loose};

const FQ_BYTES: usize = 32;

pub type Element<const N: usize> = [Lanes; N];

/// Components whose carries have not run.
#[derive(Clone, Copy)]
pub struct LooseElement<const N: usize>([Loose; N]);

impl<const N: usize> From<Element<N>> for LooseElement<N> {
    #[inline]
    fn from(element: Element<N>) -> Self {
        Self(element.map(Loose::from))
    }
}

/// The operations of `Loose`.
impl<const N: usize> LooseElement<N> {
    pub const ZERO: Self = Self([Loose::ZERO; N]);

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn shifted<const SHIFT: u32>(&self) -> Element<N> {
        std::array::from_fn(|k| self.0[k].shifted::<SHIFT>())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn carried(&self) -> Element<N> {
        std::array::from_fn(|k| self.0[k].carried())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn settled(&self) -> Element<N> {
        std::array::from_fn(|k| self.0[k].settled::<Fq>())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn plus(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|k| self.0[k].plus(&other.0[k])))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn minus(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|k| self.0[k].minus(&other.0[k])))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn lifted<const TIMES: u64>(&self) -> Self {
        Self(std::array::from_fn(|k| self.0[k].lifted::<Fq, TIMES>()))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn negated_in(&self, mask: u8) -> Self {
        Self(std::array::from_fn(|k| self.0[k].negated_in::<Fq>(mask)))
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn broadcast<F: Coordinate, const N: usize>(value: &F) -> Element<N> {
    std::array::from_fn(|k| lanes::broadcast(value.limbs(k)))
}

/// Reads N raw components of eight points, from component `first` on.
///
/// # Safety
///
/// Behind every pointer there must be `first` + N readable raw elements.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub unsafe fn load<const N: usize>(points: [*const u8; WIDTH], first: usize) -> Element<N> {
    std::array::from_fn(|k| {
        // SAFETY: the caller vouches for the bytes.
        unsafe { lanes::load_raw(points.map(|point| point.add((first + k) * FQ_BYTES))) }
    })
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn from_fields<F: Coordinate, const N: usize>(values: &[F; WIDTH]) -> Element<N> {
    std::array::from_fn(|k| lanes::load(values.each_ref().map(|value| value.limbs(k))))
}

/// Of values below 2 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn to_fields<F: Coordinate, const N: usize>(element: &Element<N>) -> [F; WIDTH] {
    let mut values = [F::ZERO; WIDTH];
    for (k, component) in element.iter().enumerate() {
        lanes::store(component, values.each_mut().map(|value| value.limbs_mut(k)));
    }
    values.map(F::reduced)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn select<const N: usize>(mask: u8, chosen: &Element<N>, other: &Element<N>) -> Element<N> {
    std::array::from_fn(|k| lanes::select(mask, &chosen[k], &other[k]))
}

/// The lanes in which all limbs are zero.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn is_all_zeros<const N: usize>(a: &Element<N>) -> u8 {
    (0..N).fold(!0, |mask, k| mask & lanes::equal(&a[k], &Lanes::ZERO))
}

/// The lanes that are zero modulo p, of values below 2 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn is_zero<const N: usize>(a: &Element<N>) -> u8 {
    is_all_zeros(
        &a.each_ref()
            .map(|component| lanes::reduced_once::<Fq, 1>(component)),
    )
}

/// Of factors below a p and b p: below (a b / 84 + 2) p for N = 1, and below
/// (a (b + 16) / 84 + 2) p for N = 2, where b is at most 16.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn mul<const N: usize>(a: &Element<N>, b: &Element<N>) -> LooseElement<N> {
    if N == 1 {
        return LooseElement(std::array::from_fn(|k| {
            products::product::<Fq>(&a[k], &b[k])
        }));
    }
    let (a0, a1, b0, b1) = (&a[0], &a[N - 1], &b[0], &b[N - 1]);
    let opposite = lanes::sub::<Fq, 16, 0>(&Lanes::ZERO, b1);
    let real = products::sum_of_products::<Fq>([a0, a1], [b0, &opposite]);
    let imaginary = products::sum_of_products::<Fq>([a0, a1], [b1, b0]);
    LooseElement(std::array::from_fn(
        |k| if k == 0 { real } else { imaginary },
    ))
}

/// Of a value below a p, with a at most 4; below 2.8 p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn square<const N: usize>(a: &Element<N>) -> LooseElement<N> {
    if N == 1 {
        return LooseElement(std::array::from_fn(|k| products::square::<Fq>(&a[k])));
    }
    let (a0, a1) = (&a[0], &a[N - 1]);
    let sum = lanes::add(a0, a1);
    let difference = lanes::sub::<Fq, 4, 0>(a0, a1);
    let real = products::product::<Fq>(&sum, &difference);
    let imaginary = products::product::<Fq>(&lanes::add(a0, a0), a1);
    LooseElement(std::array::from_fn(
        |k| if k == 0 { real } else { imaginary },
    ))
}

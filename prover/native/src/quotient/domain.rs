//! The points that rows belong to: the n-th roots of unity, n = q 2^k with q one or three.
//!
//! Point i of the domain is root^i. The quotient by t(x) = x^n - 1 is wanted by its values on the
//! shifted domain, shift root^i with shift^2 = root, where t is -2.
//!
//! The domain is q cosets of the group of order m = 2^k; coset j, the points root^(j + q i), is
//! where x^m = c_j, a q-th root of unity. An inverse transform of size m of a polynomial's values
//! there gives its remainder modulo x^m - c_j, whose coefficients are the values at y = c_j of
//! m polynomials in y = x^m. Each has fewer than q coefficients, hence Lagrange's formula gives
//! its values at shift^m c_j, and transforms of size m the polynomial's on the shifted domain.

use ark_bn254::Fr;
use ark_ff::{FftField, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use crate::quotient::lane_domain::LaneDomain;

/// The domain of a constraint system.
pub struct Domain {
    pub cosets: usize,
    pub root: Fr,
    pub shift: Fr,
    /// The group of order m.
    group: Radix2EvaluationDomain<Fr>,
    /// Lagrange's formula: what the value at c_i counts for at shift^m c_j, at (j - i) mod q.
    pub crossing: Vec<Fr>,
    #[cfg(target_arch = "x86_64")]
    lanes: Option<LaneDomain>,
}

impl Domain {
    /// None where the size is no domain's.
    pub fn new(size: usize) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if crate::field::lanes::available() {
            return Self::in_lanes(size);
        }
        Self::portable(size)
    }

    /// On a machine with the vector instructions.
    #[cfg(target_arch = "x86_64")]
    pub fn in_lanes(size: usize) -> Option<Self> {
        let domain = Self::portable(size)?;
        assert!(crate::field::lanes::supported());
        Some(Self {
            lanes: LaneDomain::new(&domain),
            ..domain
        })
    }

    /// Without vector instructions.
    pub fn portable(size: usize) -> Option<Self> {
        let cosets = size.checked_shr(size.trailing_zeros())?;
        if !size.is_multiple_of(2) || !matches!(cosets, 1 | 3) {
            return None;
        }
        let shift = Fr::get_root_of_unity(u64::try_from(size.checked_mul(2)?).ok()?)?;
        let group = Radix2EvaluationDomain::new(size / cosets)?;
        // Lagrange's polynomial of c_i at y is (y^q - 1)/(q (y/c_i - 1)). At y = shift^m c_j, where
        // y^q = shift^n = -1, it is -2/(q (shift^m c_j/c_i - 1)).
        let ratio = shift.pow([group.size]);
        let weight = |distance: usize| {
            let quotient = ratio * shift.pow([2 * distance as u64 * group.size]);
            let denominator = (quotient - Fr::one()) * Fr::from(cosets as u64);
            Some(-Fr::from(2u64) * denominator.inverse()?)
        };
        Some(Self {
            cosets,
            root: shift.square(),
            shift,
            group,
            crossing: (0..cosets).map(weight).collect::<Option<_>>()?,
            #[cfg(target_arch = "x86_64")]
            lanes: None,
        })
    }

    pub fn size(&self) -> usize {
        self.cosets * self.coset_size()
    }

    pub fn coset_size(&self) -> usize {
        self.group.size()
    }

    /// One over what t is on the shifted domain.
    pub fn vanishing_inverse() -> Fr {
        (-Fr::from(2u64)).inverse().expect("two is a unit")
    }

    /// Values of (A B - C)/t on the shifted domain from those of A, B and C on the domain.
    pub fn quotient(&self, values: [Vec<Fr>; 3]) -> Vec<Fr> {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = &self.lanes {
            // SAFETY: `in_lanes` makes a LaneDomain only where the instructions are supported.
            return unsafe { lanes.quotient(values) };
        }
        let [mut a, b, c] = values.map(|values| self.shifted(&values));
        let inverse = Self::vanishing_inverse();
        a.par_iter_mut()
            .zip(&b)
            .zip(&c)
            .for_each(|((a, b), c)| *a = (*a * b - c) * inverse);
        a
    }

    /// A polynomial's values on the shifted domain from those on the domain.
    fn shifted(&self, values: &[Fr]) -> Vec<Fr> {
        let mut remainders: Vec<Vec<Fr>> = (0..self.cosets)
            .map(|coset| {
                let mut part: Vec<Fr> = values[coset..]
                    .iter()
                    .step_by(self.cosets)
                    .copied()
                    .collect();
                self.coset(Fr::one(), coset).ifft_in_place(&mut part);
                part
            })
            .collect();
        self.cross(&mut remainders);
        for (coset, part) in remainders.iter_mut().enumerate() {
            self.coset(self.shift, coset).fft_in_place(part);
        }
        let value = |index: usize| remainders[index % self.cosets][index / self.cosets];
        (0..self.size()).into_par_iter().map(value).collect()
    }

    fn coset(&self, shift: Fr, number: usize) -> Radix2EvaluationDomain<Fr> {
        let first = shift * self.root.pow([number as u64]);
        self.group.get_coset(first).expect("roots are not zero")
    }

    /// Remainders modulo x^m - c_j to remainders modulo x^m - shift^m c_j.
    fn cross(&self, remainders: &mut [Vec<Fr>]) {
        let [x, y, z] = remainders else {
            return;
        };
        let rows = x.par_iter_mut().zip(y).zip(z);
        rows.for_each(|((x, y), z)| {
            let [same, next, after] = [0, 1, 2].map(|distance| self.crossing[distance]);
            (*x, *y, *z) = (
                *x * same + *y * after + *z * next,
                *x * next + *y * same + *z * after,
                *x * after + *y * next + *z * same,
            );
        });
    }
}

//! The constraint matrices, resident, and what setup and prover ask of them.

#[cfg(target_arch = "x86_64")]
pub mod lane_transform;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use lane_transform::LaneDomain;

/// One matrix in CSR form over a shared table of coefficients.
pub struct Side {
    pub row_starts: Vec<u32>,
    pub wires: Vec<u32>,
    pub coefficient_ids: Vec<u32>,
}

/// A, B, C of a constraint system.
pub struct System {
    sides: [Side; 3],
    coefficients: Vec<Fr>,
    domain: Radix2EvaluationDomain<Fr>,
    #[cfg(target_arch = "x86_64")]
    lanes: Option<LaneDomain>,
    pub wire_count: usize,
}

/// The first row that an assignment breaks.
#[derive(Debug)]
pub struct Unsatisfied(pub usize);

impl System {
    /// Checks every index once, so that the loops below cannot run out of bounds.
    pub fn new(
        sides: [Side; 3],
        coefficients: Vec<Fr>,
        wire_count: usize,
        log_domain_size: u32,
    ) -> Result<Self, &'static str> {
        let domain = 1usize
            .checked_shl(log_domain_size)
            .and_then(Radix2EvaluationDomain::new)
            .ok_or("no domain of this size")?;
        let rows = sides[0].row_starts.len();
        for side in &sides {
            side.check(rows, wire_count, coefficients.len())?;
        }
        if rows - 1 > domain.size() {
            return Err("more rows than the domain has points");
        }
        Ok(Self {
            sides,
            coefficients,
            #[cfg(target_arch = "x86_64")]
            lanes: (crate::field::lanes::available() && domain.size() >= lane_transform::MIN_SIZE)
                .then(|| LaneDomain::new(domain.size(), domain.group_gen)),
            domain,
            wire_count,
        })
    }

    /// A, B, C evaluated at row weights: per wire the sum of weight * coefficient.
    pub fn columns_at(&self, weights: &[Fr]) -> [Vec<Fr>; 3] {
        let mut columns: Vec<Vec<Fr>> = self
            .sides
            .par_iter()
            .map(|side| side.transposed_times(weights, &self.coefficients, self.wire_count))
            .collect();
        let mut take = || columns.pop().expect("there are three sides");
        let (c, b, a) = (take(), take(), take());
        [a, b, c]
    }

    /// Coefficients of (A·B - C)/t, lowest first, one fewer than the domain has points.
    pub fn quotient(&self, assignment: &[Fr]) -> Result<Vec<Fr>, Unsatisfied> {
        let size = self.domain.size();
        let [a, b, c] = [0, 1, 2]
            .map(|side: usize| self.sides[side].times(assignment, &self.coefficients, size));
        let broken = (0..size)
            .into_par_iter()
            .find_first(|row| a[*row] * b[*row] != c[*row]);
        if let Some(row) = broken {
            return Err(Unsatisfied(row));
        }
        let mut quotient = self.divided([a, b, c]);
        quotient.truncate(size - 1);
        Ok(quotient)
    }

    /// The same from the values of A, B and C on the domain; the last coefficient is zero.
    fn divided(&self, values: [Vec<Fr>; 3]) -> Vec<Fr> {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = &self.lanes {
            // SAFETY: a LaneDomain is made only where the instructions are available.
            return unsafe { lanes.quotient(values.each_ref().map(Vec::as_slice)) };
        }
        divided_portably(&self.domain, values)
    }
}

/// (A·B - C)/t by way of a coset, on any machine.
pub fn divided_portably(domain: &Radix2EvaluationDomain<Fr>, values: [Vec<Fr>; 3]) -> Vec<Fr> {
    let [mut a, mut b, mut c] = values;
    let coset = domain
        .get_coset(Fr::GENERATOR)
        .expect("the generator is not zero");
    for values in [&mut a, &mut b, &mut c] {
        domain.ifft_in_place(values);
        coset.fft_in_place(values);
    }
    let vanishing = domain.evaluate_vanishing_polynomial(Fr::GENERATOR);
    let inverse = vanishing.inverse().expect("the coset avoids the domain");
    a.par_iter_mut()
        .zip(&b)
        .zip(&c)
        .for_each(|((a, b), c)| *a = (*a * b - c) * inverse);
    coset.ifft_in_place(&mut a);
    a
}

impl Side {
    fn check(&self, rows: usize, wires: usize, coefficients: usize) -> Result<(), &'static str> {
        let starts = &self.row_starts;
        if starts.len() != rows || starts.first() != Some(&0) {
            return Err("row starts differ in number or do not begin at zero");
        }
        if starts.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err("row starts decrease");
        }
        let entries = starts[rows - 1] as usize;
        if self.wires.len() != entries || self.coefficient_ids.len() != entries {
            return Err("entries differ in number");
        }
        if self.wires.iter().any(|wire| *wire as usize >= wires) {
            return Err("an entry names a wire that does not exist");
        }
        if self
            .coefficient_ids
            .iter()
            .any(|id| *id as usize >= coefficients)
        {
            return Err("an entry names a coefficient that does not exist");
        }
        Ok(())
    }

    fn entries(&self, row: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let range = self.row_starts[row] as usize..self.row_starts[row + 1] as usize;
        let wires = self.wires[range.clone()].iter();
        wires
            .zip(&self.coefficient_ids[range])
            .map(|(wire, id)| (*wire as usize, *id as usize))
    }

    /// Matrix times assignment, padded with zeros to `size` rows.
    fn times(&self, assignment: &[Fr], coefficients: &[Fr], size: usize) -> Vec<Fr> {
        let rows = self.row_starts.len() - 1;
        let row_value = |row| {
            if row >= rows {
                return Fr::ZERO;
            }
            let products = self
                .entries(row)
                .map(|(wire, id)| scaled(assignment[wire], &coefficients[id]));
            products.sum()
        };
        (0..size)
            .into_par_iter()
            .with_min_len(1024)
            .map(row_value)
            .collect()
    }

    fn transposed_times(&self, weights: &[Fr], coefficients: &[Fr], wires: usize) -> Vec<Fr> {
        let mut columns = vec![Fr::ZERO; wires];
        for (row, weight) in weights.iter().enumerate().take(self.row_starts.len() - 1) {
            for (wire, id) in self.entries(row) {
                columns[wire] += scaled(*weight, &coefficients[id]);
            }
        }
        columns
    }
}

/// Most coefficients are one.
#[inline]
fn scaled(value: Fr, coefficient: &Fr) -> Fr {
    if coefficient.is_one() {
        value
    } else {
        value * coefficient
    }
}

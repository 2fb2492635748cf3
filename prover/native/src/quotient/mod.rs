//! The constraint matrices, resident, and what setup and prover ask of them.

mod domain;
#[cfg(test)]
mod domain_tests;
#[cfg(target_arch = "x86_64")]
mod lane_domain;
#[cfg(target_arch = "x86_64")]
mod lane_transform;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, One};
use rayon::prelude::*;

use domain::Domain;

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
    domain: Domain,
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
        domain_size: usize,
    ) -> Result<Self, &'static str> {
        let rows = sides[0].row_starts.len();
        for side in &sides {
            side.check(rows, wire_count, coefficients.len())?;
        }
        if rows - 1 > domain_size {
            return Err("more rows than the domain has points");
        }
        Ok(Self {
            sides,
            coefficients,
            domain: Domain::new(domain_size).ok_or("no domain of this size")?,
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

    /// The values of (A·B - C)/t on the shifted domain.
    pub fn quotient(&self, assignment: &[Fr]) -> Result<Vec<Fr>, Unsatisfied> {
        let size = self.domain.size();
        let [a, b, c] = [0, 1, 2]
            .map(|side: usize| self.sides[side].times(assignment, &self.coefficients, size));
        let broken = (0..size)
            .into_par_iter()
            .find_first(|row| a[*row] * b[*row] != c[*row]);
        match broken {
            Some(row) => Err(Unsatisfied(row)),
            None => Ok(self.domain.quotient([a, b, c])),
        }
    }
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

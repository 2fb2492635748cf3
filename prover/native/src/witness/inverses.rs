//! 1/(X - worth) for the rows of a lookup table, inverted once and read by every query.

use ark_bn254::Fr;
use ark_ff::Field;
use rayon::prelude::*;

use crate::witness::Fault;
use crate::witness::field_lanes::{all_to_wide, inverted, scaled, to_field, to_wide};
use crate::witness::lanes::{Operand, same_length, zip};
use crate::witness::wide::Wide;

/// The inverses of a table's rows under a challenge X.
pub struct Inverses {
    challenge: Fr,
    /// None for the range table, where row j is worth j.
    worth: Option<Vec<Fr>>,
    of_rows: Vec<Fr>,
    /// The same, canonical: what queries read is only written into the assignment.
    canonical: Vec<Wide>,
}

impl Inverses {
    /// Of 0 … size - 1; DivisionByZero where the challenge is one of them.
    pub fn of_range(challenge: Fr, size: usize) -> Result<Self, Fault> {
        let gaps = std::iter::successors(Some(challenge), |gap| Some(*gap - Fr::ONE));
        Self::new(challenge, None, gaps.take(size).collect())
    }

    /// Of rows by their worth; DivisionByZero where the challenge is one of them.
    pub fn of_rows(challenge: Fr, worth: Vec<Fr>) -> Result<Self, Fault> {
        let gaps: Vec<Fr> = worth.par_iter().map(|value| challenge - value).collect();
        Self::new(challenge, Some(worth), gaps)
    }

    fn new(challenge: Fr, worth: Option<Vec<Fr>>, gaps: Vec<Fr>) -> Result<Self, Fault> {
        let of_rows = inverted(gaps)?;
        let canonical = all_to_wide(&of_rows);
        Ok(Self {
            challenge,
            worth,
            of_rows,
            canonical,
        })
    }

    pub fn rows(&self) -> usize {
        self.of_rows.len()
    }

    /// multiplicity_j / (X - worth_j), canonical.
    pub fn weighted(&self, multiplicity: &[Wide]) -> Result<Vec<Wide>, Fault> {
        zip(
            &self.of_rows,
            &Operand::Each(multiplicity),
            |inverse, weight| Ok(scaled(inverse, weight)),
        )
    }

    /// Of numbers: read where they are in the range table, inverted where they are not.
    pub fn look_up_range(&self, values: &[Wide]) -> Result<Vec<Wide>, Fault> {
        if self.worth.is_some() {
            return Err(Fault::Index);
        }
        self.found(values, |value| {
            value
                .index(self.of_rows.len())
                .ok_or_else(|| to_field(value))
        })
    }

    /// Of queries: read from the row each names where it is worth the same, else inverted.
    pub fn look_up(&self, queries: &[Fr], rows: &[Wide]) -> Result<Vec<Wide>, Fault> {
        same_length(queries.len(), rows.len())?;
        let worth = self.worth.as_ref().ok_or(Fault::Index)?;
        let pairs: Vec<(Fr, Wide)> = queries.iter().copied().zip(rows.iter().copied()).collect();
        self.found(&pairs, |(query, row)| {
            let named = row.index(worth.len());
            named.filter(|&index| worth[index] == query).ok_or(query)
        })
    }

    /// Queries are answered by a row or left over; what is left over is inverted in one go.
    fn found<T: Copy>(
        &self,
        queries: &[T],
        row_of: impl Fn(T) -> Result<usize, Fr>,
    ) -> Result<Vec<Wide>, Fault> {
        let mut left: Vec<usize> = Vec::new();
        let mut gaps: Vec<Fr> = Vec::new();
        let mut answers: Vec<Wide> = Vec::with_capacity(queries.len());
        for (lane, &query) in queries.iter().enumerate() {
            answers.push(match row_of(query) {
                Ok(row) => self.canonical[row],
                Err(worth) => {
                    left.push(lane);
                    gaps.push(self.challenge - worth);
                    Wide::ZERO
                }
            });
        }
        for (lane, inverse) in left.into_iter().zip(inverted(gaps)?) {
            answers[lane] = to_wide(inverse);
        }
        Ok(answers)
    }
}

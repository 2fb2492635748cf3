//! A lookup table of integer polynomials, resident: its rows' Taylor coefficients and its worth.

use ark_bn254::Fr;
use rayon::prelude::*;

use crate::witness::Fault;
use crate::witness::field_lanes::{all_to_fields, to_field};
use crate::witness::lanes::same_length;
use crate::witness::wide::Wide;

/// The powers of Y that carry a row's number and its table's tag, see circuits/edsl/lookups.py.
const INDEX_POWER: usize = 5;
const TAG_POWER: usize = 6;

/// Row j is sum_k columns[k][j] * u^k.
pub struct Polynomials {
    columns: Vec<Vec<Wide>>,
    field_columns: Vec<Vec<Fr>>,
    tag: Fr,
    indexed: bool,
}

impl Polynomials {
    /// Columns of one length, at most one for each of 1, Y, …, Y^4.
    pub fn new(columns: Vec<Vec<Wide>>, tag: Wide, indexed: bool) -> Result<Self, Fault> {
        let rows = columns.first().ok_or(Fault::Index)?.len();
        if columns.len() > INDEX_POWER {
            return Err(Fault::Index);
        }
        for column in &columns {
            same_length(rows, column.len())?;
        }
        let field_columns = columns.iter().map(|column| all_to_fields(column)).collect();
        Ok(Self {
            columns,
            field_columns,
            tag: to_field(tag),
            indexed,
        })
    }

    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    /// Coefficients of P_row(at + X), lane by lane: one vector for each power of X.
    pub fn taylor(&self, rows: &[Wide], at: &[Wide]) -> Result<Vec<Vec<Wide>>, Fault> {
        same_length(rows.len(), at.len())?;
        let degree = self.columns.len() - 1;
        let mut taylor = vec![Vec::with_capacity(rows.len()); degree + 1];
        let mut row = vec![Wide::ZERO; degree + 1];
        for (index, &u) in rows.iter().zip(at) {
            let index = index.index(self.rows()).ok_or(Fault::Index)?;
            for (coefficient, column) in row.iter_mut().zip(&self.columns) {
                *coefficient = column[index];
            }
            for start in 0..degree {
                for power in (start..degree).rev() {
                    row[power] = row[power].plus(u.times(row[power + 1])?)?;
                }
            }
            for (lanes, coefficient) in taylor.iter_mut().zip(&row) {
                lanes.push(*coefficient);
            }
        }
        Ok(taylor)
    }

    /// Every row's worth for the powers Y, Y^2, …, Y^6.
    pub fn worth(&self, powers: &[Fr]) -> Result<Vec<Fr>, Fault> {
        same_length(TAG_POWER, powers.len())?;
        let tag = self.tag * powers[TAG_POWER - 1];
        let step = powers[INDEX_POWER - 1];
        let row_worth = |row: usize| {
            let mut worth = self.field_columns[0][row] + tag;
            if self.indexed {
                worth += step * Fr::from(row as u64);
            }
            for (column, power) in self.field_columns[1..].iter().zip(powers) {
                worth += column[row] * power;
            }
            worth
        };
        Ok((0..self.rows())
            .into_par_iter()
            .with_min_len(1_024)
            .map(row_worth)
            .collect())
    }
}

//! Vectors of scalars, see `field::vectors`.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyZeroDivisionError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::field::vectors;
use crate::python::{read_fields, value_error, write_fields};

#[pyfunction]
pub fn powers<'py>(
    py: Python<'py>,
    base: PyBuffer<u64>,
    count: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let [base] = read_fields(py, &base)?[..] else {
        return Err(value_error("expected one base"));
    };
    let powers = py.detach(|| vectors::powers(base, count));
    write_fields(py, &powers)
}

#[pyfunction]
pub fn inverses<'py>(py: Python<'py>, values: PyBuffer<u64>) -> PyResult<Bound<'py, PyBytes>> {
    let mut values = read_fields(py, &values)?;
    if !py.detach(|| vectors::invert(&mut values)) {
        return Err(PyZeroDivisionError::new_err("zero has no inverse"));
    }
    write_fields(py, &values)
}

#[pyfunction]
pub fn combine<'py>(
    py: Python<'py>,
    vectors: Vec<PyBuffer<u64>>,
    weights: PyBuffer<u64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let weights = read_fields(py, &weights)?;
    if weights.len() != vectors.len() {
        return Err(value_error("vectors and weights differ in number"));
    }
    let mut sums: Option<Vec<Fr>> = None;
    for (vector, weight) in vectors.iter().zip(&weights) {
        let terms = read_fields(py, vector)?;
        let sums = sums.get_or_insert_with(|| vec![Fr::ZERO; terms.len()]);
        if sums.len() != terms.len() {
            return Err(value_error("the vectors differ in length"));
        }
        py.detach(|| vectors::add_scaled(sums, &terms, weight));
    }
    write_fields(py, &sums.unwrap_or_default())
}

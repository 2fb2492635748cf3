//! Scalars as Python holds them.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::msm::scalar_vector::ScalarVector;
use crate::python::{read_scalars, value_error};

/// Scalars made ready for sums, resident.
#[pyclass(frozen, module = "prover.engines._native")]
pub struct Scalars(pub ScalarVector);

#[pymethods]
impl Scalars {
    #[new]
    fn new(py: Python<'_>, limbs: PyBuffer<u64>) -> PyResult<Self> {
        let scalars = read_scalars(py, &limbs)?;
        Ok(Self(py.detach(|| ScalarVector::new(&scalars))))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Those from `start` on, sharing memory.
    fn tail(&self, start: usize) -> PyResult<Self> {
        if start > self.0.len() {
            return Err(value_error("the tail starts behind the last scalar"));
        }
        Ok(Self(self.0.part(start..self.0.len())))
    }
}

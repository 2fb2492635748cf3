//! Scalars as Python holds them, and what they multiply.

use ark_ec::short_weierstrass::Projective;
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::curve::points::{Curve, Point};
use crate::curve::single;
use crate::msm;
use crate::msm::point_vector::FinitePoints;
use crate::msm::scalar_vector::ScalarVector;
use crate::python::views::ByteView;
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

pub fn run_msm<P: Curve<BaseField: single::Evm>>(
    py: Python<'_>,
    view: &ByteView,
    finite: &FinitePoints,
    scalars: &ScalarVector,
) -> PyResult<Vec<u8>> {
    let points = view.bytes().len() / Point::<P::BaseField>::BYTES;
    if scalars.len() != points {
        return Err(value_error(format!(
            "{} scalars for {points} points",
            scalars.len()
        )));
    }
    let sum: Projective<P> = py.detach(|| msm::msm(view.bytes(), finite, scalars));
    Ok(single::encode(sum))
}

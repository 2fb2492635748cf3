//! Constraint systems, see `quotient`.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::python::views::numbers;
use crate::python::{read_fields, value_error, write_fields};
use crate::quotient::{Side, System, Unsatisfied};

/// The matrices of a constraint system, resident.
#[pyclass(frozen, module = "prover.engines._native")]
pub struct ConstraintMatrices(System);

#[pymethods]
impl ConstraintMatrices {
    /// `sides` holds (row_starts, wires, coefficient_ids) for A, B and C.
    #[new]
    fn new(
        py: Python<'_>,
        sides: [(PyBuffer<u32>, PyBuffer<u32>, PyBuffer<u32>); 3],
        coefficients: PyBuffer<u64>,
        wire_count: usize,
        domain_size: usize,
    ) -> PyResult<Self> {
        let mut copied = Vec::with_capacity(3);
        for (row_starts, wires, coefficient_ids) in sides {
            copied.push(Side {
                row_starts: numbers(py, &row_starts)?,
                wires: numbers(py, &wires)?,
                coefficient_ids: numbers(py, &coefficient_ids)?,
            });
        }
        let Ok(sides) = copied.try_into() else {
            return Err(value_error("expected three sides"));
        };
        let coefficients = read_fields(py, &coefficients)?;
        System::new(sides, coefficients, wire_count, domain_size)
            .map(Self)
            .map_err(value_error)
    }

    fn columns_at<'py>(
        &self,
        py: Python<'py>,
        row_weights: PyBuffer<u64>,
    ) -> PyResult<[Bound<'py, PyBytes>; 3]> {
        let weights = read_fields(py, &row_weights)?;
        let columns = py.detach(|| self.0.columns_at(&weights));
        let [a, b, c] = columns.each_ref().map(|column| write_fields(py, column));
        Ok([a?, b?, c?])
    }

    /// The quotient's values on the shifted domain, or the number of the first broken row.
    fn quotient<'py>(&self, py: Python<'py>, assignment: PyBuffer<u64>) -> PyResult<Py<PyAny>> {
        let assignment = read_fields(py, &assignment)?;
        if assignment.len() != self.0.wire_count {
            return Err(value_error("the assignment has another number of wires"));
        }
        match py.detach(|| self.0.quotient(&assignment)) {
            Ok(values) => Ok(write_fields(py, &values)?.into_any().unbind()),
            Err(Unsatisfied(row)) => Ok(row.into_pyobject(py)?.into_any().unbind()),
        }
    }
}

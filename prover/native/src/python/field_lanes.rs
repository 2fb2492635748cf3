//! Lanes of field elements and the tables that answer a challenge.

use std::borrow::Cow;

use ark_bn254::Fr;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt};

use crate::field::scalars::LIMBS;
use crate::python::integer_lanes::{IntegerLanes, LaneMask};
use crate::python::lanes::{item, position, read_integer, run, write_integers};
use crate::witness::Fault;
use crate::witness::field_lanes::{self, Packable, all_to_fields, to_field, to_wide};
use crate::witness::inverses::Inverses;
use crate::witness::lanes::{self, Operand};
use crate::witness::polynomials::Polynomials;
use crate::witness::wide::Wide;

/// One field element for each lane, immutable; reads as an integer in [0, r).
#[pyclass(frozen, sequence, module = "prover.engines._native")]
pub struct FieldLanes(Vec<Fr>);

/// A table of integer polynomials.
#[pyclass(frozen, module = "prover.engines._native")]
pub struct PolynomialTable(Polynomials);

/// 1/(X - worth) for every row of a table; what it answers is canonical.
#[pyclass(frozen, module = "prover.engines._native")]
pub struct LookupInverses(Inverses);

/// Field elements out of what Python hands over.
enum Elements<'a> {
    Each(Cow<'a, [Fr]>),
    Same(Fr),
}

impl Elements<'_> {
    fn operand(&self) -> Operand<'_, Fr> {
        match self {
            Self::Each(elements) => Operand::Each(elements),
            Self::Same(element) => Operand::Same(*element),
        }
    }
}

fn elements<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<Elements<'a>>> {
    if let Ok(lanes) = value.cast::<FieldLanes>() {
        return Ok(Some(Elements::Each(Cow::Borrowed(&lanes.get().0))));
    }
    if let Ok(lanes) = value.cast::<IntegerLanes>() {
        return Ok(Some(Elements::Each(Cow::Owned(all_to_fields(
            &lanes.get().0,
        )))));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Some(Elements::Same(to_field(read_integer(value)?))));
    }
    Ok(None)
}

/// Lanes of either kind as field elements.
fn lanes_of<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [Fr]>> {
    match elements(value)? {
        Some(Elements::Each(lanes)) => Ok(lanes),
        _ => Err(PyTypeError::new_err("expected lanes")),
    }
}

fn read_element(value: &Bound<'_, PyAny>) -> PyResult<Fr> {
    Ok(to_field(read_integer(value)?))
}

impl FieldLanes {
    fn combine(
        &self,
        other: &Bound<'_, PyAny>,
        f: impl Fn(Fr, Fr) -> Fr + Sync + Send,
    ) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Some(right) = elements(other)? else {
            return Ok(py.NotImplemented());
        };
        let body = || lanes::zip(&self.0, &right.operand(), |a, b| Ok(f(a, b)));
        let values = run(py, self.0.len(), body)?;
        Ok(Py::new(py, Self(values))?.into_any())
    }
}

#[pymethods]
impl FieldLanes {
    /// The elements of lanes of either kind.
    #[new]
    fn new(lanes: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(lanes_of(lanes)?.into_owned()))
    }

    /// The same element in every lane.
    #[staticmethod]
    fn same(value: &Bound<'_, PyAny>, count: usize) -> PyResult<Self> {
        Ok(Self(lanes::same(read_element(value)?, count)?))
    }

    /// Running values acc = acc * x + word, from `start`.
    #[staticmethod]
    fn running(
        py: Python<'_>,
        words: &IntegerLanes,
        start: &Bound<'_, PyAny>,
        x: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (start, x) = (read_element(start)?, read_element(x)?);
        let body = || field_lanes::running(&words.0, start, x);
        Ok(Self(run(py, words.0.len(), body)))
    }

    /// Rows of a matrix times vectors, plus shifts.
    #[staticmethod]
    fn mixed(
        py: Python<'_>,
        vectors: Vec<Bound<'_, PyAny>>,
        matrix: Vec<PyRef<'_, Self>>,
        shifts: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Self>> {
        let vectors: Vec<_> = vectors.iter().map(lanes_of).collect::<PyResult<_>>()?;
        let matrix: Vec<_> = matrix.iter().map(|row| row.0.as_slice()).collect();
        let shifts: Vec<_> = shifts.iter().map(read_element).collect::<PyResult<_>>()?;
        let lanes = vectors.first().map_or(0, |vector| vector.len());
        let mixed = run(py, lanes, || field_lanes::mixed(&vectors, &matrix, &shifts))?;
        Ok(mixed.into_iter().map(Self).collect())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, lane: isize) -> PyResult<Bound<'py, PyAny>> {
        let lane = position(lane, self.0.len());
        item(py, lane.map(|lane| to_wide(self.0[lane])))
    }

    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let values: Vec<Wide> = self.0.iter().copied().map(to_wide).collect();
        write_integers(py, &values)
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self(run(py, self.0.len(), || {
            lanes::map(&self.0, |x| Ok(-x))
        })?))
    }

    fn __add__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| a + b)
    }

    fn __radd__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| a + b)
    }

    fn __sub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| a - b)
    }

    fn __rsub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| b - a)
    }

    fn __mul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| a * b)
    }

    fn __rmul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |a, b| a * b)
    }

    fn repeat(&self, times: usize) -> PyResult<Self> {
        Ok(Self(lanes::repeat(&self.0, times)?))
    }

    fn gather(&self, stride: i64, offset: i64, count: usize) -> PyResult<Self> {
        Ok(Self(lanes::gather(&self.0, stride, offset, count)?))
    }
}

#[pymethods]
impl PolynomialTable {
    /// Row j is sum_k columns[k][j] * u^k.
    #[new]
    fn new(
        columns: Vec<PyRef<'_, IntegerLanes>>,
        tag: &Bound<'_, PyAny>,
        indexed: bool,
    ) -> PyResult<Self> {
        let columns = columns.iter().map(|column| column.0.clone()).collect();
        Ok(Self(Polynomials::new(
            columns,
            read_integer(tag)?,
            indexed,
        )?))
    }

    fn __len__(&self) -> usize {
        self.0.rows()
    }

    /// Taylor coefficients of a row at a place, lane by lane.
    fn taylor(
        &self,
        py: Python<'_>,
        rows: &IntegerLanes,
        at: &IntegerLanes,
    ) -> PyResult<Vec<IntegerLanes>> {
        let taylor = run(py, rows.0.len(), || self.0.taylor(&rows.0, &at.0))?;
        Ok(taylor.into_iter().map(IntegerLanes).collect())
    }

    /// The rows' inverses under a challenge and the powers Y, Y^2, …, Y^6, one lane each.
    fn inverses(
        &self,
        py: Python<'_>,
        challenge: &Bound<'_, PyAny>,
        powers: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<LookupInverses> {
        let challenge = read_element(challenge)?;
        let mut read = Vec::with_capacity(powers.len());
        for power in &powers {
            read.push(*lanes_of(power)?.first().ok_or(Fault::Lengths(1, 0))?);
        }
        let body = || Inverses::of_rows(challenge, self.0.worth(&read)?);
        Ok(LookupInverses(run(py, self.0.rows(), body)?))
    }
}

#[pymethods]
impl LookupInverses {
    /// Those of the range table [0, size).
    #[staticmethod]
    fn of_range(py: Python<'_>, challenge: &Bound<'_, PyAny>, size: usize) -> PyResult<Self> {
        let challenge = read_element(challenge)?;
        Ok(Self(run(py, size, || Inverses::of_range(challenge, size))?))
    }

    /// multiplicity / (X - worth), row by row.
    fn weighted(&self, py: Python<'_>, multiplicity: &IntegerLanes) -> PyResult<IntegerLanes> {
        let body = || self.0.weighted(&multiplicity.0);
        Ok(IntegerLanes(run(py, self.0.rows(), body)?))
    }

    /// 1/(X - worth) for queries; integer lanes ask the range table, field lanes name their rows.
    fn look_up(
        &self,
        py: Python<'_>,
        worth: &Bound<'_, PyAny>,
        rows: &IntegerLanes,
    ) -> PyResult<IntegerLanes> {
        if let Ok(values) = worth.cast::<IntegerLanes>() {
            let values = &values.get().0;
            let body = || self.0.look_up_range(values);
            return Ok(IntegerLanes(run(py, values.len(), body)?));
        }
        let queries = lanes_of(worth)?;
        let body = || self.0.look_up(&queries, &rows.0);
        Ok(IntegerLanes(run(py, queries.len(), body)?))
    }
}

/// Canonical limbs of lanes of either kind, one vector after the other.
#[pyfunction]
fn pack_lanes<'py>(
    py: Python<'py>,
    vectors: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let mut packable = Vec::with_capacity(vectors.len());
    let mut lanes = 0;
    for vector in &vectors {
        packable.push(if let Ok(fields) = vector.cast::<FieldLanes>() {
            lanes += fields.get().0.len();
            Packable::Fields(&fields.get().0)
        } else {
            let integers = vector.cast::<IntegerLanes>()?;
            lanes += integers.get().0.len();
            Packable::Integers(&integers.get().0)
        });
    }
    PyBytes::new_with(py, lanes * 8 * LIMBS, |bytes| {
        run(py, lanes, || field_lanes::pack(&packable, bytes));
        Ok(())
    })
}

/// Lane vectors and what answers a challenge with them.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<IntegerLanes>()?;
    module.add_class::<LaneMask>()?;
    module.add_class::<FieldLanes>()?;
    module.add_class::<PolynomialTable>()?;
    module.add_class::<LookupInverses>()?;
    module.add_function(wrap_pyfunction!(pack_lanes, module)?)
}

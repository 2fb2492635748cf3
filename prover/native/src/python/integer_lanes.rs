//! Lanes of integers, with Python's operators; and the masks that comparisons of them give.

use std::cmp::Ordering;

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::python::lanes::{item, position, read_integer, run, write_integers};
use crate::witness::lanes::{self, Operand};
use crate::witness::wide::Wide;
use crate::witness::{Fault, field_lanes};

/// One integer in [-2^255, 2^255) for each lane, immutable.
#[pyclass(frozen, sequence, module = "prover.engines._native")]
pub struct IntegerLanes(pub Vec<Wide>);

/// One truth value for each lane.
#[pyclass(frozen, module = "prover.engines._native")]
pub struct LaneMask(Vec<bool>);

/// The other side of an operator; None for what is neither lanes nor an integer.
fn operand<'a>(other: &'a Bound<'_, PyAny>) -> PyResult<Option<Operand<'a, Wide>>> {
    if let Ok(lanes) = other.cast::<IntegerLanes>() {
        return Ok(Some(Operand::Each(&lanes.get().0)));
    }
    if other.is_instance_of::<PyInt>() {
        return Ok(Some(Operand::Same(read_integer(other)?)));
    }
    Ok(None)
}

fn wanted<'a>(other: &'a Bound<'_, PyAny>) -> PyResult<Operand<'a, Wide>> {
    operand(other)?.ok_or_else(|| PyTypeError::new_err("expected an integer or integer lanes"))
}

/// Distances beyond 2^64 count as 2^64: they shift everything out.
fn distance(amount: Wide) -> Result<u64, Fault> {
    if amount.is_negative() {
        return Err(Fault::NegativeShift);
    }
    let [low, rest @ ..] = amount.0;
    Ok(if rest == [0; 3] { low } else { u64::MAX })
}

impl IntegerLanes {
    /// `f` lane by lane, or NotImplemented.
    fn combine<'py>(
        &self,
        other: &Bound<'py, PyAny>,
        f: impl Fn(Wide, Wide) -> Result<Wide, Fault> + Sync + Send,
    ) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Some(right) = operand(other)? else {
            return Ok(py.NotImplemented());
        };
        self.finish(py, || lanes::zip(&self.0, &right, f))
    }

    fn each(
        &self,
        py: Python<'_>,
        f: impl Fn(Wide) -> Result<Wide, Fault> + Sync + Send,
    ) -> PyResult<Self> {
        Ok(Self(run(py, self.0.len(), || lanes::map(&self.0, f))?))
    }

    fn finish(
        &self,
        py: Python<'_>,
        body: impl FnOnce() -> Result<Vec<Wide>, Fault> + Send,
    ) -> PyResult<Py<PyAny>> {
        let values = run(py, self.0.len(), body)?;
        Ok(Py::new(py, Self(values))?.into_any())
    }

    /// A power of two on the right, which has a shorter way.
    fn exponent(other: &Bound<'_, PyAny>) -> Option<u64> {
        match operand(other) {
            Ok(Some(Operand::Same(value))) => value.power_of_two(),
            _ => None,
        }
    }
}

#[pymethods]
impl IntegerLanes {
    #[new]
    fn new(values: &Bound<'_, PyAny>) -> PyResult<Self> {
        let values = values.try_iter()?;
        values
            .map(|value| read_integer(&value?))
            .collect::<PyResult<_>>()
            .map(Self)
    }

    /// The same integer in every lane.
    #[staticmethod]
    fn same(value: &Bound<'_, PyAny>, count: usize) -> PyResult<Self> {
        Ok(Self(lanes::same(read_integer(value)?, count)?))
    }

    /// How often each of 0 … size - 1 occurs in all vectors.
    #[staticmethod]
    fn counts(py: Python<'_>, vectors: Vec<PyRef<'_, Self>>, size: usize) -> PyResult<Self> {
        let vectors: Vec<&[Wide]> = vectors.iter().map(|vector| vector.0.as_slice()).collect();
        let total = vectors.iter().map(|vector| vector.len()).sum();
        Ok(Self(run(py, total, || lanes::counts(&vectors, size))?))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, lane: isize) -> PyResult<Bound<'py, PyAny>> {
        item(py, position(lane, self.0.len()).map(|lane| self.0[lane]))
    }

    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        write_integers(py, &self.0)
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<Self> {
        self.each(py, |value| Wide::ZERO.minus(value))
    }

    fn __add__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, Wide::plus)
    }

    fn __radd__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, Wide::plus)
    }

    fn __sub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, Wide::minus)
    }

    fn __rsub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |value, from| from.minus(value))
    }

    fn __mul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        match Self::exponent(other) {
            Some(bits) => self.finish(other.py(), || lanes::map(&self.0, |v| v.shifted_left(bits))),
            None => self.combine(other, Wide::times),
        }
    }

    fn __rmul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__mul__(other)
    }

    fn __floordiv__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        match Self::exponent(other) {
            Some(bits) => self.finish(other.py(), || {
                lanes::map(&self.0, |v| Ok(v.shifted_right(bits)))
            }),
            None => self.combine(other, Wide::quotient),
        }
    }

    fn __mod__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        match Self::exponent(other) {
            Some(bits) => {
                let mask = Wide::low_bits(bits);
                self.finish(other.py(), || lanes::map(&self.0, |v| Ok(v.and(mask))))
            }
            None => self.combine(other, Wide::remainder),
        }
    }

    fn __and__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |value, mask| Ok(value.and(mask)))
    }

    fn __lshift__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |value, by| value.shifted_left(distance(by)?))
    }

    fn __rshift__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.combine(other, |value, by| Ok(value.shifted_right(distance(by)?)))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Some(right) = operand(other)? else {
            return Ok(py.NotImplemented());
        };
        let holds = |order: Ordering| op.matches(order);
        let compare = || lanes::zip(&self.0, &right, |a, b| Ok(holds(a.cmp(&b))));
        let mask = run(py, self.0.len(), compare)?;
        Ok(Py::new(py, LaneMask(mask))?.into_any())
    }

    fn repeat(&self, times: usize) -> PyResult<Self> {
        Ok(Self(lanes::repeat(&self.0, times)?))
    }

    fn gather(&self, stride: i64, offset: i64, count: usize) -> PyResult<Self> {
        Ok(Self(lanes::gather(&self.0, stride, offset, count)?))
    }

    fn clip(&self, py: Python<'_>, lo: &Bound<'_, PyAny>, hi: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (lo, hi) = (read_integer(lo)?, read_integer(hi)?);
        self.each(py, |value| Ok(value.max(lo).min(hi)))
    }

    /// Bits of each absolute value.
    fn bit_lengths(&self, py: Python<'_>) -> PyResult<Self> {
        self.each(py, |value| Ok(Wide::from(value.bit_length())))
    }

    /// floor(sqrt(x)).
    fn square_roots(&self, py: Python<'_>) -> PyResult<Self> {
        self.each(py, Wide::square_root)
    }

    /// The low `count` limbs of `bits` bits, lowest first.
    fn limbs(&self, py: Python<'_>, bits: u64, count: u64) -> PyResult<Vec<Self>> {
        let limb = |place: u64| {
            let shift = bits.saturating_mul(place);
            self.each(py, |value| value.shifted_right(shift).low_part(bits))
        };
        (0..count).map(limb).collect()
    }

    /// Each lane over the divisor; None where one leaves a remainder.
    fn exact_quotient(&self, py: Python<'_>, divisor: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let divisor = read_integer(divisor)?;
        let power = divisor.power_of_two();
        let exact = |value: Wide| {
            let rest = match power {
                Some(bits) => value.and(Wide::low_bits(bits)),
                None => value.remainder(divisor)?,
            };
            if !rest.is_zero() {
                return Err(Fault::Inexact);
            }
            match power {
                Some(bits) => Ok(value.shifted_right(bits)),
                None => value.quotient(divisor),
            }
        };
        match run(py, self.0.len(), || lanes::map(&self.0, exact)) {
            Err(Fault::Inexact) => Ok(None),
            found => Ok(Some(Self(found?))),
        }
    }

    /// Whether every lane is in [0, 2^bits).
    fn fit(&self, bits: u64) -> bool {
        let fits = |value: &Wide| !value.is_negative() && value.bit_length() <= bits;
        self.0.iter().all(fits)
    }

    /// 1/x modulo r, and 0 for multiples of r.
    fn field_inverses(&self, py: Python<'_>) -> Self {
        Self(run(py, self.0.len(), || {
            field_lanes::inverse_or_zero(&self.0)
        }))
    }
}

#[pymethods]
impl LaneMask {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn tolist(&self) -> Vec<bool> {
        self.0.clone()
    }

    /// One truth for many lanes would be an answer to another question.
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a mask has one truth value a lane"))
    }

    fn __and__(&self, other: PyRef<'_, Self>) -> PyResult<Self> {
        let right = Operand::Each(other.0.as_slice());
        Ok(Self(lanes::zip(&self.0, &right, |a, b| Ok(a && b))?))
    }

    fn __or__(&self, other: PyRef<'_, Self>) -> PyResult<Self> {
        let right = Operand::Each(other.0.as_slice());
        Ok(Self(lanes::zip(&self.0, &right, |a, b| Ok(a || b))?))
    }

    fn __invert__(&self) -> PyResult<Self> {
        Ok(Self(lanes::map(&self.0, |bit| Ok(!bit))?))
    }

    /// The first where true, the second where false.
    fn select(&self, yes: &Bound<'_, PyAny>, no: &Bound<'_, PyAny>) -> PyResult<IntegerLanes> {
        let (yes, no) = (wanted(yes)?, wanted(no)?);
        Ok(IntegerLanes(lanes::select(&self.0, &yes, &no)?))
    }
}

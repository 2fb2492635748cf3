//! What both kinds of lane vectors share at the border: integers in and out, faults as exceptions.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{
    PyIndexError, PyMemoryError, PyOverflowError, PyValueError, PyZeroDivisionError,
};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBytes, PyInt};

use crate::witness::Fault;
use crate::witness::wide::Wide;

const BYTES: usize = 32;

/// From so many lanes on an operation lets other Python threads run.
const RELEASED_FROM: usize = 4_096;

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overflow => PyOverflowError::new_err("a lane leaves 256 bits"),
            Fault::DivisionByZero => PyZeroDivisionError::new_err("a lane divides by zero"),
            Fault::NegativeShift => PyValueError::new_err("a lane shifts by a negative amount"),
            Fault::NegativeRoot => PyValueError::new_err("a lane takes the root of a negative"),
            Fault::Lengths(expected, received) => {
                PyValueError::new_err(format!("expected {expected} lanes, received {received}"))
            }
            Fault::Index => PyIndexError::new_err("a lane names a place that does not exist"),
            Fault::Inexact => PyValueError::new_err("a lane leaves a remainder"),
            Fault::Memory => PyMemoryError::new_err("too many lanes for the memory"),
        }
    }
}

/// Runs a loop over lanes, without the interpreter's lock where it is long.
pub fn run<T: Send>(py: Python<'_>, lanes: usize, body: impl FnOnce() -> T + Send) -> T {
    if lanes < RELEASED_FROM {
        body()
    } else {
        py.detach(body)
    }
}

/// A Python integer; OverflowError where it leaves 256 bits.
pub fn read_integer(value: &Bound<'_, PyAny>) -> PyResult<Wide> {
    let py = value.py();
    if let Ok(small) = value.extract::<i64>() {
        return Ok(Wide::from(small));
    }
    let signed = [("signed", true)].into_py_dict(py)?;
    let integer = value.cast::<PyInt>()?;
    let arguments = (BYTES, intern!(py, "little"));
    let bytes = integer.call_method(intern!(py, "to_bytes"), arguments, Some(&signed))?;
    let bytes: [u8; BYTES] = bytes.extract()?;
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks().0) {
        *limb = u64::from_le_bytes(*bytes);
    }
    Ok(Wide(limbs))
}

/// Python integers of all values.
pub fn write_integers<'py>(py: Python<'py>, values: &[Wide]) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let from_bytes = py.get_type::<PyInt>().getattr(intern!(py, "from_bytes"))?;
    let signed = [("signed", true)].into_py_dict(py)?;
    let little = intern!(py, "little");
    let write = |value: &Wide| {
        if let Some(small) = value.narrow() {
            return small.into_bound_py_any(py);
        }
        let bytes: Vec<u8> = value.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        from_bytes.call((PyBytes::new(py, &bytes), little), Some(&signed))
    };
    values.iter().map(write).collect()
}

/// A lane as Python counts it: -1 is the last.
pub fn position(lane: isize, lanes: usize) -> Option<usize> {
    let from_end = if lane < 0 { lanes as isize } else { 0 };
    let position = usize::try_from(lane.checked_add(from_end)?).ok()?;
    (position < lanes).then_some(position)
}

/// One lane as a Python integer.
pub fn item<'py>(py: Python<'py>, value: Option<Wide>) -> PyResult<Bound<'py, PyAny>> {
    let value = value.ok_or(Fault::Index)?;
    Ok(write_integers(py, &[value])?.remove(0))
}

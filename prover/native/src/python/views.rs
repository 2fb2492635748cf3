//! Python buffers: numbers, copied; the memory-mapped key file itself, without a copy.

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The numbers of a buffer. The binding asks for their size and sign alone; in the other byte
/// order they would be taken for other numbers.
pub fn numbers<T: Element>(py: Python<'_>, buffer: &PyBuffer<T>) -> PyResult<Vec<T>> {
    if cfg!(target_endian = "little") && matches!(buffer.format().to_bytes(), [b'>' | b'!', ..]) {
        return Err(PyValueError::new_err(
            "expected numbers in this machine's byte order",
        ));
    }
    buffer.to_vec(py)
}

/// Bytes owned by Python (a read-only memory map or a bytes object), pinned while this lives.
pub struct ByteView {
    buffer: PyBuffer<u8>,
}

impl ByteView {
    /// Accepts only read-only, contiguous buffers whose length is a multiple of `unit`.
    pub fn new(buffer: PyBuffer<u8>, unit: usize) -> PyResult<Self> {
        if !buffer.readonly() || !buffer.is_c_contiguous() {
            return Err(PyValueError::new_err(
                "expected a read-only contiguous buffer",
            ));
        }
        if !buffer.len_bytes().is_multiple_of(unit) {
            return Err(PyValueError::new_err(format!(
                "length is no multiple of {unit} bytes"
            )));
        }
        Ok(Self { buffer })
    }

    pub fn bytes(&self) -> &[u8] {
        if self.buffer.len_bytes() == 0 {
            return &[];
        }
        // SAFETY: `buffer` holds an export of the object: Python keeps the memory where it is
        // and of this length until the export is released, which happens when `self` is dropped,
        // after the returned borrow. The buffer is contiguous (checked in `new`) and non-empty,
        // hence the pointer is valid. It is read-only (checked in `new`): bytes, which do not
        // change, or a map of a key file, which is replaced by renaming, never written in place.
        // A read-only view of memory that is written would pass; the engine's callers have none.
        unsafe {
            std::slice::from_raw_parts(self.buffer.buf_ptr().cast::<u8>(), self.buffer.len_bytes())
        }
    }
}

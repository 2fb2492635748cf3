//! The Python module: buffers in, bytes out.

mod field_lanes;
mod integer_lanes;
mod lanes;
mod matrices;
mod scalar_handle;
mod vectors;
mod views;

use ark_bn254::{Fr, g1, g2};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use crate::curve::points::{Coordinate, Curve, Point};
use crate::field::scalars::{self, LIMBS, Limbs};
use crate::msm::point_vector::FinitePoints;
use crate::python::matrices::ConstraintMatrices;
use crate::python::scalar_handle::{Scalars, run_msm};
use crate::python::views::ByteView;
use crate::{curve::single, msm::fixed_base};

fn value_error(message: impl Into<String>) -> PyErr {
    PyValueError::new_err(message.into())
}

fn fault_error(fault: single::Fault) -> PyErr {
    value_error(format!("malformed point: {}", fault.name()))
}

/// Copies a FieldArray and checks that every scalar is below the modulus.
fn read_scalars(py: Python<'_>, buffer: &PyBuffer<u64>) -> PyResult<Vec<Limbs>> {
    let flat = views::numbers(py, buffer)?;
    if flat.len() % LIMBS != 0 {
        return Err(value_error("expected four limbs to a scalar"));
    }
    let scalars: Vec<Limbs> = flat.as_chunks::<LIMBS>().0.to_vec();
    if !scalars.par_iter().all(scalars::is_canonical) {
        return Err(value_error("a scalar is not below the modulus"));
    }
    Ok(scalars)
}

fn read_fields(py: Python<'_>, buffer: &PyBuffer<u64>) -> PyResult<Vec<Fr>> {
    let flat = views::numbers(py, buffer)?;
    let (scalars, rest) = flat.as_chunks::<LIMBS>();
    if !rest.is_empty() {
        return Err(value_error("expected four limbs to a scalar"));
    }
    scalars::to_fields(scalars).ok_or_else(|| value_error("a scalar is not below the modulus"))
}

fn write_fields<'py>(py: Python<'py>, fields: &[Fr]) -> PyResult<Bound<'py, PyBytes>> {
    const BYTES: usize = LIMBS * size_of::<u64>();
    PyBytes::new_with(py, fields.len() * BYTES, |bytes| {
        let scalars = bytes.as_chunks_mut::<BYTES>().0;
        scalars
            .par_iter_mut()
            .zip(fields)
            .for_each(|(bytes, field)| {
                let limbs = bytes.as_chunks_mut().0.iter_mut();
                for (bytes, limb) in limbs.zip(scalars::to_limbs(field)) {
                    *bytes = limb.to_le_bytes();
                }
            });
        Ok(())
    })
}

/// A view of raw points whose coordinates are all below the modulus: arithmetic on them is
/// defined, whether or not they are on the curve.
fn open_points<P: Curve>(py: Python<'_>, raw: PyBuffer<u8>) -> PyResult<ByteView> {
    let view = ByteView::new(raw, Point::<P::BaseField>::BYTES)?;
    let reduced = py.detach(|| {
        view.bytes()
            .par_chunks_exact(P::BaseField::BYTES)
            .all(|raw| P::BaseField::read(raw).is_reduced())
    });
    if !reduced {
        return Err(value_error("a coordinate is not below the modulus"));
    }
    Ok(view)
}

fn first_fault<P: Curve>(
    py: Python<'_>,
    view: &ByteView,
    infinity_allowed: bool,
) -> Option<(usize, &'static str)> {
    py.detach(|| {
        view.bytes()
            .par_chunks_exact(Point::<P::BaseField>::BYTES)
            .enumerate()
            .filter_map(|(index, raw)| {
                let fault = single::check_raw::<P>(raw, infinity_allowed).err()?;
                Some((index, fault.name()))
            })
            .find_first(|_| true)
    })
}

macro_rules! point_vector {
    ($name:ident, $config:ty, $doc:literal) => {
        #[doc = $doc]
        #[pyclass(frozen, module = "prover.engines._native")]
        struct $name(ByteView, FinitePoints);

        #[pymethods]
        impl $name {
            #[new]
            fn new(py: Python<'_>, raw: PyBuffer<u8>) -> PyResult<Self> {
                let view = open_points::<$config>(py, raw)?;
                let size = Point::<<$config as ark_ec::CurveConfig>::BaseField>::BYTES;
                let finite = py.detach(|| FinitePoints::of(view.bytes(), size));
                Ok(Self(view, finite))
            }

            fn __len__(&self) -> usize {
                let size = Point::<<$config as ark_ec::CurveConfig>::BaseField>::BYTES;
                self.0.bytes().len() / size
            }

            fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
                PyBytes::new(py, self.0.bytes())
            }

            fn msm<'py>(
                &self,
                py: Python<'py>,
                scalars: &Scalars,
            ) -> PyResult<Bound<'py, PyBytes>> {
                let sum = run_msm::<$config>(py, &self.0, &self.1, &scalars.0)?;
                Ok(PyBytes::new(py, &sum))
            }

            fn first_fault(
                &self,
                py: Python<'_>,
                infinity_allowed: bool,
            ) -> Option<(usize, &'static str)> {
                first_fault::<$config>(py, &self.0, infinity_allowed)
            }
        }
    };
}

point_vector!(
    G1Points,
    g1::Config,
    "Points of G1 in a buffer of raw encodings, not copied."
);
point_vector!(
    G2Points,
    g2::Config,
    "Points of G2 in a buffer of raw encodings, not copied."
);

#[pyfunction]
fn fixed_base_g1<'py>(py: Python<'py>, scalars: PyBuffer<u64>) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = read_scalars(py, &scalars)?;
    let raw = py.detach(|| fixed_base::multiples::<g1::Config>(&scalars));
    Ok(PyBytes::new(py, &raw))
}

#[pyfunction]
fn fixed_base_g2<'py>(py: Python<'py>, scalars: PyBuffer<u64>) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = read_scalars(py, &scalars)?;
    let raw = py.detach(|| fixed_base::multiples::<g2::Config>(&scalars));
    Ok(PyBytes::new(py, &raw))
}

#[pyfunction]
fn combine_g1<'py>(
    py: Python<'py>,
    points: Vec<Vec<u8>>,
    scalars: PyBuffer<u64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = read_fields(py, &scalars)?;
    let sum = py.detach(|| single::combine::<g1::Config>(&points, &scalars));
    Ok(PyBytes::new(py, &sum.map_err(fault_error)?))
}

#[pyfunction]
fn combine_g2<'py>(
    py: Python<'py>,
    points: Vec<Vec<u8>>,
    scalars: PyBuffer<u64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = read_fields(py, &scalars)?;
    let sum = py.detach(|| single::combine::<g2::Config>(&points, &scalars));
    Ok(PyBytes::new(py, &sum.map_err(fault_error)?))
}

/// The fault of a point in EVM encoding, by name; None for a finite point of the group.
#[pyfunction]
fn point_fault_g1(point: Vec<u8>) -> Option<&'static str> {
    single::check::<g1::Config>(&point)
        .err()
        .map(single::Fault::name)
}

#[pyfunction]
fn point_fault_g2(point: Vec<u8>) -> Option<&'static str> {
    single::check::<g2::Config>(&point)
        .err()
        .map(single::Fault::name)
}

#[pyfunction]
fn pairing_product_is_one(
    py: Python<'_>,
    points_g1: Vec<Vec<u8>>,
    points_g2: Vec<Vec<u8>>,
) -> PyResult<bool> {
    if points_g1.len() != points_g2.len() {
        return Err(value_error(
            "the two sides of the pairings differ in number",
        ));
    }
    py.detach(|| single::pairing_product_is_one(&points_g1, &points_g2))
        .map_err(fault_error)
}

/// Digest of the sources this module was built from.
#[pyfunction]
fn source_digest() -> &'static str {
    env!("SOURCE_DIGEST")
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<G1Points>()?;
    module.add_class::<G2Points>()?;
    module.add_class::<Scalars>()?;
    module.add_class::<ConstraintMatrices>()?;
    module.add_function(wrap_pyfunction!(fixed_base_g1, module)?)?;
    module.add_function(wrap_pyfunction!(fixed_base_g2, module)?)?;
    module.add_function(wrap_pyfunction!(combine_g1, module)?)?;
    module.add_function(wrap_pyfunction!(combine_g2, module)?)?;
    module.add_function(wrap_pyfunction!(point_fault_g1, module)?)?;
    module.add_function(wrap_pyfunction!(point_fault_g2, module)?)?;
    module.add_function(wrap_pyfunction!(pairing_product_is_one, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::powers, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::inverses, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::combine, module)?)?;
    module.add_function(wrap_pyfunction!(source_digest, module)?)?;
    field_lanes::register(module)
}

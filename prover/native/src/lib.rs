//! proofmark's native engine: parallel arithmetic on BN254, and lane vectors for witnesses.
//!
//! The protocol is written in Python over `prover.engines.base.Engine`; `field`, `curve`, `msm` and
//! `quotient` answer its bulk operations, one call per vector, on all cores. `witness` speaks the
//! vocabulary of `circuits/edsl/numbers.py`. `python` is the border, where long calls release the
//! interpreter.
//!
//! A lane is a repetition of a circuit's template in `witness`, as it is in Python; in `field::lanes`
//! and in what is built on it, it is one of the eight slots of a vector register.
//!
//! The Python binding is a feature, so that `cargo test --no-default-features` needs no Python.

#![deny(unsafe_op_in_unsafe_fn)]
#![cfg_attr(not(feature = "python"), allow(dead_code))]

mod curve;
mod field;
#[cfg(all(test, target_arch = "x86_64"))]
mod lane_tests;
mod msm;
#[cfg(feature = "python")]
mod python;
mod quotient;
mod witness;

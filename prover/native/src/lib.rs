//! proofmark's native engine: parallel arithmetic on BN254, one call per vector.
//!
//! The protocol is written in Python over `prover.engines.base.Engine`; this module answers its
//! bulk operations. Every call releases the interpreter and uses all cores.
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

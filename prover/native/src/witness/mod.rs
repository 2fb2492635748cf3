//! Witness generation: the same integer operation in every lane, one loop for each.
//!
//! Numbers before the challenge are `Wide` integers (exact, checked against overflow), numbers
//! after it are field elements in Montgomery form, or canonical ones in a `Wide` where they are only
//! written out.

pub mod division;
pub mod field_lanes;
pub mod inverses;
pub mod lanes;
pub mod polynomials;
pub mod wide;

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Overflow,
    DivisionByZero,
    NegativeShift,
    NegativeRoot,
    Lengths(usize, usize),
    Index,
    Inexact,
    Memory,
}

//! Points of the curve and its twist: their encodings, their checks, their additions in bulk.

pub mod batch_adder;
pub mod cells;
#[cfg(target_arch = "x86_64")]
mod lane_adder;
#[cfg(target_arch = "x86_64")]
mod lane_element;
#[cfg(target_arch = "x86_64")]
mod lane_group;
pub mod points;
pub mod single;

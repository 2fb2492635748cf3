//! The two prime fields: scalars as they cross the border, and elements eight at a time.

#[cfg(target_arch = "x86_64")]
pub mod lanes;
#[cfg(target_arch = "x86_64")]
pub mod moduli;
#[cfg(target_arch = "x86_64")]
pub mod products;
pub mod scalars;
pub mod vectors;

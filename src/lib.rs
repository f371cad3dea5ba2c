//! Told Once.

pub mod maracs;
pub mod risk;

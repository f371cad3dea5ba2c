//! Told Once.

pub mod localpg;
pub mod maracs;
pub mod risk;

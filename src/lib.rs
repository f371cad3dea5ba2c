//! Told Once.

pub mod maracs;

//! Import of registers kept elsewhere.

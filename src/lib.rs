//! Told Once.

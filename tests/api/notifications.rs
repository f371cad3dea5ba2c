//! Being told: whom a notice reaches, and whom it must not.

mod telling;

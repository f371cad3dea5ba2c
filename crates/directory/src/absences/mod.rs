//! Who is away today, and who stands in for them.

mod store;

pub use store::{StandIn, deputies_of_absent, stood_in_for};

//! What the tests of the access rules share: a stage with one thing of each kind in each position, a
//! roster of everybody there is, and every operation with a well-formed request.

mod operations;
mod roster;
mod stage;

pub use operations::{Operation, Scope, operations};
pub use roster::{Player, roster};
pub use stage::{Office, Stage, Target, Things, agency, case, meeting};

//! What the tests of the access rules share: a stage with one thing of each kind in each position, a
//! roster of everybody there is, and every operation with a well-formed request.

mod operations;
mod roster;
mod stage;

pub use operations::{Operation, Scope, operations};
pub use roster::{Player, roster};
pub use stage::{Office, Stage, Target, Things, agency, case, meeting};

/// Holds a text to the one that is kept under `snapshots`, or keeps it if `UPDATE_MATRIX` is set.
#[track_caller]
pub fn matches_snapshot(name: &str, changed: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/api/snapshots")
        .join(name);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = kept.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(
        kept == text,
        "{changed}: {differing:?}; run with UPDATE_MATRIX=1 and read the diff"
    );
}

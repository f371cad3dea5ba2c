//! `toldonce openapi`.

use super::{Outcome, answer};

/// Prints the document as it is committed.
pub fn run() -> Outcome {
    answer(&toldonce::app::document_text()?)
}

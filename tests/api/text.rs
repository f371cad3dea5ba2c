//! Text at the edge: every text of every request is tried, found from the document.

pub mod requests;
mod stored;
mod walk;

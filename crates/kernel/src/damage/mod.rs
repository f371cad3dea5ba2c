//! What an answer and the database are told of parts that cannot be read: a seal that does not open, or content of
//! another shape.
//!
//! A file must open whatever has become of one part of it. The rest of the answer is complete, and the answer names
//! the part in `damaged` (`answer`). The part is logged by id, counted, and recorded for the coordinators of its case.

mod answer;
mod store;

use diesel::pg::PgConnection;

use crate::crypto::damage::{self, Damage};
use crate::crypto::{CryptoError, SealPlace};
use crate::error::{Error, Result};

pub(crate) use answer::told;
pub use answer::{DamagedPart, collect, describe};

/// For what must not be decided on a part that could not be read.
pub fn refuse_any() -> Result<()> {
    match damage::found().is_empty() {
        true => Ok(()),
        false => Err(Error::Crypto(CryptoError::Damaged)),
    }
}

/// Logs, counts and records what was found, before the transaction ends.
pub(crate) fn record(conn: &mut PgConnection, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let found = damage::found();
    if found.is_empty() {
        return Ok(());
    }
    for Damage { place, owner, .. } in &found {
        let SealPlace { table, column, row } = place;
        tracing::error!(table, column, row = %row, owner = %owner, "a part is damaged");
        crate::metrics::damaged(table);
    }
    store::record(conn, &found, now)?;
    damage::set_last(found);
    Ok(())
}

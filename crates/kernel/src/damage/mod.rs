//! Parts that cannot be read: a seal that does not open, or content of another shape.
//!
//! A file must open whatever has become of one part of it. Within a transaction (`watch`) such a part is
//! read as a placeholder that shows in its words what it is, the rest of the answer is complete, and the
//! answer names it in `damaged` (`answer`). It is logged by id, counted, and recorded for the
//! coordinators of its case. A placeholder is never sealed again: what would write it down is refused.

mod answer;
mod placeholder;
mod store;

use std::cell::RefCell;

use diesel::pg::PgConnection;
use practice::text::UNREADABLE;
use serde_json::Value;
use uuid::Uuid;

use crate::crypto::{CryptoError, Place};
use crate::error::{Error, Result};

pub use answer::DamagedPart;
pub(crate) use answer::told;
pub use answer::{collect, describe};
pub(crate) use placeholder::placeholder;

/// A part that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Damage {
    /// Where its seal is.
    pub place: Place,
    /// The case whose key seals it, or the meeting.
    pub owner: Uuid,
    /// SHA-256 of the sealed bytes.
    pub digest: String,
    /// What is damaged is the key that it is sealed under. Once that key opens again, so does this.
    pub by_its_key: bool,
}

impl Damage {
    /// The damage of what is sealed there.
    pub(crate) fn of(place: Place, owner: Uuid, sealed: &[u8]) -> Self {
        let digest = crate::crypto::hash_bytes(sealed);
        let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            place,
            owner,
            digest,
            by_its_key: false,
        }
    }
}

thread_local! {
    static FOUND: RefCell<Option<Vec<Damage>>> = const { RefCell::new(None) };
    static LAST: RefCell<Vec<Damage>> = const { RefCell::new(Vec::new()) };
}

/// Watches what is read from now on by this thread, until it is dropped.
pub(crate) struct Watch(Option<Vec<Damage>>);

impl Drop for Watch {
    fn drop(&mut self) {
        FOUND.set(self.0.take());
    }
}

/// Begins to watch.
pub(crate) fn watch() -> Watch {
    Watch(FOUND.replace(Some(Vec::new())))
}

/// Notes a damage; `false` where nobody watches, and the reader must be told by an error.
pub(crate) fn note(damage: Damage) -> bool {
    FOUND.with_borrow_mut(|found| match found {
        Some(found) => {
            if !found.contains(&damage) {
                found.push(damage);
            }
            true
        }
        None => false,
    })
}

/// Somebody sent this part whole: what could not be read of it may be replaced.
pub fn sent_whole(row: Uuid) {
    FOUND.with_borrow_mut(|found| {
        if let Some(found) = found {
            found.retain(|damage| damage.place.row != row);
        }
    });
}

/// Whether what is sealed there was found damaged, and nobody has sent it whole.
pub fn is_found(place: &Place) -> bool {
    FOUND.with_borrow(|found| {
        let mut found = found.iter().flatten();
        found.any(|damage| damage.place == *place)
    })
}

/// What was found since the watch began.
pub fn found() -> Vec<Damage> {
    FOUND.with_borrow(|found| found.clone().unwrap_or_default())
}

/// What the last transaction of this thread had found; asks once.
pub(crate) fn taken_last() -> Vec<Damage> {
    LAST.take()
}

/// For what must not be decided on a part that could not be read.
pub fn refuse_any() -> Result<()> {
    match found().is_empty() {
        true => Ok(()),
        false => Err(Error::Crypto(CryptoError::Damaged)),
    }
}

/// Whether a placeholder may be written to this table: where a copy of what was read is kept.
fn keeps_copies(table: &str) -> bool {
    ["audit_events", "minutes_parts", "minutes_versions"].contains(&table)
}

/// Whether this content is, or holds, a placeholder that would replace what could not be read. Words that quote the
/// mark are no placeholder, unless something was found damaged that they may have been made of. The mark for a whole
/// text is one: it comes back from whoever sends what they read.
pub(crate) fn would_replace(place: &Place, plain: &[u8]) -> bool {
    let mark = UNREADABLE.as_bytes();
    if keeps_copies(place.table) || !plain.windows(mark.len()).any(|window| window == mark) {
        return false;
    }
    let is_whole = match serde_json::from_slice(plain) {
        Ok(value) => has_whole(&value),
        Err(_) => plain == mark,
    };
    is_whole || !found().is_empty()
}

/// Whether the mark stands for a whole text of it.
fn has_whole(value: &Value) -> bool {
    match value {
        Value::String(text) => text == UNREADABLE,
        Value::Array(items) => items.iter().any(has_whole),
        Value::Object(fields) => fields.values().any(has_whole),
        _ => false,
    }
}

/// Takes keys off the list of what is damaged that open again, of one MARAC or of all; answers how many.
pub fn forget_opened_keys(tx: &mut crate::db::Tx<'_>, marac_id: Option<Uuid>) -> Result<usize> {
    store::forget_opened_keys(tx, marac_id)
}

/// Logs, counts and records what was found, before the transaction ends.
pub(crate) fn record(conn: &mut PgConnection, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let found = found();
    if found.is_empty() {
        return Ok(());
    }
    for Damage { place, owner, .. } in &found {
        let Place { table, column, row } = place;
        tracing::error!(table, column, row = %row, owner = %owner, "a part is damaged");
        crate::metrics::damaged(table);
    }
    store::record(conn, &found, now)?;
    LAST.set(found);
    Ok(())
}

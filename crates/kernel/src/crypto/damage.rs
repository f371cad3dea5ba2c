//! Parts that cannot be read, as seals are opened.
//!
//! Within a transaction (`watch`) such a part is read as a placeholder that shows in its words what it is, and is
//! remembered until the transaction ends. A placeholder is never sealed again: what would write it down is refused.

use std::cell::RefCell;

use practice::text::UNREADABLE;
use serde_json::Value;
use uuid::Uuid;

use super::{SealPlace, hash_bytes};

/// A part that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Damage {
    /// Where its seal is.
    pub place: SealPlace,
    /// The case whose key seals it, or the meeting.
    pub owner: Uuid,
    /// SHA-256 of the sealed bytes.
    pub digest: String,
    /// What is damaged is the key that it is sealed under. Once that key opens again, so does this.
    pub by_its_key: bool,
}

impl Damage {
    /// The damage of what is sealed there.
    pub(crate) fn of(place: SealPlace, owner: Uuid, sealed: &[u8]) -> Self {
        let digest = hash_bytes(sealed);
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
pub fn is_found(place: &SealPlace) -> bool {
    FOUND.with_borrow(|found| {
        let mut found = found.iter().flatten();
        found.any(|damage| damage.place == *place)
    })
}

/// What was found since the watch began.
pub fn found() -> Vec<Damage> {
    FOUND.with_borrow(|found| found.clone().unwrap_or_default())
}

/// What the transaction that ends had found.
pub(crate) fn set_last(found: Vec<Damage>) {
    LAST.set(found);
}

/// What the last transaction of this thread had found; asks once.
pub(crate) fn taken_last() -> Vec<Damage> {
    LAST.take()
}

/// Whether a placeholder may be written to this table: where a copy of what was read is kept.
fn keeps_copies(table: &str) -> bool {
    ["audit_events", "minutes_parts", "minutes_versions"].contains(&table)
}

/// Whether this content is, or holds, a placeholder that would replace what could not be read. Words that quote the
/// mark are no placeholder, unless something was found damaged that they may have been made of. The mark for a whole
/// text is one: it comes back from whoever sends what they read.
pub(crate) fn would_replace(place: &SealPlace, plain: &[u8]) -> bool {
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

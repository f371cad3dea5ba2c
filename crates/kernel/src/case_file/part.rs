//! A row of a case file, whatever table it is of: one statement fetches them all.

use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::crypto::{DataKey, SealPlace};
use crate::error::{Error, Result};
use crate::sql::Row;
use crate::visibility::VisibleCase;

/// One part: what it is, what it hangs on, its plain columns as JSON, and its seal.
#[derive(Row)]
pub struct Part {
    /// Which part.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// The party it belongs to.
    pub parent: Option<Uuid>,
    /// Its version.
    pub version: i32,
    plain: String,
    sealed: Option<Vec<u8>>,
}

impl Part {
    /// Its plain columns.
    pub fn plain<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.plain).map_err(|_| Error::Internal("a part has another shape"))
    }

    /// Whether anything is sealed in it.
    pub fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    /// What is sealed in it, with the key at hand.
    pub fn open_with<T: DeserializeOwned>(&self, key: &DataKey, place: SealPlace) -> Result<T> {
        Ok(key.open_json(place, self.seal()?)?)
    }

    /// What is sealed in it.
    pub fn open<T: DeserializeOwned>(
        &self,
        case: &VisibleCase,
        table: &'static str,
        column: &'static str,
    ) -> Result<T> {
        self.open_with(case.key(), SealPlace::new(table, column, self.id))
    }

    /// The words that are sealed in it.
    pub fn open_text(
        &self,
        case: &VisibleCase,
        table: &'static str,
        column: &'static str,
    ) -> Result<String> {
        let place = SealPlace::new(table, column, self.id);
        Ok(case.key().open_text(place, self.seal()?)?)
    }

    fn seal(&self) -> Result<&[u8]> {
        self.sealed
            .as_deref()
            .ok_or(Error::Internal("a part has no seal"))
    }
}

/// The parts of one kind.
pub fn of_kind<'p>(parts: &'p [Part], kind: &'static str) -> impl Iterator<Item = &'p Part> {
    parts.iter().filter(move |part| part.kind == kind)
}

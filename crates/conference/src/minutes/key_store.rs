//! The key of what is told at a meeting about no case.

use diesel::prelude::*;

use crate::meetings::Meeting;
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;

#[derive(Row)]
struct KeyRow {
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
}

impl KeyRow {
    /// A key whose row is missing opens nothing, and is damaged.
    const fn missing() -> Self {
        Self {
            master_key_id: String::new(),
            wrapped: Some(Vec::new()),
        }
    }
}

/// The key of what is told at a meeting about no case.
pub fn key(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<DataKey> {
    let row: KeyRow = tx
        .sql("select master_key_id, wrapped from meeting_keys where meeting_id = $1")
        .bind(meeting.id)
        .get_result(tx.conn)
        .optional()?
        .unwrap_or_else(KeyRow::missing);
    Ok(tx
        .keys
        .unwrap_of_meeting(meeting.id, &row.master_key_id, row.wrapped.as_deref())?)
}

/// The same, made if there is none yet.
pub fn key_or_new(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<DataKey> {
    let wrapped = tx.keys.wrap(meeting.id, &DataKey::generate()?)?;
    tx.sql(
        "insert into meeting_keys (meeting_id, marac_id, master_key_id, wrapped, created_at) \
         values ($1, $2, $3, $4, $5) on conflict (meeting_id) do nothing",
    )
    .bind(meeting.id)
    .bind(meeting.marac_id)
    .bind(wrapped.master_key_id)
    .bind(wrapped.bytes)
    .bind(tx.now)
    .execute(tx.conn)?;
    key(tx, meeting)
}

//! The key of what is told at a meeting about no case.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::meetings::Meeting;
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::meeting_keys;

#[derive(Queryable, Selectable)]
#[diesel(table_name = meeting_keys, check_for_backend(Pg))]
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
    let row = meeting_keys::table
        .find(meeting.id)
        .select(KeyRow::as_select())
        .get_result(tx.conn)
        .optional()?
        .unwrap_or_else(KeyRow::missing);
    Ok(tx
        .keys
        .unwrap_of_meeting(meeting.id, &row.master_key_id, row.wrapped.as_deref())?)
}

#[derive(Insertable)]
#[diesel(table_name = meeting_keys)]
struct NewKey {
    meeting_id: Uuid,
    marac_id: Uuid,
    master_key_id: String,
    wrapped: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// The same, made if there is none yet.
pub fn key_or_new(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<DataKey> {
    let wrapped = tx.keys.wrap(meeting.id, &DataKey::generate()?)?;
    let row = NewKey {
        meeting_id: meeting.id,
        marac_id: meeting.marac_id,
        master_key_id: wrapped.master_key_id,
        wrapped: wrapped.bytes,
        created_at: tx.now,
    };
    diesel::insert_into(meeting_keys::table)
        .values(row)
        .on_conflict(meeting_keys::meeting_id)
        .do_nothing()
        .execute(tx.conn)?;
    key(tx, meeting)
}

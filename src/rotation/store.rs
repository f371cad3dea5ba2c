//! Rows of wrapped keys.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::schema::{data_keys, meeting_keys};
use kernel::sql::statement;

/// A data key of a case or of a meeting.
#[derive(Queryable)]
pub struct Held {
    pub of: Uuid,
    pub master_key_id: String,
    pub wrapped: Vec<u8>,
}

/// How many are there that are not under the current master key, and not destroyed.
pub fn count(tx: &mut Tx<'_>) -> Result<i64> {
    let current = tx.keys.current();
    let cases: i64 = data_keys::table
        .filter(data_keys::wrapped.is_not_null())
        .filter(data_keys::master_key_id.ne(current))
        .count()
        .get_result(tx.conn)?;
    let meetings: i64 = meeting_keys::table
        .filter(meeting_keys::wrapped.is_not_null())
        .filter(meeting_keys::master_key_id.ne(current))
        .count()
        .get_result(tx.conn)?;
    Ok(cases + meetings)
}

/// Some of those of cases, locked.
pub fn case_keys(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Held>> {
    data_keys::table
        .filter(data_keys::wrapped.is_not_null())
        .filter(data_keys::master_key_id.ne(tx.keys.current().to_owned()))
        .select((
            data_keys::case_id,
            data_keys::master_key_id,
            data_keys::wrapped.assume_not_null(),
        ))
        .order(data_keys::case_id)
        .limit(most)
        .for_update()
        .locking_all(tx)
}

/// Some of those of meetings, locked.
pub fn meeting_keys(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Held>> {
    meeting_keys::table
        .filter(meeting_keys::wrapped.is_not_null())
        .filter(meeting_keys::master_key_id.ne(tx.keys.current().to_owned()))
        .select((
            meeting_keys::meeting_id,
            meeting_keys::master_key_id,
            meeting_keys::wrapped.assume_not_null(),
        ))
        .order(meeting_keys::meeting_id)
        .limit(most)
        .for_update()
        .locking_all(tx)
}

/// Writes those of cases back, under the current master key.
pub fn write_case_keys(tx: &mut Tx<'_>, held: &[Held], wrapped: Vec<Vec<u8>>) -> Result<()> {
    tx.sql(statement!("write_case_keys"))
        .bind(tx.keys.current().to_owned())
        .bind(held.iter().map(|row| row.of).collect::<Vec<_>>())
        .bind(wrapped)
        .execute(tx.conn)?;
    Ok(())
}

/// The same for those of meetings.
pub fn write_meeting_keys(tx: &mut Tx<'_>, held: &[Held], wrapped: Vec<Vec<u8>>) -> Result<()> {
    tx.sql(statement!("write_meeting_keys"))
        .bind(tx.keys.current().to_owned())
        .bind(held.iter().map(|row| row.of).collect::<Vec<_>>())
        .bind(wrapped)
        .execute(tx.conn)?;
    Ok(())
}

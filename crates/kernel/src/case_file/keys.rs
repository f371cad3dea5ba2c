//! Keys that could not be opened, and open again.

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::sql::Row;

#[derive(Row)]
struct Key {
    id: Uuid,
    owner: Uuid,
    master_key_id: String,
    wrapped: Vec<u8>,
}

const KEYS: &str = "select d.id, k.case_id as owner, k.master_key_id, k.wrapped from data_keys k \
       join damaged_parts d on d.part = 'data_keys' and d.row_id = k.case_id \
       where k.wrapped is not null and ($1::uuid is null or d.marac_id = $1) \
     union all select d.id, k.meeting_id, k.master_key_id, k.wrapped from meeting_keys k \
       join damaged_meeting_parts d on d.part = 'meeting_keys' and d.row_id = k.meeting_id \
       where k.wrapped is not null and ($1::uuid is null or d.marac_id = $1)";

/// Takes the keys off the list of what is damaged that open again, of one MARAC or of all, and with them everything
/// that they seal; answers how many.
pub fn forget_opened_keys(tx: &mut Tx<'_>, marac_id: Option<Uuid>) -> Result<usize> {
    let keys: Vec<Key> = tx.sql(KEYS).bind(marac_id).load(tx.conn)?;
    let opens = |key: &&Key| tx.keys.opens(key.owner, &key.master_key_id, &key.wrapped);
    let opened: Vec<Uuid> = keys.iter().filter(opens).map(|key| key.id).collect();
    let count = opened.len();
    if count > 0 {
        tx.sql("select forget_opened_keys($1)")
            .bind(opened)
            .execute(tx.conn)?;
    }
    Ok(count)
}

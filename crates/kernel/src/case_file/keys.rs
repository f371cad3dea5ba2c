//! Keys that could not be opened, and open again.

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::sql::{Row, statement};

#[derive(Row)]
struct Key {
    id: Uuid,
    owner: Uuid,
    master_key_id: String,
    wrapped: Vec<u8>,
}

/// Takes the keys off the list of what is damaged that open again, of one MARAC or of all, and with them everything
/// that they seal; answers how many.
pub fn forget_opened_keys(tx: &mut Tx<'_>, marac_id: Option<Uuid>) -> Result<usize> {
    let keys = tx
        .sql(statement!("damaged_keys" => Key))
        .bind(marac_id)
        .load(tx.conn)?;
    let opens = |key: &&Key| tx.keys.opens(key.owner, &key.master_key_id, &key.wrapped);
    let opened: Vec<Uuid> = keys.iter().filter(opens).map(|key| key.id).collect();
    let count = opened.len();
    if count > 0 {
        tx.sql(statement!("forget_opened_keys"))
            .bind(opened)
            .execute(tx.conn)?;
    }
    Ok(count)
}

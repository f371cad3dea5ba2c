//! Reading what was recorded: one statement for all parts, at any number of rows.

use diesel::prelude::*;
use uuid::Uuid;

use super::rules::HearingReader;
use kernel::case_file::Part;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::{Row, statement};

/// What a reader may get of these items, part by part; earlier versions only with `all`.
pub fn parts(
    tx: &mut Tx<'_>,
    items: Vec<Uuid>,
    reader: HearingReader,
    all: bool,
) -> Result<Vec<Part>> {
    Ok(tx
        .sql(statement!("parts" => Part))
        .bind(items)
        .bind(reader.reads)
        .bind(reader.trusted)
        .bind(all)
        .load(tx.conn)?)
}

/// One entry of an item, whoever reads it.
pub fn entry(tx: &mut Tx<'_>, item_id: Uuid, id: Uuid) -> Result<Part> {
    tx.sql(statement!("entry" => Part))
        .bind(item_id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// The same, locked until the transaction ends.
pub fn entry_locked(tx: &mut Tx<'_>, item_id: Uuid, id: Uuid) -> Result<Part> {
    tx.sql(statement!("entry_locked" => Part))
        .bind(item_id)
        .bind(id)
        .locking(tx)?
        .ok_or_else(hidden)
}

/// An item of a meeting with the key of its case.
#[derive(Row)]
pub struct ItemRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
}

/// The items of a meeting whose cases are in sight, in the order of the agenda.
pub fn items(tx: &mut Tx<'_>, marac_id: Uuid, meeting_id: Uuid) -> Result<Vec<ItemRow>> {
    Ok(tx
        .sql(statement!("items" => ItemRow))
        .bind(meeting_id)
        .bind(marac_id)
        .load(tx.conn)?)
}

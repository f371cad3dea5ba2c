//! Rows of damaged parts.

use chrono::{DateTime, Utc};
use kernel::case_file::forget_opened_keys;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;
use uuid::Uuid;

use super::api::DamagedPartOut;

/// A page of the parts that are damaged still, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<DamagedPartOut>> {
    forget_opened_keys(tx, Some(marac_id))?;
    Ok(tx
        .sql(statement!("page" => DamagedPartOut))
        .bind(marac_id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

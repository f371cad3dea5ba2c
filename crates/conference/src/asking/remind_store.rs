//! Requests that are due or late.

use chrono::NaiveDate;
use uuid::Uuid;

use super::store::AskedOf;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;

/// Requests still to be answered that are due in these days.
pub fn unanswered(
    tx: &mut Tx<'_>,
    (from, to): (NaiveDate, NaiveDate),
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<AskedOf>> {
    Ok(tx
        .sql(statement!("unanswered" => AskedOf))
        .bind(from)
        .bind(to)
        .bind(after.map(|(day, _)| day))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .load(tx.conn)?)
}

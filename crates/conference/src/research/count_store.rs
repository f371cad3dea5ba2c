//! Counts of returns. No texts.

use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use practice::vocabulary::AgencyKind;

/// An agency's returns for a meeting.
#[derive(Debug, Row)]
pub struct CountRow {
    pub agency_id: Uuid,
    pub agency: String,
    pub kind: AgencyKind,
    pub requested: i64,
    pub overdue: i64,
    pub nothing_known: i64,
    pub returned: i64,
    pub late: i64,
    pub late_nothing_known: i64,
    pub exempt: i64,
}

/// Each agency's returns for a meeting; what was withdrawn, and what an agency can no longer answer
/// because the case is closed to it, is not counted as missing.
pub fn counts(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<CountRow>> {
    let today = tx.today();
    Ok(tx
        .sql(statement!("counts" => CountRow))
        .bind(meeting_id)
        .bind(today)
        .load(tx.conn)?)
}

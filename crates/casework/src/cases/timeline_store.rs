//! What happened to a case, from the rows that record it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::account::AccountReader;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// One thing that happened.
#[derive(Row)]
pub struct Happening {
    /// When.
    pub at: DateTime<Utc>,
    /// The row that records it.
    pub id: Uuid,
    /// What kind of thing, in one word: part of the cursor.
    pub kind: String,
    /// More of it: a status, a heading, a basis.
    pub detail: Option<String>,
    /// What it happened to.
    pub subject: String,
    /// Its id.
    pub subject_id: Uuid,
    /// By which agency.
    pub agency_id: Option<Uuid>,
}

/// Where a page ends.
pub type After = (DateTime<Utc>, Uuid, String);

/// A page of what happened, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: AccountReader,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Happening>> {
    let (at, id, kind) = match after {
        Some((at, id, kind)) => (Some(at), Some(id), Some(kind)),
        None => (None, None, None),
    };
    Ok(tx
        .sql(statement!("timeline" => Happening))
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .bind(kernel::case_file::is_staff(case))
        .bind(tx.now)
        .bind(at)
        .bind(id)
        .bind(kind)
        .bind(limit + 1)
        .bind(case.lens.shows_actions())
        .load(tx.conn)?)
}

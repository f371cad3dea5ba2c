//! Reading the audit.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::api::EventOut;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;

/// Which events of a MARAC.
pub struct Filter {
    pub marac_id: Uuid,
    pub act: Option<&'static str>,
    pub case_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// A page of events, newest first, without those of cases closed to the caller and of drafts, which
/// are their authors' alone.
pub fn events(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<EventOut>> {
    Ok(tx
        .sql(statement!("events" => EventOut))
        .bind(filter.marac_id)
        .bind(filter.act)
        .bind(filter.case_id)
        .bind(filter.user_id)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}

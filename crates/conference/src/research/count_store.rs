//! Counts of returns. No texts.

use diesel::prelude::*;
use uuid::Uuid;

use crate::open_to_agency;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::not_closed;
use kernel::sql::Row;
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

const COUNTS: &str = concat!(
    "select r.agency_id, a.name as agency, a.kind, ",
    "count(*) filter (where r.status = 'requested') as requested, ",
    "count(*) filter (where r.status = 'requested' and r.due_on < $2) as overdue, ",
    "count(*) filter (where r.status = 'nothing_known') as nothing_known, ",
    "count(*) filter (where r.status = 'returned') as returned, ",
    "count(*) filter (where r.status = 'late') as late, ",
    "count(*) filter (where r.status = 'late' and r.nothing_known) as late_nothing_known, ",
    "count(*) filter (where r.status = 'exempt') as exempt ",
    "from research_returns r join agencies a on a.id = r.agency_id ",
    "where r.meeting_id = $1 and r.standing <> 'withdrawn' and ",
    not_closed!("r"),
    " and (r.answered_on is not null or (",
    open_to_agency!("r"),
    ")) group by r.agency_id, a.name, a.kind order by a.name, r.agency_id"
);

/// Each agency's returns for a meeting; what was withdrawn, and what an agency can no longer answer
/// because the case is closed to it, is not counted as missing.
pub fn counts(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<CountRow>> {
    let today = tx.today();
    Ok(tx.sql(COUNTS).bind(meeting_id).bind(today).load(tx.conn)?)
}

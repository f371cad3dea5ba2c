//! Facts that rules decide on.

use chrono::NaiveDate;
use diesel::dsl::{exists, max};
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::{action_events, actions};
use kernel::sql::{Row, statement};
use kernel::visibility::{VisibleAction, VisibleCase};

#[derive(Row)]
struct Exists {
    found: bool,
}

/// Whether this is an action of the case.
pub fn of_case(tx: &mut Tx<'_>, case_id: Uuid, id: Uuid) -> Result<bool> {
    let found = actions::table.filter(actions::case_id.eq(case_id).and(actions::id.eq(id)));
    Ok(diesel::select(exists(found)).get_result(tx.conn)?)
}

/// Whether the case has an outstanding action, of this agency or any.
pub fn outstanding(tx: &mut Tx<'_>, case_id: Uuid, agency_id: Option<Uuid>) -> Result<bool> {
    let row: Exists = tx
        .sql(statement!("outstanding_of_case" => Exists))
        .bind(case_id)
        .bind(agency_id)
        .get_result(tx.conn)?;
    Ok(row.found)
}

/// Whether an action of the case is outstanding, or not done and not yet dealt with by the chair.
pub fn incomplete(tx: &mut Tx<'_>, case_id: Uuid) -> Result<bool> {
    let row: Exists = tx
        .sql(statement!("incomplete_of_case" => Exists))
        .bind(case_id)
        .get_result(tx.conn)?;
    Ok(row.found)
}

/// The day of the last thing known of an action.
pub fn last_on(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<NaiveDate> {
    let last: Option<NaiveDate> = action_events::table
        .filter(action_events::action_id.eq(action.id))
        .select(max(action_events::effective_on))
        .get_result(tx.conn)?;
    last.ok_or(Error::Internal("an action without a history"))
}

/// What is known of a proposed owner.
#[derive(Row)]
pub struct OwnerRow {
    pub member: bool,
    pub on_case: bool,
    pub excluded: bool,
    pub person_known: bool,
    pub person_excluded: bool,
}

/// Facts for R26.
pub fn owner_facts(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    case_id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<OwnerRow> {
    let row = tx
        .sql(statement!("owner_facts" => OwnerRow))
        .bind(marac_id)
        .bind(case_id)
        .bind(agency_id)
        .bind(user_id)
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok(row)
}

/// A meeting that an action may have been agreed at.
#[derive(Row)]
pub struct MeetingRow {
    /// The meeting.
    pub id: Uuid,
    /// Its day, where it is held.
    pub on: NaiveDate,
}

/// The meeting of this id in the case's MARAC.
pub fn meeting(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<MeetingRow>> {
    let row = tx
        .sql(statement!("meeting" => MeetingRow))
        .bind(case.marac_id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    Ok(row)
}

/// The meeting at which this agenda item of the case stands.
pub fn item_meeting(tx: &mut Tx<'_>, case: &VisibleCase, item: Uuid) -> Result<Option<MeetingRow>> {
    let row = tx
        .sql(statement!("item_meeting" => MeetingRow))
        .bind(case.id)
        .bind(item)
        .get_result(tx.conn)
        .optional()?;
    Ok(row)
}

//! Counting in the database.

use chrono::NaiveDate;
use uuid::Uuid;

use casework::actions::ActionStatus;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use practice::vocabulary::AgencyKind;

/// How many actions are alike in these.
#[derive(Debug, Clone, Row)]
pub struct ActionCountRow {
    pub marac_id: Uuid,
    pub owner_kind: AgencyKind,
    pub status: ActionStatus,
    pub unresolved: bool,
    pub overdue: bool,
    pub actions: i64,
}

/// Actions as their history says they stood on a day.
pub fn action_counts(
    tx: &mut Tx<'_>,
    as_at: NaiveDate,
    maracs: Option<&[Uuid]>,
) -> Result<Vec<ActionCountRow>> {
    let rows = match maracs {
        Some(maracs) => tx
            .sql(statement!("action_counts" => ActionCountRow))
            .bind(as_at)
            .bind(maracs.to_vec())
            .load(tx.conn)?,
        None => tx
            .sql(statement!("action_counts_in_sight" => ActionCountRow))
            .bind(as_at)
            .load(tx.conn)?,
    };
    Ok(rows)
}

/// What an agency owes in a MARAC.
#[derive(Debug, Clone, Row)]
pub struct RegisterRow {
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub kind: AgencyKind,
    pub outstanding: i64,
    pub overdue: i64,
    pub longest_overdue_days: i32,
    pub with_agency_lead: i64,
    pub with_coordinator: i64,
    pub with_chair: i64,
    pub with_steering_group: i64,
    pub reminders: i64,
    pub carried_over: i64,
    pub carried_over_again: i64,
    pub unresolved: i64,
    pub not_done_in_a_year: i64,
}

/// What agencies owe today, those with most before the steering group first.
pub fn action_register(tx: &mut Tx<'_>, maracs: &[Uuid]) -> Result<Vec<RegisterRow>> {
    let today = tx.today();
    Ok(tx
        .sql(statement!("action_register" => RegisterRow))
        .bind(today)
        .bind(maracs.to_vec())
        .load(tx.conn)?)
}

/// What an agency has confirmed of flags in a MARAC.
#[derive(Debug, Clone, Row)]
pub struct FlagRegisterRow {
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub kind: AgencyKind,
    pub asked: i64,
    pub asked_overdue: i64,
    pub placed: i64,
    pub not_placed: i64,
    pub removal_due: i64,
    pub removal_overdue: i64,
    pub removed: i64,
}

/// What agencies have confirmed, those with most removals missing first.
pub fn flag_register(tx: &mut Tx<'_>, maracs: &[Uuid]) -> Result<Vec<FlagRegisterRow>> {
    let today = tx.today();
    Ok(tx
        .sql(statement!("flag_register" => FlagRegisterRow))
        .bind(today)
        .bind(maracs.to_vec())
        .load(tx.conn)?)
}

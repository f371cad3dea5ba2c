//! Counting in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use casework::actions::ActionStatus;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
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
            .sql(
                "select marac_id, owner_kind, status, unresolved, overdue, actions \
             from action_counts($1, $2)",
            )
            .bind(as_at)
            .bind(maracs.to_vec())
            .load(tx.conn)?,
        None => tx
            .sql(
                "select marac_id, owner_kind, status, unresolved, overdue, actions \
             from action_counts($1, $maracs)",
            )
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
    Ok(tx.sql("select marac_id, agency_id, agency, kind, outstanding, overdue, longest_overdue_days, \
         with_agency_lead, with_coordinator, with_chair, with_steering_group, reminders, carried_over, \
         carried_over_again, unresolved, not_done_in_a_year from action_register($1, $2) \
         order by with_steering_group desc, overdue desc, agency, marac_id")
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
        .sql(
            "select marac_id, agency_id, agency, kind, asked, asked_overdue, placed, not_placed, \
         removal_due, removal_overdue, removed from flag_register($1, $2) \
         order by removal_overdue desc, asked_overdue desc, agency, marac_id",
        )
        .bind(today)
        .bind(maracs.to_vec())
        .load(tx.conn)?)
}

//! Counting in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use casework::actions::ActionStatus;
use kernel::db::Tx;
use kernel::error::Result;
use practice::vocabulary::AgencyKind;

/// How many actions are alike in these.
#[derive(Debug, Clone, QueryableByName)]
pub struct ActionCountRow {
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub owner_kind: AgencyKind,
    #[diesel(sql_type = st::Text)]
    pub status: ActionStatus,
    #[diesel(sql_type = st::Bool)]
    pub unresolved: bool,
    #[diesel(sql_type = st::Bool)]
    pub overdue: bool,
    #[diesel(sql_type = st::BigInt)]
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
#[derive(Debug, Clone, QueryableByName)]
pub struct RegisterRow {
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub agency: String,
    #[diesel(sql_type = st::Text)]
    pub kind: AgencyKind,
    #[diesel(sql_type = st::BigInt)]
    pub outstanding: i64,
    #[diesel(sql_type = st::BigInt)]
    pub overdue: i64,
    #[diesel(sql_type = st::Integer)]
    pub longest_overdue_days: i32,
    #[diesel(sql_type = st::BigInt)]
    pub with_agency_lead: i64,
    #[diesel(sql_type = st::BigInt)]
    pub with_coordinator: i64,
    #[diesel(sql_type = st::BigInt)]
    pub with_chair: i64,
    #[diesel(sql_type = st::BigInt)]
    pub with_steering_group: i64,
    #[diesel(sql_type = st::BigInt)]
    pub reminders: i64,
    #[diesel(sql_type = st::BigInt)]
    pub carried_over: i64,
    #[diesel(sql_type = st::BigInt)]
    pub carried_over_again: i64,
    #[diesel(sql_type = st::BigInt)]
    pub unresolved: i64,
    #[diesel(sql_type = st::BigInt)]
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
#[derive(Debug, Clone, QueryableByName)]
pub struct FlagRegisterRow {
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub agency: String,
    #[diesel(sql_type = st::Text)]
    pub kind: AgencyKind,
    #[diesel(sql_type = st::BigInt)]
    pub asked: i64,
    #[diesel(sql_type = st::BigInt)]
    pub asked_overdue: i64,
    #[diesel(sql_type = st::BigInt)]
    pub placed: i64,
    #[diesel(sql_type = st::BigInt)]
    pub not_placed: i64,
    #[diesel(sql_type = st::BigInt)]
    pub removal_due: i64,
    #[diesel(sql_type = st::BigInt)]
    pub removal_overdue: i64,
    #[diesel(sql_type = st::BigInt)]
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

//! Counting in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::actions::ActionStatus;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::vocabulary::AgencyKind;

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
        Some(maracs) => sql(
            "select marac_id, owner_kind, status, unresolved, overdue, actions \
             from action_counts($1, $2)",
        )
        .bind(as_at)
        .bind(maracs.to_vec())
        .load(tx.conn)?,
        None => sql(
            "select marac_id, owner_kind, status, unresolved, overdue, actions \
             from action_counts($1, (select current_setting('toldonce.maracs')::uuid[])::uuid[])",
        )
        .bind(as_at)
        .load(tx.conn)?,
    };
    Ok(rows)
}

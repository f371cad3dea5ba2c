//! Rows of agenda items as the meeting decides them.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::AgendaItemStatus;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;

/// Until when a case waits.
#[derive(Debug, Clone, Copy)]
pub struct Deferred {
    /// The meeting whose agenda it goes onto.
    pub to: Option<Uuid>,
    /// The first day on which a list may take it up again.
    pub until: NaiveDate,
}

/// Writes what was decided of an item.
pub fn decide(
    tx: &mut Tx<'_>,
    item_id: Uuid,
    status: AgendaItemStatus,
    outcome: Option<Vec<u8>>,
    deferred: Option<Deferred>,
) -> Result<()> {
    tx.sql(
        "update agenda_items set status = $2, outcome = $3, deferred_to_id = $4, decided_by = $5, \
         decided_at = $6, deferred_until = $7, version = version + 1 where id = $1",
    )
    .bind(item_id)
    .bind(status.as_str())
    .bind(outcome)
    .bind(deferred.and_then(|deferred| deferred.to))
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .bind(deferred.map(|deferred| deferred.until))
    .execute(tx.conn)?;
    Ok(())
}

/// A listed case goes on: heard, or watched because an alert was noted.
pub fn advance_case(tx: &mut Tx<'_>, case: &VisibleCase, to: &'static str) -> Result<()> {
    tx.sql(
        "update cases set status = $2, version = version + 1 where id = $1 and status = 'listed'",
    )
    .bind(case.id)
    .bind(to)
    .execute(tx.conn)?;
    Ok(())
}

/// Takes what is still listed off the agenda of a meeting that will not take place, also cases closed to
/// the caller.
pub fn withdraw_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select withdraw_agenda($1, $2, $3)")
        .bind(meeting_id)
        .bind(tx.actor.principal.user_id())
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

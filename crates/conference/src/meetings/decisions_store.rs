//! Rows of agenda items as the meeting decides them.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::AgendaItemStatus;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{agenda_items, cases};
use kernel::sql::statement;
use kernel::visibility::VisibleCase;
use practice::vocabulary::CaseStatus;

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
    diesel::update(agenda_items::table.find(item_id))
        .set((
            agenda_items::status.eq(status),
            agenda_items::outcome.eq(outcome),
            agenda_items::deferred_to_id.eq(deferred.and_then(|deferred| deferred.to)),
            agenda_items::decided_by.eq(tx.actor.principal.user_id()),
            agenda_items::decided_at.eq(tx.now),
            agenda_items::deferred_until.eq(deferred.map(|deferred| deferred.until)),
            agenda_items::version.eq(agenda_items::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A listed case goes on: heard, or watched because an alert was noted.
pub fn advance_case(tx: &mut Tx<'_>, case: &VisibleCase, to: &'static str) -> Result<()> {
    let listed = cases::status.eq(CaseStatus::Listed);
    diesel::update(cases::table.find(case.id).filter(listed))
        .set((cases::status.eq(to), cases::version.eq(cases::version + 1)))
        .execute(tx.conn)?;
    Ok(())
}

/// Takes what is still listed off the agenda of a meeting that will not take place, also cases closed to
/// the caller.
pub fn withdraw_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("withdraw_agenda"))
        .bind(meeting_id)
        .bind(tx.actor.principal.user_id())
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

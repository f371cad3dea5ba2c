//! Writing actions, their history, and the feed of changes.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::NewAction;
use super::model::{ActionEventKind, ActionStatus, Content, Note};
use kernel::crypto::{DataKey, Place};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::{VisibleAction, VisibleCase};

/// Seals what is to be done.
pub fn seal(key: &DataKey, action_id: Uuid, text: &str) -> Result<Vec<u8>> {
    let content = Content {
        text: text.to_owned(),
    };
    Ok(key.seal_json(Place::new("actions", "sealed", action_id), &content)?)
}

/// A new open action.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    action: &NewAction,
    agreed_on: NaiveDate,
) -> Result<()> {
    let sealed = seal(case.key(), action.id, &action.text)?;
    let needs: Vec<_> = action.needs.iter().map(|need| need.as_str()).collect();
    tx.sql(
        "insert into actions (id, marac_id, case_id, meeting_id, agenda_item_id, owner_agency_id, \
         owner_user_id, target, category, priority, due_on, agreed_on, status, needs, sealed, \
         status_at, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, 'open', $13, $14, $15, $16, $15)",
    )
    .bind(action.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(action.meeting_id)
    .bind(action.agenda_item_id)
    .bind(action.owner_agency_id)
    .bind(action.owner_user_id)
    .bind(action.target.as_str())
    .bind(action.category.as_str())
    .bind(action.priority.as_str())
    .bind(action.due_on)
    .bind(agreed_on)
    .bind(needs)
    .bind(sealed)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// What an action is after a change.
pub struct Present {
    pub status: ActionStatus,
    pub resolved: bool,
    pub due_on: NaiveDate,
    pub owner_agency_id: Uuid,
    pub owner_user_id: Option<Uuid>,
    pub superseded_by_id: Option<Uuid>,
}

/// Changes an action in sight. With a new due date it starts at the foot of the ladder.
pub fn update(tx: &mut Tx<'_>, action: &VisibleAction, present: &Present) -> Result<()> {
    tx.sql(
        "update actions set status = $2, resolved = $3, due_on = $4, owner_agency_id = $5, \
         owner_user_id = $6, superseded_by_id = $7, \
         status_at = case when status <> $2 then $8 else status_at end, \
         escalation = case when due_on <> $4 then 'none' else escalation end, \
         escalated_on = case when due_on <> $4 then null else escalated_on end, \
         version = version + 1 where id = $1",
    )
    .bind(action.id)
    .bind(present.status.as_str())
    .bind(present.resolved)
    .bind(present.due_on)
    .bind(present.owner_agency_id)
    .bind(present.owner_user_id)
    .bind(present.superseded_by_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// What one entry of the history says.
pub struct NewEvent<'a> {
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub action_id: Uuid,
    pub kind: ActionEventKind,
    pub status: ActionStatus,
    pub due_on: NaiveDate,
    pub owner_agency_id: Uuid,
    pub effective_on: NaiveDate,
    pub note: Option<&'a Note>,
}

/// Adds to an action's history, as the caller.
pub fn add_event(tx: &mut Tx<'_>, key: &DataKey, event: &NewEvent<'_>) -> Result<()> {
    let id = Uuid::now_v7();
    let place = Place::new("action_events", "sealed", id);
    let sealed = event
        .note
        .map(|note| key.seal_json(place, note))
        .transpose()?;
    let principal = &tx.actor.principal;
    tx.sql(
        "insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, \
         owner_agency_id, effective_on, by_user_id, by_actor_id, by_agency_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id)
    .bind(event.marac_id)
    .bind(event.case_id)
    .bind(event.action_id)
    .bind(event.kind.as_str())
    .bind(event.status.as_str())
    .bind(event.due_on)
    .bind(event.owner_agency_id)
    .bind(event.effective_on)
    .bind(principal.user_id())
    .bind(principal.actor_id())
    .bind(Some(tx.actor.agency_id).filter(|id| !id.is_nil()))
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Tells these agencies' feeds that an action changed.
pub fn tell(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    case_id: Uuid,
    action_id: Uuid,
    agencies: Vec<Uuid>,
) -> Result<()> {
    tx.sql(
        "insert into action_changes (action_id, marac_id, case_id, agency_id) \
         select $1, $2, $3, g from (select distinct unnest($4::uuid[]) as g) x",
    )
    .bind(action_id)
    .bind(marac_id)
    .bind(case_id)
    .bind(agencies)
    .execute(tx.conn)?;
    Ok(())
}

/// Tells these agencies' feeds that what they may see of a case changed.
pub fn tell_of_case(tx: &mut Tx<'_>, case_id: Uuid, agencies: Vec<Uuid>) -> Result<()> {
    tx.sql(
        "insert into action_changes (action_id, marac_id, case_id, agency_id, announced) \
         select id, marac_id, case_id, owner_agency_id, true from actions \
         where case_id = $1 and owner_agency_id = any ($2)",
    )
    .bind(case_id)
    .bind(agencies)
    .execute(tx.conn)?;
    Ok(())
}

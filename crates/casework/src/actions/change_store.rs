//! Writing actions, their history, and the feed of changes.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::NewAction;
use super::model::{
    ActionCategory, ActionEventKind, ActionPriority, ActionStatus, ActionTarget, Content, Need,
    Note,
};
use kernel::crypto::{DataKey, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{action_changes, action_events, actions};
use kernel::sql::{Whole, statement};
use kernel::visibility::{VisibleAction, VisibleCase};

/// Seals what is to be done.
pub fn seal(key: &DataKey, action_id: Uuid, text: &str) -> Result<Vec<u8>> {
    let content = Content {
        text: text.to_owned(),
    };
    Ok(key.seal_json(SealPlace::new("actions", "sealed", action_id), &content)?)
}

#[derive(Insertable)]
#[diesel(table_name = actions, treat_none_as_default_value = false)]
struct NewRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    meeting_id: Option<Uuid>,
    agenda_item_id: Option<Uuid>,
    owner_agency_id: Uuid,
    owner_user_id: Option<Uuid>,
    target: ActionTarget,
    category: ActionCategory,
    priority: ActionPriority,
    due_on: NaiveDate,
    agreed_on: NaiveDate,
    status: ActionStatus,
    status_at: DateTime<Utc>,
    needs: Whole<Need>,
    sealed: Vec<u8>,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

/// A new open action.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    action: &NewAction,
    agreed_on: NaiveDate,
) -> Result<()> {
    let sealed = seal(case.key(), action.id, &action.text)?;
    let row = NewRow {
        id: action.id,
        marac_id: case.marac_id,
        case_id: case.id,
        meeting_id: action.meeting_id,
        agenda_item_id: action.agenda_item_id,
        owner_agency_id: action.owner_agency_id,
        owner_user_id: action.owner_user_id,
        target: action.target,
        category: action.category,
        priority: action.priority,
        due_on: action.due_on,
        agreed_on,
        status: ActionStatus::Open,
        status_at: tx.now,
        needs: Whole(action.needs.clone()),
        sealed,
        created_by: tx.actor.principal.user_id(),
        created_at: tx.now,
    };
    diesel::insert_into(actions::table)
        .values(row)
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
    tx.sql(statement!("update_action"))
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

#[derive(Insertable)]
#[diesel(table_name = action_events, treat_none_as_default_value = false)]
struct EventRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    action_id: Uuid,
    kind: ActionEventKind,
    status: ActionStatus,
    due_on: NaiveDate,
    owner_agency_id: Uuid,
    effective_on: NaiveDate,
    by_user_id: Option<Uuid>,
    by_actor_id: Option<Uuid>,
    by_agency_id: Option<Uuid>,
    sealed: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
}

/// Adds to an action's history, as the caller.
pub fn add_event(tx: &mut Tx<'_>, key: &DataKey, event: &NewEvent<'_>) -> Result<()> {
    let id = Uuid::now_v7();
    let place = SealPlace::new("action_events", "sealed", id);
    let sealed = event
        .note
        .map(|note| key.seal_json(place, note))
        .transpose()?;
    let principal = &tx.actor.principal;
    let row = EventRow {
        id,
        marac_id: event.marac_id,
        case_id: event.case_id,
        action_id: event.action_id,
        kind: event.kind,
        status: event.status,
        due_on: event.due_on,
        owner_agency_id: event.owner_agency_id,
        effective_on: event.effective_on,
        by_user_id: principal.user_id(),
        by_actor_id: principal.actor_id(),
        by_agency_id: Some(tx.actor.agency_id).filter(|id| !id.is_nil()),
        sealed,
        created_at: tx.now,
    };
    diesel::insert_into(action_events::table)
        .values(row)
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
    tx.sql(statement!("tell"))
        .bind(action_id)
        .bind(marac_id)
        .bind(case_id)
        .bind(agencies)
        .execute(tx.conn)?;
    Ok(())
}

/// Tells these agencies' feeds that what they may see of a case changed.
pub fn tell_of_case(tx: &mut Tx<'_>, case_id: Uuid, agencies: Vec<Uuid>) -> Result<()> {
    use action_changes::dsl;
    let owned = actions::case_id
        .eq(case_id)
        .and(actions::owner_agency_id.eq_any(agencies));
    actions::table
        .filter(owned)
        .select((
            actions::id,
            actions::marac_id,
            actions::case_id,
            actions::owner_agency_id,
            true.into_sql::<Bool>(),
        ))
        .insert_into(dsl::action_changes)
        .into_columns((
            dsl::action_id,
            dsl::marac_id,
            dsl::case_id,
            dsl::agency_id,
            dsl::announced,
        ))
        .execute(tx.conn)?;
    Ok(())
}

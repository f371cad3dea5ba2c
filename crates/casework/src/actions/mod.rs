//! Actions: agreed at a meeting, owned by an agency, reported until each is done.
//!
//! `api` and `api_changes` are the operations, `shapes` what they answer; `rules` decides what may
//! become of an action; `lists` says which actions a list is of; `commands` carries decisions out,
//! with their history and the changes that feeds are read from; `otherwise` those that follow from
//! something else. `escalation` chases what is overdue; `standard` holds what an area agrees in every
//! case of a kind.

pub mod api;
pub mod api_changes;
mod change_store;
mod commands;
mod detail_store;
pub mod escalation;
mod escalation_store;
mod facts_store;
mod import_store;
mod lists;
mod model;
mod otherwise;
pub mod rules;
mod shapes;
mod standard;
pub mod standard_api;
mod standard_store;
mod store;
mod telling;

use chrono::NaiveDate;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use kernel::crypto::{DataKey, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;

pub use commands::{NewAction, agree};
pub use escalation::escalate;
pub use import_store::ImportedAction;
pub use model::{
    ActionCategory, ActionEventKind, ActionPriority, ActionStatus, ActionTarget, Escalation, Need,
    ReportedStatus, Resolution,
};
pub use otherwise::flag_placed;
pub use shapes::ActionRowOut;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(api::list_actions_route)
        .service(standard_api::read_standard_actions_route)
        .service(standard_api::set_standard_actions_route)
        .service(standard_api::agree_standard_actions_route)
        .service(api::list_case_actions_route)
        .service(api::get_action_route)
        .service(api::get_action_history_route)
        .service(api_changes::agree_action_route)
        .service(api_changes::report_action_route)
        .service(api_changes::change_action_route)
        .service(api_changes::reopen_action_route)
        .service(api_changes::resolve_action_route);
}

/// Tells the feeds of these agencies that what they may see of a case changed: to be called, in the
/// same transaction, by whoever sets or lifts an exclusion or a restriction, or sets or ends a share.
pub fn announce_case(tx: &mut Tx<'_>, case_id: Uuid, agency_ids: &[Uuid]) -> Result<()> {
    change_store::tell_of_case(tx, case_id, agency_ids.to_vec())
}

/// What a meeting takes up before its cases (R21), as far as it is in the caller's sight: reports of
/// not done and not possible that wait for the chair, then what is outstanding and due by its day.
/// At most `limit` of each, the most overdue first.
pub fn for_agenda(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    due_by: NaiveDate,
    limit: i64,
) -> Result<Vec<ActionRowOut>> {
    let mut rows = store::for_agenda(tx, marac_id, due_by, limit)?;
    rows.sort_by_key(|row| row.status.is_outstanding());
    let today = tx.today();
    let rows = rows.iter();
    rows.map(|row| shapes::row_out(row, &tx.keys, today))
        .collect()
}

/// Whether the case has an outstanding action: of this agency, or with `None` of any.
pub fn has_outstanding(
    tx: &mut Tx<'_>,
    case_id: Uuid,
    agency_id: impl Into<Option<Uuid>>,
) -> Result<bool> {
    facts_store::outstanding(tx, case_id, agency_id.into())
}

/// Whether an action of the case is outstanding, or one that was not done waits for the chair (R30).
pub fn has_incomplete(tx: &mut Tx<'_>, case_id: Uuid) -> Result<bool> {
    facts_store::incomplete(tx, case_id)
}

/// A scheduled meeting was held: what was agreed before and is not done is carried over (R29). To be
/// called once, when it is closed.
pub fn carry_over(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    escalation_store::carry_over(tx, meeting_id)
}

/// Seals what is to be done, for an import.
pub fn seal(key: &DataKey, action_id: Uuid, text: &str) -> Result<Vec<u8>> {
    change_store::seal(key, action_id, text)
}

/// What is to be done, opened.
pub fn open(key: &DataKey, action_id: Uuid, sealed: &[u8]) -> Result<String> {
    let content: model::Content =
        key.open_json(SealPlace::new("actions", "sealed", action_id), sealed)?;
    Ok(content.text)
}

/// The reason given with an event of an action, opened.
pub fn open_reason(key: &DataKey, event_id: Uuid, sealed: &[u8]) -> Result<Option<String>> {
    let place = SealPlace::new("action_events", "sealed", event_id);
    let note: model::Note = key.open_json(place, sealed)?;
    Ok(note.reason)
}

/// Takes a register's actions over, with the history that reports are read from.
///
/// A register tells what was known on its day: nothing in it became true later, so no event is dated
/// after `known_on`, though the list may hold actions for a meeting still to come.
pub fn import_batch(
    tx: &mut Tx<'_>,
    actions: Vec<ImportedAction>,
    known_on: NaiveDate,
) -> Result<()> {
    import_store::insert(tx, actions, known_on)
}

//! Agreeing, reporting, changing, re-opening, resolving: shapes and operations.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::commands::{self, Change, NewAction, Report, Word};
use super::model::{
    ActionCategory, ActionPriority, ActionTarget, Need, Note, ReportedStatus, Resolution,
};
use super::shapes::{ActionOut, detail};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened_locked;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, Created, Idempotency, IdempotencyKey, IfMatch, Path, Tagged, operation};
use kernel::visibility::{self, VisibleAction};
use practice::dates::{AnyDay, DueDay};
use practice::text::Text;

/// An action to agree.
#[derive(Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgreeActionIn {
    /// What is to be done: specific, and by whom.
    text: Text<2000>,
    /// The owner: an agency on the case (R26).
    owner_agency_id: Uuid,
    /// The person there.
    #[serde(default)]
    owner_user_id: Option<Uuid>,
    /// What kind it is.
    category: ActionCategory,
    /// Whom it is about.
    target: ActionTarget,
    /// How soon it matters; `normal` unless said.
    #[serde(default)]
    priority: ActionPriority,
    /// Due date: not before the meeting's day, or today (R26).
    due_on: DueDay,
    /// What its owner cannot do it without.
    #[serde(default)]
    #[validate(length(max = 2))]
    #[schema(max_items = 2)]
    needs: Vec<Need>,
    /// The meeting at which it was agreed.
    #[serde(default)]
    meeting_id: Option<Uuid>,
    /// The case's place on that meeting's agenda.
    #[serde(default)]
    agenda_item_id: Option<Uuid>,
}

impl AgreeActionIn {
    fn into_action(self, id: Uuid) -> NewAction {
        NewAction {
            id,
            text: self.text.into_string(),
            owner_agency_id: self.owner_agency_id,
            owner_user_id: self.owner_user_id,
            category: self.category,
            target: self.target,
            priority: self.priority,
            due_on: self.due_on.day(),
            needs: self.needs,
            meeting_id: self.meeting_id,
            agenda_item_id: self.agenda_item_id,
        }
    }
}

/// Agree an action of a case.
#[operation(post, "/cases/{case_id}/actions", tag = "actions", act = AgreeAction, says = "Agreed.")]
pub async fn agree_action(
    db: Data<Db>,
    caller: Caller,
    Path(case_id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<AgreeActionIn>,
) -> Result<Created<Tagged<ActionOut>>> {
    db.run(&caller, ACT.on("case", case_id), move |tx| {
        let case = opened_locked(tx, ACT, case_id)?;
        let claim = key.claim(tx, "agree_action", &(case_id, &body))?;
        if let Idempotency::Fresh(id) = claim {
            commands::agree(tx, &case, body.into_action(id))?;
        }
        let action = visibility::action(tx, ACT, claim.id())?;
        shown(
            tx,
            Audited::new(action, Event::of_case(&case).on("action", claim.id())),
        )
    })
    .await
    .map(Created)
}

/// The action after a change, as the one who made it sees it.
fn shown(tx: &mut Tx<'_>, changed: Audited<VisibleAction>) -> Result<Audited<Tagged<ActionOut>>> {
    let (version, body, _) = detail(tx, changed.value())?;
    Ok(changed.map(|_| Tagged::new(version, body)))
}

/// How an action stands.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReportActionIn {
    /// How it stands. That circumstances changed is not the same as that it was not done (R28).
    status: ReportedStatus,
    /// Since when, not before what is recorded already; today unless said.
    #[serde(default)]
    on: Option<AnyDay>,
    /// What changed, or why it was not done: required for those two (R28).
    #[serde(default)]
    reason: Option<Text<4000>>,
    /// What shows that it was done.
    #[serde(default)]
    evidence: Option<Text<4000>>,
}

/// Report on an action, as its owner (R27).
///
/// The coordinator may report in the owner's place; history and audit say so.
#[operation(post, "/actions/{id}/report", tag = "actions", act = ReportAction, says = "Reported.")]
pub async fn report_action(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<ReportActionIn>,
) -> Result<Tagged<ActionOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let report = Report {
            status: body.status,
            on: body.on.map(Into::into),
            note: Note {
                reason: body.reason.map(String::from),
                evidence: body.evidence.map(String::from),
                overridden: false,
            },
        };
        let changed = commands::report(tx, id, if_match, report)?;
        shown(tx, changed)
    })
    .await
}

/// A new owner, a new due date, or both.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeActionIn {
    /// Why.
    reason: Text<4000>,
    /// The new owner: an agency on the case. A person named before is no longer.
    #[serde(default)]
    owner_agency_id: Option<Uuid>,
    /// The person there.
    #[serde(default)]
    owner_user_id: Option<Uuid>,
    /// The new due date, not before today.
    #[serde(default)]
    due_on: Option<DueDay>,
}

/// Re-assign or re-schedule an outstanding action, with a reason.
#[operation(post, "/actions/{id}/change", tag = "actions", act = ChangeAction, says = "Changed.")]
pub async fn change_action(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<ChangeActionIn>,
) -> Result<Tagged<ActionOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let change = Change {
            reason: body.reason.into_string(),
            owner_agency_id: body.owner_agency_id,
            owner_user_id: body.owner_user_id,
            due_on: body.due_on.map(Into::into),
        };
        let changed = commands::change(tx, id, if_match, change)?;
        shown(tx, changed)
    })
    .await
}

/// Why a report is taken back.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReopenActionIn {
    /// Why.
    reason: Text<4000>,
}

/// Take a report back: the action is open again.
#[operation(post, "/actions/{id}/reopen", tag = "actions", act = ChangeAction, says = "Open again.")]
pub async fn reopen_action(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<ReopenActionIn>,
) -> Result<Tagged<ActionOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let changed = commands::reopen(tx, id, if_match, body.reason.into_string())?;
        shown(tx, changed)
    })
    .await
}

/// The chair's word.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ResolveActionIn {
    /// What is decided.
    decision: Resolution,
    /// Why.
    reason: Text<4000>,
    /// The action of the same case in its place, when superseded.
    #[serde(default)]
    superseded_by: Option<Uuid>,
    /// The new due date, not before today, when re-set.
    #[serde(default)]
    due_on: Option<DueDay>,
}

/// Accept that an action was not done or not possible, re-set it, supersede it, or cancel it.
#[operation(post, "/actions/{id}/resolve", tag = "actions", act = ResolveAction, says = "Resolved.")]
pub async fn resolve_action(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<ResolveActionIn>,
) -> Result<Tagged<ActionOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let word = Word {
            resolution: body.decision,
            reason: body.reason.into_string(),
            superseded_by: body.superseded_by,
            due_on: body.due_on.map(Into::into),
        };
        let changed = commands::resolve(tx, id, if_match, word)?;
        shown(tx, changed)
    })
    .await
}

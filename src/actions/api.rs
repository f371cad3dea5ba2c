//! Reading actions: shapes and handlers.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::commands::standing;
use super::lists::{self, ListQuery, ListedOut};
use super::model::{
    ActionCategory, ActionEventKind, ActionPriority, ActionStatus, ActionTarget, Need,
};
use super::rules;
use super::store::{self, ActionRow};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::crypto::{KeyRing, Place};
use crate::db::Tx;
use crate::error::Result;
use crate::http::{Page, PageQuery, Path, Problems, Query, etag, paged, tagged};
use crate::parties::model::{AddressKind, ContactKind};
use crate::policy::Act;
use crate::policy::lens::FieldGroup;
use crate::policy::visibility::{self, VisibleAction};
use crate::vocabulary::YesNoUnknown;

/// An action as it stands in lists.
#[derive(Serialize, ToSchema)]
pub struct ActionRowOut {
    /// Id.
    id: Uuid,
    /// Its case.
    case_id: Uuid,
    /// The case's code.
    case_code: String,
    /// Its MARAC.
    marac_id: Uuid,
    /// The survivor's name; null when it is not known.
    survivor: Option<String>,
    /// What is to be done; null once the case's content was destroyed.
    text: Option<String>,
    /// What kind it is.
    category: ActionCategory,
    /// Whom it is about.
    target: ActionTarget,
    /// How soon it matters.
    priority: ActionPriority,
    /// Due date.
    due_on: NaiveDate,
    /// Outstanding, and the due date is past.
    overdue: bool,
    /// Where it is in its life cycle.
    status: ActionStatus,
    /// Reported as not done or not possible, and not yet dealt with by the chair.
    unresolved: bool,
    /// The owner.
    owner_agency_id: Uuid,
    /// The owner's name.
    owner_agency: String,
    /// The person there, if one is named.
    owner_user_id: Option<Uuid>,
    /// Groups attached to it because its owner cannot do it without; read the action to get them.
    needs: Vec<Need>,
    /// Meetings that found it still outstanding (R29).
    carried_over: i16,
    /// Version.
    etag: String,
}

impl ActionRowOut {
    /// Its place in a list.
    pub(super) fn place(&self) -> (NaiveDate, Uuid) {
        (self.due_on, self.id)
    }
}

/// The shape of a row.
pub(super) fn row_out(row: &ActionRow, keys: &KeyRing, today: NaiveDate) -> Result<ActionRowOut> {
    let opened = row.open(keys)?;
    Ok(ActionRowOut {
        id: row.id,
        case_id: row.case_id,
        case_code: row.case_code.clone(),
        marac_id: row.marac_id,
        survivor: opened.survivor,
        text: opened.text,
        category: row.category,
        target: row.target,
        priority: row.priority,
        due_on: row.due_on,
        overdue: row.status.is_outstanding() && row.due_on < today,
        status: row.status,
        unresolved: row.status.needs_the_chair() && !row.resolved,
        owner_agency_id: row.owner_agency_id,
        owner_agency: row.owner_agency.clone(),
        owner_user_id: row.owner_user_id,
        needs: row.needs.clone(),
        carried_over: row.carried_over,
        etag: etag(row.version),
    })
}

/// An action with what its reader gets of the case.
#[derive(Serialize, ToSchema)]
pub struct ActionOut {
    /// As in lists.
    #[serde(flatten)]
    row: ActionRowOut,
    /// When it was agreed.
    agreed_on: NaiveDate,
    /// The meeting at which it was agreed.
    meeting_id: Option<Uuid>,
    /// The case's place on that meeting's agenda.
    agenda_item_id: Option<Uuid>,
    /// Since when it has this status.
    status_at: DateTime<Utc>,
    /// The action in its place.
    superseded_by: Option<Uuid>,
    /// What an imported record left out.
    gaps: Vec<String>,
    /// The survivor's addresses, confidential ones too; absent when withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<ActionAddressOut>>,
    /// The survivor's contacts that are safe in some way; absent when withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    safe_contacts: Option<Vec<ActionContactOut>>,
    /// Attachable groups that this reader does not get.
    withheld: Vec<FieldGroup>,
}

/// An address that goes with an action.
#[derive(Serialize, ToSchema)]
pub struct ActionAddressOut {
    /// Id.
    id: Uuid,
    /// What it is to the survivor.
    kind: AddressKind,
    /// Lines of the address, without the postcode.
    lines: String,
    /// Postcode.
    postcode: Option<String>,
    /// Not to be given to anybody else.
    confidential: bool,
    /// Whether the perpetrator knows it. Unknown counts as no.
    known_to_perpetrator: YesNoUnknown,
}

/// A contact that goes with an action.
#[derive(Serialize, ToSchema)]
pub struct ActionContactOut {
    /// Id.
    id: Uuid,
    /// What it is.
    kind: ContactKind,
    /// Number, e-mail address, or the third party's name, relation and number.
    value: String,
    /// Safe to call.
    safe_to_call: bool,
    /// Safe to text.
    safe_to_text: bool,
    /// Safe to leave a voicemail.
    safe_voicemail: bool,
    /// Call from a withheld number.
    withheld_number: bool,
    /// Best times, code words, what to say if somebody else answers.
    notes: Option<String>,
}

/// Of a sealed address, what goes with an action.
#[derive(Deserialize)]
struct AddressSeal {
    lines: String,
    #[serde(default)]
    postcode: Option<String>,
}

/// Of a sealed contact, what goes with an action.
#[derive(Deserialize)]
struct ContactSeal {
    value: String,
    #[serde(default)]
    notes: Option<String>,
}

fn addresses(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ActionAddressOut>> {
    let rows = store::addresses(tx, action)?;
    let rows = rows.into_iter().map(|row| {
        let place = Place::new("party_addresses", "sealed", row.id);
        let seal: AddressSeal = action.key().open_json(place, &row.sealed)?;
        Ok(ActionAddressOut {
            id: row.id,
            kind: row.kind,
            lines: seal.lines,
            postcode: seal.postcode,
            confidential: row.confidential,
            known_to_perpetrator: row.known_to_perpetrator,
        })
    });
    rows.collect()
}

fn safe_contacts(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ActionContactOut>> {
    let rows = store::safe_contacts(tx, action)?;
    let rows = rows.into_iter().map(|row| {
        let place = Place::new("party_contacts", "sealed", row.id);
        let seal: ContactSeal = action.key().open_json(place, &row.sealed)?;
        Ok(ActionContactOut {
            id: row.id,
            kind: row.kind,
            value: seal.value,
            safe_to_call: row.safe_to_call,
            safe_to_text: row.safe_to_text,
            safe_voicemail: row.safe_voicemail,
            withheld_number: row.withheld_number,
            notes: seal.notes,
        })
    });
    rows.collect()
}

/// An action in sight, its version, and what of it goes into the audit.
pub(super) fn detail(
    tx: &mut Tx<'_>,
    action: &VisibleAction,
) -> Result<(i32, ActionOut, Vec<&'static str>)> {
    let row = store::row(tx, action)?;
    let by = standing(tx, action);
    let shows = |need| rules::shows(need, row.status, &row.needs, by);
    let mut read = Vec::new();
    let mut shown = (None, None);
    if shows(Need::Address) {
        read.push(Need::Address.as_str());
        shown.0 = Some(addresses(tx, action)?);
    }
    if shows(Need::SafeContact) {
        read.push(Need::SafeContact.as_str());
        shown.1 = Some(safe_contacts(tx, action)?);
    }
    let out = ActionOut {
        agreed_on: row.agreed_on,
        meeting_id: row.meeting_id,
        agenda_item_id: row.agenda_item_id,
        status_at: row.status_at,
        superseded_by: row.superseded_by_id,
        gaps: row.gaps.clone(),
        addresses: shown.0,
        safe_contacts: shown.1,
        withheld: rules::withheld(row.status, &row.needs, by),
        row: row_out(&row, &tx.keys, tx.today())?,
    };
    Ok((row.version, out, read))
}

/// The work list: outstanding actions of the own agency, across cases and MARACs.
///
/// By due date, the most overdue first. With `changed_after` instead the agency's changes in commit
/// order: `start` for the first poll, then each answer's `next_cursor`, which is always given; each
/// item is the action as it may be seen now, or `{id, gone: true}`. After a change of roles, start
/// again.
#[utoipa::path(tag = "actions", operation_id = "list_actions", params(ListQuery), responses(
    (status = 200, description = "Actions, or changes of actions.", body = Page<ListedOut>), Problems))]
#[get("/actions")]
pub async fn list_actions(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let query = query.0;
    let feed = query.changed_after.is_some();
    let page = state
        .db
        .run(&caller, Act::ListActions.ask(), move |tx| {
            let page = match &query.changed_after {
                Some(after) => lists::feed(tx, &query, after)?,
                None => lists::page(tx, &query)?,
            };
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(match feed {
        true => HttpResponse::Ok().json(page),
        false => paged(&request, &page),
    })
}

/// The actions of a case, whatever their status.
#[utoipa::path(tag = "actions", operation_id = "list_case_actions",
    params(("case_id" = Uuid, Path, description = "The case."), PageQuery), responses(
    (status = 200, description = "Actions by due date.", body = Page<ActionRowOut>), Problems))]
#[get("/cases/{case_id}/actions")]
pub async fn list_case_actions(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    case_id: Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (case_id, query) = (case_id.0, query.0);
    let page = state
        .db
        .run(&caller, Act::ListActions.on("case", case_id), move |tx| {
            let case = visibility::case(tx, Act::ListActions, case_id)?;
            let page = lists::of_case(tx, case.id, &query)?;
            let event = Event::of_case(&case).rows(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// An action, with the groups of the case that its owner needs for it.
///
/// The owner sees its outstanding actions whatever has become of the share: the action, the
/// survivor's name and what `needs` names, nothing else of the case.
#[utoipa::path(tag = "actions", operation_id = "get_action",
    params(("id" = Uuid, Path, description = "The action.")), responses(
    (status = 200, description = "The action.", body = ActionOut), Problems))]
#[get("/actions/{id}")]
pub async fn get_action(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let (version, body) = state
        .db
        .run(&caller, Act::ReadAction.on("action", id), move |tx| {
            let action = visibility::action(tx, Act::ReadAction, id)?;
            let (version, body, read) = detail(tx, &action)?;
            let event = Event::of_action(&action).fields(read);
            Ok(Audited::new((version, body), event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &body))
}

/// What happened to an action.
#[derive(Serialize, ToSchema)]
pub struct ActionEventOut {
    /// Id.
    id: Uuid,
    /// What happened.
    kind: ActionEventKind,
    /// The status it had then.
    status: ActionStatus,
    /// The due date it had then.
    due_on: NaiveDate,
    /// The owner it had then.
    owner_agency_id: Uuid,
    /// That owner's name.
    owner_agency: String,
    /// From which day it holds.
    effective_on: NaiveDate,
    /// When it was recorded.
    at: DateTime<Utc>,
    /// The account that recorded it; null for an import.
    by_user_id: Option<Uuid>,
    /// The registered actor a client acted for.
    by_actor_id: Option<Uuid>,
    /// Their agency.
    by_agency_id: Option<Uuid>,
    /// Why, or what changed.
    reason: Option<String>,
    /// What shows that it was done.
    evidence: Option<String>,
    /// The coordinator reported in the owner's place (R27).
    overridden: bool,
}

fn event_out(action: &VisibleAction, row: store::EventRow) -> Result<ActionEventOut> {
    let note = row.note(action)?;
    Ok(ActionEventOut {
        id: row.id,
        kind: row.kind,
        status: row.status,
        due_on: row.due_on,
        owner_agency_id: row.owner_agency_id,
        owner_agency: row.owner_agency,
        effective_on: row.effective_on,
        at: row.created_at,
        by_user_id: row.by_user_id,
        by_actor_id: row.by_actor_id,
        by_agency_id: row.by_agency_id,
        reason: note.reason,
        evidence: note.evidence,
        overridden: note.overridden,
    })
}

/// What happened to an action, oldest first.
#[utoipa::path(tag = "actions", operation_id = "get_action_history",
    params(("id" = Uuid, Path, description = "The action.")), responses(
    (status = 200, description = "Its history, whole.", body = Page<ActionEventOut>), Problems))]
#[get("/actions/{id}/history")]
pub async fn get_action_history(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let page = state
        .db
        .run(&caller, Act::ReadAction.on("action", id), move |tx| {
            let action = visibility::action(tx, Act::ReadAction, id)?;
            let rows = store::history(tx, &action)?;
            let items = rows.into_iter().map(|row| event_out(&action, row));
            let page = Page {
                items: items.collect::<Result<Vec<_>>>()?,
                next_cursor: None,
            };
            let event = Event::of_action(&action)
                .fields(["history"])
                .rows(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

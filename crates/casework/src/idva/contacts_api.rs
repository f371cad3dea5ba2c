//! Contacts with the survivor over HTTP: recorded after they were made, never made from here.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::contacts_store::{self as store, ContactRow, NewContact, Words};
use super::rules::{self, Tried};
use super::{ContactChannel, ContactPurpose, ContactResult, must_have};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, Json, Page, PageQuery, Path, Query, operation,
};
use kernel::policy::lens::Basis;
use kernel::visibility::VisibleCase;
use practice::dates::AnyMoment;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_idva_contacts_route)
        .service(record_idva_contact_route);
}

/// A time the survivor was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdvaContactOut {
    /// Id.
    id: Uuid,
    /// The allocation it belongs to.
    allocation_id: Uuid,
    /// The service.
    agency_id: Uuid,
    /// Who tried.
    by_user_id: Option<Uuid>,
    /// What for.
    purpose: ContactPurpose,
    /// How.
    channel: ContactChannel,
    /// By which of the survivor's contacts; null in person.
    contact_id: Option<Uuid>,
    /// Whether that was marked safe (R8).
    marked_safe: bool,
    /// Why it was used although it was not.
    unsafe_reason: Option<String>,
    /// What came of it.
    result: ContactResult,
    /// When.
    tried_at: DateTime<Utc>,
    /// The meeting it was for.
    meeting_id: Option<Uuid>,
    /// The survivor's views and priorities, for the meeting.
    views: Option<String>,
    /// What they were told.
    told: Option<String>,
    /// More.
    note: Option<String>,
}

fn out(case: &VisibleCase, row: ContactRow) -> Result<IdvaContactOut> {
    let words = row.words(case)?;
    Ok(IdvaContactOut {
        id: row.id,
        allocation_id: row.allocation_id,
        agency_id: row.agency_id,
        by_user_id: row.by_user_id,
        purpose: row.purpose,
        channel: row.channel,
        contact_id: row.contact_id,
        marked_safe: row.marked_safe,
        unsafe_reason: words.unsafe_reason,
        result: row.result,
        tried_at: row.tried_at,
        meeting_id: row.meeting_id,
        views: words.views,
        told: words.told,
        note: words.note,
    })
}

/// The contacts with the survivor, newest first: for coordinator, chair and the allocated service.
#[operation(get, "/cases/{case_id}/idva-contacts", tag = "idva", act = ReadIdva, says = "A page of contacts.")]
pub async fn list_idva_contacts(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(paging): Query<PageQuery>,
) -> Result<Page<IdvaContactOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        must_have(&case)?;
        let rows = store::page(tx, &case, paging.after()?, paging.limit() + 1)?;
        let page = Page::of(rows, paging.limit(), |row| (row.tried_at, row.id));
        let next_cursor = page.next_cursor;
        let items = page.items.into_iter().map(|row| out(&case, row));
        let page = Page {
            items: items.collect::<Result<Vec<_>>>()?,
            next_cursor,
        };
        let event = Event::of_case(&case).fields(["idva_contacts"]);
        let event = event.rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// A contact to record.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IdvaContactIn {
    /// What for.
    purpose: ContactPurpose,
    /// How.
    channel: ContactChannel,
    /// By which of the survivor's contacts; left out in person.
    #[serde(default)]
    contact_id: Option<Uuid>,
    /// What came of it.
    result: ContactResult,
    /// When; now unless said.
    #[serde(default)]
    tried_at: Option<AnyMoment>,
    /// The meeting it was for.
    #[serde(default)]
    meeting_id: Option<Uuid>,
    /// Why a channel was used that is not marked safe: required then (R8).
    #[serde(default)]
    unsafe_reason: Option<Text<2000>>,
    /// The survivor's views and priorities, for the meeting.
    #[serde(default)]
    views: Option<Text<8000>>,
    /// What they were told.
    #[serde(default)]
    told: Option<Text<8000>>,
    /// More.
    #[serde(default)]
    note: Option<Text<4000>>,
}

/// Record a contact with the survivor, as the allocated IDVA: before the meeting, or telling them
/// after it what was agreed.
///
/// It records what somebody did; the system contacts no survivor. A channel that is not marked safe is
/// refused as `channel_not_safe` unless the reason it was used is given; it is then marked.
#[operation(post, "/cases/{case_id}/idva-contacts", tag = "idva", act = RecordIdvaContact, says = "Recorded.")]
pub async fn record_idva_contact(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<IdvaContactIn>,
) -> Result<Created<Json<IdvaContactOut>>> {
    let body = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            if !case.has_basis(Basis::Allocation) {
                return Err(Code::Forbidden.into());
            }
            let claim = key.claim(tx, "record_idva_contact", &(id, &body))?;
            if let Idempotency::Fresh(contact) = claim {
                record(tx, &case, contact, body)?;
            }
            let row = store::one(tx, &case, claim.id())?;
            let event = Event::of_case(&case).on("idva_contact", claim.id());
            let event = match row.marked_safe {
                true => event,
                false => event.fields(["channel_not_safe"]),
            };
            Ok(Audited::new(out(&case, row)?, event))
        })
        .await?;
    Ok(Created(Json(body)))
}

fn record(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, body: IdvaContactIn) -> Result<()> {
    let live = super::store::live(tx, case)?
        .filter(|live| live.agency_id == tx.actor.agency_id)
        .ok_or_else(|| Error::conflict("not_allocated"))?;
    let contact = match body.contact_id {
        Some(contact) => store::survivors_contact(tx, case, contact)?,
        None => None,
    };
    let tried_at = body.tried_at.map_or(tx.now, Into::into);
    let tried = Tried {
        purpose: body.purpose,
        channel: body.channel,
        result: body.result,
        at: tried_at,
        contact_named: body.contact_id.is_some(),
        contact,
        unsafe_reason: body.unsafe_reason.as_deref(),
        views: body.views.is_some(),
        heard: store::was_heard(tx, case)?,
    };
    let marked_safe = rules::check(tried, tx.now)?;
    if let Some(meeting) = body.meeting_id
        && !store::meeting_exists(tx, case.marac_id, meeting)?
    {
        let message = "There is no such meeting of the case's MARAC.";
        return Err(Error::field("/meeting_id", "unknown", message));
    }
    let new = NewContact {
        id,
        allocation_id: live.id,
        agency_id: live.agency_id,
        purpose: body.purpose,
        channel: body.channel,
        contact_id: body.contact_id,
        marked_safe,
        result: body.result,
        tried_at,
        meeting_id: body.meeting_id,
        words: Words {
            views: body.views.map(String::from),
            told: body.told.map(String::from),
            note: body.note.map(String::from),
            unsafe_reason: body
                .unsafe_reason
                .filter(|_| !marked_safe)
                .map(String::from),
        },
    };
    store::insert(tx, case, &new)
}

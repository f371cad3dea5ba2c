//! Allocations over HTTP.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, AllocationRow, Present};
use super::{Engagement, give, must_have};
use crate::circle;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Change, Changes, Created, Idempotency, IdempotencyKey, IfMatch, Page, Patch, Path,
    Tagged, etag, operation,
};
use kernel::visibility::VisibleCase;
use practice::text::Text;
use practice::vocabulary::CaseStatus;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_idva_allocations_route)
        .service(allocate_idva_route)
        .service(change_idva_allocation_route)
        .service(end_idva_allocation_route);
}

/// An IDVA service's allocation of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdvaAllocationOut {
    /// Id.
    id: Uuid,
    /// The service.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// The IDVA, where one is named.
    user_id: Option<Uuid>,
    /// From.
    from: NaiveDate,
    /// To; null while it stands.
    to: Option<NaiveDate>,
    /// Whether the survivor takes up the support.
    engagement: Engagement,
    /// Since when.
    engagement_on: Option<NaiveDate>,
    /// By when the survivor is to be tried for the first time.
    contact_due_at: DateTime<Utc>,
    /// When they first were.
    contacted_at: Option<DateTime<Utc>>,
    /// Nobody has tried, and the time is past.
    contact_overdue: bool,
    /// Times they were tried, feedback apart.
    contacts: i64,
    /// Times they were told what was agreed.
    feedback: i64,
    /// What was said of it.
    note: Option<String>,
    /// Version.
    etag: String,
}

fn out(tx: &Tx<'_>, case: &VisibleCase, row: &AllocationRow) -> Result<IdvaAllocationOut> {
    let waits = row.ends_on.is_none() && row.contacted_at.is_none();
    Ok(IdvaAllocationOut {
        id: row.id,
        agency_id: row.agency_id,
        agency: row.agency.clone(),
        user_id: row.user_id,
        from: row.starts_on,
        to: row.ends_on,
        engagement: row.engagement,
        engagement_on: row.engagement_on,
        contact_due_at: row.contact_due_at,
        contacted_at: row.contacted_at,
        contact_overdue: waits && row.contact_due_at < tx.now,
        contacts: row.contacts,
        feedback: row.feedback,
        note: row.note(case)?,
        etag: etag(row.version),
    })
}

/// An allocation as it is now, and what goes into the audit.
fn shown(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
) -> Result<Audited<Tagged<IdvaAllocationOut>>> {
    let row = store::one(tx, case, id)?;
    let out = out(tx, case, &row)?;
    let event = Event::of_case(case).on("idva_allocation", id);
    Ok(Audited::new(
        Tagged::new(row.version, out),
        event.fields(["allocation"]),
    ))
}

/// The IDVA allocations of a case, newest first: for coordinator, chair and the allocated service.
#[operation(get, "/cases/{case_id}/idva", tag = "idva", act = ReadIdva, says = "All of them on one page.")]
pub async fn list_idva_allocations(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<IdvaAllocationOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        must_have(&case)?;
        let rows = store::all(tx, &case)?;
        let items = rows.iter().map(|row| out(tx, &case, row));
        let page = Page {
            items: items.collect::<Result<Vec<_>>>()?,
            next_cursor: None,
        };
        let event = Event::of_case(&case).fields(["allocation"]);
        let event = event.rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// Who gets a case.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AllocateIdvaIn {
    /// The IDVA service: a member of the case's MARAC.
    agency_id: Uuid,
    /// The IDVA there, where one is named.
    #[serde(default)]
    user_id: Option<Uuid>,
}

/// Refuses somebody who has no live account with the service.
fn check_person(tx: &mut Tx<'_>, agency_id: Uuid, user_id: Option<Uuid>) -> Result<()> {
    match user_id {
        Some(user) if !store::is_of(tx, agency_id, user)? => Err(Error::field(
            "/user_id",
            "not_of_agency",
            "The IDVA must have a live account with the service.",
        )),
        _ => Ok(()),
    }
}

/// Allocate a case to an IDVA service, and to an IDVA there by name. Another's allocation ends.
///
/// The hours for the first contact begin now. Refused as `already_allocated` for the service that has
/// it: change its allocation instead.
#[operation(post, "/cases/{case_id}/idva", tag = "idva", act = AllocateIdva, says = "Allocated.")]
pub async fn allocate_idva(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<AllocateIdvaIn>,
) -> Result<Created<Tagged<IdvaAllocationOut>>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        let claim = key.claim(tx, "allocate_idva", &(id, &body))?;
        if let Idempotency::Fresh(allocation) = claim {
            check_open(&case)?;
            circle::must_be_idva_service(tx, &case, "/agency_id", body.agency_id)?;
            check_person(tx, body.agency_id, body.user_id)?;
            let live = store::live(tx, &case)?;
            if live.is_some_and(|live| live.agency_id == body.agency_id) {
                return Err(Error::conflict("already_allocated"));
            }
            give(tx, &case, allocation, body.agency_id, body.user_id)?;
        }
        shown(tx, &case, claim.id())
    })
    .await
    .map(Created)
}

fn check_open(case: &VisibleCase) -> Result<()> {
    match case.row.status {
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring => Ok(()),
        _ => Err(Error::conflict("case_not_open")),
    }
}

/// What to change of an allocation.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeIdvaAllocationIn {
    /// The IDVA: a live account with the service.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    user_id: Patch<Uuid>,
    /// Whether the survivor takes up the support.
    #[serde(default)]
    #[schema(value_type = Engagement)]
    engagement: Change<Engagement>,
    /// What is to be said of it, in the place of what was.
    #[serde(default)]
    #[schema(value_type = Option<Text<4000>>)]
    note: Patch<Text<4000>>,
}

/// Name the IDVA, or record whether the survivor engages: by the service, or the coordinator.
#[operation(patch, "/cases/{case_id}/idva/{allocation_id}", tag = "idva", act = ChangeIdvaAllocation,
    says = "Changed.")]
pub async fn change_idva_allocation(
    db: Data<Db>,
    caller: Caller,
    Path((case_id, id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<ChangeIdvaAllocationIn>,
) -> Result<Tagged<IdvaAllocationOut>> {
    let body = body.0;
    db.run(&caller, ACT.on("idva_allocation", id), move |tx| {
        let case = opened_locked(tx, ACT, case_id)?;
        must_have(&case)?;
        let row = standing(tx, &case, id, if_match)?;
        check_person(tx, row.agency_id, body.user_id.value().copied())?;
        let mut present = Present {
            user_id: row.user_id,
            engagement: row.engagement,
            note: row.note(&case)?,
            ends_on: None,
        };
        if !body.apply(&mut present).is_empty() {
            store::update(tx, &case, &row, &present)?;
        }
        shown(tx, &case, id)
    })
    .await
}

impl ChangeIdvaAllocationIn {
    /// The allocation after the change.
    fn apply(self, present: &mut Present) -> Changes {
        let Self {
            user_id,
            engagement,
            note,
        } = self;
        let mut changes = Changes::default();
        changes.take("user_id", &mut present.user_id, user_id);
        changes.take("engagement", &mut present.engagement, engagement);
        changes.take("note", &mut present.note, note);
        changes
    }
}

/// An allocation that stands, at the version the caller read.
fn standing(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    if_match: IfMatch,
) -> Result<AllocationRow> {
    let row = store::one(tx, case, id)?;
    if_match.check(row.version)?;
    match row.ends_on {
        None => Ok(row),
        Some(_) => Err(Error::conflict("allocation_ended")),
    }
}

/// Why an allocation ends.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndIdvaAllocationIn {
    /// Why.
    reason: Text<4000>,
}

/// End an allocation without another. The service no longer sees the case by it.
#[operation(post, "/cases/{case_id}/idva/{allocation_id}/end", tag = "idva", act = AllocateIdva,
    says = "Ended.")]
pub async fn end_idva_allocation(
    db: Data<Db>,
    caller: Caller,
    Path((case_id, id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<EndIdvaAllocationIn>,
) -> Result<Tagged<IdvaAllocationOut>> {
    let reason = body.0.reason;
    db.run(&caller, ACT.on("idva_allocation", id), move |tx| {
        let case = opened_locked(tx, ACT, case_id)?;
        let row = standing(tx, &case, id, if_match)?;
        let present = Present {
            user_id: row.user_id,
            engagement: row.engagement,
            note: Some(reason.into_string()),
            ends_on: Some(tx.today()),
        };
        store::update(tx, &case, &row, &present)?;
        circle::close_to_idva(tx, &case)?;
        shown(tx, &case, id)
    })
    .await
}

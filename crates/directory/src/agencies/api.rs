//! Agencies: registered once for all MARACs.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, Agency};
use super::{create, find, rules};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{
    Body, Change, Changes, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path, Problems,
    Query, StepUpProblems, VersionProblems, WriteProblems, etag, paged, tagged,
};
use kernel::policy::{self, Act};
use practice::text::Line;
use practice::vocabulary::AgencyKind;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_agencies)
        .service(create_agency)
        .service(read_agency)
        .service(change_agency)
        .service(close_agency);
}

/// An agency to be registered.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewAgency {
    /// Its name.
    pub name: Line<200>,
    /// What kind it is; returns count referrals by it.
    pub kind: AgencyKind,
}

/// What changes of an agency.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgencyChange {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Change<Line<200>>,
    /// What kind it is.
    #[serde(default)]
    #[schema(value_type = AgencyKind)]
    kind: Change<AgencyKind>,
}

/// Which agencies.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgencyQuery {
    /// Of this kind only.
    kind: Option<AgencyKind>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

/// An agency.
#[derive(Serialize, ToSchema)]
pub struct AgencyOut {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What kind it is.
    kind: AgencyKind,
    /// When it was closed; null while it is open.
    closed_at: Option<DateTime<Utc>>,
    /// Its version.
    etag: String,
}

impl From<Agency> for AgencyOut {
    fn from(agency: Agency) -> Self {
        Self {
            id: agency.id,
            name: agency.name,
            kind: agency.kind,
            closed_at: agency.closed_at,
            etag: etag(agency.version),
        }
    }
}

/// List agencies.
#[utoipa::path(tag = "agencies", operation_id = "list_agencies", params(AgencyQuery), responses(
    (status = 200, description = "A page of agencies.", body = Page<AgencyOut>), Problems))]
#[get("/agencies")]
async fn list_agencies(
    request: HttpRequest,
    db: Data<Db>,
    caller: Caller,
    query: Query<AgencyQuery>,
) -> Result<HttpResponse> {
    let AgencyQuery {
        kind,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    let page = db
        .run(&caller, Act::ListAgencies.ask(), move |tx| {
            let rows = store::list(tx, kind, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page.map(AgencyOut::from)))
}

/// Register an agency.
#[utoipa::path(tag = "agencies", operation_id = "create_agency", request_body = NewAgency,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry the same agency.")),
    responses((status = 201, description = "Registered.", body = AgencyOut), Problems, WriteProblems))]
#[post("/agencies")]
async fn create_agency(
    db: Data<Db>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<NewAgency>,
) -> Result<HttpResponse> {
    let new = body.0;
    let agency = db
        .run(&caller, Act::CreateAgency.ask(), move |tx| {
            let claimed = key.claim(tx, "create_agency", &new)?;
            if let Idempotency::Fresh(id) = claimed {
                create(tx, id, &new)?;
            }
            let agency = find(tx, claimed.id())?;
            let event = Event::new().on("agency", agency.id);
            Ok(Audited::new(agency, event))
        })
        .await?;
    Ok(answer(HttpResponse::Created(), agency))
}

fn answer(response: actix_web::HttpResponseBuilder, agency: Agency) -> HttpResponse {
    let version = agency.version;
    tagged(response, version, &AgencyOut::from(agency))
}

/// Read an agency.
#[utoipa::path(tag = "agencies", operation_id = "read_agency",
    params(("id" = Uuid, Path, description = "The agency.")),
    responses((status = 200, description = "The agency.", body = AgencyOut), Problems))]
#[get("/agencies/{id}")]
async fn read_agency(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = id.0;
    let agency = db
        .run(&caller, Act::ReadAgency.on("agency", id), move |tx| {
            Ok(Audited::new(find(tx, id)?, Event::new()))
        })
        .await?;
    Ok(answer(HttpResponse::Ok(), agency))
}

/// The agency, locked, if the caller may change it: an agency sits in many MARACs, so it takes the
/// coordinator of every one of them, or an administrator.
fn to_change(tx: &mut Tx<'_>, id: Uuid, if_match: IfMatch) -> Result<Agency> {
    let agency = store::find_locked(tx, id)?.ok_or_else(policy::hidden)?;
    for marac_id in store::maracs_of(tx, id)? {
        policy::may_in(&tx.actor, Act::ChangeAgency, marac_id)?;
    }
    if_match.check(agency.version)?;
    Ok(agency)
}

/// Change an agency's name or kind.
///
/// As an administrator, or as coordinator of every MARAC it belongs to.
#[utoipa::path(tag = "agencies", operation_id = "change_agency", request_body = AgencyChange,
    params(("id" = Uuid, Path, description = "The agency."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "As it is now.", body = AgencyOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[patch("/agencies/{id}")]
async fn change_agency(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<AgencyChange>,
) -> Result<HttpResponse> {
    let (id, change) = (id.0, body.0);
    let agency = db
        .run(&caller, Act::ChangeAgency.on("agency", id), move |tx| {
            let mut agency = to_change(tx, id, if_match)?;
            rules::open(&agency)?;
            let AgencyChange { name, kind } = change;
            let mut changes = Changes::default();
            changes.take("name", &mut agency.name, name);
            changes.take("kind", &mut agency.kind, kind);
            if !changes.is_empty() {
                store::update(tx, &mut agency)?;
            }
            let event = Event::new().fields(changes);
            let maracs = store::maracs_of(tx, id)?;
            Ok(Audited::in_maracs(agency, event, &maracs))
        })
        .await?;
    Ok(answer(HttpResponse::Ok(), agency))
}

/// Close an agency: everything its people and programs may do ends at once, in every MARAC.
///
/// As an administrator, or as coordinator of every MARAC it belongs to; never one's own agency. 409:
/// `agency_closed`, `own_agency`.
#[utoipa::path(tag = "agencies", operation_id = "close_agency",
    params(("id" = Uuid, Path, description = "The agency."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "Closed.", body = AgencyOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/agencies/{id}/close")]
async fn close_agency(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let agency = db
        .run(&caller, Act::ChangeAgency.on("agency", id), move |tx| {
            let mut agency = to_change(tx, id, if_match)?;
            rules::close(&agency, tx.actor.agency_id == id)?;
            agency.closed_at = Some(tx.now);
            store::update(tx, &mut agency)?;
            let maracs = store::maracs_of(tx, id)?;
            let event = Event::new().fields(["closed_at"]);
            Ok(Audited::in_maracs(agency, event, &maracs))
        })
        .await?;
    Ok(answer(HttpResponse::Ok(), agency))
}

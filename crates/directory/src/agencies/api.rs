//! Agencies: registered once for all MARACs.

use actix_web::web::Data;
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
    Body, Change, Changes, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path,
    Query, Tagged, etag, operation,
};
use kernel::policy::{self, Act};
use practice::text::Line;
use practice::vocabulary::AgencyKind;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_agencies_route)
        .service(create_agency_route)
        .service(read_agency_route)
        .service(change_agency_route)
        .service(close_agency_route);
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
#[operation(get, "/agencies", tag = "agencies", act = ListAgencies, says = "A page of agencies.")]
pub async fn list_agencies(
    db: Data<Db>,
    caller: Caller,
    query: Query<AgencyQuery>,
) -> Result<Page<AgencyOut>> {
    let AgencyQuery {
        kind,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    let page = db
        .run(&caller, ACT.ask(), move |tx| {
            let rows = store::list(tx, kind, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(page.map(AgencyOut::from))
}

/// Register an agency.
#[operation(post, "/agencies", tag = "agencies", act = CreateAgency, says = "Registered.")]
pub async fn create_agency(
    db: Data<Db>,
    caller: Caller,
    key: IdempotencyKey,
    Body(new): Body<NewAgency>,
) -> Result<Created<Tagged<AgencyOut>>> {
    let agency = db
        .run(&caller, ACT.ask(), move |tx| {
            let claimed = key.claim(tx, "create_agency", &new)?;
            if let Idempotency::Fresh(id) = claimed {
                create(tx, id, &new)?;
            }
            let agency = find(tx, claimed.id())?;
            let event = Event::new().on("agency", agency.id);
            Ok(Audited::new(agency, event))
        })
        .await?;
    Ok(Created(answer(agency)))
}

fn answer(agency: Agency) -> Tagged<AgencyOut> {
    Tagged::new(agency.version, agency.into())
}

/// Read an agency.
#[operation(get, "/agencies/{id}", tag = "agencies", act = ReadAgency, says = "The agency.")]
pub async fn read_agency(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<AgencyOut>> {
    let agency = db
        .run(&caller, ACT.on("agency", id), move |tx| {
            Ok(Audited::new(find(tx, id)?, Event::new()))
        })
        .await?;
    Ok(answer(agency))
}

/// The agency, locked, if the caller may change it: an agency sits in many MARACs, so it takes the
/// coordinator of every one of them, or an administrator.
fn to_change(tx: &mut Tx<'_>, act: Act, id: Uuid, if_match: IfMatch) -> Result<Agency> {
    let agency = store::find_locked(tx, id)?.ok_or_else(policy::hidden)?;
    for marac_id in store::maracs_of(tx, id)? {
        policy::may_in(&tx.actor, act, marac_id)?;
    }
    if_match.check(agency.version)?;
    Ok(agency)
}

/// Change an agency's name or kind.
///
/// As an administrator, or as coordinator of every MARAC it belongs to.
#[operation(patch, "/agencies/{id}", tag = "agencies", act = ChangeAgency, says = "As it is now.")]
pub async fn change_agency(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(change): Body<AgencyChange>,
) -> Result<Tagged<AgencyOut>> {
    let agency = db
        .run(&caller, ACT.on("agency", id), move |tx| {
            let mut agency = to_change(tx, ACT, id, if_match)?;
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
    Ok(answer(agency))
}

/// Close an agency: everything its people and programs may do ends at once, in every MARAC.
///
/// As an administrator, or as coordinator of every MARAC it belongs to; never one's own agency. 409:
/// `agency_closed`, `own_agency`.
#[operation(post, "/agencies/{id}/close", tag = "agencies", act = ChangeAgency, says = "Closed.")]
pub async fn close_agency(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<AgencyOut>> {
    let agency = db
        .run(&caller, ACT.on("agency", id), move |tx| {
            let mut agency = to_change(tx, ACT, id, if_match)?;
            rules::close(&agency, tx.actor.agency_id == id)?;
            agency.closed_at = Some(tx.now);
            store::update(tx, &mut agency)?;
            let maracs = store::maracs_of(tx, id)?;
            let event = Event::new().fields(["closed_at"]);
            Ok(Audited::in_maracs(agency, event, &maracs))
        })
        .await?;
    Ok(answer(agency))
}

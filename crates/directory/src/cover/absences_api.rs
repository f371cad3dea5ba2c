//! When somebody is away: recorded by themselves, or by whoever sees to cover. Never why.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules;
use super::store::{self, Absence};
use crate::users;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Idempotency, IdempotencyKey, IfMatch, Page, Path, Problems, VersionProblems,
    WriteProblems, etag, tagged,
};
use kernel::policy::{self, Act, hidden};
use practice::dates::AnyDay;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_absences)
        .service(record_absence)
        .service(end_absence);
}

/// Days away.
#[derive(Serialize, ToSchema)]
pub struct AbsenceOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// First day.
    from: NaiveDate,
    /// Last day.
    until: NaiveDate,
    /// When the person was back before the last day.
    ended_at: Option<DateTime<Utc>>,
}

impl From<Absence> for AbsenceOut {
    fn from(absence: Absence) -> Self {
        Self {
            id: absence.id,
            etag: etag(absence.version),
            from: absence.from_on,
            until: absence.until_on,
            ended_at: absence.ended_at,
        }
    }
}

/// The own account, or one whose cover the caller sees to.
fn in_reach(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    if tx.actor.principal.user_id() == Some(id) {
        return Ok(());
    }
    policy::permits(&tx.actor, Act::HandOver)?;
    users::overseen(tx, Act::HandOver, id).map(|_| ())
}

/// An account's absences that are not over.
#[utoipa::path(tag = "cover", operation_id = "list_absences",
    params(("id" = Uuid, Path, description = "The account.")),
    responses((status = 200, description = "All of them on one page.", body = Page<AbsenceOut>), Problems))]
#[get("/users/{id}/absences")]
async fn list_absences(db: Data<Db>, caller: Caller, path: Path<Uuid>) -> Result<HttpResponse> {
    let id = path.0;
    let page = db
        .run(&caller, Act::RecordAbsence.on("user", id), move |tx| {
            in_reach(tx, id)?;
            let rows = store::absences(tx, id)?;
            let event = Event::list(rows.len());
            let page = Page {
                items: rows.into_iter().map(AbsenceOut::from).collect(),
                next_cursor: None,
            };
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Days away.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AbsenceIn {
    /// First day.
    from: AnyDay,
    /// Last day, today or later.
    until: AnyDay,
}

/// Record when somebody is away: oneself, or a colleague as their agency's lead, the coordinator or an
/// administrator. On these days their deputies get what they get.
#[utoipa::path(tag = "cover", operation_id = "record_absence", request_body = AbsenceIn,
    params(("id" = Uuid, Path, description = "The account."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry happen once.")),
    responses((status = 201, description = "Recorded.", body = AbsenceOut), Problems, WriteProblems))]
#[post("/users/{id}/absences")]
async fn record_absence(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<AbsenceIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let absence = db
        .run(&caller, Act::RecordAbsence.on("user", id), move |tx| {
            in_reach(tx, id)?;
            let claim = key.claim(tx, "record_absence", &(id, &body))?;
            if let Idempotency::Fresh(absence_id) = claim {
                let (from, until) = (body.from.day(), body.until.day());
                rules::absence(from, until, tx.today())?;
                store::add_absence(tx, absence_id, id, from, until)?;
            }
            let absence = store::absence(tx, id, claim.id())?.ok_or_else(hidden)?;
            let event = Event::new().on("user", id).fields(["absence"]);
            Ok(Audited::new(AbsenceOut::from(absence), event))
        })
        .await?;
    Ok(HttpResponse::Created().json(absence))
}

/// End an absence now: the person is back, or it was a mistake.
///
/// 409: `already_ended`.
#[utoipa::path(tag = "cover", operation_id = "end_absence",
    params(("id" = Uuid, Path, description = "The account."),
        ("absence_id" = Uuid, Path, description = "The absence."),
        ("If-Match" = String, Header, description = "The absence's etag.")),
    responses((status = 200, description = "Ended.", body = AbsenceOut), Problems, WriteProblems, VersionProblems))]
#[post("/users/{id}/absences/{absence_id}/end")]
async fn end_absence(
    db: Data<Db>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let (id, absence_id) = path.0;
    let (absence, version) = db
        .run(&caller, Act::RecordAbsence.on("user", id), move |tx| {
            in_reach(tx, id)?;
            let absence = store::absence(tx, id, absence_id)?.ok_or_else(hidden)?;
            if_match.check(absence.version)?;
            if absence.ended_at.is_some() {
                return Err(Error::conflict("already_ended"));
            }
            store::end_absence(tx, absence_id)?;
            let absence = store::absence(tx, id, absence_id)?.ok_or_else(hidden)?;
            let version = absence.version;
            let event = Event::new().on("user", id).fields(["absence"]);
            Ok(Audited::new((AbsenceOut::from(absence), version), event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &absence))
}

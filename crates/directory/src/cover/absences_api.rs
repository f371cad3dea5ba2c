//! When somebody is away: recorded by themselves, or by whoever sees to cover. Never why.

use actix_web::web::Data;
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
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Page, Path, Tagged, etag, operation,
};
use kernel::policy::{self, Act, hidden};
use practice::dates::AnyDay;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_absences_route)
        .service(record_absence_route)
        .service(end_absence_route);
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
#[operation(get, "/users/{id}/absences", tag = "cover", act = RecordAbsence, says = "All of them on one page.")]
pub async fn list_absences(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<AbsenceOut>> {
    db.run(&caller, ACT.on("user", id), move |tx| {
        in_reach(tx, id)?;
        let rows = store::absences(tx, id)?;
        let event = Event::list(rows.len());
        let page = Page {
            items: rows.into_iter().map(AbsenceOut::from).collect(),
            next_cursor: None,
        };
        Ok(Audited::new(page, event))
    })
    .await
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
#[operation(post, "/users/{id}/absences", tag = "cover", act = RecordAbsence, says = "Recorded.")]
pub async fn record_absence(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<AbsenceIn>,
) -> Result<Created<Json<AbsenceOut>>> {
    let absence = db
        .run(&caller, ACT.on("user", id), move |tx| {
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
    Ok(Created(Json(absence)))
}

/// End an absence now: the person is back, or it was a mistake.
///
/// 409: `already_ended`.
#[operation(post, "/users/{id}/absences/{absence_id}/end", tag = "cover", act = RecordAbsence, says = "Ended.")]
pub async fn end_absence(
    db: Data<Db>,
    caller: Caller,
    Path((id, absence_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<AbsenceOut>> {
    db.run(&caller, ACT.on("user", id), move |tx| {
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
        Ok(Audited::new(Tagged::new(version, absence.into()), event))
    })
    .await
}

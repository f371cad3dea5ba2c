//! Reading minutes over HTTP.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answer::{MinutesOut, MinutesVersionOut};
use super::read::{self, Edition};
use crate::meetings::{self, Meeting};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Page, Path, Problems, paged};
use kernel::policy::{Act, hidden};

/// The operations that read minutes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_minutes_versions)
        .service(read_minutes_version)
        .service(read_minutes);
}

/// The edition that is asked for, or the latest, with its meeting.
pub fn edition(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    version_id: Option<Uuid>,
) -> Result<(Meeting, Edition)> {
    let meeting = meetings::in_sight(tx, Act::ReadMinutes, meeting_id)?;
    let seen = read::seen(tx, &meeting)?;
    let wanted = version_id.or_else(|| seen.latest().map(|row| row.id));
    let edition = match wanted {
        Some(id) => seen.edition(tx, &meeting, id)?,
        None => None,
    };
    Ok((meeting, edition.ok_or_else(hidden)?))
}

async fn answer(
    db: &Db,
    caller: &Caller,
    meeting_id: Uuid,
    version_id: Option<Uuid>,
) -> Result<HttpResponse> {
    let minutes = db
        .run(
            caller,
            Act::ReadMinutes.on("meeting", meeting_id),
            move |tx| {
                let (meeting, edition) = edition(tx, meeting_id, version_id)?;
                Ok(MinutesOut::audited(tx, &meeting, edition))
            },
        )
        .await?;
    Ok(minutes.answer(HttpResponse::Ok()))
}

/// The minutes of a meeting: the latest version that says something to this reader.
///
/// A version in hand is for coordinator and chair. An agency gets the parts of the cases in its sight, if
/// it came to the meeting or sent apologies; of other cases there is no trace.
#[utoipa::path(tag = "minutes", operation_id = "read_minutes",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The minutes.", body = MinutesOut), Problems))]
#[get("/meetings/{id}/minutes")]
async fn read_minutes(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    answer(&db, &caller, id.0, None).await
}

/// The versions of the minutes of a meeting that say something to this reader, oldest first.
#[utoipa::path(tag = "minutes", operation_id = "list_minutes_versions",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The versions.", body = Page<MinutesVersionOut>), Problems))]
#[get("/meetings/{id}/minutes/versions")]
async fn list_minutes_versions(
    db: Data<Db>,
    caller: Caller,
    request: HttpRequest,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let page = db
        .run(&caller, Act::ReadMinutes.on("meeting", id), move |tx| {
            let meeting = meetings::in_sight(tx, Act::ReadMinutes, id)?;
            let seen = read::seen(tx, &meeting)?;
            let mut items = Vec::with_capacity(seen.versions.len());
            for (index, row) in seen.versions.iter().enumerate() {
                let corrections = seen.corrections(tx, &meeting, row)?;
                items.push(MinutesVersionOut::of(
                    tx,
                    &meeting,
                    row,
                    index + 1,
                    corrections,
                ));
            }
            let event = Event::list(items.len())
                .on("meeting", id)
                .in_marac(meeting.marac_id)
                .fields(["minutes"]);
            let page = Page {
                items,
                next_cursor: None,
            };
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// One version of the minutes of a meeting, whole.
#[utoipa::path(tag = "minutes", operation_id = "read_minutes_version", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("version_id" = Uuid, Path, description = "The version.")), responses(
    (status = 200, description = "The minutes as they then were.", body = MinutesOut), Problems))]
#[get("/meetings/{id}/minutes/versions/{version_id}")]
async fn read_minutes_version(
    db: Data<Db>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse> {
    let (id, version_id) = path.0;
    answer(&db, &caller, id, Some(version_id)).await
}

//! Reading minutes over HTTP.

use actix_web::web::Data;
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
use kernel::http::{Page, Path, Tagged, operation};
use kernel::policy::{Act, hidden};

/// The operations that read minutes.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_minutes_versions_route)
        .service(read_minutes_version_route)
        .service(read_minutes_route);
}

/// The edition that is asked for, or the latest, with its meeting.
pub fn edition(
    tx: &mut Tx<'_>,
    act: Act,
    meeting_id: Uuid,
    version_id: Option<Uuid>,
) -> Result<(Meeting, Edition)> {
    let meeting = meetings::in_sight(tx, act, meeting_id)?;
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
    act: Act,
    meeting_id: Uuid,
    version_id: Option<Uuid>,
) -> Result<Tagged<MinutesOut>> {
    db.run(caller, act.on("meeting", meeting_id), move |tx| {
        let (meeting, edition) = edition(tx, act, meeting_id, version_id)?;
        Ok(MinutesOut::audited(tx, &meeting, edition))
    })
    .await
    .map(MinutesOut::tagged)
}

/// The minutes of a meeting: the latest version that says something to this reader.
///
/// A version in hand is for coordinator and chair. An agency gets the parts of the cases in its sight, if
/// it came to the meeting or sent apologies; of other cases there is no trace.
#[operation(get, "/meetings/{id}/minutes", tag = "minutes", act = ReadMinutes, says = "The minutes.")]
pub async fn read_minutes(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<MinutesOut>> {
    answer(&db, &caller, ACT, id, None).await
}

/// The versions of the minutes of a meeting that say something to this reader, oldest first.
#[operation(get, "/meetings/{id}/minutes/versions", tag = "minutes", act = ReadMinutes, says = "The versions.")]
pub async fn list_minutes_versions(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<MinutesVersionOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = meetings::in_sight(tx, ACT, id)?;
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
    .await
}

/// One version of the minutes of a meeting, whole.
#[operation(get, "/meetings/{id}/minutes/versions/{version_id}", tag = "minutes", act = ReadMinutes,
    says = "The minutes as they then were.")]
pub async fn read_minutes_version(
    db: Data<Db>,
    caller: Caller,
    Path((id, version_id)): Path<(Uuid, Uuid)>,
) -> Result<Tagged<MinutesOut>> {
    answer(&db, &caller, ACT, id, Some(version_id)).await
}

//! Attendance over HTTP (R20).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::attendance_store::{self, Record, SeatRow};
use super::{AttendanceRole, Presence, in_sight, in_sight_locked, rules};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{
    Body, IfMatch, Page, Path, Problems, VersionProblems, WriteProblems, etag, paged, tagged,
};
use crate::policy::{Act, hidden};

/// The operations on attendance.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_attendance).service(record_attendance);
}

/// A seat at a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceOut {
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// Who sits there, if that is known.
    user_id: Option<Uuid>,
    /// Their name.
    user_name: Option<String>,
    /// As what.
    role: AttendanceRole,
    /// Whether they came.
    presence: Presence,
    /// Information was sent ahead, as one who sends apologies should.
    information_sent: bool,
    /// When the confidentiality statement was accepted (R19).
    confidentiality_accepted_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`; `"0"` while nothing is recorded.
    etag: String,
}

impl From<SeatRow> for AttendanceOut {
    fn from(row: SeatRow) -> Self {
        Self {
            agency_id: row.agency_id,
            agency: row.agency,
            user_id: row.user_id,
            user_name: row.user_name,
            role: row.role,
            presence: row.presence,
            information_sent: row.information_sent,
            confidentiality_accepted_at: row.confidentiality_accepted_at,
            etag: etag(row.version),
        }
    }
}

/// Who came: every agency of the MARAC for coordinator and chair, the own one for others.
#[utoipa::path(tag = "meetings", operation_id = "list_attendance",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The seats.", body = Page<AttendanceOut>), Problems))]
#[get("/meetings/{id}/attendance")]
async fn list_attendance(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let page = state
        .db
        .run(&caller, Act::ReadMeeting.on("meeting", id), move |tx| {
            let meeting = in_sight(tx, Act::ReadMeeting, id)?;
            let own = (!tx.actor.is_staff(meeting.marac_id)).then_some(tx.actor.agency_id);
            let seats = attendance_store::seats(tx, &meeting, own)?;
            let event = Event::list(seats.len())
                .on("meeting", id)
                .in_marac(meeting.marac_id);
            let page = Page {
                items: seats.into_iter().map(AttendanceOut::from).collect(),
                next_cursor: None,
            };
            Ok(Audited::new(page, event.fields(["attendance"])))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// What is recorded of a seat.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AttendanceIn {
    /// Who sits there; a seat for each person of an agency.
    #[serde(default)]
    user_id: Option<Uuid>,
    /// As what.
    role: AttendanceRole,
    /// Whether they came.
    presence: Presence,
    /// Information was sent ahead.
    #[serde(default)]
    information_sent: bool,
}

/// Record who came for an agency, with apologies and information sent (R20).
#[utoipa::path(tag = "meetings", operation_id = "record_attendance", request_body = AttendanceIn, params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("agency_id" = Uuid, Path, description = "The agency."),
    ("If-Match" = String, Header, description = "The seat's `etag`; `\"0\"` for one not recorded yet.")), responses(
    (status = 200, description = "Recorded.", body = AttendanceOut), Problems, WriteProblems, VersionProblems))]
#[put("/meetings/{id}/attendance/{agency_id}")]
async fn record_attendance(
    state: Data<State>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<AttendanceIn>,
) -> Result<HttpResponse> {
    let ((id, agency_id), body) = (path.0, body.0);
    let seat = state
        .db
        .run(
            &caller,
            Act::RecordAttendance.on("meeting", id),
            move |tx| {
                let meeting = in_sight_locked(tx, Act::RecordAttendance, id)?;
                let user_id = body.user_id;
                let seats = attendance_store::seats(tx, &meeting, Some(agency_id))?;
                if seats.is_empty() {
                    return Err(hidden());
                }
                let present = seats.iter().find(|seat| seat.user_id == user_id);
                if_match.check(present.map_or(0, |seat| seat.version))?;
                rules::attendance(meeting.status)?;
                colleague(tx, user_id, agency_id)?;
                let record = Record {
                    agency_id,
                    user_id,
                    role: body.role,
                    presence: body.presence,
                    information_sent: body.information_sent,
                };
                attendance_store::record(tx, &meeting, &record)?;
                let seat = attendance_store::seats(tx, &meeting, Some(agency_id))?
                    .into_iter()
                    .find(|seat| seat.user_id == user_id)
                    .ok_or_else(hidden)?;
                let event = Event::new()
                    .on("meeting", id)
                    .in_marac(meeting.marac_id)
                    .fields(["attendance"]);
                Ok(Audited::new(seat, event))
            },
        )
        .await?;
    let version = seat.version;
    Ok(tagged(
        HttpResponse::Ok(),
        version,
        &AttendanceOut::from(seat),
    ))
}

/// Refused if the person named does not work for the agency.
fn colleague(tx: &mut Tx<'_>, user_id: Option<Uuid>, agency_id: Uuid) -> Result<()> {
    match user_id {
        Some(user_id) if !attendance_store::works_for(tx, user_id, agency_id)? => {
            Err(Error::field(
                "/user_id",
                "not_of_the_agency",
                "This is nobody of the agency.",
            ))
        }
        _ => Ok(()),
    }
}

//! Attendance over HTTP: who came, as what, for which cases (R20).

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::attendance_store::{self, AttendanceRecord, SeatRow, Sitter};
use super::store::Meeting;
use super::{
    AttendanceRole, Presence, agenda, agenda_store, attendance_rules, in_sight, in_sight_locked,
    listing_store, rules,
};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Page, Path, Tagged, etag, operation};
use kernel::policy::hidden;
use practice::dates::{AnyDay, AnyMoment};
use practice::text::Line;

/// The operations on attendance.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_attendance_route)
        .service(record_attendance_route)
        .service(record_stay_route);
}

/// A seat at a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceOut {
    /// Id; null while nothing is recorded.
    id: Option<Uuid>,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// Who sits there, if that is known and they have an account.
    user_id: Option<Uuid>,
    /// A registered person of a partner's program, without an account.
    actor_id: Option<Uuid>,
    /// The name of whoever sits there.
    user_name: Option<String>,
    /// As what.
    role: AttendanceRole,
    /// Whether they came.
    presence: Presence,
    /// Information was sent ahead, as one who sends apologies should.
    information_sent: bool,
    /// When apologies, and information sent with them, arrived.
    received_on: Option<NaiveDate>,
    /// When the confidentiality statement was accepted (R19).
    confidentiality_accepted_at: Option<DateTime<Utc>>,
    /// Which version of it.
    confidentiality_version: Option<i32>,
    /// Signed on paper, and recorded by the coordinator.
    signed_on_paper: bool,
    /// For coordinator and chair: the agenda items a guest comes for.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Uuid>>,
    /// Version, for `If-Match`; `"0"` while nothing is recorded.
    etag: String,
}

impl AttendanceOut {
    /// A seat as coordinator and chair have it, or its own agency.
    pub(super) fn of(row: SeatRow, staff: bool) -> Self {
        Self {
            id: row.id,
            agency_id: row.agency_id,
            agency: row.agency,
            user_id: row.user_id,
            actor_id: row.actor_id,
            user_name: row.user_name,
            role: row.role,
            presence: row.presence,
            information_sent: row.information_sent,
            received_on: row.received_on,
            confidentiality_accepted_at: row.confidentiality_accepted_at,
            confidentiality_version: row.confidentiality_version,
            signed_on_paper: row.confidentiality_recorded_by.is_some(),
            items: staff.then_some(row.item_ids),
            etag: etag(row.version),
        }
    }

    /// The answer of what changed it.
    pub(super) fn tagged(self) -> Tagged<Self> {
        Tagged::with(self.etag.clone(), self)
    }
}

/// Who came: every agency of the MARAC for coordinator and chair, the own one for others.
#[operation(get, "/meetings/{id}/attendance", tag = "meetings", act = ReadMeeting, says = "The seats.")]
pub async fn list_attendance(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<AttendanceOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight(tx, ACT, id)?;
        let staff = tx.actor.is_staff(meeting.marac_id);
        let own = (!staff).then_some(tx.actor.agency_id);
        let seats = attendance_store::seats(tx, &meeting, own)?;
        let event = Event::list(seats.len())
            .on("meeting", id)
            .in_marac(meeting.marac_id);
        let seats = seats.into_iter().map(|row| AttendanceOut::of(row, staff));
        let page = Page {
            items: seats.collect(),
            next_cursor: None,
        };
        Ok(Audited::new(page, event.fields(["attendance"])))
    })
    .await
}

/// What is recorded of a seat.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AttendanceIn {
    /// Who sits there; a seat for each person of an agency. At most one of these three …
    #[serde(default)]
    user_id: Option<Uuid>,
    /// … a registered person of a partner's program without an account …
    #[serde(default)]
    actor_id: Option<Uuid>,
    /// … or somebody known here by name alone, who signs on paper.
    #[serde(default)]
    person_name: Option<Line<200>>,
    /// As what.
    role: AttendanceRole,
    /// Whether they came.
    presence: Presence,
    /// Information was sent ahead.
    #[serde(default)]
    information_sent: bool,
    /// When apologies, and information sent with them, arrived.
    #[serde(default)]
    received_on: Option<AnyDay>,
    /// The agenda items a guest comes for.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    items: Vec<Uuid>,
}

/// Record who came for an agency, with apologies and information sent (R20).
///
/// A guest is bound to agenda items, and sees their cases while the meeting is in session.
#[operation(put, "/meetings/{id}/attendance/{agency_id}", tag = "meetings", act = RecordAttendance,
    says = "Recorded.", if_match = "The seat's `etag` that was read; `\"0\"` for one not recorded yet.")]
pub async fn record_attendance(
    db: Data<Db>,
    caller: Caller,
    Path((id, agency_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<AttendanceIn>,
) -> Result<Tagged<AttendanceOut>> {
    let body = body.0;
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight_locked(tx, ACT, id)?;
        let seat = record(tx, &meeting, agency_id, if_match, body)?;
        let event = Event::new()
            .on("meeting", id)
            .in_marac(meeting.marac_id)
            .fields(["attendance"]);
        Ok(Audited::new(AttendanceOut::of(seat, true), event))
    })
    .await
    .map(AttendanceOut::tagged)
}

fn record(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    agency_id: Uuid,
    if_match: IfMatch,
    body: AttendanceIn,
) -> Result<SeatRow> {
    let who = Sitter {
        user_id: body.user_id,
        actor_id: body.actor_id,
        person_name: body.person_name.map(String::from),
    };
    let seats = attendance_store::seats(tx, meeting, Some(agency_id))?;
    if seats.is_empty() {
        return Err(hidden());
    }
    let seat = seats.iter().find(|seat| seat.is_of(&who));
    if_match.check(seat.map_or(0, |seat| seat.version))?;
    rules::attendance(meeting.status)?;
    colleague(tx, &who, agency_id)?;
    let present: Vec<_> = agenda_store::seats(tx, meeting.id)?
        .into_iter()
        .map(|item| item.id)
        .collect();
    attendance_rules::guest_items(body.role, &body.items, &present)?;
    let record = AttendanceRecord {
        agency_id,
        who,
        role: body.role,
        presence: body.presence,
        information_sent: body.information_sent,
        received_on: body.received_on.map(Into::into),
    };
    let stands = seat.and_then(|seat| seat.id.filter(|_| seat.holds(&record, &body.items)));
    let seat_id = match stands {
        Some(id) => id,
        None => {
            let id = attendance_store::record(tx, meeting, &record)?;
            attendance_store::bind(tx, meeting, id, &body.items)?;
            listing_store::seat(tx, meeting.id)?;
            id
        }
    };
    attendance_store::seats(tx, meeting, Some(agency_id))?
        .into_iter()
        .find(|seat| seat.id == Some(seat_id))
        .ok_or_else(hidden)
}

/// Refused if more than one person is named, or one who does not work for the agency.
fn colleague(tx: &mut Tx<'_>, who: &Sitter, agency_id: Uuid) -> Result<()> {
    let named = [
        ("/user_id", who.user_id.is_some()),
        ("/actor_id", who.actor_id.is_some()),
        ("/person_name", who.person_name.is_some()),
    ];
    let mut named = named.iter().filter(|(_, named)| *named);
    let Some((pointer, _)) = named.next() else {
        return Ok(());
    };
    if let Some((pointer, _)) = named.next() {
        return Err(Error::field(pointer, "one_only", "A seat is one person's."));
    }
    if attendance_store::works_for(tx, who, agency_id)? {
        return Ok(());
    }
    Err(Error::field(
        pointer,
        "not_of_the_agency",
        "This is nobody of the agency, or somebody with an account.",
    ))
}

/// When somebody joined and left a case.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayIn {
    /// When they joined; null: from the beginning, or not at all.
    #[serde(default)]
    joined_at: Option<AnyMoment>,
    /// When they left; null: they stayed to the end.
    #[serde(default)]
    left_at: Option<AnyMoment>,
}

/// Somebody's coming and going for one case.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayOut {
    /// The agenda item.
    agenda_item_id: Uuid,
    /// The seat.
    attendance_id: Uuid,
    /// A guest who came for this case.
    bound: bool,
    /// When they joined.
    joined_at: Option<DateTime<Utc>>,
    /// When they left.
    left_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`.
    etag: String,
}

/// Record when somebody joined and left a case, as agencies without a part in it do (R18, R20).
#[operation(put, "/agenda-items/{id}/attendance/{attendance_id}", tag = "meetings", act = RecordAttendance,
    says = "Recorded.", if_match = "The row's `etag` that was read; `\"0\"` for one not recorded yet.")]
pub async fn record_stay(
    db: Data<Db>,
    caller: Caller,
    Path((id, seat_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<StayIn>,
) -> Result<Tagged<StayOut>> {
    let body = body.0;
    db.run(&caller, ACT.on("agenda_item", id), move |tx| {
        let opened = agenda::opened(tx, ACT, id)?;
        let seats = attendance_store::seats(tx, &opened.meeting, None)?;
        if !seats.iter().any(|seat| seat.id == Some(seat_id)) {
            return Err(hidden());
        }
        let present = attendance_store::stay(tx, &opened.case, id, seat_id)?;
        if_match.check(present.as_ref().map_or(0, |stay| stay.version))?;
        attendance_rules::coming_and_going(opened.meeting.status)?;
        let times = (body.joined_at.map(Into::into), body.left_at.map(Into::into));
        attendance_rules::stay(times.0, times.1, opened.meeting.started_at, tx.now)?;
        let stay = match present {
            Some(stay) if (stay.joined_at, stay.left_at) == times => stay,
            _ => attendance_store::set_stay(tx, &opened.case, id, seat_id, times)?,
        };
        let event = Event::of_case(&opened.case).on("agenda_item", id);
        let out = StayOut {
            agenda_item_id: id,
            attendance_id: seat_id,
            bound: stay.bound,
            joined_at: stay.joined_at,
            left_at: stay.left_at,
            etag: etag(stay.version),
        };
        let out = Tagged::new(stay.version, out);
        Ok(Audited::new(out, event.fields(["attendance"])))
    })
    .await
}

//! The confidentiality statement over HTTP: an area's wording of it, and accepting that of a meeting (R19).

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::attendance_api::AttendanceOut;
use super::attendance_store::{self, SeatRow};
use super::statement_store::{self as store, Statement};
use super::store::Meeting;
use super::{Presence, attendance_rules as rules, attended, attended_locked, listing_store};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, IfMatch, Json, Path, Tagged, etag, operation};
use kernel::policy::{Act, Role, hidden, may_in};
use practice::text::Text;

/// The operations on the statement.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_statement_route)
        .service(word_statement_route)
        .service(read_confidentiality_route)
        .service(accept_confidentiality_route);
}

/// A MARAC's confidentiality statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOut {
    /// Its version; 0 is the wording that comes with the program.
    version: i32,
    /// What those who sit at a meeting undertake.
    text: String,
    /// Version, for `If-Match`.
    etag: String,
}

impl From<Statement> for StatementOut {
    fn from(statement: Statement) -> Self {
        Self {
            etag: etag(statement.version),
            version: statement.version,
            text: statement.text,
        }
    }
}

fn answer(statement: Statement) -> Tagged<StatementOut> {
    Tagged::new(statement.version, statement.into())
}

/// The confidentiality statement of a MARAC, as meetings that are circulated from now on have it.
#[operation(get, "/maracs/{id}/confidentiality-statement", tag = "meetings", act = ReadStatement,
    says = "The statement.")]
pub async fn read_statement(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<StatementOut>> {
    db.run(&caller, ACT.on("marac", id), move |tx| {
        may_in(&tx.actor, ACT, id).map_err(|_| hidden())?;
        let now = tx.now;
        let statement = store::at(tx, id, now)?;
        Ok(Audited::new(statement, Event::new().in_marac(id)))
    })
    .await
    .map(answer)
}

/// A wording of the statement.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StatementIn {
    /// What those who sit at a meeting undertake.
    text: Text<20000>,
}

/// Word the statement anew. Meetings whose list is out keep the one they had.
#[operation(put, "/maracs/{id}/confidentiality-statement", tag = "meetings", act = ChangeStatement,
    says = "The next version.", if_match = "The statement's `etag` that was read.")]
pub async fn word_statement(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<StatementIn>,
) -> Result<Tagged<StatementOut>> {
    let (id, text) = (id.0, body.0.text);
    db.run(&caller, ACT.on("marac", id), move |tx| {
        may_in(&tx.actor, Act::ReadStatement, id).map_err(|_| hidden())?;
        may_in(&tx.actor, ACT, id)?;
        let now = tx.now;
        let mut statement = store::at(tx, id, now)?;
        if_match.check(statement.version)?;
        if text != *statement.text {
            store::add(tx, id, statement.version + 1, &text)?;
            statement = store::at(tx, id, now)?;
        }
        let event = Event::new().in_marac(id).fields(["statement"]);
        Ok(Audited::new(statement, event))
    })
    .await
    .map(answer)
}

/// The statement of one meeting, and whether the caller has accepted it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfidentialityOut {
    /// The meeting.
    meeting_id: Uuid,
    /// Version of the statement: the one that stood when the list went out.
    version: i32,
    /// What those who sit at the meeting undertake.
    text: String,
    /// When the caller accepted it.
    accepted_at: Option<DateTime<Utc>>,
}

fn statement_of(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Statement> {
    let moment = meeting.circulated_at.unwrap_or(tx.now);
    store::at(tx, meeting.marac_id, moment)
}

fn own_seat(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Option<SeatRow>> {
    let me = tx.actor.principal.user_id();
    let agency = Some(tx.actor.agency_id);
    let seats = attendance_store::seats(tx, meeting, agency)?;
    Ok(seats
        .into_iter()
        .find(|seat| seat.user_id.is_some() && seat.user_id == me))
}

/// The confidentiality statement of a meeting.
#[operation(get, "/meetings/{id}/confidentiality", tag = "meetings", act = ReadStatement,
    says = "The statement.")]
pub async fn read_confidentiality(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ConfidentialityOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = attended(tx, ACT, id)?;
        let statement = statement_of(tx, &meeting)?;
        let seat = own_seat(tx, &meeting)?;
        let out = ConfidentialityOut {
            meeting_id: id,
            version: statement.version,
            text: statement.text,
            accepted_at: seat.and_then(|seat| seat.confidentiality_accepted_at),
        };
        Ok(Audited::new(out, Event::new().in_marac(meeting.marac_id)))
    })
    .await
    .map(Json)
}

/// An acceptance.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceIn {
    /// The version of the statement that was read.
    version: i32,
    /// For the coordinator: the seat of somebody without an account who signed on paper.
    #[serde(default)]
    attendance_id: Option<Uuid>,
}

/// Accept the confidentiality statement of a meeting (R19).
///
/// Until then a listed agency's representative has the list of a meeting alone, a guest the names of
/// their cases, and an observer nothing. Accepting again changes nothing. Once the meeting is over it is for
/// those who were there, and for people of an agency that came or sent apologies who worked there then;
/// anybody else is refused as `not_at_meeting`.
#[operation(post, "/meetings/{id}/confidentiality", tag = "meetings", act = AcceptStatement,
    says = "Accepted; the seat.")]
pub async fn accept_confidentiality(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(body): Body<AcceptanceIn>,
) -> Result<Tagged<AttendanceOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = attended_locked(tx, ACT, id)?;
        let seat = accept(tx, &meeting, &body)?;
        listing_store::seat(tx, id)?;
        let event = Event::new()
            .on("meeting", id)
            .in_marac(meeting.marac_id)
            .fields(["confidentiality"]);
        let staff = tx.actor.is_staff(meeting.marac_id);
        Ok(Audited::new(AttendanceOut::of(seat, staff), event))
    })
    .await
    .map(AttendanceOut::tagged)
}

/// What joins the caller to the meeting. Who has accepted already may say so again.
fn joined(tx: &mut Tx<'_>, meeting: &Meeting, own: Option<&SeatRow>) -> Result<rules::Joined> {
    let facts = store::facts(tx, meeting)?;
    let by_role = [Role::Coordinator, Role::Chair, Role::Observer];
    let seat = own.map(|seat| match seat.confidentiality_accepted_at {
        Some(_) => Presence::Present,
        None => seat.presence,
    });
    Ok(rules::Joined {
        seat,
        by_role: tx.actor.holds(meeting.marac_id, &by_role),
        listed: facts.listed,
        represented: facts.represented,
        here_then: facts.here_then,
    })
}

fn accept(tx: &mut Tx<'_>, meeting: &Meeting, body: &AcceptanceIn) -> Result<SeatRow> {
    if body.attendance_id.is_some() {
        may_in(&tx.actor, Act::RecordAttendance, meeting.marac_id)?;
    }
    let own = match body.attendance_id {
        Some(_) => None,
        None => own_seat(tx, meeting)?,
    };
    let joined = match body.attendance_id {
        // On paper, it is the seat that decides.
        Some(_) => rules::Joined {
            seat: Some(Presence::Present),
            ..rules::Joined::default()
        },
        None => joined(tx, meeting, own.as_ref())?,
    };
    rules::acceptance(meeting.status, joined)?;
    if statement_of(tx, meeting)?.version != body.version {
        return Err(Error::conflict("another_statement"));
    }
    if let Some(seat_id) = body.attendance_id {
        let seats = attendance_store::seats(tx, meeting, None)?;
        let seat = seats.iter().find(|seat| seat.id == Some(seat_id));
        match seat {
            None => {
                return Err(Error::field(
                    "/attendance_id",
                    "unknown",
                    "There is no such seat at this meeting.",
                ));
            }
            Some(seat) if seat.user_id.is_some() || !seat.is_person() => {
                return Err(Error::field(
                    "/attendance_id",
                    "accepts_in_person",
                    "Only somebody without an account signs on paper.",
                ));
            }
            Some(seat) => {
                rules::signature(meeting.status, seat.presence)?;
                store::signed(tx, meeting, seat_id, body.version)?;
            }
        }
        let seats = attendance_store::seats(tx, meeting, None)?;
        return seats
            .into_iter()
            .find(|seat| seat.id == Some(seat_id))
            .ok_or_else(hidden);
    }
    let me = tx.actor.principal.user_id().ok_or(Code::Forbidden)?;
    let roles: Vec<Role> = tx.actor.roles_in(meeting.marac_id);
    let role = match own {
        Some(seat) => seat.role,
        None => rules::own_seat(&roles).ok_or_else(hidden)?,
    };
    store::accept(tx, meeting, me, role, body.version)?;
    own_seat(tx, meeting)?.ok_or_else(hidden)
}

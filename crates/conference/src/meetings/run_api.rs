//! Running a meeting over HTTP: circulate, start, close.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::agenda_view::{AgendaWarning, quorum};
use super::api::{MeetingOut, advance, answer, event};
use super::listing_store::{self, Listed};
use super::rules::MeetingCommand;
use super::{AgendaItemStatus, agenda, agenda_store, head_in_sight};
use crate::asking;
use directory::agencies::ListingStanding;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{IfMatch, Path, Problems, VersionProblems, WriteProblems, tagged};
use kernel::policy::Act;
use practice::names::folded;

/// The operations that run a meeting.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(circulate_meeting)
        .service(start_meeting)
        .service(close_meeting);
}

/// What circulation did.
#[derive(Debug, Serialize, ToSchema)]
pub struct CirculatedOut {
    /// The meeting.
    meeting: MeetingOut,
    /// Cases that were opened to at least one agency.
    cases_opened: usize,
    /// Agencies that were passed over.
    warnings: Vec<PassedOver>,
    /// Who is lacking for a quorum of those expected.
    quorum: Vec<AgendaWarning>,
}

/// What the start of a meeting did.
#[derive(Debug, Serialize, ToSchema)]
pub struct StartedOut {
    /// The meeting.
    #[serde(flatten)]
    meeting: MeetingOut,
    /// Who is lacking for a quorum of those recorded as there. It blocks nothing.
    quorum: Vec<AgendaWarning>,
}

/// An agency that cases are listed to and that did not get them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedOver {
    /// Why.
    code: ListingStanding,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
}

/// The agencies passed over, each once.
pub(super) fn passed_over(listed: &[Listed]) -> Vec<PassedOver> {
    let mut out: Vec<PassedOver> = listed
        .iter()
        .filter(|row| row.standing != ListingStanding::Live)
        .map(|row| PassedOver {
            code: row.standing,
            agency_id: row.agency_id,
            agency: row.agency.clone(),
        })
        .collect();
    out.sort_by_cached_key(|one| (folded(&one.agency), one.agency.clone(), one.agency_id));
    out.dedup_by_key(|row| row.agency_id);
    out
}

/// Circulate the list: it is frozen (R16), and each case opens to the agencies it is listed to.
///
/// Agencies whose information-sharing agreement is past its review date get no new case; `warnings`
/// names them.
#[utoipa::path(tag = "meetings", operation_id = "circulate_meeting", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The meeting's `etag`.")), responses(
    (status = 200, description = "Circulated.", body = CirculatedOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/circulate")]
async fn circulate_meeting(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let (meeting, opened, warnings, quorum) = db
        .run(
            &caller,
            Act::CirculateMeeting.on("meeting", id),
            move |tx| {
                let command = |_: &mut Tx<'_>| Ok(MeetingCommand::Circulate);
                let meeting = advance(tx, Act::CirculateMeeting, id, if_match, command)?;
                let listed = agenda::open(tx, &meeting, None)?;
                let mut cases: Vec<_> = listed
                    .iter()
                    .filter(|row| row.standing == ListingStanding::Live)
                    .map(|row| row.case_id)
                    .collect();
                cases.dedup();
                let marac_id = meeting.marac_id;
                let first = event(&meeting).fields(["status"]).rows(cases.len());
                let quorum = lacking(tx, Act::CirculateMeeting, id)?;
                let value = (meeting, cases.len(), passed_over(&listed), quorum);
                let audited = Audited::new(value, first);
                Ok(cases.into_iter().fold(audited, |audited, case_id| {
                    let event = Event::new().on("meeting", id).in_case(marac_id, case_id);
                    audited.and(event.fields(["circle"]))
                }))
            },
        )
        .await?;
    let version = meeting.version;
    let out = CirculatedOut {
        meeting: meeting.into(),
        cases_opened: opened,
        warnings,
        quorum,
    };
    Ok(tagged(HttpResponse::Ok(), version, &out))
}

/// Who is lacking for the meeting's quorum.
fn lacking(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Vec<AgendaWarning>> {
    quorum(&head_in_sight(tx, act, id)?)
}

/// Start a circulated meeting. Those listed now read accounts and full answers, once they have accepted
/// its confidentiality statement (R19).
#[utoipa::path(tag = "meetings", operation_id = "start_meeting", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The meeting's `etag`.")), responses(
    (status = 200, description = "In session.", body = StartedOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/start")]
async fn start_meeting(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let (meeting, quorum) = db
        .run(&caller, Act::RunMeeting.on("meeting", id), move |tx| {
            let command = |_: &mut Tx<'_>| Ok(MeetingCommand::Start);
            let meeting = advance(tx, Act::RunMeeting, id, if_match, command)?;
            listing_store::begin(tx, id)?;
            listing_store::seat(tx, id)?;
            asking::close(tx, id)?;
            let quorum = lacking(tx, Act::RunMeeting, id)?;
            let event = event(&meeting).fields(["status"]);
            Ok(Audited::new((meeting, quorum), event))
        })
        .await?;
    let version = meeting.version;
    let meeting = meeting.into();
    let out = StartedOut { meeting, quorum };
    Ok(tagged(HttpResponse::Ok(), version, &out))
}

/// Close a meeting whose cases are all decided. Agencies without an outstanding action lose sight of
/// its cases, unless a share gives it to them; the others keep it until the case lapses.
#[utoipa::path(tag = "meetings", operation_id = "close_meeting", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The meeting's `etag`.")), responses(
    (status = 200, description = "Held.", body = MeetingOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/close")]
async fn close_meeting(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let meeting = db
        .run(&caller, Act::RunMeeting.on("meeting", id), move |tx| {
            let command = |tx: &mut Tx<'_>| {
                let seats = agenda_store::seats(tx, id)?;
                let undecided = seats
                    .iter()
                    .any(|seat| seat.status == AgendaItemStatus::Listed);
                Ok(MeetingCommand::Close { undecided })
            };
            let meeting = advance(tx, Act::RunMeeting, id, if_match, command)?;
            let now = tx.now;
            listing_store::settle(tx, id, now)?;
            casework::actions::carry_over(tx, id)?;
            listing_store::seat(tx, id)?;
            let event = event(&meeting).fields(["status"]);
            Ok(Audited::new(meeting, event))
        })
        .await?;
    Ok(answer(meeting))
}

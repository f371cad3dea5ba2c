//! Running a meeting over HTTP: circulate, start, close.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::agenda_view::{AgendaWarning, quorum};
use super::api::{MeetingOut, advance, answer, event};
use super::listing_store::{self, ListedAgency};
use super::rules::MeetingCommand;
use super::{AgendaItemStatus, agenda, agenda_store, head_in_sight};
use crate::asking;
use directory::agencies::ListingStanding;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{IfMatch, Path, Tagged, operation};
use kernel::policy::Act;
use practice::names::folded;

/// The operations that run a meeting.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(circulate_meeting_route)
        .service(start_meeting_route)
        .service(close_meeting_route);
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
pub(super) fn passed_over(listed: &[ListedAgency]) -> Vec<PassedOver> {
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
#[operation(post, "/meetings/{id}/circulate", tag = "meetings", act = CirculateMeeting, says = "Circulated.")]
pub async fn circulate_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<CirculatedOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let command = |_: &mut Tx<'_>| Ok(MeetingCommand::Circulate);
        let meeting = advance(tx, ACT, id, if_match, command)?;
        let listed = agenda::open(tx, &meeting, None)?;
        let mut cases: Vec<_> = listed
            .iter()
            .filter(|row| row.standing == ListingStanding::Live)
            .map(|row| row.case_id)
            .collect();
        cases.dedup();
        let marac_id = meeting.marac_id;
        let first = event(&meeting).fields(["status"]).rows(cases.len());
        let quorum = lacking(tx, ACT, id)?;
        let version = meeting.version;
        let out = CirculatedOut {
            meeting: meeting.into(),
            cases_opened: cases.len(),
            warnings: passed_over(&listed),
            quorum,
        };
        let audited = Audited::new(Tagged::new(version, out), first);
        Ok(cases.into_iter().fold(audited, |audited, case_id| {
            let event = Event::new().on("meeting", id).in_case(marac_id, case_id);
            audited.and(event.fields(["circle"]))
        }))
    })
    .await
}

/// Who is lacking for the meeting's quorum.
fn lacking(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Vec<AgendaWarning>> {
    quorum(&head_in_sight(tx, act, id)?)
}

/// Start a circulated meeting. Those listed now read accounts and full answers, once they have accepted
/// its confidentiality statement (R19).
#[operation(post, "/meetings/{id}/start", tag = "meetings", act = RunMeeting, says = "In session.")]
pub async fn start_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<StartedOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let command = |_: &mut Tx<'_>| Ok(MeetingCommand::Start);
        let meeting = advance(tx, ACT, id, if_match, command)?;
        listing_store::begin(tx, id)?;
        listing_store::seat(tx, id)?;
        asking::close(tx, id)?;
        let quorum = lacking(tx, ACT, id)?;
        let event = event(&meeting).fields(["status"]);
        let version = meeting.version;
        let meeting = meeting.into();
        let out = StartedOut { meeting, quorum };
        Ok(Audited::new(Tagged::new(version, out), event))
    })
    .await
}

/// Close a meeting whose cases are all decided. Agencies without an outstanding action lose sight of
/// its cases, unless a share gives it to them; the others keep it until the case lapses.
#[operation(post, "/meetings/{id}/close", tag = "meetings", act = RunMeeting, says = "Held.")]
pub async fn close_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<MeetingOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let command = |tx: &mut Tx<'_>| {
            let seats = agenda_store::seats(tx, id)?;
            let undecided = seats
                .iter()
                .any(|seat| seat.status == AgendaItemStatus::Listed);
            Ok(MeetingCommand::Close { undecided })
        };
        let meeting = advance(tx, ACT, id, if_match, command)?;
        let now = tx.now;
        listing_store::settle(tx, id, now)?;
        casework::actions::carry_over(tx, id)?;
        listing_store::seat(tx, id)?;
        let event = event(&meeting).fields(["status"]);
        Ok(Audited::new(meeting, event))
    })
    .await
    .map(answer)
}

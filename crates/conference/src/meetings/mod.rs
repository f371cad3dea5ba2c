//! Meetings, their agendas, and who came.
//!
//! A meeting is planned, its list is circulated (which opens the cases to the listed agencies), it is
//! in session (which opens accounts and answers to them) and it is held (which closes the cases to
//! agencies that took nothing on). `listing_store` holds what that does to the circle of a case.

mod agenda;
pub mod agenda_api;
mod agenda_paper;
pub mod agenda_print;
mod agenda_store;
mod agenda_view;
pub mod api;
pub mod attendance_api;
mod attendance_rules;
mod attendance_store;
pub mod build_api;
mod build_rules;
mod build_store;
mod decisions_store;
mod head_store;
pub mod items_api;
mod listing_store;
mod past;
mod past_store;
mod rules;
pub mod run_api;
pub mod split_api;
mod split_store;
pub mod statement_api;
mod statement_store;
mod store;
mod telling;
mod unseen;

use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use directory::maracs;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Act, hidden, may_in};
use kernel::visibility::VisibleCase;
use practice::vocabulary;

pub use agenda::{Remarks, remarks_of};
use head_store::AgendaHead;
pub use past::{HeardCase, HeldMeeting, add_heard, create_held, settle};
use rules::Timing;
pub(crate) use store::Meeting;
use store::NewMeeting;
pub use unseen::open_unseen;

vocabulary! {
    /// What a meeting is for. A business meeting hears no cases.
    MeetingKind {
        Scheduled = "scheduled",
        Emergency = "emergency",
        Business = "business",
    }
}

vocabulary! {
    /// How people meet.
    MeetingMode {
        InPerson = "in_person",
        Online = "online",
        Hybrid = "hybrid",
    }
}

vocabulary! {
    /// The life cycle of a meeting.
    MeetingStatus {
        Planned = "planned",
        Circulated = "circulated",
        InSession = "in_session",
        Held = "held",
        Minuted = "minuted",
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// Why a case is on an agenda. `alert_only` is noted for flagging and not discussed.
    AgendaItemKind {
        New = "new",
        Repeat = "repeat",
        TransferIn = "transfer_in",
        AlertOnly = "alert_only",
        Review = "review",
    }
}

vocabulary! {
    /// The part of a list: cases with children are heard first, so that child agencies may leave (R18);
    /// alerts are noted apart.
    AgendaSection {
        Children = "children",
        Adults = "adults",
        Alerts = "alerts",
    }
}

vocabulary! {
    /// The life cycle of a case on an agenda.
    AgendaItemStatus {
        Listed = "listed",
        Heard = "heard",
        Deferred = "deferred",
        Withdrawn = "withdrawn",
        AlertNoted = "alert_noted",
    }
}

vocabulary! {
    /// As what somebody attends.
    AttendanceRole {
        Representative = "representative",
        Deputy = "deputy",
        Observer = "observer",
        Guest = "guest",
    }
}

vocabulary! {
    /// Whether they came.
    Presence {
        Expected = "expected",
        Present = "present",
        Apologies = "apologies",
        Absent = "absent",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    run_api::routes(config);
    agenda_api::routes(config);
    build_api::routes(config);
    split_api::routes(config);
    agenda_print::routes(config);
    items_api::routes(config);
    attendance_api::routes(config);
    statement_api::routes(config);
}

/// Puts a case on the agenda of a planned meeting and lists it to these agencies, who see it from
/// circulation. Returns the agenda item.
pub fn put_on(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    meeting_id: Uuid,
    kind: AgendaItemKind,
    referral_id: Option<Uuid>,
    agencies: &[Uuid],
) -> Result<Uuid> {
    let meeting = store::locked(tx, meeting_id)?
        .filter(|meeting| meeting.marac_id == case.marac_id)
        .ok_or_else(hidden)?;
    match rules::addition(meeting.kind, meeting.status, case.row.status)? {
        Timing::InTime => {}
        Timing::Late => return Err(Error::conflict("list_frozen")),
    }
    let item = agenda::NewItem {
        kind,
        referral_id,
        agencies,
        late_reason: None,
    };
    agenda::add(tx, case, &meeting, Uuid::now_v7(), &item)
}

/// Plans an emergency meeting for a case that cannot wait. Returns the meeting.
pub fn emergency(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    starts_at: DateTime<Utc>,
    mode: MeetingMode,
    place: Option<String>,
) -> Result<Uuid> {
    plan(tx, marac_id, MeetingKind::Emergency, starts_at, mode, place)
}

/// Plans a meeting. Returns it.
pub fn plan(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    kind: MeetingKind,
    starts_at: DateTime<Utc>,
    mode: MeetingMode,
    place: Option<String>,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let marac = maracs::find(tx, marac_id)?;
    let meeting = NewMeeting::planned(id, &marac, kind, starts_at, mode, place)?;
    store::insert(tx, &meeting)?;
    Ok(id)
}

/// The next scheduled meeting of a MARAC whose list is still open.
pub fn next_planned(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Option<Uuid>> {
    store::next_planned(tx, marac_id)
}

/// The first minutes of a held meeting are issued.
pub(crate) fn minuted(tx: &mut Tx<'_>, mut meeting: Meeting) -> Result<Meeting> {
    meeting.status = MeetingStatus::Minuted;
    store::update(tx, &meeting)
}

/// The same for those who may sit there, with or without a role that shows meetings: a practitioner is in
/// sight of those at which a seat of theirs is recorded.
fn attended(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Meeting> {
    let meeting = store::found(tx, id)?;
    sat(tx, act, meeting)
}

/// The same, locked until the transaction ends.
fn attended_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Meeting> {
    let meeting = store::locked(tx, id)?;
    sat(tx, act, meeting)
}

fn sat(tx: &mut Tx<'_>, act: Act, meeting: Option<Meeting>) -> Result<Meeting> {
    let meeting = meeting.ok_or_else(hidden)?;
    let shown = may_in(&tx.actor, Act::ReadMeeting, meeting.marac_id).is_ok();
    if !shown && !attendance_store::has_seat(tx, &meeting)? {
        return Err(hidden());
    }
    may_in(&tx.actor, act, meeting.marac_id)?;
    Ok(meeting)
}

/// Whoever says something at a meeting is there: a seat of the caller's that was only expected is taken.
pub fn came(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    attendance_store::came(tx, meeting_id)
}

/// The MARAC of a meeting, if it is in sight and the caller may do this there.
pub fn marac_of(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Uuid> {
    Ok(in_sight(tx, act, id)?.marac_id)
}

/// The meeting, if it is in sight and the caller may do this in its MARAC.
pub(crate) fn in_sight(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Meeting> {
    let meeting = store::found(tx, id)?;
    seen(tx, act, meeting)
}

/// The same, with what stands around its cases.
fn head_in_sight(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<AgendaHead> {
    let head = head_store::head(tx, id)?.ok_or_else(hidden)?;
    let meeting = seen(tx, act, Some(head.meeting))?;
    Ok(AgendaHead { meeting, ..head })
}

/// The meeting, locked until the transaction ends.
pub(crate) fn in_sight_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Meeting> {
    let meeting = store::locked(tx, id)?;
    seen(tx, act, meeting)
}

fn seen(tx: &Tx<'_>, act: Act, meeting: Option<Meeting>) -> Result<Meeting> {
    let meeting = meeting.ok_or_else(hidden)?;
    may_in(&tx.actor, Act::ReadMeeting, meeting.marac_id).map_err(|_| hidden())?;
    may_in(&tx.actor, act, meeting.marac_id)?;
    Ok(meeting)
}

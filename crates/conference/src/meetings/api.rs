//! Meetings over HTTP: plan, find, move, cancel.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, MeetingCommand};
use super::store::{self, Filter, Meeting, NewMeeting};
use super::{
    MeetingKind, MeetingMode, MeetingStatus, decisions_store, in_sight, in_sight_locked,
    listing_store, split_store, telling,
};
use crate::asking;
use directory::maracs;
use directory::notifications::NoticeKind;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{
    Body, Change, Changes, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Patch,
    Path, Query, Tagged, etag, operation, period,
};
use kernel::policy::{Act, Who, hidden, may_in};
use practice::dates::{AnyDay, MeetingMoment};
use practice::text::{Line, Text};

/// The operations on meetings.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_meetings_route)
        .service(create_meeting_route)
        .service(read_meeting_route)
        .service(move_meeting_route)
        .service(cancel_meeting_route);
}

/// A meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingOut {
    /// Id.
    id: Uuid,
    /// The MARAC.
    marac_id: Uuid,
    /// What it is for.
    pub(super) kind: MeetingKind,
    /// When it starts, in UTC.
    pub(super) starts_at: DateTime<Utc>,
    /// The zone its people keep time in.
    #[schema(example = "Europe/London")]
    time_zone: String,
    /// How people meet.
    pub(super) mode: MeetingMode,
    /// Where; a room or a link.
    pub(super) place: Option<String>,
    /// Where it is in its life cycle.
    status: MeetingStatus,
    /// Minutes planned for a case.
    pub(super) minutes_per_case: i16,
    /// Cases it can hear.
    pub(super) capacity: i16,
    /// When its list went out (R16).
    pub(super) circulated_at: Option<DateTime<Utc>>,
    /// When it began.
    pub(super) started_at: Option<DateTime<Utc>>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`: of the meeting and of what is on its agenda in which order.
    etag: String,
}

impl From<Meeting> for MeetingOut {
    fn from(row: Meeting) -> Self {
        Self {
            id: row.id,
            marac_id: row.marac_id,
            kind: row.kind,
            starts_at: row.starts_at,
            time_zone: row.time_zone,
            mode: row.mode,
            place: row.place,
            status: row.status,
            minutes_per_case: row.minutes_per_case,
            capacity: row.capacity,
            circulated_at: row.circulated_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            etag: etag(row.version),
        }
    }
}

pub(super) fn answer(meeting: Meeting) -> Tagged<MeetingOut> {
    Tagged::new(meeting.version, meeting.into())
}

pub(super) fn event(meeting: &Meeting) -> Event {
    Event::new()
        .on("meeting", meeting.id)
        .in_marac(meeting.marac_id)
}

/// Which meetings.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeetingsQuery {
    /// Of this MARAC.
    marac_id: Option<Uuid>,
    /// With this status.
    status: Option<MeetingStatus>,
    /// On this day or later.
    from: Option<AnyDay>,
    /// On this day or earlier.
    to: Option<AnyDay>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

impl MeetingsQuery {
    fn filter(self, tx: &Tx<'_>) -> Result<Filter> {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let mut marac_ids = match Act::ListMeetings.who() {
            Who::Roles(roles) => tx.actor.maracs_as(roles),
            _ => Vec::new(),
        };
        marac_ids.retain(|id| self.marac_id.is_none_or(|wanted| wanted == *id));
        let (from, to) = (self.from.map(AnyDay::day), self.to.map(AnyDay::day));
        period("to", from, to)?;
        Ok(Filter {
            marac_ids,
            status: self.status,
            from,
            to,
            after: page.after()?,
            limit: page.limit(),
        })
    }
}

/// Meetings of the MARACs one sits in, newest first.
#[operation(get, "/meetings", tag = "meetings", act = ListMeetings, says = "Meetings.")]
pub async fn list_meetings(
    db: Data<Db>,
    caller: Caller,
    query: Query<MeetingsQuery>,
) -> Result<Page<MeetingOut>> {
    let page = db
        .run(&caller, ACT.ask(), move |tx| {
            let filter = query.0.filter(tx)?;
            let limit = filter.limit;
            let rows = store::list(tx, filter)?;
            let page = Page::of(rows, limit, |row| (row.starts_at, row.id));
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(page.map(MeetingOut::from))
}

/// A meeting to plan.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MeetingIn {
    /// The MARAC.
    marac_id: Uuid,
    /// What it is for.
    kind: MeetingKind,
    /// When it starts: today or later.
    starts_at: MeetingMoment,
    /// How people meet.
    mode: MeetingMode,
    /// Where; a room or a link.
    #[serde(default)]
    place: Option<Text<400>>,
    /// Minutes planned for a case; the MARAC's setting if left out.
    #[serde(default)]
    #[validate(range(min = 1, max = 120))]
    minutes_per_case: Option<i16>,
    /// Cases it can hear; the MARAC's setting if left out.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    capacity: Option<i16>,
}

/// Plan a meeting.
#[operation(post, "/meetings", tag = "meetings", act = PlanMeeting, says = "Planned.")]
pub async fn create_meeting(
    db: Data<Db>,
    caller: Caller,
    key: IdempotencyKey,
    Body(body): Body<MeetingIn>,
) -> Result<Created<Tagged<MeetingOut>>> {
    db.run(&caller, ACT.on("marac", body.marac_id), move |tx| {
        let meeting = plan(tx, ACT, &key, body)?;
        let event = event(&meeting);
        Ok(Audited::new(meeting, event))
    })
    .await
    .map(answer)
    .map(Created)
}

fn plan(tx: &mut Tx<'_>, act: Act, key: &IdempotencyKey, body: MeetingIn) -> Result<Meeting> {
    if !tx.actor.maracs().contains(&body.marac_id) {
        return Err(hidden());
    }
    may_in(&tx.actor, act, body.marac_id)?;
    let id = match key.claim(tx, "create_meeting", &body)? {
        Idempotency::Replay(id) => return in_sight(tx, act, id),
        Idempotency::Fresh(id) => id,
    };
    let starts_at = body.starts_at.at();
    rules::starts_at(starts_at, tx.today())?;
    let marac = maracs::find(tx, body.marac_id)?;
    let place = body.place.map(String::from);
    let planned = NewMeeting::planned(id, &marac, body.kind, starts_at, body.mode, place)?;
    let new = NewMeeting {
        minutes_per_case: body.minutes_per_case.unwrap_or(planned.minutes_per_case),
        capacity: body.capacity.unwrap_or(planned.capacity),
        ..planned
    };
    store::insert(tx, &new)
}

/// A meeting.
#[operation(get, "/meetings/{id}", tag = "meetings", act = ReadMeeting, says = "The meeting.")]
pub async fn read_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<MeetingOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight(tx, ACT, id)?;
        let event = event(&meeting);
        Ok(Audited::new(meeting, event))
    })
    .await
    .map(answer)
}

/// What may change of a meeting that lies ahead.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MeetingPatch {
    /// When it starts: today or later.
    #[serde(default)]
    #[schema(value_type = MeetingMoment)]
    starts_at: Change<MeetingMoment>,
    /// How people meet.
    #[serde(default)]
    #[schema(value_type = MeetingMode)]
    mode: Change<MeetingMode>,
    /// Where; a room or a link.
    #[serde(default)]
    #[schema(value_type = Option<Text<400>>)]
    place: Patch<Text<400>>,
}

/// Move a meeting that lies ahead: another time, mode or place.
#[operation(patch, "/meetings/{id}", tag = "meetings", act = PlanMeeting, says = "Moved.")]
pub async fn move_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<MeetingPatch>,
) -> Result<Tagged<MeetingOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let mut meeting = in_sight_locked(tx, ACT, id)?;
        if_match.check(meeting.version)?;
        rules::meeting(meeting.status, MeetingCommand::Move)?;
        let was = meeting.starts_at;
        let changes = body.apply(&mut meeting);
        if changes.has("starts_at") {
            rules::starts_at(meeting.starts_at, tx.today())?;
            split_store::moved(tx, &meeting, was)?;
        }
        if !changes.is_empty() {
            meeting = store::update(tx, &meeting)?;
            telling::everybody(tx, NoticeKind::MeetingMoved, &meeting)?;
        }
        if changes.has("starts_at") && meeting.status == MeetingStatus::Circulated {
            asking::moved(tx, meeting.asking())?;
        }
        let event = event(&meeting).fields(changes);
        Ok(Audited::new(meeting, event))
    })
    .await
    .map(answer)
}

impl MeetingPatch {
    /// The meeting after the change.
    fn apply(self, meeting: &mut Meeting) -> Changes {
        let Self {
            starts_at,
            mode,
            place,
        } = self;
        let mut changes = Changes::default();
        let starts_at = starts_at.map(MeetingMoment::at);
        changes.take("starts_at", &mut meeting.starts_at, starts_at);
        changes.take("mode", &mut meeting.mode, mode);
        changes.take("place", &mut meeting.place, place);
        changes
    }
}

/// Locks the meeting, checks the caller's version and takes it to the status the command leads to.
pub(super) fn advance(
    tx: &mut Tx<'_>,
    act: Act,
    id: Uuid,
    if_match: IfMatch,
    command: impl FnOnce(&mut Tx<'_>) -> Result<MeetingCommand>,
) -> Result<Meeting> {
    let mut meeting = in_sight_locked(tx, act, id)?;
    if_match.check(meeting.version)?;
    let command = command(tx)?;
    meeting.status = rules::meeting(meeting.status, command)?;
    match meeting.status {
        MeetingStatus::Circulated => meeting.circulated_at = Some(tx.now),
        MeetingStatus::InSession => meeting.started_at = Some(tx.now),
        MeetingStatus::Held => meeting.ended_at = Some(tx.now),
        _ => {}
    }
    store::update(tx, &meeting)
}

/// Cancel a meeting that lies ahead. Its cases come off its agenda, and what its circulation opened
/// closes.
#[operation(post, "/meetings/{id}/cancel", tag = "meetings", act = PlanMeeting, says = "Cancelled.")]
pub async fn cancel_meeting(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<MeetingOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let command = |_: &mut Tx<'_>| Ok(MeetingCommand::Cancel);
        let meeting = advance(tx, ACT, id, if_match, command)?;
        decisions_store::withdraw_all(tx, id)?;
        asking::withdraw_all(tx, id)?;
        listing_store::end_all(tx, id)?;
        telling::everybody(tx, NoticeKind::MeetingCancelled, &meeting)?;
        let event = event(&meeting).fields(["status"]);
        Ok(Audited::new(meeting, event))
    })
    .await
    .map(answer)
}

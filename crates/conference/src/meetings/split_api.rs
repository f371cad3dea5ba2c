//! The shape of an agenda over HTTP: its sessions, and what one case is given of it.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::agenda;
use super::agenda_api::audited;
use super::agenda_view::{AgendaItemOut, AgendaOut, item};
use super::rules;
use super::split_store::Session;
use super::{AgendaItemKind, agenda_store, head_in_sight, in_sight_locked, split_store, store};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Body, Change, Changes, IfMatch, Path, Tagged, operation};
use practice::dates::MeetingMoment;
use practice::text::Line;

/// The operations.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(split_agenda_route)
        .service(change_agenda_item_route);
}

/// A part of the meeting.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SessionIn {
    /// Its heading: everybody at the meeting reads it, so it names no case.
    #[serde(default)]
    heading: Option<Line<80>>,
    /// When it starts. What lies before it is a break.
    starts_at: MeetingMoment,
    /// Its items, in the order wanted.
    #[validate(length(min = 1, max = 400))]
    #[schema(max_items = 400, min_items = 1)]
    items: Vec<Uuid>,
}

impl From<SessionIn> for Session {
    fn from(sent: SessionIn) -> Self {
        let SessionIn {
            heading,
            starts_at,
            items: _,
        } = sent;
        Self {
            heading: heading.map(Line::into_string),
            starts_at: starts_at.at(),
        }
    }
}

/// The parts of a meeting.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SplitIn {
    /// In order, with every item of the agenda once; none makes the meeting one again.
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    sessions: Vec<SessionIn>,
}

/// Split a meeting into sessions, each with a start of its own, and order the agenda by them.
#[operation(put, "/meetings/{id}/agenda/sessions", tag = "meetings", act = ChangeAgenda, says = "Split.")]
pub async fn split_agenda(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<SplitIn>,
) -> Result<Tagged<AgendaOut>> {
    let (id, sessions) = (id.0, body.0.sessions);
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight_locked(tx, ACT, id)?;
        if_match.check(meeting.version)?;
        rules::reorder(meeting.status)?;
        let starts: Vec<_> = sessions
            .iter()
            .map(|session| session.starts_at.at())
            .collect();
        rules::sessions(meeting.starts_at, &starts)?;
        let seats = agenda_store::seats(tx, id)?;
        let present: Vec<_> = seats.iter().map(|seat| seat.id).collect();
        let parts = sessions.iter().zip(1_i16..);
        let wanted: Vec<(Uuid, i16)> = match sessions.is_empty() {
            true => present.iter().map(|id| (*id, 1)).collect(),
            false => parts
                .flat_map(|(session, n)| session.items.iter().map(move |id| (*id, n)))
                .collect(),
        };
        let ids: Vec<_> = wanted.iter().map(|(id, _)| *id).collect();
        rules::order(&present, &ids)?;
        let sessions: Vec<_> = sessions.into_iter().map(Session::from).collect();
        let placed = seats.iter().map(|seat| (seat.id, seat.session));
        let stands = seats.iter().all(|seat| seat.placed_by_hand)
            && placed.eq(wanted.iter().copied())
            && split_store::sessions(tx, id)? == sessions;
        if !stands {
            split_store::split(tx, &meeting, sessions, &wanted)?;
            store::touch(tx, id)?;
        }
        let head = head_in_sight(tx, ACT, id)?;
        audited(tx, head)
    })
    .await
}

/// What may change of a case on an agenda.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgendaItemPatch {
    /// Why it is on the agenda. An alert is noted and takes no time: its minutes become 0, and those of
    /// what was an alert become the meeting's usual ones.
    #[serde(default)]
    #[schema(value_type = AgendaItemKind)]
    kind: Change<AgendaItemKind>,
    /// Minutes of its slot; refused for an alert.
    #[serde(default)]
    #[schema(value_type = i16)]
    #[validate(range(min = 1, max = 240))]
    minutes: Change<i16>,
}

/// Change why a case is on an agenda, and how long it is given, until it is decided.
#[operation(patch, "/agenda-items/{id}", tag = "meetings", act = ChangeAgenda, says = "Changed.")]
pub async fn change_agenda_item(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<AgendaItemPatch>,
) -> Result<Tagged<AgendaItemOut>> {
    db.run(&caller, ACT.on("agenda_item", id), move |tx| {
        let opened = agenda::opened(tx, ACT, id)?;
        if_match.check(opened.item.version)?;
        rules::relist(opened.item.status, opened.meeting.status)?;
        let AgendaItemPatch { kind, minutes } = body;
        let (mut now_kind, mut now_minutes) = (opened.item.kind, opened.item.slot_minutes);
        let usual = opened.meeting.minutes_per_case;
        let slot = (kind.value().copied(), minutes.value().copied());
        let wanted = rules::slot((now_kind, now_minutes), slot, usual)?;
        let mut changes = Changes::default();
        changes.put("kind", &mut now_kind, wanted.0);
        changes.put("minutes", &mut now_minutes, wanted.1);
        if !changes.is_empty() {
            split_store::set_slot(tx, &opened.case, id, now_kind, now_minutes)?;
            store::touch(tx, opened.meeting.id)?;
        }
        let out = item(tx, &opened.meeting, id)?;
        let event = Event::of_case(&opened.case).on("agenda_item", id);
        Ok(Audited::new(out, event.fields(changes)))
    })
    .await
    .map(AgendaItemOut::tagged)
}

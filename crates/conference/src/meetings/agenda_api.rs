//! The agenda over HTTP: one read, putting cases on, their order.

use std::collections::HashMap;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::agenda::{self, NewItem};
use super::agenda_view::{AgendaItemOut, AgendaOut, agenda, item};
use super::head_store::AgendaHead;
use super::rules::{self, Timing};
use super::{AgendaItemKind, agenda_store, head_in_sight, in_sight_locked, store};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, Created, Idempotency, IdempotencyKey, IfMatch, Path, Tagged, operation};
use kernel::policy::{Act, hidden};
use kernel::visibility;
use practice::text::Text;

/// The operations on agendas.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_agenda_route)
        .service(put_on_agenda_route)
        .service(order_agenda_route);
}

/// The agenda of a meeting, the meeting's version, and the event of having read it.
pub(super) fn audited(tx: &mut Tx<'_>, head: AgendaHead) -> Result<Audited<Tagged<AgendaOut>>> {
    let (id, marac_id, version) = (head.meeting.id, head.meeting.marac_id, head.meeting.version);
    let agenda = agenda(tx, head)?;
    let event = Event::list(agenda.items.len())
        .on("meeting", id)
        .in_marac(marac_id)
        .fields(["identity"]);
    Ok(Audited::new(Tagged::new(version, agenda), event))
}

/// The agenda: the meeting and its cases in order, in one read.
///
/// Coordinator and chair see every case. From circulation an agency sees those open to it, numbered
/// afresh.
#[operation(get, "/meetings/{id}/agenda", tag = "meetings", act = ReadAgenda, says = "The agenda.")]
pub async fn read_agenda(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<AgendaOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let head = head_in_sight(tx, ACT, id)?;
        audited(tx, head)
    })
    .await
}

/// A case to put on an agenda.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgendaItemIn {
    /// The case.
    case_id: Uuid,
    /// Why; if left out, `repeat` for a repeat (R13) or a case heard since its last referral, and `new`
    /// for another.
    #[serde(default)]
    kind: Option<AgendaItemKind>,
    /// The agencies to list it to.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    agencies: Vec<Uuid>,
    /// Why it comes after circulation: required then, and the chair's to say (R16).
    #[serde(default)]
    late_reason: Option<Text<2000>>,
}

/// Put a case on an agenda. Cases with children come before others (R18).
///
/// After circulation the list is frozen: the chair adds with a reason, the item is marked late, and
/// its agencies see the case at once (R16).
#[operation(post, "/meetings/{id}/agenda", tag = "meetings", act = ChangeAgenda, says = "On the agenda.")]
pub async fn put_on_agenda(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<AgendaItemIn>,
) -> Result<Created<Tagged<AgendaItemOut>>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        put_on(tx, ACT, &key, id, &body)
    })
    .await
    .map(AgendaItemOut::tagged)
    .map(Created)
}

fn put_on(
    tx: &mut Tx<'_>,
    act: Act,
    key: &IdempotencyKey,
    meeting_id: Uuid,
    body: &AgendaItemIn,
) -> Result<Audited<AgendaItemOut>> {
    let meeting = in_sight_locked(tx, act, meeting_id)?;
    let case = visibility::case_locked(tx, act, body.case_id)?;
    if case.marac_id != meeting.marac_id {
        return Err(hidden());
    }
    let mut event = Event::of_case(&case).fields(["agenda", "agencies"]);
    // The seat of a case that had been taken off is found by the case: it keeps its earlier id.
    let item_id = match key.claim(tx, "put_on_agenda", &(meeting_id, body))? {
        Idempotency::Replay(_) => agenda_store::seats(tx, meeting_id)?
            .iter()
            .find(|seat| seat.case_id == case.id)
            .map(|seat| seat.id)
            .ok_or_else(hidden)?,
        Idempotency::Fresh(id) => {
            let late_reason = body.late_reason.as_deref();
            let (kind, timing) = agenda::admit(tx, &case, &meeting, body.kind, late_reason)?;
            let late = timing == Timing::Late;
            if late {
                event = event.act(Act::AddLateItem);
            }
            let new = NewItem {
                kind,
                referral_id: None,
                agencies: &body.agencies,
                late_reason: late_reason.filter(|_| late).map(str::to_owned),
            };
            agenda::add(tx, &case, &meeting, id, &new)?
        }
    };
    let out = item(tx, &meeting, item_id)?;
    Ok(Audited::new(out, event.on("agenda_item", item_id)))
}

/// The order of an agenda.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OrderIn {
    /// Every item of the agenda, in the order wanted.
    #[validate(length(max = 400))]
    #[schema(max_items = 400)]
    items: Vec<Uuid>,
}

/// Order an agenda by hand: the whole list of its items (R18). In a meeting that is split each stays in
/// its session.
#[operation(put, "/meetings/{id}/agenda/order", tag = "meetings", act = ChangeAgenda, says = "In this order.")]
pub async fn order_agenda(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<OrderIn>,
) -> Result<Tagged<AgendaOut>> {
    let (id, wanted) = (id.0, body.0.items);
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight_locked(tx, ACT, id)?;
        if_match.check(meeting.version)?;
        rules::reorder(meeting.status)?;
        let seats = agenda_store::seats(tx, id)?;
        let present: Vec<_> = seats.iter().map(|seat| seat.id).collect();
        rules::order(&present, &wanted)?;
        let sessions: HashMap<_, _> = seats.iter().map(|seat| (seat.id, seat.session)).collect();
        let mut wanted = wanted;
        wanted.sort_by_key(|id| sessions.get(id).copied());
        let stands = seats.iter().all(|seat| seat.placed_by_hand) && present == wanted;
        if stands {
            let head = head_in_sight(tx, ACT, id)?;
            return audited(tx, head);
        }
        agenda_store::reorder(tx, id, wanted)?;
        store::touch(tx, id)?;
        let head = head_in_sight(tx, ACT, id)?;
        audited(tx, head)
    })
    .await
}

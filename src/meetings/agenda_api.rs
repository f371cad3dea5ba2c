//! The agenda over HTTP: one read, putting cases on, their order.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::agenda::{self, NewItem, Remarks};
use super::agenda_store::{self, AgendaRow};
use super::api::MeetingOut;
use super::rules::{self, Timing};
use super::store::{self, Meeting};
use super::{AgendaItemKind, AgendaItemStatus, in_sight, in_sight_locked};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::crypto::Place;
use crate::db::Tx;
use crate::error::Result;
use crate::http::{
    Body, Idempotency, IdempotencyKey, IfMatch, Path, Problems, VersionProblems, WriteProblems,
    etag, tagged,
};
use crate::parties::model::{Identity, PartyRole};
use crate::policy::lens::FieldGroup;
use crate::policy::visibility::{self, lens_of};
use crate::policy::{Act, hidden};

/// The operations on agendas.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_agenda)
        .service(put_on_agenda)
        .service(order_agenda);
}

/// Somebody of a case, as agencies search their records for them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaPerson {
    /// The party of the case.
    party_id: Uuid,
    /// Names, aliases, dates of birth.
    identity: Identity,
}

/// A case on an agenda.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaItemOut {
    /// Id.
    id: Uuid,
    /// The case.
    case_id: Uuid,
    /// Its code.
    case_code: String,
    /// Why it is on the agenda.
    kind: AgendaItemKind,
    /// Where it stands; null for one that was withdrawn or deferred.
    status: AgendaItemStatus,
    /// Its number on the agenda as this reader has it: without gaps.
    number: Option<u32>,
    /// When its slot starts; null for one without a slot.
    starts_at: Option<DateTime<Utc>>,
    /// Minutes of its slot; 0 for an alert, which is noted and not discussed.
    minutes: i16,
    /// Children in the household: heard first (R18).
    has_children: bool,
    /// Put where it is by hand.
    placed_by_hand: bool,
    /// Added after circulation (R16).
    late: bool,
    /// The MARAC it was transferred from (R17).
    transferred_from: Option<String>,
    /// The meeting it was deferred to.
    deferred_to_id: Option<Uuid>,
    /// Score of the latest assessment.
    score: Option<i16>,
    /// Criteria met by the latest referral.
    criteria: Vec<String>,
    /// The survivor.
    survivor: Option<AgendaPerson>,
    /// Those causing harm.
    perpetrators: Vec<AgendaPerson>,
    /// The children.
    children: Vec<AgendaPerson>,
    /// The agencies it is listed to; for coordinator and chair.
    #[serde(skip_serializing_if = "Option::is_none")]
    agencies: Option<Vec<Uuid>>,
    /// What was said of it; in the group `minutes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Remarks>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
    /// Version, for `If-Match`.
    pub(super) etag: String,
}

/// Something to look at before the meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaWarning {
    /// `over_capacity`: more cases or minutes than the meeting can hear.
    code: &'static str,
}

/// A meeting and its cases in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaOut {
    /// The meeting; its `etag` covers the order too.
    meeting: MeetingOut,
    /// The cases this reader may see, in order.
    items: Vec<AgendaItemOut>,
    /// For coordinator and chair.
    warnings: Vec<AgendaWarning>,
}

/// Opens an item as far as the caller's lens goes.
fn open(
    tx: &Tx<'_>,
    meeting: &Meeting,
    number: Option<u32>,
    row: AgendaRow,
) -> Result<AgendaItemOut> {
    let lens = lens_of(tx, meeting.marac_id, &row.bases, &row.full_at);
    let key = match &row.wrapped {
        Some(wrapped) => Some(
            tx.keys
                .unwrap(row.case_id, &row.master_key_id, Some(wrapped))?,
        ),
        None => None,
    };
    let mut people: Vec<(PartyRole, AgendaPerson)> = Vec::new();
    if let Some(key) = key.as_ref().filter(|_| lens.shows(FieldGroup::Identity)) {
        let parties = row
            .party_ids
            .iter()
            .zip(&row.party_roles)
            .zip(&row.identities);
        for ((party_id, role), sealed) in parties {
            let identity = key.open_json(Place::new("parties", "identity", *party_id), sealed)?;
            let person = AgendaPerson {
                party_id: *party_id,
                identity,
            };
            people.push((*role, person));
        }
    }
    let mut of = |wanted: PartyRole| -> Vec<AgendaPerson> {
        let matching = people.extract_if(.., |(role, _)| *role == wanted);
        matching.map(|(_, person)| person).collect()
    };
    let remarks = match (&key, &row.outcome) {
        (Some(key), Some(sealed)) if lens.shows(FieldGroup::Minutes) => {
            Some(key.open_json(agenda::remarks_of(row.id), sealed)?)
        }
        _ => None,
    };
    let starts_at = number.map(|_| meeting.starts_at + TimeDelta::minutes(row.minutes_before));
    Ok(AgendaItemOut {
        survivor: of(PartyRole::Survivor).into_iter().next(),
        perpetrators: of(PartyRole::Perpetrator),
        children: of(PartyRole::Child),
        agencies: tx
            .actor
            .is_staff(meeting.marac_id)
            .then_some(row.agency_ids),
        id: row.id,
        case_id: row.case_id,
        case_code: row.code,
        kind: row.kind,
        status: row.status,
        number,
        starts_at,
        minutes: row.slot_minutes,
        has_children: row.has_children,
        placed_by_hand: row.placed_by_hand,
        late: row.late,
        transferred_from: None,
        deferred_to_id: row.deferred_to_id,
        score: row.score,
        criteria: row.criteria,
        remarks,
        withheld: lens.withheld(),
        etag: etag(row.version),
    })
}

/// The caller's rows of an agenda, each with its number. Before circulation the list is the
/// coordinator's and the chair's alone.
fn numbered(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<(Option<u32>, AgendaRow)>> {
    let mut rows = agenda_store::items(tx, meeting.id)?;
    if meeting.circulated_at.is_none() && !tx.actor.is_staff(meeting.marac_id) {
        rows.clear();
    }
    let mut last = 0;
    let number = |row: AgendaRow| {
        let takes_slot = rules::takes_slot(row.status);
        last += u32::from(takes_slot);
        (takes_slot.then_some(last), row)
    };
    Ok(rows.into_iter().map(number).collect())
}

/// One item as the caller has it on the agenda.
pub(super) fn item(tx: &mut Tx<'_>, meeting: &Meeting, id: Uuid) -> Result<AgendaItemOut> {
    let (number, row) = numbered(tx, meeting)?
        .into_iter()
        .find(|(_, row)| row.id == id)
        .ok_or_else(hidden)?;
    open(tx, meeting, number, row)
}

/// The agenda as the caller has it.
fn agenda(tx: &mut Tx<'_>, meeting: Meeting) -> Result<AgendaOut> {
    let rows = numbered(tx, &meeting)?;
    let slots: Vec<i16> = rows
        .iter()
        .filter(|(number, _)| number.is_some())
        .map(|(_, row)| row.slot_minutes)
        .collect();
    let over = tx.actor.is_staff(meeting.marac_id)
        && rules::over_capacity(meeting.capacity, meeting.minutes_per_case, &slots);
    let items = rows
        .into_iter()
        .map(|(number, row)| open(tx, &meeting, number, row))
        .collect::<Result<Vec<_>>>()?;
    let warning = AgendaWarning {
        code: "over_capacity",
    };
    Ok(AgendaOut {
        meeting: meeting.into(),
        items,
        warnings: over.then_some(warning).into_iter().collect(),
    })
}

fn audited(agenda: AgendaOut, meeting_id: Uuid, marac_id: Uuid) -> Audited<AgendaOut> {
    let event = Event::list(agenda.items.len())
        .on("meeting", meeting_id)
        .in_marac(marac_id)
        .fields(["identity"]);
    Audited::new(agenda, event)
}

/// The agenda: the meeting and its cases in order, in one read.
///
/// Coordinator and chair see every case. From circulation an agency sees those open to it, numbered
/// afresh.
#[utoipa::path(tag = "meetings", operation_id = "read_agenda",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The agenda.", body = AgendaOut), Problems))]
#[get("/meetings/{id}/agenda")]
async fn read_agenda(state: Data<State>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = id.0;
    let (agenda, version) = state
        .db
        .run(&caller, Act::ReadAgenda.on("meeting", id), move |tx| {
            let meeting = in_sight(tx, Act::ReadAgenda, id)?;
            let (marac_id, version) = (meeting.marac_id, meeting.version);
            let audited = audited(agenda(tx, meeting)?, id, marac_id);
            Ok(audited.map(|agenda| (agenda, version)))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &agenda))
}

/// A case to put on an agenda.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgendaItemIn {
    /// The case.
    case_id: Uuid,
    /// Why; if left out, `repeat` for a case heard before and `new` for another.
    #[serde(default)]
    kind: Option<AgendaItemKind>,
    /// The agencies to list it to.
    #[validate(length(max = 50))]
    agencies: Vec<Uuid>,
    /// Why it comes after circulation: required then, and the chair's to say (R16).
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    late_reason: Option<String>,
}

/// Put a case on an agenda. Cases with children come before others (R18).
///
/// After circulation the list is frozen: the chair adds with a reason, the item is marked late, and
/// its agencies see the case at once (R16).
#[utoipa::path(tag = "meetings", operation_id = "put_on_agenda", request_body = AgendaItemIn, params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")), responses(
    (status = 201, description = "On the agenda.", body = AgendaItemOut), Problems, WriteProblems))]
#[post("/meetings/{id}/agenda")]
async fn put_on_agenda(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<AgendaItemIn>,
) -> Result<HttpResponse> {
    let (id, body) = (id.0, body.0);
    let item = state
        .db
        .run(&caller, Act::ChangeAgenda.on("meeting", id), move |tx| {
            put_on(tx, &key, id, &body)
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header(("ETag", item.etag.clone()))
        .json(item))
}

fn put_on(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    meeting_id: Uuid,
    body: &AgendaItemIn,
) -> Result<Audited<AgendaItemOut>> {
    let meeting = in_sight_locked(tx, Act::ChangeAgenda, meeting_id)?;
    let case = visibility::case_locked(tx, Act::ChangeAgenda, body.case_id)?;
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
            let late_reason = body.late_reason.as_ref();
            let (kind, timing) = agenda::admit(tx, &case, &meeting, body.kind, late_reason)?;
            let late = timing == Timing::Late;
            if late {
                event = event.act(Act::AddLateItem);
            }
            let new = NewItem {
                kind,
                referral_id: None,
                agencies: &body.agencies,
                late_reason: late_reason.filter(|_| late).cloned(),
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
    items: Vec<Uuid>,
}

/// Order an agenda by hand: the whole list of its items (R18).
#[utoipa::path(tag = "meetings", operation_id = "order_agenda", request_body = OrderIn, params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The meeting's `etag`.")), responses(
    (status = 200, description = "In this order.", body = AgendaOut), Problems, WriteProblems, VersionProblems))]
#[put("/meetings/{id}/agenda/order")]
async fn order_agenda(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<OrderIn>,
) -> Result<HttpResponse> {
    let (id, wanted) = (id.0, body.0.items);
    let (agenda, version) = state
        .db
        .run(&caller, Act::ChangeAgenda.on("meeting", id), move |tx| {
            let mut meeting = in_sight_locked(tx, Act::ChangeAgenda, id)?;
            if_match.check(meeting.version)?;
            rules::reorder(meeting.status)?;
            let seats = agenda_store::seats(tx, id)?;
            let present: Vec<_> = seats.iter().map(|seat| seat.id).collect();
            rules::order(&present, &wanted)?;
            agenda_store::reorder(tx, id, wanted)?;
            store::touch(tx, id)?;
            meeting.version += 1;
            let (marac_id, version) = (meeting.marac_id, meeting.version);
            let audited = audited(agenda(tx, meeting)?, id, marac_id);
            Ok(audited.map(|agenda| (agenda, version)))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &agenda))
}

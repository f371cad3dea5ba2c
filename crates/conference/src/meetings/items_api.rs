//! One case on an agenda over HTTP: who it is listed to, and what becomes of it.

use std::collections::BTreeSet;

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::agenda::{self, OpenedItem, Remarks};
use super::agenda_view::{AgendaItemOut, item};
use super::rules::{self, Decision};
use super::run_api::{PassedOver, passed_over};
use super::{agenda_store, listing_store, store};
use crate::asking;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use kernel::policy::Act;
use practice::dates::AnyDay;
use practice::text::Text;

/// The operations on agenda items.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_to_agencies_route)
        .service(withdraw_agenda_item_route)
        .service(hear_agenda_item_route)
        .service(defer_agenda_item_route)
        .service(note_alert_route);
}

fn event(opened: &OpenedItem) -> Event {
    Event::of_case(&opened.case).on("agenda_item", opened.item.id)
}

/// The agencies of an item.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgenciesIn {
    /// All the agencies it is listed to.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    agencies: Vec<Uuid>,
}

/// An item and the agencies that were passed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedOut {
    /// The item.
    item: AgendaItemOut,
    /// After circulation: agencies that did not get the case.
    warnings: Vec<PassedOver>,
}

/// Choose the agencies a case is listed to. After circulation a new one sees it at once, and one that
/// is left out no longer does.
#[operation(put, "/agenda-items/{id}/agencies", tag = "meetings", act = ChangeAgenda, says = "Listed.")]
pub async fn list_to_agencies(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<AgenciesIn>,
) -> Result<Tagged<ListedOut>> {
    let (id, agencies) = (id.0, body.0.agencies);
    let out = db
        .run(&caller, ACT.on("agenda_item", id), move |tx| {
            let opened = agenda::opened(tx, ACT, id)?;
            if_match.check(opened.item.version)?;
            let out = relist(tx, &opened, &agencies)?;
            Ok(Audited::new(out, event(&opened).fields(["agencies"])))
        })
        .await?;
    Ok(Tagged::with(out.item.etag.clone(), out))
}

fn relist(tx: &mut Tx<'_>, opened: &OpenedItem, agencies: &[Uuid]) -> Result<ListedOut> {
    let OpenedItem {
        meeting,
        case,
        item: row,
    } = opened;
    rules::relist(row.status, meeting.status)?;
    let members = agenda_store::members(tx, meeting.marac_id, agencies)?;
    rules::members(agencies, &members)?;
    let set = |ids: &[Uuid]| ids.iter().copied().collect::<BTreeSet<_>>();
    let changed = set(&row.agency_ids) != set(agencies);
    if changed {
        agenda_store::set_agencies(tx, case, row.id, agencies)?;
        agenda_store::touch(tx, row.id)?;
    }
    let mut listed = Vec::new();
    if agenda_store::is_out(meeting.status) {
        // Also where the list stays: an agency that was passed over may get the case by now.
        listing_store::end(tx, case, meeting.id, agencies)?;
        asking::withdraw(tx, row.id, agencies)?;
        listed = agenda::open(tx, meeting, Some(row.id))?;
    } else if changed {
        store::touch(tx, meeting.id)?;
    }
    Ok(ListedOut {
        item: item(tx, meeting, row.id)?,
        warnings: passed_over(&listed),
    })
}

/// Whether a decision lets the case wait.
enum Wait {
    No,
    For {
        to: Option<Uuid>,
        until: Option<NaiveDate>,
    },
}

/// Writes a decision on an item and answers with the item as it then stands.
async fn decide(
    db: &Db,
    caller: &Caller,
    act: Act,
    (id, if_match): (Uuid, IfMatch),
    decision: Decision,
    wait: Wait,
    say: impl FnOnce(&mut Remarks) + Send + 'static,
) -> Result<Tagged<AgendaItemOut>> {
    db.run(caller, act.on("agenda_item", id), move |tx| {
        let opened = agenda::opened(tx, act, id)?;
        if_match.check(opened.item.version)?;
        let status = opened.allows(decision)?;
        let deferred = match wait {
            Wait::No => None,
            Wait::For { to, until } => {
                rules::deferral(to, until, opened.meeting.day())?;
                Some(opened.deferred(tx, to, until)?)
            }
        };
        opened.decide(tx, status, say, deferred)?;
        let out = item(tx, &opened.meeting, id)?;
        Ok(Audited::new(
            out,
            event(&opened).fields(["status", "outcome"]),
        ))
    })
    .await
    .map(AgendaItemOut::tagged)
}

/// Why a case comes off a list.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WithdrawIn {
    /// Why.
    reason: Text<2000>,
}

/// Take a case off an agenda. What its circulation opened closes.
#[operation(post, "/agenda-items/{id}/withdraw", tag = "meetings", act = ChangeAgenda, says = "Withdrawn.")]
pub async fn withdraw_agenda_item(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<WithdrawIn>,
) -> Result<Tagged<AgendaItemOut>> {
    let say = |remarks: &mut Remarks| remarks.reason = Some(body.0.reason.into_string());
    let at = (id.0, if_match);
    decide(&db, &caller, ACT, at, Decision::Withdraw, Wait::No, say).await
}

/// What came of a case.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OutcomeIn {
    /// In words. Actions are recorded for themselves.
    #[serde(default)]
    outcome: Option<Text<4000>>,
}

/// Mark a case heard, while the meeting is in session (R22).
#[operation(post, "/agenda-items/{id}/hear", tag = "meetings", act = DecideAgendaItem, says = "Heard.")]
pub async fn hear_agenda_item(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<OutcomeIn>,
) -> Result<Tagged<AgendaItemOut>> {
    let say = |remarks: &mut Remarks| remarks.outcome = body.0.outcome.map(String::from);
    let at = (id.0, if_match);
    decide(&db, &caller, ACT, at, Decision::Hear, Wait::No, say).await
}

/// Note an alert-only case, while the meeting is in session: agencies flag it, nobody discusses it.
#[operation(post, "/agenda-items/{id}/note-alert", tag = "meetings", act = DecideAgendaItem, says = "Noted.")]
pub async fn note_alert(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<OutcomeIn>,
) -> Result<Tagged<AgendaItemOut>> {
    let say = |remarks: &mut Remarks| remarks.outcome = body.0.outcome.map(String::from);
    let at = (id.0, if_match);
    decide(&db, &caller, ACT, at, Decision::NoteAlert, Wait::No, say).await
}

/// Why a case waits, and until when.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeferIn {
    /// Why.
    reason: Text<2000>,
    /// A planned meeting whose agenda it goes onto.
    #[serde(default)]
    to_meeting_id: Option<Uuid>,
    /// Or the first day on which a list may take it up again; the day after this meeting if neither is
    /// given.
    #[serde(default)]
    until: Option<AnyDay>,
}

/// Defer a case, with a reason and a next date (R22): to another meeting, onto whose agenda it goes with
/// the same agencies, or until a day, from which on the next list that is built takes it up.
#[operation(post, "/agenda-items/{id}/defer", tag = "meetings", act = DecideAgendaItem, says = "Deferred.")]
pub async fn defer_agenda_item(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<DeferIn>,
) -> Result<Tagged<AgendaItemOut>> {
    let DeferIn {
        reason,
        to_meeting_id: to,
        until,
    } = body.0;
    let until = until.map(Into::into);
    let wait = Wait::For { to, until };
    let say = |remarks: &mut Remarks| remarks.reason = Some(reason.into_string());
    let at = (id.0, if_match);
    decide(&db, &caller, ACT, at, Decision::Defer, wait, say).await
}

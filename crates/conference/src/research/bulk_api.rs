//! An agency's whole list for a meeting in one request.

use std::collections::{HashMap, HashSet};

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::bulk_store::{self, AskedRow};
use super::judge::{Refusal, judge};
use super::model::{PrivatePart, ResearchStatus, ReturnIn, ShareablePart};
use super::{shapes, store};
use crate::meetings;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{FieldError, Result};
use kernel::http::{Body, Idempotency, IdempotencyKey, Json, Path, etag, operation};
use kernel::policy::lens::FieldGroup;
use practice::text::Line;

/// The operation.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(return_research_list_route);
}

/// One answer of a list.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedReturnIn {
    /// The case's place on the agenda.
    agenda_item_id: Uuid,
    /// The version read, to change an answer; the first answer needs none.
    #[serde(default)]
    etag: Option<Line<40>>,
    /// The agency looked and knows nothing: nothing else is sent with it.
    #[serde(default)]
    nothing_known: bool,
    /// What never leaves the agency.
    #[serde(default)]
    agency_private: PrivatePart,
    /// What it shares at the meeting.
    #[serde(default)]
    shareable: ShareablePart,
}

/// An agency's list.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ResearchListIn {
    /// An answer for each case: at most 60. Longer lists, and more bytes than the request body takes,
    /// are sent in parts.
    #[validate(length(min = 1, max = 60))]
    #[schema(max_items = 60, min_items = 1)]
    items: Vec<ListedReturnIn>,
}

/// Why one answer was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnProblem {
    /// `not_found`, `stale`, `already_answered`, `meeting_started`, `meeting_over`, `not_asked`,
    /// `duplicate`, `invalid`; `not_written` for one that a retry would have taken.
    code: &'static str,
    /// Refused fields, for `invalid`; pointers start at the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// What became of one answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnReport {
    /// The case's place on the agenda, as sent.
    agenda_item_id: Uuid,
    /// Where the return now stands; null for what is not found.
    status: Option<ResearchStatus>,
    /// Its version now.
    etag: Option<String>,
    /// Why it was not taken; null if it was.
    problem: Option<ReturnProblem>,
}

/// What became of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResearchListOut {
    /// Answers taken.
    taken: usize,
    /// Answers refused.
    refused: usize,
    /// A report for each answer, in the order sent.
    items: Vec<ReturnReport>,
}

/// Return one's agency's research on the cases of a meeting in one request.
///
/// Each answer is judged on its own: those that hold are stored, the others are reported with their
/// problem, and the whole list can be sent again. A retry under the same key changes nothing.
#[operation(post, "/meetings/{id}/research", tag = "research", act = ReturnResearch,
    says = "Judged, one by one.")]
pub async fn return_research_list(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<ResearchListIn>,
) -> Result<Json<ResearchListOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let marac_id = meetings::marac_of(tx, ACT, id)?;
        let claim = key.claim(tx, "return_research_list", &body)?;
        take(tx, id, marac_id, claim, body.items)
    })
    .await
    .map(Json)
}

/// Judges each answer and writes those that hold, all in one statement.
fn take(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    marac_id: Uuid,
    claim: Idempotency,
    items: Vec<ListedReturnIn>,
) -> Result<Audited<ResearchListOut>> {
    let agency_id = tx.actor.agency_id;
    let wanted = items.iter().map(|item| item.agenda_item_id).collect();
    let rows = bulk_store::asked(tx, meeting_id, agency_id, wanted)?;
    let rows: HashMap<Uuid, AskedRow> = rows
        .into_iter()
        .map(|row| (row.agenda_item_id, row))
        .collect();
    let (mut answers, mut events, mut reports) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for item in items {
        let row = rows.get(&item.agenda_item_id);
        let again = !seen.insert(item.agenda_item_id);
        let verdict = match (claim, row) {
            _ if again => Err(Refusal::named("duplicate")),
            (Idempotency::Replay(batch), Some(row)) if row.batch_id == Some(batch) => {
                reports.push(report(&item, Some((row.status, row.version)), None));
                continue;
            }
            _ => item.judge(tx, row),
        };
        let refusal = match (verdict, row, claim) {
            (Ok(status), Some(row), Idempotency::Fresh(_)) => {
                let sent = item.sent();
                answers.push(shapes::seal(&row.key(tx)?, row.id, status, &sent)?);
                let event = Event::new().in_case(row.marac_id, row.case_id);
                let groups = [FieldGroup::ResearchShared, FieldGroup::ResearchPrivate];
                let event = event.on("research_return", row.id);
                events.push(event.fields(groups.map(FieldGroup::as_str)));
                reports.push(report(&item, Some((status, row.version + 1)), None));
                continue;
            }
            (Ok(_), ..) => Refusal::named("not_written"),
            (Err(refusal), ..) => refusal,
        };
        let now = row.map(|row| (row.status, row.version));
        reports.push(report(&item, now, Some(refusal)));
    }
    if !answers.is_empty() {
        store::write(tx, &answers, Some(claim.id()))?;
    }
    let refused = reports.iter().filter(|one| one.problem.is_some()).count();
    let out = ResearchListOut {
        taken: reports.len() - refused,
        refused,
        items: reports,
    };
    let first = Event::list(out.items.len())
        .on("meeting", meeting_id)
        .in_marac(marac_id);
    Ok(events
        .into_iter()
        .fold(Audited::new(out, first), Audited::and))
}

impl ListedReturnIn {
    fn sent(&self) -> ReturnIn {
        ReturnIn {
            nothing_known: self.nothing_known,
            agency_private: self.agency_private.clone(),
            shareable: self.shareable.clone(),
        }
    }

    fn judge(&self, tx: &Tx<'_>, row: Option<&AskedRow>) -> Result<ResearchStatus, Refusal> {
        let asked = row.map(AskedRow::asked);
        judge(asked, self.etag.as_deref(), &self.sent(), tx.today())
    }
}

fn report(
    item: &ListedReturnIn,
    now: Option<(ResearchStatus, i32)>,
    refusal: Option<Refusal>,
) -> ReturnReport {
    ReturnReport {
        agenda_item_id: item.agenda_item_id,
        status: now.map(|(status, _)| status),
        etag: now.map(|(_, version)| etag(version)),
        problem: refusal.map(|refusal| ReturnProblem {
            code: refusal.code,
            errors: refusal.errors,
        }),
    }
}

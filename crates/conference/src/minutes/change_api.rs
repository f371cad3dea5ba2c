//! Drafting, approving, issuing and correcting minutes over HTTP.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::answer::MinutesOut;
use super::change;
use super::edits::MinutesEdit;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Path, Problems, VersionProblems, WriteProblems};
use kernel::policy::Act;
use practice::text::Text;

/// The operations that change minutes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(draft_minutes)
        .service(approve_minutes)
        .service(issue_minutes)
        .service(correct_minutes);
}

/// What minutes say that is recorded nowhere else.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MinutesIn {
    /// Any other business. Every reader gets it: nothing of a case belongs here.
    #[serde(default)]
    any_other_business: Option<Text<8000>>,
}

/// Draft the minutes of a meeting that was held, from what was recorded: attendance, agenda, actions left
/// over, hearings, actions agreed. Drafting again takes up what was recorded since, and the chair's
/// approval falls.
#[utoipa::path(tag = "minutes", operation_id = "draft_minutes", request_body = MinutesIn, params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The version's `etag`; `\"0\"` for the first draft.")), responses(
    (status = 200, description = "Drafted.", body = MinutesOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/minutes/draft")]
async fn draft_minutes(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<MinutesIn>,
) -> Result<HttpResponse> {
    let (id, body) = (id.0, body.0);
    let minutes = db
        .run(&caller, Act::DraftMinutes.on("meeting", id), move |tx| {
            change::draft(tx, id, if_match, body.any_other_business.map(String::from))
        })
        .await?;
    Ok(minutes.answer(HttpResponse::Ok()))
}

/// Approve the version in hand, as the chair (R24).
///
/// 409 `part_damaged`: something that this version wrote could not be read; `errors` points into the minutes. Once it is
/// restored or written anew, the minutes are drafted again.
#[utoipa::path(tag = "minutes", operation_id = "approve_minutes", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The version's `etag`.")), responses(
    (status = 200, description = "Approved.", body = MinutesOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/minutes/approve")]
async fn approve_minutes(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let minutes = db
        .run(&caller, Act::ApproveMinutes.on("meeting", id), move |tx| {
            change::approve(tx, id, if_match)
        })
        .await?;
    Ok(minutes.answer(HttpResponse::Ok()))
}

/// Issue the approved version. From here on it stays as it is, and its readers have it; with the first,
/// the meeting is `minuted`.
///
/// 409 `part_damaged` as with approving.
#[utoipa::path(tag = "minutes", operation_id = "issue_minutes", params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The version's `etag`.")), responses(
    (status = 200, description = "Issued.", body = MinutesOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/minutes/issue")]
async fn issue_minutes(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let minutes = db
        .run(&caller, Act::IssueMinutes.on("meeting", id), move |tx| {
            change::issue(tx, id, if_match)
        })
        .await?;
    Ok(minutes.answer(HttpResponse::Ok()))
}

/// What is to be corrected.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MinutesCorrectionIn {
    /// One for each case, and one for the meeting.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(max_items = 50, min_items = 1)]
    pub changes: Vec<MinutesChangeIn>,
}

/// A correction of one case, or of the meeting.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MinutesChangeIn {
    /// The case; left out: of the meeting, in words that every reader gets.
    #[serde(default)]
    pub case_id: Option<Uuid>,
    /// What is changed.
    pub what: Text<2000>,
    /// Why.
    pub why: Text<2000>,
    /// Take up the record as it now is, before the edits: for a hearing whose record was corrected since.
    #[serde(default)]
    pub from_record: bool,
    /// The words that change; at least one, unless the record is taken up.
    #[serde(default)]
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    pub edits: Vec<MinutesEdit>,
}

/// Correct minutes that were issued. Another version says what changed and why; it is approved and issued
/// like the first, and until then readers have the one before. While it is in hand, a further correction
/// goes into it, and the chair's approval falls.
///
/// 409 `part_damaged`: what is to be corrected cannot be read. Write it `from_record`.
#[utoipa::path(tag = "minutes", operation_id = "correct_minutes", request_body = MinutesCorrectionIn, params(
    ("id" = Uuid, Path, description = "The meeting."),
    ("If-Match" = String, Header, description = "The version's `etag`.")), responses(
    (status = 200, description = "In hand.", body = MinutesOut), Problems, WriteProblems, VersionProblems))]
#[post("/meetings/{id}/minutes/correct")]
async fn correct_minutes(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<MinutesCorrectionIn>,
) -> Result<HttpResponse> {
    let (id, changes) = (id.0, body.0.changes);
    let minutes = db
        .run(&caller, Act::CorrectMinutes.on("meeting", id), move |tx| {
            change::correct(tx, id, if_match, &changes)
        })
        .await?;
    Ok(minutes.answer(HttpResponse::Ok()))
}

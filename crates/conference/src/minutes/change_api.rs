//! Drafting, approving, issuing and correcting minutes over HTTP.

use actix_web::web::Data;
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
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use practice::text::Text;

/// The operations that change minutes.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(draft_minutes_route)
        .service(approve_minutes_route)
        .service(issue_minutes_route)
        .service(correct_minutes_route);
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
#[operation(post, "/meetings/{id}/minutes/draft", tag = "minutes", act = DraftMinutes, says = "Drafted.",
    if_match = "The version's `etag` that was read; `\"0\"` for the first draft.")]
pub async fn draft_minutes(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<MinutesIn>,
) -> Result<Tagged<MinutesOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        change::draft(tx, id, if_match, body.any_other_business.map(String::from))
    })
    .await
    .map(MinutesOut::tagged)
}

/// Approve the version in hand, as the chair (R24).
///
/// 409 `part_damaged`: something that this version wrote could not be read; `errors` points into the minutes. Once it is
/// restored or written anew, the minutes are drafted again.
#[operation(post, "/meetings/{id}/minutes/approve", tag = "minutes", act = ApproveMinutes, says = "Approved.",
    if_match = "The version's `etag` that was read.")]
pub async fn approve_minutes(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<MinutesOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        change::approve(tx, id, if_match)
    })
    .await
    .map(MinutesOut::tagged)
}

/// Issue the approved version. From here on it stays as it is, and its readers have it; with the first,
/// the meeting is `minuted`.
///
/// 409 `part_damaged` as with approving.
#[operation(post, "/meetings/{id}/minutes/issue", tag = "minutes", act = IssueMinutes, says = "Issued.",
    if_match = "The version's `etag` that was read.")]
pub async fn issue_minutes(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<MinutesOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        change::issue(tx, id, if_match)
    })
    .await
    .map(MinutesOut::tagged)
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
#[operation(post, "/meetings/{id}/minutes/correct", tag = "minutes", act = CorrectMinutes, says = "In hand.",
    if_match = "The version's `etag` that was read.")]
pub async fn correct_minutes(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<MinutesCorrectionIn>,
) -> Result<Tagged<MinutesOut>> {
    let (id, changes) = (id.0, body.0.changes);
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        change::correct(tx, id, if_match, &changes)
    })
    .await
    .map(MinutesOut::tagged)
}

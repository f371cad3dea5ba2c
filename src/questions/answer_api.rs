//! The lead's side: answering from the account, taking questions into the next contact, answering by
//! what was told there, declining.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::api::{QuestionOut, by, locked, shown};
use super::rules::{self, Command, Pointed};
use super::store::{self, Question, Settling};
use super::telling;
use crate::account::{self, HowTold, NewEntry, Reader, Sharing};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::cases::opened;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::http::{
    Body, IfMatch, Page, Path, Problems, VersionProblems, WriteProblems, etag, tagged,
};
use crate::policy::visibility::VisibleCase;
use crate::policy::{Act, hidden};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(take_questions)
        .service(answer_question)
        .service(answer_question_anew)
        .service(decline_question);
}

/// The case and a question on it that the caller may answer, locked and at the version they read.
fn to_answer(
    tx: &mut Tx<'_>,
    (id, question_id): (Uuid, Uuid),
    if_match: IfMatch,
) -> Result<(VisibleCase, Question)> {
    let case = opened(tx, Act::AnswerQuestion, id)?;
    let by = by(tx, &case)?;
    let question = locked(tx, &case, by.sees_all(), question_id)?;
    by.may_answer()?;
    if_match.check(question.version)?;
    Ok((case, question))
}

/// Opens entries to the asker's agency.
fn open(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question, entries: &[Uuid]) -> Result<()> {
    match entries.is_empty() || store::open(tx, case, question, entries)? {
        true => Ok(()),
        false => Err(Error::conflict("asker_gone")),
    }
}

/// A question and the version of it that was read.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionVersion {
    /// The question.
    id: Uuid,
    /// Its etag.
    #[validate(length(min = 1, max = 40))]
    etag: String,
}

/// Questions to take into the next contact.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeQuestionsIn {
    /// The questions: all of them are taken, or none.
    #[validate(length(min = 1, max = 100), nested)]
    questions: Vec<QuestionVersion>,
}

/// Take open questions into the next contact with the survivor, as the case's lead.
///
/// The survivor is asked once, in one contact, for everybody. 409: `already_taken`, `already_settled`.
#[utoipa::path(tag = "questions", operation_id = "take_questions", request_body = TakeQuestionsIn,
    params(("id" = Uuid, Path, description = "The case.")),
    responses((status = 200, description = "Taken: all of them on one page.", body = Page<QuestionOut>),
        Problems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/questions/take")]
async fn take_questions(
    state: Data<State>,
    caller: Caller,
    path: Path<Uuid>,
    body: Body<TakeQuestionsIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let page = state
        .db
        .run(&caller, Act::AnswerQuestion.on("case", id), move |tx| {
            let case = opened(tx, Act::AnswerQuestion, id)?;
            let by = by(tx, &case)?;
            let ids: Vec<_> = body.questions.iter().map(|one| one.id).collect();
            let found = store::locked(tx, &case, by.sees_all(), &ids)?;
            if ids.iter().any(|id| found.iter().all(|one| one.id != *id)) {
                return Err(hidden());
            }
            by.may_answer()?;
            for question in &found {
                let version = etag(question.version);
                let read = |one: &QuestionVersion| one.id == question.id && one.etag != version;
                if body.questions.iter().any(read) {
                    return Err(Code::Stale.into());
                }
                rules::decide(question.status, Command::Take)?;
            }
            store::take(tx, &case, &ids)?;
            let items = store::locked(tx, &case, true, &ids)?
                .iter()
                .map(|question| QuestionOut::of(&case, question))
                .collect::<Result<Vec<_>>>()?;
            let event = Event::of_case(&case).fields(["status"]).rows(items.len());
            let page = Page {
                items,
                next_cursor: None,
            };
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// An answer from the account.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionAnswerIn {
    /// Entries that answer it, under any heading. Those of class `agency_private` cannot.
    #[validate(length(min = 1, max = 50))]
    entries: Vec<Uuid>,
    /// Those of them to open to the asker's agency, which may not read the account yet. They stay open
    /// for as long as the asker sees the case by what they see it by now.
    #[serde(default)]
    #[validate(length(max = 50))]
    open: Vec<Uuid>,
    /// What there is to add.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    note: Option<String>,
}

/// Answer a question from the account, as the case's lead: the survivor is not asked.
///
/// The coordinator may in the lead's place. 409: `already_settled`; `asker_gone` if entries are to be
/// opened to somebody who no longer sees the case.
#[utoipa::path(tag = "questions", operation_id = "answer_question", request_body = QuestionAnswerIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("question_id" = Uuid, Path, description = "The question."),
        ("If-Match" = String, Header, description = "The question's etag.")),
    responses((status = 200, description = "Answered.", body = QuestionOut),
        Problems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/questions/{question_id}/answer")]
async fn answer_question(
    state: Data<State>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<QuestionAnswerIn>,
) -> Result<HttpResponse> {
    let (at, body) = (path.0, body.0);
    let ask = Act::AnswerQuestion.on("question", at.1);
    let (question, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let (case, question) = to_answer(tx, at, if_match)?;
            let status = rules::decide(question.status, Command::AnswerFromAccount)?;
            rules::answer(
                &body.entries,
                &body.open,
                &pointed(tx, &case, &body.entries)?,
            )?;
            let mut opening = body.open;
            opening.sort_unstable();
            opening.dedup();
            open(tx, &case, &question, &opening)?;
            let words = Settling {
                note: body.note,
                reason: None,
            };
            store::settle(tx, &case, question.id, status, &body.entries, &words)?;
            telling::answered(tx, &case, &question)?;
            let opened = (!opening.is_empty()).then_some("opened");
            let event = Event::of_case(&case)
                .on("question", question.id)
                .fields(["answer"].into_iter().chain(opened));
            Ok(Audited::new(shown(tx, &case, true, question.id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &question))
}

fn pointed(tx: &mut Tx<'_>, case: &VisibleCase, ids: &[Uuid]) -> Result<Vec<Pointed>> {
    let reader = Reader::of(tx, case);
    let found = account::standings(tx, case, reader, ids)?;
    Ok(found
        .into_iter()
        .map(|entry| Pointed {
            id: entry.id,
            sharing: entry.sharing,
            readable: entry.readable && entry.superseded_by_id.is_none(),
        })
        .collect())
}

/// What was told when the survivor was asked.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ToldIn {
    /// Who may read it: not the own agency alone, for then it is no answer.
    sharing: Sharing,
    /// When it was told, not before the question was taken.
    told_on: NaiveDate,
    /// How it was told.
    how_told: HowTold,
    /// What was told.
    #[validate(length(min = 1, max = 12000))]
    text: String,
}

/// An answer by what was told since the question was taken.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionNewAnswerIn {
    /// A new entry under the question's heading.
    #[serde(default)]
    #[validate(nested)]
    told: Option<ToldIn>,
    /// Or an entry written under it since the question was taken: one contact may answer several.
    #[serde(default)]
    entry_id: Option<Uuid>,
    /// Open it to the asker's agency, which may not read the account yet.
    #[serde(default)]
    open: bool,
    /// What there is to add.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    note: Option<String>,
}

/// Answer a taken question by a new entry of the account, as the case's lead.
///
/// 409: `not_taken`, `already_settled`, `asker_gone`.
#[utoipa::path(tag = "questions", operation_id = "answer_question_anew", request_body = QuestionNewAnswerIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("question_id" = Uuid, Path, description = "The question."),
        ("If-Match" = String, Header, description = "The question's etag.")),
    responses((status = 200, description = "Answered.", body = QuestionOut),
        Problems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/questions/{question_id}/answer-anew")]
async fn answer_question_anew(
    state: Data<State>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<QuestionNewAnswerIn>,
) -> Result<HttpResponse> {
    let (at, body) = (path.0, body.0);
    let ask = Act::AnswerQuestion.on("question", at.1);
    let (question, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let (case, question) = to_answer(tx, at, if_match)?;
            let status = rules::decide(question.status, Command::AnswerNew)?;
            let mut added = None;
            let entry = match (body.told, body.entry_id) {
                (Some(told), None) => *added.insert(tell(tx, &case, &question, told)?),
                (None, Some(id)) => told_since(tx, &case, &question, id)?,
                _ => {
                    let message = "Give one of told and entry_id.";
                    return Err(Error::field("/told", "one_of", message));
                }
            };
            if body.open {
                open(tx, &case, &question, &[entry])?;
            }
            let words = Settling {
                note: body.note,
                reason: None,
            };
            store::settle(tx, &case, question.id, status, &[entry], &words)?;
            telling::answered(tx, &case, &question)?;
            let opened = body.open.then_some("opened");
            let event = Event::of_case(&case)
                .on("question", question.id)
                .fields(["answer"].into_iter().chain(opened));
            let audited = Audited::new(shown(tx, &case, true, question.id)?, event);
            Ok(match added {
                Some(entry) => audited.and(
                    Event::of_case(&case)
                        .act(Act::AddAccountEntry)
                        .on("account_entry", entry),
                ),
                None => audited,
            })
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &question))
}

/// Writes down what was told, under the question's heading.
fn tell(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question, told: ToldIn) -> Result<Uuid> {
    account::told_by("/told/told_on", told.told_on, tx.today())?;
    rules::told_since_taken(question.taken_at, told.told_on)?;
    if told.sharing == Sharing::AgencyPrivate {
        let message = "What answers another's question is shared.";
        return Err(Error::field("/told/sharing", "agency_private", message));
    }
    let entry = NewEntry {
        id: Uuid::now_v7(),
        heading: question.heading,
        sharing: told.sharing,
        told_on: told.told_on,
        how_told: told.how_told,
        text: told.text,
        supersedes_id: None,
    };
    account::add_entry(tx, case, &entry)?;
    Ok(entry.id)
}

/// An entry under the question's heading, written since the question was taken.
fn told_since(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question, id: Uuid) -> Result<Uuid> {
    let reader = Reader::of(tx, case);
    let found = account::standings(tx, case, reader, &[id])?;
    let fits = found.iter().any(|entry| {
        entry.readable
            && entry.heading == question.heading
            && entry.sharing != Sharing::AgencyPrivate
            && question.taken_at.is_some_and(|at| entry.created_at >= at)
    });
    match fits {
        true => Ok(id),
        false => Err(Error::field(
            "/entry_id",
            "unknown",
            "Name an entry written under this heading since the question was taken.",
        )),
    }
}

/// Why a question is not asked.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeclineQuestionIn {
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    reason: String,
}

/// Decline a question, as the case's lead: the survivor is not asked, and the asker is told why.
///
/// 409: `already_settled`.
#[utoipa::path(tag = "questions", operation_id = "decline_question", request_body = DeclineQuestionIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("question_id" = Uuid, Path, description = "The question."),
        ("If-Match" = String, Header, description = "The question's etag.")),
    responses((status = 200, description = "Declined.", body = QuestionOut),
        Problems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/questions/{question_id}/decline")]
async fn decline_question(
    state: Data<State>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<DeclineQuestionIn>,
) -> Result<HttpResponse> {
    let (at, reason) = (path.0, body.0.reason);
    let ask = Act::AnswerQuestion.on("question", at.1);
    let (question, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let (case, question) = to_answer(tx, at, if_match)?;
            let status = rules::decide(question.status, Command::Decline)?;
            let words = Settling {
                note: None,
                reason: Some(reason),
            };
            store::settle(tx, &case, question.id, status, &[], &words)?;
            telling::answered(tx, &case, &question)?;
            let event = Event::of_case(&case)
                .on("question", question.id)
                .fields(["status"]);
            Ok(Audited::new(shown(tx, &case, true, question.id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &question))
}

//! The lead's side: taking questions into the next contact, declining them.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::answer_api::{settled, to_answer};
use super::api::{QuestionOut, by};
use super::rules::{self, Command};
use super::store::{self, Settling};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::error::{Code, Result};
use kernel::http::{Body, IfMatch, Page, Path, Tagged, VersionProblems, etag, operation};
use kernel::policy::hidden;
use practice::text::{Line, Text};

/// A question and the version of it that was read.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionVersion {
    /// The question.
    id: Uuid,
    /// Its etag.
    etag: Line<40>,
}

/// Questions to take into the next contact.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeQuestionsIn {
    /// The questions: all of them are taken, or none.
    #[validate(length(min = 1, max = 100), nested)]
    #[schema(max_items = 100, min_items = 1)]
    questions: Vec<QuestionVersion>,
}

/// Take open questions into the next contact with the survivor, as the case's lead.
///
/// The survivor is asked once, in one contact, for everybody. 409: `already_taken`, `already_settled`.
#[operation(post, "/cases/{id}/questions/take", tag = "questions", act = AnswerQuestion,
    says = "Taken: all of them on one page.", problems(VersionProblems))]
pub async fn take_questions(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(body): Body<TakeQuestionsIn>,
) -> Result<Page<QuestionOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let by = by(tx, &case)?;
        let ids: Vec<_> = body.questions.iter().map(|one| one.id).collect();
        let found = store::locked(tx, &case, by.sees_all(), &ids)?;
        if ids.iter().any(|id| found.iter().all(|one| one.id != *id)) {
            return Err(hidden());
        }
        by.may_answer()?;
        for question in &found {
            let version = etag(question.version);
            let read = |one: &QuestionVersion| one.id == question.id && *one.etag != *version;
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
    .await
}

/// Why a question is not asked.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeclineQuestionIn {
    /// Why.
    reason: Text<2000>,
}

/// Decline a question, as the case's lead: the survivor is not asked, and the asker is told why.
///
/// 409: `already_settled`.
#[operation(post, "/cases/{id}/questions/{question_id}/decline", tag = "questions", act = AnswerQuestion,
    says = "Declined.")]
pub async fn decline_question(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<DeclineQuestionIn>,
) -> Result<Tagged<QuestionOut>> {
    let reason = body.0.reason;
    db.run(&caller, ACT.on("question", at.1), move |tx| {
        let (case, question) = to_answer(tx, ACT, at, if_match)?;
        let status = rules::decide(question.status, Command::Decline)?;
        let words = Settling {
            note: None,
            reason: Some(reason.into_string()),
        };
        settled(tx, &case, &question, (status, &[], &words), &["status"])
    })
    .await
}

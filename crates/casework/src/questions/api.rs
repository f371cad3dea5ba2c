//! Asking, listing, reading and taking back.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::QuestionStatus;
use super::rules::{self, By, Command, Told};
use super::store::{self, Question, Settling};
use super::telling;
use crate::account::{Heading, Reader, readable_under};
use crate::circle::is_lead;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{is_staff, opened};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{
    Body, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path, Problems, Query,
    VersionProblems, WriteProblems, etag, paged, tagged,
};
use kernel::policy::lens::Standing;
use kernel::policy::{Act, hidden};
use kernel::visibility::VisibleCase;
use practice::text::{Line, Text};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_questions)
        .service(ask_question)
        .service(read_question)
        .service(withdraw_question);
}

/// A question on the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuestionOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// The heading it is asked under.
    heading: Heading,
    /// Where it stands.
    status: QuestionStatus,
    /// What is asked.
    text: String,
    /// The asker's agency.
    agency_id: Uuid,
    /// Who asked, if an account of this service.
    asked_by: Option<Uuid>,
    /// Who asked, if a registered person of a partner's program.
    actor_id: Option<Uuid>,
    /// When.
    asked_at: DateTime<Utc>,
    /// Entries under the heading that the asker had read before.
    read: Vec<Uuid>,
    /// When the lead took it into the next contact with the survivor.
    taken_at: Option<DateTime<Utc>>,
    /// When it was answered, declined or taken back.
    settled_at: Option<DateTime<Utc>>,
    /// Entries of the account that answer it.
    entries: Vec<Uuid>,
    /// Those of them, and their later versions, that were opened to the asker's agency.
    opened: Vec<Uuid>,
    /// What the lead adds to the answer.
    note: Option<String>,
    /// Why it was declined.
    reason: Option<String>,
}

impl QuestionOut {
    /// A question that the store found in the reader's sight.
    pub(super) fn of(case: &VisibleCase, question: &Question) -> Result<Self> {
        let words = question.settling(case)?;
        Ok(Self {
            id: question.id,
            etag: etag(question.version),
            heading: question.heading,
            status: question.status,
            text: question.text(case)?,
            agency_id: question.agency_id,
            asked_by: question.asked_by,
            actor_id: question.actor_id,
            asked_at: question.created_at,
            read: question.read_entries.clone(),
            taken_at: question.taken_at,
            settled_at: question.settled_at,
            entries: question.answer_entries.clone(),
            opened: question.opened.clone(),
            note: words.note,
            reason: words.reason,
        })
    }
}

/// How the caller stands to the questions of a case.
pub(super) fn by(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<By> {
    Ok(By {
        lead: is_lead(tx, case)?,
        coordinator: case.standings.contains(&Standing::Coordinator),
        staff: is_staff(case),
    })
}

/// The question as it is now, and its version.
pub(super) fn shown(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    all: bool,
    id: Uuid,
) -> Result<(QuestionOut, i32)> {
    let question = store::find(tx, case, all, id)?.ok_or_else(hidden)?;
    Ok((QuestionOut::of(case, &question)?, question.version))
}

/// A question in the caller's sight, locked.
pub(super) fn locked(tx: &mut Tx<'_>, case: &VisibleCase, all: bool, id: Uuid) -> Result<Question> {
    let found = store::locked(tx, case, all, &[id])?.into_iter().next();
    found.ok_or_else(hidden)
}

/// Which questions.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionsQuery {
    /// Those that stand here only.
    #[param(inline)]
    status: Option<QuestionStatus>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

/// The questions on a case's account, newest first.
///
/// The case's lead, coordinator and chair see all of them; others their own agency's.
#[utoipa::path(tag = "questions", operation_id = "list_questions",
    params(("id" = Uuid, Path, description = "The case."), QuestionsQuery),
    responses((status = 200, description = "A page of questions.", body = Page<QuestionOut>), Problems))]
#[get("/cases/{id}/questions")]
async fn list_questions(
    request: HttpRequest,
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    query: Query<QuestionsQuery>,
) -> Result<HttpResponse> {
    let QuestionsQuery {
        status,
        limit,
        cursor,
    } = query.0;
    let (id, page) = (path.0, PageQuery { limit, cursor });
    let (limit, after) = (page.limit(), page.after()?);
    let page = db
        .run(&caller, Act::ReadQuestions.on("case", id), move |tx| {
            let case = opened(tx, Act::ReadQuestions, id)?;
            let all = by(tx, &case)?.sees_all();
            let rows = store::page(tx, &case, all, status, after, limit)?;
            let page = Page::of(rows, limit, |row| (row.created_at, row.id));
            let items = page.items.iter().map(|row| QuestionOut::of(&case, row));
            let page = Page {
                items: items.collect::<Result<Vec<_>>>()?,
                next_cursor: page.next_cursor,
            };
            let event = Event::of_case(&case).fields(["questions"]).rows(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// Read a question and its answer.
#[utoipa::path(tag = "questions", operation_id = "read_question",
    params(("id" = Uuid, Path, description = "The case."),
        ("question_id" = Uuid, Path, description = "The question.")),
    responses((status = 200, description = "The question.", body = QuestionOut), Problems))]
#[get("/cases/{id}/questions/{question_id}")]
async fn read_question(
    db: Data<Db>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse> {
    let (id, question_id) = path.0;
    let ask = Act::ReadQuestions.on("question", question_id);
    let (question, version) = db
        .run(&caller, ask, move |tx| {
            let case = opened(tx, Act::ReadQuestions, id)?;
            let all = by(tx, &case)?.sees_all();
            let event = Event::of_case(&case).on("question", question_id);
            Ok(Audited::new(shown(tx, &case, all, question_id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &question))
}

/// A question to ask.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionIn {
    /// The heading of the account it belongs under.
    heading: Heading,
    /// What you need to know.
    text: Text<4000>,
    /// The entries under this heading that you have read: all that you can read, no others.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    read: Vec<Uuid>,
}

/// What came of asking.
enum Asked {
    Taken(Box<QuestionOut>),
    Told(Vec<Uuid>),
}

/// Ask what the account does not say, instead of ringing the survivor.
///
/// Open to everybody who sees the case. If there are entries under the heading that you can read, the
/// answer is 409 `already_told` with their `ids`; read them, and ask again with exactly these as
/// `read` if they do not answer it. 409: `already_told`, `case_not_open`.
#[utoipa::path(tag = "questions", operation_id = "ask_question", request_body = QuestionIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry happen once.")),
    responses((status = 201, description = "Asked: the case's lead has it.", body = QuestionOut),
        Problems, WriteProblems))]
#[post("/cases/{id}/questions")]
async fn ask_question(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<QuestionIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let asked = db
        .run(&caller, Act::AskQuestion.on("case", id), move |tx| {
            let case = opened(tx, Act::AskQuestion, id)?;
            let claim = key.claim(tx, "ask_question", &(id, &body))?;
            if let Idempotency::Fresh(question_id) = claim
                && let Some(told) = ask(tx, &case, question_id, &body)?
            {
                key.release(tx, "ask_question")?;
                let event = Event::of_case(&case)
                    .on("case", id)
                    .fields(["already_told"])
                    .rows(told.len());
                return Ok(Audited::new(Asked::Told(told), event));
            }
            let question = store::find(tx, &case, false, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("question", claim.id());
            let question = Box::new(QuestionOut::of(&case, &question)?);
            Ok(Audited::new(Asked::Taken(question), event))
        })
        .await?;
    match asked {
        Asked::Taken(question) => Ok(HttpResponse::Created().json(question)),
        Asked::Told(ids) => Err(Error::conflict_over("already_told", ids)),
    }
}

/// Takes the question, or gives back the entries that the asker is sent to.
fn ask(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    body: &QuestionIn,
) -> Result<Option<Vec<Uuid>>> {
    rules::case_takes_questions(case.row.status)?;
    let reader = Reader::of(tx, case);
    let readable = readable_under(tx, case, reader, body.heading)?;
    match rules::told_already(&readable, &body.read)? {
        Told::Already => {
            store::sent_to_the_account(tx, case, body.heading)?;
            Ok(Some(readable))
        }
        Told::NotYet => {
            store::insert(tx, case, id, body.heading, &body.text, &readable)?;
            telling::asked(tx, case, id)?;
            Ok(None)
        }
    }
}

/// Take a question of the own agency back.
///
/// 409: `already_settled`.
#[utoipa::path(tag = "questions", operation_id = "withdraw_question",
    params(("id" = Uuid, Path, description = "The case."),
        ("question_id" = Uuid, Path, description = "The question."),
        ("If-Match" = String, Header, description = "The question's etag.")),
    responses((status = 200, description = "Taken back.", body = QuestionOut),
        Problems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/questions/{question_id}/withdraw")]
async fn withdraw_question(
    db: Data<Db>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let (id, question_id) = path.0;
    let ask = Act::AskQuestion.on("question", question_id);
    let (question, version) = db
        .run(&caller, ask, move |tx| {
            let case = opened(tx, Act::AskQuestion, id)?;
            let all = by(tx, &case)?.sees_all();
            let question = locked(tx, &case, all, question_id)?;
            if question.agency_id != tx.actor.agency_id {
                return Err(Code::Forbidden.into());
            }
            if_match.check(question.version)?;
            let status = rules::decide(question.status, Command::Withdraw)?;
            store::settle(tx, &case, question_id, status, &[], &Settling::default())?;
            let event = Event::of_case(&case)
                .on("question", question_id)
                .fields(["status"]);
            Ok(Audited::new(shown(tx, &case, all, question_id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &question))
}

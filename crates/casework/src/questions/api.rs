//! Asking, listing, reading and taking back.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::QuestionStatus;
use super::rules::{self, Command, QuestionCaller, Told};
use super::store::{self, Question, Settling};
use super::telling;
use crate::account::{AccountReader, Heading, readable_under};
use crate::circle::is_lead;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{is_staff, opened};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Page, PageQuery, Path, Query,
    Tagged, etag, operation,
};
use kernel::policy::hidden;
use kernel::policy::lens::Standing;
use kernel::visibility::VisibleCase;
use practice::text::{Line, Text};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_questions_route)
        .service(ask_question_route)
        .service(read_question_route)
        .service(withdraw_question_route);
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
pub(super) fn by(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<QuestionCaller> {
    Ok(QuestionCaller {
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
) -> Result<Tagged<QuestionOut>> {
    let question = store::find(tx, case, all, id)?.ok_or_else(hidden)?;
    Ok(Tagged::new(
        question.version,
        QuestionOut::of(case, &question)?,
    ))
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
#[operation(get, "/cases/{id}/questions", tag = "questions", act = ReadQuestions,
    says = "A page of questions.")]
pub async fn list_questions(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Query<QuestionsQuery>,
) -> Result<Page<QuestionOut>> {
    let QuestionsQuery {
        status,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
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
    .await
}

/// Read a question and its answer.
#[operation(get, "/cases/{id}/questions/{question_id}", tag = "questions", act = ReadQuestions,
    says = "The question.")]
pub async fn read_question(
    db: Data<Db>,
    caller: Caller,
    Path((id, question_id)): Path<(Uuid, Uuid)>,
) -> Result<Tagged<QuestionOut>> {
    db.run(&caller, ACT.on("question", question_id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let all = by(tx, &case)?.sees_all();
        let event = Event::of_case(&case).on("question", question_id);
        Ok(Audited::new(shown(tx, &case, all, question_id)?, event))
    })
    .await
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
enum AskOutcome {
    Taken(Box<QuestionOut>),
    Told(Vec<Uuid>),
}

/// Ask what the account does not say, instead of ringing the survivor.
///
/// Open to everybody who sees the case. If there are entries under the heading that you can read, the
/// answer is 409 `already_told` with their `ids`; read them, and ask again with exactly these as
/// `read` if they do not answer it. 409: `already_told`, `case_not_open`.
#[operation(post, "/cases/{id}/questions", tag = "questions", act = AskQuestion,
    says = "Asked: the case's lead has it.")]
pub async fn ask_question(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<QuestionIn>,
) -> Result<Created<Json<QuestionOut>>> {
    let asked = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened(tx, ACT, id)?;
            let claim = key.claim(tx, "ask_question", &(id, &body))?;
            if let Idempotency::Fresh(question_id) = claim
                && let Some(told) = ask(tx, &case, question_id, &body)?
            {
                key.release(tx, "ask_question")?;
                let event = Event::of_case(&case)
                    .on("case", id)
                    .fields(["already_told"])
                    .rows(told.len());
                return Ok(Audited::new(AskOutcome::Told(told), event));
            }
            let question = store::find(tx, &case, false, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("question", claim.id());
            let question = Box::new(QuestionOut::of(&case, &question)?);
            Ok(Audited::new(AskOutcome::Taken(question), event))
        })
        .await?;
    match asked {
        AskOutcome::Taken(question) => Ok(Created(Json(*question))),
        AskOutcome::Told(ids) => Err(Error::conflict_over("already_told", ids)),
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
    let reader = AccountReader::of(tx, case);
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
#[operation(post, "/cases/{id}/questions/{question_id}/withdraw", tag = "questions", act = AskQuestion,
    says = "Taken back.")]
pub async fn withdraw_question(
    db: Data<Db>,
    caller: Caller,
    Path((id, question_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<QuestionOut>> {
    db.run(&caller, ACT.on("question", question_id), move |tx| {
        let case = opened(tx, ACT, id)?;
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
    .await
}

//! The lead's side: answering from the account, and how every answer ends.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::QuestionStatus;
use super::api::{QuestionOut, by, locked, shown};
use super::rules::{self, Command, Pointed};
use super::store::{self, Question, Settling};
use super::telling;
use crate::account::{self, AccountReader};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use kernel::policy::Act;
use kernel::visibility::VisibleCase;
use practice::text::Text;

/// The case and a question on it that the caller may answer, locked and at the version they read.
pub(super) fn to_answer(
    tx: &mut Tx<'_>,
    act: Act,
    (id, question_id): (Uuid, Uuid),
    if_match: IfMatch,
) -> Result<(VisibleCase, Question)> {
    let case = opened(tx, act, id)?;
    let by = by(tx, &case)?;
    let question = locked(tx, &case, by.sees_all(), question_id)?;
    by.may_answer()?;
    if_match.check(question.version)?;
    Ok((case, question))
}

/// Opens entries to the asker's agency.
pub(super) fn open(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    question: &Question,
    entries: &[Uuid],
) -> Result<()> {
    match entries.is_empty() || store::open(tx, case, question, entries)? {
        true => Ok(()),
        false => Err(Error::conflict("asker_gone")),
    }
}

/// An answer that may be given.
pub(super) struct QuestionAnswer<'a> {
    pub status: QuestionStatus,
    /// The entries that answer it.
    pub entries: &'a [Uuid],
    /// Some of them were opened to the asker's agency.
    pub opened: bool,
    /// What there is to add.
    pub note: Option<String>,
}

/// Gives an answer; the question as it then is.
pub(super) fn answered(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    question: &Question,
    answer: QuestionAnswer<'_>,
) -> Result<Audited<Tagged<QuestionOut>>> {
    let words = Settling {
        note: answer.note,
        reason: None,
    };
    let fields: &[&'static str] = match answer.opened {
        true => &["answer", "opened"],
        false => &["answer"],
    };
    let what = (answer.status, answer.entries, &words);
    settled(tx, case, question, what, fields)
}

/// How every question ends for its lead: it is written down, the asker is told, the audit says so.
pub(super) fn settled(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    question: &Question,
    (status, entries, words): (QuestionStatus, &[Uuid], &Settling),
    fields: &[&'static str],
) -> Result<Audited<Tagged<QuestionOut>>> {
    store::settle(tx, case, question.id, status, entries, words)?;
    telling::answered(tx, case, question)?;
    let event = Event::of_case(case)
        .on("question", question.id)
        .fields(fields.iter().copied());
    Ok(Audited::new(shown(tx, case, true, question.id)?, event))
}

/// An answer from the account.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct QuestionAnswerIn {
    /// Entries that answer it, under any heading. Those of class `agency_private` cannot.
    #[validate(length(min = 1, max = 50))]
    #[schema(max_items = 50, min_items = 1)]
    entries: Vec<Uuid>,
    /// Those of them to open to the asker's agency, which may not read the account yet. They stay open
    /// for as long as the asker sees the case by what they see it by now.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    open: Vec<Uuid>,
    /// What there is to add.
    #[serde(default)]
    note: Option<Text<2000>>,
}

/// Answer a question from the account, as the case's lead: the survivor is not asked.
///
/// The coordinator may in the lead's place. 409: `already_settled`; `asker_gone` if entries are to be
/// opened to somebody who no longer sees the case.
#[operation(post, "/cases/{id}/questions/{question_id}/answer", tag = "questions", act = AnswerQuestion,
    says = "Answered.")]
pub async fn answer_question(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Body(body): Body<QuestionAnswerIn>,
) -> Result<Tagged<QuestionOut>> {
    db.run(&caller, ACT.on("question", at.1), move |tx| {
        let (case, question) = to_answer(tx, ACT, at, if_match)?;
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
        let answer = QuestionAnswer {
            status,
            entries: &body.entries,
            opened: !opening.is_empty(),
            note: body.note.map(String::from),
        };
        answered(tx, &case, &question, answer)
    })
    .await
}

fn pointed(tx: &mut Tx<'_>, case: &VisibleCase, ids: &[Uuid]) -> Result<Vec<Pointed>> {
    let reader = AccountReader::of(tx, case);
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

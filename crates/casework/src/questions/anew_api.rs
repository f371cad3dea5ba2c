//! The lead's side: answering by what was told when the survivor was asked.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::answer_api::{QuestionAnswer, answered, open, to_answer};
use super::api::QuestionOut;
use super::rules::{self, Command};
use super::store::Question;
use crate::account::{self, AccountReader, HowTold, NewEntry, Sharing};
use crate::parties;
use kernel::audit::Event;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Path, Tagged, happened, operation};
use kernel::policy::Act;
use kernel::visibility::VisibleCase;
use practice::dates::AnyDay;
use practice::text::Text;

/// What was told when the survivor was asked.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ToldIn {
    /// Who may read it: not the own agency alone, for then it is no answer.
    sharing: Sharing,
    /// When it was told, not before the question was taken.
    told_on: AnyDay,
    /// How it was told.
    how_told: HowTold,
    /// What was told.
    text: Text<12000>,
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
    note: Option<Text<2000>>,
}

/// Answer a taken question by a new entry of the account, as the case's lead.
///
/// 409: `not_taken`, `already_settled`, `asker_gone`.
#[operation(post, "/cases/{id}/questions/{question_id}/answer-anew", tag = "questions", act = AnswerQuestion,
    says = "Answered.")]
pub async fn answer_question_anew(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Body(body): Body<QuestionNewAnswerIn>,
) -> Result<Tagged<QuestionOut>> {
    db.run(&caller, ACT.on("question", at.1), move |tx| {
        let (case, question) = to_answer(tx, ACT, at, if_match)?;
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
        let answer = QuestionAnswer {
            status,
            entries: &[entry],
            opened: body.open,
            note: body.note.map(String::from),
        };
        let audited = answered(tx, &case, &question, answer)?;
        Ok(match added {
            Some(entry) => audited.and(
                Event::of_case(&case)
                    .act(Act::AddAccountEntry)
                    .on("account_entry", entry),
            ),
            None => audited,
        })
    })
    .await
}

/// Writes down what was told, under the question's heading.
fn tell(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question, told: ToldIn) -> Result<Uuid> {
    let born = parties::survivor_born(tx, case)?;
    happened("/told/told_on", told.told_on.day(), tx.today(), born)?;
    rules::told_since_taken(question.taken_at, told.told_on.day())?;
    if told.sharing == Sharing::AgencyPrivate {
        let message = "What answers another's question is shared.";
        return Err(Error::field("/told/sharing", "agency_private", message));
    }
    let entry = NewEntry {
        id: Uuid::now_v7(),
        heading: question.heading,
        sharing: told.sharing,
        told_on: told.told_on.day(),
        how_told: told.how_told,
        text: told.text.into_string(),
        supersedes_id: None,
    };
    account::add_entry(tx, case, &entry)?;
    Ok(entry.id)
}

/// An entry under the question's heading, written since the question was taken.
fn told_since(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question, id: Uuid) -> Result<Uuid> {
    let reader = AccountReader::of(tx, case);
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

//! Rows of questions, of who was sent to the account, and of entries opened on a question.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::QuestionStatus;
use crate::account::Heading;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{questions, told_already};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// A question.
#[derive(Row)]
pub struct Question {
    /// Id.
    pub id: Uuid,
    /// The heading it is asked under.
    pub heading: Heading,
    /// Where it stands.
    pub status: QuestionStatus,
    /// The asker's agency.
    pub agency_id: Uuid,
    /// The asker, if an account of this service.
    pub asked_by: Option<Uuid>,
    /// The asker, if a registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// What the asker had read.
    pub read_entries: Vec<Uuid>,
    /// What the answer points at.
    pub answer_entries: Vec<Uuid>,
    /// What of it was opened to the asker's agency.
    pub opened: Vec<Uuid>,
    /// When it was taken into the next contact.
    pub taken_at: Option<DateTime<Utc>>,
    /// When it was answered, declined or taken back.
    pub settled_at: Option<DateTime<Utc>>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Version.
    pub version: i32,
    sealed: Vec<u8>,
    settling: Option<Vec<u8>>,
}

/// The words that go with settling a question.
#[derive(Default, Serialize, Deserialize)]
pub struct Settling {
    /// A note to the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Question {
    /// What is asked.
    pub fn text(&self, case: &VisibleCase) -> Result<String> {
        let place = SealPlace::new("questions", "sealed", self.id);
        Ok(case.key().open_text(place, &self.sealed)?)
    }

    /// What was said when it was settled.
    pub fn settling(&self, case: &VisibleCase) -> Result<Settling> {
        let place = SealPlace::new("questions", "settling", self.id);
        match &self.settling {
            Some(sealed) => Ok(case.key().open_json(place, sealed)?),
            None => Ok(Settling::default()),
        }
    }
}

/// Where a page ends.
pub type After = (DateTime<Utc>, Uuid);

/// A page of questions, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    all: bool,
    status: Option<QuestionStatus>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Question>> {
    let own = tx.actor.agency_id;
    Ok(tx
        .sql(statement!("questions" => Question))
        .bind(case.id)
        .bind(all)
        .bind(own)
        .bind(status.map(QuestionStatus::as_str))
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

/// One question.
pub fn find(tx: &mut Tx<'_>, case: &VisibleCase, all: bool, id: Uuid) -> Result<Option<Question>> {
    let own = tx.actor.agency_id;
    Ok(tx
        .sql(statement!("question" => Question))
        .bind(case.id)
        .bind(all)
        .bind(own)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

/// These questions, locked in the order of their ids.
pub fn locked(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    all: bool,
    ids: &[Uuid],
) -> Result<Vec<Question>> {
    let own = tx.actor.agency_id;
    tx.sql(statement!("locked" => Question))
        .bind(case.id)
        .bind(all)
        .bind(own)
        .bind(ids.to_vec())
        .locking_all(tx)
}

/// Adds a question of the caller's, who has read these entries.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    heading: Heading,
    text: &str,
    read: &[Uuid],
) -> Result<()> {
    let place = SealPlace::new("questions", "sealed", id);
    let sealed = case.key().seal(place, text.as_bytes())?;
    let (user, actor) = asker(tx);
    diesel::insert_into(questions::table)
        .values((
            questions::id.eq(id),
            questions::marac_id.eq(case.marac_id),
            questions::case_id.eq(case.id),
            questions::heading.eq(heading),
            questions::status.eq(QuestionStatus::Open),
            questions::agency_id.eq(tx.actor.agency_id),
            questions::asked_by.eq(user),
            questions::actor_id.eq(actor),
            questions::read_entries.eq(whole(read)),
            questions::sealed.eq(sealed),
            questions::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    tx.sql(statement!("asked_after_all"))
        .bind(case.id)
        .bind(heading.as_str())
        .bind(user.or(actor))
        .bind(id)
        .execute(tx.conn)?;
    Ok(())
}

/// Ids as an array of the schema has them, which cannot say that none is null.
fn whole(ids: &[Uuid]) -> Vec<Option<Uuid>> {
    ids.iter().copied().map(Some).collect()
}

fn asker(tx: &Tx<'_>) -> (Option<Uuid>, Option<Uuid>) {
    let principal = &tx.actor.principal;
    (principal.user_id(), principal.actor_id())
}

/// The caller was sent to what they can read under the heading; once, however often they try.
pub fn sent_to_the_account(tx: &mut Tx<'_>, case: &VisibleCase, heading: Heading) -> Result<()> {
    let (user, actor) = asker(tx);
    diesel::insert_into(told_already::table)
        .values((
            told_already::id.eq(Uuid::now_v7()),
            told_already::marac_id.eq(case.marac_id),
            told_already::case_id.eq(case.id),
            told_already::heading.eq(heading),
            told_already::agency_id.eq(tx.actor.agency_id),
            told_already::user_id.eq(user),
            told_already::actor_id.eq(actor),
            told_already::created_at.eq(tx.now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}

/// Takes questions into the next contact.
pub fn take(tx: &mut Tx<'_>, case: &VisibleCase, ids: &[Uuid]) -> Result<()> {
    let taken = questions::case_id
        .eq(case.id)
        .and(questions::id.eq_any(ids));
    diesel::update(questions::table.filter(taken))
        .set((
            questions::status.eq(QuestionStatus::Taken),
            questions::taken_at.eq(tx.now),
            questions::taken_by.eq(tx.actor.principal.user_id()),
            questions::version.eq(questions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Settles a question: answered, declined or taken back.
pub fn settle(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    status: QuestionStatus,
    answers: &[Uuid],
    words: &Settling,
) -> Result<()> {
    let place = SealPlace::new("questions", "settling", id);
    let sealed = case.key().seal_json(place, words)?;
    let said = words.note.is_some() || words.reason.is_some();
    let settled = questions::case_id.eq(case.id).and(questions::id.eq(id));
    diesel::update(questions::table.filter(settled))
        .set((
            questions::status.eq(status),
            questions::answer_entries.eq(whole(answers)),
            questions::settling.eq(said.then_some(sealed)),
            questions::settled_at.eq(tx.now),
            questions::settled_by.eq(tx.actor.principal.user_id()),
            questions::version.eq(questions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Opens entries to the asker's agency, for as long as the asker sees the case by what they see it
/// by now. False if that is nothing any more.
pub fn open(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    question: &Question,
    entries: &[Uuid],
) -> Result<bool> {
    let opened = tx
        .sql(statement!("open_entries"))
        .bind(entries.to_vec())
        .bind(question.id)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(question.agency_id)
        .bind(question.asked_by)
        .bind(question.actor_id)
        .bind(tx.now)
        .bind(tx.actor.principal.user_id())
        .execute(tx.conn)?;
    Ok(opened == entries.len())
}

/// Somebody who leads a case though nobody was made its lead.
#[derive(Row)]
pub struct UnnamedLead {
    /// An account.
    pub user_id: Option<Uuid>,
    /// A registered person of a partner's program.
    pub actor_id: Option<Uuid>,
}

/// The IDVAs of the service it is allocated to; without one, who referred.
pub fn unnamed_leads(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<UnnamedLead>> {
    Ok(tx
        .sql(statement!("unnamed_leads" => UnnamedLead))
        .bind(case.id)
        .bind(case.marac_id)
        .bind(tx.now)
        .load(tx.conn)?)
}

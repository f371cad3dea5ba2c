//! Rows of questions, of who was sent to the account, and of entries opened on a question.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::QuestionStatus;
use crate::account::Heading;
use kernel::crypto::Place;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::sql::Row;
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
        let place = Place::new("questions", "sealed", self.id);
        Ok(case.key().open_text(place, &self.sealed)?)
    }

    /// What was said when it was settled.
    pub fn settling(&self, case: &VisibleCase) -> Result<Settling> {
        let place = Place::new("questions", "settling", self.id);
        match &self.settling {
            Some(sealed) => Ok(case.key().open_json(place, sealed)?),
            None => Ok(Settling::default()),
        }
    }
}

/// SQL: questions of the case $1 that the reader sees: all of them ($2), or the agency's own ($3).
macro_rules! questions {
    ($tail:literal) => {
        concat!(
            "select q.id, q.heading, q.status, q.agency_id, q.asked_by, q.actor_id, q.read_entries, ",
            "q.answer_entries, array(select o.entry_id from entry_openings o ",
            "where o.question_id = q.id order by o.entry_id) as opened, ",
            "q.taken_at, q.settled_at, q.created_at, q.version, q.sealed, q.settling ",
            "from questions q where q.case_id = $1 and ($2 or q.agency_id = $3) ",
            $tail
        )
    };
}

/// SQL: how the account of the case $1 is used, as a part of its file.
#[doc(hidden)]
#[macro_export]
macro_rules! account_use_row {
    () => {
        "select 'account_use' as kind, $1 as id, null::uuid as parent, 0 as version, json_build_object( \
           'asked', (select count(*) from questions q \
             where q.case_id = $1 and q.status = 'answered_new'), \
           'read_instead', (select count(*) from questions q \
             where q.case_id = $1 and q.status = 'answered_from_account') \
             + (select count(*) from told_already t \
               where t.case_id = $1 and t.question_id is null))::text as plain, null::bytea as sealed"
    };
}

pub use account_use_row;

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
        .sql(questions!(
            "and ($4::text is null or q.status = $4) \
         and ($5::timestamptz is null or (q.created_at, q.id) < ($5, $6)) \
         order by q.created_at desc, q.id desc limit $7"
        ))
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
        .sql(questions!("and q.id = $4"))
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
    tx.sql(questions!(
        "and q.id = any ($4) order by q.id for update of q"
    ))
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
    let place = Place::new("questions", "sealed", id);
    let sealed = case.key().seal(place, text.as_bytes())?;
    let (user, actor) = asker(tx);
    tx.sql(
        "insert into questions (id, marac_id, case_id, heading, status, agency_id, asked_by, actor_id, \
         read_entries, sealed, created_at) values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(heading.as_str())
    .bind(tx.actor.agency_id)
    .bind(user)
    .bind(actor)
    .bind(read.to_vec())
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)?;
    // Who asks after all did not leave it at what stands there.
    tx.sql(
        "update told_already set question_id = $4 where case_id = $1 and heading = $2 \
         and coalesce(user_id, actor_id) = $3 and question_id is null",
    )
    .bind(case.id)
    .bind(heading.as_str())
    .bind(user.or(actor))
    .bind(id)
    .execute(tx.conn)?;
    Ok(())
}

fn asker(tx: &Tx<'_>) -> (Option<Uuid>, Option<Uuid>) {
    let principal = &tx.actor.principal;
    (principal.user_id(), principal.actor_id())
}

/// The caller was sent to what they can read under the heading; once, however often they try.
pub fn sent_to_the_account(tx: &mut Tx<'_>, case: &VisibleCase, heading: Heading) -> Result<()> {
    let (user, actor) = asker(tx);
    tx.sql(
        "insert into told_already (id, marac_id, case_id, heading, agency_id, user_id, actor_id, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
    )
    .bind(Uuid::now_v7())
    .bind(case.marac_id)
    .bind(case.id)
    .bind(heading.as_str())
    .bind(tx.actor.agency_id)
    .bind(user)
    .bind(actor)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Takes questions into the next contact.
pub fn take(tx: &mut Tx<'_>, case: &VisibleCase, ids: &[Uuid]) -> Result<()> {
    tx.sql(
        "update questions set status = 'taken', taken_at = $3, taken_by = $4, version = version + 1 \
         where case_id = $1 and id = any ($2)",
    )
    .bind(case.id)
    .bind(ids.to_vec())
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
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
    let place = Place::new("questions", "settling", id);
    let sealed = case.key().seal_json(place, words)?;
    let said = words.note.is_some() || words.reason.is_some();
    tx.sql(
        "update questions set status = $3, answer_entries = $4, settling = $5, settled_at = $6, \
         settled_by = $7, version = version + 1 where case_id = $1 and id = $2",
    )
    .bind(case.id)
    .bind(id)
    .bind(status.as_str())
    .bind(answers.to_vec())
    .bind(said.then_some(sealed))
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
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
    let opened = tx.sql(
        "insert into entry_openings (entry_id, question_id, marac_id, case_id, agency_id, circle_id, \
         opened_by, created_at) \
         select x.id, $2, $3, $4, $5, g.id, $9, $8 from unnest($1::uuid[]) as x(id) \
         cross join (select g.id from circle g where g.case_id = $4 \
           and (g.agency_id = $5 or g.user_id = $6 or g.actor_id = $7) \
           and g.opens_at <= $8 and g.ends_at > $8 order by g.ends_at desc, g.id limit 1) g",
    )
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
    Ok(tx.sql(
        "with live as (select g.basis, g.user_id, g.actor_id, g.agency_id from circle g \
           where g.case_id = $1 and g.opens_at <= $3 and g.ends_at > $3) \
         select u.id as user_id, null::uuid as actor_id from live l \
         join users u on u.agency_id = l.agency_id and u.disabled_at is null \
         join role_grants r on r.user_id = u.id and r.marac_id = $2 and r.role = 'idva' and r.ends_at > $3 \
         where l.basis = 'allocation' \
         union select l.user_id, l.actor_id from live l where l.basis = 'referrer' \
           and not exists (select from live a where a.basis = 'allocation')",
    )
    .bind(case.id)
    .bind(case.marac_id)
    .bind(tx.now)
    .load(tx.conn)?)
}

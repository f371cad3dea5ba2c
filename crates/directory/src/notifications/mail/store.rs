//! The outbox: rows that `tell` wrote, taken, handed over, ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::notifications::letters::LetterKind;
use crate::notifications::model::{MailOutcome, NoticeKind};
use kernel::error::Result;
use kernel::sql::sql;

/// An e-mail that this server took.
#[derive(QueryableByName)]
pub struct Waiting {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// Of what it tells, unless it is a letter.
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub kind: Option<NoticeKind>,
    /// Which letter about an account it is.
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub letter: Option<LetterKind>,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    pub sealed: Option<Vec<u8>>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub master_key_id: Option<String>,
    #[diesel(sql_type = st::SmallInt)]
    pub attempts: i16,
    #[diesel(sql_type = st::Timestamptz)]
    pub created_at: DateTime<Utc>,
}

const TAKE: &str = "update outbox o set attempts = o.attempts + 1, next_at = $2 \
    where o.id in (select w.id from outbox w where w.outcome is null and w.handed_at is null \
      and w.next_at <= $1 order by w.next_at, w.id limit $3 for update skip locked) \
    returning o.id, o.kind, o.letter, o.sealed, o.master_key_id, o.attempts, o.created_at";

/// Takes the next e-mails that are due, until `until`.
pub fn take(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let mut rows: Vec<Waiting> = sql(TAKE).bind(now).bind(until).bind(limit).load(conn)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Whom one goes to, and the codes its reader may see.
#[derive(QueryableByName)]
pub struct Addressed {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub address: String,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub codes: Vec<String>,
}

/// Those of these e-mails that still have a reader.
pub fn addressed(
    conn: &mut PgConnection,
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Addressed>> {
    Ok(sql("select id, address, codes from mail_of($1, $2)")
        .bind(ids)
        .bind(now)
        .load(conn)?)
}

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = st::Bool)]
    open: bool,
}

/// Whether a link still leads somewhere: it may have been replaced, or its account closed, since its
/// letter was written.
pub fn link_is_open(conn: &mut PgConnection, hash: Vec<u8>, now: DateTime<Utc>) -> Result<bool> {
    let found: Open = sql(
        "select exists (select from invitations i join users u on u.id = i.user_id \
           where i.token_hash = $1 and i.used_at is null and i.expires_at > $2 and u.disabled_at is null) \
         or exists (select from address_changes c join users u on u.id = c.user_id \
           where c.token_hash = $1 and c.confirmed_at is null and c.expires_at > $2 \
             and u.disabled_at is null) as open",
    )
    .bind(hash)
    .bind(now)
    .get_result(conn)?;
    Ok(found.open)
}

/// Marks it as about to be handed over. False if the lease ran out and another server took it.
pub fn hand(
    conn: &mut PgConnection,
    row: &Waiting,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = sql("update outbox set handed_at = $3, next_at = $4 \
         where id = $1 and attempts = $2 and handed_at is null and outcome is null")
    .bind(row.id)
    .bind(row.attempts)
    .bind(now)
    .bind(until)
    .execute(conn)?;
    Ok(rows == 1)
}

/// Says how it ended. A late answer still settles what was taken for doubtful meanwhile.
pub fn end(
    conn: &mut PgConnection,
    row: &Waiting,
    outcome: MailOutcome,
    now: DateTime<Utc>,
) -> Result<()> {
    sql(
        "update outbox set outcome = $3, ended_at = $4, sealed = null \
         where id = $1 and attempts = $2 and (outcome is null or outcome = 'in_doubt')",
    )
    .bind(row.id)
    .bind(row.attempts)
    .bind(outcome.as_str())
    .bind(now)
    .execute(conn)?;
    Ok(())
}

/// Puts it off: nothing was handed over, or the mail server said no for now.
pub fn later(conn: &mut PgConnection, row: &Waiting, next_at: DateTime<Utc>) -> Result<()> {
    sql("update outbox set handed_at = null, next_at = $3 \
         where id = $1 and attempts = $2 and outcome is null")
    .bind(row.id)
    .bind(row.attempts)
    .bind(next_at)
    .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = st::Text)]
    outcome: MailOutcome,
}

const HOPELESS: &str = "update outbox o \
    set outcome = case when o.handed_at is null then 'given_up' else 'in_doubt' end, ended_at = $1, \
      sealed = null \
    where o.id in (select w.id from outbox w where w.outcome is null and w.next_at <= $1 \
      and (w.handed_at is not null or w.created_at < $2) \
      order by w.next_at limit 1000 for update skip locked) \
    returning o.outcome";

/// Ends what was handed over by a server that is gone, and what was written before `stale`.
pub fn end_hopeless(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    stale: DateTime<Utc>,
) -> Result<Vec<MailOutcome>> {
    let rows: Vec<Ended> = sql(HOPELESS).bind(now).bind(stale).load(conn)?;
    Ok(rows.into_iter().map(|row| row.outcome).collect())
}

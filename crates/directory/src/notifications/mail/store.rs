//! The outbox: rows that `tell` wrote, taken, handed over, ended.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use crate::notifications::letters::LetterKind;
use crate::notifications::model::{MailOutcome, NoticeKind};
use kernel::error::Result;
use kernel::schema::{address_changes, invitations, outbox, users};
use kernel::sql::{Row, sql, statement};

/// An e-mail that this server took.
#[derive(Row)]
pub struct Waiting {
    pub id: Uuid,
    /// Of what it tells, unless it is a letter.
    pub kind: Option<NoticeKind>,
    /// Which letter about an account it is.
    pub letter: Option<LetterKind>,
    pub sealed: Option<Vec<u8>>,
    pub master_key_id: Option<String>,
    pub attempts: i16,
    pub created_at: DateTime<Utc>,
}

/// Takes the next e-mails that are due, until `until`.
pub fn take(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let take = sql(statement!("take" => Waiting));
    let mut rows = take.bind(now).bind(until).bind(limit).load(conn)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Whom one goes to, and the codes its reader may see.
#[derive(Row)]
pub struct Addressed {
    pub id: Uuid,
    pub address: String,
    pub codes: Vec<String>,
}

/// Those of these e-mails that still have a reader.
pub fn addressed(
    conn: &mut PgConnection,
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Addressed>> {
    Ok(sql(statement!("addressed" => Addressed))
        .bind(ids)
        .bind(now)
        .load(conn)?)
}

/// Whether a link still leads somewhere: it may have been replaced, or its account closed, since its
/// letter was written.
pub fn link_is_open(conn: &mut PgConnection, hash: Vec<u8>, now: DateTime<Utc>) -> Result<bool> {
    let invited = invitations::table
        .inner_join(users::table.on(users::id.eq(invitations::user_id)))
        .filter(invitations::token_hash.eq(&hash))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .filter(users::disabled_at.is_null());
    let changing = address_changes::table
        .inner_join(users::table.on(users::id.eq(address_changes::user_id)))
        .filter(address_changes::token_hash.eq(&hash))
        .filter(address_changes::confirmed_at.is_null())
        .filter(address_changes::expires_at.gt(now))
        .filter(users::disabled_at.is_null());
    Ok(diesel::select(exists(invited).or(exists(changing))).get_result(conn)?)
}

/// Marks it as about to be handed over. False if the lease ran out and another server took it.
pub fn hand(
    conn: &mut PgConnection,
    row: &Waiting,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(outbox::table)
        .filter(outbox::id.eq(row.id))
        .filter(outbox::attempts.eq(row.attempts))
        .filter(outbox::handed_at.is_null())
        .filter(outbox::outcome.is_null())
        .set((outbox::handed_at.eq(now), outbox::next_at.eq(until)))
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
    let unsettled = outbox::outcome
        .is_null()
        .or(outbox::outcome.eq(MailOutcome::InDoubt));
    diesel::update(outbox::table)
        .filter(outbox::id.eq(row.id))
        .filter(outbox::attempts.eq(row.attempts))
        .filter(unsettled)
        .set((
            outbox::outcome.eq(outcome),
            outbox::ended_at.eq(now),
            outbox::sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Puts it off: nothing was handed over, or the mail server said no for now.
pub fn later(conn: &mut PgConnection, row: &Waiting, next_at: DateTime<Utc>) -> Result<()> {
    diesel::update(outbox::table)
        .filter(outbox::id.eq(row.id))
        .filter(outbox::attempts.eq(row.attempts))
        .filter(outbox::outcome.is_null())
        .set((
            outbox::handed_at.eq(None::<DateTime<Utc>>),
            outbox::next_at.eq(next_at),
        ))
        .execute(conn)?;
    Ok(())
}

#[derive(Row)]
struct Ended {
    outcome: MailOutcome,
}

/// Ends what was handed over by a server that is gone, and what was written before `stale`.
pub fn end_hopeless(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    stale: DateTime<Utc>,
) -> Result<Vec<MailOutcome>> {
    let end = sql(statement!("end_hopeless" => Ended));
    let rows = end.bind(now).bind(stale).load(conn)?;
    Ok(rows.into_iter().map(|row| row.outcome).collect())
}

//! Accounts' credentials, sessions and refresh tokens: rows and queries.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::crypto;
use crate::db::{Tx, sql};
use crate::error::Result;

/// A session ends for good after this, however often it was refreshed.
const SESSION: TimeDelta = TimeDelta::hours(12);
/// A refresh token unused for this long is dead.
const REFRESH: TimeDelta = TimeDelta::hours(2);
/// Failures before sign-in waits.
const FREE_FAILURES: i32 = 5;

#[derive(QueryableByName)]
pub struct Credential {
    #[diesel(sql_type = st::Uuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub password_hash: Option<String>,
}

/// The live account with this address.
pub fn credential(tx: &mut Tx<'_>, email: &str) -> Result<Option<Credential>> {
    Ok(sql(
        "select id as user_id, password_hash from users where email = $1 and disabled_at is null",
    )
    .bind(email.trim().to_lowercase())
    .get_result(tx.conn)
    .optional()?)
}

/// The same by id.
pub fn credential_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Credential>> {
    Ok(
        sql("select id as user_id, password_hash from users where id = $1 and disabled_at is null")
            .bind(user_id)
            .get_result(tx.conn)
            .optional()?,
    )
}

/// Keyed hash under which failures for an address are counted; addresses themselves are not kept.
fn subject(tx: &Tx<'_>, email: &str) -> Vec<u8> {
    tx.keys.index("login", &[&email.trim().to_lowercase()])
}

#[derive(QueryableByName)]
struct Failures {
    #[diesel(sql_type = st::Integer)]
    failures: i32,
    #[diesel(sql_type = st::Timestamptz)]
    last_at: DateTime<Utc>,
}

/// Seconds to wait before another try for this address: doubling after five failures, an hour at most.
pub fn wait(tx: &mut Tx<'_>, email: &str) -> Result<Option<u32>> {
    let subject = subject(tx, email);
    let known: Option<Failures> =
        sql("select failures, last_at from login_failures where subject = $1")
            .bind(subject)
            .get_result(tx.conn)
            .optional()?;
    let Some(known) = known else { return Ok(None) };
    Ok(pause(known.failures)
        .map(|pause| (known.last_at + pause - tx.now).num_seconds())
        .and_then(|seconds| u32::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0))
}

/// The pause that so many failures in a row bring.
fn pause(failures: i32) -> Option<TimeDelta> {
    let over = failures - FREE_FAILURES;
    (over >= 0).then(|| TimeDelta::seconds(30 << over.min(7)).min(TimeDelta::hours(1)))
}

/// Counts a failure; a day's silence forgets the earlier ones.
pub fn count_failure(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let subject = subject(tx, email);
    sql(
        "insert into login_failures as f (subject, failures, last_at) values ($1, 1, $2) \
         on conflict (subject) do update set last_at = $2, \
         failures = case when f.last_at < $3 then 1 else f.failures + 1 end",
    )
    .bind(subject)
    .bind(tx.now)
    .bind(tx.now - TimeDelta::days(1))
    .execute(tx.conn)?;
    Ok(())
}

/// Forgets failures after a success.
pub fn forget_failures(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let subject = subject(tx, email);
    sql("delete from login_failures where subject = $1")
        .bind(subject)
        .execute(tx.conn)?;
    Ok(())
}

/// Opens a session; returns its id and first refresh token.
pub fn open(tx: &mut Tx<'_>, user_id: Uuid) -> Result<(Uuid, String)> {
    let id = Uuid::now_v7();
    sql("insert into sessions (id, user_id, password_at, expires_at, created_at) values ($1, $2, $3, $4, $3)")
        .bind(id)
        .bind(user_id)
        .bind(tx.now)
        .bind(tx.now + SESSION)
        .execute(tx.conn)?;
    Ok((id, issue_refresh(tx, id)?))
}

fn issue_refresh(tx: &mut Tx<'_>, session_id: Uuid) -> Result<String> {
    let token = crypto::secret()?;
    sql("insert into refresh_tokens (token_hash, session_id, expires_at, created_at) values ($1, $2, $3, $4)")
        .bind(crypto::hash_secret(&token))
        .bind(session_id)
        .bind(tx.now + REFRESH)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(token)
}

/// What came of a refresh token.
pub enum Refreshed {
    /// A new one.
    Renewed {
        /// The account.
        user_id: Uuid,
        /// The session.
        session_id: Uuid,
        /// The next refresh token.
        token: String,
    },
    /// It had been used before: somebody has a copy, so the session is over.
    Reused {
        /// The session that ended.
        session_id: Uuid,
    },
    /// Unknown, expired or ended.
    Refused,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = st::Uuid)]
    session_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    user_id: Uuid,
    #[diesel(sql_type = st::Bool)]
    used: bool,
    #[diesel(sql_type = st::Bool)]
    live: bool,
}

/// Exchanges a refresh token. Each is good once; a second use ends the session.
pub fn refresh(tx: &mut Tx<'_>, token: &str) -> Result<Refreshed> {
    let hash = crypto::hash_secret(token);
    let held: Option<Held> = sql(
        "select t.session_id, s.user_id, t.used_at is not null as used, \
         (t.expires_at > $2 and s.expires_at > $2 and s.revoked_at is null and u.disabled_at is null) as live \
         from refresh_tokens t join sessions s on s.id = t.session_id join users u on u.id = s.user_id \
         where t.token_hash = $1 for update of t",
    )
    .bind(hash.clone())
    .bind(tx.now)
    .get_result(tx.conn)
    .optional()?;
    let Some(held) = held else {
        return Ok(Refreshed::Refused);
    };
    let (user_id, session_id) = (held.user_id, held.session_id);
    if held.used {
        revoke(tx, session_id, "reuse")?;
        return Ok(Refreshed::Reused { session_id });
    }
    if !held.live {
        return Ok(Refreshed::Refused);
    }
    sql("update refresh_tokens set used_at = $2 where token_hash = $1")
        .bind(hash)
        .bind(tx.now)
        .execute(tx.conn)?;
    let token = issue_refresh(tx, session_id)?;
    Ok(Refreshed::Renewed {
        user_id,
        session_id,
        token,
    })
}

/// Ends one session.
pub fn revoke(tx: &mut Tx<'_>, session_id: Uuid, because: &'static str) -> Result<()> {
    sql("update sessions set revoked_at = $2, revoked_because = $3 where id = $1 and revoked_at is null")
        .bind(session_id)
        .bind(tx.now)
        .bind(because)
        .execute(tx.conn)?;
    Ok(())
}

/// Ends all sessions of an account, but for `keep`.
pub fn revoke_all(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    because: &'static str,
    keep: Option<Uuid>,
) -> Result<()> {
    sql("update sessions set revoked_at = $2, revoked_because = $3 \
         where user_id = $1 and revoked_at is null and id is distinct from $4")
    .bind(user_id)
    .bind(tx.now)
    .bind(because)
    .bind(keep)
    .execute(tx.conn)?;
    Ok(())
}

/// The password was given again in this session.
pub fn step_up(tx: &mut Tx<'_>, session_id: Uuid) -> Result<()> {
    sql("update sessions set password_at = $2 where id = $1")
        .bind(session_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Stores a new password.
pub fn set_password(tx: &mut Tx<'_>, user_id: Uuid, hash: String) -> Result<()> {
    sql("update users set password_hash = $2, version = version + 1 where id = $1")
        .bind(user_id)
        .bind(hash)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Invited {
    #[diesel(sql_type = st::Uuid)]
    user_id: Uuid,
}

/// Uses up an invitation; returns the account it was for. Good once, and until it expires.
pub fn take_invitation(tx: &mut Tx<'_>, token: &str) -> Result<Option<Uuid>> {
    let taken: Option<Invited> = sql("update invitations i set used_at = $2 from users u \
         where i.token_hash = $1 and i.used_at is null and i.expires_at > $2 \
         and u.id = i.user_id and u.disabled_at is null returning i.user_id")
    .bind(crypto::hash_secret(token))
    .bind(tx.now)
    .get_result(tx.conn)
    .optional()?;
    Ok(taken.map(|taken| taken.user_id))
}

/// Makes links to a new password useless: who signs in with the present one needs none.
pub fn end_links(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    sql("update invitations set expires_at = $2 \
         where user_id = $1 and used_at is null and expires_at > $2")
    .bind(user_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct ClientSecret {
    #[diesel(sql_type = st::Binary)]
    secret_hash: Vec<u8>,
}

/// Whether this is the live client's secret.
pub fn client_secret_holds(tx: &mut Tx<'_>, client_id: Uuid, secret: &str) -> Result<bool> {
    let stored: Option<ClientSecret> =
        sql("select secret_hash from api_clients where id = $1 and disabled_at is null")
            .bind(client_id)
            .get_result(tx.conn)
            .optional()?;
    let given = crypto::hash_secret(secret);
    let stored = stored.map_or_else(|| vec![0; given.len()], |row| row.secret_hash);
    Ok(crypto::same(&given, &stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_to_an_hour() {
        let seconds = |failures| pause(failures).map(|pause| pause.num_seconds());
        assert_eq!(seconds(4), None);
        assert_eq!(
            [5, 6, 7, 8].map(|n| seconds(n).unwrap()),
            [30, 60, 120, 240]
        );
        assert_eq!(seconds(12), Some(3600));
        assert_eq!(seconds(i32::MAX), Some(3600));
    }
}

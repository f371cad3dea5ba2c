//! Accounts' credentials, sessions and refresh tokens: rows and queries.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::address;
use super::guesses::known_network;
use super::password_rules::About;
use kernel::crypto;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::http::Network;
use kernel::schema::{api_clients, invitations, refresh_tokens, sessions, users};
use kernel::sql::{Row, statement};

/// A session ends for good after this, however often it was refreshed.
const SESSION: TimeDelta = TimeDelta::hours(12);
/// A refresh token unused for this long is dead.
const REFRESH: TimeDelta = TimeDelta::hours(2);

/// An account's password.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct Credential {
    /// The account.
    #[diesel(column_name = id)]
    pub user_id: Uuid,
    /// Its address: what guesses are counted under.
    pub email: String,
    /// None until its person has chosen one.
    pub password_hash: Option<String>,
}

/// An address as accounts hold it; what is none is counted as it was typed.
pub fn address(email: &str) -> String {
    address::normal(email).unwrap_or_else(|_| email.trim().to_lowercase())
}

/// The live account with this address.
pub fn credential(tx: &mut Tx<'_>, address: &str) -> Result<Option<Credential>> {
    Ok(users::table
        .filter(users::email.eq(address))
        .filter(users::disabled_at.is_null())
        .select(Credential::as_select())
        .get_result(tx.conn)
        .optional()?)
}

/// Whether an account still has the password that was checked, and is not disabled. It stays so until
/// the end of the transaction: whoever changes it waits, and then ends the session that is opened here.
pub fn still_holds(tx: &mut Tx<'_>, user_id: Uuid, password_hash: Option<String>) -> Result<bool> {
    let holding: Option<Uuid> = users::table
        .filter(users::id.eq(user_id))
        .filter(users::password_hash.eq(password_hash))
        .filter(users::disabled_at.is_null())
        .select(users::id)
        .for_share()
        .locking(tx)?;
    Ok(holding.is_some())
}

/// An account's password, by its id.
pub fn credential_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Credential>> {
    Ok(users::table
        .filter(users::id.eq(user_id))
        .filter(users::disabled_at.is_null())
        .select(Credential::as_select())
        .get_result(tx.conn)
        .optional()?)
}

#[derive(Row)]
struct AboutRow {
    name: String,
    email: String,
    places: Vec<String>,
}

/// What everybody knows who knows the person of an account.
pub fn about(tx: &mut Tx<'_>, user_id: Uuid) -> Result<About> {
    let row = tx
        .sql(statement!("about" => AboutRow))
        .bind(user_id)
        .get_result(tx.conn)?;
    Ok(About {
        name: row.name,
        address: row.email,
        places: row.places,
    })
}

/// Opens a session; returns its id and first refresh token. Its network is one that the account knows
/// from now on.
pub fn open(tx: &mut Tx<'_>, user_id: Uuid, from: Network) -> Result<(Uuid, String)> {
    let id = Uuid::now_v7();
    tx.sql(statement!("open_session"))
        .bind(id)
        .bind(user_id)
        .bind(tx.now)
        .bind(tx.now + SESSION)
        .bind(known_network(&tx.keys, user_id, from))
        .execute(tx.conn)?;
    Ok((id, issue_refresh(tx, id)?))
}

#[derive(Insertable)]
#[diesel(table_name = refresh_tokens)]
struct RefreshToken {
    token_hash: Vec<u8>,
    session_id: Uuid,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

fn issue_refresh(tx: &mut Tx<'_>, session_id: Uuid) -> Result<String> {
    let token = crypto::secret()?;
    let row = RefreshToken {
        token_hash: crypto::hash_secret(&token),
        session_id,
        expires_at: tx.now + REFRESH,
        created_at: tx.now,
    };
    diesel::insert_into(refresh_tokens::table)
        .values(row)
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

#[derive(Row)]
struct Held {
    session_id: Uuid,
    user_id: Uuid,
    used: bool,
    live: bool,
}

/// Exchanges a refresh token. Each is good once; a second use ends the session.
pub fn refresh(tx: &mut Tx<'_>, token: &str) -> Result<Refreshed> {
    let hash = crypto::hash_secret(token);
    let held = tx
        .sql(statement!("refresh_token" => Held))
        .bind(hash.clone())
        .bind(tx.now)
        .locking(tx)?;
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
    tx.sql(statement!("use_refresh_token"))
        .bind(hash)
        .bind(tx.now)
        .bind(session_id)
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
    diesel::update(sessions::table)
        .filter(sessions::id.eq(session_id))
        .filter(sessions::revoked_at.is_null())
        .set((
            sessions::revoked_at.eq(tx.now),
            sessions::revoked_because.eq(because),
        ))
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
    diesel::update(sessions::table)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.nullable().is_distinct_from(keep))
        .set((
            sessions::revoked_at.eq(tx.now),
            sessions::revoked_because.eq(because),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The password was given again in this session.
pub fn step_up(tx: &mut Tx<'_>, session_id: Uuid) -> Result<()> {
    diesel::update(sessions::table.find(session_id))
        .set((
            sessions::password_at.eq(tx.now),
            sessions::last_used_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Stores a new password.
pub fn set_password(tx: &mut Tx<'_>, user_id: Uuid, hash: String) -> Result<()> {
    diesel::update(users::table.find(user_id))
        .set((
            users::password_hash.eq(hash),
            users::version.eq(users::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The account that a live invitation is for, and its password so far.
pub fn invited(tx: &mut Tx<'_>, token: &str) -> Result<Option<Credential>> {
    Ok(invitations::table
        .inner_join(users::table.on(users::id.eq(invitations::user_id)))
        .filter(invitations::token_hash.eq(crypto::hash_secret(token)))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(tx.now))
        .filter(users::disabled_at.is_null())
        .select(Credential::as_select())
        .get_result(tx.conn)
        .optional()?)
}

#[derive(Row)]
struct Taken {
    user_id: Uuid,
}

/// Uses up an invitation; returns the account it was for. Good once, and until it expires.
pub fn take_invitation(tx: &mut Tx<'_>, token: &str) -> Result<Option<Uuid>> {
    let taken = tx
        .sql(statement!("take_invitation" => Taken))
        .bind(crypto::hash_secret(token))
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?;
    Ok(taken.map(|taken| taken.user_id))
}

/// Makes the links to an account that are still open useless.
pub fn end_links(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    diesel::update(invitations::table)
        .filter(invitations::user_id.eq(user_id))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(tx.now))
        .set(invitations::expires_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

/// Which of its secrets this is, if it is the live client's present one.
pub fn client_secret(tx: &mut Tx<'_>, client_id: Uuid, secret: &str) -> Result<Option<i32>> {
    let stored: Option<(Vec<u8>, i32)> = api_clients::table
        .filter(api_clients::id.eq(client_id))
        .filter(api_clients::disabled_at.is_null())
        .select((api_clients::secret_hash, api_clients::secret_version))
        .get_result(tx.conn)
        .optional()?;
    let given = crypto::hash_secret(secret);
    Ok(stored
        .filter(|(hash, _)| crypto::same(&given, hash))
        .map(|(_, version)| version))
}

/// A session that is open.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct Open {
    /// Its id.
    pub id: Uuid,
    /// When somebody signed in.
    pub created_at: DateTime<Utc>,
    /// When it was refreshed or stepped up last.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Where it was opened.
    pub network: Option<Vec<u8>>,
    /// Nobody had signed in to the account from there before.
    pub network_new: Option<bool>,
}

/// An account's open sessions, the newest first.
pub fn open_sessions(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Vec<Open>> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(tx.now))
        .select(Open::as_select())
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .load(tx.conn)?)
}

/// Ends one open session of an account; whether there was one.
pub fn end_one(tx: &mut Tx<'_>, user_id: Uuid, session_id: Uuid) -> Result<bool> {
    let ended = diesel::update(sessions::table)
        .filter(sessions::id.eq(session_id))
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(tx.now))
        .set((
            sessions::revoked_at.eq(tx.now),
            sessions::revoked_because.eq("signed_out"),
        ))
        .execute(tx.conn)?;
    Ok(ended > 0)
}

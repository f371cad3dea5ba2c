//! Accounts and invitations: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::NewUser;
use crate::db::{Tx, sql};
use crate::error::Result;

/// An account.
#[derive(Debug, Clone, QueryableByName)]
pub struct User {
    /// Id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// The agency they work for.
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    /// E-mail address.
    #[diesel(sql_type = st::Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = st::Text)]
    pub name: String,
    /// May manage accounts everywhere.
    #[diesel(sql_type = st::Bool)]
    pub administrator: bool,
    /// Its person has chosen a password.
    #[diesel(sql_type = st::Bool)]
    pub has_password: bool,
    /// When it was closed.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Version.
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

/// `$1` is the one agency whose accounts are in sight; null: all are.
macro_rules! users {
    ($rest:literal) => {
        concat!(
            "select id, agency_id, email, name, administrator, \
             password_hash is not null as has_password, disabled_at, version \
             from users where ($1 is null or agency_id = $1) ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    Ok(sql(users!("and id = $2"))
        .bind(within)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    Ok(sql(users!("and id = $2 for update"))
        .bind(within)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

/// Locks these accounts, in the order of their ids. Nothing can be given to them meanwhile.
pub fn lock(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    sql("select from users where id = any ($1) order by id for update")
        .bind(ids.to_vec())
        .execute(tx.conn)?;
    Ok(())
}

pub fn list(
    tx: &mut Tx<'_>,
    within: Option<Uuid>,
    agency_id: Option<Uuid>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<User>> {
    Ok(sql(users!(
        "and ($2 is null or agency_id = $2) and ($3 is null or id > $3) order by id limit $4"
    ))
    .bind(within)
    .bind(agency_id)
    .bind(after)
    .bind(rows)
    .get_results(tx.conn)?)
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewUser) -> Result<()> {
    sql(
        "insert into users (id, agency_id, email, name, password_hash, administrator, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(new.agency_id)
    .bind(new.email.trim().to_lowercase())
    .bind(new.name.clone())
    .bind(new.password_hash.clone())
    .bind(new.administrator)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of an account, and counts its version up.
pub fn update(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let by = tx.actor.principal.user_id();
    sql("update users set name = $2, email = $3, disabled_at = $4, \
         disabled_by = case when $4 is null then null else coalesce(disabled_by, $5) end, \
         version = version + 1 where id = $1")
    .bind(user.id)
    .bind(user.name.clone())
    .bind(user.email.clone())
    .bind(user.disabled_at)
    .bind(by)
    .execute(tx.conn)?;
    user.version += 1;
    Ok(())
}

/// Makes the links still open useless.
pub fn end_invitations(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    sql("update invitations set expires_at = $2 \
         where user_id = $1 and used_at is null and expires_at > $2")
    .bind(user_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

pub fn add_invitation(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    token_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let by = tx.actor.principal.user_id();
    sql(
        "insert into invitations (id, user_id, token_hash, created_by, expires_at, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7())
    .bind(user_id)
    .bind(token_hash)
    .bind(by)
    .bind(expires_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

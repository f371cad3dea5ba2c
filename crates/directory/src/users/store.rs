//! Accounts and invitations: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::NewUser;
use kernel::db::Tx;
use kernel::error::Result;

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
    /// Whose doing it is alone: who made it, until a second person has confirmed a grant to it.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub in_hand_of: Option<Uuid>,
    /// When its address last changed.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub address_changed_at: Option<DateTime<Utc>>,
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
             password_hash is not null as has_password, in_hand_of, address_changed_at, \
             disabled_at, version \
             from users where ($1 is null or agency_id = $1) ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    Ok(tx
        .sql(users!("and id = $2"))
        .bind(within)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    tx.sql(users!("and id = $2 for update"))
        .bind(within)
        .bind(id)
        .locking(tx)
}

/// The account with this address, in its one form, locked.
pub fn find_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>> {
    tx.sql(users!("and email = $2 for update"))
        .bind(None::<Uuid>)
        .bind(email.to_owned())
        .locking(tx)
}

/// Locks these accounts, in the order of their ids. Nothing can be given to them meanwhile.
pub fn lock(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    tx.sql("select from users where id = any ($1) order by id for update")
        .bind(ids.to_vec())
        .execute(tx.conn)?;
    tx.waited();
    Ok(())
}

pub fn list(
    tx: &mut Tx<'_>,
    within: Option<Uuid>,
    agency_id: Option<Uuid>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<User>> {
    Ok(tx
        .sql(users!(
            "and ($2 is null or agency_id = $2) and ($3 is null or id > $3) order by id limit $4"
        ))
        .bind(within)
        .bind(agency_id)
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

/// Makes an account with this address, in its one form.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewUser, email: String) -> Result<()> {
    tx.sql(
        "insert into users (id, agency_id, email, name, password_hash, administrator, created_at, in_hand_of) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(new.agency_id)
    .bind(email)
    .bind(new.name.clone())
    .bind(new.password_hash.clone())
    .bind(new.administrator)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of an account, and counts its version up.
pub fn update(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let by = tx.actor.principal.user_id();
    tx.sql(
        "update users set name = $2, disabled_at = $3, \
         disabled_by = case when $3 is null then null else coalesce(disabled_by, $4) end, \
         version = version + 1 where id = $1",
    )
    .bind(user.id)
    .bind(user.name.clone())
    .bind(user.disabled_at)
    .bind(by)
    .execute(tx.conn)?;
    user.version += 1;
    Ok(())
}

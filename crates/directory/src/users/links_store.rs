//! Links and changed addresses: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::store::User;
use kernel::db::Tx;
use kernel::error::Result;

#[derive(QueryableByName)]
struct Until {
    #[diesel(sql_type = st::Timestamptz)]
    expires_at: DateTime<Utc>,
}

/// Until when the open link to an account is good.
pub fn open_invitation(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<DateTime<Utc>>> {
    let found: Option<Until> = tx.sql("select expires_at from invitations \
         where user_id = $1 and used_at is null and expires_at > $2 order by expires_at desc limit 1")
    .bind(user_id)
    .bind(tx.now)
    .get_result(tx.conn)
    .optional()?;
    Ok(found.map(|row| row.expires_at))
}

/// Makes the links still open useless.
pub fn end_invitations(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    tx.sql(
        "update invitations set expires_at = $2 \
         where user_id = $1 and used_at is null and expires_at > $2",
    )
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
    tx.sql(
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

/// A new address that waits to be confirmed.
#[derive(QueryableByName)]
pub struct AddressChange {
    /// Whose.
    #[diesel(sql_type = st::Uuid)]
    pub user_id: Uuid,
    /// The address.
    #[diesel(sql_type = st::Text)]
    pub email: String,
    /// Until when it can be confirmed.
    #[diesel(sql_type = st::Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// The new addresses that wait, of these accounts.
pub fn address_changes(tx: &mut Tx<'_>, user_ids: Vec<Uuid>) -> Result<Vec<AddressChange>> {
    Ok(tx.sql("select user_id, email, expires_at from address_changes \
         where user_id = any ($1) and confirmed_at is null and expires_at > $2 order by user_id, id")
    .bind(user_ids)
    .bind(tx.now)
    .load(tx.conn)?)
}

/// Gives up the new addresses that wait.
pub fn end_address_changes(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    tx.sql(
        "update address_changes set expires_at = $2 \
         where user_id = $1 and confirmed_at is null and expires_at > $2",
    )
    .bind(user_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Lets a new address wait to be confirmed.
pub fn add_address_change(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    email: String,
    token_hash: Option<Vec<u8>>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let by = tx.actor.principal.user_id();
    tx.sql(
        "insert into address_changes (id, user_id, email, token_hash, asked_by, expires_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::now_v7())
    .bind(user_id)
    .bind(email)
    .bind(token_hash)
    .bind(by)
    .bind(expires_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Gives the new address that waits another link; false if none waits.
pub fn renew_address_change(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    token_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let rows = tx
        .sql(
            "update address_changes set token_hash = $2, expires_at = $3 \
         where user_id = $1 and confirmed_at is null and expires_at > $4",
        )
        .bind(user_id)
        .bind(token_hash)
        .bind(expires_at)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(rows == 1)
}

#[derive(QueryableByName)]
struct Email {
    #[diesel(sql_type = st::Text)]
    email: String,
}

/// Uses up the link to a new address of this account; returns the address, unless another account has
/// it by now.
pub fn take_address_change(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    token_hash: Vec<u8>,
) -> Result<Option<String>> {
    let taken: Option<Email> = tx.sql("update address_changes set confirmed_at = $3 \
         where user_id = $1 and token_hash = $2 and confirmed_at is null and expires_at > $3 \
         and not exists (select from users u where u.email = address_changes.email) returning email")
    .bind(user_id)
    .bind(token_hash)
    .bind(tx.now)
    .get_result(tx.conn)
    .optional()?;
    Ok(taken.map(|row| row.email))
}

/// Whether an account has this address.
pub fn is_taken(tx: &mut Tx<'_>, email: &str) -> Result<bool> {
    let found: Option<Email> = tx
        .sql("select email from users where email = $1")
        .bind(email.to_owned())
        .get_result(tx.conn)
        .optional()?;
    Ok(found.is_some())
}

/// Writes an address that its person confirmed.
pub fn set_address(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    tx.sql(
        "update users set email = $2, address_changed_at = $3, version = version + 1 where id = $1",
    )
    .bind(user.id)
    .bind(user.email.clone())
    .bind(tx.now)
    .execute(tx.conn)?;
    user.version += 1;
    Ok(())
}

/// Writes another address of an account that nobody has taken up: it is now the doing of whoever
/// changed it.
pub fn move_address(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let by = tx.actor.principal.user_id();
    tx.sql("update users set email = $2, address_changed_at = $3, in_hand_of = coalesce($4, in_hand_of) \
         where id = $1")
    .bind(user.id)
    .bind(user.email.clone())
    .bind(tx.now)
    .bind(by)
    .execute(tx.conn)?;
    user.in_hand_of = by.or(user.in_hand_of);
    Ok(())
}

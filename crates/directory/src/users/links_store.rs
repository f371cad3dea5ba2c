//! Links and changed addresses: rows and queries.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::User;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{address_changes, invitations, users};

/// Until when the open link to an account is good.
pub fn open_invitation(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<DateTime<Utc>>> {
    Ok(invitations::table
        .filter(invitations::user_id.eq(user_id))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(tx.now))
        .select(invitations::expires_at)
        .order(invitations::expires_at.desc())
        .limit(1)
        .get_result(tx.conn)
        .optional()?)
}

#[derive(Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct Invitation {
    id: Uuid,
    user_id: Uuid,
    token_hash: Vec<u8>,
    created_by: Option<Uuid>,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

pub fn add_invitation(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    token_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let row = Invitation {
        id: Uuid::now_v7(),
        user_id,
        token_hash,
        created_by: tx.actor.principal.user_id(),
        expires_at,
        created_at: tx.now,
    };
    diesel::insert_into(invitations::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// A new address that waits to be confirmed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = address_changes, check_for_backend(Pg))]
pub struct AddressChange {
    /// Whose.
    pub user_id: Uuid,
    /// The address.
    pub email: String,
    /// Until when it can be confirmed.
    pub expires_at: DateTime<Utc>,
}

/// The new addresses that wait, of these accounts.
pub fn address_changes(tx: &mut Tx<'_>, user_ids: Vec<Uuid>) -> Result<Vec<AddressChange>> {
    Ok(address_changes::table
        .filter(address_changes::user_id.eq_any(user_ids))
        .filter(address_changes::confirmed_at.is_null())
        .filter(address_changes::expires_at.gt(tx.now))
        .select(AddressChange::as_select())
        .order((address_changes::user_id, address_changes::id))
        .load(tx.conn)?)
}

/// Gives up the new addresses that wait.
pub fn end_address_changes(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    diesel::update(address_changes::table)
        .filter(address_changes::user_id.eq(user_id))
        .filter(address_changes::confirmed_at.is_null())
        .filter(address_changes::expires_at.gt(tx.now))
        .set(address_changes::expires_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = address_changes, treat_none_as_default_value = false)]
struct AddressChangeRow {
    id: Uuid,
    user_id: Uuid,
    email: String,
    token_hash: Option<Vec<u8>>,
    asked_by: Option<Uuid>,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// Lets a new address wait to be confirmed.
pub fn add_address_change(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    email: String,
    token_hash: Option<Vec<u8>>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let row = AddressChangeRow {
        id: Uuid::now_v7(),
        user_id,
        email,
        token_hash,
        asked_by: tx.actor.principal.user_id(),
        expires_at,
        created_at: tx.now,
    };
    diesel::insert_into(address_changes::table)
        .values(row)
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
    let rows = diesel::update(address_changes::table)
        .filter(address_changes::user_id.eq(user_id))
        .filter(address_changes::confirmed_at.is_null())
        .filter(address_changes::expires_at.gt(tx.now))
        .set((
            address_changes::token_hash.eq(token_hash),
            address_changes::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(rows == 1)
}

/// Uses up the link to a new address of this account; returns the address, unless another account has
/// it by now.
pub fn take_address_change(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    token_hash: Vec<u8>,
) -> Result<Option<String>> {
    let taken = users::table.filter(users::email.eq(address_changes::email));
    Ok(diesel::update(address_changes::table)
        .filter(address_changes::user_id.eq(user_id))
        .filter(address_changes::token_hash.eq(token_hash))
        .filter(address_changes::confirmed_at.is_null())
        .filter(address_changes::expires_at.gt(tx.now))
        .filter(not(exists(taken)))
        .set(address_changes::confirmed_at.eq(tx.now))
        .returning(address_changes::email)
        .get_result(tx.conn)
        .optional()?)
}

/// Whether an account has this address.
pub fn is_taken(tx: &mut Tx<'_>, email: &str) -> Result<bool> {
    let found = users::table.filter(users::email.eq(email));
    Ok(diesel::select(exists(found)).get_result(tx.conn)?)
}

/// Writes an address that its person confirmed.
pub fn set_address(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    diesel::update(users::table.find(user.id))
        .set((
            users::email.eq(&user.email),
            users::address_changed_at.eq(tx.now),
            users::version.eq(users::version + 1),
        ))
        .execute(tx.conn)?;
    user.version += 1;
    Ok(())
}

/// Writes another address of an account that nobody has taken up: it is now the doing of whoever
/// changed it.
pub fn move_address(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let by = tx.actor.principal.user_id();
    diesel::update(users::table.find(user.id))
        .set((
            users::email.eq(&user.email),
            users::address_changed_at.eq(tx.now),
            // The program is nobody: what it changes stays in the hand in which it was.
            by.map(|by| users::in_hand_of.eq(by)),
        ))
        .execute(tx.conn)?;
    user.in_hand_of = by.or(user.in_hand_of);
    Ok(())
}

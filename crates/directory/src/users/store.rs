//! Accounts and invitations: rows and queries.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::NewUser;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::schema::users;
use kernel::sql::statement;

/// An account.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct User {
    /// Id.
    pub id: Uuid,
    /// The agency they work for.
    pub agency_id: Uuid,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// May manage accounts everywhere.
    pub administrator: bool,
    /// Its person has chosen a password.
    #[diesel(select_expression = users::password_hash.is_not_null())]
    pub has_password: bool,
    /// Whose doing it is alone: who made it, until a second person has confirmed a grant to it.
    pub in_hand_of: Option<Uuid>,
    /// When its address last changed.
    pub address_changed_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i32,
}

type Seen = Box<dyn BoxableExpression<users::table, Pg, SqlType = st::Nullable<st::Bool>>>;

/// Those of the one agency whose accounts are in sight; without one, all are.
fn seen(within: Option<Uuid>) -> Seen {
    let all = within.into_sql::<st::Nullable<st::Uuid>>().is_null();
    Box::new(all.or(users::agency_id.nullable().eq(within)))
}

pub fn find(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    Ok(users::table
        .filter(seen(within))
        .filter(users::id.eq(id))
        .select(User::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<User>> {
    users::table
        .filter(seen(within))
        .filter(users::id.eq(id))
        .select(User::as_select())
        .for_update()
        .locking(tx)
}

/// The account with this address, in its one form, locked.
pub fn find_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>> {
    users::table
        .filter(users::email.eq(email))
        .select(User::as_select())
        .for_update()
        .locking(tx)
}

/// Locks these accounts, in the order of their ids. Nothing can be given to them meanwhile.
pub fn lock(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    let _: Vec<Uuid> = users::table
        .filter(users::id.eq_any(ids))
        .select(users::id)
        .order(users::id)
        .for_update()
        .locking_all(tx)?;
    Ok(())
}

pub fn list(
    tx: &mut Tx<'_>,
    within: Option<Uuid>,
    agency_id: Option<Uuid>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<User>> {
    let mut found = users::table
        .filter(seen(within))
        .select(User::as_select())
        .order(users::id)
        .limit(rows)
        .into_boxed();
    if let Some(agency_id) = agency_id {
        found = found.filter(users::agency_id.eq(agency_id));
    }
    if let Some(after) = after {
        found = found.filter(users::id.gt(after));
    }
    Ok(found.get_results(tx.conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct UserRow<'a> {
    id: Uuid,
    agency_id: Uuid,
    email: String,
    name: &'a str,
    password_hash: Option<&'a str>,
    administrator: bool,
    created_at: DateTime<Utc>,
    in_hand_of: Option<Uuid>,
}

/// Makes an account with this address, in its one form.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewUser, email: String) -> Result<()> {
    let row = UserRow {
        id,
        agency_id: new.agency_id,
        email,
        name: &new.name,
        password_hash: new.password_hash.as_deref(),
        administrator: new.administrator,
        created_at: tx.now,
        in_hand_of: tx.actor.principal.user_id(),
    };
    diesel::insert_into(users::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of an account, and counts its version up.
pub fn update(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    let by = tx.actor.principal.user_id();
    tx.sql(statement!("change"))
        .bind(user.id)
        .bind(user.name.clone())
        .bind(user.disabled_at)
        .bind(by)
        .execute(tx.conn)?;
    user.version += 1;
    Ok(())
}

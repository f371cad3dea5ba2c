//! Accounts, roles and invitations.

mod api;
pub mod grants;
mod invitations;
mod rules;
mod store;
mod telling;

use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::policy::{Act, Role, hidden};
use crate::{agencies, auth};
use grants::{Holder, RoleGrant};

pub use api::agency_for;
pub use invitations::Invitation;
pub use rules::reach;
pub use store::User;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    invitations::routes(config);
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The agency they work for.
    pub agency_id: Uuid,
    /// E-mail address, with which they sign in.
    pub email: String,
    /// Name.
    pub name: String,
    /// Hash of the password; none for those who are invited to choose one.
    pub password_hash: Option<String>,
    /// May manage accounts everywhere. Given at the command line alone.
    pub administrator: bool,
}

/// Makes an account. Its address may be taken: 422 `/email taken`.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewUser) -> Result<()> {
    store::create(tx, id, new).map_err(address_refused)
}

fn address_refused(error: Error) -> Error {
    error
        .on_constraint("users_email_key", || {
            Error::field("/email", "taken", "Another account has this address.")
        })
        .on_constraint("users_email_check", || {
            Error::field("/email", "email", "This is not an e-mail address.")
        })
}

/// Grants a role without asking whose leave it takes: for the command line and the demonstration.
pub fn grant(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    marac_id: Uuid,
    role: Role,
    ends_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let grant = RoleGrant {
        marac_id,
        role,
        ends_at,
    };
    grants::give(tx, Holder::User(user_id), &[grant])
}

/// Invites an account's person to choose a password; earlier links die.
pub fn invite(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Invitation> {
    invitations::issue(tx, user_id)
}

/// The agency of an account that is not disabled.
pub fn agency_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Option<Uuid>> {
    let user = store::find(tx, None, user_id)?;
    Ok(user
        .filter(|user| user.disabled_at.is_none())
        .map(|user| user.agency_id))
}

/// An account that the caller oversees for this act; others answer as if they did not exist.
pub fn overseen(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<User> {
    let user = store::find(tx, None, id)?.ok_or_else(hidden)?;
    let maracs = agencies::maracs_of(tx, user.agency_id)?;
    let roles = api::roles_of(tx, id)?;
    rules::oversees(&tx.actor, act, &user, &maracs, &roles)?;
    Ok(user)
}

/// The same, locked until the transaction ends.
pub fn overseen_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<User> {
    store::lock(tx, &[id])?;
    overseen(tx, act, id)
}

/// Locks accounts against changes and new work, always in the same order.
pub fn lock(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    store::lock(tx, ids)
}

/// An account, whoever asks.
pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<User>> {
    store::find(tx, None, id)
}

/// Closes an account at once: its sessions, its links, and what programs do in its name.
pub fn close(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    user.disabled_at = Some(user.disabled_at.unwrap_or(tx.now));
    store::update(tx, user)?;
    store::end_invitations(tx, user.id)?;
    auth::end_sessions(tx, user.id)
}

/// Counts a change of an account that was made elsewhere.
pub fn touch(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    store::update(tx, user)
}

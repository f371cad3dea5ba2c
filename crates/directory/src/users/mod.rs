//! Accounts, roles and invitations.

pub mod address_api;
pub mod api;
pub mod concern;
pub mod grants;
pub mod invitations;
mod links;
mod links_store;
mod reach;
mod rules;
mod shape;
mod store;

use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::notifications::NoticeKind;
use crate::notifications::letters::AccountMatter;
use crate::{agencies, auth};
use grants::{Holder, RoleGrant};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Act, Role, hidden};

pub use crate::auth::address::normal as normal_address;
pub use links::{Printed, print as print_link};
pub use reach::agency_for;
pub use rules::reach;
pub use store::User;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    invitations::routes(config);
    address_api::routes(config);
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
    let email = auth::address::normal(&new.email)?;
    store::create(tx, id, new, email).map_err(address_refused)
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
        ends_at: ends_at.map(Into::into),
    };
    grants::give(tx, Holder::User(user_id), &[grant])
}

/// An account that a client of the agency may be linked to: open, of that agency, and the caller's to
/// manage, because whoever acts through the link acts as that person. Nothing if there is none.
pub fn linkable(tx: &mut Tx<'_>, user_id: Uuid, agency: &agencies::Agency) -> Result<Option<User>> {
    let user = store::find_locked(tx, Some(agency.id), user_id)?;
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else {
        return Ok(None);
    };
    let roles = reach::all_roles_of(tx, user_id)?;
    rules::manages(&tx.actor, agency, &user, &roles)?;
    Ok(Some(user))
}

/// Grants an account a role at the command line, confirmed by its nature; tells and names whom it
/// concerns. Nothing if there is no such open account of a member of the MARAC.
pub fn grant_at_command_line(
    tx: &mut Tx<'_>,
    email: &str,
    marac_id: Uuid,
    role: Role,
) -> Result<Option<User>> {
    let Some(user) = store::find_by_email(tx, email)?.filter(|one| one.disabled_at.is_none())
    else {
        return Ok(None);
    };
    if !agencies::is_live_member(tx, marac_id, user.agency_id)? {
        return Ok(None);
    }
    grants::give_at_command_line(tx, user.id, marac_id, role)?;
    let subject = ("user", user.id);
    concern::tell_staff(tx, NoticeKind::RoleGranted, subject, &[marac_id])?;
    concern::tell_person(tx, &user, &[marac_id], &[AccountMatter::Roles])?;
    Ok(Some(user))
}

/// Refused unless the account is the caller's to manage.
pub fn managed_by_caller(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    let user = store::find(tx, None, user_id)?.ok_or_else(hidden)?;
    reach::may_manage(tx, &user)
}

/// All the roles that an account has or waits for.
pub fn roles_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Vec<RoleGrant>> {
    reach::all_roles_of(tx, user_id)
}

/// An account that the caller oversees for this act; others answer as if they did not exist.
pub fn overseen(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<User> {
    let user = store::find(tx, None, id)?.ok_or_else(hidden)?;
    let agency = agencies::find(tx, user.agency_id)?;
    let maracs = agencies::maracs_of(tx, agency.id)?;
    let roles = reach::all_roles_of(tx, id)?;
    rules::oversees(&tx.actor, act, &agency, &user, &maracs, &roles)?;
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
    auth::end_links(tx, user.id)?;
    links_store::end_address_changes(tx, user.id)?;
    grants::pending::withdraw_all(tx, user.id)?;
    auth::end_sessions(tx, user.id)
}

/// Counts a change of an account that was made elsewhere.
pub fn touch(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    store::update(tx, user)
}

//! Which accounts a caller reaches, and whom it concerns that one was changed.

use uuid::Uuid;

use super::grants::{self, Holder, RoleGrant};
use super::shape::{UserOut, show};
use super::store::{self, User};
use super::{concern, rules};
use crate::agencies;
use crate::notifications::NoticeKind;
use kernel::audit::{Audited, Event};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::Tagged;
use kernel::policy;

/// The roles an account holds.
pub(super) fn roles_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<RoleGrant>> {
    let held = grants::held(tx, &[Holder::User(id)])?;
    Ok(held.into_iter().map(|(_, grant)| grant).collect())
}

/// The roles an account has or waits for.
pub(super) fn all_roles_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<RoleGrant>> {
    let mut roles = roles_of(tx, id)?;
    roles.extend(grants::pending::roles(tx, Holder::User(id))?);
    Ok(roles)
}

/// An account in the caller's sight, locked.
pub(super) fn locked(tx: &mut Tx<'_>, id: Uuid) -> Result<User> {
    let within = rules::reach(&tx.actor);
    store::find_locked(tx, within, id)?.ok_or_else(policy::hidden)
}

/// The same, if it is the caller's to manage.
pub(super) fn managed(tx: &mut Tx<'_>, id: Uuid) -> Result<User> {
    let user = locked(tx, id)?;
    may_manage(tx, &user)?;
    Ok(user)
}

/// Refused unless the account is the caller's to manage.
pub(super) fn may_manage(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let agency = agencies::find(tx, user.agency_id)?;
    let roles = all_roles_of(tx, user.id)?;
    rules::manages(&tx.actor, &agency, user, &roles)
}

/// The MARACs that a change of this account concerns.
pub(super) fn concerned(tx: &mut Tx<'_>, user: &User) -> Result<Vec<Uuid>> {
    let roles = all_roles_of(tx, user.id)?;
    concern::maracs(tx, user.agency_id, roles)
}

/// The account as it is now, with its event where it works, once the coordinators have been told.
pub(super) fn told(tx: &mut Tx<'_>, user: &User, event: Event) -> Result<Audited<Tagged<UserOut>>> {
    let maracs = concerned(tx, user)?;
    let subject = ("user", user.id);
    concern::tell_staff(tx, NoticeKind::AccountChanged, subject, &maracs)?;
    Ok(Audited::in_maracs(show(tx, user.id)?, event, &maracs))
}

/// The agency a new account or client belongs to: the one named, else the caller's own. It must be in
/// the caller's reach, and open.
pub fn agency_for(tx: &mut Tx<'_>, named: Option<Uuid>) -> Result<agencies::Agency> {
    let id = named.unwrap_or(tx.actor.agency_id);
    if rules::reach(&tx.actor).is_some_and(|own| own != id) {
        return Err(kernel::error::Code::Forbidden.into());
    }
    let agency = agencies::find(tx, id)
        .map_err(|_| Error::field("/agency_id", "unknown", "There is no such agency."))?;
    match agency.closed_at {
        Some(_) => Err(Error::conflict("agency_closed")),
        None => Ok(agency),
    }
}

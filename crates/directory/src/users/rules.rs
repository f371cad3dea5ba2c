//! Which accounts a caller manages, and what may be done to one.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::grants::{RoleGrant, within_reach};
use super::store::User;
use crate::agencies::Agency;
use kernel::error::{Code, Error, Result};
use kernel::policy::{Act, Actor, Role, Who, hidden};

/// The one agency whose accounts and clients are in the caller's sight; `None`: every agency's.
pub fn reach(actor: &Actor) -> Option<Uuid> {
    (!actor.administrator).then_some(actor.agency_id)
}

/// Whether the caller may change an account, or hand out a link to it. Whoever may do that can become
/// that person, so all that the person may do must be the caller's to grant.
pub fn manages(actor: &Actor, agency: &Agency, user: &User, roles: &[RoleGrant]) -> Result<()> {
    if user.administrator && !actor.administrator {
        return Err(Code::Forbidden.into());
    }
    let roles: Vec<(Uuid, Role)> = roles.iter().map(|r| (r.marac_id, r.role)).collect();
    within_reach(actor, agency, &roles)
}

/// Refused if it is the caller's own.
pub fn not_own(actor: &Actor, user: &User) -> Result<()> {
    match actor.principal.user_id() == Some(user.id) {
        true => Err(Error::conflict("own_account")),
        false => Ok(()),
    }
}

/// Whether the account can be disabled. Whose it is, and who manages it, is asked beside it.
pub fn disable(user: &User) -> Result<()> {
    match user.disabled_at {
        Some(_) => Err(Error::conflict("already_disabled")),
        None => Ok(()),
    }
}

/// Whether the account can be enabled.
pub fn enable(user: &User) -> Result<()> {
    match user.disabled_at {
        Some(_) => Ok(()),
        None => Err(Error::conflict("not_disabled")),
    }
}

/// Whether somebody can be invited to the account: only until its person has chosen a password. From
/// then on whoever hands out a link could take the account over, so that is a reset's business.
pub fn invite(user: &User) -> Result<()> {
    match (user.disabled_at, user.has_password) {
        (Some(_), _) => Err(Error::conflict("disabled")),
        (None, true) => Err(Error::conflict("has_password")),
        (None, false) => Ok(()),
    }
}

/// Whether the caller may ask for another address of the account. Once it is in use, its person has to
/// confirm that; a lead does not ask for it.
pub fn change_address(actor: &Actor, user: &User) -> Result<()> {
    match user.has_password && !actor.administrator {
        true => Err(Code::Forbidden.into()),
        false => Ok(()),
    }
}

/// Whether the caller oversees an account: an administrator every one; a lead, for acts that leads do,
/// those of their own agency that they manage; a coordinator those of their MARACs' agencies, if all that
/// the person may do is there and below coordinator, chair and auditor. `maracs` are the agency's. Who is
/// overseen by nobody here does not exist.
pub fn oversees(
    actor: &Actor,
    act: Act,
    agency: &Agency,
    user: &User,
    maracs: &[Uuid],
    roles: &[RoleGrant],
) -> Result<()> {
    if actor.administrator {
        return Ok(());
    }
    let for_leads =
        matches!(act.who(), Who::AdministratorOr(roles) if roles.contains(&Role::AgencyLead));
    let leads = !actor.maracs_as(&[Role::AgencyLead]).is_empty();
    let as_lead = for_leads && leads && user.agency_id == actor.agency_id;
    let coordinated = actor.maracs_as(&[Role::Coordinator]);
    let as_coordinator = maracs.iter().any(|marac| coordinated.contains(marac));
    if !as_lead && !as_coordinator {
        return Err(hidden());
    }
    let below = |grant: &RoleGrant| {
        let above = matches!(grant.role, Role::Coordinator | Role::Chair | Role::Auditor);
        coordinated.contains(&grant.marac_id) && !above
    };
    let allowed = as_lead && manages(actor, agency, user, roles).is_ok()
        || as_coordinator && !user.administrator && roles.iter().all(below);
    match allowed {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// Whether the account's person can be sent a link to a new password. For a day after its address was
/// changed none is, so that whoever notices the change has time.
pub fn reset(actor: &Actor, user: &User, now: DateTime<Utc>) -> Result<()> {
    if actor.principal.user_id() == Some(user.id) {
        return Err(Error::conflict("own_account"));
    }
    let lately = |at: DateTime<Utc>| now - at < TimeDelta::hours(24);
    match (user.disabled_at, user.has_password) {
        (Some(_), _) => Err(Error::conflict("disabled")),
        (None, false) => Err(Error::conflict("no_password")),
        (None, true) if user.address_changed_at.is_some_and(lately) => {
            Err(Error::conflict("address_changed_lately"))
        }
        (None, true) => Ok(()),
    }
}

/// Whether the caller may set the account's roles: anybody's but their own.
pub fn set_roles(actor: &Actor, user: &User) -> Result<()> {
    let own = actor.principal.user_id() == Some(user.id);
    if own || user.administrator && !actor.administrator {
        return Err(Code::Forbidden.into());
    }
    Ok(())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

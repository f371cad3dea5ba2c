//! Who may grant which role, and what a new list of roles changes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::RoleGrant;
use super::pending::is_strong;
use crate::agencies::Agency;
use kernel::error::{Code, Error, FieldError, Result};
use kernel::policy::{self, Act, Actor, Role};
use practice::vocabulary::AgencyKind;

/// Refused unless the caller may grant and end each of these roles for people and programs of the
/// agency. An administrator may all; a lead those of their own agency's casework, in the MARACs where
/// they lead it.
pub fn within_reach(actor: &Actor, agency: &Agency, roles: &[(Uuid, Role)]) -> Result<()> {
    for (marac_id, role) in roles {
        policy::may_in(actor, Act::GrantRoles, *marac_id)?;
        let allowed = actor.administrator
            || agency.id == actor.agency_id && leads_may_grant(*role, agency.kind);
        if !allowed {
            return Err(Code::Forbidden.into());
        }
    }
    Ok(())
}

fn leads_may_grant(role: Role, kind: AgencyKind) -> bool {
    match role {
        Role::Practitioner | Role::Representative | Role::Observer => true,
        Role::Idva => kind == AgencyKind::Idva,
        Role::AgencyLead | Role::Coordinator | Role::Chair | Role::Analyst | Role::Auditor => false,
    }
}

/// Each role stands once in a MARAC.
pub fn well_formed(wanted: &[RoleGrant], now: DateTime<Utc>) -> Result<()> {
    let mut errors = Vec::new();
    for (index, grant) in wanted.iter().enumerate() {
        let same = |other: &RoleGrant| (other.marac_id, other.role) == (grant.marac_id, grant.role);
        if wanted.iter().take(index).any(same) {
            let message = "This role stands twice for the same MARAC.";
            errors.push(FieldError::new(
                format!("/roles/{index}"),
                "duplicate",
                message,
            ));
        }
        if grant.ends_at.is_some_and(|ends_at| ends_at <= now) {
            let message = "Leave a role out to end it now.";
            let pointer = format!("/roles/{index}/ends_at");
            errors.push(FieldError::new(pointer, "past", message));
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// What must happen to come from one list to another.
#[derive(Debug, PartialEq, Eq)]
pub struct Changes {
    /// Roles no longer wanted.
    pub ended: Vec<(Uuid, Role)>,
    /// Roles that are new or end at another time.
    pub granted: Vec<RoleGrant>,
}

/// The difference between what is held and what is wanted.
pub fn changes(held: &[RoleGrant], wanted: &[RoleGrant]) -> Changes {
    let key = |grant: &RoleGrant| (grant.marac_id, grant.role);
    Changes {
        ended: held
            .iter()
            .map(key)
            .filter(|held| !wanted.iter().any(|wanted| key(wanted) == *held))
            .collect(),
        granted: wanted
            .iter()
            .filter(|wanted| !held.contains(wanted))
            .copied()
            .collect(),
    }
}

/// Which of these must wait for a second person, and which hold at once: a strong role waits, unless it
/// is held already and is to end sooner.
pub fn split(held: &[RoleGrant], granted: Vec<RoleGrant>) -> (Vec<RoleGrant>, Vec<RoleGrant>) {
    let sooner = |held: &RoleGrant, wanted: &RoleGrant| match (held.ends_at, wanted.ends_at) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(held), Some(wanted)) => wanted <= held,
    };
    granted.into_iter().partition(|wanted| {
        let same = |held: &&RoleGrant| (held.marac_id, held.role) == (wanted.marac_id, wanted.role);
        let shortened = held
            .iter()
            .find(same)
            .is_some_and(|held| sooner(held, wanted));
        is_strong(wanted.role) && !shortened
    })
}

/// Roles are granted where the agency is a member: elsewhere they would give nothing.
pub fn in_maracs_of(maracs: &[Uuid], wanted: &[RoleGrant], changes: &Changes) -> Result<()> {
    let errors: Vec<_> = wanted
        .iter()
        .enumerate()
        .filter(|(_, grant)| changes.granted.contains(grant) && !maracs.contains(&grant.marac_id))
        .map(|(index, _)| {
            let message = "The agency is not a member of this MARAC.";
            FieldError::new(format!("/roles/{index}/marac_id"), "not_a_member", message)
        })
        .collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

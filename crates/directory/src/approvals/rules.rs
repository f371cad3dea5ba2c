//! Who may confirm or refuse a grant that waits.

use uuid::Uuid;

use crate::agencies::Agency;
use crate::users::grants::pending::{GrantKind, Pending};
use crate::users::grants::{RoleGrant, within_reach};
use kernel::error::{Code, Error, Result};
use kernel::policy::{Actor, Role};

/// What the decision rests on, besides the grant itself.
pub struct Facts<'a> {
    /// The agency of whoever gets it.
    pub agency: &'a Agency,
    /// The roles that whoever decides must be able to grant: the one that waits, or all that the client
    /// or the linked account has or waits for.
    pub roles: &'a [RoleGrant],
    /// The MARACs that it concerns.
    pub maracs: &'a [Uuid],
    /// In whose hand the account of whoever asked is.
    pub asked_in_hand_of: Option<Uuid>,
    /// In whose hand the account of whoever decides is.
    pub decided_in_hand_of: Uuid,
}

/// Whether the caller may decide on such a grant at all: an administrator; a lead who could have granted
/// it; the coordinator of every MARAC that it concerns; of a link also the person whose account it is.
pub fn may_decide(actor: &Actor, pending: &Pending, facts: &Facts<'_>) -> Result<()> {
    let coordinates = |marac: &Uuid| actor.holds(*marac, &[Role::Coordinator]);
    let as_coordinator = !facts.maracs.is_empty() && facts.maracs.iter().all(coordinates);
    let roles: Vec<_> = facts.roles.iter().map(|r| (r.marac_id, r.role)).collect();
    let leads = !actor.maracs_as(&[Role::AgencyLead]).is_empty();
    let as_lead = leads
        && facts.agency.id == actor.agency_id
        && within_reach(actor, facts.agency, &roles).is_ok();
    match actor.administrator || as_coordinator || as_lead || is_own_link(actor, pending) {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

fn is_own_link(actor: &Actor, pending: &Pending) -> bool {
    pending.kind == GrantKind::Link && actor.principal.user_id() == pending.user_id
}

/// Refused unless whoever confirms is a second person: neither whoever asked nor whoever gets the role,
/// and not in the same hand as whoever asked. An account that one person alone has made is that person's
/// doing, and so is an account that it made in turn.
pub fn second_person(actor: &Actor, pending: &Pending, facts: &Facts<'_>) -> Result<()> {
    let by = actor.principal.user_id();
    let gets_it = pending.kind != GrantKind::Link && by == pending.user_id;
    let in_hand_of_holder = pending.user_id == Some(facts.decided_in_hand_of) && gets_role(pending);
    let same_hand = facts.asked_in_hand_of == Some(facts.decided_in_hand_of);
    match by == pending.asked_by || gets_it || same_hand || in_hand_of_holder {
        true => Err(Error::conflict("second_person_needed")),
        false => Ok(()),
    }
}

fn gets_role(pending: &Pending) -> bool {
    pending.kind == GrantKind::Role
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

//! Which accounts a caller manages, and what may be done to one.

use uuid::Uuid;

use super::grants::{RoleGrant, within_reach};
use super::store::User;
use crate::agencies::Agency;
use crate::error::{Code, Error, Result};
use crate::policy::{Act, Actor, Role, Who, hidden};

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

/// Whether the account can be disabled. Cutting off takes no more than the account being in sight,
/// because a leaver should be cut off at once; but no lead cuts off an administrator.
pub fn disable(actor: &Actor, user: &User) -> Result<()> {
    if user.administrator && !actor.administrator {
        return Err(Code::Forbidden.into());
    }
    if actor.principal.user_id() == Some(user.id) {
        return Err(Error::conflict("own_account"));
    }
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

/// Whether the caller may change the account's address. Notices go there: once the account is in use,
/// a lead could send them astray.
pub fn change_address(actor: &Actor, user: &User) -> Result<()> {
    match user.has_password && !actor.administrator {
        true => Err(Code::Forbidden.into()),
        false => Ok(()),
    }
}

/// Whether the caller oversees an account: an administrator every one; a lead, for acts that leads do,
/// their own agency's; a coordinator those of their MARACs' agencies, if all that the person may do is
/// there. `maracs` are the agency's. Who is overseen by nobody here does not exist.
pub fn oversees(
    actor: &Actor,
    act: Act,
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
    let coordinated = actor.maracs_as(&[Role::Coordinator]);
    let refused = match (
        for_leads && leads && user.agency_id == actor.agency_id,
        maracs,
    ) {
        (true, _) => user.administrator,
        (false, maracs) if maracs.iter().any(|marac| coordinated.contains(marac)) => {
            user.administrator
                || roles
                    .iter()
                    .any(|grant| !coordinated.contains(&grant.marac_id))
        }
        _ => return Err(hidden()),
    };
    match refused {
        true => Err(Code::Forbidden.into()),
        false => Ok(()),
    }
}

/// Whether the caller may give the account's person a link to a new password. No coordinator gets one
/// to those who coordinate, chair or audit: whoever hands over a link could use it.
pub fn reset(actor: &Actor, user: &User, roles: &[RoleGrant]) -> Result<()> {
    let above =
        |grant: &RoleGrant| matches!(grant.role, Role::Coordinator | Role::Chair | Role::Auditor);
    if !actor.administrator && roles.iter().any(above) {
        return Err(Code::Forbidden.into());
    }
    if actor.principal.user_id() == Some(user.id) {
        return Err(Error::conflict("own_account"));
    }
    match (user.disabled_at, user.has_password) {
        (Some(_), _) => Err(Error::conflict("disabled")),
        (None, false) => Err(Error::conflict("no_password")),
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
mod tests {
    use super::*;
    use crate::policy::Principal;
    use crate::vocabulary::AgencyKind;

    fn user(agency_id: Uuid) -> User {
        User {
            id: Uuid::now_v7(),
            agency_id,
            email: "a@test.example".into(),
            name: "A".into(),
            administrator: false,
            has_password: true,
            disabled_at: None,
            version: 1,
        }
    }

    fn outcome(result: Result<()>) -> &'static str {
        match result {
            Ok(()) => "ok",
            Err(Error::Problem(problem)) => problem.reason.unwrap_or(problem.code.as_str()),
            Err(_) => "fault",
        }
    }

    #[test]
    fn a_lead_manages_nobody_who_may_more_than_the_lead_may_grant() {
        let marac = Uuid::now_v7();
        let agency = Agency {
            id: Uuid::now_v7(),
            name: "City Housing".into(),
            kind: AgencyKind::Housing,
            closed_at: None,
            version: 1,
        };
        let principal = Principal::User {
            id: Uuid::now_v7(),
            session_id: Uuid::now_v7(),
        };
        let lead = Actor {
            agency_id: agency.id,
            roles: [(marac, Role::AgencyLead)].into(),
            ..Actor::nobody(principal)
        };
        let chief = Actor {
            administrator: true,
            roles: [].into(),
            ..lead.clone()
        };
        let grant = |marac_id, role| RoleGrant {
            marac_id,
            role,
            ends_at: None,
        };
        let plain = user(agency.id);
        let administrator = User {
            administrator: true,
            ..user(agency.id)
        };
        for (user, roles, by_lead) in [
            (&plain, vec![], "ok"),
            (&plain, vec![grant(marac, Role::Practitioner)], "ok"),
            (
                &plain,
                vec![grant(marac, Role::Practitioner), grant(marac, Role::Chair)],
                "forbidden",
            ),
            (
                &plain,
                vec![grant(Uuid::now_v7(), Role::Practitioner)],
                "forbidden",
            ),
            (&administrator, vec![], "forbidden"),
        ] {
            assert_eq!(outcome(manages(&lead, &agency, user, &roles)), by_lead);
            assert_eq!(outcome(manages(&chief, &agency, user, &roles)), "ok");
        }
        assert_eq!(outcome(disable(&lead, &administrator)), "forbidden");
        assert_eq!(outcome(set_roles(&lead, &administrator)), "forbidden");
        assert_eq!(outcome(disable(&chief, &administrator)), "ok");
    }

    #[test]
    fn nobody_disables_themselves_or_sets_their_own_roles_and_states_are_kept() {
        let me = user(Uuid::now_v7());
        let principal = Principal::User {
            id: me.id,
            session_id: Uuid::now_v7(),
        };
        let actor = Actor {
            administrator: true,
            ..Actor::nobody(principal)
        };
        let lead = Actor {
            administrator: false,
            ..actor.clone()
        };
        let other = user(me.agency_id);
        let invited = User {
            has_password: false,
            ..user(me.agency_id)
        };
        let disabled = User {
            disabled_at: chrono::DateTime::from_timestamp(0, 0),
            ..user(me.agency_id)
        };
        for (found, expected) in [
            (disable(&actor, &me), "own_account"),
            (disable(&actor, &other), "ok"),
            (disable(&actor, &disabled), "already_disabled"),
            (set_roles(&actor, &me), "forbidden"),
            (set_roles(&actor, &other), "ok"),
            (enable(&other), "not_disabled"),
            (enable(&disabled), "ok"),
            (invite(&invited), "ok"),
            (invite(&other), "has_password"),
            (invite(&disabled), "disabled"),
            (reset(&actor, &other, &[]), "ok"),
            (reset(&actor, &me, &[]), "own_account"),
            (reset(&actor, &invited, &[]), "no_password"),
            (reset(&actor, &disabled, &[]), "disabled"),
            (change_address(&actor, &other), "ok"),
            (change_address(&lead, &other), "forbidden"),
            (change_address(&lead, &invited), "ok"),
        ] {
            assert_eq!(outcome(found), expected);
        }
    }

    #[test]
    fn leads_oversee_their_agency_and_coordinators_their_maracs() {
        let [here, there] = [Uuid::now_v7(), Uuid::now_v7()];
        let [ours, theirs] = [Uuid::now_v7(), Uuid::now_v7()];
        let caller = |role, marac| Actor {
            agency_id: ours,
            roles: [(marac, role)].into(),
            ..Actor::nobody(Principal::User {
                id: Uuid::now_v7(),
                session_id: Uuid::now_v7(),
            })
        };
        let grant = |marac_id, role| RoleGrant {
            marac_id,
            role,
            ends_at: None,
        };
        let lead = caller(Role::AgencyLead, here);
        let coordinator = caller(Role::Coordinator, here);
        let rep = [grant(here, Role::Representative)];
        let both = [
            grant(here, Role::Representative),
            grant(there, Role::Observer),
        ];
        let (of_ours, of_theirs) = (user(ours), user(theirs));
        let administrator = User {
            administrator: true,
            ..user(ours)
        };
        for (actor, act, user, maracs, roles, expected) in [
            (
                &lead,
                Act::HandOver,
                &of_ours,
                vec![here, there],
                &both[..],
                "ok",
            ),
            (
                &lead,
                Act::HandOver,
                &of_theirs,
                vec![here],
                &rep[..],
                "not_found",
            ),
            (
                &lead,
                Act::HandOver,
                &administrator,
                vec![here],
                &[],
                "forbidden",
            ),
            (
                &lead,
                Act::ResetPassword,
                &of_ours,
                vec![here],
                &rep,
                "not_found",
            ),
            (
                &coordinator,
                Act::HandOver,
                &of_theirs,
                vec![here],
                &rep,
                "ok",
            ),
            (
                &coordinator,
                Act::HandOver,
                &of_theirs,
                vec![here, there],
                &both,
                "forbidden",
            ),
            (
                &coordinator,
                Act::HandOver,
                &of_theirs,
                vec![there],
                &[],
                "not_found",
            ),
            (
                &coordinator,
                Act::HandOver,
                &administrator,
                vec![here],
                &[],
                "forbidden",
            ),
            (
                &coordinator,
                Act::ResetPassword,
                &of_theirs,
                vec![here],
                &rep,
                "ok",
            ),
        ] {
            let found = outcome(oversees(actor, act, user, &maracs, roles));
            assert_eq!(found, expected, "{act:?} {roles:?}");
        }
        for role in [Role::Coordinator, Role::Chair, Role::Auditor] {
            let roles = [grant(here, role)];
            assert_eq!(
                outcome(reset(&coordinator, &of_theirs, &roles)),
                "forbidden"
            );
        }
        assert_eq!(outcome(reset(&coordinator, &of_theirs, &rep)), "ok");
    }
}

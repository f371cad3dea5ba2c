use super::*;
use kernel::policy::Principal;
use practice::vocabulary::AgencyKind;

fn user(agency_id: Uuid) -> User {
    User {
        id: Uuid::now_v7(),
        agency_id,
        email: "a@test.example".into(),
        name: "A".into(),
        administrator: false,
        has_password: true,
        in_hand_of: None,
        address_changed_at: None,
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
    assert_eq!(outcome(set_roles(&lead, &administrator)), "forbidden");
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
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(400);
    let changed = |hours| User {
        address_changed_at: Some(now - TimeDelta::hours(hours)),
        ..user(me.agency_id)
    };
    let (moved, settled) = (changed(23), changed(24));
    for (found, expected) in [
        (not_own(&actor, &me), "own_account"),
        (not_own(&actor, &other), "ok"),
        (disable(&other), "ok"),
        (disable(&disabled), "already_disabled"),
        (set_roles(&actor, &me), "forbidden"),
        (set_roles(&actor, &other), "ok"),
        (enable(&other), "not_disabled"),
        (enable(&disabled), "ok"),
        (invite(&invited), "ok"),
        (invite(&other), "has_password"),
        (invite(&disabled), "disabled"),
        (reset(&actor, &other, now), "ok"),
        (reset(&actor, &moved, now), "address_changed_lately"),
        (reset(&actor, &settled, now), "ok"),
        (reset(&actor, &me, now), "own_account"),
        (reset(&actor, &invited, now), "no_password"),
        (reset(&actor, &disabled, now), "disabled"),
        (change_address(&actor, &other), "ok"),
        (change_address(&lead, &other), "forbidden"),
        (change_address(&lead, &invited), "ok"),
    ] {
        assert_eq!(outcome(found), expected);
    }
}

/// Who, towards whose account, for which act: a lead and a coordinator reach nobody who may more than
/// they, or who works where they do not.
#[test]
fn leads_oversee_whom_they_manage_and_coordinators_whoever_is_below_them_in_their_maracs() {
    let [here, there] = [Uuid::now_v7(), Uuid::now_v7()];
    let [ours, theirs] = [Uuid::now_v7(), Uuid::now_v7()];
    let agency = |id, kind| Agency {
        id,
        name: "An agency".into(),
        kind,
        closed_at: None,
        version: 1,
    };
    let caller = |roles: &[(Uuid, Role)], administrator| Actor {
        agency_id: ours,
        roles: roles.iter().copied().collect(),
        administrator,
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
    let lead = caller(&[(here, Role::AgencyLead)], false);
    let coordinator = caller(&[(here, Role::Coordinator)], false);
    let both = caller(
        &[(here, Role::AgencyLead), (here, Role::Coordinator)],
        false,
    );
    let chief = caller(&[], true);
    let oversight = |actor: &Actor, act, kind, of, administrator, maracs: &[Uuid], role, place| {
        let user = User {
            administrator,
            ..user(of)
        };
        let roles = [grant(place, role)];
        outcome(oversees(
            actor,
            act,
            &agency(of, kind),
            &user,
            maracs,
            &roles,
        ))
    };
    for role in Role::ALL.iter().copied() {
        for (kind, place, of, administrator) in [
            (AgencyKind::Idva, here, ours, false),
            (AgencyKind::Housing, here, ours, false),
            (AgencyKind::Housing, there, ours, false),
            (AgencyKind::Housing, here, theirs, false),
            (AgencyKind::Housing, there, theirs, false),
            (AgencyKind::Housing, here, ours, true),
        ] {
            let maracs = [here, there];
            let of_case =
                |actor, act| oversight(actor, act, kind, of, administrator, &maracs, role, place);
            let casework = matches!(
                role,
                Role::Practitioner | Role::Representative | Role::Observer
            ) || role == Role::Idva && kind == AgencyKind::Idva;
            let led = place == here && of == ours && !administrator && casework;
            let above = matches!(role, Role::Coordinator | Role::Chair | Role::Auditor);
            let coordinated = place == here && !administrator && !above;
            let may = |allowed| if allowed { "ok" } else { "forbidden" };
            let unless_hidden = |allowed| match of == ours {
                true => may(allowed),
                false => "not_found",
            };
            let case = format!("{role:?} {kind:?} {administrator}");
            assert_eq!(of_case(&lead, Act::HandOver), unless_hidden(led), "{case}");
            assert_eq!(of_case(&lead, Act::ResetPassword), "not_found", "{case}");
            for act in [Act::HandOver, Act::ResetPassword] {
                assert_eq!(of_case(&coordinator, act), may(coordinated), "{case}");
                assert_eq!(of_case(&chief, act), "ok", "{case}");
            }
            let either = led || coordinated;
            assert_eq!(of_case(&both, Act::HandOver), may(either), "{case}");
        }
    }
    let elsewhere = oversight(
        &coordinator,
        Act::HandOver,
        AgencyKind::Housing,
        theirs,
        false,
        &[there],
        Role::Representative,
        there,
    );
    assert_eq!(elsewhere, "not_found");
}

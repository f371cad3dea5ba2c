use chrono::DateTime;

use super::*;
use kernel::policy::Principal;
use practice::vocabulary::AgencyKind;

fn outcome(result: Result<()>) -> &'static str {
    match result {
        Ok(()) => "ok",
        Err(Error::Problem(problem)) => problem.reason.unwrap_or(problem.code.as_str()),
        Err(_) => "fault",
    }
}

fn agency(kind: AgencyKind) -> Agency {
    Agency {
        id: Uuid::now_v7(),
        name: "An agency".into(),
        kind,
        closed_at: None,
        version: 1,
    }
}

fn actor(id: Uuid, agency_id: Uuid, roles: &[(Uuid, Role)]) -> Actor {
    Actor {
        agency_id,
        roles: roles.iter().copied().collect(),
        ..Actor::nobody(Principal::User {
            id,
            session_id: Uuid::now_v7(),
        })
    }
}

fn waiting(kind: GrantKind, user_id: Option<Uuid>, asked_by: Option<Uuid>) -> Pending {
    Pending {
        id: Uuid::now_v7(),
        kind,
        marac_id: None,
        user_id,
        client_id: None,
        actor_id: None,
        role: None,
        rights: None,
        ends_at: None,
        asked_by,
        expires_at: DateTime::UNIX_EPOCH,
        outcome: None,
        created_at: DateTime::UNIX_EPOCH,
        agency_id: Uuid::nil(),
        name: "N".into(),
        asked_by_name: None,
        live: true,
    }
}

#[test]
fn who_could_have_granted_it_or_coordinates_there_decides() {
    let [here, there, me] = [1, 2, 3].map(Uuid::from_u128);
    for (kind, role) in [
        (AgencyKind::Idva, Role::Idva),
        (AgencyKind::Housing, Role::Idva),
        (AgencyKind::Idva, Role::Chair),
        (AgencyKind::Coordination, Role::Coordinator),
    ] {
        let agency = agency(kind);
        let roles = [RoleGrant {
            marac_id: here,
            role,
            ends_at: None,
        }];
        let facts = Facts {
            agency: &agency,
            roles: &roles,
            maracs: &[here],
            asked_in_hand_of: None,
            decided_in_hand_of: me,
        };
        let pending = waiting(GrantKind::Role, None, None);
        let found = |roles: &[(Uuid, Role)], of| {
            outcome(may_decide(&actor(me, of, roles), &pending, &facts))
        };
        let own = agency.id;
        let leads_idvas = kind == AgencyKind::Idva && role == Role::Idva;
        let by_lead = if leads_idvas { "ok" } else { "forbidden" };
        assert_eq!(found(&[(here, Role::AgencyLead)], own), by_lead);
        assert_eq!(found(&[(there, Role::AgencyLead)], own), "forbidden");
        assert_eq!(found(&[(here, Role::AgencyLead)], me), "forbidden");
        assert_eq!(found(&[(here, Role::Coordinator)], me), "ok");
        assert_eq!(found(&[(there, Role::Coordinator)], me), "forbidden");
        for other in [Role::Chair, Role::Idva, Role::Auditor, Role::Practitioner] {
            assert_eq!(found(&[(here, other)], own), "forbidden", "{other:?}");
        }
        let mut chief = actor(me, me, &[]);
        chief.administrator = true;
        assert_eq!(outcome(may_decide(&chief, &pending, &facts)), "ok");
    }
}

#[test]
fn nobody_without_roles_decides_on_a_client_that_works_nowhere() {
    let [here, me] = [1, 2].map(Uuid::from_u128);
    let agency = agency(AgencyKind::Housing);
    let facts = Facts {
        agency: &agency,
        roles: &[],
        maracs: &[],
        asked_in_hand_of: None,
        decided_in_hand_of: me,
    };
    let pending = waiting(GrantKind::Rights, None, None);
    let found =
        |roles: &[(Uuid, Role)], of| outcome(may_decide(&actor(me, of, roles), &pending, &facts));
    assert_eq!(found(&[], agency.id), "forbidden");
    assert_eq!(
        found(&[(here, Role::Representative)], agency.id),
        "forbidden"
    );
    assert_eq!(found(&[(here, Role::Coordinator)], me), "forbidden");
    assert_eq!(found(&[(here, Role::AgencyLead)], agency.id), "ok");
}

#[test]
fn a_second_person_is_neither_the_asker_nor_the_holder_nor_in_the_same_hand() {
    let [asker, holder, me, other] = [1, 2, 3, 4].map(Uuid::from_u128);
    let agency = agency(AgencyKind::Idva);
    for (kind, by, asked_hand, my_hand, expected) in [
        (GrantKind::Role, me, asker, me, "ok"),
        (GrantKind::Role, asker, asker, asker, "second_person_needed"),
        (
            GrantKind::Role,
            holder,
            asker,
            holder,
            "second_person_needed",
        ),
        // Made by whoever asked, or by an account of theirs.
        (GrantKind::Role, me, asker, asker, "second_person_needed"),
        // Whoever asked was made by whoever confirms.
        (GrantKind::Role, me, me, me, "second_person_needed"),
        // Both were made by a third.
        (GrantKind::Role, me, other, other, "second_person_needed"),
        // Made by whoever gets it.
        (GrantKind::Role, me, asker, holder, "second_person_needed"),
        (GrantKind::Role, me, asker, other, "ok"),
        (GrantKind::Link, holder, asker, holder, "ok"),
        (
            GrantKind::Link,
            holder,
            asker,
            asker,
            "second_person_needed",
        ),
    ] {
        let facts = Facts {
            agency: &agency,
            roles: &[],
            maracs: &[],
            asked_in_hand_of: Some(asked_hand),
            decided_in_hand_of: my_hand,
        };
        let pending = waiting(kind, Some(holder), Some(asker));
        let found = outcome(second_person(&actor(by, me, &[]), &pending, &facts));
        assert_eq!(found, expected, "{by} {asked_hand} {my_hand}");
    }
}

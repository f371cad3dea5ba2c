use chrono::TimeDelta;

use super::*;
use kernel::policy::Principal;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
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

fn actor(agency_id: Uuid, roles: &[(Uuid, Role)]) -> Actor {
    let principal = Principal::User {
        id: Uuid::now_v7(),
        session_id: Uuid::now_v7(),
    };
    Actor {
        agency_id,
        roles: roles.iter().copied().collect(),
        ..Actor::nobody(principal)
    }
}

#[test]
fn a_lead_grants_casework_roles_of_their_own_agency_where_they_lead_it() {
    let (marac, other) = (Uuid::now_v7(), Uuid::now_v7());
    for kind in [AgencyKind::Idva, AgencyKind::Housing] {
        let agency = agency(kind);
        let lead = actor(agency.id, &[(marac, Role::AgencyLead)]);
        let stranger = actor(Uuid::now_v7(), &[(marac, Role::AgencyLead)]);
        let coordinator = actor(
            agency.id,
            &[(marac, Role::Coordinator), (other, Role::AgencyLead)],
        );
        let mut administrator = actor(Uuid::now_v7(), &[]);
        administrator.administrator = true;
        for role in Role::ALL.iter().copied() {
            let ok = |actor: &Actor, marac| within_reach(actor, &agency, &[(marac, role)]).is_ok();
            let expected = match role {
                Role::Practitioner | Role::Representative | Role::Observer => true,
                Role::Idva => kind == AgencyKind::Idva,
                _ => false,
            };
            assert_eq!(ok(&lead, marac), expected, "{role:?} {kind:?}");
            assert!(!ok(&lead, other), "{role:?}: not where they do not lead");
            assert!(!ok(&stranger, marac), "{role:?}: not for another agency");
            assert!(!ok(&coordinator, marac), "{role:?}: not as coordinator");
            assert!(ok(&administrator, marac), "{role:?}");
        }
        let both = [(marac, Role::Observer), (marac, Role::Chair)];
        assert!(within_reach(&lead, &agency, &both).is_err());
    }
}

#[test]
fn only_what_differs_is_touched() {
    let marac = Uuid::now_v7();
    let grant = |role, ends_at| RoleGrant {
        marac_id: marac,
        role,
        ends_at,
    };
    let later = Some((now() + TimeDelta::days(1)).into());
    let held = [
        grant(Role::Chair, None),
        grant(Role::Observer, None),
        grant(Role::Idva, later),
    ];
    let wanted = [
        grant(Role::Chair, None),
        grant(Role::Idva, None),
        grant(Role::Representative, later),
    ];
    let expected = Changes {
        ended: vec![(marac, Role::Observer)],
        granted: wanted[1..].to_vec(),
    };
    assert_eq!(changes(&held, &wanted), expected);
    assert_eq!(changes(&held, &held).ended, []);
    assert_eq!(changes(&held, &held).granted, []);
    let Err(Error::Problem(refused)) = in_maracs_of(&[], &wanted, &expected) else {
        panic!()
    };
    let pointers: Vec<_> = refused.errors.iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(pointers, ["/roles/1/marac_id", "/roles/2/marac_id"]);
    assert!(in_maracs_of(&[marac], &wanted, &expected).is_ok());
}

#[test]
fn a_strong_role_waits_unless_it_is_held_and_shortened() {
    let marac = Uuid::now_v7();
    let grant = |role, ends_at| RoleGrant {
        marac_id: marac,
        role,
        ends_at,
    };
    let day = |n| Some((now() + TimeDelta::days(n)).into());
    for role in Role::ALL.iter().copied() {
        let strong = ["coordinator", "chair", "idva"].contains(&role.as_str());
        for (held, wanted, prolongs) in [
            (None, day(1), true),
            (None, None, true),
            (Some(day(2)), day(1), false),
            (Some(None), day(1), false),
            (Some(day(1)), day(2), true),
            (Some(day(1)), None, true),
        ] {
            let held: Vec<_> = held
                .map(|ends_at| grant(role, ends_at))
                .into_iter()
                .collect();
            let (asked, given) = split(&held, vec![grant(role, wanted)]);
            let waits = strong && prolongs;
            assert_eq!(
                (asked.len(), given.len()),
                (waits.into(), (!waits).into()),
                "{role:?}"
            );
        }
    }
}

#[test]
fn a_list_has_each_role_once_and_no_end_in_the_past() {
    let grant = |role, ends_at| RoleGrant {
        marac_id: Uuid::nil(),
        role,
        ends_at,
    };
    for (wanted, expected) in [
        (vec![], None),
        (
            vec![grant(Role::Chair, None), grant(Role::Idva, None)],
            None,
        ),
        (
            vec![
                grant(Role::Chair, None),
                grant(Role::Chair, Some((now() + TimeDelta::days(1)).into())),
            ],
            Some("/roles/1 duplicate"),
        ),
        (
            vec![grant(Role::Chair, Some(now().into()))],
            Some("/roles/0/ends_at past"),
        ),
    ] {
        let found = match well_formed(&wanted, now()) {
            Err(Error::Problem(problem)) => problem
                .errors
                .first()
                .map(|field| format!("{} {}", field.pointer, field.code)),
            _ => None,
        };
        assert_eq!(found.as_deref(), expected);
    }
}

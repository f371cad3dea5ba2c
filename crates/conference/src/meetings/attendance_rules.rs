//! Pure decisions about who sits at a meeting, and on what terms.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AttendanceRole, MeetingStatus, Presence};
use kernel::error::{Error, FieldError, Result};
use kernel::policy::Role;

/// What joins somebody to a meeting whose statement they would accept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Joined {
    /// A seat of their own is recorded; and what of it.
    pub seat: Option<Presence>,
    /// They are coordinator, chair or observer of the MARAC.
    pub by_role: bool,
    /// A case of its agenda was listed to their agency, or is allocated to it.
    pub listed: bool,
    /// Their agency came, or sent apologies.
    pub represented: bool,
    /// They had account and role there when it was over.
    pub here_then: bool,
}

/// Whether the confidentiality statement of a meeting may be accepted (R19): from circulation on, which
/// settles its wording, by whoever may sit there; once it is over, by those alone who were there or whose
/// agency was represented, if they worked there then.
pub fn acceptance(meeting: MeetingStatus, joined: Joined) -> Result<()> {
    use MeetingStatus as M;
    let concerned = match meeting {
        M::Planned => return Err(Error::conflict("not_circulated")),
        M::Cancelled => return Err(Error::conflict("meeting_over")),
        M::Circulated | M::InSession => true,
        M::Held | M::Minuted => {
            joined.seat == Some(Presence::Present)
                || ((joined.listed || joined.by_role) && joined.represented && joined.here_then)
        }
    };
    match concerned {
        true => Ok(()),
        false => Err(Error::conflict("not_at_meeting")),
    }
}

/// Whether a signature on paper may be recorded: once the meeting is over, only of somebody who was there.
pub fn signature(meeting: MeetingStatus, presence: Presence) -> Result<()> {
    let over = matches!(meeting, MeetingStatus::Held | MeetingStatus::Minuted);
    match over && presence != Presence::Present {
        false => Ok(()),
        true => Err(Error::field(
            "/attendance_id",
            "was_not_there",
            "Once a meeting is over, only those who were there sign for it.",
        )),
    }
}

/// As what somebody sits at a meeting who accepts its statement and has no seat yet. A practitioner comes
/// as the guest for a case or in somebody's stead, which the coordinator records first.
pub fn own_seat(roles: &[Role]) -> Option<AttendanceRole> {
    let represents = [
        Role::Idva,
        Role::Representative,
        Role::Coordinator,
        Role::Chair,
    ];
    if roles.iter().any(|role| represents.contains(role)) {
        Some(AttendanceRole::Representative)
    } else {
        roles
            .contains(&Role::Observer)
            .then_some(AttendanceRole::Observer)
    }
}

/// Whether somebody may be noted as joining or leaving a case: while it is discussed, and afterwards until
/// the minutes are out.
pub fn coming_and_going(meeting: MeetingStatus) -> Result<()> {
    match meeting {
        MeetingStatus::InSession | MeetingStatus::Held => Ok(()),
        MeetingStatus::Minuted => Err(Error::conflict("minuted")),
        _ => Err(Error::conflict("not_in_session")),
    }
}

/// Refused unless somebody joins before leaving, at the meeting and not in the future.
pub fn stay(
    joined: Option<DateTime<Utc>>,
    left: Option<DateTime<Utc>>,
    began: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut errors = Vec::new();
    for (pointer, at) in [("/joined_at", joined), ("/left_at", left)] {
        if at.is_some_and(|at| at > now) {
            errors.push(FieldError::new(
                pointer,
                "in_the_future",
                "Give a moment that has passed.",
            ));
        } else if at.zip(began).is_some_and(|(at, began)| at < began) {
            errors.push(FieldError::new(
                pointer,
                "before_the_meeting",
                "The meeting began later.",
            ));
        }
    }
    if joined.zip(left).is_some_and(|(joined, left)| left < joined) {
        errors.push(FieldError::new(
            "/left_at",
            "before_joining",
            "Nobody leaves before joining.",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(errors))
    }
}

/// Refused unless a guest, and nobody else, comes for cases of this agenda.
pub fn guest_items(role: AttendanceRole, wanted: &[Uuid], present: &[Uuid]) -> Result<()> {
    match role {
        AttendanceRole::Guest if wanted.is_empty() => Err(Error::field(
            "/items",
            "required",
            "Name the cases the guest comes for.",
        )),
        AttendanceRole::Guest => {
            let errors: Vec<_> = wanted
                .iter()
                .enumerate()
                .filter(|(_, id)| !present.contains(id))
                .map(|(index, _)| {
                    let pointer = format!("/items/{index}");
                    FieldError::new(pointer, "unknown", "This is no item of the agenda.")
                })
                .collect();
            if errors.is_empty() {
                Ok(())
            } else {
                Err(Error::invalid(errors))
            }
        }
        _ if wanted.is_empty() => Ok(()),
        _ => Err(Error::field(
            "/items",
            "not_a_guest",
            "Only a guest comes for single cases.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn refusal<T>(result: Result<T>) -> Option<Vec<String>> {
        match result {
            Ok(_) => None,
            Err(Error::Problem(problem)) => Some(match problem.reason {
                Some(reason) => vec![reason.to_owned()],
                None => problem
                    .errors
                    .iter()
                    .map(|error| format!("{} {}", error.pointer, error.code))
                    .collect(),
            }),
            Err(_) => panic!("not a refusal"),
        }
    }

    #[test]
    fn the_statement_is_accepted_from_circulation_on() {
        use MeetingStatus as M;
        for (status, accepts, comes_and_goes) in [
            (M::Planned, Some("not_circulated"), Some("not_in_session")),
            (M::Circulated, None, Some("not_in_session")),
            (M::InSession, None, None),
            (M::Held, None, None),
            (M::Minuted, None, Some("minuted")),
            (M::Cancelled, Some("meeting_over"), Some("not_in_session")),
        ] {
            let named = |reason: Option<&str>| reason.map(|reason| vec![reason.to_owned()]);
            let joined = Joined {
                listed: true,
                represented: true,
                here_then: true,
                ..Joined::default()
            };
            assert_eq!(
                refusal(acceptance(status, joined)),
                named(accepts),
                "{status:?}"
            );
            let found = refusal(coming_and_going(status));
            assert_eq!(found, named(comes_and_goes), "{status:?}");
        }
    }

    #[test]
    fn a_statement_is_for_whoever_may_sit_there_and_afterwards_for_those_who_were_there() {
        use MeetingStatus as M;
        let seat = |presence| Joined {
            seat: Some(presence),
            ..Joined::default()
        };
        let listed = Joined {
            listed: true,
            ..Joined::default()
        };
        let represented = Joined {
            represented: true,
            here_then: true,
            ..listed
        };
        let role = Joined {
            by_role: true,
            ..Joined::default()
        };
        let table = [
            (Joined::default(), true, false),
            (seat(Presence::Expected), true, false),
            (seat(Presence::Present), true, true),
            (listed, true, false),
            (role, true, false),
            (represented, true, true),
            // Their agency was there, and they joined it later.
            (
                Joined {
                    here_then: false,
                    ..represented
                },
                true,
                false,
            ),
            // Nothing was listed to their agency.
            (
                Joined {
                    listed: false,
                    ..represented
                },
                true,
                false,
            ),
            (
                Joined {
                    here_then: true,
                    ..listed
                },
                true,
                false,
            ),
        ];
        for (joined, before, after) in table {
            for (status, may) in [
                (M::Circulated, before),
                (M::InSession, before),
                (M::Held, after),
                (M::Minuted, after),
            ] {
                assert_eq!(
                    acceptance(status, joined).is_ok(),
                    may,
                    "{status:?} {joined:?}"
                );
            }
        }
        for (status, presence, may) in [
            (M::InSession, Presence::Expected, true),
            (M::Held, Presence::Present, true),
            (M::Held, Presence::Expected, false),
            (M::Minuted, Presence::Apologies, false),
        ] {
            assert_eq!(
                signature(status, presence).is_ok(),
                may,
                "{status:?} {presence:?}"
            );
        }
    }

    #[test]
    fn who_takes_a_seat_of_their_own() {
        use AttendanceRole as A;
        for (roles, expected) in [
            (&[Role::Representative][..], Some(A::Representative)),
            (&[Role::Idva], Some(A::Representative)),
            (&[Role::Chair, Role::Practitioner], Some(A::Representative)),
            (
                &[Role::Observer, Role::Representative],
                Some(A::Representative),
            ),
            (&[Role::Observer, Role::Practitioner], Some(A::Observer)),
            (&[Role::Practitioner, Role::AgencyLead], None),
            (&[], None),
        ] {
            assert_eq!(own_seat(roles), expected, "{roles:?}");
        }
    }

    #[test]
    fn nobody_leaves_before_joining_or_after_now() {
        let at = |minute| Some(Utc.with_ymd_and_hms(2026, 5, 4, 10, minute, 0).unwrap());
        let now = at(40).unwrap();
        for (joined, left, expected) in [
            (None, None, None),
            (at(10), at(20), None),
            (at(10), None, None),
            (None, at(20), None),
            (at(20), at(10), Some(vec!["/left_at before_joining"])),
            (at(50), None, Some(vec!["/joined_at in_the_future"])),
            (
                at(1),
                at(50),
                Some(vec![
                    "/joined_at before_the_meeting",
                    "/left_at in_the_future",
                ]),
            ),
        ] {
            let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
            let found = refusal(stay(joined, left, at(5), now));
            assert_eq!(found, expected, "{joined:?} {left:?}");
        }
    }

    #[test]
    fn a_guest_and_nobody_else_comes_for_single_cases() {
        let [a, b] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        for (role, wanted, expected) in [
            (AttendanceRole::Guest, &[a][..], None),
            (AttendanceRole::Guest, &[], Some("/items required")),
            (AttendanceRole::Guest, &[a, b], Some("/items/1 unknown")),
            (AttendanceRole::Observer, &[], None),
            (AttendanceRole::Deputy, &[a], Some("/items not_a_guest")),
        ] {
            let expected = expected.map(|one| vec![one.to_owned()]);
            assert_eq!(
                refusal(guest_items(role, wanted, &[a])),
                expected,
                "{role:?}"
            );
        }
    }
}

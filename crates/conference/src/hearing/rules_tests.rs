use chrono::{TimeZone, Utc};

use super::*;

fn refusal<T>(result: Result<T>) -> Option<String> {
    match result {
        Ok(_) => None,
        Err(Error::Problem(problem)) => Some(match (problem.reason, problem.errors.first()) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(error)) => format!("{} {}", error.pointer, error.code),
            (None, None) => problem.code.as_str().to_owned(),
        }),
        Err(_) => panic!("not a refusal"),
    }
}

fn nobody() -> Desk {
    Desk {
        meeting: MeetingStatus::InSession,
        kind: AgendaItemKind::New,
        item: AgendaItemStatus::Listed,
        coordinator: false,
        chair: false,
        allocated: false,
        sits: false,
        accepted: false,
        attended: false,
    }
}

fn coordinator() -> Desk {
    Desk {
        coordinator: true,
        ..nobody()
    }
}

fn chair() -> Desk {
    Desk {
        chair: true,
        ..nobody()
    }
}

fn idva() -> Desk {
    Desk {
        allocated: true,
        accepted: true,
        ..nobody()
    }
}

fn listed() -> Desk {
    Desk {
        sits: true,
        accepted: true,
        ..nobody()
    }
}

#[test]
fn the_table_of_readers() {
    use MeetingStatus as M;
    let unaccepted = Desk {
        accepted: false,
        ..listed()
    };
    let attended = Desk {
        attended: true,
        ..listed()
    };
    let table = [
        (coordinator(), M::InSession, (true, true)),
        (chair(), M::Held, (true, true)),
        (idva(), M::Minuted, (true, true)),
        (nobody(), M::InSession, (false, false)),
        (unaccepted, M::InSession, (false, false)),
        (listed(), M::InSession, (true, false)),
        (listed(), M::Held, (false, false)),
        (attended, M::Held, (true, false)),
        (attended, M::Minuted, (true, false)),
        (
            Desk {
                sits: false,
                ..attended
            },
            M::Held,
            (false, false),
        ),
        (
            Desk {
                accepted: false,
                ..attended
            },
            M::Held,
            (false, false),
        ),
    ];
    for (desk, meeting, (reads, trusted)) in table {
        let found = Desk { meeting, ..desk }.reader();
        assert_eq!(
            found,
            HearingReader { reads, trusted },
            "{desk:?} {meeting:?}"
        );
    }
}

#[test]
fn the_table_of_who_adds_what() {
    use HearingKind as K;
    let no = Some("forbidden");
    let table = [
        (coordinator(), [None, None, None, None, None]),
        (chair(), [no, no, None, None, None]),
        (idva(), [None, None, no, no, None]),
        (listed(), [None, no, no, no, no]),
        (nobody(), [no, no, no, no, no]),
    ];
    let kinds = [K::Information, K::Views, K::Risk, K::Safeguard, K::Crime];
    for (desk, expected) in table {
        for (kind, expected) in kinds.into_iter().zip(expected) {
            let found = refusal(desk.adds(kind));
            assert_eq!(found.as_deref(), expected, "{desk:?} {kind:?}");
        }
    }
}

#[test]
fn the_table_of_when_is_written() {
    use MeetingStatus as M;
    let early = Some("not_in_session");
    let table = [
        (M::Planned, early, early, early),
        (M::Circulated, early, early, early),
        (M::InSession, None, None, None),
        (M::Held, early, None, None),
        (M::Minuted, early, Some("minuted"), None),
        (M::Cancelled, early, early, early),
    ];
    for (meeting, agency, staff, corrects) in table {
        let at = |desk: Desk| Desk { meeting, ..desk };
        let kind = HearingKind::Information;
        for desk in [listed(), idva()] {
            let found = refusal(at(desk).adds(kind));
            assert_eq!(found.as_deref(), agency, "{meeting:?}");
        }
        let found = refusal(at(coordinator()).adds(kind));
        assert_eq!(found.as_deref(), staff, "{meeting:?}");
        let found = refusal(at(chair()).corrects());
        assert_eq!(found.as_deref(), corrects, "{meeting:?}");
    }
}

#[test]
fn nothing_is_said_before_acceptance_or_of_a_case_that_is_not_discussed() {
    for desk in [listed(), idva()] {
        let desk = Desk {
            accepted: false,
            ..desk
        };
        let found = refusal(desk.adds(HearingKind::Information));
        assert_eq!(found.as_deref(), Some("confidentiality_not_accepted"));
    }
    use AgendaItemStatus as S;
    for (kind, item, expected) in [
        (AgendaItemKind::Repeat, S::Listed, None),
        (AgendaItemKind::Repeat, S::Heard, None),
        (AgendaItemKind::Repeat, S::Deferred, Some("not_discussed")),
        (AgendaItemKind::Repeat, S::Withdrawn, Some("not_discussed")),
        (AgendaItemKind::AlertOnly, S::Listed, Some("alert_only")),
        (AgendaItemKind::AlertOnly, S::AlertNoted, Some("alert_only")),
    ] {
        for desk in [listed(), coordinator()] {
            let desk = Desk { kind, item, ..desk };
            let found = refusal(desk.adds(HearingKind::Information));
            assert_eq!(found.as_deref(), expected, "{kind:?} {item:?}");
        }
    }
}

#[test]
fn everybody_writes_for_their_own_agency_and_the_coordinator_for_any() {
    let [own, other] = [Uuid::from_u128(1), Uuid::from_u128(2)];
    assert_eq!(agency(None, own, false).ok(), Some(own));
    assert_eq!(agency(Some(own), own, false).ok(), Some(own));
    let refused = refusal(agency(Some(other), own, false));
    assert_eq!(refused.as_deref(), Some("/agency_id not_the_own_agency"));
    assert_eq!(agency(Some(other), own, true).ok(), Some(other));
    assert_eq!(agency(None, own, true).ok(), Some(own));
}

#[test]
fn the_table_of_declared_conflicts() {
    use MeetingStatus as M;
    let nobody = Declared {
        staff: false,
        oneself: false,
        own_agency: false,
    };
    let oneself = Declared {
        oneself: true,
        ..nobody
    };
    for who in [
        oneself,
        Declared {
            staff: true,
            ..nobody
        },
        Declared {
            own_agency: true,
            ..nobody
        },
    ] {
        assert_eq!(refusal(declares(M::InSession, who)), None, "{who:?}");
    }
    let refused = refusal(declares(M::InSession, nobody));
    assert_eq!(refused.as_deref(), Some("forbidden"));
    for (meeting, expected) in [
        (M::Planned, Some("not_circulated")),
        (M::Circulated, None),
        (M::InSession, None),
        (M::Held, Some("meeting_over")),
        (M::Minuted, Some("meeting_over")),
        (M::Cancelled, Some("meeting_over")),
    ] {
        let found = refusal(declares(meeting, oneself));
        assert_eq!(found.as_deref(), expected, "{meeting:?}");
    }
}

fn information() -> HearingEntry {
    HearingEntry {
        id: Uuid::from_u128(7),
        version: 1,
        kind: HearingKind::Information,
        sharing: HearingSharing::Marac,
        nature: Some(InformationNature::Opinion),
        factor: None,
        safeguard: None,
        decision: None,
        police_wish: None,
        agency_id: Uuid::from_u128(1),
        agency: "City Housing".into(),
        author_id: None,
        actor_id: None,
        created_at: Utc.with_ymd_and_hms(2026, 5, 4, 10, 0, 0).unwrap(),
        supersedes_id: None,
        superseded_by_id: None,
        struck: false,
        text: Some("He sits in a car outside.".into()),
        correction_reason: None,
    }
}

#[test]
fn a_correction_keeps_what_it_does_not_name() {
    let change = Correction {
        nature: Some(InformationNature::Fact),
        ..Correction::default()
    };
    let new = corrected(&information(), change).unwrap();
    assert_eq!(new.nature, Some(InformationNature::Fact));
    assert_eq!(new.text, information().text);
    assert_eq!(new.supersedes_id, Some(information().id));
    let strike = Correction {
        strike: true,
        ..Correction::default()
    };
    let struck = corrected(&information(), strike).unwrap();
    assert_eq!((struck.struck, struck.text), (true, None));
}

#[test]
fn a_correction_changes_something_that_the_entry_has_or_strikes_it() {
    let text = || Some("Once a week.".to_owned());
    let table = [
        (Correction::default(), "/strike change_or_strike"),
        (
            Correction {
                strike: true,
                text: text(),
                ..Correction::default()
            },
            "/strike change_or_strike",
        ),
        (
            Correction {
                factor: Some(RiskFactor::Harm),
                text: text(),
                ..Correction::default()
            },
            "/factor not_of_this_kind",
        ),
        (
            Correction {
                police_wish: Some(PoliceWish::Undecided),
                ..Correction::default()
            },
            "/police_wish not_of_this_kind",
        ),
    ];
    for (change, expected) in table {
        let found = refusal(corrected(&information(), change.clone()));
        assert_eq!(found.as_deref(), Some(expected), "{change:?}");
    }
}

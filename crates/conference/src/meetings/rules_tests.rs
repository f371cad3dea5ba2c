use chrono::{NaiveDate, TimeZone, Utc};
use uuid::Uuid;

use super::*;
use kernel::error::Code;

fn reason<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result {
        Err(Error::Problem(problem)) => problem.reason.unwrap_or(problem.code.as_str()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_life_cycle_of_a_meeting() {
    use MeetingStatus::*;
    let close = |undecided| MeetingCommand::Close { undecided };
    let ahead = [
        (MeetingCommand::Move, "not_ahead"),
        (MeetingCommand::Cancel, "not_ahead"),
    ];
    for status in MeetingStatus::ALL.iter().copied() {
        for (command, refusal) in ahead {
            match status {
                Planned | Circulated => assert!(meeting(status, command).is_ok(), "{status:?}"),
                _ => assert_eq!(reason(meeting(status, command)), refusal, "{status:?}"),
            }
        }
        let steps = [
            (
                MeetingCommand::Circulate,
                Planned,
                Circulated,
                "not_planned",
            ),
            (
                MeetingCommand::Start,
                Circulated,
                InSession,
                "not_circulated",
            ),
            (close(false), InSession, Held, "not_in_session"),
        ];
        for (command, from, to, refusal) in steps {
            if status == from {
                assert_eq!(meeting(status, command).unwrap(), to);
            } else {
                assert_eq!(reason(meeting(status, command)), refusal, "{status:?}");
            }
        }
    }
    assert_eq!(meeting(Planned, MeetingCommand::Cancel).unwrap(), Cancelled);
    assert_eq!(
        meeting(Circulated, MeetingCommand::Move).unwrap(),
        Circulated
    );
    assert_eq!(reason(meeting(InSession, close(true))), "items_undecided");
    assert_eq!(reason(meeting(Planned, close(true))), "not_in_session");
}

#[test]
fn what_may_be_decided_of_an_item_and_when() {
    use AgendaItemKind::{AlertOnly, New};
    use AgendaItemStatus as I;
    use Decision::*;
    use MeetingStatus as M;
    type Row = (AgendaItemKind, Decision, &'static [M], I, &'static str);
    let table: &[Row] = &[
        (New, Hear, &[M::InSession], I::Heard, "not_in_session"),
        (
            AlertOnly,
            NoteAlert,
            &[M::InSession],
            I::AlertNoted,
            "not_in_session",
        ),
        (AlertOnly, Hear, &[], I::Heard, "alert_only"),
        (New, NoteAlert, &[], I::AlertNoted, "not_alert_only"),
        (
            New,
            Defer,
            &[M::Planned, M::Circulated, M::InSession, M::Held],
            I::Deferred,
            "meeting_over",
        ),
        (
            AlertOnly,
            Withdraw,
            &[M::Planned, M::Circulated, M::InSession],
            I::Withdrawn,
            "meeting_over",
        ),
    ];
    for (kind, decision, allowed, to, refusal) in table {
        for status in M::ALL.iter().copied() {
            let result = item(*kind, I::Listed, status, *decision);
            if allowed.contains(&status) {
                assert_eq!(result.unwrap(), *to, "{decision:?} {status:?}");
            } else {
                assert_eq!(reason(result), *refusal, "{decision:?} {status:?}");
            }
        }
        for decided in [I::Heard, I::Deferred, I::Withdrawn, I::AlertNoted] {
            let result = item(*kind, decided, M::InSession, *decision);
            assert_eq!(reason(result), "already_decided");
        }
    }
}

#[test]
fn when_a_case_makes_the_list() {
    use CaseStatus as C;
    use MeetingKind as K;
    use MeetingStatus as M;
    let table = [
        (K::Scheduled, M::Planned, C::Listed, Ok(Timing::InTime)),
        (K::Emergency, M::Planned, C::Heard, Ok(Timing::InTime)),
        (K::Scheduled, M::Circulated, C::Monitoring, Ok(Timing::Late)),
        (K::Scheduled, M::InSession, C::Listed, Ok(Timing::Late)),
        (K::Scheduled, M::Held, C::Listed, Err("meeting_over")),
        (K::Scheduled, M::Cancelled, C::Listed, Err("meeting_over")),
        (K::Business, M::Planned, C::Listed, Err("business_meeting")),
        (K::Scheduled, M::Planned, C::Intake, Err("case_not_open")),
        (K::Scheduled, M::Planned, C::Lapsed, Err("case_not_open")),
        (K::Scheduled, M::Planned, C::Closed, Err("case_not_open")),
        (
            K::Scheduled,
            M::Planned,
            C::TransferredOut,
            Err("case_not_open"),
        ),
    ];
    for (kind, status, case, expected) in table {
        let result = addition(kind, status, case);
        match expected {
            Ok(timing) => assert_eq!(result.unwrap(), timing),
            Err(refusal) => assert_eq!(reason(result), refusal),
        }
    }
}

#[test]
fn the_list_of_agencies_the_order_and_attendance_end_with_the_meeting() {
    use MeetingStatus::*;
    for status in MeetingStatus::ALL.iter().copied() {
        let open = matches!(status, Planned | Circulated | InSession);
        assert_eq!(relist(AgendaItemStatus::Listed, status).is_ok(), open);
        assert_eq!(reorder(status).is_ok(), open);
        assert_eq!(attendance(status).is_ok(), open || status == Held);
    }
    let decided = relist(AgendaItemStatus::Heard, InSession);
    assert_eq!(reason(decided), "already_decided");
}

#[test]
fn children_come_first_and_an_order_made_by_hand_is_kept() {
    use AgendaSection::{Adults as A, Alerts as L, Children as C};
    type Row = (&'static [(i32, AgendaSection)], AgendaSection, i32);
    let table: &[Row] = &[
        (&[], C, 1),
        (&[], A, 1),
        (&[(1, A), (2, A)], C, 1),
        (&[(1, C), (2, A)], C, 2),
        (&[(1, C), (2, A)], A, 3),
        (&[(1, A), (2, C), (3, A)], C, 3),
        (&[(2, C), (7, C), (9, A)], C, 8),
        (&[(1, C), (2, A), (3, L)], A, 3),
        (&[(1, L)], C, 1),
        (&[(1, C), (2, L)], L, 3),
    ];
    for (present, own, position) in table {
        assert_eq!(
            place(present.iter().copied(), *own),
            *position,
            "{present:?}"
        );
    }
}

#[test]
fn an_order_names_every_item_once() {
    let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
    let turned: Vec<Uuid> = ids.iter().rev().copied().collect();
    assert!(order(&ids, &turned).is_ok());
    let wrong = [
        vec![],
        ids[..2].to_vec(),
        vec![ids[0], ids[0], ids[1]],
        vec![ids[0], ids[1], Uuid::from_u128(9)],
        [ids.clone(), vec![ids[0]]].concat(),
    ];
    for wanted in wrong {
        assert_eq!(order(&ids, &wanted).unwrap_err().code(), Code::Invalid);
    }
}

#[test]
fn agencies_outside_the_marac_are_named() {
    let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
    assert!(members(&[a, b], &[b, a]).is_ok());
    let Err(Error::Problem(problem)) = members(&[a, c, b], &[b]) else {
        panic!("taken");
    };
    let pointers: Vec<_> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(pointers, ["/agencies/0", "/agencies/1"]);
}

#[test]
fn a_meeting_is_over_full_by_cases_or_by_minutes() {
    let table: &[(i16, i16, &[i16], bool)] = &[
        (2, 15, &[], false),
        (2, 15, &[15, 15], false),
        (2, 15, &[15, 15, 15], true),
        (2, 15, &[15, 0, 15, 0], false),
        (2, 15, &[15, 20], true),
        (2, 15, &[10, 10, 10], true),
    ];
    for (capacity, minutes, slots, over) in table {
        assert_eq!(
            over_capacity(*capacity, *minutes, slots),
            *over,
            "{slots:?}"
        );
    }
    assert_eq!(slot_minutes(AgendaItemKind::AlertOnly, 15), 0);
    assert_eq!(slot_minutes(AgendaItemKind::Repeat, 15), 15);
}

#[test]
fn a_meeting_is_planned_for_today_or_later() {
    let today = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    let at = |day, hour| Utc.with_ymd_and_hms(2026, 6, day, hour, 30, 0).unwrap();
    // Half past eleven at night in UTC is the next day in London in summer.
    assert!(starts_at(at(30, 23), today).is_ok());
    assert!(starts_at(at(30, 22), today).is_err());
}

#[test]
fn a_case_waits_for_a_meeting_or_for_a_later_day() {
    let day = |n| NaiveDate::from_ymd_opt(2026, 7, n).unwrap();
    let other = Some(Uuid::from_u128(1));
    let table = [
        (None, None, None),
        (other, None, None),
        (None, Some(day(15)), None),
        (None, Some(day(14)), Some("not_after_meeting")),
        (None, Some(day(1)), Some("not_after_meeting")),
        (other, Some(day(15)), Some("one_of_two")),
    ];
    for (to, until, refused) in table {
        let found = match deferral(to, until, day(14)) {
            Ok(()) => None,
            Err(Error::Problem(problem)) => Some(problem.errors[0].code.clone()),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found.as_deref(), refused, "{to:?} {until:?}");
    }
}

#[test]
fn a_quorum_names_who_is_lacking() {
    let asked = |kinds: &[&str], count| Quorum {
        agency_kinds: kinds.iter().map(|kind| (*kind).parse().unwrap()).collect(),
        count,
    };
    let there = |kinds: &[&str]| -> Vec<String> { kinds.iter().map(|k| (*k).to_owned()).collect() };
    type Row = (Quorum, Vec<String>, &'static [&'static str], Option<usize>);
    let table: [Row; 5] = [
        (asked(&[], 0), there(&[]), &[], None),
        (
            asked(&["idva", "police"], 0),
            there(&["police", "idva"]),
            &[],
            None,
        ),
        (
            asked(&["idva", "police"], 0),
            there(&["police"]),
            &["idva"],
            None,
        ),
        (
            asked(&[], 3),
            there(&["housing", "housing", "police"]),
            &[],
            None,
        ),
        (asked(&["idva"], 4), there(&["police"]), &["idva"], Some(3)),
    ];
    for (asked, there, kinds, count) in table {
        let lacking = quorum(&asked, &there);
        assert_eq!(
            (lacking.kinds, lacking.count),
            (kinds.iter().map(|k| (*k).to_owned()).collect(), count)
        );
    }
}

#[test]
fn sessions_follow_one_another_from_the_start_of_the_meeting() {
    let at = |hour| Utc.with_ymd_and_hms(2026, 7, 14, hour, 0, 0).unwrap();
    let table: &[(&[u32], &[&str])] = &[
        (&[], &[]),
        (&[9], &[]),
        (&[10, 13], &[]),
        (&[8, 13], &["/sessions/0/starts_at before_the_meeting"]),
        (&[9, 9], &["/sessions/1/starts_at not_after_the_last"]),
        (&[9, 13, 12], &["/sessions/2/starts_at not_after_the_last"]),
    ];
    for (hours, refused) in table {
        let starts: Vec<_> = hours.iter().map(|hour| at(*hour)).collect();
        let found: Vec<_> = match sessions(at(9), &starts) {
            Ok(()) => Vec::new(),
            Err(Error::Problem(problem)) => {
                let fields = problem.errors.into_iter();
                fields
                    .map(|e| format!("{} {}", e.pointer, e.code))
                    .collect()
            }
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, *refused, "{hours:?}");
    }
}

#[test]
fn an_alert_takes_no_time_and_what_was_one_the_usual() {
    use AgendaItemKind as K;
    let table = [
        ((K::New, 15), None, Some(30), (K::New, 30)),
        ((K::New, 20), Some(K::Repeat), None, (K::Repeat, 20)),
        ((K::New, 15), Some(K::AlertOnly), None, (K::AlertOnly, 0)),
        ((K::AlertOnly, 0), Some(K::Review), None, (K::Review, 12)),
        ((K::AlertOnly, 0), Some(K::Review), Some(5), (K::Review, 5)),
    ];
    for (now, to, wanted, expected) in table {
        assert_eq!(slot(now, (to, wanted), 12).unwrap(), expected);
    }
    for (now, to) in [(K::New, Some(K::AlertOnly)), (K::AlertOnly, None)] {
        let refused = slot((now, 15), (to, Some(10)), 12).unwrap_err();
        let Error::Problem(problem) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(problem.errors[0].pointer, "/minutes");
    }
}

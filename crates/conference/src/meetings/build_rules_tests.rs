use chrono::TimeZone;

use super::*;

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, n).unwrap()
}

fn at(n: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, n, 9, 0, 0).unwrap()
}

const HERE: Uuid = Uuid::from_u128(1);
const ELSEWHERE: Uuid = Uuid::from_u128(2);

#[test]
fn only_an_open_list_of_a_scheduled_meeting_is_built() {
    use MeetingKind as K;
    use MeetingStatus as S;
    let table = [
        (K::Scheduled, S::Planned, None),
        (K::Scheduled, S::Circulated, Some("list_frozen")),
        (K::Scheduled, S::InSession, Some("list_frozen")),
        (K::Scheduled, S::Held, Some("meeting_over")),
        (K::Scheduled, S::Cancelled, Some("meeting_over")),
        (K::Emergency, S::Planned, Some("emergency_meeting")),
        (K::Business, S::Planned, Some("business_meeting")),
    ];
    for (kind, status, refused) in table {
        let found = match buildable(kind, status) {
            Ok(()) => None,
            Err(Error::Problem(problem)) => problem.reason,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, refused, "{kind:?} {status:?}");
    }
}

#[test]
fn a_waiting_case_comes_in_time_late_or_again_or_says_why_not() {
    use AgendaItemStatus as S;
    let list = List {
        meeting_id: HERE,
        on: day(24),
        closes_on: day(12),
    };
    let new = |referred| Waiting {
        referred_on: day(referred),
        accepted_at: Some(at(referred)),
        earlier: None,
    };
    let after = |status, meeting_id, until: Option<u32>, cancelled| Waiting {
        earlier: Some(Earlier {
            meeting_id,
            cancelled,
            kind: AgendaItemKind::New,
            status,
            decided_at: Some(at(10)),
            deferred_until: until.map(day),
        }),
        ..new(1)
    };
    let renewed = |case: Waiting| Waiting {
        referred_on: day(11),
        accepted_at: Some(at(11)),
        ..case
    };
    let table = [
        (new(12), false, Ok(Comes::InTime)),
        (new(13), false, Err(LeftOut::PastCutoff)),
        (new(13), true, Ok(Comes::Late)),
        (new(12), true, Ok(Comes::InTime)),
        (
            after(S::Deferred, ELSEWHERE, Some(11), false),
            false,
            Ok(Comes::Again),
        ),
        (
            after(S::Deferred, ELSEWHERE, Some(24), false),
            false,
            Ok(Comes::Again),
        ),
        (
            after(S::Deferred, ELSEWHERE, None, false),
            false,
            Ok(Comes::Again),
        ),
        (
            after(S::Deferred, ELSEWHERE, Some(25), false),
            true,
            Err(LeftOut::DeferredUntilLater),
        ),
        (
            after(S::Deferred, HERE, Some(11), false),
            false,
            Err(LeftOut::DeferredFromHere),
        ),
        (
            after(S::Withdrawn, HERE, None, false),
            true,
            Err(LeftOut::TakenOff),
        ),
        (
            after(S::Withdrawn, ELSEWHERE, None, false),
            false,
            Err(LeftOut::TakenOff),
        ),
        (
            after(S::Withdrawn, ELSEWHERE, None, true),
            false,
            Ok(Comes::Again),
        ),
        // A new referral makes the case wait anew.
        (
            renewed(after(S::Withdrawn, HERE, None, false)),
            false,
            Ok(Comes::InTime),
        ),
        (
            renewed(after(S::Deferred, ELSEWHERE, Some(25), false)),
            false,
            Ok(Comes::InTime),
        ),
        (
            renewed(after(S::Heard, ELSEWHERE, None, false)),
            false,
            Ok(Comes::InTime),
        ),
    ];
    for (case, admitted, expected) in table {
        assert_eq!(comes(&case, &list, admitted), expected, "{case:?}");
    }
}

fn place(n: u128, section: AgendaSection, by_hand: bool, session: i16) -> AgendaPlace {
    AgendaPlace {
        case_id: Uuid::from_u128(n),
        section,
        by_hand,
        session,
    }
}

#[test]
fn children_come_first_alerts_last_and_an_order_made_by_hand_stays() {
    use AgendaSection::{Adults as A, Alerts as L, Children as C};
    type Row<'a> = (&'a [AgendaPlace], &'a [(u128, i16)]);
    let table: [Row<'_>; 5] = [
        (&[], &[]),
        (
            &[
                place(1, A, false, 1),
                place(2, L, false, 1),
                place(3, C, false, 1),
                place(4, A, false, 1),
                place(5, C, false, 1),
            ],
            &[(3, 1), (5, 1), (1, 1), (4, 1), (2, 1)],
        ),
        // By hand an adult's case stands first; children follow behind the children there.
        (
            &[
                place(1, A, true, 1),
                place(2, C, true, 1),
                place(3, A, true, 1),
                place(4, C, false, 1),
                place(5, A, false, 1),
            ],
            &[(1, 1), (2, 1), (4, 1), (3, 1), (5, 1)],
        ),
        // Whoever comes newly is heard in the session of the one before.
        (
            &[
                place(1, C, true, 1),
                place(2, A, true, 2),
                place(3, C, false, 1),
                place(4, A, false, 1),
                place(5, L, false, 1),
            ],
            &[(1, 1), (3, 1), (2, 2), (4, 2), (5, 2)],
        ),
        // The first of its section goes to the front of what stands there.
        (
            &[place(1, A, true, 1), place(2, C, false, 1)],
            &[(2, 1), (1, 1)],
        ),
    ];
    for (cases, expected) in table {
        let found: Vec<_> = arrange(cases)
            .iter()
            .map(|case| (case.case_id.as_u128(), case.session))
            .collect();
        assert_eq!(found, expected);
        let again = arrange(&arrange(cases));
        assert_eq!(again, arrange(cases), "building again changes nothing");
    }
}

#[test]
fn a_case_heard_since_its_referral_or_referred_again_is_a_repeat() {
    for (repeat, heard, expected) in [
        (false, false, AgendaItemKind::New),
        (true, false, AgendaItemKind::Repeat),
        (false, true, AgendaItemKind::Repeat),
        (true, true, AgendaItemKind::Repeat),
    ] {
        assert_eq!(kind(repeat, heard), expected);
    }
}

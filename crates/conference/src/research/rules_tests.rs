use super::*;
use crate::research::model::{PrivatePart, ShareablePart, WithheldItem};
use kernel::error::Code;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn reason(refused: Error) -> &'static str {
    match refused {
        Error::Problem(problem) => problem.reason.unwrap(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_request_is_answered_between_circulation_and_the_start_of_the_meeting() {
    use AgendaItemStatus as I;
    use MeetingStatus as M;
    use ResearchStanding as S;
    let table = [
        (M::Circulated, I::Listed, S::Open, None),
        (M::Circulated, I::Listed, S::Withdrawn, Some("not_asked")),
        (M::Circulated, I::Withdrawn, S::Open, Some("not_asked")),
        (M::Circulated, I::Deferred, S::Withdrawn, Some("not_asked")),
        (M::Planned, I::Listed, S::Withdrawn, Some("not_asked")),
        (M::InSession, I::Listed, S::Closed, Some("meeting_started")),
        (M::InSession, I::Listed, S::Open, Some("meeting_started")),
        (M::Held, I::Heard, S::Closed, Some("meeting_started")),
        (M::Minuted, I::Heard, S::Closed, Some("meeting_started")),
        (
            M::Cancelled,
            I::Withdrawn,
            S::Withdrawn,
            Some("meeting_over"),
        ),
    ];
    for (meeting, item, standing, refused) in table {
        let at = RequestState {
            standing,
            item,
            meeting,
        };
        assert_eq!(open(at).err().map(reason), refused, "{at:?}");
    }
}

fn facts(text: &str) -> ShareablePart {
    ShareablePart {
        facts: Some(text.parse().unwrap()),
        relevant_necessary_proportionate: true,
        ..ShareablePart::default()
    }
}

#[test]
fn an_answer_says_something_or_that_nothing_is_known_and_never_both() {
    let today = day("2026-06-10");
    let own = PrivatePart {
        text: Some("Own notes.".parse().unwrap()),
        ..PrivatePart::default()
    };
    let withheld = PrivatePart {
        withheld_items: vec![WithheldItem {
            what: "A letter.".parse().unwrap(),
            reason: "Of a third person.".parse().unwrap(),
        }],
        ..PrivatePart::default()
    };
    let unconfirmed = ShareablePart {
        relevant_necessary_proportionate: false,
        ..facts("Two visits.")
    };
    let contact = |on: &str| ShareablePart {
        last_contact_on: Some(day(on).into()),
        ..facts("Two visits.")
    };
    let none = ShareablePart::default;
    let confirmed_only = ShareablePart {
        relevant_necessary_proportionate: true,
        ..none()
    };
    const CONFIRM: &str = "/shareable/relevant_necessary_proportionate required";
    type Row = (bool, PrivatePart, ShareablePart, &'static [&'static str]);
    let table: [Row; 10] = [
        (true, PrivatePart::default(), none(), &[]),
        (false, own.clone(), none(), &[]),
        (false, withheld, none(), &[]),
        (false, own.clone(), facts("Two visits."), &[]),
        (false, PrivatePart::default(), contact("2026-06-10"), &[]),
        (
            false,
            PrivatePart::default(),
            none(),
            &["/nothing_known required"],
        ),
        (
            false,
            PrivatePart::default(),
            confirmed_only,
            &["/nothing_known required"],
        ),
        (true, own, none(), &["/nothing_known contradiction"]),
        (
            true,
            PrivatePart::default(),
            unconfirmed,
            &["/nothing_known contradiction", CONFIRM],
        ),
        (
            false,
            PrivatePart::default(),
            contact("2026-06-11"),
            &["/shareable/last_contact_on in_the_future"],
        ),
    ];
    for (nothing_known, agency_private, shareable, refused) in table {
        let sent = ReturnIn {
            nothing_known,
            agency_private,
            shareable,
        };
        let found = match answer(&sent, today) {
            Ok(()) => Vec::new(),
            Err(Error::Problem(problem)) => {
                assert_eq!(problem.code, Code::Invalid);
                let fields = problem.errors.into_iter();
                fields
                    .map(|e| format!("{} {}", e.pointer, e.code))
                    .collect()
            }
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, refused, "{sent:?}");
    }
}

#[test]
fn an_answer_is_late_by_the_day_it_first_came() {
    use ResearchStatus as S;
    let due = day("2026-06-10");
    let table = [
        (false, "2026-06-09", S::Returned),
        (false, "2026-06-10", S::Returned),
        (false, "2026-06-11", S::Late),
        (true, "2026-06-10", S::NothingKnown),
        (true, "2026-06-11", S::Late),
    ];
    for (nothing_known, on, expected) in table {
        assert_eq!(status(nothing_known, day(on), due), expected, "{on}");
    }
}

#[test]
fn who_has_not_answered_may_be_excused_and_asked_again() {
    use ResearchStatus as S;
    let is = |status, because: &str| Ok(Some((status, because.to_owned())));
    let table = [
        (S::Requested, Some(true), Some("New"), is(S::Exempt, "New")),
        (S::Exempt, Some(false), Some("New"), is(S::Requested, "New")),
        (S::Exempt, None, Some("New"), is(S::Exempt, "New")),
        (S::Exempt, Some(true), Some("New"), is(S::Exempt, "New")),
        (S::Exempt, Some(true), Some("Old"), Ok(None)),
        (S::Exempt, Some(true), None, Ok(None)),
        (S::Exempt, None, None, Ok(None)),
        (S::Requested, Some(false), None, Ok(None)),
        (S::Requested, Some(false), Some("New"), Err("already_so")),
        (S::Requested, None, Some("New"), Err("already_so")),
        (
            S::NothingKnown,
            Some(true),
            Some("New"),
            Err("already_answered"),
        ),
        (S::Returned, None, None, Err("already_answered")),
        (S::Late, Some(false), Some("New"), Err("already_answered")),
    ];
    for (status, exempt, said, expected) in table {
        let word = Excuse {
            exempt,
            reason: said.map(str::to_owned),
        };
        let case = format!("{status:?} {word:?}");
        let found = excuse(status, Some("Old"), word).map_err(reason);
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn to_excuse_and_to_ask_again_need_a_reason_each() {
    for (status, exempt) in [
        (ResearchStatus::Requested, true),
        (ResearchStatus::Exempt, false),
    ] {
        let word = Excuse {
            exempt: Some(exempt),
            reason: None,
        };
        let refused = excuse(status, Some("Old"), word).unwrap_err();
        let Error::Problem(problem) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(problem.errors[0].pointer, "/reason");
    }
}

#[test]
fn only_the_agency_itself_reads_its_own_part() {
    for bits in 0..16u8 {
        let is = |bit: u8| bits & (1 << bit) != 0;
        let reader = ReturnReader {
            own: is(0),
            staff: is(1),
            allocated: is(2),
            at_meeting: is(3),
        };
        let sight = sight(reader);
        assert_eq!(sight.private, reader.own, "{reader:?}");
        assert_eq!(sight.shareable, bits != 0, "{reader:?}");
        assert_eq!(sight.status, sight.shareable, "{reader:?}");
        assert_eq!(sight.exemption, reader.own || reader.staff, "{reader:?}");
    }
}

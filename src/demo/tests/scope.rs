//! It shows everything there is to show, and a case has what its state says.

use std::collections::BTreeSet;

use super::super::caseload::Caseload;
use super::super::cases::{Action, Case};
use super::super::places::{Meeting, User};
use super::super::words::{
    ActionStatus, AgendaItemKind, AgendaItemStatus, DecisionKind, MeetingKind, MeetingStatus,
    ReturnStatus, State,
};
use super::{caseload, day};
use kernel::policy::Role;

#[test]
fn a_case_has_what_its_state_says() {
    let load = caseload();
    for case in &load.cases {
        let at = &case.key;
        let last = case.decisions.last().map(|decision| decision.kind);
        let expected = match case.state {
            State::Draft | State::Submitted => None,
            State::Returned => Some(DecisionKind::Returned),
            State::NotAccepted => Some(DecisionKind::NotAccepted),
            State::Withdrawn => Some(DecisionKind::Withdrawn),
            _ => Some(DecisionKind::Accepted),
        };
        assert_eq!(last, expected, "{at}");
        assert_eq!(case.closed.is_some(), case.state == State::Closed, "{at}");
        assert_eq!(
            case.transfer.is_some(),
            case.state == State::TransferredOut,
            "{at}"
        );
        let heard = case
            .agenda
            .iter()
            .any(|item| item.status == AgendaItemStatus::Heard);
        let before = matches!(
            case.state,
            State::Accepted | State::Listed | State::Deferred
        );
        assert_eq!(heard, case.state.accepted() && !before, "{at}");
        for item in &case.agenda {
            let meeting = load
                .meetings
                .iter()
                .find(|found| found.key == item.meeting)
                .unwrap();
            let ahead = matches!(
                meeting.status,
                MeetingStatus::Planned | MeetingStatus::Circulated
            );
            assert_eq!(
                ahead,
                item.status == AgendaItemStatus::Listed,
                "{at}: {}",
                item.meeting
            );
            let accepted = case.decisions.last().map(|decision| decision.on).unwrap();
            assert!(accepted <= meeting.on, "{at}: {}", item.meeting);
        }
        assert_eq!(
            case.agenda.is_empty(),
            !case.state.accepted() || case.state == State::Accepted
        );
        assert!(
            heard || case.actions.is_empty() || case.state == State::Deferred,
            "{at}"
        );
    }
}

#[test]
fn it_shows_everything_there_is_to_show() {
    let load = caseload();
    use MeetingStatus::{Circulated, Held, Minuted, Planned};
    let today = day("2026-11-25");
    assert!(load.cases.len() >= 55, "{}", load.cases.len());
    for marac in &load.maracs {
        let here = load
            .cases
            .iter()
            .filter(|case| case.marac == marac.code)
            .count();
        assert!(here >= 15, "{}: {here}", marac.code);
        let meetings = || {
            load.meetings
                .iter()
                .filter(|found| found.marac == marac.code)
        };
        for status in [Planned, Circulated, Minuted] {
            assert!(meetings().any(|found| found.status == status), "{status:?}");
        }
        let roles: BTreeSet<Role> = load
            .users
            .iter()
            .flat_map(|user| &user.roles)
            .filter(|grant| grant.maracs.contains(&marac.code))
            .map(|grant| grant.role)
            .collect();
        assert!(roles.contains(&Role::Coordinator) && roles.contains(&Role::Chair));
    }
    assert_eq!(load.maracs.len(), 3);
    let waits = |found: &Meeting| found.status == Held && !found.attendance.is_empty();
    assert!(load.meetings.iter().any(waits), "minutes in hand");
    of_the_cycle(&load);
    for state in State::ALL {
        assert!(
            load.cases.iter().any(|case| case.state == *state),
            "{state:?}"
        );
    }
    let actions: Vec<&Action> = load.cases.iter().flat_map(|case| &case.actions).collect();
    for status in ActionStatus::ALL {
        assert!(
            actions.iter().any(|action| action.status() == *status),
            "{status:?}"
        );
    }
    let outstanding = |action: &&&Action| {
        matches!(
            action.status(),
            ActionStatus::Open | ActionStatus::InProgress
        )
    };
    assert!(
        actions
            .iter()
            .filter(outstanding)
            .any(|action| action.due < today),
        "overdue"
    );
    assert!(
        actions
            .iter()
            .any(|action| !action.resolved && action.status() == ActionStatus::NotDone)
    );
    for role in Role::ALL {
        let held = |user: &&User| user.roles.iter().any(|grant| grant.role == *role);
        assert!(load.users.iter().find(held).is_some(), "{role:?}");
    }
    assert!(
        load.users
            .iter()
            .any(|user| user.administrator && user.roles.is_empty())
    );
    assert!(
        load.meetings
            .iter()
            .any(|found| found.kind == MeetingKind::Emergency)
    );
    assert!(
        load.cases
            .iter()
            .any(|case| case.urgent && case.state == State::Submitted)
    );
    assert!(load.cases.iter().any(|case| case.challenge.is_some()));
    assert!(load.cases.iter().any(|case| case.restricted.is_some()));
    assert!(
        load.cases
            .iter()
            .flat_map(|case| &case.exclusions)
            .any(|found| found.user.is_some())
    );
    let seats = load.agencies.iter().flat_map(|agency| &agency.maracs);
    assert_eq!(
        seats
            .filter(|seat| seat.agreement_review_on < today)
            .count(),
        1
    );
}

/// What the conference lives through, from research to the question that was told already.
fn of_the_cycle(load: &Caseload) {
    let items = || load.cases.iter().flat_map(|case| &case.agenda);
    for status in ReturnStatus::ALL {
        let mut research = items().flat_map(|item| &item.research);
        assert!(research.any(|one| one.status == *status), "{status:?}");
    }
    for kind in [
        AgendaItemKind::New,
        AgendaItemKind::Repeat,
        AgendaItemKind::TransferIn,
        AgendaItemKind::AlertOnly,
        AgendaItemKind::Review,
    ] {
        assert!(items().any(|item| item.kind == kind), "{kind:?}");
    }
    assert!(items().any(|item| item.views.is_some() && !item.safeguards.is_empty()));
    assert!(items().any(|item| item.crime.is_some()));
    let questions = || load.cases.iter().flat_map(|case| &case.questions);
    assert!(questions().any(|one| one.told));
    assert!(questions().any(|one| one.answer.as_ref().is_some_and(|said| said.survivor_asked)));
    assert!(questions().any(|one| one.answer.is_none() && !one.told));
    assert!(load.meetings.iter().any(|one| one.sessions.len() > 1));
}

#[test]
fn pairs_come_back_within_a_year_and_after_more() {
    let load = caseload();
    let mut within = BTreeSet::new();
    for case in &load.cases {
        let Some(previous) = &case.repeat_of else {
            continue;
        };
        let previous = load
            .cases
            .iter()
            .find(|found| found.key == *previous)
            .unwrap();
        let (now, then) = (
            case.referral.referred_on.unwrap(),
            previous.referral.referred_on.unwrap(),
        );
        within.insert((now.day() - then.day()).num_days() <= 365);
        let name = |case: &Case| case.referral.survivor.as_ref().unwrap().identity.clone();
        assert_eq!(name(case), name(previous), "{}", case.key);
    }
    assert_eq!(within, BTreeSet::from([false, true]));
}

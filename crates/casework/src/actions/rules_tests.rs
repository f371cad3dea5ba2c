use super::*;

const OWNER: ActionCaller = ActionCaller {
    owner: true,
    coordinator: false,
    chair: false,
};
const COORDINATOR: ActionCaller = ActionCaller {
    owner: false,
    coordinator: true,
    chair: false,
};
const CHAIR: ActionCaller = ActionCaller {
    owner: false,
    coordinator: false,
    chair: true,
};
const OTHER: ActionCaller = ActionCaller {
    owner: false,
    coordinator: false,
    chair: false,
};

fn outcome(status: ActionStatus, resolved: bool, command: Command, by: ActionCaller) -> String {
    match decide(status, resolved, command, by) {
        Ok(next) => format!(
            "{}{}{}",
            next.status.as_str(),
            if next.resolved { " resolved" } else { "" },
            if next.overridden { " overridden" } else { "" }
        ),
        Err(Error::Problem(problem)) => problem.reason.unwrap_or(problem.code.as_str()).to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// Every state: a status, and whether the chair has dealt with it.
fn states() -> impl Iterator<Item = (ActionStatus, bool)> {
    ActionStatus::ALL
        .iter()
        .flat_map(|status| [(*status, false), (*status, true)])
        .filter(|(status, resolved)| {
            !resolved || !(status.is_outstanding() || *status == ActionStatus::Completed)
        })
}

#[test]
fn every_state_command_and_role_has_one_outcome() {
    use ActionStatus as S;
    use Resolution::{Accept, Cancel, Reset, Supersede};
    for (status, resolved) in states() {
        let unresolved = status.needs_the_chair() && !resolved;
        for to in ReportedStatus::ALL {
            let command = Command::Report(*to);
            let (own, over) = if status.is_outstanding() {
                let to = to.status().as_str().to_owned();
                (to.clone(), format!("{to} overridden"))
            } else {
                ("not_outstanding".into(), "not_outstanding".into())
            };
            assert_eq!(outcome(status, resolved, command, OWNER), own);
            assert_eq!(outcome(status, resolved, command, COORDINATOR), over);
            assert_eq!(outcome(status, resolved, command, CHAIR), "forbidden");
            assert_eq!(outcome(status, resolved, command, OTHER), "forbidden");
        }
        let change = if status.is_outstanding() {
            status.as_str()
        } else {
            "not_outstanding"
        };
        let reopen = match status {
            S::Open | S::InProgress => "not_reported",
            S::Completed => "open",
            _ if unresolved => "open",
            _ => "decided_by_chair",
        };
        for by in [COORDINATOR, CHAIR] {
            assert_eq!(outcome(status, resolved, Command::Change, by), change);
            assert_eq!(outcome(status, resolved, Command::Reopen, by), reopen);
        }
        let ends = unresolved || status.is_outstanding();
        let table = [
            (Accept, unresolved, status.as_str(), "not_unresolved"),
            (Supersede, ends, "superseded", "already_ended"),
            (Cancel, ends, "cancelled", "already_ended"),
            (Reset, unresolved, "open", "not_unresolved"),
        ];
        for (resolution, may, then, reason) in table {
            let command = Command::Resolve(resolution);
            let expected = match may {
                true if resolution == Reset => then.to_owned(),
                true => format!("{then} resolved"),
                false => reason.to_owned(),
            };
            assert_eq!(outcome(status, resolved, command, CHAIR), expected);
            for by in [OWNER, COORDINATOR, OTHER] {
                assert_eq!(outcome(status, resolved, command, by), "forbidden");
            }
        }
        for command in [Command::Change, Command::Reopen] {
            for by in [OWNER, OTHER] {
                assert_eq!(outcome(status, resolved, command, by), "forbidden");
            }
        }
    }
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
}

fn codes(result: Result<()>) -> Vec<String> {
    match result {
        Ok(()) => Vec::new(),
        Err(Error::Problem(problem)) => problem
            .errors
            .iter()
            .map(|e| format!("{} {}", e.pointer, e.code))
            .collect(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_report_that_it_was_not_done_needs_a_reason_and_a_possible_day() {
    use ReportedStatus::{Completed, InProgress, NotDone, NotPossible};
    let table: &[(ReportedStatus, Option<&str>, u32, &[&str])] = &[
        (Completed, None, 10, &[]),
        (InProgress, None, 5, &[]),
        (NotDone, None, 10, &["/reason required"]),
        (NotDone, Some("  "), 10, &["/reason required"]),
        (NotPossible, None, 10, &["/reason required"]),
        (NotPossible, Some("She has moved."), 10, &[]),
        (Completed, None, 11, &["/on in_the_future"]),
        (
            NotDone,
            None,
            4,
            &["/reason required", "/on before_last_change"],
        ),
    ];
    for (to, reason, on, expected) in table {
        let found = codes(check_report(*to, *reason, day(*on), day(5), day(10)));
        assert_eq!(found, *expected, "{to:?} {reason:?} {on}");
    }
}

#[test]
fn an_owner_is_a_live_member_on_the_case_and_not_excluded() {
    let good = OwnerFacts {
        member: true,
        on_case: true,
        excluded: false,
        person_known: true,
        person_excluded: false,
    };
    assert!(check_owner(good).is_ok());
    let agency = ["/owner_agency_id not_on_case"];
    for facts in [
        OwnerFacts {
            member: false,
            ..good
        },
        OwnerFacts {
            on_case: false,
            ..good
        },
        OwnerFacts {
            excluded: true,
            ..good
        },
    ] {
        assert_eq!(codes(check_owner(facts)), agency);
    }
    let unknown = OwnerFacts {
        person_known: false,
        ..good
    };
    assert_eq!(
        codes(check_owner(unknown)),
        ["/owner_user_id not_of_agency"]
    );
    let excluded = OwnerFacts {
        person_excluded: true,
        ..good
    };
    assert_eq!(codes(check_owner(excluded)), ["/owner_user_id not_on_case"]);
}

#[test]
fn a_due_date_is_not_before_the_day_it_counts_from() {
    assert!(check_due(day(5), day(5)).is_ok());
    assert_eq!(codes(check_due(day(4), day(5))), ["/due_on too_early"]);
}

#[test]
fn a_new_due_date_comes_with_re_setting_and_with_nothing_else() {
    for resolution in Resolution::ALL {
        for due in [None, Some(4), Some(5), Some(9)] {
            let expected = match (resolution, due) {
                (Resolution::Reset, None) => vec!["/due_on required"],
                (Resolution::Reset, Some(4)) => vec!["/due_on too_early"],
                (Resolution::Reset, Some(_)) | (_, None) => vec![],
                (_, Some(_)) => vec!["/due_on only_to_reset"],
            };
            let found = codes(check_reset(*resolution, due.map(day), day(5)));
            assert_eq!(found, expected, "{resolution:?} {due:?}");
        }
    }
}

#[test]
fn attached_groups_reach_staff_and_for_as_long_as_it_is_outstanding_the_owner() {
    let needs = [Need::Address];
    for status in ActionStatus::ALL {
        for by in [COORDINATOR, CHAIR] {
            assert!(withheld(*status, &needs, by).is_empty());
        }
        let both = [FieldGroup::Address, FieldGroup::SafeContact];
        assert_eq!(withheld(*status, &needs, OTHER), both);
        let owner = withheld(*status, &needs, OWNER);
        if status.is_outstanding() {
            assert_eq!(owner, [FieldGroup::SafeContact]);
        } else {
            assert_eq!(owner, both);
        }
    }
}

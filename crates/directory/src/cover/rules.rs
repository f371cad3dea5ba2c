//! What somebody holds, whether they may leave it, who may stand in, and when somebody is away.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::duties::{Duty, held, split};
use kernel::error::{Error, FieldError, Result};

/// Who leaves, to whom, and who says so.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// The account.
    pub user_id: Uuid,
    /// The colleague.
    pub to: Option<Uuid>,
    /// Who says so.
    pub by: Option<Uuid>,
}

/// Nobody closes their own account, and nobody gives themselves a colleague's cases.
pub fn hands(leaving: Leaving) -> Result<()> {
    if leaving.by == Some(leaving.user_id) {
        return Err(Error::conflict("own_account"));
    }
    match leaving.to.is_some() && leaving.to == leaving.by {
        true => Err(Error::conflict("not_to_yourself")),
        false => Ok(()),
    }
}

/// Whether the person may leave: somebody takes what they hold. What cannot go to the colleague is left
/// to agency and coordinator, but for drafts, which nobody else would ever see.
pub fn leave(to: Option<Uuid>, duties: &[Duty]) -> Result<()> {
    let (held, (_, left_over)) = (held(duties), split(duties));
    if to.is_none() && !held.is_empty() {
        return Err(Error::conflict_counted("duties_remain", held.by_kind()));
    }
    match left_over.drafts {
        0 => Ok(()),
        drafts => Err(Error::conflict_counted("drafts_left", [("drafts", drafts)])),
    }
}

/// Days away, in order and not behind us.
pub fn absence(from: NaiveDate, until: NaiveDate, today: NaiveDate) -> Result<()> {
    let mut errors = Vec::new();
    if until < from {
        let message = "The last day is not before the first.";
        errors.push(FieldError::new("/until", "before_from", message));
    } else if until < today {
        errors.push(FieldError::new(
            "/until",
            "in_the_past",
            "Give today or a later day.",
        ));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// A deputy is another representative of the same agency in the same MARAC, so that they see what they
/// stand in for.
pub fn deputy(user_id: Uuid, deputy_id: Uuid, fits: bool) -> Result<()> {
    match fits && user_id != deputy_id {
        true => Ok(()),
        false => Err(Error::field(
            "/deputy_id",
            "not_a_representative",
            "Name another representative of the agency in this MARAC.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duties::{Becomes, DutyCounts, DutyKind};

    fn duty(kind: DutyKind, becomes: Becomes, shown: bool) -> Duty {
        Duty {
            kind,
            marac_id: Uuid::nil(),
            case_id: None,
            becomes,
            shown,
        }
    }

    fn outcome(result: Result<()>) -> String {
        match result {
            Ok(()) => "ok".into(),
            Err(Error::Problem(problem)) => match problem.errors.first() {
                Some(error) => format!("{} {}", error.pointer, error.code),
                None => format!("{} {:?}", problem.reason.unwrap_or("?"), problem.counts),
            },
            Err(_) => "fault".into(),
        }
    }

    #[test]
    fn counts_leave_out_what_is_closed_to_the_caller_and_what_ends() {
        use Becomes::*;
        let duties = [
            duty(DutyKind::Action, Moves, true),
            duty(DutyKind::Action, Stays, true),
            duty(DutyKind::Action, Moves, false),
            duty(DutyKind::Lead, Ends, true),
            duty(DutyKind::File, Moves, true),
            duty(DutyKind::Case, Stays, false),
            duty(DutyKind::Seat, Moves, true),
            duty(DutyKind::Case, Moves, true),
            duty(DutyKind::Case, Moves, true),
        ];
        let counts = |actions, cases, seats| DutyCounts {
            actions,
            cases,
            seats,
            ..DutyCounts::default()
        };
        assert_eq!(held(&duties), counts(2, 1, 1));
        assert_eq!(split(&duties), (counts(1, 1, 1), counts(1, 0, 0)));
        assert!(DutyCounts::default().is_empty() && !counts(0, 0, 1).is_empty());
    }

    #[test]
    fn somebody_leaves_when_somebody_takes_what_they_hold() {
        use Becomes::*;
        let to = Some(Uuid::from_u128(7));
        for (to, duties, expected) in [
            (None, vec![], "ok"),
            (
                None,
                vec![duty(DutyKind::Action, Stays, true)],
                "duties_remain {\"actions\": 1}",
            ),
            (None, vec![duty(DutyKind::Action, Stays, false)], "ok"),
            (None, vec![duty(DutyKind::Lead, Ends, true)], "ok"),
            (to, vec![duty(DutyKind::Action, Moves, true)], "ok"),
            (to, vec![duty(DutyKind::Case, Stays, true)], "ok"),
            (
                to,
                vec![duty(DutyKind::Draft, Stays, true)],
                "drafts_left {\"drafts\": 1}",
            ),
            (to, vec![duty(DutyKind::Draft, Moves, true)], "ok"),
        ] {
            assert_eq!(outcome(leave(to, &duties)), expected, "{duties:?}");
        }
    }

    #[test]
    fn nobody_closes_their_own_account_or_takes_a_colleagues_cases() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        for (user_id, to, by, expected) in [
            (a, Some(b), Some(c), "ok"),
            (a, None, Some(c), "ok"),
            (a, None, None, "ok"),
            (a, Some(b), Some(a), "own_account {}"),
            (a, Some(b), Some(b), "not_to_yourself {}"),
        ] {
            assert_eq!(outcome(hands(Leaving { user_id, to, by })), expected);
        }
    }

    #[test]
    fn days_away_are_in_order_and_to_come() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 5, d).unwrap();
        for (from, until, expected) in [
            (10, 12, "ok"),
            (1, 10, "ok"),
            (12, 11, "/until before_from"),
            (1, 9, "/until in_the_past"),
        ] {
            assert_eq!(outcome(absence(day(from), day(until), day(10))), expected);
        }
    }

    #[test]
    fn a_deputy_is_another_representative() {
        let [a, b] = [1, 2].map(Uuid::from_u128);
        let refused = "/deputy_id not_a_representative";
        assert_eq!(outcome(deputy(a, b, true)), "ok");
        assert_eq!(outcome(deputy(a, b, false)), refused);
        assert_eq!(outcome(deputy(a, a, true)), refused);
    }
}

//! What may become of a flag, and of a case that passed twelve months: pure decisions.

use chrono::{Months, NaiveDate};

use super::FlagStatus;
use kernel::error::{Code, Error, Result};
use practice::vocabulary::CaseStatus;

/// What somebody says of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagAnswer {
    /// It is placed, or placed for longer.
    Placed,
    /// There is nothing to flag.
    NotPlaced,
    /// It is gone.
    Removed,
}

/// How somebody stands to a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagCaller {
    /// Speaks for the agency.
    pub owner: bool,
    /// Coordinates its MARAC.
    pub coordinator: bool,
}

/// The agency answers for itself; the coordinator may in its place.
pub fn allow(by: FlagCaller) -> Result<()> {
    match by.owner || by.coordinator {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// The one table of answers. The coordinator may also say early that a flag is gone, as where a case
/// was listed to the wrong agency.
pub fn answer(status: FlagStatus, answer: FlagAnswer, by: FlagCaller) -> Result<FlagStatus> {
    use FlagStatus as S;
    match (answer, status) {
        (FlagAnswer::Placed, S::Asked | S::Placed | S::NotPlaced) => Ok(S::Placed),
        (FlagAnswer::Placed, S::RemovalDue | S::Removed) => Err(Error::conflict("case_lapsed")),
        (FlagAnswer::NotPlaced, S::Asked | S::RemovalDue) => Ok(S::NotPlaced),
        (FlagAnswer::NotPlaced, _) => Err(Error::conflict("not_asked")),
        (FlagAnswer::Removed, S::RemovalDue) => Ok(S::Removed),
        (FlagAnswer::Removed, S::Asked | S::Placed) if by.coordinator => Ok(S::Removed),
        (FlagAnswer::Removed, S::Asked | S::Placed) => Err(Error::conflict("case_not_lapsed")),
        (FlagAnswer::Removed, S::NotPlaced | S::Removed) => Err(Error::conflict("not_placed")),
    }
}

/// What deciding on a case past twelve months depends on.
#[derive(Debug, Clone, Copy)]
pub struct Passing {
    /// Where the case stands.
    pub status: CaseStatus,
    /// The last day of its twelve months.
    pub lapses_on: Option<NaiveDate>,
    /// Actions are not done.
    pub incomplete: bool,
    /// The chair said why it lapses over them.
    pub chair_said_why: bool,
}

/// Whether it has passed its last day, so that somebody decides.
pub fn has_passed(passing: Passing, today: NaiveDate) -> Result<NaiveDate> {
    match (passing.status, passing.lapses_on) {
        (CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring, Some(last)) => {
            match last < today {
                true => Ok(last),
                false => Err(Error::conflict("not_yet")),
            }
        }
        _ => Err(Error::conflict("not_open")),
    }
}

/// Whether the case may lapse: it has passed its last day, and what is not done does not go under
/// silently (R30).
pub fn lapse(passing: Passing, today: NaiveDate) -> Result<NaiveDate> {
    let last = has_passed(passing, today)?;
    match passing.incomplete && !passing.chair_said_why {
        true => Err(Error::conflict("open_actions")),
        false => Ok(last),
    }
}

/// Whether the case may be kept until that day: not beyond another window from today.
pub fn keep(
    passing: Passing,
    until: NaiveDate,
    window_months: u32,
    today: NaiveDate,
) -> Result<NaiveDate> {
    let last = has_passed(passing, today)?;
    let latest = today
        .checked_add_months(Months::new(window_months))
        .unwrap_or(NaiveDate::MAX);
    if until <= today || until > latest {
        return Err(Error::field(
            "/until",
            "out_of_range",
            "Give a day to come, within the months of the MARAC's repeat window.",
        ));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<T>(result: Result<T>, show: impl Fn(T) -> String) -> String {
        match result {
            Ok(value) => show(value),
            Err(Error::Problem(problem)) => problem
                .reason
                .map(str::to_owned)
                .or_else(|| problem.errors.first().map(|error| error.code.clone()))
                .unwrap_or_else(|| problem.code.as_str().to_owned()),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn the_table_of_answers() {
        use FlagAnswer::{NotPlaced, Placed, Removed};
        use FlagStatus as S;
        let owner = FlagCaller {
            owner: true,
            coordinator: false,
        };
        let coordinator = FlagCaller {
            owner: false,
            coordinator: true,
        };
        let nobody = FlagCaller {
            owner: false,
            coordinator: false,
        };
        let table = [
            (S::Asked, Placed, "placed", "placed"),
            (S::Placed, Placed, "placed", "placed"),
            (S::NotPlaced, Placed, "placed", "placed"),
            (S::RemovalDue, Placed, "case_lapsed", "case_lapsed"),
            (S::Removed, Placed, "case_lapsed", "case_lapsed"),
            (S::Asked, NotPlaced, "not_placed", "not_placed"),
            (S::Placed, NotPlaced, "not_asked", "not_asked"),
            (S::NotPlaced, NotPlaced, "not_asked", "not_asked"),
            (S::RemovalDue, NotPlaced, "not_placed", "not_placed"),
            (S::Removed, NotPlaced, "not_asked", "not_asked"),
            (S::Asked, Removed, "case_not_lapsed", "removed"),
            (S::Placed, Removed, "case_not_lapsed", "removed"),
            (S::NotPlaced, Removed, "not_placed", "not_placed"),
            (S::RemovalDue, Removed, "removed", "removed"),
            (S::Removed, Removed, "not_placed", "not_placed"),
        ];
        for (by, expected) in [(owner, "ok"), (coordinator, "ok"), (nobody, "forbidden")] {
            assert_eq!(named(allow(by), |()| "ok".into()), expected);
        }
        assert_eq!(table.len(), FlagStatus::ALL.len() * 3);
        for (status, said, by_owner, by_coordinator) in table {
            let found = |by| named(answer(status, said, by), |to| to.as_str().to_owned());
            assert_eq!(found(owner), by_owner, "{status:?} {said:?}");
            assert_eq!(found(coordinator), by_coordinator, "{status:?} {said:?}");
        }
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn a_case_lapses_after_its_last_day_and_not_silently_over_what_is_not_done() {
        for status in CaseStatus::ALL {
            let open = matches!(
                status,
                CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring
            );
            let of = |lapses_on, incomplete, chair_said_why| Passing {
                status: *status,
                lapses_on,
                incomplete,
                chair_said_why,
            };
            let table = [
                (of(Some(day(5, 9)), false, false), "ok"),
                (of(Some(day(5, 10)), false, false), "not_yet"),
                (of(None, false, false), "not_open"),
                (of(Some(day(5, 9)), true, false), "open_actions"),
                (of(Some(day(5, 9)), true, true), "ok"),
            ];
            for (passing, expected) in table {
                let expected = if open { expected } else { "not_open" };
                let found = named(lapse(passing, day(5, 10)), |_| "ok".into());
                assert_eq!(found, expected, "{passing:?}");
            }
        }
    }

    #[test]
    fn a_case_is_kept_for_a_time_and_no_longer_than_another_window() {
        let passing = Passing {
            status: CaseStatus::Monitoring,
            lapses_on: Some(day(5, 9)),
            incomplete: true,
            chair_said_why: false,
        };
        for (until, expected) in [
            (day(5, 10), "out_of_range"),
            (day(5, 11), "ok"),
            (day(8, 10), "ok"),
            (day(8, 11), "out_of_range"),
        ] {
            let found = named(keep(passing, until, 3, day(5, 10)), |_| "ok".into());
            assert_eq!(found, expected, "{until}");
        }
        let early = keep(passing, day(6, 1), 3, day(5, 9));
        assert_eq!(named(early, |_| "ok".into()), "not_yet");
    }
}

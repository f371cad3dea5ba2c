//! Pure decisions about minutes: draft, approved, issued, corrected.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

use super::MinutesStatus;
use crate::meetings::MeetingStatus;
use kernel::error::{Error, Result};

/// What somebody wants of the minutes of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Write them from what was recorded, for the first time or again.
    Draft,
    /// The chair's word that they are right (R24).
    Approve,
    /// Give them to their readers.
    Issue,
    /// Say what was wrong with what was issued, and why.
    Correct,
}

/// The version a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// Its number: 1 for the minutes as first issued, more for corrections.
    pub number: i32,
    /// Where it stands.
    pub status: MinutesStatus,
}

/// What a command leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first version is begun.
    Begin,
    /// The version in hand gets this status.
    To(MinutesStatus),
    /// Another version is begun upon the one that was issued.
    Next,
}

/// Whether the command may be carried out, and what it leads to.
pub fn step(meeting: MeetingStatus, latest: Option<Latest>, command: Command) -> Result<Step> {
    use Command as C;
    use MinutesStatus as S;
    let refused = |reason| Err(Error::conflict(reason));
    let Some(latest) = latest else {
        return match (command, meeting) {
            (C::Draft, MeetingStatus::Held) => Ok(Step::Begin),
            (C::Draft, _) => refused("not_held"),
            _ => refused("not_drafted"),
        };
    };
    match (command, latest.status) {
        (C::Draft, S::Draft | S::Approved) if latest.number == 1 => Ok(Step::To(S::Draft)),
        (C::Draft, S::Draft | S::Approved) => refused("correction_in_hand"),
        (C::Approve, S::Draft) => Ok(Step::To(S::Approved)),
        (C::Approve, S::Approved) => refused("already_approved"),
        (C::Issue, S::Approved) => Ok(Step::To(S::Issued)),
        (C::Issue, S::Draft) => refused("not_approved"),
        (C::Draft | C::Approve | C::Issue, S::Issued) => refused("already_issued"),
        (C::Correct, S::Issued) => Ok(Step::Next),
        (C::Correct, S::Draft | S::Approved) if latest.number == 1 => refused("not_issued"),
        (C::Correct, S::Draft | S::Approved) => Ok(Step::To(S::Draft)),
    }
}

/// Whether minutes are late (R25): issued after the day they were due, or that day has passed.
pub fn late(due_on: NaiveDate, issued_at: Option<DateTime<Utc>>, today: NaiveDate) -> bool {
    let day = issued_at.map_or(today, |at| at.with_timezone(&London).date_naive());
    day > due_on
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::error::Code;

    #[test]
    fn the_life_of_minutes() {
        use Command::*;
        use MeetingStatus as M;
        use MinutesStatus as S;
        let first = |status| Some(Latest { number: 1, status });
        let second = |status| Some(Latest { number: 2, status });
        #[allow(clippy::type_complexity)]
        let table: &[(M, Option<Latest>, Command, std::result::Result<Step, &str>)] = &[
            (M::Held, None, Draft, Ok(Step::Begin)),
            (M::Planned, None, Draft, Err("not_held")),
            (M::Circulated, None, Draft, Err("not_held")),
            (M::InSession, None, Draft, Err("not_held")),
            (M::Cancelled, None, Draft, Err("not_held")),
            (M::Held, None, Approve, Err("not_drafted")),
            (M::Held, None, Issue, Err("not_drafted")),
            (M::Held, None, Correct, Err("not_drafted")),
            (M::Held, first(S::Draft), Draft, Ok(Step::To(S::Draft))),
            (M::Held, first(S::Draft), Approve, Ok(Step::To(S::Approved))),
            (M::Held, first(S::Draft), Issue, Err("not_approved")),
            (M::Held, first(S::Draft), Correct, Err("not_issued")),
            (M::Held, first(S::Approved), Draft, Ok(Step::To(S::Draft))),
            (
                M::Held,
                first(S::Approved),
                Approve,
                Err("already_approved"),
            ),
            (M::Held, first(S::Approved), Issue, Ok(Step::To(S::Issued))),
            (M::Held, first(S::Approved), Correct, Err("not_issued")),
            (M::Minuted, first(S::Issued), Draft, Err("already_issued")),
            (M::Minuted, first(S::Issued), Approve, Err("already_issued")),
            (M::Minuted, first(S::Issued), Issue, Err("already_issued")),
            (M::Minuted, first(S::Issued), Correct, Ok(Step::Next)),
            (
                M::Minuted,
                second(S::Draft),
                Draft,
                Err("correction_in_hand"),
            ),
            (
                M::Minuted,
                second(S::Draft),
                Approve,
                Ok(Step::To(S::Approved)),
            ),
            (M::Minuted, second(S::Draft), Issue, Err("not_approved")),
            (
                M::Minuted,
                second(S::Draft),
                Correct,
                Ok(Step::To(S::Draft)),
            ),
            (
                M::Minuted,
                second(S::Approved),
                Draft,
                Err("correction_in_hand"),
            ),
            (
                M::Minuted,
                second(S::Approved),
                Correct,
                Ok(Step::To(S::Draft)),
            ),
            (
                M::Minuted,
                second(S::Approved),
                Issue,
                Ok(Step::To(S::Issued)),
            ),
            (M::Minuted, second(S::Issued), Correct, Ok(Step::Next)),
        ];
        for (meeting, latest, command, expected) in table {
            let found = step(*meeting, *latest, *command);
            let what = format!("{meeting:?} {latest:?} {command:?}");
            match (found, expected) {
                (Ok(step), Ok(wanted)) => assert_eq!(step, *wanted, "{what}"),
                (Err(error), Err(reason)) => {
                    assert_eq!(error.code(), Code::Conflict, "{what}");
                    assert!(format!("{error:?}").contains(reason), "{what}: {error:?}");
                }
                (found, _) => panic!("{what}: {found:?}"),
            }
        }
    }

    #[test]
    fn minutes_are_late_from_the_day_after_they_were_due() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 7, d).unwrap();
        let at = |d, h| day(d).and_hms_opt(h, 30, 0).unwrap().and_utc();
        let table = [
            (None, day(7), false),
            (None, day(8), true),
            (Some(at(7, 12)), day(20), false),
            // Half past midnight, summer time, of the next day.
            (Some(at(7, 23)), day(20), true),
            (Some(at(8, 0)), day(8), true),
        ];
        for (issued_at, today, expected) in table {
            assert_eq!(
                late(day(7), issued_at, today),
                expected,
                "{issued_at:?} {today}"
            );
        }
    }
}

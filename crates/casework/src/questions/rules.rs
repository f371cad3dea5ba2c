//! What may become of a question, who may answer, and when it is not taken at all.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::QuestionStatus;
use crate::account::Sharing;
use kernel::error::{Code, Error, FieldError, Result};
use practice::vocabulary::CaseStatus;

/// What somebody does with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Takes it into the next contact.
    Take,
    /// Points at what the account says.
    AnswerFromAccount,
    /// Points at what was told since it was taken.
    AnswerNew,
    /// Does not ask it.
    Decline,
    /// Takes it back.
    Withdraw,
}

/// Where the question stands after it.
pub fn decide(status: QuestionStatus, command: Command) -> Result<QuestionStatus> {
    use QuestionStatus as S;
    match (status, command) {
        (S::Open, Command::Take) => Ok(S::Taken),
        (S::Taken, Command::Take) => Err(Error::conflict("already_taken")),
        (S::Open | S::Taken, Command::AnswerFromAccount) => Ok(S::AnsweredFromAccount),
        (S::Taken, Command::AnswerNew) => Ok(S::AnsweredNew),
        (S::Open, Command::AnswerNew) => Err(Error::conflict("not_taken")),
        (S::Open | S::Taken, Command::Decline) => Ok(S::Declined),
        (S::Open | S::Taken, Command::Withdraw) => Ok(S::Withdrawn),
        (S::AnsweredFromAccount | S::AnsweredNew | S::Declined | S::Withdrawn, _) => {
            Err(Error::conflict("already_settled"))
        }
    }
}

/// Questions are asked while a case is worked on.
pub fn case_takes_questions(status: CaseStatus) -> Result<()> {
    match status {
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring => Ok(()),
        _ => Err(Error::conflict("case_not_open")),
    }
}

/// Whether a question is taken, given what the asker can read under its heading and says they read.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// It is taken.
    NotYet,
    /// The asker is sent to what they can read.
    Already,
}

/// A question is taken only from somebody who names exactly what they can read: nothing less, because
/// the answer may stand there; nothing else, because that may not exist.
pub fn told_already(readable: &[Uuid], read: &[Uuid]) -> Result<Told> {
    let (readable, read): (BTreeSet<_>, BTreeSet<_>) =
        (readable.iter().collect(), read.iter().collect());
    match (readable == read, readable.is_empty()) {
        (true, _) => Ok(Told::NotYet),
        (false, false) => Ok(Told::Already),
        (false, true) => Err(Error::field(
            "/read",
            "unknown",
            "There is nothing under this heading that you can read.",
        )),
    }
}

/// What answers a question anew was told once the question was taken, not before.
pub fn told_since_taken(taken_at: Option<DateTime<Utc>>, told_on: NaiveDate) -> Result<()> {
    let day = |at: DateTime<Utc>| at.with_timezone(&chrono_tz::Europe::London).date_naive();
    match taken_at.is_some_and(|at| day(at) <= told_on) {
        true => Ok(()),
        false => Err(Error::field(
            "/told/told_on",
            "before_it_was_taken",
            "What was told before is in the account: answer from there.",
        )),
    }
}

/// How the caller stands to a case's questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionCaller {
    /// The case's lead.
    pub lead: bool,
    /// Its MARAC's coordinator, who answers where the lead cannot.
    pub coordinator: bool,
    /// Coordinator or chair.
    pub staff: bool,
}

impl QuestionCaller {
    /// Sees every agency's questions.
    pub fn sees_all(self) -> bool {
        self.lead || self.staff
    }

    /// Answers, takes, declines.
    pub fn may_answer(self) -> Result<()> {
        match self.lead || self.coordinator {
            true => Ok(()),
            false => Err(Code::Forbidden.into()),
        }
    }
}

/// An entry that an answer points at, as the one who answers finds it.
#[derive(Debug, Clone, Copy)]
pub struct Pointed {
    /// The entry.
    pub id: Uuid,
    /// Its class.
    pub sharing: Sharing,
    /// The one who answers reads it.
    pub readable: bool,
}

/// Whether an answer may point at these entries and open those: what the answering person reads
/// themselves and the author did not keep for one agency.
pub fn answer(entries: &[Uuid], open: &[Uuid], found: &[Pointed]) -> Result<()> {
    let mut errors = Vec::new();
    for (index, id) in entries.iter().enumerate() {
        let entry = found.iter().find(|entry| entry.id == *id && entry.readable);
        let (code, message) = match entry {
            None => ("unknown", "There is no such entry."),
            Some(entry) if entry.sharing == Sharing::AgencyPrivate => (
                "agency_private",
                "This entry is its agency's alone: its author can give it another class.",
            ),
            Some(_) => continue,
        };
        errors.push(FieldError::new(format!("/entries/{index}"), code, message));
    }
    for (index, id) in open.iter().enumerate() {
        if !entries.contains(id) {
            errors.push(FieldError::new(
                format!("/open/{index}"),
                "not_pointed_at",
                "Open entries that the answer points at.",
            ));
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome<T: std::fmt::Debug>(result: Result<T>) -> String {
        match result {
            Ok(value) => format!("{value:?}"),
            Err(Error::Problem(problem)) => match problem.errors.is_empty() {
                true => problem.reason.unwrap_or(problem.code.as_str()).into(),
                false => problem
                    .errors
                    .iter()
                    .map(|error| format!("{} {}", error.pointer, error.code))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            Err(_) => "fault".into(),
        }
    }

    #[test]
    fn the_life_of_a_question() {
        use Command::*;
        use QuestionStatus as S;
        let commands = [Take, AnswerFromAccount, AnswerNew, Decline, Withdraw];
        let settled = ["already_settled"; 5];
        for (status, expected) in [
            (
                S::Open,
                [
                    "Taken",
                    "AnsweredFromAccount",
                    "not_taken",
                    "Declined",
                    "Withdrawn",
                ],
            ),
            (
                S::Taken,
                [
                    "already_taken",
                    "AnsweredFromAccount",
                    "AnsweredNew",
                    "Declined",
                    "Withdrawn",
                ],
            ),
            (S::AnsweredFromAccount, settled),
            (S::AnsweredNew, settled),
            (S::Declined, settled),
            (S::Withdrawn, settled),
        ] {
            let found = commands.map(|command| outcome(decide(status, command)));
            assert_eq!(found, expected, "{status:?}");
        }
    }

    #[test]
    fn what_was_told_is_read_before_it_is_asked() {
        let [a, b] = [1, 2].map(Uuid::from_u128);
        for (readable, read, expected) in [
            (vec![], vec![], "NotYet"),
            (vec![a], vec![], "Already"),
            (vec![a], vec![a], "NotYet"),
            (vec![a], vec![a, a], "NotYet"),
            (vec![a, b], vec![b, a], "NotYet"),
            (vec![a, b], vec![a], "Already"),
            (vec![a], vec![a, b], "Already"),
            (vec![a], vec![b], "Already"),
            (vec![], vec![a], "/read unknown"),
        ] {
            let found = outcome(told_already(&readable, &read));
            assert_eq!(found, expected, "{readable:?} {read:?}");
        }
    }

    #[test]
    fn a_new_answer_was_told_on_the_day_the_question_was_taken_or_later() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 7, d).unwrap();
        // Half past midnight in London.
        let taken = day(5).and_hms_opt(23, 30, 0).unwrap().and_utc();
        for (taken, told_on, expected) in [
            (Some(taken), day(6), "()"),
            (Some(taken), day(9), "()"),
            (Some(taken), day(5), "/told/told_on before_it_was_taken"),
            (None, day(9), "/told/told_on before_it_was_taken"),
        ] {
            assert_eq!(outcome(told_since_taken(taken, told_on)), expected);
        }
    }

    #[test]
    fn cases_that_are_worked_on_take_questions() {
        for status in CaseStatus::ALL {
            let open = matches!(
                status,
                CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring
            );
            assert_eq!(case_takes_questions(*status).is_ok(), open, "{status:?}");
        }
    }

    #[test]
    fn the_lead_answers_the_coordinator_stands_in_and_the_chair_looks_on() {
        for (lead, coordinator, staff, sees_all, answers) in [
            (true, false, false, true, true),
            (false, true, true, true, true),
            (false, false, true, true, false),
            (false, false, false, false, false),
        ] {
            let by = QuestionCaller {
                lead,
                coordinator,
                staff,
            };
            assert_eq!(
                (by.sees_all(), by.may_answer().is_ok()),
                (sees_all, answers)
            );
        }
    }

    #[test]
    fn an_answer_points_at_what_its_author_shares_and_the_answerer_reads() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let entry = |id, sharing, readable| Pointed {
            id,
            sharing,
            readable,
        };
        let found = [
            entry(a, Sharing::Marac, true),
            entry(b, Sharing::AgencyPrivate, true),
            entry(c, Sharing::Restricted, false),
        ];
        for (entries, open, expected) in [
            (vec![a], vec![], "()"),
            (vec![a], vec![a], "()"),
            (vec![a, b], vec![], "/entries/1 agency_private"),
            (vec![c], vec![], "/entries/0 unknown"),
            (vec![Uuid::nil()], vec![], "/entries/0 unknown"),
            (vec![a], vec![c], "/open/0 not_pointed_at"),
        ] {
            assert_eq!(outcome(answer(&entries, &open, &found)), expected);
        }
    }
}

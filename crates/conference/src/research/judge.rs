//! What becomes of each answer of a list: each is judged on its own.

use chrono::NaiveDate;

use super::model::{ResearchStatus, ReturnIn};
use super::rules::{self, RequestState};
use kernel::error::{Error, FieldError};
use kernel::http::{etag, validated};

/// What is known of a request.
#[derive(Debug, Clone, Copy)]
pub struct OpenRequest {
    pub at: RequestState,
    pub due_on: NaiveDate,
    pub answered_on: Option<NaiveDate>,
    pub version: i32,
}

/// Why an answer of a list was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub errors: Vec<FieldError>,
}

impl Refusal {
    pub const fn named(code: &'static str) -> Self {
        Self {
            code,
            errors: Vec::new(),
        }
    }
}

/// The status an answer leads to. The first answer needs no version; a change names the one it read.
pub fn judge(
    asked: Option<OpenRequest>,
    version: Option<&str>,
    sent: &ReturnIn,
    today: NaiveDate,
) -> Result<ResearchStatus, Refusal> {
    let asked = asked.ok_or(Refusal::named("not_found"))?;
    match version {
        Some(version) if version != etag(asked.version) => return Err(Refusal::named("stale")),
        None if asked.answered_on.is_some() => return Err(Refusal::named("already_answered")),
        _ => {}
    }
    rules::open(asked.at).map_err(refusal)?;
    let sent = validated(sent.clone()).map_err(refusal)?;
    rules::answer(&sent, today).map_err(refusal)?;
    let answered_on = asked.answered_on.unwrap_or(today);
    Ok(rules::status(sent.nothing_known, answered_on, asked.due_on))
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Problem(problem) => Refusal {
            code: problem.reason.unwrap_or("invalid"),
            errors: problem.errors,
        },
        _ => Refusal::named("invalid"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::{AgendaItemStatus, MeetingStatus};
    use crate::research::ResearchStanding;
    use crate::research::model::ShareablePart;

    #[test]
    fn each_answer_is_taken_or_refused_for_its_own_reason() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 6, n).unwrap();
        let fresh = OpenRequest {
            at: RequestState {
                standing: ResearchStanding::Open,
                item: AgendaItemStatus::Listed,
                meeting: MeetingStatus::Circulated,
            },
            due_on: day(10),
            answered_on: None,
            version: 1,
        };
        let answered = OpenRequest {
            answered_on: Some(day(9)),
            version: 2,
            ..fresh
        };
        let started = OpenRequest {
            at: RequestState {
                meeting: MeetingStatus::InSession,
                ..fresh.at
            },
            ..fresh
        };
        let nothing = ReturnIn {
            nothing_known: true,
            ..ReturnIn::default()
        };
        let too_long = ReturnIn {
            shareable: ShareablePart {
                flags_held: vec!["A flag.".parse().unwrap(); 21],
                ..ShareablePart::default()
            },
            ..ReturnIn::default()
        };
        let none = ReturnIn::default();
        let taken = Ok(ResearchStatus::NothingKnown);
        let table = [
            (None, None, &nothing, 10, Err("not_found")),
            (Some(fresh), None, &nothing, 10, taken),
            (Some(fresh), Some("\"1\""), &nothing, 10, taken),
            (Some(fresh), Some("\"2\""), &nothing, 10, Err("stale")),
            (Some(fresh), Some("1"), &nothing, 10, Err("stale")),
            (Some(fresh), None, &nothing, 11, Ok(ResearchStatus::Late)),
            (Some(answered), None, &nothing, 10, Err("already_answered")),
            (Some(answered), Some("\"2\""), &nothing, 11, taken),
            (Some(started), None, &nothing, 10, Err("meeting_started")),
            (Some(fresh), None, &none, 10, Err("invalid")),
            (Some(fresh), None, &too_long, 10, Err("invalid")),
        ];
        for (asked, version, sent, today, expected) in table {
            let found = judge(asked, version, sent, day(today));
            let found = found.map_err(|refusal| refusal.code);
            assert_eq!(found, expected, "{asked:?} {version:?} on {today}");
        }
        let refusal = judge(Some(fresh), None, &too_long, day(10)).unwrap_err();
        assert_eq!(refusal.errors[0].pointer, "/shareable/flags_held");
    }
}

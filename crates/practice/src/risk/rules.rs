//! Pure decisions on answers, windows and ages: no clock, no database, nothing but the arguments.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::tool::{ScoringMethod, Tool, ToolRole};
use crate::text::Line;

/// What was answered. Unknown and unasked are values of their own, never a no (R38).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes: the only answer that scores.
    Yes,
    /// No.
    No,
    /// Asked, and not known.
    DontKnow,
    /// Not asked.
    NotAsked,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Answer; 4] = [Answer::Yes, Answer::No, Answer::DontKnow, Answer::NotAsked];

    /// The name it is stored and sent under.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::DontKnow => "dont_know",
            Answer::NotAsked => "not_asked",
        }
    }

    /// The answer of a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == name)
    }

    /// Its letter in a register's line of answers.
    pub fn as_char(self) -> char {
        match self {
            Answer::Yes => 'Y',
            Answer::No => 'N',
            Answer::DontKnow => 'D',
            Answer::NotAsked => '-',
        }
    }

    /// The answer of a register's letter.
    pub fn from_char(letter: char) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|answer| answer.as_char() == letter)
    }
}

/// One answer as given, borrowed from whatever shape it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenAnswer<'a> {
    /// The item answered.
    pub item: &'a str,
    /// The answer.
    pub answer: Answer,
    /// Ids of the details ticked.
    pub options: &'a [Line<40>],
}

/// The score of an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Score {
    /// The tool it was made with.
    pub tool: String,
    /// The version of that tool.
    pub version: u16,
    /// What the tool is for.
    pub role: ToolRole,
    /// Items answered yes: the score (O25). Null where the tool is not scored, or nothing was answered.
    pub yes: Option<u8>,
    /// The highest score the tool can give; null for a tool that is not scored.
    pub maximum: Option<u8>,
    /// Items answered: yes, no or not known.
    pub answered: u8,
    /// Items answered no.
    pub no: u8,
    /// Items asked and not known; they never score.
    pub dont_know: u8,
    /// Items not asked, or not answered at all.
    pub not_asked: u8,
    /// Whether every item was asked; if not, this is a part of an assessment.
    pub complete: bool,
    /// The tool's name for this range of the score.
    pub band: Option<String>,
    /// The tool's own threshold; without one the score alone never shows high risk.
    pub threshold: Option<u8>,
}

impl Score {
    /// Items answered yes, also of a tool that is not scored.
    pub fn yes_count(&self) -> u8 {
        self.answered
            .saturating_sub(self.no)
            .saturating_sub(self.dont_know)
    }

    /// The score that a record keeps of answers whose tool, or whose version of it, is no longer
    /// published.
    pub fn recorded(
        (tool, version, role): (String, u16, ToolRole),
        (yes, maximum): (Option<u8>, Option<u8>),
        answers: &[GivenAnswer<'_>],
    ) -> Self {
        let count = |answer: Answer| {
            let found = answers.iter().filter(|given| given.answer == answer);
            u8::try_from(found.count()).unwrap_or(u8::MAX)
        };
        let answered = [Answer::Yes, Answer::No, Answer::DontKnow].map(count);
        let answered = answered.into_iter().fold(0, u8::saturating_add);
        let not_asked = maximum.map_or(count(Answer::NotAsked), |all| all.saturating_sub(answered));
        Self {
            tool,
            version,
            role,
            yes,
            maximum,
            answered,
            no: count(Answer::No),
            dont_know: count(Answer::DontKnow),
            not_asked,
            complete: yes.is_some() && not_asked == 0,
            band: None,
            threshold: None,
        }
    }
}

/// An answer that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("answer {index}: {}", .code.as_str())]
pub struct AnswerError {
    /// Which of the answers sent, from 0.
    pub index: usize,
    /// The item, where the tool has it: what was sent is never sent back.
    pub item: Option<String>,
    /// What is wrong.
    pub code: AnswerErrorCode,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerErrorCode {
    /// The tool has no such item.
    UnknownItem,
    /// The item is answered twice.
    DuplicateItem,
    /// The tool does not offer this answer.
    AnswerNotOffered,
    /// The item has no such option.
    UnknownOption,
    /// A letter that is no answer.
    UnknownAnswer,
    /// A line of letters with more or fewer of them than the tool has items.
    WrongLength,
}

impl AnswerErrorCode {
    /// The stable code sent to clients.
    pub fn as_str(self) -> &'static str {
        match self {
            AnswerErrorCode::UnknownItem => "unknown_item",
            AnswerErrorCode::DuplicateItem => "duplicate_item",
            AnswerErrorCode::AnswerNotOffered => "answer_not_offered",
            AnswerErrorCode::UnknownOption => "unknown_option",
            AnswerErrorCode::UnknownAnswer => "unknown_answer",
            AnswerErrorCode::WrongLength => "wrong_length",
        }
    }
}

/// Scores answers by the tool they were given to. Items without an answer count as not asked; every fault
/// is reported, not the first alone (R1).
pub fn score(tool: &Tool, answers: &[GivenAnswer<'_>]) -> Result<Score, Vec<AnswerError>> {
    let mut errors = Vec::new();
    let mut taken: Vec<Option<Answer>> = vec![None; tool.items.len()];
    for (index, given) in answers.iter().enumerate() {
        let Some((item, place)) = tool
            .items
            .iter()
            .zip(&mut taken)
            .find(|(item, _)| item.id == given.item)
        else {
            errors.push(AnswerError {
                index,
                item: None,
                code: AnswerErrorCode::UnknownItem,
            });
            continue;
        };
        let mut refuse = |code| {
            errors.push(AnswerError {
                index,
                item: Some(item.id.clone()),
                code,
            })
        };
        if !tool.answers.contains(&given.answer) {
            refuse(AnswerErrorCode::AnswerNotOffered);
        }
        let offered = |id: &Line<40>| item.options.iter().any(|option| *id == *option.id);
        if !given.options.iter().all(offered) {
            refuse(AnswerErrorCode::UnknownOption);
        }
        if place.replace(given.answer).is_some() {
            refuse(AnswerErrorCode::DuplicateItem);
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let count = |answer: Answer| {
        let found = taken
            .iter()
            .filter(|taken| taken.unwrap_or(Answer::NotAsked) == answer);
        u8::try_from(found.count()).unwrap_or(u8::MAX)
    };
    let [yes, no, dont_know, not_asked] = Answer::ALL.map(count);
    let answered = yes.saturating_add(no).saturating_add(dont_know);
    let scored = tool.scoring.method == ScoringMethod::CountYes && answered > 0;
    let yes = scored.then_some(yes);
    Ok(Score {
        tool: tool.id.clone(),
        version: tool.version,
        role: tool.role,
        yes,
        maximum: tool.max_score(),
        answered,
        no,
        dont_know,
        not_asked,
        complete: scored && not_asked == 0,
        band: yes.and_then(|yes| tool.band(yes)).map(str::to_owned),
        threshold: tool.threshold,
    })
}

/// Reads a register's line of answers, one letter for each item in the order of the form.
pub fn answers_from_line<'a>(
    tool: &'a Tool,
    line: &str,
) -> Result<Vec<GivenAnswer<'a>>, Vec<AnswerError>> {
    let letters = line.chars().count();
    if letters != tool.items.len() {
        let index = letters.min(tool.items.len());
        return Err(vec![AnswerError {
            index,
            item: None,
            code: AnswerErrorCode::WrongLength,
        }]);
    }
    let mut given = Vec::with_capacity(letters);
    let mut errors = Vec::new();
    for (index, (item, letter)) in tool.items.iter().zip(line.chars()).enumerate() {
        match Answer::from_char(letter) {
            Some(answer) => given.push(GivenAnswer {
                item: &item.id,
                answer,
                options: &[],
            }),
            None => errors.push(AnswerError {
                index,
                item: Some(item.id.clone()),
                code: AnswerErrorCode::UnknownAnswer,
            }),
        }
    }
    if errors.is_empty() {
        Ok(given)
    } else {
        Err(errors)
    }
}

/// Whether a referral of the same pair is a repeat: made on or after the last one and no more than the
/// window's calendar months later (R13, SL2). The clock starts at the last referral, not at the meeting.
pub fn is_repeat(last_referral: Option<NaiveDate>, this: NaiveDate, window_months: u32) -> bool {
    last_referral.is_some_and(|last| last <= this && this <= flag_expires(last, window_months))
}

/// The last day of the window after a referral (R14): the same day of the month, or the month's last day
/// where it has no such day.
pub fn flag_expires(last_referral: NaiveDate, window_months: u32) -> NaiveDate {
    last_referral
        .checked_add_months(Months::new(window_months))
        .unwrap_or(NaiveDate::MAX)
}

/// Age in whole years on a date (R39); none before birth. Who was born on 29 February is a year older on
/// 1 March in years without that day.
pub fn age_on(born: NaiveDate, date: NaiveDate) -> Option<u32> {
    date.years_since(born)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

//! Words that registers write, and what they mean here. Census groups are written in more than one
//! order of words; a word in no list is refused, never guessed.

use super::cells::Cells;
use casework::actions::ActionStatus;
use practice::document::{AnswerIn, Consent};
use practice::party::{Ethnicity, Gender, RelationshipKind};
use practice::risk::{AnswerErrorCode, Criterion, Tool, answers_from_line};
use practice::text::Line;
use practice::vocabulary::{AgencyKind, YesNoUnknown};

/// The census groups.
pub fn ethnicity(word: &str) -> Option<Ethnicity> {
    Ethnicity::parse(word).or(match word {
        "mixed_white_asian" => Some(Ethnicity::MixedAsianWhite),
        "mixed_white_black_african" => Some(Ethnicity::MixedBlackAfricanWhite),
        "mixed_white_black_caribbean" => Some(Ethnicity::MixedBlackCaribbeanWhite),
        "other_arab" => Some(Ethnicity::Arab),
        "other_any" => Some(Ethnicity::Other),
        "not_stated" => Some(Ethnicity::Unknown),
        _ => None,
    })
}

/// Gender.
pub fn gender(word: &str) -> Option<Gender> {
    Gender::parse(word)
}

/// What the perpetrator is to the survivor.
pub fn relationship(word: &str) -> Option<RelationshipKind> {
    RelationshipKind::parse(word)
}

/// Where the register does not say.
pub fn no_relationship() -> RelationshipKind {
    RelationshipKind::Unknown
}

/// Kinds of agency.
pub fn agency_kind(word: &str) -> Option<AgencyKind> {
    AgencyKind::parse(word).or(match word {
        "substance_abuse" => Some(AgencyKind::SubstanceMisuse),
        _ => None,
    })
}

/// Yes, no or unknown.
pub fn yes_no_unknown(word: &str) -> Option<YesNoUnknown> {
    YesNoUnknown::parse(word)
}

/// Yes or no; unknown says nothing.
pub fn yes_no(word: &str) -> Option<Option<bool>> {
    YesNoUnknown::parse(word).map(|word| match word {
        YesNoUnknown::Yes => Some(true),
        YesNoUnknown::No => Some(false),
        YesNoUnknown::Unknown => None,
    })
}

/// Whether the survivor agreed. Why consent was not sought registers do not say.
pub fn consent(word: &str) -> Option<Consent> {
    Consent::parse(word).or(match word {
        "yes" => Some(Consent::Given),
        "no" => Some(Consent::Refused),
        "not_sought" => Some(Consent::NotSoughtOther),
        _ => None,
    })
}

/// How an action stands.
pub fn action_status(word: &str) -> Option<ActionStatus> {
    ActionStatus::parse(word).or(match word {
        "cancelled_by_chair" => Some(ActionStatus::Cancelled),
        _ => None,
    })
}

/// The criteria ticked, a letter each.
pub fn criteria(cells: &mut Cells<'_>) -> Vec<Criterion> {
    let mut claimed = Vec::new();
    let letters: Vec<_> = cells
        .raw("criteria")
        .chars()
        .map(Criterion::from_char)
        .collect();
    for letter in letters {
        match letter {
            Some(criterion) if !claimed.contains(&criterion) => claimed.push(criterion),
            Some(_) => {}
            None => {
                cells.refuse(
                    "criteria",
                    "unknown_criterion",
                    "Write the letters V, P, E, R of the criteria ticked.",
                );
                return Vec::new();
            }
        }
    }
    claimed
}

/// The answers, a letter each in the order of the form.
pub fn answers(cells: &mut Cells<'_>, tool: &Tool) -> Option<Vec<AnswerIn>> {
    if cells.raw("dash_answers").is_empty() {
        return None;
    }
    let read = answers_from_line(tool, cells.raw("dash_answers"));
    match read {
        Ok(given) => Some(
            given
                .into_iter()
                .map(|given| AnswerIn {
                    item: Line::as_stored(given.item),
                    answer: given.answer,
                    source: None,
                    note: None,
                    options: Vec::new(),
                })
                .collect(),
        ),
        Err(errors) => {
            let (code, message) = match errors.first().map(|error| error.code) {
                Some(AnswerErrorCode::WrongLength) => (
                    AnswerErrorCode::WrongLength.as_str(),
                    "Write one letter for each question of the form.",
                ),
                _ => (
                    AnswerErrorCode::UnknownAnswer.as_str(),
                    "Write Y for yes, N for no, D for don't know, - for not asked.",
                ),
            };
            cells.refuse("dash_answers", code, message);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_ours_is_read_and_others_are_not_guessed() {
        for group in Ethnicity::ALL {
            assert_eq!(ethnicity(group.as_str()), Some(*group));
        }
        assert_eq!(ethnicity("other_arab"), Some(Ethnicity::Arab));
        assert_eq!(ethnicity("White British"), None);
        assert_eq!(consent("not_sought"), Some(Consent::NotSoughtOther));
        assert_eq!(consent("maybe"), None);
        assert_eq!(yes_no("unknown"), Some(None));
        assert_eq!(yes_no("y"), None);
        assert_eq!(
            agency_kind("substance_abuse"),
            Some(AgencyKind::SubstanceMisuse)
        );
        assert_eq!(action_status("done"), None);
    }
}

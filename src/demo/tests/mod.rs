//! What the demonstration promises of itself: it loads on any day, holds together, and shows
//! everything there is to show.

mod keys;
mod scope;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::Value;
use validator::Validate;

use super::caseload::Caseload;
use super::cases::Case;
use super::expand;
use super::words::{MeetingStatus, State};
use practice::risk::{GivenAnswer, Tools, score};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn todays() -> Vec<NaiveDate> {
    let week = (0..7).map(|ahead| day("2026-11-23") + Days::new(ahead));
    week.chain(["2027-03-01", "2028-02-29", "2031-12-31"].map(day))
        .collect()
}

fn caseload() -> Caseload {
    Caseload::shipped(day("2026-11-25")).unwrap()
}

#[test]
fn it_loads_on_any_day_and_no_meeting_falls_on_a_weekend() {
    for today in todays() {
        let load = Caseload::shipped(today).unwrap_or_else(|error| panic!("{today}: {error}"));
        for meeting in &load.meetings {
            let weekend = [Weekday::Sat, Weekday::Sun].contains(&meeting.on.weekday());
            assert!(!weekend, "{today}: {}", meeting.key);
            let held = matches!(meeting.status, MeetingStatus::Held | MeetingStatus::Minuted);
            assert_eq!(held, meeting.on < today, "{today}: {}", meeting.key);
        }
    }
}

#[test]
fn every_document_is_valid_and_scores() {
    let tools = Tools::shipped().unwrap();
    for case in &caseload().cases {
        if let Err(errors) = case.referral.validate() {
            panic!("{}: {errors}", case.key);
        }
        let Some(assessment) = &case.referral.assessment else {
            continue;
        };
        assert_eq!(assessment.answers.len(), expand::DASH_ITEMS, "{}", case.key);
        let tool = tools.latest(&assessment.tool).unwrap();
        let given: Vec<GivenAnswer<'_>> = assessment
            .answers
            .iter()
            .map(|answer| GivenAnswer {
                item: &answer.item,
                answer: answer.answer,
                options: &answer.options,
            })
            .collect();
        score(tool, &given).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.key));
    }
}

#[test]
fn what_was_sent_is_complete() {
    for case in caseload().cases {
        let Case {
            key,
            referral,
            state,
            ..
        } = &case;
        if matches!(state, State::Draft | State::Returned) {
            continue;
        }
        let survivor = referral
            .survivor
            .as_ref()
            .unwrap_or_else(|| panic!("{key}"));
        assert!(!survivor.addresses.is_empty(), "{key}: no address");
        assert!(!referral.perpetrators.is_empty(), "{key}: no perpetrator");
        assert!(
            referral.no_children == referral.children.is_empty(),
            "{key}: children"
        );
        assert!(
            referral.referrer_contact.is_some() && referral.referred_on.is_some(),
            "{key}"
        );
        assert!(referral.idva_referral.is_some(), "{key}: IDVA");
        assert!(
            referral.no_children || referral.children_safeguarding.is_some(),
            "{key}"
        );
        assert!(referral.account.what_happened.is_some(), "{key}");
        let awareness = &referral.awareness;
        let given = awareness
            .consent
            .is_some_and(|consent| consent.as_str() == "given");
        assert!(given || awareness.lawful_basis.is_some(), "{key}: basis");
        assert!(
            awareness.survivor_aware == Some(true) || awareness.not_aware_reason.is_some(),
            "{key}: aware"
        );
        let yes = referral.assessment.iter().flat_map(|found| &found.answers);
        let yes = yes.filter(|answer| answer.answer.as_str() == "yes").count();
        let criteria = &referral.criteria;
        assert!(
            yes >= 14
                || criteria.professional_judgement.is_some()
                || criteria.escalation_events.is_some_and(|events| events >= 3)
                || criteria.repeat_previous_date.is_some(),
            "{key}: no criterion with {yes}"
        );
    }
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        _ => {}
    }
}

#[test]
fn every_telephone_number_is_one_that_nobody_has() {
    let mut texts = Vec::new();
    for file in [
        include_str!("../../../demo/places.json"),
        include_str!("../../../demo/people.json"),
        include_str!("../../../demo/cases/westminster.json"),
        include_str!("../../../demo/cases/kensington-and-chelsea.json"),
        include_str!("../../../demo/cases/hammersmith-and-fulham.json"),
    ] {
        strings(&serde_json::from_str(file).unwrap(), &mut texts);
    }
    let mut numbers = 0;
    for text in texts {
        let digits: String = text.chars().filter(|letter| *letter != ' ').collect();
        let runs = digits.split(|letter: char| !letter.is_ascii_digit());
        for run in runs.filter(|run| run.len() > 8) {
            numbers += 1;
            let drama = run.starts_with("07700900") || run.starts_with("02079460");
            assert!(run.len() == 11 && drama, "{run}");
        }
        assert!(!text.contains('@') || text.contains(".example"), "{text}");
    }
    assert!(numbers > 60, "{numbers}");
}

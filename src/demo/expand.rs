//! Compact spellings in the demonstration's files, and what they stand for.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use serde_json::{Map, Value, json};

use practice::risk::Answer;

/// How many items the Dash has.
pub const DASH_ITEMS: usize = 24;

/// Replaces every string such as `"-14d"` or `"+7d"`, wherever it stands, by the day that many days
/// from `today`. Any other string stays as it is.
pub fn relative(value: Value, today: NaiveDate) -> Value {
    match value {
        Value::String(text) => match day(&text, today) {
            Some(date) => Value::String(date.to_string()),
            None => Value::String(text),
        },
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| relative(item, today))
                .collect(),
        ),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, relative(field, today)))
                .collect(),
        ),
        other => other,
    }
}

fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let number = text.strip_suffix('d')?;
    let digits = number.strip_prefix(['+', '-'])?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    today.checked_add_signed(TimeDelta::try_days(number.parse().ok()?)?)
}

/// The day itself; of a Saturday or Sunday the Monday after if it lies ahead, else the Friday
/// before. Meetings are not held at weekends, whatever day the demonstration is shown on.
pub fn working_day(date: NaiveDate, today: NaiveDate) -> NaiveDate {
    let (back, ahead) = match date.weekday() {
        Weekday::Sat => (1, 2),
        Weekday::Sun => (2, 1),
        _ => return date,
    };
    let moved = match date > today {
        true => date.checked_add_days(Days::new(ahead)),
        false => date.checked_sub_days(Days::new(back)),
    };
    moved.unwrap_or(date)
}

/// Takes `dash`, `dash_notes` and `dash_sources` out of a case and puts the answers they stand for
/// into its referral's assessment. `Y`, `N` and `D` are yes, no and don't know; `-` was not asked.
pub fn dash(case: &mut Value) -> Result<(), &'static str> {
    let Some(case) = case.as_object_mut() else {
        return Err("a case must be an object");
    };
    let notes = case.remove("dash_notes");
    let sources = case.remove("dash_sources");
    let Some(dash) = case.remove("dash") else {
        return match notes.is_none() && sources.is_none() {
            true => Ok(()),
            false => Err("notes without a dash"),
        };
    };
    let mut notes = items(notes)?;
    let mut sources = items(sources)?;
    let dash = dash.as_str().ok_or("dash must be a string")?;
    if dash.chars().count() != DASH_ITEMS {
        return Err("dash must have 24 answers");
    }
    let mut answers = Vec::with_capacity(DASH_ITEMS);
    for (index, letter) in dash.chars().enumerate() {
        let answer = Answer::from_char(letter).ok_or("dash may hold Y, N, D and - only")?;
        let item = format!("q{}", index + 1);
        let mut fields = json!({ "item": item, "answer": answer.as_str() });
        if let Some(note) = notes.remove(&item) {
            fields["note"] = note;
        }
        if let Some(source) = sources.remove(&item) {
            fields["source"] = source;
        }
        answers.push(fields);
    }
    if !notes.is_empty() || !sources.is_empty() {
        return Err("a note or source for no item of the dash");
    }
    let assessment = case
        .get_mut("referral")
        .and_then(|referral| referral.get_mut("assessment"))
        .and_then(Value::as_object_mut)
        .ok_or("dash without an assessment")?;
    assessment.insert("answers".to_owned(), Value::Array(answers));
    Ok(())
}

fn items(value: Option<Value>) -> Result<Map<String, Value>, &'static str> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err("notes and sources must be objects by item"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde_json::{Value, json};

    use super::{dash, relative, working_day};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn relative_days_are_days_from_today_and_all_else_is_left() {
        let value =
            json!({"a": ["-1d", "+7d", "+0d"], "b": "-d", "c": "7d", "d": "+7d later", "e": 7});
        assert_eq!(
            relative(value, day("2026-03-01")),
            json!({"a": ["2026-02-28", "2026-03-08", "2026-03-01"], "b": "-d", "c": "7d",
            "d": "+7d later", "e": 7})
        );
        assert_eq!(
            relative(json!("+99999999999999999999d"), day("2026-03-01")),
            json!("+99999999999999999999d")
        );
    }

    #[test]
    fn a_dash_that_does_not_fit_is_refused() {
        let case = |dash: &str, notes: Value| json!({"dash": dash, "dash_notes": notes, "referral": {"assessment": {}}});
        let full = "YND-YND-YND-YND-YND-YND-";
        let mut good = case(full, json!({"q1": "told"}));
        dash(&mut good).unwrap();
        let answers = &good["referral"]["assessment"]["answers"];
        assert_eq!(answers.as_array().map(Vec::len), Some(24));
        assert_eq!(
            answers[0],
            json!({"item": "q1", "answer": "yes", "note": "told"})
        );
        assert_eq!(answers[3], json!({"item": "q4", "answer": "not_asked"}));
        for (mut bad, why) in [
            (case("YN", json!({})), "24"),
            (case(&full.replace('D', "X"), json!({})), "only"),
            (case(full, json!({"q25": "no such item"})), "no item"),
            (
                json!({"dash": full, "referral": {}}),
                "without an assessment",
            ),
            (json!({"dash_notes": {}, "referral": {}}), "without a dash"),
        ] {
            assert!(dash(&mut bad).unwrap_err().contains(why), "{why}");
        }
    }

    #[test]
    fn a_weekend_is_moved_towards_where_it_lies() {
        let today = day("2026-11-25");
        for (from, to) in [
            ("2026-11-28", "2026-11-30"),
            ("2026-11-22", "2026-11-20"),
            ("2026-11-21", "2026-11-20"),
            ("2026-11-27", "2026-11-27"),
        ] {
            assert_eq!(working_day(day(from), today), day(to));
        }
    }
}

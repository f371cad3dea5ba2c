//! A referral of ordinary length about invented people. The same number gives the same people.

use chrono::{NaiveDate, TimeDelta};
use practice::document::Document;
use practice::text::Line;
use serde_json::{Value, json};

use crate::Outcome;

/// Days of birth lie this many days apart at most.
const DAYS: i64 = 12_000;

/// Twenty-four answers, fifteen of them yes, a few with a note.
fn answers() -> Vec<Value> {
    let mut answers = Vec::new();
    for n in 1..=24 {
        let answer = match n {
            1..=15 => "yes",
            16..=23 => "no",
            _ => "dont_know",
        };
        let mut one = json!({ "item": format!("q{n}"), "answer": answer });
        if n % 5 == 0 {
            one["note"] = json!("She told it calmly and was sure of the day and of what was said.");
        }
        answers.push(one);
    }
    answers
}

/// The document as JSON, of a survivor and a perpetrator of these family names.
pub fn json(survivor: &str, perpetrator: &str) -> Value {
    let long = "He came to the flat again on Sunday evening, broke the inner door and stayed until \
        the neighbour knocked. It was the third time this month and the first time that he spoke of \
        the children's school. ";
    json!({
        "referred_on": "2026-01-06",
        "referrer_contact": "Duty desk, 020 7946 0123",
        "survivor": {
            "identity": { "family_name": survivor, "given_names": "Amina", "date_of_birth": "1990-04-02", "gender": "female", "aliases": ["Mina"] },
            "characteristics": { "ethnicity": "black_african", "disabled": "no", "lgbt": "no", "language": "Somali", "interpreter": "yes" },
            "addresses": [{ "kind": "current", "lines": "Flat 2, 11 Invented Street", "postcode": "W9 9ZZ", "known_to_perpetrator": "yes" }],
            "contacts": [{ "kind": "phone", "value": "07700 900123", "safe_to_call": true, "notes": "After ten; if anybody else answers, say it is the dentist." }],
        },
        "perpetrators": [{
            "identity": { "family_name": perpetrator, "given_names": "Karl", "date_of_birth": "1985-11-20", "gender": "male" },
            "relationship": "ex_partner",
            "addresses": [{ "kind": "usual", "lines": "4 Nowhere Road", "postcode": "W9 8ZZ" }],
        }],
        "children": [{ "identity": { "family_name": survivor, "given_names": "Sam", "date_of_birth": "2018-06-01" }, "lives_with_survivor": "yes" }],
        "assessment": { "tool": "safelives_dash", "assessed_on": "2026-01-05", "answers": answers() },
        "criteria": {},
        "awareness": { "survivor_aware": true, "consent": "given" },
        "account": {
            "what_happened": long.repeat(3),
            "what_is_feared": long,
            "what_the_survivor_wants": "New locks, and not to move. She would like one person to ring, not five.",
        },
        "idva_referral": "made",
        "children_safeguarding": "made",
    })
}

/// The document as the product keeps it, to be made one's own by [`tell_apart`].
pub fn template() -> Outcome<Document> {
    Ok(serde_json::from_value(json("", ""))?)
}

/// Gives the document the people of pair `pair`.
pub fn tell_apart(document: &mut Document, pair: u32, referred_on: NaiveDate, children: bool) {
    document.referred_on = Some(referred_on.into());
    let name = |salt: u32| {
        let number = pair.wrapping_mul(2_654_435_761) ^ salt;
        Line::as_stored(format!("Surname{number:07x}"))
    };
    let born = |year, salt: i64| {
        let start = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let born = start.checked_add_signed(TimeDelta::days((i64::from(pair) * salt) % DAYS));
        born.map(Into::into)
    };
    if let Some(survivor) = &mut document.survivor {
        survivor.identity.family_name = Some(name(0));
        survivor.identity.date_of_birth = born(1965, 7);
    }
    for perpetrator in &mut document.perpetrators {
        perpetrator.identity.family_name = Some(name(0x5a5a));
        perpetrator.identity.date_of_birth = born(1962, 11);
    }
    document.no_children = !children;
    if !children {
        document.children.clear();
    }
    for child in &mut document.children {
        child.identity.family_name = Some(name(0));
    }
}

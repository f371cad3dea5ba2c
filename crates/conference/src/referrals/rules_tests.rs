use super::ReferralStatus as S;
use super::rules::{Command, check, decide};
use chrono::NaiveDate;
use practice::document::Document;
use practice::marac::settings::MaracSettings;
use practice::risk::Tools;
use serde_json::{Value, json};

fn complete() -> Value {
    let answers: Vec<_> = (1..=24)
        .map(|n| json!({ "item": format!("q{n}"), "answer": if n <= 14 { "yes" } else { "no" } }))
        .collect();
    json!({
        "referrer_contact": "the desk",
        "survivor": { "identity": { "family_name": "A", "date_of_birth": "1990-01-01" }, "contacts": [{ "kind": "phone", "value": "1", "safe_to_call": true }] },
        "perpetrators": [{ "identity": { "name_unknown": true }, "relationship": "ex_partner" }],
        "no_children": true,
        "assessment": { "tool": "safelives_dash", "assessed_on": "2026-01-01", "answers": answers },
        "awareness": { "survivor_aware": true, "consent": "given" },
        "account": { "what_happened": "x" },
        "idva_referral": "made",
    })
}

/// The complete referral with these pointers set (null removes), as `pointer code` and advice.
fn missing(changes: &[(&str, Value)]) -> (Vec<String>, Vec<String>) {
    let mut value = complete();
    for (pointer, new) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match new {
            Value::Null => drop(parent.remove(name)),
            new => drop(parent.insert(name.into(), new.clone())),
        }
    }
    let document: Document = serde_json::from_value(value).unwrap();
    let tools = Tools::shipped().unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
    let checked = check(&document, &tools, &MaracSettings::default(), today, "");
    let missing = checked
        .missing
        .iter()
        .map(|e| format!("{} {}", e.pointer, e.code))
        .collect();
    let advice = checked.advice.iter();
    let advice = advice.map(|one| format!("{} {}", one.pointer, one.code));
    (missing, advice.collect())
}

#[test]
fn every_required_part_is_named_when_it_is_missing() {
    let child = json!([{ "identity": { "family_name": "A" } }]);
    type Row<'a> = (Vec<(&'a str, Value)>, Vec<&'a str>);
    let table: Vec<Row<'_>> = vec![
        (vec![], vec![]),
        (vec![("/survivor", Value::Null)], vec!["/survivor required"]),
        (
            vec![("/perpetrators", Value::Null)],
            vec!["/perpetrators required"],
        ),
        (
            vec![("/no_children", Value::Null)],
            vec!["/children children_or_none"],
        ),
        (
            vec![("/children", child.clone())],
            vec![
                "/no_children contradiction",
                "/children_safeguarding required",
            ],
        ),
        (
            vec![
                ("/children", child),
                ("/no_children", json!(false)),
                ("/children_safeguarding", json!("declined")),
            ],
            vec![],
        ),
        (
            vec![(
                "/survivor/addresses",
                json!([
                    { "kind": "current", "lines": "A", "from": "2020-01-02", "to": "2020-01-02" },
                    { "kind": "previous", "lines": "B", "from": "2020-01-02", "to": "2020-01-01" },
                ]),
            )],
            vec!["/survivor/addresses/1/to before_from"],
        ),
        (
            vec![("/awareness", json!({}))],
            vec![
                "/awareness/survivor_aware required",
                "/awareness/consent required",
            ],
        ),
        (
            vec![("/awareness/survivor_aware", json!(false))],
            vec!["/awareness/not_aware_reason required"],
        ),
        (
            vec![("/awareness/consent", json!("refused"))],
            vec!["/awareness/lawful_basis required"],
        ),
        (
            vec![
                ("/awareness/consent", json!("not_sought_unsafe")),
                ("/awareness/lawful_basis", json!("vital interests")),
            ],
            vec![],
        ),
        (
            vec![("/account", json!({}))],
            vec!["/account/what_happened required"],
        ),
        (
            vec![("/idva_referral", Value::Null)],
            vec!["/idva_referral required"],
        ),
        (
            vec![("/referrer_contact", Value::Null)],
            vec!["/referrer_contact required"],
        ),
        (
            vec![("/referred_on", json!("2026-02-02"))],
            vec!["/referred_on in_the_future"],
        ),
        (
            vec![("/assessment", Value::Null)],
            vec!["/criteria criterion_missing"],
        ),
        (
            vec![
                ("/assessment", Value::Null),
                (
                    "/criteria",
                    json!({ "professional_judgement": "she is terrified" }),
                ),
            ],
            vec![],
        ),
        (
            vec![("/assessment/tool", json!("none"))],
            vec!["/assessment/tool unknown_tool"],
        ),
        (
            vec![(
                "/assessment/answers",
                json!([{ "item": "q99", "answer": "yes" }]),
            )],
            vec!["/assessment/answers/0/item unknown_item"],
        ),
        (
            vec![("/criteria", json!({ "claimed": ["repeat"] }))],
            vec!["/criteria/repeat_previous_date previous_missing"],
        ),
        (
            vec![(
                "/criteria",
                json!({ "claimed": ["professional_judgement"] }),
            )],
            vec!["/criteria/professional_judgement rationale_missing"],
        ),
    ];
    for (changes, expected) in table {
        assert_eq!(missing(&changes).0, expected, "{changes:?}");
    }
}

#[test]
fn the_young_are_routed_on_and_never_turned_away() {
    let (errors, advice) = missing(&[("/survivor/identity/date_of_birth", json!("2010-02-02"))]);
    assert_eq!(
        (errors.len(), advice),
        (
            0,
            vec!["/survivor/identity/date_of_birth survivor_under_age".to_owned()]
        )
    );
    let (errors, advice) = missing(&[("/survivor/identity/date_of_birth", json!("2010-02-01"))]);
    assert_eq!((errors.len(), advice.len()), (0, 0));
}

#[test]
fn the_table_of_states_and_commands() {
    use Command::*;
    let allowed = |state, challenged| {
        [Edit, Submit, Return, Accept, Decline, Withdraw, Challenge]
            .into_iter()
            .filter_map(|command| Some((command, decide(state, command, challenged).ok()?)))
            .collect::<Vec<_>>()
    };
    for challenged in [false, true] {
        assert_eq!(
            allowed(S::Draft, challenged),
            [
                (Edit, S::Draft),
                (Submit, S::Submitted),
                (Withdraw, S::Withdrawn)
            ]
        );
        assert_eq!(
            allowed(S::Returned, challenged),
            [
                (Edit, S::Returned),
                (Submit, S::Submitted),
                (Withdraw, S::Withdrawn)
            ]
        );
        assert_eq!(
            allowed(S::Submitted, challenged),
            [
                (Return, S::Returned),
                (Accept, S::Accepted),
                (Decline, S::NotAccepted),
                (Withdraw, S::Withdrawn)
            ]
        );
        assert_eq!(allowed(S::Accepted, challenged), []);
        assert_eq!(allowed(S::Withdrawn, challenged), []);
    }
    assert_eq!(
        allowed(S::NotAccepted, false),
        [(Challenge, S::NotAccepted)]
    );
    assert_eq!(allowed(S::NotAccepted, true), [(Accept, S::Accepted)]);
}

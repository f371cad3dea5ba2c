use serde_json::{Value, json};

use super::*;

fn row(place: &str, leading: bool, tool: &str, score: Value, not_asked: u8) -> Value {
    json!({
        "place": place, "leading": leading, "tool": tool, "tool_version": 1,
        "tool_role": if tool == "s_dash" { "supplement" } else { "threshold" },
        "score": score, "maximum": 24, "answered_count": 24 - not_asked, "not_asked_count": not_asked,
        "score_complete": not_asked == 0, "assessed_on": "2026-03-12",
        "assessed_by": { "agency_id": Uuid::nil(), "agency": "Police", "how": "phone" },
        "assessment_id": Uuid::nil(),
    })
}

fn read(rows: &[Value]) -> CaseRisk {
    CaseRisk::of(serde_json::from_value(json!(rows)).unwrap())
}

#[test]
fn rows_become_the_tools_they_are_of() {
    let risk = read(&[
        row("standing", true, "safelives_dash", json!(12), 0),
        row("raised", true, "safelives_dash", json!(14), 2),
        row("higher_before", true, "safelives_dash", json!(15), 0),
        row("beside", true, "safelives_dash", json!(1), 23),
        row("standing", false, "s_dash", json!(4), 0),
        row("beside", false, "s_dash", json!(1), 20),
        row("standing", false, "grid", Value::Null, 0),
    ]);
    let shown = serde_json::to_value(&risk).unwrap();
    assert_eq!(
        (&shown["score"], &shown["maximum"]),
        (&json!(12), &json!(24))
    );
    assert_eq!(shown["tool"], "safelives_dash");
    assert_eq!(shown["raised"]["score"], 14);
    assert_eq!(shown["higher_before"]["score"], 15);
    assert_eq!(shown["beside"][0]["score"], 1);
    assert_eq!(shown["other_tools"][0]["tool"], "s_dash");
    assert_eq!(shown["other_tools"][0]["beside"][0]["not_asked_count"], 20);
    assert_eq!(shown["other_tools"][1]["score"], Value::Null);
    assert_eq!(serde_json::from_value::<CaseRisk>(shown).unwrap(), risk);
    assert_eq!(
        risk.lines(),
        [
            "12 of 24, safelives_dash, 12 March 2026, Police (phone)",
            "Raised by a later part: 14 of 24, safelives_dash, not complete: 2 items not asked, 12 March 2026, \
             Police (phone)",
            "Higher before: 15 of 24, safelives_dash, 12 March 2026, Police (phone)",
            "Beside it: 1 of 24, safelives_dash, not complete: 23 items not asked, 12 March 2026, Police (phone)",
            "4 of 24, s_dash, 12 March 2026, Police (phone)",
            "Beside it: 1 of 24, s_dash, not complete: 20 items not asked, 12 March 2026, Police (phone)",
            "Not scored, grid, 12 March 2026, Police (phone)",
        ]
    );
}

#[test]
fn without_a_tool_that_leads_the_head_has_no_score() {
    let risk = read(&[row("standing", false, "s_dash", json!(9), 0)]);
    let shown = serde_json::to_value(&risk).unwrap();
    assert_eq!(
        (&shown["score"], &shown["tool"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(shown["other_tools"][0]["score"], 9);
    assert_eq!(read(&[]), CaseRisk::default());
}

/// Minutes are kept as they were issued: those from before hold a number alone.
#[test]
fn a_score_of_old_minutes_still_reads() {
    let risk: CaseRisk = serde_json::from_value(json!({ "score": 15 })).unwrap();
    assert_eq!(risk.leading.standing.score, Some(15));
    assert_eq!(risk.lines(), ["15"]);
    let none: CaseRisk = serde_json::from_value(json!({ "score": null })).unwrap();
    assert_eq!(none.lines(), Vec::<String>::new());
}

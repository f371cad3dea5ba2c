use std::collections::BTreeSet;

use super::*;
use crate::risk::rules::{Answer, GivenAnswer, score};
use crate::risk::tool::{LONGEST_WORDING, MOST_ITEMS, Prompt, ScoringMethod, ToolRole};
use serde_json::{Value, json};

fn shipped() -> Tools {
    Tools::shipped().unwrap()
}

/// A small sound tool to break in one place at a time.
fn sound() -> Value {
    json!({
        "id": "area_tool", "version": 1, "title": "Area tool", "owner": "The area", "copyright": "Ours.",
        "role": "threshold", "subject": {"min_age": 16, "max_age": 99},
        "answers": ["yes", "no"],
        "scoring": {"method": "count_yes"},
        "threshold": 2,
        "bands": [{"name": "some", "from": 1, "to": 1}, {"name": "high", "from": 2}],
        "groups": [{"id": "all", "title": "All"}],
        "items": [
            {"id": "a", "topic": "First", "group": "all", "options": [{"id": "x", "topic": "Detail"}]},
            {"id": "b", "topic": "Second", "group": "all", "prompts": ["s_dash"]},
        ],
    })
}

fn load(tool: &Value) -> Result<Tools, String> {
    shipped()
        .with_tools([("area.json", tool.to_string().as_str())])
        .map_err(|error| error.to_string())
}

#[test]
fn shipped_tools_load() {
    let tools = shipped();
    let found: Vec<_> = tools
        .iter()
        .map(|tool| {
            (
                tool.id.as_str(),
                tool.version,
                tool.items.len(),
                tool.threshold,
            )
        })
        .collect();
    assert_eq!(
        found,
        [("s_dash", 1, 11, None), ("safelives_dash", 1, 24, Some(14)),]
    );
    for tool in tools.iter() {
        assert_eq!(tool.answers, Answer::ALL);
        let ids: Vec<_> = tool.items.iter().map(|item| item.id.clone()).collect();
        let expected: Vec<_> = (1..=tool.items.len())
            .map(|number| format!("q{number}"))
            .collect();
        assert_eq!(ids, expected);
        assert!(tool.licence.is_none() && tool.items.iter().all(|item| item.wording.is_none()));
    }
}

#[test]
fn the_dash_prompts_the_stalking_questions_and_names_its_details() {
    let tools = shipped();
    let dash = tools.latest("safelives_dash").unwrap();
    for item in &dash.items {
        let prompts: &[&str] = if item.id == "q8" { &["s_dash"] } else { &[] };
        assert_eq!(item.prompts, prompts, "{}", item.id);
    }
    let with_options: Vec<_> = dash
        .items
        .iter()
        .filter(|item| !item.options.is_empty())
        .map(|item| (item.id.as_str(), item.options.len()))
        .collect();
    let expected = [
        ("q1", 1),
        ("q3", 4),
        ("q14", 3),
        ("q18", 4),
        ("q21", 3),
        ("q23", 5),
        ("q24", 4),
    ];
    assert_eq!(with_options, expected);
}

#[test]
fn bands_are_the_areas_names_for_scores() {
    let tools = shipped();
    let dash = tools.latest("safelives_dash").unwrap();
    for (score, band) in [
        (0, None),
        (1, Some("standard")),
        (9, Some("standard")),
        (10, Some("medium")),
        (13, Some("medium")),
        (14, Some("high")),
        (24, Some("high")),
    ] {
        assert_eq!(dash.band(score), band, "{score}");
    }
}

/// Every file in the folder ships, and each is whole: a tool of which only the name is known would be
/// filled in and say nothing.
#[test]
fn every_tool_that_ships_has_its_items_each_with_a_paraphrase_and_counted_by_its_rule() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../risk_tools");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let tools = shipped();
    let ships: Vec<_> = tools
        .iter()
        .map(|tool| format!("{}.v{}.json", tool.id, tool.version))
        .collect();
    assert_eq!(files, ships);
    for tool in tools.iter() {
        assert_eq!(tool.scoring.method, ScoringMethod::CountYes, "{}", tool.id);
        assert_eq!(tool.max_score(), u8::try_from(tool.items.len()).ok());
        let topics: BTreeSet<_> = tool.items.iter().map(|item| &item.topic).collect();
        assert_eq!(topics.len(), tool.items.len(), "{}", tool.id);
        for item in &tool.items {
            assert!(item.topic.chars().count() > 10 && item.wording.is_none());
            for (answer, points) in [(Answer::Yes, 1), (Answer::No, 0), (Answer::DontKnow, 0)] {
                let given = GivenAnswer {
                    item: &item.id,
                    answer,
                    options: &[],
                };
                let scored = score(tool, &[given]).unwrap();
                assert_eq!(scored.yes, Some(points), "{} {}", tool.id, item.id);
            }
        }
    }
}

#[test]
fn a_supplement_names_the_item_that_prompts_it_and_a_threshold_tool_has_a_threshold() {
    let tools = shipped();
    let s_dash = tools.latest("s_dash").unwrap();
    let prompt = Prompt {
        tool: "safelives_dash".to_owned(),
        item: "q8".to_owned(),
    };
    assert_eq!(
        (s_dash.role, &s_dash.prompted_by),
        (ToolRole::Supplement, &vec![prompt])
    );
    let dash = tools.latest("safelives_dash").unwrap();
    assert_eq!(
        (dash.role, dash.prompted_by.len()),
        (ToolRole::Threshold, 0)
    );

    let supplement = |prompted_by: Value| {
        let mut tool = sound();
        tool["role"] = json!("supplement");
        tool["prompted_by"] = prompted_by;
        let tool = tool.as_object_mut().unwrap();
        tool.remove("threshold");
        json!(tool)
    };
    let refused = |tool: &Value| load(tool).unwrap_err();
    assert!(refused(&supplement(json!([]))).contains("names the items that prompt it"));
    for (tool, item) in [
        ("safelives_dash", "q7"),
        ("safelives_dash", "q99"),
        ("none", "q1"),
    ] {
        let tool = supplement(json!([{ "tool": tool, "item": item }]));
        assert!(refused(&tool).contains("does not prompt it"), "{tool}");
    }
    let mut scored = supplement(json!([{ "tool": "safelives_dash", "item": "q8" }]));
    scored["threshold"] = json!(2);
    assert!(refused(&scored).contains("a supplement has no threshold"));
    let mut bare = sound();
    bare.as_object_mut().unwrap().remove("threshold");
    assert!(refused(&bare).contains("has a threshold"));
    let mut roleless = sound();
    roleless.as_object_mut().unwrap().remove("role");
    assert!(refused(&roleless).contains("missing field `role`"));
}

#[test]
fn versions_stand_side_by_side_and_are_never_replaced() {
    let mut second = sound();
    second["version"] = json!(12);
    second["title"] = json!("Area tool, revised");
    let files = [("1", sound().to_string()), ("12", second.to_string())];
    let files = files.iter().map(|(name, text)| (*name, text.as_str()));
    let tools = shipped().with_tools(files).unwrap();
    assert_eq!(tools.latest("area_tool").unwrap().version, 12);
    assert_eq!(tools.get("area_tool", 1).unwrap().title, "Area tool");
    assert!(tools.get("area_tool", 2).is_none());
    assert!(tools.latest("merit").is_none());
    let again = tools.with_tools([("again", sound().to_string().as_str())]);
    assert!(again.unwrap_err().to_string().contains("there twice"));
}

#[test]
fn unsound_tools_are_refused() {
    load(&sound()).unwrap();
    let cases: &[(&str, Value, &str)] = &[
        ("/id", json!("Area Tool"), "is no id"),
        ("/id", json!(""), "is no id"),
        ("/version", json!(0), "count from 1"),
        ("/version", json!("1"), "invalid type"),
        ("/title", json!("  "), "empty or too long"),
        ("/answers", json!([]), "include yes"),
        ("/answers", json!(["no"]), "include yes"),
        ("/answers", json!(["yes", "yes"]), "there twice"),
        ("/answers", json!(["yes", "perhaps"]), "unknown variant"),
        ("/scoring/method", json!("weighted"), "unknown variant"),
        ("/scoring/method", json!("not_scored"), "threshold must lie"),
        ("/role", json!("both"), "unknown variant"),
        ("/items", json!([]), "needs items"),
        ("/threshold", json!(0), "threshold must lie"),
        ("/threshold", json!(3), "threshold must lie"),
        ("/subject/max_age", json!(12), "ages of the subject"),
        ("/groups/0/id", json!("other"), "unknown group `all`"),
        ("/items/1/id", json!("a"), "`a` is there twice"),
        ("/items/1/topic", json!(""), "empty or too long"),
        ("/items/1/prompts/0", json!("daq"), "unknown tool `daq`"),
        ("/items/0/options/0/id", json!("X"), "is no id"),
        ("/bands/1/from", json!(1), "bands must rise"),
        ("/bands/0/to", json!(0), "bands must rise"),
        ("/bands/1/from", json!(3), "bands must rise"),
        ("/bands/1/to", json!(3), "bands must rise"),
    ];
    for (pointer, value, reason) in cases {
        let mut tool = sound();
        match tool.pointer_mut(pointer) {
            Some(place) => *place = value.clone(),
            None => tool["bands"][1]["to"] = value.clone(),
        }
        let refused = load(&tool).unwrap_err();
        assert!(refused.contains(reason), "{pointer} {value}: {refused}");
    }
    let mut coloured = sound();
    coloured["items"][0]["colour"] = json!("red");
    assert!(load(&coloured).unwrap_err().contains("unknown field"));
    let mut crowded = sound();
    crowded["items"] = (0..=MOST_ITEMS)
        .map(|number| json!({"id": format!("i{number}"), "topic": "Topic", "group": "all"}))
        .collect();
    assert!(load(&crowded).unwrap_err().contains("more than 100 items"));
}

#[test]
fn an_areas_own_tool_may_bring_its_wording_with_its_licence() {
    for place in ["/items/0", "/items/0/options/0"] {
        let mut tool = sound();
        tool.pointer_mut(place).unwrap()["wording"] = json!("Licensed text?");
        assert!(
            load(&tool).unwrap_err().contains("no licence is named"),
            "{place}"
        );
        tool["licence"] = json!("Licensed to the area.");
        load(&tool).unwrap();
        tool["licence"] = json!("");
        assert!(
            load(&tool).unwrap_err().contains("empty or too long"),
            "{place}"
        );
    }
}

#[test]
fn licensed_wording_lies_over_the_paraphrase() {
    let wording = json!({
        "tool": "safelives_dash", "version": 1, "licence": "Licensed to the area.",
        "items": {
            "q2": {"wording": "Licensed question two?"},
            "q14": {"wording": "Licensed question fourteen?", "options": {"children": "Licensed detail"}},
        },
    });
    let tools = shipped()
        .with_wording([("dash.json", wording.to_string().as_str())])
        .unwrap();
    let dash = tools.latest("safelives_dash").unwrap();
    assert_eq!(dash.licence.as_deref(), Some("Licensed to the area."));
    assert_eq!(
        dash.item("q2").unwrap().wording.as_deref(),
        Some("Licensed question two?")
    );
    assert_eq!(dash.item("q3").unwrap().wording, None);
    let q14 = dash.item("q14").unwrap();
    let details: Vec<_> = q14
        .options
        .iter()
        .map(|option| option.wording.as_deref())
        .collect();
    assert_eq!(details, [None, Some("Licensed detail"), None]);
    let plain = shipped();
    assert_eq!(
        q14.topic,
        plain
            .latest("safelives_dash")
            .unwrap()
            .item("q14")
            .unwrap()
            .topic
    );
    assert_eq!(tools.get("s_dash", 1), plain.get("s_dash", 1));
}

#[test]
fn wording_of_anything_else_is_refused() {
    let wording = |tool: &str, version: u16, licence: &str, items: Value| {
        json!({"tool": tool, "version": version, "licence": licence, "items": items}).to_string()
    };
    let one = json!({"q1": {"wording": "Text?"}});
    let cases = [
        (
            wording("safelives_dash", 2, "L", one.clone()),
            "no tool `safelives_dash` of version 2",
        ),
        (wording("merit", 1, "L", one.clone()), "no tool `merit`"),
        (wording("safelives_dash", 1, " ", one), "text of `licence`"),
        (
            wording("safelives_dash", 1, "L", json!({"q25": {"wording": "?"}})),
            "has no `q25`",
        ),
        (
            wording("s_dash", 1, "L", json!({"q12": {"wording": "?"}})),
            "has no `q12`",
        ),
        (
            wording("s_dash", 1, "L", json!({"q1": {"wording": ""}})),
            "text of `q1`",
        ),
        (
            wording(
                "s_dash",
                1,
                "L",
                json!({"q1": {"wording": "?", "options": {"x": "?"}}}),
            ),
            "has no `q1.x`",
        ),
        (
            wording(
                "s_dash",
                1,
                "L",
                json!({"q1": {"wording": "x".repeat(LONGEST_WORDING + 1)}}),
            ),
            "too long",
        ),
        (
            wording("s_dash", 1, "L", json!({"q1": "text"})),
            "invalid type",
        ),
        ("{".to_owned(), "EOF"),
    ];
    for (file, reason) in cases {
        let refused = shipped()
            .with_wording([("area.json", file.as_str())])
            .unwrap_err();
        let refused = refused.to_string();
        assert!(
            refused.starts_with("area.json: ") && refused.contains(reason),
            "{refused}"
        );
    }
}

#[test]
fn a_tool_reads_back_as_it_was_written() {
    for tool in shipped().iter() {
        let text = serde_json::to_string(tool).unwrap();
        assert_eq!(serde_json::from_str::<Tool>(&text).unwrap(), *tool);
    }
}

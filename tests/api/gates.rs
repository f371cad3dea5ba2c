//! When who gets what: the operations bound to a case or a meeting, by those for whom time matters, as a
//! case goes its way. The access matrix holds one moment of a meeting in session; this holds the gates.
//!
//! `snapshots/timing_gates.txt` has a block for each operation: rows are callers, columns are moments.
//! Statuses are as in the matrix. What the body of an answer shows follows as letters, found by what was
//! written, not by what the answer says of itself (`gates/story.rs` has the list); `/n` counts the rows
//! of a list. `UPDATE_MATRIX=1` writes the file anew: read its diff.

mod story;

use std::collections::BTreeSet;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::Value;

use self::story::{Moment, Story};
use crate::access::{Operation, matches_snapshot, operations};
use crate::support::{Answer, Caller};

const STALE: &str = "\"999999\"";

/// Paths whose answers hang on where a case or a meeting stands.
const BOUND: [&str; 8] = [
    "actions",
    "agenda-items",
    "cases",
    "flags",
    "lapses",
    "meetings",
    "referrals",
    "research",
];

/// Paths whose answers do not: people, places, sign-in, figures without names, and the
/// caller's own inbox, whose rows are judged by the case as these are.
const UNBOUND: [&str; 17] = [
    "agencies",
    "api-clients",
    "audit",
    "auth",
    "calendar",
    "damaged-parts",
    "livez",
    "maracs",
    "me",
    "notifications",
    "oauth",
    "pending-grants",
    "people",
    "readyz",
    "reports",
    "risk-tools",
    "users",
];

fn family(operation: &Operation) -> &str {
    let path = operation.path.trim_start_matches("/api/v1");
    path.trim_start_matches('/').split('/').next().unwrap()
}

fn gated() -> Vec<Operation> {
    let mut all = operations();
    all.retain(|operation| BOUND.contains(&family(operation)));
    all
}

#[test]
fn every_operation_bound_to_a_case_or_a_meeting_has_its_gates() {
    let snapshot = include_str!("snapshots/timing_gates.txt");
    let titles: BTreeSet<_> = snapshot
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    for operation in operations() {
        let family = family(&operation);
        assert!(
            BOUND.contains(&family) != UNBOUND.contains(&family),
            "say of /{family} whether its answers hang on where a case or a meeting stands"
        );
    }
    let expected: Vec<_> = gated().iter().map(title).collect();
    let missing: Vec<_> = expected
        .iter()
        .filter(|one| !titles.contains(one.as_str()))
        .collect();
    assert!(missing.is_empty(), "without gates: {missing:?}");
}

fn title(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/v1");
    format!("{}  {} {path}", operation.id, operation.method)
}

async fn send(story: &Story, operation: &Operation, caller: &Caller<'_>) -> Answer {
    let uri = operation.uri_of(story.things);
    let body = operation.body_of(&story.app, &story.world, story.things, 0);
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let caller = caller.clone();
    let caller = match operation.versioned {
        true => caller.if_match(STALE),
        false => caller,
    };
    caller.send(method, &uri, body).await
}

fn cell(operation: &Operation, answer: &Answer) -> String {
    let items = answer.body["items"].as_array();
    let count = items.filter(|_| operation.method == "GET" && answer.status == 200);
    let count = count
        .map(|items| format!("/{}", items.len()))
        .unwrap_or_default();
    let seen = story::seen(answer);
    format!("{}{count} {seen}", answer.status)
        .trim_end()
        .to_owned()
}

/// Where the answer hangs on who asked before: these are asked one after the other.
const IN_TURN: [&str; 2] = ["read_access_log", "supersede_account_entry"];

/// The column of one moment, by operation and caller.
async fn column(story: &Story) -> Vec<Vec<String>> {
    let (players, mut column) = (story.players(), Vec::new());
    let (mut files, mut lists) = (Vec::new(), Vec::new());
    for operation in gated() {
        let mut answers = Vec::new();
        let at_once = match IN_TURN.contains(&operation.id.as_str()) {
            true => 1,
            false => players.len(),
        };
        for some in players.chunks(at_once) {
            let asked = some.iter();
            let asked = asked.map(|player| send(story, &operation, &player.caller));
            answers.extend(join_all(asked).await);
        }
        let broken = answers.iter().find(|answer| answer.status >= 500);
        assert_eq!(broken, None, "{}", operation.id);
        let cells = answers.iter().map(|answer| cell(&operation, answer));
        column.push(cells.collect());
        match operation.id.as_str() {
            "read_case" => files = answers,
            "list_case_actions" => lists = answers,
            _ => {}
        }
    }
    file_and_list_agree(&files, &lists);
    column
}

/// The ids of the rows of a list.
fn ids(rows: &Value) -> Option<BTreeSet<&str>> {
    rows.as_array()?
        .iter()
        .map(|row| row["id"].as_str())
        .collect()
}

/// The lens and the rule for rows say the same: a case file has the actions that the case's list has.
fn file_and_list_agree(files: &[Answer], lists: &[Answer]) {
    assert!(!files.is_empty() && files.len() == lists.len());
    for (file, list) in files.iter().zip(lists) {
        assert_eq!(ids(&file.body["actions"]), ids(&list.body["items"]));
    }
}

fn table(names: &[&'static str], columns: &[Vec<Vec<String>>]) -> String {
    let line = |name: &str, cells: Vec<&str>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:<16}")).collect();
        format!("  {name:<36}{cells}").trim_end().to_owned() + "\n"
    };
    let mut text = String::new();
    for (at, operation) in gated().iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text += &title(operation);
        text.push('\n');
        text += &line("", Moment::ALL.map(Moment::title).to_vec());
        for (row, name) in names.iter().enumerate() {
            let cells = columns.iter().map(|column| column[at][row].as_str());
            text += &line(name, cells.collect());
        }
    }
    text
}

#[actix_web::test]
async fn everybody_gets_what_the_gates_say_at_each_moment_of_a_case() {
    let mut story = Story::begin().await;
    let mut columns = Vec::new();
    for moment in Moment::ALL {
        story.reach(moment).await;
        columns.push(column(&story).await);
    }
    let names: Vec<_> = story.players().iter().map(|player| player.name).collect();
    matches_snapshot(
        "timing_gates.txt",
        "when somebody gets something has changed",
        &table(&names, &columns),
    );
}

//! Who gets what: every operation, by everybody, towards a thing in every position.
//!
//! `snapshots/access_matrix.txt` holds a block for each operation: rows are callers, columns are where
//! the thing stands. 2xx, 409, 412 and 422 show that access was given: every request is well formed,
//! and the rule or version that refuses it is looked at after access. 401, 403 and 404 show that it
//! was not. `200/n` is a list of n rows. `UPDATE_MATRIX=1` writes the file anew: read its diff.

use actix_web::http::Method;
use futures_util::future::join_all;

use crate::access::{
    Operation, Player, Scope, Stage, Target, matches_snapshot, operations, roster,
};
use crate::support::Answer;

const STALE: &str = "\"999999\"";

async fn send(
    stage: &Stage,
    operation: &Operation,
    player: &Player<'_>,
    target: Target,
    version: Option<&str>,
    nonce: usize,
) -> Answer {
    let uri = operation.uri(stage, target);
    let mut caller = player.caller.clone();
    if let Some(version) = version {
        caller = caller.if_match(version);
    }
    if operation.id == "client_token" {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret=wrong",
            stage.world.client.id
        );
        let kind = "application/x-www-form-urlencoded";
        return caller
            .send_raw(Method::POST, "/oauth/token", kind, &form)
            .await;
    }
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let body = operation.body(stage, target, nonce);
    caller.send(method, &uri, body).await
}

/// The answers of one operation to one player, in the order of its columns.
async fn row(
    stage: &Stage,
    operation: &Operation,
    player: &Player<'_>,
    nonce: usize,
) -> Vec<Answer> {
    let scope = operation.scope.expect("an operation without a request");
    let version = operation.versioned.then_some(STALE);
    let mut answers = Vec::new();
    for target in scope.targets() {
        answers.push(send(stage, operation, player, *target, version, nonce).await);
    }
    answers
}

fn cell(operation: &Operation, answer: &Answer) -> String {
    let items = answer.body["items"].as_array();
    match items.filter(|_| operation.counted && answer.status == 200) {
        Some(items) => format!("200/{}", items.len()),
        None => answer.status.to_string(),
    }
}

fn block(operation: &Operation, players: &[Player<'_>], rows: &[Vec<Answer>]) -> String {
    let path = operation.path.trim_start_matches("/api/v1");
    let mut text = format!("{}  {} {path}\n", operation.id, operation.method);
    let scope = operation.scope.unwrap();
    let titles = scope.targets().iter().map(|target| target.title());
    let mut line = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:<13}")).collect();
        text += format!("  {name:<34}{cells}").trim_end();
        text.push('\n');
    };
    if scope != Scope::Alone {
        line("", titles.map(str::to_owned).collect());
    }
    for (player, answers) in players.iter().zip(rows) {
        let cells = answers.iter().map(|answer| cell(operation, answer));
        line(player.name, cells.collect());
    }
    text
}

/// Out of sight and unknown answer the same, whoever asks for whatever.
fn assert_no_oracle(operation: &Operation, player: &Player<'_>, answers: &[Answer]) {
    let scope = operation.scope.unwrap();
    let at = |wanted: Target| {
        let place = scope.targets().iter().position(|target| *target == wanted);
        place.map(|place| &answers[place])
    };
    let same = |one: Target, other: Target| {
        if let (Some(found), Some(expected)) = (at(one), at(other)) {
            let who = (operation.id.as_str(), player.name, one.title());
            assert_eq!(found.comparable(), expected.comparable(), "{who:?}");
        }
    };
    match scope {
        Scope::Case | Scope::Part => {
            for target in [
                Target::Other,
                Target::ExcludedPerson,
                Target::ExcludedAgency,
                Target::Restricted,
            ] {
                if !player.sees.contains(&target) {
                    same(target, Target::Unknown);
                }
            }
            if player.sees == [Target::Other] {
                same(Target::Own, Target::Unknown);
            }
            same(Target::Crossed, Target::UnknownPart);
        }
        Scope::Place => {
            let hidden = operation.path.contains("/meetings")
                || operation.path.contains("/users")
                || operation.path.contains("/api-clients")
                || operation.path.contains("/pending-grants")
                || operation.path.contains("/referrals")
                || operation.path.contains("/actions")
                || operation.path.contains("/audit")
                || operation.path.ends_with("/cases");
            if hidden && !player.beyond {
                same(Target::Other, Target::Unknown);
            }
        }
        Scope::Alone => {}
    }
}

#[actix_web::test]
async fn everybody_gets_what_the_matrix_says_and_what_is_out_of_sight_does_not_exist() {
    let stage = Stage::set().await;
    let players = roster(&stage);
    let mut text = String::new();
    for operation in operations() {
        let all = players
            .iter()
            .enumerate()
            .map(|(nonce, player)| row(&stage, &operation, player, nonce));
        let rows = join_all(all).await;
        if !text.is_empty() {
            text.push('\n');
        }
        text += &block(&operation, &players, &rows);
        for (player, answers) in players.iter().zip(&rows) {
            assert_no_oracle(&operation, player, answers);
        }
    }
    matches_snapshot("access_matrix.txt", "who gets what has changed", &text);
}

#[actix_web::test]
async fn without_a_version_nobody_learns_whether_a_thing_exists() {
    let stage = Stage::set().await;
    let players = roster(&stage);
    for operation in operations().iter().filter(|operation| operation.versioned) {
        if operation.scope == Some(Scope::Place) {
            continue;
        }
        for player in &players {
            let unknown = send(&stage, operation, player, Target::Unknown, None, 0).await;
            for target in [Target::Own, Target::ExcludedPerson, Target::Restricted] {
                let answer = send(&stage, operation, player, target, None, 0).await;
                let who = (&operation.id, player.name);
                assert_eq!(answer.comparable(), unknown.comparable(), "{who:?}");
            }
        }
    }
}

//! What asks for the password again: the table of acts, the document and SECURITY.md say the same, and
//! every operation does what they say.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use futures_util::future::join_all;
use kernel::policy::{Act, Asks, Who};
use kernel::sql::{Row, sql};
use serde_json::{Value, json};

use crate::access::{Operation, Stage, Target, matches_snapshot, operations};
use crate::support::{Answer, Caller, Person, TestApp, World};

const PASSWORD: &str = "a long enough password";

fn asking() -> impl Iterator<Item = Act> {
    let all = Act::ALL.iter().copied();
    all.filter(|act| act.asks() == Asks::Password)
}

#[test]
fn these_acts_ask_for_the_password_again() {
    let mut text = String::new();
    for act in asking() {
        let who = match act.who() {
            Who::SignedIn => "everybody".to_owned(),
            Who::Administrator => "administrator".to_owned(),
            Who::Roles(roles) => names(roles),
            Who::AdministratorOr(roles) => format!("administrator, {}", names(roles)),
            Who::Program => unreachable!("the program has no password"),
        };
        text += &format!("{:<20}{who}\n", act.as_str());
    }
    matches_snapshot(
        "step_up.txt",
        "what asks for the password has changed",
        &text,
    );
}

fn names(roles: &[kernel::policy::Role]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    names.join(", ")
}

#[test]
fn security_md_names_the_acts_that_ask_for_the_password_and_no_other() {
    let text = include_str!("../../SECURITY.md");
    let section = text
        .split("\n## ")
        .find(|section| section.starts_with("What asks for the password again"))
        .unwrap();
    let named: BTreeSet<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    assert_eq!(named, asking().map(|act| act.as_str()).collect());
}

/// Operations whose description of a 401 says that the password may be asked for.
fn documented() -> BTreeSet<String> {
    let text = toldonce::app::document_text().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let methods = document["paths"].as_object().unwrap().values();
    methods
        .flat_map(|methods| methods.as_object().unwrap().values())
        .filter(|operation| {
            let refusal = &operation["responses"]["401"]["description"];
            let refusal = refusal.as_str().unwrap_or_default();
            refusal.contains("step_up_required")
        })
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect()
}

fn asked(answer: &Answer) -> bool {
    (answer.status, answer.code()) == (401, "step_up_required")
}

async fn send(stage: &Stage, operation: &Operation, caller: &Caller<'_>) -> Answer {
    let caller = match operation.versioned {
        true => caller.clone().if_match("\"999999\""),
        false => caller.clone(),
    };
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let body = operation.body(stage, Target::Own, 0);
    let uri = operation.uri(stage, Target::Own);
    caller.send(method, &uri, body).await
}

/// The act that the newest refusal in the audit was about.
fn last_denied(app: &TestApp) -> String {
    #[derive(Row)]
    struct Row {
        act: String,
    }
    let row: Row =
        sql("select act from audit_events where outcome = 'denied' order by id desc limit 1")
            .get_result(&mut app.owner())
            .unwrap();
    row.act
}

#[actix_web::test]
async fn every_operation_that_asks_for_the_password_says_so_and_does() {
    let stage = Stage::set().await;
    sql("update sessions set password_at = $1")
        .bind(stage.app.now() - TimeDelta::seconds(301))
        .execute(&mut stage.app.owner())
        .unwrap();
    let w = &stage.world;
    let everybody = [
        &w.administrator,
        &w.coordinator,
        &w.chair,
        &w.housing_lead,
        &w.idva,
        &w.housing_rep,
        &w.officer,
        &w.observer,
        &w.analyst,
        &w.auditor,
    ];
    let callers: Vec<_> = everybody
        .iter()
        .map(|person| stage.app.as_(person))
        .collect();
    let (mut found, mut acts) = (BTreeSet::new(), BTreeMap::new());
    for operation in operations().iter().filter(|operation| !operation.public) {
        // Each of these needs the password in its body, and guesses are limited.
        if ["step_up", "change_password", "logout"].contains(&operation.id.as_str()) {
            continue;
        }
        let sent = callers.iter().map(|caller| send(&stage, operation, caller));
        let answers = join_all(sent).await;
        let Some(at) = answers.iter().position(asked) else {
            continue;
        };
        for answer in &answers {
            let refused = asked(answer) || answer.status == 403;
            assert!(refused, "{}: {}", operation.id, answer.status);
        }
        let challenge = answers[at].header("www-authenticate").unwrap();
        assert!(challenge.contains("insufficient_user_authentication"));
        send(&stage, operation, &callers[at]).await;
        acts.insert(operation.id.clone(), last_denied(&stage.app));
        found.insert(operation.id.clone());
    }
    assert_eq!(found, documented());
    let reached: BTreeSet<_> = acts.values().map(String::as_str).collect();
    assert_eq!(reached, asking().map(|act| act.as_str()).collect());
}

async fn signed_in(app: &TestApp, person: &Person) -> Value {
    let body = json!({ "email": person.email, "password": PASSWORD });
    app.anonymous().post("/auth/login", body).await.expect(200)
}

fn bearer<'a>(app: &'a TestApp, session: &Value) -> Caller<'a> {
    let token = session["access_token"].as_str().unwrap();
    app.anonymous()
        .with("authorization", &format!("Bearer {token}"))
}

async fn refreshed(app: &TestApp, session: &Value) -> Value {
    let body = json!({ "refresh_token": session["refresh_token"] });
    app.anonymous()
        .post("/auth/refresh", body)
        .await
        .expect(200)
}

async fn world() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let hash = app.parts.passwords.hash_blocking(PASSWORD).unwrap();
    sql("update users set password_hash = $2 where id = $1")
        .bind(world.administrator.id)
        .bind(hash)
        .execute(&mut app.owner())
        .unwrap();
    (app, world)
}

/// Something that asks: to enable an account that is not disabled, which changes nothing.
async fn ask(caller: Caller<'_>, world: &World) -> (u16, String) {
    let path = format!("/users/{}/enable", world.officer.id);
    let answer = caller.if_match("\"1\"").post(&path, json!({})).await;
    (answer.status, answer.code().to_owned())
}

fn granted() -> (u16, String) {
    (409, "conflict".to_owned())
}

fn refused() -> (u16, String) {
    (401, "step_up_required".to_owned())
}

#[actix_web::test]
async fn a_password_given_again_counts_for_five_minutes_in_its_session_and_no_refresh_renews_it() {
    let (app, world) = world().await;
    let one = signed_in(&app, &world.administrator).await;
    let two = signed_in(&app, &world.administrator).await;
    assert_eq!(ask(bearer(&app, &one), &world).await, granted());
    app.wait(TimeDelta::seconds(301));
    assert_eq!(ask(bearer(&app, &one), &world).await, refused());
    let body = json!({ "password": PASSWORD });
    bearer(&app, &one)
        .post("/auth/step-up", body)
        .await
        .expect(204);
    assert_eq!(ask(bearer(&app, &one), &world).await, granted());
    assert_eq!(ask(bearer(&app, &two), &world).await, refused());
    app.wait(TimeDelta::seconds(240));
    let one = refreshed(&app, &one).await;
    assert_eq!(ask(bearer(&app, &one), &world).await, granted());
    app.wait(TimeDelta::seconds(61));
    assert_eq!(ask(bearer(&app, &one), &world).await, refused());
}

#[actix_web::test]
async fn a_session_that_ended_takes_its_password_with_it() {
    let (app, world) = world().await;
    let session = signed_in(&app, &world.administrator).await;
    let caller = bearer(&app, &session);
    caller.post("/auth/logout", json!({})).await.expect(204);
    let body = json!({ "password": PASSWORD });
    let answer = caller.post("/auth/step-up", body).await;
    assert_eq!((answer.status, answer.code()), (401, "unauthenticated"));
    assert_eq!(
        ask(caller, &world).await,
        (401, "unauthenticated".to_owned())
    );
}

#[actix_web::test]
async fn who_has_no_right_is_told_that_and_never_asked_for_a_password() {
    let (app, world) = world().await;
    app.password_given(&world.officer, TimeDelta::hours(1));
    let officer = app.as_(&world.officer);
    assert_eq!(ask(officer, &world).await, (403, "forbidden".to_owned()));
    let client = app.as_client(&world.client, Some("h-17"));
    assert_eq!(ask(client, &world).await, (403, "forbidden".to_owned()));
}

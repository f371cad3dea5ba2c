//! Guesses at sign-in, and what strangers may cost: attacks on the way in.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use directory::auth::Limits;
use futures_util::future::join_all;
use kernel::clock::Clock;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use toldonce::jobs;
use uuid::Uuid;

use crate::support::{Answer, Caller, Person, TestApp, TestDb, World};

const PASSWORD: &str = "four random socks tonight";
/// Networks of nobody's.
const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.1";

async fn start() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    set_password(&app, &[&world.officer, &world.idva]);
    (app, world)
}

fn set_password(app: &TestApp, people: &[&Person]) {
    let hash = app.parts.passwords.hash_blocking(PASSWORD).unwrap();
    for person in people {
        sql("update users set password_hash = $2 where id = $1")
            .bind(person.id)
            .bind(hash.clone())
            .execute(&mut app.owner())
            .unwrap();
    }
}

async fn sign_in(app: &TestApp, from: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    app.anonymous().from(from).post("/auth/login", body).await
}

fn bearer<'a>(app: &'a TestApp, session: &Value) -> Caller<'a> {
    let token = session["access_token"].as_str().unwrap();
    app.anonymous()
        .with("authorization", &format!("Bearer {token}"))
}

fn count(answers: &[Answer], status: u16) -> usize {
    let all = answers.iter();
    all.filter(|answer| answer.status == status).count()
}

#[actix_web::test]
async fn of_sixty_guesses_at_once_on_two_servers_five_are_checked() {
    let (app, world) = start().await;
    let db = TestDb {
        name: app.db.name.clone(),
    };
    let other = TestApp::on(db, Clock::system(), Limits::default(), app.keys.clone()).await;
    for email in [world.officer.email.as_str(), "nobody@test.example"] {
        let all = (0..60).map(|n| {
            let server = if n % 2 == 0 { &app } else { &other };
            let password = format!("guess number {n}");
            async move { sign_in(server, HOME, email, &password).await }
        });
        let answers = join_all(all).await;
        assert_eq!((count(&answers, 401), count(&answers, 429)), (5, 55));
        // Also the right one waits.
        let right = sign_in(&other, HOME, email, PASSWORD).await;
        assert_eq!(right.status, 429);
        let seconds: u32 = right.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
}

#[actix_web::test]
async fn people_of_one_office_sign_in_at_once() {
    let (app, world) = start().await;
    let people = [
        &world.officer,
        &world.idva,
        &world.chair,
        &world.coordinator,
    ];
    set_password(&app, &people);
    let twice = people.iter().chain(&people);
    let all = twice.map(|person| sign_in(&app, HOME, &person.email, PASSWORD));
    assert_eq!(count(&join_all(all).await, 200), 8);
}

#[actix_web::test]
async fn pauses_double_and_a_sign_in_ends_them() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    for _ in 0..5 {
        sign_in(&app, HOME, email, "wrong").await.expect(401);
    }
    for pause in [30, 60, 120] {
        app.wait(TimeDelta::seconds(pause - 2));
        assert_eq!(sign_in(&app, HOME, email, "wrong").await.status, 429);
        app.wait(TimeDelta::seconds(2));
        sign_in(&app, HOME, email, "wrong").await.expect(401);
    }
    app.wait(TimeDelta::seconds(240));
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    for _ in 0..5 {
        sign_in(&app, HOME, email, "wrong").await.expect(401);
    }
}

#[actix_web::test]
async fn whoever_guesses_locks_out_themselves_and_not_the_owner() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    for network in 0..4 {
        let from = format!("203.0.113.{network}");
        for guess in 0..5 {
            let guess = format!("{network} {guess}");
            sign_in(&app, &from, email, &guess).await.expect(401);
        }
        assert_eq!(sign_in(&app, &from, email, PASSWORD).await.status, 429);
    }
    // All networks that are new to the account wait together; the owner's does not.
    assert_eq!(sign_in(&app, ELSEWHERE, email, "one").await.status, 429);
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    // Who comes from an account's network is not welcome to another's.
    let other = world.idva.email.as_str();
    sign_in(&app, ELSEWHERE, other, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn one_network_that_tries_many_accounts_has_to_wait() {
    let (app, world) = start().await;
    let tries = (0..40).map(|n| format!("nobody-{n}@test.example"));
    let mut answers = Vec::new();
    for (n, email) in tries.enumerate() {
        answers.push(sign_in(&app, ELSEWHERE, &email, &format!("guess {n}")).await);
    }
    assert_eq!((count(&answers, 401), count(&answers, 429)), (30, 10));
    // IPv6: the same subscriber, whatever address they take.
    let mut answers = Vec::new();
    for n in 0..40 {
        let (email, from) = (
            format!("some-{n}@test.example"),
            format!("[2001:db8::{n:x}]"),
        );
        answers.push(sign_in(&app, &from, &email, &format!("other {n}")).await);
    }
    assert_eq!((count(&answers, 401), count(&answers, 429)), (30, 10));
    let email = world.officer.email.as_str();
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn one_password_that_is_tried_on_many_accounts_has_to_wait() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    let mut answers = Vec::new();
    for n in 0..40 {
        let (email, from) = (format!("n{n}@test.example"), format!("203.0.113.{n}"));
        answers.push(sign_in(&app, &from, &email, "the same guess").await);
    }
    assert_eq!((count(&answers, 401), count(&answers, 429)), (30, 10));
    sign_in(&app, ELSEWHERE, email, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn a_network_is_what_a_trusted_proxy_says_and_nobody_else() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    let body = json!({ "email": email, "password": "wrong" });
    let by = |peer: &str, said: String| {
        let caller = app.anonymous().from(peer).with("x-forwarded-for", &said);
        let body = body.clone();
        async move { caller.post("/auth/login", body).await.status }
    };
    // Nobody believes a stranger who names another network with each guess.
    for n in 0..5 {
        assert_eq!(by(HOME, format!("203.0.113.{n}")).await, 401);
    }
    assert_eq!(by(HOME, "203.0.113.99".into()).await, 429);
    // Behind the proxy they are told apart, and what they say themselves stands on the left.
    for n in 0..5 {
        assert_eq!(
            by("10.0.0.1", format!("203.0.113.{n}, {ELSEWHERE}")).await,
            401
        );
    }
    assert_eq!(
        by("10.0.0.1", format!("203.0.113.99, {ELSEWHERE}")).await,
        429
    );
    assert_eq!(by("10.0.0.1", "198.51.100.2".into()).await, 401);
}

#[actix_web::test]
async fn unknown_disabled_uninvited_and_waiting_accounts_answer_alike() {
    let (app, world) = start().await;
    sql("update users set disabled_at = now() where id = $1")
        .bind(world.idva.id)
        .execute(&mut app.owner())
        .unwrap();
    let emails = [
        world.officer.email.as_str(),
        world.idva.email.as_str(),
        // No password yet.
        world.chair.email.as_str(),
        "nobody@test.example",
    ];
    let mut all = Vec::new();
    for email in emails {
        let mut seen = Vec::new();
        for n in 0..6 {
            let from = "203.0.113.7";
            let answer = sign_in(&app, from, email, &format!("guess {n}")).await;
            let (status, body, headers) = answer.comparable();
            let headers: BTreeSet<_> = headers.into_iter().map(|(name, _)| name).collect();
            seen.push((status, body, headers));
        }
        assert!(seen[..5].iter().all(|one| *one == seen[0]), "{email}");
        assert_eq!((seen[0].0, seen[5].0), (401, 429), "{email}");
        all.push(seen);
    }
    assert!(all.iter().all(|seen| *seen == all[0]));
}

#[actix_web::test]
async fn a_wrong_password_in_a_session_is_a_guess_at_sign_in_and_the_reverse() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    let session = sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    let caller = bearer(&app, &session).from(HOME);
    let wrong = json!({ "password": "wrong" });
    let change = json!({ "current": "wrong", "new": "nine odd hats in a row" });
    for _ in 0..2 {
        caller
            .post("/auth/step-up", wrong.clone())
            .await
            .expect(401);
        caller
            .post("/auth/password", change.clone())
            .await
            .expect(401);
    }
    sign_in(&app, HOME, email, "wrong").await.expect(401);
    let right = json!({ "password": PASSWORD });
    caller
        .post("/auth/step-up", right.clone())
        .await
        .expect(429);
    caller.post("/auth/password", change).await.expect(429);
    sign_in(&app, HOME, email, PASSWORD).await.expect(429);
    app.wait(TimeDelta::seconds(31));
    caller.post("/auth/step-up", right).await.expect(204);
    sign_in(&app, HOME, email, PASSWORD).await.expect(200);
}

#[derive(Debug, PartialEq, Row)]
struct Told {
    rows: i64,
    failures: i64,
    subjects: i64,
}

/// What the audit tells of failures.
fn told(app: &TestApp) -> Told {
    sql(
        "select count(*) as rows, coalesce(sum(rows_seen), 0)::bigint as failures, \
         count(distinct subject_id) as subjects from audit_events \
         where outcome = 'failed' and subject = 'sign_in' and principal in ('anonymous', 'system')",
    )
    .get_result(&mut app.owner())
    .unwrap()
}

fn an_hour_later(app: &TestApp) {
    app.wait(TimeDelta::hours(3));
    jobs::run_due(&app.parts).unwrap();
}

#[actix_web::test]
async fn secrets_that_nobody_has_are_looked_up_first_limited_and_told_of_in_few_rows() {
    let (app, world) = start().await;
    let session = sign_in(&app, HOME, &world.officer.email, PASSWORD).await;
    let session = session.expect(200);
    let nobody = app.anonymous().from(HOME);
    let kind = "application/x-www-form-urlencoded";
    let form = |secret: &str| {
        let client = world.client.id;
        format!("grant_type=client_credentials&client_id={client}&client_secret={secret}")
    };
    // Not 422: whether a password may be chosen is asked of whoever holds a link.
    let link = json!({ "token": "unknown", "password": "passwordpassword" });
    let refresh = json!({ "refresh_token": "unknown" });
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(nobody.post("/auth/invitation", link.clone()).await);
        answers.push(nobody.post("/auth/refresh", refresh.clone()).await);
        let wrong = form("unknown");
        answers.push(
            nobody
                .send_raw(Method::POST, "/oauth/token", kind, &wrong)
                .await,
        );
    }
    let looked_up = count(&answers, 401);
    assert!((100..=102).contains(&looked_up), "{looked_up}");
    assert_eq!(count(&answers, 429), 120 - looked_up);
    // Whose secret holds is not hindered by the noise.
    let right = json!({ "refresh_token": session["refresh_token"] });
    nobody.post("/auth/refresh", right).await.expect(200);
    let right = form(&world.client.secret);
    let token = nobody.send_raw(Method::POST, "/oauth/token", kind, &right);
    token.await.expect(200);
    let now = told(&app);
    assert!(now.rows <= 21, "{now:?}");
    an_hour_later(&app);
    let later = told(&app);
    assert_eq!(later.failures, looked_up as i64);
    assert!(later.rows <= 24, "{later:?}");
}

#[actix_web::test]
async fn a_failed_sign_in_is_told_of_once_each_time_their_number_doubles() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    let mut rows = Vec::new();
    for _ in 0..5 {
        sign_in(&app, HOME, email, "wrong").await.expect(401);
        rows.push(told(&app).rows);
    }
    assert_eq!(rows, [1, 2, 2, 3, 3]);
    sign_in(&app, ELSEWHERE, email, "wrong").await.expect(401);
    let by_others = told(&app);
    assert_eq!((by_others.rows, by_others.subjects), (4, 2));
    // What is refused unchecked is no failure, and leaves nothing.
    sign_in(&app, HOME, email, "wrong").await.expect(429);
    assert_eq!(told(&app), by_others);
    an_hour_later(&app);
    let all = told(&app);
    assert_eq!((all.rows, all.failures), (5, 6));
    an_hour_later(&app);
    assert_eq!(told(&app), all);
    let hashes = sql("select from audit_events where subject = 'sign_in' and subject_id = $1")
        .bind(world.officer.id)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(hashes, 0);
}

#[actix_web::test]
async fn however_many_accounts_and_networks_are_made_up_the_audit_tells_two_hundred_apart() {
    let (app, _) = start().await;
    for n in 0..260 {
        let from = format!("10.{}.{}.1", n / 200 + 1, n % 200);
        let email = format!("n{n}@test.example");
        sign_in(&app, &from, &email, &format!("guess {n}"))
            .await
            .expect(401);
    }
    let now = told(&app);
    assert!(now.subjects <= 201 && now.rows <= 210, "{now:?}");
    an_hour_later(&app);
    assert_eq!(told(&app).failures, 260);
}

#[actix_web::test]
async fn a_new_password_keeps_the_rules_and_a_refused_one_costs_no_invitation() {
    let (app, world) = start().await;
    let name = "update users set name = 'Zoe Okonjo' where id = $1";
    sql(name)
        .bind(world.officer.id)
        .execute(&mut app.owner())
        .unwrap();
    let session = sign_in(&app, HOME, &world.officer.email, PASSWORD).await;
    let caller = bearer(&app, &session.expect(200)).from(HOME);
    let refused = [
        ("fourteen chars", "length"),
        ("passwordpassword", "common"),
        ("Correct Horse Battery Staple", "common"),
        ("okonjo keeps nine bees", "own_name"),
        ("metropolitan bees and hats", "agency_name"),
        ("westminster bees and hats", "agency_name"),
        (PASSWORD, "same_as_before"),
    ];
    for (new, code) in refused {
        let body = json!({ "current": PASSWORD, "new": new });
        let answer = caller.post("/auth/password", body).await;
        assert_eq!(answer.status, 422, "{new}");
        assert_eq!(answer.errors(), [format!("/new {code}")]);
        assert!(!answer.body.to_string().contains(new));
    }
    let long = json!({ "current": PASSWORD, "new": "four random socks ".repeat(20) });
    let answer = caller.post("/auth/password", long).await;
    assert_eq!(answer.errors(), ["/new length"]);

    let token = "a link";
    sql(
        "insert into invitations (id, user_id, token_hash, expires_at, created_at) \
         values ($1, $2, $3, $4, $4)",
    )
    .bind(Uuid::now_v7())
    .bind(world.officer.id)
    .bind(kernel::crypto::hash_secret(token))
    .bind(app.now() + TimeDelta::days(1))
    .execute(&mut app.owner())
    .unwrap();
    let take = |password: &str| {
        let body = json!({ "token": token, "password": password });
        let caller = app.anonymous().from(HOME);
        async move { caller.post("/auth/invitation", body).await }
    };
    for (new, code) in refused {
        assert_eq!(take(new).await.errors(), [format!("/password {code}")]);
    }
    take("nine odd hats in a row").await.expect(200);
    take("nine odd caps in a row").await.expect(401);
    // Composed or not, it is the same password.
    let (email, current) = (world.officer.email.as_str(), "nine odd hats in a row");
    let session = sign_in(&app, HOME, email, current).await.expect(200);
    let composed = json!({ "current": current, "new": "b\u{e4}r h\u{e4}lt neun H\u{fc}te" });
    let caller = bearer(&app, &session).from(HOME);
    caller.post("/auth/password", composed).await.expect(204);
    let decomposed = "ba\u{308}r ha\u{308}lt neun\u{a0}Hu\u{308}te";
    sign_in(&app, HOME, email, decomposed).await.expect(200);
}

#[actix_web::test]
async fn another_password_forgets_where_the_account_was_signed_in_from() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    for from in [HOME, ELSEWHERE] {
        sign_in(&app, from, email, PASSWORD).await.expect(200);
    }
    let session = sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    let body = json!({ "current": PASSWORD, "new": "nine odd hats in a row" });
    let caller = bearer(&app, &session).from(HOME);
    caller.post("/auth/password", body).await.expect(204);
    let known = sql("select from known_networks where user_id = $1")
        .bind(world.officer.id)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(known, 1, "the one that it was changed from");
}

#[actix_web::test]
async fn sessions_are_listed_without_addresses_and_ended_one_by_one() {
    let (app, world) = start().await;
    let email = world.officer.email.as_str();
    let one = sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    let two = sign_in(&app, ELSEWHERE, email, PASSWORD).await.expect(200);
    let three = sign_in(&app, HOME, email, PASSWORD).await.expect(200);
    let caller = bearer(&app, &one).from(HOME);
    let list = caller.get("/auth/sessions").await.expect(200);
    let column = |name: &str| {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item[name].clone()).collect::<Vec<_>>()
    };
    // The last is the one that the world's people have without signing in.
    assert_eq!(column("network"), ["here", "new", "here", "unknown"]);
    assert_eq!(column("this"), [false, false, true, false]);
    assert!(!list.to_string().contains(HOME) && !list.to_string().contains(ELSEWHERE));
    let id = |n: usize| list["items"][n]["id"].as_str().unwrap().to_owned();
    let end = |id: String| {
        let caller = caller.clone();
        async move {
            let path = format!("/auth/sessions/{id}");
            caller.send(Method::DELETE, &path, None).await
        }
    };
    end(id(1)).await.expect(204);
    bearer(&app, &two).get("/me").await.expect(401);
    let refresh = json!({ "refresh_token": two["refresh_token"] });
    app.anonymous()
        .post("/auth/refresh", refresh)
        .await
        .expect(401);
    bearer(&app, &three).get("/me").await.expect(200);
    // Ended, another's and nobody's answer alike.
    let unknown = end(Uuid::now_v7().to_string()).await;
    assert_eq!(unknown.status, 404);
    for id in [id(1), world.idva.session_id.to_string()] {
        assert_eq!(end(id).await.comparable(), unknown.comparable());
    }
    app.as_(&world.idva).get("/me").await.expect(200);
    end(id(2)).await.expect(204);
    caller.get("/auth/sessions").await.expect(401);
    let client = app.as_client(&world.client, Some("h-17"));
    client.get("/auth/sessions").await.expect(403);
}

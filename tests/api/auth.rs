//! Signing in, staying in, signing out.

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::json;

use crate::support::{Person, TestApp, World};

const PASSWORD: &str = "a long enough password";

async fn world_with_password() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    set_password(&app, &world.officer);
    (app, world)
}

fn set_password(app: &TestApp, person: &Person) {
    let hash = app.parts.passwords.hash_blocking(PASSWORD).unwrap();
    sql("update users set password_hash = $2 where id = $1")
        .bind(person.id)
        .bind(hash)
        .execute(&mut app.owner())
        .unwrap();
}

#[actix_web::test]
async fn a_person_signs_in_and_sees_their_live_roles() {
    let (app, world) = world_with_password().await;
    let body = json!({ "email": world.officer.email.to_uppercase(), "password": PASSWORD });
    let session = app.anonymous().post("/auth/login", body).await.expect(200);
    let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let me = app
        .anonymous()
        .with("authorization", &token)
        .get("/me")
        .await
        .expect(200);
    assert_eq!(me["user_id"], json!(world.officer.id));
    assert_eq!(
        me["roles"],
        json!([{ "marac_id": world.wcc, "role": "practitioner" }])
    );
}

#[actix_web::test]
async fn wrong_password_unknown_address_and_disabled_account_answer_alike() {
    let (app, world) = world_with_password().await;
    set_password(&app, &world.idva);
    sql("update users set disabled_at = now() where id = $1")
        .bind(world.idva.id)
        .execute(&mut app.owner())
        .unwrap();
    let mut answers = Vec::new();
    for (email, password) in [
        (world.officer.email.as_str(), "not the password"),
        ("nobody@test.example", PASSWORD),
        (world.idva.email.as_str(), PASSWORD),
    ] {
        let answer = app
            .anonymous()
            .post(
                "/auth/login",
                json!({ "email": email, "password": password }),
            )
            .await;
        answers.push(answer.comparable());
    }
    assert_eq!(answers[0].0, 401);
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
}

#[actix_web::test]
async fn failures_make_an_address_wait_known_or_not() {
    let (app, world) = world_with_password().await;
    for email in [world.officer.email.as_str(), "nobody@test.example"] {
        let wrong = json!({ "email": email, "password": "wrong" });
        for _ in 0..5 {
            app.anonymous()
                .post("/auth/login", wrong.clone())
                .await
                .expect(401);
        }
        let right = json!({ "email": email, "password": PASSWORD });
        let answer = app.anonymous().post("/auth/login", right).await;
        assert_eq!((answer.status, answer.code()), (429, "too_many_requests"));
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds));
    }
    app.wait(TimeDelta::seconds(31));
    let right = json!({ "email": world.officer.email, "password": PASSWORD });
    app.anonymous().post("/auth/login", right).await.expect(200);
}

#[actix_web::test]
async fn a_refresh_token_is_good_once_and_reuse_ends_the_session() {
    let (app, world) = world_with_password().await;
    let login = json!({ "email": world.officer.email, "password": PASSWORD });
    let first = app.anonymous().post("/auth/login", login).await.expect(200);
    let old = json!({ "refresh_token": first["refresh_token"] });
    let second = app
        .anonymous()
        .post("/auth/refresh", old.clone())
        .await
        .expect(200);
    let bearer = format!("Bearer {}", second["access_token"].as_str().unwrap());
    app.anonymous()
        .with("authorization", &bearer)
        .get("/me")
        .await
        .expect(200);
    app.anonymous().post("/auth/refresh", old).await.expect(401);
    app.anonymous()
        .with("authorization", &bearer)
        .get("/me")
        .await
        .expect(401);
    let newer = json!({ "refresh_token": second["refresh_token"] });
    app.anonymous()
        .post("/auth/refresh", newer)
        .await
        .expect(401);
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_session_at_once() {
    let (app, world) = world_with_password().await;
    let login = json!({ "email": world.officer.email, "password": PASSWORD });
    let one = app
        .anonymous()
        .post("/auth/login", login.clone())
        .await
        .expect(200);
    let two = app.anonymous().post("/auth/login", login).await.expect(200);
    let bearer = |session: &serde_json::Value| {
        format!("Bearer {}", session["access_token"].as_str().unwrap())
    };
    let me = async |session| {
        app.anonymous()
            .with("authorization", &bearer(session))
            .get("/me")
            .await
            .status
    };
    app.anonymous()
        .with("authorization", &bearer(&one))
        .post("/auth/logout", json!({}))
        .await
        .expect(204);
    assert_eq!((me(&one).await, me(&two).await), (401, 200));
    app.anonymous()
        .with("authorization", &bearer(&two))
        .post("/auth/logout", json!({ "everywhere": true }))
        .await
        .expect(204);
    assert_eq!(me(&two).await, 401);
    assert_eq!(app.as_(&world.officer).get("/me").await.status, 401);
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions() {
    let (app, world) = world_with_password().await;
    let login = json!({ "email": world.officer.email, "password": PASSWORD });
    let session = app
        .anonymous()
        .post("/auth/login", login.clone())
        .await
        .expect(200);
    let bearer = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let me = app.anonymous().with("authorization", &bearer);
    let short = json!({ "current": PASSWORD, "new": "too short" });
    assert_eq!(
        me.post("/auth/password", short).await.errors(),
        ["/new length"]
    );
    let wrong = json!({ "current": "wrong", "new": "another long password" });
    me.post("/auth/password", wrong).await.expect(401);
    let right = json!({ "current": PASSWORD, "new": "another long password" });
    me.post("/auth/password", right).await.expect(204);
    assert_eq!(me.get("/me").await.status, 200);
    assert_eq!(app.as_(&world.officer).get("/me").await.status, 401);
    app.anonymous().post("/auth/login", login).await.expect(401);
}

#[actix_web::test]
async fn rights_end_the_moment_their_basis_does() {
    for change in [
        "update users set disabled_at = now() where id = $1",
        "update sessions set revoked_at = now() where user_id = $1",
    ] {
        let (app, world) = world_with_password().await;
        let officer = app.as_(&world.officer);
        officer.get("/me").await.expect(200);
        sql(change)
            .bind(world.officer.id)
            .execute(&mut app.owner())
            .unwrap();
        officer.get("/me").await.expect(401);
    }
    for change in [
        "update agencies set closed_at = now() where id = $1",
        "update marac_agencies set suspended_at = now() where agency_id = $1",
        "update marac_agencies set access_ends_at = now() - interval '1 minute' where agency_id = $1",
        "update role_grants set ends_at = now() - interval '1 minute' where user_id in (select id from users where agency_id = $1)",
    ] {
        let (app, world) = world_with_password().await;
        let officer = app.as_(&world.officer);
        sql(change)
            .bind(world.police)
            .execute(&mut app.owner())
            .unwrap();
        assert_eq!(
            officer.get("/me").await.expect(200)["roles"],
            json!([]),
            "{change}"
        );
    }
    let (app, world) = world_with_password().await;
    sql("update marac_agencies set agreement_review_on = '2020-01-01'")
        .execute(&mut app.owner())
        .unwrap();
    let roles = app.as_(&world.officer).get("/me").await.expect(200)["roles"].clone();
    assert_eq!(
        roles.as_array().unwrap().len(),
        1,
        "a review date past cuts nobody off"
    );
}

#[actix_web::test]
async fn a_client_signs_in_with_its_secret_and_names_whom_it_acts_for() {
    let (app, world) = world_with_password().await;
    let form = |secret: &str| {
        format!(
            "grant_type=client_credentials&client_id={}&client_secret={secret}",
            world.client.id
        )
    };
    let kind = "application/x-www-form-urlencoded";
    let post = actix_web::http::Method::POST;
    let nobody = app.anonymous();
    nobody
        .send_raw(post.clone(), "/oauth/token", kind, &form("wrong"))
        .await
        .expect(401);
    let token = nobody
        .send_raw(post, "/oauth/token", kind, &form(&world.client.secret))
        .await
        .expect(200);
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let client = nobody.with("authorization", &bearer);
    assert_eq!(client.get("/me").await.expect(200)["user_id"], json!(null));
    client
        .clone()
        .with("x-toldonce-actor", "h-17")
        .get("/me")
        .await
        .expect(200);
    let unknown = client
        .clone()
        .with("x-toldonce-actor", "somebody")
        .get("/me")
        .await;
    assert_eq!((unknown.status, unknown.code()), (403, "actor_unknown"));
    sql("update registered_actors set user_id = $1 where partner_ref = 'h-17'")
        .bind(world.housing_rep.id)
        .execute(&mut app.owner())
        .unwrap();
    sql("update users set disabled_at = now() where id = $1")
        .bind(world.housing_rep.id)
        .execute(&mut app.owner())
        .unwrap();
    client
        .with("x-toldonce-actor", "h-17")
        .get("/me")
        .await
        .expect(403);
}

#[actix_web::test]
async fn without_a_token_every_path_answers_401_whatever_was_sent() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    for path in ["/me", "/cases/not-an-id", "/no/such/path", "/referrals"] {
        assert_eq!(nobody.get(path).await.status, 401, "{path}");
        let post = actix_web::http::Method::POST;
        assert_eq!(
            nobody.send_raw(post, path, "text/plain", "{").await.status,
            401,
            "{path}"
        );
    }
    assert_eq!(nobody.get("/livez").await.status, 204);
    assert_eq!(nobody.get("/readyz").await.status, 204);
}

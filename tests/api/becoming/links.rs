//! Links go to the account's own address and stand nowhere else; a changed address is its person's to
//! confirm.

use chrono::TimeDelta;
use kernel::sql::Row;
use serde_json::json;

use super::*;
use crate::support::{etag, id, printed};

#[actix_web::test]
async fn a_link_stands_in_the_letter_to_the_own_address_and_nowhere_else() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    let lead = app.as_(&w.housing_lead);
    let body = json!({ "email": "New@Housing.example", "name": "New",
        "roles": [role(w.wcc, "representative")] });
    let invited = lead.post("/users", body).await.expect(201);
    assert_eq!(invited["invitation"]["delivery"], "email");
    let user = id(&invited["user"]);
    let waiting = rows_in_clear(app);
    let first = office.link("new@housing.example");
    assert!(!waiting.contains(&first), "sealed while it waits");
    assert_eq!(
        count(
            app,
            "select count(*) as n from outbox where sealed is not null"
        ),
        0
    );
    let renewed = lead
        .post(&format!("/users/{user}/invitation"), json!({}))
        .await
        .expect(201);
    let second = office.link("new@housing.example");
    assert_ne!(first, second);
    let take = |token: &str| json!({ "token": token, "password": PASSWORD });
    let anonymous = app.anonymous();
    anonymous
        .post("/auth/invitation", take(&first))
        .await
        .expect(401);
    anonymous
        .post("/auth/invitation", take(&second))
        .await
        .expect(200);
    let path = format!("/users/{user}/password-reset");
    let coordinator = app.as_(&w.coordinator);
    let reset = coordinator.post(&path, json!({})).await.expect(201);
    let third = office.link("new@housing.example");
    let audit = app
        .as_(&w.auditor)
        .get(&format!("/audit?limit=200&marac_id={}", w.wcc))
        .await
        .expect(200);
    let inbox = coordinator.get("/notifications").await.expect(200);
    let everything = format!(
        "{invited}{renewed}{reset}{audit}{inbox}{}",
        rows_in_clear(app)
    );
    for link in [&first, &second, &third] {
        assert!(!everything.contains(link.as_str()));
        let letters = office.letters(&w.coordinator.email).concat();
        assert!(!letters.contains(link.as_str()));
    }
    let late = coordinator.post(&path, json!({})).await.expect(201);
    assert!(late["expires_at"].is_string());
    let sealed = count(
        app,
        "select count(*) as n from outbox where sealed is not null",
    );
    assert_eq!(sealed, 1);
    let login = json!({ "email": "new@housing.example", "password": PASSWORD });
    anonymous.post("/auth/login", login).await.expect(200);
    let letters = office.letters("new@housing.example");
    assert_eq!(
        letters.len(),
        3,
        "a link that died before it was sent is not sent"
    );
}

/// What the outbox and the links hold, as text.
fn rows_in_clear(app: &TestApp) -> String {
    #[derive(Row)]
    struct Row {
        text: String,
    }
    let rows: Vec<Row> = sql(
        "select o::text || encode(coalesce(o.sealed, ''), 'escape') as text \
         from outbox o union all select i::text from invitations i \
         union all select e::text from audit_events e",
    )
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

#[actix_web::test]
async fn an_excluded_coordinator_who_resets_an_idva_gets_nothing_and_is_seen() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    take_up(app, &w.idva);
    let other = World::person(
        app,
        "other-coordinator",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let path = format!("/users/{}/password-reset", w.idva.id);
    let answer = app.as_(&w.coordinator).post(&path, json!({})).await;
    let body = answer.expect(201);
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    let letters = office.letters(&w.idva.email);
    assert!(letters.iter().any(|text| token(text).is_some()));
    let told = told(app, "account_changed");
    assert!(told.contains(&other.id), "the other coordinator");
    assert!(
        told.contains(&w.chair.id),
        "the chair, because a coordinator did it"
    );
    let found = audited(app, &w.auditor, w.wcc, w.idva.id).await;
    assert!(
        found.contains(&"reset_password done".to_owned()),
        "{found:?}"
    );
}

#[actix_web::test]
async fn an_act_on_somebody_of_two_maracs_is_read_in_both_a_refused_one_too() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    take_up(app, &w.housing_rep);
    let path = format!("/users/{}/password-reset", w.housing_rep.id);
    app.as_(&w.coordinator)
        .post(&path, json!({}))
        .await
        .expect(403);
    app.as_(&w.administrator)
        .post(&path, json!({}))
        .await
        .expect(201);
    for (reader, marac) in [(&w.auditor, w.wcc), (&w.kc_coordinator, w.kc)] {
        let found = audited(app, reader, marac, w.housing_rep.id).await;
        for expected in ["reset_password done", "reset_password denied"] {
            assert!(
                found.contains(&expected.to_owned()),
                "{expected}: {found:?}"
            );
        }
    }
    let told = told(app, "account_changed");
    assert!(told.contains(&w.coordinator.id) && told.contains(&w.kc_coordinator.id));
}

#[actix_web::test]
async fn a_new_address_holds_once_its_person_confirms_it_and_the_old_one_is_told() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    take_up(app, &w.coordinator);
    let admin = app.as_(&w.administrator);
    let path = format!("/users/{}", w.coordinator.id);
    let change = |email: &str| json!({ "email": email });
    let patch = async |email: &str| {
        let tag = etag(&admin.get(&path).await.expect(200));
        admin
            .clone()
            .if_match(&tag)
            .patch(&path, change(email))
            .await
    };
    let asked = patch("Mine@Elsewhere.example").await.expect(200);
    assert_eq!(asked["email"], json!(w.coordinator.email));
    assert_eq!(asked["new_email"]["email"], "mine@elsewhere.example");
    let warned = office.letters(&w.coordinator.email).concat();
    assert!(warned.contains("Another address was asked for"), "{warned}");
    let stolen = office.link("mine@elsewhere.example");
    let confirm = |token: &str| json!({ "token": token });
    // Whoever has the link, and is somebody else.
    for thief in [&w.administrator, &w.idva, &w.chair] {
        let answer = app.as_(thief).post("/me/address", confirm(&stolen)).await;
        assert_eq!(answer.status, 401, "{}", thief.email);
    }
    let take = json!({ "token": stolen, "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(401);
    let login = json!({ "email": "mine@elsewhere.example", "password": PASSWORD });
    app.anonymous()
        .post("/auth/login", login.clone())
        .await
        .expect(401);
    // A second change takes the place of the first.
    patch("mine@third.example").await.expect(200);
    let person = app.as_(&w.coordinator);
    person
        .post("/me/address", confirm(&stolen))
        .await
        .expect(401);
    let link = office.link("mine@third.example");
    person.post("/me/address", confirm(&link)).await.expect(204);
    person.post("/me/address", confirm(&link)).await.expect(401);
    let after = admin.get(&path).await.expect(200);
    assert_eq!(after["email"], "mine@third.example");
    assert_eq!(after["new_email"], json!(null));
    let last = office.letters(&w.coordinator.email);
    assert!(
        last.concat().contains("Its address was changed"),
        "the old one is told"
    );
    assert!(
        audited(app, &w.auditor, w.wcc, w.coordinator.id)
            .await
            .contains(&"confirm_address done".to_owned())
    );
    let reset = format!("{path}/password-reset");
    let early = app.as_(&w.administrator).post(&reset, json!({})).await;
    assert_eq!(early.body["reason"], "address_changed_lately");
    app.wait(TimeDelta::hours(24));
    let admin = app.as_(&w.administrator);
    admin.post(&reset, json!({})).await.expect(201);
}

#[actix_web::test]
async fn an_address_that_is_taken_answers_like_one_that_is_free() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    take_up(app, &w.officer);
    let admin = app.as_(&w.administrator);
    let path = format!("/users/{}", w.officer.id);
    let mut answers = Vec::new();
    for email in [w.idva.email.to_uppercase(), "free@police.example".into()] {
        let tag = etag(&admin.get(&path).await.expect(200));
        let answer = admin
            .clone()
            .if_match(&tag)
            .patch(&path, json!({ "email": email }))
            .await;
        let mut body = answer.expect(200);
        let new = body["new_email"].as_object_mut().unwrap();
        assert_eq!(new.remove("email"), Some(json!(email.to_lowercase())));
        new.remove("expires_at");
        body.as_object_mut().unwrap().remove("etag");
        answers.push(body);
        let sent = office.letters(&email.to_lowercase());
        let links = sent.iter().filter(|text| token(text).is_some()).count();
        assert_eq!(links, usize::from(email.starts_with("free")));
    }
    assert_eq!(answers[0], answers[1]);
    // Taken by somebody else before it was confirmed.
    let link = office.link("free@police.example");
    let body = json!({ "email": "free@police.example", "name": "F" });
    admin.post("/users", body).await.expect(201);
    let confirm = json!({ "token": link });
    app.as_(&w.officer)
        .post("/me/address", confirm)
        .await
        .expect(401);
    for twin in ["FREE@POLICE.EXAMPLE", "free@ｐolice.example"] {
        let body = json!({ "email": twin, "name": "F" });
        let answer = admin.post("/users", body).await;
        assert_eq!(answer.errors(), ["/email taken"], "{twin}");
    }
    let body = json!({ "email": "fr\u{435}e@police.example", "name": "F" });
    let answer = admin.post("/users", body).await;
    assert_eq!(answer.status, 422, "a Cyrillic letter among Latin ones");
}

#[actix_web::test]
async fn an_account_nobody_took_up_moves_at_once_and_its_strong_roles_wait_anew() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    let admin = app.as_(&w.administrator);
    let body = json!({ "email": "chair@police.example", "name": "C", "agency_id": w.police,
        "roles": [role(w.wcc, "chair")] });
    let invited = admin.post("/users", body).await.expect(201);
    let user = id(&invited["user"]);
    let second = app.as_(&w.coordinator);
    assert_eq!(crate::support::confirm_all(&second, user).await, 1);
    let path = format!("/users/{user}");
    let before = admin.get(&path).await.expect(200);
    assert_eq!(before["roles"], json!([role(w.wcc, "chair")]));
    let old = office.link("chair@police.example");
    let moved = admin
        .clone()
        .if_match(&etag(&before))
        .patch(&path, json!({ "email": "puppet@elsewhere.example" }))
        .await
        .expect(200);
    assert_eq!(moved["email"], "puppet@elsewhere.example");
    assert_eq!(moved["roles"], json!([]));
    assert_eq!(moved["pending_roles"][0]["role"], "chair");
    let take = json!({ "token": old, "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(401);
    let warned = office.letters("chair@police.example").concat();
    assert!(warned.contains("Its address was changed"), "{warned}");
}

#[actix_web::test]
async fn without_e_mail_the_operator_prints_what_a_letter_would_say() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    take_up(&app, &w.officer);
    let path = format!("/users/{}", w.officer.id);
    let admin = app.as_(&w.administrator);
    assert_eq!(printed(&app, &w.officer.email, true), None);
    let tag = etag(&admin.get(&path).await.expect(200));
    let change = json!({ "email": "moved@police.example" });
    admin.if_match(&tag).patch(&path, change).await.expect(200);
    let token = printed(&app, &w.officer.email, true).unwrap();
    let person = app.as_(&w.officer);
    person
        .post("/me/address", json!({ "token": token }))
        .await
        .expect(204);
    assert_eq!(printed(&app, &w.officer.email, false), None);
    assert!(printed(&app, "moved@police.example", false).is_some());
    person.get("/me").await.expect(401);
    let told = told(&app, "account_changed");
    assert!(told.iter().filter(|id| **id == w.coordinator.id).count() >= 3);
    assert_eq!(
        count(
            &app,
            "select count(*) as n from outbox where letter <> 'account_changed'"
        ),
        0
    );
}

//! Strong roles, wider clients and links to strong accounts hold once a second person has confirmed.

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::support::{Answer, confirm_all, etag, id, referral};

/// Asks for a role for somebody, beside those they have; returns the pending grant.
async fn ask(app: &TestApp, who: &Person, whose: &Person, wanted: Value) -> Uuid {
    let caller = app.as_(who);
    let path = format!("/users/{}", whose.id);
    let user = caller.get(&path).await.expect(200);
    let mut roles = user["roles"].as_array().unwrap().clone();
    roles.push(wanted);
    let caller = caller.if_match(&etag(&user));
    let set = caller
        .put(&format!("{path}/roles"), json!({ "roles": roles }))
        .await;
    id(&set.expect(200)["pending_roles"][0])
}

async fn confirm(app: &TestApp, who: &Person, grant: Uuid) -> Answer {
    let path = format!("/pending-grants/{grant}/confirm");
    app.as_(who).post(&path, json!({})).await
}

async fn held(app: &TestApp, whose: &Person) -> Vec<String> {
    let me = app.as_(whose).get("/me").await.expect(200);
    let roles = me["roles"].as_array().unwrap().iter();
    roles
        .map(|one| one["role"].as_str().unwrap().to_owned())
        .collect()
}

/// Somebody whom this person alone has made.
fn puppet(
    app: &TestApp,
    maker: &Person,
    name: &str,
    agency: Uuid,
    roles: &[(Uuid, &str)],
) -> Person {
    let made = World::person(app, name, agency, roles);
    sql("update users set in_hand_of = $2 where id = $1")
        .bind(made.id)
        .bind(maker.id)
        .execute(&mut app.owner())
        .unwrap();
    made
}

#[actix_web::test]
async fn a_strong_role_gives_nothing_until_a_second_person_confirms() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let second = &w.coordinator;
    for name in ["coordinator", "chair", "idva"] {
        let person = World::person(&app, name, w.idva_service, &[]);
        let grant = ask(&app, &w.administrator, &person, role(w.wcc, name)).await;
        assert!(!held(&app, &person).await.contains(&name.to_owned()));
        let own = confirm(&app, &w.administrator, grant).await;
        assert_eq!(own.body["reason"], "second_person_needed", "{name}");
        for nobody in [
            &w.chair,
            &w.idva,
            &w.housing_lead,
            &w.auditor,
            &w.kc_coordinator,
            &person,
        ] {
            let answer = confirm(&app, nobody, grant).await;
            let unknown = confirm(&app, nobody, Uuid::now_v7()).await;
            assert_eq!(answer.status, 404, "{}", nobody.email);
            assert_eq!(answer.comparable(), unknown.comparable());
        }
        confirm(&app, second, grant).await.expect(204);
        assert!(held(&app, &person).await.contains(&name.to_owned()));
        let again = confirm(&app, second, grant).await;
        assert_eq!(again.body["reason"], "already_decided");
    }
    for weak in [
        "practitioner",
        "representative",
        "observer",
        "analyst",
        "auditor",
        "agency_lead",
    ] {
        let other = World::person(&app, weak, w.idva_service, &[]);
        let caller = app.as_(&w.administrator).if_match("\"1\"");
        let body = json!({ "roles": [role(w.wcc, weak)] });
        let path = format!("/users/{}/roles", other.id);
        let set = caller.put(&path, body).await.expect(200);
        assert_eq!(set["pending_roles"], json!([]), "{weak}");
        assert_eq!(held(&app, &other).await, [weak]);
    }
}

#[actix_web::test]
async fn one_person_with_many_accounts_is_one_person() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let chief = |maker: &Person, name: &str| {
        let made = puppet(&app, maker, name, w.coordination, &[]);
        sql("update users set administrator = true where id = $1")
            .bind(made.id)
            .execute(&mut app.owner())
            .unwrap();
        made
    };
    let a = &w.administrator;
    let b = chief(a, "made-by-a");
    let c = chief(&b, "made-by-b");
    let other = World::person(&app, "other-admin", w.coordination, &[]);
    sql("update users set administrator = true where id = $1")
        .bind(other.id)
        .execute(&mut app.owner())
        .unwrap();
    let d = chief(&other, "made-by-other");
    for (asks, confirms, expected) in [
        (a, &b, 409),
        (a, &c, 409),
        (&b, a, 409),
        (&c, &b, 409),
        (&b, &c, 409),
        (a, &other, 204),
        (&c, &d, 204),
    ] {
        let person = World::person(&app, "newcomer", w.police, &[]);
        let grant = ask(&app, asks, &person, role(w.wcc, "chair")).await;
        let answer = confirm(&app, confirms, grant).await;
        assert_eq!(answer.status, expected, "{} {}", asks.email, confirms.email);
        if expected == 409 {
            assert_eq!(answer.body["reason"], "second_person_needed");
            assert_eq!(held(&app, &person).await, Vec::<String>::new());
        }
    }
    // Whoever was confirmed by a second person is nobody's alone any more.
    let k = puppet(&app, a, "second-coordinator", w.coordination, &[]);
    let grant = ask(&app, a, &k, role(w.wcc, "coordinator")).await;
    confirm(&app, &w.coordinator, grant).await.expect(204);
    let person = World::person(&app, "last", w.police, &[]);
    let grant = ask(&app, a, &person, role(w.wcc, "chair")).await;
    confirm(&app, &k, grant).await.expect(204);
    // Whoever gets the role has made an account that may confirm it.
    let maker = World::person(&app, "maker", w.idva_service, &[(w.wcc, "agency_lead")]);
    let helper = puppet(
        &app,
        &maker,
        "helper",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let grant = ask(&app, a, &maker, role(w.wcc, "idva")).await;
    let answer = confirm(&app, &helper, grant).await;
    assert_eq!(answer.body["reason"], "second_person_needed");
}

#[actix_web::test]
async fn an_installation_with_one_administrator_begins_at_the_command_line() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let k = puppet(&app, &w.administrator, "first", w.coordination, &[]);
    let grant = ask(&app, &w.administrator, &k, role(w.wcc, "coordinator")).await;
    let granted = app
        .parts
        .db
        .run_system(kernel::policy::Act::SetUp.ask(), |tx| {
            let coordinator = kernel::policy::Role::Coordinator;
            let user = directory::users::grant_at_command_line(tx, &k.email, w.wcc, coordinator)?;
            let event = kernel::audit::Event::new().on("user", k.id).in_marac(w.wcc);
            Ok(kernel::audit::Audited::new(user.is_some(), event))
        });
    assert!(granted.unwrap());
    assert_eq!(held(&app, &k).await, ["coordinator"]);
    let late = confirm(&app, &w.coordinator, grant).await;
    assert_eq!(late.body["reason"], "already_decided");
    let person = puppet(&app, &w.administrator, "chair", w.police, &[]);
    let grant = ask(&app, &w.administrator, &person, role(w.wcc, "chair")).await;
    confirm(&app, &k, grant).await.expect(204);
    let found = audited(&app, &w.auditor, w.wcc, k.id).await;
    assert!(found.contains(&"set_up done".to_owned()), "{found:?}");
}

#[actix_web::test]
async fn a_grant_that_waits_runs_out_is_refused_or_taken_back_and_is_decided_once() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let person = World::person(&app, "newcomer", w.police, &[]);
    let chair = || role(w.wcc, "chair");
    let late = ask(&app, &w.administrator, &person, chair()).await;
    app.wait(TimeDelta::days(14));
    let answer = confirm(&app, &w.coordinator, late).await;
    assert_eq!(answer.body["reason"], "expired");
    let list = app
        .as_(&w.coordinator)
        .get("/pending-grants")
        .await
        .expect(200);
    assert_eq!(list["items"], json!([]));

    let refused = ask(&app, &w.administrator, &person, chair()).await;
    let path = format!("/pending-grants/{refused}/refuse");
    app.as_(&w.chair).post(&path, json!({})).await.expect(404);
    app.as_(&w.coordinator)
        .post(&path, json!({}))
        .await
        .expect(204);
    let answer = confirm(&app, &w.coordinator, refused).await;
    assert_eq!(answer.body["reason"], "already_decided");

    let withdrawn = ask(&app, &w.administrator, &person, chair()).await;
    let path = format!("/pending-grants/{withdrawn}/refuse");
    app.as_(&w.administrator)
        .post(&path, json!({}))
        .await
        .expect(204);

    // Left out of the next list, it is taken back; sent again, it stays the same.
    let asked = ask(&app, &w.administrator, &person, chair()).await;
    assert_eq!(ask(&app, &w.administrator, &person, chair()).await, asked);
    let path = format!("/users/{}", person.id);
    let caller = app.as_(&w.administrator);
    let tag = etag(&caller.get(&path).await.expect(200));
    let caller = caller.if_match(&tag);
    let none = caller
        .put(&format!("{path}/roles"), json!({ "roles": [] }))
        .await
        .expect(200);
    assert_eq!(none["pending_roles"], json!([]));

    // Twice at once.
    let grant = ask(&app, &w.administrator, &person, chair()).await;
    let (one, two) = futures_util::future::join(
        confirm(&app, &w.coordinator, grant),
        confirm(&app, &w.coordinator, grant),
    )
    .await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);

    // Whoever asked is gone, or whoever was to get it.
    let asker = World::person(&app, "asker", w.coordination, &[]);
    sql("update users set administrator = true where id = $1")
        .bind(asker.id)
        .execute(&mut app.owner())
        .unwrap();
    let second = World::person(&app, "second", w.police, &[]);
    for gone in [&asker, &second] {
        let by = if gone.id == asker.id {
            &asker
        } else {
            &w.administrator
        };
        let grant = ask(&app, by, &second, chair()).await;
        sql("update users set disabled_at = $2 where id = $1")
            .bind(gone.id)
            .bind(app.now())
            .execute(&mut app.owner())
            .unwrap();
        let answer = confirm(&app, &w.coordinator, grant).await;
        assert_eq!(answer.body["reason"], "disabled", "{}", gone.email);
    }
}

#[actix_web::test]
async fn a_longer_term_waits_and_a_shorter_one_does_not() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let path = format!("/users/{}", w.chair.id);
    let caller = app.as_(&w.administrator);
    let ends = app.now() + TimeDelta::days(10);
    let until = |ends: chrono::DateTime<chrono::Utc>| json!({ "roles": [{ "marac_id": w.wcc, "role": "chair", "ends_at": ends }] });
    let set = async |body: Value| {
        let tag = etag(&caller.get(&path).await.expect(200));
        let caller = caller.clone().if_match(&tag);
        caller.put(&format!("{path}/roles"), body).await.expect(200)
    };
    let shorter = set(until(ends)).await;
    assert_eq!(shorter["pending_roles"], json!([]));
    assert!(shorter["roles"][0]["ends_at"].is_string());
    let longer = set(until(ends + TimeDelta::days(10))).await;
    assert_eq!(longer["roles"], shorter["roles"], "as it was");
    assert_eq!(longer["pending_roles"][0]["role"], "chair");
    assert_eq!(confirm_all(&app.as_(&w.coordinator), w.chair.id).await, 1);
}

#[actix_web::test]
async fn a_program_acts_as_an_idva_once_she_or_a_second_person_has_agreed() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let lead = World::person(&app, "idva-lead", w.idva_service, &[(w.wcc, "agency_lead")]);
    let body = json!({ "name": "System", "rights": ["cases:read", "referrals:write"],
        "roles": [role(w.wcc, "idva")] });
    let made = app.as_(&lead).post("/api-clients", body).await.expect(201);
    let client = crate::support::Client {
        id: id(&made["client"]),
        secret: String::new(),
    };
    assert_eq!(made["client"]["roles"], json!([]));
    assert_eq!(made["client"]["pending_roles"][0]["role"], "idva");
    let own = app.as_(&lead).get("/pending-grants").await.expect(200);
    for one in own["items"].as_array().unwrap() {
        let answer = confirm(&app, &lead, id(one)).await;
        assert_eq!(answer.body["reason"], "second_person_needed");
    }
    assert_eq!(confirm_all(&app.as_(&w.coordinator), client.id).await, 2);
    let case = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
    app.as_(&w.idva).post("/referrals", case).await.expect(201);
    let seen = async || {
        let acting = app.as_client(&client, Some("amina"));
        let list = acting.get("/referrals").await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    let actor = json!({ "partner_ref": "amina", "name": "Amina", "user_id": w.idva.id });
    let path = format!("/api-clients/{}/actors", client.id);
    let actor = app.as_(&lead).post(&path, actor).await.expect(201);
    assert_eq!(actor["user_id"], json!(null), "it waits");
    let before = seen().await;
    let waiting = app.as_(&w.idva).get("/pending-grants").await.expect(200);
    assert_eq!(waiting["items"][0]["kind"], "link");
    let link = id(&waiting["items"][0]);
    assert_eq!(confirm(&app, &lead, link).await.status, 409);
    confirm(&app, &w.idva, link).await.expect(204);
    let me = app
        .as_client(&client, Some("amina"))
        .get("/me")
        .await
        .expect(200);
    assert_eq!(me["user_id"], json!(w.idva.id));
    assert_eq!((before, seen().await), (0, 1));
}

#[actix_web::test]
async fn a_lead_of_idvas_needs_another_who_may() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let lead = World::person(&app, "idva-lead", w.idva_service, &[(w.wcc, "agency_lead")]);
    let second = World::person(
        &app,
        "second-lead",
        w.idva_service,
        &[(w.wcc, "agency_lead")],
    );
    let body = json!({ "email": "new@door.example", "name": "N", "roles": [role(w.wcc, "idva")] });
    let invited = app.as_(&lead).post("/users", body).await.expect(201);
    assert_eq!(invited["user"]["roles"], json!([]));
    let grant = id(&invited["user"]["pending_roles"][0]);
    let own = confirm(&app, &lead, grant).await;
    assert_eq!(own.body["reason"], "second_person_needed");
    confirm(&app, &second, grant).await.expect(204);
    let told = told(&app, "grant_to_confirm");
    assert_eq!(told, [w.coordinator.id]);
}

//! Agencies and their part in MARACs.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, TestApp, World, etag, id};

async fn start() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

/// One agency as its MARAC lists it.
async fn member(app: &TestApp, reader: &Person, marac: Uuid, agency: Uuid) -> Value {
    let path = format!("/maracs/{marac}/agencies");
    let list = app.as_(reader).get(&path).await.expect(200);
    let mut items = list["items"].as_array().unwrap().iter();
    let found = items
        .find(|item| item["agency_id"] == json!(agency))
        .cloned();
    found.unwrap_or_else(|| panic!("{agency} is not in {list:#}"))
}

/// How many live roles somebody has.
async fn live_roles(app: &TestApp, person: &Person) -> usize {
    let me = app.as_(person).get("/me").await.expect(200);
    me["roles"].as_array().unwrap().len()
}

#[actix_web::test]
async fn agencies_are_listed_by_kind_and_read() {
    let (app, world) = start().await;
    let caller = app.as_(&world.officer);
    let list = caller.get("/agencies?kind=police").await.expect(200);
    let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [world.police, world.kc_police]);
    let one = caller
        .get(&format!("/agencies/{}", world.housing))
        .await
        .expect(200);
    assert_eq!(one["name"], "City Housing");
    caller.get("/agencies?kind=shop").await.expect(400);
    let unknown = format!("/agencies/{}", Uuid::now_v7());
    caller.get(&unknown).await.expect(404);
    let client = app.as_client(&world.client, Some("h-17"));
    client.get("/agencies").await.expect(403);
}

#[actix_web::test]
async fn coordinators_and_administrators_register_agencies() {
    let (app, world) = start().await;
    let body = json!({ "name": "River Housing", "kind": "housing" });
    for person in [&world.coordinator, &world.administrator] {
        let caller = app.as_(person).with("idempotency-key", "river-housing");
        let made = caller.post("/agencies", body.clone()).await.expect(201);
        let again = caller.post("/agencies", body.clone()).await.expect(201);
        assert_eq!(made, again);
    }
    for person in [&world.chair, &world.housing_lead, &world.officer] {
        app.as_(person)
            .post("/agencies", body.clone())
            .await
            .expect(403);
    }
    let answer = app
        .as_(&world.coordinator)
        .post("/agencies", json!({ "name": "", "kind": "shop" }))
        .await;
    assert_eq!(answer.errors(), ["/kind not_allowed"]);
}

#[actix_web::test]
async fn an_agency_of_several_maracs_is_not_one_coordinators_to_change() {
    let (app, world) = start().await;
    let shared = format!("/agencies/{}", world.housing);
    let own = format!("/agencies/{}", world.health);
    let change = json!({ "name": "Renamed" });
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    caller.patch(&shared, change.clone()).await.expect(403);
    caller
        .post(&format!("{shared}/close"), json!({}))
        .await
        .expect(403);
    let changed = caller.patch(&own, change.clone()).await.expect(200);
    assert_eq!(changed["name"], "Renamed");
    assert_eq!(changed["kind"], "secondary_care_acute");
    caller.patch(&own, change.clone()).await.expect(412);
    app.as_(&world.coordinator)
        .patch(&own, change.clone())
        .await
        .expect(428);
    let administrator = app.as_(&world.administrator).if_match("\"1\"");
    administrator.patch(&shared, change).await.expect(200);
}

#[actix_web::test]
async fn closing_an_agency_bites_at_once() {
    let (app, world) = start().await;
    assert_eq!(live_roles(&app, &world.housing_rep).await, 2);
    let path = format!("/agencies/{}/close", world.housing);
    let caller = app.as_(&world.administrator).if_match("\"1\"");
    let closed = caller.post(&path, json!({})).await.expect(200);
    assert!(closed["closed_at"].is_string());
    assert_eq!(live_roles(&app, &world.housing_rep).await, 0);
    let caller = app.as_(&world.administrator).if_match(&etag(&closed));
    let again = caller.post(&path, json!({})).await;
    assert_eq!(
        (again.status, &again.body["reason"]),
        (409, &json!("agency_closed"))
    );
    let own = format!("/agencies/{}/close", world.coordination);
    let caller = app.as_(&world.administrator).if_match("\"1\"");
    let answer = caller.post(&own, json!({})).await;
    assert_eq!(answer.body["reason"], "own_agency");
    let join = format!("/maracs/{}/agencies/{}", world.wcc, world.housing);
    let answer = caller.put(&join, json!({})).await;
    assert_eq!(answer.body["reason"], "agency_closed");
}

#[actix_web::test]
async fn an_agency_joins_and_its_agreement_changes() {
    let (app, world) = start().await;
    let path = format!("/maracs/{}/agencies/{}", world.wcc, world.kc_police);
    let agreement = json!({
        "core": true, "signed_on": "2025-01-10", "signatory": "Superintendent Lee",
        "review_on": "2026-01-10",
    });
    let coordinator = app.as_(&world.coordinator);
    let stale = coordinator.clone().if_match("\"1\"");
    stale.put(&path, agreement.clone()).await.expect(412);
    let joined = coordinator.put(&path, agreement.clone()).await.expect(201);
    assert_eq!(joined["kind"], "police");
    assert_eq!(joined["live"], json!(true));
    assert_eq!(joined["signatory"], "Superintendent Lee");
    coordinator.put(&path, agreement.clone()).await.expect(428);
    let malformed = coordinator.clone().if_match("one");
    malformed.put(&path, agreement).await.expect(400);
    let current = coordinator.clone().if_match(&etag(&joined));
    let changed = json!({ "signed_on": "2025-01-10", "signatory": "A. Lee" });
    let changed = current.put(&path, changed).await.expect(200);
    assert_eq!(changed["core"], json!(false));
    assert_eq!(changed["review_on"], json!(null));
    current.put(&path, json!({})).await.expect(412);
    let current = coordinator.clone().if_match(&etag(&changed));
    let answer = current
        .put(&path, json!({ "signed_on": "2199-01-01" }))
        .await;
    assert_eq!(answer.errors(), ["/signed_on future"]);
    let unknown = format!("/maracs/{}/agencies/{}", world.wcc, Uuid::now_v7());
    coordinator.put(&unknown, json!({})).await.expect(404);
}

#[actix_web::test]
async fn memberships_are_decided_in_their_own_marac_alone() {
    let (app, world) = start().await;
    let path = format!("/maracs/{}/agencies/{}", world.wcc, world.housing);
    for person in [
        &world.kc_coordinator,
        &world.chair,
        &world.housing_lead,
        &world.officer,
    ] {
        let caller = app.as_(person).if_match("\"1\"");
        caller.put(&path, json!({})).await.expect(403);
        let reason = json!({ "reason": "No." });
        caller
            .post(&format!("{path}/suspend"), reason)
            .await
            .expect(403);
        caller
            .post(&format!("{path}/reinstate"), json!({}))
            .await
            .expect(403);
    }
    let list = format!("/maracs/{}/agencies", world.wcc);
    app.as_(&world.kc_officer).get(&list).await.expect(403);
    let page = app
        .as_(&world.observer)
        .get(&format!("{list}?limit=2"))
        .await
        .expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert!(page["next_cursor"].is_string());
}

#[actix_web::test]
async fn a_suspension_bites_at_once_in_this_marac_and_names_who_decided() {
    let (app, world) = start().await;
    let path = format!("/maracs/{}/agencies/{}", world.wcc, world.housing);
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    let reason = json!({ "reason": "The agreement was broken." });
    let suspended = caller
        .post(&format!("{path}/suspend"), reason.clone())
        .await
        .expect(200);
    assert_eq!(suspended["suspended_by"], json!(world.coordinator.id));
    assert_eq!(suspended["suspension_reason"], reason["reason"]);
    assert_eq!(suspended["live"], json!(false));
    assert_eq!(live_roles(&app, &world.housing_rep).await, 1, "KC stays");
    app.as_(&world.housing_lead).get("/users").await.expect(403);
    let seen = member(&app, &world.officer, world.wcc, world.housing).await;
    assert_eq!(seen["suspended"], json!(true));
    assert_eq!(seen["suspension_reason"], json!(null));
    caller
        .post(&format!("{path}/reinstate"), json!({}))
        .await
        .expect(412);
    let caller = app.as_(&world.coordinator).if_match(&etag(&suspended));
    let again = caller.post(&format!("{path}/suspend"), reason).await;
    assert_eq!(again.body["reason"], "already_suspended");
    let back = caller
        .post(&format!("{path}/reinstate"), json!({}))
        .await
        .expect(200);
    assert_eq!(back["suspended_by"], json!(null));
    assert_eq!(live_roles(&app, &world.housing_rep).await, 2);
    let caller = app.as_(&world.coordinator).if_match(&etag(&back));
    let again = caller.post(&format!("{path}/reinstate"), json!({})).await;
    assert_eq!(again.body["reason"], "not_suspended");
}

#[actix_web::test]
async fn nobody_decides_when_the_access_of_their_own_agency_ends() {
    let (app, world) = start().await;
    let path = format!("/maracs/{}/agencies/{}", world.wcc, world.coordination);
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    let reason = json!({ "reason": "A slip." });
    let answer = caller.post(&format!("{path}/suspend"), reason).await;
    assert_eq!(
        (answer.status, &answer.body["reason"]),
        (409, &json!("own_agency"))
    );
    let end = json!({ "access_ends_at": "2199-01-01T00:00:00Z" });
    let answer = caller.put(&path, end).await;
    assert_eq!(answer.body["reason"], "own_agency");
    let sign = json!({ "signed_on": "2025-01-10", "signatory": "Head of Partnership" });
    caller.put(&path, sign).await.expect(200);
}

#[actix_web::test]
async fn access_ends_when_a_named_person_said_and_never_by_the_review_date() {
    let (app, world) = start().await;
    let path = format!("/maracs/{}/agencies/{}", world.wcc, world.housing);
    let today = app.today();
    let agreement = json!({
        "signed_on": "2020-01-01", "signatory": "A", "review_on": today,
        "access_ends_at": app.now() + TimeDelta::days(2),
    });
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    let set = caller.put(&path, agreement).await.expect(200);
    assert_eq!(set["warning"], json!(null));
    app.wait(TimeDelta::days(1));
    assert_eq!(live_roles(&app, &world.housing_rep).await, 2);
    let seen = member(&app, &world.coordinator, world.wcc, world.housing).await;
    assert_eq!(
        (&seen["warning"], &seen["live"]),
        (&json!("review_past"), &json!(true))
    );
    app.wait(TimeDelta::days(1));
    assert_eq!(live_roles(&app, &world.housing_rep).await, 1);
    let seen = member(&app, &world.coordinator, world.wcc, world.housing).await;
    assert_eq!(seen["live"], json!(false));
}

#[actix_web::test]
async fn the_program_sets_up_a_marac_from_nothing_and_lists_to_live_members_alone() {
    use directory::{agencies, clients, maracs, users};
    use kernel::policy::{Act, Right, Role};

    let app = TestApp::new().await;
    let [marac, police, housing, user, client] = [(); 5].map(|()| Uuid::now_v7());
    let db = app.parts.db.clone();
    let secret = db
        .run_system(Act::SetUp.ask(), |tx| {
            let new =
                serde_json::from_value(json!({ "code": "HF", "name": "Hammersmith" })).unwrap();
            maracs::create(tx, marac, &new)?;
            for (id, kind) in [(police, "police"), (housing, "housing")] {
                let new = serde_json::from_value(json!({ "name": kind, "kind": kind })).unwrap();
                agencies::create(tx, id, &new)?;
            }
            let past = agencies::Agreement {
                review_on: tx.today().pred_opt().map(Into::into),
                ..Default::default()
            };
            agencies::join(tx, marac, police, &agencies::Agreement::default())?;
            agencies::join(tx, marac, housing, &past)?;
            let new = users::NewUser {
                agency_id: police,
                email: "Officer@Police.example".into(),
                name: "Officer".into(),
                password_hash: None,
                administrator: false,
            };
            users::create(tx, user, &new)?;
            users::grant(tx, user, marac, Role::Practitioner, None)?;
            users::print_link(tx, "officer@police.example", false)?;
            let new = clients::NewClient {
                agency_id: police,
                name: "Records".into(),
                rights: vec![Right::ActionsRead],
                created_by: user,
            };
            let secret = clients::create(tx, client, &new)?;
            clients::grant(tx, client, marac, Role::Representative)?;
            assert_eq!(agencies::kind_of(tx, police)?.as_str(), "police");
            assert!(agencies::is_live_member(tx, marac, housing)?);
            assert!(!agencies::is_live_member(tx, marac, Uuid::now_v7())?);
            let listed = agencies::takes_listings(tx, marac, vec![housing, police])?;
            assert_eq!(listed, [police], "a review date past stops new listings");
            let (settings, version) = maracs::settings(tx, marac)?;
            assert_eq!((settings.high_risk_threshold, version), (14, 1));
            Ok(kernel::audit::Audited::new(
                secret,
                kernel::audit::Event::new(),
            ))
        })
        .unwrap();
    let client = crate::support::Client { id: client, secret };
    let me = app.as_client(&client, None).get("/me").await.expect(200);
    assert_eq!(me["roles"][0]["role"], "representative");
}

//! MARACs: who reads and changes their settings.

use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestApp, World, etag, id};

#[actix_web::test]
async fn everybody_sees_names_and_codes_page_by_page() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    let first = caller.get("/maracs?limit=1").await;
    assert!(first.header("link").unwrap().contains("rel=\"next\""));
    let first = first.expect(200);
    assert_eq!(
        first["items"],
        json!([{ "id": world.wcc, "code": "WCC", "name": "Westminster" }])
    );
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/maracs?limit=1&cursor={cursor}");
    let second = caller.get(&path).await.expect(200);
    assert_eq!(second["items"][0]["code"], "KC");
    assert_eq!(second["next_cursor"], json!(null));
    caller.get("/maracs?limit=0").await.expect(400);
    caller.get("/maracs?cursor=zzz").await.expect(400);
}

#[actix_web::test]
async fn settings_are_read_by_those_inside_and_the_administrator() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let path = format!("/maracs/{}", world.wcc);
    for person in [&world.officer, &world.observer, &world.administrator] {
        let marac = app.as_(person).get(&path).await.expect(200);
        assert_eq!(marac["settings"]["high_risk_threshold"], 14);
        assert_eq!(marac["settings"]["calendar"], "england_and_wales");
        assert_eq!(marac["settings"]["deadlines"]["minutes_working_days"], 3);
    }
    app.as_(&world.kc_coordinator).get(&path).await.expect(403);
    app.as_client(&world.client, None)
        .get(&path)
        .await
        .expect(403);
    let unknown = format!("/maracs/{}", Uuid::now_v7());
    app.as_(&world.officer).get(&unknown).await.expect(404);
}

#[actix_web::test]
async fn only_the_administrator_founds_a_marac_and_a_retry_founds_none() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let body =
        json!({ "code": "HF", "name": "Hammersmith", "settings": { "calendar": "scotland" } });
    app.as_(&world.coordinator)
        .post("/maracs", body.clone())
        .await
        .expect(403);
    let administrator = app
        .as_(&world.administrator)
        .with("idempotency-key", "found-hf-1");
    let founded = administrator
        .post("/maracs", body.clone())
        .await
        .expect(201);
    assert_eq!(founded["settings"]["calendar"], "scotland");
    assert_eq!(founded["settings"]["minutes_per_case"], 15);
    let again = administrator
        .post("/maracs", body.clone())
        .await
        .expect(201);
    assert_eq!(again, founded);
    let other = json!({ "code": "HF", "name": "Another" });
    let answer = administrator.post("/maracs", other.clone()).await;
    assert_eq!(answer.code(), "idempotency_key_reused");
    let answer = app.as_(&world.administrator).post("/maracs", other).await;
    assert_eq!(
        (answer.status, answer.errors()),
        (422, vec!["/code taken".into()])
    );
    for (body, error) in [
        (json!({ "code": "hf", "name": "H" }), "/code format"),
        (json!({ "code": "HG", "name": " " }), "/name blank"),
        (
            json!({ "code": "HG", "name": "a\u{0}b" }),
            "/name control_character",
        ),
        (
            json!({ "code": "HG", "name": "H", "settings": { "calendar": "wales" } }),
            "/settings/calendar not_allowed",
        ),
        (
            json!({ "code": "HG", "name": "H", "settings": { "meeting_capacity": 0 } }),
            "/settings/meeting_capacity range",
        ),
    ] {
        let answer = app.as_(&world.administrator).post("/maracs", body).await;
        assert_eq!((answer.status, answer.errors()), (422, vec![error.into()]));
    }
}

#[actix_web::test]
async fn its_coordinator_changes_settings_and_what_is_not_sent_stays() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let path = format!("/maracs/{}", world.wcc);
    let read = app.as_(&world.coordinator).get(&path).await.expect(200);
    let change = json!({
        "adult_female_population": 110_000,
        "police_force_area": "Metropolitan",
        "settings": { "high_risk_threshold": 12, "deadlines": { "minutes_working_days": 5 } },
    });
    let caller = app.as_(&world.coordinator).if_match(&etag(&read));
    let changed = caller.patch(&path, change.clone()).await.expect(200);
    assert_eq!(changed["settings"]["high_risk_threshold"], 12);
    assert_eq!(changed["settings"]["deadlines"]["minutes_working_days"], 5);
    assert_eq!(changed["settings"]["deadlines"]["idva_contact_hours"], 48);
    assert_eq!(changed["name"], "Westminster");
    assert_eq!(changed["adult_female_population"], 110_000);
    caller.patch(&path, change.clone()).await.expect(412);
    app.as_(&world.coordinator)
        .patch(&path, change.clone())
        .await
        .expect(428);
    let caller = app.as_(&world.administrator).if_match(&etag(&changed));
    let emptied = caller
        .patch(&path, json!({ "police_force_area": null }))
        .await
        .expect(200);
    assert_eq!(emptied["police_force_area"], json!(null));
    assert_eq!(emptied["adult_female_population"], 110_000);
    let caller = app.as_(&world.coordinator).if_match(&etag(&emptied));
    let wrong = json!({ "settings": { "deadlines": { "circulation_working_days": 60 } } });
    let answer = caller.patch(&path, wrong).await;
    assert_eq!(
        answer.errors(),
        ["/settings/deadlines deadlines_out_of_order"]
    );
    assert_eq!(etag(&caller.get(&path).await.expect(200)), etag(&emptied));
}

#[actix_web::test]
async fn nobody_else_changes_a_marac() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let path = format!("/maracs/{}", world.wcc);
    let people = [
        &world.kc_coordinator,
        &world.chair,
        &world.officer,
        &world.housing_lead,
        &world.analyst,
    ];
    for person in people {
        let caller = app.as_(person).if_match("\"1\"");
        caller
            .patch(&path, json!({ "name": "Mine" }))
            .await
            .expect(403);
    }
    let unknown = format!("/maracs/{}", Uuid::now_v7());
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    caller.patch(&unknown, json!({})).await.expect(404);
    let denied: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "select count(*) from audit_events where act = 'change_marac' and outcome = 'denied'",
    )
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(denied, 5);
}

#[actix_web::test]
async fn agreements_past_review_or_unsigned_are_warned_of() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    sql("update marac_agencies set agreement_signed_on = '2020-01-01', agreement_signatory = 'A', \
         agreement_review_on = case when agency_id = $1 then date '2021-01-01' end where agency_id <> $2")
        .bind(world.housing)
        .bind(world.health)
        .execute(&mut app.owner())
        .unwrap();
    let path = format!("/maracs/{}", world.wcc);
    let marac = app.as_(&world.coordinator).get(&path).await.expect(200);
    assert_eq!(
        marac["agreement_warnings"],
        json!([
            { "agency_id": world.housing, "name": "City Housing", "warning": "review_past", "review_on": "2021-01-01" },
            { "agency_id": world.health, "name": "St Mark's Hospital", "warning": "unsigned", "review_on": null },
        ])
    );
    let me = app.as_(&world.housing_rep).get("/me").await.expect(200);
    assert_eq!(
        me["roles"].as_array().unwrap().len(),
        2,
        "nobody is cut off"
    );
    let created = app
        .as_(&world.administrator)
        .post("/maracs", json!({ "code": "HF", "name": "Hammersmith" }))
        .await
        .expect(201);
    assert_eq!(created["agreement_warnings"], json!([]));
    assert_ne!(id(&created), world.wcc);
}

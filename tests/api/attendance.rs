//! Who came (R20).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{planned, step};
use crate::support::{TestApp, World, etag, id};

fn seat(body: &Value, agency: Uuid) -> Value {
    let seats = body["items"].as_array().unwrap();
    let found = seats.iter().find(|seat| seat["agency_id"] == json!(agency));
    found.cloned().unwrap_or(Value::Null)
}

#[actix_web::test]
async fn every_agency_has_a_seat_and_the_coordinator_records_who_came() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let path = format!("/meetings/{meeting}/attendance");
    let caller = app.as_(&world.coordinator);
    let before = caller.get(&path).await.expect(200);
    assert_eq!(before["items"].as_array().unwrap().len(), 5);
    let empty = seat(&before, world.housing);
    assert_eq!(
        (&empty["presence"], &empty["etag"]),
        (&json!("expected"), &json!("\"0\""))
    );

    let one = format!("{path}/{}", world.housing);
    let sent =
        json!({ "role": "representative", "presence": "apologies", "information_sent": true });
    let without = caller.put(&one, sent.clone()).await;
    assert_eq!(without.status, 428);
    let fresh = caller.clone().if_match("\"0\"");
    let recorded = fresh.put(&one, sent.clone()).await.expect(200);
    assert_eq!(
        (&recorded["presence"], &recorded["information_sent"]),
        (&json!("apologies"), &json!(true))
    );
    assert_eq!(fresh.put(&one, sent).await.code(), "stale");
    let came = json!({ "role": "representative", "presence": "present" });
    let corrected = caller
        .clone()
        .if_match(&etag(&recorded))
        .put(&one, came)
        .await
        .expect(200);
    assert_eq!(corrected["presence"], "present");

    let person =
        json!({ "user_id": world.housing_rep.id, "role": "deputy", "presence": "present" });
    let named = fresh.put(&one, person).await.expect(200);
    assert_eq!(named["user_name"], "housing-rep");
    let after = caller.get(&path).await.expect(200);
    assert_eq!(after["items"].as_array().unwrap().len(), 6);
}

#[actix_web::test]
async fn strangers_are_refused_a_seat() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let caller = app.as_(&world.coordinator).if_match("\"0\"");
    let path = |agency: Uuid| format!("/meetings/{meeting}/attendance/{agency}");
    let body = json!({ "user_id": world.officer.id, "role": "guest", "presence": "present" });
    let wrong = caller.put(&path(world.housing), body).await;
    assert_eq!(wrong.errors(), ["/user_id not_of_the_agency"]);
    let body = json!({ "role": "guest", "presence": "present" });
    let outside = caller.put(&path(world.kc_police), body.clone()).await;
    let unknown = caller.put(&path(Uuid::now_v7()), body.clone()).await;
    assert_eq!(outside.status, 404);
    assert_eq!(outside.comparable(), unknown.comparable());
    for person in [&world.chair, &world.housing_rep] {
        let refused = app
            .as_(person)
            .if_match("\"0\"")
            .put(&path(world.housing), body.clone())
            .await;
        assert_eq!(refused.code(), "forbidden");
    }
    step(&app, &world.coordinator, meeting, "cancel").await;
    let over = caller.put(&path(world.housing), body).await;
    assert_eq!(
        (over.status, &over.body["reason"]),
        (409, &json!("meeting_over"))
    );
}

#[actix_web::test]
async fn others_see_their_own_agencys_seat_alone() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let path = format!("/meetings/{meeting}/attendance");
    for (person, agency) in [
        (&world.housing_rep, world.housing),
        (&world.observer, world.health),
    ] {
        let seen = app.as_(person).get(&path).await.expect(200);
        assert_eq!(seen["items"].as_array().unwrap().len(), 1);
        assert_ne!(seat(&seen, agency), Value::Null);
    }
    let all = app.as_(&world.chair).get(&path).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 5);
}

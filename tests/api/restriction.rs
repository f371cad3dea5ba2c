//! A restricted case is open to named people only.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::casework::Desk;
use crate::support::{etag, id};

#[actix_web::test]
async fn only_the_named_see_a_restricted_case_until_it_is_lifted() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.allocate(case).await;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    desk.name(case, &w.other_officer);
    let path = format!("/cases/{case}/restriction");
    let coordinator = desk.app.as_(&w.coordinator);
    let body =
        json!({ "reason": "She works for a partner.", "named": [w.idva.id, w.health_rep.id] });
    assert_eq!(coordinator.put(&path, body.clone()).await.status, 428);
    assert_eq!(
        coordinator
            .clone()
            .if_match("\"99\"")
            .put(&path, body.clone())
            .await
            .status,
        412
    );
    let tag = desk.head_etag(case).await;
    let set = coordinator
        .clone()
        .if_match(&tag)
        .put(&path, body)
        .await
        .expect(200);
    assert_eq!(
        set["named"].as_array().unwrap().len(),
        3,
        "whoever sets it is named"
    );
    for who in [
        &w.officer,
        &w.chair,
        &w.housing_rep,
        &w.other_officer,
        &w.auditor,
    ] {
        if who.id == w.auditor.id {
            let log = desk
                .app
                .as_(who)
                .get(&format!("/cases/{case}/access-log"))
                .await;
            assert_eq!(log.status, 404);
        } else {
            desk.assert_hidden(who, case).await;
        }
    }
    for actor in [None, Some("h-17")] {
        assert_eq!(
            desk.app
                .as_client(&w.client, actor)
                .get(&format!("/cases/{case}"))
                .await
                .status,
            404
        );
    }
    for who in [&w.coordinator, &w.idva] {
        assert_eq!(desk.file(who, case).await.expect(200)["restricted"], true);
        assert_eq!(desk.listed(who).await, (vec![case], 1));
    }
    let lift = format!("{path}/lift");
    assert_eq!(
        desk.app
            .as_(&w.idva)
            .if_match(&etag(&set))
            .post(&lift, json!({}))
            .await
            .status,
        403
    );
    let lifted = coordinator
        .clone()
        .if_match(&etag(&set))
        .post(&lift, json!({}))
        .await
        .expect(200);
    for who in [&w.officer, &w.chair, &w.housing_rep, &w.idva] {
        assert_eq!(desk.file(who, case).await.expect(200)["restricted"], false);
    }
    desk.assert_hidden(&w.health_rep, case).await;
    assert_eq!(
        coordinator.get(&path).await.expect(200)["restriction"],
        json!(null)
    );
    let again = coordinator
        .if_match(&etag(&lifted))
        .post(&lift, json!({}))
        .await;
    assert_eq!(again.body["reason"], "not_restricted");
}

#[actix_web::test]
async fn naming_others_takes_the_case_from_those_named_before() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/restriction");
    let coordinator = desk.app.as_(&w.coordinator);
    let tag = desk.head_etag(case).await;
    let named =
        |people: Vec<Uuid>| json!({ "reason": "R", "named": people, "until": desk.app.today() });
    let set = coordinator
        .clone()
        .if_match(&tag)
        .put(&path, named(vec![w.chair.id]))
        .await
        .expect(200);
    desk.file(&w.chair, case).await.expect(200);
    let set = coordinator
        .clone()
        .if_match(&etag(&set))
        .put(&path, named(vec![w.officer.id]))
        .await
        .expect(200);
    desk.assert_hidden(&w.chair, case).await;
    desk.file(&w.officer, case).await.expect(200);
    let strangers = named(vec![w.officer.id, w.kc_officer.id]);
    let refused = coordinator
        .clone()
        .if_match(&etag(&set))
        .put(&path, strangers)
        .await;
    assert_eq!(refused.errors(), ["/named/1 not_a_member"]);
    desk.app.wait(TimeDelta::days(2));
    assert_eq!(
        desk.file(&w.chair, case).await.expect(200)["restricted"],
        false
    );
}

#[actix_web::test]
async fn an_exclusion_beats_being_named() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let tag = desk.head_etag(case).await;
    let coordinator = desk.app.as_(&w.coordinator);
    let body = json!({ "reason": "R", "named": [w.chair.id] });
    coordinator
        .clone()
        .if_match(&tag)
        .put(&format!("/cases/{case}/restriction"), body)
        .await
        .expect(200);
    let body = json!({ "user_id": w.chair.id, "reason": "R" });
    coordinator
        .post(&format!("/cases/{case}/exclusions"), body)
        .await
        .expect(201);
    desk.assert_hidden(&w.chair, case).await;
}

#[actix_web::test]
async fn a_referral_is_restricted_before_it_is_decided() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let sent = desk.referred("Okafor").await;
    let file: Uuid = sent["case_id"].as_str().unwrap().parse().unwrap();
    let body = json!({ "reason": "R", "named": [w.officer.id] });
    let coordinator = desk.app.as_(&w.coordinator);
    let path = format!("/cases/{file}/restriction");
    let stale = coordinator
        .clone()
        .if_match("\"99\"")
        .put(&path, body.clone())
        .await;
    assert_eq!(stale.status, 412);
    coordinator
        .if_match("\"1\"")
        .put(&path, body)
        .await
        .expect(200);
    let referral = format!("/referrals/{}", id(&sent));
    assert_eq!(desk.app.as_(&w.chair).get(&referral).await.status, 404);
    desk.app.as_(&w.officer).get(&referral).await.expect(200);
}

//! Sharing a case with an agency.

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::json;

use crate::casework::Desk;
use crate::support::{etag, id};

#[actix_web::test]
async fn a_share_opens_the_case_at_once_and_its_end_closes_it_at_once() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/shares");
    let body = json!({ "agency_id": w.housing, "reason": "Rehousing; vital interests." });
    let coordinator = desk
        .app
        .as_(&w.coordinator)
        .with("idempotency-key", "share-key-1");
    let share = coordinator.post(&path, body.clone()).await.expect(201);
    assert_eq!(
        coordinator.post(&path, body.clone()).await.expect(201),
        share
    );
    let file = desk.file(&w.housing_rep, case).await.expect(200);
    assert_eq!(file["account"].as_array().unwrap().len(), 2);
    assert_eq!(desk.listed(&w.housing_rep).await, (vec![case], 1));
    desk.app
        .as_client(&w.client, Some("h-17"))
        .get(&format!("/cases/{case}"))
        .await
        .expect(200);
    let twice = desk.app.as_(&w.chair).post(&path, body).await;
    assert_eq!(twice.body["reason"], "already_shared");
    let end = format!("{path}/{}/end", id(&share));
    let chair = desk.app.as_(&w.chair);
    assert_eq!(chair.post(&end, json!({})).await.status, 428);
    assert_eq!(
        chair
            .clone()
            .if_match("\"9\"")
            .post(&end, json!({}))
            .await
            .status,
        412
    );
    let ended = chair
        .clone()
        .if_match(&etag(&share))
        .post(&end, json!({}))
        .await
        .expect(200);
    assert_eq!(ended["live"], false);
    desk.assert_hidden(&w.housing_rep, case).await;
    let again = chair
        .clone()
        .if_match(&etag(&ended))
        .post(&end, json!({}))
        .await;
    assert_eq!(again.body["reason"], "already_ended");
    let list = chair.get(&path).await.expect(200);
    assert_eq!(list["items"][0]["reason"], "Rehousing; vital interests.");
}

#[actix_web::test]
async fn a_share_ends_with_its_last_day() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/shares");
    let until = desk.app.today() + TimeDelta::days(2);
    let coordinator = desk.app.as_(&w.coordinator);
    let past = json!({ "agency_id": w.housing, "reason": "R", "until": "2020-01-01" });
    assert_eq!(
        coordinator.post(&path, past).await.errors(),
        ["/until in_the_past"]
    );
    let body = json!({ "agency_id": w.housing, "reason": "R", "until": until });
    coordinator.post(&path, body).await.expect(201);
    desk.file(&w.housing_rep, case).await.expect(200);
    desk.app.wait(TimeDelta::days(3));
    desk.assert_hidden(&w.housing_rep, case).await;
}

#[actix_web::test]
async fn only_members_whose_agreement_stands_are_shared_with_and_only_staff_share() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/shares");
    let share = |agency| json!({ "agency_id": agency, "reason": "R" });
    let coordinator = desk.app.as_(&w.coordinator);
    for agency in [w.kc_police, uuid::Uuid::now_v7()] {
        assert_eq!(
            coordinator.post(&path, share(agency)).await.errors(),
            ["/agency_id not_a_member"]
        );
    }
    sql("update marac_agencies set agreement_review_on = '2020-01-01' where agency_id = $1")
        .bind(w.health)
        .execute(&mut desk.app.owner())
        .unwrap();
    assert_eq!(
        coordinator.post(&path, share(w.health)).await.body["reason"],
        "agreement_review_due"
    );
    assert_eq!(
        desk.app
            .as_(&w.officer)
            .post(&path, share(w.housing))
            .await
            .status,
        403
    );
    assert_eq!(
        desk.app
            .as_(&w.kc_coordinator)
            .post(&path, share(w.housing))
            .await
            .status,
        404
    );
    let other = desk.case("Adeyemi").await;
    let made = coordinator.post(&path, share(w.housing)).await.expect(201);
    let end = format!("/cases/{other}/shares/{}/end", id(&made));
    assert_eq!(
        coordinator
            .if_match("\"1\"")
            .post(&end, json!({}))
            .await
            .status,
        404
    );
}

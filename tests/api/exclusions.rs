//! Exclusion wins over everything.

use chrono::TimeDelta;
use conference::meetings::open_unseen;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::{listed, planned, step};
use crate::support::{Person, TestApp, World, etag, id};

async fn exclude(desk: &Desk, by: &Person, case: Uuid, mut body: Value) -> Value {
    body["reason"] = json!("A relative of the perpetrator.");
    let path = format!("/cases/{case}/exclusions");
    desk.app.as_(by).post(&path, body).await.expect(201)
}

fn actor(desk: &Desk, partner_ref: &'static str) -> Uuid {
    #[derive(Row)]
    struct Row {
        id: Uuid,
    }
    let row: Row = sql("select id from registered_actors where partner_ref = $1")
        .bind(partner_ref)
        .get_result(&mut desk.app.owner())
        .unwrap();
    row.id
}

#[actix_web::test]
async fn it_beats_every_basis_and_role_from_the_next_request() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let other = desk.case("Adeyemi").await;
    let w = &desk.world;
    desk.allocate(case).await;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    desk.name(case, &w.other_officer);
    let second = World::person(
        &desk.app,
        "second-coordinator",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    for who in [
        &w.officer,
        &w.idva,
        &w.housing_rep,
        &w.other_officer,
        &w.chair,
        &w.coordinator,
    ] {
        desk.file(who, case).await.expect(200);
        exclude(&desk, &second, case, json!({ "user_id": who.id })).await;
        desk.assert_hidden(who, case).await;
    }
    assert_eq!(desk.listed(&w.coordinator).await, (vec![other], 1));
    let share = json!({ "agency_id": w.health, "reason": "R" });
    let answer = desk
        .app
        .as_(&w.coordinator)
        .post(&format!("/cases/{case}/shares"), share.clone())
        .await;
    let unknown = desk
        .app
        .as_(&w.coordinator)
        .post(&format!("/cases/{}/shares", Uuid::now_v7()), share)
        .await;
    assert_eq!(answer.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn who_excludes_themselves_sees_it_no_more_and_a_colleague_lifts_it() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let made = exclude(
        &desk,
        &w.coordinator,
        case,
        json!({ "user_id": w.coordinator.id }),
    )
    .await;
    desk.assert_hidden(&w.coordinator, case).await;
    let chair = desk.app.as_(&w.chair);
    let path = format!("/cases/{case}/exclusions/{}/lift", id(&made));
    assert_eq!(chair.post(&path, json!({})).await.status, 428);
    assert_eq!(
        chair
            .clone()
            .if_match("\"7\"")
            .post(&path, json!({}))
            .await
            .status,
        412
    );
    let lifted = chair
        .clone()
        .if_match(&etag(&made))
        .post(&path, json!({}))
        .await
        .expect(200);
    assert_eq!(
        (lifted["live"].as_bool(), &lifted["lifted_by"]),
        (Some(false), &json!(w.chair.id))
    );
    let again = chair.if_match(&etag(&lifted)).post(&path, json!({})).await;
    assert_eq!(again.body["reason"], "already_ended");
    desk.file(&w.coordinator, case).await.expect(200);
}

#[actix_web::test]
async fn an_agency_is_excluded_but_for_its_exempt_senior() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let senior = World::person(&desk.app, "senior", w.housing, &[(w.wcc, "representative")]);
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    exclude(
        &desk,
        &w.coordinator,
        case,
        json!({ "agency_id": w.housing, "exempt_user_id": senior.id }),
    )
    .await;
    desk.assert_hidden(&w.housing_rep, case).await;
    desk.file(&senior, case).await.expect(200);
    assert_eq!(desk.listed(&senior).await, (vec![case], 1));
    for actor in [None, Some("h-17")] {
        let client = desk.app.as_client(&w.client, actor);
        assert_eq!(client.get(&format!("/cases/{case}")).await.status, 404);
    }
}

#[actix_web::test]
async fn a_program_for_nobody_is_excluded_with_any_of_its_people() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    let path = format!("/cases/{case}");
    let status = async |actor| desk.app.as_client(&w.client, actor).get(&path).await.status;
    assert_eq!((status(None).await, status(Some("h-17")).await), (200, 200));
    let made = exclude(
        &desk,
        &w.coordinator,
        case,
        json!({ "user_id": w.housing_lead.id }),
    )
    .await;
    assert_eq!((status(None).await, status(Some("h-17")).await), (404, 200));
    let lift = format!("{path}/exclusions/{}/lift", id(&made));
    desk.app
        .as_(&w.coordinator)
        .if_match(&etag(&made))
        .post(&lift, json!({}))
        .await
        .expect(200);
    exclude(
        &desk,
        &w.coordinator,
        case,
        json!({ "actor_id": actor(&desk, "h-17") }),
    )
    .await;
    assert_eq!((status(None).await, status(Some("h-17")).await), (404, 404));
    desk.file(&w.housing_rep, case).await.expect(200);
}

#[actix_web::test]
async fn it_ends_with_its_last_day_and_holds_for_a_file_at_intake() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let sent = desk.referred("Okafor").await;
    let file: Uuid = sent["case_id"].as_str().unwrap().parse().unwrap();
    let path = format!("/referrals/{}", id(&sent));
    exclude(
        &desk,
        &w.coordinator,
        file,
        json!({ "user_id": w.chair.id, "until": desk.app.today() }),
    )
    .await;
    assert_eq!(desk.app.as_(&w.chair).get(&path).await.status, 404);
    desk.app.wait(TimeDelta::days(2));
    desk.app.as_(&w.chair).get(&path).await.expect(200);
}

#[actix_web::test]
async fn whom_it_names_is_checked() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/exclusions");
    let coordinator = desk.app.as_(&w.coordinator);
    for (body, error) in [
        (json!({}), " exactly_one"),
        (
            json!({ "user_id": w.idva.id, "agency_id": w.housing }),
            " exactly_one",
        ),
        (
            json!({ "user_id": w.idva.id, "exempt_user_id": w.idva.id }),
            "/exempt_user_id needs_agency",
        ),
        (
            json!({ "user_id": w.kc_officer.id }),
            "/user_id not_a_member",
        ),
        (
            json!({ "actor_id": Uuid::now_v7() }),
            "/actor_id not_a_member",
        ),
        (
            json!({ "agency_id": w.kc_police }),
            "/agency_id not_a_member",
        ),
        (
            json!({ "agency_id": w.housing, "exempt_user_id": w.idva.id }),
            "/exempt_user_id not_of_the_agency",
        ),
    ] {
        let mut body = body;
        body["reason"] = json!("R");
        assert_eq!(coordinator.post(&path, body).await.errors(), [error]);
    }
    let body = json!({ "user_id": w.idva.id, "reason": "R" });
    assert_eq!(
        desk.app
            .as_(&w.officer)
            .post(&path, body.clone())
            .await
            .status,
        403
    );
    let keyed = coordinator.with("idempotency-key", "exclude-key-1");
    let made = keyed.post(&path, body.clone()).await.expect(201);
    assert_eq!(keyed.post(&path, body).await.expect(201), made);
    assert_eq!(keyed.get(&path).await.expect(200)["items"], json!([made]));
}

#[actix_web::test]
async fn the_feeds_of_action_owners_are_told_that_their_sight_changed() {
    #[derive(Row)]
    struct Told {
        n: i64,
    }
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.action(case, w.housing, "open", "Fit new locks").await;
    let told = || -> i64 {
        sql("select count(*) as n from action_changes where case_id = $1 and agency_id = $2")
            .bind(case)
            .bind(w.housing)
            .get_result::<Told>(&mut desk.app.owner())
            .unwrap()
            .n
    };
    let coordinator = desk.app.as_(&w.coordinator);
    let path = format!("/cases/{case}");
    let made = exclude(
        &desk,
        &w.coordinator,
        case,
        json!({ "user_id": w.housing_rep.id }),
    )
    .await;
    assert_eq!(told(), 1);
    let lift = format!("{path}/exclusions/{}/lift", id(&made));
    coordinator
        .clone()
        .if_match(&etag(&made))
        .post(&lift, json!({}))
        .await
        .expect(200);
    assert_eq!(told(), 2);
    let share = json!({ "agency_id": w.housing, "reason": "R" });
    let share = coordinator
        .post(&format!("{path}/shares"), share)
        .await
        .expect(201);
    assert_eq!(told(), 3);
    let end = format!("{path}/shares/{}/end", id(&share));
    coordinator
        .clone()
        .if_match(&etag(&share))
        .post(&end, json!({}))
        .await
        .expect(200);
    assert_eq!(told(), 4);
    let tag = desk.head_etag(case).await;
    let body = json!({ "reason": "R", "named": [] });
    let set = coordinator
        .clone()
        .if_match(&tag)
        .put(&format!("{path}/restriction"), body)
        .await
        .expect(200);
    assert_eq!(told(), 5);
    let lift = format!("{path}/restriction/lift");
    coordinator
        .if_match(&etag(&set))
        .post(&lift, json!({}))
        .await
        .expect(200);
    assert_eq!(told(), 6);
}

#[actix_web::test]
async fn a_list_sent_by_somebody_shut_out_of_a_case_opens_it_all_the_same() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let meeting = id(&planned(&app, &w).await);
    let (hidden, plain) = (
        w.case(&app, "Okafor", "Brandt"),
        w.case(&app, "Lind", "Moss"),
    );
    let item = id(&listed(&app, &w, meeting, hidden, &[w.housing]).await);
    listed(&app, &w, meeting, plain, &[w.housing]).await;
    let body = json!({ "user_id": w.coordinator.id, "reason": "The perpetrator's cousin." });
    let path = format!("/cases/{hidden}/exclusions");
    app.as_(&w.chair).post(&path, body).await.expect(201);

    let sent = step(&app, &w.coordinator, meeting, "circulate").await;
    assert_eq!(sent["cases_opened"], 1);
    let (housing, coordinator) = (app.as_(&w.housing_rep), app.as_(&w.coordinator));
    let file = format!("/cases/{hidden}");
    housing.get(&file).await.expect(404);

    assert_eq!(open_unseen(&app.parts.db).unwrap(), 1);
    housing.get(&file).await.expect(200);
    let research = format!("/agenda-items/{item}/research/{}", w.housing);
    let asked = housing.get(&research).await.expect(200);
    assert_eq!(asked["status"], "requested");
    let told = housing.get("/notifications").await.expect(200);
    let told = told["items"].as_array().unwrap();
    let kind = |notice: &&Value| notice["kind"] == "case_listed";
    assert_eq!(told.iter().filter(kind).count(), 2, "{told:?}");

    // Once, and whoever sent the list learns nothing by it.
    assert_eq!(open_unseen(&app.parts.db).unwrap(), 0);
    coordinator.get(&file).await.expect(404);
    let audit = format!("/audit?marac_id={}&act=open_listings", w.wcc);
    let events = coordinator.get(&audit).await.expect(200);
    assert_eq!(events["items"], json!([]));
    let events = app.as_(&w.chair).get(&audit).await.expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    assert_eq!(events["items"][0]["case_id"], json!(hidden));
}

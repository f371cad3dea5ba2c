//! Standard actions: the catalogue and its versions, and agreeing its entries for a case.

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::{listed, planned};
use crate::support::{TestApp, World, etag, id};

fn path(world: &World) -> String {
    format!("/maracs/{}/standard-actions", world.wcc)
}

async fn new() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

fn entry(code: &str) -> Value {
    json!({ "code": code, "text": "Ring the school.", "category": "other", "target": "child",
        "due_days": 5, "agency_kinds": ["housing"], "needs": ["address"] })
}

#[actix_web::test]
async fn an_area_has_the_shipped_catalogue_until_it_keeps_its_own_and_versions_stay() {
    let (app, world) = new().await;
    let coordinator = app.as_(&world.coordinator);
    let shipped = coordinator.get(&path(&world)).await.expect(200);
    assert_eq!(shipped["version"], json!(0));
    assert_eq!(shipped["actions"][0]["code"], json!("flag_and_tag"));
    let own = json!({ "actions": [entry("school")] });
    let set = |tag: &str, body: &Value| {
        let caller = coordinator.clone().if_match(tag);
        let (path, body) = (path(&world), body.clone());
        async move { caller.put(&path, body).await }
    };
    assert_eq!(
        coordinator.put(&path(&world), own.clone()).await.status,
        428
    );
    let first = set(&etag(&shipped), &own).await.expect(200);
    assert_eq!(first["version"], json!(1));
    assert_eq!(set(&etag(&shipped), &own).await.status, 412);
    let none = set(&etag(&first), &json!({ "actions": [] }))
        .await
        .expect(200);
    assert_eq!(
        (&none["version"], &none["actions"]),
        (&json!(2), &json!([]))
    );
    let read = |version: &str| {
        let path = format!("{}?version={version}", path(&world));
        let caller = coordinator.clone();
        async move { caller.get(&path).await }
    };
    let earlier = read("1").await.expect(200);
    assert_eq!(earlier["actions"], first["actions"]);
    assert_eq!(earlier["actions"][0]["needs"], json!(["address"]));
    assert_eq!(read("0").await.expect(200)["actions"], shipped["actions"]);
    assert_eq!(read("2").await.expect(200)["actions"], json!([]));
    assert_eq!(read("3").await.status, 404);
}

#[actix_web::test]
async fn a_catalogue_is_refused_where_it_is_wrong_and_by_whom_it_is_not() {
    let (app, world) = new().await;
    let caller = app.as_(&world.coordinator).if_match("\"0\"");
    let mut nobody = entry("nobody");
    nobody["agency_kinds"] = json!([]);
    let mut shouted = entry("twice");
    shouted["code"] = json!("TWICE!");
    for (actions, expected) in [
        (
            json!([entry("twice"), entry("twice")]),
            "/actions/1/code twice",
        ),
        (json!([nobody]), "/actions/0/agency_kinds for_nobody"),
        (json!([shouted]), "/actions/0/code format"),
    ] {
        let refused = caller
            .put(&path(&world), json!({ "actions": actions }))
            .await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec![expected.to_owned()])
        );
    }
    let body = json!({ "actions": [entry("school")] });
    for other in [
        &world.housing_rep,
        &world.idva,
        &world.kc_coordinator,
        &world.analyst,
    ] {
        let refused = app
            .as_(other)
            .if_match("\"0\"")
            .put(&path(&world), body.clone())
            .await;
        assert_eq!(refused.status, 403);
    }
    app.as_(&world.chair)
        .if_match("\"0\"")
        .put(&path(&world), body)
        .await
        .expect(200);
    app.as_(&world.housing_rep)
        .get(&path(&world))
        .await
        .expect(200);
    assert_eq!(
        app.as_(&world.kc_coordinator)
            .get(&path(&world))
            .await
            .status,
        403
    );
}

#[actix_web::test]
async fn each_agency_meant_gets_its_action_once_however_often_it_is_asked() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let agree = |codes: Value| {
        let caller = app.as_(&w.coordinator);
        let path = format!("/cases/{case}/actions/standard");
        async move { caller.post(&path, json!({ "codes": codes })).await }
    };
    let refused = agree(json!(["flag_and_tag"])).await;
    assert_eq!(refused.body["reason"], json!("not_listed"));
    let meeting = id(&planned(app, w).await);
    let agencies = [w.housing, w.health, w.idva_service];
    let item = listed(app, w, meeting, case, &agencies).await;
    let refused = agree(json!(["flag_and_tag", "no_such"])).await;
    assert_eq!(refused.errors(), ["/codes/1 unknown"]);

    let codes = json!(["flag_and_tag", "sanctuary", "childrens_referral"]);
    let first = agree(codes.clone()).await.expect(200);
    assert_eq!(first["agenda_item_id"], item["id"]);
    assert_eq!(first["for_nobody"], json!(["childrens_referral"]));
    let made = |body: &Value| {
        let actions = body["actions"].as_array().unwrap().iter();
        actions
            .filter(|action| action["made"] == json!(true))
            .count()
    };
    assert_eq!(
        (first["actions"].as_array().unwrap().len(), made(&first)),
        (4, 4)
    );
    let before = app.parts.db.statements();
    let second = agree(codes).await.expect(200);
    let again = app.parts.db.statements() - before;
    assert_eq!(
        (second["actions"].as_array().unwrap().len(), made(&second)),
        (4, 0)
    );
    let ids = |body: &Value| -> Vec<Uuid> {
        body["actions"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(ids(&first), ids(&second));
    assert!(again <= 12, "{again} statements");

    let list = app.as_(&w.housing_rep).get("/actions").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let sanctuary = list["items"].as_array().unwrap().iter();
    let sanctuary = sanctuary
        .clone()
        .find(|action| action["category"] == "target_hardening")
        .unwrap();
    assert_eq!(sanctuary["needs"], json!(["address", "safe_contact"]));
    let history = format!("/actions/{}/history", id(sanctuary));
    let history = app.as_(&w.housing_rep).get(&history).await.expect(200);
    assert_eq!(history["items"][0]["kind"], json!("agreed"));

    // Reported, it is not asked for again at the same place on the agenda.
    let done = json!({ "status": "completed" });
    let owner = app.as_(&w.housing_rep).if_match(&etag(sanctuary));
    owner
        .post(&format!("/actions/{}/report", id(sanctuary)), done)
        .await
        .expect(200);
    let third = agree(json!(["sanctuary"])).await.expect(200);
    assert_eq!(
        (made(&third), &third["actions"][0]["status"]),
        (0, &json!("completed"))
    );
}

#[actix_web::test]
async fn two_at_once_make_each_action_once() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(app, w).await);
    listed(app, w, meeting, case, &[w.housing, w.health]).await;
    let path = format!("/cases/{case}/actions/standard");
    let body = json!({ "codes": ["flag_and_tag"] });
    let (chair, coordinator) = (app.as_(&w.chair), app.as_(&w.coordinator));
    let all = futures_util::future::join(
        chair.post(&path, body.clone()),
        coordinator.post(&path, body.clone()),
    );
    let (one, other) = all.await;
    one.expect(200);
    other.expect(200);
    let list = app
        .as_(&w.coordinator)
        .get(&format!("/cases/{case}/actions"))
        .await;
    assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn an_excluded_agency_gets_none_but_through_its_exempt_senior() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(app, w).await);
    listed(app, w, meeting, case, &[w.housing, w.health]).await;
    let senior = World::person(app, "senior", w.housing, &[(w.wcc, "representative")]);
    for body in [
        json!({ "agency_id": w.housing, "exempt_user_id": senior.id, "reason": "His employer." }),
        json!({ "agency_id": w.health, "reason": "Her employer." }),
    ] {
        let path = format!("/cases/{case}/exclusions");
        app.as_(&w.coordinator).post(&path, body).await.expect(201);
    }
    let path = format!("/cases/{case}/actions/standard");
    let body = json!({ "codes": ["flag_and_tag"] });
    let agreed = app
        .as_(&w.coordinator)
        .post(&path, body.clone())
        .await
        .expect(200);
    let actions = agreed["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 1);
    let action = format!("/actions/{}", id(&actions[0]));
    let action = app.as_(&senior).get(&action).await.expect(200);
    assert_eq!(action["owner_user_id"], json!(senior.id));
    for (who, status) in [
        (&w.housing_rep, 403),
        (&w.officer, 403),
        (&w.kc_coordinator, 404),
        (&w.chair, 200),
    ] {
        assert_eq!(app.as_(who).post(&path, body.clone()).await.status, status);
    }
}

#[actix_web::test]
async fn no_standard_action_is_agreed_on_a_case_that_is_over() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(app, w).await);
    listed(app, w, meeting, case, &[w.housing]).await;
    kernel::sql::sql("update cases set status = 'closed', closed_at = now() where id = $1")
        .bind(case)
        .execute(&mut app.owner())
        .unwrap();
    let path = format!("/cases/{case}/actions/standard");
    let refused = app
        .as_(&w.coordinator)
        .post(&path, json!({ "codes": ["flag_and_tag"] }))
        .await;
    assert_eq!(
        (refused.status, &refused.body["reason"]),
        (409, &json!("case_not_open"))
    );
}

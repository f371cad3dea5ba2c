//! The inbox and the preferences, through HTTP.

use chrono::TimeDelta;
use diesel::prelude::*;
use directory::notifications::To;
use kernel::policy::Role;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::telling::{overdue, tell};
use crate::support::{Caller, TestApp, World, id};

async fn new() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

pub async fn inbox(caller: &Caller<'_>) -> Vec<Value> {
    let page = caller.get("/notifications").await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn everybody_finds_their_own_newest_first_in_pages() {
    let (app, w) = new().await;
    let mut subjects = Vec::new();
    for _ in 0..5 {
        let notice = overdue(&w, None, vec![To::Role(Role::Coordinator)]);
        subjects.push(json!(notice.subject.1));
        tell(&app, notice);
        app.wait(TimeDelta::seconds(1));
    }
    subjects.reverse();
    let coordinator = app.as_(&w.coordinator);
    let mut found = Vec::new();
    let mut path = "/notifications?limit=2".to_owned();
    loop {
        let page = coordinator.get(&path).await.expect(200);
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["kind"], "action_overdue");
            assert_eq!(item["marac_id"], json!(w.wcc));
            assert_eq!(
                (&item["case"], &item["read_at"]),
                (&Value::Null, &Value::Null)
            );
            found.push(item["subject"]["id"].clone());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/notifications?limit=2&cursor={cursor}");
    }
    assert_eq!(found, subjects);
    for other in [&w.chair, &w.kc_coordinator, &w.administrator] {
        assert_eq!(inbox(&app.as_(other)).await, Vec::<Value>::new());
    }
    for (query, status) in [("limit=0", 400), ("cursor=x", 400), ("unread=perhaps", 400)] {
        let answer = coordinator.get(&format!("/notifications?{query}")).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.body);
    }
}

#[actix_web::test]
async fn what_is_read_is_marked_one_by_one_or_several_at_once() {
    let (app, w) = new().await;
    for _ in 0..4 {
        let to = vec![To::Agency(w.housing), To::Role(Role::Coordinator)];
        tell(&app, overdue(&w, None, to));
        app.wait(TimeDelta::seconds(1));
    }
    let rep = app.as_(&w.housing_rep);
    let unread = async |caller: &Caller<'_>| {
        let page = caller.get("/notifications?unread=true").await.expect(200);
        page["items"].as_array().unwrap().len()
    };
    let mine = inbox(&rep).await;
    let first = format!("/notifications/{}/read", id(&mine[3]));
    rep.post(&first, Value::Null).await.expect(204);
    let read_at = inbox(&rep).await[3]["read_at"].clone();
    assert!(read_at.is_string());
    app.wait(TimeDelta::minutes(1));
    rep.post(&first, Value::Null).await.expect(204);
    assert_eq!(inbox(&rep).await[3]["read_at"], read_at);
    assert_eq!(unread(&rep).await, 3);
    let several = json!({ "ids": [id(&mine[1]), id(&mine[2]), id(&mine[3])] });
    let coordinator = app.as_(&w.coordinator);
    for caller in [&coordinator, &rep] {
        let answer = caller.post("/notifications/read", several.clone()).await;
        answer.expect(204);
    }
    assert_eq!(unread(&rep).await, 1);
    let none = rep.post("/notifications/read", json!({ "ids": [] })).await;
    assert_eq!(none.errors(), ["/ids length"]);

    // Nobody marks another's: to them it is not there.
    let foreign = format!("/notifications/{}/read", id(&mine[0]));
    let unknown = format!("/notifications/{}/read", Uuid::now_v7());
    let answers = [
        coordinator.post(&foreign, Value::Null).await,
        coordinator.post(&unknown, Value::Null).await,
    ];
    assert_eq!(answers[0].status, 404);
    assert_eq!(answers[0].comparable(), answers[1].comparable());
    assert_eq!((unread(&rep).await, unread(&coordinator).await), (1, 4));
    let client = app.as_client(&w.client, None);
    assert_eq!(unread(&client).await, 4);
}

#[actix_web::test]
async fn an_agencys_program_has_an_inbox_of_its_own_and_no_e_mail() {
    let (app, w) = new().await;
    tell(&app, overdue(&w, None, vec![To::Agency(w.housing)]));
    for actor in [None, Some("h-17")] {
        let client = app.as_client(&w.client, actor);
        let found = inbox(&client).await;
        assert_eq!(found.len(), 1);
        let preferences = client.get("/notifications/preferences").await;
        assert_eq!(preferences.status, 403);
    }
}

#[actix_web::test]
async fn a_code_is_shown_while_the_case_is_in_sight_and_a_closed_case_is_gone() {
    let (app, w) = new().await;
    let case = w.case(&app, "Okafor", "Brandt");
    let to = vec![To::Role(Role::Coordinator), To::Agency(w.health)];
    tell(&app, overdue(&w, Some(case), to));
    let coordinator = app.as_(&w.coordinator);
    let seen = inbox(&coordinator).await;
    assert_eq!(seen[0]["case"]["id"], json!(case));
    assert!(seen[0]["case"]["code"].as_str().unwrap().starts_with("T-"));
    // Health was told and the case is not open to it: that something is overdue, and no more.
    let rep = app.as_(&w.health_rep);
    assert_eq!(inbox(&rep).await[0]["case"], Value::Null);

    let conn = &mut app.owner();
    for text in [
        "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) values ($1, $2, $3, $4, '', $5)",
        "insert into exclusions (id, marac_id, case_id, agency_id, reason, created_at) values ($1, $2, $3, $4, '', $5)",
    ] {
        let whom = if text.contains("user_id") {
            w.coordinator.id
        } else {
            w.health
        };
        sql(text)
            .bind(Uuid::now_v7())
            .bind(w.wcc)
            .bind(case)
            .bind(whom)
            .bind(app.now())
            .execute(conn)
            .unwrap();
    }
    for caller in [&coordinator, &rep] {
        assert_eq!(inbox(caller).await, Vec::<Value>::new());
        let path = format!("/notifications/{}/read", id(&seen[0]));
        assert_eq!(caller.post(&path, Value::Null).await.status, 404);
    }
}

#[actix_web::test]
async fn the_owner_of_an_action_reads_its_code_without_the_case() {
    let (app, w) = new().await;
    let case = crate::actions::make_case(&app, w.wcc, "Okafor");
    let share = crate::actions::list_to(&app, &case, w.housing);
    let wanted = crate::actions::wanted(&app, w.housing, 7);
    let action = crate::actions::agree(&app, &w.chair, &case, wanted).await;
    crate::actions::end_share(&app, share);
    let found = inbox(&app.as_(&w.housing_rep)).await;
    assert_eq!(found[0]["kind"], "action_assigned");
    assert_eq!(
        found[0]["subject"],
        json!({ "kind": "action", "id": action["id"] })
    );
    assert_eq!(found[0]["case"]["code"], action["case_code"]);
}

#[actix_web::test]
async fn whoever_leaves_a_marac_leaves_its_notices() {
    let (app, w) = new().await;
    tell(&app, overdue(&w, None, vec![To::Agency(w.housing)]));
    let rep = app.as_(&w.housing_rep);
    assert_eq!(inbox(&rep).await.len(), 1);
    sql("update role_grants set ends_at = $2 where user_id = $1 and marac_id = $3")
        .bind(w.housing_rep.id)
        .bind(app.now())
        .bind(w.wcc)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(inbox(&rep).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn each_kind_comes_by_e_mail_or_not_as_its_reader_chose() {
    let (app, w) = new().await;
    let caller = app.as_(&w.coordinator);
    let usual = caller.get("/notifications/preferences").await.expect(200);
    assert_eq!(usual["email"]["action_overdue"], true);
    assert_eq!(usual["email"]["action_reported"], false);
    let mailed = || {
        #[derive(Row)]
        struct Row {
            n: i64,
        }
        let row: Row = sql("select count(*) as n from outbox where user_id = $1")
            .bind(w.coordinator.id)
            .get_result(&mut app.owner())
            .unwrap();
        row.n
    };
    let tell_again = || tell(&app, overdue(&w, None, vec![To::Role(Role::Coordinator)]));
    tell_again();
    assert_eq!(mailed(), 1);
    let chosen = json!({ "email": { "action_overdue": false, "action_reported": true } });
    let path = "/notifications/preferences";
    let set = caller.put(path, chosen).await.expect(200);
    assert_eq!(set["email"]["action_overdue"], false);
    assert_eq!(set["email"]["action_reported"], true);
    assert_eq!(caller.get(path).await.expect(200), set);
    tell_again();
    assert_eq!(mailed(), 1);
    assert_eq!(inbox(&caller).await.len(), 2);
    let set = caller.put(path, json!({ "email": {} })).await.expect(200);
    assert_eq!(set, usual);
    tell_again();
    assert_eq!(mailed(), 2);
    let answer = caller
        .put(path, json!({ "email": { "gossip": true } }))
        .await;
    assert_eq!(answer.status, 422, "{}", answer.body);
}

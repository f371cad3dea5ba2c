//! The feed of changes.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::audit::{Audited, Event};
use kernel::policy::Act;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actions::{agree, exclude, list_to, make_case, owned_action, wanted};
use crate::support::{Caller, TestApp, World, etag, id};

async fn poll(caller: &Caller<'_>, after: &str) -> (Vec<Value>, String) {
    let path = format!("/actions?changed_after={after}");
    let body = caller.get(&path).await.expect(200);
    let next = body["next_cursor"].as_str().unwrap().to_owned();
    (body["items"].as_array().unwrap().clone(), next)
}

/// Waits until every change made so far may be told: transactions of other tests, which share the
/// server, hold the feed back for a moment.
pub async fn settled(app: &TestApp) {
    #[derive(Row)]
    struct Settled {
        settled: bool,
    }
    for _ in 0..500 {
        let found: Settled = sql("select not exists (select from action_changes \
             where txid >= pg_snapshot_xmin(pg_current_snapshot())) as settled")
        .get_result(&mut app.owner())
        .unwrap();
        if found.settled {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("a transaction of another test does not end");
}

fn announce(app: &TestApp, case_id: Uuid, agency: Uuid) {
    app.parts
        .db
        .run_system(Act::SetUp.ask(), |tx| {
            casework::actions::announce_case(tx, case_id, &[agency])?;
            Ok(Audited::new((), Event::new()))
        })
        .unwrap();
}

#[actix_web::test]
async fn the_feed_gives_each_change_once_and_what_is_gone() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let client = app.as_client(&world.client, None);
    settled(&app).await;
    let (items, start) = poll(&client, "start").await;
    assert!(items.is_empty());
    let (case, action) = owned_action(&app, &world).await;
    settled(&app).await;
    let (items, cursor) = poll(&client, &start).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["text"], json!("Change the locks at the new flat."));
    settled(&app).await;
    let (items, same) = poll(&client, &cursor).await;
    assert!(items.is_empty());
    assert_eq!(same, cursor);

    list_to(&app, &case, world.health);
    let body = json!({ "reason": "Theirs.", "owner_agency_id": world.health });
    let path = format!("/actions/{}/change", id(&action));
    app.as_(&world.coordinator)
        .if_match(&etag(&action))
        .post(&path, body)
        .await
        .expect(200);
    let gone = json!({ "id": id(&action), "gone": true });
    settled(&app).await;
    let (items, _) = poll(&client, &cursor).await;
    assert_eq!(items, [gone]);
    settled(&app).await;
    let (items, _) = poll(&app.as_(&world.health_rep), "start").await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["owner_agency_id"], json!(world.health));
    for person in [&world.police_rep, &world.kc_coordinator] {
        settled(&app).await;
        let (items, _) = poll(&app.as_(person), "start").await;
        assert!(items.is_empty(), "{}", person.email);
    }
}

#[actix_web::test]
async fn pages_of_the_feed_join_up() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(id(&agree(
            &app,
            &world.chair,
            &case,
            wanted(&app, world.housing, 7),
        )
        .await));
    }
    let (mut found, mut after) = (Vec::new(), "start".to_owned());
    for _ in 0..3 {
        settled(&app).await;
        let (items, next) = poll(&app.as_(&world.housing_rep), &format!("{after}&limit=2")).await;
        found.extend(items.iter().map(id));
        after = next;
    }
    assert_eq!(found, made);
}

#[actix_web::test]
async fn what_is_not_committed_holds_back_what_comes_after_it() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let mut slow = app.owner();
    slow.batch_execute("begin; select pg_current_xact_id()")
        .unwrap();
    let action = agree(&app, &world.chair, &case, wanted(&app, world.housing, 7)).await;
    let client = app.as_client(&world.client, None);
    let (items, cursor) = poll(&client, "start").await;
    assert!(
        items.is_empty(),
        "the older transaction may still write a change with a lower place"
    );
    slow.batch_execute("commit").unwrap();
    settled(&app).await;
    let (items, _) = poll(&client, &cursor).await;
    assert_eq!(items.iter().map(id).collect::<Vec<_>>(), [id(&action)]);
}

#[actix_web::test]
async fn an_exclusion_is_told_once_and_later_changes_not_at_all() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let client = app.as_client(&world.client, None);
    let (case, action) = owned_action(&app, &world).await;
    settled(&app).await;
    let (_, cursor) = poll(&client, "start").await;
    exclude(&app, &case, world.housing);
    settled(&app).await;
    let (items, _) = poll(&client, &cursor).await;
    assert!(items.is_empty());
    announce(&app, case.id, world.housing);
    settled(&app).await;
    let (items, cursor) = poll(&client, &cursor).await;
    assert_eq!(items, [json!({ "id": id(&action), "gone": true })]);
    let due_on = app.today() + chrono::TimeDelta::days(20);
    app.as_(&world.coordinator)
        .if_match(&etag(&action))
        .post(
            &format!("/actions/{}/change", id(&action)),
            json!({ "reason": "More time.", "due_on": due_on }),
        )
        .await
        .expect(200);
    settled(&app).await;
    let (items, _) = poll(&client, &cursor).await;
    assert!(items.is_empty(), "nobody learns that work goes on");
}

#[actix_web::test]
async fn a_colleague_who_does_not_speak_for_the_agency_learns_nothing_from_its_feed() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let clerk = World::person(&app, "clerk", world.housing, &[(world.wcc, "practitioner")]);
    let (case, _) = owned_action(&app, &world).await;
    settled(&app).await;
    let (items, _) = poll(&app.as_(&clerk), "start").await;
    assert!(items.is_empty());
    list_to(&app, &case, world.housing);
    let mut named = wanted(&app, world.housing, 7);
    named["owner_user_id"] = json!(clerk.id);
    let action = agree(&app, &world.chair, &case, named).await;
    settled(&app).await;
    let (items, _) = poll(&app.as_(&clerk), "start").await;
    assert_eq!(items.len(), 1);
    assert_eq!(id(&items[0]), id(&action));
}

//! The IDVA's part of a case: allocation, engagement, contacts by safe channels only.

use casework::idva::{find_late, find_late_some};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use kernel::error::Error;
use kernel::policy::Act;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::{Desk, party};
use crate::meetings::{hear, listed, planned, step};
use crate::support::{Answer, Person, World, etag, id};

async fn allocations(desk: &Desk, who: &Person, case: Uuid) -> Vec<Value> {
    let list = desk.app.as_(who).get(&format!("/cases/{case}/idva")).await;
    list.expect(200)["items"].as_array().unwrap().clone()
}

async fn record(desk: &Desk, who: &Person, case: Uuid, body: Value) -> Answer {
    let path = format!("/cases/{case}/idva-contacts");
    desk.app.as_(who).post(&path, body).await
}

/// The survivor's phone, which is safe to call and nothing else.
async fn phone(desk: &Desk, case: Uuid) -> Uuid {
    let file = desk.file(&desk.world.coordinator, case).await.expect(200);
    id(&party(&file, "survivor")["contacts"][0])
}

fn call(contact: Uuid) -> Value {
    json!({ "purpose": "before_meeting", "channel": "call", "contact_id": contact, "result": "no_answer" })
}

#[actix_web::test]
async fn a_case_is_allocated_to_a_service_and_a_person_and_to_one_at_a_time() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let path = format!("/cases/{case}/idva");
    let coordinator = app.as_(&w.coordinator);
    for (body, error) in [
        (
            json!({ "agency_id": w.housing }),
            "/agency_id not_an_idva_service",
        ),
        (
            json!({ "agency_id": w.kc_police }),
            "/agency_id not_a_member",
        ),
        (
            json!({ "agency_id": w.idva_service, "user_id": w.officer.id }),
            "/user_id not_of_agency",
        ),
    ] {
        let refused = coordinator.post(&path, body).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec![error.to_owned()])
        );
    }
    assert_eq!(desk.file(&w.idva, case).await.status, 404);
    let body = json!({ "agency_id": w.idva_service, "user_id": w.idva.id });
    let keyed = coordinator.clone().with("idempotency-key", "allocate-0001");
    let made = keyed.post(&path, body.clone()).await.expect(201);
    let due: DateTime<Utc> = made["contact_due_at"].as_str().unwrap().parse().unwrap();
    let gap = app.now() + TimeDelta::hours(48) - due;
    assert!(
        gap >= TimeDelta::zero() && gap < TimeDelta::minutes(1),
        "{gap}"
    );
    assert_eq!(
        id(&keyed.post(&path, body.clone()).await.expect(201)),
        id(&made)
    );
    let twice = coordinator.post(&path, body).await;
    assert_eq!(
        (twice.status, &twice.body["reason"]),
        (409, &json!("already_allocated"))
    );
    desk.file(&w.idva, case).await.expect(200);

    let haven = World::person(
        app,
        "haven",
        another_service(&desk).await,
        &[(w.wcc, "idva")],
    );
    let moved = coordinator
        .post(&path, json!({ "agency_id": haven.agency_id }))
        .await
        .expect(201);
    assert_eq!(
        desk.file(&w.idva, case).await.status,
        404,
        "another's allocation ends"
    );
    desk.file(&haven, case).await.expect(200);
    let all = allocations(&desk, &haven, case).await;
    assert_eq!(all.len(), 2);
    assert!(
        all.iter()
            .any(|one| one["to"].is_null() && id(one) == id(&moved))
    );
    let ended = all.iter().find(|one| id(one) == id(&made)).unwrap();
    assert_eq!(
        (&ended["to"], &ended["user_id"]),
        (&json!(app.today()), &json!(w.idva.id))
    );

    let end = format!("{path}/{}/end", id(&moved));
    let reason = json!({ "reason": "She wants no support." });
    assert_eq!(
        app.as_(&haven)
            .if_match(&etag(&moved))
            .post(&end, reason.clone())
            .await
            .status,
        403
    );
    coordinator
        .clone()
        .if_match(&etag(&moved))
        .post(&end, reason.clone())
        .await
        .expect(200);
    assert_eq!(desk.file(&haven, case).await.status, 404);
    let now = allocations(&desk, &w.chair, case).await;
    let tag = etag(now.iter().find(|one| id(one) == id(&moved)).unwrap());
    let over = coordinator.if_match(&tag).post(&end, reason).await;
    assert_eq!(
        (over.status, &over.body["reason"]),
        (409, &json!("allocation_ended"))
    );
}

async fn another_service(desk: &Desk) -> Uuid {
    let admin = desk.app.as_(&desk.world.administrator);
    let body = json!({ "name": "Haven IDVA Service", "kind": "idva" });
    let agency = id(&admin.post("/agencies", body).await.expect(201));
    let path = format!("/maracs/{}/agencies/{agency}", desk.world.wcc);
    admin.put(&path, json!({})).await.expect(201);
    agency
}

#[actix_web::test]
async fn allocating_by_the_cases_head_keeps_the_same_record() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    desk.allocate(case).await;
    let first = allocations(&desk, &desk.world.idva, case).await;
    assert_eq!(first.len(), 1);
    desk.allocate(case).await;
    assert_eq!(
        allocations(&desk, &desk.world.idva, case).await,
        first,
        "it has it already"
    );
}

#[actix_web::test]
async fn the_service_or_the_coordinator_records_whether_the_survivor_engages() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    desk.allocate(case).await;
    let one = allocations(&desk, &w.idva, case).await.remove(0);
    let path = format!("/cases/{case}/idva/{}", id(&one));
    let body =
        json!({ "user_id": w.idva.id, "engagement": "declined", "note": "Not now, she says." });
    for other in [&w.officer, &w.chair] {
        assert_eq!(
            app.as_(other)
                .if_match(&etag(&one))
                .patch(&path, body.clone())
                .await
                .status,
            403
        );
    }
    assert_eq!(
        app.as_(&w.health_rep)
            .if_match(&etag(&one))
            .patch(&path, body.clone())
            .await
            .status,
        403
    );
    let idva = app.as_(&w.idva);
    assert_eq!(idva.patch(&path, body.clone()).await.status, 428);
    let changed = idva
        .clone()
        .if_match(&etag(&one))
        .patch(&path, body.clone())
        .await
        .expect(200);
    assert_eq!(changed["engagement"], json!("declined"));
    assert_eq!(changed["engagement_on"], json!(app.today()));
    assert_eq!(changed["note"], json!("Not now, she says."));
    assert_eq!(
        idva.if_match(&etag(&one)).patch(&path, body).await.status,
        412
    );
    let stranger = json!({ "user_id": w.officer.id });
    let coordinator = app.as_(&w.coordinator).if_match(&etag(&changed));
    let refused = coordinator.patch(&path, stranger).await;
    assert_eq!(refused.errors(), ["/user_id not_of_agency"]);
    let engaged = coordinator
        .patch(&path, json!({ "engagement": "engaged" }))
        .await
        .expect(200);
    assert_eq!(
        engaged["user_id"],
        json!(w.idva.id),
        "what is left out stays"
    );
    for reader in [&w.officer, &w.housing_rep] {
        let status = app
            .as_(reader)
            .get(&format!("/cases/{case}/idva"))
            .await
            .status;
        assert_eq!(status, 403);
    }
}

#[actix_web::test]
async fn only_channels_marked_safe_are_recorded_without_a_reason() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let contact = phone(&desk, case).await;
    assert_eq!(
        record(&desk, &w.idva, case, call(contact)).await.status,
        404
    );
    desk.allocate(case).await;
    let safe = record(&desk, &w.idva, case, call(contact))
        .await
        .expect(201);
    assert_eq!(safe["marked_safe"], json!(true));
    let with = |name: &str, value: Value| {
        let mut body = call(contact);
        body[name] = value;
        body
    };
    let mut text = with("channel", json!("text"));
    let refused = record(&desk, &w.idva, case, text.clone()).await;
    assert_eq!(
        (refused.status, &refused.body["reason"]),
        (409, &json!("channel_not_safe"))
    );
    text["unsafe_reason"] = json!("She asked for a text at the school gate.");
    let unsafe_ = record(&desk, &w.idva, case, text).await.expect(201);
    assert_eq!(unsafe_["marked_safe"], json!(false));
    for (body, expected) in [
        (
            with("channel", json!("email")),
            "/channel not_of_this_contact",
        ),
        (
            with("channel", json!("in_person")),
            "/contact_id not_in_person",
        ),
        (with("contact_id", Value::Null), "/contact_id required"),
        (
            with("contact_id", json!(Uuid::now_v7())),
            "/contact_id unknown",
        ),
        (
            with("views", json!("She wants new locks.")),
            "/views not_reached",
        ),
        (
            with("tried_at", json!(desk.app.now() + TimeDelta::hours(1))),
            "/tried_at in_the_future",
        ),
        (
            with("meeting_id", json!(Uuid::now_v7())),
            "/meeting_id unknown",
        ),
    ] {
        let refused = record(&desk, &w.idva, case, body).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec![expected.to_owned()])
        );
    }
    // Another case's survivor is not this one.
    let other = desk.case("Adeyemi").await;
    let theirs = phone(&desk, other).await;
    let refused = record(&desk, &w.idva, case, with("contact_id", json!(theirs))).await;
    assert_eq!(refused.errors(), ["/contact_id unknown"]);
    for person in [&w.coordinator, &w.chair, &w.officer, &w.housing_rep] {
        assert_eq!(record(&desk, person, case, call(contact)).await.status, 403);
    }
    let list = desk
        .app
        .as_(&w.chair)
        .get(&format!("/cases/{case}/idva-contacts?limit=1"))
        .await
        .expect(200);
    assert_eq!(
        list["items"][0]["unsafe_reason"],
        json!("She asked for a text at the school gate.")
    );
    let cursor = list["next_cursor"].as_str().unwrap();
    let path = format!("/cases/{case}/idva-contacts?limit=1&cursor={cursor}");
    let next = desk.app.as_(&w.chair).get(&path).await.expect(200);
    assert_eq!(
        (id(&next["items"][0]), &next["next_cursor"]),
        (id(&safe), &Value::Null)
    );
}

#[actix_web::test]
async fn views_come_before_the_meeting_and_feedback_after_it() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    desk.allocate(case).await;
    let contact = phone(&desk, case).await;
    let views = json!({ "purpose": "before_meeting", "channel": "call", "contact_id": contact,
        "result": "reached", "views": "She wants new locks, and not to move." });
    let caller = app.as_(&w.idva).with("idempotency-key", "contact-0001");
    let path = format!("/cases/{case}/idva-contacts");
    let told = caller.post(&path, views.clone()).await.expect(201);
    assert_eq!(told["views"], views["views"]);
    assert_eq!(
        id(&caller.post(&path, views.clone()).await.expect(201)),
        id(&told),
        "a retry is the same"
    );
    let feedback = json!({ "purpose": "feedback", "channel": "in_person", "result": "reached",
        "told": "The locks are changed on Friday." });
    let early = record(&desk, &w.idva, case, feedback.clone()).await;
    assert_eq!(
        (early.status, &early.body["reason"]),
        (409, &json!("not_heard_yet"))
    );
    let meeting = id(&planned(app, w).await);
    let item = listed(app, w, meeting, case, &[w.housing]).await;
    step(app, &w.coordinator, meeting, "circulate").await;
    step(app, &w.coordinator, meeting, "start").await;
    hear(app, w, &item).await;
    let mut after = feedback;
    after["meeting_id"] = json!(meeting);
    record(&desk, &w.idva, case, after).await.expect(201);
    let one = allocations(&desk, &w.coordinator, case).await.remove(0);
    assert_eq!((&one["contacts"], &one["feedback"]), (&json!(1), &json!(1)));
    assert_eq!(one["contacted_at"], told["tried_at"]);
}

#[actix_web::test]
async fn a_first_contact_that_is_late_is_told_of_once() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let (tried, late) = (desk.case("Okafor").await, desk.case("Adeyemi").await);
    for case in [tried, late] {
        desk.allocate(case).await;
    }
    let contact = phone(&desk, tried).await;
    record(&desk, &w.idva, tried, call(contact))
        .await
        .expect(201);
    app.wait(TimeDelta::hours(47));
    assert_eq!(find_late(&app.parts.db).unwrap(), 0);
    app.wait(TimeDelta::hours(2));
    let cut: Result<(), Error> = app.parts.db.run_system(Act::FindLateContacts.ask(), |tx| {
        assert_eq!(*find_late_some(tx)?.unwrap().value(), 1);
        Err(Error::Internal("the power failed"))
    });
    assert!(cut.is_err());
    let started = std::sync::Barrier::new(3);
    let told: usize = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..3)
            .map(|_| {
                let (db, started) = (app.parts.db.clone(), &started);
                scope.spawn(move || {
                    started.wait();
                    find_late(&db).unwrap()
                })
            })
            .collect();
        servers
            .into_iter()
            .map(|server| server.join().unwrap())
            .sum()
    });
    assert_eq!(told, 1);
    assert_eq!(
        allocations(&desk, &w.idva, late).await[0]["contact_overdue"],
        json!(true)
    );
    assert_eq!(
        allocations(&desk, &w.idva, tried).await[0]["contact_overdue"],
        json!(false)
    );

    // A new referral of the pair: she is to be tried again.
    let sent = desk.referred("Okafor").await;
    let path = format!("/referrals/{}/accept", id(&sent));
    let caller = app.as_(&w.coordinator).if_match(&etag(&sent));
    caller
        .post(&path, json!({ "join_case_id": tried }))
        .await
        .expect(200);
    let again = allocations(&desk, &w.idva, tried).await.remove(0);
    assert_eq!(
        (&again["contacted_at"], &again["contact_overdue"]),
        (&Value::Null, &json!(false))
    );
    app.wait(TimeDelta::hours(49));
    assert_eq!(find_late(&app.parts.db).unwrap(), 1);
}

#[actix_web::test]
async fn an_allocation_does_not_stay_with_a_closed_account() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let leaver = World::person(app, "leaver", w.idva_service, &[(w.wcc, "idva")]);
    let body = json!({ "agency_id": w.idva_service, "user_id": leaver.id });
    let path = format!("/cases/{case}/idva");
    let made = app.as_(&w.coordinator).post(&path, body).await;
    assert_eq!(made.expect(201)["user_id"], json!(leaver.id));
    kernel::sql::sql("update users set disabled_at = $2 where id = $1")
        .bind(leaver.id)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    let now = allocations(&desk, &w.idva, case).await.remove(0);
    assert_eq!((&now["user_id"], &now["to"]), (&Value::Null, &Value::Null));
}

//! The agenda: what is on it, in which order, and who sees what of it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{agenda, hear, listed, planned, step};
use crate::support::plan::{Asks, listed as statement};
use crate::support::{Person, TestApp, World, accept, etag, id};

fn items(agenda: &Value) -> Vec<Value> {
    agenda["items"].as_array().unwrap().clone()
}

fn cases(agenda: &Value) -> Vec<Uuid> {
    let case = |item: &Value| item["case_id"].as_str().unwrap().parse().unwrap();
    items(agenda).iter().map(case).collect()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn exclude(app: &TestApp, world: &World, case: Uuid, user: Option<Uuid>, agency: Option<Uuid>) {
    sql(
        "insert into exclusions (id, marac_id, case_id, user_id, agency_id, reason, created_at) \
         values ($1, $2, $3, $4, $5, '', $6)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(case)
    .bind(user)
    .bind(agency)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
}

async fn meeting_version(app: &TestApp, by: &Person, meeting: Uuid) -> String {
    let meeting = app.as_(by).get(&format!("/meetings/{meeting}")).await;
    etag(&meeting.expect(200))
}

#[actix_web::test]
async fn children_come_first_and_slots_follow_one_another() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let adults = world.case(&app, "Okafor", "Brandt");
    let children = world.case_with_child(&app, "Lind", "Moss");
    let more = world.case_with_child(&app, "Adeyemi", "Frost");
    for case in [adults, children, more] {
        listed(&app, &world, meeting, case, &[world.housing]).await;
    }
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(cases(&seen), [children, more, adults]);
    let starts_at = time(&seen["meeting"]["starts_at"]);
    for (n, item) in items(&seen).iter().enumerate() {
        assert_eq!(item["number"], json!(n + 1));
        let slot = starts_at + TimeDelta::minutes(15 * n as i64);
        assert_eq!(time(&item["starts_at"]), slot);
        assert_eq!(
            (&item["minutes"], &item["kind"]),
            (&json!(15), &json!("new"))
        );
        assert_eq!(item["agencies"], json!([world.housing]));
        assert_eq!(item["transferred_from"], Value::Null);
    }
    let first = &items(&seen)[0];
    assert_eq!(first["children"][0]["identity"]["family_name"], "Lind");
    assert_eq!(
        first["children"][0]["identity"]["date_of_birth"],
        "1990-04-02"
    );
    let unrecorded: Vec<_> = items(&seen).iter().map(id).collect();
    assert_eq!(
        seen["warnings"],
        json!([{ "code": "idva_not_recorded", "items": unrecorded }])
    );
}

#[actix_web::test]
async fn an_order_made_by_hand_holds_and_the_second_of_two_is_stale() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let mut ids = Vec::new();
    for name in ["Okafor", "Lind", "Adeyemi"] {
        let case = world.case(&app, name, "Brandt");
        ids.push(id(&listed(&app, &world, meeting, case, &[]).await));
    }
    let path = format!("/meetings/{meeting}/agenda/order");
    let version = meeting_version(&app, &world.coordinator, meeting).await;
    let (a, b) = (app.as_(&world.coordinator), app.as_(&world.chair));
    let (a, b) = (a.if_match(&version), b.if_match(&version));
    let turned = json!({ "items": [ids[2], ids[0], ids[1]] });
    let other = json!({ "items": [ids[1], ids[0], ids[2]] });
    let (one, two) = tokio::join!(a.put(&path, turned), b.put(&path, other));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [200, 412]);
    let won = if one.status == 200 {
        one.body
    } else {
        two.body
    };
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(items(&seen), items(&won));
    assert!(
        items(&seen)
            .iter()
            .all(|item| item["placed_by_hand"] == true)
    );
    assert_eq!(etag(&seen["meeting"]), etag(&won["meeting"]));
    let late = world.case(&app, "Frost", "Moss");
    listed(&app, &world, meeting, late, &[]).await;
    assert_eq!(
        cases(&agenda(&app, &world.coordinator, meeting).await)[3],
        late
    );
}

#[actix_web::test]
async fn an_order_that_is_not_the_whole_list_is_refused() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let mut ids = Vec::new();
    for name in ["Okafor", "Lind"] {
        let case = world.case(&app, name, "Brandt");
        ids.push(id(&listed(&app, &world, meeting, case, &[]).await));
    }
    let path = format!("/meetings/{meeting}/agenda/order");
    let version = meeting_version(&app, &world.coordinator, meeting).await;
    let caller = app.as_(&world.coordinator).if_match(&version);
    for wrong in [
        json!([ids[0]]),
        json!([ids[0], ids[0]]),
        json!([ids[0], Uuid::now_v7()]),
    ] {
        let answer = caller.put(&path, json!({ "items": wrong })).await;
        assert_eq!(answer.errors(), ["/items not_the_whole_list"]);
    }
    let rep = app.as_(&world.housing_rep).if_match(&version);
    assert_eq!(
        rep.put(&path, json!({ "items": ids })).await.code(),
        "forbidden"
    );
}

#[actix_web::test]
async fn a_representative_sees_the_cases_open_to_them_numbered_without_gaps_at_their_true_times() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let mut all = Vec::new();
    for (n, name) in ["Okafor", "Lind", "Adeyemi", "Frost"]
        .into_iter()
        .enumerate()
    {
        let case = world.case(&app, name, "Brandt");
        let agencies: &[Uuid] = if n % 2 == 1 {
            &[world.housing, world.health]
        } else {
            &[world.health]
        };
        listed(&app, &world, meeting, case, agencies).await;
        all.push(case);
    }
    step(&app, &world.coordinator, meeting, "circulate").await;
    let seen = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(cases(&seen), [all[1], all[3]]);
    let starts_at = time(&seen["meeting"]["starts_at"]);
    let numbers: Vec<_> = items(&seen)
        .iter()
        .map(|item| {
            (
                item["number"].as_u64().unwrap(),
                (time(&item["starts_at"]) - starts_at).num_minutes(),
            )
        })
        .collect();
    assert_eq!(numbers, [(1, 15), (2, 45)]);
    assert_eq!(
        cases(&agenda(&app, &world.observer, meeting).await),
        Vec::<Uuid>::new()
    );
    let client = app.as_client(&world.client, Some("h-17"));
    let theirs = client
        .get(&format!("/meetings/{meeting}/agenda"))
        .await
        .expect(200);
    assert_eq!(cases(&theirs), [all[1], all[3]]);
}

#[actix_web::test]
async fn an_excluded_person_or_agency_has_the_agenda_as_if_the_case_were_not_on_it() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (with, without) = (
        id(&planned(&app, &world).await),
        id(&planned(&app, &world).await),
    );
    let secret = world.case_with_child(&app, "Okafor", "Brandt");
    let rest = [
        world.case(&app, "Lind", "Moss"),
        world.case(&app, "Adeyemi", "Frost"),
    ];
    let agencies = [world.housing, world.health];
    listed(&app, &world, with, secret, &agencies).await;
    for meeting in [with, without] {
        for case in rest {
            listed(&app, &world, meeting, case, &agencies).await;
        }
    }
    exclude(&app, &world, secret, Some(world.housing_rep.id), None);
    exclude(&app, &world, secret, Some(world.chair.id), None);
    exclude(&app, &world, secret, None, Some(world.health));
    for meeting in [with, without] {
        step(&app, &world.coordinator, meeting, "circulate").await;
    }
    assert_eq!(
        cases(&agenda(&app, &world.coordinator, with).await).len(),
        3
    );
    let shape = |agenda: &Value| -> Vec<_> {
        let starts_at = time(&agenda["meeting"]["starts_at"]);
        items(agenda)
            .iter()
            .map(|item| {
                (
                    item["case_id"].clone(),
                    item["number"].clone(),
                    time(&item["starts_at"]) - starts_at,
                )
            })
            .collect()
    };
    for person in [&world.housing_rep, &world.health_rep, &world.chair] {
        let (hidden, absent) = (
            agenda(&app, person, with).await,
            agenda(&app, person, without).await,
        );
        assert_eq!(shape(&hidden), shape(&absent));
        assert_eq!(hidden["warnings"], absent["warnings"]);
        assert!(!hidden.to_string().contains("Okafor"));
    }
    let ids: Vec<_> = items(&agenda(&app, &world.chair, with).await)
        .iter()
        .map(id)
        .collect();
    let turned = json!({ "items": [ids[1], ids[0]] });
    let version = meeting_version(&app, &world.chair, with).await;
    let caller = app.as_(&world.chair).if_match(&version);
    caller
        .put(&format!("/meetings/{with}/agenda/order"), turned)
        .await
        .expect(200);
    let staff = items(&agenda(&app, &world.coordinator, with).await);
    let item = staff
        .iter()
        .find(|item| item["case_id"] == json!(secret))
        .unwrap();
    let path = |item: Uuid| format!("/agenda-items/{item}/withdraw");
    let chair = app.as_(&world.chair).if_match(&etag(item));
    let body = json!({ "reason": "Curious." });
    let hidden = chair.post(&path(id(item)), body.clone()).await;
    let unknown = chair.post(&path(Uuid::now_v7()), body).await;
    assert_eq!(hidden.status, 404);
    assert_eq!(hidden.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn after_circulation_the_chair_adds_with_a_reason_and_the_case_opens_at_once() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    step(&app, &world.coordinator, meeting, "circulate").await;
    let case = world.case(&app, "Okafor", "Brandt");
    let path = format!("/meetings/{meeting}/agenda");
    let mut body = json!({ "case_id": case, "agencies": [world.housing] });
    let bare = app.as_(&world.chair).post(&path, body.clone()).await;
    assert_eq!(bare.errors(), ["/late_reason required"]);
    body["late_reason"] = json!("Assault last night.");
    let coordinator = app.as_(&world.coordinator).post(&path, body.clone()).await;
    assert_eq!(coordinator.code(), "forbidden");
    let key = app.as_(&world.chair).with("idempotency-key", "late-one-1");
    let late = key.post(&path, body.clone()).await.expect(201);
    assert_eq!(
        (&late["late"], &late["remarks"]["late_reason"]),
        (&json!(true), &json!("Assault last night."))
    );
    assert_eq!(key.post(&path, body).await.expect(201), late);
    let seen = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(cases(&seen), [case]);
    assert!(
        items(&seen)[0]["withheld"]
            .as_array()
            .unwrap()
            .contains(&json!("narrative"))
    );

    step(&app, &world.chair, meeting, "start").await;
    let another = world.case(&app, "Lind", "Moss");
    let body = json!({ "case_id": another, "agencies": [world.health], "late_reason": "Just in." });
    app.as_(&world.chair).post(&path, body).await.expect(201);
    accept(&app, &world.health_rep, meeting).await;
    let seen = agenda(&app, &world.health_rep, meeting).await;
    assert!(
        !items(&seen)[0]["withheld"]
            .as_array()
            .unwrap()
            .contains(&json!("narrative"))
    );
}

#[actix_web::test]
async fn a_case_comes_on_once_and_only_where_it_belongs() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let path = format!("/meetings/{meeting}/agenda");
    let caller = app.as_(&world.coordinator);
    let case = world.case(&app, "Okafor", "Brandt");
    let body = |case: Uuid, agencies: &[Uuid]| json!({ "case_id": case, "agencies": agencies });
    let reason = |answer: crate::support::Answer| (answer.status, answer.body["reason"].clone());

    let foreign = caller
        .post(&path, body(case, &[world.housing, world.kc_police]))
        .await;
    assert_eq!(foreign.errors(), ["/agencies/1 not_a_member"]);
    listed(&app, &world, meeting, case, &[]).await;
    let twice = caller.post(&path, body(case, &[])).await;
    assert_eq!(reason(twice), (409, json!("already_listed")));
    let theirs = caller
        .post(&path, body(world.kc_case(&app, "Lind", "Moss"), &[]))
        .await;
    let unknown = caller.post(&path, body(Uuid::now_v7(), &[])).await;
    assert_eq!(theirs.status, 404);
    assert_eq!(theirs.comparable(), unknown.comparable());
    let lapsed = world.case(&app, "Adeyemi", "Frost");
    sql("update cases set status = 'lapsed' where id = $1")
        .bind(lapsed)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(
        reason(caller.post(&path, body(lapsed, &[])).await),
        (409, json!("case_not_open"))
    );
    let rep = app
        .as_(&world.housing_rep)
        .post(&path, body(case, &[]))
        .await;
    assert_eq!(rep.code(), "forbidden");

    let business = json!({ "marac_id": world.wcc, "kind": "business", "mode": "online", "starts_at": app.now() });
    let business = id(&caller.post("/meetings", business).await.expect(201));
    let other = world.case(&app, "Frost", "Moss");
    let answer = caller
        .post(&format!("/meetings/{business}/agenda"), body(other, &[]))
        .await;
    assert_eq!(reason(answer), (409, json!("business_meeting")));
}

#[actix_web::test]
async fn a_case_taken_off_loses_its_readers_and_may_come_back() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let kept = world.case(&app, "Lind", "Moss");
    let case = world.case(&app, "Okafor", "Brandt");
    let item = listed(&app, &world, meeting, case, &[world.housing]).await;
    listed(&app, &world, meeting, kept, &[world.housing]).await;
    let path = format!("/agenda-items/{}/withdraw", id(&item));
    let caller = app.as_(&world.coordinator);
    let body = json!({ "reason": "Moved away; transferred." });
    assert_eq!(caller.post(&path, body.clone()).await.status, 428);
    let off = caller
        .clone()
        .if_match(&etag(&item))
        .post(&path, body.clone())
        .await
        .expect(200);
    assert_eq!(
        (&off["status"], &off["number"], &off["starts_at"]),
        (&json!("withdrawn"), &Value::Null, &Value::Null)
    );
    let again = caller
        .clone()
        .if_match(&etag(&off))
        .post(&path, body.clone())
        .await;
    assert_eq!(again.body["reason"], "already_decided");
    let seen = agenda(&app, &world.coordinator, meeting).await;
    let numbers: Vec<_> = items(&seen)
        .iter()
        .map(|item| item["number"].clone())
        .collect();
    assert_eq!(numbers, [Value::Null, json!(1)]);

    let back = listed(&app, &world, meeting, case, &[world.housing]).await;
    assert_eq!(
        (id(&back), &back["number"], &back["remarks"]),
        (id(&item), &json!(2), &Value::Null)
    );
    step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(
        cases(&agenda(&app, &world.housing_rep, meeting).await),
        [kept, case]
    );
    caller
        .if_match(&etag(&back))
        .post(&path, body)
        .await
        .expect(200);
    assert_eq!(
        cases(&agenda(&app, &world.housing_rep, meeting).await),
        [kept]
    );
}

#[actix_web::test]
async fn after_circulation_a_new_agency_sees_the_case_at_once_and_one_left_out_no_longer() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    let item = listed(&app, &world, meeting, case, &[world.housing]).await;
    let path = format!("/agenda-items/{}/agencies", id(&item));
    let caller = app.as_(&world.coordinator);
    let body = json!({ "agencies": [world.housing, world.police] });
    let before = caller
        .clone()
        .if_match(&etag(&item))
        .put(&path, body)
        .await
        .expect(200);
    assert_eq!(
        cases(&agenda(&app, &world.police_rep, meeting).await),
        Vec::<Uuid>::new()
    );
    step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(
        cases(&agenda(&app, &world.police_rep, meeting).await),
        [case]
    );

    sql("update marac_agencies set agreement_review_on = $2 where agency_id = $1")
        .bind(world.idva_service)
        .bind(app.today() - TimeDelta::days(1))
        .execute(&mut app.owner())
        .unwrap();
    let body = json!({ "agencies": [world.housing, world.health, world.idva_service] });
    let read = caller.clone().if_match(&etag(&before["item"]));
    let after = read.put(&path, body.clone()).await.expect(200);
    assert_eq!(after["warnings"][0]["code"], "agreement_review_past");
    assert_eq!(after["item"]["agencies"].as_array().unwrap().len(), 3);
    assert_eq!(
        cases(&agenda(&app, &world.health_rep, meeting).await),
        [case]
    );
    assert_eq!(
        cases(&agenda(&app, &world.police_rep, meeting).await),
        Vec::<Uuid>::new()
    );
    assert_eq!(read.put(&path, body).await.code(), "stale");
    let back = json!({ "agencies": [world.police] });
    caller
        .if_match(&etag(&after["item"]))
        .put(&path, back)
        .await
        .expect(200);
    assert_eq!(
        cases(&agenda(&app, &world.police_rep, meeting).await),
        [case]
    );
    assert_eq!(
        cases(&agenda(&app, &world.health_rep, meeting).await),
        Vec::<Uuid>::new()
    );
}

#[actix_web::test]
async fn hearing_deferring_and_noting_are_for_coordinator_and_chair_in_session() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (meeting, next) = (
        id(&planned(&app, &world).await),
        id(&planned(&app, &world).await),
    );
    let path = format!("/meetings/{meeting}/agenda");
    let coordinator = app.as_(&world.coordinator);
    let [first, second, third] =
        ["Okafor", "Lind", "Frost"].map(|name| world.case(&app, name, "Moss"));
    let heard = listed(&app, &world, meeting, first, &[world.housing]).await;
    let deferred = listed(
        &app,
        &world,
        meeting,
        second,
        &[world.housing, world.health],
    )
    .await;
    let body = json!({ "case_id": third, "kind": "alert_only", "agencies": [world.housing] });
    let alert = coordinator.post(&path, body).await.expect(201);
    assert_eq!(alert["minutes"], 0);
    step(&app, &world.coordinator, meeting, "circulate").await;

    let hear_path = format!("/agenda-items/{}/hear", id(&heard));
    let early = coordinator
        .clone()
        .if_match(&etag(&heard))
        .post(&hear_path, json!({}))
        .await;
    assert_eq!(
        (early.status, &early.body["reason"]),
        (409, &json!("not_in_session"))
    );
    step(&app, &world.chair, meeting, "start").await;
    for person in [&world.housing_rep, &world.idva, &world.observer] {
        let refused = app
            .as_(person)
            .if_match(&etag(&heard))
            .post(&hear_path, json!({}))
            .await;
        assert_eq!(refused.code(), "forbidden");
    }
    let wrong = format!("/agenda-items/{}/note-alert", id(&heard));
    let wrong = coordinator
        .clone()
        .if_match(&etag(&heard))
        .post(&wrong, json!({}))
        .await;
    assert_eq!(wrong.body["reason"], "not_alert_only");
    hear(&app, &world, &heard).await;

    let defer = format!("/agenda-items/{}/defer", id(&deferred));
    let caller = coordinator.clone().if_match(&etag(&deferred));
    let unknown = json!({ "reason": "Survivor in hospital.", "to_meeting_id": Uuid::now_v7() });
    assert_eq!(
        caller.post(&defer, unknown).await.errors(),
        ["/to_meeting_id unknown"]
    );
    let itself = json!({ "reason": "Survivor in hospital.", "to_meeting_id": meeting });
    assert_eq!(
        caller.post(&defer, itself).await.errors(),
        ["/to_meeting_id unknown"]
    );
    let body = json!({ "reason": "Survivor in hospital.", "to_meeting_id": next });
    let gone = caller.post(&defer, body).await.expect(200);
    assert_eq!(
        (&gone["status"], &gone["deferred_to_id"]),
        (&json!("deferred"), &json!(next))
    );
    assert_eq!(gone["remarks"]["reason"], "Survivor in hospital.");
    let carried = agenda(&app, &world.coordinator, next).await;
    assert_eq!(cases(&carried), [second]);
    assert_eq!(items(&carried)[0]["agencies"].as_array().unwrap().len(), 2);

    let note = format!("/agenda-items/{}/note-alert", id(&alert));
    let noted = coordinator
        .if_match(&etag(&alert))
        .post(&note, json!({}))
        .await
        .expect(200);
    assert_eq!(noted["status"], "alert_noted");
    step(&app, &world.chair, meeting, "close").await;
    assert_eq!(
        statuses(&app, &[first, second, third]),
        ["heard", "listed", "monitoring"]
    );

    let again = listed(&app, &world, next, first, &[]).await;
    assert_eq!(again["kind"], "repeat");
}

#[derive(Row)]
struct Status {
    status: String,
}

fn statuses(app: &TestApp, cases: &[Uuid]) -> Vec<String> {
    let rows: Vec<Status> = sql(
        "select c.status from unnest($1) with ordinality as w(id, n) join cases c using (id) order by n",
    )
    .bind(cases.to_vec())
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.status).collect()
}

#[actix_web::test]
async fn a_list_too_long_warns_coordinator_and_chair() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut body = crate::meetings::plan(&app, &world);
    body["capacity"] = json!(1);
    let meeting = id(&app
        .as_(&world.coordinator)
        .post("/meetings", body)
        .await
        .expect(201));
    for name in ["Okafor", "Lind"] {
        let case = world.case(&app, name, "Moss");
        listed(&app, &world, meeting, case, &[world.housing]).await;
    }
    step(&app, &world.coordinator, meeting, "circulate").await;
    let staff = agenda(&app, &world.chair, meeting).await;
    assert_eq!(staff["warnings"], json!([{ "code": "over_capacity" }]));
    let rep = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(rep["warnings"], json!([]));
}

#[actix_web::test]
async fn a_case_whose_key_was_destroyed_leaves_the_agenda_readable() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    listed(&app, &world, meeting, case, &[]).await;
    sql("update data_keys set wrapped = null, destroyed_at = $2 where case_id = $1")
        .bind(case)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(cases(&seen), [case]);
    assert_eq!(
        (
            &items(&seen)[0]["survivor"],
            &items(&seen)[0]["perpetrators"]
        ),
        (&Value::Null, &json!([]))
    );
}

#[actix_web::test]
async fn an_agenda_takes_as_many_statements_for_twenty_cases_as_for_one() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut counts = Vec::new();
    for size in [1, 20] {
        let meeting = id(&planned(&app, &world).await);
        for n in 0..size {
            let case = world.case_with_child(&app, &format!("Name{n}"), "Brandt");
            listed(&app, &world, meeting, case, &[world.housing, world.health]).await;
        }
        step(&app, &world.coordinator, meeting, "circulate").await;
        for person in [&world.coordinator, &world.housing_rep] {
            let before = app.parts.db.statements();
            assert_eq!(items(&agenda(&app, person, meeting).await).len(), size);
            counts.push(app.parts.db.statements() - before);
        }
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    assert!(counts[0] <= 7, "{counts:?}");
}

#[actix_web::test]
async fn the_agenda_is_read_by_its_indexes() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let asks = Asks::Person(&world.housing_rep);
    let plan = app.plan(
        asks,
        listed("conference/meetings/agenda_items"),
        true,
        |items| items.bind(Uuid::now_v7()).bind(true),
    );
    for index in [
        "agenda_items_meeting",
        "cases_pkey",
        "data_keys_pkey",
        "parties_case",
        "circle_case",
        "agenda_listings_pkey",
        "agenda_sessions_pkey",
        "referrals_case",
    ] {
        assert!(plan.contains(index), "{index}\n{plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}

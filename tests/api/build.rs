//! Building an agenda: what comes on, what is left, what stays as somebody decided.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{agenda, hear, listed, plan, planned, step};
use crate::support::plan::{Asks, listed as statement};
use crate::support::{Answer, Person, TestApp, World, etag, id, referral};

/// A meeting of WCC so many days ahead.
async fn meeting_in(app: &TestApp, world: &World, days: i64) -> Uuid {
    let mut body = plan(app, world);
    body["starts_at"] = json!(app.now() + TimeDelta::days(days));
    id(&app
        .as_(&world.coordinator)
        .post("/meetings", body)
        .await
        .expect(201))
}

async fn try_build(app: &TestApp, by: &Person, meeting: Uuid, body: Value) -> Answer {
    let caller = app.as_(by);
    let now = caller
        .get(&format!("/meetings/{meeting}"))
        .await
        .expect(200);
    caller
        .if_match(&etag(&now))
        .post(&format!("/meetings/{meeting}/agenda/build"), body)
        .await
}

async fn build(app: &TestApp, world: &World, meeting: Uuid) -> Value {
    let answer = try_build(app, &world.coordinator, meeting, json!({})).await;
    answer.expect(200)
}

fn cases(agenda: &Value) -> Vec<Uuid> {
    let items = agenda["items"].as_array().unwrap().iter();
    items
        .map(|item| item["case_id"].as_str().unwrap().parse().unwrap())
        .collect()
}

fn left(built: &Value) -> Vec<(Uuid, String)> {
    let left = built["left_out"].as_array().unwrap().iter();
    left.map(|one| {
        let case = one["case_id"].as_str().unwrap().parse().unwrap();
        (case, one["reason"].as_str().unwrap().to_owned())
    })
    .collect()
}

fn set(app: &TestApp, text: &'static str, case: Uuid) {
    sql(text).bind(case).execute(&mut app.owner()).unwrap();
}

/// A case of a referral sent in and accepted through the API.
async fn referred(app: &TestApp, world: &World, document: Value) -> Uuid {
    let body = json!({ "marac_id": world.wcc, "referral": document });
    let sent = app.as_(&world.officer).post("/referrals", body).await;
    let sent = sent.expect(201);
    let path = format!("/referrals/{}/accept", id(&sent));
    let caller = app.as_(&world.coordinator).if_match(&etag(&sent));
    let accepted = caller.post(&path, json!({})).await.expect(200);
    accepted["case_id"].as_str().unwrap().parse().unwrap()
}

async fn decide(app: &TestApp, world: &World, item: &Value, what: &str, body: Value) -> Value {
    let path = format!("/agenda-items/{}/{what}", id(item));
    let caller = app.as_(&world.coordinator).if_match(&etag(item));
    caller.post(&path, body).await.expect(200)
}

fn item(agenda: &Value, case: Uuid) -> Value {
    let mut items = agenda["items"].as_array().unwrap().iter();
    items
        .find(|item| item["case_id"] == json!(case))
        .cloned()
        .unwrap()
}

#[actix_web::test]
async fn everything_that_waits_comes_on_children_first_the_longest_waiting_first() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 30).await;
    let late = world.case(&app, "Okafor", "Brandt");
    let early = world.case(&app, "Lind", "Moss");
    let child = world.case_with_child(&app, "Adeyemi", "Frost");
    let repeat = world.case(&app, "Rossi", "Frost");
    let elsewhere = world.case(&app, "Novak", "Frost");
    let closed = world.case(&app, "Costa", "Frost");
    world.kc_case(&app, "Rahman", "Frost");
    set(
        &app,
        "update cases set last_referral_on = last_referral_on - 9 where id = $1",
        early,
    );
    set(
        &app,
        "update cases set status = 'closed' where id = $1",
        closed,
    );
    let other = meeting_in(&app, &world, 20).await;
    listed(&app, &world, other, elsewhere, &[]).await;
    sql(
        "insert into agenda_items (id, marac_id, case_id, meeting_id, kind, position, slot_minutes, \
         has_children, status, created_at) select gen_random_uuid(), marac_id, $2, id, 'new', 1, 15, \
         false, 'heard', starts_at - interval '60 days' from meetings where id = $1",
    )
    .bind(other)
    .bind(repeat)
    .execute(&mut app.owner())
    .unwrap();
    let built = build(&app, &world, meeting).await;
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(built["agenda"], seen);
    assert_eq!(cases(&seen), [child, early, late, repeat]);
    assert_eq!(built["placed"].as_array().unwrap().len(), 4);
    assert_eq!(built["left_out"], json!([]));
    let starts_at: DateTime<Utc> = seen["meeting"]["starts_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    for (n, one) in seen["items"].as_array().unwrap().iter().enumerate() {
        let at: DateTime<Utc> = one["starts_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(at - starts_at, TimeDelta::minutes(15 * n as i64));
        assert_eq!(
            (&one["placed_by_hand"], &one["session"]),
            (&json!(false), &json!(1))
        );
    }
    assert_eq!(item(&seen, repeat)["kind"], "repeat");
    assert_eq!(item(&seen, child)["section"], "children");
    assert_eq!(item(&seen, late)["section"], "adults");
    // No agency is marked as core: all members that take listings, and no coordinating body.
    let mut all = vec![
        world.police,
        world.idva_service,
        world.housing,
        world.health,
    ];
    all.sort();
    assert_eq!(item(&seen, late)["agencies"], json!(all));
    let again = build(&app, &world, meeting).await;
    assert_eq!(again["placed"], json!([]));
    assert_eq!(
        again["agenda"]["items"], seen["items"],
        "nothing has changed"
    );
}

#[actix_web::test]
async fn a_case_is_listed_to_core_agencies_its_referrer_and_its_idva_and_to_none_it_is_closed_to() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 30).await;
    sql("update marac_agencies set core = true where agency_id = any ($1)")
        .bind(vec![world.housing, world.health, world.coordination])
        .execute(&mut app.owner())
        .unwrap();
    let case = referred(&app, &world, referral("Okafor", "Stone")).await;
    sql(
        "insert into exclusions (id, marac_id, case_id, agency_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(case)
    .bind(world.health)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    let file = app
        .as_(&world.coordinator)
        .get(&format!("/cases/{case}"))
        .await
        .expect(200);
    let idva = json!({ "idva_agency_id": world.idva_service });
    let caller = app.as_(&world.coordinator).if_match(&etag(&file));
    caller
        .patch(&format!("/cases/{case}"), idva)
        .await
        .expect(200);
    let built = build(&app, &world, meeting).await;
    let mut expected = vec![world.housing, world.police, world.idva_service];
    expected.sort();
    let item = item(&built["agenda"], case);
    assert_eq!(item["agencies"], json!(expected));
    assert_eq!(item["idva_recorded"], true);

    let other = world.case(&app, "Lind", "Moss");
    let body = json!({ "listing": "chosen", "agencies": [world.housing] });
    let built = try_build(&app, &world.chair, meeting, body)
        .await
        .expect(200);
    let chosen = self::item(&built["agenda"], other);
    assert_eq!(chosen["agencies"], json!([world.housing]));
    let kept = self::item(&built["agenda"], case);
    assert_eq!(kept["agencies"], json!(expected), "as it was");
    for (agencies, pointer) in [
        (json!([world.kc_police]), "/agencies/0 not_a_member"),
        (
            json!([world.housing, world.coordination]),
            "/agencies/1 not_a_member",
        ),
    ] {
        let wrong = try_build(
            &app,
            &world.coordinator,
            meeting,
            json!({ "agencies": agencies }),
        )
        .await;
        assert_eq!(wrong.errors(), [pointer]);
    }
}

#[actix_web::test]
async fn what_came_after_the_list_closed_waits_unless_the_chair_admits_it() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 7).await;
    let case = world.case(&app, "Okafor", "Brandt");
    let built = build(&app, &world, meeting).await;
    assert_eq!(left(&built), [(case, "past_cutoff".to_owned())]);
    assert_eq!(cases(&built["agenda"]), Vec::<Uuid>::new());
    let admit = json!({ "admit_late": [{ "case_id": case, "reason": "Assault last night." }] });
    let refused = try_build(&app, &world.coordinator, meeting, admit.clone()).await;
    assert_eq!(refused.code(), "forbidden");
    let unknown = json!({ "admit_late": [{ "case_id": Uuid::now_v7(), "reason": "Assault." }] });
    let unknown = try_build(&app, &world.chair, meeting, unknown).await;
    assert_eq!(unknown.errors(), ["/admit_late/0/case_id not_waiting"]);
    let built = try_build(&app, &world.chair, meeting, admit)
        .await
        .expect(200);
    let item = item(&built["agenda"], case);
    assert_eq!(
        (&item["late"], &item["remarks"]["late_reason"]),
        (&json!(true), &json!("Assault last night."))
    );
    #[derive(Row)]
    struct Row {
        n: i64,
    }
    let row: Row = sql(
        "select count(*) as n from audit_events where act = 'add_late_item' and case_id = $1 \
         and outcome = 'done'",
    )
    .bind(case)
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(row.n, 1);
}

#[actix_web::test]
async fn building_again_keeps_what_somebody_decided() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 30).await;
    let names = ["Okafor", "Lind", "Adeyemi", "Frost"];
    let [a, b, c, d] = names.map(|name| world.case(&app, name, "Moss"));
    let first = build(&app, &world, meeting).await["agenda"].clone();
    assert_eq!(cases(&first), [a, b, c, d]);
    let fewer = json!({ "agencies": [world.health] });
    let path = format!("/agenda-items/{}/agencies", id(&item(&first, a)));
    let caller = app
        .as_(&world.coordinator)
        .if_match(&etag(&item(&first, a)));
    caller.put(&path, fewer).await.expect(200);
    decide(
        &app,
        &world,
        &item(&first, b),
        "withdraw",
        json!({ "reason": "Moved away." }),
    )
    .await;
    let until = app.today() + TimeDelta::days(200);
    let later = json!({ "reason": "She is in hospital.", "until": until });
    let deferred = decide(&app, &world, &item(&first, c), "defer", later).await;
    assert_eq!(deferred["deferred_until"], json!(until));
    let now = agenda(&app, &world.coordinator, meeting).await;
    let order: Vec<_> = [d, a, b, c].map(|case| id(&item(&now, case))).to_vec();
    let caller = app.as_(&world.coordinator).if_match(&etag(&now["meeting"]));
    let path = format!("/meetings/{meeting}/agenda/order");
    caller
        .put(&path, json!({ "items": order }))
        .await
        .expect(200);
    let child = world.case_with_child(&app, "Rossi", "Moss");
    let adult = world.case(&app, "Novak", "Moss");
    let built = build(&app, &world, meeting).await;
    let seen = &built["agenda"];
    let live: Vec<_> = cases(seen)
        .into_iter()
        .filter(|case| item(seen, *case)["number"] != Value::Null)
        .collect();
    assert_eq!(live, [child, d, a, adult]);
    assert_eq!(item(seen, a)["agencies"], json!([world.health]));
    assert_eq!(item(seen, d)["placed_by_hand"], true);
    let mut reasons = left(&built);
    reasons.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(
        reasons,
        [
            (c, "deferred_from_here".to_owned()),
            (b, "taken_off".to_owned())
        ]
    );
    let another = meeting_in(&app, &world, 60).await;
    let built = build(&app, &world, another).await;
    let mut reasons = left(&built);
    reasons.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(
        reasons,
        [
            (c, "deferred_until_later".to_owned()),
            (b, "taken_off".to_owned())
        ]
    );
    assert_eq!(cases(&built["agenda"]), Vec::<Uuid>::new());
}

#[actix_web::test]
async fn a_deferred_case_comes_back_as_it_was_and_so_do_those_of_a_cancelled_meeting() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 20).await;
    let [a, b] = ["Okafor", "Lind"].map(|name| world.case(&app, name, "Moss"));
    let kept = listed(&app, &world, meeting, a, &[world.health]).await;
    listed(&app, &world, meeting, b, &[world.housing]).await;
    let day = (app.now() + TimeDelta::days(20))
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive();
    let too_early = json!({ "reason": "Ill.", "until": day });
    let path = format!("/agenda-items/{}/defer", id(&kept));
    let caller = app.as_(&world.coordinator).if_match(&etag(&kept));
    assert_eq!(
        caller.post(&path, too_early).await.errors(),
        ["/until not_after_meeting"]
    );
    let both =
        json!({ "reason": "Ill.", "until": day + TimeDelta::days(1), "to_meeting_id": meeting });
    assert_eq!(
        caller.post(&path, both).await.errors(),
        ["/until one_of_two"]
    );
    let deferred = decide(&app, &world, &kept, "defer", json!({ "reason": "Ill." })).await;
    assert_eq!(
        deferred["deferred_until"],
        json!(day + TimeDelta::days(1)),
        "a next date always"
    );
    step(&app, &world.coordinator, meeting, "cancel").await;
    let next = meeting_in(&app, &world, 25).await;
    let built = build(&app, &world, next).await;
    assert_eq!(left(&built), []);
    let mut on = cases(&built["agenda"]);
    on.sort();
    assert_eq!(on, [a, b]);
    assert_eq!(item(&built["agenda"], a)["agencies"], json!([world.health]));
    assert_eq!(
        item(&built["agenda"], b)["agencies"],
        json!([world.housing])
    );
}

#[actix_web::test]
async fn a_case_heard_before_waits_again_with_a_new_referral() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 20).await;
    let case = referred(&app, &world, referral("Okafor", "Stone")).await;
    build(&app, &world, meeting).await;
    step(&app, &world.coordinator, meeting, "circulate").await;
    step(&app, &world.chair, meeting, "start").await;
    let seen = agenda(&app, &world.coordinator, meeting).await;
    hear(&app, &world, &item(&seen, case)).await;
    step(&app, &world.chair, meeting, "close").await;
    let next = meeting_in(&app, &world, 40).await;
    assert_eq!(
        cases(&build(&app, &world, next).await["agenda"]),
        Vec::<Uuid>::new()
    );
    let body = json!({ "marac_id": world.wcc, "referral": referral("Okafor", "Stone") });
    let sent = app
        .as_(&world.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    let path = format!("/referrals/{}/accept", id(&sent));
    let caller = app.as_(&world.coordinator).if_match(&etag(&sent));
    caller
        .post(&path, json!({ "join_case_id": case }))
        .await
        .expect(200);
    let built = build(&app, &world, next).await;
    assert_eq!(item(&built["agenda"], case)["kind"], "repeat");
}

/// R13: a repeat within twelve months of the last referral, new after.
#[actix_web::test]
async fn a_case_referred_anew_after_twelve_months_is_new_on_the_list_and_no_repeat() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let ago = |days| json!(app.today() - TimeDelta::days(days));
    for (before, expected) in [(400, "new"), (300, "repeat")] {
        let names = format!("Okafor{expected}");
        let mut document = referral(&names, "Stone");
        document["referred_on"] = ago(before);
        document["assessment"]["assessed_on"] = ago(before);
        let case = referred(&app, &world, document.clone()).await;
        let first = meeting_in(&app, &world, 30).await;
        listed(&app, &world, first, case, &[world.housing]).await;
        step(&app, &world.coordinator, first, "circulate").await;
        step(&app, &world.chair, first, "start").await;
        let seen = agenda(&app, &world.coordinator, first).await;
        hear(&app, &world, &item(&seen, case)).await;
        step(&app, &world.chair, first, "close").await;
        document["referred_on"] = ago(0);
        let body = json!({ "marac_id": world.wcc, "referral": document });
        let sent = app.as_(&world.officer).post("/referrals", body).await;
        let sent = sent.expect(201);
        let path = format!("/referrals/{}/accept", id(&sent));
        let caller = app.as_(&world.coordinator).if_match(&etag(&sent));
        let joined = json!({ "join_case_id": case });
        caller.post(&path, joined).await.expect(200);
        let next = meeting_in(&app, &world, 40).await;
        let built = build(&app, &world, next).await;
        assert_eq!(item(&built["agenda"], case)["kind"], expected, "built");
        step(&app, &world.coordinator, next, "cancel").await;
        let by_hand = meeting_in(&app, &world, 50).await;
        let put = listed(&app, &world, by_hand, case, &[]).await;
        assert_eq!(put["kind"], expected, "by hand");
    }
}

#[actix_web::test]
async fn only_an_open_list_is_built_and_only_by_coordinator_and_chair() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 20).await;
    for person in [&world.housing_rep, &world.idva, &world.observer] {
        let refused = try_build(&app, person, meeting, json!({})).await;
        assert_eq!(refused.code(), "forbidden");
    }
    let path = format!("/meetings/{meeting}/agenda/build");
    let bare = app.as_(&world.coordinator).post(&path, json!({})).await;
    assert_eq!(bare.status, 428);
    let stale = app
        .as_(&world.coordinator)
        .if_match("\"99\"")
        .post(&path, json!({}))
        .await;
    assert_eq!(stale.code(), "stale");
    let other = app
        .as_(&world.kc_coordinator)
        .if_match("\"1\"")
        .post(&path, json!({}))
        .await;
    assert_eq!(other.status, 404);
    step(&app, &world.coordinator, meeting, "circulate").await;
    let frozen = try_build(&app, &world.chair, meeting, json!({})).await;
    assert_eq!(frozen.body["reason"], "list_frozen");
    for (kind, reason) in [
        ("business", "business_meeting"),
        ("emergency", "emergency_meeting"),
    ] {
        let mut body = plan(&app, &world);
        body["kind"] = json!(kind);
        let meeting = app.as_(&world.coordinator).post("/meetings", body).await;
        let meeting = id(&meeting.expect(201));
        let refused = try_build(&app, &world.coordinator, meeting, json!({})).await;
        assert_eq!(refused.body["reason"], reason);
    }
}

#[actix_web::test]
async fn two_lists_built_at_once_do_not_take_the_same_case() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (one, two) = (
        meeting_in(&app, &world, 30).await,
        meeting_in(&app, &world, 31).await,
    );
    for n in 0..5 {
        world.case(&app, &format!("Name{n}"), "Moss");
    }
    let (a, b) = tokio::join!(build(&app, &world, one), build(&app, &world, two));
    let count = |built: &Value| built["placed"].as_array().unwrap().len();
    assert_eq!(count(&a) + count(&b), 5);
    assert!(count(&a) == 0 || count(&b) == 0);
}

#[actix_web::test]
async fn a_case_closed_to_the_builder_is_not_there_for_them() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = meeting_in(&app, &world, 30).await;
    let hidden = world.case(&app, "Okafor", "Brandt");
    let seen = world.case(&app, "Lind", "Moss");
    sql(
        "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(hidden)
    .bind(world.coordinator.id)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    let built = build(&app, &world, meeting).await;
    assert_eq!(cases(&built["agenda"]), [seen]);
    assert!(!built.to_string().contains(&hidden.to_string()));
    let chair = try_build(&app, &world.chair, meeting, json!({}))
        .await
        .expect(200);
    assert_eq!(cases(&chair["agenda"]).len(), 2);
}

#[actix_web::test]
async fn a_case_without_a_recorded_idva_referral_and_a_list_too_long_warn() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut body = plan(&app, &world);
    body["capacity"] = json!(1);
    body["starts_at"] = json!(app.now() + TimeDelta::days(30));
    let meeting = app.as_(&world.coordinator).post("/meetings", body).await;
    let meeting = id(&meeting.expect(201));
    let recorded = referred(&app, &world, referral("Okafor", "Stone")).await;
    let mut unknown = referral("Lind", "Moss");
    unknown["idva_referral"] = json!("unknown");
    let unrecorded = referred(&app, &world, unknown).await;
    let built = build(&app, &world, meeting).await;
    let seen = &built["agenda"];
    assert_eq!(item(seen, recorded)["idva_recorded"], true);
    assert_eq!(item(seen, unrecorded)["idva_recorded"], false);
    assert_eq!(
        seen["warnings"],
        json!([
            { "code": "over_capacity" },
            { "code": "idva_not_recorded", "items": [item(seen, unrecorded)["id"]] },
        ])
    );
    let out = step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(out["quorum"], json!([]));
    let after = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(item(&after, unrecorded).get("idva_recorded"), None);
}

#[actix_web::test]
async fn who_is_lacking_for_a_quorum_is_named_and_nothing_is_blocked() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    sql("update maracs set settings = '{\"quorum\": {\"agency_kinds\": [\"idva\", \"probation\"], \"count\": 2}}' where id = $1")
        .bind(world.wcc)
        .execute(&mut app.owner())
        .unwrap();
    let meeting = id(&planned(&app, &world).await);
    let probation = json!({ "code": "quorum_kind_missing", "agency_kind": "probation" });
    let idva = json!({ "code": "quorum_kind_missing", "agency_kind": "idva" });
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(seen["warnings"], json!([probation]));
    let rep = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(rep["warnings"], json!([]));
    let out = step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(out["quorum"], json!([probation]));
    let sorry = json!({ "role": "representative", "presence": "apologies" });
    let path = format!("/meetings/{meeting}/attendance/{}", world.idva_service);
    let coordinator = app.as_(&world.coordinator);
    coordinator
        .clone()
        .if_match("\"0\"")
        .put(&path, sorry)
        .await;
    let seen = agenda(&app, &world.chair, meeting).await;
    assert_eq!(seen["warnings"], json!([idva, probation]));
    let out = step(&app, &world.chair, meeting, "start").await;
    assert_eq!(out["status"], "in_session");
    let count = json!({ "code": "quorum_count_short", "lacking": 2 });
    assert_eq!(out["quorum"], json!([idva, probation, count]));
}

#[actix_web::test]
async fn the_agenda_begins_with_what_is_not_done_and_names_what_lapses() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    set(
        &app,
        "update cases set status = 'monitoring', lapses_on = last_referral_on + 20 where id = $1",
        case,
    );
    let later = world.case(&app, "Lind", "Moss");
    set(
        &app,
        "update cases set status = 'monitoring', lapses_on = last_referral_on + 60 where id = $1",
        later,
    );
    let share = json!({ "agency_id": world.police, "reason": "They act on it." });
    let coordinator = app.as_(&world.coordinator);
    let path = format!("/cases/{case}/shares");
    coordinator.post(&path, share).await.expect(201);
    let action = |text: &'static str, agency: Uuid, days: i64| {
        let body = json!({ "text": text, "owner_agency_id": agency, "category": "other",
            "target": "survivor", "due_on": app.today() + TimeDelta::days(days) });
        let caller = app.as_(&world.coordinator);
        async move {
            caller
                .post(&format!("/cases/{case}/actions"), body)
                .await
                .expect(201)
        }
    };
    let not_done = action("Change the locks.", world.police, 5).await;
    action("Call the school.", world.police, 9).await;
    action("Flag the address.", world.police, 2).await;
    action("Long after.", world.police, 90).await;
    // Of the case they keep what they took on, and no more.
    set(
        &app,
        "update circle set ends_at = opens_at + interval '1 microsecond' where case_id = $1 and basis = 'share'",
        case,
    );
    let path = format!("/actions/{}/report", id(&not_done));
    let report = json!({ "status": "not_done", "reason": "Nobody came." });
    let rep = app.as_(&world.police_rep).if_match(&etag(&not_done));
    rep.post(&path, report).await.expect(200);
    let seen = agenda(&app, &world.coordinator, meeting).await;
    let texts: Vec<_> = seen["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["text"].as_str().unwrap().to_owned(),
                one["unresolved"] == true,
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            ("Change the locks.".to_owned(), true),
            ("Flag the address.".to_owned(), false),
            ("Call the school.".to_owned(), false),
        ]
    );
    let lapsing = seen["lapsing"].as_array().unwrap();
    assert_eq!(lapsing.len(), 1, "{lapsing:?}");
    assert_eq!(lapsing[0]["case_id"], json!(case));
    let early = agenda(&app, &world.police_rep, meeting).await;
    assert_eq!(
        (&early["actions"], &early["lapsing"]),
        (&json!([]), &json!([]))
    );
    step(&app, &world.coordinator, meeting, "circulate").await;
    let police = agenda(&app, &world.police_rep, meeting).await;
    assert_eq!(
        police["actions"].as_array().unwrap().len(),
        3,
        "its own, and the one that waits for the chair among them"
    );
    for other in [&world.health_rep, &world.observer] {
        let other = agenda(&app, other, meeting).await;
        assert_eq!(
            (&other["actions"], &other["lapsing"]),
            (&json!([]), &json!([]))
        );
    }
    step(&app, &world.coordinator, meeting, "cancel").await;
    let over = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(
        (&over["actions"], &over["lapsing"]),
        (&json!([]), &json!([]))
    );
}

#[actix_web::test]
async fn a_meeting_is_split_into_sessions_with_breaks_between() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let [a, b, c] = ["Okafor", "Lind", "Adeyemi"].map(|name| world.case(&app, name, "Moss"));
    let mut items = Vec::new();
    for case in [a, b, c] {
        items.push(id(
            &listed(&app, &world, meeting, case, &[world.housing]).await
        ));
    }
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(seen["sessions"], json!([]));
    let start: DateTime<Utc> = seen["meeting"]["starts_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let at = |minutes: i64| start + TimeDelta::minutes(minutes);
    let path = format!("/meetings/{meeting}/agenda/sessions");
    let caller = app
        .as_(&world.coordinator)
        .if_match(&etag(&seen["meeting"]));
    for (sessions, expected) in [
        (
            json!([{ "starts_at": at(0), "items": [items[0]] }]),
            "/items not_the_whole_list",
        ),
        (
            json!([{ "starts_at": at(-5), "items": items }]),
            "/sessions/0/starts_at before_the_meeting",
        ),
        (
            json!([{ "starts_at": at(0), "items": [items[0]] }, { "starts_at": at(0), "items": items[1..] }]),
            "/sessions/1/starts_at not_after_the_last",
        ),
        (
            json!([{ "starts_at": at(0), "heading": "two\nlines", "items": items }]),
            "/sessions/0/heading one_line",
        ),
    ] {
        let refused = caller.put(&path, json!({ "sessions": sessions })).await;
        assert_eq!(refused.errors(), [expected]);
    }
    let split = json!({ "sessions": [
        { "heading": "Morning", "starts_at": at(0), "items": [items[2], items[0]] },
        { "heading": "After lunch", "starts_at": at(120), "items": [items[1]] },
    ] });
    let done = caller.put(&path, split).await.expect(200);
    assert_eq!(cases(&done), [c, a, b]);
    let times = |agenda: &Value| -> Vec<i64> {
        let items = agenda["items"].as_array().unwrap().iter();
        let time = |item: &Value| {
            item["starts_at"]
                .as_str()
                .unwrap()
                .parse::<DateTime<Utc>>()
                .unwrap()
        };
        items
            .map(|item| (time(item) - start).num_minutes())
            .collect()
    };
    assert_eq!(times(&done), [0, 15, 120]);
    assert_eq!(done["sessions"][1]["heading"], "After lunch");
    let late = world.case(&app, "Frost", "Moss");
    listed(&app, &world, meeting, late, &[world.housing]).await;
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(cases(&seen), [c, a, b, late]);
    assert_eq!(times(&seen), [0, 15, 120, 135]);
    // By hand within each session.
    let order: Vec<_> = [late, b, a, c].map(|case| id(&item(&seen, case))).to_vec();
    let caller = app
        .as_(&world.coordinator)
        .if_match(&etag(&seen["meeting"]));
    let turned = caller
        .put(
            &format!("/meetings/{meeting}/agenda/order"),
            json!({ "items": order }),
        )
        .await
        .expect(200);
    assert_eq!(cases(&turned), [a, c, late, b]);
    step(&app, &world.coordinator, meeting, "circulate").await;
    let rep = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(rep["sessions"], turned["sessions"]);
    // A moved meeting takes its sessions along.
    let now = app
        .as_(&world.coordinator)
        .get(&format!("/meetings/{meeting}"))
        .await
        .expect(200);
    let caller = app.as_(&world.coordinator).if_match(&etag(&now));
    let moved = json!({ "starts_at": at(60) });
    caller
        .patch(&format!("/meetings/{meeting}"), moved)
        .await
        .expect(200);
    let seen = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(times(&seen), [60, 75, 180, 195]);
    let caller = app
        .as_(&world.coordinator)
        .if_match(&etag(&seen["meeting"]));
    let one = caller
        .put(&path, json!({ "sessions": [] }))
        .await
        .expect(200);
    assert_eq!(
        (times(&one), &one["sessions"]),
        (vec![60, 75, 90, 105], &json!([]))
    );
    let refused = app
        .as_(&world.housing_rep)
        .if_match("\"1\"")
        .put(&path, json!({ "sessions": [] }))
        .await;
    assert_eq!(refused.code(), "forbidden");
}

#[actix_web::test]
async fn a_slot_and_why_a_case_is_on_may_change_until_it_is_decided() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let [a, b] = ["Okafor", "Lind"].map(|name| world.case(&app, name, "Moss"));
    let first = listed(&app, &world, meeting, a, &[world.housing]).await;
    listed(&app, &world, meeting, b, &[world.housing]).await;
    let path = format!("/agenda-items/{}", id(&first));
    let coordinator = app.as_(&world.coordinator);
    let longer = json!({ "minutes": 40 });
    let caller = coordinator.clone().if_match(&etag(&first));
    let longer = caller.patch(&path, longer).await.expect(200);
    assert_eq!(
        (&longer["minutes"], &longer["kind"]),
        (&json!(40), &json!("new"))
    );
    assert_eq!(caller.patch(&path, json!({})).await.code(), "stale");
    let alert = json!({ "kind": "alert_only" });
    let caller = coordinator.clone().if_match(&etag(&longer));
    let alert = caller.patch(&path, alert).await.expect(200);
    assert_eq!(
        (&alert["minutes"], &alert["section"]),
        (&json!(0), &json!("alerts"))
    );
    // Building puts alerts apart.
    let far = meeting_in(&app, &world, 40).await;
    let c = world.case(&app, "Rossi", "Moss");
    let built = build(&app, &world, far).await;
    assert_eq!(cases(&built["agenda"]), [c]);
    let rep = app.as_(&world.housing_rep).if_match("\"1\"");
    assert_eq!(rep.patch(&path, json!({})).await.status, 403);
    let off = decide(
        &app,
        &world,
        &alert,
        "withdraw",
        json!({ "reason": "Not ours." }),
    )
    .await;
    let late = coordinator
        .if_match(&etag(&off))
        .patch(&path, json!({ "minutes": 5 }))
        .await;
    assert_eq!(late.body["reason"], "already_decided");
}

#[actix_web::test]
async fn building_takes_as_many_statements_for_twenty_five_cases_as_for_one() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut counts = Vec::new();
    for size in [1, 25] {
        let meeting = meeting_in(&app, &world, 30).await;
        for n in 0..size {
            world.case_with_child(&app, &format!("Name{n}"), "Brandt");
        }
        let path = format!("/meetings/{meeting}/agenda/build");
        let caller = app.as_(&world.coordinator).if_match("\"1\"");
        let before = app.parts.db.statements();
        let built = caller.post(&path, json!({})).await.expect(200);
        counts.push(app.parts.db.statements() - before);
        assert_eq!(built["placed"].as_array().unwrap().len(), size);
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[0] <= 17, "{counts:?}");
}

/// The MARAC has a past, or reading all its cases would be as good as finding some.
fn past_cases(app: &TestApp, world: &World, status: &'static str) {
    sql("with c as (insert into cases (id, marac_id, code, status, opened_at, received_at, created_at, lapses_on) \
           select gen_random_uuid(), $1, 'P-' || n, $3, $2, $2, $2, $2::date + n % 365 \
           from generate_series(1, 5000) n returning id) \
         insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
           select id, $1, 'x', '', $2 from c")
    .bind(world.wcc)
    .bind(app.now())
    .bind(status)
    .execute(&mut app.owner())
    .unwrap();
    sql("analyze").execute(&mut app.owner()).unwrap();
}

#[actix_web::test]
async fn what_waits_is_read_by_its_indexes() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    past_cases(&app, &world, "lapsed");
    let asks = Asks::Person(&world.coordinator);
    let plan = app.plan(
        asks,
        listed("conference/meetings/waiting"),
        true,
        |waiting| {
            waiting
                .bind(world.wcc)
                .bind(Uuid::now_v7())
                .bind(app.today())
        },
    );
    for index in [
        "cases_waiting",
        "agenda_items_waiting",
        "cases_pkey",
        "data_keys_pkey",
        "referrals_case",
        "meetings_pkey",
        "agenda_listings_pkey",
    ] {
        assert!(plan.contains(index), "{index}\n{plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}

#[actix_web::test]
async fn what_stands_around_an_agenda_is_read_by_its_indexes() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let asks = Asks::Person(&world.coordinator);
    let plan = app.plan(asks, statement("conference/meetings/head"), true, |head| {
        head.bind(Uuid::now_v7()).bind(app.now())
    });
    for index in [
        "meetings_pkey",
        "maracs_pkey",
        "marac_agencies_pkey",
        "agencies_pkey",
        "attendances_seat_key",
        "meetings_marac",
    ] {
        assert!(plan.contains(index), "{index}\n{plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}

#[actix_web::test]
async fn what_lapses_before_the_next_meeting_is_read_up_to_its_day() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    past_cases(&app, &world, "monitoring");
    let asks = Asks::Person(&world.coordinator);
    let plan = app.plan(asks, statement("conference/meetings/head"), true, |head| {
        head.bind(Uuid::now_v7()).bind(app.now())
    });
    let by_day = |line: &str| line.contains("Index Cond") && line.contains("lapses_on <");
    assert!(plan.lines().any(by_day), "{plan}");
}

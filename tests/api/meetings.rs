//! Meetings from plan to close, and what each step opens and closes.

use chrono::{TimeDelta, Utc};
use conference::meetings::{
    AgendaItemKind, HeardCase, HeldMeeting, MeetingKind, MeetingMode, add_heard, create_held,
    emergency, next_planned, put_on, settle,
};
use diesel::prelude::*;
use kernel::audit::{Audited, Event};
use kernel::policy::Act;
use kernel::sql::{Row, sql};
use kernel::visibility;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, TestApp, World, accept, etag, id};

/// A meeting of WCC a fortnight ahead.
pub fn plan(app: &TestApp, world: &World) -> Value {
    json!({
        "marac_id": world.wcc, "kind": "scheduled", "mode": "hybrid", "place": "Room 4",
        "starts_at": app.now() + TimeDelta::days(14),
    })
}

pub async fn planned(app: &TestApp, world: &World) -> Value {
    let body = plan(app, world);
    let answer = app.as_(&world.coordinator).post("/meetings", body).await;
    answer.expect(201)
}

/// Puts a case on a planned meeting; returns the item.
pub async fn listed(
    app: &TestApp,
    world: &World,
    meeting: Uuid,
    case: Uuid,
    agencies: &[Uuid],
) -> Value {
    let body = json!({ "case_id": case, "agencies": agencies });
    let path = format!("/meetings/{meeting}/agenda");
    let answer = app.as_(&world.coordinator).post(&path, body).await;
    answer.expect(201)
}

/// Takes the meeting a step on, with its latest version.
pub async fn step(app: &TestApp, by: &Person, meeting: Uuid, step: &str) -> Value {
    let caller = app.as_(by);
    let now = caller
        .get(&format!("/meetings/{meeting}"))
        .await
        .expect(200);
    let path = format!("/meetings/{meeting}/{step}");
    let answer = caller.if_match(&etag(&now)).post(&path, Value::Null).await;
    answer.expect(200)
}

pub async fn hear(app: &TestApp, world: &World, item: &Value) -> Value {
    let caller = app.as_(&world.chair).if_match(&etag(item));
    let path = format!("/agenda-items/{}/hear", id(item));
    let body = json!({ "outcome": "Actions agreed." });
    caller.post(&path, body).await.expect(200)
}

pub async fn agenda(app: &TestApp, person: &Person, meeting: Uuid) -> Value {
    let path = format!("/meetings/{meeting}/agenda");
    app.as_(person).get(&path).await.expect(200)
}

#[derive(Row)]
struct Circle {
    agency_id: Uuid,
    open: bool,
    full: bool,
    ends_at: Option<chrono::DateTime<Utc>>,
}

/// The listings of a case as they stand now.
fn circle(app: &TestApp, case: Uuid) -> Vec<Circle> {
    sql(
        "select agency_id, ends_at > $2 as open, full_at <= $2 as full, \
         nullif(ends_at, 'infinity') as ends_at \
         from circle where case_id = $1 and basis = 'listing' order by agency_id",
    )
    .bind(case)
    .bind(app.now())
    .load(&mut app.owner())
    .unwrap()
}

fn owes_an_action(app: &TestApp, world: &World, case: Uuid, agency: Uuid, status: &'static str) {
    sql(
        "insert into actions (id, marac_id, case_id, owner_agency_id, target, category, priority, \
         due_on, agreed_on, status, sealed, status_at, created_at) \
         values ($1, $2, $3, $4, 'survivor', 'other', 'normal', $5, $5, $6, '', $7, $7)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(case)
    .bind(agency)
    .bind(app.today())
    .bind(status)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
}

#[actix_web::test]
async fn a_meeting_is_planned_with_the_settings_of_its_marac_and_a_retry_makes_no_second() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    sql("update maracs set settings = '{\"minutes_per_case\": 12, \"meeting_capacity\": 9}' where id = $1")
        .bind(world.wcc)
        .execute(&mut app.owner())
        .unwrap();
    let caller = app
        .as_(&world.coordinator)
        .with("idempotency-key", "plan-of-may");
    let body = plan(&app, &world);
    let first = caller.post("/meetings", body.clone()).await.expect(201);
    assert_eq!(first["minutes_per_case"], 12);
    assert_eq!(first["capacity"], 9);
    assert_eq!(first["status"], "planned");
    assert_eq!(first["time_zone"], "Europe/London");
    let again = caller.post("/meetings", body.clone()).await.expect(201);
    assert_eq!(again, first);
    let mut other = body.clone();
    other["kind"] = json!("business");
    let reused = caller.post("/meetings", other).await;
    assert_eq!(
        (reused.status, reused.code()),
        (422, "idempotency_key_reused")
    );
    let mut past = body;
    past["starts_at"] = json!(app.now() - TimeDelta::days(2));
    let refused = app.as_(&world.coordinator).post("/meetings", past).await;
    assert_eq!(refused.errors(), ["/starts_at in_the_past"]);
    let all = app
        .as_(&world.coordinator)
        .get("/meetings")
        .await
        .expect(200);
    assert_eq!(all["items"], json!([first]));
}

#[actix_web::test]
async fn only_coordinator_and_chair_plan_and_only_in_their_marac() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let body = plan(&app, &world);
    app.as_(&world.chair)
        .post("/meetings", body.clone())
        .await
        .expect(201);
    for person in [
        &world.housing_rep,
        &world.idva,
        &world.observer,
        &world.administrator,
    ] {
        let answer = app.as_(person).post("/meetings", body.clone()).await;
        assert_eq!(answer.code(), "forbidden");
    }
    let answer = app.as_(&world.kc_coordinator).post("/meetings", body).await;
    assert_eq!(answer.code(), "not_found");
}

#[actix_web::test]
async fn meetings_are_seen_in_ones_own_maracs_newest_first_and_filtered() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut ids = Vec::new();
    for days in [3, 10, 17] {
        let mut body = plan(&app, &world);
        body["starts_at"] = json!(app.now() + TimeDelta::days(days));
        ids.push(id(&app
            .as_(&world.coordinator)
            .post("/meetings", body)
            .await
            .expect(201)));
    }
    let mut kc = plan(&app, &world);
    kc["marac_id"] = json!(world.kc);
    let kc = app
        .as_(&world.kc_coordinator)
        .post("/meetings", kc)
        .await
        .expect(201);
    let listed =
        |body: Value| -> Vec<Uuid> { body["items"].as_array().unwrap().iter().map(id).collect() };
    let rep = app.as_(&world.housing_rep);
    assert_eq!(listed(rep.get("/meetings").await.expect(200)).len(), 4);
    let health = app.as_(&world.health_rep);
    let newest: Vec<_> = ids.iter().rev().copied().collect();
    assert_eq!(listed(health.get("/meetings").await.expect(200)), newest);
    let kc_only = format!("/meetings?marac_id={}", world.kc);
    assert_eq!(listed(rep.get(&kc_only).await.expect(200)), [id(&kc)]);
    assert!(listed(health.get(&kc_only).await.expect(200)).is_empty());
    let day = (app.now() + TimeDelta::days(10))
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive();
    let range = format!("/meetings?from={day}&to={day}");
    assert_eq!(listed(health.get(&range).await.expect(200)), [ids[1]]);
    let circulated = health.get("/meetings?status=circulated").await.expect(200);
    assert!(listed(circulated).is_empty());

    let first = health.get("/meetings?limit=2").await;
    assert!(first.header("link").is_some());
    let first = first.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = health
        .get(&format!("/meetings?limit=2&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(listed(rest), [ids[0]]);
    for bad in ["limit=0", "cursor=nonsense", "status=late", "order=up"] {
        let answer = health.get(&format!("/meetings?{bad}")).await;
        assert_eq!((answer.status, answer.code()), (400, "malformed"), "{bad}");
    }
}

#[actix_web::test]
async fn a_meeting_of_another_marac_answers_like_none() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let caller = app.as_(&world.kc_coordinator).if_match("\"1\"");
    let unknown = Uuid::now_v7();
    for path in ["", "/agenda", "/attendance"] {
        let theirs = caller.get(&format!("/meetings/{meeting}{path}")).await;
        let nothing = caller.get(&format!("/meetings/{unknown}{path}")).await;
        assert_eq!(theirs.status, 404);
        assert_eq!(theirs.comparable(), nothing.comparable());
    }
    for path in ["cancel", "circulate", "start", "close"] {
        let theirs = caller
            .post(&format!("/meetings/{meeting}/{path}"), json!({}))
            .await;
        let nothing = caller
            .post(&format!("/meetings/{unknown}/{path}"), json!({}))
            .await;
        assert_eq!(theirs.status, 404);
        assert_eq!(theirs.comparable(), nothing.comparable());
    }
    let rep = app.as_(&world.housing_rep).if_match("\"1\"");
    for path in ["cancel", "circulate", "start", "close"] {
        let answer = rep
            .post(&format!("/meetings/{meeting}/{path}"), json!({}))
            .await;
        assert_eq!(answer.code(), "forbidden");
    }
    let practitioner = app
        .as_(&world.officer)
        .get(&format!("/meetings/{meeting}"))
        .await;
    assert_eq!(practitioner.code(), "forbidden");
}

#[actix_web::test]
async fn a_meeting_moves_while_it_lies_ahead_and_by_its_latest_version() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = planned(&app, &world).await;
    let path = format!("/meetings/{}", id(&meeting));
    let caller = app.as_(&world.coordinator);
    let body = json!({ "place": "Room 7", "mode": "online" });
    let without = caller.patch(&path, body.clone()).await;
    assert_eq!(
        (without.status, without.code()),
        (428, "precondition_required")
    );
    let read = caller.clone().if_match(&etag(&meeting));
    let moved = read.patch(&path, body.clone()).await.expect(200);
    assert_eq!(
        (&moved["place"], &moved["mode"]),
        (&json!("Room 7"), &json!("online"))
    );
    assert_eq!(moved["starts_at"], meeting["starts_at"]);
    let stale = read.patch(&path, body.clone()).await;
    assert_eq!((stale.status, stale.code()), (412, "stale"));
    let past = json!({ "starts_at": app.now() - TimeDelta::days(2) });
    let past = caller
        .clone()
        .if_match(&etag(&moved))
        .patch(&path, past)
        .await;
    assert_eq!(past.errors(), ["/starts_at in_the_past"]);

    let cancelled = step(&app, &world.chair, id(&meeting), "cancel").await;
    assert_eq!(cancelled["status"], "cancelled");
    let over = caller.if_match(&etag(&cancelled)).patch(&path, body).await;
    assert_eq!(
        (over.status, &over.body["reason"]),
        (409, &json!("not_ahead"))
    );
}

#[actix_web::test]
async fn a_case_opens_at_circulation_in_full_at_the_start_and_stays_only_with_those_who_took_it_on()
{
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    let agencies = [world.housing, world.health, world.police];
    let item = listed(&app, &world, meeting, case, &agencies).await;
    for rep in [&world.housing_rep, &world.health_rep] {
        assert_eq!(agenda(&app, rep, meeting).await["items"], json!([]));
    }

    let out = step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(
        (&out["cases_opened"], &out["warnings"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(out["meeting"]["status"], "circulated");
    let seen = agenda(&app, &world.housing_rep, meeting).await;
    let first = &seen["items"][0];
    assert_eq!(first["survivor"]["identity"]["family_name"], "Okafor");
    assert_eq!(
        first["perpetrators"][0]["identity"]["aliases"],
        json!(["Brandt-alias"])
    );
    assert_eq!(first["number"], json!(1));
    assert_eq!(
        (&first["agencies"], &first["remarks"]),
        (&Value::Null, &Value::Null)
    );
    let withheld = |agenda: &Value| agenda["items"][0]["withheld"].as_array().unwrap().clone();
    assert!(withheld(&seen).contains(&json!("narrative")));
    assert!(circle(&app, case).iter().all(|row| row.open && !row.full));

    step(&app, &world.chair, meeting, "start").await;
    let during = agenda(&app, &world.housing_rep, meeting).await;
    assert!(withheld(&during).contains(&json!("narrative")));
    accept(&app, &world.housing_rep, meeting).await;
    let during = agenda(&app, &world.housing_rep, meeting).await;
    assert!(!withheld(&during).contains(&json!("narrative")));
    assert!(withheld(&during).contains(&json!("address")));

    let undecided = app.as_(&world.chair);
    let now = undecided
        .get(&format!("/meetings/{meeting}"))
        .await
        .expect(200);
    let refused = undecided
        .if_match(&etag(&now))
        .post(&format!("/meetings/{meeting}/close"), json!({}))
        .await;
    assert_eq!(
        (refused.status, &refused.body["reason"]),
        (409, &json!("items_undecided"))
    );

    let heard = hear(&app, &world, &item).await;
    assert_eq!(
        (&heard["status"], &heard["remarks"]["outcome"]),
        (&json!("heard"), &json!("Actions agreed."))
    );
    owes_an_action(&app, &world, case, world.housing, "open");
    owes_an_action(&app, &world, case, world.health, "completed");
    let shares = format!("/cases/{case}/shares");
    let body = json!({ "agency_id": world.health, "reason": "They see her every week." });
    let share = app.as_(&world.coordinator).post(&shares, body).await;
    let share = share.expect(201);
    let closed = step(&app, &world.chair, meeting, "close").await;
    assert_eq!(closed["status"], "held");
    let open: Vec<_> = circle(&app, case)
        .into_iter()
        .filter(|row| row.open)
        .map(|row| (row.agency_id, row.ends_at))
        .collect();
    let [(agency, Some(ends_at))] = open[..] else {
        panic!("{open:?}");
    };
    assert_eq!(agency, world.housing);
    let last = ends_at.with_timezone(&chrono_tz::Europe::London);
    let day = (last - TimeDelta::seconds(1)).date_naive();
    assert_eq!(day, app.today() + chrono::Months::new(12));
    assert_eq!(last.time(), chrono::NaiveTime::MIN);
    assert_eq!(
        agenda(&app, &world.housing_rep, meeting).await["items"][0]["number"],
        1
    );
    // A share holds as long as whoever gave it lets it, and leaves no listing behind.
    let items = agenda(&app, &world.health_rep, meeting).await["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1);
    let end = format!("{shares}/{}/end", id(&share));
    let coordinator = app.as_(&world.coordinator).if_match(&etag(&share));
    coordinator.post(&end, json!({})).await.expect(200);
    assert_eq!(
        agenda(&app, &world.health_rep, meeting).await["items"],
        json!([])
    );
    app.wait(TimeDelta::days(380));
    assert_eq!(
        agenda(&app, &world.housing_rep, meeting).await["items"],
        json!([])
    );
}

#[actix_web::test]
async fn an_agreement_past_its_review_and_an_ended_membership_get_no_new_case_and_are_named() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    sql("update marac_agencies set agreement_review_on = $2 where agency_id = $1")
        .bind(world.housing)
        .bind(app.today() - TimeDelta::days(1))
        .execute(&mut app.owner())
        .unwrap();
    let meeting = id(&planned(&app, &world).await);
    let agencies = [world.housing, world.health, world.police];
    let cases = [
        world.case(&app, "Okafor", "Brandt"),
        world.case(&app, "Lind", "Moss"),
    ];
    for case in cases {
        listed(&app, &world, meeting, case, &agencies).await;
    }
    sql("update marac_agencies set access_ends_at = $2 where agency_id = $1")
        .bind(world.health)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    let out = step(&app, &world.coordinator, meeting, "circulate").await;
    let warnings: Vec<_> = out["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| (w["code"].as_str().unwrap(), w["agency"].as_str().unwrap()))
        .collect();
    assert_eq!(
        warnings,
        [
            ("agreement_review_past", "City Housing"),
            ("membership_ended", "St Mark's Hospital"),
        ]
    );
    assert_eq!(out["cases_opened"], 2);
    for case in cases {
        let open: Vec<_> = circle(&app, case).iter().map(|row| row.agency_id).collect();
        assert_eq!(open, [world.police]);
    }
    assert_eq!(
        agenda(&app, &world.housing_rep, meeting).await["items"],
        json!([])
    );
}

#[derive(Row)]
struct Count {
    n: i64,
}

#[actix_web::test]
async fn circulation_leaves_an_event_for_each_case_it_opens() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    for name in ["Okafor", "Lind"] {
        let case = world.case(&app, name, "Brandt");
        listed(&app, &world, meeting, case, &[world.housing]).await;
    }
    step(&app, &world.coordinator, meeting, "circulate").await;
    let events: Count = sql(
        "select count(distinct case_id) as n from audit_events where act = 'circulate_meeting' \
         and subject_id = $1 and case_id is not null",
    )
    .bind(meeting)
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(events.n, 2);
}

#[actix_web::test]
async fn steps_out_of_turn_are_refused_by_name() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let refused = |step: &'static str| {
        let caller = app.as_(&world.coordinator);
        async move {
            let now = caller
                .get(&format!("/meetings/{meeting}"))
                .await
                .expect(200);
            let caller = caller.if_match(&etag(&now));
            let answer = caller
                .post(&format!("/meetings/{meeting}/{step}"), json!({}))
                .await;
            assert_eq!(answer.status, 409);
            answer.body["reason"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(refused("start").await, "not_circulated");
    assert_eq!(refused("close").await, "not_in_session");
    step(&app, &world.coordinator, meeting, "circulate").await;
    assert_eq!(refused("circulate").await, "not_planned");
    step(&app, &world.coordinator, meeting, "start").await;
    assert_eq!(refused("cancel").await, "not_ahead");
    let stale = app.as_(&world.coordinator).if_match("\"1\"");
    let stale = stale
        .post(&format!("/meetings/{meeting}/close"), json!({}))
        .await;
    assert_eq!(stale.status, 412);
}

#[actix_web::test]
async fn an_excluded_chair_starts_and_closes_without_leaving_the_case_open_or_learning_of_it() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    let item = listed(&app, &world, meeting, case, &[world.housing]).await;
    sql(
        "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(case)
    .bind(world.chair.id)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    step(&app, &world.coordinator, meeting, "circulate").await;
    step(&app, &world.chair, meeting, "start").await;
    assert!(circle(&app, case).iter().all(|row| row.open && row.full));
    step(&app, &world.chair, meeting, "close").await;
    assert!(circle(&app, case).iter().all(|row| !row.open));
    let next = id(&planned(&app, &world).await);
    let caller = app.as_(&world.coordinator).if_match(&etag(&item));
    let body = json!({ "reason": "Left over.", "to_meeting_id": next });
    let path = format!("/agenda-items/{}/defer", id(&item));
    caller.post(&path, body).await.expect(200);
    let carried = agenda(&app, &world.coordinator, next).await;
    assert_eq!(carried["items"][0]["case_id"], json!(case));
}

#[actix_web::test]
async fn cancelling_a_circulated_meeting_closes_what_it_opened() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    listed(&app, &world, meeting, case, &[world.housing]).await;
    step(&app, &world.coordinator, meeting, "circulate").await;
    step(&app, &world.coordinator, meeting, "cancel").await;
    assert!(circle(&app, case).iter().all(|row| !row.open));
    assert_eq!(
        agenda(&app, &world.housing_rep, meeting).await["items"],
        json!([])
    );
    let staff = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(staff["items"][0]["status"], "withdrawn");
    let next = id(&planned(&app, &world).await);
    listed(&app, &world, next, case, &[world.housing]).await;
}

#[actix_web::test]
async fn other_slices_find_and_fill_meetings() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (wcc, kc, housing) = (world.wcc, world.kc, world.housing);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    let starts_at = app.now() + TimeDelta::hours(20);
    let urgent = app
        .parts
        .db
        .run_system(Act::SetUp.ask(), move |tx| {
            assert_eq!(next_planned(tx, wcc)?, Some(meeting));
            assert_eq!(next_planned(tx, kc)?, None);
            let urgent = emergency(tx, wcc, starts_at, MeetingMode::Online, None)?;
            let case = visibility::case_locked(tx, Act::SetUp, case)?;
            put_on(tx, &case, urgent, AgendaItemKind::New, None, &[housing])?;
            Ok(Audited::new(urgent, Event::new()))
        })
        .unwrap();
    step(&app, &world.coordinator, urgent, "circulate").await;
    let seen = agenda(&app, &world.housing_rep, urgent).await;
    assert_eq!(seen["meeting"]["kind"], "emergency");
    assert_eq!(seen["items"][0]["case_id"], json!(case));
    let frozen = app.parts.db.run_system(Act::SetUp.ask(), move |tx| {
        let case = visibility::case_locked(tx, Act::SetUp, case)?;
        put_on(tx, &case, urgent, AgendaItemKind::New, None, &[housing])?;
        Ok(Audited::new((), Event::new()))
    });
    assert!(format!("{frozen:?}").contains("list_frozen"));
}

#[actix_web::test]
async fn a_meeting_of_the_past_is_stored_with_its_times_and_settled() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (wcc, housing, health) = (world.wcc, world.housing, world.health);
    let cases = [
        world.case_with_child(&app, "Okafor", "Brandt"),
        world.case(&app, "Lind", "Moss"),
    ];
    owes_an_action(&app, &world, cases[0], housing, "open");
    let starts_at = app.now() - TimeDelta::days(20);
    let meeting = app
        .parts
        .db
        .run_system(Act::ImportRegister.ask(), move |tx| {
            let held = HeldMeeting {
                marac_id: wcc,
                kind: MeetingKind::Scheduled,
                mode: MeetingMode::InPerson,
                place: None,
                circulated_at: starts_at - TimeDelta::days(8),
                starts_at,
                ended_at: starts_at + TimeDelta::hours(3),
            };
            let ended_at = held.ended_at;
            let meeting = create_held(tx, held)?;
            let heard = cases.map(|case_id| HeardCase {
                case_id,
                referral_id: None,
                kind: AgendaItemKind::New,
                has_children: case_id == cases[0],
                agencies: vec![housing, health],
            });
            assert_eq!(add_heard(tx, meeting, &heard)?.len(), 2);
            settle(tx, meeting, ended_at)?;
            Ok(Audited::new(meeting, Event::new()))
        })
        .unwrap();
    let staff = agenda(&app, &world.coordinator, meeting).await;
    assert_eq!(staff["meeting"]["status"], "held");
    let numbers: Vec<_> = staff["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["number"].as_u64().unwrap(),
                item["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(numbers, [(1, "heard"), (2, "heard")]);
    let rep = agenda(&app, &world.housing_rep, meeting).await;
    assert_eq!(rep["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        agenda(&app, &world.health_rep, meeting).await["items"],
        json!([])
    );
}

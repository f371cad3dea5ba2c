//! Chasing overdue actions up the ladder: once each, whoever runs it and wherever it is interrupted.

use casework::actions::escalate;
use casework::actions::escalation::escalate_some;
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::error::Error;
use kernel::policy::Act;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actions::{Case, agree, list_to, make_case, wanted};
use crate::meetings::{hear, listed, plan, step};
use crate::support::plan::{Asks, listed as statement};
use crate::support::{Person, TestApp, World, etag, id};

/// Steps taken and reminders counted, over all actions.
#[derive(Debug, PartialEq, Row)]
struct Taken {
    steps: i64,
    reminders: i64,
}

fn taken(app: &TestApp) -> (i64, i64) {
    let row: Taken = sql(
        "select (select count(*) from action_escalations) as steps, \
         (select coalesce(sum(reminders), 0) from actions) as reminders",
    )
    .get_result(&mut app.owner())
    .unwrap();
    (row.steps, row.reminders)
}

async fn new() -> (TestApp, World, Case) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    (app, world, case)
}

async fn read(app: &TestApp, world: &World, action: &Value) -> Value {
    let path = format!("/actions/{}", id(action));
    app.as_(&world.chair).get(&path).await.expect(200)
}

async fn change(app: &TestApp, world: &World, action: &Value, verb: &str, body: Value) -> Value {
    let now = read(app, world, action).await;
    let caller = app.as_(&world.chair).if_match(&etag(&now));
    let path = format!("/actions/{}/{verb}", id(action));
    caller.post(&path, body).await.expect(200)
}

#[actix_web::test]
async fn an_overdue_action_takes_each_step_on_its_day_and_once() {
    let (app, world, case) = new().await;
    let settings = json!({ "settings": { "action_ladder": { "owner_days": 1, "agency_lead_days": 2,
        "coordinator_days": 4, "chair_days": 4, "steering_group_days": 6, "remind_every_days": 3 } } });
    let marac = format!("/maracs/{}", world.wcc);
    let coordinator = app.as_(&world.coordinator);
    let now = coordinator.get(&marac).await.expect(200);
    let caller = coordinator.if_match(&etag(&now));
    caller.patch(&marac, settings).await.expect(200);
    let action = agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    let version = etag(&action);
    let days = [
        ("none", 0),
        ("owner", 1),
        ("agency_lead", 1),
        ("agency_lead", 1),
        ("coordinator", 2),
        // Due the same day as the coordinator's: nobody is passed over, and nobody hurried.
        ("chair", 2),
        ("steering_group", 2),
        ("steering_group", 3),
    ];
    for (day, (step, reminders)) in days.into_iter().enumerate() {
        for _ in 0..3 {
            escalate(&app.parts.db).unwrap();
        }
        let found = read(&app, &world, &action).await;
        let found = (
            found["escalation"].as_str().unwrap().to_owned(),
            found["reminders"].clone(),
        );
        assert_eq!(found, (step.to_owned(), json!(reminders)), "day {day}");
        app.wait(TimeDelta::days(1));
    }
    assert_eq!(
        etag(&read(&app, &world, &action).await),
        version,
        "nobody's words were changed"
    );
    let history = format!("/actions/{}/history", id(&action));
    let history = app.as_(&world.housing_rep).get(&history).await.expect(200);
    let steps: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| event["step"].as_str())
        .collect();
    let all = [
        "owner",
        "agency_lead",
        "coordinator",
        "chair",
        "steering_group",
    ];
    assert_eq!(steps, all);
}

/// What somebody was told of an action, oldest first.
async fn told(app: &TestApp, who: &Person, action: &Value) -> Vec<String> {
    let inbox = app
        .as_(who)
        .get("/notifications?limit=200")
        .await
        .expect(200);
    let items = inbox["items"].as_array().unwrap().iter().rev();
    items
        .filter(|item| item["subject"]["id"] == action["id"])
        .map(|item| item["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn each_step_tells_whom_it_goes_to_and_tells_them_once() {
    let (app, world, case) = new().await;
    let action = agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    for _ in 0..40 {
        app.wait(TimeDelta::days(1));
        for _ in 0..2 {
            escalate(&app.parts.db).unwrap();
        }
    }
    let mut owner = vec!["action_assigned"];
    owner.extend(["action_overdue"; 6]);
    assert_eq!(told(&app, &world.housing_rep, &action).await, owner);
    assert_eq!(
        told(&app, &world.housing_lead, &action).await,
        ["action_escalated"]
    );
    let twice = ["action_escalated"; 2];
    assert_eq!(
        told(&app, &world.coordinator, &action).await,
        twice,
        "their step, and the register"
    );
    assert_eq!(told(&app, &world.chair, &action).await, twice);
    for other in [
        &world.health_rep,
        &world.officer,
        &world.analyst,
        &world.kc_coordinator,
    ] {
        assert!(told(&app, other, &action).await.is_empty());
    }
}

#[actix_web::test]
async fn a_ladder_that_falls_is_refused() {
    let (app, world, _) = new().await;
    let marac = format!("/maracs/{}", world.wcc);
    let coordinator = app.as_(&world.coordinator);
    let now = coordinator.get(&marac).await.expect(200);
    let settings = json!({ "settings": { "action_ladder": { "owner_days": 40 } } });
    let refused = coordinator
        .if_match(&etag(&now))
        .patch(&marac, settings)
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.errors(),
        ["/settings/action_ladder ladder_out_of_order"]
    );
}

#[actix_web::test]
async fn what_is_done_new_or_not_due_is_left_alone_and_a_new_due_date_begins_again() {
    let (app, world, case) = new().await;
    let of = |days| wanted(&app, world.housing, days);
    let late = agree(&app, &world.chair, &case, of(0)).await;
    let done = agree(&app, &world.chair, &case, of(0)).await;
    let cancelled = agree(&app, &world.chair, &case, of(0)).await;
    let ahead = agree(&app, &world.chair, &case, of(30)).await;
    let report = json!({ "status": "completed" });
    let owner = app.as_(&world.housing_rep).if_match(&etag(&done));
    owner
        .post(&format!("/actions/{}/report", id(&done)), report)
        .await
        .expect(200);
    let word = json!({ "decision": "cancel", "reason": "No longer wanted." });
    change(&app, &world, &cancelled, "resolve", word).await;
    app.wait(TimeDelta::days(1));
    assert_eq!(escalate(&app.parts.db).unwrap(), 1);
    for (action, step) in [
        (&late, "owner"),
        (&done, "none"),
        (&cancelled, "none"),
        (&ahead, "none"),
    ] {
        assert_eq!(read(&app, &world, action).await["escalation"], json!(step));
    }
    let later = json!({ "reason": "The locksmith is ill.", "due_on": app.today() });
    let moved = change(&app, &world, &late, "change", later).await;
    assert_eq!(
        (&moved["escalation"], &moved["reminders"]),
        (&json!("none"), &json!(1))
    );
    assert_eq!(escalate(&app.parts.db).unwrap(), 0);
    app.wait(TimeDelta::days(1));
    assert_eq!(escalate(&app.parts.db).unwrap(), 1);
    assert_eq!(
        read(&app, &world, &late).await["escalation"],
        json!("owner")
    );
    assert_eq!(taken(&app), (2, 2));
}

#[actix_web::test]
async fn an_interrupted_round_leaves_nothing_and_the_next_does_it_once() {
    let (app, world, case) = new().await;
    for _ in 0..5 {
        agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    }
    app.wait(TimeDelta::days(2));
    let cut: Result<(), Error> = app.parts.db.run_system(Act::EscalateActions.ask(), |tx| {
        assert_eq!(*escalate_some(tx)?.unwrap().value(), 5);
        Err(Error::Internal("the power failed"))
    });
    assert!(cut.is_err());
    assert_eq!(taken(&app), (0, 0));
    assert_eq!(escalate(&app.parts.db).unwrap(), 5);
    assert_eq!(escalate(&app.parts.db).unwrap(), 0);
    assert_eq!(taken(&app), (5, 5));
}

#[actix_web::test]
async fn several_servers_at_once_take_each_step_once() {
    let (app, world, case) = new().await;
    for _ in 0..40 {
        agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    }
    app.wait(TimeDelta::days(2));
    let started = std::sync::Barrier::new(3);
    let chased: usize = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..3)
            .map(|_| {
                let (db, started) = (app.parts.db.clone(), &started);
                scope.spawn(move || {
                    started.wait();
                    escalate(&db).unwrap()
                })
            })
            .collect();
        servers
            .into_iter()
            .map(|server| server.join().unwrap())
            .sum()
    });
    assert_eq!(chased, 40);
    assert_eq!(taken(&app), (40, 40));
}

#[actix_web::test]
async fn one_server_leaves_to_another_what_that_has_in_hand() {
    let (app, world, case) = new().await;
    let first = agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    app.wait(TimeDelta::days(2));
    let mut other = app.owner();
    other
        .transaction(|other| -> diesel::QueryResult<()> {
            sql("select id from actions where id = $1 for update")
                .bind(id(&first))
                .execute(other)?;
            assert_eq!(escalate(&app.parts.db).unwrap(), 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(escalate(&app.parts.db).unwrap(), 1);
}

#[actix_web::test]
async fn a_round_that_finds_nothing_leaves_no_trace() {
    let (app, _, _) = new().await;
    let count = || {
        #[derive(Row)]
        struct Row {
            n: i64,
        }
        let row: Row = sql("select count(*) as n from audit_events")
            .get_result(&mut app.owner())
            .unwrap();
        row.n
    };
    let before = count();
    assert_eq!(escalate(&app.parts.db).unwrap(), 0);
    assert_eq!(count(), before);
}

#[actix_web::test]
async fn a_round_takes_as_many_statements_for_fifty_actions_as_for_one() {
    let (app, world, case) = new().await;
    let mut counts = Vec::new();
    for actions in [1, 50] {
        for _ in 0..actions {
            agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
        }
        app.wait(TimeDelta::days(1));
        let before = app.parts.db.statements();
        let chased = app
            .parts
            .db
            .run_round(Act::EscalateActions.ask(), escalate_some)
            .unwrap();
        assert_eq!(chased, Some(actions));
        counts.push(app.parts.db.statements() - before);
    }
    assert_eq!(counts[0], counts[1]);
}

#[actix_web::test]
async fn what_is_overdue_and_what_a_meeting_begins_with_are_found_by_their_indexes() {
    let (app, world, case) = new().await;
    sql("insert into actions (id, marac_id, case_id, owner_agency_id, target, category, priority, \
         due_on, agreed_on, status, sealed, status_at, created_at) \
         select gen_random_uuid(), $1, $2, $3, 'survivor', 'other', 'normal', $4::date - n % 400, $4, \
         case when n % 50 = 0 then 'open' when n % 50 = 1 then 'not_done' else 'completed' end, '', \
         $5, $5 from generate_series(1, 20000) n")
    .bind(world.wcc)
    .bind(case.id)
    .bind(world.housing)
    .bind(app.today())
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    sql("analyze").execute(&mut app.owner()).unwrap();
    let days = || vec![app.today() - TimeDelta::days(3)];
    let overdue = app.plan(
        Asks::Program,
        statement("casework/actions/overdue"),
        false,
        |overdue| {
            overdue
                .bind(vec![world.wcc])
                .bind(days())
                .bind(days())
                .bind(days())
                .bind(days())
                .bind(days())
                .bind(days())
                .bind(app.today())
                .bind(200_i64)
        },
    );
    let incomplete = app.plan(
        Asks::Program,
        statement("casework/actions/marac_incomplete"),
        false,
        |incomplete| {
            incomplete
                .bind(world.wcc)
                .bind(NaiveDate::from_ymd_opt(1, 1, 1).unwrap())
                .bind(Uuid::nil())
                .bind(None::<NaiveDate>)
                .bind(None::<Uuid>)
                .bind(None::<String>)
                .bind(51_i64)
        },
    );
    for (plan, index) in [
        (overdue, "actions_marac_outstanding"),
        (incomplete, "actions_incomplete"),
    ] {
        assert!(plan.contains(index), "{index}: {plan}");
        assert!(!plan.contains("Seq Scan on actions"), "{plan}");
    }
}

#[actix_web::test]
async fn each_scheduled_meeting_held_carries_over_what_is_not_done() {
    let (app, world, case) = new().await;
    let of = |days| wanted(&app, world.housing, days);
    let open = agree(&app, &world.chair, &case, of(0)).await;
    let undone = agree(&app, &world.chair, &case, of(0)).await;
    let accepted = agree(&app, &world.chair, &case, of(0)).await;
    let done = agree(&app, &world.chair, &case, of(0)).await;
    for (action, status) in [
        (&undone, "not_done"),
        (&accepted, "not_done"),
        (&done, "completed"),
    ] {
        let owner = app.as_(&world.housing_rep).if_match(&etag(action));
        let body = json!({ "status": status, "reason": "Nobody was free." });
        owner
            .post(&format!("/actions/{}/report", id(action)), body)
            .await
            .expect(200);
    }
    let word = json!({ "decision": "accept", "reason": "Noted." });
    change(&app, &world, &accepted, "resolve", word).await;
    for (kind, expected) in [("business", 0), ("scheduled", 1), ("scheduled", 2)] {
        let mut body = plan(&app, &world);
        body["kind"] = json!(kind);
        let meeting = app.as_(&world.coordinator).post("/meetings", body).await;
        let meeting = id(&meeting.expect(201));
        let mut during = None;
        if kind == "scheduled" {
            let item = listed(&app, &world, meeting, case.id, &[world.housing]).await;
            step(&app, &world.coordinator, meeting, "circulate").await;
            app.wait(TimeDelta::days(14));
            step(&app, &world.coordinator, meeting, "start").await;
            let mut body = of(20);
            body["meeting_id"] = json!(meeting);
            during = Some(agree(&app, &world.chair, &case, body).await);
            hear(&app, &world, &item).await;
        } else {
            step(&app, &world.coordinator, meeting, "circulate").await;
            step(&app, &world.coordinator, meeting, "start").await;
        }
        step(&app, &world.chair, meeting, "close").await;
        for (action, count) in [
            (&open, expected),
            (&undone, expected),
            (&accepted, 0),
            (&done, 0),
        ] {
            let found = read(&app, &world, action).await;
            assert_eq!(found["carried_over"], json!(count), "{kind} {found:#}");
        }
        if let Some(during) = during {
            assert_eq!(read(&app, &world, &during).await["carried_over"], json!(0));
        }
    }
    let path = format!("/actions?status=incomplete&marac_id={}", world.wcc);
    let found = app.as_(&world.chair).get(&path).await.expect(200);
    let found: Vec<Uuid> = found["items"].as_array().unwrap().iter().map(id).collect();
    assert!(found.contains(&id(&open)) && found.contains(&id(&undone)));
    assert!(!found.contains(&id(&accepted)) && !found.contains(&id(&done)));
}

#[actix_web::test]
async fn the_chair_re_sets_what_was_not_done_with_a_new_due_date() {
    let (app, world, case) = new().await;
    let action = agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    app.wait(TimeDelta::days(1));
    escalate(&app.parts.db).unwrap();
    let owner = app.as_(&world.housing_rep).if_match(&etag(&action));
    let body = json!({ "status": "not_done", "reason": "Nobody was free." });
    let path = format!("/actions/{}", id(&action));
    let undone = owner
        .post(&format!("{path}/report"), body)
        .await
        .expect(200);
    let again =
        |due: Value| json!({ "decision": "reset", "reason": "It is still needed.", "due_on": due });
    let resolve = format!("{path}/resolve");
    let chair = app.as_(&world.chair).if_match(&etag(&undone));
    let refused = chair.post(&resolve, again(Value::Null)).await;
    assert_eq!(
        (refused.status, refused.errors()),
        (422, vec!["/due_on required".to_owned()])
    );
    let past = json!(app.today() - TimeDelta::days(1));
    let refused = chair.post(&resolve, again(past)).await;
    assert_eq!(refused.errors(), ["/due_on too_early"]);
    let coordinator = app.as_(&world.coordinator).if_match(&etag(&undone));
    let due = app.today() + TimeDelta::days(7);
    assert_eq!(
        coordinator.post(&resolve, again(json!(due))).await.status,
        403
    );
    let reset = chair.post(&resolve, again(json!(due))).await.expect(200);
    assert_eq!(reset["status"], json!("open"));
    assert_eq!(reset["unresolved"], json!(false));
    assert_eq!(reset["due_on"], json!(due));
    assert_eq!(reset["escalation"], json!("none"));
    let chair = app.as_(&world.chair).if_match(&etag(&reset));
    let refused = chair.post(&resolve, again(json!(due))).await;
    assert_eq!(refused.body["reason"], json!("not_unresolved"));
    let list = app
        .as_(&world.housing_rep)
        .get("/actions")
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_case_whose_undone_actions_wait_for_the_chair_is_not_closed_over_them() {
    let (app, world, case) = new().await;
    let action = agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    let owner = app.as_(&world.housing_rep).if_match(&etag(&action));
    let body = json!({ "status": "not_done", "reason": "Nobody was free." });
    owner
        .post(&format!("/actions/{}/report", id(&action)), body)
        .await
        .expect(200);
    let path = format!("/cases/{}", case.id);
    let coordinator = app.as_(&world.coordinator);
    let tag = etag(&coordinator.get(&path).await.expect(200));
    let close = format!("{path}/close");
    let bare = json!({ "reason": "risk_reduced" });
    let said = json!({ "reason": "risk_reduced", "open_actions_reason": "She has moved abroad." });
    for (who, body) in [
        (&world.coordinator, &bare),
        (&world.chair, &bare),
        (&world.coordinator, &said),
    ] {
        let refused = app.as_(who).if_match(&tag).post(&close, body.clone()).await;
        assert_eq!(refused.body["reason"], json!("open_actions"));
    }
    app.as_(&world.chair)
        .if_match(&tag)
        .post(&close, said)
        .await
        .expect(200);
    let closing = &coordinator.get(&path).await.expect(200)["closing"];
    assert_eq!(closing["reason"], json!("risk_reduced"));
    assert_eq!(
        closing["open_actions_reason"],
        json!("She has moved abroad.")
    );
}

#[actix_web::test]
async fn the_register_counts_by_agency_names_nobody_and_leaves_out_what_is_closed_to_its_reader() {
    let (app, world, case) = new().await;
    for _ in 0..2 {
        agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    }
    for _ in 0..36 {
        app.wait(TimeDelta::days(1));
        escalate(&app.parts.db).unwrap();
    }
    let path = format!("/reports/overdue-actions?marac_id={}", world.wcc);
    let read = app.as_(&world.coordinator).get(&path).await.expect(200);
    let line = &read["agencies"][0];
    assert_eq!(line["agency_id"], json!(world.housing));
    for (field, expected) in [
        ("outstanding", 2),
        ("overdue", 2),
        ("longest_overdue_days", 36),
        ("with_steering_group", 2),
        ("with_chair", 0),
        ("reminders", 12),
        ("unresolved", 0),
    ] {
        assert_eq!(line[field], json!(expected), "{field}");
    }
    let body = json!({ "user_id": world.chair.id, "reason": "A cousin of his." });
    let exclude = format!("/cases/{}/exclusions", case.id);
    app.as_(&world.coordinator)
        .post(&exclude, body)
        .await
        .expect(201);
    assert_eq!(app.as_(&world.analyst).get(&path).await.expect(200), read);
    let shut_out = app.as_(&world.chair).get(&path).await.expect(200);
    assert_eq!(shut_out["agencies"], json!([]));
    assert_eq!(shut_out["counts"], json!("what_you_may_see"));
    for other in [&world.housing_rep, &world.auditor, &world.administrator] {
        assert_eq!(app.as_(other).get(&path).await.status, 403);
    }
    assert_eq!(app.as_(&world.kc_coordinator).get(&path).await.status, 404);
}

#[actix_web::test]
async fn a_second_server_on_the_same_database_goes_on_where_the_first_stopped() {
    let (app, world, case) = new().await;
    agree(&app, &world.chair, &case, wanted(&app, world.housing, 0)).await;
    app.wait(TimeDelta::days(1));
    assert_eq!(escalate(&app.parts.db).unwrap(), 1);
    let (now, keys) = (app.now(), app.keys.clone());
    let clock = Clock::system();
    clock.set(now + TimeDelta::days(6));
    let second = TestApp::on(app.db, clock, Limits::default(), keys).await;
    assert_eq!(escalate(&second.parts.db).unwrap(), 1);
    assert_eq!(taken(&second), (2, 1));
}

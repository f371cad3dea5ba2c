//! Counts of actions.

use casework::actions::{
    ActionCategory, ActionPriority, ActionStatus, ActionTarget, ImportedAction, import_batch, seal,
};
use chrono::{NaiveDate, TimeDelta};
use kernel::audit::{Audited, Event};
use kernel::policy::Act;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::action_changes::settled;
use crate::actions::{agree, exclude, list_to, make_case, wanted};
use crate::support::{Person, TestApp, World, etag, id};

async fn report(app: &TestApp, by: &Person, query: &str) -> Value {
    app.as_(by)
        .get(&format!("/reports/actions{query}"))
        .await
        .expect(200)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[actix_web::test]
async fn what_waits_for_the_chair_still_waits_when_it_changes_hands() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let mut body = wanted(&app, world.housing, 2);
    body["owner_user_id"] = json!(world.housing_rep.id);
    let action = agree(&app, &world.chair, &case, body).await;
    let thing = format!("/actions/{}", id(&action));
    let said = json!({ "status": "not_done", "reason": "Nobody was there." });
    let caller = app.as_(&world.housing_rep).if_match(&etag(&action));
    caller
        .post(&format!("{thing}/report"), said)
        .await
        .expect(200);
    let counts = |found: &Value| [found["open"].clone(), found["unresolved"].clone()];
    let before = report(&app, &world.analyst, "").await;
    assert_eq!(counts(&before), [json!(0), json!(1)]);
    let roles = [(world.wcc, "representative"), (world.kc, "representative")];
    let colleague = World::person(&app, "colleague", world.housing, &roles);
    let leads = [(world.wcc, "agency_lead"), (world.kc, "agency_lead")];
    let lead = World::person(&app, "lead-of-both", world.housing, &leads);
    let lead = app.as_(&lead);
    let leaver = format!("/users/{}", world.housing_rep.id);
    let duties = lead.get(&format!("{leaver}/duties")).await.expect(200);
    let to = json!({ "to_user_id": colleague.id });
    let caller = lead.if_match(&etag(&duties));
    let left = caller
        .post(&format!("{leaver}/leave"), to)
        .await
        .expect(200);
    assert_eq!(left["moved"]["actions"], json!(1));
    let after = report(&app, &world.analyst, "").await;
    assert_eq!(counts(&after), [json!(0), json!(1)]);
    let chair = app.as_(&world.chair);
    let now = chair.get(&thing).await.expect(200);
    let word = json!({ "reason": "We heard why.", "decision": "accept" });
    let caller = chair.if_match(&etag(&now));
    caller
        .post(&format!("{thing}/resolve"), word)
        .await
        .expect(200);
    let settled = report(&app, &world.analyst, "").await;
    assert_eq!(counts(&settled), [json!(0), json!(0)]);
}

#[actix_web::test]
async fn counts_follow_history_and_not_the_present_status() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    list_to(&app, &case, world.health);
    let first = agree(&app, &world.chair, &case, wanted(&app, world.housing, 2)).await;
    let second = agree(&app, &world.chair, &case, wanted(&app, world.health, 9)).await;
    let agreed_on = app.today();
    app.wait(TimeDelta::days(4));
    for (person, action, status) in [
        (&world.housing_rep, &first, "completed"),
        (&world.health_rep, &second, "not_done"),
    ] {
        app.as_(person)
            .if_match(&etag(action))
            .post(
                &format!("/actions/{}/report", id(action)),
                json!({ "status": status, "reason": "As it is." }),
            )
            .await
            .expect(200);
    }
    let at = |days| format!("?as_at={}", agreed_on + TimeDelta::days(days));
    for (days, total, open, overdue, unresolved) in [
        (-1, 0, 0, 0, 0),
        (0, 2, 2, 0, 0),
        (2, 2, 2, 0, 0),
        (3, 2, 2, 1, 0),
        (4, 2, 0, 0, 1),
    ] {
        let found = report(&app, &world.analyst, &at(days)).await;
        let numbers = ["total", "open", "overdue", "unresolved"].map(|name| found[name].clone());
        assert_eq!(
            numbers,
            [total, open, overdue, unresolved].map(|n| json!(n)),
            "day {days}"
        );
    }
    let found = report(&app, &world.coordinator, &at(4)).await;
    assert_eq!(found["by_status"]["completed"], json!(1));
    assert_eq!(found["by_status"]["not_done"], json!(1));
    let kinds: Vec<_> = found["by_owner_kind"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["kind"].as_str().unwrap(), row["unresolved"].clone()))
        .collect();
    assert_eq!(
        kinds,
        [("secondary_care_acute", json!(1)), ("housing", json!(0))]
    );
    assert_eq!(found["by_marac"][0]["marac_id"], json!(world.wcc));
    assert_eq!(found["by_marac"][0]["total"], json!(2));

    let path = format!("/actions/{}/resolve", id(&second));
    let latest = app
        .as_(&world.chair)
        .get(&format!("/actions/{}", id(&second)))
        .await
        .expect(200);
    app.as_(&world.chair)
        .if_match(&etag(&latest))
        .post(&path, json!({ "decision": "accept", "reason": "Noted." }))
        .await
        .expect(200);
    let found = report(&app, &world.chair, &at(4)).await;
    assert_eq!(
        (&found["unresolved"], &found["by_status"]["not_done"]),
        (&json!(0), &json!(1))
    );
}

#[actix_web::test]
async fn a_report_counts_what_its_reader_may_see_and_says_so() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let empty = report(&app, &world.coordinator, "").await;
    assert_eq!(empty["counts"], "what_you_may_see");
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    agree(&app, &world.chair, &case, wanted(&app, world.housing, 2)).await;
    let before = report(&app, &world.coordinator, "").await;
    assert_eq!(before["total"], json!(1));
    exclude(&app, &case, world.coordination);
    for person in [&world.coordinator, &world.analyst] {
        assert_eq!(report(&app, person, "").await, empty, "{}", person.email);
    }
    let one = format!("?marac_id={}", world.wcc);
    assert_eq!(report(&app, &world.analyst, &one).await, empty);
    assert_eq!(report(&app, &world.chair, "").await, before);
    let all = app
        .parts
        .db
        .run_system(Act::RunReport.ask(), |tx| {
            let report = toldonce::reports::actions(tx, tx.today(), None)?;
            Ok(Audited::new(report, Event::new()))
        })
        .unwrap();
    assert_eq!(all.counts.total, 1, "the command line counts everything");
    assert_eq!(
        report(&app, &world.kc_coordinator, "").await["total"],
        json!(0)
    );
    let elsewhere = app.as_(&world.kc_coordinator);
    let hidden = elsewhere.get(&format!("/reports/actions{one}")).await;
    let unknown = elsewhere
        .get(&format!("/reports/actions?marac_id={}", Uuid::now_v7()))
        .await;
    assert_eq!(hidden.status, 404);
    assert_eq!(hidden.comparable(), unknown.comparable());
    for person in [&world.housing_rep, &world.officer, &world.administrator] {
        assert_eq!(app.as_(person).get("/reports/actions").await.status, 403);
    }
    let bad = app
        .as_(&world.analyst)
        .get("/reports/actions?as_at=soon")
        .await;
    assert_eq!(bad.status, 400);
}

#[actix_web::test]
async fn an_imported_register_is_counted_as_at_its_day() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = make_case(&app, world.wcc, "Sanders");
    let known_on = day("2020-04-01");
    let row = |agreed_on: &str, due_on: &str, status, reported_on: Option<&str>| {
        let id = Uuid::now_v7();
        ImportedAction {
            id,
            marac_id: case.marac,
            case_id: case.id,
            meeting_id: None,
            owner_agency_id: world.housing,
            target: ActionTarget::Survivor,
            category: ActionCategory::Other,
            priority: ActionPriority::Normal,
            agreed_on: day(agreed_on),
            due_on: day(due_on),
            status,
            reported_on: reported_on.map(day),
            gaps: if status == ActionStatus::NotDone {
                vec!["reason"]
            } else {
                vec![]
            },
            sealed: seal(&case.key, id, "Flag the records.").unwrap(),
            external_ref: None,
        }
    };
    let rows = vec![
        row(
            "2020-03-02",
            "2020-03-16",
            ActionStatus::Completed,
            Some("2020-03-10"),
        ),
        row(
            "2020-03-02",
            "2020-03-16",
            ActionStatus::NotDone,
            Some("2020-03-20"),
        ),
        row("2020-03-02", "2020-03-31", ActionStatus::Open, None),
        row("2020-03-02", "2020-04-01", ActionStatus::Open, None),
        row("2020-04-16", "2020-05-01", ActionStatus::Open, None),
    ];
    app.parts
        .db
        .run_system(Act::ImportRegister.ask(), move |tx| {
            import_batch(tx, rows, known_on)?;
            Ok(Audited::new((), Event::new()))
        })
        .unwrap();
    let counts = |as_at: &'static str| {
        let report = app
            .parts
            .db
            .run_system(Act::RunReport.ask(), |tx| {
                let report = toldonce::reports::actions(tx, day(as_at), None)?;
                Ok(Audited::new(report, Event::new()))
            })
            .unwrap();
        let counts = report.counts;
        (counts.total, counts.open, counts.overdue, counts.unresolved)
    };
    assert_eq!(counts("2020-03-01"), (0, 0, 0, 0));
    assert_eq!(counts("2020-03-09"), (4, 4, 0, 0));
    assert_eq!(counts("2020-03-17"), (4, 3, 1, 0));
    assert_eq!(
        counts("2020-04-01"),
        (5, 3, 1, 1),
        "what is due on the day is not overdue; what the register holds was agreed by its day"
    );
    let housing = app.as_(&world.housing_rep);
    let list = housing.get("/actions").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    settled(&app).await;
    let feed = housing
        .get("/actions?changed_after=start")
        .await
        .expect(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 3);
}

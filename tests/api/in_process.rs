//! Operations that are called in the process, as pages and paper call them: the same value, the same event and the same
//! refusal as over HTTP, through the caller's own lens.

use actix_web::body::to_bytes;
use actix_web::test::TestRequest;
use actix_web::{Either, Responder, ResponseError};
use casework::actions::api::{list_actions, list_case_actions};
use casework::cases::file_api::read_case;
use casework::questions::api::ask_question;
use chrono::TimeDelta;
use conference::meetings::agenda_api::read_agenda;
use conference::referrals::api::{create_referral, read_referral};
use diesel::prelude::*;
use diesel::sql_types as st;
use directory::users::api::{enable_user, list_users, read_user};
use kernel::caller::Caller;
use kernel::error::Error;
use kernel::http::{Body, Created, IdempotencyKey, IfMatch, Json, Path, Query, read_json};
use kernel::sql::sql;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use validator::Validate;

use crate::casework::Desk;
use crate::meetings::{listed, planned, step};
use crate::support::{Answer, Person, TestApp, etag, id, referral};

fn caller(person: &Person) -> Caller {
    Caller::User {
        user_id: person.id,
        session_id: person.session_id,
    }
}

fn shown(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// A body or a query as another reader makes it: read as strictly as one that is sent.
fn read<T: DeserializeOwned + Validate>(app: &TestApp, value: Value) -> T {
    read_json(value.to_string().as_bytes(), Some(app.today())).unwrap()
}

/// The audit since it was last looked at, without what differs from request to request.
struct Audit<'a> {
    app: &'a TestApp,
    seen: i64,
}

impl<'a> Audit<'a> {
    fn of(app: &'a TestApp) -> Self {
        let mut audit = Self { app, seen: 0 };
        audit.news();
        audit
    }

    fn news(&mut self) -> Vec<Value> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = st::Jsonb)]
            event: Value,
        }
        let rows: Vec<Row> = sql(
            "select to_jsonb(e) - 'id' - 'txid' - 'at' - 'request_id' as event from audit_events as e \
             order by at, id offset $1",
        )
        .bind(self.seen)
        .load(&mut self.app.owner())
        .unwrap();
        self.seen += i64::try_from(rows.len()).unwrap();
        rows.into_iter().map(|row| row.event).collect()
    }
}

/// What a refusal says, as it would be sent.
async fn refusal(error: Error) -> (u16, Value) {
    let response = error.error_response();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body()).await.unwrap();
    comparable(status, serde_json::from_slice(&body).unwrap())
}

fn comparable(status: u16, mut problem: Value) -> (u16, Value) {
    problem.as_object_mut().unwrap().remove("request_id");
    (status, problem)
}

/// Holds that a call in the process is the same as a request: its value and its events, or its refusal.
async fn same<T: Serialize>(
    audit: &mut Audit<'_>,
    sent: impl Future<Output = Answer>,
    called: impl Future<Output = Result<T, Error>>,
) -> u16 {
    audit.news();
    let sent = sent.await;
    let events = audit.news();
    match called.await {
        Ok(value) => assert_eq!((sent.status, shown(&value)), (200, sent.body.clone())),
        Err(error) => assert_eq!(refusal(error).await, comparable(sent.status, sent.body)),
    }
    assert!(!events.is_empty());
    assert_eq!(audit.news(), events);
    sent.status
}

#[actix_web::test]
async fn a_referral_is_the_same_for_every_reader() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let sent = desk.referred("Okafor").await;
    let path = format!("/referrals/{}", id(&sent));
    let mut audit = Audit::of(app);
    let mut statuses = Vec::new();
    for person in [
        &w.officer,
        &w.coordinator,
        &w.chair,
        &w.analyst,
        &w.kc_coordinator,
    ] {
        let (db, tools) = (app.parts.db.clone(), app.parts.tools.clone());
        let called = read_referral(db, tools, caller(person), Path(id(&sent)));
        let called = async { called.await.map(|found| found.value) };
        let asked = app.as_(person);
        statuses.push(same(&mut audit, asked.get(&path), called).await);
    }
    assert_eq!(statuses, [200, 200, 200, 403, 404]);
}

#[actix_web::test]
async fn a_case_file_and_an_agenda_have_the_lens_of_their_reader() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let hidden = desk.case("Lind").await;
    let meeting = id(&planned(app, w).await);
    listed(app, w, meeting, case, &[w.housing]).await;
    listed(app, w, meeting, hidden, &[w.health]).await;
    step(app, &w.coordinator, meeting, "circulate").await;
    let mut audit = Audit::of(app);
    let (file, agenda) = (
        format!("/cases/{case}"),
        format!("/meetings/{meeting}/agenda"),
    );
    let mut files = Vec::new();
    for person in [
        &w.coordinator,
        &w.housing_rep,
        &w.health_rep,
        &w.administrator,
    ] {
        let db = || app.parts.db.clone();
        let asked = app.as_(person);
        let called = async {
            let found = read_case(db(), caller(person), Path(case)).await?;
            Ok(found.value)
        };
        files.push(same(&mut audit, asked.get(&file), called).await);
        let called = async {
            let found = read_agenda(db(), caller(person), Path(meeting)).await?;
            Ok(found.value)
        };
        same(&mut audit, asked.get(&agenda), called).await;
    }
    assert_eq!(files, [200, 200, 404, 403]);
    let full = desk.file(&w.coordinator, case).await.expect(200);
    let less = desk.file(&w.housing_rep, case).await.expect(200);
    assert_ne!(full["withheld"], less["withheld"]);
}

#[actix_web::test]
async fn lists_are_the_same_page_after_page() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    desk.list(case, w.housing, app.now() - TimeDelta::minutes(1));
    for text in ["Ring", "Write", "Visit"] {
        desk.action(case, w.housing, "open", text).await;
    }
    let mut audit = Audit::of(app);
    let db = || app.parts.db.clone();
    let mut cursor = Value::Null;
    let mut rows = 0;
    loop {
        let after = cursor
            .as_str()
            .map_or(String::new(), |cursor| format!("&cursor={cursor}"));
        let path = format!("/actions?limit=2{after}");
        let query = read(app, json!({ "limit": 2, "cursor": cursor }));
        let called = async {
            let page = list_actions(db(), caller(&w.housing_rep), Query(query)).await?;
            let (Either::Left(page) | Either::Right(Json(page))) = page;
            Ok(page)
        };
        let asked = app.as_(&w.housing_rep);
        assert_eq!(same(&mut audit, asked.get(&path), called).await, 200);
        let page = asked.get(&path).await.expect(200);
        rows += page["items"].as_array().unwrap().len();
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(rows, 3);
    for (person, wanted) in [
        (&w.coordinator, 200),
        (&w.kc_coordinator, 404),
        (&w.analyst, 403),
    ] {
        let asked = app.as_(person);
        let path = format!("/cases/{case}/actions");
        let query = read(app, json!({}));
        let called = list_case_actions(db(), caller(person), Path(case), Query(query));
        assert_eq!(same(&mut audit, asked.get(&path), called).await, wanted);
    }
    for person in [&w.administrator, &w.housing_lead, &w.officer] {
        let asked = app.as_(person);
        let query = read(app, json!({}));
        let called = list_users(db(), caller(person), Query(query));
        same(&mut audit, asked.get("/users"), called).await;
    }
}

#[actix_web::test]
async fn what_is_made_in_the_process_is_there_over_http() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let parts = &app.parts;
    let body = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
    let mut audit = Audit::of(app);
    app.as_(&w.officer)
        .post("/referrals", body.clone())
        .await
        .expect(201);
    let sent = audit.news();
    let made = create_referral(
        parts.db.clone(),
        parts.throttle.clone(),
        parts.tools.clone(),
        caller(&w.officer),
        IdempotencyKey::default(),
        Body(read(app, body)),
    );
    let made = made.await.unwrap();
    let acts = |events: &[Value]| {
        let act = |event: &Value| (event["act"].clone(), event["outcome"].clone());
        events.iter().map(act).collect::<Vec<_>>()
    };
    assert_eq!(acts(&audit.news()), acts(&sent));
    let value = shown(&made.0.value);
    let found = app
        .as_(&w.officer)
        .get(&format!("/referrals/{}", id(&value)))
        .await;
    assert_eq!(found.header("etag"), made.0.etag());
    assert_eq!(found.expect(200), value);
    let request = TestRequest::default().to_http_request();
    assert_eq!(made.respond_to(&request).status().as_u16(), 201);
}

#[actix_web::test]
async fn a_change_asks_for_the_version_the_right_and_the_password_in_the_process_too() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let db = || app.parts.db.clone();
    let mut audit = Audit::of(app);
    let path = format!("/users/{}/enable", w.officer.id);
    let enable = |person: &Person, version: i32| {
        let called = enable_user(
            db(),
            caller(person),
            Path(w.officer.id),
            IfMatch::at(version),
        );
        async { called.await.map(|found| found.value) }
    };
    let long_ago = TimeDelta::hours(1);
    let mut codes = Vec::new();
    for (person, version, ago) in [
        (&w.officer, 1, TimeDelta::zero()),
        (&w.administrator, 7, TimeDelta::zero()),
        (&w.administrator, 1, long_ago),
    ] {
        app.password_given(person, ago);
        let asked = app.as_(person).if_match(&format!("\"{version}\""));
        let sent = asked.post(&path, Value::Null).await;
        let events = audit.news();
        let error = enable(person, version).await.err().unwrap();
        codes.push(sent.code().to_owned());
        assert_eq!(refusal(error).await, comparable(sent.status, sent.body));
        assert_eq!(audit.news(), events);
    }
    assert_eq!(codes, ["forbidden", "stale", "step_up_required"]);
    let user = read_user(db(), caller(&w.administrator), Path(w.officer.id))
        .await
        .unwrap();
    assert_eq!(user.etag(), Some(etag(&shown(&user.value)).as_str()));
}

#[actix_web::test]
async fn a_rule_is_the_same_rule() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let body = json!({ "heading": "what_happened", "text": "How did it begin?", "read": [] });
    let asked = app.as_(&w.coordinator);
    let sent = asked
        .post(&format!("/cases/{case}/questions"), body.clone())
        .await;
    let called = ask_question(
        app.parts.db.clone(),
        caller(&w.coordinator),
        Path(case),
        IdempotencyKey::default(),
        Body(read(app, body)),
    );
    let Err(error) = called.await.map(|Created(Json(question))| shown(&question)) else {
        panic!("the account tells it already");
    };
    assert_eq!(sent.body["reason"], "already_told");
    assert_eq!(refusal(error).await, comparable(sent.status, sent.body));
}

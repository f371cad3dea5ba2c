//! Jobs: each in its time, once however many servers run; and what housekeeping deletes.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use toldonce::jobs;
use uuid::Uuid;

use crate::support::{TestApp, TestDb, World};

async fn second_server(app: &TestApp) -> TestApp {
    let db = TestDb {
        name: app.db.name.clone(),
    };
    let clock = app.parts.db.clock().clone();
    TestApp::on(db, clock, Limits::default(), app.keys.clone()).await
}

fn run(app: &TestApp) -> Vec<&'static str> {
    jobs::run_due(&app.parts).unwrap()
}

#[actix_web::test]
async fn a_job_runs_when_it_is_due_and_not_again_until_its_time_comes() {
    let app = TestApp::new().await;
    let all: Vec<_> = jobs::JOBS.iter().map(|job| job.name).collect();
    assert_eq!(run(&app), all);
    assert!(!run(&app).contains(&"keep_house"));
    app.wait(TimeDelta::seconds(6));
    let again = run(&app);
    assert!(again.contains(&"send_mail") && !again.contains(&"keep_house"));
    app.wait(TimeDelta::days(1));
    assert!(run(&app).contains(&"keep_house"));
    // A clock that is put back does not stop the jobs for as long as it was ahead.
    app.wait(TimeDelta::days(-90));
    assert_eq!(run(&app), all);
}

#[actix_web::test]
async fn of_many_servers_one_runs_it() {
    let app = TestApp::new().await;
    let others = [second_server(&app).await, second_server(&app).await];
    for _ in 0..5 {
        let states = [&app, &others[0], &others[1]].map(|app| app.parts.clone());
        let names: Vec<&str> = std::thread::scope(|scope| {
            let threads = states
                .each_ref()
                .map(|parts| scope.spawn(move || jobs::run_due(parts).unwrap()));
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        // What is due again within seconds may have come round meanwhile.
        let daily = names.iter().filter(|name| **name == "keep_house");
        assert_eq!(daily.count(), 1, "{names:?}");
        app.wait(TimeDelta::days(2));
    }
    for other in others {
        std::mem::forget(other.db);
    }
}

#[actix_web::test]
async fn a_job_whose_server_died_is_begun_again_by_another_a_minute_later() {
    let app = TestApp::new().await;
    let other = second_server(&app).await;
    run(&app);
    // As the row stands while a server is at it.
    sql("update jobs set taken_at = $1, next_at = $2")
        .bind(app.now())
        .bind(app.now() + TimeDelta::minutes(1))
        .execute(&mut app.owner())
        .unwrap();
    app.wait(TimeDelta::seconds(20));
    assert_eq!(run(&other), Vec::<&str>::new());
    app.wait(TimeDelta::seconds(41));
    assert_eq!(run(&other).len(), jobs::JOBS.len());
    std::mem::forget(other.db);
}

fn insert(conn: &mut PgConnection, text: &'static str, at: DateTime<Utc>, of: Uuid) {
    let key = Uuid::now_v7();
    sql(text)
        .bind(key)
        .bind(of)
        .bind(at)
        .bind(key.as_bytes().to_vec())
        .execute(conn)
        .unwrap();
}

fn left(app: &TestApp) -> Value {
    #[derive(Row)]
    struct Row {
        counts: Value,
    }
    let row: Row = sql("select jsonb_build_object( \
         'keys', (select count(*) from idempotency_keys), \
         'sessions', (select count(*) from sessions), \
         'tokens', (select count(*) from refresh_tokens), \
         'guesses', (select count(*) from guesses), \
         'networks', (select count(*) from known_networks), \
         'outbox', (select count(*) from outbox), \
         'notifications', (select count(*) from notifications)) as counts")
    .get_result(&mut app.owner())
    .unwrap();
    row.counts
}

#[actix_web::test]
async fn housekeeping_deletes_what_has_served_its_time_and_nothing_else() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let of = w.coordinator.id;
    let before = left(&app);
    let conn = &mut app.owner();
    let days = |days: i64| app.now() - TimeDelta::days(days);
    for (old, young, text) in [
        (
            91,
            89,
            "insert into idempotency_keys (principal_id, operation, key, digest, status, resource_id, created_at) \
            values ($2, 'op', $1::text, $4, 201, $1, $3)",
        ),
        (
            31,
            29,
            "with s as (insert into sessions (id, user_id, password_at, expires_at, created_at) \
            values ($1, $2, $3, $3, $3) returning id) \
            insert into refresh_tokens (token_hash, session_id, expires_at, created_at) \
            select $4, id, $3 + interval '40 days', $3 from s",
        ),
        (
            8,
            6,
            "insert into guesses (kind, subject, level, last_at) \
            select 'account_network', $4, 60, $3 where $1 <> $2",
        ),
        (
            91,
            89,
            "insert into known_networks (user_id, network, first_at, last_at) \
            select $2, $4, $3, $3 where $1 <> $2",
        ),
        (
            91,
            89,
            "insert into outbox (id, user_id, kind, notices, next_at, outcome, ended_at, created_at) \
            values ($1, $2, 'action_due', '{}', $3, 'sent', case when length($4) > 0 then $3 end, $3)",
        ),
        (
            181,
            179,
            "insert into notifications (id, marac_id, user_id, kind, subject, subject_id, read_at, created_at) \
            select $1, m.id, $2, 'action_due', 'action', $1, $3, $3 from maracs m \
            where m.code = 'WCC' and length($4) > 0",
        ),
    ] {
        insert(conn, text, days(old), of);
        insert(conn, text, days(young), of);
    }
    // Never read, so never swept; never sent, so another job's.
    insert(
        conn,
        "insert into notifications (id, marac_id, user_id, kind, subject, subject_id, created_at) \
        select $1, m.id, $2, 'action_due', 'action', $1, $3 from maracs m where m.code = 'WCC' and length($4) > 0",
        days(900),
        of,
    );
    let sessions = before["sessions"].as_i64().unwrap();
    jobs::run_due(&app.parts).unwrap();
    let expected = json!({
        "keys": 1, "sessions": sessions + 1, "tokens": 1, "guesses": 1,
        "networks": 1, "outbox": 1, "notifications": 2,
    });
    assert_eq!(left(&app), expected);
    // Whoever is signed in still is.
    app.as_(&w.coordinator).get("/me").await.expect(200);
}

#[actix_web::test]
async fn the_application_deletes_nothing_of_it_by_itself() {
    let app = TestApp::new().await;
    let mut own = PgConnection::establish(&app.db.app_url()).unwrap();
    for table in [
        "sessions",
        "refresh_tokens",
        "notifications",
        "outbox",
        "jobs",
    ] {
        let text = format!("delete from {table}");
        let error = diesel::sql_query(text).execute(&mut own).unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{table}");
    }
    for text in [
        "insert into notifications (id, marac_id, kind, subject, subject_id, created_at) \
         select gen_random_uuid(), gen_random_uuid(), 'action_due', 'x', gen_random_uuid(), now()",
        "insert into outbox (id, user_id, kind, notices, next_at, created_at) \
         select gen_random_uuid(), gen_random_uuid(), 'action_due', '{}', now(), now()",
    ] {
        let error = diesel::sql_query(text).execute(&mut own).unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{text}");
    }
}

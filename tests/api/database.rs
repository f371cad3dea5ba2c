//! The only way to the database: live actor, policy, audit, second lock, and connections that die.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto::DataKey;
use kernel::db::{Db, PoolOptions, Tx};
use kernel::error::{Code, Error, Result};
use kernel::policy::Act;
use kernel::sql::{Row, sql};
use uuid::Uuid;

use crate::support::{Person, TestApp, World};

#[derive(Row)]
struct Count {
    n: i64,
}

fn count(conn: &mut PgConnection, query: &'static str) -> i64 {
    sql(query).get_result::<Count>(conn).unwrap().n
}

/// A case with a data key, put there behind the service's back.
pub fn case_in(app: &TestApp, marac: Uuid) -> Uuid {
    let id = Uuid::now_v7();
    let wrapped = app.keys.wrap(id, &DataKey::generate().unwrap()).unwrap();
    let mut conn = app.owner();
    sql("insert into cases (id, marac_id, code, status, created_at) values ($1, $2, $3, 'listed', now())")
        .bind(id)
        .bind(marac)
        .bind(id.simple().to_string())
        .execute(&mut conn)
        .unwrap();
    sql(
        "insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
         values ($1, $2, $3, $4, now())",
    )
    .bind(id)
    .bind(marac)
    .bind(wrapped.master_key_id)
    .bind(wrapped.bytes)
    .execute(&mut conn)
    .unwrap();
    id
}

fn caller(person: &Person) -> Caller {
    Caller::User {
        user_id: person.id,
        session_id: person.session_id,
    }
}

fn new_agency(tx: &mut Tx<'_>) -> Result<()> {
    tx.sql(
        "insert into agencies (id, name, kind, created_at) values ($1, 'Left behind', 'other', $2)",
    )
    .bind(Uuid::now_v7())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

const LEFT_BEHIND: &str = "select count(*) as n from agencies where name = 'Left behind'";

#[actix_web::test]
async fn refused_work_leaves_nothing_but_its_denial() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let subject = Uuid::now_v7();
    for (code, outcome) in [
        (Code::Forbidden, "denied"),
        (Code::NotFound, "not_found"),
        (Code::StepUpRequired, "denied"),
    ] {
        let before = count(&mut app.owner(), "select count(*) as n from audit_events");
        let refused = app.parts.db.run_blocking(
            &caller(&world.officer),
            Act::ReadMe.on("thing", subject),
            |tx| -> Result<Audited<()>> {
                new_agency(tx)?;
                Err(code.into())
            },
        );
        assert_eq!(refused.unwrap_err().code(), code);
        assert_eq!(count(&mut app.owner(), LEFT_BEHIND), 0);
        let after = count(&mut app.owner(), "select count(*) as n from audit_events");
        assert_eq!(after, before + 1);
        let recorded: Count = sql("select count(*) as n from audit_events where outcome = $1 \
             and act = 'read_me' and subject = 'thing' and subject_id = $2 and user_id = $3")
        .bind(outcome)
        .bind(subject)
        .bind(world.officer.id)
        .get_result(&mut app.owner())
        .unwrap();
        assert!(recorded.n >= 1, "{outcome}");
    }
}

#[actix_web::test]
async fn an_act_no_role_allows_never_begins() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    for act in Act::ALL
        .iter()
        .filter(|act| act.who() == kernel::policy::Who::Program)
    {
        let refused = app.parts.db.run_blocking(
            &caller(&world.administrator),
            act.ask(),
            |_| -> Result<Audited<()>> { panic!("the work began") },
        );
        assert_eq!(refused.unwrap_err().code(), Code::Forbidden, "{act:?}");
    }
}

#[actix_web::test]
async fn without_its_audit_row_no_change_stays_and_no_data_leave() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    app.owner()
        .batch_execute("revoke insert on audit_events from toldonce_app")
        .unwrap();
    let done = app.parts.db.run_system(Act::SetUp.ask(), |tx| {
        new_agency(tx)?;
        Ok(Audited::new((), Event::new()))
    });
    assert_eq!(done.unwrap_err().code(), Code::Internal);
    assert_eq!(count(&mut app.owner(), LEFT_BEHIND), 0);
    let answer = app.as_(&world.officer).get("/me").await;
    assert_eq!((answer.status, answer.code()), (500, "internal"));
    assert!(
        !answer.body.to_string().contains("officer"),
        "{}",
        answer.body
    );
}

#[actix_web::test]
async fn a_request_leaves_one_event_that_carries_its_id() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let answer = app.as_(&world.officer).get("/me").await;
    let id: Uuid = answer.header("x-request-id").unwrap().parse().unwrap();
    let of_request: Count = sql("select count(*) as n from audit_events where request_id = $1")
        .bind(id)
        .get_result(&mut app.owner())
        .unwrap();
    let all = count(&mut app.owner(), "select count(*) as n from audit_events");
    assert_eq!((answer.status, of_request.n, all), (200, 1, 1));
}

#[actix_web::test]
async fn connections_that_died_are_replaced_without_a_failed_request() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    for _ in 0..3 {
        app.as_(&world.officer).get("/me").await.expect(200);
        app.owner()
            .batch_execute(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                 where datname = current_database() and usename = 'toldonce_web'",
            )
            .unwrap();
        app.as_(&world.officer).get("/me").await.expect(200);
    }
}

#[actix_web::test]
async fn the_second_lock_holds_where_a_statement_forgets_the_rule() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let case = case_in(&app, world.wcc);
    let mut conn = PgConnection::establish(&app.db.app_url()).unwrap();
    let mut seen = |maracs: Option<Uuid>, closed: Option<Uuid>| {
        conn.transaction(|conn| {
            if let Some(marac) = maracs {
                let closed = closed.map(|id| id.to_string()).unwrap_or_default();
                sql(
                    "select set_config('toldonce.maracs', '{' || $1 || '}', true), \
                     set_config('toldonce.closed', '{' || $2 || '}', true)",
                )
                .bind(marac.to_string())
                .bind(closed)
                .execute(conn)?;
            }
            let seen = count(conn, "select count(*) as n from cases")
                + count(conn, "select count(*) as n from data_keys");
            let changed = sql("update cases set version = version + 1").execute(conn)?;
            diesel::QueryResult::Ok((seen, changed))
        })
        .unwrap()
    };
    assert_eq!(seen(Some(world.wcc), None), (2, 1));
    assert_eq!(seen(Some(world.kc), None), (0, 0));
    assert_eq!(seen(Some(world.wcc), Some(case)), (0, 0));
    assert_eq!(seen(None, None), (0, 0), "nothing set, nothing seen");
    let moved = conn.transaction(|conn| {
        sql(
            "select set_config('toldonce.maracs', '{' || $1 || '}', true), \
             set_config('toldonce.closed', '{}', true)",
        )
        .bind(world.wcc.to_string())
        .execute(conn)?;
        sql("update cases set marac_id = $1")
            .bind(world.kc)
            .execute(conn)
    });
    assert!(
        moved
            .unwrap_err()
            .to_string()
            .contains("row-level security")
    );
}

#[actix_web::test]
async fn settings_of_one_request_do_not_reach_the_next_on_the_same_connection() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    case_in(&app, world.wcc);
    let seen_by = |person: &Person| {
        app.parts
            .db
            .run_blocking(&caller(person), Act::ReadMe.ask(), |tx| {
                let n = count(tx.conn, "select count(*) as n from cases");
                Ok(Audited::new(n, Event::new()))
            })
            .unwrap()
    };
    // More rounds than the pool has connections.
    for _ in 0..10 {
        assert_eq!(
            (seen_by(&world.coordinator), seen_by(&world.kc_coordinator)),
            (1, 0)
        );
    }
}

/// As many requests are worked on as there are connections; the next waits its turn, and not for ever.
#[actix_web::test]
async fn who_finds_every_connection_taken_waits_a_while_and_is_told() {
    let app = TestApp::new().await;
    let options = PoolOptions {
        size: 1,
        timeout: std::time::Duration::from_millis(200),
    };
    let clock = kernel::clock::Clock::system();
    let db = Db::new(&app.db.app_url(), options, clock, app.keys.clone()).unwrap();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (go_on, ends) = std::sync::mpsc::channel::<()>();
    let long = db.clone();
    let long = actix_web::rt::spawn(async move {
        let work = move |_: &mut Tx<'_>| -> Result<Audited<()>> {
            begun.send(()).unwrap();
            ends.recv().unwrap();
            Err(Code::Unauthenticated.into())
        };
        long.run_public(Act::SignIn.ask(), work).await
    });
    begins.await.unwrap();
    assert!(matches!(db.ping().await, Err(Error::Pool)));
    go_on.send(()).unwrap();
    assert!(long.await.unwrap().is_err());
    db.ping().await.unwrap();
}

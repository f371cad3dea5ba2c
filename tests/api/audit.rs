//! The chain over the audit: whole when nothing was touched, broken at the right place when anything
//! was.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use toldonce::audit::chain::{self, Broken, Verdict};
use toldonce::audit::{Audited, Event};
use toldonce::db::{Db, sql};
use toldonce::policy::Act;
use uuid::Uuid;

use crate::support::{TestApp, World};

/// One event of the program's own.
fn event(db: &Db) {
    db.run_system(Act::SetUp.ask(), |_| Ok(Audited::new((), Event::new())))
        .unwrap();
}

/// A file of heads that is gone when the test is.
struct Heads(PathBuf);

impl Heads {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("toldonce-heads-{}", Uuid::now_v7())))
    }
}

impl Drop for Heads {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Seals until `rows` rows are: transactions of other tests on the same server hold the tail open.
fn seal_all(app: &TestApp, heads: &Heads, rows: i64) -> Verdict {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        chain::seal(&app.state.db, Some(&heads.0)).unwrap();
        let verdict = chain::verify(&mut app.owner(), Some(&heads.0)).unwrap();
        if verdict.sealed >= rows {
            return verdict;
        }
        assert!(Instant::now() < deadline, "{verdict:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = st::Uuid)]
    event_id: Uuid,
}

/// The event at a link of the chain.
fn at(conn: &mut PgConnection, seq: i64) -> Uuid {
    let row: Id = sql("select event_id from audit_chain where seq = $1")
        .bind(seq)
        .get_result(conn)
        .unwrap();
    row.event_id
}

/// Five events, sealed in two batches.
async fn sealed() -> (TestApp, Heads) {
    let app = TestApp::new().await;
    let heads = Heads::new();
    (0..3).for_each(|_| event(&app.state.db));
    seal_all(&app, &heads, 3);
    (0..2).for_each(|_| event(&app.state.db));
    let verdict = seal_all(&app, &heads, 6);
    assert_eq!(verdict.broken, None);
    (app, heads)
}

#[actix_web::test]
async fn what_nobody_touched_verifies_and_the_tail_is_counted() {
    let (app, heads) = sealed().await;
    event(&app.state.db);
    let verdict = chain::verify(&mut app.owner(), Some(&heads.0)).unwrap();
    assert_eq!(verdict.broken, None);
    assert!(verdict.tail >= 1, "{verdict:?}");
}

#[actix_web::test]
async fn sealing_comes_to_rest_when_nothing_happens() {
    let (app, heads) = sealed().await;
    let rest = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        chain::seal(&app.state.db, Some(&heads.0)).unwrap() == 0
            && chain::seal(&app.state.db, Some(&heads.0)).unwrap() == 0
    });
    assert!(rest);
    let before = chain::verify(&mut app.owner(), None).unwrap();
    assert_eq!(chain::seal(&app.state.db, Some(&heads.0)).unwrap(), 0);
    assert_eq!(chain::verify(&mut app.owner(), None).unwrap(), before);
}

#[actix_web::test]
async fn every_kind_of_tampering_is_found_where_it_was_done() {
    let (app, heads) = sealed().await;
    let mut conn = app.owner();
    let (second, third) = (at(&mut conn, 2), at(&mut conn, 3));
    let slipped_in = Uuid::from_u128(1);
    type Found = fn(Uuid, Uuid, Uuid) -> Broken;
    let cases: [(&str, &str, Found); 10] = [
        (
            "a word changed",
            "update audit_events set act = 'read_me' where id = (select event_id from audit_chain where seq = 2)",
            |second, _, _| Broken::Changed(second),
        ),
        (
            "a time changed",
            "update audit_events set at = at + interval '1 hour' where id = (select event_id from audit_chain where seq = 3)",
            |_, third, _| Broken::Changed(third),
        ),
        (
            "a person put in another's place",
            "update audit_events set agency_id = gen_random_uuid() where id = (select event_id from audit_chain where seq = 2)",
            |second, _, _| Broken::Changed(second),
        ),
        (
            "a row removed",
            "delete from audit_events where id = (select event_id from audit_chain where seq = 2)",
            |second, _, _| Broken::Missing(second),
        ),
        (
            "a row removed with its link",
            "delete from audit_events where id = (select event_id from audit_chain where seq = 2); \
             delete from audit_chain where seq = 2",
            |_, _, _| Broken::Gap(2),
        ),
        (
            "two rows in each other's place",
            "create temp table swap on commit drop as select seq, event_id, hash from audit_chain where seq in (2, 3); \
             delete from audit_chain where seq in (2, 3); \
             insert into audit_chain select 5 - seq, event_id, hash from swap",
            |_, third, _| Broken::Changed(third),
        ),
        (
            "a row slipped in among the sealed",
            "insert into audit_events (id, txid, at, act, outcome, principal, request_id) \
             select '00000000-0000-0000-0000-000000000001', txid, at, act, outcome, principal, request_id \
             from audit_events where id = (select event_id from audit_chain where seq = 2)",
            |_, _, slipped_in| Broken::Added(slipped_in),
        ),
        (
            "the head changed",
            "update audit_heads set hash = '\\x00' where last_seq = (select max(last_seq) from audit_heads)",
            |_, _, _| Broken::Head(0),
        ),
        (
            "the end cut off, and the database made to agree with itself",
            "delete from audit_events where id in (select event_id from audit_chain where seq > 3); \
             delete from audit_events where id not in (select event_id from audit_chain); \
             delete from audit_chain where seq > 3; delete from audit_heads where last_seq > 3",
            |_, _, _| Broken::Head(3),
        ),
        (
            "everything gone",
            "delete from audit_events; delete from audit_chain; delete from audit_heads",
            |_, _, _| Broken::Head(0),
        ),
    ];
    let last: i64 = chain::verify(&mut conn, None).unwrap().sealed;
    for (what, tampering, found) in cases {
        let tried = conn
            .transaction(|conn| {
                for table in ["audit_events", "audit_chain", "audit_heads"] {
                    conn.batch_execute(&format!("alter table {table} disable trigger all"))?;
                }
                conn.batch_execute(tampering)?;
                // As an error, so that it is as if it had never been.
                Err::<(), _>(Tried(chain::verify(conn, Some(&heads.0)).unwrap()))
            })
            .unwrap_err();
        let expected = match found(second, third, slipped_in) {
            Broken::Head(0) if what == "the head changed" => Broken::Head(last),
            other => other,
        };
        assert_eq!(tried.0.broken, Some(expected), "{what}");
    }
    assert_eq!(
        chain::verify(&mut conn, Some(&heads.0)).unwrap().broken,
        None
    );
}

/// What was found in a transaction that is to be rolled back.
#[derive(Debug)]
struct Tried(Verdict);

impl From<diesel::result::Error> for Tried {
    fn from(error: diesel::result::Error) -> Self {
        panic!("{error}")
    }
}

#[actix_web::test]
async fn two_sealers_at_once_leave_one_whole_chain() {
    let app = TestApp::new().await;
    let heads = [Heads::new(), Heads::new()];
    (0..40).for_each(|_| event(&app.state.db));
    std::thread::scope(|scope| {
        for heads in &heads {
            let db = app.state.db.clone();
            scope.spawn(move || {
                for _ in 0..20 {
                    event(&db);
                    // The second to want the same place fails, and comes back in the next round.
                    let _ = chain::seal(&db, Some(&heads.0));
                }
            });
        }
    });
    let verdict = seal_all(&app, &heads[0], 80);
    assert_eq!(verdict.broken, None);
    let other = chain::verify(&mut app.owner(), Some(&heads[1].0)).unwrap();
    assert_eq!(other.broken, None);
}

#[actix_web::test]
async fn destroying_a_cases_key_leaves_the_chain_whole() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let heads = Heads::new();
    let case = crate::database::case_in(&app, world.wcc);
    let sealed = toldonce::crypto::DataKey::generate()
        .unwrap()
        .seal(
            toldonce::crypto::Place::new("audit_events", "detail", case),
            b"old and new",
        )
        .unwrap();
    app.state
        .db
        .run_system(Act::SetUp.ask(), move |_| {
            Ok(Audited::new(
                (),
                Event::new().in_case(world.wcc, case).detail(sealed),
            ))
        })
        .unwrap();
    seal_all(&app, &heads, 1);
    sql("update data_keys set wrapped = null, destroyed_at = now() where case_id = $1")
        .bind(case)
        .execute(&mut app.owner())
        .unwrap();
    let verdict = chain::verify(&mut app.owner(), Some(&heads.0)).unwrap();
    assert_eq!(verdict.broken, None);
}

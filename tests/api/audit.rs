//! The chain over the audit: whole when nothing was touched, broken at the right place when anything
//! was.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::audit::{Audited, Event};
use kernel::audit_chain as chain;
use kernel::audit_chain::adopt::{self, Adopted};
use kernel::audit_chain::verify::{self, Against, Broken, Verdict};
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::db::Db;
use kernel::policy::Act;
use kernel::sql::{Row, sql};
use uuid::Uuid;

use crate::support::{TestApp, TestDb, World};

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

fn verify(app: &TestApp, conn: &mut PgConnection, heads: Option<&Heads>) -> Verdict {
    let against = Against {
        keys: &app.keys,
        file: heads.map(|heads| heads.0.as_path()),
        now: app.now(),
    };
    verify::verify(conn, against).unwrap()
}

/// Seals until `rows` rows are: transactions of other tests on the same server hold the tail open.
fn seal_all(app: &TestApp, heads: &Heads, rows: i64) -> Verdict {
    let verdict = seal_to(app, heads, rows);
    assert!(verdict.sealed >= rows, "{verdict:?}");
    verdict
}

/// The same, whatever is found wrong meanwhile.
fn seal_to(app: &TestApp, heads: &Heads, rows: i64) -> Verdict {
    #[derive(Row)]
    struct Sealed {
        seq: i64,
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        chain::seal(&app.parts.db, Some(&heads.0)).unwrap();
        let last: Sealed = sql("select coalesce(max(seq), 0) as seq from audit_chain")
            .get_result(&mut app.owner())
            .unwrap();
        if last.seq >= rows {
            return verify(app, &mut app.owner(), Some(heads));
        }
        assert!(Instant::now() < deadline, "{} rows are sealed", last.seq);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[derive(Row)]
struct Id {
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
    (0..3).for_each(|_| event(&app.parts.db));
    seal_all(&app, &heads, 3);
    (0..2).for_each(|_| event(&app.parts.db));
    let verdict = seal_all(&app, &heads, 6);
    assert_eq!(verdict.broken, None);
    (app, heads)
}

#[actix_web::test]
async fn what_nobody_touched_verifies_and_the_tail_is_counted() {
    let (app, heads) = sealed().await;
    event(&app.parts.db);
    let verdict = verify(&app, &mut app.owner(), Some(&heads));
    assert_eq!(verdict.broken, None);
    assert!(verdict.tail >= 1, "{verdict:?}");
}

#[actix_web::test]
async fn sealing_comes_to_rest_when_nothing_happens() {
    let (app, heads) = sealed().await;
    let rest = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        chain::seal(&app.parts.db, Some(&heads.0)).unwrap() == 0
            && chain::seal(&app.parts.db, Some(&heads.0)).unwrap() == 0
    });
    assert!(rest);
    let before = verify(&app, &mut app.owner(), None);
    assert_eq!(chain::seal(&app.parts.db, Some(&heads.0)).unwrap(), 0);
    assert_eq!(verify(&app, &mut app.owner(), None), before);
}

/// What somebody does to the database, and to the file of heads.
struct Tampering {
    what: &'static str,
    database: &'static str,
    file: fn(&mut Vec<String>),
    found: fn(&Places) -> Broken,
}

/// The heads of two batches and the rows of the first.
struct Places {
    heads: Vec<i64>,
    second: Uuid,
    third: Uuid,
}

const NOTHING: fn(&mut Vec<String>) = |_| {};

/// SQL: every link after the first is made anew to fit the rows, and every head and every line with it.
const CHAIN_ANEW: &str = "do $$ declare r record; h bytea := decode(repeat('00', 32), 'hex'); begin \
   for r in select c.seq, CONTENT as content from audit_chain c join audit_events e on e.id = c.event_id \
     order by c.seq loop \
     h := sha256(h || convert_to(r.content, 'UTF8')); \
     update audit_chain set hash = h where seq = r.seq; \
     update audit_heads set hash = h where last_seq = r.seq; \
   end loop; end $$;";

const FIRST: &str = "update audit_events set act = 'read_me' where id = (select event_id from audit_chain where seq = 1);";

const CHANGED: &str = "update audit_events set act = 'read_me' where id = (select event_id from audit_chain where seq = 2);";

fn tamperings() -> Vec<Tampering> {
    let row = |what, database, found| Tampering {
        what,
        database,
        file: NOTHING,
        found,
    };
    let file = |what, file, found| Tampering {
        what,
        database: "",
        file,
        found,
    };
    let anew = |what, database, found| Tampering {
        what,
        database,
        // The tests put the heads of the database into the file, as whoever made them anew would.
        file: |lines| lines.push("ANEW".into()),
        found,
    };
    vec![
        row("a word changed", CHANGED, |p| Broken::Changed(p.second)),
        row(
            "a time changed",
            "update audit_events set at = at + interval '1 hour' where id = (select event_id from audit_chain where seq = 3)",
            |p| Broken::Changed(p.third),
        ),
        row(
            "a person put in another's place",
            "update audit_events set agency_id = gen_random_uuid() where id = (select event_id from audit_chain where seq = 2)",
            |p| Broken::Changed(p.second),
        ),
        row(
            "a row removed",
            "delete from audit_events where id = (select event_id from audit_chain where seq = 2)",
            |p| Broken::Missing(p.second),
        ),
        row(
            "a row removed with its link",
            "delete from audit_events where id = (select event_id from audit_chain where seq = 2); \
             delete from audit_chain where seq = 2",
            |_| Broken::Gap(2),
        ),
        row(
            "two rows in each other's place",
            "create temp table swap on commit drop as select seq, event_id, hash from audit_chain where seq in (2, 3); \
             delete from audit_chain where seq in (2, 3); \
             insert into audit_chain select 5 - seq, event_id, hash from swap",
            |p| Broken::Changed(p.third),
        ),
        row(
            "a row slipped in among the sealed",
            "insert into audit_events (id, txid, at, act, outcome, principal, request_id) \
             select '00000000-0000-0000-0000-000000000001', txid, at, act, outcome, principal, request_id \
             from audit_events where id = (select event_id from audit_chain where seq = 2)",
            |_| Broken::Added(Uuid::from_u128(1)),
        ),
        row(
            "a row with a time of last week added behind the sealed",
            "insert into audit_events (id, at, act, outcome, principal, request_id) \
             select '00000000-0000-0000-0000-000000000001', at - interval '7 days', act, outcome, principal, request_id \
             from audit_events where id = (select event_id from audit_chain where seq = 2)",
            |_| Broken::Time(Uuid::from_u128(1)),
        ),
        row(
            "the last head changed",
            "update audit_heads set hash = '\\x00' where last_seq = (select max(last_seq) from audit_heads)",
            |p| Broken::Head(*p.heads.last().unwrap()),
        ),
        row(
            "the time of a head changed",
            "update audit_heads set sealed_at = sealed_at + interval '1 second' where last_seq = (select min(last_seq) from audit_heads)",
            |p| Broken::Forged(p.heads[0]),
        ),
        row(
            "the last head removed from the database",
            "delete from audit_heads where last_seq = (select max(last_seq) from audit_heads)",
            |p| Broken::Headless(p.heads[p.heads.len() - 2]),
        ),
        row(
            "a head removed from between others",
            "delete from audit_heads where last_seq = (select min(last_seq) from audit_heads)",
            |p| Broken::Forged(p.heads[1]),
        ),
        row(
            "the links of the last batch removed, the head left",
            "delete from audit_chain where seq > (select min(last_seq) from audit_heads)",
            |p| Broken::Gap(p.heads[0] + 1),
        ),
        row(
            "the end cut off, and the database made to agree with itself",
            "create temp table kept on commit drop as select min(last_seq) as seq from audit_heads; \
             delete from audit_events where id in (select event_id from audit_chain, kept where audit_chain.seq > kept.seq); \
             delete from audit_events where id not in (select event_id from audit_chain); \
             delete from audit_chain using kept where audit_chain.seq > kept.seq; \
             delete from audit_heads using kept where last_seq > kept.seq",
            |p| Broken::FileOnly(p.heads[1]),
        ),
        row(
            "everything gone",
            "delete from audit_events; delete from audit_chain; delete from audit_heads",
            |p| Broken::FileOnly(p.heads[0]),
        ),
        anew(
            "the chain made anew from a row on, with heads and file to match",
            "FIRST CHAIN_ANEW",
            |p| Broken::Forged(p.heads[0]),
        ),
        anew(
            "the same with signatures of somebody who lacks the keys",
            "FIRST CHAIN_ANEW update audit_heads set signature = sha256(hash);",
            |p| Broken::Forged(p.heads[0]),
        ),
        anew(
            "the same with a key that no key ring holds",
            "FIRST CHAIN_ANEW update audit_heads set key_id = 'ffffffff';",
            |p| Broken::UnknownKey(p.heads[0]),
        ),
        anew(
            "the same as if heads had never been signed",
            "FIRST CHAIN_ANEW update audit_heads set signature = null, key_id = null;",
            |p| Broken::Unsigned(p.heads[0]),
        ),
        anew(
            "the same with an adoption of somebody who lacks the keys",
            "FIRST CHAIN_ANEW update audit_heads set signature = null, key_id = null; \
             insert into audit_adoptions select last_seq, hash, now(), 'ffffffff', '\\x00'::bytea from audit_heads \
             order by last_seq desc limit 1",
            |p| Broken::Adoption(*p.heads.last().unwrap()),
        ),
        anew(
            "a head removed here and there",
            "delete from audit_heads where last_seq = (select min(last_seq) from audit_heads)",
            |p| Broken::Forged(p.heads[1]),
        ),
        file(
            "a head removed from the file",
            |lines| drop(lines.remove(1)),
            |p| Broken::FileLacks(p.heads[0]),
        ),
        file(
            "the file cut at a line, as an older copy is",
            |lines| drop(lines.pop()),
            |p| Broken::FileLacks(*p.heads.last().unwrap()),
        ),
        file(
            "the file cut to its title",
            |lines| lines.truncate(1),
            |p| Broken::FileLacks(p.heads[0]),
        ),
        file(
            "a line that is no head",
            |lines| lines.insert(1, "what is this".into()),
            |_| Broken::FileLine(2),
        ),
        file(
            "two lines in each other's place",
            |lines| lines.swap(1, 2),
            |p| Broken::FileLacks(p.heads[0]),
        ),
        file(
            "a hash changed in the file",
            |lines| lines[1] = lines[1].replacen(&lines[1][2..6], "0f0f", 1),
            |p| Broken::Head(p.heads[0]),
        ),
        file(
            "a signature changed in the file",
            |lines| {
                lines[1].pop();
                lines[1].push('x');
            },
            |p| Broken::Head(p.heads[0]),
        ),
        file(
            "a head added to the file",
            |lines| lines.push(lines[1].replacen(&lines[1][..1], "99", 1)),
            |_| Broken::FileOnly(99),
        ),
    ]
}

#[actix_web::test]
async fn every_kind_of_tampering_is_found_where_it_was_done() {
    let (app, heads) = sealed().await;
    let mut conn = app.owner();
    let kept = std::fs::read_to_string(&heads.0).unwrap();
    let lines: Vec<String> = kept.lines().map(str::to_owned).collect();
    let seq = |line: &String| line.split(' ').next().unwrap().parse().unwrap();
    let places = Places {
        heads: lines[1..].iter().map(seq).collect(),
        second: at(&mut conn, 2),
        third: at(&mut conn, 3),
    };
    assert!(places.heads.len() >= 2, "{kept}");
    for Tampering {
        what,
        database,
        file,
        found,
    } in tamperings()
    {
        let database = database
            .replace("FIRST", FIRST)
            .replace("CHAIN_ANEW", CHAIN_ANEW)
            .replace("CONTENT", chain::CONTENT);
        let mut lines = lines.clone();
        file(&mut lines);
        let tried = conn
            .transaction(|conn| {
                for table in [
                    "audit_events",
                    "audit_chain",
                    "audit_heads",
                    "audit_adoptions",
                ] {
                    conn.batch_execute(&format!("alter table {table} disable trigger all"))?;
                }
                if !database.is_empty() {
                    conn.batch_execute(&database)?;
                }
                if lines.last().unwrap() == "ANEW" {
                    lines.truncate(1);
                    lines.extend(lines_of(conn));
                }
                std::fs::write(&heads.0, lines.join("\n") + "\n").unwrap();
                // As an error, so that it is as if it had never been.
                Err::<(), _>(Tried(verify(&app, conn, Some(&heads))))
            })
            .unwrap_err();
        assert_eq!(tried.0.broken, Some(found(&places)), "{what}");
    }
    std::fs::write(&heads.0, &kept).unwrap();
    assert_eq!(verify(&app, &mut conn, Some(&heads)).broken, None);

    std::fs::write(&heads.0, &kept[..kept.len() - 20]).unwrap();
    let cut = verify(&app, &mut conn, Some(&heads)).broken;
    assert_eq!(cut, Some(Broken::FileLine(lines.len())), "cut in a line");
    std::fs::write(&heads.0, b"# \xff\xfe\n").unwrap();
    let no_text = verify(&app, &mut conn, Some(&heads)).broken;
    assert_eq!(no_text, Some(Broken::FileUnreadable));
    std::fs::write(&heads.0, "").unwrap();
    let empty = verify(&app, &mut conn, Some(&heads)).broken;
    assert_eq!(empty, Some(Broken::FileEmpty));
    std::fs::remove_file(&heads.0).unwrap();
    let missing = verify(&app, &mut conn, Some(&heads)).broken;
    assert_eq!(missing, Some(Broken::FileMissing));
    let others = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
    let against = Against {
        keys: &others,
        file: None,
        now: app.now(),
    };
    let found = verify::verify(&mut conn, against).unwrap().broken;
    assert_eq!(
        found,
        Some(Broken::UnknownKey(places.heads[0])),
        "other keys"
    );
}

/// The lines that the heads of the database would have.
fn lines_of(conn: &mut PgConnection) -> Vec<String> {
    #[derive(Row)]
    struct Line {
        line: String,
    }
    let lines: Vec<Line> = sql("select concat_ws(' ', last_seq, encode(hash, 'hex'), \
           to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00'), key_id, \
           encode(signature, 'hex')) as line from audit_heads order by last_seq")
    .load(conn)
    .unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

/// What was found in a transaction that is to be rolled back.
#[derive(Debug)]
struct Tried(Verdict);

impl From<diesel::result::Error> for Tried {
    fn from(error: diesel::result::Error) -> Self {
        panic!("{error}")
    }
}

/// Commits this behind the service's back.
fn behind(app: &TestApp, text: &str) {
    let mut conn = app.owner();
    conn.transaction(|conn| {
        for table in [
            "audit_events",
            "audit_chain",
            "audit_heads",
            "audit_adoptions",
        ] {
            conn.batch_execute(&format!("alter table {table} disable trigger all"))?;
        }
        conn.batch_execute(text)?;
        for table in [
            "audit_events",
            "audit_chain",
            "audit_heads",
            "audit_adoptions",
        ] {
            conn.batch_execute(&format!("alter table {table} enable trigger all"))?;
        }
        diesel::QueryResult::Ok(())
    })
    .unwrap();
}

#[actix_web::test]
async fn a_new_installation_is_told_apart_from_one_whose_heads_were_taken_away() {
    let app = TestApp::new().await;
    let heads = Heads::new();
    assert_eq!(verify(&app, &mut app.owner(), Some(&heads)).broken, None);
    event(&app.parts.db);
    assert_eq!(verify(&app, &mut app.owner(), Some(&heads)).broken, None);
    // A service would have sealed it long ago.
    let later = Against {
        keys: &app.keys,
        file: Some(&heads.0),
        now: app.now() + TimeDelta::hours(1),
    };
    let found = verify::verify(&mut app.owner(), later).unwrap();
    assert_eq!(found.broken, Some(Broken::NeverSealed));
    seal_all(&app, &heads, 1);
    std::fs::remove_file(&heads.0).unwrap();
    let gone = verify(&app, &mut app.owner(), Some(&heads)).broken;
    assert_eq!(gone, Some(Broken::FileMissing));
    // A service that runs does not hide it.
    event(&app.parts.db);
    let refused = (0..200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        chain::seal(&app.parts.db, Some(&heads.0)).err()
    });
    assert!(refused.is_some() && !heads.0.exists());
}

#[actix_web::test]
async fn a_row_whose_time_lies_far_from_its_neighbours_is_found_and_can_be_vouched_for() {
    for shift in [TimeDelta::hours(-1), TimeDelta::hours(1)] {
        let (app, heads) = sealed().await;
        app.parts.db.clock().shift(shift);
        (0..2).for_each(|_| event(&app.parts.db));
        app.parts.db.clock().shift(-shift);
        event(&app.parts.db);
        let verdict = seal_to(&app, &heads, 9);
        assert!(
            matches!(verdict.broken, Some(Broken::Time(_))),
            "{verdict:?}"
        );
        let done = adopt(&app, &heads).unwrap();
        assert!(done.astray >= 2 && done.unsigned == 0, "{done:?}");
        assert_eq!(verify(&app, &mut app.owner(), Some(&heads)).broken, None);
    }
}

fn adopt(app: &TestApp, heads: &Heads) -> Result<Adopted, Verdict> {
    let against = Against {
        keys: &app.keys,
        file: Some(&heads.0),
        now: app.now(),
    };
    adopt::adopt(&app.parts.db, &mut app.owner(), against).unwrap()
}

#[actix_web::test]
async fn heads_from_before_they_were_signed_are_adopted_and_signatures_are_not_taken_off_again() {
    let (app, heads) = sealed().await;
    behind(
        &app,
        "update audit_heads set key_id = null, signature = null",
    );
    let kept = std::fs::read_to_string(&heads.0).unwrap();
    let old: Vec<_> = kept
        .lines()
        .skip(1)
        .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ") + "\n")
        .collect();
    std::fs::write(&heads.0, old.concat()).unwrap();
    let found = || verify(&app, &mut app.owner(), Some(&heads)).broken;
    assert!(matches!(found(), Some(Broken::Unsigned(_))));
    // The service goes on above them; that vouches for nothing below.
    event(&app.parts.db);
    seal_to(&app, &heads, 8);
    assert!(matches!(found(), Some(Broken::Unsigned(_))));
    let done = adopt(&app, &heads).unwrap();
    assert!(
        done.unsigned >= 2 && done.astray == 0 && !done.file_anew,
        "{done:?}"
    );
    assert_eq!(found(), None);
    event(&app.parts.db);
    seal_to(&app, &heads, 11);
    assert_eq!(found(), None);

    behind(
        &app,
        "update audit_heads set key_id = null, signature = null \
         where last_seq > (select last_seq from audit_adoptions)",
    );
    assert!(matches!(found(), Some(Broken::Unsigned(_))));
    assert!(adopt(&app, &heads).is_err(), "signatures were taken off");
    // Nothing is built on a head that somebody without the keys has put there.
    event(&app.parts.db);
    let refused = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        chain::seal(&app.parts.db, None).is_err()
    });
    assert!(refused);
}

#[actix_web::test]
async fn a_file_that_lacks_heads_is_completed_by_the_service_and_a_lost_one_by_an_operator() {
    let (app, heads) = sealed().await;
    let kept = std::fs::read_to_string(&heads.0).unwrap();
    // The power went as the last line was written.
    std::fs::write(&heads.0, &kept[..kept.len() - 20]).unwrap();
    event(&app.parts.db);
    let verdict = seal_all(&app, &heads, 8);
    assert_eq!(verdict.broken, None);
    assert!(
        std::fs::read_to_string(&heads.0)
            .unwrap()
            .starts_with(&kept)
    );
    // A file of somewhere else is left as it is.
    let other = "# other\n1 00 2026-01-01T00:00:00+00:00\n";
    std::fs::write(&heads.0, other).unwrap();
    event(&app.parts.db);
    let refused = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        chain::seal(&app.parts.db, Some(&heads.0)).is_err()
    });
    assert!(refused);
    assert_eq!(std::fs::read_to_string(&heads.0).unwrap(), other);
    let done = adopt(&app, &heads).unwrap();
    assert!(done.file_anew && done.unsigned == 0, "{done:?}");
    assert_eq!(verify(&app, &mut app.owner(), Some(&heads)).broken, None);
    let beside = heads.0.parent().unwrap().read_dir().unwrap().flatten();
    let name = heads.0.file_name().unwrap().to_str().unwrap();
    let copies: Vec<_> = beside
        .filter(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|n| n.starts_with(name) && n != name)
        })
        .collect();
    assert_eq!(copies.len(), 1, "the old file is kept");
    assert_eq!(std::fs::read_to_string(copies[0].path()).unwrap(), other);
    std::fs::remove_file(copies[0].path()).unwrap();
}

#[actix_web::test]
async fn heads_hold_after_the_master_key_was_exchanged() {
    let text = KeyRing::new_file(true).unwrap();
    let db = TestDb::create();
    let name = db.name.clone();
    let ring = |text: &str| KeyRing::parse(text).unwrap();
    let (clock, limits) = (Clock::system, Limits::default);
    let app = TestApp::on(db, clock(), limits(), ring(&text)).await;
    let heads = Heads::new();
    (0..3).for_each(|_| event(&app.parts.db));
    seal_all(&app, &heads, 3);
    let rotated = KeyRing::add_master(&text).unwrap();
    let again = TestApp::on(TestDb { name }, clock(), limits(), ring(&rotated)).await;
    event(&again.parts.db);
    assert_eq!(seal_all(&again, &heads, 5).broken, None);
    let ids: std::collections::BTreeSet<_> = std::fs::read_to_string(&heads.0)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line.split(' ').nth(3).unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    std::mem::forget(again.db);
}

#[actix_web::test]
async fn two_sealers_at_once_leave_one_whole_chain() {
    let app = TestApp::new().await;
    let heads = [Heads::new(), Heads::new()];
    (0..40).for_each(|_| event(&app.parts.db));
    // The second server has a file from before its first start.
    for heads in &heads {
        adopt(&app, heads).unwrap();
    }
    std::thread::scope(|scope| {
        for heads in &heads {
            let db = app.parts.db.clone();
            scope.spawn(move || {
                for _ in 0..20 {
                    event(&db);
                    // The second to want the same place fails, and comes back in the next round.
                    let _ = chain::seal(&db, Some(&heads.0));
                }
            });
        }
    });
    seal_all(&app, &heads[0], 80);
    for heads in &heads {
        let sealed = verify(&app, &mut app.owner(), None).sealed;
        event(&app.parts.db);
        assert_eq!(seal_all(&app, heads, sealed + 1).broken, None);
    }
}

#[actix_web::test]
async fn destroying_a_cases_key_leaves_the_chain_whole() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let heads = Heads::new();
    let case = crate::database::case_in(&app, world.wcc);
    let sealed = kernel::crypto::DataKey::generate()
        .unwrap()
        .seal(
            kernel::crypto::SealPlace::new("audit_events", "detail", case),
            b"old and new",
        )
        .unwrap();
    app.parts
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
    let verdict = verify(&app, &mut app.owner(), Some(&heads));
    assert_eq!(verdict.broken, None);
}

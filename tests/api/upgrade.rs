//! A database with rows in it is carried over by the migrations that came after it.
//!
//! Each test goes back to the schema before a step, puts rows there as that schema holds them, and
//! migrates up again.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel_migrations::MigrationHarness;
use toldonce::install;

use crate::support::TestDb;

/// The last step of the release whose rows these tests start from.
const BEFORE: &str = "0027";

/// A database on the schema as it stood after `BEFORE`, and the owner's connection to it.
fn old_database() -> (TestDb, PgConnection) {
    let db = TestDb::create();
    let mut owner = db.owner();
    let newest = |owner: &mut PgConnection| {
        let applied = owner.applied_migrations().unwrap();
        applied.first().map(ToString::to_string).unwrap_or_default()
    };
    while newest(&mut owner).as_str() > BEFORE {
        owner.revert_last_migration(install::MIGRATIONS).unwrap();
    }
    assert_eq!(newest(&mut owner), BEFORE);
    (db, owner)
}

#[test]
fn a_database_of_the_release_before_is_brought_up_to_date() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into maracs (id, code, name, created_at) \
             values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    install::check_migrated(&mut owner).unwrap();
}

#[test]
fn sessions_and_clients_of_the_release_before_go_on() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into agencies (id, name, kind, created_at) \
             values ('01900000-0000-7000-8000-000000000002', 'Police', 'police', now()); \
             insert into users (id, agency_id, email, name, created_at) values \
             ('01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000002', \
              'a@police.example', 'A', now()); \
             insert into sessions (id, user_id, password_at, expires_at, created_at) values \
             ('01900000-0000-7000-8000-000000000004', '01900000-0000-7000-8000-000000000003', now(), \
              now() + interval '1 hour', now()); \
             insert into api_clients (id, agency_id, name, secret_hash, rights, created_by, created_at) values \
             ('01900000-0000-7000-8000-000000000005', '01900000-0000-7000-8000-000000000002', 'system', \
              '\\x00', '{}', '01900000-0000-7000-8000-000000000003', now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let held = toldonce::db::sql(
        "select from sessions s, api_clients c where s.network is null and s.revoked_at is null \
         and c.secret_version = 1",
    );
    assert_eq!(held.execute(&mut owner).unwrap(), 1);
}

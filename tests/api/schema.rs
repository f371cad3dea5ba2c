//! What the migrations made is what the rules of migrations/README.md ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel_migrations::MigrationHarness;
use kernel::sql::{Row, sql};
use toldonce::install::{self, InstallError};

use crate::source::vocabularies;
use crate::support::{TestDb, owner_binaries};

/// CHECK lists that no `vocabulary!` mirrors, as `table.column`. This list may only shrink.
const NO_VOCABULARY: &[&str] = &["audit_events.principal", "sessions.revoked_because"];

#[derive(Row)]
struct Text {
    text: String,
}

/// One column of text rows.
fn texts(conn: &mut PgConnection, query: &'static str) -> Vec<String> {
    let rows: Vec<Text> = sql(query).load(conn).unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

#[derive(Row)]
struct Check {
    of: String,
    definition: String,
}

#[test]
fn every_list_of_values_in_a_check_is_a_vocabulary_of_the_program() {
    let known: Vec<(String, BTreeSet<String>)> = vocabularies()
        .into_iter()
        .map(|(name, values)| (name, values.into_iter().collect()))
        .collect();
    let checks: Vec<Check> = sql(
        "select r.relname || '.' || a.attname as of, pg_get_constraintdef(c.oid) as definition \
         from pg_constraint c join pg_class r on r.oid = c.conrelid \
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] \
         where c.contype = 'c' and r.relnamespace = 'public'::regnamespace \
           and cardinality(c.conkey) = 1 \
           and pg_get_constraintdef(c.oid) ~ '^CHECK \\(\\(\\w+ = ANY \\(ARRAY\\[' \
         order by 1",
    )
    .load(&mut TestDb::create().owner())
    .unwrap();
    assert!(checks.len() > 30, "{}", checks.len());
    let mut unmirrored = BTreeSet::new();
    for check in &checks {
        let values: BTreeSet<String> = check
            .definition
            .split('\'')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        if !known.iter().any(|(_, of_name)| *of_name == values) {
            unmirrored.insert(check.of.clone());
        }
    }
    let listed: BTreeSet<String> = NO_VOCABULARY.iter().map(|of| (*of).to_owned()).collect();
    assert_eq!(
        unmirrored, listed,
        "left: found now; right: the list of exceptions"
    );
}

#[test]
fn every_foreign_key_is_indexed() {
    let bare = texts(
        &mut TestDb::create().owner(),
        "select c.conrelid::regclass || '.' || a.attname as text from pg_constraint c \
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] \
         where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists ( \
           select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] \
             and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = \
                  '(' || a.attname || ' IS NOT NULL)')) order by 1",
    );
    // Files at intake are reached by their referrals; sessions that ended are looked up by nobody.
    assert_eq!(bare, ["cases.marac_id", "sessions.user_id"]);
}

#[test]
fn every_moment_carries_its_zone() {
    let naive = texts(
        &mut TestDb::create().owner(),
        "select table_name || '.' || column_name as text from information_schema.columns \
         where table_schema = 'public' and table_name <> '__diesel_schema_migrations' \
         and data_type in ('timestamp without time zone', 'time without time zone')",
    );
    assert_eq!(naive, Vec::<String>::new());
}

#[test]
fn nothing_is_a_json_heap_or_a_database_enum() {
    let found = texts(
        &mut TestDb::create().owner(),
        "select table_name || '.' || column_name as text from information_schema.columns \
         where table_schema = 'public' and (data_type in ('json', 'jsonb') \
           or udt_name in (select typname from pg_type where typtype = 'e')) order by 1",
    );
    assert_eq!(found, ["maracs.settings"]);
}

#[test]
fn every_table_of_a_case_names_its_marac_and_has_the_second_lock() {
    let unlocked = texts(
        &mut TestDb::create().owner(),
        "select t.relname::text as text from pg_class t \
         where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace \
           and exists (select from pg_attribute a where a.attrelid = t.oid \
             and a.attname in ('case_id', 'marac_id') and not a.attisdropped) \
           and not (t.relrowsecurity \
             and exists (select from pg_policy p where p.polrelid = t.oid and p.polname = 'second_lock') \
             and not exists (select from pg_attribute a where a.attrelid = t.oid \
               and a.attname in ('case_id', 'marac_id') and not a.attnotnull) \
             and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'marac_id')) \
         order by 1",
    );
    // Events and notices need belong to no case; who sits in which MARAC, or is to, is read before anybody
    // is known, and by administrators, who sit in none.
    assert_eq!(
        unlocked,
        [
            "audit_events",
            "marac_agencies",
            "notifications",
            "pending_grants",
            "role_grants"
        ]
    );
    let lock = texts(
        &mut TestDb::create().owner(),
        "select relname::text as text from pg_class where relname in ('cases', 'audit_events', \
         'notifications') and relrowsecurity order by 1",
    );
    assert_eq!(lock, ["audit_events", "cases", "notifications"]);
}

#[test]
fn the_applications_role_owns_nothing_bypasses_nothing_and_makes_nothing() {
    let db = TestDb::create();
    let mut app = PgConnection::establish(&db.app_url()).unwrap();
    install::check_role(&mut app).unwrap();
    for statement in [
        "create table mine (id int)",
        "create function mine() returns int language sql as 'select 1'",
        "alter table cases disable row level security",
        "drop policy second_lock on cases",
        "set role toldonce_match",
        "update installation set demonstration = true",
        "delete from cases",
        "truncate sessions",
        "delete from __diesel_schema_migrations",
    ] {
        let error = app
            .batch_execute(statement)
            .expect_err(statement)
            .to_string();
        let refused = ["permission denied", "must be owner"];
        assert!(
            refused.iter().any(|text| error.contains(text)),
            "{statement}: {error}"
        );
    }
    let mut owner = db.owner();
    let refusal = install::check_role(&mut owner).unwrap_err();
    assert!(matches!(refusal, InstallError::StrongRole), "{refusal}");
}

#[test]
fn the_audit_can_only_be_added_to() {
    let db = TestDb::create();
    let mut app = PgConnection::establish(&db.app_url()).unwrap();
    let mut owner = db.owner();
    for table in [
        "audit_events",
        "audit_chain",
        "audit_heads",
        "audit_adoptions",
        "action_events",
        "action_changes",
    ] {
        let by_app = ["delete from", "truncate"].map(|verb| format!("{verb} {table}"));
        let key = if ["audit_heads", "audit_adoptions"].contains(&table) {
            "hash"
        } else {
            "ctid"
        };
        let update = format!("update {table} set {key} = {key}");
        for statement in by_app.iter().chain([&update]) {
            let error = app
                .batch_execute(statement)
                .expect_err(statement)
                .to_string();
            assert!(
                error.contains("permission denied") || error.contains("system column"),
                "{statement}: {error}"
            );
        }
    }
    for (table, column) in [
        ("audit_events", "act"),
        ("audit_chain", "hash"),
        ("audit_heads", "hash"),
        ("audit_adoptions", "hash"),
    ] {
        for statement in [
            format!("update {table} set {column} = {column}"),
            format!("delete from {table}"),
            format!("truncate {table} cascade"),
        ] {
            let error = owner
                .batch_execute(&statement)
                .expect_err(&statement)
                .to_string();
            assert!(error.contains("never changed"), "{statement}: {error}");
            let error = app
                .batch_execute(&statement)
                .expect_err(&statement)
                .to_string();
            assert!(error.contains("permission denied"), "{statement}: {error}");
        }
    }
}

#[test]
fn migrations_go_down_and_up_again_to_the_same_schema() {
    let db = TestDb::create();
    let mut conn = db.owner();
    let before = dump(&db);
    conn.revert_all_migrations(install::MIGRATIONS).unwrap();
    let left = texts(
        &mut conn,
        "select relname::text as text from pg_class where relnamespace = 'public'::regnamespace \
         and relname not like '%diesel%' union all select proname::text from pg_proc \
         where pronamespace = 'public'::regnamespace",
    );
    assert_eq!(left, Vec::<String>::new());
    let pending = install::check_migrated(&mut conn).unwrap_err();
    assert!(matches!(pending, InstallError::Pending), "{pending}");
    install::migrate(&mut conn).unwrap();
    install::check_migrated(&mut conn).unwrap();
    let after = dump(&db);
    assert!(before.len() > 10_000);
    let differing: Vec<_> = before
        .lines()
        .zip(after.lines())
        .filter(|(before, after)| before != after)
        .take(5)
        .collect();
    assert!(before == after, "{differing:#?}");
}

/// Tables, functions, policies and rights as the migrations and the functions make them: a change of any of them
/// is read as a diff. `UPDATE_SCHEMA=1` writes the file anew.
#[test]
fn the_committed_schema_is_the_one_that_migrate_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/schema.sql");
    let text = plain(&dump(&TestDb::create()));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = kept.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(
        kept == text,
        "migrations/schema.sql is not what migrate makes: {differing:?}; run with UPDATE_SCHEMA=1 and read \
         the diff"
    );
}

/// What clients of every version write alike: no settings, headings or owners.
fn plain(dump: &str) -> String {
    let mut text = String::new();
    // What ends the body of the function that is being read.
    let mut body: Option<String> = None;
    for line in dump.lines() {
        let of_the_owner = line.starts_with("ALTER ")
            && line.contains(" OWNER TO ")
            && !line.contains(" OWNER TO toldonce_");
        let of_the_client = line.is_empty()
            || of_the_owner
            || ["--", "SET ", "SELECT pg_catalog.set_config"]
                .iter()
                .any(|start| line.starts_with(start));
        if body.is_some() || !of_the_client {
            text += line;
            text += "\n";
        } else if line.starts_with("-- Name: ") && !text.is_empty() {
            text += "\n";
        }
        let opened = line.trim_start().strip_prefix("AS $");
        let opened = opened.and_then(|rest| rest.split_once('$'));
        match (&body, opened) {
            (Some(end), _) if line.contains(end.as_str()) => body = None,
            (None, Some((name, rest))) => {
                body = Some(format!("${name}$")).filter(|end| !rest.contains(end.as_str()));
            }
            _ => {}
        }
    }
    text
}

#[test]
fn every_file_of_functions_is_applied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/functions");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut applied: Vec<_> = install::FUNCTIONS
        .iter()
        .map(|(name, _)| format!("{name}.sql"))
        .collect();
    applied.sort();
    assert_eq!(files, applied);
}

fn is_refused(app: &mut PgConnection) -> bool {
    match install::check_migrated(app) {
        Ok(()) => false,
        Err(InstallError::Pending) => true,
        Err(other) => panic!("{other}"),
    }
}

/// As a newer program, or an older one, leaves it: functions, a trigger and a row that this one does not have.
fn apply_others(owner: &mut PgConnection, digest: &str, program: &str) {
    owner
        .batch_execute(&format!(
            "create function of_another() returns trigger language plpgsql as 'begin return null; end'; \
             create trigger of_another after insert on persons execute function of_another(); \
             create or replace function rests(p_status text) returns boolean language sql immutable \
               set search_path = public as 'select false'; \
             insert into applied_functions (digest, program) values ('{digest}', '{program}')"
        ))
        .unwrap();
}

#[test]
fn functions_of_another_program_make_way_for_this_ones() {
    let db = TestDb::create();
    let (mut owner, mut app) = (db.owner(), PgConnection::establish(&db.app_url()).unwrap());
    let made = dump(&db);
    install::check_migrated(&mut app).unwrap();
    // An older program's are in the database, and this one's never were.
    owner
        .batch_execute("delete from applied_functions")
        .unwrap();
    apply_others(&mut owner, "older", "0.0.1");
    assert!(is_refused(&mut app));
    install::migrate(&mut owner).unwrap();
    install::check_migrated(&mut app).unwrap();
    assert!(dump(&db) == made);
    // Another state of the same version, as while it is written.
    apply_others(&mut owner, "other", env!("CARGO_PKG_VERSION"));
    install::migrate(&mut owner).unwrap();
    assert!(dump(&db) == made);
    let known = texts(
        &mut owner,
        "select encode(digest, 'escape') as text from applied_functions \
         where digest in ('older', 'other')",
    );
    assert_eq!(known, ["older"]);
}

/// Servers are replaced one by one, and each may start again, and migrate again, before its turn.
#[test]
fn functions_of_a_newer_program_stay_and_this_one_runs_with_them() {
    let db = TestDb::create();
    let (mut owner, mut app) = (db.owner(), PgConnection::establish(&db.app_url()).unwrap());
    apply_others(&mut owner, "newer", "1000.0.0-rc.1");
    let newer = dump(&db);
    install::check_migrated(&mut app).unwrap();
    install::migrate(&mut owner).unwrap();
    install::check_migrated(&mut app).unwrap();
    assert!(dump(&db) == newer);
}

#[test]
fn several_programs_may_migrate_an_empty_database_at_once() {
    let db = TestDb::empty();
    let programs: Vec<_> = (0..4)
        .map(|_| {
            let mut conn = db.owner();
            std::thread::spawn(move || {
                install::migrate(&mut conn).map_err(|error| error.to_string())
            })
        })
        .collect();
    for program in programs {
        assert_eq!(program.join().unwrap(), Ok(()));
    }
    assert!(dump(&db) == dump(&TestDb::create()));
}

fn dump(db: &TestDb) -> String {
    let output = Command::new(owner_binaries().join("pg_dump"))
        .args(["--schema-only", "--dbname", &db.owner_url()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        // A key that newer programs make up for each dump.
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[derive(Row)]
struct Column {
    of: String,
    kind: String,
    nullable: bool,
}

#[test]
fn schema_rs_agrees_with_the_database() {
    let rows: Vec<Column> = sql(
        "select table_name || '.' || column_name as of, udt_name::text as kind, \
         is_nullable = 'YES' as nullable from information_schema.columns \
         where table_schema = 'public' and table_name <> '__diesel_schema_migrations'",
    )
    .load(&mut TestDb::create().owner())
    .unwrap();
    let made: BTreeMap<String, String> = rows
        .into_iter()
        .map(|row| {
            let kind = diesel_type(&row.kind);
            let kind = if row.nullable {
                format!("Nullable<{kind}>")
            } else {
                kind
            };
            (row.of, kind)
        })
        .collect();
    assert_eq!(declared(), made, "left: schema.rs; right: the database");
}

fn diesel_type(udt: &str) -> String {
    if let Some(of) = udt.strip_prefix('_') {
        return format!("Array<Nullable<{}>>", diesel_type(of));
    }
    let mut letters = udt.chars();
    let first = letters.next().unwrap().to_ascii_uppercase();
    format!("{first}{}", letters.as_str())
}

fn declared() -> BTreeMap<String, String> {
    let text = include_str!("../../crates/kernel/src/schema.rs");
    let mut columns = BTreeMap::new();
    let mut table = "";
    for line in text.lines() {
        let line = line.trim();
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name;
        } else if let Some((column, kind)) = line
            .strip_suffix(',')
            .and_then(|line| line.split_once(" -> "))
        {
            columns.insert(format!("{table}.{column}"), kind.to_owned());
        }
    }
    columns
}

#[test]
fn a_database_restored_on_a_younger_server_is_brought_to_where_it_was() {
    let db = TestDb::create();
    let mut owner = db.owner();
    let mut app = PgConnection::establish(&db.app_url()).unwrap();
    let clock = kernel::clock::Clock::system();
    install::check_order(&mut app, &clock).unwrap();
    owner
        .batch_execute(
            "insert into audit_events (id, txid, at, act, outcome, principal, request_id) \
             values (gen_random_uuid(), (pg_current_xact_id()::text::bigint + 20000)::text::xid8, now(), \
               'read_me', 'done', 'system', gen_random_uuid())",
        )
        .unwrap();
    let refusal = install::check_order(&mut app, &clock).unwrap_err();
    assert!(matches!(refusal, InstallError::Behind), "{refusal}");
    install::migrate(&mut owner).unwrap();
    install::check_order(&mut app, &clock).unwrap();
    install::migrate(&mut owner).unwrap();
}

//! Making a database ready: migrations, the application's login, whose keys open it, the first
//! administrator. Done by the owner's role, never by requests.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use kernel::clock::Clock;
use kernel::crypto::{KeyRing, hash_bytes};
use kernel::sql::Row;
use kernel::sql::{Sql, sql};

/// Every migration, in the binary.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/steps");

macro_rules! functions {
    ($($name:literal),+) => {
        &[$(($name, include_str!(concat!("../migrations/functions/", $name, ".sql")))),+]
    };
}

/// The database's functions and triggers, by file, as they are applied: a function of SQL comes after those it
/// calls.
pub const FUNCTIONS: &[(&str, &str)] = functions![
    "access",
    "actions",
    "audit",
    "circle",
    "cover",
    "damage",
    "exclusions",
    "housekeeping",
    "inheritance",
    "joining",
    "matching",
    "meetings",
    "minutes",
    "reports",
    "risk",
    "sign_in",
    "telling"
];

/// The application's login, member of `toldonce_app`, which holds its rights.
pub const APP_LOGIN: &str = "toldonce_web";

/// Why a database cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// The database failed.
    #[error("the database refused set-up: {0}")]
    Database(#[from] diesel::result::Error),
    /// Migrations or functions are missing.
    #[error("the database is not up to date: run `toldonce migrate`")]
    Pending,
    /// Restored on a server whose transaction numbers are behind.
    #[error(
        "this database was restored on a server that has counted fewer transactions than it \
         holds, so new entries would not follow the old ones: run `toldonce migrate`"
    )]
    Behind,
    /// The role could see past row-level security.
    #[error(
        "TOLDONCE_DATABASE_URL names a superuser or the owner, whom row-level security does not \
         bind: use the login that `toldonce migrate` makes"
    )]
    StrongRole,
    /// Sealed under other keys.
    #[error("these keys do not open this database: it was set up with another key file")]
    OtherKeys,
    /// Demonstration data or keys where the real thing is wanted.
    #[error("this is the demonstration's {0}: `toldonce serve` does not use it")]
    Demonstration(&'static str),
    /// Real data where the demonstration is wanted.
    #[error("this database is not a demonstration's: `toldonce demo` does not touch it")]
    NotDemonstration,
}

/// Brings the schema up to date.
pub fn migrate(conn: &mut PgConnection) -> Result<(), InstallError> {
    conn.batch_execute("set client_min_messages = warning")?;
    // Of two programs that migrate at once, the second waits and finds everything done. It asks again and
    // again: a statement that waits for the lock would itself be waited for by an index made concurrently.
    while !found(
        conn,
        sql("select pg_try_advisory_lock(4217403827) as found"),
    )? {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let migrated = bring_up(conn);
    let freed = conn.batch_execute("select pg_advisory_unlock(4217403827)");
    migrated?;
    Ok(freed?)
}

fn bring_up(conn: &mut PgConnection) -> Result<(), InstallError> {
    let stepped = conn
        .run_pending_migrations(MIGRATIONS)
        .map(|steps| !steps.is_empty())
        .map_err(|error| InstallError::Migration(error.to_string()))?;
    // So that the application can tell whether it is up to date.
    conn.batch_execute("grant select on __diesel_schema_migrations to toldonce_app")?;
    if stepped || !has_functions(conn)? {
        apply_functions(conn)?;
    }
    catch_up(conn)
}

/// What the functions of this program are known by.
fn functions_digest() -> Vec<u8> {
    let texts: Vec<&str> = FUNCTIONS.iter().map(|(_, text)| *text).collect();
    hash_bytes(texts.concat().as_bytes())
}

#[derive(Row)]
struct Found {
    found: bool,
}

fn found(conn: &mut PgConnection, query: Sql) -> Result<bool, InstallError> {
    let row: Found = query.get_result(conn)?;
    Ok(row.found)
}

/// Whether the functions in the database are this program's, or a newer program's, which leave room for it.
fn has_functions(conn: &mut PgConnection) -> Result<bool, InstallError> {
    let query = sql(
        "select coalesce((select digest = $1 or string_to_array(split_part(program, '-', 1), '.')::int[] \
           > string_to_array(split_part($2, '-', 1), '.')::int[] \
         from applied_functions order by number desc limit 1), false) as found",
    );
    found(
        conn,
        query
            .bind(functions_digest())
            .bind(env!("CARGO_PKG_VERSION")),
    )
}

/// Puts this program's functions and triggers in the place of those that are there, and removes what it does
/// not have. The rows of functions that came after these go with what they stand for.
fn apply_functions(conn: &mut PgConnection) -> Result<(), InstallError> {
    conn.transaction(|conn| {
        for (_, text) in FUNCTIONS {
            conn.batch_execute(text)?;
        }
        // What this transaction has not written is not in the files.
        conn.batch_execute(
            "do $$
             declare stale record;
             begin
               for stale in select t.tgname, t.tgrelid::regclass as of
                 from pg_trigger t join pg_class c on c.oid = t.tgrelid
                 where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
                   and t.xmin <> pg_current_xact_id()::xid
               loop
                 execute format('drop trigger %I on %s', stale.tgname, stale.of);
               end loop;
               for stale in select p.oid::regprocedure as name from pg_proc p
                 where p.pronamespace = 'public'::regnamespace and p.xmin <> pg_current_xact_id()::xid
                   and not exists (select from pg_depend d where d.deptype = 'e'
                     and d.classid = 'pg_proc'::regclass and d.objid = p.oid)
               loop
                 execute format('drop routine %s', stale.name);
               end loop;
             end $$",
        )?;
        sql(
            "delete from applied_functions \
             where number >= (select number from applied_functions where digest = $1)",
        )
        .bind(functions_digest())
        .execute(conn)?;
        sql("insert into applied_functions (digest, program) values ($1, $2)")
            .bind(functions_digest())
            .bind(env!("CARGO_PKG_VERSION"))
            .execute(conn)?;
        Ok(())
    })
}

/// Transaction numbers order the audit and the feed of changes, and `pg_dump` carries rows but not the
/// server's count. On a server that is behind, numbers are used up until new rows follow the old ones:
/// some hundred thousand a second.
fn catch_up(conn: &mut PgConnection) -> Result<(), InstallError> {
    // Alone in its batch: only so may the block commit.
    conn.batch_execute("set synchronous_commit = off")?;
    conn.batch_execute(
        "do $$
         declare newest xid8 := greatest((select max(txid) from audit_events),
                                         (select max(txid) from action_changes));
         begin
           while newest >= pg_current_xact_id() loop
             commit;
           end loop;
         end $$",
    )?;
    conn.batch_execute("reset synchronous_commit")?;
    Ok(())
}

#[derive(Row)]
struct Order {
    behind: bool,
}

/// Refuses a database that holds transaction numbers its server has yet to give out.
pub fn check_order(conn: &mut PgConnection, clock: &Clock) -> Result<(), InstallError> {
    let found: Order = conn.transaction(|conn| {
        sql("select load_system($1)")
            .bind(clock.now())
            .execute(conn)?;
        sql(
            "select coalesce(greatest((select max(txid) from audit_events), \
             (select max(txid) from action_changes)) >= pg_snapshot_xmax(pg_current_snapshot()), \
             false) as behind",
        )
        .get_result(conn)
    })?;
    match found.behind {
        true => Err(InstallError::Behind),
        false => Ok(()),
    }
}

#[derive(Row)]
struct Applied {
    version: String,
}

/// Refuses a database that lacks a migration or the functions of this program. One to which a newer program
/// has added is taken: its migrations and functions leave room for this one (migrations/README.md).
pub fn check_migrated(conn: &mut PgConnection) -> Result<(), InstallError> {
    let applied: Vec<Applied> = sql("select version from __diesel_schema_migrations")
        .load(conn)
        .map_err(|_| InstallError::Pending)?;
    let known = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map_err(|error| InstallError::Migration(error.to_string()))?;
    let is_there = |version: &str| applied.iter().any(|row| row.version == version);
    if !known
        .iter()
        .all(|migration| is_there(&migration.name().version().to_string()))
    {
        return Err(InstallError::Pending);
    }
    let functions = sql("select exists (select from applied_functions where digest = $1) as found");
    match found(conn, functions.bind(functions_digest()))? {
        true => Ok(()),
        false => Err(InstallError::Pending),
    }
}

#[derive(Row)]
struct Strength {
    strong: bool,
}

/// Refuses a role that row-level security does not bind: a superuser, one that bypasses it, or the
/// tables' owner.
pub fn check_role(conn: &mut PgConnection) -> Result<(), InstallError> {
    let found: Strength = sql(
        "select r.rolsuper or r.rolbypassrls or exists (select from pg_class c \
           where c.relnamespace = 'public'::regnamespace and c.relname = 'cases' \
           and pg_has_role(r.oid, c.relowner, 'usage')) as strong \
         from pg_roles r where r.rolname = current_user",
    )
    .get_result(conn)?;
    match found.strong {
        true => Err(InstallError::StrongRole),
        false => Ok(()),
    }
}

/// Makes or renews the application's login.
pub fn ensure_login(conn: &mut PgConnection, password: &str) -> Result<(), InstallError> {
    conn.transaction(|conn| {
        // Two programs that renew one role at once get in each other's way.
        conn.batch_execute("select pg_advisory_xact_lock(4217403828)")?;
        // DDL takes no binds: the server quotes the password itself.
        diesel::sql_query("select set_config('toldonce.new_password', $1, true)")
            .bind::<st::Text, _>(password)
            .execute(conn)?;
        conn.batch_execute(&format!(
            "do $$ begin
               if not exists (select from pg_roles where rolname = '{APP_LOGIN}') then
                 create role {APP_LOGIN} login in role toldonce_app;
               end if;
               execute format('alter role {APP_LOGIN} password %L', current_setting('toldonce.new_password'));
             end $$"
        ))
    })?;
    Ok(())
}

#[derive(Row)]
struct Installation {
    demonstration: bool,
    key_check: Vec<u8>,
}

/// Ties a new database to its keys and purpose, or checks that an old one fits them.
pub fn claim(
    conn: &mut PgConnection,
    keys: &KeyRing,
    clock: &Clock,
    demonstration: bool,
) -> Result<(), InstallError> {
    sql(
        "insert into installation (demonstration, key_check, created_at) values ($1, $2, $3) \
         on conflict do nothing",
    )
    .bind(demonstration)
    .bind(keys.check_value())
    .bind(clock.now())
    .execute(conn)?;
    check(conn, keys, demonstration)
}

/// Refuses a database of another purpose or under other keys.
pub fn check(
    conn: &mut PgConnection,
    keys: &KeyRing,
    demonstration: bool,
) -> Result<(), InstallError> {
    let found: Option<Installation> = sql("select demonstration, key_check from installation")
        .get_result(conn)
        .optional()?;
    let found = found.ok_or(InstallError::Pending)?;
    match (demonstration, found.demonstration) {
        (false, true) => return Err(InstallError::Demonstration("database")),
        (true, false) => return Err(InstallError::NotDemonstration),
        _ => {}
    }
    if !demonstration && keys.is_demonstration() {
        return Err(InstallError::Demonstration("key file"));
    }
    if found.key_check != keys.check_value() {
        return Err(InstallError::OtherKeys);
    }
    Ok(())
}

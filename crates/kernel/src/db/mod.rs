//! The only way to the database: one closure, one connection, one transaction, and no commit without
//! its audit row.
//!
//! `Db::run` loads the live actor first (account, agency, agreement, roles, closed cases), sets what
//! the visibility rule and row-level security read, and asks the policy. A refusal is recorded in a
//! transaction of its own.

mod books;
mod pool;
mod round;
mod sight;
mod sql;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use diesel::connection::TransactionManager;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use tokio::sync::Semaphore;

use crate::audit::{self, Audited, Event, Outcome};
use crate::caller::Caller;
use crate::clock::Clock;
use crate::crypto::KeyRing;
use crate::damage;
use crate::error::{Code, Error, Result};
use crate::policy::{self, Actor, Ask, Principal, Right, Role};

pub use pool::{PoolOptions, connect};
pub use round::nothing;
use sight::{Seen, Sight};
pub use sql::{Bind, Sql, sql};
pub use tx::Tx;

/// Transactions of AnsiTransactionManager, by its connection.
type Manager = <PgConnection as diesel::Connection>::TransactionManager;

/// The database as handlers see it.
#[derive(Clone)]
pub struct Db {
    pool: pool::Pool,
    url: pool::Url,
    clock: Clock,
    keys: KeyRing,
    statements: Arc<AtomicU64>,
    /// As many as there are connections.
    turns: Arc<Semaphore>,
}

impl Db {
    /// A pool on `url`, which must be the application's role.
    pub fn new(url: &str, options: PoolOptions, clock: Clock, keys: KeyRing) -> Result<Self> {
        let statements = Arc::new(AtomicU64::new(0));
        let url = pool::Url::new(url);
        let pool = pool::build(url.clone(), options, Arc::clone(&statements))?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(pool.size() as usize)),
            pool,
            url,
            clock,
            keys,
            statements,
        })
    }

    /// The database was started again and is to be found there from now on.
    pub fn moved_to(&self, url: &str) {
        self.url.set(url);
    }

    /// Statements sent so far, transaction control included.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Connections in use, and idle ones.
    pub fn connections(&self) -> (u32, u32) {
        self.pool.state()
    }

    /// The key ring.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Does `work` for a signed-in caller: live actor, permission, work, audit, commit.
    pub async fn run<T, F>(&self, caller: &Caller, ask: Ask, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<Audited<T>> + Send + 'static,
    {
        let (db, caller) = (self.clone(), caller.clone());
        self.blocking(move || db.run_blocking(&caller, ask, work))
            .await
    }

    /// Does `work` for a caller who is nobody yet: signing in, taking up an invitation.
    pub async fn run_public<T, F>(&self, ask: Ask, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<Audited<T>> + Send + 'static,
    {
        let db = self.clone();
        self.blocking(move || {
            db.attempt(&ask, Principal::Anonymous, |conn, now| {
                let actor = Actor::nobody(Principal::Anonymous);
                db.finish(conn, (actor, None), now, &ask, work)
            })
        })
        .await
    }

    /// Does `work` for the program itself: a command line or a job. Sees every MARAC.
    pub fn run_system<T>(
        &self,
        ask: Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
    ) -> Result<T> {
        self.attempt(&ask, Principal::System, |conn, now| {
            let _sight = sight::enter(sight::load_system(conn, now)?);
            let actor = Actor::nobody(Principal::System);
            self.finish(conn, (actor, None), now, &ask, work)
        })
    }

    /// `run`, on the thread it is called on.
    pub fn run_blocking<T>(
        &self,
        caller: &Caller,
        ask: Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
    ) -> Result<T> {
        self.attempt(&ask, caller.principal(), |conn, now| {
            let (actor, sight) = live_actor(conn, caller, now)?;
            policy::may(&actor, ask.act, now)?;
            let _sight = sight::enter(sight);
            self.finish(conn, (actor, Some(caller)), now, &ask, work)
        })
    }

    /// Whether the database answers, for readiness.
    pub async fn ping(&self) -> Result<()> {
        let db = self.clone();
        let ask = |conn: &mut PgConnection, _| Ok(sql("select 1").execute(conn)?);
        self.blocking(move || db.keep_books(ask).map(drop)).await
    }

    /// Work off the worker threads, once a connection will be there for it: requests wait their turn as
    /// futures, not as threads that wait for the pool.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.pool.timeout(), turn).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Error::Pool);
        };
        let request = crate::telemetry::request_id();
        let span = tracing::Span::current();
        let done = actix_web::web::block(move || {
            let _turn = turn;
            let _entered = span.entered();
            damage::taken_last();
            let result = crate::telemetry::with_request_id(request, work);
            (result, damage::taken_last())
        });
        let lost = |_| Error::Internal("a worker thread was lost");
        let (result, damaged) = done.await.map_err(lost)?;
        damage::told(damaged);
        result
    }

    /// One transaction; if it is refused, one more for the refusal.
    fn attempt<T>(
        &self,
        ask: &Ask,
        principal: Principal,
        work: impl FnOnce(&mut PgConnection, DateTime<Utc>) -> Result<T>,
    ) -> Result<T> {
        let now = self.clock.now();
        let mut conn = self.begin()?;
        let result = work(&mut conn, now).and_then(|value| {
            Manager::commit_transaction(&mut **conn)?;
            Ok(value)
        });
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if Manager::rollback_transaction(&mut **conn).is_err() {
            conn.mark_broken();
            return Err(error);
        }
        // What strangers are refused is counted and thinned by `auth::failures`.
        let recorded = Outcome::of_refusal(&error).filter(|_| principal != Principal::Anonymous);
        if let Some(outcome) = recorded {
            let event = Event::refused(ask, outcome);
            conn.transaction(|conn| audit::record(conn, ask, &principal, None, now, &event))?;
        }
        Err(error)
    }

    /// Does the work and records it.
    fn finish<T>(
        &self,
        conn: &mut PgConnection,
        (actor, caller): (Actor, Option<&Caller>),
        now: DateTime<Utc>,
        ask: &Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
    ) -> Result<T> {
        let mut tx = Tx {
            conn,
            actor,
            now,
            keys: self.keys.clone(),
            clock: &self.clock,
            caller: caller.map(|caller| (caller, ask.act)),
        };
        let _watch = damage::watch();
        let (value, events) = work(&mut tx)?.into_parts();
        damage::record(tx.conn, tx.now)?;
        let agency = Some(tx.actor.agency_id);
        audit::record_all(tx.conn, ask, &tx.actor.principal, agency, tx.now, &events)?;
        Ok(value)
    }

    /// A connection with a transaction open. Connections are not tested when they are handed out, so
    /// one that died with a restarted server shows here, and another takes its place.
    fn begin(&self) -> Result<pool::Pooled> {
        for _ in 0..=self.pool.size() {
            let mut conn = self.pool.get()?;
            match Manager::begin_transaction(&mut **conn) {
                Ok(()) => return Ok(conn),
                Err(_) => conn.mark_broken(),
            }
        }
        Err(Error::Pool)
    }
}

#[derive(QueryableByName)]
struct ActorRow {
    #[diesel(embed)]
    seen: Seen,
    #[diesel(sql_type = st::Bool)]
    actor_known: bool,
    #[diesel(sql_type = st::Bool)]
    administrator: bool,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    password_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Array<st::Text>)]
    rights: Vec<String>,
    #[diesel(sql_type = st::Array<st::Text>)]
    roles: Vec<String>,
}

fn live_actor(
    conn: &mut PgConnection,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<(Actor, Sight)> {
    let (user, session, client, actor_ref, secret) = match caller {
        Caller::User {
            user_id,
            session_id,
        } => (Some(*user_id), Some(*session_id), None, None, None),
        Caller::Client {
            client_id,
            secret_version,
            actor_ref,
        } => (
            None,
            None,
            Some(*client_id),
            actor_ref.clone(),
            Some(*secret_version),
        ),
    };
    let found: Option<ActorRow> = sql(
        "select user_id, actor_id, actor_known, agency_id, administrator, password_at, rights, \
         marac_ids, roles, staff, idva, rep, closed from live_actor($1, $2, $3, $4, $5) \
         where agency_id is not null and ($3::uuid is null or exists (select from api_clients c \
           where c.id = $3 and c.secret_version = $6))",
    )
    .bind(user)
    .bind(session)
    .bind(client)
    .bind(actor_ref)
    .bind(now)
    .bind(secret)
    .get_result(conn)
    .optional()?;
    let Some((row, agency_id)) = found.and_then(|row| row.seen.agency_id.map(|id| (row, id)))
    else {
        return Err(Code::Unauthenticated.into());
    };
    if !row.actor_known {
        return Err(Code::ActorUnknown.into());
    }
    let principal = match caller {
        Caller::User {
            user_id,
            session_id,
        } => Principal::User {
            id: *user_id,
            session_id: *session_id,
        },
        Caller::Client { client_id, .. } => Principal::Client {
            id: *client_id,
            actor_id: row.seen.actor_id,
            user_id: row.seen.user_id,
        },
    };
    let held = row.seen.marac_ids.iter().copied().zip(&row.roles);
    let roles = held.filter_map(|(marac, role)| Some((marac, Role::parse(role)?)));
    let rights = row.rights.iter();
    let actor = Actor {
        principal,
        agency_id,
        administrator: row.administrator,
        password_at: row.password_at,
        rights: rights.filter_map(|right| Right::parse(right)).collect(),
        roles: roles.collect(),
    };
    Ok((actor, row.seen.at(now)))
}

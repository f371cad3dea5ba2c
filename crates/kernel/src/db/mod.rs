//! The only way to the database: one closure, one connection, one transaction, and no commit without
//! its audit row.
//!
//! `Db::run` loads the live actor first (account, agency, agreement, roles, closed cases), sets what
//! the visibility rule and row-level security read, and asks the policy. A refusal is recorded in a
//! transaction of its own.

mod books;
mod live;
mod pool;
mod round;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use diesel::connection::TransactionManager;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tokio::sync::Semaphore;

use crate::audit::{self, Audited, Event, Outcome};
use crate::caller::Caller;
use crate::clock::Clock;
use crate::crypto::KeyRing;
use crate::crypto::damage as unread;
use crate::damage;
use crate::error::{Error, Result};
use crate::policy::{self, Ask, Principal};

use live::Live;
pub use pool::{PoolOptions, connect};
pub use tx::{Locking, Tx};

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
                db.finish(conn, Live::nobody(), now, &ask, always(work))
            })
        })
        .await
        .and_then(done)
    }

    /// Does `work` for the program itself: a command line or a job. Sees every MARAC.
    pub fn run_system<T>(
        &self,
        ask: Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
    ) -> Result<T> {
        self.run_round(ask, always(work)).and_then(done)
    }

    /// `run_system`, for work that may find that there is nothing to do: then all of it is rolled back, and no event
    /// is left.
    pub fn run_round<T>(
        &self,
        ask: Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Option<Audited<T>>>,
    ) -> Result<Option<T>> {
        self.attempt(&ask, Principal::System, |conn, now| {
            let live = Live::program(conn, now)?;
            self.finish(conn, live, now, &ask, work)
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
            let live = Live::of(conn, caller, now)?;
            policy::may(&live.actor, ask.act, now)?;
            self.finish(conn, live, now, &ask, always(work))
        })
        .and_then(done)
    }

    /// Whether the database answers, for readiness.
    pub async fn ping(&self) -> Result<()> {
        let db = self.clone();
        let ask =
            |conn: &mut PgConnection, _| Ok(diesel::select(true.into_sql::<Bool>()).execute(conn)?);
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
        let request = crate::request_id::request_id();
        let span = tracing::Span::current();
        let done = actix_web::web::block(move || {
            let _turn = turn;
            let _entered = span.entered();
            unread::taken_last();
            let result = crate::request_id::with_request_id(request, work);
            (result, unread::taken_last())
        });
        let lost = |_| Error::Internal("a worker thread was lost");
        let (result, damaged) = done.await.map_err(lost)?;
        damage::told(damaged);
        result
    }

    /// One transaction, rolled back if there is nothing to do; if it is refused, one more for the refusal.
    fn attempt<T>(
        &self,
        ask: &Ask,
        principal: Principal,
        work: impl FnOnce(&mut PgConnection, DateTime<Utc>) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let now = self.clock.now();
        let mut conn = self.begin()?;
        let result = work(&mut conn, now).and_then(|found| {
            if found.is_some() {
                Manager::commit_transaction(&mut **conn)?;
            }
            Ok(found)
        });
        if let Ok(Some(_)) = result {
            return result;
        }
        if Manager::rollback_transaction(&mut **conn).is_err() {
            conn.mark_broken();
            return result;
        }
        let Err(error) = result else {
            return Ok(None);
        };
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
        live: Live<'_>,
        now: DateTime<Utc>,
        ask: &Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Option<Audited<T>>>,
    ) -> Result<Option<T>> {
        let mut tx = Tx {
            conn,
            actor: live.actor,
            now,
            keys: self.keys.clone(),
            clock: &self.clock,
            caller: live.caller.map(|caller| (caller, ask.act)),
            sight: live.sight.map(Arc::new),
        };
        let _watch = unread::watch();
        let Some(audited) = work(&mut tx)? else {
            return Ok(None);
        };
        let (value, events) = audited.into_parts();
        damage::record(tx.conn, tx.now)?;
        let agency = Some(tx.actor.agency_id);
        audit::record_all(tx.conn, ask, &tx.actor.principal, agency, tx.now, &events)?;
        Ok(Some(value))
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

/// Work that always has something to do.
fn always<T>(
    work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
) -> impl FnOnce(&mut Tx<'_>) -> Result<Option<Audited<T>>> {
    |tx| work(tx).map(Some)
}

/// What it did.
fn done<T>(found: Option<T>) -> Result<T> {
    found.ok_or(Error::Internal("work ended without its event"))
}

//! Connections. Checked when they are used, not when they are handed out: a ping per request costs
//! 13 to 40 % of its processor time (reference/database, section 5).

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use diesel::Connection;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{self, ConnectionManager, ManageConnection};

use crate::error::{Error, Result};

/// How many connections, and how long a request waits for one.
#[derive(Debug, Clone, Copy)]
pub struct PoolOptions {
    /// Connections at most.
    pub size: u32,
    /// Wait before the answer is 503.
    pub timeout: Duration,
}

/// A connection that can be declared broken, so that the pool replaces it.
pub struct Conn {
    pg: PgConnection,
    broken: bool,
}

impl Conn {
    /// Not to be handed out again.
    pub fn mark_broken(&mut self) {
        self.broken = true;
    }
}

impl Deref for Conn {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.pg
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.pg
    }
}

/// A statement is planned once per connection. Its plan must not hang on who asks first, and planning
/// anew for each caller's MARACs would cost more than any statement does.
const KEEP_PLANS: &str = "set plan_cache_mode = force_generic_plan";

/// Where the database is. An embedded one that was started again may listen elsewhere.
#[derive(Clone)]
pub struct Url(Arc<RwLock<String>>);

impl Url {
    pub fn new(url: &str) -> Self {
        Self(Arc::new(RwLock::new(url.to_owned())))
    }

    /// Connections made from now on go there.
    pub fn set(&self, url: &str) {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        url.clone_into(&mut now);
    }

    fn get(&self) -> String {
        let now = self.0.read().unwrap_or_else(PoisonError::into_inner);
        now.clone()
    }
}

pub struct ConnManager {
    url: Url,
    /// Says what is wrong with a connection.
    inner: ConnectionManager<PgConnection>,
    statements: Arc<AtomicU64>,
}

impl ManageConnection for ConnManager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> std::result::Result<Conn, r2d2::Error> {
        let made = PgConnection::establish(&self.url.get());
        let mut pg = made.map_err(r2d2::Error::ConnectionError)?;
        pg.batch_execute(KEEP_PLANS)
            .map_err(r2d2::Error::QueryError)?;
        let statements = Arc::clone(&self.statements);
        pg.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(Conn { pg, broken: false })
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), r2d2::Error> {
        self.inner.is_valid(&mut conn.pg)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.broken || self.inner.has_broken(&mut conn.pg)
    }
}

pub type Pooled = r2d2::PooledConnection<ConnManager>;

#[derive(Clone)]
pub struct Pool(r2d2::Pool<ConnManager>);

impl Pool {
    pub fn get(&self) -> Result<Pooled> {
        self.0.get().map_err(|_| Error::Pool)
    }

    /// Connections in use, and idle ones.
    pub fn state(&self) -> (u32, u32) {
        let state = self.0.state();
        let in_use = state.connections.saturating_sub(state.idle_connections);
        (in_use, state.idle_connections)
    }

    pub fn size(&self) -> u32 {
        self.0.max_size()
    }

    /// How long a request waits for a connection.
    pub fn timeout(&self) -> Duration {
        self.0.connection_timeout()
    }
}

pub fn build(url: Url, options: PoolOptions, statements: Arc<AtomicU64>) -> Result<Pool> {
    let manager = ConnManager {
        inner: ConnectionManager::new(url.get()),
        url,
        statements,
    };
    r2d2::Pool::builder()
        .max_size(options.size)
        .min_idle(Some(options.size.min(2)))
        .connection_timeout(options.timeout)
        .test_on_check_out(false)
        .error_handler(Box::new(Quiet))
        .build(manager)
        .map(Pool)
        .map_err(|_| Error::Pool)
}

/// The pool's own errors quote the connection string.
#[derive(Debug)]
struct Quiet;

impl<E> r2d2::HandleError<E> for Quiet {
    fn handle_error(&self, _: E) {
        tracing::warn!("a database connection could not be made");
    }
}

/// A plain connection for set-up: migrations, command lines. Never for requests.
pub fn connect(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url).map_err(|_| Error::Pool)
}

//! Which database a command works on: the one that the settings name, or the embedded one.

use std::path::Path;
use std::time::Duration;

use diesel::pg::PgConnection;
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::db::{Db, PoolOptions, connect};
use localpg::{Guard, LocalPg, Options};
use secrecy::ExposeSecret;
use toldonce::config::Config;
use toldonce::install;

use super::{Failure, Outcome};

/// Name of the database in the embedded cluster.
const NAME: &str = "toldonce";
/// Connections beside the service's own: commands, `psql`, backups.
const SPARE_CONNECTIONS: u16 = 20;

/// A database that is up to date and fits its keys.
pub struct Database {
    url: String,
    local: Option<LocalPg>,
}

impl Database {
    /// The one that the settings name, or the embedded one, which is migrated on the way.
    pub fn open(config: &Config, keys: &KeyRing, clock: &Clock) -> Outcome<Self> {
        let Some(url) = &config.database_url else {
            let local = start(&config.data_dir, config.pool)?;
            return Self::prepare(local, keys, clock, false);
        };
        let url = url.expose_secret().to_owned();
        let mut conn = reach(&url, "TOLDONCE_DATABASE_URL")?;
        install::check_role(&mut conn)?;
        install::check_migrated(&mut conn)?;
        install::check_order(&mut conn, clock)?;
        install::check(&mut conn, keys, false)?;
        Ok(Self { url, local: None })
    }

    /// Makes the embedded database ready.
    pub fn prepare(
        local: LocalPg,
        keys: &KeyRing,
        clock: &Clock,
        demonstration: bool,
    ) -> Outcome<Self> {
        local.ensure_database(NAME)?;
        let mut conn = reach(&local.superuser_url(NAME), "the embedded database")?;
        install::migrate(&mut conn)?;
        let password = local.role_password(install::APP_LOGIN);
        install::ensure_login(&mut conn, &password)?;
        install::claim(&mut conn, keys, clock, demonstration)?;
        Ok(Self {
            url: local.url(NAME, install::APP_LOGIN, &password),
            local: Some(local),
        })
    }

    /// Connections for the service.
    pub fn pool(&self, config: &Config, clock: &Clock, keys: &KeyRing) -> Outcome<Db> {
        let options = PoolOptions {
            size: config.pool,
            timeout: config.pool_timeout,
        };
        Ok(Db::new(&self.url, options, clock.clone(), keys.clone())?)
    }

    /// One connection, for a command.
    pub fn single(&self, clock: &Clock, keys: &KeyRing) -> Outcome<Db> {
        let options = PoolOptions {
            size: 1,
            timeout: Duration::from_secs(10),
        };
        Ok(Db::new(&self.url, options, clock.clone(), keys.clone())?)
    }

    /// Whether another program runs the embedded server.
    pub fn joined(&self) -> bool {
        self.local.as_ref().is_some_and(LocalPg::joined)
    }

    /// Looks after the embedded server while the program serves: if it dies it is started again, and
    /// `db` finds it.
    pub fn guarded(self, config: &Config, db: &Db) -> Outcome<Guarded> {
        let Some(local) = self.local else {
            return Ok(Guarded(None));
        };
        let (options, db) = (options(&config.data_dir, config.pool), db.clone());
        let again = move |local: &LocalPg| {
            let password = local.role_password(install::APP_LOGIN);
            db.moved_to(&local.url(NAME, install::APP_LOGIN, &password));
        };
        Ok(Guarded(Some(local.guarded(options, again)?)))
    }

    /// Stops the embedded server, if this program started it.
    pub fn stop(self) -> Outcome {
        Ok(self.local.map_or(Ok(()), LocalPg::stop)?)
    }
}

/// A database whose embedded server is looked after.
pub struct Guarded(Option<Guard>);

impl Guarded {
    /// Stops the embedded server, if this program started it.
    pub fn stop(self) -> Outcome {
        Ok(self.0.map_or(Ok(()), Guard::stop)?)
    }
}

/// Starts or joins the embedded server in `data_dir`.
pub fn start(data_dir: &Path, pool: u32) -> Outcome<LocalPg> {
    Ok(LocalPg::start(&options(data_dir, pool))?)
}

fn options(data_dir: &Path, pool: u32) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        durable: true,
        max_connections: u16::try_from(pool)
            .unwrap_or(u16::MAX)
            .saturating_add(SPARE_CONNECTIONS),
    }
}

/// A connection as the owner, and the embedded server behind it, which must outlive it.
pub fn owner(config: &Config) -> Outcome<(PgConnection, Option<LocalPg>)> {
    if let Some(url) = &config.owner_url {
        return Ok((reach(url.expose_secret(), "TOLDONCE_OWNER_URL")?, None));
    }
    if config.database_url.is_some() {
        return Err(Failure::new(
            "TOLDONCE_OWNER_URL is not set: this is the owner's work, not the application's role's.",
        ));
    }
    let local = start(&config.data_dir, config.pool)?;
    local.ensure_database(NAME)?;
    let conn = reach(&local.superuser_url(NAME), "the embedded database")?;
    Ok((conn, Some(local)))
}

/// A connection; says which setting was wrong, never what it holds.
fn reach(url: &str, setting: &str) -> Outcome<PgConnection> {
    connect(url).map_err(|_| {
        Failure::new(format!(
            "{setting}: no connection to the database. Is it running, and are user, password and \
             database name right?"
        ))
    })
}

//! The embedded database of the benchmark, durable, as `toldonce serve` runs it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use diesel::pg::PgConnection;
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::db;
use localpg::{LocalPg, Options};
use toldonce::install;

use crate::{Outcome, Place};

/// The database's name in the embedded cluster: the one `toldonce serve` uses.
const NAME: &str = "toldonce";

/// The database, migrated, and what opens it.
pub struct Database {
    pub local: LocalPg,
    pub keys: KeyRing,
    pub clock: Clock,
}

impl Database {
    /// Starts or joins it.
    pub fn open(place: &Place) -> Outcome<Self> {
        std::fs::create_dir_all(&place.data)?;
        let local = LocalPg::start(&Options {
            data_dir: place.data.clone(),
            durable: true,
            max_connections: 40,
        })?;
        local.ensure_database(NAME)?;
        let database = Self {
            keys: keys(place)?,
            clock: Clock::system(),
            local,
        };
        let mut conn = database.owner()?;
        install::migrate(&mut conn)?;
        install::ensure_login(&mut conn, &database.password())?;
        install::claim(&mut conn, &database.keys, &database.clock, false)?;
        Ok(database)
    }

    /// A connection as the owner.
    pub fn owner(&self) -> Outcome<PgConnection> {
        Ok(db::connect(&self.local.superuser_url(NAME))?)
    }

    fn password(&self) -> String {
        self.local.role_password(install::APP_LOGIN)
    }

    /// The application's database, as the service reaches it.
    pub fn app_url(&self) -> String {
        self.local.url(NAME, install::APP_LOGIN, &self.password())
    }

    /// A `psql` as the owner that takes SQL on its standard input.
    pub fn psql(&self) -> Outcome<Child> {
        let child = Command::new(self.local.binaries().dir.join("psql"))
            .args(["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1"])
            .envs(self.environment()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(child)
    }

    /// What libpq's programs read.
    fn environment(&self) -> Outcome<Vec<(&'static str, String)>> {
        let url = self.local.superuser_url(NAME);
        let parts = || {
            let rest = url.strip_prefix("postgresql://")?;
            let (user, rest) = rest.split_once(':')?;
            let (password, rest) = rest.split_once('@')?;
            let (database, query) = rest.trim_start_matches('/').split_once("?host=")?;
            let (host, port) = query.split_once("&port=")?;
            Some([user, password, database, host, port])
        };
        let values = parts().ok_or("the database's URL has another form")?;
        let names = ["PGUSER", "PGPASSWORD", "PGDATABASE", "PGHOST", "PGPORT"];
        Ok(names.into_iter().zip(values.map(percent_decoded)).collect())
    }
}

fn percent_decoded(text: &str) -> String {
    form_urlencoded::parse(format!("x={text}").as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

fn keys(place: &Place) -> Outcome<KeyRing> {
    if !place.keys.exists() {
        let text = KeyRing::new_file(false)?;
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&place.keys)?
            .write_all(text.as_bytes())?;
    }
    Ok(KeyRing::load(&place.keys)?)
}

/// Prints `NAME=value` lines, and where the programs lie.
pub fn env(place: &Place) -> Outcome {
    let database = Database::open(place)?;
    let mut out = std::io::stdout().lock();
    for (name, value) in database.environment()? {
        writeln!(out, "{name}={value}")?;
    }
    let programs: PathBuf = database.local.binaries().dir.clone();
    writeln!(out, "PROGRAMS={}", programs.display())?;
    Ok(())
}

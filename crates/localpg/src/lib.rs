//! The embedded default database: a private PostgreSQL of the program's own.
//!
//! [`LocalPg::start`] makes a cluster at the first start (`initdb`), runs the server as a child
//! process on a Unix socket in a private folder, without TCP, and stops it with the program. A
//! program that is killed takes its server down with it (Linux) or leaves it to the next start to
//! stop (elsewhere); what was committed is recovered.
//!
//! **Two programs on one data folder.** The first owns the server; a later one joins it and takes
//! nothing down. When the owner stops, the server stops, and those who joined lose their
//! connections: they may call [`LocalPg::start`] again, and the first of them owns the next server.
//! [`LocalPg::guarded`] does so by itself, and starts a server that died.
//! A joined server runs with its owner's `durable` and `max_connections`.
//!
//! **Root.** PostgreSQL refuses to run as root, so for root the server runs as the owner of the
//! data if there are any, else as `postgres`, else as `nobody`. Where that user cannot reach the
//! data folder, the data are kept under `/var/lib/toldonce`, and a file in the data folder says
//! where.
//!
//! In the data folder: `data` (the cluster), `run` (the socket; in `/tmp` if the path is too long),
//! `superuser.password`, `server.log`, `start.lock`, `owner.lock`.

mod binaries;
mod cluster;
mod error;
mod files;
mod guard;
mod keeper;
mod place;
mod server;
mod settings;
mod socket;
#[cfg(test)]
mod tests;
mod tool;

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use aws_lc_rs::{hmac, rand};

pub use binaries::Binaries;
pub use error::LocalPgError;
pub use guard::Guard;

use binaries::Search;
use files::hex;
use place::Home;
use server::Server;
use tool::{run_failed, tool};

/// The superuser of every embedded cluster.
const SUPERUSER: &str = "postgres";
/// Part of the socket's name; nothing listens on it.
const PORT: u16 = 5432;
/// Where root keeps data that the server's user could not reach where they were asked for.
const MOVED_ROOT: &str = "/var/lib/toldonce";

/// How to run the embedded database.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder for the data and all that belongs to them; made if it is not there.
    pub data_dir: PathBuf,
    /// False only for tests: nothing is forced to disk, so a power cut may destroy the data.
    pub durable: bool,
    /// Connections the server takes at once, three of them kept for the superuser.
    pub max_connections: u16,
}

/// A private cluster that runs. Dropped or stopped, it takes the server down if this process
/// started it, and leaves it alone if it joined one that ran.
pub struct LocalPg {
    binaries: Binaries,
    home: Home,
    data_dir: PathBuf,
    socket_dir: PathBuf,
    password: String,
    server: Option<Server>,
}

/// The PostgreSQL server programs of this machine: `PG_BIN` alone if it is set, else the first of
/// `PATH`, `pg_config` and the newest in the folders of Debian, Red Hat and Homebrew. Version 15 or
/// newer.
///
/// # Errors
/// None are there, they are too old, or `PG_BIN` is wrong.
pub fn find_binaries() -> Result<Binaries, LocalPgError> {
    Search::of_this_process().find(None)
}

/// What of the machine a start depends on.
struct Machine {
    search: Search,
    moved_root: PathBuf,
}

impl LocalPg {
    /// Makes the cluster if there is none, and joins its server or starts it. Returns when it takes
    /// connections. Blocks for up to a few seconds at the first start, and for as long as recovery
    /// takes after a crash.
    ///
    /// # Errors
    /// Each says in plain words what an operator can do.
    pub fn start(options: &Options) -> Result<Self, LocalPgError> {
        let machine = Machine {
            search: Search::of_this_process(),
            moved_root: MOVED_ROOT.into(),
        };
        Self::start_on(options, &machine)
    }

    fn start_on(options: &Options, machine: &Machine) -> Result<Self, LocalPgError> {
        let began = Instant::now();
        let (home, lock) = Home::prepare(&options.data_dir, &machine.moved_root)?;
        let data_dir = home.data();
        let major = home.major()?;
        let binaries = machine
            .search
            .find(major.map(|major| (data_dir.as_path(), major)))?;
        if major.is_none() {
            tracing::info!(data = %data_dir.display(), "making a new database cluster");
            cluster::initialise(&home, &binaries, options.durable, &lock)?;
        }
        let password = home.password()?;
        let (socket_dir, server) = server::join_or_start(&home, &binaries, options)?;
        tracing::info!(
            data = %data_dir.display(),
            version = binaries.major,
            joined = server.is_none(),
            milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "the embedded PostgreSQL is ready"
        );
        Ok(Self {
            binaries,
            home,
            data_dir,
            socket_dir,
            password,
            server,
        })
    }

    /// Whether the server was started by another program, which also decides when it ends.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.server.is_none()
    }

    /// Whether the server that was started or joined is still there. Of one that another program owns,
    /// that program has to see to it that it runs.
    fn is_there(&self) -> bool {
        match &self.server {
            Some(server) => !server.has_ended(),
            None => server::is_owned_at(&self.home, &self.socket_dir),
        }
    }

    /// The cluster's data directory, which may lie elsewhere than was asked (see the module).
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The folder with the server's programs, such as `pg_dump`.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The libpq URL of `database` for the superuser. It holds the password.
    #[must_use]
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(database, SUPERUSER, &self.password)
    }

    /// The libpq URL of `database` for a user. It holds the password.
    #[must_use]
    pub fn url(&self, database: &str, user: &str, password: &str) -> String {
        format!(
            "postgresql://{}:{}@/{}?host={}&port={PORT}",
            encoded(user),
            encoded(password),
            encoded(database),
            encoded(&self.socket_dir.to_string_lossy()),
        )
    }

    /// A password for the database role `role`: the same in every program that starts or joins this
    /// cluster, and not to be had without the superuser's. The caller sets it with `CREATE ROLE …
    /// PASSWORD`.
    #[must_use]
    pub fn role_password(&self, role: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.password.as_bytes());
        hex(hmac::sign(&key, role.as_bytes()).as_ref())
    }

    /// Makes the database `name` if it is not there; true if it was made now.
    ///
    /// # Errors
    /// The name cannot be a database's, or the server refuses.
    pub fn ensure_database(&self, name: &str) -> Result<bool, LocalPgError> {
        // A longer name would be cut by the server and then never be found again.
        if name.is_empty() || name.len() > 63 || name.contains('\0') {
            return Err(LocalPgError::BadName);
        }
        let name = format!("'{}'", name.replace('\'', "''"));
        let is_there = format!("select 1 from pg_database where datname = {name}");
        if !self.psql("postgres", &is_there)?.is_empty() {
            return Ok(false);
        }
        let create = format!("select format('create database %I', {name}) \\gexec\n");
        match self.psql("postgres", &create) {
            Ok(_) => Ok(true),
            // Another program may have made it in between.
            Err(error) => match self.psql("postgres", &is_there)?.as_str() {
                "" => Err(error),
                _ => Ok(false),
            },
        }
    }

    /// Stops the server and waits, if this process started it; otherwise does nothing.
    ///
    /// # Errors
    /// The server had to be killed.
    pub fn stop(mut self) -> Result<(), LocalPgError> {
        self.server
            .take()
            .map_or(Ok(()), |mut server| server.stop())
    }

    /// Runs SQL as the superuser and gives the rows as lines, columns parted by `|`.
    fn psql(&self, database: &str, sql: &str) -> Result<String, LocalPgError> {
        let program = self.binaries.dir.join("psql");
        let failed = |error: std::io::Error| run_failed(&program, None, &error);
        let mut child = tool(&program)
            .args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-d"])
            // Not the URL: other users can read the arguments of a process.
            .arg(database)
            .env("PGHOST", &self.socket_dir)
            .env("PGPORT", PORT.to_string())
            .env("PGUSER", SUPERUSER)
            .env("PGPASSWORD", &self.password)
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            // psql may have given up already; then what it says is the error.
            let _ = input.write_all(sql.as_bytes());
        }
        let output = child.wait_with_output().map_err(failed)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout)
                .trim_end()
                .to_owned());
        }
        Err(LocalPgError::Program {
            program: program.display().to_string(),
            detail: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }
}

/// Without the password.
impl fmt::Debug for LocalPg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalPg")
            .field("data_dir", &self.data_dir)
            .field("joined", &self.joined())
            .finish_non_exhaustive()
    }
}

/// Percent-encoded for any part of a URL.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// Random bytes fit for a secret.
fn random<const N: usize>() -> Result<[u8; N], LocalPgError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| LocalPgError::NoRandom)?;
    Ok(bytes)
}

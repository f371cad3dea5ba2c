//! One private cluster per run, one template per run, one database per test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use localpg::{LocalPg, Options};
use toldonce::install;
use uuid::Uuid;

struct Cluster {
    pg: LocalPg,
    password: String,
    /// Locked while this process lives: see `sweep`.
    _lock: File,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
const TEMPLATE: &str = "toldonce_template";
/// What the folders of runs begin with.
const PREFIX: &str = "toldonce-tests-";
const LOCK: &str = "lock";

fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| {
        sweep();
        let name = format!("{PREFIX}{}", Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        // Root's server runs as another user, who must be able to reach it.
        let reachable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&folder, reachable).unwrap();
        let (unlocked, locked) = (folder.join("new"), folder.join(LOCK));
        let lock = File::create(&unlocked).unwrap();
        lock.lock().unwrap();
        std::fs::rename(unlocked, locked).unwrap();
        let data_dir = folder.join("cluster");
        let pg = LocalPg::start(&Options {
            data_dir,
            durable: false,
            max_connections: 120,
        })
        .unwrap();
        pg.ensure_database(TEMPLATE).unwrap();
        let mut conn = PgConnection::establish(&pg.superuser_url(TEMPLATE)).unwrap();
        install::migrate(&mut conn).unwrap();
        let password = pg.role_password(install::APP_LOGIN);
        install::ensure_login(&mut conn, &password).unwrap();
        Cluster {
            pg,
            password,
            _lock: lock,
        }
    })
}

/// Clears away what earlier runs of this user left: a cluster ends with its process, its folder does not.
/// A folder whose lock somebody holds belongs to a run that lives.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    let of_runs = |name: &std::ffi::OsStr| name.to_str().is_some_and(|n| n.starts_with(PREFIX));
    for entry in entries.flatten().filter(|e| of_runs(&e.file_name())) {
        if is_left_over(&entry.path()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left_over(folder: &Path) -> bool {
    // Without a lock it is a run's that has only just begun.
    File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

/// Where the server's programs (`pg_dump` …) lie.
pub fn owner_binaries() -> PathBuf {
    cluster().pg.binaries().dir.clone()
}

/// A database that is gone when the test is.
pub struct TestDb {
    pub name: String,
}

impl TestDb {
    pub fn create() -> Self {
        Self::from_template(TEMPLATE)
    }

    /// One that nobody has migrated.
    pub fn empty() -> Self {
        Self::from_template("template0")
    }

    /// Another with the same rows. Nobody may be connected to this one: see `close`.
    pub fn copy(&self) -> Self {
        Self::from_template(&self.name)
    }

    fn from_template(template: &str) -> Self {
        let cluster = cluster();
        let name = format!("t_{}", Uuid::now_v7().simple());
        let mut admin = PgConnection::establish(&cluster.pg.superuser_url("postgres")).unwrap();
        // A template may be copied by one at a time; another test's copy makes this one wait.
        for attempt in 0.. {
            let made = diesel::sql_query(format!("create database {name} template {template}"))
                .execute(&mut admin);
            match made {
                Ok(_) => break,
                Err(_) if attempt < 100 => std::thread::sleep(std::time::Duration::from_millis(20)),
                Err(error) => panic!("{error}"),
            }
        }
        Self { name }
    }

    /// Leaves no database behind in the place of this one, which goes on for itself.
    pub fn take(&mut self) -> Self {
        let name = std::mem::take(&mut self.name);
        Self { name }
    }

    /// From now on nobody is connected.
    pub fn close(&self) {
        let mut admin = PgConnection::establish(&cluster().pg.superuser_url("postgres")).unwrap();
        let name = &self.name;
        for text in [
            format!("alter database {name} with allow_connections false"),
            format!(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            ),
        ] {
            diesel::sql_query(text).execute(&mut admin).unwrap();
        }
    }

    pub fn app_url(&self) -> String {
        cluster()
            .pg
            .url(&self.name, install::APP_LOGIN, &cluster().password)
    }

    pub fn owner_url(&self) -> String {
        cluster().pg.superuser_url(&self.name)
    }

    pub fn owner(&self) -> PgConnection {
        PgConnection::establish(&self.owner_url()).unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        if let Ok(mut admin) = PgConnection::establish(&cluster().pg.superuser_url("postgres")) {
            let _ = diesel::sql_query(format!(
                "drop database if exists {} with (force)",
                self.name
            ))
            .execute(&mut admin);
        }
    }
}

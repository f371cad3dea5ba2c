//! One private cluster per run, one template per run, one database per test.

use std::path::PathBuf;
use std::sync::OnceLock;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use toldonce::install;
use toldonce::localpg::{LocalPg, Options};
use uuid::Uuid;

struct Cluster {
    pg: LocalPg,
    password: String,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
const TEMPLATE: &str = "toldonce_template";

fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| {
        sweep();
        let data_dir = folder().join(std::process::id().to_string());
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
        Cluster { pg, password }
    })
}

fn folder() -> PathBuf {
    std::env::temp_dir().join("toldonce-tests")
}

/// Clears away what earlier runs left: a cluster ends with its process, its folder does not.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(folder()) else {
        return;
    };
    for entry in entries.flatten() {
        let alive = entry
            .file_name()
            .to_str()
            .is_some_and(|pid| PathBuf::from(format!("/proc/{pid}")).exists());
        if !alive {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
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
        let cluster = cluster();
        let name = format!("t_{}", Uuid::now_v7().simple());
        let mut admin = PgConnection::establish(&cluster.pg.superuser_url("postgres")).unwrap();
        // A template may be copied by one at a time; another test's copy makes this one wait.
        for attempt in 0.. {
            let made = diesel::sql_query(format!("create database {name} template {TEMPLATE}"))
                .execute(&mut admin);
            match made {
                Ok(_) => break,
                Err(_) if attempt < 100 => std::thread::sleep(std::time::Duration::from_millis(20)),
                Err(error) => panic!("{error}"),
            }
        }
        Self { name }
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
        if let Ok(mut admin) = PgConnection::establish(&cluster().pg.superuser_url("postgres")) {
            let _ = diesel::sql_query(format!(
                "drop database if exists {} with (force)",
                self.name
            ))
            .execute(&mut admin);
        }
    }
}

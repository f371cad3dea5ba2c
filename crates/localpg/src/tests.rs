//! The embedded database, run for real against the PostgreSQL of this machine.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::place::is_root;
use super::*;

mod finding;
mod kills;
mod reach;

/// A folder of one test that every user may pass through; removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("toldonce-test-{}", hex(&random::<6>().unwrap()));
        let dir = std::env::temp_dir().join(name);
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        Self(fs::canonicalize(dir).unwrap())
    }

    fn options(&self) -> Options {
        options(self.0.join("home"))
    }

    fn machine(&self) -> Machine {
        Machine {
            search: Search::of_this_process(),
            moved_root: self.0.join("moved"),
        }
    }

    fn start(&self, options: &Options) -> Result<LocalPg, LocalPgError> {
        LocalPg::start_on(options, &self.machine())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn options(data_dir: PathBuf) -> Options {
    Options {
        data_dir,
        durable: false,
        max_connections: 20,
    }
}

fn add_row(pg: &LocalPg) {
    pg.psql(
        "postgres",
        "create table if not exists t (n int); insert into t values (1)",
    )
    .unwrap();
}

fn rows(pg: &LocalPg) -> String {
    pg.psql("postgres", "select count(*) from t").unwrap()
}

/// As `kill -9` of the server.
fn kill_server(pg: &LocalPg) {
    let child = pg.server.as_ref().unwrap().child();
    child.send(libc::SIGKILL);
    assert!(child.ends_within(Duration::from_secs(60)));
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o777
}

#[test]
fn data_outlive_a_stop() {
    let scratch = Scratch::new();
    let pg = scratch.start(&scratch.options()).unwrap();
    assert!(!pg.joined());
    assert!(pg.ensure_database("told once 'x\"").unwrap());
    assert!(!pg.ensure_database("told once 'x\"").unwrap());
    add_row(&pg);
    pg.stop().unwrap();
    assert!(!scratch.0.join("home/data/postmaster.pid").exists());

    let pg = scratch.start(&scratch.options()).unwrap();
    assert_eq!(rows(&pg), "1");
    assert!(!pg.ensure_database("told once 'x\"").unwrap());
    drop(pg);
    assert!(!scratch.0.join("home/data/postmaster.pid").exists());
}

#[test]
fn database_names_are_checked() {
    let scratch = Scratch::new();
    let pg = scratch.start(&scratch.options()).unwrap();
    for name in ["", "a\0b", &"x".repeat(64)] {
        assert!(matches!(
            pg.ensure_database(name),
            Err(LocalPgError::BadName)
        ));
    }
    assert!(pg.ensure_database(&"x".repeat(63)).unwrap());
}

#[test]
fn it_is_private_and_durable() {
    let scratch = Scratch::new();
    let options = Options {
        durable: true,
        ..scratch.options()
    };
    let pg = scratch.start(&options).unwrap();
    let shown = |name: &str| pg.psql("postgres", &format!("show {name}")).unwrap();
    for (name, value) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("timezone", "UTC"),
        ("lc_messages", "C"),
        ("password_encryption", "scram-sha-256"),
        ("max_connections", "20"),
        ("shared_buffers", "128MB"),
    ] {
        assert_eq!(shown(name), value, "{name}");
    }
    assert_eq!(
        pg.psql(
            "postgres",
            "select distinct auth_method from pg_hba_file_rules"
        )
        .unwrap(),
        "scram-sha-256"
    );

    let home = scratch.0.join("home");
    assert_eq!(mode(&home.join("data")), 0o700);
    assert_eq!(mode(&pg.socket_dir), 0o700);
    assert_eq!(mode(&home.join("superuser.password")), 0o600);
    assert_eq!(mode(&home) & 0o007, 0);
    let owner = fs::metadata(home.join("data")).unwrap().uid();
    assert_eq!(fs::metadata(&pg.socket_dir).unwrap().uid(), owner);
    if is_root() {
        assert_ne!(owner, 0);
        assert_eq!(fs::metadata(&home).unwrap().uid(), 0);
    }
    let said = format!("{pg:?}");
    assert!(!said.contains(&pg.password), "{said}");
}

#[test]
fn only_the_right_password_opens_it() {
    let scratch = Scratch::new();
    let pg = scratch.start(&scratch.options()).unwrap();
    pg.ensure_database("a b").unwrap();
    let password = pg.role_password("o'äpp");
    pg.psql(
        "a b",
        &format!("create role \"o'äpp\" login password '{password}'"),
    )
    .unwrap();
    let opens = |url: String| {
        tool(&pg.binaries.dir.join("psql"))
            .args(["-X", "-w", "-c", "select 1", "-d", &url])
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(opens(pg.superuser_url("a b")));
    assert!(opens(pg.url("a b", "o'äpp", &password)));
    assert!(!opens(pg.url("a b", "o'äpp", "")));
    assert!(!opens(pg.url("a b", "o'äpp", "wrong/@:?")));
    assert!(!opens(pg.url("a b", "postgres", &password)));
    assert_ne!(password, pg.role_password("other"));
}

#[test]
fn a_failed_statement_leaves_no_text_in_the_log() {
    let scratch = Scratch::new();
    let pg = scratch.start(&scratch.options()).unwrap();
    pg.psql("postgres", "select 'canary'::int").unwrap_err();
    pg.stop().unwrap();
    let log = fs::read_to_string(scratch.0.join("home/server.log")).unwrap();
    assert!(log.contains("database system is shut down"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}

#[test]
fn a_long_or_odd_path_is_no_obstacle() {
    for name in ["d".repeat(150), "an 'odd', \"näme\"".to_owned()] {
        let scratch = Scratch::new();
        let options = options(scratch.0.join(&name));
        let pg = scratch.start(&options).unwrap();
        let socket_dir = pg.socket_dir.clone();
        assert!(socket_dir.starts_with("/tmp"));
        assert_eq!(mode(&socket_dir), 0o700);
        add_row(&pg);
        let joined = scratch.start(&options).unwrap();
        assert!(joined.joined());
        assert_eq!(rows(&joined), "1");
        pg.stop().unwrap();
        assert!(!socket_dir.exists());

        // A killed server leaves its socket; the next start clears it away.
        let pg = scratch.start(&options).unwrap();
        let left = pg.socket_dir.clone();
        kill_server(&pg);
        std::mem::forget(pg);
        let pg = scratch.start(&options).unwrap();
        assert_eq!(rows(&pg), "1");
        assert!(!left.exists());
    }
}

#[test]
fn a_folder_that_all_may_write_is_refused() {
    let scratch = Scratch::new();
    let dir = scratch.0.join("home");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    let error = scratch.start(&scratch.options()).unwrap_err();
    assert!(
        matches!(error, LocalPgError::OpenToOthers { .. }),
        "{error}"
    );
}

#[test]
fn of_two_starts_at_once_one_makes_it_and_the_other_joins() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let both: Vec<LocalPg> = thread::scope(|scope| {
        let starts: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| scratch.start(&options).unwrap()))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    let (joined, owners): (Vec<LocalPg>, Vec<LocalPg>) =
        both.into_iter().partition(LocalPg::joined);
    let [joined]: [LocalPg; 1] = joined.try_into().unwrap();
    let [owner]: [LocalPg; 1] = owners.try_into().unwrap();
    add_row(&joined);
    assert_eq!(joined.role_password("app"), owner.role_password("app"));

    // The one that joined takes nothing down.
    joined.stop().unwrap();
    assert_eq!(rows(&owner), "1");

    // When the owner stops, the next to start owns.
    let left = scratch.start(&options).unwrap();
    assert!(left.joined());
    owner.stop().unwrap();
    left.psql("postgres", "select 1").unwrap_err();
    let next = scratch.start(&options).unwrap();
    assert!(!next.joined());
    assert_eq!(rows(&next), "1");
}

#[test]
fn an_interrupted_initialisation_is_begun_again() {
    let scratch = Scratch::new();
    let new = scratch.0.join("home/data.new/base");
    fs::create_dir_all(&new).unwrap();
    fs::set_permissions(scratch.0.join("home"), fs::Permissions::from_mode(0o711)).unwrap();
    fs::write(new.join("half"), "").unwrap();
    fs::write(scratch.0.join("home/data.new/PG_VERSION"), "15\n").unwrap();
    fs::write(
        scratch.0.join("home/superuser.password"),
        "of the interrupted one\n",
    )
    .unwrap();
    let pg = scratch.start(&scratch.options()).unwrap();
    assert_eq!(pg.data_dir(), scratch.0.join("home/data"));
    add_row(&pg);
    assert!(!scratch.0.join("home/data.new").exists());
}

#[test]
fn a_lost_password_is_named() {
    let scratch = Scratch::new();
    scratch.start(&scratch.options()).unwrap().stop().unwrap();
    fs::remove_file(scratch.0.join("home/superuser.password")).unwrap();
    let error = scratch.start(&scratch.options()).unwrap_err();
    assert!(
        matches!(error, LocalPgError::PasswordLost { .. }),
        "{error}"
    );
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let scratch = Scratch::new();
    scratch.start(&scratch.options()).unwrap().stop().unwrap();
    fs::remove_file(scratch.0.join("home/data/global/pg_control")).unwrap();
    let error = scratch.start(&scratch.options()).unwrap_err().to_string();
    assert!(
        error.contains("did not start") && error.contains("server.log"),
        "{error}"
    );
    assert!(error.contains("pg_control"), "{error}");
}

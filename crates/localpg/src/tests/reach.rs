//! Where root keeps the data.

use std::process::Command;

use super::super::place::{Account, account_in, can_reach};
use super::*;

#[test]
fn root_keeps_data_where_the_server_can_reach_them() {
    if !is_root() {
        return;
    }
    let scratch = Scratch::new();
    let private = scratch.0.join("private");
    let clone = private.join("clone");
    fs::create_dir_all(&clone).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    let asked = options(clone.join("data"));

    let pg = scratch.start(&asked).unwrap();
    let first = pg.data_dir().to_owned();
    assert!(
        first.starts_with(scratch.0.join("moved")),
        "{}",
        first.display()
    );
    add_row(&pg);
    pg.stop().unwrap();
    let note = fs::read_to_string(clone.join("data/data-is-elsewhere.txt")).unwrap();
    assert_eq!(
        Path::new(note.lines().next().unwrap()),
        first.parent().unwrap()
    );

    // A copy of the clone gets data of its own.
    let copy = private.join("copy");
    assert!(
        Command::new("cp")
            .arg("-a")
            .arg(&clone)
            .arg(&copy)
            .status()
            .unwrap()
            .success()
    );
    let pg = scratch.start(&options(copy.join("data"))).unwrap();
    assert_ne!(pg.data_dir(), first);
    pg.stop().unwrap();

    // A moved clone keeps its data, also when the new place could be reached.
    fs::rename(&clone, scratch.0.join("open")).unwrap();
    let pg = scratch
        .start(&options(scratch.0.join("open/data")))
        .unwrap();
    assert_eq!(pg.data_dir(), first);
    assert_eq!(rows(&pg), "1");
    pg.stop().unwrap();

    // Nor does a new clone in the old place meet them.
    let pg = scratch.start(&asked).unwrap();
    assert_ne!(pg.data_dir(), first);
}

#[test]
fn reach_is_judged_by_every_folder_above() {
    let scratch = Scratch::new();
    let inner = scratch.0.join("a/b");
    fs::create_dir_all(&inner).unwrap();
    let stranger = Account {
        uid: 4_000_000,
        gid: 4_000_000,
    };
    let meta = fs::metadata(&scratch.0).unwrap();
    let chmod = |mode| {
        fs::set_permissions(scratch.0.join("a"), fs::Permissions::from_mode(mode)).unwrap();
    };
    chmod(0o755);
    assert!(can_reach(&inner, stranger));
    chmod(0o710);
    assert!(!can_reach(&inner, stranger));
    assert!(can_reach(
        &inner,
        Account {
            gid: meta.gid(),
            ..stranger
        }
    ));
    chmod(0o700);
    assert!(!can_reach(
        &inner,
        Account {
            gid: meta.gid(),
            ..stranger
        }
    ));
    assert!(can_reach(
        &inner,
        Account {
            uid: meta.uid(),
            gid: meta.gid()
        }
    ));
}

#[test]
fn accounts_are_read_from_the_user_list() {
    let users =
        "root:x:0:0::/:/bin/sh\nnobody:*:-2:-2:x:/:/bin/false\npostgres:x:101:104:,,,:/v:/b\n";
    assert_eq!(
        account_in(users, "postgres"),
        Some(Account { uid: 101, gid: 104 })
    );
    let minus_two = u32::MAX - 1;
    assert_eq!(
        account_in(users, "nobody"),
        Some(Account {
            uid: minus_two,
            gid: minus_two
        })
    );
    assert_eq!(account_in(users, "root"), None);
    assert_eq!(account_in(users, "none"), None);
}

#[test]
fn root_runs_the_server_of_another_users_data_as_that_user() {
    if !is_root() {
        return;
    }
    let scratch = Scratch::new();
    scratch.start(&scratch.options()).unwrap().stop().unwrap();
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let other = account_in(&users, "nobody").unwrap();
    let to_other = format!("{}:{}", other.uid, other.gid);
    let home = scratch.0.join("home");
    assert!(
        Command::new("chown")
            .arg("-R")
            .arg(to_other)
            .arg(&home)
            .status()
            .unwrap()
            .success()
    );

    let pg = scratch.start(&scratch.options()).unwrap();
    assert_eq!(pg.data_dir(), home.join("data"));
    assert_eq!(
        fs::metadata(home.join("data/postmaster.pid"))
            .unwrap()
            .uid(),
        other.uid
    );
    pg.psql("postgres", "select 1").unwrap();
}

#[test]
fn starts_at_once_agree_on_the_place() {
    let scratch = Scratch::new();
    let private = scratch.0.join("private");
    fs::create_dir(&private).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    let root = scratch.0.join("moved");
    for round in 0..20 {
        for parent in [&scratch.0, &private] {
            let asked = parent.join(format!("home{round}"));
            let places: Vec<PathBuf> = thread::scope(|scope| {
                let all: Vec<_> = (0..4)
                    .map(|_| scope.spawn(|| Home::prepare(&asked, &root).unwrap().0.dir))
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
            assert_eq!(places[0] != asked, is_root() && *parent == private);
        }
    }
}

//! Which server is used, and that its version fits the data.

use std::path::Path;
use std::process::Command;

use super::super::binaries::{Family, major_of};
use super::*;

#[test]
fn data_of_another_major_version_are_refused_in_plain_words() {
    let scratch = Scratch::new();
    let data = scratch.0.join("home/data");
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(scratch.0.join("home"), fs::Permissions::from_mode(0o711)).unwrap();
    fs::write(data.join("PG_VERSION"), "99\n").unwrap();
    let found = find_binaries().unwrap().major;
    let error = scratch.start(&scratch.options()).unwrap_err().to_string();
    for part in [
        "PostgreSQL 99",
        &format!("version {found}"),
        "pg_dump",
        "postgresql-99",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }

    fs::write(data.join("PG_VERSION"), "nonsense").unwrap();
    let error = scratch.start(&scratch.options()).unwrap_err();
    assert!(matches!(error, LocalPgError::NotACluster { .. }), "{error}");
    fs::remove_file(data.join("PG_VERSION")).unwrap();
    fs::write(data.join("a file"), "").unwrap();
    let error = scratch.start(&scratch.options()).unwrap_err();
    assert!(matches!(error, LocalPgError::NotACluster { .. }), "{error}");
}

#[test]
fn without_a_server_the_error_names_the_packages() {
    let scratch = Scratch::new();
    let machine = Machine {
        search: Search::default(),
        moved_root: scratch.0.join("moved"),
    };
    let error = LocalPg::start_on(&scratch.options(), &machine).unwrap_err();
    let said = error.to_string();
    for part in [
        "apt install postgresql",
        "brew install postgresql",
        "PG_BIN",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(said, format!("{error:?}"));
}

/// A folder of programs that say they are PostgreSQL `version`.
fn fake(dir: &Path, version: &str) {
    // Written by another process: one that this process has open for writing could not be run.
    let script = format!(
        "mkdir -p \"$0\" && cd \"$0\" && for p in postgres initdb psql; do \
         printf '#!/bin/sh\\necho \"postgres (PostgreSQL) {version}\"\\n' >$p && chmod 755 $p; done"
    );
    assert!(
        Command::new("/bin/sh")
            .arg("-c")
            .arg(script)
            .arg(dir)
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn the_search_prefers_what_made_the_data() {
    let scratch = Scratch::new();
    for version in ["9", "14", "16", "17"] {
        fake(
            &scratch.0.join(version).join("bin"),
            &format!("{version}.3 (Debian)"),
        );
    }
    fake(&scratch.0.join("own"), "18beta1");
    fs::create_dir_all(scratch.0.join("20/bin")).unwrap();
    let families = vec![Family {
        parent: scratch.0.clone(),
        prefix: "",
    }];
    let search = Search {
        families,
        ..Search::default()
    };
    let data = Path::new("data");

    assert_eq!(search.find(None).unwrap().major, 17);
    assert_eq!(
        search.find(Some((data, 16))).unwrap().dir,
        scratch.0.join("16/bin")
    );
    let error = search.find(Some((data, 15))).unwrap_err();
    assert!(
        matches!(
            error,
            LocalPgError::WrongMajor {
                data: 15,
                found: 17,
                ..
            }
        ),
        "{error}"
    );

    let path = Search {
        path: vec![scratch.0.join("own")],
        ..search.clone()
    };
    assert_eq!(path.find(None).unwrap().major, 18);
    assert_eq!(path.find(Some((data, 17))).unwrap().major, 17);

    let old = Search {
        pg_bin: Some(scratch.0.join("14/bin")),
        ..search.clone()
    };
    assert!(matches!(
        old.find(None),
        Err(LocalPgError::TooOld {
            found: 14,
            oldest: 15,
            ..
        })
    ));
    let named = Search {
        pg_bin: Some(scratch.0.join("own")),
        ..search.clone()
    };
    assert!(matches!(
        named.find(Some((data, 17))),
        Err(LocalPgError::WrongMajor {
            data: 17,
            found: 18,
            ..
        })
    ));
    let wrong = Search {
        pg_bin: Some(scratch.0.join("20/bin")),
        ..search
    };
    assert!(matches!(
        wrong.find(None),
        Err(LocalPgError::BadPgBin { .. })
    ));
}

#[test]
fn versions_are_read() {
    assert_eq!(
        major_of("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
        Some(15)
    );
    assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
    assert_eq!(major_of("postgres (EnterpriseDB)"), None);
}

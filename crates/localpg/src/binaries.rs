//! Where PostgreSQL's server programs lie.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::LocalPgError;
use super::tool::tool;

/// The oldest major version the schema is written for.
const OLDEST: u32 = 15;

/// A folder with the programs of one PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder that holds `postgres`, `initdb` and `psql`.
    pub dir: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
}

/// Folders that hold one PostgreSQL per version: `<parent>/<prefix><version>/bin`.
#[derive(Debug, Clone)]
pub(super) struct Family {
    pub parent: PathBuf,
    pub prefix: &'static str,
}

/// Where to look: the process's environment as a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// A folder named by the operator; nothing else is looked at then.
    pub pg_bin: Option<PathBuf>,
    /// The folders of `PATH`, also searched for `pg_config`.
    pub path: Vec<PathBuf>,
    /// The folders distributions use.
    pub families: Vec<Family>,
}

impl Search {
    /// `PG_BIN`, `PATH` and the folders of Debian, Red Hat and Homebrew.
    pub fn of_this_process() -> Self {
        let family = |parent: &str, prefix| Family {
            parent: parent.into(),
            prefix,
        };
        Self {
            pg_bin: std::env::var_os("PG_BIN")
                .filter(|dir| !dir.is_empty())
                .map(PathBuf::from),
            path: std::env::var_os("PATH")
                .map(|path| {
                    std::env::split_paths(&path)
                        .filter(|dir| dir.is_absolute())
                        .collect()
                })
                .unwrap_or_default(),
            families: vec![
                family("/usr/lib/postgresql", ""),
                family("/usr", "pgsql-"),
                family("/opt/homebrew/opt", "postgresql@"),
                family("/usr/local/opt", "postgresql@"),
            ],
        }
    }

    /// The server to use: the one that made the data if there are any (`data` is their folder and
    /// major version), else the first in the order `PG_BIN` alone, `PATH`, `pg_config`, newest of
    /// the usual folders.
    pub fn find(&self, data: Option<(&Path, u32)>) -> Result<Binaries, LocalPgError> {
        if let Some(dir) = &self.pg_bin {
            let found = examine(dir).ok_or_else(|| LocalPgError::BadPgBin { dir: dir.clone() })?;
            return choose(vec![found], data);
        }
        let mut dirs = self.path.clone();
        dirs.extend(self.asked_of_pg_config());
        dirs.extend(self.newest_first());
        let mut seen = HashSet::new();
        dirs.retain(|dir| seen.insert(dir.clone()));
        choose(dirs.iter().filter_map(|dir| examine(dir)).collect(), data)
    }

    fn asked_of_pg_config(&self) -> Option<PathBuf> {
        let program = self
            .path
            .iter()
            .map(|dir| dir.join("pg_config"))
            .find(|p| p.is_file())?;
        let output = tool(&program).arg("--bindir").output().ok()?;
        let dir = String::from_utf8(output.stdout).ok()?;
        Some(PathBuf::from(dir.trim())).filter(|dir| dir.is_absolute())
    }

    fn newest_first(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for family in &self.families {
            for entry in fs::read_dir(&family.parent).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let version = name
                    .to_str()
                    .and_then(|name| name.strip_prefix(family.prefix));
                if let Some(version) = version.and_then(|version| version.parse::<u32>().ok()) {
                    found.push((version, entry.path().join("bin")));
                }
            }
        }
        found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        found.into_iter().map(|(_, dir)| dir).collect()
    }
}

/// What lies in `dir`, if all that is needed does.
fn examine(dir: &Path) -> Option<Binaries> {
    if !["postgres", "initdb", "psql"]
        .iter()
        .all(|program| dir.join(program).is_file())
    {
        return None;
    }
    let dir = std::path::absolute(dir).ok()?;
    let output = tool(&dir.join("postgres")).arg("-V").output().ok()?;
    let major = major_of(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { dir, major })
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`, `17.0` or `18beta1`.
pub(super) fn major_of(version_line: &str) -> Option<u32> {
    let version = version_line.split_once("(PostgreSQL) ")?.1;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn choose(mut found: Vec<Binaries>, data: Option<(&Path, u32)>) -> Result<Binaries, LocalPgError> {
    if found.is_empty() {
        return Err(LocalPgError::NoBinaries);
    }
    let wanted = found.iter().position(|one| match data {
        Some((_, major)) => one.major == major && major >= OLDEST,
        None => one.major >= OLDEST,
    });
    let chosen = found.swap_remove(wanted.unwrap_or(0));
    match (wanted, data) {
        (Some(_), _) => Ok(chosen),
        (None, Some((dir, major))) if major != chosen.major => Err(LocalPgError::WrongMajor {
            dir: dir.to_owned(),
            data: major,
            bin: chosen.dir,
            found: chosen.major,
        }),
        (None, _) => Err(LocalPgError::TooOld {
            dir: chosen.dir,
            found: chosen.major,
            oldest: OLDEST,
        }),
    }
}

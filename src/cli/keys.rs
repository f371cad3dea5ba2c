//! `toldonce keys`: the file that opens everything, and the exchange of its master and token keys.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, TimeDelta};
use clap::{Args, Subcommand};
use diesel::prelude::*;
use directory::auth::token::LIFETIME;
use kernel::audit::{Audited, Event};
use kernel::clock::Clock;
use kernel::crypto::{CryptoError, KeyRing};
use kernel::db::Db;
use kernel::policy::Act;
use kernel::sql::Row;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::database::Database;
use super::{Failure, Outcome, answer, settings};

/// Data keys wrapped anew in one transaction.
const BATCH: i64 = 500;

/// `keys …`
#[derive(Subcommand)]
pub enum Command {
    /// Make a key file; never overwrites one
    New {
        /// Where
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Add a master key and wrap every data key with it
    ///
    /// A service that runs knows only the keys it started with. Stop it first; or use --add, restart
    /// every server, then --wrap. Repeating an interrupted rotation finishes it.
    Rotate(Rotate),
    /// Add a key that signs access tokens
    ///
    /// It signs from a moment on, so that all servers change over together: give the file to each and
    /// restart it before then. What the key so far signed holds its ten minutes.
    RotateToken(RotateToken),
}

/// When the next token key signs.
#[derive(Args)]
pub struct RotateToken {
    /// Minutes until the key signs: time to give the file to every server and restart it
    #[arg(long = "in", value_name = "MINUTES", default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(0..=10_080))]
    minutes: u32,
    /// Put the key in the place of all others: for a key that somebody else may have. Every access
    /// token ends
    #[arg(long, conflicts_with = "minutes")]
    at_once: bool,
}

/// The two steps of a rotation, for a service that goes on.
#[derive(Args)]
pub struct Rotate {
    /// Only add the master key to the file
    #[arg(long, conflicts_with = "wrap")]
    add: bool,
    /// Only wrap what is not yet under the current master key
    #[arg(long)]
    wrap: bool,
}

/// Does it.
pub fn run(command: Command) -> Outcome {
    match command {
        Command::New { out } => {
            new(&out, false)?;
            answer(&format!(
                "Keys written to {}. Whoever has them can read everything, and without them nobody \
                 can: keep a copy apart from the database and its backups.\n",
                out.display()
            ))
        }
        Command::Rotate(steps) => rotate(&steps),
        Command::RotateToken(steps) => rotate_token(&steps),
    }
}

/// Writes a new key file that only this user can read.
pub fn new(path: &Path, demonstration: bool) -> Outcome {
    let text = KeyRing::new_file(demonstration)?;
    write_new(path, &text).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::new(format!(
            "{} is there already and is not overwritten.",
            path.display()
        )),
        _ => Failure::new(format!("{}: {error}", path.display())),
    })
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Adds a token key to the key file, or puts one in the place of all.
fn rotate_token(rotate: &RotateToken) -> Outcome {
    let config = settings()?;
    // Refuses a file that cannot be used before anything is changed.
    super::keys(&config)?;
    let path = config.keys_file.clone().unwrap_or_default();
    if rotate.at_once {
        replace_file(&path, KeyRing::replace_token_keys)?;
        return answer(&format!(
            "{} has a new token key and no other. Give the file to every server and restart it: every \
             access token ends, and people and programs get new ones by themselves.\n",
            path.display()
        ));
    }
    let now = Clock::system().now();
    let from = now + TimeDelta::minutes(i64::from(rotate.minutes));
    replace_file(&path, |text| {
        KeyRing::add_token_key(text, from, now, LIFETIME)
    })?;
    answer(&format!(
        "A token key was added to {}. It signs from {}. Give the file to every server and restart it \
         before then; the key so far verifies for {} minutes more.\n",
        path.display(),
        from.to_rfc3339_opts(SecondsFormat::Secs, true),
        LIFETIME.num_minutes(),
    ))
}

fn rotate(steps: &Rotate) -> Outcome {
    let config = settings()?;
    let mut keys = super::keys(&config)?;
    let path = config.keys_file.clone().unwrap_or_default();
    let clock = Clock::system();
    let database = Database::open(&config, &keys, &clock)?;
    if database.joined() && !steps.add && !steps.wrap {
        return Err(Failure::new(
            "the service is running and would not know the new key. Stop it first; or use --add, \
             restart it, then --wrap.",
        ));
    }
    let db = database.single(&clock, &keys)?;
    let unfinished = count_old(&db, &keys)? > 0;
    let mut text = String::new();
    if steps.add || (!steps.wrap && !unfinished) {
        replace_file(&path, KeyRing::add_master)?;
        keys = KeyRing::load(&path)?;
        text = format!(
            "Master key {} added to {}. Copy the file to where its copies are kept.\n",
            keys.current(),
            path.display()
        );
    }
    if !steps.add {
        let db = database.single(&clock, &keys)?;
        let mut wrapped = 0;
        loop {
            match wrap_batch(&db)? {
                0 => break,
                rows => wrapped += rows,
            }
        }
        text.push_str(&format!(
            "{wrapped} data keys wrapped with master key {}. Older master keys stay in the file for \
             backups made before now.\n",
            keys.current()
        ));
    }
    database.stop()?;
    answer(&text)
}

/// Replaces the key file by what is made of it, whole or not at all.
fn replace_file(
    path: &Path,
    change: impl FnOnce(&str) -> Result<Zeroizing<String>, CryptoError>,
) -> Outcome {
    let old = Zeroizing::new(std::fs::read_to_string(path)?);
    let new = change(&old)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // Left by one that was interrupted, and in nobody's use.
    if beside.exists() {
        std::fs::remove_file(&beside)?;
    }
    write_new(&beside, &new)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| {
            Failure::new(format!(
                "{}: the key file could not be replaced: {error}",
                path.display()
            ))
        })
}

#[derive(Row)]
struct Count {
    n: i64,
}

/// Data keys that are not under the current master key.
fn count_old(db: &Db, keys: &KeyRing) -> Outcome<i64> {
    let current = keys.current().to_owned();
    Ok(db.run_system(Act::RotateKeys.ask(), move |tx| {
        let count: Count = tx
            .sql(
                "select (select count(*) from data_keys \
             where wrapped is not null and master_key_id <> $1) \
             + (select count(*) from meeting_keys \
             where wrapped is not null and master_key_id <> $1) as n",
            )
            .bind(current)
            .get_result(tx.conn)?;
        Ok(Audited::new(count.n, Event::new().fields(["count"])))
    })?)
}

#[derive(Row)]
struct Held {
    of: Uuid,
    master_key_id: String,
    wrapped: Vec<u8>,
}

/// Data keys of one table: those not under the current master key, and how they are written back.
const KINDS: [(&str, &str); 2] = [
    (
        "select case_id as of, master_key_id, wrapped from data_keys \
         where wrapped is not null and master_key_id <> $1 order by case_id limit $2 for update",
        "update data_keys d set master_key_id = $1, wrapped = x.wrapped \
         from unnest($2::uuid[], $3::bytea[]) as x(id, wrapped) where d.case_id = x.id",
    ),
    (
        "select meeting_id as of, master_key_id, wrapped from meeting_keys \
         where wrapped is not null and master_key_id <> $1 order by meeting_id limit $2 for update",
        "update meeting_keys d set master_key_id = $1, wrapped = x.wrapped \
         from unnest($2::uuid[], $3::bytea[]) as x(id, wrapped) where d.meeting_id = x.id",
    ),
];

/// Wraps some data keys anew; returns how many.
fn wrap_batch(db: &Db) -> Outcome<usize> {
    Ok(db.run_system(Act::RotateKeys.ask(), |tx| {
        let current = tx.keys.current().to_owned();
        let mut rows = 0;
        for (find, write) in KINDS {
            let held: Vec<Held> = tx
                .sql(find)
                .bind(current.clone())
                .bind(BATCH)
                .load(tx.conn)?;
            let mut wrapped = Vec::with_capacity(held.len());
            for row in &held {
                let key = tx
                    .keys
                    .unwrap(row.of, &row.master_key_id, Some(&row.wrapped))?;
                wrapped.push(tx.keys.wrap(row.of, &key)?.bytes);
            }
            rows += held.len();
            tx.sql(write)
                .bind(current.clone())
                .bind(held.iter().map(|row| row.of).collect::<Vec<_>>())
                .bind(wrapped)
                .execute(tx.conn)?;
        }
        Ok(Audited::new(rows, Event::new().rows(rows)))
    })?)
}

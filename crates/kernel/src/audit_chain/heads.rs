//! Heads of the chain: where it stood after each batch, signed with a key that is not in the database,
//! and the file outside the database that holds a line for each.
//!
//! A signature covers the signature before it, so no head can be taken out from between others. The file
//! begins with a line of its own: an installation that has sealed nothing yet has a file without heads,
//! and one whose file is gone or empty has lost it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::crypto::{CryptoError, KeyRing};
use crate::error::{Error, Result};
use crate::schema::{audit_adoptions, audit_chain};
use crate::sql::{Row, sql, statement};

/// The first line of the file.
const TITLE: &str =
    "# Told Once: heads of the audit's chain. Only the service adds to this file.\n";
/// More bytes than any line has.
const LONGEST: u64 = 4_096;
/// The first field of what is signed: signatures of other things differ in it.
const HEAD: &str = "audit head 1";
const ADOPTION: &str = "audit adoption 1";

/// Where the chain stood after a batch.
#[derive(Debug, Clone, Row)]
pub(super) struct Head {
    pub last_seq: i64,
    pub last_txid: String,
    pub last_event_id: Uuid,
    pub hash: Vec<u8>,
    pub sealed_at: DateTime<Utc>,
    pub key_id: Option<String>,
    pub signature: Option<Vec<u8>>,
}

/// What is to be said of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    /// It holds.
    Yes,
    /// It was made for something else, or by somebody without the keys.
    Forged,
    /// There is none.
    Not,
    /// The key ring lacks its key.
    UnknownKey,
}

impl Head {
    fn text(&self, before: Option<&Self>) -> Vec<u8> {
        let (seq, signature) = before.map_or((0, String::new()), |head| {
            (
                head.last_seq,
                hex(head.signature.as_deref().unwrap_or_default()),
            )
        });
        format!(
            "{HEAD}|{seq}|{signature}|{}|{}|{}|{}|{}",
            self.last_seq,
            self.last_txid,
            self.last_event_id,
            hex(&self.hash),
            self.sealed_at.timestamp_micros()
        )
        .into_bytes()
    }

    /// Signs it as the one that follows `before`.
    pub(super) fn sign(&mut self, keys: &KeyRing, before: Option<&Self>) -> Result<()> {
        let (key_id, signature) = keys.sign_head(&self.text(before))?;
        (self.key_id, self.signature) = (Some(key_id), Some(signature));
        Ok(())
    }

    /// Whether it was signed as the one that follows `before`.
    pub(super) fn signed(&self, keys: &KeyRing, before: Option<&Self>) -> Signed {
        match (&self.key_id, &self.signature) {
            (Some(key_id), Some(signature)) => {
                told(keys.signed_head(key_id, &self.text(before), signature))
            }
            _ => Signed::Not,
        }
    }

    /// Its line in the file.
    fn line(&self) -> String {
        let (seq, hash, at) = (self.last_seq, hex(&self.hash), self.sealed_at.to_rfc3339());
        match (&self.key_id, &self.signature) {
            (Some(key_id), Some(signature)) => {
                format!("{seq} {hash} {at} {key_id} {}", hex(signature))
            }
            _ => format!("{seq} {hash} {at}"),
        }
    }

    /// Whether this line of the file is its own. Lines written before heads were signed say no more than
    /// the place and the hash.
    pub(super) fn is_line(&self, line: &str) -> bool {
        let fields: Vec<_> = line.split(' ').collect();
        match fields.as_slice() {
            [seq, hash, _] => *seq == self.last_seq.to_string() && *hash == hex(&self.hash),
            _ => line == self.line(),
        }
    }
}

fn told(signed: std::result::Result<bool, CryptoError>) -> Signed {
    match signed {
        Ok(true) => Signed::Yes,
        Ok(false) => Signed::Forged,
        Err(_) => Signed::UnknownKey,
    }
}

/// The newest two, the newest first.
pub(super) fn newest(conn: &mut PgConnection) -> Result<Vec<Head>> {
    Ok(sql(statement!("newest_heads" => Head)).load(conn)?)
}

/// Some that follow this place, in their order.
pub(super) fn after(conn: &mut PgConnection, seq: i64) -> Result<Vec<Head>> {
    Ok(sql(statement!("heads_after" => Head))
        .bind(seq)
        .load(conn)?)
}

/// The one at this place.
pub(super) fn at(conn: &mut PgConnection, seq: i64) -> Result<Option<Head>> {
    Ok(sql(statement!("head_at" => Head))
        .bind(seq)
        .get_result(conn)
        .optional()?)
}

/// Whether the chain has the link that this head stands at.
pub(super) fn chained(conn: &mut PgConnection, head: &Head) -> Result<bool> {
    let hash: Option<Vec<u8>> = audit_chain::table
        .find(head.last_seq)
        .select(audit_chain::hash)
        .get_result(conn)
        .optional()?;
    Ok(hash.is_some_and(|hash| hash == head.hash))
}

/// Adds one.
pub(super) fn insert(conn: &mut PgConnection, head: &Head) -> Result<()> {
    sql(statement!("add_head"))
        .bind(head.last_seq)
        .bind(head.last_txid.clone())
        .bind(head.last_event_id)
        .bind(head.hash.clone())
        .bind(head.sealed_at)
        .bind(head.key_id.clone())
        .bind(head.signature.clone())
        .execute(conn)?;
    Ok(())
}

/// An operator's word for everything up to a head.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_adoptions)]
pub(super) struct Adoption {
    pub last_seq: i64,
    pub hash: Vec<u8>,
    adopted_at: DateTime<Utc>,
    key_id: String,
    signature: Vec<u8>,
}

impl Adoption {
    /// Signs one.
    pub(super) fn sign(keys: &KeyRing, seq: i64, hash: &[u8], at: DateTime<Utc>) -> Result<Self> {
        let (key_id, signature) = keys.sign_head(&Self::text(seq, hash, at))?;
        Ok(Self {
            last_seq: seq,
            hash: hash.to_vec(),
            adopted_at: at,
            key_id,
            signature,
        })
    }

    fn text(seq: i64, hash: &[u8], at: DateTime<Utc>) -> Vec<u8> {
        format!("{ADOPTION}|{seq}|{}|{}", hex(hash), at.timestamp_micros()).into_bytes()
    }

    /// Whether somebody with the keys gave it.
    pub(super) fn signed(&self, keys: &KeyRing) -> Signed {
        let text = Self::text(self.last_seq, &self.hash, self.adopted_at);
        told(keys.signed_head(&self.key_id, &text, &self.signature))
    }

    /// The latest.
    pub(super) fn latest(conn: &mut PgConnection) -> Result<Option<Self>> {
        Ok(audit_adoptions::table
            .order(audit_adoptions::last_seq.desc())
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    /// Keeps it; a second word for the same head says nothing new.
    pub(super) fn insert(&self, conn: &mut PgConnection) -> Result<()> {
        diesel::insert_into(audit_adoptions::table)
            .values(self)
            .on_conflict_do_nothing()
            .execute(conn)?;
        Ok(())
    }
}

/// Begins a file that is not there yet.
pub(super) fn begin(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file
            .write_all(TITLE.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|_| not_written()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => Err(not_written()),
    }
}

fn not_written() -> Error {
    Error::Internal("the audit's head could not be written outside the database")
}

/// The end of the file.
pub(super) struct Tail {
    /// The last whole line, if it is a head's.
    line: Option<String>,
    /// What stands behind the last whole line: a line that was cut off.
    begun: String,
}

impl Tail {
    /// Reads it; nothing if there is no line at all.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let from = length.saturating_sub(LONGEST);
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (whole, begun) = text.rsplit_once('\n')?;
        let line = whole.rsplit('\n').next().unwrap_or_default();
        Some(Self {
            line: Some(line.to_owned()).filter(|line| !line.starts_with('#')),
            begun: begun.to_owned(),
        })
    }

    fn seq(&self) -> Option<i64> {
        match &self.line {
            None => Some(0),
            Some(line) => line.split(' ').next()?.parse().ok(),
        }
    }

    /// The heads that the file lacks; nothing if what it holds is not the beginning of what the database
    /// holds.
    pub(super) fn lacking(&self, conn: &mut PgConnection) -> Result<Option<Vec<Head>>> {
        let Some(mut seq) = self.seq() else {
            return Ok(None);
        };
        if let Some(line) = &self.line
            && !at(conn, seq)?.is_some_and(|head| head.is_line(line))
        {
            return Ok(None);
        }
        let mut lacking = Vec::new();
        loop {
            let heads = after(conn, seq)?;
            let Some(last) = heads.last() else {
                return Ok(Some(lacking));
            };
            seq = last.last_seq;
            lacking.extend(heads);
        }
    }
}

/// Writes these behind the file, but for those that another server has written there meanwhile.
pub(super) fn append(path: &Path, heads: &[Head]) -> Result<()> {
    let mut file = OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(|_| not_written())?;
    file.lock().map_err(|_| not_written())?;
    let tail = Tail::read(path).ok_or_else(not_written)?;
    let written = tail.seq().ok_or_else(not_written)?;
    let new = heads.iter().filter(|head| head.last_seq > written);
    let text: String = new.map(|head| head.line() + "\n").collect();
    if text.is_empty() {
        return Ok(());
    }
    // A line that was cut off, as by a loss of power, is completed.
    let text = text.strip_prefix(&tail.begun).ok_or_else(not_written)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_data())
        .map_err(|_| not_written())
}

/// Writes a whole file anew from the database, and keeps the one that was there beside it.
pub(super) fn write_anew(conn: &mut PgConnection, path: &Path) -> Result<()> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        std::path::PathBuf::from(name)
    };
    let new = beside(&format!(".new-{}", Uuid::now_v7().simple()));
    begin(&new)?;
    let tail = Tail {
        line: None,
        begun: String::new(),
    };
    append(&new, &tail.lacking(conn)?.unwrap_or_default())?;
    if path.exists() {
        let kept = beside(&format!(".kept-{}", Uuid::now_v7().simple()));
        std::fs::rename(path, kept).map_err(|_| not_written())?;
    }
    std::fs::rename(new, path).map_err(|_| not_written())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The chain that makes tampering visible.
//!
//! Off the request path, rows whose transactions have all ended (below `pg_snapshot_xmin`) are hashed
//! in commit-safe order into a chain; each batch's head is signed, kept in the database and written outside
//! it. Hashes run over ciphertext, so destroying a key leaves the chain whole.

pub mod adopt;
mod heads;
mod outside;
pub mod verify;

use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit::{Audited, Event};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::policy::Act;
use crate::sql::{Row, fragment, statement};
use heads::{Head, Signed, Tail};

/// Rows in one batch.
const BATCH: i64 = 5_000;
#[derive(Row)]
struct Sealed {
    id: Uuid,
    txid: String,
    of_sealing: bool,
    content: String,
}

/// What a row `e` is hashed as, for whoever checks the chain with means of their own: it is no secret.
pub const CONTENT: &str = fragment!("audit_content", "e");

pub(super) fn link(previous: &[u8], content: &str) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(previous);
    context.update(content.as_bytes());
    context.finish().as_ref().to_vec()
}

/// Where an empty chain stands.
pub(super) fn start() -> Vec<u8> {
    vec![0; 32]
}

/// Seals one batch; returns how many rows it took. Safe with any number of servers: two sealers at
/// once want the same sequence numbers, and the second fails and leaves it to the first. A file that
/// lacks heads of the database gets them, if what it holds is the beginning of what the database holds.
pub fn seal(db: &Db, file: Option<&Path>) -> Result<usize> {
    let mut lacking = None;
    let sealed = db.run_round(Act::SealAudit.ask(), |tx| {
        let rows = seal_batch(tx, file)?;
        if let Some(path) = file {
            lacking = lacking_in(tx, path)?;
        }
        Ok(rows.map(|rows| Audited::new(rows, Event::new().rows(rows))))
    });
    let rows = sealed?.unwrap_or(0);
    if let Some(path) = file {
        let lacking = lacking.ok_or(Error::Internal(
            "the file of the audit's heads is missing, empty or not of this database: nothing is written to \
             it until it is put back, or `toldonce audit adopt` makes a new one",
        ))?;
        if !lacking.is_empty() {
            heads::append(path, &lacking)?;
        }
    }
    Ok(rows)
}

/// The heads that the file lacks; nothing if it is not this database's.
fn lacking_in(tx: &mut Tx<'_>, path: &Path) -> Result<Option<Vec<Head>>> {
    match Tail::read(path) {
        Some(tail) => tail.lacking(tx.conn),
        None if heads::newest(tx.conn)?.is_empty() => Ok(Some(Vec::new())),
        None => Ok(None),
    }
}

/// None: there is nothing to seal.
fn seal_batch(tx: &mut Tx<'_>, file: Option<&Path>) -> Result<Option<usize>> {
    let newest = heads::newest(tx.conn)?;
    let last = newest.first();
    // On what somebody without the keys has put there nothing is built, or it would be vouched for.
    if let Some(head) = last {
        match head.signed(&tx.keys, newest.get(1)) {
            Signed::Yes => {}
            Signed::Not if newest.get(1).is_none_or(|head| head.signature.is_none()) => {}
            _ => {
                return Err(Error::Internal(
                    "the audit's last head is not signed by this key ring: nothing is sealed after it",
                ));
            }
        }
    }
    let rows = tx
        .sql(statement!("unsealed" => Sealed))
        .bind(last.map_or("0".into(), |head| head.last_txid.clone()))
        .bind(last.map_or(Uuid::nil(), |head| head.last_event_id))
        .bind(BATCH)
        .bind(Act::SealAudit.as_str())
        .load(tx.conn)?;
    // Sealing leaves an event itself: alone, it waits for company, or it would never end.
    let Some(end) = rows
        .last()
        .filter(|_| !rows.iter().all(|row| row.of_sealing))
    else {
        return Ok(None);
    };
    if let (None, Some(path)) = (last, file) {
        heads::begin(path)?;
    }
    let (seq, mut hash) = last.map_or((0, start()), |head| (head.last_seq, head.hash.clone()));
    let hashes: Vec<Vec<u8>> = rows
        .iter()
        .map(|row| {
            hash = link(&hash, &row.content);
            hash.clone()
        })
        .collect();
    tx.sql(statement!("chain"))
        .bind(seq)
        .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .bind(hashes)
        .execute(tx.conn)?;
    let mut head = Head {
        last_seq: seq + i64::try_from(rows.len()).unwrap_or(i64::MAX),
        last_txid: end.txid.clone(),
        last_event_id: end.id,
        hash,
        sealed_at: tx.now,
        key_id: None,
        signature: None,
    };
    head.sign(&tx.keys, last)?;
    heads::insert(tx.conn, &head)?;
    Ok(Some(rows.len()))
}

//! The chain that makes tampering visible.
//!
//! Off the request path, rows whose transactions have all ended (below `pg_snapshot_xmin`) are hashed
//! in commit-safe order into a chain; each batch's head is kept in the database and written outside
//! it. Hashes run over ciphertext, so destroying a key leaves the chain whole. [`verify`] names the
//! first row that was changed, removed, added or moved, and counts the tail not yet sealed.

use std::io::Write;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::audit::{Audited, Event};
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::policy::Act;

/// Rows in one batch.
const BATCH: i64 = 5_000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
    #[diesel(sql_type = st::Text)]
    txid: String,
    #[diesel(sql_type = st::Bool)]
    of_sealing: bool,
    #[diesel(sql_type = st::Text)]
    content: String,
}

/// What a row is hashed as. Listed by name: a later column must not change the hash of old rows.
macro_rules! content {
    () => {
        "concat_ws('|', e.id, e.txid, extract(epoch from e.at)::numeric(20, 6), e.act, e.outcome, \
         e.principal, coalesce(e.user_id::text, '-'), coalesce(e.client_id::text, '-'), \
         coalesce(e.actor_id::text, '-'), coalesce(e.agency_id::text, '-'), \
         coalesce(e.session_id::text, '-'), coalesce(e.marac_id::text, '-'), \
         coalesce(e.case_id::text, '-'), coalesce(e.subject, '-'), coalesce(e.subject_id::text, '-'), \
         array_to_string(e.fields, ','), coalesce(e.rows_seen::text, '-'), \
         coalesce(encode(e.detail, 'hex'), '-'), e.request_id)"
    };
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = st::BigInt)]
    last_seq: i64,
    #[diesel(sql_type = st::Text)]
    last_txid: String,
    #[diesel(sql_type = st::Uuid)]
    last_event_id: Uuid,
    #[diesel(sql_type = st::Binary)]
    hash: Vec<u8>,
}

impl Head {
    fn start() -> Self {
        Self {
            last_seq: 0,
            last_txid: "0".into(),
            last_event_id: Uuid::nil(),
            hash: vec![0; 32],
        }
    }
}

fn link(previous: &[u8], content: &str) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(previous);
    context.update(content.as_bytes());
    context.finish().as_ref().to_vec()
}

/// Seals one batch; returns how many rows it took. Safe with any number of servers: two sealers at
/// once want the same sequence numbers, and the second fails and leaves it to the first.
pub fn seal(db: &Db, heads: Option<&Path>) -> Result<usize> {
    let sealed = db.run_system(Act::SealAudit.ask(), |tx| {
        let head = sql(
            "select last_seq, last_txid::text as last_txid, last_event_id, hash from audit_heads \
             order by last_seq desc limit 1",
        )
        .get_result::<Head>(tx.conn)
        .optional()?
        .unwrap_or_else(Head::start);
        let rows: Vec<Row> = sql(concat!(
            "select e.id, e.txid::text as txid, e.act = $4 as of_sealing, ", content!(),
            " as content from audit_events e where (e.txid, e.id) > ($1::xid8, $2) and e.txid < pg_snapshot_xmin(pg_current_snapshot()) ",
            "order by e.txid, e.id limit $3"
        ))
        .bind(head.last_txid.clone())
        .bind(head.last_event_id)
        .bind(BATCH)
        .bind(Act::SealAudit.as_str())
        .load(tx.conn)?;
        // Sealing leaves an event itself: alone, it waits for company, or it would never end.
        let Some(last) = rows.last().filter(|_| !rows.iter().all(|row| row.of_sealing)) else {
            return Err(Error::Internal("nothing to seal"));
        };
        let mut hash = head.hash;
        let hashes: Vec<Vec<u8>> = rows
            .iter()
            .map(|row| {
                hash = link(&hash, &row.content);
                hash.clone()
            })
            .collect();
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        sql("insert into audit_chain (seq, event_id, hash) \
             select $1 + n, event_id, hash from unnest($2::uuid[], $3::bytea[]) \
             with ordinality as x(event_id, hash, n)")
            .bind(head.last_seq)
            .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
            .bind(hashes)
            .execute(tx.conn)?;
        sql("insert into audit_heads (last_seq, last_txid, last_event_id, hash, sealed_at) \
             values ($1, $2::xid8, $3, $4, $5)")
            .bind(head.last_seq + count)
            .bind(last.txid.clone())
            .bind(last.id)
            .bind(hash.clone())
            .bind(tx.now)
            .execute(tx.conn)?;
        let line = format!("{} {} {}\n", head.last_seq + count, hex(&hash), tx.now.to_rfc3339());
        let event = Event::new().rows(rows.len());
        Ok(Audited::new((rows.len(), line), event))
    });
    match sealed {
        Ok((count, line)) => {
            if let Some(path) = heads {
                append(path, &line)?;
            }
            Ok(count)
        }
        Err(Error::Internal("nothing to seal")) => Ok(0),
        Err(error) => Err(error),
    }
}

fn append(path: &Path, line: &str) -> Result<()> {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(line.as_bytes())
                .and_then(|()| file.sync_data())
        })
        .map_err(|_| Error::Internal("the audit's head could not be written outside the database"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What verification found.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Rows whose link holds.
    pub sealed: i64,
    /// Rows not yet sealed.
    pub tail: i64,
    /// The first thing that is not as it was sealed, if any.
    pub broken: Option<Broken>,
}

/// What is not as it was sealed.
#[derive(Debug, PartialEq, Eq)]
pub enum Broken {
    /// This row's content, or an earlier one's place, is not what was hashed.
    Changed(Uuid),
    /// The row with this id is gone.
    Missing(Uuid),
    /// A link of the chain with this number is gone.
    Gap(i64),
    /// A row was slipped in among sealed ones.
    Added(Uuid),
    /// A head, here or in the file outside, says otherwise at this sequence number.
    Head(i64),
}

#[derive(QueryableByName)]
struct Linked {
    #[diesel(sql_type = st::BigInt)]
    seq: i64,
    #[diesel(sql_type = st::Uuid)]
    event_id: Uuid,
    #[diesel(sql_type = st::Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    content: Option<String>,
}

#[derive(QueryableByName)]
struct Extra {
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    slipped_in: Option<Uuid>,
    #[diesel(sql_type = st::BigInt)]
    tail: i64,
}

/// Walks the whole chain with an administrative connection; `heads` is the file kept outside.
pub fn verify(conn: &mut PgConnection, heads: Option<&Path>) -> Result<Verdict> {
    let outside = outside(heads)?;
    let (mut hash, mut seq) = (vec![0; 32], 0);
    let mut broken = None;
    loop {
        let rows: Vec<Linked> = sql(concat!(
            "select c.seq, c.event_id, c.hash, case when e.id is not null then ",
            content!(),
            " end as content from audit_chain c left join audit_events e on e.id = c.event_id ",
            "where c.seq > $1 order by c.seq limit 20000"
        ))
        .bind(seq)
        .load(conn)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let next = match &row.content {
                _ if row.seq != seq + 1 => Err(Broken::Gap(seq + 1)),
                None => Err(Broken::Missing(row.event_id)),
                Some(content) => match link(&hash, content) {
                    next if next == row.hash => Ok(next),
                    _ => Err(Broken::Changed(row.event_id)),
                },
            };
            match next {
                Ok(next) => (hash, seq) = (next, row.seq),
                Err(found) => {
                    broken = Some(found);
                    break;
                }
            }
            if outside
                .iter()
                .any(|(at, head)| *at == seq && *head != hex(&hash))
            {
                broken = Some(Broken::Head(seq));
            }
        }
        if broken.is_some() {
            break;
        }
    }
    let head = sql(
        "select last_seq, last_txid::text as last_txid, last_event_id, hash from audit_heads \
                    order by last_seq desc limit 1",
    )
    .get_result::<Head>(conn)
    .optional()?
    .unwrap_or_else(Head::start);
    let beyond = outside
        .iter()
        .map(|(at, _)| *at)
        .max()
        .filter(|at| *at > seq);
    if broken.is_none() && (head.last_seq != seq || head.hash != hash || beyond.is_some()) {
        broken = Some(Broken::Head(head.last_seq));
    }
    let extra: Extra = sql(
        "select (select e.id from audit_events e where (e.txid, e.id) <= ($1::xid8, $2) \
           and not exists (select from audit_chain c where c.event_id = e.id) \
           order by e.txid, e.id limit 1) as slipped_in, \
         (select count(*) from audit_events e where (e.txid, e.id) > ($1::xid8, $2)) as tail",
    )
    .bind(head.last_txid)
    .bind(head.last_event_id)
    .get_result(conn)?;
    let broken = broken.or(extra.slipped_in.map(Broken::Added));
    Ok(Verdict {
        sealed: seq,
        tail: extra.tail,
        broken,
    })
}

fn outside(path: Option<&Path>) -> Result<Vec<(i64, String)>> {
    let Some(path) = path.filter(|path| path.exists()) else {
        return Ok(Vec::new());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|_| Error::Internal("the file of audit heads could not be read"))?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(' ');
            Some((parts.next()?.parse().ok()?, parts.next()?.to_owned()))
        })
        .collect())
}

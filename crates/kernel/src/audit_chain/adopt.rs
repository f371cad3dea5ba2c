//! An operator's word for what was sealed before heads were signed, and for a file of heads that was lost.

use std::path::Path;

use diesel::pg::PgConnection;

use super::heads::{self, Adoption};
use super::verify::{Against, Broken, Rule, Verdict, Walk, verify};
use crate::audit::{Audited, Event};
use crate::db::Db;
use crate::error::Result;
use crate::policy::Act;

/// What an operator vouched for.
#[derive(Debug, PartialEq, Eq)]
pub struct Adopted {
    /// Rows in the chain.
    pub sealed: i64,
    /// Heads without a signature among them.
    pub unsigned: i64,
    /// Rows with a time far from those around them.
    pub astray: i64,
    /// Whether the file was written anew, with the old one kept beside it.
    pub file_anew: bool,
}

/// Vouches for everything that is sealed, if the chain itself is whole and no signature is wrong: heads
/// without a signature and odd times hold from then on, and the file is made to hold every head.
pub fn adopt(
    db: &Db,
    conn: &mut PgConnection,
    against: Against<'_>,
) -> Result<std::result::Result<Adopted, Verdict>> {
    let mut walk = Walk::new(
        conn,
        Against {
            file: None,
            ..against
        },
        Rule::Adopting,
    )?;
    let found = walk.all(conn)?;
    let (unsigned, astray) = (walk.unsigned, walk.astray);
    let verdict = walk.verdict(conn, found)?;
    if verdict.broken.is_some() {
        return Ok(Err(verdict));
    }
    let newest = heads::newest(conn)?.into_iter().next();
    let begun = against.file.is_none_or(Path::exists);
    if let Some(head) = newest {
        db.run_system(Act::AdoptAudit.ask(), |tx| {
            Adoption::sign(&tx.keys, head.last_seq, &head.hash, tx.now)?.insert(tx.conn)?;
            Ok(Audited::new((), Event::new()))
        })?;
    }
    let strict = verify(conn, against)?;
    let file_anew = !begun || strict.broken.as_ref().is_some_and(Broken::of_file);
    if let (true, Some(path)) = (file_anew, against.file) {
        heads::write_anew(conn, path)?;
    }
    Ok(Ok(Adopted {
        sealed: verdict.sealed,
        unsigned,
        astray,
        file_anew,
    }))
}

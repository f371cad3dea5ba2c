//! Whether the record of who did what is still what was sealed: [`verify`] names the first thing that is
//! not.

use std::collections::VecDeque;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::heads::{self, Adoption, Head, Signed};
use super::outside::Outside;
use crate::audit_chain::{link, start};
use crate::crypto::KeyRing;
use crate::error::Result;
use crate::sql::{Row, sql, statement};

/// How far a row's time may lie from those around it: clocks of servers differ a little, and a request
/// may wait for its turn. A service seals within seconds: rows so old without any head say that heads were
/// taken away.
const ASTRAY: TimeDelta = TimeDelta::minutes(15);

/// What is to be compared.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The keys that signed the heads.
    pub keys: &'a KeyRing,
    /// The file kept outside the database.
    pub file: Option<&'a Path>,
    /// This moment.
    pub now: DateTime<Utc>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// This row's content, or an earlier one's place, is not what was hashed.
    Changed(Uuid),
    /// The row with this id is gone.
    Missing(Uuid),
    /// A link of the chain with this number is gone.
    Gap(i64),
    /// A row was slipped in among sealed ones.
    Added(Uuid),
    /// The time of this row lies far from the times of the rows around it.
    Time(Uuid),
    /// A head, here or in the file outside, says otherwise at this sequence number.
    Head(i64),
    /// Links after this number have no head.
    Headless(i64),
    /// The head at this number has no signature, and nobody adopted it.
    Unsigned(i64),
    /// The signature of the head at this number was not made by these keys for this head after the one
    /// that stands before it.
    Forged(i64),
    /// The key ring lacks the key that signed the head at this number.
    UnknownKey(i64),
    /// An adoption of this head does not hold.
    Adoption(i64),
    /// Nothing is sealed, although there are rows that a service would have sealed long ago.
    NeverSealed,
    /// The file outside is not there.
    FileMissing,
    /// The file outside is empty.
    FileEmpty,
    /// The file outside cannot be read, or is no text.
    FileUnreadable,
    /// This line of the file is no head.
    FileLine(usize),
    /// The file lacks the head at this number.
    FileLacks(i64),
    /// The file holds a head at this number that the database does not have.
    FileOnly(i64),
}

impl Broken {
    /// Whether it is the file that lacks something, and nothing else is wrong.
    pub(super) fn of_file(&self) -> bool {
        use Broken as B;
        matches!(
            self,
            B::FileMissing
                | B::FileEmpty
                | B::FileUnreadable
                | B::FileLine(_)
                | B::FileLacks(_)
                | B::FileOnly(_)
        )
    }
}

/// How strict a walk is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Strict,
    /// Heads without a signature and odd times are counted: somebody is about to vouch for them.
    Adopting,
}

#[derive(Row)]
struct Linked {
    seq: i64,
    event_id: Uuid,
    hash: Vec<u8>,
    content: Option<String>,
    at: Option<DateTime<Utc>>,
}

#[derive(Row)]
struct Extra {
    slipped_in: Option<Uuid>,
    astray: Option<Uuid>,
    tail: i64,
    oldest: Option<DateTime<Utc>>,
}

/// Walks the whole chain with an administrative connection.
pub fn verify(conn: &mut PgConnection, against: Against<'_>) -> Result<Verdict> {
    let mut walk = Walk::new(conn, against, Rule::Strict)?;
    let found = walk.all(conn)?;
    walk.verdict(conn, found)
}

pub(super) struct Walk<'a> {
    against: Against<'a>,
    rule: Rule,
    adopted: Option<Adoption>,
    file: Option<Outside>,
    seq: i64,
    hash: Vec<u8>,
    /// The latest time so far.
    latest: Option<DateTime<Utc>>,
    before: Option<Head>,
    ahead: VecDeque<Head>,
    pub(super) unsigned: i64,
    pub(super) astray: i64,
}

pub(super) type Found = std::result::Result<(), Broken>;

impl<'a> Walk<'a> {
    pub(super) fn new(conn: &mut PgConnection, against: Against<'a>, rule: Rule) -> Result<Self> {
        Ok(Self {
            against,
            rule,
            adopted: Adoption::latest(conn)?,
            file: None,
            seq: 0,
            hash: start(),
            latest: None,
            before: None,
            ahead: VecDeque::new(),
            unsigned: 0,
            astray: 0,
        })
    }

    fn adopted_to(&self) -> i64 {
        self.adopted
            .as_ref()
            .map_or(0, |adoption| adoption.last_seq)
    }

    pub(super) fn all(&mut self, conn: &mut PgConnection) -> Result<Found> {
        let sealed = !heads::newest(conn)?.is_empty();
        if let Some(path) = self.against.file {
            match Outside::open(path) {
                Ok(file) => self.file = Some(file),
                Err(Broken::FileMissing) if !sealed => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        if let Some(adoption) = &self.adopted
            && adoption.signed(self.against.keys) != Signed::Yes
        {
            return Ok(Err(Broken::Adoption(adoption.last_seq)));
        }
        let found = self.links(conn)?;
        if found.is_err() {
            return Ok(found);
        }
        if self.adopted_to() > self.seq {
            return Ok(Err(Broken::Adoption(self.adopted_to())));
        }
        let Some(file) = self.file.take() else {
            return Ok(Ok(()));
        };
        file.end(conn)
    }

    fn links(&mut self, conn: &mut PgConnection) -> Result<Found> {
        loop {
            let rows = sql(statement!("links" => Linked))
                .bind(self.seq)
                .load(conn)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if self.ahead.is_empty() {
                    self.ahead = heads::after(conn, self.seq)?.into();
                }
                let found = self.row(&row).and_then(|()| self.head(&row));
                if found.is_err() {
                    return Ok(found);
                }
            }
        }
        // A head of which the links are gone; a batch that was sealed meanwhile is whole.
        if let Some(head) = heads::after(conn, self.seq)?.first()
            && !heads::chained(conn, head)?
        {
            return Ok(Err(Broken::Gap(self.seq + 1)));
        }
        Ok(Ok(()))
    }

    fn row(&mut self, row: &Linked) -> Found {
        if row.seq != self.seq + 1 {
            return Err(Broken::Gap(self.seq + 1));
        }
        let (Some(content), Some(at)) = (&row.content, row.at) else {
            return Err(Broken::Missing(row.event_id));
        };
        let hash = link(&self.hash, content);
        if hash != row.hash {
            return Err(Broken::Changed(row.event_id));
        }
        let Some(head) = self.ahead.front() else {
            return Err(Broken::Headless(self.seq));
        };
        if row.seq > self.adopted_to() {
            let early = self.latest.is_some_and(|latest| at < latest - ASTRAY);
            if early || at > head.sealed_at + ASTRAY {
                match self.rule {
                    Rule::Strict => return Err(Broken::Time(row.event_id)),
                    Rule::Adopting => self.astray += 1,
                }
            }
            self.latest = self.latest.max(Some(at));
        }
        (self.seq, self.hash) = (row.seq, hash);
        Ok(())
    }

    /// Compares the head at the place that was reached, if there is one.
    fn head(&mut self, row: &Linked) -> Found {
        let Some(head) = self.ahead.pop_front_if(|head| head.last_seq <= self.seq) else {
            return Ok(());
        };
        let seq = head.last_seq;
        if seq != self.seq || head.hash != self.hash || head.last_event_id != row.event_id {
            return Err(Broken::Head(seq));
        }
        match head.signed(self.against.keys, self.before.as_ref()) {
            Signed::Yes => {}
            Signed::Forged => return Err(Broken::Forged(seq)),
            Signed::UnknownKey => return Err(Broken::UnknownKey(seq)),
            Signed::Not if seq <= self.adopted_to() => {}
            Signed::Not => {
                // Heads are signed from some head on: one without a signature after one with is stripped.
                let stripped = self
                    .before
                    .as_ref()
                    .is_some_and(|head| head.signature.is_some());
                if stripped || self.rule == Rule::Strict {
                    return Err(Broken::Unsigned(seq));
                }
                self.unsigned += 1;
            }
        }
        if let Some(adoption) = self.adopted.as_ref().filter(|a| a.last_seq == seq)
            && adoption.hash != self.hash
        {
            return Err(Broken::Adoption(seq));
        }
        if let Some(file) = &mut self.file {
            file.next(&head)?;
        }
        self.before = Some(head);
        Ok(())
    }

    pub(super) fn verdict(self, conn: &mut PgConnection, found: Found) -> Result<Verdict> {
        let last = heads::newest(conn)?.into_iter().next();
        let extra = sql(statement!("beside_the_chain" => Extra))
            .bind(
                last.as_ref()
                    .map_or("0".into(), |head| head.last_txid.clone()),
            )
            .bind(last.as_ref().map_or(Uuid::nil(), |head| head.last_event_id))
            .bind(self.latest.map(|latest| latest - ASTRAY))
            .get_result(conn)?;
        let never = extra
            .oldest
            .filter(|oldest| last.is_none() && self.against.now - *oldest > ASTRAY);
        let strict = self.rule == Rule::Strict;
        let broken = found
            .err()
            .or(extra.slipped_in.map(Broken::Added))
            .or(never.filter(|_| strict).map(|_| Broken::NeverSealed))
            .or(extra.astray.filter(|_| strict).map(Broken::Time));
        Ok(Verdict {
            sealed: self.seq,
            tail: extra.tail,
            broken,
        })
    }
}

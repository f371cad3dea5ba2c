//! E-mail that says that there is something to sign in for: a kind, case codes, an address. Its text
//! is made when it is sent, from what is open to its reader then. A letter about an account goes to an
//! address that was fixed when it was written; what it says is sealed until it ends.
//!
//! What holds: an e-mail is sent at most once. A row is taken under a lease with `skip locked`, and a
//! mark is committed before the text is handed to the mail server; until then whatever fails is tried
//! again, later and later. A server that breaks, or a connection that does, between the mark and the
//! mail server's answer leaves the e-mail in doubt: it may have gone, it is not sent again, and the
//! figure `toldonce_mail_total{outcome="in_doubt"}` tells. The notice itself stands in the inbox
//! whatever becomes of the e-mail. To a folder it is exactly once: the file carries the row's id.

mod letter;
mod post;
mod store;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::letters;
use super::model::{MailOutcome, NoticeKind};
use kernel::crypto;
use kernel::db::Db;
use kernel::error::{Error, Result};
use kernel::metrics;
pub use post::{Encryption, MailError, Mailer, Relay};
use post::{Fault, MailConnection};
use store::Addressed;
pub(super) use store::Waiting;

/// How long a row is one server's.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Rows taken at a time.
const BATCH: i64 = 20;
/// After this a round takes no further rows, so that other jobs get their turn.
const ROUND: Duration = Duration::from_secs(30);
/// Attempts before an e-mail is given up: within a day.
const ATTEMPTS: i16 = 24;
/// Days after which an unsent e-mail is no news any more.
const STALE: TimeDelta = TimeDelta::days(3);

/// What became of one attempt.
enum Fate {
    Ended(MailOutcome),
    Later,
}

/// The job: sends what waits.
pub fn send_due(db: &Db, mail: &Mailer) -> Result<()> {
    let ended = db.keep_books(|conn, now| store::end_hopeless(conn, now, now - STALE))?;
    for outcome in ended {
        note(outcome);
    }
    if mail.is_off() {
        return Ok(());
    }
    let began = Instant::now();
    while began.elapsed() < ROUND {
        let waiting = db.keep_books(|conn, now| store::take(conn, now, now + LEASE, BATCH))?;
        if waiting.is_empty() {
            break;
        }
        send(db, mail, waiting)?;
    }
    Ok(())
}

/// Ends what waits and is no news any more, without a word of it: for a past that was lived at once.
pub fn let_go(db: &Db) -> Result<()> {
    loop {
        let ended = db.keep_books(|conn, now| store::end_hopeless(conn, now, now - STALE))?;
        if ended.is_empty() {
            return Ok(());
        }
    }
}

/// Sends these, over one connection as far as it holds. One that cannot be made puts all of them off.
fn send(db: &Db, mail: &Mailer, waiting: Vec<Waiting>) -> Result<()> {
    let ids = waiting.iter().map(|row| row.id).collect();
    let addressed = db.keep_books(|conn, now| store::addressed(conn, ids, now))?;
    let mut line = MailConnection::new(mail);
    let mut put_off = 0_usize;
    for row in &waiting {
        let written = match row.kind {
            Some(kind) => notice(mail, row, kind, &addressed),
            None => about_account(db, mail, row)?,
        };
        let fate = match written {
            Ok(letter) => deliver(db, &mut line, row, &letter)?,
            Err(outcome) => Fate::Ended(outcome),
        };
        put_off += usize::from(settle(db, row, fate)?);
    }
    match put_off {
        0 => Ok(()),
        _ => Err(Error::Internal(
            "e-mail could not be handed over and is tried again",
        )),
    }
}

/// A letter to be sent, or why there is none.
type Written = std::result::Result<letter::Letter, MailOutcome>;

fn notice(mail: &Mailer, row: &Waiting, kind: NoticeKind, addressed: &[Addressed]) -> Written {
    let to = addressed.iter().find(|to| to.id == row.id);
    let to = to.ok_or(MailOutcome::Withheld)?;
    letter::notice(mail, row, kind, to).ok_or(MailOutcome::Refused)
}

/// Opens a letter about an account. Its link may lead nowhere by now.
fn about_account(db: &Db, mail: &Mailer, row: &Waiting) -> Result<Written> {
    let (Some(kind), Some(words)) = (row.letter, letters::open(db.keys(), row)) else {
        return Ok(Err(MailOutcome::GivenUp));
    };
    if let Some(link) = &words.link {
        let hash = crypto::hash_secret(&link.token);
        let open = db.keep_books(|conn, now| store::link_is_open(conn, hash, now))?;
        if !open {
            return Ok(Err(MailOutcome::Withheld));
        }
    }
    let letter = letter::about_account(mail, row, kind, &words);
    Ok(letter.ok_or(MailOutcome::Refused))
}

fn deliver(
    db: &Db,
    line: &mut MailConnection<'_>,
    row: &Waiting,
    letter: &letter::Letter,
) -> Result<Fate> {
    if let Err(fault) = line.offer(letter) {
        return Ok(fate(Err(fault)));
    }
    let ours = db.keep_books(|conn, now| store::hand(conn, row, now, now + LEASE))?;
    if !ours {
        line.hang_up();
        return Ok(Fate::Later);
    }
    Ok(fate(line.hand_over(letter)))
}

fn fate(done: std::result::Result<(), Fault>) -> Fate {
    match done {
        Ok(()) => Fate::Ended(MailOutcome::Sent),
        Err(Fault::Refused) => Fate::Ended(MailOutcome::Refused),
        Err(Fault::InDoubt) => Fate::Ended(MailOutcome::InDoubt),
        Err(Fault::NotYet) => Fate::Later,
    }
}

/// Writes down what became of it; true if it is to be tried again.
fn settle(db: &Db, row: &Waiting, fate: Fate) -> Result<bool> {
    let outcome = match fate {
        Fate::Ended(outcome) => outcome,
        Fate::Later if row.attempts >= ATTEMPTS => MailOutcome::GivenUp,
        Fate::Later => {
            db.keep_books(|conn, now| store::later(conn, row, again_at(row.attempts, now)))?;
            return Ok(true);
        }
    };
    db.keep_books(|conn, now| store::end(conn, row, outcome, now))?;
    note(outcome);
    Ok(false)
}

/// One minute after the first attempt, then twice as long each time, an hour at most.
fn again_at(attempts: i16, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(6);
    now + TimeDelta::minutes(1 << doublings).min(TimeDelta::hours(1))
}

fn note(outcome: MailOutcome) {
    metrics::mail(outcome.as_str());
    if !matches!(outcome, MailOutcome::Sent | MailOutcome::Withheld) {
        tracing::warn!(
            outcome = outcome.as_str(),
            "an e-mail was not sent, or may not have been"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_an_hour() {
        let now = DateTime::UNIX_EPOCH;
        let minutes = |attempts| (again_at(attempts, now) - now).num_minutes();
        let waits: Vec<_> = [0, 1, 2, 3, 6, 7, 23].map(minutes).into();
        assert_eq!(waits, [1, 1, 2, 4, 32, 60, 60]);
        let all: i64 = (1..ATTEMPTS).map(minutes).sum();
        assert!(all < 24 * 60, "{all}");
    }
}

//! Failures of people who are nobody yet. Everybody can make as many as they like, so the audit tells of
//! the first in an hour and of each that doubles their number, and says how many it stands for; what is
//! left over is told when the hour is over.

use uuid::Uuid;

use super::guess_store;
use super::guesses::{Guess, failed_subject};
use kernel::audit::{Audited, Event};
use kernel::db::Db;
use kernel::error::{Error, Result};
use kernel::http::Network;
use kernel::policy::Act;

/// Records that somebody tried an account, or a secret of no known account, from a network.
pub async fn record(db: &Db, act: Act, account: &str, from: Network) -> Result<()> {
    let account = account.to_owned();
    let count = move |tx: &mut kernel::db::Tx<'_>| -> Result<_> {
        let subject: Uuid = failed_subject(&tx.keys, &account, from);
        guess_store::count(tx, act, subject)
    };
    let counted = db.count(count).await?;
    if !counted.is_to_be_recorded() {
        return Ok(());
    }
    let record = move |tx: &mut kernel::db::Tx<'_>| {
        let event = guess_store::record(tx, act, &counted)?;
        Ok(Audited::new((), event))
    };
    db.run_public(act.ask(), record).await
}

/// The answer to a secret that nobody has: `refusal`, or that the network has to wait. It was looked up
/// first, so that no noise from a network hinders those there whose secrets hold.
pub async fn refused(db: &Db, act: Act, from: Network, refusal: Error) -> Error {
    let reserve = move |tx: &mut kernel::db::Tx<'_>| {
        let guess = Guess::of_secret(&tx.keys, from);
        guess_store::reserve(tx, &guess)
    };
    let told = match db.count(reserve).await {
        Ok(()) => record(db, act, "", from).await,
        Err(error) => Err(error),
    };
    told.err().unwrap_or(refusal)
}

/// The job: tells of what is left of hours that are over, and deletes counts that have served their time.
pub fn tidy(db: &Db) -> Result<()> {
    loop {
        let more = db.run_system(Act::KeepHouse.ask(), |tx| {
            let events = guess_store::close_hours(tx)?;
            let (deleted, more) = guess_store::sweep(tx)?;
            let deleted = usize::try_from(deleted).unwrap_or(usize::MAX);
            let audited = Audited::new(more, Event::list(deleted));
            Ok(events.into_iter().fold(audited, Audited::and))
        })?;
        if !more {
            return Ok(());
        }
    }
}

//! Tokens that an older version made are made anew, file by file.
//!
//! A file gets those of today of its people and of those whom its referrals name. What the search goes by is
//! replaced where it is there, and added for its people alone: what was corrected stays so. What an older version
//! made of the same people goes; what nobody gives any more stays. What a new token links is followed by exclusions
//! and restrictions, by the triggers that do so for every token. A file is done in one transaction, and another
//! server passes over it meanwhile. Tokens of people who cannot be read stay as they are until somebody mends them.

use uuid::Uuid;

use super::renewal_store::{self as store, After, OldFile};
use super::tokens;
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::policy::Act;

/// Makes the tokens anew that an older version made; returns how many files were looked at. One file that fails
/// keeps no other from being done: its error is told at the end, and the next run tries again.
pub fn renew_old(db: &Db) -> Result<usize> {
    db.run_round(
        Act::RenewTokens.ask(),
        |tx| match kernel::case_file::forget_opened_keys(tx, None)? {
            0 => Ok(None),
            opened => {
                let event = Event::list(opened).fields(["data_keys"]);
                Ok(Some(Audited::new((), event)))
            }
        },
    )?;
    let (mut done, mut failed) = (0, None);
    for next in [store::next_unseen as Next, store::next_old] {
        let mut after = (0, Uuid::nil());
        loop {
            let before = after;
            match db.run_round(Act::RenewTokens.ask(), |tx| {
                renew_next(tx, next, &mut after)
            }) {
                Ok(Some(())) => done += 1,
                Ok(None) => break,
                Err(error) if after == before => return Err(error),
                Err(error) => failed = Some(error),
            }
        }
    }
    failed.map_or(Ok(done), Err)
}

type Next = fn(&mut Tx<'_>, After) -> Result<Option<OldFile>>;

/// Renews the first file that needs it after a certain one.
fn renew_next(tx: &mut Tx<'_>, next: Next, after: &mut After) -> Result<Option<Audited<()>>> {
    let Some(file) = next(tx, *after)? else {
        return Ok(None);
    };
    *after = (file.version, file.id);
    let store::Named { parties, named } = store::people(tx, &file)?;
    let whole = kernel::crypto::damage::found().is_empty();
    let everybody = parties.iter().chain(&named);
    let searched = everybody.flat_map(|who| tokens::searched_anew(who, &tx.keys));
    store::replace(tx, &file, &searched.collect::<Vec<_>>())?;
    let tokens = tokens::of_case(&parties, &named, &tx.keys).into_iter();
    let (today, older) = tokens.partition(|token| token.version == tokens::VERSION);
    store::add(tx, &file, today)?;
    store::remove(tx, &file, older)?;
    store::done(tx, &file, whole)?;
    let event = Event::list(1).in_case(file.marac_id, file.id);
    Ok(Some(Audited::new((), event.fields(["tokens"]))))
}

//! Tokens that an older folding of names made are made anew, file by file.
//!
//! Each old token of a file is replaced by the one that the same people give now; what a file is found by stays the
//! same people. Kinds of tokens that are younger than the file are added for its people, and a file whose names the
//! older folding could make nothing of gets its first ones. What a new token links is followed by exclusions and
//! restrictions, by the triggers that do so for every token. A file is done in one transaction, and another server
//! passes over it meanwhile. Tokens of people who cannot be read stay as they are until somebody mends them.

use uuid::Uuid;

use super::renewal_store::{self as store, After, OldFile};
use super::tokens::{self, Someone, Token};
use crate::audit::{Audited, Event};
use crate::crypto::KeyRing;
use crate::db::{Db, Tx, nothing};
use crate::error::Result;
use crate::policy::Act;

/// Makes the tokens anew that an older version made; returns how many files were looked at. One file that fails
/// keeps no other from being done: its error is told at the end, and the next run tries again.
pub fn renew_old(db: &Db) -> Result<usize> {
    db.run_round(
        Act::RenewTokens.ask(),
        |tx| match crate::damage::forget_opened_keys(tx)? {
            0 => nothing(),
            opened => Ok(Audited::new((), Event::list(opened).fields(["data_keys"]))),
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
fn renew_next(tx: &mut Tx<'_>, next: Next, after: &mut After) -> Result<Audited<()>> {
    let Some(file) = next(tx, *after)? else {
        return nothing();
    };
    *after = (file.version, file.id);
    let named = store::people(tx, &file)?;
    let whole = crate::damage::found().is_empty();
    let everybody = named.documents.iter().chain([&named.parties]);
    let replaced: Vec<_> = everybody
        .flat_map(|people| old_and_new(people, &tx.keys))
        .collect();
    store::replace(tx, &file, &replaced)?;
    let known_by = match named.parties.is_empty() {
        true => &named.documents[..],
        false => std::slice::from_ref(&named.parties),
    };
    let missing = known_by.iter().flat_map(|who| now(who, &tx.keys)).collect();
    store::add(tx, &file, missing)?;
    store::done(tx, &file, whole)?;
    let event = Event::list(1).in_case(file.marac_id, file.id);
    Ok(Audited::new((), event.fields(["tokens"])))
}

fn now(people: &[Someone], keys: &KeyRing) -> Vec<Token> {
    let made = tokens::of_people_by(people, keys, tokens::NOW);
    made.into_iter().flatten().collect()
}

/// What these people gave before, beside what they give now.
fn old_and_new(people: &[Someone], keys: &KeyRing) -> Vec<(Token, Token)> {
    let by = |fold| tokens::of_people_by(people, keys, fold).into_iter();
    by(tokens::BEFORE)
        .zip(by(tokens::NOW))
        .filter_map(|(old, new)| old.zip(new))
        .collect()
}

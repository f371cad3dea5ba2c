//! Proofs of who somebody is: a password at sign-in, the own password again, a link. A guess is counted
//! first, then checked; one that was right is taken back by whoever acts on it.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::guess_store;
use super::guesses::{Guess, known_network};
use super::password::Passwords;
use super::password::{Queue, prepared};
use super::sessions::{self, Credential};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::http::Network;
use kernel::policy::{Act, Principal};

/// Whose password this is, and the guess that it was; nobody's, if they do not match or there is no such
/// account: either way the same is counted and as much is done.
pub async fn at_sign_in(
    db: &Db,
    passwords: &Passwords,
    address: &str,
    typed: Zeroizing<String>,
    from: Network,
) -> Result<Option<(Credential, Guess)>> {
    let (address, password) = (address.to_owned(), prepared(&typed));
    let count = move |tx: &mut Tx<'_>| {
        let found = sessions::credential(tx, &address)?;
        // Of an account that is not there no network is known: the same question is asked.
        let asked = found.as_ref().map_or(Uuid::nil(), |found| found.user_id);
        let network = known_network(&tx.keys, asked, from);
        let known = guess_store::knows(tx, asked, network)?;
        let today = tx.now.date_naive();
        let guess = Guess::at_sign_in(&tx.keys, &address, &password, from, known, today);
        guess_store::reserve(tx, &guess)?;
        Ok((found, guess, known))
    };
    let (found, guess, known) = db.count(count).await?;
    let queue = match known {
        true => Queue::Known,
        false => Queue::Strangers,
    };
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let matches = check(db, passwords, queue, typed, stored, &guess).await?;
    Ok(found.filter(|_| matches).map(|found| (found, guess)))
}

/// Whether a password matches. If it could not be checked, it was no guess.
async fn check(
    db: &Db,
    passwords: &Passwords,
    queue: Queue,
    typed: Zeroizing<String>,
    stored: Option<String>,
    guess: &Guess,
) -> Result<bool> {
    let checked = passwords.verify(queue, typed, stored).await;
    if checked.is_err() {
        let guess = guess.clone();
        let take_back = move |tx: &mut Tx<'_>| guess_store::take_back(tx, &guess);
        db.count(take_back).await?;
    }
    checked
}

/// The own account, in a session.
pub fn person(principal: &Principal) -> Result<(Uuid, Uuid)> {
    match principal {
        Principal::User { id, session_id } => Ok((*id, *session_id)),
        _ => Err(Code::Forbidden.into()),
    }
}

/// Checks the caller's own password. A wrong one counts like one at sign-in, and is recorded.
pub async fn again(
    db: &Db,
    passwords: &Passwords,
    caller: &Caller,
    typed: Zeroizing<String>,
    from: Network,
    act: Act,
) -> Result<(Credential, Guess)> {
    let count = move |tx: &mut Tx<'_>| {
        let (user_id, _) = person(&tx.actor.principal)?;
        let own = sessions::credential_of(tx, user_id)?.ok_or(Code::Unauthenticated)?;
        let guess = Guess::of_known(&tx.keys, &own.email, from);
        guess_store::reserve(tx, &guess)?;
        Ok(Audited::new((own, guess), Event::new()))
    };
    let (own, guess) = db.run(caller, Act::ReadMe.ask(), count).await?;
    let stored = own.password_hash.clone();
    if check(db, passwords, Queue::Known, typed, stored, &guess).await? {
        return Ok((own, guess));
    }
    let wrong = |_: &mut Tx<'_>| Ok(Audited::new((), Event::new().failed()));
    db.run(caller, act.ask(), wrong).await?;
    Err(Code::BadCredentials.into())
}

/// The hash of a password chosen with a link; none, if nobody has such a link.
pub async fn by_link(
    db: &Db,
    passwords: &Passwords,
    token: String,
    chosen: Zeroizing<String>,
) -> Result<Option<String>> {
    let find = move |tx: &mut Tx<'_>| {
        let found = sessions::invited(tx, &token)?;
        let Some(found) = found else { return Ok(None) };
        let about = sessions::about(tx, found.user_id)?;
        Ok(Some((found.password_hash, about)))
    };
    let Some((stored, about)) = db.count(find).await? else {
        return Ok(None);
    };
    let hash = passwords.choose("/password", chosen, about, stored);
    hash.await.map(Some)
}

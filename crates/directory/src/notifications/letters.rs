//! Letters about an account: an invitation, a link to a new password or address, what somebody changed.
//!
//! A letter goes to the address that it is written with, so that a warning does not follow a changed
//! address. Its words are sealed in the outbox, because a link among them would open the account, and
//! are destroyed as soon as the letter has ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::mail::Waiting;
use super::store;
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::vocabulary;

vocabulary! {
    /// What a letter is for.
    LetterKind {
        /// The link with which a new account's person chooses a password.
        Invitation = "invitation",
        /// The link with which somebody chooses a new password.
        PasswordLink = "password_link",
        /// The link, to a new address, with which the account's person confirms it.
        AddressLink = "address_link",
        /// What somebody else changed of the account.
        AccountChanged = "account_changed",
    }
}

vocabulary! {
    /// What somebody else changed of an account.
    AccountMatter {
        AddressAsked = "address_asked",
        Address = "address",
        Roles = "roles",
        Reopened = "reopened",
        Actor = "actor",
    }
}

/// A link. Whoever has it can use it, once.
#[derive(Serialize, Deserialize)]
pub struct Link {
    /// The secret.
    pub token: String,
    /// Until when it is good.
    pub until: DateTime<Utc>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}

/// What a letter says, and to whom.
#[derive(Serialize, Deserialize)]
pub struct Words {
    /// Where it goes.
    pub address: String,
    /// The link.
    pub link: Option<Link>,
    /// What was changed.
    pub changes: Vec<AccountMatter>,
}

fn place(id: Uuid) -> SealPlace {
    SealPlace::new("outbox", "sealed", id)
}

/// Writes a letter about an account, in this transaction.
pub fn post(tx: &mut Tx<'_>, user_id: Uuid, kind: LetterKind, words: &Words) -> Result<()> {
    let id = Uuid::now_v7();
    let plain =
        serde_json::to_vec(words).map_err(|_| Error::Internal("a letter did not serialise"))?;
    let sealed = tx.keys.seal(place(id), &Zeroizing::new(plain))?;
    store::post_letter(tx, id, user_id, kind, sealed)
}

/// The words of a letter that waits; nothing if no key here opens them.
pub(super) fn open(keys: &KeyRing, row: &Waiting) -> Option<Words> {
    let (sealed, key) = row.sealed.as_ref().zip(row.master_key_id.as_ref())?;
    let plain = keys.open(place(row.id), key, sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

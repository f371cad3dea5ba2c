//! Links to an account. One goes to the account's own address and stands in no answer; without e-mail
//! the operator's command line prints it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::links_store;
use super::store::{self, User};
use super::{concern, reach};
use crate::auth;
use crate::notifications::NoticeKind;
use crate::notifications::letters::{self, LetterKind, Link, Words};
use crate::notifications::mail::Mailer;
use kernel::crypto;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::vocabulary;

/// How long an invitation holds.
const INVITATION: TimeDelta = TimeDelta::days(7);
/// How long a link to a new password holds: it opens an account that is in use.
const RESET: TimeDelta = TimeDelta::days(1);
/// How long a new address can be confirmed.
pub(super) const ADDRESS: TimeDelta = TimeDelta::days(2);

vocabulary! {
    /// How a link reaches its person.
    LinkDelivery {
        /// By e-mail, to the account's own address.
        Email = "email",
        /// This installation sends no e-mail: the operator prints one with `toldonce user link`.
        Operator = "operator",
    }
}

impl LinkDelivery {
    /// The way of this installation.
    pub fn of(mail: &Mailer) -> Self {
        match mail.is_off() {
            true => Self::Operator,
            false => Self::Email,
        }
    }
}

/// What became of a link. The link itself is in no answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkOut {
    /// How it reaches the account's person.
    pub delivery: LinkDelivery,
    /// Until when it is good; null: none is open.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The link to the account that is open now.
pub(super) fn show(tx: &mut Tx<'_>, user: &User, delivery: LinkDelivery) -> Result<LinkOut> {
    Ok(LinkOut {
        delivery,
        expires_at: links_store::open_invitation(tx, user.id)?,
    })
}

/// Makes a new link to the account, with which its person chooses a password; earlier ones die.
fn make(tx: &mut Tx<'_>, user: &User) -> Result<Link> {
    let lifetime = match user.has_password {
        true => RESET,
        false => INVITATION,
    };
    let (token, until) = (crypto::secret()?, tx.now + lifetime);
    auth::end_links(tx, user.id)?;
    links_store::add_invitation(tx, user.id, crypto::hash_secret(&token), until)?;
    Ok(Link { token, until })
}

/// Sends a new link to the account's own address; earlier ones die. Without e-mail none is made.
pub(super) fn send(tx: &mut Tx<'_>, user: &User, delivery: LinkDelivery) -> Result<()> {
    if delivery == LinkDelivery::Operator {
        return auth::end_links(tx, user.id);
    }
    let kind = match user.has_password {
        true => LetterKind::PasswordLink,
        false => LetterKind::Invitation,
    };
    let words = Words {
        address: user.email.clone(),
        link: Some(make(tx, user)?),
        changes: Vec::new(),
    };
    letters::post(tx, user.id, kind, &words)
}

/// What the operator is given to hand on.
pub struct Printed {
    /// The link.
    pub link: Link,
    /// It confirms a new address; it does not choose a password.
    pub confirms_address: bool,
    /// The account.
    pub user: User,
    /// Where the account works: each of these MARACs records it.
    pub maracs: Vec<uuid::Uuid>,
}

/// A link for the operator to hand over: to the account, or to confirm the new address that was asked
/// for. Who is concerned is told as if somebody signed in had asked for it. Nothing if there is no such
/// open account, or no new address waits.
pub fn print(tx: &mut Tx<'_>, email: &str, new_address: bool) -> Result<Option<Printed>> {
    if !tx.actor.principal.is_system() {
        return Err(Error::Internal("only the command line prints a link"));
    }
    let Some(user) = store::find_by_email(tx, email)?.filter(|user| user.disabled_at.is_none())
    else {
        return Ok(None);
    };
    let roles = reach::all_roles_of(tx, user.id)?;
    let maracs = concern::maracs(tx, user.agency_id, roles)?;
    let link = if new_address {
        let (token, until) = (crypto::secret()?, tx.now + ADDRESS);
        if !links_store::renew_address_change(tx, user.id, crypto::hash_secret(&token), until)? {
            return Ok(None);
        }
        Link { token, until }
    } else {
        if user.has_password {
            auth::end_sessions_everywhere(tx, user.id)?;
            concern::tell_inbox(tx, NoticeKind::PasswordReset, user.id, &maracs)?;
        }
        make(tx, &user)?
    };
    concern::tell_staff(tx, NoticeKind::AccountChanged, ("user", user.id), &maracs)?;
    Ok(Some(Printed {
        link,
        confirms_address: new_address,
        user,
        maracs,
    }))
}

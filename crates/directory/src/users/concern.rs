//! Whom it concerns that an account or an API client was made or changed: the MARACs, their
//! coordinators, and the account's person.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::grants::RoleGrant;
use super::store::User;
use crate::agencies;
use crate::notifications::letters::{self, AccountMatter, LetterKind, Words};
use crate::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;

/// The MARACs that something concerns: those where it has a role, or else all of its agency's. `roles`
/// are those before the act and after it.
pub fn maracs(
    tx: &mut Tx<'_>,
    agency_id: Uuid,
    roles: impl IntoIterator<Item = RoleGrant>,
) -> Result<Vec<Uuid>> {
    let maracs: BTreeSet<_> = roles.into_iter().map(|grant| grant.marac_id).collect();
    match maracs.is_empty() {
        false => Ok(maracs.into_iter().collect()),
        true => agencies::maracs_of(tx, agency_id),
    }
}

/// The coordinators of these MARACs hear of it; where a coordinator did it, the chair does too, because
/// nobody is told of what they did themselves.
pub fn tell_staff(
    tx: &mut Tx<'_>,
    kind: NoticeKind,
    subject: (&'static str, Uuid),
    maracs: &[Uuid],
) -> Result<()> {
    let notices: Vec<_> = maracs
        .iter()
        .map(|marac_id| Notice {
            kind,
            marac_id: *marac_id,
            case_id: None,
            subject,
            to: match tx.actor.holds(*marac_id, &[Role::Coordinator]) {
                true => vec![To::Role(Role::Coordinator), To::Role(Role::Chair)],
                false => vec![To::Role(Role::Coordinator)],
            },
        })
        .collect();
    tell(tx, &notices)
}

/// The account's person hears of it: in the inbox, in the first of these MARACs where they work, and by
/// a letter to the address that was theirs before the act.
pub fn tell_person(
    tx: &mut Tx<'_>,
    before: &User,
    maracs: &[Uuid],
    changes: &[AccountMatter],
) -> Result<()> {
    tell_inbox(tx, NoticeKind::OwnAccountChanged, before.id, maracs)?;
    let words = Words {
        address: before.email.clone(),
        link: None,
        changes: changes.to_vec(),
    };
    letters::post(tx, before.id, LetterKind::AccountChanged, &words)
}

/// The account's person hears of it in the inbox alone, because a letter with a link follows.
pub fn tell_inbox(tx: &mut Tx<'_>, kind: NoticeKind, user_id: Uuid, maracs: &[Uuid]) -> Result<()> {
    let notice = maracs.first().map(|marac_id| Notice {
        kind,
        marac_id: *marac_id,
        case_id: None,
        subject: ("user", user_id),
        to: vec![To::User(user_id)],
    });
    tell(tx, notice.as_slice())
}

//! A case is found by the people it has now: who they are, where they live, how they are reached.

use uuid::Uuid;

use super::record_store;
use crate::people::{Home, Someone, renew_tokens};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::party::Identity;

/// After a change of a case's people. By what one of them was called before, the case is found no
/// longer; give it with the party's id.
pub(super) fn found_anew(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    was: Option<(Uuid, Identity)>,
) -> Result<()> {
    let are = everybody(tx, case)?;
    let were = was.map(|(id, identity)| {
        let before = are.iter().map(|(party, who)| Someone {
            identity: match *party == id {
                true => identity.clone(),
                false => who.identity.clone(),
            },
            ..who.clone()
        });
        before.collect::<Vec<_>>()
    });
    let are: Vec<Someone> = are.into_iter().map(|(_, who)| who).collect();
    renew_tokens(tx, case, were.as_deref(), &are)
}

/// Everybody of a case, as far as tokens are made of it.
pub fn everybody(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<(Uuid, Someone)>> {
    let known = record_store::load(tx, case)?.into_iter().map(|party| {
        let addresses = party.addresses.iter().map(|(_, one)| Home::of(one));
        let who = Someone {
            role: party.role,
            identity: party.identity,
            addresses: addresses.collect(),
            contacts: party
                .contacts
                .into_iter()
                .filter(|(_, contact)| contact.is_own())
                .map(|(_, contact)| contact.value.into_string())
                .collect(),
        };
        (party.id, who)
    });
    Ok(known.collect())
}

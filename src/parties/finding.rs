//! A case is found by the people it has now: who they are, where they live, how they are reached.

use uuid::Uuid;

use super::model::Identity;
use super::record_store;
use crate::db::Tx;
use crate::error::Result;
use crate::policy::visibility::VisibleCase;
use crate::referrals::{Someone, renew_tokens};

/// After a change of a case's people. By what one of them was called before, the case is found no
/// longer; give it with the party's id.
pub(super) fn found_anew(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    was: Option<(Uuid, Identity)>,
) -> Result<()> {
    let (mut were, mut are) = (Vec::new(), Vec::new());
    for party in record_store::load(tx, case)? {
        let postcodes = party
            .addresses
            .into_iter()
            .filter_map(|(_, address)| address.postcode);
        let who = Someone {
            role: party.role,
            identity: party.identity,
            postcodes: postcodes.collect(),
            contacts: party.contacts.into_iter().map(|c| c.value).collect(),
        };
        let mut before = who.clone();
        if let Some((_, identity)) = was.as_ref().filter(|(id, _)| *id == party.id) {
            before.identity = identity.clone();
        }
        were.push(before);
        are.push(who);
    }
    renew_tokens(tx, case, was.is_some().then_some(&were[..]), &are)
}

//! Advice on the people of a case, as its reader sees them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::shape::{AddressOut, PartyOut, People};
use super::store;
use directory::maracs;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::advice::{AdviceGiven, LeastAges, Looked, advice};

/// Somebody of a case after a change, and what to look at again.
#[derive(Serialize, ToSchema)]
pub struct PartyChanged {
    /// The person.
    #[serde(flatten)]
    pub party: PartyOut,
    /// What to look at again among the people of the case. It refuses nothing.
    pub advice: Vec<AdviceGiven>,
}

/// An address after a change, and what to look at again.
#[derive(Serialize, ToSchema)]
pub struct AddressChanged {
    /// The address.
    #[serde(flatten)]
    pub address: AddressOut,
    /// What to look at again among the people of the case. It refuses nothing.
    pub advice: Vec<AdviceGiven>,
}

/// What was changed, and where it stands in the request.
#[derive(Debug, Clone, Copy)]
pub enum Changed {
    /// Somebody, whose identity stands there.
    Party(Uuid, &'static str),
    /// An address, which is the request itself.
    Address(Uuid),
    /// Nothing: the people are read.
    Nothing,
}

/// What to look at again among people that are read.
pub fn of_people(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    people: &[PartyOut],
    changed: Changed,
) -> Result<Vec<AdviceGiven>> {
    let (settings, _) = maracs::settings(tx, case.marac_id)?;
    let least = LeastAges::from(&settings);
    Ok(advice(&looked(people, changed), least, tx.today()))
}

/// The same after a change, once it is written.
pub fn of_case(tx: &mut Tx<'_>, case: &VisibleCase, changed: Changed) -> Result<Vec<AdviceGiven>> {
    let rows = store::people(tx, case)?;
    let people = People::of(case, &rows)?;
    of_people(tx, case, &people.parties, changed)
}

fn looked(people: &[PartyOut], changed: Changed) -> Vec<Looked<'_>> {
    let mut looked: Vec<(bool, Looked<'_>)> = Vec::new();
    for (n, party) in people.iter().enumerate() {
        let Some(identity) = &party.identity else {
            continue;
        };
        let (is_changed, pointer) = match changed {
            Changed::Party(id, pointer) if id == party.id => (true, pointer.to_owned()),
            _ => (false, format!("/items/{n}/identity")),
        };
        let address = |(m, one): (usize, &AddressOut)| match changed {
            Changed::Address(id) if id == one.id => String::new(),
            _ => format!("/items/{n}/addresses/{m}/address"),
        };
        let addresses = party.addresses.iter().enumerate();
        let addresses = addresses.map(|(m, one)| (address((m, one)), &one.address));
        let who = Looked {
            pointer,
            role: party.role,
            identity,
            addresses: addresses.collect(),
        };
        looked.push((is_changed, who));
    }
    // What two have in common is told of the one that was changed.
    looked.sort_by_key(|(is_changed, _)| *is_changed);
    looked.into_iter().map(|(_, who)| who).collect()
}

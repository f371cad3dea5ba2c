//! Whom tokens are made of.

use practice::document::Document;
use practice::party::{Address, AddressKind, Identity, PartyRole};

/// What of a person tokens are made of.
#[derive(Debug, Clone)]
pub struct Someone {
    /// The part they play.
    pub role: PartyRole,
    /// Who they are.
    pub identity: Identity,
    /// Where they live or lived.
    pub addresses: Vec<Home>,
    /// How they can be reached; what is no telephone number makes no token.
    pub contacts: Vec<String>,
}

/// What of an address tokens are made of.
#[derive(Debug, Clone)]
pub struct Home {
    /// Lines without the postcode.
    pub lines: String,
    /// Postcode.
    pub postcode: Option<String>,
    /// A refuge is the door of many who do not know one another.
    pub is_refuge: bool,
}

impl Home {
    /// Of an address that was sent or is recorded.
    pub fn of(address: &Address) -> Self {
        Self {
            lines: address.lines.to_string(),
            postcode: address.postcode.clone().map(String::from),
            is_refuge: address.kind == AddressKind::Refuge,
        }
    }
}

/// The people a referral names.
pub(super) fn people(document: &Document) -> Vec<Someone> {
    let someone = |role, identity: &Identity, addresses: &[Address]| Someone {
        role,
        identity: identity.clone(),
        addresses: addresses.iter().map(Home::of).collect(),
        contacts: Vec::new(),
    };
    let mut people = Vec::new();
    if let Some(survivor) = &document.survivor {
        let contacts = survivor.contacts.iter().filter(|contact| contact.is_own());
        people.push(Someone {
            contacts: contacts.map(|contact| contact.value.to_string()).collect(),
            ..someone(PartyRole::Survivor, &survivor.identity, &survivor.addresses)
        });
    }
    let perpetrators = document.perpetrators.iter();
    people.extend(perpetrators.map(|p| someone(PartyRole::Perpetrator, &p.identity, &p.addresses)));
    let children = document.children.iter();
    people.extend(children.map(|child| someone(PartyRole::Child, &child.identity, &[])));
    people
}

//! Writing down the people a referral tells of, as rows of its case.
//!
//! Into a new case they come as they were sent. Into a case that is there already only what is new
//! comes: another address, another way to be reached, another name as an alias. Nothing recorded is
//! overwritten; an address that is known already becomes confidential if the referral says so.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::model::{
    Address, Characteristics, Contact, Identity, PartyRole, RelationshipKind, plain, plain_place,
};
use super::record_store as store;
use crate::crypto::Place;
use crate::db::Tx;
use crate::error::Result;
use crate::policy::visibility::VisibleCase;
use crate::referrals::document::Document;
use crate::vocabulary::YesNoUnknown;

/// A person of the referral on the way into rows.
pub(super) struct Incoming {
    pub id: Uuid,
    pub person_id: Uuid,
    pub role: PartyRole,
    pub identity: Identity,
    pub characteristics: Option<Characteristics>,
    pub addresses: Vec<Address>,
    pub contacts: Vec<Contact>,
}

/// How two parties stand to each other.
pub(super) struct Relation {
    pub from: Uuid,
    pub to: Uuid,
    pub kind: RelationshipKind,
    pub living_together: YesNoUnknown,
}

impl Incoming {
    fn new(role: PartyRole, identity: Identity) -> Self {
        Self {
            id: Uuid::now_v7(),
            person_id: Uuid::now_v7(),
            role,
            identity,
            characteristics: None,
            addresses: Vec::new(),
            contacts: Vec::new(),
        }
    }
}

/// Everybody in the document, and how they stand to one another.
fn people(document: &Document) -> (Vec<Incoming>, Vec<Relation>) {
    let mut people = Vec::new();
    let mut relations = Vec::new();
    let survivor = document.survivor.as_ref().map(|s| {
        let mut who = Incoming::new(PartyRole::Survivor, s.identity.clone());
        who.characteristics = Some(s.characteristics.clone());
        who.addresses.clone_from(&s.addresses);
        who.contacts.clone_from(&s.contacts);
        let id = who.id;
        people.push(who);
        id
    });
    let mut perpetrators = Vec::new();
    for p in &document.perpetrators {
        let mut who = Incoming::new(PartyRole::Perpetrator, p.identity.clone());
        who.addresses.clone_from(&p.addresses);
        perpetrators.push(who.id);
        relations.extend(survivor.map(|survivor| Relation {
            from: who.id,
            to: survivor,
            kind: p.relationship,
            living_together: p.living_together,
        }));
        people.push(who);
    }
    for c in &document.children {
        let who = Incoming::new(PartyRole::Child, c.identity.clone());
        let towards = |to, living_together| Relation {
            from: who.id,
            to,
            // Whose child it is the referral does not say; with whom it lives, it does.
            kind: RelationshipKind::Unknown,
            living_together,
        };
        relations.extend(survivor.map(|survivor| towards(survivor, c.lives_with_survivor)));
        relations.extend(
            perpetrators
                .iter()
                .map(|p| towards(*p, c.lives_with_perpetrator)),
        );
        people.push(who);
    }
    (people, relations)
}

/// The document's people become parties of a new case.
pub fn first(tx: &mut Tx<'_>, case: &VisibleCase, document: &Document) -> Result<()> {
    let (people, relations) = people(document);
    store::insert(tx, case, &people)?;
    store::insert_relations(tx, case, &relations)
}

/// The document's people join those of the case: the same person is the same party.
pub fn further(tx: &mut Tx<'_>, case: &VisibleCase, document: &Document) -> Result<()> {
    let (incoming, mut relations) = people(document);
    let mut known = store::load(tx, case)?;
    let sole_in_document = |role| match role {
        PartyRole::Survivor => true,
        PartyRole::Perpetrator => document.perpetrators.len() == 1,
        PartyRole::Child | PartyRole::OtherAdult => false,
    };
    let mut fresh = Vec::new();
    for mut who in incoming {
        let of_role = known.iter().filter(|party| party.role == who.role).count();
        // The coordinator has decided that it is the same pair: one and one are the same person.
        let sole = sole_in_document(who.role) && of_role == 1;
        let found = known.iter_mut().find(|party| {
            party.role == who.role && (sole || same_person(&party.identity, &who.identity))
        });
        let Some(party) = found else {
            fresh.push(who);
            continue;
        };
        for relation in &mut relations {
            relation.from = if relation.from == who.id {
                party.id
            } else {
                relation.from
            };
            relation.to = if relation.to == who.id {
                party.id
            } else {
                relation.to
            };
        }
        if add_alias(&mut party.identity, &who.identity) {
            let place = Place::new("parties", "identity", party.id);
            let sealed = case.key().seal_json(place, &party.identity)?;
            store::set_identity(tx, case, party.id, sealed)?;
        }
        who.id = party.id;
        let there: HashMap<String, Uuid> = party
            .addresses
            .iter()
            .map(|(id, a)| (plain_place(&a.lines, a.postcode.as_deref()), *id))
            .collect();
        let known = |a: &Address| there.get(&plain_place(&a.lines, a.postcode.as_deref()));
        let guarded = who.addresses.iter().filter(|a| a.is_confidential());
        store::guard(tx, case, guarded.filter_map(known).copied().collect())?;
        who.addresses.retain(|a| known(a).is_none());
        let there: HashSet<String> = party.contacts.iter().map(|c| plain(&c.value)).collect();
        who.contacts
            .retain(|contact| !there.contains(&plain(&contact.value)));
        store::insert_places(tx, case, std::slice::from_ref(&who))?;
    }
    store::insert(tx, case, &fresh)?;
    store::insert_relations(tx, case, &relations)
}

fn same_person(a: &Identity, b: &Identity) -> bool {
    a.exact().is_some() && a.exact() == b.exact()
}

/// Keeps a name that differs as an alias; true if one was added.
fn add_alias(known: &mut Identity, incoming: &Identity) -> bool {
    let before = known.aliases.len();
    let names = incoming
        .full_name()
        .into_iter()
        .chain(incoming.aliases.iter().cloned());
    for name in names {
        let there = known
            .full_name()
            .into_iter()
            .chain(known.aliases.iter().cloned());
        if !there
            .map(|name| plain(&name))
            .any(|other| other == plain(&name))
            && known.aliases.len() < 20
        {
            known.aliases.push(name);
        }
    }
    known.aliases.len() > before
}

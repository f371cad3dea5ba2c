//! Writing down the people a referral tells of, as rows of its case.
//!
//! Into a new case they come as they were sent. Into a case that is there already only what is new
//! comes: another address, another way to be reached, another word on one that is known. Another name or
//! date is noted as a difference, for the coordinator to decide. Nothing recorded is overwritten; an address
//! that is known already becomes confidential if the referral says so.

use uuid::Uuid;

use super::{differences_store, record_store as store};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::document::Document;
use practice::guards;
use practice::names::folded;
use practice::party::{Address, Characteristics, Contact, Identity, PartyRole, RelationshipKind};
use practice::vocabulary::YesNoUnknown;

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
pub fn first(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    document: &Document,
    referral_id: Uuid,
) -> Result<()> {
    let (people, relations) = people(document);
    store::insert(tx, case, &people, referral_id)?;
    store::insert_relations(tx, case, &relations, referral_id)
}

/// The document's people join those of the case: the same person is the same party.
pub fn further(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    document: &Document,
    referral_id: Uuid,
) -> Result<()> {
    let (incoming, mut relations) = people(document);
    let known = store::load(tx, case)?;
    let of_case: Vec<(Uuid, Address)> = known
        .iter()
        .flat_map(|party| party.addresses.iter().cloned())
        .collect();
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
        let found = known.iter().find(|party| {
            party.role == who.role
                && (same_person(&party.identity, &who.identity)
                    || sole && may_be_same(who.role, &party.identity, &who.identity))
        });
        let Some(party) = found else {
            addresses(tx, case, &[], &of_case, &mut who.addresses)?;
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
        if differs(&party.identity, &who.identity) {
            differences_store::insert(tx, case, party.id, referral_id, &who.identity)?;
        }
        who.id = party.id;
        let mut said = addresses(tx, case, &party.addresses, &of_case, &mut who.addresses)?;
        said.extend(contacts(tx, case, &party.contacts, &mut who.contacts)?);
        store::says_too(tx, case, referral_id, party.id, said)?;
        store::insert_places(tx, case, std::slice::from_ref(&who), referral_id)?;
    }
    store::insert(tx, case, &fresh, referral_id)?;
    store::insert_relations(tx, case, &relations, referral_id)
}

/// Leaves in `incoming` what is not recorded of somebody, and answers the ids of what is. A place that is
/// known already and of which something else is said stands a second time, so that nothing is lost and
/// nothing is overwritten. The referral's author cannot know what is guarded in the case: only a guard that
/// it raises counts.
fn addresses(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    recorded: &[(Uuid, Address)],
    of_case: &[(Uuid, Address)],
    incoming: &mut Vec<Address>,
) -> Result<Vec<Uuid>> {
    let (mut said, mut guarded, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for mut new in incoming.drain(..) {
        guarded.extend(guards::guarded_by(of_case, &new));
        if let Some((id, _)) = recorded.iter().find(|(_, old)| old.says_all_of(&new)) {
            said.push(*id);
            continue;
        }
        new.confidential = new.is_confidential().then_some(true);
        guards::guard(of_case, &mut new);
        fresh.push(new);
    }
    *incoming = fresh;
    store::guard(tx, case, guarded)?;
    Ok(said)
}

/// The same of ways to reach somebody: one is as safe as all that is said of it (R8).
fn contacts(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    recorded: &[(Uuid, Contact)],
    incoming: &mut Vec<Contact>,
) -> Result<Vec<Uuid>> {
    let (mut said, mut marked, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for mut new in incoming.drain(..) {
        let there = recorded.iter().filter(|(_, old)| old.is_same_way(&new));
        marked.extend(there.map(|(id, _)| (*id, new.clone())));
        if let Some((id, _)) = recorded.iter().find(|(_, old)| old.says_all_of(&new)) {
            said.push(*id);
            continue;
        }
        guards::make_safe(recorded, &mut new);
        fresh.push(new);
    }
    *incoming = fresh;
    store::guard_contacts(tx, case, &marked)?;
    Ok(said)
}

fn same_person(a: &Identity, b: &Identity) -> bool {
    a.exact().is_some() && a.exact() == b.exact()
}

/// One and one are the same person, because somebody has decided that it is the same pair: the survivor
/// always, a perpetrator unless both name and date of birth say that he is another man.
fn may_be_same(role: PartyRole, known: &Identity, other: &Identity) -> bool {
    let born = known.date_of_birth.zip(other.date_of_birth);
    let names = known.full_name().zip(other.full_name());
    role == PartyRole::Survivor
        || born.is_none_or(|(known, other)| known == other)
        || names.is_none_or(|(known, other)| folded(&known) == folded(&other))
}

/// Whether the referral has a name or a date of birth that is not recorded.
fn differs(known: &Identity, other: &Identity) -> bool {
    let called = |name: &str| {
        let names = known.full_name().into_iter();
        let mut names = names.chain(known.aliases.iter().map(ToString::to_string));
        names.any(|known| folded(&known) == folded(name))
    };
    let born = other
        .date_of_birth
        .iter()
        .chain(&other.other_dates_of_birth);
    let recorded = |born: &_| {
        known.date_of_birth.as_ref() == Some(born) || known.other_dates_of_birth.contains(born)
    };
    let aliases = other.aliases.iter().map(ToString::to_string);
    let mut names = other.full_name().into_iter().chain(aliases);
    !names.all(|name| called(&name)) || !born.into_iter().all(recorded)
}

//! Rows of people on their way in: few statements, however many people.

use diesel::dsl::not;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::{Incoming, Relation};
use super::{shape, store};
use kernel::case_file::of_kind;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::party_addresses;
use kernel::sql::statement;
use kernel::visibility::VisibleCase;
use practice::party::{Address, Contact, Identity, PartyRole};
use practice::text::{Line, Text};

/// The sealed part of an address.
#[derive(Serialize, Deserialize)]
pub struct SealedAddress {
    /// Lines without the postcode.
    pub lines: Text<400>,
    /// Postcode.
    pub postcode: Option<Line<10>>,
}

/// The sealed part of a contact.
#[derive(Serialize, Deserialize)]
pub struct SealedContact {
    /// Number, e-mail address, or third party.
    pub value: Line<200>,
    /// Best times, code words.
    pub notes: Option<Text<1000>>,
}

/// New parties with all that is known of them.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    people: &[Incoming],
    referral_id: Uuid,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let seal = |who: &Incoming| {
        case.key()
            .seal_json(SealPlace::new("parties", "identity", who.id), &who.identity)
    };
    let identities: Vec<Vec<u8>> = people.iter().map(seal).collect::<Result<_, _>>()?;
    tx.sql(statement!("insert_parties"))
        .bind(people.iter().map(|who| who.id).collect::<Vec<_>>())
        .bind(people.iter().map(|who| who.person_id).collect::<Vec<_>>())
        .bind(
            people
                .iter()
                .map(|who| who.role.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(identities)
        .bind(case.marac_id)
        .bind(tx.now)
        .bind(case.id)
        .bind(referral_id)
        .execute(tx.conn)?;
    insert_characteristics(tx, case, people, referral_id)?;
    insert_places(tx, case, people, referral_id)
}

fn insert_characteristics(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    people: &[Incoming],
    referral_id: Uuid,
) -> Result<()> {
    let mut ids = Vec::new();
    let mut seals = Vec::new();
    for who in people {
        if let Some(traits) = &who.characteristics {
            let place = SealPlace::new("party_characteristics", "sealed", who.id);
            ids.push(who.id);
            seals.push(case.key().seal_json(place, traits)?);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("insert_characteristics"))
        .bind(ids)
        .bind(seals)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(tx.now)
        .bind(referral_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Addresses and contacts of parties that are there.
pub fn insert_places(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    people: &[Incoming],
    referral_id: Uuid,
) -> Result<()> {
    let addresses: Vec<(Uuid, Uuid, &Address)> = people
        .iter()
        .flat_map(|who| {
            who.addresses
                .iter()
                .map(|address| (Uuid::now_v7(), who.id, address))
        })
        .collect();
    insert_addresses(tx, case, &addresses, Some(referral_id))?;
    let contacts: Vec<(Uuid, Uuid, &Contact)> = people
        .iter()
        .flat_map(|who| {
            who.contacts
                .iter()
                .map(|contact| (Uuid::now_v7(), who.id, contact))
        })
        .collect();
    insert_contacts(tx, case, &contacts, Some(referral_id))
}

/// Addresses: (id, party, address).
pub fn insert_addresses(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    rows: &[(Uuid, Uuid, &Address)],
    referral_id: Option<Uuid>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let seal = |(id, _, address): &(Uuid, Uuid, &Address)| {
        let sealed = SealedAddress {
            lines: address.lines.clone(),
            postcode: address.postcode.clone(),
        };
        case.key()
            .seal_json(SealPlace::new("party_addresses", "sealed", *id), &sealed)
    };
    let seals: Vec<Vec<u8>> = rows.iter().map(seal).collect::<Result<_, _>>()?;
    tx.sql(statement!("insert_addresses"))
        .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.2.kind.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.2.is_confidential())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.2.known_to_perpetrator.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.2.from).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.2.to).collect::<Vec<_>>())
        .bind(seals)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(tx.now)
        .bind(referral_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Contacts: (id, party, contact).
pub fn insert_contacts(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    rows: &[(Uuid, Uuid, &Contact)],
    referral_id: Option<Uuid>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let seal = |(id, _, contact): &(Uuid, Uuid, &Contact)| {
        let sealed = SealedContact {
            value: contact.value.clone(),
            notes: contact.notes.clone(),
        };
        case.key()
            .seal_json(SealPlace::new("party_contacts", "sealed", *id), &sealed)
    };
    let seals: Vec<Vec<u8>> = rows.iter().map(seal).collect::<Result<_, _>>()?;
    let flags = |of: fn(&Contact) -> bool| rows.iter().map(|row| of(row.2)).collect::<Vec<bool>>();
    tx.sql(statement!("insert_contacts"))
        .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.2.kind.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(flags(|contact| contact.safe_to_call))
        .bind(flags(|contact| contact.safe_to_text))
        .bind(flags(|contact| contact.safe_voicemail))
        .bind(flags(|contact| contact.withheld_number))
        .bind(seals)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(tx.now)
        .bind(referral_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Relations; one that is there already keeps its word, unless it was unknown.
pub fn insert_relations(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    relations: &[Relation],
    referral_id: Uuid,
) -> Result<()> {
    if relations.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("insert_relations"))
        .bind(relations.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(relations.iter().map(|r| r.from).collect::<Vec<_>>())
        .bind(relations.iter().map(|r| r.to).collect::<Vec<_>>())
        .bind(
            relations
                .iter()
                .map(|r| r.kind.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            relations
                .iter()
                .map(|r| r.living_together.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(case.marac_id)
        .bind(case.id)
        .bind(tx.now)
        .bind(referral_id)
        .execute(tx.conn)?;
    Ok(())
}

/// A party as joining needs it.
pub struct JoiningParty {
    pub id: Uuid,
    pub role: PartyRole,
    pub identity: Identity,
    /// With their ids.
    pub addresses: Vec<(Uuid, Address)>,
    pub contacts: Vec<(Uuid, Contact)>,
}

/// The case's parties with their addresses and contacts, whatever the lens shows.
pub fn load(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<JoiningParty>> {
    let parts = store::people(tx, case)?;
    let mut known = of_kind(&parts, "party")
        .map(|part| {
            let own = |kind| of_kind(&parts, kind).filter(|other| other.parent == Some(part.id));
            let addresses =
                own("address").map(|one| Ok((one.id, shape::address_as_recorded(case, one)?)));
            let contacts =
                own("contact").map(|one| Ok((one.id, shape::contact(case, one)?.contact)));
            Ok(JoiningParty {
                id: part.id,
                role: shape::role(part)?,
                identity: part.open(case, "parties", "identity")?,
                addresses: addresses.collect::<Result<_>>()?,
                contacts: contacts.collect::<Result<_>>()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    known.sort_by_key(|party| party.id);
    Ok(known)
}

/// These addresses of a case become confidential.
pub fn guard(tx: &mut Tx<'_>, case: &VisibleCase, addresses: Vec<Uuid>) -> Result<()> {
    if addresses.is_empty() {
        return Ok(());
    }
    use party_addresses::dsl;
    let open = dsl::case_id
        .eq(case.id)
        .and(dsl::id.eq_any(addresses))
        .and(not(dsl::confidential));
    diesel::update(dsl::party_addresses.filter(open))
        .set((
            dsl::confidential.eq(true),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// These contacts of a case are as safe as both say: what one calls unsafe, is (R8).
pub fn guard_contacts(tx: &mut Tx<'_>, case: &VisibleCase, said: &[(Uuid, Contact)]) -> Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    let marks = |of: fn(&Contact) -> bool| said.iter().map(|one| of(&one.1)).collect::<Vec<bool>>();
    tx.sql(statement!("guard_contacts"))
        .bind(case.id)
        .bind(said.iter().map(|one| one.0).collect::<Vec<_>>())
        .bind(marks(|contact| contact.safe_to_call))
        .bind(marks(|contact| contact.safe_to_text))
        .bind(marks(|contact| contact.safe_voicemail))
        .bind(marks(|contact| contact.withheld_number))
        .execute(tx.conn)?;
    Ok(())
}

/// A further referral says the same of this party, and of these addresses and contacts of it.
pub fn says_too(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    referral_id: Uuid,
    party: Uuid,
    places: Vec<Uuid>,
) -> Result<()> {
    tx.sql(statement!("says_too"))
        .bind(case.id)
        .bind(referral_id)
        .bind(party)
        .bind(places)
        .execute(tx.conn)?;
    Ok(())
}

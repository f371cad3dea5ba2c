//! Rows of people: what they are read as, and their changes.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::finding::found_anew;
use super::record_store::{self, SealedAddress, SealedContact};
use kernel::case_file::Part;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::FieldGroup;
use kernel::schema::{
    parties, party_addresses, party_characteristics, party_contacts, party_relationships,
};
use kernel::sql::statement;
use kernel::visibility::VisibleCase;
use practice::party::{Address, Characteristics, Contact, Identity, PartyRole};

/// Everybody of a case.
pub fn people(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(tx
        .sql(statement!("people" => Part))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One part of a case by its id, locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Identity of a party.
    Party,
    /// Characteristics of a party.
    Characteristics,
    /// An address.
    Address,
    /// A contact.
    Contact,
}

/// The part, locked, if it is of this case.
pub fn part(tx: &mut Tx<'_>, case: &VisibleCase, which: Which, id: Uuid) -> Result<Option<Part>> {
    let statement = match which {
        Which::Party => statement!("party" => Part),
        Which::Characteristics => statement!("characteristics" => Part),
        Which::Address => statement!("address" => Part),
        Which::Contact => statement!("contact" => Part),
    };
    tx.sql(statement).bind(case.id).bind(id).locking(tx)
}

/// The same, or 404.
pub fn part_of(tx: &mut Tx<'_>, case: &VisibleCase, which: Which, id: Uuid) -> Result<Part> {
    part(tx, case, which, id)?.ok_or_else(hidden)
}

/// The relationship of one person to another, locked.
pub fn relationship_between(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    from: Uuid,
    to: Uuid,
) -> Result<Option<Part>> {
    tx.sql(statement!("relationship" => Part))
        .bind(case.id)
        .bind(from)
        .bind(to)
        .locking(tx)
}

/// Those of these ids that are parties of the case.
pub fn parties_among(tx: &mut Tx<'_>, case: &VisibleCase, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let among = parties::case_id.eq(case.id).and(parties::id.eq_any(ids));
    Ok(parties::table
        .filter(among)
        .select(parties::id)
        .load(tx.conn)?)
}

/// The survivor of a case.
pub fn survivor(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Uuid>> {
    let survivor = parties::role.eq(PartyRole::Survivor);
    Ok(parties::table
        .filter(parties::case_id.eq(case.id).and(survivor))
        .select(parties::id)
        .get_result(tx.conn)
        .optional()?)
}

/// When the survivor was born, if that is known and the reader sees it: what is compared with it tells it.
pub fn survivor_born(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<NaiveDate>> {
    if !case.lens.shows(FieldGroup::Identity) {
        return Ok(None);
    }
    let survivor = parties::role.eq(PartyRole::Survivor);
    let row: Option<(Uuid, Vec<u8>)> = parties::table
        .filter(parties::case_id.eq(case.id).and(survivor))
        .select((parties::id, parties::identity))
        .get_result(tx.conn)
        .optional()?;
    let identity: Option<Identity> = row
        .map(|(id, sealed)| {
            case.key()
                .open_json(SealPlace::new("parties", "identity", id), &sealed)
        })
        .transpose()?;
    let born = identity.and_then(|identity| identity.date_of_birth);
    Ok(born.map(Into::into))
}

/// Adds somebody, linked to nobody elsewhere: matching makes links, recording does not.
pub fn insert_party(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    role: PartyRole,
    identity: &Identity,
) -> Result<()> {
    let sealed = case
        .key()
        .seal_json(SealPlace::new("parties", "identity", id), identity)?;
    tx.sql(statement!("insert_party"))
        .bind(Uuid::now_v7())
        .bind(id)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(role.as_str())
        .bind(sealed)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Replaces an identity.
pub fn set_identity(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    identity: &Identity,
) -> Result<()> {
    let sealed = case
        .key()
        .seal_json(SealPlace::new("parties", "identity", id), identity)?;
    one(diesel::update(parties::table)
        .filter(parties::case_id.eq(case.id).and(parties::id.eq(id)))
        .set((
            parties::identity.eq(sealed),
            parties::version.eq(parties::version + 1),
        ))
        .execute(tx.conn)?)
}

/// Records or replaces characteristics.
pub fn set_characteristics(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    party_id: Uuid,
    characteristics: &Characteristics,
) -> Result<()> {
    let place = SealPlace::new("party_characteristics", "sealed", party_id);
    let sealed = case.key().seal_json(place, characteristics)?;
    use diesel::query_dsl::methods::FilterDsl;
    use party_characteristics::dsl;
    one(diesel::insert_into(dsl::party_characteristics)
        .values((
            dsl::party_id.eq(party_id),
            dsl::marac_id.eq(case.marac_id),
            dsl::case_id.eq(case.id),
            dsl::sealed.eq(sealed),
            dsl::created_at.eq(tx.now),
        ))
        .on_conflict(dsl::party_id)
        .do_update()
        .set((
            dsl::sealed.eq(excluded(dsl::sealed)),
            dsl::version.eq(dsl::version + 1),
        ))
        .filter(dsl::case_id.eq(case.id))
        .execute(tx.conn)?)
}

fn seal_address(case: &VisibleCase, id: Uuid, address: &Address) -> Result<Vec<u8>> {
    let seal = SealedAddress {
        lines: address.lines.clone(),
        postcode: address.postcode.clone(),
    };
    Ok(case
        .key()
        .seal_json(SealPlace::new("party_addresses", "sealed", id), &seal)?)
}

/// Adds an address. A refuge is always confidential.
pub fn insert_address(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    party_id: Uuid,
    address: &Address,
) -> Result<()> {
    record_store::insert_addresses(tx, case, &[(id, party_id, address)], None)?;
    found_anew(tx, case, None)
}

/// Replaces an address.
pub fn set_address(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, address: &Address) -> Result<()> {
    let sealed = seal_address(case, id, address)?;
    use party_addresses::dsl;
    one(diesel::update(dsl::party_addresses)
        .filter(dsl::case_id.eq(case.id).and(dsl::id.eq(id)))
        .set((
            dsl::kind.eq(address.kind),
            dsl::confidential.eq(address.is_confidential()),
            dsl::known_to_perpetrator.eq(address.known_to_perpetrator),
            dsl::valid_from.eq(address.from.map(NaiveDate::from)),
            dsl::valid_to.eq(address.to.map(NaiveDate::from)),
            dsl::sealed.eq(sealed),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?)?;
    found_anew(tx, case, None)
}

fn seal_contact(case: &VisibleCase, id: Uuid, contact: &Contact) -> Result<Vec<u8>> {
    let seal = SealedContact {
        value: contact.value.clone(),
        notes: contact.notes.clone(),
    };
    Ok(case
        .key()
        .seal_json(SealPlace::new("party_contacts", "sealed", id), &seal)?)
}

/// Adds a contact, confirmed now.
pub fn insert_contact(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    party_id: Uuid,
    contact: &Contact,
) -> Result<()> {
    record_store::insert_contacts(tx, case, &[(id, party_id, contact)], None)?;
    let added = party_contacts::case_id
        .eq(case.id)
        .and(party_contacts::id.eq(id));
    diesel::update(party_contacts::table.filter(added))
        .set(party_contacts::confirmed_at.eq(tx.now))
        .execute(tx.conn)?;
    found_anew(tx, case, None)
}

/// Replaces a contact, confirmed now.
pub fn set_contact(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, contact: &Contact) -> Result<()> {
    let sealed = seal_contact(case, id, contact)?;
    use party_contacts::dsl;
    one(diesel::update(dsl::party_contacts)
        .filter(dsl::case_id.eq(case.id).and(dsl::id.eq(id)))
        .set((
            dsl::kind.eq(contact.kind),
            dsl::safe_to_call.eq(contact.safe_to_call),
            dsl::safe_to_text.eq(contact.safe_to_text),
            dsl::safe_voicemail.eq(contact.safe_voicemail),
            dsl::withheld_number.eq(contact.withheld_number),
            dsl::confirmed_at.eq(tx.now),
            dsl::sealed.eq(sealed),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?)?;
    found_anew(tx, case, None)
}

/// How two people of a case stand to one another.
#[derive(Debug, Clone, Copy)]
pub struct Relation {
    /// Who.
    pub from: Uuid,
    /// To whom.
    pub to: Uuid,
    /// What.
    pub kind: practice::party::RelationshipKind,
    /// Whether they live together.
    pub living_together: practice::vocabulary::YesNoUnknown,
}

/// Records or replaces a relationship.
pub fn set_relationship(tx: &mut Tx<'_>, case: &VisibleCase, relation: Relation) -> Result<()> {
    use diesel::query_dsl::methods::FilterDsl;
    use party_relationships::dsl;
    one(diesel::insert_into(dsl::party_relationships)
        .values((
            dsl::id.eq(Uuid::now_v7()),
            dsl::marac_id.eq(case.marac_id),
            dsl::case_id.eq(case.id),
            dsl::from_party_id.eq(relation.from),
            dsl::to_party_id.eq(relation.to),
            dsl::kind.eq(relation.kind),
            dsl::living_together.eq(relation.living_together),
            dsl::created_at.eq(tx.now),
        ))
        .on_conflict((dsl::from_party_id, dsl::to_party_id))
        .do_update()
        .set((
            dsl::kind.eq(excluded(dsl::kind)),
            dsl::living_together.eq(excluded(dsl::living_together)),
            dsl::filled_by_id.eq(None::<Uuid>),
            dsl::version.eq(dsl::version + 1),
        ))
        .filter(dsl::case_id.eq(case.id))
        .execute(tx.conn)?)
}

fn one(rows: usize) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(Error::Internal("a row that was locked is gone")),
    }
}

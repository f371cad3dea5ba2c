//! Rows of people: what they are read as, and their changes.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::finding::found_anew;
use super::record_store::{self, SealedAddress, SealedContact};
use super::rows::{
    address_row, characteristics_row, contact_row, party_row, people_rows, relationship_row,
};
use kernel::case_file::Part;
use kernel::crypto::Place;
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::FieldGroup;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use practice::party::{Address, Characteristics, Contact, Identity, PartyRole};

const PEOPLE: &str = people_rows!();

/// Everybody of a case.
pub fn people(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(tx.sql(PEOPLE).bind(case.id).load(tx.conn)?)
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
    let text = match which {
        Which::Party => concat!(
            party_row!(),
            "where p.case_id = $1 and p.id = $2 for update"
        ),
        Which::Characteristics => concat!(
            characteristics_row!(),
            "where p.case_id = $1 and p.party_id = $2 for update"
        ),
        Which::Address => concat!(
            address_row!(),
            "where p.case_id = $1 and p.id = $2 for update"
        ),
        Which::Contact => concat!(
            contact_row!(),
            "where p.case_id = $1 and p.id = $2 for update"
        ),
    };
    tx.sql(text).bind(case.id).bind(id).locking(tx)
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
    tx.sql(concat!(
        relationship_row!(),
        "where p.case_id = $1 and p.from_party_id = $2 and p.to_party_id = $3 for update"
    ))
    .bind(case.id)
    .bind(from)
    .bind(to)
    .locking(tx)
}

#[derive(Row)]
struct PartyId {
    id: Uuid,
}

/// Those of these ids that are parties of the case.
pub fn parties_among(tx: &mut Tx<'_>, case: &VisibleCase, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let rows: Vec<PartyId> = tx
        .sql("select id from parties where case_id = $1 and id = any($2)")
        .bind(case.id)
        .bind(ids)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The survivor of a case.
pub fn survivor(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Uuid>> {
    let row: Option<PartyId> = tx
        .sql("select id from parties where case_id = $1 and role = 'survivor'")
        .bind(case.id)
        .get_result(tx.conn)
        .optional()?;
    Ok(row.map(|row| row.id))
}

/// When the survivor was born, if that is known and the reader sees it: what is compared with it tells it.
pub fn survivor_born(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<NaiveDate>> {
    if !case.lens.shows(FieldGroup::Identity) {
        return Ok(None);
    }
    let row: Option<Part> = tx
        .sql(concat!(
            party_row!(),
            "where p.case_id = $1 and p.role = 'survivor'"
        ))
        .bind(case.id)
        .get_result(tx.conn)
        .optional()?;
    let identity: Option<Identity> = row
        .map(|row| row.open(case, "parties", "identity"))
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
        .seal_json(Place::new("parties", "identity", id), identity)?;
    tx.sql(
        "with person as (insert into persons (id, created_at) values ($1, $7) returning id), \
         head as (update cases set has_children = true, version = version + 1 \
           where id = $4 and $5 = 'child' and not has_children) \
         insert into parties (id, marac_id, case_id, person_id, role, identity, created_at) \
         select $2, $3, $4, person.id, $5, $6, $7 from person",
    )
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
        .seal_json(Place::new("parties", "identity", id), identity)?;
    one(tx.sql(
        "update parties set identity = $3, version = version + 1 where case_id = $1 and id = $2",
    )
    .bind(case.id)
    .bind(id)
    .bind(sealed)
    .execute(tx.conn)?)
}

/// Records or replaces characteristics.
pub fn set_characteristics(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    party_id: Uuid,
    characteristics: &Characteristics,
) -> Result<()> {
    let place = Place::new("party_characteristics", "sealed", party_id);
    let sealed = case.key().seal_json(place, characteristics)?;
    one(tx.sql(
        "insert into party_characteristics as h (party_id, marac_id, case_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5) \
         on conflict (party_id) do update set sealed = $4, version = h.version + 1 \
         where h.case_id = $3",
    )
    .bind(party_id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)?)
}

fn seal_address(case: &VisibleCase, id: Uuid, address: &Address) -> Result<Vec<u8>> {
    let seal = SealedAddress {
        lines: address.lines.clone(),
        postcode: address.postcode.clone(),
    };
    Ok(case
        .key()
        .seal_json(Place::new("party_addresses", "sealed", id), &seal)?)
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
    one(tx
        .sql(
            "update party_addresses set kind = $3, confidential = $4, known_to_perpetrator = $5, \
         valid_from = $6, valid_to = $7, sealed = $8, version = version + 1 \
         where case_id = $1 and id = $2",
        )
        .bind(case.id)
        .bind(id)
        .bind(address.kind.as_str())
        .bind(address.is_confidential())
        .bind(address.known_to_perpetrator.as_str())
        .bind(address.from)
        .bind(address.to)
        .bind(sealed)
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
        .seal_json(Place::new("party_contacts", "sealed", id), &seal)?)
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
    tx.sql("update party_contacts set confirmed_at = $3 where case_id = $1 and id = $2")
        .bind(case.id)
        .bind(id)
        .bind(tx.now)
        .execute(tx.conn)?;
    found_anew(tx, case, None)
}

/// Replaces a contact, confirmed now.
pub fn set_contact(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, contact: &Contact) -> Result<()> {
    let sealed = seal_contact(case, id, contact)?;
    one(tx
        .sql(
            "update party_contacts set kind = $3, safe_to_call = $4, safe_to_text = $5, \
         safe_voicemail = $6, withheld_number = $7, confirmed_at = $8, sealed = $9, \
         version = version + 1 where case_id = $1 and id = $2",
        )
        .bind(case.id)
        .bind(id)
        .bind(contact.kind.as_str())
        .bind(contact.safe_to_call)
        .bind(contact.safe_to_text)
        .bind(contact.safe_voicemail)
        .bind(contact.withheld_number)
        .bind(tx.now)
        .bind(sealed)
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
    one(tx.sql(
        "insert into party_relationships as r (id, marac_id, case_id, from_party_id, to_party_id, \
         kind, living_together, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (from_party_id, to_party_id) do update set kind = $6, living_together = $7, \
         filled_by_id = null, version = r.version + 1 where r.case_id = $3",
    )
    .bind(Uuid::now_v7())
    .bind(case.marac_id)
    .bind(case.id)
    .bind(relation.from)
    .bind(relation.to)
    .bind(relation.kind.as_str())
    .bind(relation.living_together.as_str())
    .bind(tx.now)
    .execute(tx.conn)?)
}

fn one(rows: usize) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(Error::Internal("a row that was locked is gone")),
    }
}

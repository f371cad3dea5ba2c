//! The people of a case as a reader gets them, each group through the lens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::record_store::{SealedAddress, SealedContact};
use kernel::case_file::{Part, of_kind};
use kernel::error::Result;
use kernel::http::etag;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleCase;
use practice::dates::AnyDay;
use practice::party::{
    Address, AddressKind, Characteristics, Contact, ContactKind, Identity, PartyRole,
    RelationshipKind,
};
use practice::vocabulary::YesNoUnknown;

/// Somebody of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyOut {
    /// Id.
    pub id: Uuid,
    /// Their part in the case.
    pub role: PartyRole,
    /// Version of the identity.
    pub etag: String,
    /// Names and date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Protected characteristics and needs; left out if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characteristics: Option<CharacteristicsOut>,
    /// Those addresses that the reader may see.
    pub addresses: Vec<AddressOut>,
    /// Ways to reach them; left out if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<ContactOut>>,
}

/// Characteristics and their version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CharacteristicsOut {
    /// Version; `"0"` while nothing is recorded.
    pub etag: String,
    /// What is recorded; unknown unless said (R38).
    pub characteristics: Characteristics,
}

/// An address and its version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AddressOut {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub etag: String,
    /// The address.
    pub address: Address,
}

/// A contact and its version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactOut {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub etag: String,
    /// When what is safe was last said.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The contact.
    pub contact: Contact,
}

/// How one person of the case stands to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelationshipOut {
    /// Id.
    pub id: Uuid,
    /// Version; `"0"` to record a relationship that is not here yet.
    pub etag: String,
    /// Who …
    pub from_party_id: Uuid,
    /// … is to whom …
    pub to_party_id: Uuid,
    /// … what.
    pub kind: RelationshipKind,
    /// Whether they live together.
    pub living_together: YesNoUnknown,
}

/// Everybody of a case.
pub struct People {
    /// The people: survivor, perpetrators, children, others.
    pub parties: Vec<PartyOut>,
    /// How they stand to one another.
    pub relationships: Vec<RelationshipOut>,
}

#[derive(Deserialize)]
pub(super) struct PartyColumns {
    pub(super) role: PartyRole,
}

#[derive(Deserialize)]
struct AddressColumns {
    kind: AddressKind,
    confidential: bool,
    known_to_perpetrator: YesNoUnknown,
    from: Option<AnyDay>,
    to: Option<AnyDay>,
}

#[derive(Deserialize)]
struct ContactColumns {
    kind: ContactKind,
    safe_to_call: bool,
    safe_to_text: bool,
    safe_voicemail: bool,
    withheld_number: bool,
    confirmed_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct RelationshipColumns {
    from_party_id: Uuid,
    to_party_id: Uuid,
    kind: RelationshipKind,
    living_together: YesNoUnknown,
}

impl People {
    /// The people through the reader's lens. What is withheld is not opened.
    pub fn of(case: &VisibleCase, parts: &[Part]) -> Result<Self> {
        let mut parties = of_kind(parts, "party")
            .map(|part| party(case, parts, part))
            .collect::<Result<Vec<_>>>()?;
        parties.sort_by_key(|party| (party.role, party.id));
        let mut relationships = of_kind(parts, "relationship")
            .map(relationship)
            .collect::<Result<Vec<_>>>()?;
        relationships.sort_by_key(|relationship| relationship.id);
        Ok(Self {
            parties,
            relationships,
        })
    }
}

fn party(case: &VisibleCase, parts: &[Part], part: &Part) -> Result<PartyOut> {
    let columns: PartyColumns = part.plain()?;
    let own = |kind| of_kind(parts, kind).filter(move |other| other.parent == Some(part.id));
    let identity = case.lens.shows(FieldGroup::Identity);
    let characteristics = case.lens.shows(FieldGroup::ProtectedCharacteristics);
    let contacts = case.lens.shows(FieldGroup::SafeContact);
    let mut addresses = own("address")
        .map(|part| address(case, part))
        .filter_map(Result::transpose)
        .collect::<Result<Vec<_>>>()?;
    addresses.sort_by_key(|address| address.id);
    Ok(PartyOut {
        id: part.id,
        role: columns.role,
        etag: etag(part.version),
        identity: identity
            .then(|| part.open(case, "parties", "identity"))
            .transpose()?,
        characteristics: characteristics
            .then(|| characteristics_of(case, own("characteristics").next()))
            .transpose()?,
        addresses,
        contacts: contacts
            .then(|| {
                let mut contacts = own("contact")
                    .map(|part| contact(case, part))
                    .collect::<Result<Vec<_>>>()?;
                contacts.sort_by_key(|contact| contact.id);
                Ok::<_, kernel::error::Error>(contacts)
            })
            .transpose()?,
    })
}

/// The part that a party plays.
pub fn role(part: &Part) -> Result<PartyRole> {
    Ok(part.plain::<PartyColumns>()?.role)
}

/// The characteristics of a party, unknown throughout while nothing is recorded.
pub fn characteristics_of(case: &VisibleCase, part: Option<&Part>) -> Result<CharacteristicsOut> {
    let characteristics = part
        .map(|part| part.open(case, "party_characteristics", "sealed"))
        .transpose()?;
    Ok(CharacteristicsOut {
        etag: etag(part.map_or(0, |part| part.version)),
        characteristics: characteristics.unwrap_or_default(),
    })
}

/// An address, if the lens shows it.
pub fn address(case: &VisibleCase, part: &Part) -> Result<Option<AddressOut>> {
    let columns: AddressColumns = part.plain()?;
    let known = columns.known_to_perpetrator == YesNoUnknown::Yes;
    let confidential = columns.confidential || columns.kind == AddressKind::Refuge;
    if !case.lens.shows_address(confidential, known) {
        return Ok(None);
    }
    Ok(Some(AddressOut {
        id: part.id,
        etag: etag(part.version),
        address: address_as_recorded(case, part)?,
    }))
}

/// An address, whatever the lens shows: for what the program compares.
pub fn address_as_recorded(case: &VisibleCase, part: &Part) -> Result<Address> {
    let columns: AddressColumns = part.plain()?;
    let seal: SealedAddress = part.open(case, "party_addresses", "sealed")?;
    Ok(Address {
        kind: columns.kind,
        lines: seal.lines,
        postcode: seal.postcode,
        confidential: Some(columns.confidential || columns.kind == AddressKind::Refuge),
        known_to_perpetrator: columns.known_to_perpetrator,
        from: columns.from,
        to: columns.to,
    })
}

/// A contact. The caller has asked the lens.
pub fn contact(case: &VisibleCase, part: &Part) -> Result<ContactOut> {
    let columns: ContactColumns = part.plain()?;
    let seal: SealedContact = part.open(case, "party_contacts", "sealed")?;
    Ok(ContactOut {
        id: part.id,
        etag: etag(part.version),
        confirmed_at: columns.confirmed_at,
        contact: Contact {
            kind: columns.kind,
            value: seal.value,
            safe_to_call: columns.safe_to_call,
            safe_to_text: columns.safe_to_text,
            safe_voicemail: columns.safe_voicemail,
            withheld_number: columns.withheld_number,
            notes: seal.notes,
        },
    })
}

/// A relationship.
pub fn relationship(part: &Part) -> Result<RelationshipOut> {
    let columns: RelationshipColumns = part.plain()?;
    Ok(RelationshipOut {
        id: part.id,
        etag: etag(part.version),
        from_party_id: columns.from_party_id,
        to_party_id: columns.to_party_id,
        kind: columns.kind,
        living_together: columns.living_together,
    })
}

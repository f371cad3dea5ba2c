//! Characteristics, addresses and contacts: each with its own version, each through the lens.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::look_again::{AddressChanged, Changed, of_case};
use super::patch::{AddressPatch, ContactPatch};
use super::shape::{self, AddressOut, CharacteristicsOut, ContactOut};
use super::store::{self, Which};
use super::{record_store, rules};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{must_show, opened_locked};
use kernel::crypto::SealPlace;
use kernel::crypto::damage;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Path, Tagged, operation,
};
use kernel::policy::lens::FieldGroup;
use kernel::policy::{Act, hidden, may_in};
use kernel::visibility::VisibleCase;
use practice::guards;
use practice::party::{Address, Characteristics, Contact};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_characteristics_route)
        .service(add_address_route)
        .service(change_address_route)
        .service(add_contact_route)
        .service(change_contact_route);
}

/// Every address of the case, whatever the lens shows.
fn addresses(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<(Uuid, Address)>> {
    let known = record_store::load(tx, case)?.into_iter();
    Ok(known.flat_map(|party| party.addresses).collect())
}

/// The ways to reach somebody, whatever the lens shows.
fn contacts(tx: &mut Tx<'_>, case: &VisibleCase, party_id: Uuid) -> Result<Vec<(Uuid, Contact)>> {
    let known = record_store::load(tx, case)?.into_iter();
    let own = known.filter(|party| party.id == party_id);
    Ok(own.flat_map(|party| party.contacts).collect())
}

/// An event that keeps, sealed, what stood there and what stands there now.
fn changed(
    case: &VisibleCase,
    kind: &'static str,
    id: Uuid,
    old: Option<&impl Serialize>,
    new: &impl Serialize,
) -> Result<Event> {
    let place = SealPlace::new("audit_events", "detail", id);
    let detail = case
        .key()
        .seal_json(place, &json!({ "old": old, "new": new }))?;
    Ok(Event::of_case(case)
        .on(kind, id)
        .fields([kind])
        .detail(detail))
}

/// The result of a change and its event. What is less guarded than before is an event of its own.
fn opening<T>(
    tx: &Tx<'_>,
    case: &VisibleCase,
    event: Event,
    (kind, id): (&'static str, Uuid),
    opened: Vec<&'static str>,
    value: T,
) -> Result<Audited<T>> {
    let audited = Audited::new(value, event);
    if opened.is_empty() {
        return Ok(audited);
    }
    may_in(&tx.actor, Act::LowerGuard, case.marac_id)?;
    let event = Event::of_case(case).act(Act::LowerGuard).on(kind, id);
    Ok(audited.and(event.fields(opened)))
}

/// Record protected characteristics and needs.
///
/// `If-Match` is their etag: `"0"` while nothing is recorded.
#[operation(put, "/cases/{id}/parties/{party_id}/characteristics", tag = "parties", act = ChangeParty,
    says = "Recorded.", if_match = "The characteristics' `etag` that was read; `\"0\"` while nothing is recorded.")]
pub async fn set_characteristics(
    db: Data<Db>,
    caller: Caller,
    Path((id, party_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<Characteristics>,
) -> Result<Tagged<CharacteristicsOut>> {
    let body = body.0;
    db.run(&caller, ACT.on("party", party_id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        must_show(&case, FieldGroup::ProtectedCharacteristics)?;
        store::part_of(tx, &case, Which::Party, party_id)?;
        let part = store::part(tx, &case, Which::Characteristics, party_id)?;
        if_match.check(part.as_ref().map_or(0, |part| part.version))?;
        let old = shape::characteristics_of(&case, part.as_ref())?;
        damage::sent_whole(party_id);
        let (version, new) = match part {
            Some(part) if old.characteristics == body => (part.version, old.clone()),
            _ => {
                store::set_characteristics(tx, &case, party_id, &body)?;
                let part = store::part_of(tx, &case, Which::Characteristics, party_id)?;
                let new = shape::characteristics_of(&case, Some(&part))?;
                (part.version, new)
            }
        };
        let event = changed(
            &case,
            "characteristics",
            party_id,
            Some(&old.characteristics),
            &new.characteristics,
        )?;
        Ok(Audited::new(Tagged::new(version, new), event))
    })
    .await
}

/// Add an address.
///
/// A refuge is always confidential. So is an address that is like a confidential one of the case, and one of which
/// `confidential` is left out in a case that has any: it may be that one in other words. Changing it says otherwise.
#[operation(post, "/cases/{id}/parties/{party_id}/addresses", tag = "parties", act = ChangeParty,
    says = "Added.")]
pub async fn add_address(
    db: Data<Db>,
    caller: Caller,
    Path((id, party_id)): Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
    body: Body<Address>,
) -> Result<Created<Json<AddressChanged>>> {
    let body = body.0;
    let address = db
        .run(&caller, ACT.on("party", party_id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            must_show(&case, FieldGroup::Address)?;
            store::part_of(tx, &case, Which::Party, party_id)?;
            rules::address(&body, case.lens)?;
            rules::days_in_order(&body)?;
            let claim = key.claim(tx, "add_address", &(id, party_id, &body))?;
            if let Idempotency::Fresh(address_id) = claim {
                let mut new = body.clone();
                guards::guard(&addresses(tx, &case)?, &mut new);
                store::insert_address(tx, &case, address_id, party_id, &new)?;
            }
            let part = store::part_of(tx, &case, Which::Address, claim.id())?;
            // Who is not shown what it became gets back what they sent.
            let address = shape::address(&case, &part)?.unwrap_or_else(|| AddressOut {
                id: claim.id(),
                etag: super::api::first(),
                address: body,
            });
            let advice = of_case(tx, &case, Changed::Address(claim.id()))?;
            let address = AddressChanged { address, advice };
            let event = Event::of_case(&case)
                .on("address", claim.id())
                .fields(["address"]);
            Ok(Audited::new(address, event))
        })
        .await?;
    Ok(Created(Json(address)))
}

/// Change an address.
///
/// A refuge is confidential whatever is sent. An address that was one stays confidential until
/// `confidential` is sent as false. What makes an address less guarded stands in the access log as
/// `lower_guard`, with the marks that fell.
#[operation(patch, "/cases/{id}/addresses/{address_id}", tag = "parties", act = ChangeParty, says = "Changed.")]
pub async fn change_address(
    db: Data<Db>,
    caller: Caller,
    Path((id, address_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<AddressPatch>,
) -> Result<Tagged<AddressChanged>> {
    let body = body.0;
    db.run(&caller, ACT.on("address", address_id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        must_show(&case, FieldGroup::Address)?;
        let part = store::part_of(tx, &case, Which::Address, address_id)?;
        let old = shape::address(&case, &part)?.ok_or_else(hidden)?;
        if_match.check(part.version)?;
        let mut new = old.address.clone();
        let changes = body.apply(&mut new);
        if changes.is_whole() {
            damage::sent_whole(address_id);
        }
        rules::address(&new, case.lens)?;
        if (old.address.from, old.address.to) != (new.from, new.to) {
            rules::days_in_order(&new)?;
        }
        if !changes.is_empty() {
            store::set_address(tx, &case, address_id, &new)?;
        }
        let part = store::part_of(tx, &case, Which::Address, address_id)?;
        let out = shape::address(&case, &part)?.ok_or_else(hidden)?;
        let at = ("address", address_id);
        let event = changed(&case, at.0, at.1, Some(&old.address), &new)?;
        let fallen = rules::address_opened(&old.address, &new);
        let advice = of_case(tx, &case, Changed::Address(address_id))?;
        let address = out;
        let out = AddressChanged { address, advice };
        opening(tx, &case, event, at, fallen, Tagged::new(part.version, out))
    })
    .await
}

/// Add a way to reach somebody.
///
/// Open to everybody who sees the case, because whoever learns of a safe number must be able to say
/// so; they get back what they sent and nothing else. Everything is unsafe until said (R8); a number that is recorded
/// already is no safer than it was said to be, until that record is changed.
#[operation(post, "/cases/{id}/parties/{party_id}/contacts", tag = "parties", act = AddContact,
    says = "Added.")]
pub async fn add_contact(
    db: Data<Db>,
    caller: Caller,
    Path((id, party_id)): Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
    body: Body<Contact>,
) -> Result<Created<Json<ContactOut>>> {
    let body = body.0;
    let contact = db
        .run(&caller, ACT.on("party", party_id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            store::part_of(tx, &case, Which::Party, party_id)?;
            let claim = key.claim(tx, "add_contact", &(id, party_id, &body))?;
            if let Idempotency::Fresh(contact_id) = claim {
                let mut new = body.clone();
                guards::make_safe(&contacts(tx, &case, party_id)?, &mut new);
                store::insert_contact(tx, &case, contact_id, party_id, &new)?;
            }
            let contact = match case.lens.shows(FieldGroup::SafeContact) {
                true => {
                    let part = store::part_of(tx, &case, Which::Contact, claim.id())?;
                    shape::contact(&case, &part)?
                }
                false => sent(tx.now, claim.id(), body),
            };
            let event = Event::of_case(&case)
                .on("contact", claim.id())
                .fields(["contact"]);
            Ok(Audited::new(contact, event))
        })
        .await?;
    Ok(Created(Json(contact)))
}

/// What was sent, and nothing that became of it since.
fn sent(now: chrono::DateTime<chrono::Utc>, id: Uuid, contact: Contact) -> ContactOut {
    ContactOut {
        id,
        etag: super::api::first(),
        confirmed_at: Some(now),
        contact,
    }
}

/// Change a contact. A change confirms what is safe.
///
/// What makes a contact less guarded stands in the access log as `lower_guard`, with the marks that
/// fell.
#[operation(patch, "/cases/{id}/contacts/{contact_id}", tag = "parties", act = ChangeParty, says = "Changed.")]
pub async fn change_contact(
    db: Data<Db>,
    caller: Caller,
    Path((id, contact_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<ContactPatch>,
) -> Result<Tagged<ContactOut>> {
    let body = body.0;
    db.run(&caller, ACT.on("contact", contact_id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        must_show(&case, FieldGroup::SafeContact)?;
        let part = store::part_of(tx, &case, Which::Contact, contact_id)?;
        if_match.check(part.version)?;
        let old = shape::contact(&case, &part)?;
        let mut new = old.contact.clone();
        let changes = body.apply(&mut new);
        if changes.is_whole() {
            damage::sent_whole(contact_id);
        }
        if !changes.is_empty() {
            store::set_contact(tx, &case, contact_id, &new)?;
        }
        let part = store::part_of(tx, &case, Which::Contact, contact_id)?;
        let out = shape::contact(&case, &part)?;
        let at = ("contact", contact_id);
        let event = changed(&case, at.0, at.1, Some(&old.contact), &new)?;
        let fallen = rules::contact_opened(&old.contact, &new);
        opening(tx, &case, event, at, fallen, Tagged::new(part.version, out))
    })
    .await
}

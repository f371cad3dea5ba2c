//! The people of a case: reading them, adding to them, changing who they are and how they stand to
//! one another.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::finding::found_anew;
use super::look_again::{Changed, PartyChanged, of_people};
use super::patch::IdentityPatch;
use super::rules;
use super::shape::{self, PartyOut, People, RelationshipOut};
use super::store::{self, Relation, Which};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{Part, must_show, opened, opened_locked};
use kernel::crypto::SealPlace;
use kernel::crypto::damage;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Path, Tagged, etag, operation,
};
use kernel::policy::hidden;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleCase;
use practice::advice::AdviceGiven;
use practice::party::{Identity, PartyRole, RelationshipKind};
use practice::vocabulary::YesNoUnknown;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_parties_route)
        .service(add_party_route)
        .service(change_identity_route)
        .service(set_relationship_route);
}

/// The people of a case.
#[derive(Serialize, ToSchema)]
pub struct PeopleOut {
    /// Survivor, perpetrators, children, others.
    items: Vec<PartyOut>,
    /// How they stand to one another.
    relationships: Vec<RelationshipOut>,
    /// What to look at again. It refuses nothing.
    advice: Vec<AdviceGiven>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
    /// Always null: a case is one page.
    next_cursor: Option<String>,
}

/// The people of a case.
#[operation(get, "/cases/{id}/parties", tag = "parties", act = ReadCase,
    says = "Everybody, through the reader's lens.")]
pub async fn list_parties(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<PeopleOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let rows = store::people(tx, &case)?;
        let people = People::of(&case, &rows)?;
        let event = Event::of_case(&case)
            .fields(["parties"])
            .rows(people.parties.len());
        let advice = of_people(tx, &case, &people.parties, Changed::Nothing)?;
        let body = PeopleOut {
            advice,
            items: people.parties,
            relationships: people.relationships,
            withheld: case.lens.withheld(),
            next_cursor: None,
        };
        Ok(Audited::new(body, event))
    })
    .await
    .map(Json)
}

/// How somebody new stands to the survivor.
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ToSurvivorIn {
    /// What they are to the survivor.
    kind: RelationshipKind,
    /// Whether they live together.
    #[serde(default)]
    living_together: YesNoUnknown,
}

/// Somebody to add to a case.
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartyIn {
    /// Anything but the survivor.
    role: PartyRole,
    /// Names and date of birth.
    #[validate(nested)]
    identity: Identity,
    /// How they stand to the survivor.
    #[serde(default)]
    #[validate(nested)]
    to_survivor: Option<ToSurvivorIn>,
}

/// Add a perpetrator, a child or another adult.
#[operation(post, "/cases/{id}/parties", tag = "parties", act = ChangeParty, says = "Added.")]
pub async fn add_party(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<PartyIn>,
) -> Result<Created<Json<PartyChanged>>> {
    let party = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            must_show(&case, FieldGroup::Identity)?;
            rules::may_be_added(body.role)?;
            let claim = key.claim(tx, "add_party", &(id, &body))?;
            if let Idempotency::Fresh(party_id) = claim {
                add(tx, &case, party_id, &body)?;
            }
            let event = Event::of_case(&case)
                .on("party", claim.id())
                .fields(["identity"]);
            Ok(Audited::new(
                one(tx, &case, claim.id(), "/identity")?,
                event,
            ))
        })
        .await?;
    Ok(Created(Json(party)))
}

fn add(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, body: &PartyIn) -> Result<()> {
    store::insert_party(tx, case, id, body.role, &body.identity)?;
    found_anew(tx, case, None)?;
    let survivor = store::survivor(tx, case)?;
    if let (Some(relation), Some(survivor)) = (&body.to_survivor, survivor) {
        let relation = Relation {
            from: id,
            to: survivor,
            kind: relation.kind,
            living_together: relation.living_together,
        };
        store::set_relationship(tx, case, relation)?;
    }
    Ok(())
}

/// One person of a case, as the list shows them.
pub(super) fn one(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    pointer: &'static str,
) -> Result<PartyChanged> {
    let rows = store::people(tx, case)?;
    let people = People::of(case, &rows)?;
    let advice = of_people(tx, case, &people.parties, Changed::Party(id, pointer))?;
    let party = people.parties.into_iter().find(|party| party.id == id);
    let party = party.ok_or_else(hidden)?;
    Ok(PartyChanged { party, advice })
}

/// Change who somebody is.
///
/// What it was is kept, sealed, in the audit. From now on the search finds the case by the new name; by the
/// former one only while it is kept as an alias. The repeat check, exclusions and restrictions go by what the
/// case's referrals say too.
#[operation(patch, "/cases/{id}/parties/{party_id}", tag = "parties", act = ChangeParty, says = "Changed.",
    if_match = "The party's etag.")]
pub async fn change_identity(
    db: Data<Db>,
    caller: Caller,
    Path((id, party_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<IdentityPatch>,
) -> Result<Tagged<PartyChanged>> {
    let body = body.0;
    db.run(&caller, ACT.on("party", party_id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        must_show(&case, FieldGroup::Identity)?;
        let part = store::part_of(tx, &case, Which::Party, party_id)?;
        if_match.check(part.version)?;
        let old: Identity = part.open(&case, "parties", "identity")?;
        let mut new = old.clone();
        let changes = body.apply(&mut new)?;
        if changes.is_whole() {
            damage::sent_whole(party_id);
        }
        let place = SealPlace::new("audit_events", "detail", party_id);
        let detail = case
            .key()
            .seal_json(place, &json!({ "old": old, "new": new }))?;
        let mut version = part.version;
        if !changes.is_empty() {
            store::set_identity(tx, &case, party_id, &new)?;
            renamed(tx, &case, party_id, old, &new)?;
            version += 1;
        }
        let event = Event::of_case(&case)
            .on("party", party_id)
            .fields(["identity"])
            .detail(detail);
        Ok(Audited::new(
            Tagged::new(version, one(tx, &case, party_id, "")?),
            event,
        ))
    })
    .await
}

/// The case is searched by its people's present names; by a former one only while it is kept as an alias.
fn renamed(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    old: Identity,
    new: &Identity,
) -> Result<()> {
    let kept = new.keeps(&old);
    found_anew(tx, case, (!kept).then_some((id, old)))
}

/// How one person of a case stands to another.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RelationshipIn {
    /// Who …
    from_party_id: Uuid,
    /// … is to whom …
    to_party_id: Uuid,
    /// … what.
    kind: RelationshipKind,
    /// Whether they live together.
    #[serde(default)]
    living_together: YesNoUnknown,
}

/// Record how one person of a case stands to another.
///
/// `If-Match` is the relationship's etag, or `"0"` if none is recorded yet.
#[operation(put, "/cases/{id}/relationships", tag = "parties", act = ChangeParty, says = "Recorded.",
    if_match = "The relationship's `etag` that was read; `\"0\"` while nothing is recorded.")]
pub async fn set_relationship(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<RelationshipIn>,
) -> Result<Tagged<RelationshipOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        must_show(&case, FieldGroup::Identity)?;
        both_here(tx, &case, &body)?;
        let (from, to) = (body.from_party_id, body.to_party_id);
        let known = store::relationship_between(tx, &case, from, to)?;
        if_match.check(known.as_ref().map_or(0, |part| part.version))?;
        let relation = Relation {
            from,
            to,
            kind: body.kind,
            living_together: body.living_together,
        };
        if !stands(known.as_ref(), &relation)? {
            store::set_relationship(tx, &case, relation)?;
        }
        let part = store::relationship_between(tx, &case, from, to)?.ok_or_else(hidden)?;
        let event = Event::of_case(&case)
            .on("relationship", part.id)
            .fields(["relationship"]);
        Ok(Audited::new(
            Tagged::new(part.version, shape::relationship(&part)?),
            event,
        ))
    })
    .await
}

/// Whether the relationship is recorded just so.
fn stands(known: Option<&Part>, wanted: &Relation) -> Result<bool> {
    let Some(known) = known else {
        return Ok(false);
    };
    let known = shape::relationship(known)?;
    Ok(known.kind == wanted.kind && known.living_together == wanted.living_together)
}

fn both_here(tx: &mut Tx<'_>, case: &VisibleCase, body: &RelationshipIn) -> Result<()> {
    let here = store::parties_among(tx, case, vec![body.from_party_id, body.to_party_id])?;
    let mut errors = Vec::new();
    for (pointer, id) in [
        ("/from_party_id", body.from_party_id),
        ("/to_party_id", body.to_party_id),
    ] {
        if !here.contains(&id) {
            errors.push(FieldError::new(
                pointer,
                "unknown",
                "Name somebody of this case.",
            ));
        }
    }
    if errors.is_empty() && body.from_party_id == body.to_party_id {
        errors.push(FieldError::new("/to_party_id", "same", "Name two people."));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// The etag of a part that was just made.
pub(super) fn first() -> String {
    etag(1)
}

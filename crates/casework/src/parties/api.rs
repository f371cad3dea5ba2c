//! The people of a case: reading them, adding to them, changing who they are and how they stand to
//! one another.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, patch, post, put};
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
use kernel::crypto::Place;
use kernel::crypto::damage;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::http::{
    Body, Idempotency, IdempotencyKey, IfMatch, Path, Problems, VersionProblems, WriteProblems,
    etag, tagged,
};
use kernel::policy::lens::FieldGroup;
use kernel::policy::{Act, hidden};
use kernel::visibility::VisibleCase;
use practice::advice::AdviceGiven;
use practice::party::{Identity, PartyRole, RelationshipKind};
use practice::vocabulary::YesNoUnknown;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_parties)
        .service(add_party)
        .service(change_identity)
        .service(set_relationship);
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
#[utoipa::path(tag = "parties", operation_id = "list_parties",
    params(("id" = Uuid, Path, description = "The case.")),
    responses((status = 200, description = "Everybody, through the reader's lens.", body = PeopleOut), Problems))]
#[get("/cases/{id}/parties")]
async fn list_parties(db: Data<Db>, caller: Caller, path: Path<Uuid>) -> Result<HttpResponse> {
    let id = path.0;
    let body = db
        .run(&caller, Act::ReadCase.on("case", id), move |tx| {
            let case = opened(tx, Act::ReadCase, id)?;
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
        .await?;
    Ok(HttpResponse::Ok().json(body))
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
#[utoipa::path(tag = "parties", operation_id = "add_party", request_body = PartyIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry happen once.")),
    responses((status = 201, description = "Added.", body = PartyChanged), Problems, WriteProblems))]
#[post("/cases/{id}/parties")]
async fn add_party(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    key: IdempotencyKey,
    body: Body<PartyIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let party = db
        .run(&caller, Act::ChangeParty.on("case", id), move |tx| {
            let case = opened_locked(tx, Act::ChangeParty, id)?;
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
    Ok(HttpResponse::Created().json(party))
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
#[utoipa::path(tag = "parties", operation_id = "change_identity", request_body = IdentityPatch,
    params(("id" = Uuid, Path, description = "The case."), ("party_id" = Uuid, Path, description = "The person."),
        ("If-Match" = String, Header, description = "The party's etag.")),
    responses((status = 200, description = "Changed.", body = PartyChanged), Problems, WriteProblems, VersionProblems))]
#[patch("/cases/{id}/parties/{party_id}")]
async fn change_identity(
    db: Data<Db>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<IdentityPatch>,
) -> Result<HttpResponse> {
    let ((id, party_id), body) = (path.0, body.0);
    let (party, version) = db
        .run(&caller, Act::ChangeParty.on("party", party_id), move |tx| {
            let case = opened_locked(tx, Act::ChangeParty, id)?;
            must_show(&case, FieldGroup::Identity)?;
            let part = store::part_of(tx, &case, Which::Party, party_id)?;
            if_match.check(part.version)?;
            let old: Identity = part.open(&case, "parties", "identity")?;
            let mut new = old.clone();
            let changes = body.apply(&mut new)?;
            if changes.is_whole() {
                damage::sent_whole(party_id);
            }
            let place = Place::new("audit_events", "detail", party_id);
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
                (one(tx, &case, party_id, "")?, version),
                event,
            ))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &party))
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
#[utoipa::path(tag = "parties", operation_id = "set_relationship", request_body = RelationshipIn,
    params(("id" = Uuid, Path, description = "The case."),
        ("If-Match" = String, Header, description = "The relationship's etag, or \"0\".")),
    responses((status = 200, description = "Recorded.", body = RelationshipOut), Problems, WriteProblems, VersionProblems))]
#[put("/cases/{id}/relationships")]
async fn set_relationship(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RelationshipIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let (relationship, version) = db
        .run(&caller, Act::ChangeParty.on("case", id), move |tx| {
            let case = opened_locked(tx, Act::ChangeParty, id)?;
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
                (shape::relationship(&part)?, part.version),
                event,
            ))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &relationship))
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

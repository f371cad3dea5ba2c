//! The people a client acts for, registered with it by the partner's own ids, and its service actor.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::shape::{managed, seen, told};
use super::store::{self, Actor, ActorKind, Client};
use super::{NewActor, register, rules};
use crate::agencies::Agency;
use crate::notifications::letters::AccountMatter;
use crate::users::grants::pending;
use crate::users::{self, concern};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path, Query, Tagged,
    etag, operation,
};
use kernel::policy;
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_actors_route)
        .service(register_actor_route)
        .service(disable_actor_route);
}

/// A person to be registered.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ActorIn {
    /// The partner's own id of the person, sent with each request as `X-ToldOnce-Actor`: 1 to 200
    /// visible ASCII characters.
    #[validate(custom(function = "fits_a_header"))]
    partner_ref: Line<200>,
    /// Their name.
    name: Line<200>,
    /// Their account here, if they have one. It must be of the client's agency; what is closed to it is
    /// then closed to the client as well. To the account of a coordinator, chair, IDVA or administrator the
    /// link holds once a second person, or that person, has confirmed it (`/pending-grants`).
    #[serde(default)]
    user_id: Option<Uuid>,
}

fn fits_a_header(text: &str) -> std::result::Result<(), ValidationError> {
    let fits = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(()).ok_or(ValidationError::new("format"))
}

/// A registered actor.
#[derive(Serialize, ToSchema)]
pub struct ActorOut {
    /// Its id, by which an exclusion can name it.
    id: Uuid,
    /// The partner's own id.
    partner_ref: String,
    /// Name.
    name: String,
    /// A person, or the client's service actor, which stands for no person.
    kind: ActorKind,
    /// The person's account here.
    user_id: Option<Uuid>,
    /// When it was disabled; null while it works.
    disabled_at: Option<DateTime<Utc>>,
    /// Its version.
    etag: String,
}

impl From<Actor> for ActorOut {
    fn from(actor: Actor) -> Self {
        Self {
            id: actor.id,
            partner_ref: actor.partner_ref,
            name: actor.name,
            kind: actor.kind,
            user_id: actor.user_id,
            disabled_at: actor.disabled_at,
            etag: etag(actor.version),
        }
    }
}

/// List the actors of a client.
#[operation(get, "/api-clients/{id}/actors", tag = "clients", act = ReadClients, says = "A page of actors.")]
pub async fn list_actors(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<Page<ActorOut>> {
    let (id, limit, after) = (id.0, query.0.limit(), query.0.after()?);
    let page = db
        .run(&caller, ACT.on("api_client", id), move |tx| {
            let client = seen(tx, id)?;
            let rows = store::list_actors(tx, &client, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let event = Event::list(page.len()).fields(["actors"]);
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(page.map(ActorOut::from))
}

/// Register a person the client acts for.
///
/// A lead may where all that the client may do is theirs to grant, and so too for an account that it is
/// linked to, whose person is told. 409: `already_disabled`.
#[operation(post, "/api-clients/{id}/actors", tag = "clients", act = RegisterActors, says = "Registered.")]
pub async fn register_actor(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<ActorIn>,
) -> Result<Created<Tagged<ActorOut>>> {
    let actor = db
        .run(&caller, ACT.on("api_client", id), move |tx| {
            let (client, agency) = managed(tx, id)?;
            let claimed = key.claim(tx, "register_actor", &(id, &body))?;
            if let Idempotency::Fresh(actor_id) = claimed {
                rules::live(&client)?;
                add(tx, actor_id, &client, &agency, body)?;
            }
            let actor = load(tx, &client, claimed.id())?;
            let event = Event::new().on("registered_actor", actor.id);
            told(tx, id, actor, event)
        })
        .await?;
    Ok(Created(answer(actor)))
}

fn add(tx: &mut Tx<'_>, id: Uuid, client: &Client, agency: &Agency, body: ActorIn) -> Result<()> {
    let linked = body.user_id.map(|user_id| link(tx, user_id, agency));
    let linked = linked.transpose()?;
    let at_once = linked.as_ref().filter(|linked| !linked.strong);
    let new = NewActor {
        client_id: client.id,
        agency_id: client.agency_id,
        partner_ref: body.partner_ref.into_string(),
        name: body.name.into_string(),
        user_id: at_once.map(|linked| linked.user_id),
    };
    register(tx, id, &new)?;
    match linked.filter(|linked| linked.strong) {
        Some(linked) => pending::ask_link(tx, client.id, id, linked.user_id, &linked.maracs),
        None => Ok(()),
    }
}

/// An account to be linked.
struct Linked {
    user_id: Uuid,
    /// It has a strong role, so a second person has to confirm.
    strong: bool,
    maracs: Vec<Uuid>,
}

/// The account, whose person is told.
fn link(tx: &mut Tx<'_>, user_id: Uuid, agency: &Agency) -> Result<Linked> {
    let unknown = || {
        let message = "There is no such live account in the client's agency.";
        Error::field("/user_id", "unknown", message)
    };
    let user = users::linkable(tx, user_id, agency)?.ok_or_else(unknown)?;
    let roles = users::roles_of(tx, user_id)?;
    let strong = user.administrator || roles.iter().any(|one| pending::is_strong(one.role));
    let maracs = concern::maracs(tx, agency.id, roles)?;
    concern::tell_person(tx, &user, &maracs, &[AccountMatter::Actor])?;
    Ok(Linked {
        user_id,
        strong,
        maracs,
    })
}

fn load(tx: &mut Tx<'_>, client: &Client, id: Uuid) -> Result<Actor> {
    store::actor(tx, client, id)?.ok_or_else(policy::hidden)
}

fn answer(actor: Actor) -> Tagged<ActorOut> {
    Tagged::new(actor.version, actor.into())
}

/// Disable an actor: the client stops acting for that person at once.
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[operation(post, "/api-clients/{id}/actors/{actor_id}/disable", tag = "clients", act = RegisterActors,
    says = "Disabled.")]
pub async fn disable_actor(
    db: Data<Db>,
    caller: Caller,
    Path((id, actor_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<ActorOut>> {
    let actor = db
        .run(&caller, ACT.on("registered_actor", actor_id), move |tx| {
            let (client, _) = managed(tx, id)?;
            let actor = store::actor_locked(tx, &client, actor_id)?.ok_or_else(policy::hidden)?;
            if_match.check(actor.version)?;
            rules::disable_actor(&actor)?;
            store::disable_actor(tx, actor_id)?;
            let actor = load(tx, &client, actor_id)?;
            told(tx, id, actor, Event::new().fields(["disabled_at"]))
        })
        .await?;
    Ok(answer(actor))
}

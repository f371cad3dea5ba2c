//! API clients: registered by administrators, and by an agency's lead for their own agency.

use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, Client};
use super::{NewClient, create, rules};
use crate::agencies::{self, Agency};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::crypto;
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::http::{
    Body, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path, Problems, Query,
    StepUpProblems, VersionProblems, WriteProblems, etag, one_line, paged, tagged,
};
use crate::policy::{self, Act, Right};
use crate::users::grants::{self, Holder, RoleGrant, Touched};
use crate::users::{agency_for, reach};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_clients)
        .service(create_client)
        .service(read_client)
        .service(change_client)
        .service(rotate_secret)
        .service(disable_client);
}

/// An API client to be registered.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// What it is called.
    #[validate(length(max = 200), custom(function = "one_line"))]
    name: String,
    /// Its agency; if none is named, your own.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// What it may do.
    rights: BTreeSet<Right>,
    /// Its roles: `representative`, `practitioner`, `idva`.
    #[serde(default)]
    #[validate(length(max = 100))]
    roles: Vec<RoleGrant>,
}

/// What changes of a client. A field that is not sent stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientChange {
    /// What it is called.
    #[validate(length(max = 200), custom(function = "one_line"))]
    name: Option<String>,
    /// What it may do: the whole list.
    rights: Option<BTreeSet<Right>>,
    /// Its roles: the whole list. Those left out end now.
    #[validate(length(max = 100))]
    roles: Option<Vec<RoleGrant>>,
}

/// Which clients.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClientQuery {
    /// Of this agency only.
    agency_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[validate(length(min = 1, max = 400))]
    cursor: Option<String>,
}

/// An API client.
#[derive(Serialize, ToSchema)]
pub struct ClientOut {
    /// Its id: the `client_id` of `POST /oauth/token`.
    id: Uuid,
    /// Its agency.
    agency_id: Uuid,
    /// What it is called.
    name: String,
    /// What it may do.
    rights: Vec<Right>,
    /// Its roles, granted and not ended.
    roles: Vec<RoleGrant>,
    /// Who registered it.
    created_by: Uuid,
    /// When it was disabled; null while it works.
    disabled_at: Option<DateTime<Utc>>,
    /// Its version, roles included.
    etag: String,
}

/// A client and its secret.
#[derive(Serialize, ToSchema)]
pub struct ClientSecretOut {
    /// The client.
    client: ClientOut,
    /// Its secret, kept only as a hash and shown this once. Null when a request is repeated with its
    /// `Idempotency-Key`: rotate it to have a new one.
    client_secret: Option<String>,
}

impl ClientOut {
    fn of(client: Client, roles: Vec<RoleGrant>) -> Self {
        Self {
            id: client.id,
            agency_id: client.agency_id,
            name: client.name,
            rights: client.rights,
            roles,
            created_by: client.created_by,
            disabled_at: client.disabled_at,
            etag: etag(client.version),
        }
    }
}

/// The client as it is now, and its version.
fn show(tx: &mut Tx<'_>, id: Uuid) -> Result<(ClientOut, i32)> {
    let client = seen(tx, id)?;
    let (version, roles) = (client.version, roles_of(tx, id)?);
    Ok((ClientOut::of(client, roles), version))
}

fn roles_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<RoleGrant>> {
    let held = grants::held(tx, &[Holder::Client(id)])?;
    Ok(held.into_iter().map(|(_, grant)| grant).collect())
}

/// A client in the caller's sight.
pub(super) fn seen(tx: &mut Tx<'_>, id: Uuid) -> Result<Client> {
    let within = reach(&tx.actor);
    store::find(tx, within, id)?.ok_or_else(policy::hidden)
}

/// The same, locked.
fn locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Client> {
    let within = reach(&tx.actor);
    store::find_locked(tx, within, id)?.ok_or_else(policy::hidden)
}

/// The same, and its agency, if all that the client may do is the caller's to grant: whoever has its
/// secret, its rights or its actors in hand may do as much as it.
pub(super) fn managed(tx: &mut Tx<'_>, id: Uuid) -> Result<(Client, Agency)> {
    let client = locked(tx, id)?;
    let agency = agencies::find(tx, client.agency_id)?;
    let roles = roles_of(tx, id)?;
    let roles: Vec<_> = roles.iter().map(|r| (r.marac_id, r.role)).collect();
    grants::within_reach(&tx.actor, &agency, &roles)?;
    Ok((client, agency))
}

/// List API clients: all of them for an administrator, the own agency's for its lead.
#[utoipa::path(tag = "clients", operation_id = "list_clients", params(ClientQuery), responses(
    (status = 200, description = "A page of clients.", body = Page<ClientOut>), Problems))]
#[get("/api-clients")]
async fn list_clients(
    request: HttpRequest,
    state: Data<State>,
    caller: Caller,
    query: Query<ClientQuery>,
) -> Result<HttpResponse> {
    let ClientQuery {
        agency_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    let page = state
        .db
        .run(&caller, Act::ReadClients.ask(), move |tx| {
            let within = reach(&tx.actor);
            let rows = store::list(tx, within, agency_id, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let holders: Vec<_> = page.items.iter().map(|c| Holder::Client(c.id)).collect();
            let held = grants::held(tx, &holders)?;
            let page = page.map(|client| {
                let own = held.iter().filter(|(holder, _)| *holder == client.id);
                let roles = own.map(|(_, grant)| *grant).collect();
                ClientOut::of(client, roles)
            });
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// Register an API client, with its service actor. The answer shows its secret, once.
///
/// A lead grants the roles they may grant to people. 409: `agency_closed`.
#[utoipa::path(tag = "clients", operation_id = "create_client", request_body = ClientIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry the same client.")),
    responses((status = 201, description = "Registered.", body = ClientSecretOut), Problems, StepUpProblems, WriteProblems))]
#[post("/api-clients")]
async fn create_client(
    state: Data<State>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<ClientIn>,
) -> Result<HttpResponse> {
    let body = body.0;
    let (made, version) = state
        .db
        .run(&caller, Act::ManageClients.ask(), move |tx| {
            let claimed = key.claim(tx, "create_client", &body)?;
            let id = claimed.id();
            let (client_secret, touched) = match claimed {
                Idempotency::Fresh(id) => register(tx, id, body)?,
                Idempotency::Replay(_) => (None, Touched::default()),
            };
            let (client, version) = show(tx, id)?;
            let out = ClientSecretOut {
                client,
                client_secret,
            };
            Ok(touched.record((out, version), Event::new().on("api_client", id)))
        })
        .await?;
    Ok(tagged(HttpResponse::Created(), version, &made))
}

fn register(tx: &mut Tx<'_>, id: Uuid, body: ClientIn) -> Result<(Option<String>, Touched)> {
    rules::roles(&body.roles)?;
    let agency = agency_for(tx, body.agency_id)?;
    let new = NewClient {
        agency_id: agency.id,
        name: body.name,
        rights: body.rights.into_iter().collect(),
        created_by: tx.actor.principal.user_id().ok_or(Code::Forbidden)?,
    };
    let secret = create(tx, id, &new)?;
    let touched = grants::replace(tx, Holder::Client(id), &agency, &body.roles)?;
    Ok((Some(secret), touched))
}

/// Read an API client. Its secret is not kept.
#[utoipa::path(tag = "clients", operation_id = "read_client",
    params(("id" = Uuid, Path, description = "The client.")),
    responses((status = 200, description = "The client.", body = ClientOut), Problems))]
#[get("/api-clients/{id}")]
async fn read_client(state: Data<State>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = id.0;
    let (client, version) = state
        .db
        .run(&caller, Act::ReadClients.on("api_client", id), move |tx| {
            Ok(Audited::new(show(tx, id)?, Event::new()))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &client))
}

/// Change a client's name, rights or roles; they hold from its next request on.
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[utoipa::path(tag = "clients", operation_id = "change_client", request_body = ClientChange,
    params(("id" = Uuid, Path, description = "The client."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "As it is now.", body = ClientOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[patch("/api-clients/{id}")]
async fn change_client(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<ClientChange>,
) -> Result<HttpResponse> {
    let (id, change) = (id.0, body.0);
    let ask = Act::ManageClients.on("api_client", id);
    let (client, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let (mut client, agency) = managed(tx, id)?;
            if_match.check(client.version)?;
            rules::live(&client)?;
            let mut event = Event::new();
            let mut touched = Touched::default();
            if let Some(name) = change.name {
                client.name = name;
                event = event.fields(["name"]);
            }
            if let Some(rights) = change.rights {
                client.rights = rights.into_iter().collect();
                event = event.fields(["rights"]);
            }
            if let Some(roles) = change.roles {
                rules::roles(&roles)?;
                touched = grants::replace(tx, Holder::Client(id), &agency, &roles)?;
                event = event.fields(["roles"]);
            }
            store::update(tx, &client)?;
            Ok(touched.record(show(tx, id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &client))
}

/// Give a client a new secret, shown once. The old one buys no token from now on, and the tokens that
/// were had with it end at once.
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[utoipa::path(tag = "clients", operation_id = "rotate_secret",
    params(("id" = Uuid, Path, description = "The client."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "The new secret.", body = ClientSecretOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/api-clients/{id}/secret")]
async fn rotate_secret(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let ask = Act::ManageClients.on("api_client", id);
    let (rotated, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let (client, _) = managed(tx, id)?;
            if_match.check(client.version)?;
            rules::live(&client)?;
            let secret = crypto::secret()?;
            store::set_secret(tx, id, crypto::hash_secret(&secret))?;
            let (client, version) = show(tx, id)?;
            let out = ClientSecretOut {
                client,
                client_secret: Some(secret),
            };
            Ok(Audited::new(
                (out, version),
                Event::new().fields(["secret"]),
            ))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &rotated))
}

/// Disable a client for good: its tokens end at once.
///
/// 409: `already_disabled`.
#[utoipa::path(tag = "clients", operation_id = "disable_client",
    params(("id" = Uuid, Path, description = "The client."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "Disabled.", body = ClientOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/api-clients/{id}/disable")]
async fn disable_client(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let ask = Act::ManageClients.on("api_client", id);
    let (client, version) = state
        .db
        .run(&caller, ask, move |tx| {
            let mut client = locked(tx, id)?;
            if_match.check(client.version)?;
            rules::live(&client)?;
            client.disabled_at = Some(tx.now);
            store::update(tx, &client)?;
            let event = Event::new().fields(["disabled_at"]);
            Ok(Audited::new(show(tx, id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &client))
}

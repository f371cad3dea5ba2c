//! API clients: registered by administrators, and by an agency's lead for their own agency.

use std::collections::BTreeSet;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::shape::{ClientOut, ClientSecretOut, complete, concerned, managed, show, told};
use super::store::{self, Client};
use super::{NewClient, create, rules};
use crate::agencies::Agency;
use crate::notifications::NoticeKind;
use crate::users::concern;
use crate::users::grants::{self, pending};
use crate::users::grants::{Holder, RoleGrant, Touched};
use crate::users::{agency_for, reach};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::http::{
    Body, Change, Changes, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path,
    Query, Tagged, operation,
};
use kernel::policy::Right;
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_clients_route)
        .service(create_client_route)
        .service(read_client_route)
        .service(change_client_route)
        .service(rotate_secret_route)
        .service(disable_client_route);
}

/// An API client to be registered.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// What it is called.
    name: Line<200>,
    /// Its agency; if none is named, your own.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// What it may do.
    rights: BTreeSet<Right>,
    /// Its roles: `representative`, `practitioner`, `idva`.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    roles: Vec<RoleGrant>,
}

/// What changes of a client.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientChange {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Change<Line<200>>,
    /// What it may do: the whole list.
    #[serde(default)]
    #[schema(value_type = BTreeSet<Right>)]
    rights: Change<BTreeSet<Right>>,
    /// Its roles: the whole list. A role that is not in it ends now.
    #[serde(default)]
    #[schema(value_type = Vec<RoleGrant>)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    roles: Change<Vec<RoleGrant>>,
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
    cursor: Option<Line<400>>,
}

/// List API clients: all of them for an administrator, the own agency's for its lead.
#[operation(get, "/api-clients", tag = "clients", act = ReadClients, says = "A page of clients.")]
pub async fn list_clients(
    db: Data<Db>,
    caller: Caller,
    query: Query<ClientQuery>,
) -> Result<Page<ClientOut>> {
    let ClientQuery {
        agency_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    db.run(&caller, ACT.ask(), move |tx| {
        let within = reach(&tx.actor);
        let rows = store::list(tx, within, agency_id, after, limit + 1)?;
        let page = Page::of(rows, limit, |row| row.id);
        let next_cursor = page.next_cursor;
        let items = complete(tx, page.items)?;
        let page = Page { items, next_cursor };
        let event = Event::list(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// Register an API client, with its service actor. The answer shows its secret, once.
///
/// A lead grants the roles they may grant to people. What it may do holds once a second person has
/// confirmed it (`/pending-grants`). 409: `agency_closed`.
#[operation(post, "/api-clients", tag = "clients", act = ManageClients, says = "Registered.")]
pub async fn create_client(
    db: Data<Db>,
    caller: Caller,
    key: IdempotencyKey,
    Body(body): Body<ClientIn>,
) -> Result<Created<Tagged<ClientSecretOut>>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let claimed = key.claim(tx, "create_client", &body)?;
        let id = claimed.id();
        let (client_secret, touched) = match claimed {
            Idempotency::Fresh(id) => register(tx, id, body)?,
            Idempotency::Replay(_) => (None, Touched::default()),
        };
        let client = show(tx, id)?;
        let maracs = concerned(tx, id)?;
        if client_secret.is_some() {
            concern::tell_staff(tx, NoticeKind::ClientChanged, ("api_client", id), &maracs)?;
        }
        let out = client.map(|client| ClientSecretOut {
            client,
            client_secret,
        });
        let event = Event::new().on("api_client", id);
        Ok(touched.record(out, event, &maracs))
    })
    .await
    .map(Created)
}

fn register(tx: &mut Tx<'_>, id: Uuid, body: ClientIn) -> Result<(Option<String>, Touched)> {
    rules::roles(&body.roles)?;
    let agency = agency_for(tx, body.agency_id)?;
    let new = NewClient {
        agency_id: agency.id,
        name: body.name.into_string(),
        rights: Vec::new(),
        created_by: tx.actor.principal.user_id().ok_or(Code::Forbidden)?,
    };
    let secret = create(tx, id, &new)?;
    let touched = grants::replace(tx, Holder::Client(id), &agency, &body.roles)?;
    let maracs = concerned(tx, id)?;
    pending::ask_rights(tx, id, body.rights.into_iter().collect(), &maracs)?;
    Ok((Some(secret), touched))
}

/// Read an API client. Its secret is not kept.
#[operation(get, "/api-clients/{id}", tag = "clients", act = ReadClients, says = "The client.")]
pub async fn read_client(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<ClientOut>> {
    db.run(&caller, ACT.on("api_client", id), move |tx| {
        Ok(Audited::new(show(tx, id)?, Event::new()))
    })
    .await
}

/// Change a client's name, rights or roles. What is taken away ends with its next request; further rights,
/// and the role `idva`, hold once a second person has confirmed them (`/pending-grants`).
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[operation(patch, "/api-clients/{id}", tag = "clients", act = ManageClients, says = "As it is now.")]
pub async fn change_client(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(change): Body<ClientChange>,
) -> Result<Tagged<ClientOut>> {
    db.run(&caller, ACT.on("api_client", id), move |tx| {
        let (mut client, agency) = managed(tx, id)?;
        if_match.check(client.version)?;
        rules::live(&client)?;
        let mut maracs: BTreeSet<_> = concerned(tx, id)?.into_iter().collect();
        let rights = client.rights.clone();
        let (changes, touched) = apply(tx, &mut client, &agency, change)?;
        if !changes.is_empty() {
            store::update(tx, &client)?;
        }
        maracs.extend(concerned(tx, id)?);
        let maracs: Vec<_> = maracs.into_iter().collect();
        if rights != client.rights || touched.changed() {
            concern::tell_staff(tx, NoticeKind::ClientChanged, ("api_client", id), &maracs)?;
        }
        let event = Event::new().fields(changes);
        Ok(touched.record(show(tx, id)?, event, &maracs))
    })
    .await
}

/// Rights that are left out end now; those that are new wait, like strong roles.
fn apply(
    tx: &mut Tx<'_>,
    client: &mut Client,
    agency: &Agency,
    change: ClientChange,
) -> Result<(Changes, Touched)> {
    let ClientChange {
        name,
        rights,
        roles,
    } = change;
    let mut changes = Changes::default();
    let mut touched = Touched::default();
    changes.take("name", &mut client.name, name);
    if let Change::Value(wanted) = rights {
        let mut may: BTreeSet<_> = client.rights.iter().copied().collect();
        let more = wanted.difference(&may).copied().collect();
        let kept = may.intersection(&wanted).copied().collect();
        changes.put("rights", &mut may, kept);
        client.rights = may.into_iter().collect();
        let maracs = concerned(tx, client.id)?;
        if pending::ask_rights(tx, client.id, more, &maracs)? {
            changes.note("rights_to_confirm");
        }
    }
    if let Change::Value(roles) = roles {
        rules::roles(&roles)?;
        touched = grants::replace(tx, Holder::Client(client.id), agency, &roles)?;
        touched.note(&mut changes);
    }
    Ok((changes, touched))
}

/// Give a client a new secret, shown once. The old one buys no token from now on, and the tokens that
/// were had with it end at once.
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[operation(post, "/api-clients/{id}/secret", tag = "clients", act = ManageClients, says = "The new secret.")]
pub async fn rotate_secret(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<ClientSecretOut>> {
    db.run(&caller, ACT.on("api_client", id), move |tx| {
        let (client, _) = managed(tx, id)?;
        if_match.check(client.version)?;
        rules::live(&client)?;
        let secret = crypto::secret()?;
        store::set_secret(tx, id, crypto::hash_secret(&secret))?;
        let client = show(tx, id)?;
        let out = client.map(|client| ClientSecretOut {
            client,
            client_secret: Some(secret),
        });
        told(tx, id, out, Event::new().fields(["secret"]))
    })
    .await
}

/// Disable a client for good: its tokens end at once.
///
/// A lead may where all that the client may do is theirs to grant. 409: `already_disabled`.
#[operation(post, "/api-clients/{id}/disable", tag = "clients", act = ManageClients, says = "Disabled.")]
pub async fn disable_client(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<ClientOut>> {
    db.run(&caller, ACT.on("api_client", id), move |tx| {
        let (mut client, _) = managed(tx, id)?;
        if_match.check(client.version)?;
        rules::live(&client)?;
        client.disabled_at = Some(tx.now);
        store::update(tx, &client)?;
        let shown = show(tx, id)?;
        told(tx, id, shown, Event::new().fields(["disabled_at"]))
    })
    .await
}

//! Agencies' API clients, and the people they act for.

pub mod actors;
pub mod api;
mod rules;
mod shape;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::users::grants::{self, Holder, RoleGrant};
use kernel::crypto;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Right, Role};

/// The partner's id of every client's service actor.
pub const SERVICE_REF: &str = "service";

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    actors::routes(config);
}

/// An API client to be registered.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// Its agency.
    pub agency_id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// The account of whoever answers for it.
    pub created_by: Uuid,
}

/// A person a client acts for, to be registered.
#[derive(Debug, Clone)]
pub struct NewActor {
    /// The client.
    pub client_id: Uuid,
    /// The client's agency.
    pub agency_id: Uuid,
    /// The partner's own id of the person.
    pub partner_ref: String,
    /// Their name.
    pub name: String,
    /// Their account here, if they have one.
    pub user_id: Option<Uuid>,
}

/// Registers a client with its service actor; returns its secret, which is kept only as a hash.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewClient) -> Result<String> {
    let secret = crypto::secret()?;
    create_with(tx, id, new, &secret)?;
    Ok(secret)
}

/// The same with a secret that is known beforehand: for the demonstration alone.
pub fn create_with(tx: &mut Tx<'_>, id: Uuid, new: &NewClient, secret: &str) -> Result<()> {
    store::create(tx, id, new, crypto::hash_secret(secret))?;
    let service = NewActor {
        client_id: id,
        agency_id: new.agency_id,
        partner_ref: SERVICE_REF.into(),
        name: new.name.clone(),
        user_id: None,
    };
    store::add_actor(tx, Uuid::now_v7(), &service, store::ActorKind::Service)
}

/// Registers a person the client acts for. The partner's id may be taken: 422 `/partner_ref taken`.
pub fn register(tx: &mut Tx<'_>, id: Uuid, new: &NewActor) -> Result<()> {
    store::add_actor(tx, id, new, store::ActorKind::Person).map_err(|error| {
        error.on_constraint("registered_actors_ref_key", || {
            let message = "This client has registered another actor under this id.";
            Error::field("/partner_ref", "taken", message)
        })
    })
}

/// Adds rights to a client, once a second person has confirmed them.
pub fn add_rights(tx: &mut Tx<'_>, client_id: Uuid, rights: &[Right]) -> Result<()> {
    store::add_rights(tx, client_id, rights)
}

/// Links an actor to an account, once that was confirmed.
pub fn link(tx: &mut Tx<'_>, actor_id: Uuid, user_id: Uuid) -> Result<()> {
    store::link(tx, actor_id, user_id)
}

/// All the roles that a client has or waits for.
pub fn roles_of(tx: &mut Tx<'_>, client_id: Uuid) -> Result<Vec<RoleGrant>> {
    shape::roles_of(tx, client_id)
}

/// Grants a client a role without asking whose leave it takes: for the command line and the
/// demonstration.
pub fn grant(tx: &mut Tx<'_>, client_id: Uuid, marac_id: Uuid, role: Role) -> Result<()> {
    let grant = RoleGrant {
        marac_id,
        role,
        ends_at: None,
    };
    grants::give(tx, Holder::Client(client_id), &[grant])
}

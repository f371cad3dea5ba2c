//! A client as it is shown, which clients a caller reaches, and whom it concerns that one was changed.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Client};
use crate::agencies::{self, Agency};
use crate::notifications::NoticeKind;
use crate::users::grants::pending::{self, PendingRoleOut};
use crate::users::grants::{self, Holder, RoleGrant};
use crate::users::{self, concern, reach};
use kernel::audit::{Audited, Event};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Tagged, etag};
use kernel::policy::{self, Right};

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
    /// Rights that wait for a second person to confirm them.
    pending_rights: Vec<Right>,
    /// Its roles, granted and not ended.
    roles: Vec<RoleGrant>,
    /// Roles that wait for a second person to confirm them.
    pending_roles: Vec<PendingRoleOut>,
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
    pub(super) client: ClientOut,
    /// Its secret, kept only as a hash and shown this once. Null when a request is repeated with its
    /// `Idempotency-Key`: rotate it to have a new one.
    pub(super) client_secret: Option<String>,
}

/// Clients with what belongs to each.
pub(super) fn complete(tx: &mut Tx<'_>, clients: Vec<Client>) -> Result<Vec<ClientOut>> {
    let holders: Vec<_> = clients.iter().map(|one| Holder::Client(one.id)).collect();
    let held = grants::held(tx, &holders)?;
    let waiting = pending::of(tx, &holders)?;
    let out = |client: Client| {
        let own = held.iter().filter(|(holder, _)| *holder == client.id);
        let of_rights = waiting
            .iter()
            .filter(|one| one.client_id == Some(client.id));
        let rights = of_rights.filter_map(|one| one.rights.clone()).flatten();
        ClientOut {
            roles: own.map(|(_, grant)| *grant).collect(),
            pending_roles: PendingRoleOut::of(&waiting, Holder::Client(client.id)),
            pending_rights: rights.collect(),
            id: client.id,
            agency_id: client.agency_id,
            name: client.name,
            rights: client.rights,
            created_by: client.created_by,
            disabled_at: client.disabled_at,
            etag: etag(client.version),
        }
    };
    Ok(clients.into_iter().map(out).collect())
}

/// The client as it is now, and its version.
pub(super) fn show(tx: &mut Tx<'_>, id: Uuid) -> Result<Tagged<ClientOut>> {
    let client = seen(tx, id)?;
    let version = client.version;
    let shown = complete(tx, vec![client])?.pop();
    Ok(Tagged::new(version, shown.ok_or_else(policy::hidden)?))
}

/// The roles it has or waits for.
pub(super) fn roles_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<RoleGrant>> {
    let held = grants::held(tx, &[Holder::Client(id)])?;
    let mut roles: Vec<_> = held.into_iter().map(|(_, grant)| grant).collect();
    roles.extend(pending::roles(tx, Holder::Client(id))?);
    Ok(roles)
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

/// The same, and its agency, if all that the client may do, and every account that it acts for, is the
/// caller's to manage: whoever has its secret, its rights or its actors in hand may do as much as it.
pub(super) fn managed(tx: &mut Tx<'_>, id: Uuid) -> Result<(Client, Agency)> {
    let client = locked(tx, id)?;
    let agency = agencies::find(tx, client.agency_id)?;
    let roles = roles_of(tx, id)?;
    let roles: Vec<_> = roles.iter().map(|r| (r.marac_id, r.role)).collect();
    grants::within_reach(&tx.actor, &agency, &roles)?;
    for user_id in store::linked_users(tx, id)? {
        users::managed_by_caller(tx, user_id)?;
    }
    Ok((client, agency))
}

/// The MARACs that a change of this client concerns.
pub(super) fn concerned(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<Uuid>> {
    let client = store::find(tx, None, id)?.ok_or_else(policy::hidden)?;
    let roles = roles_of(tx, id)?;
    concern::maracs(tx, client.agency_id, roles)
}

/// What is answered, with its event where the client works, once the coordinators have been told.
pub(super) fn told<T>(tx: &mut Tx<'_>, id: Uuid, value: T, event: Event) -> Result<Audited<T>> {
    let maracs = concerned(tx, id)?;
    concern::tell_staff(tx, NoticeKind::ClientChanged, ("api_client", id), &maracs)?;
    Ok(Audited::in_maracs(value, event, &maracs))
}

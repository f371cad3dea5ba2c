//! An account as it is shown.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::grants::pending::PendingRoleOut;
use super::grants::{self, Holder, RoleGrant};
use super::store::{self, User};
use super::{links_store, rules};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Tagged, etag};
use kernel::policy;
use practice::vocabulary;

vocabulary! {
    /// Where an account stands.
    AccountState {
        /// Has no password yet.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in, and whatever was signed in has ended.
        Disabled = "disabled",
    }
}

/// A new address that waits.
#[derive(Serialize, ToSchema)]
pub struct NewEmailOut {
    /// The address.
    email: String,
    /// Until when it can be confirmed.
    expires_at: DateTime<Utc>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct UserOut {
    /// Its id.
    id: Uuid,
    /// The agency they work for.
    agency_id: Uuid,
    /// E-mail address.
    email: String,
    /// A new address that waits for the account's person to confirm it.
    new_email: Option<NewEmailOut>,
    /// Name.
    name: String,
    /// Where the account stands.
    state: AccountState,
    /// May manage accounts everywhere.
    administrator: bool,
    /// Roles granted and not ended. They give nothing while the agency is suspended or closed.
    roles: Vec<RoleGrant>,
    /// Roles that wait for a second person to confirm them, and give nothing until then.
    pending_roles: Vec<PendingRoleOut>,
    /// Its version, roles included.
    etag: String,
}

impl UserOut {
    /// The agency.
    pub(super) fn agency_id(&self) -> Uuid {
        self.agency_id
    }
}

/// Accounts with what belongs to each.
pub(super) fn complete(tx: &mut Tx<'_>, users: Vec<User>) -> Result<Vec<UserOut>> {
    let holders: Vec<_> = users.iter().map(|user| Holder::User(user.id)).collect();
    let held = grants::held(tx, &holders)?;
    let waiting = grants::pending::of(tx, &holders)?;
    let ids = users.iter().map(|user| user.id).collect();
    let changes = links_store::address_changes(tx, ids)?;
    let out = |user: User| {
        let own = held.iter().filter(|(holder, _)| *holder == user.id);
        let state = match (user.disabled_at, user.has_password) {
            (Some(_), _) => AccountState::Disabled,
            (None, true) => AccountState::Active,
            (None, false) => AccountState::Invited,
        };
        let new_email = changes.iter().find(|change| change.user_id == user.id);
        UserOut {
            roles: own.map(|(_, grant)| *grant).collect(),
            pending_roles: PendingRoleOut::of(&waiting, Holder::User(user.id)),
            id: user.id,
            agency_id: user.agency_id,
            email: user.email,
            new_email: new_email.map(|change| NewEmailOut {
                email: change.email.clone(),
                expires_at: change.expires_at,
            }),
            name: user.name,
            state,
            administrator: user.administrator,
            etag: etag(user.version),
        }
    };
    Ok(users.into_iter().map(out).collect())
}

/// The account as it is now, and its version.
pub(super) fn show(tx: &mut Tx<'_>, id: Uuid) -> Result<Tagged<UserOut>> {
    let within = rules::reach(&tx.actor);
    let user = store::find(tx, within, id)?.ok_or_else(policy::hidden)?;
    let version = user.version;
    let shown = complete(tx, vec![user])?.pop();
    Ok(Tagged::new(version, shown.ok_or_else(policy::hidden)?))
}

//! Grants that hold once a second person has confirmed: coordinator, chair and IDVA; whatever makes a
//! client wider; a strong account's link to a registered actor. They wait in a table of their own, so
//! that nothing that asks what somebody may do can take one for a grant.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::pending_store::{self as store, RequestedGrant};
use super::{Holder, RoleGrant};
use crate::notifications::NoticeKind;
use crate::users::concern;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::{Right, Role};
use practice::vocabulary;

pub use super::pending_store::{Looker, Pending, hand_of, of};

vocabulary! {
    /// What a grant gives.
    GrantKind {
        /// A role.
        Role = "role",
        /// Further rights of an API client.
        Rights = "rights",
        /// A registered actor acts as this account.
        Link = "link",
    }
}

vocabulary! {
    /// How a grant that waited was decided.
    GrantOutcome {
        Confirmed = "confirmed",
        Refused = "refused",
        /// Taken back by whoever asked, or overtaken by another list of roles or rights.
        Withdrawn = "withdrawn",
    }
}

/// The roles that one person alone does not give.
pub const fn is_strong(role: Role) -> bool {
    matches!(role, Role::Coordinator | Role::Chair | Role::Idva)
}

/// A role that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingRoleOut {
    /// The pending grant's id, by which it is confirmed or refused.
    id: Uuid,
    /// The MARAC.
    marac_id: Uuid,
    /// The role.
    role: Role,
    /// When the role will end; null: it will not.
    ends_at: Option<DateTime<Utc>>,
    /// Until when it can be confirmed.
    expires_at: DateTime<Utc>,
}

impl PendingRoleOut {
    /// Those of the holder.
    pub fn of(waiting: &[Pending], holder: Holder) -> Vec<Self> {
        let of_holder = |one: &&Pending| one.holder() == Some(holder);
        let shown = |one: &Pending| {
            Some(Self {
                id: one.id,
                marac_id: one.marac_id?,
                role: one.role?,
                ends_at: one.ends_at,
                expires_at: one.expires_at,
            })
        };
        waiting.iter().filter(of_holder).filter_map(shown).collect()
    }
}

impl Pending {
    /// The role that waits.
    pub fn role_grant(&self) -> Option<RoleGrant> {
        Some(RoleGrant {
            marac_id: self.marac_id?,
            role: self.role?,
            ends_at: self.ends_at.map(Into::into),
        })
    }

    /// Whose role it is.
    pub fn holder(&self) -> Option<Holder> {
        self.user_id
            .map(Holder::User)
            .or(self.client_id.map(Holder::Client))
    }
}

/// Those that wait in the sight of the looker.
pub fn list(
    tx: &mut Tx<'_>,
    looker: Looker,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Pending>> {
    store::list(tx, looker, after, rows)
}

/// One of them, locked.
pub fn find_locked(tx: &mut Tx<'_>, looker: Looker, id: Uuid) -> Result<Option<Pending>> {
    store::find_locked(tx, looker, id)
}

/// Writes how one was decided. A confirmed account is nobody's alone any more.
pub fn decide(tx: &mut Tx<'_>, pending: &Pending, outcome: GrantOutcome) -> Result<()> {
    store::decide(tx, vec![pending.id], outcome)?;
    match (outcome, pending.kind, pending.user_id) {
        (GrantOutcome::Confirmed, GrantKind::Role, Some(user_id)) => store::release(tx, user_id),
        _ => Ok(()),
    }
}

/// The roles an account or client waits for.
pub fn roles(tx: &mut Tx<'_>, holder: Holder) -> Result<Vec<RoleGrant>> {
    let waiting = store::of(tx, &[holder])?;
    Ok(waiting.iter().filter_map(Pending::role_grant).collect())
}

/// Lets a role wait, in the place of an earlier wish for the same one, and tells the coordinators.
pub(super) fn ask_role(tx: &mut Tx<'_>, holder: Holder, grant: &RoleGrant) -> Result<()> {
    withdraw_roles(tx, holder, |other| {
        (other.marac_id, other.role) == (grant.marac_id, grant.role)
    })?;
    let id = store::ask(tx, GrantKind::Role, RequestedGrant::role(holder, grant))?;
    told(tx, id, &[grant.marac_id])
}

fn told(tx: &mut Tx<'_>, id: Uuid, maracs: &[Uuid]) -> Result<()> {
    concern::tell_staff(
        tx,
        NoticeKind::GrantToConfirm,
        ("pending_grant", id),
        maracs,
    )
}

/// Takes back the wishes for roles that this is true of; returns them.
pub(super) fn withdraw_roles(
    tx: &mut Tx<'_>,
    holder: Holder,
    wanted: impl Fn(&RoleGrant) -> bool,
) -> Result<Vec<RoleGrant>> {
    let waiting = store::of(tx, &[holder])?;
    let found = waiting
        .iter()
        .filter_map(|one| Some((one.id, one.role_grant()?)))
        .filter(|(_, grant)| wanted(grant))
        .collect::<Vec<_>>();
    let ids = found.iter().map(|(id, _)| *id).collect();
    store::decide(tx, ids, GrantOutcome::Withdrawn)?;
    Ok(found.into_iter().map(|(_, grant)| grant).collect())
}

/// An account is closed: nothing waits for it any more.
pub fn withdraw_all(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    store::withdraw_all(tx, user_id)
}

/// Lets further rights of a client wait, in the place of an earlier wish; an empty list takes that back.
pub fn ask_rights(
    tx: &mut Tx<'_>,
    client_id: Uuid,
    rights: Vec<Right>,
    maracs: &[Uuid],
) -> Result<bool> {
    let waiting = store::of(tx, &[Holder::Client(client_id)])?;
    let of_rights = |one: &&Pending| one.kind == GrantKind::Rights;
    let same = |one: &Pending| one.rights.as_ref() == Some(&rights);
    if waiting.iter().filter(of_rights).any(same) {
        return Ok(false);
    }
    let ids: Vec<_> = waiting.iter().filter(of_rights).map(|one| one.id).collect();
    let withdraws = !ids.is_empty();
    store::decide(tx, ids, GrantOutcome::Withdrawn)?;
    if rights.is_empty() {
        return Ok(withdraws);
    }
    let asked = RequestedGrant {
        client_id: Some(client_id),
        rights: Some(rights),
        ..RequestedGrant::default()
    };
    let id = store::ask(tx, GrantKind::Rights, asked)?;
    told(tx, id, maracs)?;
    Ok(true)
}

/// Lets the link of a client's actor to an account wait.
pub fn ask_link(
    tx: &mut Tx<'_>,
    client_id: Uuid,
    actor_id: Uuid,
    user_id: Uuid,
    maracs: &[Uuid],
) -> Result<()> {
    let asked = RequestedGrant {
        client_id: Some(client_id),
        actor_id: Some(actor_id),
        user_id: Some(user_id),
        ..RequestedGrant::default()
    };
    let id = store::ask(tx, GrantKind::Link, asked)?;
    told(tx, id, maracs)
}

//! Roles held in MARACs, by accounts and by API clients: who may grant them, and bringing a list of
//! them about.

pub mod pending;
mod pending_store;
mod rules;
mod store;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agencies::{self, Agency};
use kernel::audit::{Audited, Event};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::Changes;
use kernel::policy::{Act, Role};
use practice::dates::AnyMoment;

pub use rules::within_reach;
pub use store::held;

/// A role in a MARAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// The MARAC.
    pub marac_id: Uuid,
    /// The role.
    pub role: Role,
    /// When it ends; null: it does not.
    #[serde(default)]
    pub ends_at: Option<AnyMoment>,
}

/// Whose roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An account's.
    User(Uuid),
    /// An API client's.
    Client(Uuid),
}

/// What `replace` changed: for the audit, which says in each MARAC which roles were touched.
#[derive(Debug, Default)]
pub struct Touched {
    /// Given, moved in time or ended.
    done: Vec<(Uuid, Role)>,
    /// Asked for, or no longer asked for.
    waiting: Vec<(Uuid, Role)>,
}

impl Touched {
    /// Whether a role was given or ended.
    pub fn changed(&self) -> bool {
        !self.done.is_empty()
    }

    /// Notes the roles among the changes, if any was touched or asked for.
    pub fn note(&self, changes: &mut Changes) {
        if !self.done.is_empty() || !self.waiting.is_empty() {
            changes.note("roles");
        }
    }

    /// The result with `event` in each of the MARACs concerned, and one for each MARAC where roles were
    /// touched.
    pub fn record<T>(self, value: T, event: Event, maracs: &[Uuid]) -> Audited<T> {
        let audited = Audited::in_maracs(value, event.clone(), maracs);
        let event = event.act(Act::GrantRoles);
        let waiting = event.clone().fields(["to_confirm"]);
        let audited = in_each(audited, &event, self.done);
        in_each(audited, &waiting, self.waiting)
    }
}

/// One event more for each MARAC, with the names of the roles.
fn in_each<T>(audited: Audited<T>, event: &Event, mut roles: Vec<(Uuid, Role)>) -> Audited<T> {
    roles.sort_unstable();
    let each = roles.chunk_by(|a, b| a.0 == b.0);
    each.fold(audited, |audited, roles| {
        let names = roles.iter().map(|(_, role)| role.as_str());
        let marac = roles.first().map_or(Uuid::nil(), |(marac, _)| *marac);
        audited.and(event.clone().in_marac(marac).fields(names))
    })
}

/// Brings the holder's standing roles to exactly `wanted`. Every role that is added, ended or moved in
/// time must be within the caller's reach; those that stay as they are need not be. A strong role that
/// is added or prolonged waits for a second person; one that waits and is not wanted any more is taken
/// back, if it is within the caller's reach.
pub fn replace(
    tx: &mut Tx<'_>,
    holder: Holder,
    agency: &Agency,
    wanted: &[RoleGrant],
) -> Result<Touched> {
    rules::well_formed(wanted, tx.now)?;
    let before = held_by(tx, holder)?;
    let waiting = pending::roles(tx, holder)?;
    let mut changes = rules::changes(&before, wanted);
    changes.granted.retain(|grant| !waiting.contains(grant));
    let key = |grant: &RoleGrant| (grant.marac_id, grant.role);
    let granted = changes.granted.iter().map(key);
    let touched: Vec<_> = changes.ended.iter().copied().chain(granted).collect();
    within_reach(&tx.actor, agency, &touched)?;
    if !changes.granted.is_empty() {
        rules::in_maracs_of(&agencies::maracs_of(tx, agency.id)?, wanted, &changes)?;
    }
    let ended = changes.ended.iter();
    let left = ended.filter(|(_, role)| *role == Role::Coordinator);
    let left: Vec<_> = left.map(|(marac, _)| *marac).collect();
    if let Holder::User(user_id) = holder {
        keep_coordinated(tx, user_id, &left)?;
    }
    let (asked, given) = rules::split(&before, changes.granted);
    store::give(tx, holder, &given)?;
    store::end(tx, holder, &changes.ended)?;
    for grant in &asked {
        pending::ask_role(tx, holder, grant)?;
    }
    let actor = tx.actor.clone();
    let withdrawn = pending::withdraw_roles(tx, holder, |grant| {
        let unwanted = !wanted.iter().any(|one| key(one) == key(grant));
        unwanted && within_reach(&actor, agency, &[key(grant)]).is_ok()
    })?;
    Ok(Touched {
        done: given.iter().map(key).chain(changes.ended).collect(),
        waiting: asked.iter().chain(&withdrawn).map(key).collect(),
    })
}

/// Refused if one of these MARACs had no coordinator any more without this account: somebody else is
/// granted the role first.
pub fn keep_coordinated(tx: &mut Tx<'_>, user_id: Uuid, maracs: &[Uuid]) -> Result<()> {
    match store::coordinates_alone(tx, user_id, maracs)? {
        true => Err(Error::conflict("only_coordinator")),
        false => Ok(()),
    }
}

fn held_by(tx: &mut Tx<'_>, holder: Holder) -> Result<Vec<RoleGrant>> {
    let held = store::held(tx, &[holder])?;
    Ok(held.into_iter().map(|(_, grant)| grant).collect())
}

/// The address of an account that nobody has taken up was changed: what a second person confirmed, they
/// confirmed of another address. Strong roles end and wait anew.
pub fn ask_again(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    let holder = Holder::User(user_id);
    let mut strong = held_by(tx, holder)?;
    strong.retain(|grant| pending::is_strong(grant.role));
    let ended: Vec<_> = strong.iter().map(|one| (one.marac_id, one.role)).collect();
    store::end(tx, holder, &ended)?;
    strong.extend(pending::roles(tx, holder)?);
    for grant in &strong {
        pending::ask_role(tx, holder, grant)?;
    }
    Ok(())
}

/// Grants roles without asking whose leave it takes.
pub fn give(tx: &mut Tx<'_>, holder: Holder, grants: &[RoleGrant]) -> Result<()> {
    store::give(tx, holder, grants)
}

/// The operator grants an account a role at the command line: a second person is not asked, and the
/// account is nobody's alone any more.
pub fn give_at_command_line(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    marac_id: Uuid,
    role: Role,
) -> Result<()> {
    if !tx.actor.principal.is_system() {
        return Err(Error::Internal("only the command line grants alone"));
    }
    let holder = Holder::User(user_id);
    let grant = RoleGrant {
        marac_id,
        role,
        ends_at: None,
    };
    store::give(tx, holder, &[grant])?;
    pending::withdraw_roles(tx, holder, |one| {
        (one.marac_id, one.role) == (marac_id, role)
    })?;
    pending_store::release(tx, user_id)
}

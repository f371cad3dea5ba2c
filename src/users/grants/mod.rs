//! Roles held in MARACs, by accounts and by API clients: who may grant them, and bringing a list of
//! them about.

mod rules;
mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agencies::{self, Agency};
use crate::audit::{Audited, Event};
use crate::db::Tx;
use crate::error::Result;
use crate::policy::Role;

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
    pub ends_at: Option<DateTime<Utc>>,
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
pub struct Touched(Vec<(Uuid, Role)>);

impl Touched {
    /// The result with one event for each MARAC, on top of `event`.
    pub fn record<T>(self, value: T, event: Event) -> Audited<T> {
        let mut touched = self.0;
        touched.sort_unstable();
        touched.chunk_by(|a, b| a.0 == b.0).fold(
            Audited::new(value, event.clone()),
            |audited, roles| {
                let names = roles.iter().map(|(_, role)| role.as_str());
                let marac = roles.first().map_or(Uuid::nil(), |(marac, _)| *marac);
                audited.and(
                    event
                        .clone()
                        .act(crate::policy::Act::GrantRoles)
                        .in_marac(marac)
                        .fields(names),
                )
            },
        )
    }
}

/// Brings the holder's standing roles to exactly `wanted`. Every role that is added, ended or moved in
/// time must be within the caller's reach; those that stay as they are need not be.
pub fn replace(
    tx: &mut Tx<'_>,
    holder: Holder,
    agency: &Agency,
    wanted: &[RoleGrant],
) -> Result<Touched> {
    rules::well_formed(wanted, tx.now)?;
    let before = store::held(tx, &[holder])?
        .into_iter()
        .map(|(_, grant)| grant)
        .collect::<Vec<_>>();
    let changes = rules::changes(&before, wanted);
    let touched: Vec<_> = changes
        .ended
        .iter()
        .copied()
        .chain(
            changes
                .granted
                .iter()
                .map(|grant| (grant.marac_id, grant.role)),
        )
        .collect();
    within_reach(&tx.actor, agency, &touched)?;
    if !changes.granted.is_empty() {
        rules::in_maracs_of(&agencies::maracs_of(tx, agency.id)?, wanted, &changes)?;
        store::give(tx, holder, &changes.granted)?;
    }
    if !changes.ended.is_empty() {
        store::end(tx, holder, &changes.ended)?;
    }
    Ok(Touched(touched))
}

/// Grants roles without asking whose leave it takes.
pub fn give(tx: &mut Tx<'_>, holder: Holder, grants: &[RoleGrant]) -> Result<()> {
    store::give(tx, holder, grants)
}

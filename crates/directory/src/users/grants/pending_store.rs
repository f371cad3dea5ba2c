//! Grants that wait for a second person: rows and queries. A decided one stays, for the record.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::pending::{GrantKind, GrantOutcome};
use super::{Holder, RoleGrant};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::{Right, Role};
use kernel::schema::{pending_grants, users};
use kernel::sql::{Row, Whole, statement};

/// How long a grant waits.
const LIFETIME: TimeDelta = TimeDelta::days(14);

/// A grant that waits, or waited.
#[derive(Debug, Clone, Row)]
pub struct Pending {
    /// Its id.
    pub id: Uuid,
    /// What is granted.
    pub kind: GrantKind,
    /// Of a role: where.
    pub marac_id: Option<Uuid>,
    /// The account that gets the role, or that is linked.
    pub user_id: Option<Uuid>,
    /// The client that gets the role or the rights, or whose actor is linked.
    pub client_id: Option<Uuid>,
    /// The actor that is linked.
    pub actor_id: Option<Uuid>,
    /// The role.
    pub role: Option<Role>,
    /// The rights that are added.
    pub rights: Option<Vec<Right>>,
    /// When the role ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who asked.
    pub asked_by: Option<Uuid>,
    /// Until when it can be confirmed.
    pub expires_at: DateTime<Utc>,
    /// How it was decided.
    pub outcome: Option<GrantOutcome>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// The agency of the account or client.
    pub agency_id: Uuid,
    /// The name of the account or client.
    pub name: String,
    /// The name of who asked.
    pub asked_by_name: Option<String>,
    /// Who asked has an open account, and so has who gets it.
    pub live: bool,
}

/// Who looks: an administrator sees all; a lead their agency's; a coordinator those of their MARACs;
/// whoever asked, or whose account would be linked, their own.
pub struct Looker {
    /// Sees all.
    pub administrator: bool,
    /// Sees this agency's.
    pub leads: Option<Uuid>,
    /// Sees these MARACs'.
    pub coordinated: Vec<Uuid>,
    /// Sees their own.
    pub user_id: Option<Uuid>,
}

/// Those that wait, in the sight of the looker.
pub fn list(
    tx: &mut Tx<'_>,
    looker: Looker,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Pending>> {
    Ok(tx
        .sql(statement!("waiting" => Pending))
        .bind(looker.administrator)
        .bind(looker.leads)
        .bind(looker.coordinated)
        .bind(looker.user_id)
        .bind(tx.now)
        .bind(after)
        .bind(rows)
        .load(tx.conn)?)
}

/// One of them, decided or not, locked until the transaction ends.
pub fn find_locked(tx: &mut Tx<'_>, looker: Looker, id: Uuid) -> Result<Option<Pending>> {
    let _: Option<Uuid> = pending_grants::table
        .find(id)
        .select(pending_grants::id)
        .for_update()
        .locking(tx)?;
    Ok(tx
        .sql(statement!("pending" => Pending))
        .bind(looker.administrator)
        .bind(looker.leads)
        .bind(looker.coordinated)
        .bind(looker.user_id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

/// Those that wait for these holders, whoever looks; of an account its roles alone.
pub fn of(tx: &mut Tx<'_>, holders: &[Holder]) -> Result<Vec<Pending>> {
    let (mut users, mut clients) = (Vec::new(), Vec::new());
    for holder in holders {
        match holder {
            Holder::User(id) => users.push(*id),
            Holder::Client(id) => clients.push(*id),
        }
    }
    Ok(tx
        .sql(statement!("waiting_for" => Pending))
        .bind(tx.now)
        .bind(users)
        .bind(clients)
        .load(tx.conn)?)
}

/// What is asked for.
#[derive(Default)]
pub struct RequestedGrant {
    pub marac_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub role: Option<Role>,
    pub rights: Option<Vec<Right>>,
    pub ends_at: Option<DateTime<Utc>>,
}

impl RequestedGrant {
    /// A role.
    pub fn role(holder: Holder, grant: &RoleGrant) -> Self {
        let asked = Self {
            marac_id: Some(grant.marac_id),
            role: Some(grant.role),
            ends_at: grant.ends_at.map(Into::into),
            ..Self::default()
        };
        match holder {
            Holder::User(id) => Self {
                user_id: Some(id),
                ..asked
            },
            Holder::Client(id) => Self {
                client_id: Some(id),
                ..asked
            },
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = pending_grants)]
struct PendingRow {
    id: Uuid,
    kind: GrantKind,
    marac_id: Option<Uuid>,
    user_id: Option<Uuid>,
    client_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    role: Option<Role>,
    rights: Option<Whole<Right>>,
    /// A role without an end ends at the column's default, infinity, which `chrono` does not know.
    ends_at: Option<DateTime<Utc>>,
    asked_by: Option<Uuid>,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// Lets a grant wait; returns its id.
pub fn ask(tx: &mut Tx<'_>, kind: GrantKind, asked: RequestedGrant) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let row = PendingRow {
        id,
        kind,
        marac_id: asked.marac_id,
        user_id: asked.user_id,
        client_id: asked.client_id,
        actor_id: asked.actor_id,
        role: asked.role,
        rights: asked.rights.filter(|rights| !rights.is_empty()).map(Whole),
        ends_at: asked.ends_at,
        asked_by: tx.actor.principal.user_id(),
        expires_at: tx.now + LIFETIME,
        created_at: tx.now,
    };
    diesel::insert_into(pending_grants::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(id)
}

/// Writes how these were decided.
pub fn decide(tx: &mut Tx<'_>, ids: Vec<Uuid>, outcome: GrantOutcome) -> Result<()> {
    let by = tx.actor.principal.user_id();
    diesel::update(pending_grants::table)
        .filter(pending_grants::id.eq_any(ids))
        .filter(pending_grants::outcome.is_null())
        .set((
            pending_grants::outcome.eq(outcome),
            pending_grants::decided_by.eq(by),
            pending_grants::decided_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Takes back all that waits for an account.
pub fn withdraw_all(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    let by = tx.actor.principal.user_id();
    diesel::update(pending_grants::table)
        .filter(pending_grants::user_id.eq(user_id))
        .filter(pending_grants::outcome.is_null())
        .set((
            pending_grants::outcome.eq(GrantOutcome::Withdrawn),
            pending_grants::decided_by.eq(by),
            pending_grants::decided_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Hand {
    id: Uuid,
}

/// In whose hand an account is in the end: its maker's, that one's maker's, and so on, until somebody who
/// is nobody's.
pub fn hand_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Uuid> {
    let found = tx
        .sql(statement!("hand_of" => Hand))
        .bind(user_id)
        .get_result(tx.conn)?;
    Ok(found.id)
}

/// A second person has confirmed a grant to the account: it is nobody's alone any more.
pub fn release(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    diesel::update(users::table.find(user_id))
        .set((
            users::in_hand_of.eq(None::<Uuid>),
            users::version.eq(users::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

//! Grants that wait for a second person: rows and queries. A decided one stays, for the record.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::pending::{GrantKind, GrantOutcome};
use super::{Holder, RoleGrant};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::{Right, Role};
use kernel::schema::{pending_grants, users};
use kernel::sql::Row;

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

macro_rules! pending {
    ($rest:literal) => {
        concat!(
            "select p.id, p.kind, p.marac_id, p.user_id, p.client_id, p.actor_id, p.role, p.rights, \
             nullif(p.ends_at, 'infinity') as ends_at, p.asked_by, p.expires_at, p.outcome, \
             p.created_at, coalesce(c.agency_id, u.agency_id) as agency_id, \
             coalesce(u.name, c.name) as name, a.name as asked_by_name, \
             a.disabled_at is null and u.disabled_at is null and c.disabled_at is null as live \
             from pending_grants p left join users u on u.id = p.user_id \
             left join api_clients c on c.id = p.client_id left join users a on a.id = p.asked_by \
             where ($1 or coalesce(c.agency_id, u.agency_id) = $2 or p.marac_id = any ($3) \
               or p.asked_by = $4 or p.kind = 'link' and p.user_id = $4 \
               or p.marac_id is null and exists (select from marac_agencies m \
                 where m.agency_id = c.agency_id and m.marac_id = any ($3))) ",
            $rest
        )
    };
}

/// Those that wait, in the sight of the looker.
pub fn list(
    tx: &mut Tx<'_>,
    looker: Looker,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Pending>> {
    Ok(tx
        .sql(pending!(
            "and p.outcome is null and p.expires_at > $5 and ($6 is null or p.id > $6) \
         order by p.id limit $7"
        ))
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
    pending_grants::table
        .filter(pending_grants::id.eq(id))
        .select(pending_grants::id)
        .for_update()
        .execute(tx.conn)?;
    tx.waited();
    Ok(tx
        .sql(pending!("and p.id = $5"))
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
        .sql(pending!(
            "and p.outcome is null and p.expires_at > $5 \
         and (p.kind = 'role' and p.user_id = any ($6) or p.client_id = any ($7)) order by p.id"
        ))
        .bind(true)
        .bind(None::<Uuid>)
        .bind(Vec::<Uuid>::new())
        .bind(None::<Uuid>)
        .bind(tx.now)
        .bind(users)
        .bind(clients)
        .load(tx.conn)?)
}

/// What is asked for.
#[derive(Default)]
pub struct Asked {
    pub marac_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub role: Option<Role>,
    pub rights: Option<Vec<Right>>,
    pub ends_at: Option<DateTime<Utc>>,
}

impl Asked {
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

/// Lets a grant wait; returns its id.
pub fn ask(tx: &mut Tx<'_>, kind: GrantKind, asked: Asked) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let by = tx.actor.principal.user_id();
    let rights = asked.rights.unwrap_or_default();
    let rights: Vec<_> = rights.iter().map(|right| right.as_str()).collect();
    tx.sql("insert into pending_grants (id, kind, marac_id, user_id, client_id, actor_id, role, rights, \
         ends_at, asked_by, expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, \
         nullif($8, '{}'::text[]), coalesce($9::timestamptz, 'infinity'), $10, $11, $12)")
    .bind(id)
    .bind(kind.as_str())
    .bind(asked.marac_id)
    .bind(asked.user_id)
    .bind(asked.client_id)
    .bind(asked.actor_id)
    .bind(asked.role.map(Role::as_str))
    .bind(rights)
    .bind(asked.ends_at)
    .bind(by)
    .bind(tx.now + LIFETIME)
    .bind(tx.now)
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
struct Id {
    id: Uuid,
}

/// In whose hand an account is in the end: its maker's, that one's maker's, and so on, until somebody who
/// is nobody's.
pub fn hand_of(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Uuid> {
    let found: Id = tx.sql("with recursive h (id, of, n) as ( \
           select u.id, u.in_hand_of, 1 from users u where u.id = $1 \
           union all select u.id, u.in_hand_of, h.n + 1 from h join users u on u.id = h.of where h.n < 100) \
         select id from h order by n desc limit 1")
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

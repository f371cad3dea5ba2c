//! Role grants: rows and queries. A grant that ends stays, with the time of its end.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{Holder, RoleGrant};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;
use kernel::sql::Row;

#[derive(Row)]
struct Grant {
    holder_id: Uuid,
    marac_id: Uuid,
    role: Role,
    ends_at: Option<DateTime<Utc>>,
}

/// The grants of these accounts and clients that stand, each with its holder's id.
pub fn held(tx: &mut Tx<'_>, holders: &[Holder]) -> Result<Vec<(Uuid, RoleGrant)>> {
    let (users, clients): (Vec<_>, Vec<_>) = holders
        .iter()
        .partition(|holder| matches!(holder, Holder::User(_)));
    let rows: Vec<Grant> = tx
        .sql(
            "select coalesce(user_id, client_id) as holder_id, marac_id, role, \
         nullif(ends_at, 'infinity') as ends_at from role_grants \
         where (user_id = any ($1) or client_id = any ($2)) and ends_at > $3 \
         order by marac_id, role",
        )
        .bind(ids(users))
        .bind(ids(clients))
        .bind(tx.now)
        .get_results(tx.conn)?;
    let grant = |row: Grant| RoleGrant {
        marac_id: row.marac_id,
        role: row.role,
        ends_at: row.ends_at.map(Into::into),
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.holder_id, grant(row)))
        .collect())
}

fn ids(holders: Vec<Holder>) -> Vec<Uuid> {
    holders
        .into_iter()
        .map(|holder| match holder {
            Holder::User(id) | Holder::Client(id) => id,
        })
        .collect()
}

/// `chrono` knows no infinity, so an end comes as text or not at all.
macro_rules! give {
    ($holder:literal) => {
        concat!(
            "insert into role_grants (id, ",
            $holder,
            ", marac_id, role, ends_at, granted_by, created_at) \
             select x.id, $1, x.marac, x.role, coalesce(x.ends::timestamptz, 'infinity'), $6, $7 \
             from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as x(id, marac, role, ends) \
             on conflict (",
            $holder,
            ", marac_id, role) do update \
             set ends_at = excluded.ends_at, granted_by = excluded.granted_by"
        )
    };
}

pub fn give(tx: &mut Tx<'_>, holder: Holder, grants: &[RoleGrant]) -> Result<()> {
    if grants.is_empty() {
        return Ok(());
    }
    let (statement, holder) = match holder {
        Holder::User(id) => (give!("user_id"), id),
        Holder::Client(id) => (give!("client_id"), id),
    };
    let by = tx.actor.principal.user_id();
    let ends = |grant: &RoleGrant| grant.ends_at.map(|at| at.to_rfc3339());
    tx.sql(statement)
        .bind(holder)
        .bind(grants.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(
            grants
                .iter()
                .map(|grant| grant.marac_id)
                .collect::<Vec<_>>(),
        )
        .bind(
            grants
                .iter()
                .map(|grant| grant.role.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(grants.iter().map(ends).collect::<Vec<_>>())
        .bind(by)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Alone {
    alone: bool,
}

/// Whether one of these MARACs would be left without a coordinator who can sign in, if this account
/// coordinated no more.
pub fn coordinates_alone(tx: &mut Tx<'_>, user_id: Uuid, maracs: &[Uuid]) -> Result<bool> {
    let found: Alone = tx.sql("select exists (select from role_grants g \
         where g.user_id = $1 and g.role = 'coordinator' and g.ends_at > $2 and g.marac_id = any ($3) \
           and not exists (select from role_grants o join users u on u.id = o.user_id \
             where o.marac_id = g.marac_id and o.role = 'coordinator' and o.ends_at > $2 \
               and o.user_id <> $1 and u.disabled_at is null)) as alone")
    .bind(user_id)
    .bind(tx.now)
    .bind(maracs.to_vec())
    .get_result(tx.conn)?;
    Ok(found.alone)
}

macro_rules! end {
    ($holder:literal) => {
        concat!(
            "update role_grants set ends_at = $4, deputy_id = null where ",
            $holder,
            " = $1 and ends_at > $4 and (marac_id, role) in \
             (select * from unnest($2::uuid[], $3::text[]))"
        )
    };
}

pub fn end(tx: &mut Tx<'_>, holder: Holder, roles: &[(Uuid, Role)]) -> Result<()> {
    if roles.is_empty() {
        return Ok(());
    }
    let (statement, holder) = match holder {
        Holder::User(id) => (end!("user_id"), id),
        Holder::Client(id) => (end!("client_id"), id),
    };
    tx.sql(statement)
        .bind(holder)
        .bind(roles.iter().map(|(marac, _)| *marac).collect::<Vec<_>>())
        .bind(
            roles
                .iter()
                .map(|(_, role)| role.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

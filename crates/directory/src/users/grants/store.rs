//! Role grants: rows and queries. A grant that ends stays, with the time of its end.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{Holder, RoleGrant};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;
use kernel::sql::{Row, statement};

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
    let rows = tx
        .sql(statement!("held" => Grant))
        .bind(ids(users))
        .bind(ids(clients))
        .bind(tx.now)
        .load(tx.conn)?;
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

pub fn give(tx: &mut Tx<'_>, holder: Holder, grants: &[RoleGrant]) -> Result<()> {
    if grants.is_empty() {
        return Ok(());
    }
    let (statement, holder) = match holder {
        Holder::User(id) => (statement!("give_to_user"), id),
        Holder::Client(id) => (statement!("give_to_client"), id),
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
    let found = tx
        .sql(statement!("coordinates_alone" => Alone))
        .bind(user_id)
        .bind(tx.now)
        .bind(maracs.to_vec())
        .get_result(tx.conn)?;
    Ok(found.alone)
}

pub fn end(tx: &mut Tx<'_>, holder: Holder, roles: &[(Uuid, Role)]) -> Result<()> {
    if roles.is_empty() {
        return Ok(());
    }
    let (statement, holder) = match holder {
        Holder::User(id) => (statement!("end_of_user"), id),
        Holder::Client(id) => (statement!("end_of_client"), id),
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

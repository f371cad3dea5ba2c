//! Names to print: rows and queries.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Principal;
use kernel::sql::Row;

#[derive(Row)]
struct Names {
    name: String,
    agency: String,
}

/// The caller's name and agency.
pub fn names(tx: &mut Tx<'_>) -> Result<(String, String)> {
    let client: Option<Uuid> = match tx.actor.principal {
        Principal::Client { id, .. } => Some(id),
        _ => None,
    };
    let names: Names = tx.sql(
        "select coalesce(r.name, u.name, c.name, a.name) as name, a.name as agency from agencies a \
         left join users u on u.id = $2 left join registered_actors r on r.id = $3 \
         left join api_clients c on c.id = $4 where a.id = $1",
    )
    .bind(tx.actor.agency_id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.actor.principal.actor_id())
    .bind(client)
    .get_result(tx.conn)?;
    Ok((names.name, names.agency))
}

//! Names to print: rows and queries.

use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Principal;
use kernel::sql::{Row, statement};

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
    let names = tx
        .sql(statement!("names" => Names))
        .bind(tx.actor.agency_id)
        .bind(tx.actor.principal.user_id())
        .bind(tx.actor.principal.actor_id())
        .bind(client)
        .get_result(tx.conn)?;
    Ok((names.name, names.agency))
}

//! Conflicts of interest: rows and queries. Whom one names and why stand in its exclusion.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;

/// Notes that an exclusion was set by a declaration at a meeting.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    item_id: Uuid,
    exclusion_id: Uuid,
) -> Result<()> {
    tx.sql(
        "insert into conflicts_of_interest (id, marac_id, case_id, agenda_item_id, exclusion_id, \
         declared_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(item_id)
    .bind(exclusion_id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

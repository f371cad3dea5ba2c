//! Conflicts of interest: rows and queries. Whom one names and why stand in its exclusion.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::conflicts_of_interest;
use kernel::visibility::VisibleCase;

#[derive(Insertable)]
#[diesel(table_name = conflicts_of_interest, treat_none_as_default_value = false)]
struct ConflictRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    agenda_item_id: Uuid,
    exclusion_id: Uuid,
    declared_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

/// Notes that an exclusion was set by a declaration at a meeting.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    item_id: Uuid,
    exclusion_id: Uuid,
) -> Result<()> {
    let row = ConflictRow {
        id,
        marac_id: case.marac_id,
        case_id: case.id,
        agenda_item_id: item_id,
        exclusion_id,
        declared_by: tx.actor.principal.user_id(),
        created_at: tx.now,
    };
    diesel::insert_into(conflicts_of_interest::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

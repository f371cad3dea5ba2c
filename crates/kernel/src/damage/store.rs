//! Rows of damaged parts.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::crypto::damage::Damage;
use crate::error::Result;
use crate::sql::{sql, statement};

/// Records damaged parts of cases and of meetings, or that they were met again. What is damaged for want of its key
/// is not recorded beside the key.
pub fn record(conn: &mut PgConnection, found: &[Damage], now: DateTime<Utc>) -> Result<()> {
    let found: Vec<_> = found.iter().filter(|damage| !damage.by_its_key).collect();
    let digests = found.iter().map(|damage| damage.digest.clone());
    sql(statement!("record"))
        .bind(found.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(found.iter().map(|damage| damage.owner).collect::<Vec<_>>())
        .bind(
            found
                .iter()
                .map(|damage| damage.place.table)
                .collect::<Vec<_>>(),
        )
        .bind(
            found
                .iter()
                .map(|damage| damage.place.column)
                .collect::<Vec<_>>(),
        )
        .bind(
            found
                .iter()
                .map(|damage| damage.place.row)
                .collect::<Vec<_>>(),
        )
        .bind(digests.collect::<Vec<_>>())
        .bind(now)
        .execute(conn)?;
    Ok(())
}

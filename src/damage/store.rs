//! Rows of damaged parts.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::Damage;
use super::api::DamagedPartOut;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::visible_cases;

/// Records damaged parts of cases, or that they were met again.
pub fn record(conn: &mut PgConnection, found: &[Damage], now: DateTime<Utc>) -> Result<()> {
    let digests = found.iter().map(|damage| damage.digest.clone());
    sql("select record_damage($1, $2, $3, $4, $5, $6, $7)")
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

const PAGE: &str = concat!(
    "select d.id, d.case_id, c.code as case_code, d.part, d.field, d.row_id, d.was, d.found_at, d.seen_at ",
    "from damaged_parts d join cases c on c.id = d.case_id where d.marac_id = $1 ",
    "and ($2::timestamptz is null or (d.found_at, d.id) < ($2, $3)) ",
    "and damage_stands(d.part, d.field, d.row_id, d.digest) and ",
    visible_cases!("c"),
    " order by d.found_at desc, d.id desc limit $4"
);

/// A page of the parts that are damaged still, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<DamagedPartOut>> {
    Ok(sql(PAGE)
        .bind(marac_id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

//! Rows of damaged parts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::case_file::forget_opened_keys;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visible_cases;
use uuid::Uuid;

use super::api::DamagedPartOut;

const PAGE: &str = concat!(
    "select d.id, d.case_id, d.case_code, d.meeting_id, d.part, d.field, d.row_id, d.was, d.found_at, d.seen_at ",
    "from (select d.id, d.case_id, c.code as case_code, null::uuid as meeting_id, d.part, d.field, d.row_id, ",
    "d.digest, d.was, d.found_at, d.seen_at from damaged_parts d join cases c on c.id = d.case_id ",
    "where d.marac_id = $1 and ",
    visible_cases!("c"),
    " union all select d.id, null, null, d.meeting_id, d.part, d.field, d.row_id, d.digest, null, d.found_at, ",
    "d.seen_at from damaged_meeting_parts d where d.marac_id = $1 and d.marac_id = any ($staff)) d ",
    "where ($2::timestamptz is null or (d.found_at, d.id) < ($2, $3)) ",
    "and damage_stands(d.part, d.field, d.row_id, d.digest) ",
    "order by d.found_at desc, d.id desc limit $4"
);

/// A page of the parts that are damaged still, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<DamagedPartOut>> {
    forget_opened_keys(tx, Some(marac_id))?;
    Ok(tx
        .sql(PAGE)
        .bind(marac_id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

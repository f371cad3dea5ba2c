//! Rows of calendar feeds.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::calendar_feeds;
use kernel::sql::{Row, statement};

#[derive(Insertable)]
#[diesel(table_name = calendar_feeds)]
struct Feed {
    user_id: Uuid,
    token_hash: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// Makes the feed of this account, or gives it a new token in place of the old.
pub fn set(tx: &mut Tx<'_>, user_id: Uuid, token_hash: Vec<u8>) -> Result<()> {
    let feed = Feed {
        user_id,
        token_hash,
        created_at: tx.now,
    };
    diesel::insert_into(calendar_feeds::table)
        .values(feed)
        .on_conflict(calendar_feeds::user_id)
        .do_update()
        .set((
            calendar_feeds::token_hash.eq(excluded(calendar_feeds::token_hash)),
            calendar_feeds::created_at.eq(excluded(calendar_feeds::created_at)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends the feed of this account, if it has one.
pub fn end(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    diesel::delete(calendar_feeds::table.find(user_id)).execute(tx.conn)?;
    Ok(())
}

/// A meeting in a feed; none, if its owner sits in none.
#[derive(Debug, Row)]
pub struct CalendarEntry {
    pub user_id: Uuid,
    pub meeting_id: Option<Uuid>,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: Option<i32>,
    pub cancelled: Option<bool>,
    pub version: Option<i32>,
}

/// The meetings of the feed with this token: no row, if no live account has it.
pub fn entries(tx: &mut Tx<'_>, token_hash: Vec<u8>) -> Result<Vec<CalendarEntry>> {
    Ok(tx
        .sql(statement!("entries" => CalendarEntry))
        .bind(token_hash)
        .bind(tx.now)
        .load(tx.conn)?)
}

//! How many referrals nobody sees.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use kernel::error::Result;
use kernel::sql::sql;

/// Those of one MARAC.
#[derive(QueryableByName)]
pub struct Unseen {
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::BigInt)]
    pub files: i64,
}

/// The MARACs in which referrals wait that nobody who decides there may see.
pub fn unseen(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Unseen>> {
    Ok(sql("select marac_id, files from unseen_files($1)")
        .bind(now)
        .load(conn)?)
}

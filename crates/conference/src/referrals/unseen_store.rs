//! How many referrals nobody sees.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::error::Result;
use kernel::sql::{Row, sql, statement};

/// Those of one MARAC.
#[derive(Row)]
pub struct Unseen {
    pub marac_id: Uuid,
    pub files: i64,
}

/// The MARACs in which referrals wait that nobody who decides there may see.
pub fn unseen(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Unseen>> {
    Ok(sql(statement!("unseen" => Unseen).text())
        .bind(now)
        .load(conn)?)
}

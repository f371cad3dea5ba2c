//! Who looked at a case, from the audit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

#[derive(Row)]
struct Tenant {
    marac_id: Uuid,
}

/// The MARAC of a received file that is in one of these MARACs and not closed to the caller.
pub fn marac_of(tx: &mut Tx<'_>, case_id: Uuid, maracs: Vec<Uuid>) -> Result<Option<Uuid>> {
    let found: Option<Tenant> = tx
        .sql(statement!("received_marac" => Tenant))
        .bind(case_id)
        .bind(maracs)
        .get_result(tx.conn)
        .optional()?;
    Ok(found.map(|found| found.marac_id))
}

/// One event.
#[derive(Row)]
pub struct Access {
    /// When.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
    /// What was done.
    pub act: String,
    /// How it ended.
    pub outcome: String,
    /// A person, a program, the service itself.
    pub principal: String,
    /// The account.
    pub user_id: Option<Uuid>,
    /// The account's name, else the registered person's.
    pub name: Option<String>,
    /// The client.
    pub client_id: Option<Uuid>,
    /// The registered actor.
    pub actor_id: Option<Uuid>,
    /// The agency.
    pub agency_id: Option<Uuid>,
    /// Its name.
    pub agency_name: Option<String>,
    /// What it was done to.
    pub subject: Option<String>,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// Names of the fields read or changed.
    pub fields: Vec<String>,
}

/// A page of the log, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Access>> {
    Ok(tx
        .sql(statement!("access_log" => Access))
        .bind(case_id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

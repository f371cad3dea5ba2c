//! Who looked at a case, from the audit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;

#[derive(Row)]
struct Tenant {
    marac_id: Uuid,
}

// An auditor sees no case, so this asks for less than `visible_cases!`: one of these MARACs, received,
// and not closed to the caller by an exclusion or a restriction.
const RECEIVED: &str = "select c.marac_id from cases c where c.id = $1 and c.marac_id = any ($2) \
    and c.received_at is not null \
    and c.id <> all ($closed)";

/// The MARAC of a received file that is in one of these MARACs and not closed to the caller.
pub fn marac_of(tx: &mut Tx<'_>, case_id: Uuid, maracs: Vec<Uuid>) -> Result<Option<Uuid>> {
    let found: Option<Tenant> = tx
        .sql(RECEIVED)
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

const LOG: &str = "select e.at, e.id, e.act, e.outcome, e.principal, e.user_id, \
    coalesce(u.name, r.name) as name, e.client_id, e.actor_id, e.agency_id, a.name as agency_name, \
    e.subject, e.subject_id, e.fields \
    from (select * from audit_events e where e.case_id = $1 \
      and ($2::timestamptz is null or (e.at, e.id) < ($2, $3)) \
      order by e.at desc, e.id desc limit $4) e \
    left join users u on u.id = e.user_id \
    left join registered_actors r on r.id = e.actor_id \
    left join agencies a on a.id = e.agency_id \
    order by e.at desc, e.id desc";

/// A page of the log, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Access>> {
    Ok(tx
        .sql(LOG)
        .bind(case_id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

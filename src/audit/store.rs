//! Reading the audit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::api::EventOut;
use crate::db::{Tx, sql};
use crate::error::Result;

/// Which events of a MARAC.
pub struct Filter {
    pub marac_id: Uuid,
    pub act: Option<&'static str>,
    pub case_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

// The page is taken by index before names are joined to it.
const EVENTS: &str = "select e.id, e.at, e.act, e.outcome, e.principal, e.user_id, \
    coalesce(u.name, r.name) as name, e.client_id, e.actor_id, e.agency_id, e.case_id, c.code as case_code, \
    e.subject, e.subject_id, e.fields, e.rows_seen, e.request_id \
    from (select * from audit_events e where e.marac_id = $1 \
      and (e.case_id is null or e.case_id <> all ((select current_setting('toldonce.closed')::uuid[])::uuid[])) \
      and (e.case_id is null or exists (select from cases d where d.id = e.case_id and d.received_at is not null)) \
      and ($2::text is null or e.act = $2) and ($3::uuid is null or e.case_id = $3) \
      and ($4::uuid is null or e.user_id = $4) and ($5::timestamptz is null or (e.at, e.id) < ($5, $6)) \
      order by e.at desc, e.id desc limit $7) e \
    left join users u on u.id = e.user_id left join registered_actors r on r.id = e.actor_id \
    left join cases c on c.id = e.case_id order by e.at desc, e.id desc";

/// A page of events, newest first, without those of cases closed to the caller and of drafts, which
/// are their authors' alone.
pub fn events(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<EventOut>> {
    Ok(sql(EVENTS)
        .bind(filter.marac_id)
        .bind(filter.act)
        .bind(filter.case_id)
        .bind(filter.user_id)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}

//! What stands around the cases of an agenda: the meeting, who is expected, what lapses; in one read.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visible_cases;

/// A meeting with what stands around its cases.
#[derive(Row)]
pub struct AgendaHead {
    #[row(embed)]
    pub meeting: Meeting,
    pub marac_settings: serde_json::Value,
    /// The kind of each agency that is expected or, once the meeting has begun, there.
    pub kinds: Vec<String>,
    pub lapsing_ids: Vec<Uuid>,
    pub lapsing_codes: Vec<String>,
    pub lapsing_on: Vec<NaiveDate>,
}

/// The meeting, its MARAC's settings, the kinds of agency that are expected or there, and the cases that
/// lapse before the next meeting. A test holds its plan.
pub const HEAD: &str = concat!(
    "select m.id, m.marac_id, m.kind, m.starts_at, m.time_zone, m.mode, m.place, m.status, ",
    "m.minutes_per_case, m.capacity, m.circulated_at, m.started_at, m.ended_at, m.version, ",
    "r.settings as marac_settings, coalesce(q.kinds, '{}') as kinds, ",
    "coalesce(l.ids, '{}') as lapsing_ids, coalesce(l.codes, '{}') as lapsing_codes, ",
    "coalesce(l.days, '{}') as lapsing_on ",
    "from meetings m join maracs r on r.id = m.marac_id ",
    "left join lateral (select array_agg(a.kind order by a.kind) as kinds ",
    "from marac_agencies g join agencies a on a.id = g.agency_id ",
    "where g.marac_id = m.marac_id and a.closed_at is null and g.suspended_at is null ",
    "and (g.access_ends_at is null or g.access_ends_at > $2) ",
    "and case when m.started_at is null then not exists (select from attendances t ",
    "where t.meeting_id = m.id and t.agency_id = a.id) or exists (select from attendances t ",
    "where t.meeting_id = m.id and t.agency_id = a.id and t.presence in ('expected', 'present')) ",
    "else exists (select from attendances t where t.meeting_id = m.id and t.agency_id = a.id ",
    "and t.presence = 'present' and t.role in ('representative', 'deputy')) end) q on true ",
    "left join lateral (select array_agg(c.id) as ids, array_agg(c.code) as codes, ",
    "array_agg(c.lapses_on) as days ",
    // The day stands by itself: compared with it a row-secured table is read by its index, compared
    // with what it is made of it is read whole.
    "from (select coalesce(",
    "(select (n.starts_at at time zone n.time_zone)::date from meetings n ",
    "where n.marac_id = m.marac_id and n.kind = 'scheduled' and n.status <> 'cancelled' ",
    "and n.starts_at > m.starts_at order by n.starts_at limit 1), ",
    "(m.starts_at at time zone m.time_zone)::date + 28) as day offset 0) u ",
    "cross join lateral (select c.id, c.code, c.lapses_on from cases c ",
    "where c.marac_id = m.marac_id and c.lapses_on < u.day ",
    "and m.status in ('planned', 'circulated', 'in_session') ",
    "and c.status in ('heard', 'monitoring') and ",
    visible_cases!("c"),
    " order by c.lapses_on, c.id limit 100) c) l on true where m.id = $1"
);

/// The meeting with this id, and what stands around its cases.
pub fn head(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<AgendaHead>> {
    Ok(tx
        .sql(HEAD)
        .bind(id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?)
}

//! Who came: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::store::Meeting;
use super::{AttendanceRole, Presence};
use crate::db::{Tx, sql};
use crate::error::Result;

/// A seat at a meeting: recorded, or one that an agency of the MARAC has and nothing is known of yet.
#[derive(Debug, QueryableByName)]
pub struct SeatRow {
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub agency: String,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub user_name: Option<String>,
    #[diesel(sql_type = st::Text)]
    pub role: AttendanceRole,
    #[diesel(sql_type = st::Text)]
    pub presence: Presence,
    #[diesel(sql_type = st::Bool)]
    pub information_sent: bool,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub confidentiality_accepted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

const SEATS: &str = "select a.id as agency_id, a.name as agency, t.user_id, u.name as user_name, \
     coalesce(t.role, 'representative') as role, coalesce(t.presence, 'expected') as presence, \
     coalesce(t.information_sent, false) as information_sent, t.confidentiality_accepted_at, \
     coalesce(t.version, 0) as version \
     from marac_agencies m join agencies a on a.id = m.agency_id \
     left join attendances t on t.meeting_id = $1 and t.agency_id = m.agency_id \
     left join users u on u.id = t.user_id \
     where m.marac_id = $2 and ($3::uuid is null or a.id = $3) \
     and (t.id is not null or (a.closed_at is null and m.suspended_at is null \
     and (m.access_ends_at is null or m.access_ends_at > $4))) \
     order by a.name, a.id, t.created_at, t.id";

/// The seats of a meeting: all, or one agency's.
pub fn seats(tx: &mut Tx<'_>, meeting: &Meeting, agency: Option<Uuid>) -> Result<Vec<SeatRow>> {
    Ok(sql(SEATS)
        .bind(meeting.id)
        .bind(meeting.marac_id)
        .bind(agency)
        .bind(tx.now)
        .load(tx.conn)?)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = st::Bool)]
    known: bool,
}

/// Whether somebody works for the agency.
pub fn works_for(tx: &mut Tx<'_>, user_id: Uuid, agency_id: Uuid) -> Result<bool> {
    let row: Known = sql(
        "select exists (select from users where id = $1 and agency_id = $2 and disabled_at is null) as known",
    )
    .bind(user_id)
    .bind(agency_id)
    .get_result(tx.conn)?;
    Ok(row.known)
}

/// What is recorded of a seat.
pub struct Record {
    pub agency_id: Uuid,
    pub user_id: Option<Uuid>,
    pub role: AttendanceRole,
    pub presence: Presence,
    pub information_sent: bool,
}

/// Records a seat, for the first time or again.
pub fn record(tx: &mut Tx<'_>, meeting: &Meeting, seat: &Record) -> Result<()> {
    sql(
        "insert into attendances as t (id, marac_id, meeting_id, agency_id, user_id, role, presence, \
         information_sent, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         on conflict on constraint attendances_seat_key do update set role = excluded.role, \
         presence = excluded.presence, information_sent = excluded.information_sent, \
         version = t.version + 1",
    )
    .bind(Uuid::now_v7())
    .bind(meeting.marac_id)
    .bind(meeting.id)
    .bind(seat.agency_id)
    .bind(seat.user_id)
    .bind(seat.role.as_str())
    .bind(seat.presence.as_str())
    .bind(seat.information_sent)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

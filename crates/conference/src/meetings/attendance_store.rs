//! Who came: rows and queries.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::store::Meeting;
use super::{AttendanceRole, Presence};
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;

/// A seat at a meeting: recorded, or one that an agency of the MARAC has and nothing is known of yet.
#[derive(Debug, Row)]
pub struct SeatRow {
    pub id: Option<Uuid>,
    pub agency_id: Uuid,
    pub agency: String,
    pub user_id: Option<Uuid>,
    pub user_name: Option<String>,
    pub actor_id: Option<Uuid>,
    pub person_name: Option<String>,
    pub role: AttendanceRole,
    pub presence: Presence,
    pub information_sent: bool,
    pub received_on: Option<NaiveDate>,
    pub confidentiality_accepted_at: Option<DateTime<Utc>>,
    pub confidentiality_version: Option<i32>,
    pub confidentiality_recorded_by: Option<Uuid>,
    pub item_ids: Vec<Uuid>,
    pub version: i32,
}

impl SeatRow {
    /// Whether somebody is named, and not the agency alone.
    pub fn is_person(&self) -> bool {
        self.user_id.is_some() || self.actor_id.is_some() || self.person_name.is_some()
    }

    /// Whether the seat is recorded just so, its guest bound to these items.
    pub fn holds(&self, record: &Record, items: &[Uuid]) -> bool {
        let bound: HashSet<_> = self.item_ids.iter().collect();
        let Record {
            agency_id,
            who: _,
            role,
            presence,
            information_sent,
            received_on,
        } = record;
        self.agency_id == *agency_id
            && self.role == *role
            && self.presence == *presence
            && self.information_sent == *information_sent
            && self.received_on == *received_on
            && bound == items.iter().collect()
    }

    /// Whether this is the seat of whom `who` names.
    pub fn is_of(&self, who: &Sitter) -> bool {
        self.user_id == who.user_id
            && self.actor_id == who.actor_id
            && self.person_name == who.person_name
    }
}

/// Who sits in a seat of an agency; nobody, where only the agency is known to have come.
#[derive(Debug, Clone, Default)]
pub struct Sitter {
    pub user_id: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub person_name: Option<String>,
}

const SEATS: &str = "select t.id, a.id as agency_id, a.name as agency, t.user_id, t.actor_id, t.person_name, \
     coalesce(u.name, r.name, t.person_name) as user_name, \
     coalesce(t.role, 'representative') as role, coalesce(t.presence, 'expected') as presence, \
     coalesce(t.information_sent, false) as information_sent, t.received_on, \
     t.confidentiality_accepted_at, t.confidentiality_version, t.confidentiality_recorded_by, \
     array(select b.agenda_item_id from attendance_items b where b.attendance_id = t.id and b.bound \
       order by b.agenda_item_id) as item_ids, coalesce(t.version, 0) as version \
     from marac_agencies m join agencies a on a.id = m.agency_id \
     left join attendances t on t.meeting_id = $1 and t.agency_id = m.agency_id \
     left join users u on u.id = t.user_id left join registered_actors r on r.id = t.actor_id \
     where m.marac_id = $2 and ($3::uuid is null or a.id = $3) \
     and (t.id is not null or (a.closed_at is null and m.suspended_at is null \
     and (m.access_ends_at is null or m.access_ends_at > $4))) \
     order by a.name, a.id, t.created_at, t.id";

/// The seats of a meeting: all, or one agency's.
pub fn seats(tx: &mut Tx<'_>, meeting: &Meeting, agency: Option<Uuid>) -> Result<Vec<SeatRow>> {
    Ok(tx
        .sql(SEATS)
        .bind(meeting.id)
        .bind(meeting.marac_id)
        .bind(agency)
        .bind(tx.now)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether a seat of the caller's own is recorded.
pub fn has_seat(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<bool> {
    let row: Known = tx.sql(
        "select exists (select from attendances where meeting_id = $1 and user_id = $2) as known",
    )
    .bind(meeting.id)
    .bind(tx.actor.principal.user_id())
    .get_result(tx.conn)?;
    Ok(row.known)
}

/// Whether an account, or a registered person without one, works for the agency.
pub fn works_for(tx: &mut Tx<'_>, who: &Sitter, agency_id: Uuid) -> Result<bool> {
    let row: Known = tx.sql(
        "select ($1::uuid is null or exists (select from users where id = $1 and agency_id = $3 \
         and disabled_at is null)) and ($2::uuid is null or exists (select from registered_actors \
         where id = $2 and agency_id = $3 and kind = 'person' and user_id is null \
         and disabled_at is null)) as known",
    )
    .bind(who.user_id)
    .bind(who.actor_id)
    .bind(agency_id)
    .get_result(tx.conn)?;
    Ok(row.known)
}

/// What is recorded of a seat.
pub struct Record {
    pub agency_id: Uuid,
    pub who: Sitter,
    pub role: AttendanceRole,
    pub presence: Presence,
    pub information_sent: bool,
    pub received_on: Option<NaiveDate>,
}

#[derive(Row)]
struct Id {
    id: Uuid,
}

/// Records a seat, for the first time or again. Returns it.
pub fn record(tx: &mut Tx<'_>, meeting: &Meeting, seat: &Record) -> Result<Uuid> {
    let row: Id = tx
        .sql(
            "insert into attendances as t (id, marac_id, meeting_id, agency_id, user_id, actor_id, \
         person_name, role, presence, information_sent, received_on, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         on conflict on constraint attendances_seat_key do update set role = excluded.role, \
         presence = excluded.presence, information_sent = excluded.information_sent, \
         received_on = excluded.received_on, version = t.version + 1 returning t.id",
        )
        .bind(Uuid::now_v7())
        .bind(meeting.marac_id)
        .bind(meeting.id)
        .bind(seat.agency_id)
        .bind(seat.who.user_id)
        .bind(seat.who.actor_id)
        .bind(seat.who.person_name.clone())
        .bind(seat.role.as_str())
        .bind(seat.presence.as_str())
        .bind(seat.information_sent)
        .bind(seat.received_on)
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok(row.id)
}

/// The caller, if they were expected in a seat of their own, is there.
pub fn came(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(
        "update attendances set presence = 'present', version = version + 1 \
         where meeting_id = $1 and user_id = $2 and presence = 'expected'",
    )
    .bind(meeting_id)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// Binds a guest to the cases they come for, and to no others that the caller can see.
pub fn bind(tx: &mut Tx<'_>, meeting: &Meeting, seat_id: Uuid, items: &[Uuid]) -> Result<()> {
    tx.sql(
        "update attendance_items set bound = false, version = version + 1 \
         where attendance_id = $1 and bound and agenda_item_id <> all ($2)",
    )
    .bind(seat_id)
    .bind(items.to_vec())
    .execute(tx.conn)?;
    tx.sql(
        "insert into attendance_items as s (id, marac_id, case_id, agenda_item_id, attendance_id, bound, \
         created_at) select n.id, i.marac_id, i.case_id, i.id, $3, true, $5 \
         from unnest($1, $2) as n(id, item_id) join agenda_items i on i.id = n.item_id \
         and i.meeting_id = $4 \
         on conflict on constraint attendance_items_seat_key do update set bound = true, \
         version = s.version + 1 where not s.bound",
    )
    .bind(items.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(items.to_vec())
    .bind(seat_id)
    .bind(meeting.id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Somebody's coming and going for one case.
#[derive(Debug, Row)]
pub struct Stay {
    pub bound: bool,
    pub joined_at: Option<DateTime<Utc>>,
    pub left_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// What is recorded of it.
pub fn stay(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    seat_id: Uuid,
) -> Result<Option<Stay>> {
    tx.sql(
        "select bound, joined_at, left_at, version from attendance_items \
         where case_id = $1 and agenda_item_id = $2 and attendance_id = $3 for update",
    )
    .bind(case.id)
    .bind(item_id)
    .bind(seat_id)
    .locking(tx)
}

/// Records when somebody joined and left a case.
pub fn set_stay(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    seat_id: Uuid,
    (joined_at, left_at): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Stay> {
    tx.sql(
        "insert into attendance_items as s (id, marac_id, case_id, agenda_item_id, attendance_id, \
         joined_at, left_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict on constraint attendance_items_seat_key do update set \
         joined_at = excluded.joined_at, left_at = excluded.left_at, version = s.version + 1 \
         returning s.bound, s.joined_at, s.left_at, s.version",
    )
    .bind(Uuid::now_v7())
    .bind(case.marac_id)
    .bind(case.id)
    .bind(item_id)
    .bind(seat_id)
    .bind(joined_at)
    .bind(left_at)
    .bind(tx.now)
    .get_result(tx.conn)
    .map_err(Error::from)
}

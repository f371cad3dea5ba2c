//! Who came: rows and queries.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::{excluded, on_constraint};
use uuid::Uuid;

use super::store::Meeting;
use super::{AttendanceRole, Presence};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::schema::{attendance_items, attendances};
use kernel::sql::{Row, statement};
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
    pub fn holds(&self, record: &AttendanceRecord, items: &[Uuid]) -> bool {
        let bound: HashSet<_> = self.item_ids.iter().collect();
        let AttendanceRecord {
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

/// The seats of a meeting: all, or one agency's.
pub fn seats(tx: &mut Tx<'_>, meeting: &Meeting, agency: Option<Uuid>) -> Result<Vec<SeatRow>> {
    Ok(tx
        .sql(statement!("seats" => SeatRow))
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
    let own = attendances::meeting_id
        .eq(meeting.id)
        .and(attendances::user_id.eq(tx.actor.principal.user_id()));
    let seat = attendances::table.filter(own);
    Ok(diesel::select(exists(seat)).get_result(tx.conn)?)
}

/// Whether an account, or a registered person without one, works for the agency.
pub fn works_for(tx: &mut Tx<'_>, who: &Sitter, agency_id: Uuid) -> Result<bool> {
    let row = tx
        .sql(statement!("works_for" => Known))
        .bind(who.user_id)
        .bind(who.actor_id)
        .bind(agency_id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// What is recorded of a seat.
pub struct AttendanceRecord {
    pub agency_id: Uuid,
    pub who: Sitter,
    pub role: AttendanceRole,
    pub presence: Presence,
    pub information_sent: bool,
    pub received_on: Option<NaiveDate>,
}

#[derive(Insertable)]
#[diesel(table_name = attendances, treat_none_as_default_value = false)]
struct NewSeat<'a> {
    id: Uuid,
    marac_id: Uuid,
    meeting_id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    person_name: Option<&'a str>,
    role: AttendanceRole,
    presence: Presence,
    information_sent: bool,
    received_on: Option<NaiveDate>,
    created_at: DateTime<Utc>,
}

/// Records a seat, for the first time or again. Returns it.
pub fn record(tx: &mut Tx<'_>, meeting: &Meeting, seat: &AttendanceRecord) -> Result<Uuid> {
    use attendances::dsl;
    let row = NewSeat {
        id: Uuid::now_v7(),
        marac_id: meeting.marac_id,
        meeting_id: meeting.id,
        agency_id: seat.agency_id,
        user_id: seat.who.user_id,
        actor_id: seat.who.actor_id,
        person_name: seat.who.person_name.as_deref(),
        role: seat.role,
        presence: seat.presence,
        information_sent: seat.information_sent,
        received_on: seat.received_on,
        created_at: tx.now,
    };
    Ok(diesel::insert_into(dsl::attendances)
        .values(row)
        .on_conflict(on_constraint("attendances_seat_key"))
        .do_update()
        .set((
            dsl::role.eq(excluded(dsl::role)),
            dsl::presence.eq(excluded(dsl::presence)),
            dsl::information_sent.eq(excluded(dsl::information_sent)),
            dsl::received_on.eq(excluded(dsl::received_on)),
            dsl::version.eq(dsl::version + 1),
        ))
        .returning(dsl::id)
        .get_result(tx.conn)?)
}

/// The caller, if they were expected in a seat of their own, is there.
pub fn came(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    let expected = attendances::meeting_id
        .eq(meeting_id)
        .and(attendances::user_id.eq(tx.actor.principal.user_id()))
        .and(attendances::presence.eq(Presence::Expected));
    diesel::update(attendances::table.filter(expected))
        .set((
            attendances::presence.eq(Presence::Present),
            attendances::version.eq(attendances::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Binds a guest to the cases they come for, and to no others that the caller can see.
pub fn bind(tx: &mut Tx<'_>, meeting: &Meeting, seat_id: Uuid, items: &[Uuid]) -> Result<()> {
    let others = attendance_items::attendance_id
        .eq(seat_id)
        .and(attendance_items::bound)
        .and(attendance_items::agenda_item_id.ne_all(items));
    diesel::update(attendance_items::table.filter(others))
        .set((
            attendance_items::bound.eq(false),
            attendance_items::version.eq(attendance_items::version + 1),
        ))
        .execute(tx.conn)?;
    tx.sql(statement!("bind_guest"))
        .bind(items.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(items.to_vec())
        .bind(seat_id)
        .bind(meeting.id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Somebody's coming and going for one case.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = attendance_items, check_for_backend(Pg))]
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
    let of_both = attendance_items::case_id
        .eq(case.id)
        .and(attendance_items::agenda_item_id.eq(item_id))
        .and(attendance_items::attendance_id.eq(seat_id));
    attendance_items::table
        .filter(of_both)
        .select(Stay::as_select())
        .for_update()
        .locking(tx)
}

#[derive(Insertable)]
#[diesel(table_name = attendance_items, treat_none_as_default_value = false)]
struct NewStay {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    agenda_item_id: Uuid,
    attendance_id: Uuid,
    joined_at: Option<DateTime<Utc>>,
    left_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Records when somebody joined and left a case.
pub fn set_stay(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    seat_id: Uuid,
    (joined_at, left_at): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Stay> {
    use attendance_items::dsl;
    let row = NewStay {
        id: Uuid::now_v7(),
        marac_id: case.marac_id,
        case_id: case.id,
        agenda_item_id: item_id,
        attendance_id: seat_id,
        joined_at,
        left_at,
        created_at: tx.now,
    };
    Ok(diesel::insert_into(dsl::attendance_items)
        .values(row)
        .on_conflict(on_constraint("attendance_items_seat_key"))
        .do_update()
        .set((
            dsl::joined_at.eq(excluded(dsl::joined_at)),
            dsl::left_at.eq(excluded(dsl::left_at)),
            dsl::version.eq(dsl::version + 1),
        ))
        .returning(Stay::as_returning())
        .get_result(tx.conn)?)
}

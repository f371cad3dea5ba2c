//! Meetings: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::{MeetingKind, MeetingMode, MeetingStatus};
use crate::asking::Asking;
use directory::maracs::Marac;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::schema::meetings;
use kernel::sql::{Row, statement};

/// A row of `meetings`.
#[derive(Debug, Clone, Row, Queryable, Selectable)]
#[diesel(table_name = meetings, check_for_backend(Pg))]
pub struct Meeting {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub kind: MeetingKind,
    pub starts_at: DateTime<Utc>,
    pub time_zone: String,
    pub mode: MeetingMode,
    pub place: Option<String>,
    pub status: MeetingStatus,
    pub minutes_per_case: i16,
    pub capacity: i16,
    pub circulated_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub version: i32,
}

impl Meeting {
    /// Its day, where it is held.
    pub fn day(&self) -> NaiveDate {
        let zone = self.time_zone.parse().unwrap_or(chrono_tz::Europe::London);
        self.starts_at.with_timezone(&zone).date_naive()
    }

    /// What research is asked for.
    pub fn asking(&self) -> Asking {
        Asking {
            meeting_id: self.id,
            marac_id: self.marac_id,
            on: self.day(),
        }
    }
}

/// The row with this id.
pub fn found(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Meeting>> {
    Ok(meetings::table
        .find(id)
        .select(Meeting::as_select())
        .get_result(tx.conn)
        .optional()?)
}

/// The same, locked until the transaction ends.
pub fn locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Meeting>> {
    meetings::table
        .find(id)
        .select(Meeting::as_select())
        .for_update()
        .locking(tx)
}

/// Which meetings are wanted.
#[derive(Debug)]
pub struct Filter {
    pub marac_ids: Vec<Uuid>,
    pub status: Option<MeetingStatus>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// Meetings, newest first; one more than the limit if there are more.
pub fn list(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<Meeting>> {
    Ok(tx
        .sql(statement!("meetings" => Meeting))
        .bind(filter.marac_ids)
        .bind(filter.status.map(MeetingStatus::as_str))
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}

/// The next scheduled meeting whose list is still open.
pub fn next_planned(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Option<Uuid>> {
    let ahead = meetings::marac_id
        .eq(marac_id)
        .and(meetings::status.eq(MeetingStatus::Planned))
        .and(meetings::kind.eq(MeetingKind::Scheduled))
        .and(meetings::starts_at.gt(tx.now));
    Ok(meetings::table
        .filter(ahead)
        .order((meetings::starts_at, meetings::id))
        .select(meetings::id)
        .limit(1)
        .get_result(tx.conn)
        .optional()?)
}

/// A meeting to store.
#[derive(Insertable)]
#[diesel(table_name = meetings, treat_none_as_default_value = false)]
pub struct NewMeeting {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub kind: MeetingKind,
    pub starts_at: DateTime<Utc>,
    pub time_zone: String,
    pub mode: MeetingMode,
    pub place: Option<String>,
    pub status: MeetingStatus,
    pub minutes_per_case: i16,
    pub capacity: i16,
    pub circulated_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub settings_version: i32,
}

impl NewMeeting {
    /// A meeting ahead, as the MARAC's settings have it.
    pub fn planned(
        id: Uuid,
        marac: &Marac,
        kind: MeetingKind,
        starts_at: DateTime<Utc>,
        mode: MeetingMode,
        place: Option<String>,
    ) -> Result<Self> {
        let settings = marac.settings()?;
        Ok(Self {
            id,
            marac_id: marac.id,
            kind,
            starts_at,
            time_zone: marac.time_zone.clone(),
            mode,
            place,
            status: MeetingStatus::Planned,
            minutes_per_case: settings.minutes_per_case.into(),
            capacity: settings.meeting_capacity.into(),
            circulated_at: None,
            started_at: None,
            ended_at: None,
            settings_version: marac.version,
        })
    }
}

/// Stores a meeting.
pub fn insert(tx: &mut Tx<'_>, new: &NewMeeting) -> Result<Meeting> {
    Ok(diesel::insert_into(meetings::table)
        .values((new, meetings::created_at.eq(tx.now)))
        .returning(Meeting::as_returning())
        .get_result(tx.conn)?)
}

/// Writes back what may change of a meeting.
pub fn update(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Meeting> {
    Ok(diesel::update(meetings::table.find(meeting.id))
        .set((
            meetings::starts_at.eq(meeting.starts_at),
            meetings::mode.eq(meeting.mode),
            meetings::place.eq(meeting.place.as_deref()),
            meetings::status.eq(meeting.status),
            meetings::circulated_at.eq(meeting.circulated_at),
            meetings::started_at.eq(meeting.started_at),
            meetings::ended_at.eq(meeting.ended_at),
            meetings::version.eq(meetings::version + 1),
        ))
        .returning(Meeting::as_returning())
        .get_result(tx.conn)?)
}

/// Its agenda changed: whoever read it before reads it again first.
pub fn touch(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(meetings::table.find(id))
        .set(meetings::version.eq(meetings::version + 1))
        .execute(tx.conn)?;
    Ok(())
}

//! Meetings: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{MeetingKind, MeetingMode, MeetingStatus};
use crate::asking::Asking;
use directory::maracs::Marac;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::sql::Row;

/// A row of `meetings`.
#[derive(Debug, Clone, Row)]
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

macro_rules! meetings {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " id, marac_id, kind, starts_at, time_zone, mode, place, status, minutes_per_case, ",
            "capacity, circulated_at, started_at, ended_at, version ",
            $tail
        )
    };
}

const FIND: &str = meetings!("select", "from meetings where id = $1");
const LOCK: &str = meetings!("select", "from meetings where id = $1 for update");

/// The row with this id.
pub fn found(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Meeting>> {
    Ok(tx.sql(FIND).bind(id).get_result(tx.conn).optional()?)
}

/// The same, locked until the transaction ends.
pub fn locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Meeting>> {
    tx.sql(LOCK).bind(id).locking(tx)
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

const LIST: &str = meetings!(
    "select",
    "from meetings where marac_id = any ($1) \
     and ($2::text is null or status = $2) \
     and ($3::date is null or starts_at >= $3::timestamp at time zone 'Europe/London') \
     and ($4::date is null or starts_at < ($4 + 1)::timestamp at time zone 'Europe/London') \
     and ($5::timestamptz is null or (starts_at, id) < ($5, $6)) \
     order by starts_at desc, id desc limit $7"
);

/// Meetings, newest first; one more than the limit if there are more.
pub fn list(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<Meeting>> {
    Ok(tx
        .sql(LIST)
        .bind(filter.marac_ids)
        .bind(filter.status.map(MeetingStatus::as_str))
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Id {
    id: Uuid,
}

/// The next scheduled meeting whose list is still open.
pub fn next_planned(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Option<Uuid>> {
    let next: Option<Id> = tx
        .sql(
            "select id from meetings where marac_id = $1 and status = 'planned' \
         and kind = 'scheduled' and starts_at > $2 order by starts_at, id limit 1",
        )
        .bind(marac_id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?;
    Ok(next.map(|row| row.id))
}

/// A meeting to store.
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

const INSERT: &str = meetings!(
    "insert into meetings (id, marac_id, kind, starts_at, time_zone, mode, place, status, \
     minutes_per_case, capacity, circulated_at, started_at, ended_at, settings_version, created_at) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning",
    ""
);

/// Stores a meeting.
pub fn insert(tx: &mut Tx<'_>, new: &NewMeeting) -> Result<Meeting> {
    Ok(tx
        .sql(INSERT)
        .bind(new.id)
        .bind(new.marac_id)
        .bind(new.kind.as_str())
        .bind(new.starts_at)
        .bind(new.time_zone.clone())
        .bind(new.mode.as_str())
        .bind(new.place.clone())
        .bind(new.status.as_str())
        .bind(new.minutes_per_case)
        .bind(new.capacity)
        .bind(new.circulated_at)
        .bind(new.started_at)
        .bind(new.ended_at)
        .bind(new.settings_version)
        .bind(tx.now)
        .get_result(tx.conn)?)
}

const UPDATE: &str = meetings!(
    "update meetings set starts_at = $2, mode = $3, place = $4, status = $5, circulated_at = $6, \
     started_at = $7, ended_at = $8, version = version + 1 where id = $1 returning",
    ""
);

/// Writes back what may change of a meeting.
pub fn update(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Meeting> {
    Ok(tx
        .sql(UPDATE)
        .bind(meeting.id)
        .bind(meeting.starts_at)
        .bind(meeting.mode.as_str())
        .bind(meeting.place.clone())
        .bind(meeting.status.as_str())
        .bind(meeting.circulated_at)
        .bind(meeting.started_at)
        .bind(meeting.ended_at)
        .get_result(tx.conn)?)
}

/// Its agenda changed: whoever read it before reads it again first.
pub fn touch(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql("update meetings set version = version + 1 where id = $1")
        .bind(id)
        .execute(tx.conn)?;
    Ok(())
}

//! Minutes: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::MinutesStatus;
use crate::meetings::Meeting;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::lens::Basis;
use kernel::schema::minutes_versions;
use kernel::sql::{Row, statement};

/// A version, with the names of those who took its steps.
#[derive(Debug, Clone, Row)]
pub struct VersionRow {
    pub id: Uuid,
    pub number: i32,
    pub status: MinutesStatus,
    pub due_on: NaiveDate,
    pub frame: Option<Vec<u8>>,
    pub approved_by: Option<String>,
    pub approved_at: Option<DateTime<Utc>>,
    pub issued_by: Option<String>,
    pub issued_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// The versions of a meeting's minutes, oldest first; one in hand only with `in_hand`.
pub fn versions(tx: &mut Tx<'_>, meeting_id: Uuid, in_hand: bool) -> Result<Vec<VersionRow>> {
    Ok(tx
        .sql(statement!("versions" => VersionRow))
        .bind(meeting_id)
        .bind(in_hand)
        .load(tx.conn)?)
}

/// A part, with what is needed to open it and to know how much of it to show.
#[derive(Debug, Clone, Row)]
pub struct PartRow {
    pub id: Uuid,
    pub version_id: Uuid,
    pub number: i32,
    pub case_id: Uuid,
    pub code: String,
    pub position: i32,
    pub sealed: Vec<u8>,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
    pub bases: Vec<Basis>,
    pub full_at: Vec<DateTime<Utc>>,
    /// The reader's agency came or sent apologies, and the reader has accepted the statement.
    pub attended: bool,
}

/// The parts of a meeting's minutes whose cases are in the caller's sight, oldest version first.
pub fn parts(tx: &mut Tx<'_>, meeting_id: Uuid, in_hand: bool) -> Result<Vec<PartRow>> {
    Ok(tx
        .sql(statement!("parts" => PartRow))
        .bind(meeting_id)
        .bind(in_hand)
        .load(tx.conn)?)
}

/// A version to begin.
pub struct NewVersion {
    pub id: Uuid,
    pub due_on: NaiveDate,
    pub frame: Option<Vec<u8>>,
}

/// Begins a version as a draft. Its number follows the last one, seen or not; its `If-Match` goes on
/// counting from there, so that no earlier one fits.
pub fn begin(tx: &mut Tx<'_>, meeting: &Meeting, new: NewVersion) -> Result<()> {
    tx.sql(statement!("begin"))
        .bind(new.id)
        .bind(meeting.marac_id)
        .bind(meeting.id)
        .bind(new.due_on)
        .bind(new.frame)
        .bind(tx.actor.principal.user_id())
        .bind(tx.now)
        .execute(tx.conn)
        .map_err(|e| {
            Error::from(e).on_constraint("minutes_versions_one_in_hand", || {
                Error::conflict("correction_in_hand")
            })
        })?;
    Ok(())
}

/// Makes a version in hand a draft again; with another frame, if one is given.
pub fn redraft(tx: &mut Tx<'_>, id: Uuid, frame: Option<Vec<u8>>) -> Result<()> {
    diesel::update(minutes_versions::table.find(id))
        .set((
            minutes_versions::status.eq(MinutesStatus::Draft),
            frame.map(|frame| minutes_versions::frame.eq(frame)),
            minutes_versions::drafted_by.eq(tx.actor.principal.user_id()),
            minutes_versions::drafted_at.eq(tx.now),
            minutes_versions::approved_by.eq(None::<Uuid>),
            minutes_versions::approved_at.eq(None::<DateTime<Utc>>),
            minutes_versions::version.eq(minutes_versions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The chair's word.
pub fn approve(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(minutes_versions::table.find(id))
        .set((
            minutes_versions::status.eq(MinutesStatus::Approved),
            minutes_versions::approved_by.eq(tx.actor.principal.user_id()),
            minutes_versions::approved_at.eq(tx.now),
            minutes_versions::version.eq(minutes_versions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// From here on it stays as it is.
pub fn issue(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(minutes_versions::table.find(id))
        .set((
            minutes_versions::status.eq(MinutesStatus::Issued),
            minutes_versions::issued_by.eq(tx.actor.principal.user_id()),
            minutes_versions::issued_at.eq(tx.now),
            minutes_versions::version.eq(minutes_versions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A part to write.
pub struct NewPart {
    pub id: Uuid,
    pub case_id: Uuid,
    pub position: i32,
    pub sealed: Vec<u8>,
}

/// Which parts to take out of a draft.
pub enum Parts {
    /// All that are in the caller's sight.
    InSight,
    /// Those of these cases.
    Of(Vec<Uuid>),
}

/// Takes parts out of a draft.
pub fn drop_parts(tx: &mut Tx<'_>, version_id: Uuid, parts: Parts) -> Result<()> {
    let (all, cases) = match parts {
        Parts::InSight => (true, Vec::new()),
        Parts::Of(cases) => (false, cases),
    };
    tx.sql(statement!("drop_parts"))
        .bind(version_id)
        .bind(all)
        .bind(cases)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes parts of a draft.
pub fn put_parts(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    version_id: Uuid,
    parts: Vec<NewPart>,
) -> Result<()> {
    tx.sql(statement!("put_parts"))
        .bind(parts.iter().map(|part| part.id).collect::<Vec<_>>())
        .bind(parts.iter().map(|part| part.case_id).collect::<Vec<_>>())
        .bind(parts.iter().map(|part| part.position).collect::<Vec<_>>())
        .bind(
            parts
                .into_iter()
                .map(|part| part.sealed)
                .collect::<Vec<_>>(),
        )
        .bind(meeting.marac_id)
        .bind(meeting.id)
        .bind(version_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Missing {
    missing: bool,
}

/// Whether a case of the agenda that the caller sees has no part in the first version: whoever drafted
/// it was shut out of the case.
pub fn lacks_parts(tx: &mut Tx<'_>, meeting_id: Uuid, version_id: Uuid) -> Result<bool> {
    let row = tx
        .sql(statement!("lacks_parts" => Missing))
        .bind(meeting_id)
        .bind(version_id)
        .get_result(tx.conn)?;
    Ok(row.missing)
}

/// A meeting as the report on minutes counts it.
#[derive(Debug, Row)]
pub struct CountedActions {
    pub starts_at: DateTime<Utc>,
    pub due_on: Option<NaiveDate>,
    pub issued_at: Option<DateTime<Utc>>,
    pub corrections: i64,
}

/// The meetings of a MARAC held in a period, with the first version of their minutes. Those that were
/// over before the program knew of them are not its to count.
pub fn counted(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<CountedActions>> {
    Ok(tx
        .sql(statement!("counted" => CountedActions))
        .bind(marac_id)
        .bind(from)
        .bind(to)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Told {
    case_id: Option<Uuid>,
    agency_id: Uuid,
}

/// The agencies to be told of a version: those that came or sent apologies; of a correction of cases,
/// those among them that the case was listed to, with the case.
pub fn readers(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    version: &VersionRow,
) -> Result<Vec<(Option<Uuid>, Uuid)>> {
    let rows = tx
        .sql(statement!("readers" => Told))
        .bind(meeting.id)
        .bind(version.id)
        .bind(version.frame.is_some())
        .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.case_id, row.agency_id))
        .collect())
}

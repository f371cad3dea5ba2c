//! Minutes: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::MinutesStatus;
use crate::meetings::Meeting;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::lens::Basis;
use kernel::sql::Row;
use kernel::{
    accepted_statement, file_key, key_columns, not_destroyed, not_shut_out, standings_of,
    visible_cases,
};

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
        .sql(
            "select v.id, v.number, v.status, v.due_on, v.frame, a.name as approved_by, \
         v.approved_at, i.name as issued_by, v.issued_at, v.version from minutes_versions v \
         left join users a on a.id = v.approved_by left join users i on i.id = v.issued_by \
         where v.meeting_id = $1 and (v.status = 'issued' or $2) order by v.number",
        )
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

/// SQL: the reader's agency came to the meeting `$1` and was there for the case of the part at `p`, which was
/// listed to it, and the reader speaks for it. The meeting's statement they must have accepted stands beside
/// it. It ends when the case at `c` rests. Whoever was noted as leaving while the case was heard was not
/// there for it.
macro_rules! came {
    () => {
        concat!(
            "(",
            not_shut_out!("p", "case_id"),
            " and not rests(c.status) and (p.marac_id = any ($rep) or p.marac_id = any ($idva)) ",
            "and exists (select from agenda_items i join agenda_listings l on l.agenda_item_id = i.id ",
            "where i.meeting_id = $1 and i.case_id = p.case_id and l.agency_id = $agency) ",
            "and exists (select from attendances t where t.meeting_id = $1 and t.agency_id = $agency ",
            "and t.presence = 'present' and t.role in ('representative', 'deputy') ",
            "and not exists (select from attendance_items b join agenda_items i on i.id = b.agenda_item_id ",
            "where b.attendance_id = t.id and i.case_id = p.case_id and b.left_at is not null)))"
        )
    };
}

// A seat that was taken gives the part of the minutes as a listing does, and nothing else of the case.
const PARTS: &str = concat!(
    "select p.id, p.version_id, v.number, p.case_id, c.code, p.position, p.sealed, ",
    key_columns!(),
    ", coalesce(s.bases, '{}') || case when w.came and w.attended then '{listing}'::text[] else '{}' end as bases, ",
    "coalesce(s.full_at, '{}') || case when w.came and w.attended then array[$now] else '{}' end as full_at, ",
    "w.attended from minutes_parts p join minutes_versions v on v.id = p.version_id ",
    "join cases c on c.id = p.case_id",
    file_key!("p.case_id"),
    standings_of!("c"),
    " cross join lateral (select ",
    came!(),
    " as came, (select exists (select from attendances t where t.meeting_id = $1 and t.agency_id = ",
    "$agency ",
    "and t.presence in ('present', 'apologies') and t.role in ('representative', 'deputy')) and ",
    accepted_statement!("$1"),
    ") as attended) w",
    " where ",
    not_destroyed!(),
    " and p.meeting_id = $1 and (v.status = 'issued' or $2) and (",
    visible_cases!("c"),
    " or (v.status = 'issued' and w.came and w.attended)) order by v.number, p.position, c.code"
);

/// The parts of a meeting's minutes whose cases are in the caller's sight, oldest version first.
pub fn parts(tx: &mut Tx<'_>, meeting_id: Uuid, in_hand: bool) -> Result<Vec<PartRow>> {
    Ok(tx.sql(PARTS).bind(meeting_id).bind(in_hand).load(tx.conn)?)
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
    tx.sql(
        "insert into minutes_versions (id, marac_id, meeting_id, number, status, due_on, frame, \
         drafted_by, drafted_at, version, created_at) \
         select $1, $2, $3, coalesce(max(v.number), 0) + 1, 'draft', $4, $5, $6, $7, \
         coalesce(max(v.version), 0) + 1, $7 from minutes_versions v where v.meeting_id = $3",
    )
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
    tx.sql(
        "update minutes_versions set status = 'draft', frame = coalesce($2, frame), \
         drafted_by = $3, drafted_at = $4, approved_by = null, approved_at = null, \
         version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(frame)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// The chair's word.
pub fn approve(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql(
        "update minutes_versions set status = 'approved', approved_by = $2, approved_at = $3, \
         version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// From here on it stays as it is.
pub fn issue(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql(
        "update minutes_versions set status = 'issued', issued_by = $2, issued_at = $3, \
         version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
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
    tx.sql(concat!(
        "delete from minutes_parts p using cases c where c.id = p.case_id and p.version_id = $1 ",
        "and ($2 or p.case_id = any ($3)) and ",
        visible_cases!("c")
    ))
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
    tx.sql(
        "insert into minutes_parts (id, marac_id, case_id, meeting_id, version_id, position, sealed, \
         created_at) select n.id, $5, n.case_id, $6, $7, n.position, n.sealed, $8 \
         from unnest($1, $2, $3, $4) as n(id, case_id, position, sealed)",
    )
    .bind(parts.iter().map(|part| part.id).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.case_id).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.position).collect::<Vec<_>>())
    .bind(parts.into_iter().map(|part| part.sealed).collect::<Vec<_>>())
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
    let row: Missing = tx
        .sql(concat!(
            "select exists (select from agenda_items i join cases c on c.id = i.case_id",
            file_key!("c.id"),
            "where ",
            not_destroyed!(),
            " and i.meeting_id = $1 and i.status in ('heard', 'deferred', 'alert_noted') ",
            "and not exists (select from minutes_parts p where p.version_id = $2 ",
            "and p.case_id = i.case_id) and ",
            visible_cases!("c"),
            ") as missing"
        ))
        .bind(meeting_id)
        .bind(version_id)
        .get_result(tx.conn)?;
    Ok(row.missing)
}

/// A meeting as the report on minutes counts it.
#[derive(Debug, Row)]
pub struct Counted {
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
) -> Result<Vec<Counted>> {
    Ok(tx.sql(
        "select m.starts_at, v.due_on, v.issued_at, (select count(*) from minutes_versions n \
         where n.meeting_id = m.id and n.number > 1 and n.status = 'issued' and (n.frame is not null \
           or exists (select from minutes_parts p where p.version_id = n.id \
             and p.case_id <> all ($closed)))) as corrections \
         from meetings m left join minutes_versions v on v.meeting_id = m.id and v.number = 1 \
         where m.marac_id = $1 and m.status in ('held', 'minuted') and m.created_at < m.ended_at \
         and m.starts_at >= $2::timestamp at time zone m.time_zone \
         and m.starts_at < ($3 + 1)::timestamp at time zone m.time_zone \
         order by m.starts_at, m.id",
    )
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
    let rows: Vec<Told> = tx.sql(concat!(
        "with came as (select distinct t.agency_id from attendances t where t.meeting_id = $1 ",
        "and t.presence in ('present', 'apologies') and t.role in ('representative', 'deputy')) ",
        "select null::uuid as case_id, t.agency_id from came t where $3 ",
        "union all select p.case_id, l.agency_id from minutes_parts p ",
        "join cases c on c.id = p.case_id ",
        "join agenda_items i on i.meeting_id = $1 and i.case_id = p.case_id ",
        "join agenda_listings l on l.agenda_item_id = i.id join came t on t.agency_id = l.agency_id ",
        "where p.version_id = $2 and not $3 and ",
        visible_cases!("c"),
        " order by 1, 2"
    ))
    .bind(meeting.id)
    .bind(version.id)
    .bind(version.frame.is_some())
    .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.case_id, row.agency_id))
        .collect())
}

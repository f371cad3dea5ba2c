//! Cases on agendas: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{AgendaItemKind, AgendaItemStatus, MeetingStatus};
use casework::parties::people_of;
use casework::risk::risk_column;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::not_closed;
use kernel::policy::hidden;
use kernel::policy::lens::Basis;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, key_columns, standings_of, visible_cases};
use practice::party::PartyRole;
use practice::risk::CaseRisk;

/// A case on an agenda, with what is needed to open it and to know how much of it to show.
#[derive(Debug, Row)]
pub struct AgendaRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub kind: AgendaItemKind,
    pub placed_by_hand: bool,
    pub slot_minutes: i16,
    pub minutes_before: i64,
    pub session_minutes: i64,
    pub has_children: bool,
    pub late: bool,
    pub status: AgendaItemStatus,
    pub deferred_to_id: Option<Uuid>,
    pub deferred_until: Option<NaiveDate>,
    pub session: i16,
    pub session_heading: Option<String>,
    pub session_starts_at: Option<DateTime<Utc>>,
    /// Asked for while the list is open; else true.
    pub idva_recorded: bool,
    pub outcome: Option<Vec<u8>>,
    pub version: i32,
    pub code: String,
    pub risk: CaseRisk,
    pub criteria: Vec<String>,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
    pub party_ids: Vec<Uuid>,
    pub party_roles: Vec<PartyRole>,
    pub identities: Vec<Vec<u8>>,
    pub agency_ids: Vec<Uuid>,
    pub bases: Vec<Basis>,
    pub full_at: Vec<DateTime<Utc>>,
}

/// The cases of one agenda in order, each with its key, its parties and the agencies it is listed to.
/// Times run over every case that is not closed to the caller, so that a case somebody cannot see for
/// want of a listing leaves its time, and one that is closed to them leaves none.
pub const AGENDA_ITEMS: &str = concat!(
    "select i.id, i.case_id, i.kind, i.placed_by_hand, i.slot_minutes, i.minutes_before, i.session_minutes, ",
    "i.has_children, i.late, i.status, i.deferred_to_id, i.deferred_until, i.session, ",
    "h.heading as session_heading, h.starts_at as session_starts_at, ",
    "(not $2 or exists (select from circle a where a.case_id = i.case_id and a.basis = 'allocation' ",
    "and a.ends_at > $now) ",
    "or exists (select from referrals f where f.case_id = i.case_id and f.status = 'accepted' ",
    "and f.idva_referral in ('made', 'declined', 'already_open'))) as idva_recorded, ",
    "i.outcome, i.version, c.code, c.criteria, ",
    risk_column!("c.id"),
    "coalesce(p.ids, '{}') as party_ids, coalesce(p.roles, '{}') as party_roles, ",
    "coalesce(p.identities, '{}') as identities, ",
    "array(select l.agency_id from agenda_listings l where l.agenda_item_id = i.id ",
    "order by l.agency_id) as agency_ids, ",
    key_columns!(),
    ", coalesce(s.bases, '{}') as bases, coalesce(s.full_at, '{}') as full_at ",
    "from (select i.*, coalesce(sum(i.slot_minutes) filter (where i.status not in ('withdrawn', 'deferred')) ",
    "over (partition by i.session order by i.position, i.id ",
    "rows between unbounded preceding and 1 preceding), 0) as minutes_before, ",
    "coalesce(sum(i.slot_minutes) filter (where i.status not in ('withdrawn', 'deferred')) ",
    "over (partition by i.session), 0) as session_minutes ",
    "from agenda_items i where i.meeting_id = $1 and ",
    not_closed!("i"),
    ") i join cases c on c.id = i.case_id",
    file_key!("i.case_id"),
    people_of!("i.case_id", "'survivor', 'perpetrator', 'child'"),
    standings_of!("c"),
    " left join agenda_sessions h on h.meeting_id = $1 and h.number = i.session where ",
    visible_cases!("c"),
    " order by i.session, i.position, i.id"
);

/// The cases of an agenda that the caller may see, in order; with whether an IDVA referral is recorded,
/// if that is asked for.
pub fn items(tx: &mut Tx<'_>, meeting_id: Uuid, with_idva: bool) -> Result<Vec<AgendaRow>> {
    Ok(tx
        .sql(AGENDA_ITEMS)
        .bind(meeting_id)
        .bind(with_idva)
        .load(tx.conn)?)
}

/// Where a case sits on an agenda.
#[derive(Debug, Row)]
pub struct Seat {
    pub id: Uuid,
    pub case_id: Uuid,
    pub position: i32,
    pub session: i16,
    pub kind: AgendaItemKind,
    pub placed_by_hand: bool,
    pub has_children: bool,
    pub status: AgendaItemStatus,
}

/// The seats of an agenda, without the cases themselves.
pub fn seats(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<Seat>> {
    Ok(tx
        .sql(concat!(
            "select i.id, i.case_id, i.position, i.session, i.kind, i.placed_by_hand, ",
            "i.has_children, i.status ",
            "from agenda_items i join cases c on c.id = i.case_id where i.meeting_id = $1 and ",
            visible_cases!("c"),
            " order by i.session, i.position, i.id"
        ))
        .bind(meeting_id)
        .load(tx.conn)?)
}

/// The item as it decides on itself.
#[derive(Debug, Row)]
pub struct Item {
    pub id: Uuid,
    pub referral_id: Option<Uuid>,
    pub kind: AgendaItemKind,
    pub status: AgendaItemStatus,
    pub slot_minutes: i16,
    pub outcome: Option<Vec<u8>>,
    pub agency_ids: Vec<Uuid>,
    pub version: i32,
}

/// The item of a case, locked until the transaction ends.
pub fn locked(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Item> {
    tx.sql(
        "select i.id, i.referral_id, i.kind, i.status, i.slot_minutes, i.outcome, i.version, \
         array(select l.agency_id from agenda_listings l where l.agenda_item_id = i.id) as agency_ids \
         from agenda_items i where i.case_id = $1 and i.id = $2 for update of i",
    )
    .bind(case.id)
    .bind(id)
    .locking(tx)?
    .ok_or_else(hidden)
}

#[derive(Row)]
struct Parents {
    meeting_id: Uuid,
    case_id: Uuid,
}

/// The meeting and the case of an item, if its case is in sight.
pub fn parents(tx: &mut Tx<'_>, id: Uuid) -> Result<(Uuid, Uuid)> {
    let found: Parents = tx
        .sql(concat!(
            "select i.meeting_id, i.case_id from agenda_items i join cases c on c.id = i.case_id ",
            "where i.id = $1 and ",
            visible_cases!("c")
        ))
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)?;
    Ok((found.meeting_id, found.case_id))
}

/// A seat to write.
pub struct NewItem {
    pub id: Uuid,
    pub meeting_id: Uuid,
    pub referral_id: Option<Uuid>,
    pub kind: AgendaItemKind,
    pub position: i32,
    pub session: i16,
    pub slot_minutes: i16,
    pub late: bool,
    pub outcome: Option<Vec<u8>>,
}

/// Gives a case its seat; those behind move back. One that had been withdrawn or deferred is listed
/// again under its old id.
pub fn place(tx: &mut Tx<'_>, case: &VisibleCase, new: NewItem) -> Result<()> {
    tx.sql(
        "update agenda_items set position = position + 1 where meeting_id = $1 and position >= $2",
    )
    .bind(new.meeting_id)
    .bind(new.position)
    .execute(tx.conn)?;
    tx.sql(
        "insert into agenda_items as i (id, marac_id, case_id, meeting_id, referral_id, kind, position, \
         slot_minutes, has_children, late, status, outcome, created_at, session) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'listed', $11, $12, $13) \
         on conflict (id) do update set referral_id = excluded.referral_id, kind = excluded.kind, \
         position = excluded.position, session = excluded.session, slot_minutes = excluded.slot_minutes, \
         has_children = excluded.has_children, late = excluded.late, status = 'listed', \
         outcome = excluded.outcome, deferred_to_id = null, deferred_until = null, decided_by = null, decided_at = null, \
         version = i.version + 1",
    )
    .bind(new.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(new.meeting_id)
    .bind(new.referral_id)
    .bind(new.kind.as_str())
    .bind(new.position)
    .bind(new.slot_minutes)
    .bind(case.row.has_children)
    .bind(new.late)
    .bind(new.outcome)
    .bind(tx.now)
    .bind(new.session)
    .execute(tx.conn)?;
    Ok(())
}

/// Writes the order made by hand.
pub fn reorder(tx: &mut Tx<'_>, meeting_id: Uuid, ids: Vec<Uuid>) -> Result<()> {
    tx.sql(
        "update agenda_items i set position = o.n, placed_by_hand = true, version = i.version + 1 \
         from unnest($2) with ordinality as o(id, n) where i.id = o.id and i.meeting_id = $1",
    )
    .bind(meeting_id)
    .bind(ids)
    .execute(tx.conn)?;
    Ok(())
}

/// Sets the agencies an item is listed to.
pub fn set_agencies(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    agencies: &[Uuid],
) -> Result<()> {
    tx.sql("delete from agenda_listings where agenda_item_id = $1 and agency_id <> all ($2)")
        .bind(item_id)
        .bind(agencies.to_vec())
        .execute(tx.conn)?;
    tx.sql(
        "insert into agenda_listings (agenda_item_id, agency_id, marac_id, case_id) \
         select distinct $1, a, $3, $4 from unnest($2) as a on conflict do nothing",
    )
    .bind(item_id)
    .bind(agencies.to_vec())
    .bind(case.marac_id)
    .bind(case.id)
    .execute(tx.conn)?;
    Ok(())
}

/// An item's row changed, though none of its columns did.
pub fn touch(tx: &mut Tx<'_>, item_id: Uuid) -> Result<()> {
    tx.sql("update agenda_items set version = version + 1 where id = $1")
        .bind(item_id)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct AgencyId {
    agency_id: Uuid,
}

/// Which of these agencies are in the MARAC.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid, agencies: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<AgencyId> = tx
        .sql("select agency_id from marac_agencies where marac_id = $1 and agency_id = any ($2)")
        .bind(marac_id)
        .bind(agencies.to_vec())
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.agency_id).collect())
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether a case is on an agenda again: its latest referral is a repeat (R13), or it was heard since
/// that referral. One referred anew after twelve months is new, whatever was heard before.
pub fn comes_again(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let row: Known = tx
        .sql(
            "select coalesce(r.is_repeat, false) or exists (select from agenda_items h \
         where h.case_id = $1 and h.status = 'heard' \
         and (r.decided_at is null or h.decided_at >= r.decided_at)) as known \
         from (select 1) one left join lateral (select r.is_repeat, r.decided_at from referrals r \
         where r.case_id = $1 and r.status = 'accepted' \
         order by r.decided_at desc nulls last, r.id desc limit 1) r on true",
        )
        .bind(case.id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// Whether the list of a meeting has gone out.
pub const fn is_out(status: MeetingStatus) -> bool {
    matches!(status, MeetingStatus::Circulated | MeetingStatus::InSession)
}

//! Cases on agendas: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::{AgendaItemKind, AgendaItemStatus, MeetingStatus};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::policy::lens::Basis;
use kernel::schema::{agenda_items, agenda_listings, cases, marac_agencies};
use kernel::sql::{Row, statement};
use kernel::visibility::{VisibleCase, visible_cases};
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

/// The cases of an agenda that the caller may see, in order; with whether an IDVA referral is recorded,
/// if that is asked for.
pub fn items(tx: &mut Tx<'_>, meeting_id: Uuid, with_idva: bool) -> Result<Vec<AgendaRow>> {
    Ok(tx
        .sql(statement!("agenda_items" => AgendaRow))
        .bind(meeting_id)
        .bind(with_idva)
        .load(tx.conn)?)
}

/// Where a case sits on an agenda.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = agenda_items)]
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
    Ok(agenda_items::table
        .inner_join(cases::table)
        .filter(agenda_items::meeting_id.eq(meeting_id))
        .filter(visible_cases(tx))
        .order((
            agenda_items::session,
            agenda_items::position,
            agenda_items::id,
        ))
        .select(Seat::as_select())
        .load(tx.conn)?)
}

/// The item as it decides on itself.
#[derive(Debug, Row)]
pub struct AgendaItem {
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
pub fn locked(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<AgendaItem> {
    tx.sql(statement!("item_locked" => AgendaItem))
        .bind(case.id)
        .bind(id)
        .locking(tx)?
        .ok_or_else(hidden)
}

/// The meeting and the case of an item, if its case is in sight.
pub fn parents(tx: &mut Tx<'_>, id: Uuid) -> Result<(Uuid, Uuid)> {
    agenda_items::table
        .inner_join(cases::table)
        .filter(agenda_items::id.eq(id))
        .filter(visible_cases(tx))
        .select((agenda_items::meeting_id, agenda_items::case_id))
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
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

#[derive(Insertable)]
#[diesel(table_name = agenda_items, treat_none_as_default_value = false)]
struct ItemRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    meeting_id: Uuid,
    referral_id: Option<Uuid>,
    kind: AgendaItemKind,
    session: i16,
    position: i32,
    slot_minutes: i16,
    has_children: bool,
    late: bool,
    status: AgendaItemStatus,
    outcome: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
}

/// Gives a case its seat; those behind move back. One that had been withdrawn or deferred is listed
/// again under its old id.
pub fn place(tx: &mut Tx<'_>, case: &VisibleCase, new: NewItem) -> Result<()> {
    use agenda_items::dsl;
    let behind = dsl::meeting_id
        .eq(new.meeting_id)
        .and(dsl::position.ge(new.position));
    diesel::update(dsl::agenda_items.filter(behind))
        .set(dsl::position.eq(dsl::position + 1))
        .execute(tx.conn)?;
    let row = ItemRow {
        id: new.id,
        marac_id: case.marac_id,
        case_id: case.id,
        meeting_id: new.meeting_id,
        referral_id: new.referral_id,
        kind: new.kind,
        session: new.session,
        position: new.position,
        slot_minutes: new.slot_minutes,
        has_children: case.row.has_children,
        late: new.late,
        status: AgendaItemStatus::Listed,
        outcome: new.outcome,
        created_at: tx.now,
    };
    diesel::insert_into(dsl::agenda_items)
        .values(row)
        .on_conflict(dsl::id)
        .do_update()
        .set((
            dsl::referral_id.eq(excluded(dsl::referral_id)),
            dsl::kind.eq(excluded(dsl::kind)),
            dsl::position.eq(excluded(dsl::position)),
            dsl::session.eq(excluded(dsl::session)),
            dsl::slot_minutes.eq(excluded(dsl::slot_minutes)),
            dsl::has_children.eq(excluded(dsl::has_children)),
            dsl::late.eq(excluded(dsl::late)),
            dsl::status.eq(excluded(dsl::status)),
            dsl::outcome.eq(excluded(dsl::outcome)),
            dsl::deferred_to_id.eq(None::<Uuid>),
            dsl::deferred_until.eq(None::<NaiveDate>),
            dsl::decided_by.eq(None::<Uuid>),
            dsl::decided_at.eq(None::<DateTime<Utc>>),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Writes the order made by hand.
pub fn reorder(tx: &mut Tx<'_>, meeting_id: Uuid, ids: Vec<Uuid>) -> Result<()> {
    tx.sql(statement!("reorder"))
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
    let others = agenda_listings::agenda_item_id
        .eq(item_id)
        .and(agenda_listings::agency_id.ne_all(agencies));
    diesel::delete(agenda_listings::table.filter(others)).execute(tx.conn)?;
    tx.sql(statement!("list_item"))
        .bind(item_id)
        .bind(agencies.to_vec())
        .bind(case.marac_id)
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// An item's row changed, though none of its columns did.
pub fn touch(tx: &mut Tx<'_>, item_id: Uuid) -> Result<()> {
    diesel::update(agenda_items::table.find(item_id))
        .set(agenda_items::version.eq(agenda_items::version + 1))
        .execute(tx.conn)?;
    Ok(())
}

/// Which of these agencies are in the MARAC.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid, agencies: &[Uuid]) -> Result<Vec<Uuid>> {
    let these = marac_agencies::marac_id
        .eq(marac_id)
        .and(marac_agencies::agency_id.eq_any(agencies));
    Ok(marac_agencies::table
        .filter(these)
        .select(marac_agencies::agency_id)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether a case is on an agenda again: its latest referral is a repeat (R13), or it was heard since
/// that referral. One referred anew after twelve months is new, whatever was heard before.
pub fn comes_again(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let row = tx
        .sql(statement!("comes_again" => Known))
        .bind(case.id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// Whether the list of a meeting has gone out.
pub const fn is_out(status: MeetingStatus) -> bool {
    matches!(status, MeetingStatus::Circulated | MeetingStatus::InSession)
}

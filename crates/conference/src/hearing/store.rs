//! Where somebody stands at a meeting, and the rows of what is said there.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{
    HearingKind, HearingSharing, InformationNature, PoliceWish, RiskFactor, Safeguard,
    SafeguardDecision, Words, words_of,
};
use super::rules::Desk;
use crate::meetings::{AgendaItemKind, AgendaItemStatus, MeetingStatus};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::{Basis, Standing};
use kernel::schema::{hearing_entries, marac_agencies};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// An agenda item, and what the meeting opened of it to the caller.
#[derive(Debug, Row)]
pub struct HearingItem {
    pub item_id: Uuid,
    pub meeting_id: Uuid,
    pub case_id: Uuid,
    kind: AgendaItemKind,
    status: AgendaItemStatus,
    pub meeting: MeetingStatus,
    sits: bool,
    accepted: bool,
    attended: bool,
}

impl HearingItem {
    /// The caller's desk there.
    pub fn desk(&self, case: &VisibleCase) -> Desk {
        Desk {
            meeting: self.meeting,
            kind: self.kind,
            item: self.status,
            coordinator: case.standings.contains(&Standing::Coordinator),
            chair: case.standings.contains(&Standing::Chair),
            allocated: case.has_basis(Basis::Allocation),
            sits: self.sits,
            accepted: self.accepted,
            attended: self.attended,
        }
    }
}

/// The item, if its case is in sight.
pub fn place(tx: &mut Tx<'_>, item_id: Uuid) -> Result<HearingItem> {
    tx.sql(statement!("place" => HearingItem))
        .bind(item_id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// The same, its meeting kept as it is until the transaction ends. Any number of writers hold it so at
/// once; whoever starts or closes the meeting waits for them.
pub fn place_kept(tx: &mut Tx<'_>, item_id: Uuid) -> Result<HearingItem> {
    tx.sql(statement!("place_kept" => HearingItem))
        .bind(item_id)
        .locking(tx)?
        .ok_or_else(hidden)
}

/// An entry to write.
#[derive(Debug)]
pub struct NewEntry {
    pub id: Uuid,
    pub kind: HearingKind,
    pub sharing: HearingSharing,
    pub nature: Option<InformationNature>,
    pub factor: Option<RiskFactor>,
    pub safeguard: Option<Safeguard>,
    pub decision: Option<SafeguardDecision>,
    pub police_wish: Option<PoliceWish>,
    pub agency_id: Uuid,
    pub supersedes_id: Option<Uuid>,
    pub struck: bool,
    pub words: Words,
}

#[derive(Insertable)]
#[diesel(table_name = hearing_entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    agenda_item_id: Uuid,
    kind: HearingKind,
    sharing: HearingSharing,
    nature: Option<InformationNature>,
    factor: Option<RiskFactor>,
    safeguard: Option<Safeguard>,
    decision: Option<SafeguardDecision>,
    police_wish: Option<PoliceWish>,
    agency_id: Uuid,
    author_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    supersedes_id: Option<Uuid>,
    struck: bool,
    sealed: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// Adds an entry, written by the caller; marks the one it supersedes.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, item_id: Uuid, entry: &NewEntry) -> Result<()> {
    let sealed = case.key().seal_json(words_of(entry.id), &entry.words)?;
    let row = EntryRow {
        id: entry.id,
        marac_id: case.marac_id,
        case_id: case.id,
        agenda_item_id: item_id,
        kind: entry.kind,
        sharing: entry.sharing,
        nature: entry.nature,
        factor: entry.factor,
        safeguard: entry.safeguard,
        decision: entry.decision,
        police_wish: entry.police_wish,
        agency_id: entry.agency_id,
        author_id: tx.actor.principal.user_id(),
        actor_id: tx.actor.principal.actor_id(),
        supersedes_id: entry.supersedes_id,
        struck: entry.struck,
        sealed,
        created_at: tx.now,
    };
    diesel::insert_into(hearing_entries::table)
        .values(row)
        .execute(tx.conn)
        .map_err(|error| {
            Error::from(error).on_constraint("hearing_entries_supersedes_key", || {
                Error::conflict("already_superseded")
            })
        })?;
    if let Some(superseded) = entry.supersedes_id {
        let of_case = hearing_entries::case_id.eq(case.id);
        diesel::update(hearing_entries::table.find(superseded).filter(of_case))
            .set((
                hearing_entries::superseded_by_id.eq(entry.id),
                hearing_entries::version.eq(hearing_entries::version + 1),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Whether the agency belongs to the case's MARAC.
pub fn is_member(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<bool> {
    let member = marac_agencies::table.find((case.marac_id, agency_id));
    Ok(diesel::select(exists(member)).get_result(tx.conn)?)
}

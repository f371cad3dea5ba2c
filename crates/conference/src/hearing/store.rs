//! Where somebody stands at a meeting, and the rows of what is said there.

use diesel::prelude::*;
use uuid::Uuid;

use super::model::{
    HearingKind, HearingSharing, InformationNature, PoliceWish, RiskFactor, Safeguard,
    SafeguardDecision, Words, words_of,
};
use super::rules::Desk;
use crate::meetings::{AgendaItemKind, AgendaItemStatus, MeetingStatus};
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::{Basis, Standing};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{accepted_statement, in_circle, visible_cases};

/// An agenda item, and what the meeting opened of it to the caller.
#[derive(Debug, Row)]
pub struct Place {
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

impl Place {
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

macro_rules! place {
    ($tail:literal) => {
        concat!(
            "select i.id as item_id, i.meeting_id, i.case_id, i.kind, i.status, m.status as meeting, ",
            "exists (select from circle g where g.case_id = i.case_id and g.meeting_id = i.meeting_id ",
            "and g.basis in ('listing', 'attendance') ",
            "and g.full_at <= $now and ",
            in_circle!("g"),
            ") as sits, ",
            accepted_statement!("i.meeting_id"),
            " as accepted, exists (select from attendances t where t.meeting_id = i.meeting_id ",
            "and t.agency_id = $agency ",
            "and t.presence in ('present', 'apologies')) as attended ",
            "from agenda_items i join meetings m on m.id = i.meeting_id ",
            "join cases c on c.id = i.case_id where i.id = $1 and ",
            visible_cases!("c"),
            $tail
        )
    };
}

const PLACE: &str = place!("");
const PLACE_SHARED: &str = place!(" for share of m");

/// The item, if its case is in sight.
pub fn place(tx: &mut Tx<'_>, item_id: Uuid) -> Result<Place> {
    let found = tx.sql(PLACE).bind(item_id).get_result(tx.conn);
    found.optional()?.ok_or_else(hidden)
}

/// The same, its meeting kept as it is until the transaction ends. Any number of writers hold it so at
/// once; whoever starts or closes the meeting waits for them.
pub fn place_kept(tx: &mut Tx<'_>, item_id: Uuid) -> Result<Place> {
    let found = tx.sql(PLACE_SHARED).bind(item_id).locking(tx)?;
    found.ok_or_else(hidden)
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

/// Adds an entry, written by the caller; marks the one it supersedes.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, item_id: Uuid, entry: &NewEntry) -> Result<()> {
    let sealed = case.key().seal_json(words_of(entry.id), &entry.words)?;
    tx.sql(
        "insert into hearing_entries (id, marac_id, case_id, agenda_item_id, kind, sharing, nature, \
         factor, safeguard, decision, police_wish, agency_id, author_id, actor_id, supersedes_id, \
         struck, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(entry.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(item_id)
    .bind(entry.kind.as_str())
    .bind(entry.sharing.as_str())
    .bind(entry.nature.map(InformationNature::as_str))
    .bind(entry.factor.map(RiskFactor::as_str))
    .bind(entry.safeguard.map(Safeguard::as_str))
    .bind(entry.decision.map(SafeguardDecision::as_str))
    .bind(entry.police_wish.map(PoliceWish::as_str))
    .bind(entry.agency_id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.actor.principal.actor_id())
    .bind(entry.supersedes_id)
    .bind(entry.struck)
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)
    .map_err(|error| {
        Error::from(error).on_constraint("hearing_entries_supersedes_key", || {
            Error::conflict("already_superseded")
        })
    })?;
    if let Some(superseded) = entry.supersedes_id {
        tx.sql(
            "update hearing_entries set superseded_by_id = $3, version = version + 1 \
             where case_id = $1 and id = $2",
        )
        .bind(case.id)
        .bind(superseded)
        .bind(entry.id)
        .execute(tx.conn)?;
    }
    Ok(())
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether the agency belongs to the case's MARAC.
pub fn is_member(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<bool> {
    let row: Known = tx.sql(
        "select exists (select from marac_agencies where marac_id = $1 and agency_id = $2) as known",
    )
    .bind(case.marac_id)
    .bind(agency_id)
    .get_result(tx.conn)?;
    Ok(row.known)
}

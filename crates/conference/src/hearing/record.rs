//! Reading a hearing's record back: of one case, or of a whole meeting for its minutes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::model::{
    ConflictRecord, HearingEntry, HearingKind, HearingRecord, HearingSharing, InformationNature,
    PoliceWish, RiskFactor, Safeguard, SafeguardDecision, SeatRecord, Words, words_of,
};
use super::record_store;
use super::rules::HearingReader;
use crate::meetings::{self, AgendaItemStatus, Remarks};
use kernel::case_file::{Part, of_kind};
use kernel::crypto::{DataKey, SealPlace};
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::policy::hidden;
use kernel::visibility::VisibleCase;
use practice::names::folded;

#[derive(Deserialize)]
struct EntryColumns {
    kind: HearingKind,
    sharing: HearingSharing,
    nature: Option<InformationNature>,
    factor: Option<RiskFactor>,
    safeguard: Option<Safeguard>,
    decision: Option<SafeguardDecision>,
    police_wish: Option<PoliceWish>,
    agency_id: Uuid,
    agency: String,
    author_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    supersedes_id: Option<Uuid>,
    superseded_by_id: Option<Uuid>,
    struck: bool,
}

#[derive(Deserialize)]
struct ConflictColumns {
    id: Uuid,
    user_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Option<Uuid>,
    name: String,
    declared_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    live: bool,
}

#[derive(Deserialize)]
struct ItemColumns {
    case_id: Uuid,
    status: AgendaItemStatus,
}

/// An entry from its row.
pub(super) fn entry(key: &DataKey, part: &Part) -> Result<HearingEntry> {
    let columns: EntryColumns = part.plain()?;
    let words: Words = part.open_with(key, words_of(part.id))?;
    Ok(HearingEntry {
        id: part.id,
        version: part.version,
        kind: columns.kind,
        sharing: columns.sharing,
        nature: columns.nature,
        factor: columns.factor,
        safeguard: columns.safeguard,
        decision: columns.decision,
        police_wish: columns.police_wish,
        agency_id: columns.agency_id,
        agency: columns.agency,
        author_id: columns.author_id,
        actor_id: columns.actor_id,
        created_at: columns.created_at,
        supersedes_id: columns.supersedes_id,
        superseded_by_id: columns.superseded_by_id,
        struck: columns.struck,
        text: words.text,
        correction_reason: words.reason,
    })
}

fn conflict(key: &DataKey, part: &Part) -> Result<ConflictRecord> {
    let columns: ConflictColumns = part.plain()?;
    Ok(ConflictRecord {
        id: columns.id,
        exclusion_id: part.id,
        user_id: columns.user_id,
        actor_id: columns.actor_id,
        agency_id: columns.agency_id,
        name: columns.name,
        declared_by: columns.declared_by,
        created_at: columns.created_at,
        live: columns.live,
        reason: part.open_with(key, SealPlace::new("exclusions", "reason", part.id))?,
    })
}

fn assemble(key: &DataKey, parts: &[Part]) -> Result<HearingRecord> {
    let item = of_kind(parts, "item").next().ok_or_else(hidden)?;
    let columns: ItemColumns = item.plain()?;
    let mut entries = of_kind(parts, "entry")
        .map(|part| entry(key, part))
        .collect::<Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| (entry.kind, entry.created_at, entry.id));
    let mut seats = of_kind(parts, "seat")
        .map(|part| {
            let seat: SeatRecord = part.plain()?;
            let version = part.version;
            Ok(SeatRecord { version, ..seat })
        })
        .collect::<Result<Vec<_>>>()?;
    seats.sort_by_cached_key(|seat| {
        (
            folded(&seat.agency),
            seat.name.as_deref().map(folded),
            seat.attendance_id,
        )
    });
    let mut conflicts = of_kind(parts, "conflict")
        .map(|part| conflict(key, part))
        .collect::<Result<Vec<_>>>()?;
    conflicts.sort_by_key(|one| (one.created_at, one.id));
    let remarks = match item.is_sealed() {
        true => item.open_with(key, meetings::remarks_of(item.id))?,
        false => Remarks::default(),
    };
    Ok(HearingRecord {
        item_id: item.id,
        case_id: columns.case_id,
        status: columns.status,
        remarks,
        entries,
        seats,
        conflicts,
    })
}

/// What was recorded of a case under one agenda item of it, as far as this reader gets it; earlier
/// versions only with `all`.
pub fn record(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    reader: HearingReader,
    all: bool,
) -> Result<HearingRecord> {
    let parts = record_store::parts(tx, vec![item_id], reader, all)?;
    let record = assemble(case.key(), &parts)?;
    match record.case_id == case.id {
        true => Ok(record),
        false => Err(hidden()),
    }
}

/// What was recorded of every case of a meeting that the caller, its coordinator or chair, may see, in
/// the order of the agenda: what minutes are drafted from. Two statements at any number of cases.
/// Entries of class `restricted` are among them: whoever shows them on must look at `sharing`.
pub fn meeting_record(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    meeting_id: Uuid,
) -> Result<Vec<HearingRecord>> {
    if !tx.actor.is_staff(marac_id) {
        return Err(Code::Forbidden.into());
    }
    let items = record_store::items(tx, marac_id, meeting_id)?;
    let ids = items.iter().map(|item| item.id).collect();
    let mut of_item: HashMap<Uuid, Vec<Part>> = HashMap::new();
    for part in record_store::parts(tx, ids, HearingReader::STAFF, false)? {
        let item = part
            .parent
            .ok_or(Error::Internal("a part of a hearing has no item"))?;
        of_item.entry(item).or_default().push(part);
    }
    items
        .into_iter()
        .map(|item| {
            let key = tx
                .keys
                .unwrap(item.case_id, &item.master_key_id, item.wrapped.as_deref())?;
            assemble(&key, &of_item.remove(&item.id).unwrap_or_default())
        })
        .collect()
}

//! Writing minutes from what was recorded.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{
    Kept, MinutesAction, MinutesAttendee, MinutesCrime, MinutesFrame, MinutesHearing, MinutesPart,
    MinutesRisk, MinutesSafeguard, MinutesSeat, MinutesStatement, part_of,
};
use super::record_store::{self, ActionRow, CaseRow, SeatRow};
use super::store::NewPart;
use crate::hearing::{self, HearingEntry, HearingKind, HearingRecord, HearingSharing};
use crate::meetings::{AttendanceRole, Meeting, Presence};
use casework::actions;
use directory::maracs::Marac;
use kernel::crypto::{DataKey, SealPlace};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::party::{Identity, PartyRole};

/// Stands where nobody knows a name.
const NAMELESS: &str = "Name not known";

/// The day of a meeting, where it was held.
pub fn day_of(meeting: &Meeting) -> NaiveDate {
    meeting
        .starts_at
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive()
}

/// The frame.
pub fn frame(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    marac: &Marac,
    any_other_business: Option<String>,
) -> Result<MinutesFrame> {
    let labels = marac.settings()?.labels;
    let seats = record_store::seats(tx, meeting.id)?;
    let of = |wanted: &dyn Fn(&SeatRow) -> bool| {
        let rows = seats.iter().filter(|row| wanted(row));
        rows.map(attendee).collect::<Vec<_>>()
    };
    let observer = |row: &SeatRow| row.role == AttendanceRole::Observer;
    Ok(MinutesFrame {
        marac: marac.name.clone(),
        kind: meeting.kind,
        mode: meeting.mode,
        place: meeting.place.clone(),
        starts_at: meeting.starts_at,
        started_at: meeting.started_at,
        ended_at: meeting.ended_at,
        survivor_label: labels.survivor.into_string(),
        perpetrator_label: labels.perpetrator.into_string(),
        marking: labels.marking.into_string(),
        present: of(&|row| row.presence == Presence::Present && !observer(row)),
        observers: of(&|row| row.presence == Presence::Present && observer(row)),
        apologies: of(&|row| row.presence == Presence::Apologies),
        absent: of(&|row| {
            matches!(row.presence, Presence::Absent | Presence::Expected) && !observer(row)
        }),
        any_other_business,
        notes: Vec::new(),
    })
}

fn attendee(row: &SeatRow) -> MinutesAttendee {
    MinutesAttendee {
        agency_id: row.agency_id,
        agency: row.agency.clone(),
        name: row.name.clone(),
        role: row.role,
        statement_accepted: row.accepted,
        information_sent: row.information_sent,
        received_on: row.received_on,
    }
}

/// A case with its key and what minutes say of it.
struct Drafted {
    case_id: Uuid,
    position: i32,
    key: DataKey,
    part: MinutesPart,
}

/// A part for each case that the caller sees and the meeting had to do with, sealed.
pub fn parts(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<NewPart>> {
    drafted(tx, meeting)?
        .into_iter()
        .map(|one| sealed(&one.key, one.case_id, one.position, &Kept::first(one.part)))
        .collect()
}

/// The same, open, by case.
pub fn contents(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<HashMap<Uuid, MinutesPart>> {
    let drafted = drafted(tx, meeting)?.into_iter();
    Ok(drafted.map(|one| (one.case_id, one.part)).collect())
}

fn drafted(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<Drafted>> {
    let day = day_of(meeting);
    let records = hearing::meeting_record(tx, meeting.marac_id, meeting.id)?;
    let mut records: HashMap<Uuid, HearingRecord> = records
        .into_iter()
        .map(|record| (record.item_id, record))
        .collect();
    let cases = record_store::cases(tx, meeting, day)?;
    let ids = cases.iter().map(|row| row.case_id).collect();
    let mut actions: HashMap<Uuid, Vec<ActionRow>> = HashMap::new();
    for row in record_store::actions(tx, meeting.id, ids, day)? {
        actions.entry(row.case_id).or_default().push(row);
    }
    cases
        .into_iter()
        .map(|row| {
            let key = tx
                .keys
                .unwrap(row.case_id, &row.master_key_id, row.wrapped.as_deref())?;
            let record = row.item_id.and_then(|id| records.remove(&id));
            let actions = actions.remove(&row.case_id).unwrap_or_default();
            let part = part(&key, &row, record, actions)?;
            Ok(Drafted {
                case_id: row.case_id,
                position: row.position,
                key,
                part,
            })
        })
        .collect()
}

/// A part under a new id.
pub fn sealed(
    key: &DataKey,
    case_id: Uuid,
    position: i32,
    part: &Kept<MinutesPart>,
) -> Result<NewPart> {
    let id = Uuid::now_v7();
    Ok(NewPart {
        id,
        case_id,
        position,
        sealed: key.seal_json(part_of(id), part)?,
    })
}

fn part(
    key: &DataKey,
    row: &CaseRow,
    record: Option<HearingRecord>,
    actions: Vec<ActionRow>,
) -> Result<MinutesPart> {
    let (here, before): (Vec<_>, Vec<_>) = actions.into_iter().partition(|row| row.agreed_here);
    let opened = |rows: Vec<ActionRow>| rows.iter().map(|row| action(key, row)).collect();
    let agreed: Result<Vec<_>> = opened(here);
    let outstanding: Result<Vec<_>> = opened(before);
    let heard = match record {
        Some(record) => Some(hearing(key, row, record, agreed?)?),
        None => None,
    };
    Ok(MinutesPart {
        heard,
        outstanding: outstanding?,
        lapsed_on: row.lapsed_on,
        notes: Vec::new(),
    })
}

fn action(key: &DataKey, row: &ActionRow) -> Result<MinutesAction> {
    let reason = match (row.report_id, &row.report) {
        (Some(id), Some(sealed)) => actions::open_reason(key, id, sealed)?,
        _ => None,
    };
    Ok(MinutesAction {
        id: row.id,
        text: actions::open(key, row.id, &row.sealed)?,
        owner_agency_id: row.owner_agency_id,
        owner: row.owner.clone(),
        category: row.category,
        due_on: row.due_on,
        status: row.status,
        reason,
    })
}

fn hearing(
    key: &DataKey,
    row: &CaseRow,
    record: HearingRecord,
    actions: Vec<MinutesAction>,
) -> Result<MinutesHearing> {
    let fault = Error::Internal("a case of an agenda has no item");
    let (Some(kind), Some(status)) = (row.kind, row.status) else {
        return Err(fault);
    };
    let of = |wanted: PartyRole| names(key, row, wanted);
    let seats = record.seats.iter().filter(|seat| {
        seat.presence == Presence::Present
            && (seat.bound || seat.joined_at.is_some() || seat.left_at.is_some())
    });
    let conflicts = record.conflicts.iter().filter(|one| one.live);
    Ok(MinutesHearing {
        kind,
        status,
        late: row.late,
        survivor: of(PartyRole::Survivor)?.into_iter().next(),
        perpetrators: of(PartyRole::Perpetrator)?,
        children: of(PartyRole::Child)?,
        risk: row.risk.clone(),
        seats: seats
            .map(|seat| MinutesSeat {
                agency: seat.agency.clone(),
                name: seat.name.clone(),
                role: seat.role,
                joined_at: seat.joined_at,
                left_at: seat.left_at,
            })
            .collect(),
        information: statements(&record, HearingKind::Information),
        views: statements(&record, HearingKind::Views),
        risks: said(&record, HearingKind::Risk, |entry, text, restricted| {
            let factor = entry.factor?;
            Some(MinutesRisk {
                factor,
                text,
                restricted,
            })
        }),
        safeguards: said(
            &record,
            HearingKind::Safeguard,
            |entry, text, restricted| {
                let (safeguard, decision) = (entry.safeguard?, entry.decision?);
                Some(MinutesSafeguard {
                    safeguard,
                    decision,
                    text,
                    restricted,
                })
            },
        ),
        crimes: said(&record, HearingKind::Crime, |entry, text, restricted| {
            let police_wish = entry.police_wish?;
            Some(MinutesCrime {
                police_wish,
                text,
                restricted,
            })
        }),
        conflicts: conflicts.map(|one| one.name.clone()).collect(),
        outcome: record.remarks.outcome,
        reason: record.remarks.reason,
        deferred_to: row.deferred_to,
        actions,
    })
}

fn statements(record: &HearingRecord, kind: HearingKind) -> Vec<MinutesStatement> {
    said(record, kind, |entry, text, restricted| {
        Some(MinutesStatement {
            agency: entry.agency.clone(),
            nature: entry.nature,
            text,
            restricted,
        })
    })
}

fn said<T>(
    record: &HearingRecord,
    kind: HearingKind,
    make: impl Fn(&HearingEntry, String, bool) -> Option<T>,
) -> Vec<T> {
    record
        .of_kind(kind)
        .filter_map(|entry| {
            let restricted = entry.sharing == HearingSharing::Restricted;
            make(entry, entry.text.clone().unwrap_or_default(), restricted)
        })
        .collect()
}

fn names(key: &DataKey, row: &CaseRow, wanted: PartyRole) -> Result<Vec<String>> {
    let parties = row.party_ids.iter().zip(&row.party_roles);
    parties
        .zip(&row.identities)
        .filter(|((_, role), _)| **role == wanted)
        .map(|((id, _), sealed)| {
            let identity: Identity =
                key.open_json(SealPlace::new("parties", "identity", *id), sealed)?;
            Ok(identity.full_name().unwrap_or_else(|| NAMELESS.to_owned()))
        })
        .collect()
}

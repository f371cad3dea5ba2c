//! What is answered of a hearing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    ConflictRecord, HearingEntry, HearingKind, HearingRecord, HearingSharing, InformationNature,
    PoliceWish, RiskFactor, Safeguard, SafeguardDecision, SeatRecord,
};
use super::rules::HearingReader;
use super::store::HearingItem;
use crate::meetings::{AgendaItemStatus, AttendanceRole, Presence};
use kernel::http::etag;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleCase;

/// What was said of a case at a meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HearingEntryOut {
    /// Id.
    id: Uuid,
    /// Version, for `If-Match`; an entry changes only by being corrected.
    etag: String,
    /// What it is.
    kind: HearingKind,
    /// Who reads it.
    sharing: HearingSharing,
    /// Of information: fact or opinion.
    #[serde(skip_serializing_if = "Option::is_none")]
    nature: Option<InformationNature>,
    /// Of risk analysis: which part.
    #[serde(skip_serializing_if = "Option::is_none")]
    factor: Option<RiskFactor>,
    /// Of a safeguard: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    safeguard: Option<Safeguard>,
    /// Of a safeguard: what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<SafeguardDecision>,
    /// Of a crime: the survivor's wish about the police (R23).
    #[serde(skip_serializing_if = "Option::is_none")]
    police_wish: Option<PoliceWish>,
    /// Whose words they are.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// Who wrote them down, if an account of this service.
    author_id: Option<Uuid>,
    /// When.
    created_at: DateTime<Utc>,
    /// The entry it corrects.
    supersedes_id: Option<Uuid>,
    /// The entry that corrects it; null on the current one.
    superseded_by_id: Option<Uuid>,
    /// It takes the earlier words out.
    struck: bool,
    /// What was said.
    text: Option<String>,
    /// Why it corrects the earlier one.
    correction_reason: Option<String>,
}

impl From<HearingEntry> for HearingEntryOut {
    fn from(entry: HearingEntry) -> Self {
        Self {
            id: entry.id,
            etag: etag(entry.version),
            kind: entry.kind,
            sharing: entry.sharing,
            nature: entry.nature,
            factor: entry.factor,
            safeguard: entry.safeguard,
            decision: entry.decision,
            police_wish: entry.police_wish,
            agency_id: entry.agency_id,
            agency: entry.agency,
            author_id: entry.author_id,
            created_at: entry.created_at,
            supersedes_id: entry.supersedes_id,
            superseded_by_id: entry.superseded_by_id,
            struck: entry.struck,
            text: entry.text,
            correction_reason: entry.correction_reason,
        }
    }
}

/// Somebody who sat at the meeting for a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatedOut {
    /// The seat.
    attendance_id: Uuid,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// The account.
    user_id: Option<Uuid>,
    /// Their name.
    name: Option<String>,
    /// As what.
    role: AttendanceRole,
    /// Whether they came to the meeting.
    presence: Presence,
    /// A guest who came for this case.
    bound: bool,
    /// When they joined the case.
    joined_at: Option<DateTime<Utc>>,
    /// When they left it.
    left_at: Option<DateTime<Utc>>,
    /// Version, for `If-Match`.
    etag: String,
}

impl From<SeatRecord> for SeatedOut {
    fn from(seat: SeatRecord) -> Self {
        Self {
            attendance_id: seat.attendance_id,
            agency_id: seat.agency_id,
            agency: seat.agency,
            user_id: seat.user_id,
            name: seat.name,
            role: seat.role,
            presence: seat.presence,
            bound: seat.bound,
            joined_at: seat.joined_at,
            left_at: seat.left_at,
            etag: etag(seat.version),
        }
    }
}

/// All that was recorded of a case at a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingRecordOut {
    /// The agenda item.
    agenda_item_id: Uuid,
    /// The meeting.
    meeting_id: Uuid,
    /// The case.
    case_id: Uuid,
    /// What became of it.
    status: AgendaItemStatus,
    /// What came of it, in words.
    outcome: Option<String>,
    /// Why it was deferred or withdrawn.
    reason: Option<String>,
    /// What agencies shared.
    information: Vec<HearingEntryOut>,
    /// The survivor's views.
    views: Vec<HearingEntryOut>,
    /// The risk analysis.
    risks: Vec<HearingEntryOut>,
    /// Safeguards the meeting looked at.
    safeguards: Vec<HearingEntryOut>,
    /// Crimes disclosed (R23).
    crimes: Vec<HearingEntryOut>,
    /// Who came for it alone, joined late or left early.
    attendance: Vec<SeatedOut>,
    /// Conflicts of interest; for coordinator, chair and the allocated IDVA.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflicts: Option<Vec<ConflictOut>>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
}

impl HearingRecordOut {
    pub(super) fn of(
        place: &HearingItem,
        case: &VisibleCase,
        reader: HearingReader,
        record: HearingRecord,
    ) -> Self {
        let all = |kind| {
            let entries = record.of_kind(kind).cloned();
            entries.map(HearingEntryOut::from).collect()
        };
        let mut withheld = case.lens.withheld();
        withheld.retain(|group| *group != FieldGroup::Minutes);
        if !reader.reads {
            withheld.push(FieldGroup::Minutes);
            withheld.sort();
        }
        let item_id = record.item_id;
        let conflict = |one| ConflictOut::of(item_id, case.id, one);
        Self {
            agenda_item_id: record.item_id,
            meeting_id: place.meeting_id,
            case_id: record.case_id,
            status: record.status,
            information: all(HearingKind::Information),
            views: all(HearingKind::Views),
            risks: all(HearingKind::Risk),
            safeguards: all(HearingKind::Safeguard),
            crimes: all(HearingKind::Crime),
            outcome: record.remarks.outcome,
            reason: record.remarks.reason,
            attendance: record.seats.into_iter().map(SeatedOut::from).collect(),
            conflicts: reader
                .trusted
                .then(|| record.conflicts.into_iter().map(conflict).collect()),
            withheld,
        }
    }
}

/// A conflict of interest declared at a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictOut {
    /// Id.
    id: Uuid,
    /// The agenda item.
    agenda_item_id: Uuid,
    /// Its case.
    case_id: Uuid,
    /// The exclusion it set.
    exclusion_id: Uuid,
    /// A person …
    user_id: Option<Uuid>,
    /// … or a registered person of a partner's program …
    actor_id: Option<Uuid>,
    /// … or an agency.
    agency_id: Option<Uuid>,
    /// The name of the person or agency.
    name: String,
    /// Who declared it.
    declared_by: Option<Uuid>,
    /// When.
    created_at: DateTime<Utc>,
    /// Whether the exclusion stands.
    live: bool,
    /// Why.
    reason: String,
}

impl ConflictOut {
    pub(super) fn of(agenda_item_id: Uuid, case_id: Uuid, one: ConflictRecord) -> Self {
        Self {
            id: one.id,
            agenda_item_id,
            case_id,
            exclusion_id: one.exclusion_id,
            user_id: one.user_id,
            actor_id: one.actor_id,
            agency_id: one.agency_id,
            name: one.name,
            declared_by: one.declared_by,
            created_at: one.created_at,
            live: one.live,
            reason: one.reason,
        }
    }
}

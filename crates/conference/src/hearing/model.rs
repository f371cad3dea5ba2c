//! What a hearing is recorded as.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::meetings::{AgendaItemStatus, AttendanceRole, Presence, Remarks};
use kernel::crypto::SealPlace;
use practice::vocabulary;

vocabulary! {
    /// What an entry of a hearing is (domain 3.9).
    HearingKind {
        Information = "information",
        Views = "views",
        Risk = "risk",
        Safeguard = "safeguard",
        Crime = "crime",
    }
}

vocabulary! {
    /// Who reads an entry: those who sat at the meeting for the case; or coordinator, chair and the
    /// allocated IDVA alone.
    HearingSharing {
        Marac = "marac",
        Restricted = "restricted",
    }
}

vocabulary! {
    /// Fact apart from opinion.
    InformationNature {
        Fact = "fact",
        Opinion = "opinion",
    }
}

vocabulary! {
    /// The parts of the chair's risk analysis (SL13).
    RiskFactor {
        Harm = "harm",
        Contributory = "contributory",
        Protective = "protective",
    }
}

vocabulary! {
    /// Safeguards beside the MARAC that a meeting considers (domain 3.9, section 9).
    Safeguard {
        Mappa = "mappa",
        Mace = "mace",
        ChildProtection = "child_protection",
        AdultSafeguarding = "adult_safeguarding",
        Dvds = "dvds",
        Matac = "matac",
        PerpetratorProgramme = "perpetrator_programme",
        Iom = "iom",
        CivilOrder = "civil_order",
        NationalReferralMechanism = "national_referral_mechanism",
        Channel = "channel",
        Other = "other",
    }
}

vocabulary! {
    /// What became of a safeguard.
    SafeguardDecision {
        Considered = "considered",
        Decided = "decided",
        NotApplicable = "not_applicable",
    }
}

vocabulary! {
    /// What the survivor wishes of the police about a crime disclosed (R23).
    PoliceWish {
        WishesToReport = "wishes_to_report",
        DoesNotWish = "does_not_wish",
        Undecided = "undecided",
        AlreadyReported = "already_reported",
        NotKnown = "not_known",
    }
}

/// What of an entry is sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Words {
    /// What was said; nothing in an entry that strikes another out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it corrects an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Where the words of an entry are sealed.
pub(super) const fn words_of(entry_id: Uuid) -> SealPlace {
    SealPlace::new("hearing_entries", "sealed", entry_id)
}

/// What was said of a case at a meeting.
#[derive(Debug, Clone)]
pub struct HearingEntry {
    /// Id.
    pub id: Uuid,
    /// Version of the row; it changes only by being corrected.
    pub version: i32,
    /// What it is.
    pub kind: HearingKind,
    /// Who reads it.
    pub sharing: HearingSharing,
    /// Of information: fact or opinion.
    pub nature: Option<InformationNature>,
    /// Of risk analysis: which part.
    pub factor: Option<RiskFactor>,
    /// Of a safeguard: which.
    pub safeguard: Option<Safeguard>,
    /// Of a safeguard: what became of it.
    pub decision: Option<SafeguardDecision>,
    /// Of a crime: the survivor's wish.
    pub police_wish: Option<PoliceWish>,
    /// Whose words they are.
    pub agency_id: Uuid,
    /// Its name.
    pub agency: String,
    /// Who wrote them down, by account.
    pub author_id: Option<Uuid>,
    /// Who wrote them down, as a registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The entry it corrects.
    pub supersedes_id: Option<Uuid>,
    /// The entry that corrects it.
    pub superseded_by_id: Option<Uuid>,
    /// It takes the earlier words out.
    pub struck: bool,
    /// What was said; nothing where the earlier words are struck out.
    pub text: Option<String>,
    /// Why it corrects the earlier one.
    pub correction_reason: Option<String>,
}

/// Somebody who sat at the meeting for a case.
#[derive(Debug, Clone, Deserialize)]
pub struct SeatRecord {
    /// The seat.
    pub attendance_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// Its name.
    pub agency: String,
    /// The account.
    pub user_id: Option<Uuid>,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// As what they sat there.
    pub role: AttendanceRole,
    /// Whether they came to the meeting.
    pub presence: Presence,
    /// A guest who came for this case.
    pub bound: bool,
    /// When they joined the case.
    pub joined_at: Option<DateTime<Utc>>,
    /// When they left it.
    pub left_at: Option<DateTime<Utc>>,
    /// Version of the row.
    #[serde(skip)]
    pub version: i32,
}

/// A conflict of interest declared at the meeting.
#[derive(Debug, Clone)]
pub struct ConflictRecord {
    /// Id.
    pub id: Uuid,
    /// The exclusion it set.
    pub exclusion_id: Uuid,
    /// A person …
    pub user_id: Option<Uuid>,
    /// … or a registered person of a partner's program …
    pub actor_id: Option<Uuid>,
    /// … or an agency.
    pub agency_id: Option<Uuid>,
    /// The name of the person or agency.
    pub name: String,
    /// Who declared it.
    pub declared_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whether the exclusion stands.
    pub live: bool,
    /// Why.
    pub reason: String,
}

/// All that was recorded of one case at one meeting, as far as its reader gets it.
#[derive(Debug, Clone)]
pub struct HearingRecord {
    /// The agenda item.
    pub item_id: Uuid,
    /// Its case.
    pub case_id: Uuid,
    /// What became of it.
    pub status: AgendaItemStatus,
    /// What was said when it was decided: the outcome.
    pub remarks: Remarks,
    /// What was said, in the order it was written.
    pub entries: Vec<HearingEntry>,
    /// Who joined and left for it.
    pub seats: Vec<SeatRecord>,
    /// Conflicts of interest.
    pub conflicts: Vec<ConflictRecord>,
}

impl HearingRecord {
    /// The entries of one kind.
    pub fn of_kind(&self, kind: HearingKind) -> impl Iterator<Item = &HearingEntry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }
}

//! What minutes are made of: the frame of the meeting, and a part for each case (SL11).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::hearing::{InformationNature, PoliceWish, RiskFactor, Safeguard, SafeguardDecision};
use crate::meetings::{AgendaItemKind, AgendaItemStatus, AttendanceRole, MeetingKind, MeetingMode};
use casework::actions::{ActionCategory, ActionStatus};
use kernel::crypto::SealPlace;
use kernel::policy::lens::{FieldGroup, Lens};
use practice::risk::CaseRisk;

/// Where a frame is sealed.
pub const fn frame_of(version_id: Uuid) -> SealPlace {
    SealPlace::new("minutes_versions", "frame", version_id)
}

/// Where a part is sealed.
pub const fn part_of(part_id: Uuid) -> SealPlace {
    SealPlace::new("minutes_parts", "sealed", part_id)
}

/// What a correction changed, and why (R24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesCorrection {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A frame or a part as it is sealed: its content, and what changed it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept<T> {
    /// The content as it then was.
    pub content: T,
    /// Every correction of this version, in order; none in the first.
    #[serde(default)]
    pub corrections: Vec<MinutesCorrection>,
}

impl<T> Kept<T> {
    /// As it is first written.
    pub const fn first(content: T) -> Self {
        Self {
            content,
            corrections: Vec::new(),
        }
    }
}

/// What minutes say of the meeting and of no case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesFrame {
    /// The MARAC's name.
    pub marac: String,
    /// What the meeting was for.
    pub kind: MeetingKind,
    /// How people met.
    pub mode: MeetingMode,
    /// Where.
    pub place: Option<String>,
    /// When it was to start.
    pub starts_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the person abused is called in print.
    pub survivor_label: String,
    /// What the person who abuses is called in print.
    pub perpetrator_label: String,
    /// Protective marking.
    pub marking: String,
    /// Representatives and deputies who came.
    pub present: Vec<MinutesAttendee>,
    /// Observers who came.
    pub observers: Vec<MinutesAttendee>,
    /// Who sent apologies.
    pub apologies: Vec<MinutesAttendee>,
    /// Agencies nobody came for and that sent no apologies.
    pub absent: Vec<MinutesAttendee>,
    /// Any other business: of no case.
    pub any_other_business: Option<String>,
    /// Added by corrections.
    pub notes: Vec<String>,
}

/// Who sat at the meeting. Guests come for a case and stand in its part alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesAttendee {
    /// The agency.
    pub agency_id: Uuid,
    /// Its name.
    pub agency: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// As what they sat there.
    pub role: AttendanceRole,
    /// Whether the confidentiality statement was accepted (R19).
    pub statement_accepted: bool,
    /// Information was sent ahead.
    pub information_sent: bool,
    /// When apologies arrived.
    pub received_on: Option<NaiveDate>,
}

/// What minutes say of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesPart {
    /// What was said and decided of it at this meeting, if it was on the agenda.
    pub heard: Option<MinutesHearing>,
    /// Actions agreed before that were due and not done, or reported as not done and not yet settled
    /// (R21, R28).
    pub outstanding: Vec<MinutesAction>,
    /// The day its twelve months ran out, if that was since the meeting before (R14).
    pub lapsed_on: Option<NaiveDate>,
    /// Added by corrections.
    pub notes: Vec<String>,
}

/// What was said and decided of a case at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesHearing {
    /// Why it was on the agenda.
    pub kind: AgendaItemKind,
    /// What became of it.
    pub status: AgendaItemStatus,
    /// Added after circulation (R16).
    pub late: bool,
    /// The survivor; in the group `identity`.
    pub survivor: Option<String>,
    /// Those causing harm; in the group `identity`.
    pub perpetrators: Vec<String>,
    /// The children; in the group `identity`.
    pub children: Vec<String>,
    /// The risk that was known, in figures. Of minutes from before tools were counted apart, the score
    /// alone is known.
    #[serde(flatten)]
    pub risk: CaseRisk,
    /// Guests, and who joined or left for this case.
    pub seats: Vec<MinutesSeat>,
    /// Information shared, by agency.
    pub information: Vec<MinutesStatement>,
    /// The survivor's views.
    pub views: Vec<MinutesStatement>,
    /// Risk analysis.
    pub risks: Vec<MinutesRisk>,
    /// Safeguards considered.
    pub safeguards: Vec<MinutesSafeguard>,
    /// Crimes disclosed, with the survivor's wish about the police (R23).
    pub crimes: Vec<MinutesCrime>,
    /// Who declared a conflict of interest; for coordinator, chair and the allocated IDVA.
    pub conflicts: Vec<String>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Why it was deferred.
    pub reason: Option<String>,
    /// When the meeting starts that it was deferred to.
    pub deferred_to: Option<DateTime<Utc>>,
    /// Actions agreed.
    pub actions: Vec<MinutesAction>,
}

/// Somebody who sat at the meeting for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesSeat {
    /// The agency's name.
    pub agency: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// As what.
    pub role: AttendanceRole,
    /// When they joined.
    pub joined_at: Option<DateTime<Utc>>,
    /// When they left.
    pub left_at: Option<DateTime<Utc>>,
}

/// Something an agency said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesStatement {
    /// The agency's name.
    pub agency: String,
    /// Fact or opinion, of information.
    pub nature: Option<InformationNature>,
    /// The words.
    pub text: String,
    /// For coordinator, chair and the allocated IDVA alone.
    pub restricted: bool,
}

/// A factor of the risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesRisk {
    /// Harm, contributory or protective.
    pub factor: RiskFactor,
    /// The words.
    pub text: String,
    /// For coordinator, chair and the allocated IDVA alone.
    pub restricted: bool,
}

/// A safeguard and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesSafeguard {
    /// Which.
    pub safeguard: Safeguard,
    /// What became of it.
    pub decision: SafeguardDecision,
    /// The words.
    pub text: String,
    /// For coordinator, chair and the allocated IDVA alone.
    pub restricted: bool,
}

/// A crime disclosed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesCrime {
    /// The survivor's wish about the police.
    pub police_wish: PoliceWish,
    /// The words.
    pub text: String,
    /// For coordinator, chair and the allocated IDVA alone.
    pub restricted: bool,
}

/// An action as it then stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinutesAction {
    /// The action.
    pub id: Uuid,
    /// What is to be done.
    pub text: String,
    /// The owner.
    pub owner_agency_id: Uuid,
    /// The owner's name.
    pub owner: String,
    /// What kind.
    pub category: ActionCategory,
    /// When it is due.
    pub due_on: NaiveDate,
    /// Where it stood.
    pub status: ActionStatus,
    /// Why it was not done or not possible (R28).
    pub reason: Option<String>,
}

impl MinutesPart {
    /// What of it a reader with this lens gets.
    pub fn through(mut self, lens: Lens) -> Self {
        let trusted = lens.shows_confidential();
        if let Some(heard) = &mut self.heard {
            if !lens.shows(FieldGroup::Identity) {
                heard.survivor = None;
                heard.perpetrators.clear();
                heard.children.clear();
            }
            if !trusted {
                heard.information.retain(|one| !one.restricted);
                heard.views.retain(|one| !one.restricted);
                heard.risks.retain(|one| !one.restricted);
                heard.safeguards.retain(|one| !one.restricted);
                heard.crimes.retain(|one| !one.restricted);
                heard.conflicts.clear();
            }
        }
        self
    }
}

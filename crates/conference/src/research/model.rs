//! What a return holds, as it is sent and as it is sealed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use kernel::crypto::SealPlace;
use practice::dates::AnyDay;
use practice::text::{Line, Text};
use practice::vocabulary;

vocabulary! {
    /// The life cycle of a return. `late` is one that came after it was due; whether nothing was
    /// known stands beside it.
    ResearchStatus {
        Requested = "requested",
        NothingKnown = "nothing_known",
        Returned = "returned",
        Late = "late",
        Exempt = "exempt",
    }
}

vocabulary! {
    /// Whether a request still stands: open to an answer, closed because the meeting has begun, or
    /// withdrawn because the case, the agency or the meeting came off.
    ResearchStanding {
        Open = "open",
        Closed = "closed",
        Withdrawn = "withdrawn",
    }
}

/// Something that the agency holds and does not share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WithheldItem {
    /// What it is.
    pub what: Text<1000>,
    /// Why it is not shared (SL8).
    pub reason: Text<1000>,
}

/// What never leaves the agency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct PrivatePart {
    /// The agency's own notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<12000>>,
    /// What it withholds, and why.
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    pub withheld_items: Vec<WithheldItem>,
}

impl PrivatePart {
    /// Nothing stands in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the agency shares at the meeting. Fact and opinion stand apart (SL8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ShareablePart {
    /// What the agency knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Text<12000>>,
    /// What it makes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Text<12000>>,
    /// Sharing this is relevant, necessary and proportionate: required where there is something.
    pub relevant_necessary_proportionate: bool,
    /// Its last contact with one of the people of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_contact_on: Option<AnyDay>,
    /// Its worker with the case, and how to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated_worker: Option<Line<400>>,
    /// Flags on its own records.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub flags_held: Vec<Line<200>>,
}

impl ShareablePart {
    /// Nothing is shared by it.
    pub fn is_empty(&self) -> bool {
        let empty = Self {
            relevant_necessary_proportionate: self.relevant_necessary_proportionate,
            ..Self::default()
        };
        *self == empty
    }
}

/// An answer as an agency sends it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnIn {
    /// The agency looked and knows nothing: nothing else is sent with it.
    pub nothing_known: bool,
    /// What never leaves the agency.
    #[validate(nested)]
    pub agency_private: PrivatePart,
    /// What it shares at the meeting.
    #[validate(nested)]
    pub shareable: ShareablePart,
}

/// Why an agency is excused. Sealed.
#[derive(Serialize, Deserialize)]
pub struct Exemption {
    pub reason: String,
}

/// Where the agency's own part is sealed.
pub const fn private_of(id: Uuid) -> SealPlace {
    SealPlace::new("research_returns", "private", id)
}

/// Where the shareable part is sealed.
pub const fn shareable_of(id: Uuid) -> SealPlace {
    SealPlace::new("research_returns", "shareable", id)
}

/// Where an exemption's reason is sealed.
pub const fn exemption_of(id: Uuid) -> SealPlace {
    SealPlace::new("research_returns", "exemption", id)
}

//! What an action is made of.

use serde::{Deserialize, Serialize};

use practice::vocabulary;

vocabulary! {
    /// The life cycle of an action. *Outstanding* is open or in progress.
    ActionStatus {
        Open = "open",
        InProgress = "in_progress",
        Completed = "completed",
        /// Circumstances changed: not the same as not having done it (R28).
        NotPossible = "not_possible_circumstances_changed",
        /// The agency did not do it (R28).
        NotDone = "not_done",
        Superseded = "superseded",
        Cancelled = "cancelled",
    }
}

impl ActionStatus {
    /// Open or in progress: on its owner's list.
    pub const fn is_outstanding(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// Reported as not done or not possible: stays on the agenda until the chair resolves it.
    pub const fn needs_the_chair(self) -> bool {
        matches!(self, Self::NotPossible | Self::NotDone)
    }
}

vocabulary! {
    /// What an owner may report (R27, R28).
    ReportedStatus {
        InProgress = "in_progress",
        Completed = "completed",
        NotPossible = "not_possible_circumstances_changed",
        NotDone = "not_done",
    }
}

impl ReportedStatus {
    /// The status the action then has.
    pub const fn status(self) -> ActionStatus {
        match self {
            Self::InProgress => ActionStatus::InProgress,
            Self::Completed => ActionStatus::Completed,
            Self::NotPossible => ActionStatus::NotPossible,
            Self::NotDone => ActionStatus::NotDone,
        }
    }
}

vocabulary! {
    /// The chair's word on an action.
    Resolution {
        /// Take note that it was not done or not possible.
        Accept = "accept",
        /// Another action, or none, takes its place.
        Supersede = "supersede",
        /// It is no longer wanted.
        Cancel = "cancel",
        /// It is still wanted: open again, with a new due date.
        Reset = "reset",
    }
}

vocabulary! {
    /// Whom the action is about.
    ActionTarget {
        Survivor = "survivor",
        Child = "child",
        Perpetrator = "perpetrator",
        Professional = "professional",
    }
}

vocabulary! {
    /// How soon it matters.
    #[derive(Default)]
    ActionPriority {
        Immediate = "immediate",
        High = "high",
        #[default]
        Normal = "normal",
    }
}

vocabulary! {
    /// What kind of action: the common ones (domain 3.11), and `other`.
    ActionCategory {
        FlagRecords = "flag_records",
        TargetHardening = "target_hardening",
        RefugeOrAccommodation = "refuge_or_accommodation",
        HousingTransfer = "housing_transfer",
        ProtectiveOrder = "protective_order",
        PoliceMarker = "police_marker",
        ChildrensReferral = "childrens_referral",
        AdultSafeguarding = "adult_safeguarding",
        HealthReferral = "health_referral",
        SubstanceReferral = "substance_referral",
        Disclosure = "disclosure",
        PerpetratorProgramme = "perpetrator_programme",
        OffenderManagement = "offender_management",
        Advocacy = "advocacy",
        SafetyPlanning = "safety_planning",
        Other = "other",
    }
}

vocabulary! {
    /// A group of fields that chair or coordinator attach to an action, because its owner cannot do
    /// it without.
    Need {
        Address = "address",
        SafeContact = "safe_contact",
    }
}

vocabulary! {
    /// What happened to an action.
    ActionEventKind {
        Agreed = "agreed",
        Reported = "reported",
        Reopened = "reopened",
        Reassigned = "reassigned",
        Rescheduled = "rescheduled",
        Accepted = "accepted",
        Superseded = "superseded",
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// How far up the ladder an overdue action is (R29).
    #[derive(Default)]
    Escalation {
        #[default]
        None = "none",
        Owner = "owner",
        AgencyLead = "agency_lead",
        Coordinator = "coordinator",
        Chair = "chair",
        SteeringGroup = "steering_group",
    }
}

vocabulary! {
    /// What stands in an action's history: what somebody did, and the steps of the ladder.
    HistoryKind {
        Agreed = "agreed",
        Reported = "reported",
        Reopened = "reopened",
        Reassigned = "reassigned",
        Rescheduled = "rescheduled",
        Accepted = "accepted",
        Superseded = "superseded",
        Cancelled = "cancelled",
        Escalated = "escalated",
    }
}

/// The sealed part of an action.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    /// What is to be done.
    pub text: String,
}

/// The sealed part of an event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Note {
    /// Why, or what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What shows that it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The coordinator reported in the owner's place (R27).
    #[serde(default)]
    pub overridden: bool,
}

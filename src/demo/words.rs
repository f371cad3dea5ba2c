//! The closed lists the demonstration uses, with the same text as in the API and in rows.

use practice::vocabulary;

pub use casework::account::{Heading, HowTold, Sharing};
pub use casework::actions::{ActionCategory, ActionPriority, ActionStatus, ActionTarget, Need};
pub use conference::hearing::{PoliceWish, Safeguard, SafeguardDecision};
pub use conference::meetings::{
    AgendaItemKind, AgendaItemStatus, AttendanceRole, MeetingKind, MeetingMode, MeetingStatus,
    Presence,
};

vocabulary! {
    /// Where a case of the demonstration has got to today.
    State {
        Draft = "draft",
        Submitted = "submitted",
        Returned = "returned",
        NotAccepted = "not_accepted",
        Withdrawn = "withdrawn",
        Accepted = "accepted",
        Listed = "listed",
        Deferred = "deferred",
        Heard = "heard",
        Monitoring = "monitoring",
        Lapsed = "lapsed",
        Closed = "closed",
        TransferredOut = "transferred_out",
    }
}

impl State {
    /// The referral has been accepted, so the case is open or has been.
    pub const fn accepted(self) -> bool {
        !matches!(
            self,
            Self::Draft | Self::Submitted | Self::Returned | Self::NotAccepted | Self::Withdrawn
        )
    }
}

vocabulary! {
    /// What was decided about a referral.
    DecisionKind {
        Returned = "returned",
        Accepted = "accepted",
        NotAccepted = "not_accepted",
        Withdrawn = "withdrawn",
    }
}

vocabulary! {
    /// Whether a registered actor is somebody or the client itself.
    RegisteredKind {
        Person = "person",
        Service = "service",
    }
}

vocabulary! {
    /// What an agency answered to a request for research.
    ReturnStatus {
        Requested = "requested",
        NothingKnown = "nothing_known",
        Returned = "returned",
        Late = "late",
        Exempt = "exempt",
    }
}

vocabulary! {
    /// How long a move to another area is for.
    MoveKind {
        Temporary = "temporary",
        Permanent = "permanent",
    }
}

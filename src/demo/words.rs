//! The closed lists the demonstration uses, with the same text as in the API and in rows.

use crate::vocabulary;

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
    ActorKind {
        Person = "person",
        Service = "service",
    }
}

vocabulary! {
    /// What a meeting is for.
    MeetingKind {
        Scheduled = "scheduled",
        Emergency = "emergency",
    }
}

vocabulary! {
    /// How a meeting is held.
    MeetingMode {
        InPerson = "in_person",
        Online = "online",
        Hybrid = "hybrid",
    }
}

vocabulary! {
    /// Where a meeting has got to.
    MeetingStatus {
        Planned = "planned",
        Circulated = "circulated",
        Held = "held",
        Minuted = "minuted",
    }
}

vocabulary! {
    /// As what somebody came.
    Seat {
        Representative = "representative",
        Deputy = "deputy",
        Observer = "observer",
        Guest = "guest",
    }
}

vocabulary! {
    /// Whether somebody came.
    Presence {
        Expected = "expected",
        Present = "present",
        Apologies = "apologies",
        Absent = "absent",
    }
}

vocabulary! {
    /// Why a case is on an agenda.
    ItemKind {
        New = "new",
        Repeat = "repeat",
        TransferIn = "transfer_in",
        AlertOnly = "alert_only",
        Review = "review",
    }
}

vocabulary! {
    /// What became of an agenda item.
    ItemStatus {
        Listed = "listed",
        Heard = "heard",
        Deferred = "deferred",
        Withdrawn = "withdrawn",
        AlertNoted = "alert_noted",
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
    /// Whom an action is about.
    Target {
        Survivor = "survivor",
        Child = "child",
        Perpetrator = "perpetrator",
        Professional = "professional",
    }
}

vocabulary! {
    /// How soon.
    Priority {
        Immediate = "immediate",
        High = "high",
        Normal = "normal",
    }
}

vocabulary! {
    /// What an action's owner must be given to do it.
    Need {
        Address = "address",
        SafeContact = "safe_contact",
    }
}

vocabulary! {
    /// Where an action stands.
    ActionStatus {
        Open = "open",
        InProgress = "in_progress",
        Completed = "completed",
        NotPossible = "not_possible_circumstances_changed",
        NotDone = "not_done",
        Superseded = "superseded",
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// The headings of the account.
    Heading {
        WhatHappened = "what_happened",
        WhoElseIsAffected = "who_else_is_affected",
        WhatIsFeared = "what_is_feared",
        WhatTheSurvivorWants = "what_the_survivor_wants",
        WhatHasBeenTried = "what_has_been_tried",
        WhatIsNeededNow = "what_is_needed_now",
        PracticalSafety = "practical_safety",
    }
}

vocabulary! {
    /// Who an account entry is for.
    Sharing {
        AgencyPrivate = "agency_private",
        Marac = "marac",
        Restricted = "restricted",
    }
}

vocabulary! {
    /// How it was told.
    HowTold {
        InPerson = "in_person",
        Phone = "phone",
        Video = "video",
        Writing = "writing",
        ThroughAnother = "through_another",
    }
}

vocabulary! {
    /// How long a move to another area is for.
    MoveKind {
        Temporary = "temporary",
        Permanent = "permanent",
    }
}

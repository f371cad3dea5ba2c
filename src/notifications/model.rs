//! The closed lists of this resource.

use crate::vocabulary;

vocabulary! {
    /// What somebody is told of.
    NoticeKind {
        ReferralReceived = "referral_received",
        ReferralReturned = "referral_returned",
        ReferralAccepted = "referral_accepted",
        ReferralNotAccepted = "referral_not_accepted",
        DecisionChallenged = "decision_challenged",
        CaseListed = "case_listed",
        ResearchDue = "research_due",
        ResearchLate = "research_late",
        MeetingMoved = "meeting_moved",
        MeetingCancelled = "meeting_cancelled",
        ActionAssigned = "action_assigned",
        ActionDue = "action_due",
        ActionOverdue = "action_overdue",
        ActionEscalated = "action_escalated",
        ActionReported = "action_reported",
        MinutesIssued = "minutes_issued",
        QuestionAsked = "question_asked",
        QuestionAnswered = "question_answered",
        CaseLapsing = "case_lapsing",
        CaseLapsed = "case_lapsed",
        FlagDue = "flag_due",
        IdvaContactDue = "idva_contact_due",
        CoverTaken = "cover_taken",
        PasswordReset = "password_reset",
    }
}

vocabulary! {
    /// How an e-mail ended.
    MailOutcome {
        /// The mail server took it.
        Sent = "sent",
        /// The mail server refused it for good.
        Refused = "refused",
        /// It could not be sent in time.
        GivenUp = "given_up",
        /// The connection or this program broke while it was handed over: it may have gone, and is
        /// not sent again.
        InDoubt = "in_doubt",
        /// There was nobody left to tell: the account is closed, or the case is closed to it.
        Withheld = "withheld",
    }
}

impl NoticeKind {
    /// Whether it comes by e-mail to those who have not chosen. Reports of actions do not: a
    /// coordinator reads them together.
    pub const fn emailed_by_default(self) -> bool {
        !matches!(self, Self::ActionReported)
    }
}

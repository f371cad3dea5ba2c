//! The closed lists of this resource.

use practice::vocabulary;

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
        /// Somebody asked for a new password for the reader.
        PasswordReset = "password_reset",
        /// An account was made that may work in the reader's MARAC.
        AccountMade = "account_made",
        /// An account of the reader's MARAC was changed, reset, closed or opened again.
        AccountChanged = "account_changed",
        /// An account or a client of the reader's MARAC got a role.
        RoleGranted = "role_granted",
        /// A grant waits for a second person.
        GrantToConfirm = "grant_to_confirm",
        /// A client of the reader's MARAC was made, or what it may do, its secret or its actors changed.
        ClientChanged = "client_changed",
        /// The reader's own account was changed by somebody else.
        OwnAccountChanged = "own_account_changed",
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
    /// coordinator reads them together. What happens to the own account comes as a letter, whatever
    /// was chosen.
    pub const fn emailed_by_default(self) -> bool {
        !matches!(
            self,
            Self::ActionReported | Self::PasswordReset | Self::OwnAccountChanged
        )
    }
}

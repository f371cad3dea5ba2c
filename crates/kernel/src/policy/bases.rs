//! The table of bases: what lets somebody see something of a case, what opens it, and what ends it.
//!
//! A basis is a row of `circle`, or one's own contribution, which needs none. `in_circle` and
//! `visible_actions` are the rule in SQL; `tests/api/bases.rs` ends every basis here in every way that
//! stands beside it, and reads everything afterwards.

use super::lens::Basis;

/// What somebody sees something of a case by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A row of `circle`.
    Circle(Basis),
    /// Named because they lead the case.
    Lead,
    /// A referral that they wrote, as they sent it.
    OwnReferral,
    /// What their agency returned of its research.
    OwnReturn,
    /// An action of their agency's; while it is outstanding, with the groups that are attached to it.
    OwnAction,
    /// The minutes of a meeting that their agency came to, of a case that it was there for.
    SeatTaken,
}

/// What may end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The case lapses.
    Lapse,
    /// The case is closed.
    Close,
    /// The case goes to another MARAC.
    TransferOut,
    /// The referral is declined or withdrawn.
    NotAccepted,
    /// The referral's file is joined to a case.
    Joined,
    /// Somebody else becomes the lead, or nobody.
    NewLead,
    /// The case is allocated to another service, or to none.
    Reallocated,
    /// The meeting is over, and the agency has no outstanding action.
    MeetingOver,
    /// The meeting will not take place.
    MeetingCancelled,
    /// The agency is taken off the list.
    TakenOffTheList,
    /// The seat is given up.
    SeatGivenUp,
    /// Somebody left while the case was heard.
    LeftTheRoom,
    /// The share is ended.
    ShareEnded,
    /// The day of the share is over.
    ShareRanOut,
    /// A restriction is set that does not name them.
    Restricted,
    /// The restriction for which they were named is lifted.
    RestrictionLifted,
    /// They are excluded, by name or with their agency; a conflict declared is one.
    Excluded,
    /// Their role ends.
    RoleLost,
    /// Their account is disabled.
    AccountDisabled,
    /// Their agency is suspended in the MARAC, or leaves it.
    AgencyLeaves,
    /// The action goes to another owner.
    ActionReassigned,
}

impl End {
    /// Whether it shuts somebody out altogether: then not even what they contributed is theirs to read.
    pub const fn shuts_out(self) -> bool {
        matches!(
            self,
            Self::Restricted
                | Self::Excluded
                | Self::RoleLost
                | Self::AccountDisabled
                | Self::AgencyLeaves
        )
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct BasisLine {
    /// What somebody sees by.
    pub ground: Ground,
    /// What opens it.
    pub opened_by: &'static str,
    /// What ends it.
    pub ended_by: &'static [End],
}

use End as E;

/// The table. Coordinator and chair see their MARAC's cases by their role, also when these rest.
pub const BASES: &[BasisLine] = &[
    BasisLine {
        ground: Ground::Circle(Basis::Referrer),
        opened_by: "Writing a referral.",
        ended_by: &[
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::NotAccepted,
            E::Joined,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Lead,
        opened_by: "Being made the case's lead, or taking it over from a colleague.",
        ended_by: &[
            E::NewLead,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Circle(Basis::Named),
        opened_by: "Being named in a restriction.",
        ended_by: &[
            E::RestrictionLifted,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Circle(Basis::Allocation),
        opened_by: "Allocating the case to an IDVA service: for its IDVAs.",
        ended_by: &[
            E::Reallocated,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Circle(Basis::Listing),
        opened_by: "Sending out a list with the case on it: for the agency's representatives.",
        ended_by: &[
            E::MeetingOver,
            E::MeetingCancelled,
            E::TakenOffTheList,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Circle(Basis::Share),
        opened_by: "Sharing the case with an agency: for its representatives.",
        ended_by: &[
            E::ShareEnded,
            E::ShareRanOut,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::Circle(Basis::Attendance),
        opened_by: "A seat as an observer or guest while the meeting is in session.",
        ended_by: &[
            E::SeatGivenUp,
            E::MeetingOver,
            E::Close,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::OwnReferral,
        opened_by: "Writing it.",
        ended_by: &[
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::OwnReturn,
        opened_by: "Being asked for research on a case: for the agency's representatives and IDVAs.",
        ended_by: &[
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::OwnAction,
        opened_by: "Agreeing it: for the agency's representatives and IDVAs, and who is named for it.",
        ended_by: &[
            E::ActionReassigned,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
    BasisLine {
        ground: Ground::SeatTaken,
        opened_by: "Coming to a meeting at which a listed case is heard, and accepting its statement.",
        ended_by: &[
            E::SeatGivenUp,
            E::LeftTheRoom,
            E::Lapse,
            E::Close,
            E::TransferOut,
            E::Restricted,
            E::Excluded,
            E::RoleLost,
            E::AccountDisabled,
            E::AgencyLeaves,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_basis_of_the_circle_stands_in_the_table_once_and_ends() {
        for basis in Basis::ALL {
            let lines = BASES
                .iter()
                .filter(|line| line.ground == Ground::Circle(*basis));
            assert_eq!(lines.count(), 1, "{basis:?}");
        }
        for line in BASES {
            assert!(!line.opened_by.is_empty());
            for end in [
                E::Restricted,
                E::Excluded,
                E::RoleLost,
                E::AccountDisabled,
                E::AgencyLeaves,
            ] {
                assert!(line.ended_by.contains(&end), "{:?} {end:?}", line.ground);
            }
            let of_a_resting_case = line.ended_by.contains(&E::Close);
            let own = matches!(
                line.ground,
                Ground::OwnReferral | Ground::OwnReturn | Ground::OwnAction
            );
            assert_ne!(of_a_resting_case, own, "{:?}", line.ground);
        }
    }
}

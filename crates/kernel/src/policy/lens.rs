//! Which groups of fields a reader gets of a case in sight: a pure function of role, basis and stage.
//! What is withheld follows from these alone, never from whether data exist.

use chrono::{DateTime, Utc};

use practice::vocabulary;

vocabulary! {
    /// A group of fields, the unit of the lens.
    FieldGroup {
        Identity = "identity",
        Address = "address",
        SafeContact = "safe_contact",
        Narrative = "narrative",
        DashAnswers = "dash_answers",
        ResearchPrivate = "research_private",
        ResearchShared = "research_shared",
        Minutes = "minutes",
        ThirdParty = "third_party",
        ProtectedCharacteristics = "protected_characteristics",
    }
}

vocabulary! {
    /// Why a case is in somebody's circle.
    Basis {
        Referrer = "referrer",
        Named = "named",
        Allocation = "allocation",
        Listing = "listing",
        Share = "share",
        Attendance = "attendance",
    }
}

/// One standing of the reader towards the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Coordinator of its MARAC.
    Coordinator,
    /// Chair of its MARAC.
    Chair,
    /// In its circle; for a listing, a share or a seat, from when the lens is the meeting's.
    Circle {
        /// Why.
        basis: Basis,
        /// For a listing or a seat: the start of the meeting, once its confidentiality statement is
        /// accepted (R19).
        full_at: DateTime<Utc>,
    },
}

impl Standing {
    /// Whether it lets the reader hear of every agency's actions: the fragment `hears_of_actions` is the same for rows.
    fn tells_of_actions(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Coordinator | Self::Chair => true,
            Self::Circle { basis, full_at } => match basis {
                Basis::Allocation | Basis::Named => true,
                Basis::Listing | Basis::Share | Basis::Attendance => full_at <= now,
                Basis::Referrer => false,
            },
        }
    }
}

/// What a reader gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lens {
    groups: u16,
    confidential: bool,
    actions: bool,
}

impl Lens {
    /// The lens of a reader with these standings at this moment: each adds, none subtracts.
    pub fn of(standings: &[Standing], now: DateTime<Utc>) -> Self {
        use FieldGroup as G;
        const ALL_BUT_PRIVATE: &[G] = &[
            G::Identity,
            G::Address,
            G::SafeContact,
            G::Narrative,
            G::DashAnswers,
            G::ResearchShared,
            G::Minutes,
            G::ThirdParty,
            G::ProtectedCharacteristics,
        ];
        let mut lens = Self::default();
        for standing in standings {
            let (groups, confidential): (&[G], bool) = match standing {
                Standing::Coordinator | Standing::Chair => (ALL_BUT_PRIVATE, true),
                Standing::Circle {
                    basis: Basis::Allocation,
                    ..
                } => (ALL_BUT_PRIVATE, true),
                Standing::Circle {
                    basis: Basis::Referrer,
                    ..
                } => (
                    &[
                        G::Identity,
                        G::Address,
                        G::SafeContact,
                        G::Narrative,
                        G::DashAnswers,
                        G::ThirdParty,
                        G::ProtectedCharacteristics,
                    ],
                    false,
                ),
                Standing::Circle {
                    basis: Basis::Named,
                    ..
                } => (
                    &[
                        G::Identity,
                        G::Narrative,
                        G::DashAnswers,
                        G::ProtectedCharacteristics,
                    ],
                    false,
                ),
                Standing::Circle {
                    basis: Basis::Listing,
                    full_at,
                } if *full_at <= now => (
                    &[G::Identity, G::Narrative, G::DashAnswers, G::ResearchShared],
                    false,
                ),
                Standing::Circle {
                    basis: Basis::Share | Basis::Attendance,
                    full_at,
                } if *full_at <= now => (&[G::Identity, G::Narrative, G::DashAnswers], false),
                Standing::Circle {
                    basis: Basis::Listing | Basis::Share | Basis::Attendance,
                    ..
                } => (&[G::Identity], false),
            };
            for group in groups {
                lens.groups |= 1 << *group as u16;
            }
            lens.confidential |= confidential;
            lens.actions |= standing.tells_of_actions(now);
        }
        lens
    }

    /// Whether this group is in the lens.
    pub const fn shows(self, group: FieldGroup) -> bool {
        self.groups & (1 << group as u16) != 0
    }

    /// Whether an address is in the lens. Confidential ones and refuges reach coordinator, chair and
    /// the allocated IDVA; without the group only those the perpetrator knows for certain are shown.
    pub const fn shows_address(self, confidential: bool, known_to_perpetrator: bool) -> bool {
        match (self.shows(FieldGroup::Address), confidential) {
            (true, true) => self.confidential,
            (true, false) => true,
            (false, true) => false,
            (false, false) => known_to_perpetrator && self.shows(FieldGroup::Identity),
        }
    }

    /// Whether confidential addresses are in the lens.
    pub const fn shows_confidential(self) -> bool {
        self.confidential
    }

    /// Whether every agency's actions are in the lens, or those of the reader's own alone.
    pub const fn shows_actions(self) -> bool {
        self.actions
    }

    /// The groups this reader does not get.
    pub fn withheld(self) -> Vec<FieldGroup> {
        FieldGroup::ALL
            .iter()
            .copied()
            .filter(|group| !self.shows(*group))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        chrono::NaiveDate::from_ymd_opt(2026, 5, 4)
            .unwrap()
            .and_hms_opt(hour, 0, 0)
            .unwrap()
            .and_utc()
    }

    fn circle(basis: Basis) -> Standing {
        Standing::Circle {
            basis,
            full_at: at(12),
        }
    }

    #[test]
    fn the_table_of_readers_and_groups() {
        use FieldGroup::*;
        let table: &[(Standing, u32, &[FieldGroup], bool)] = &[
            (Standing::Coordinator, 9, &[ResearchPrivate], true),
            (Standing::Chair, 9, &[ResearchPrivate], true),
            (circle(Basis::Allocation), 9, &[ResearchPrivate], true),
            (
                circle(Basis::Referrer),
                9,
                &[ResearchPrivate, ResearchShared, Minutes],
                false,
            ),
            (
                circle(Basis::Named),
                9,
                &[
                    Address,
                    SafeContact,
                    ResearchPrivate,
                    ResearchShared,
                    Minutes,
                    ThirdParty,
                ],
                false,
            ),
            (
                circle(Basis::Listing),
                11,
                &[
                    Address,
                    SafeContact,
                    Narrative,
                    DashAnswers,
                    ResearchPrivate,
                    ResearchShared,
                    Minutes,
                    ThirdParty,
                    ProtectedCharacteristics,
                ],
                false,
            ),
            (
                circle(Basis::Listing),
                12,
                &[
                    Address,
                    SafeContact,
                    ResearchPrivate,
                    Minutes,
                    ThirdParty,
                    ProtectedCharacteristics,
                ],
                false,
            ),
            (
                circle(Basis::Share),
                12,
                &[
                    Address,
                    SafeContact,
                    ResearchPrivate,
                    ResearchShared,
                    Minutes,
                    ThirdParty,
                    ProtectedCharacteristics,
                ],
                false,
            ),
        ];
        for (standing, hour, withheld, confidential) in table {
            let lens = Lens::of(&[*standing], at(*hour));
            assert_eq!(lens.withheld(), *withheld, "{standing:?} at {hour}");
            assert_eq!(lens.shows_confidential(), *confidential, "{standing:?}");
        }
        assert_eq!(Lens::of(&[], at(9)).withheld(), FieldGroup::ALL);
    }

    #[test]
    fn who_hears_of_every_agencys_actions() {
        let before_and_after = |standing| {
            let hears = |hour| Lens::of(&[standing], at(hour)).shows_actions();
            (hears(11), hears(12))
        };
        let table = [
            (Standing::Coordinator, (true, true)),
            (Standing::Chair, (true, true)),
            (circle(Basis::Allocation), (true, true)),
            (circle(Basis::Listing), (false, true)),
            (circle(Basis::Attendance), (false, true)),
            (circle(Basis::Share), (false, true)),
            (circle(Basis::Referrer), (false, false)),
            (circle(Basis::Named), (true, true)),
        ];
        for (standing, hears) in table {
            assert_eq!(before_and_after(standing), hears, "{standing:?}");
        }
    }

    #[test]
    fn addresses_by_reader() {
        let staff = Lens::of(&[Standing::Coordinator], at(9));
        let referrer = Lens::of(&[circle(Basis::Referrer)], at(9));
        let listed = Lens::of(&[circle(Basis::Listing)], at(9));
        for known in [true, false] {
            assert!(staff.shows_address(true, known) && staff.shows_address(false, known));
            assert!(referrer.shows_address(false, known) && !referrer.shows_address(true, known));
            assert!(!listed.shows_address(true, known));
            assert_eq!(listed.shows_address(false, known), known);
            assert!(!Lens::default().shows_address(false, known));
        }
    }

    #[test]
    fn a_further_standing_never_takes_away() {
        let standings = [
            Standing::Coordinator,
            circle(Basis::Referrer),
            circle(Basis::Listing),
        ];
        for a in standings {
            for b in standings {
                let (one, both) = (Lens::of(&[a], at(9)), Lens::of(&[a, b], at(9)));
                assert!(
                    FieldGroup::ALL
                        .iter()
                        .all(|group| !one.shows(*group) || both.shows(*group))
                );
            }
        }
    }
}

//! The four criteria for referral, and sets of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A criterion for referral (SL4, SL5).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The score reaches the threshold.
    VisibleHighRisk,
    /// The professional is seriously concerned, at any score.
    ProfessionalJudgement,
    /// Abuse comes more often or more severely.
    PotentialEscalation,
    /// Referred before, within the window.
    Repeat,
}

impl Criterion {
    /// Every criterion.
    pub const ALL: [Criterion; 4] = [
        Criterion::VisibleHighRisk,
        Criterion::ProfessionalJudgement,
        Criterion::PotentialEscalation,
        Criterion::Repeat,
    ];

    /// The name it is stored and sent under.
    pub fn as_str(self) -> &'static str {
        match self {
            Criterion::VisibleHighRisk => "visible_high_risk",
            Criterion::ProfessionalJudgement => "professional_judgement",
            Criterion::PotentialEscalation => "potential_escalation",
            Criterion::Repeat => "repeat",
        }
    }

    /// The criterion of a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|criterion| criterion.as_str() == name)
    }

    /// Its letter in a register.
    pub fn as_char(self) -> char {
        match self {
            Criterion::VisibleHighRisk => 'V',
            Criterion::ProfessionalJudgement => 'P',
            Criterion::PotentialEscalation => 'E',
            Criterion::Repeat => 'R',
        }
    }

    /// The criterion of a register's letter.
    pub fn from_char(letter: char) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|criterion| criterion.as_char() == letter)
    }
}

/// A set of criteria.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Criteria(BTreeSet<Criterion>);

impl Criteria {
    /// Reads a register's letters, such as `VER`; none where a letter is no criterion.
    pub fn from_letters(letters: &str) -> Option<Self> {
        letters
            .chars()
            .map(Criterion::from_char)
            .collect::<Option<_>>()
            .map(Self)
    }

    /// The letters of a register.
    pub fn letters(&self) -> String {
        self.iter().map(Criterion::as_char).collect()
    }

    /// Whether the criterion is in the set.
    pub fn contains(&self, criterion: Criterion) -> bool {
        self.0.contains(&criterion)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The criteria, in their fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Criterion> {
        self.0.iter().copied()
    }
}

impl FromIterator<Criterion> for Criteria {
    fn from_iter<I: IntoIterator<Item = Criterion>>(criteria: I) -> Self {
        Self(criteria.into_iter().collect())
    }
}

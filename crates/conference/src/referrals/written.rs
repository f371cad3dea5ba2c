//! What is written of a referral beside its sealed document: what stands in rows and is counted.

use chrono::NaiveDate;
use uuid::Uuid;

use super::ReferralStatus;
use super::rules::Checked;
use practice::document::{Arranged, Document};

/// What is new about a referral when it is written.
pub struct Written<'a> {
    pub document: &'a Document,
    pub checked: &'a Checked,
    pub referred_on: NaiveDate,
    pub status: ReferralStatus,
    pub urgent: bool,
    pub co_agency_id: Option<Uuid>,
}

impl Written<'_> {
    /// The tool of its assessment.
    pub fn tool(&self) -> Option<String> {
        let score = self.checked.score.as_ref();
        score.map(|score| score.tool.clone())
    }

    /// The version of that tool.
    pub fn tool_version(&self) -> Option<i32> {
        let score = self.checked.score.as_ref();
        score.map(|score| i32::from(score.version))
    }

    /// Yes answers; none where nothing was scored.
    pub fn score(&self) -> Option<i16> {
        let score = self.checked.score.as_ref();
        score.and_then(|score| score.yes).map(i16::from)
    }

    /// The highest score of the tool.
    pub fn maximum(&self) -> Option<i16> {
        let score = self.checked.score.as_ref();
        score.and_then(|score| score.maximum).map(i16::from)
    }

    /// Items not asked.
    pub fn not_asked(&self) -> Option<i16> {
        let score = self.checked.score.as_ref();
        score.map(|score| i16::from(score.not_asked))
    }

    /// The criteria it stands on.
    pub fn criteria(&self) -> Vec<&'static str> {
        self.checked
            .criteria()
            .iter()
            .map(|criterion| criterion.as_str())
            .collect()
    }

    /// Stands in clear too: every listing asks for it (R9).
    pub fn idva_referral(&self) -> Option<&'static str> {
        self.document.idva_referral.map(Arranged::as_str)
    }

    /// What submission still needs, while it is not sent in.
    pub fn missing(&self) -> Vec<String> {
        let submitted = !matches!(
            self.status,
            ReferralStatus::Draft | ReferralStatus::Returned
        );
        let missing = self.checked.missing.iter().filter(|_| !submitted);
        missing
            .map(|error| error.pointer.trim_start_matches("/referral").to_owned())
            .collect()
    }
}

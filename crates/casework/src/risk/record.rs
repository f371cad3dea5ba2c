//! Writing down a completed assessment as a row of its case.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::document::{AnswerIn, AssessmentIn};
use practice::risk::Score;

/// The sealed part of an assessment.
#[derive(Serialize, Deserialize)]
pub struct SealedAssessment {
    /// The answers with their sources and notes.
    pub answers: Vec<AnswerIn>,
    /// Anything else the practitioner weighed.
    pub notes: Option<String>,
    /// Professional judgement in words.
    pub judgement: Option<String>,
}

/// Where an assessment comes from.
pub struct Source {
    /// The referral it came with.
    pub referral_id: Option<Uuid>,
    /// The agency that made it.
    pub agency_id: Uuid,
    /// Who made it, if an account of this service.
    pub created_by: Option<Uuid>,
    /// Who made it, if a registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// Professional judgement in words.
    pub judgement: Option<String>,
}

/// Records an assessment that has been scored; returns its id.
pub fn record(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    assessment: &AssessmentIn,
    score: &Score,
    source: Source,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    record_as(tx, case, id, assessment, score, source)?;
    Ok(id)
}

/// The same under an id that is chosen already.
pub(super) fn record_as(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    assessment: &AssessmentIn,
    score: &Score,
    source: Source,
) -> Result<()> {
    let sealed = SealedAssessment {
        answers: assessment.answers.clone(),
        notes: assessment.notes.clone().map(String::from),
        judgement: source.judgement,
    };
    let sealed = case
        .key()
        .seal_json(SealPlace::new("risk_assessments", "sealed", id), &sealed)?;
    let row = super::record_store::NewAssessment {
        id,
        referral_id: source.referral_id,
        agency_id: source.agency_id,
        created_by: source.created_by,
        actor_id: source.actor_id,
        how: assessment.how.unwrap_or_default(),
        assessed_on: assessment.assessed_on.day(),
        sealed,
    };
    super::record_store::insert(tx, case, row, score)
}

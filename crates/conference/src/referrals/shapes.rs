//! What is sent and what is answered.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::ReferralStatus;
use super::rules::Checked;
use super::store::{ReferralRow, VisibleReferral};
use kernel::case_file::is_staff;
use kernel::crypto::SealPlace;
use kernel::error::{FieldError, Result};
use kernel::http::etag;
use kernel::policy::lens::FieldGroup;
use practice::advice::AdviceGiven;
use practice::document::Document;
use practice::text::Line;

/// Said with the answer to every referral that was sent in.
const NOTICE: &str =
    "A meeting does not replace immediate safety action. If anybody is in danger now, act now.";

/// A referral to write: whole, or as a draft.
#[derive(Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateReferral {
    /// The MARAC: the survivor's current address decides.
    pub marac_id: Uuid,
    /// Cannot wait for the next meeting.
    #[serde(default)]
    pub urgent: bool,
    /// Keep it as a draft, seen by its author alone.
    #[serde(default)]
    pub draft: bool,
    /// The agency's own reference, unique within it.
    #[serde(default)]
    pub external_ref: Option<Line<100>>,
    /// A second referring agency: each counts one half (domain 5).
    #[serde(default)]
    pub co_agency_id: Option<Uuid>,
    /// The referral itself.
    #[validate(nested)]
    pub referral: Document,
}

/// A draft or returned referral, written anew.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeReferral {
    /// Cannot wait for the next meeting.
    #[serde(default)]
    pub urgent: bool,
    /// A second referring agency.
    #[serde(default)]
    pub co_agency_id: Option<Uuid>,
    /// The whole referral.
    #[validate(nested)]
    pub referral: Document,
}

/// A decision and its reason, as sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Reason {
    pub reason: String,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionOut {
    /// Who decided (R3).
    pub by: Option<Uuid>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

/// A challenge to a refusal (R3).
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeOut {
    /// When.
    pub at: DateTime<Utc>,
    /// Why the referrer thinks otherwise.
    pub reason: String,
}

/// A referral.
#[derive(Serialize, ToSchema)]
pub struct ReferralOut {
    /// Id.
    pub id: Uuid,
    /// The file it stands in: its own until it is accepted, then the case's. Its author, who sees
    /// nothing of a case that it was joined to, reads the file it was sent in.
    pub case_id: Uuid,
    /// The MARAC.
    pub marac_id: Uuid,
    /// The referring agency.
    pub agency_id: Uuid,
    /// A second one.
    pub co_agency_id: Option<Uuid>,
    /// The agency's own reference.
    pub external_ref: Option<String>,
    /// Life cycle.
    pub status: ReferralStatus,
    /// Cannot wait.
    pub urgent: bool,
    /// Day of the referral.
    pub referred_on: Option<NaiveDate>,
    /// When it was sent in.
    pub submitted_at: Option<DateTime<Utc>>,
    /// The server's score of the assessment.
    pub score: Option<practice::risk::Score>,
    /// On which criteria it stands, and why.
    pub criteria: Option<practice::risk::CriteriaFinding>,
    /// What submission still needs; empty once it was sent in.
    pub missing: Vec<FieldError>,
    /// What to know. It refuses nothing.
    pub advice: Vec<AdviceGiven>,
    /// Practice rules an imported record does not meet.
    pub gaps: Vec<String>,
    /// The decision, once there is one.
    pub decision: Option<DecisionOut>,
    /// The challenge, if there is one.
    pub challenge: Option<ChallengeOut>,
    /// Why it opened a case of its own although its pair was known: for coordinator and chair.
    pub separate: Option<String>,
    /// The referral as received; confidential addresses left out where they are withheld.
    pub referral: Document,
    /// Groups of fields this reader does not get.
    pub withheld: Vec<FieldGroup>,
    /// Confidential addresses are left out for this reader.
    pub confidential_addresses_withheld: bool,
    /// Said with every referral.
    #[schema(example = "A meeting does not replace immediate safety action.")]
    pub notice: Option<&'static str>,
    /// Version, for `If-Match`.
    pub etag: String,
}

impl ReferralOut {
    /// As this reader may see it.
    pub(super) fn render(found: &VisibleReferral, checked: Checked) -> Result<Self> {
        let VisibleReferral {
            row,
            case,
            is_author,
        } = found;
        let mut document = found.document()?;
        // The author of an unfinished referral works on every word of it.
        let unfinished = matches!(row.status, ReferralStatus::Draft | ReferralStatus::Returned);
        let shown = case.lens.shows_confidential() || (unfinished && *is_author);
        if !shown {
            document.withhold_confidential_addresses();
        }
        let open = |column, sealed: &[u8]| -> Result<String> {
            let place = SealPlace::new("referrals", column, row.id);
            Ok(case.key().open_json::<Reason>(place, sealed)?.reason)
        };
        let reason = row
            .decision
            .as_deref()
            .map(|sealed| open("decision", sealed))
            .transpose()?;
        let challenge = match (&row.challenge, row.challenged_at) {
            (Some(sealed), Some(at)) => Some(ChallengeOut {
                at,
                reason: open("challenge", sealed)?,
            }),
            _ => None,
        };
        let Checked {
            missing,
            score,
            finding,
            mut advice,
            recorded: _,
        } = checked;
        let separate = row.separate.as_deref().filter(|_| is_staff(case));
        let place = SealPlace::new("referrals", "separate", row.id);
        let separate = separate.map(|sealed| case.key().open_json(place, sealed));
        if !shown {
            advice.retain(|one| !one.pointer.contains("/addresses/"));
        }
        let decided = row.decided_at.is_some();
        Ok(Self {
            id: row.id,
            case_id: row.shown_file(),
            marac_id: row.marac_id,
            agency_id: row.agency_id,
            co_agency_id: row.co_agency_id,
            external_ref: row.external_ref.clone(),
            status: row.status,
            urgent: row.urgent,
            referred_on: row.referred_on,
            submitted_at: row.submitted_at,
            score,
            criteria: finding,
            missing: if unfinished { missing } else { Vec::new() },
            advice,
            gaps: row.gaps.clone(),
            decision: decided.then_some(DecisionOut {
                by: row.decided_by,
                at: row.decided_at,
                reason,
            }),
            challenge,
            separate: separate.transpose()?,
            referral: document,
            withheld: case.lens.withheld(),
            confidential_addresses_withheld: !shown,
            notice: (row.status == ReferralStatus::Submitted).then_some(NOTICE),
            etag: etag(row.version),
        })
    }
}

/// A referral in a list.
#[derive(Serialize, ToSchema)]
pub struct ReferralItem {
    /// Id.
    pub id: Uuid,
    /// The file it stands in.
    pub case_id: Uuid,
    /// The MARAC.
    pub marac_id: Uuid,
    /// The referring agency.
    pub agency_id: Uuid,
    /// Life cycle.
    pub status: ReferralStatus,
    /// Cannot wait.
    pub urgent: bool,
    /// Day of the referral.
    pub referred_on: Option<NaiveDate>,
    /// When it was sent in.
    pub submitted_at: Option<DateTime<Utc>>,
    /// The server's score of the assessment: items answered yes. Null where nothing was scored.
    pub score: Option<i16>,
    /// The highest score its tool can give.
    pub maximum: Option<i16>,
    /// The tool.
    pub tool: Option<String>,
    /// Its version.
    pub tool_version: Option<i32>,
    /// Whether every item was asked; if not, the assessment is a part.
    pub score_complete: Option<bool>,
    /// The day of the assessment.
    pub assessed_on: Option<NaiveDate>,
    /// Criteria it stands on.
    pub criteria: Vec<String>,
    /// The survivor's name.
    pub survivor: Option<String>,
    /// The perpetrators' names.
    pub perpetrators: Vec<String>,
    /// What submission still needs.
    pub missing: Vec<String>,
    /// Version.
    pub etag: String,
    #[serde(skip)]
    pub(super) key: (bool, DateTime<Utc>, Uuid),
}

impl ReferralItem {
    pub(super) fn render(
        row: &ReferralRow,
        document: &Document,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: row.id,
            case_id: row.shown_file(),
            marac_id: row.marac_id,
            agency_id: row.agency_id,
            status: row.status,
            urgent: row.urgent,
            referred_on: row.referred_on,
            submitted_at: row.submitted_at,
            score: row.score,
            maximum: row.maximum,
            tool: row.tool.clone(),
            tool_version: row.tool_version,
            score_complete: row
                .not_asked_count
                .map(|not_asked| row.score.is_some() && not_asked == 0),
            assessed_on: document
                .assessment
                .as_ref()
                .map(|one| one.assessed_on.day()),
            criteria: row.criteria.clone(),
            survivor: document
                .survivor
                .as_ref()
                .and_then(|s| s.identity.full_name()),
            perpetrators: document
                .perpetrators
                .iter()
                .filter_map(|p| p.identity.full_name())
                .collect(),
            missing: row.missing.clone(),
            etag: etag(row.version),
            key: (!row.urgent, row.submitted_at.unwrap_or(created_at), row.id),
        }
    }
}

//! An accepted referral becomes rows of its case: people, assessment, account.

use chrono::NaiveDate;
use uuid::Uuid;

use super::rules::Checked;
use super::store::ReferralRow;
use casework::account::{self, Telling};
use casework::cases::intake::Accepted;
use casework::parties;
use casework::risk;
use casework::risk::record::{self, Source};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::document::Document;
use practice::marac::settings::MaracSettings;
use practice::risk::Tools;

/// What of the referral's row is needed.
pub struct Unfolding<'a> {
    pub referral_id: Uuid,
    pub agency_id: Uuid,
    pub submitted_by: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub referred_on: NaiveDate,
    pub document: &'a Document,
    pub checked: &'a Checked,
}

impl<'a> Unfolding<'a> {
    /// Of a referral whose author is the one who sent it in.
    pub fn of(
        row: &ReferralRow,
        referred_on: NaiveDate,
        document: &'a Document,
        checked: &'a Checked,
    ) -> Self {
        Self {
            referral_id: row.id,
            agency_id: row.agency_id,
            submitted_by: row.submitted_by,
            actor_id: row.actor_id,
            referred_on,
            document,
            checked,
        }
    }
}

/// What a case counts of a referral.
pub fn counted(
    criteria: &[String],
    referred_on: NaiveDate,
    document: &Document,
    settings: &MaracSettings,
) -> Accepted {
    Accepted {
        referred_on,
        window_months: u32::from(settings.repeat_window_months),
        criteria: criteria.to_vec(),
        has_children: !document.children.is_empty(),
    }
}

/// Writes it all down; into a case that is there already only what is new comes. Its assessment is laid
/// to those the case has: it takes the place of none that says more than it asks.
pub fn unfold(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    referral: &Unfolding<'_>,
    joins: bool,
    (tools, settings): (&Tools, &MaracSettings),
) -> Result<()> {
    let document = referral.document;
    match joins {
        true => parties::record::further(tx, case, document, referral.referral_id)?,
        false => parties::record::first(tx, case, document, referral.referral_id)?,
    }
    if let (Some(assessment), Some(score)) = (&document.assessment, &referral.checked.score) {
        let source = Source {
            referral_id: Some(referral.referral_id),
            agency_id: referral.agency_id,
            created_by: referral.submitted_by,
            actor_id: referral.actor_id,
            judgement: document
                .criteria
                .professional_judgement
                .clone()
                .map(String::from),
        };
        record::record(tx, case, assessment, score, source)?;
        risk::refresh(tx, case, tools, settings)?;
    }
    let telling = Telling {
        referral_id: referral.referral_id,
        author_id: referral.submitted_by,
        actor_id: referral.actor_id,
        agency_id: referral.agency_id,
        told_on: referral.referred_on,
    };
    account::first_telling(tx, case, &document.account, &telling)
}

//! Correcting what was recorded of a case at a meeting.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::entries_api::answer;
use super::model::{
    HearingSharing, InformationNature, PoliceWish, RiskFactor, Safeguard, SafeguardDecision, Words,
};
use super::rules::{self, Correction};
use super::shapes::HearingEntryOut;
use super::store::{self, HearingItem, NewEntry};
use super::{record, record_store};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, Created, Idempotency, IdempotencyKey, IfMatch, Path, Tagged, operation};
use kernel::visibility::VisibleCase;
use practice::text::Text;

/// Correcting it.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(correct_hearing_entry_route);
}

/// A correction: what is left out stays as it was.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectionIn {
    /// Why.
    reason: Text<2000>,
    /// Strike the entry out: it was said of another case, or not said.
    #[serde(default)]
    strike: bool,
    /// The words.
    #[serde(default)]
    text: Option<Text<8000>>,
    /// Who reads it.
    #[serde(default)]
    sharing: Option<HearingSharing>,
    /// Whose words they are.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// Fact or opinion.
    #[serde(default)]
    nature: Option<InformationNature>,
    /// Part of the risk analysis.
    #[serde(default)]
    factor: Option<RiskFactor>,
    /// Which safeguard.
    #[serde(default)]
    safeguard: Option<Safeguard>,
    /// What became of it.
    #[serde(default)]
    decision: Option<SafeguardDecision>,
    /// The survivor's wish.
    #[serde(default)]
    police_wish: Option<PoliceWish>,
}

/// Correct what was recorded, as coordinator or chair. The earlier version stays, with the reason.
#[operation(post, "/agenda-items/{id}/record/{part_id}/corrections", tag = "hearing", act = CorrectHearing,
    says = "The entry that takes its place.")]
pub async fn correct_hearing_entry(
    db: Data<Db>,
    caller: Caller,
    Path((id, old_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    key: IdempotencyKey,
    body: Body<CorrectionIn>,
) -> Result<Created<Tagged<HearingEntryOut>>> {
    let body = body.0;
    db.run(&caller, ACT.on("hearing_entry", old_id), move |tx| {
        let place = store::place_kept(tx, id)?;
        let case = case_file::opened(tx, ACT, place.case_id)?;
        let operation = "correct_hearing_entry";
        let claim = key.claim(tx, operation, &(id, old_id, &body))?;
        if let Idempotency::Fresh(new_id) = claim {
            correct(tx, &place, &case, (old_id, if_match), new_id, body)?;
        }
        let part = record_store::entry(tx, id, claim.id())?;
        let event = Event::of_case(&case).on("hearing_entry", claim.id());
        Ok(Audited::new(record::entry(case.key(), &part)?, event))
    })
    .await
    .map(answer)
}

fn correct(
    tx: &mut Tx<'_>,
    place: &HearingItem,
    case: &VisibleCase,
    (old_id, if_match): (Uuid, IfMatch),
    new_id: Uuid,
    body: CorrectionIn,
) -> Result<()> {
    let part = record_store::entry_locked(tx, place.item_id, old_id)?;
    let old = record::entry(case.key(), &part)?;
    if_match.check(old.version)?;
    if old.superseded_by_id.is_some() {
        return Err(Error::conflict("already_superseded"));
    }
    place.desk(case).corrects()?;
    let new = rules::corrected(
        &old,
        Correction {
            strike: body.strike,
            text: body.text.map(String::from),
            sharing: body.sharing,
            agency_id: body.agency_id,
            nature: body.nature,
            factor: body.factor,
            safeguard: body.safeguard,
            decision: body.decision,
            police_wish: body.police_wish,
        },
    )?;
    if new.agency_id != old.agency_id && !store::is_member(tx, case, new.agency_id)? {
        return Err(Error::field(
            "/agency_id",
            "not_a_member",
            "This agency is not in the MARAC.",
        ));
    }
    let entry = NewEntry {
        id: new_id,
        kind: new.kind,
        sharing: new.sharing,
        nature: new.nature,
        factor: new.factor,
        safeguard: new.safeguard,
        decision: new.decision,
        police_wish: new.police_wish,
        agency_id: new.agency_id,
        supersedes_id: new.supersedes_id,
        struck: new.struck,
        words: Words {
            text: new.text,
            reason: Some(body.reason.into_string()),
        },
    };
    store::insert(tx, case, place.item_id, &entry)
}

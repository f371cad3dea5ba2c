//! Where a joined referral's people are called or dated otherwise than what is recorded: the coordinator
//! decides what becomes of it. Nothing is taken over by itself.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::differences_store::{self as store, Difference};
use super::finding::found_anew;
use super::store::{Which, part_of, set_identity};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::crypto::SealPlace;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Page, Path, Tagged, etag, operation};
use kernel::policy::hidden;
use kernel::visibility::VisibleCase;
use practice::names::folded;
use practice::party::Identity;
use practice::vocabulary;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_differences_route)
        .service(decide_difference_route);
}

vocabulary! {
    /// What becomes of a difference.
    DifferenceDecision {
        Alias = "alias",
        Correct = "correct",
        Leave = "leave",
    }
}

/// A name or date in which a joined referral differs from what is recorded of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// The person of the case.
    party_id: Uuid,
    /// The referral that differs.
    referral_id: Uuid,
    /// Given and family name as the referral has them.
    name: Option<String>,
    /// Aliases as the referral has them.
    aliases: Vec<String>,
    /// Date of birth as the referral has it.
    date_of_birth: Option<NaiveDate>,
    /// What was decided; null while it is open.
    decision: Option<DifferenceDecision>,
    /// Who decided.
    decided_by: Option<Uuid>,
    /// When.
    decided_at: Option<DateTime<Utc>>,
    /// When it was found.
    created_at: DateTime<Utc>,
}

impl DifferenceOut {
    fn of(case: &VisibleCase, row: &Difference) -> Result<Self> {
        let identity = row.identity(case)?;
        Ok(Self {
            id: row.id,
            etag: etag(row.version),
            party_id: row.party_id,
            referral_id: row.referral_id,
            name: identity.full_name(),
            date_of_birth: identity.date_of_birth.map(Into::into),
            aliases: identity.aliases.into_iter().map(String::from).collect(),
            decision: row.decision,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            created_at: row.created_at,
        })
    }
}

/// Names and dates in which joined referrals differ from what is recorded, the newest first.
#[operation(get, "/cases/{id}/differences", tag = "parties", act = DecideDifference,
    says = "All of them on one page.")]
pub async fn list_differences(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<DifferenceOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let rows = store::all(tx, &case)?;
        let items = rows
            .iter()
            .map(|row| DifferenceOut::of(&case, row))
            .collect::<Result<Vec<_>>>()?;
        let event = Event::of_case(&case).fields(["identity"]).rows(items.len());
        let next_cursor = None;
        Ok(Audited::new(Page { items, next_cursor }, event))
    })
    .await
}

/// What is to become of a difference.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideDifferenceIn {
    /// `alias` keeps the referral's names and dates beside what is recorded; `correct` puts its name and date
    /// in the place of what is recorded, and keeps that beside them; `leave` changes nothing.
    decision: DifferenceDecision,
}

/// Decide what becomes of a difference.
///
/// It may be decided anew. `leave` takes nothing back that was taken over: correct the identity itself.
#[operation(post, "/cases/{id}/differences/{difference_id}/decide", tag = "parties", act = DecideDifference,
    says = "Decided.")]
pub async fn decide_difference(
    db: Data<Db>,
    caller: Caller,
    Path((id, difference_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<DecideDifferenceIn>,
) -> Result<Tagged<DifferenceOut>> {
    let decision = body.0.decision;
    db.run(&caller, ACT.on("difference", difference_id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        let row = store::one(tx, &case, difference_id)?.ok_or_else(hidden)?;
        if_match.check(row.version)?;
        let event = take_over(tx, &case, &row, decision)?;
        store::decide(tx, &case, difference_id, decision)?;
        let row = store::one(tx, &case, difference_id)?.ok_or_else(hidden)?;
        let event = event.on("difference", difference_id).fields(["identity"]);
        Ok(Audited::new(
            Tagged::new(row.version, DifferenceOut::of(&case, &row)?),
            event,
        ))
    })
    .await
}

/// What it was is kept, sealed, in the audit, as with every change of an identity.
fn take_over(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    row: &Difference,
    decision: DifferenceDecision,
) -> Result<Event> {
    let event = Event::of_case(case);
    let part = part_of(tx, case, Which::Party, row.party_id)?;
    let old: Identity = part.open(case, "parties", "identity")?;
    let new = with(&old, &row.identity(case)?, decision);
    if new == old {
        return Ok(event);
    }
    let place = SealPlace::new("audit_events", "detail", row.id);
    let detail = json!({ "old": old, "new": new });
    let detail = case.key().seal_json(place, &detail)?;
    set_identity(tx, case, row.party_id, &new)?;
    let kept = new.keeps(&old);
    found_anew(tx, case, (!kept).then_some((row.party_id, old)))?;
    Ok(event.detail(detail))
}

/// The identity as it is after the decision. What is corrected stays beside it: people know them by it.
fn with(known: &Identity, other: &Identity, decision: DifferenceDecision) -> Identity {
    let mut new = known.clone();
    match decision {
        DifferenceDecision::Leave => {}
        DifferenceDecision::Alias => new.keep_beside(other),
        DifferenceDecision::Correct => {
            if let Some(name) = other.full_name() {
                new.family_name.clone_from(&other.family_name);
                new.given_names.clone_from(&other.given_names);
                new.name_unknown = false;
                new.aliases.retain(|alias| folded(alias) != folded(&name));
            }
            if let Some(born) = other.date_of_birth {
                new.date_of_birth = Some(born);
                new.date_of_birth_estimated = other.date_of_birth_estimated;
                new.other_dates_of_birth.retain(|other| *other != born);
            }
            new.keep_beside(known);
            new.keep_beside(other);
        }
    }
    new
}

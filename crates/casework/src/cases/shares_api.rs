//! Sharing a case with an agency beyond its listing, for a reason and for a time.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, Sharing};
use super::shares_store::{self as store, Share};
use crate::actions::announce_case;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Page, Path, Tagged, etag, operation,
};
use kernel::policy::hidden;
use kernel::visibility::VisibleCase;
use practice::dates::AnyDay;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_shares_route)
        .service(share_case_route)
        .service(end_share_route);
}

/// A share.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShareOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// With whom.
    agency_id: Uuid,
    /// Since when.
    opens_at: DateTime<Utc>,
    /// Until when; null: no end is set.
    ends_at: Option<DateTime<Utc>>,
    /// Whether it stands.
    live: bool,
    /// Who decided it.
    created_by: Option<Uuid>,
    /// Why, and on which lawful basis (R35).
    reason: String,
}

impl ShareOut {
    fn of(case: &VisibleCase, share: &Share, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            id: share.id,
            etag: etag(share.version),
            agency_id: share.agency_id,
            opens_at: share.opens_at,
            ends_at: share.ends_at,
            live: share.ends_at.is_none_or(|end| end > now),
            created_by: share.created_by,
            reason: share.reason(case)?,
        })
    }
}

/// The shares of a case, newest first, ended ones too.
#[operation(get, "/cases/{id}/shares", tag = "access", act = ManageShares, says = "All of them on one page.")]
pub async fn list_shares(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<ShareOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let shares = store::all(tx, &case)?;
        let items = shares
            .iter()
            .map(|share| ShareOut::of(&case, share, tx.now))
            .collect::<Result<Vec<_>>>()?;
        let event = Event::of_case(&case).fields(["shares"]).rows(items.len());
        let page = Page {
            items,
            next_cursor: None,
        };
        Ok(Audited::new(page, event))
    })
    .await
}

/// A share to make.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ShareIn {
    /// With which agency of the MARAC: its representatives see the case from now.
    agency_id: Uuid,
    /// Last day; no end if left out.
    #[serde(default)]
    until: Option<AnyDay>,
    /// Why, and on which lawful basis (R35).
    reason: Text<2000>,
}

/// Share a case with an agency.
///
/// Refused for an agency whose information-sharing agreement is past its review date.
#[operation(post, "/cases/{id}/shares", tag = "access", act = ManageShares, says = "Shared.")]
pub async fn share_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<ShareIn>,
) -> Result<Created<Json<ShareOut>>> {
    let share = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            let claim = key.claim(tx, "share_case", &(id, &body))?;
            if let Idempotency::Fresh(share_id) = claim {
                let ends_at = rules::until(body.until.map(Into::into), tx.today())?;
                rules::share(sharing(tx, &case, body.agency_id)?)?;
                store::insert(tx, &case, share_id, body.agency_id, ends_at, &body.reason)?;
                announce_case(tx, id, &[body.agency_id])?;
            }
            let share = store::one(tx, &case, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("share", claim.id());
            Ok(Audited::new(ShareOut::of(&case, &share, tx.now)?, event))
        })
        .await?;
    Ok(Created(Json(share)))
}

fn sharing(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<Sharing> {
    let agency = crate::circle::agency(tx, case.marac_id, agency_id)?;
    Ok(Sharing {
        member: agency.as_ref().is_some_and(|agency| agency.member),
        review_due: agency.is_some_and(|agency| agency.review_due),
        shared: store::shared(tx, case, agency_id)?,
    })
}

/// End a share now.
#[operation(post, "/cases/{id}/shares/{share_id}/end", tag = "access", act = ManageShares, says = "Ended.")]
pub async fn end_share(
    db: Data<Db>,
    caller: Caller,
    Path((id, share_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<ShareOut>> {
    db.run(&caller, ACT.on("share", share_id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let share = store::one(tx, &case, share_id)?.ok_or_else(hidden)?;
        if_match.check(share.version)?;
        if share.ends_at.is_some_and(|end| end <= tx.now) {
            return Err(Error::conflict("already_ended"));
        }
        store::end(tx, &case, share_id)?;
        announce_case(tx, id, &[share.agency_id])?;
        let share = store::one(tx, &case, share_id)?.ok_or_else(hidden)?;
        let event = Event::of_case(&case)
            .on("share", share_id)
            .fields(["ends_at"]);
        let body = ShareOut::of(&case, &share, tx.now)?;
        Ok(Audited::new(Tagged::new(share.version, body), event))
    })
    .await
}

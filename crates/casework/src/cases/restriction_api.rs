//! Restricting a case to named people.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::exclusions_api::LaidOut;
use super::restriction_store::{self as store, Restriction};
use super::rules;
use crate::actions::announce_case;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Path, Tagged, etag, operation};
use kernel::policy::hidden;
use kernel::visibility::{self, VisibleCase};
use practice::dates::AnyDay;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_restriction_route)
        .service(restrict_case_route)
        .service(lift_restriction_route);
}

/// The restriction that stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RestrictionOut {
    /// Id.
    id: Uuid,
    /// Version of the case: send it to change or lift the restriction.
    etag: String,
    /// The only people who see the case.
    named: Vec<Uuid>,
    /// Who set it.
    set_by: Option<Uuid>,
    /// When.
    created_at: DateTime<Utc>,
    /// Until when; null: no end is set.
    ends_at: Option<DateTime<Utc>>,
    /// Why. Null where it was laid from a file on which the reader does not decide.
    reason: Option<String>,
    /// What it was laid by, if nobody set it on this file.
    laid: Option<LaidOut>,
}

impl RestrictionOut {
    fn of(
        tx: &Tx<'_>,
        case: &VisibleCase,
        restriction: &Restriction,
        version: i32,
    ) -> Result<Self> {
        Ok(Self {
            id: restriction.id,
            etag: etag(version),
            named: restriction.named.clone(),
            set_by: restriction.set_by,
            created_at: restriction.created_at,
            ends_at: restriction.ends_at,
            reason: restriction.reason(&tx.keys, case)?,
            laid: restriction.laid_by.map(|by| LaidOut {
                by,
                from_case_id: restriction.from_case_id,
            }),
        })
    }
}

/// Whether a case is restricted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RestrictionState {
    /// The restriction that stands, if one does.
    restriction: Option<RestrictionOut>,
    /// Version of the case: send it to set, change or lift the restriction.
    etag: String,
}

/// Whether a case, or the file of a received referral, is restricted, and the version to change that.
#[operation(get, "/cases/{id}/restriction", tag = "access", act = ReadRestriction, says = "How it stands.",
    names(id = "The case, or the file of a received referral."))]
pub async fn read_restriction(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<RestrictionState>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = visibility::case(tx, ACT, id)?;
        let version = case.row.version;
        let live = store::live(tx, &case)?;
        let out = live
            .map(|live| RestrictionOut::of(tx, &case, &live, version))
            .transpose()?;
        let body = RestrictionState {
            restriction: out,
            etag: etag(version),
        };
        Ok(Audited::new(
            Tagged::new(version, body),
            Event::of_case(&case),
        ))
    })
    .await
}

/// A restriction to set.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestrictionIn {
    /// Why.
    reason: Text<2000>,
    /// The only people who see the case from now; whoever sets it is always one of them.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    named: Vec<Uuid>,
    /// Last day; no end if left out.
    #[serde(default)]
    until: Option<AnyDay>,
}

/// Restrict a case to named people, or name others.
///
/// From the next request on nobody else sees it, coordinator and chair included. It follows people: it
/// is laid on every file in which somebody is the same person, and on what is referred later. There
/// those named here see it who have a role in that MARAC; if none of them decides there, its
/// coordinators who are not excluded, else its chairs.
#[operation(put, "/cases/{id}/restriction", tag = "access", act = RestrictCase, says = "Restricted.",
    names(id = "The case, or the file of a received referral."))]
pub async fn restrict_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<RestrictionIn>,
) -> Result<Tagged<RestrictionOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = visibility::case_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        let ends_at = rules::until(body.until.map(Into::into), tx.today())?;
        let named = named(tx, &case, body.named)?;
        let mut version = case.row.version;
        let live = store::live(tx, &case)?.filter(|live| live.laid_by.is_none());
        let stands = live.as_ref().map(|live| {
            let so = live.named == named && live.ends_at == ends_at;
            let reason = live.reason(&tx.keys, &case)?;
            Ok::<_, Error>(so && reason.as_deref() == Some(body.reason.as_str()))
        });
        if !stands.transpose()?.unwrap_or(false) {
            let live = live.map(|live| live.id);
            store::set(tx, &case, live, &named, ends_at, &body.reason)?;
            tell_owners(tx, &case)?;
            version += 1;
        }
        let live = store::live(tx, &case)?.ok_or_else(hidden)?;
        let event = Event::of_case(&case)
            .on("restriction", live.id)
            .fields(["named", "until", "reason"]);
        let body = RestrictionOut::of(tx, &case, &live, version)?;
        Ok(Audited::new(Tagged::new(version, body), event))
    })
    .await
}

/// The feeds of those who own actions of the case learn what they may see of it now.
fn tell_owners(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    let owners = store::owners(tx, case)?;
    announce_case(tx, case.id, &owners)
}

/// Who is named, the setter with them, all of the case's MARAC.
fn named(tx: &mut Tx<'_>, case: &VisibleCase, mut named: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let known = super::store::members(tx, case.marac_id, &named)?;
    let strangers = named
        .iter()
        .enumerate()
        .filter(|(_, user)| !known.contains(user))
        .map(|(index, _)| crate::circle::not_a_member(&format!("/named/{index}")));
    let errors: Vec<_> = strangers.collect();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    named.extend(tx.actor.principal.user_id());
    named.sort();
    named.dedup();
    Ok(named)
}

/// What became of a case's openness.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnrestrictedOut {
    /// The case.
    id: Uuid,
    /// Its version now.
    etag: String,
    /// Open to named people only.
    restricted: bool,
}

/// Lift a case's restriction.
///
/// Those who were named for it leave with it. What was laid from it on other files ends with it.
#[operation(post, "/cases/{id}/restriction/lift", tag = "access", act = RestrictCase, says = "Lifted.",
    names(id = "The case, or the file of a received referral."))]
pub async fn lift_restriction(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<UnrestrictedOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = visibility::case_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        let live = store::live(tx, &case)?.ok_or_else(|| Error::conflict("not_restricted"))?;
        store::lift(tx, &case)?;
        tell_owners(tx, &case)?;
        let event = Event::of_case(&case)
            .on("restriction", live.id)
            .fields(["restricted"]);
        let version = case.row.version + 1;
        let body = UnrestrictedOut {
            id,
            etag: etag(version),
            restricted: false,
        };
        Ok(Audited::new(Tagged::new(version, body), event))
    })
    .await
}

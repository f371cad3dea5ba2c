//! Restricting a case to named people.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post, put};
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
use kernel::http::{
    Body, IfMatch, Path, Problems, StepUpProblems, VersionProblems, WriteProblems, etag, tagged,
};
use kernel::policy::{Act, hidden};
use kernel::visibility::{self, VisibleCase};
use practice::dates::AnyDay;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_restriction)
        .service(restrict_case)
        .service(lift_restriction);
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
#[utoipa::path(tag = "access", operation_id = "read_restriction",
    params(("id" = Uuid, Path, description = "The case, or the file of a received referral.")),
    responses((status = 200, description = "How it stands.", body = RestrictionState), Problems))]
#[get("/cases/{id}/restriction")]
async fn read_restriction(db: Data<Db>, caller: Caller, path: Path<Uuid>) -> Result<HttpResponse> {
    let id = path.0;
    let (body, version) = db
        .run(&caller, Act::ReadRestriction.on("case", id), move |tx| {
            let case = visibility::case(tx, Act::ReadRestriction, id)?;
            let version = case.row.version;
            let live = store::live(tx, &case)?;
            let out = live
                .map(|live| RestrictionOut::of(tx, &case, &live, version))
                .transpose()?;
            let body = RestrictionState {
                restriction: out,
                etag: etag(version),
            };
            Ok(Audited::new((body, version), Event::of_case(&case)))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &body))
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
#[utoipa::path(tag = "access", operation_id = "restrict_case", request_body = RestrictionIn,
    params(("id" = Uuid, Path, description = "The case, or the file of a received referral."),
        ("If-Match" = String, Header, description = "The case's etag.")),
    responses((status = 200, description = "Restricted.", body = RestrictionOut), Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[put("/cases/{id}/restriction")]
async fn restrict_case(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RestrictionIn>,
) -> Result<HttpResponse> {
    let (id, body) = (path.0, body.0);
    let (body, version) = db
        .run(&caller, Act::RestrictCase.on("case", id), move |tx| {
            let case = visibility::case_locked(tx, Act::RestrictCase, id)?;
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
            Ok(Audited::new((body, version), event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &body))
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
#[utoipa::path(tag = "access", operation_id = "lift_restriction",
    params(("id" = Uuid, Path, description = "The case, or the file of a received referral."),
        ("If-Match" = String, Header, description = "The case's etag.")),
    responses((status = 200, description = "Lifted.", body = UnrestrictedOut), Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/cases/{id}/restriction/lift")]
async fn lift_restriction(
    db: Data<Db>,
    caller: Caller,
    path: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = path.0;
    let version = db
        .run(&caller, Act::RestrictCase.on("case", id), move |tx| {
            let case = visibility::case_locked(tx, Act::RestrictCase, id)?;
            if_match.check(case.row.version)?;
            let live = store::live(tx, &case)?.ok_or_else(|| Error::conflict("not_restricted"))?;
            store::lift(tx, &case)?;
            tell_owners(tx, &case)?;
            let event = Event::of_case(&case)
                .on("restriction", live.id)
                .fields(["restricted"]);
            Ok(Audited::new(case.row.version + 1, event))
        })
        .await?;
    let body = UnrestrictedOut {
        id,
        etag: etag(version),
        restricted: false,
    };
    Ok(tagged(HttpResponse::Ok(), version, &body))
}

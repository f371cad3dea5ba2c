//! The agencies of a MARAC: who is in, by which agreement, and who is suspended.

use actix_web::Either;
use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, AgreementWarning};
use super::store::{self, Member};
use super::{find, join};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, Created, IfMatch, Page, PageQuery, Path, Query, Tagged, etag, operation};
use kernel::policy::{self, Act};
use practice::dates::{AnyDay, AnyMoment};
use practice::text::Line;
use practice::vocabulary::AgencyKind;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_members_route)
        .service(set_membership_route)
        .service(suspend_member_route)
        .service(reinstate_member_route);
}

/// An agency's part in a MARAC and its information-sharing agreement (R36).
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// One of the agencies expected at every meeting.
    #[serde(default)]
    pub core: bool,
    /// When the agreement was signed.
    #[serde(default)]
    pub signed_on: Option<AnyDay>,
    /// Who signed for the agency.
    #[serde(default)]
    pub signatory: Option<Line<200>>,
    /// When it is to be reviewed. Once past, the agency gets no new listings.
    #[serde(default)]
    pub review_on: Option<AnyDay>,
    /// When access ends; null: it does not.
    #[serde(default)]
    pub access_ends_at: Option<AnyMoment>,
}

impl Agreement {
    /// Whether the agency is a member on just these terms.
    fn stands(&self, member: &Member) -> bool {
        let Self {
            core,
            signed_on,
            signatory,
            review_on,
            access_ends_at,
        } = self;
        member.core == *core
            && member.signed_on == signed_on.map(AnyDay::day)
            && member.signatory.as_deref() == signatory.as_deref()
            && member.review_on == review_on.map(AnyDay::day)
            && member.access_ends_at == access_ends_at.map(AnyMoment::at)
    }
}

/// Why an agency is suspended.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SuspensionIn {
    /// The reason, for the record. No case content.
    reason: Line<500>,
}

/// An agency in a MARAC.
#[derive(Serialize, ToSchema)]
pub struct MemberOut {
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    name: String,
    /// What kind it is.
    kind: AgencyKind,
    /// One of the agencies expected at every meeting.
    core: bool,
    /// When the agreement was signed.
    signed_on: Option<NaiveDate>,
    /// Who signed for the agency.
    signatory: Option<String>,
    /// When it is to be reviewed.
    review_on: Option<NaiveDate>,
    /// When access ends; null: it does not.
    access_ends_at: Option<DateTime<Utc>>,
    /// Whether it is suspended.
    suspended: bool,
    /// Since when it is.
    suspended_at: Option<DateTime<Utc>>,
    /// Who decided that.
    suspended_by: Option<Uuid>,
    /// Why. For those who decide on memberships; null for others.
    suspension_reason: Option<String>,
    /// Whether it has access now: open, not suspended, not ended.
    live: bool,
    /// What is wrong with the agreement; null if nothing is.
    warning: Option<AgreementWarning>,
    /// Its version.
    etag: String,
}

/// Shapes members for the caller, who sees reasons of suspensions only if they decide on them.
fn show(tx: &Tx<'_>, marac_id: Uuid) -> impl Fn(Member) -> MemberOut + use<> {
    let (now, today) = (tx.now, tx.today());
    let decides = policy::may_in(&tx.actor, Act::SetMembership, marac_id).is_ok();
    move |member| MemberOut {
        live: rules::is_live(&member, now),
        warning: rules::warning(member.signed_on, member.review_on, today),
        agency_id: member.agency_id,
        name: member.name,
        kind: member.kind,
        core: member.core,
        signed_on: member.signed_on,
        signatory: member.signatory,
        review_on: member.review_on,
        access_ends_at: member.access_ends_at,
        suspended: member.suspended_at.is_some(),
        suspended_at: member.suspended_at,
        suspended_by: member.suspended_by,
        suspension_reason: member.suspension_reason.filter(|_| decides),
        etag: etag(member.version),
    }
}

/// List the agencies of a MARAC.
///
/// For administrators and for whoever holds a role in it.
#[operation(get, "/maracs/{id}/agencies", tag = "maracs", act = ReadMarac, says = "A page of its agencies.")]
pub async fn list_members(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<Page<MemberOut>> {
    let (id, limit, after) = (id.0, query.0.limit(), query.0.after()?);
    db.run(&caller, ACT.on("marac", id), move |tx| {
        store::marac_exists(tx, id)?;
        policy::may_in(&tx.actor, ACT, id)?;
        let rows = store::list_members(tx, id, after, limit + 1)?;
        let page = Page::of(rows, limit, |row| row.agency_id).map(show(tx, id));
        let event = Event::list(page.len()).in_marac(id).fields(["agencies"]);
        Ok(Audited::new(page, event))
    })
    .await
}

/// Take an agency into a MARAC, or change its agreement.
///
/// As the MARAC's coordinator or an administrator. The whole agreement is sent. `If-Match` is required
/// once the agency is a member. 409: `agency_closed`; `own_agency`: somebody else decides when the
/// access of one's own agency ends.
#[operation(put, "/maracs/{id}/agencies/{agency_id}", tag = "maracs", act = SetMembership,
    says = "The agreement as it is now.", or = "The agency has joined.",
    if_match = "The membership's `etag` that was read; none to join.")]
pub async fn set_membership(
    db: Data<Db>,
    caller: Caller,
    Path((marac_id, agency_id)): Path<(Uuid, Uuid)>,
    if_match: Result<IfMatch>,
    Body(agreement): Body<Agreement>,
) -> Result<Either<Tagged<MemberOut>, Created<Tagged<MemberOut>>>> {
    db.run(&caller, ACT.on("agency", agency_id), move |tx| {
        store::marac_exists(tx, marac_id)?;
        policy::may_in(&tx.actor, ACT, marac_id)?;
        let before = store::member_locked(tx, marac_id, agency_id)?;
        let agency = find(tx, agency_id)?;
        let own = tx.actor.agency_id == agency_id;
        let (now, today) = (tx.now, tx.today());
        match &before {
            Some(member) => if_match?.check(member.version)?,
            None => no_version_yet(if_match)?,
        }
        rules::open(&agency)?;
        rules::agree(&agreement, before.as_ref(), own, now, today)?;
        match &before {
            Some(member) if agreement.stands(member) => {}
            Some(_) => store::change_agreement(tx, marac_id, agency_id, &agreement)?,
            None => join(tx, marac_id, agency_id, &agreement)?,
        }
        let event = Event::new().in_marac(marac_id).fields(["agreement"]);
        let member = store::member(tx, marac_id, agency_id)?.ok_or_else(policy::hidden)?;
        let out = Tagged::new(member.version, show(tx, marac_id)(member));
        let out = match before {
            Some(_) => Either::Left(out),
            None => Either::Right(Created(out)),
        };
        Ok(Audited::new(out, event))
    })
    .await
}

/// Who sends a version of what is not there has read something that is gone.
fn no_version_yet(if_match: Result<IfMatch>) -> Result<()> {
    match if_match {
        Ok(_) => Err(Code::Stale.into()),
        Err(error) if error.code() == Code::PreconditionRequired => Ok(()),
        Err(error) => Err(error),
    }
}

/// Suspend an agency in a MARAC: its people and programs lose it at once.
///
/// As the MARAC's coordinator or an administrator, of another agency than one's own. 409:
/// `already_suspended`, `own_agency`.
#[operation(post, "/maracs/{id}/agencies/{agency_id}/suspend", tag = "maracs", act = SetMembership,
    says = "Suspended.", if_match = "The membership's `etag` that was read.")]
pub async fn suspend_member(
    db: Data<Db>,
    caller: Caller,
    Path((id, agency_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Body(body): Body<SuspensionIn>,
) -> Result<Tagged<MemberOut>> {
    db.run(&caller, ACT.on("agency", agency_id), move |tx| {
        let reason = Some(body.reason.into());
        suspension(tx, ACT, (id, agency_id), if_match, rules::suspend, reason)
    })
    .await
}

/// Lift a suspension.
///
/// As the MARAC's coordinator or an administrator. 409: `not_suspended`, `own_agency`.
#[operation(post, "/maracs/{id}/agencies/{agency_id}/reinstate", tag = "maracs", act = SetMembership,
    says = "Reinstated.", if_match = "The membership's `etag` that was read.")]
pub async fn reinstate_member(
    db: Data<Db>,
    caller: Caller,
    Path((id, agency_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<MemberOut>> {
    db.run(&caller, ACT.on("agency", agency_id), move |tx| {
        suspension(tx, ACT, (id, agency_id), if_match, rules::reinstate, None)
    })
    .await
}

fn suspension(
    tx: &mut Tx<'_>,
    act: Act,
    (marac_id, agency_id): (Uuid, Uuid),
    if_match: IfMatch,
    decide: fn(&Member, bool) -> Result<(), Error>,
    reason: Option<String>,
) -> Result<Audited<Tagged<MemberOut>>> {
    store::marac_exists(tx, marac_id)?;
    policy::may_in(&tx.actor, act, marac_id)?;
    let member = store::member_locked(tx, marac_id, agency_id)?.ok_or_else(policy::hidden)?;
    if_match.check(member.version)?;
    decide(&member, tx.actor.agency_id == agency_id)?;
    store::set_suspension(tx, marac_id, agency_id, reason)?;
    let member = store::member(tx, marac_id, agency_id)?.ok_or_else(policy::hidden)?;
    let event = Event::new().in_marac(marac_id).fields(["suspended_at"]);
    let out = Tagged::new(member.version, show(tx, marac_id)(member));
    Ok(Audited::new(out, event))
}

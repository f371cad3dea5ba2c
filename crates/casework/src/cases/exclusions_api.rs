//! Excluding somebody from a case: it wins over everything, from the next request on.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::exclusions_store::{self as store, Exclusion, ExclusionSubject, SubjectInMarac};
use super::{LaidBy, rules};
use crate::actions::announce_case;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Json, Page, Path, Tagged, etag, operation,
};
use kernel::policy::hidden;
use kernel::visibility::{self, VisibleCase};
use practice::dates::AnyDay;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_exclusions_route)
        .service(exclude_route)
        .service(lift_exclusion_route);
}

/// An exclusion.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExclusionOut {
    /// Id.
    id: Uuid,
    /// Version.
    etag: String,
    /// A person …
    user_id: Option<Uuid>,
    /// … or a registered person of a partner's program …
    actor_id: Option<Uuid>,
    /// … or an agency …
    agency_id: Option<Uuid>,
    /// … but for this senior of it …
    exempt_user_id: Option<Uuid>,
    /// … or an API client that an excluded person made.
    client_id: Option<Uuid>,
    /// Who set it; null if the program laid it here.
    set_by: Option<Uuid>,
    /// When.
    created_at: DateTime<Utc>,
    /// Until when; null: no end is set.
    ends_at: Option<DateTime<Utc>>,
    /// Whether it stands.
    live: bool,
    /// Who lifted it.
    lifted_by: Option<Uuid>,
    /// Why. Null where it was laid from a file on which the reader does not decide.
    reason: Option<String>,
    /// What it was laid by, if nobody set it on this file.
    laid: Option<LaidOut>,
}

/// An exclusion or restriction that follows people: it was set on another file and laid on this one,
/// or passed on by somebody excluded. Lifting it here ends it here; lifting the first one ends all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LaidOut {
    /// What links the two.
    pub(super) by: LaidBy,
    /// The file it was set on, where the reader decides on that one too.
    pub(super) from_case_id: Option<Uuid>,
}

impl ExclusionOut {
    fn of(tx: &Tx<'_>, case: &VisibleCase, exclusion: &Exclusion) -> Result<Self> {
        let laid = exclusion.laid_by.map(|by| LaidOut {
            by,
            from_case_id: exclusion.from_case_id,
        });
        Ok(Self {
            id: exclusion.id,
            etag: etag(exclusion.version),
            user_id: exclusion.user_id,
            actor_id: exclusion.actor_id,
            agency_id: exclusion.agency_id,
            exempt_user_id: exclusion.exempt_user_id,
            client_id: exclusion.client_id,
            set_by: exclusion.set_by,
            created_at: exclusion.created_at,
            ends_at: exclusion.ends_at,
            live: exclusion.ends_at.is_none_or(|end| end > tx.now),
            lifted_by: exclusion.lifted_by,
            reason: exclusion.reason(&tx.keys, case)?,
            laid,
        })
    }
}

/// The exclusions of a case, newest first, lifted ones too.
#[operation(get, "/cases/{id}/exclusions", tag = "access", act = ReadExclusions,
    says = "All of them on one page.", names(id = "The case, or the file of a received referral."))]
pub async fn list_exclusions(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<ExclusionOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = visibility::case(tx, ACT, id)?;
        let exclusions = store::all(tx, &case)?;
        let items = exclusions
            .iter()
            .map(|one| ExclusionOut::of(tx, &case, one))
            .collect::<Result<Vec<_>>>()?;
        let event = Event::of_case(&case)
            .fields(["exclusions"])
            .rows(items.len());
        let page = Page {
            items,
            next_cursor: None,
        };
        Ok(Audited::new(page, event))
    })
    .await
}

/// An exclusion to set: exactly one of person, registered person and agency.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExclusionIn {
    /// A person.
    #[serde(default)]
    user_id: Option<Uuid>,
    /// A registered person of a partner's program.
    #[serde(default)]
    actor_id: Option<Uuid>,
    /// An agency.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// One senior of the agency to whom it does not apply.
    #[serde(default)]
    exempt_user_id: Option<Uuid>,
    /// Last day; no end if left out.
    #[serde(default)]
    until: Option<AnyDay>,
    /// Why.
    reason: Text<2000>,
}

impl ExclusionIn {
    fn subject(&self) -> ExclusionSubject {
        ExclusionSubject {
            user_id: self.user_id,
            actor_id: self.actor_id,
            agency_id: self.agency_id,
            exempt_user_id: self.exempt_user_id,
        }
    }
}

/// Exclude a person, a registered person or an agency from a case.
///
/// It wins over every role and basis, from the next request on: to them the case does not exist. It
/// follows people: at once it holds for every file in which somebody is, or is matched to, a person of
/// this one, for files to come as well, and for every account, registered person and client that an
/// excluded person makes. A person and the account they are linked to are one. An agency's program that acts for no person is excluded with any of its people.
#[operation(post, "/cases/{id}/exclusions", tag = "access", act = ManageExclusions, says = "Excluded.",
    names(id = "The case, or the file of a received referral."))]
pub async fn exclude(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<ExclusionIn>,
) -> Result<Created<Json<ExclusionOut>>> {
    let exclusion = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = visibility::case_locked(tx, ACT, id)?;
            let subject = body.subject();
            rules::exclude(subject)?;
            let claim = key.claim(tx, "exclude", &(id, &body))?;
            if let Idempotency::Fresh(exclusion_id) = claim {
                let ends_at = rules::until(body.until.map(Into::into), tx.today())?;
                set_exclusion(tx, &case, exclusion_id, subject, ends_at, &body.reason)?;
            }
            let exclusion = store::one(tx, &case, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("exclusion", claim.id());
            Ok(Audited::new(
                ExclusionOut::of(tx, &case, &exclusion)?,
                event,
            ))
        })
        .await?;
    Ok(Created(Json(exclusion)))
}

/// Sets an exclusion: it holds from the next request on, and the feeds of whom it names are told.
/// Refused fields are `/user_id`, `/actor_id`, `/agency_id` and `/exempt_user_id`.
pub fn set_exclusion(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    subject: ExclusionSubject,
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    rules::exclude(subject)?;
    can_be_named(subject, store::known(tx, case.marac_id, subject)?)?;
    store::insert(tx, case, id, subject, ends_at, reason)?;
    let agencies = store::agencies(tx, subject, None)?;
    announce_case(tx, case.id, &agencies)
}

fn can_be_named(subject: ExclusionSubject, known: SubjectInMarac) -> Result<()> {
    if !known.subject {
        let pointer = match subject {
            ExclusionSubject {
                user_id: Some(_), ..
            } => "/user_id",
            ExclusionSubject {
                actor_id: Some(_), ..
            } => "/actor_id",
            _ => "/agency_id",
        };
        return Err(Error::invalid(vec![crate::circle::not_a_member(pointer)]));
    }
    if !known.exempt {
        return Err(Error::field(
            "/exempt_user_id",
            "not_of_the_agency",
            "Name somebody of the excluded agency.",
        ));
    }
    Ok(())
}

/// Lift an exclusion now.
///
/// What was laid or inherited from it ends with it. One that was laid on this file ends on this file,
/// and is laid again only on a better ground.
#[operation(post, "/cases/{id}/exclusions/{exclusion_id}/lift", tag = "access", act = ManageExclusions,
    says = "Lifted.", names(id = "The case, or the file of a received referral."))]
pub async fn lift_exclusion(
    db: Data<Db>,
    caller: Caller,
    Path((id, exclusion_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Tagged<ExclusionOut>> {
    db.run(&caller, ACT.on("exclusion", exclusion_id), move |tx| {
        let case = visibility::case(tx, ACT, id)?;
        let exclusion = store::one(tx, &case, exclusion_id)?.ok_or_else(hidden)?;
        if_match.check(exclusion.version)?;
        if exclusion.ends_at.is_some_and(|end| end <= tx.now) {
            return Err(Error::conflict("already_ended"));
        }
        store::lift(tx, &case, exclusion_id)?;
        let agencies = store::agencies(tx, exclusion.subject(), exclusion.client_id)?;
        announce_case(tx, id, &agencies)?;
        let exclusion = store::one(tx, &case, exclusion_id)?.ok_or_else(hidden)?;
        let event = Event::of_case(&case)
            .on("exclusion", exclusion_id)
            .fields(["ends_at"]);
        let body = ExclusionOut::of(tx, &case, &exclusion)?;
        Ok(Audited::new(Tagged::new(exclusion.version, body), event))
    })
    .await
}

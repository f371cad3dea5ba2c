//! Leaving: what somebody holds goes to a colleague in one call, and the account is closed.

use std::collections::BTreeSet;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, Leaving};
use super::{store, telling};
use crate::duties::{self, Becomes, Duty, DutyCounts};
use crate::notifications::NoticeKind;
use crate::users::{self, User, concern, grants};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Path, Query, Tagged, etag, operation};
use kernel::policy::hidden;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read_duties_route).service(leave_route);
}

/// To whom it would go.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DutiesQuery {
    /// A colleague of the same agency.
    to_user_id: Option<Uuid>,
}

/// What an account holds, counted.
#[derive(Serialize, ToSchema)]
pub struct DutiesOut {
    /// The account.
    user_id: Uuid,
    /// Its version, for leaving.
    etag: String,
    /// What it holds.
    held: DutyCounts,
    /// What would go to the colleague; null if none is named.
    moves: Option<DutyCounts>,
    /// What would not: the colleague has no role in its MARAC, or is excluded from the case, or the case
    /// is open to named people only.
    left_over: Option<DutyCounts>,
}

/// A live colleague of the account's person.
fn colleague(tx: &mut Tx<'_>, user: &User, to: Option<Uuid>) -> Result<bool> {
    let Some(to) = to else { return Ok(true) };
    let found = users::find(tx, to)?;
    Ok(found.is_some_and(|other| {
        other.id != user.id && other.agency_id == user.agency_id && other.disabled_at.is_none()
    }))
}

/// What somebody who may leave holds, and what of it a colleague could take: counts, no content.
///
/// The first step of leaving; it changes nothing. Cases closed to you are not counted.
#[operation(get, "/users/{id}/duties", tag = "cover", act = ReadDuties, says = "Counts by kind.")]
pub async fn read_duties(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Query<DutiesQuery>,
) -> Result<Tagged<DutiesOut>> {
    let to = query.0.to_user_id;
    db.run(&caller, ACT.on("user", id), move |tx| {
        let user = users::overseen(tx, ACT, id)?;
        if !colleague(tx, &user, to)? {
            return Err(hidden());
        }
        let duties = duties::duties(tx, id, to)?;
        let (moves, left_over) = duties::split(&duties);
        let body = DutiesOut {
            user_id: id,
            etag: etag(user.version),
            held: duties::held(&duties),
            moves: to.map(|_| moves),
            left_over: to.map(|_| left_over),
        };
        let event = Event::new().on("user", id).fields(["duties"]);
        Ok(Audited::new(Tagged::new(user.version, body), event))
    })
    .await
}

/// To whom it goes.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LeaveIn {
    /// A colleague of the same agency, and not yourself. May be left out if nothing is held.
    #[serde(default)]
    to_user_id: Option<Uuid>,
}

/// What became of what an account held.
#[derive(Serialize, ToSchema)]
pub struct LeaveOut {
    /// The account, closed.
    user_id: Uuid,
    /// Its version.
    etag: String,
    /// What went to the colleague.
    moved: DutyCounts,
    /// What could not, and is now its agency's or the coordinator's.
    left_over: DutyCounts,
}

/// Somebody leaves: their open actions, referrals, cases and seats at meetings to come go to a
/// colleague, their roles end and their account is closed, all at once.
///
/// For an administrator, an agency's lead where all that the person may do is theirs to grant, and a
/// coordinator where it is in their MARACs and below coordinator, chair and auditor. You need not see the cases and are told counts only. Nothing goes to a colleague who
/// is excluded from a case, or not named on a restricted one, or has no role in its MARAC: such an
/// action stays with the agency, such a case with its coordinator. A closed account can be handed on
/// too. 409: `own_account`, `not_to_yourself`, `duties_remain` (with `counts`) if no colleague is
/// named, `only_coordinator` if a MARAC would have none, `drafts_left` if a draft could not go to them: nobody else would ever see it.
#[operation(post, "/users/{id}/leave", tag = "cover", act = HandOver, says = "Closed.")]
pub async fn leave(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    body: Body<LeaveIn>,
) -> Result<Tagged<LeaveOut>> {
    let to = body.0.to_user_id;
    db.run(&caller, ACT.on("user", id), move |tx| {
        users::lock(
            tx,
            &[Some(id), to].into_iter().flatten().collect::<Vec<_>>(),
        )?;
        let by = tx.actor.principal.user_id();
        rules::hands(Leaving {
            user_id: id,
            to,
            by,
        })?;
        let mut user = users::overseen(tx, ACT, id)?;
        if_match.check(user.version)?;
        if !colleague(tx, &user, to)? {
            let message = "Name a colleague of the same agency whose account is open.";
            return Err(Error::field("/to_user_id", "not_a_colleague", message));
        }
        let duties = duties::duties(tx, id, to)?;
        rules::leave(to, &duties)?;
        let roles = users::roles_of(tx, id)?;
        let maracs = concern::maracs(tx, user.agency_id, roles)?;
        grants::keep_coordinated(tx, id, &maracs)?;
        let ids = duties.iter().map(|_| Uuid::now_v7()).collect();
        let duties = store::hand_over(tx, id, to, ids)?;
        users::close(tx, &mut user)?;
        telling::handed_over(tx, id, to, &duties)?;
        concern::tell_staff(tx, NoticeKind::AccountChanged, ("user", id), &maracs)?;
        let (moved, left_over) = duties::split(&duties);
        let body = LeaveOut {
            user_id: id,
            etag: etag(user.version),
            moved,
            left_over,
        };
        Ok(recorded(
            Tagged::new(user.version, body),
            id,
            &maracs,
            &duties,
        ))
    })
    .await
}

/// The result with an event of the account in each MARAC where it worked, and one of each case that
/// changed hands: its coordinator sees there who opened it to whom.
fn recorded<T>(value: T, id: Uuid, maracs: &[Uuid], duties: &[Duty]) -> Audited<T> {
    let event = Event::new().on("user", id);
    let own = event
        .clone()
        .fields(["duties", "roles", "disabled_at"])
        .rows(duties.len());
    let cases: BTreeSet<_> = duties
        .iter()
        .filter(|duty| duty.becomes != Becomes::Ends)
        .filter_map(|duty| Some((duty.marac_id, duty.case_id?)))
        .collect();
    cases.into_iter().fold(
        Audited::in_maracs(value, own, maracs),
        |audited, (marac_id, case_id)| {
            let event = event.clone().in_case(marac_id, case_id);
            audited.and(event.fields(["duties"]))
        },
    )
}

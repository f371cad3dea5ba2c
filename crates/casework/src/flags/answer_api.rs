//! What agencies answer about their flags, over HTTP.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::api::{FlagOut, event, out};
use super::rules::{self, FlagAnswer, FlagCaller};
use super::{FlagStatus, Said, decide_store, store};
use crate::actions;
use kernel::audit::Audited;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use kernel::policy::{Act, Role, may_in};
use practice::text::{Line, Text};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(place_flag_route)
        .service(decline_flag_route)
        .service(remove_flag_route);
}

/// Writes an answer to a flag and gives the flag as it then is.
async fn say(
    db: &Db,
    caller: &Caller,
    act: Act,
    (id, if_match): (Uuid, IfMatch),
    answer: FlagAnswer,
    said: Said,
) -> Result<Tagged<FlagOut>> {
    db.run(caller, act.on("flag", id), move |tx| {
        let row = store::one_locked(tx, id)?;
        may_in(&tx.actor, act, row.marac_id)?;
        let by = FlagCaller {
            owner: row.owned,
            coordinator: tx.actor.holds(row.marac_id, &[Role::Coordinator]),
        };
        // Whether they may comes before whether they are up to date.
        rules::allow(by)?;
        if_match.check(row.version)?;
        let status = rules::answer(row.flag_status, answer, by)?;
        let said = Said {
            overridden: !by.owner,
            ..said
        };
        decide_store::answer(tx, &row, status, &said)?;
        let done = match status {
            FlagStatus::Placed => actions::flag_placed(tx, act, (row.case_id, row.agency_id))?,
            _ => None,
        };
        let event = event(&row);
        let event = match said.overridden {
            true => event.fields(["status", "override"]),
            false => event.fields(["status"]),
        };
        let row = store::answered(tx, &row)?;
        let audited = Audited::new(Tagged::new(row.version, out(tx, &row)?), event);
        Ok(done.into_iter().fold(audited, Audited::and))
    })
    .await
}

/// That a flag is placed.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PlaceFlagIn {
    /// The system it is placed in.
    system: Line<200>,
    /// The system's receipt.
    #[serde(default)]
    reference: Option<Line<200>>,
    /// More, in words.
    #[serde(default)]
    note: Option<Text<2000>>,
}

/// Confirm that a flag is placed, until the day it expires (R15).
///
/// An action `flag_and_tag` that the agency has outstanding on the case is completed with it. After a
/// new referral, or where the case is kept, it is asked for again and confirmed for longer.
/// The coordinator may answer in the agency's place; history and audit say so.
#[operation(post, "/flags/{id}/place", tag = "flags", act = ConfirmFlag, says = "Confirmed.")]
pub async fn place_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<PlaceFlagIn>,
) -> Result<Tagged<FlagOut>> {
    let said = Said {
        system: Some(body.0.system.into_string()),
        reference: body.0.reference.map(String::from),
        note: body.0.note.map(String::from),
        overridden: false,
    };
    say(
        &db,
        &caller,
        ACT,
        (id.0, if_match),
        FlagAnswer::Placed,
        said,
    )
    .await
}

/// Why there is nothing to flag.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeclineFlagIn {
    /// Why.
    reason: Text<2000>,
}

/// Say that there is nothing to flag, or nothing to remove.
#[operation(post, "/flags/{id}/decline", tag = "flags", act = ConfirmFlag, says = "Answered.")]
pub async fn decline_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<DeclineFlagIn>,
) -> Result<Tagged<FlagOut>> {
    let said = Said {
        note: Some(body.0.reason.into_string()),
        ..Said::default()
    };
    say(
        &db,
        &caller,
        ACT,
        (id.0, if_match),
        FlagAnswer::NotPlaced,
        said,
    )
    .await
}

/// That a flag is gone.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RemoveFlagIn {
    /// The system's receipt.
    #[serde(default)]
    reference: Option<Line<200>>,
    /// More, in words.
    #[serde(default)]
    note: Option<Text<2000>>,
}

/// Confirm that a flag is removed, once the case has lapsed or is over (R15).
///
/// The coordinator may say so earlier, as where a case was listed to the wrong agency.
#[operation(post, "/flags/{id}/remove", tag = "flags", act = ConfirmFlag, says = "Confirmed.")]
pub async fn remove_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RemoveFlagIn>,
) -> Result<Tagged<FlagOut>> {
    let said = Said {
        reference: body.0.reference.map(String::from),
        note: body.0.note.map(String::from),
        ..Said::default()
    };
    say(
        &db,
        &caller,
        ACT,
        (id.0, if_match),
        FlagAnswer::Removed,
        said,
    )
    .await
}

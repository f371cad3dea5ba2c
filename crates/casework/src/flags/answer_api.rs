//! What agencies answer about their flags, over HTTP.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::api::{FlagOut, event, out};
use super::rules::{self, Answer, By};
use super::{FlagStatus, Said, decide_store, store};
use crate::actions;
use kernel::audit::Audited;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Path, Problems, VersionProblems, WriteProblems, tagged};
use kernel::policy::{Act, Role, may_in};
use practice::text::{Line, Text};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(place_flag)
        .service(decline_flag)
        .service(remove_flag);
}

/// Writes an answer to a flag and gives the flag as it then is.
async fn say(
    db: &Db,
    caller: &Caller,
    (id, if_match): (Uuid, IfMatch),
    answer: Answer,
    said: Said,
) -> Result<HttpResponse> {
    let (version, body) = db
        .run(caller, Act::ConfirmFlag.on("flag", id), move |tx| {
            let row = store::one_locked(tx, id)?;
            may_in(&tx.actor, Act::ConfirmFlag, row.marac_id)?;
            let by = By {
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
                FlagStatus::Placed => {
                    actions::flag_placed(tx, Act::ConfirmFlag, (row.case_id, row.agency_id))?
                }
                _ => None,
            };
            let event = event(&row);
            let event = match said.overridden {
                true => event.fields(["status", "override"]),
                false => event.fields(["status"]),
            };
            let row = store::answered(tx, &row)?;
            let audited = Audited::new((row.version, out(tx, &row)?), event);
            Ok(done.into_iter().fold(audited, Audited::and))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &body))
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
#[utoipa::path(tag = "flags", operation_id = "place_flag", request_body = PlaceFlagIn,
    params(("id" = Uuid, Path, description = "The flag."),
        ("If-Match" = String, Header, description = "The flag's etag.")),
    responses((status = 200, description = "Confirmed.", body = FlagOut), Problems, WriteProblems, VersionProblems))]
#[post("/flags/{id}/place")]
async fn place_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<PlaceFlagIn>,
) -> Result<HttpResponse> {
    let said = Said {
        system: Some(body.0.system.into_string()),
        reference: body.0.reference.map(String::from),
        note: body.0.note.map(String::from),
        overridden: false,
    };
    say(&db, &caller, (id.0, if_match), Answer::Placed, said).await
}

/// Why there is nothing to flag.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeclineFlagIn {
    /// Why.
    reason: Text<2000>,
}

/// Say that there is nothing to flag, or nothing to remove.
#[utoipa::path(tag = "flags", operation_id = "decline_flag", request_body = DeclineFlagIn,
    params(("id" = Uuid, Path, description = "The flag."),
        ("If-Match" = String, Header, description = "The flag's etag.")),
    responses((status = 200, description = "Answered.", body = FlagOut), Problems, WriteProblems, VersionProblems))]
#[post("/flags/{id}/decline")]
async fn decline_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<DeclineFlagIn>,
) -> Result<HttpResponse> {
    let said = Said {
        note: Some(body.0.reason.into_string()),
        ..Said::default()
    };
    say(&db, &caller, (id.0, if_match), Answer::NotPlaced, said).await
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
#[utoipa::path(tag = "flags", operation_id = "remove_flag", request_body = RemoveFlagIn,
    params(("id" = Uuid, Path, description = "The flag."),
        ("If-Match" = String, Header, description = "The flag's etag.")),
    responses((status = 200, description = "Confirmed.", body = FlagOut), Problems, WriteProblems, VersionProblems))]
#[post("/flags/{id}/remove")]
async fn remove_flag(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RemoveFlagIn>,
) -> Result<HttpResponse> {
    let said = Said {
        reference: body.0.reference.map(String::from),
        note: body.0.note.map(String::from),
        ..Said::default()
    };
    say(&db, &caller, (id.0, if_match), Answer::Removed, said).await
}

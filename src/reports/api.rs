//! Reports over HTTP.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use super::ActionReport;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Json, Query, operation};
use kernel::policy::{Act, Actor, hidden, may_in};
use practice::dates::AnyDay;

/// Of what, and when.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActionReportQuery {
    /// The day; today unless said.
    as_at: Option<AnyDay>,
    /// One MARAC; all whose counts the caller may read unless said.
    marac_id: Option<Uuid>,
}

/// The MARACs whose counts the caller may read.
pub(super) fn maracs(actor: &Actor, act: Act, one: Option<Uuid>) -> Result<Vec<Uuid>> {
    let own = actor.maracs();
    match one {
        Some(id) if !own.contains(&id) => Err(hidden()),
        Some(id) => may_in(actor, act, id).map(|()| vec![id]),
        None => Ok(own
            .into_iter()
            .filter(|id| may_in(actor, act, *id).is_ok())
            .collect()),
    }
}

/// How actions stood on a day, by status, kind of owner and MARAC.
///
/// Read from their history. What counts are the cases that are not closed to you.
#[operation(get, "/reports/actions", tag = "reports", act = ReadActionReport, says = "Numbers, and no names.")]
pub async fn report_actions(
    db: Data<Db>,
    caller: Caller,
    Query(query): Query<ActionReportQuery>,
) -> Result<Json<ActionReport>> {
    let ask = query.marac_id.map_or(ACT.ask(), |id| ACT.on("marac", id));
    db.run(&caller, ask, move |tx| {
        let maracs = maracs(&tx.actor, ACT, query.marac_id)?;
        let as_at = query.as_at.map_or_else(|| tx.today(), Into::into);
        let report = super::actions(tx, as_at, Some(&maracs))?;
        let event = match maracs.as_slice() {
            [one] => Event::new().in_marac(*one),
            _ => Event::new(),
        };
        Ok(Audited::new(report, event))
    })
    .await
    .map(Json)
}

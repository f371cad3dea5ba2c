//! Counts, read from history.
//!
//! Live figures stand beside lists of the same things: they count the cases that are not closed to their
//! reader, and say so. The command line counts every case. No report names anybody.

mod actions;
pub mod api;
pub mod register;
mod store;

use chrono::NaiveDate;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::Figures;
use kernel::policy::Principal;

pub use actions::{ActionCounts, ActionReport, ByStatus, KindCounts, MaracCounts};

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(api::report_actions_route)
        .service(register::report_overdue_actions_route)
        .service(register::report_flags_route);
}

/// Actions as they stood on a day: in these MARACs, or with `None` in all the caller has a role in.
pub fn actions(tx: &mut Tx<'_>, as_at: NaiveDate, maracs: Option<&[Uuid]>) -> Result<ActionReport> {
    let rows = store::action_counts(tx, as_at, maracs)?;
    let figures = match tx.actor.principal {
        Principal::System => Figures::Everything,
        _ => Figures::WhatYouMaySee,
    };
    Ok(ActionReport::of(as_at, figures, &rows))
}

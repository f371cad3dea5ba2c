//! Minutes in time, late and overdue, counted (R25).

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules;
use super::store;
use directory::maracs;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{self, Figures, Json, Query, operation};
use kernel::policy::{Act, hidden, may_in};
use practice::dates::AnyDay;
use practice::marac::settings::MaracSettings;

/// The operation that counts minutes.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(report_minutes_route);
}

/// Which meetings.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MinutesReportQuery {
    /// Of this MARAC.
    marac_id: Uuid,
    /// Held on this day or later.
    from: AnyDay,
    /// Held on this day or earlier.
    to: AnyDay,
}

/// Minutes of the meetings held in a period. A correction counts for those who may see what it corrected.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MinutesReport {
    /// What is counted.
    counts: Figures,
    /// Meetings held.
    meetings: u32,
    /// Minutes issued by the day they were due.
    in_time: u32,
    /// Minutes issued after it.
    late: u32,
    /// Minutes not issued though the day is past.
    overdue: u32,
    /// Minutes not issued, and not due yet.
    due: u32,
    /// Versions that corrected minutes.
    corrections: u32,
}

/// How many minutes were issued in time (R25).
#[operation(get, "/reports/minutes", tag = "reports", act = ReadMinutesReport, says = "The counts.")]
pub async fn report_minutes(
    db: Data<Db>,
    caller: Caller,
    Query(query): Query<MinutesReportQuery>,
) -> Result<Json<MinutesReport>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let report = report(tx, ACT, &query)?;
        let event = Event::new().in_marac(query.marac_id);
        Ok(Audited::new(report, event.fields(["minutes"])))
    })
    .await
    .map(Json)
}

fn report(tx: &mut Tx<'_>, act: Act, query: &MinutesReportQuery) -> Result<MinutesReport> {
    if !tx.actor.maracs().contains(&query.marac_id) {
        return Err(hidden());
    }
    may_in(&tx.actor, act, query.marac_id)?;
    let (settings, _) = maracs::settings(tx, query.marac_id)?;
    let period = (query.from.day(), query.to.day());
    http::period("to", Some(period.0), Some(period.1))?;
    let rows = store::counted(tx, query.marac_id, period)?;
    Ok(count(&rows, &settings, tx.today()))
}

fn count(
    rows: &[store::CountedActions],
    settings: &MaracSettings,
    today: NaiveDate,
) -> MinutesReport {
    let mut report = MinutesReport::default();
    for row in rows {
        let day = row.starts_at.with_timezone(&chrono_tz::Europe::London);
        let due_on = row
            .due_on
            .unwrap_or_else(|| settings.minutes_due_on(day.date_naive()));
        let late = rules::late(due_on, row.issued_at, today);
        report.meetings += 1;
        report.corrections += u32::try_from(row.corrections).unwrap_or(u32::MAX);
        let slot = match (row.issued_at.is_some(), late) {
            (true, false) => &mut report.in_time,
            (true, true) => &mut report.late,
            (false, true) => &mut report.overdue,
            (false, false) => &mut report.due,
        };
        *slot += 1;
    }
    report
}

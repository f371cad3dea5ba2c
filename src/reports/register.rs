//! The registers of what agencies owe, actions and flags: for the steering group.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::api::maracs;
use super::store::{self, FlagRegisterRow, RegisterRow};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Figures, Json, Query, operation};
use practice::vocabulary::AgencyKind;

/// Of which MARAC.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegisterQuery {
    /// One MARAC; all whose counts the caller may read unless said.
    marac_id: Option<Uuid>,
}

/// What an agency owes in a MARAC. Outstanding is open or in progress; what goes on counts the
/// outstanding ones unless said.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterLine {
    /// The MARAC.
    marac_id: Uuid,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// What kind it is.
    kind: AgencyKind,
    /// Outstanding.
    outstanding: i64,
    /// Due before today.
    overdue: i64,
    /// Days the one longest overdue is so.
    longest_overdue_days: i32,
    /// Gone to the agency's lead, and no further.
    with_agency_lead: i64,
    /// Gone to the coordinator, and no further.
    with_coordinator: i64,
    /// Gone to the chair, and no further.
    with_chair: i64,
    /// Overdue long enough for the steering group.
    with_steering_group: i64,
    /// Reminders sent about them.
    reminders: i64,
    /// Found undone by a meeting since they were agreed.
    carried_over: i64,
    /// Found so by more than one.
    carried_over_again: i64,
    /// Reported as not done or not possible, and not yet dealt with by the chair.
    unresolved: i64,
    /// Reported as not done within the last year, or before and not yet dealt with.
    not_done_in_a_year: i64,
}

impl From<RegisterRow> for RegisterLine {
    fn from(row: RegisterRow) -> Self {
        Self {
            marac_id: row.marac_id,
            agency_id: row.agency_id,
            agency: row.agency,
            kind: row.kind,
            outstanding: row.outstanding,
            overdue: row.overdue,
            longest_overdue_days: row.longest_overdue_days,
            with_agency_lead: row.with_agency_lead,
            with_coordinator: row.with_coordinator,
            with_chair: row.with_chair,
            with_steering_group: row.with_steering_group,
            reminders: row.reminders,
            carried_over: row.carried_over,
            carried_over_again: row.carried_over_again,
            unresolved: row.unresolved,
            not_done_in_a_year: row.not_done_in_a_year,
        }
    }
}

/// What agencies owe.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionRegister {
    /// Which cases are counted.
    counts: Figures,
    /// A line for each agency of a MARAC that owes something or did not do something.
    agencies: Vec<RegisterLine>,
}

/// Persistent non-completion, by agency (SL12): for the steering group.
///
/// What counts are the cases that are not closed to you; nobody is named.
#[operation(get, "/reports/overdue-actions", tag = "reports", act = ReadActionReport,
    says = "Numbers by agency, most at the steering group first.")]
pub async fn report_overdue_actions(
    db: Data<Db>,
    caller: Caller,
    query: Query<RegisterQuery>,
) -> Result<Json<ActionRegister>> {
    let one = query.0.marac_id;
    db.run(&caller, ACT.ask(), move |tx| {
        let maracs = maracs(&tx.actor, ACT, one)?;
        let rows = store::action_register(tx, &maracs)?;
        let event = Event::list(rows.len());
        let event = match maracs.as_slice() {
            [one] => event.in_marac(*one),
            _ => event,
        };
        let agencies = rows.into_iter().map(RegisterLine::from).collect();
        Ok(Audited::new(
            ActionRegister {
                counts: Figures::WhatYouMaySee,
                agencies,
            },
            event,
        ))
    })
    .await
    .map(Json)
}

/// What an agency has confirmed of flags in a MARAC (R15).
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagRegisterLine {
    /// The MARAC.
    marac_id: Uuid,
    /// The agency.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// What kind it is.
    kind: AgencyKind,
    /// Asked for, and not answered.
    asked: i64,
    /// Of these, past the day.
    asked_overdue: i64,
    /// Confirmed as placed.
    placed: i64,
    /// Answered that there is nothing to flag.
    not_placed: i64,
    /// To be removed, and not confirmed.
    removal_due: i64,
    /// Of these, past the day.
    removal_overdue: i64,
    /// Confirmed as removed.
    removed: i64,
}

impl From<FlagRegisterRow> for FlagRegisterLine {
    fn from(row: FlagRegisterRow) -> Self {
        Self {
            marac_id: row.marac_id,
            agency_id: row.agency_id,
            agency: row.agency,
            kind: row.kind,
            asked: row.asked,
            asked_overdue: row.asked_overdue,
            placed: row.placed,
            not_placed: row.not_placed,
            removal_due: row.removal_due,
            removal_overdue: row.removal_overdue,
            removed: row.removed,
        }
    }
}

/// What agencies have confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagRegister {
    /// Which cases are counted.
    counts: Figures,
    /// A line for each agency of a MARAC that was ever asked.
    agencies: Vec<FlagRegisterLine>,
}

/// Confirmations of flags, by agency: which are missing, when placed and when removed (R15).
///
/// What counts are the cases that are not closed to you; nobody is named.
#[operation(get, "/reports/flags", tag = "reports", act = ReadActionReport,
    says = "Numbers by agency, most removals missing first.")]
pub async fn report_flags(
    db: Data<Db>,
    caller: Caller,
    query: Query<RegisterQuery>,
) -> Result<Json<FlagRegister>> {
    let one = query.0.marac_id;
    db.run(&caller, ACT.ask(), move |tx| {
        let maracs = maracs(&tx.actor, ACT, one)?;
        let rows = store::flag_register(tx, &maracs)?;
        let event = Event::list(rows.len()).fields(["flags"]);
        let event = match maracs.as_slice() {
            [one] => event.in_marac(*one),
            _ => event,
        };
        let agencies = rows.into_iter().map(FlagRegisterLine::from).collect();
        Ok(Audited::new(
            FlagRegister {
                counts: Figures::WhatYouMaySee,
                agencies,
            },
            event,
        ))
    })
    .await
    .map(Json)
}

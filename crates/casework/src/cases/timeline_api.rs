//! What happened to a case, when, and by which agency.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::timeline_store::{self as store, Happening};
use crate::account::AccountReader;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Page, PageQuery, Path, Query, operation};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read_timeline_route);
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HappeningOut {
    /// When.
    at: DateTime<Utc>,
    /// What: `referral_submitted`, `referral_decided`, `meeting_started`, `agenda_decided`,
    /// `action_…`, `flag_…`, `lapse_…`, `idva_contact`, `account_told`, `account_superseded`, `question_asked`,
    /// `question_settled`, `risk_assessed`, `opened_to_agency`, `closed_to_agency`, `case_closed`; for
    /// coordinator and chair also `exclusion_…` and
    /// `restriction_…`.
    what: String,
    /// More of it: a status, a heading, a basis.
    detail: Option<String>,
    /// What it happened to.
    subject: String,
    /// Its id.
    subject_id: Uuid,
    /// By which agency, if by one.
    agency_id: Option<Uuid>,
}

impl From<Happening> for HappeningOut {
    fn from(happening: Happening) -> Self {
        Self {
            at: happening.at,
            what: happening.kind,
            detail: happening.detail,
            subject: happening.subject,
            subject_id: happening.subject_id,
            agency_id: happening.agency_id,
        }
    }
}

/// What happened to a case, newest first.
///
/// Entries of the account, questions and actions appear to those who read them.
#[operation(get, "/cases/{id}/timeline", tag = "cases", act = ReadTimeline, says = "A page of what happened.")]
pub async fn read_timeline(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<Page<HappeningOut>> {
    let (after, limit) = (query.0.after()?, query.0.limit());
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let reader = AccountReader::of(tx, &case);
        let rows = store::page(tx, &case, reader, after, limit)?;
        let page = Page::of(rows, limit, |row| (row.at, row.id, row.kind.clone()));
        let event = Event::of_case(&case).on("case", id).rows(page.len());
        Ok(Audited::new(page.map(HappeningOut::from), event))
    })
    .await
}

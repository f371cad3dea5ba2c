//! A case's head: its lead, its allocation, closing it.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::CloseReason;
use super::rules::{self, Closing};
use super::store;
use crate::actions::has_incomplete;
use crate::circle;
use crate::idva;
use crate::risk;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, Change, Changes, IfMatch, Patch, Path, Tagged, etag, operation};
use kernel::policy::lens::Standing;
use kernel::visibility::VisibleCase;
use practice::risk::CaseRisk;
use practice::text::Text;
use practice::vocabulary::CaseStatus;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(change_case_route).service(close_case_route);
}

/// A case's head.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseHeadOut {
    /// Id.
    pub id: Uuid,
    /// Version of the head.
    pub etag: String,
    /// Random code with a check character.
    pub code: String,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// Life cycle.
    pub status: CaseStatus,
    /// When an accepted referral opened it.
    pub opened_at: Option<DateTime<Utc>>,
    /// The 12 months run from here (R14).
    pub last_referral_on: Option<NaiveDate>,
    /// When flags lapse (R14).
    pub lapses_on: Option<NaiveDate>,
    /// The risk that is known, in figures.
    #[serde(flatten)]
    pub risk: CaseRisk,
    /// Criteria met; a lower score takes none away (R4).
    pub criteria: Vec<String>,
    /// Children in the household.
    pub has_children: bool,
    /// The lead, if a person.
    pub lead_user_id: Option<Uuid>,
    /// The lead's agency.
    pub lead_agency_id: Option<Uuid>,
}

impl CaseHeadOut {
    /// The head of a case in sight.
    pub fn read(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Self> {
        Ok(Self::of(case, risk::of_case(tx, case)?))
    }

    /// The same, its risk at hand.
    pub fn of(case: &VisibleCase, risk: CaseRisk) -> Self {
        let row = case.row.clone();
        Self {
            id: case.id,
            etag: etag(row.version),
            code: row.code,
            marac_id: case.marac_id,
            status: row.status,
            opened_at: row.opened_at,
            last_referral_on: row.last_referral_on,
            lapses_on: row.lapses_on,
            risk,
            criteria: row.criteria,
            has_children: row.has_children,
            lead_user_id: row.lead_user_id,
            lead_agency_id: row.lead_agency_id,
        }
    }
}

/// What to change of a head.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CaseChangeIn {
    /// The lead: a person of an agency of the MARAC. They become one of those named on the case.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    lead_user_id: Patch<Uuid>,
    /// The lead: an agency of the MARAC, where no person is named.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    lead_agency_id: Patch<Uuid>,
    /// Allocate the case to this IDVA service; another's allocation ends. An allocation is ended
    /// without another by `end_idva_allocation`.
    #[serde(default)]
    #[schema(value_type = Uuid)]
    idva_agency_id: Change<Uuid>,
}

/// Change a case's lead, or allocate it to an IDVA service.
#[operation(patch, "/cases/{id}", tag = "cases", act = ChangeCase, says = "Changed.")]
pub async fn change_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<CaseChangeIn>,
) -> Result<Tagged<CaseHeadOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        fits(tx, &case, &body)?;
        let changes = apply(tx, &case, body)?;
        let event = Event::of_case(&case).on("case", id).fields(changes);
        let case = opened(tx, ACT, id)?;
        let head = CaseHeadOut::read(tx, &case)?;
        Ok(Audited::new(Tagged::new(case.row.version, head), event))
    })
    .await
}

/// Leads and services are of the case's MARAC.
fn fits(tx: &mut Tx<'_>, case: &VisibleCase, body: &CaseChangeIn) -> Result<()> {
    let mut errors = Vec::new();
    if let Some(user) = body.lead_user_id.value()
        && store::members(tx, case.marac_id, &[*user])?.is_empty()
    {
        errors.push(circle::not_a_member("/lead_user_id"));
    }
    for (pointer, agency, idva) in [
        ("/lead_agency_id", body.lead_agency_id.value(), false),
        ("/idva_agency_id", body.idva_agency_id.value(), true),
    ] {
        let Some(agency) = agency else { continue };
        let found = circle::agency(tx, case.marac_id, *agency)?;
        errors.extend(circle::refusal(pointer, found, idva));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

fn apply(tx: &mut Tx<'_>, case: &VisibleCase, body: CaseChangeIn) -> Result<Changes> {
    let CaseChangeIn {
        lead_user_id,
        lead_agency_id,
        idva_agency_id,
    } = body;
    let (mut user, mut agency) = (case.row.lead_user_id, case.row.lead_agency_id);
    let mut changes = Changes::default();
    changes.take("lead_user_id", &mut user, lead_user_id);
    changes.take("lead_agency_id", &mut agency, lead_agency_id);
    if !changes.is_empty() {
        store::set_lead(tx, case, user, agency)?;
    }
    if let Change::Value(agency) = idva_agency_id
        && idva::allocate(tx, case, agency)?
    {
        changes.note("allocation");
    }
    if !changes.is_empty() {
        store::touch(tx, case)?;
    }
    Ok(changes)
}

/// Why a case is closed.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseIn {
    /// The reason that is counted.
    reason: CloseReason,
    /// More, in words.
    #[serde(default)]
    notes: Option<Text<2000>>,
    /// Why it is closed though actions are not done: the chair's word (R30).
    #[serde(default)]
    open_actions_reason: Option<Text<2000>>,
}

/// What was said when the case was closed. Sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Closed {
    pub notes: Option<String>,
    pub open_actions_reason: Option<String>,
}

/// Close a case.
///
/// Refused as `open_actions` while an action is outstanding, or was not done and waits for the chair,
/// unless the chair says why (R30).
#[operation(post, "/cases/{id}/close", tag = "cases", act = ChangeCase, says = "Closed.")]
pub async fn close_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<CloseIn>,
) -> Result<Tagged<CaseHeadOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        let closing = Closing {
            status: case.row.status,
            outstanding: has_incomplete(tx, id)?,
            chair_said_why: body.open_actions_reason.is_some()
                && case.standings.contains(&Standing::Chair),
        };
        rules::close(closing)?;
        let words = Closed {
            notes: body.notes.map(String::from),
            open_actions_reason: body.open_actions_reason.map(String::from),
        };
        store::close(tx, &case, body.reason, &words)?;
        let event = Event::of_case(&case).on("case", id).fields(["status"]);
        let case = opened(tx, ACT, id)?;
        let head = CaseHeadOut::read(tx, &case)?;
        Ok(Audited::new(Tagged::new(case.row.version, head), event))
    })
    .await
}

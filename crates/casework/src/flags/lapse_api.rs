//! Cases past twelve months over HTTP: what waits for a decision, letting a case lapse, keeping it.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::lapse_store::{self as store, NoticeRow};
use super::rules::{self, Passing};
use super::{LapseStatus, decide_store, due, tell};
use crate::actions::{announce_case, has_incomplete};
use crate::cases::CaseHeadOut;
use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{opened, opened_locked};
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, IfMatch, Page, PageQuery, Path, Query, Tagged, etag, operation};
use kernel::policy::lens::Standing;
use kernel::policy::{Act, Actor, Role, hidden, may_in};
use kernel::visibility::VisibleCase;
use practice::dates::AnyDay;
use practice::text::{Line, Text};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_lapses_route)
        .service(lapse_case_route)
        .service(keep_case_route);
}

/// A case that has passed twelve months from its last referral, and waits for a decision (R14).
#[derive(Serialize, ToSchema)]
pub struct LapseOut {
    /// The notice.
    id: Uuid,
    /// The case.
    case_id: Uuid,
    /// Its code.
    case_code: String,
    /// Its MARAC.
    marac_id: Uuid,
    /// The last referral.
    last_referral_on: Option<NaiveDate>,
    /// The last day of the twelve months.
    lapses_on: NaiveDate,
    /// Actions outstanding, or not done and waiting for the chair.
    incomplete_actions: i64,
    /// Agencies that will be asked to remove a flag.
    flags: i64,
    /// The case's version, for `If-Match`.
    case_etag: String,
}

impl From<NoticeRow> for LapseOut {
    fn from(row: NoticeRow) -> Self {
        Self {
            id: row.id,
            case_id: row.case_id,
            case_code: row.case_code,
            marac_id: row.marac_id,
            last_referral_on: row.last_referral_on,
            lapses_on: row.lapses_on,
            incomplete_actions: row.incomplete_actions,
            flags: row.flags,
            case_etag: etag(row.case_version),
        }
    }
}

/// Of which MARAC.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LapseQuery {
    /// One MARAC; all that the caller coordinates or chairs unless said.
    marac_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

fn maracs_of(actor: &Actor, act: Act, one: Option<Uuid>) -> Result<Vec<Uuid>> {
    match one {
        Some(id) if !actor.maracs().contains(&id) => Err(hidden()),
        Some(id) => may_in(actor, act, id).map(|()| vec![id]),
        None => Ok(actor.maracs_as(&[Role::Coordinator, Role::Chair])),
    }
}

/// Cases that have passed twelve months and wait for a decision, the longest past first.
///
/// They stand on the next agenda (R14). None lapses by itself: each is let lapse or kept by a person.
#[operation(get, "/lapses", tag = "flags", act = ListLapses, says = "A page of cases.")]
pub async fn list_lapses(
    db: Data<Db>,
    caller: Caller,
    query: Query<LapseQuery>,
) -> Result<Page<LapseOut>> {
    let LapseQuery {
        marac_id,
        limit,
        cursor,
    } = query.0;
    let paging = PageQuery { limit, cursor };
    db.run(&caller, ACT.ask(), move |tx| {
        let maracs = maracs_of(&tx.actor, ACT, marac_id)?;
        let rows = store::notices(tx, &maracs, paging.after()?, paging.limit() + 1)?;
        let page = Page::of(rows, paging.limit(), |row| (row.lapses_on, row.id));
        let event = Event::list(page.len());
        let event = match maracs.as_slice() {
            [one] => event.in_marac(*one),
            _ => event,
        };
        Ok(Audited::new(page.map(LapseOut::from), event))
    })
    .await
}

/// That a case may lapse.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LapseIn {
    /// What was said of it.
    #[serde(default)]
    notes: Option<Text<2000>>,
    /// Why it lapses though actions are not done: the chair's word (R30).
    #[serde(default)]
    open_actions_reason: Option<Text<2000>>,
}

/// That a case stays, and until when.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct KeepIn {
    /// Why.
    reason: Text<2000>,
    /// The new last day: to come, and within the months of the MARAC's repeat window.
    until: AnyDay,
}

fn passing(tx: &mut Tx<'_>, case: &VisibleCase, said_why: bool) -> Result<Passing> {
    Ok(Passing {
        status: case.row.status,
        lapses_on: case.row.lapses_on,
        incomplete: has_incomplete(tx, case.id)?,
        chair_said_why: said_why && case.standings.contains(&Standing::Chair),
    })
}

/// Tells that a case has lapsed: its lead, and those who no longer see it.
fn lapsed(tx: &mut Tx<'_>, case: &VisibleCase, agencies: Vec<Uuid>) -> Result<()> {
    let agencies = agencies.into_iter().map(To::Agency);
    let notice = Notice {
        kind: NoticeKind::CaseLapsed,
        marac_id: case.marac_id,
        case_id: Some(case.id),
        subject: ("case", case.id),
        to: [To::Lead].into_iter().chain(agencies).collect(),
    };
    notifications::tell(tx, &[notice])
}

/// The case as it is now, with what goes into the audit.
fn shown(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Audited<Tagged<CaseHeadOut>>> {
    let case = opened(tx, act, id)?;
    let event = Event::of_case(&case).on("case", id).fields(["lapse"]);
    let head = CaseHeadOut::read(tx, &case)?;
    Ok(Audited::new(Tagged::new(case.row.version, head), event))
}

/// Let a case lapse that has passed twelve months from its last referral.
///
/// Those it was listed to no longer see it; every agency that was asked to flag it is asked to remove
/// the flag and to say so. Refused as `open_actions` while an action is not done, unless the chair says
/// why. A new referral of the pair opens it again.
#[operation(post, "/cases/{id}/lapse", tag = "flags", act = LapseCase, says = "Lapsed.")]
pub async fn lapse_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<LapseIn>,
) -> Result<Tagged<CaseHeadOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        let passing = passing(tx, &case, body.open_actions_reason.is_some())?;
        let last = rules::lapse(passing, tx.today())?;
        store::decide(tx, &case, last, LapseStatus::Lapsed, None, &body)?;
        let (settings, _) = maracs::settings(tx, case.marac_id)?;
        let due_on = due(&settings, tx.today());
        let asked = decide_store::ask_removal(tx, &case, due_on)?;
        let ended = store::lapse(tx, &case)?;
        announce_case(tx, id, &ended)?;
        tell(tx, &case, &asked)?;
        lapsed(tx, &case, ended)?;
        shown(tx, ACT, id)
    })
    .await
}

/// Keep a case that has passed twelve months, for a reason and for a time.
///
/// Its flags are to be placed for longer, and those who would have seen it until the lapse see it
/// until the new day. The next referral is a repeat or not by the last referral, as before (R13).
#[operation(post, "/cases/{id}/keep", tag = "flags", act = LapseCase, says = "Kept.")]
pub async fn keep_case(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<KeepIn>,
) -> Result<Tagged<CaseHeadOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened_locked(tx, ACT, id)?;
        if_match.check(case.row.version)?;
        let (settings, _) = maracs::settings(tx, case.marac_id)?;
        let today = tx.today();
        let passing = passing(tx, &case, false)?;
        let months = settings.repeat_window_months.into();
        let last = rules::keep(passing, body.until.day(), months, today)?;
        let until = Some(body.until.day());
        store::decide(tx, &case, last, LapseStatus::Kept, until, &body)?;
        store::keep(tx, &case, body.until.day())?;
        let asked = decide_store::renew(tx, &case, due(&settings, today))?;
        tell(tx, &case, &asked)?;
        decide_store::prolong_listings(tx, &case, last, true)?;
        shown(tx, ACT, id)
    })
    .await
}

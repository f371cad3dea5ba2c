//! Research on one case over HTTP: read, return, excuse.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::model::{Exemption, ReturnIn, exemption_of};
use super::rules::{self, Excuse};
use super::shapes::{self, ResearchOut, ResearchVersionOut};
use super::store::{self, ItemRow};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::http::{
    Body, Change, Field, IfMatch, Json, Page, PageQuery, Path, Query, Tagged, operation,
};
use kernel::policy::lens::FieldGroup;
use kernel::policy::{Act, hidden};
use kernel::visibility::{self, VisibleCase};
use practice::text::Text;

/// The operations on the research of a case.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_case_research_route)
        .service(read_research_route)
        .service(return_research_route)
        .service(excuse_research_route)
        .service(list_research_versions_route);
}

/// Which return.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct At {
    /// The agenda item.
    pub id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
}

/// The item and its case, if they are in sight and the caller may do this there.
fn in_sight(tx: &mut Tx<'_>, act: Act, item_id: Uuid) -> Result<(ItemRow, VisibleCase)> {
    let item = store::item(tx, item_id)?;
    let case = visibility::case(tx, act, item.case_id)?;
    Ok((item, case))
}

/// The same, also of a case that is out of sight again: an agency reads what it returned itself.
fn returned(tx: &mut Tx<'_>, act: Act, item_id: Uuid) -> Result<(ItemRow, VisibleCase)> {
    let item = store::item(tx, item_id)?;
    let case = visibility::case_contributed_to(tx, act, item.case_id)?;
    Ok((item, case))
}

/// The groups a reader gets something of.
fn read(out: &[ResearchOut]) -> Vec<&'static str> {
    [FieldGroup::ResearchShared, FieldGroup::ResearchPrivate]
        .into_iter()
        .filter(|group| out.iter().any(|one| !one.withholds(*group)))
        .map(FieldGroup::as_str)
        .collect()
}

/// What the caller may see of the returns on an item: all, or one agency's.
fn seen(
    tx: &mut Tx<'_>,
    item: &ItemRow,
    case: &VisibleCase,
    agency_id: Option<Uuid>,
) -> Result<Vec<ResearchOut>> {
    let own = tx.actor.agency_id;
    let own = shapes::speaks(tx, case.marac_id, own).then_some(own);
    store::returns(tx, case, item.id, agency_id, own)?
        .into_iter()
        .map(|row| shapes::open(tx, case, row, item.at_meeting))
        .filter_map(Result::transpose)
        .collect()
}

/// One return, as the caller may see it, and its event.
fn one(
    tx: &mut Tx<'_>,
    item: &ItemRow,
    case: &VisibleCase,
    agency_id: Uuid,
) -> Result<Audited<ResearchOut>> {
    let found = seen(tx, item, case, Some(agency_id))?;
    let fields = read(&found);
    let out = found.into_iter().next().ok_or_else(hidden)?;
    let event = Event::of_case(case).on("research_return", out.id());
    Ok(Audited::new(out, event.fields(fields)))
}

fn answer(out: ResearchOut) -> Tagged<ResearchOut> {
    Tagged::with(out.etag.clone(), out)
}

/// The returns on a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseResearchOut {
    /// Those that this reader may see.
    items: Vec<ResearchOut>,
}

/// What agencies returned on a case, as far as it is open to the reader.
///
/// An agency reads its own from circulation, whole; what others share, from the start of the meeting
/// it is listed for. Coordinator, chair and the allocated IDVA service read what is shared at once.
/// Nobody but the agency reads its own part.
#[operation(get, "/agenda-items/{id}/research", tag = "research", act = ReadResearch, says = "The returns.")]
pub async fn list_case_research(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<CaseResearchOut>> {
    db.run(&caller, ACT.on("agenda_item", id), move |tx| {
        let (item, case) = returned(tx, ACT, id)?;
        let items = seen(tx, &item, &case, None)?;
        let event = Event::of_case(&case).on("agenda_item", id);
        let event = event.fields(read(&items));
        let rows = items.len();
        Ok(Audited::new(CaseResearchOut { items }, event.rows(rows)))
    })
    .await
    .map(Json)
}

/// An agency's return on a case.
#[operation(get, "/agenda-items/{id}/research/{agency_id}", tag = "research", act = ReadResearch,
    says = "The return.")]
pub async fn read_research(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<At>,
) -> Result<Tagged<ResearchOut>> {
    db.run(&caller, ACT.on("agenda_item", at.id), move |tx| {
        let (item, case) = returned(tx, ACT, at.id)?;
        one(tx, &item, &case, at.agency_id)
    })
    .await
    .map(answer)
}

/// Return one's agency's research on a case, or change it, until the meeting starts.
///
/// "Nothing known" is an answer of its own. After the day it was due the first answer is late; what
/// stood there before a change is kept.
#[operation(put, "/agenda-items/{id}/research/{agency_id}", tag = "research", act = ReturnResearch,
    says = "Returned.", names(agency_id = "The own agency."), if_match = "The return's `etag` that was read.")]
pub async fn return_research(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<At>,
    if_match: IfMatch,
    Body(sent): Body<ReturnIn>,
) -> Result<Tagged<ResearchOut>> {
    db.run(&caller, ACT.on("agenda_item", at.id), move |tx| {
        let (item, case) = in_sight(tx, ACT, at.id)?;
        spoken_for(tx, &case, at.agency_id)?;
        let found = store::locked(tx, &case, at.id, at.agency_id)?;
        if_match.check(found.version)?;
        rules::open(found.at())?;
        rules::answer(&sent, tx.today())?;
        let present = one(tx, &item, &case, at.agency_id)?;
        if present.value().says(&sent) {
            return Ok(present);
        }
        let answered_on = found.answered_on.unwrap_or_else(|| tx.today());
        let status = rules::status(sent.nothing_known, answered_on, found.due_on);
        let answer = shapes::seal(case.key(), found.id, status, &sent)?;
        store::write(tx, &[answer], None)?;
        one(tx, &item, &case, at.agency_id)
    })
    .await
    .map(answer)
}

/// Refused unless the caller speaks for the agency: whether another was asked is not said.
fn spoken_for(tx: &Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<()> {
    match shapes::speaks(tx, case.marac_id, agency_id) {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// The coordinator's word on a request.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExcuseIn {
    /// True: the agency need not answer. False: it is asked again. A change of it needs a reason.
    #[serde(default)]
    #[schema(value_type = bool)]
    exempt: Change<bool>,
    /// Why.
    #[serde(default)]
    #[schema(value_type = Text<2000>)]
    reason: Change<Text<2000>>,
}

/// Excuse an agency that has not answered, with a reason, or ask it again. It may still answer.
///
/// 422: `/reason required` where the agency is excused or asked again without one. 409:
/// `already_answered`; `already_so` for the reason of an excuse that there is not.
#[operation(patch, "/agenda-items/{id}/research/{agency_id}", tag = "research", act = ExcuseResearch,
    says = "Recorded.", if_match = "The return's `etag` that was read.")]
pub async fn excuse_research(
    db: Data<Db>,
    caller: Caller,
    at: Path<At>,
    if_match: IfMatch,
    Body(ExcuseIn { exempt, reason }): Body<ExcuseIn>,
) -> Result<Tagged<ResearchOut>> {
    let at = at.0;
    let word = Excuse {
        exempt: exempt.wanted(),
        reason: reason.wanted(),
    };
    db.run(&caller, ACT.on("agenda_item", at.id), move |tx| {
        let (item, case) = in_sight(tx, ACT, at.id)?;
        let found = store::locked(tx, &case, at.id, at.agency_id)?;
        if_match.check(found.version)?;
        rules::open(found.at())?;
        let because = shapes::because(&case, &found)?;
        if let Some((status, reason)) = rules::excuse(found.status, because.as_deref(), word)? {
            let sealed = Exemption { reason };
            let sealed = case.key().seal_json(exemption_of(found.id), &sealed)?;
            store::excuse(tx, found.id, status, sealed)?;
        }
        one(tx, &item, &case, at.agency_id)
    })
    .await
    .map(answer)
}

/// What one's agency's return said before it was changed, newest first.
#[operation(get, "/agenda-items/{id}/research/{agency_id}/versions", tag = "research", act = ReadResearch,
    says = "Earlier versions.", names(agency_id = "The own agency."))]
pub async fn list_research_versions(
    db: Data<Db>,
    caller: Caller,
    Path(at): Path<At>,
    Query(paging): Query<PageQuery>,
) -> Result<Page<ResearchVersionOut>> {
    db.run(&caller, ACT.on("agenda_item", at.id), move |tx| {
        let (_, case) = returned(tx, ACT, at.id)?;
        spoken_for(tx, &case, at.agency_id)?;
        let limit = paging.limit();
        let after = paging.after()?;
        let rows = store::versions(tx, &case, at.id, at.agency_id, after, limit + 1)?;
        let rows = rows.into_iter();
        let rows = rows.map(|row| shapes::version_out(case.key(), row));
        let page = Page::of(rows.collect::<Result<Vec<_>>>()?, limit, |row| row.version);
        let event = Event::of_case(&case)
            .on("agenda_item", at.id)
            .rows(page.len());
        let groups = [FieldGroup::ResearchShared, FieldGroup::ResearchPrivate];
        Ok(Audited::new(
            page,
            event.fields(groups.map(FieldGroup::as_str)),
        ))
    })
    .await
}

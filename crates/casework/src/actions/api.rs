//! Reading actions.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use uuid::Uuid;

use super::detail_store;
use super::lists::{self, ListQuery, ListedActionOut};
use super::shapes::{ActionEventOut, ActionOut, ActionRowOut, detail, event_out};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Page, PageQuery, Path, Problems, Query, paged, tagged};
use kernel::policy::Act;
use kernel::visibility;

/// The work list: outstanding actions of the own agency, across cases and MARACs.
///
/// By due date, the most overdue first. With `changed_after` instead the agency's changes in commit
/// order: `start` for the first poll, then each answer's `next_cursor`, which is always given; each
/// item is the action as it may be seen now, or `{id, gone: true}`. After a change of roles, start
/// again.
#[utoipa::path(tag = "actions", operation_id = "list_actions", params(ListQuery), responses(
    (status = 200, description = "Actions, or changes of actions.", body = Page<ListedActionOut>), Problems))]
#[get("/actions")]
pub async fn list_actions(
    db: Data<Db>,
    caller: Caller,
    request: HttpRequest,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let query = query.0;
    let feed = query.changed_after.is_some();
    let page = db
        .run(&caller, Act::ListActions.ask(), move |tx| {
            let page = match &query.changed_after {
                Some(after) => lists::feed(tx, &query, after)?,
                None => lists::page(tx, &query)?,
            };
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(match feed {
        true => HttpResponse::Ok().json(page),
        false => paged(&request, &page),
    })
}

/// The actions of a case, whatever their status.
#[utoipa::path(tag = "actions", operation_id = "list_case_actions",
    params(("case_id" = Uuid, Path, description = "The case."), PageQuery), responses(
    (status = 200, description = "Actions by due date.", body = Page<ActionRowOut>), Problems))]
#[get("/cases/{case_id}/actions")]
pub async fn list_case_actions(
    db: Data<Db>,
    caller: Caller,
    request: HttpRequest,
    case_id: Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (case_id, query) = (case_id.0, query.0);
    let page = db
        .run(&caller, Act::ListActions.on("case", case_id), move |tx| {
            let case = opened(tx, Act::ListActions, case_id)?;
            let page = lists::of_case(tx, case.id, &query)?;
            let event = Event::of_case(&case).rows(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// An action, with the groups of the case that its owner needs for it.
///
/// The owner sees its outstanding actions whatever has become of the share: the action, the
/// survivor's name and what `needs` names, nothing else of the case.
#[utoipa::path(tag = "actions", operation_id = "get_action",
    params(("id" = Uuid, Path, description = "The action.")), responses(
    (status = 200, description = "The action.", body = ActionOut), Problems))]
#[get("/actions/{id}")]
pub async fn get_action(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = id.0;
    let (version, body) = db
        .run(&caller, Act::ReadAction.on("action", id), move |tx| {
            let action = visibility::action(tx, Act::ReadAction, id)?;
            let (version, body, read) = detail(tx, &action)?;
            let event = Event::of_case(&action).fields(read);
            Ok(Audited::new((version, body), event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &body))
}

/// What happened to an action, oldest first.
#[utoipa::path(tag = "actions", operation_id = "get_action_history",
    params(("id" = Uuid, Path, description = "The action.")), responses(
    (status = 200, description = "Its history, whole.", body = Page<ActionEventOut>), Problems))]
#[get("/actions/{id}/history")]
pub async fn get_action_history(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let page = db
        .run(&caller, Act::ReadAction.on("action", id), move |tx| {
            let action = visibility::action(tx, Act::ReadAction, id)?;
            let rows = detail_store::history(tx, &action)?;
            let items = rows.into_iter().map(|row| event_out(&action, row));
            let page = Page {
                items: items.collect::<Result<Vec<_>>>()?,
                next_cursor: None,
            };
            let event = Event::of_case(&action).fields(["history"]).rows(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

//! Reading actions.

use actix_web::Either;
use actix_web::web::Data;
use uuid::Uuid;

use super::detail_store;
use super::lists::{self, ListQuery, ListedActionOut};
use super::shapes::{ActionEventOut, ActionOut, ActionRowOut, detail, event_out};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Json, Page, PageQuery, Path, Query, Tagged, operation};
use kernel::visibility;

/// The work list: outstanding actions of the own agency, across cases and MARACs.
///
/// By due date, the most overdue first. With `changed_after` instead the agency's changes in commit
/// order: `start` for the first poll, then each answer's `next_cursor`, which is always given; each
/// item is the action as it may be seen now, or `{id, gone: true}`. After a change of roles, start
/// again.
#[operation(get, "/actions", tag = "actions", act = ListActions, says = "Actions, or changes of actions.")]
pub async fn list_actions(
    db: Data<Db>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Either<Page<ListedActionOut>, Json<Page<ListedActionOut>>>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let page = match &query.changed_after {
            // Changes have no last page: the cursor is for the next poll, and stands in no `Link`.
            Some(after) => Either::Right(Json(lists::feed(tx, &query, after)?)),
            None => Either::Left(lists::page(tx, &query)?),
        };
        let (Either::Left(rows) | Either::Right(Json(rows))) = &page;
        let event = Event::list(rows.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// The actions of a case, whatever their status.
#[operation(get, "/cases/{case_id}/actions", tag = "actions", act = ListActions, says = "Actions by due date.")]
pub async fn list_case_actions(
    db: Data<Db>,
    caller: Caller,
    Path(case_id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Page<ActionRowOut>> {
    db.run(&caller, ACT.on("case", case_id), move |tx| {
        let case = opened(tx, ACT, case_id)?;
        let page = lists::of_case(tx, case.id, &query)?;
        let event = Event::of_case(&case).rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// An action, with the groups of the case that its owner needs for it.
///
/// The owner sees its outstanding actions whatever has become of the share: the action, the
/// survivor's name and what `needs` names, nothing else of the case.
#[operation(get, "/actions/{id}", tag = "actions", act = ReadAction, says = "The action.")]
pub async fn get_action(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<ActionOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let action = visibility::action(tx, ACT, id)?;
        let (version, body, read) = detail(tx, &action)?;
        let event = Event::of_case(&action).fields(read);
        Ok(Audited::new(Tagged::new(version, body), event))
    })
    .await
}

/// What happened to an action, oldest first.
#[operation(get, "/actions/{id}/history", tag = "actions", act = ReadAction, says = "Its history, whole.")]
pub async fn get_action_history(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<ActionEventOut>> {
    db.run(&caller, ACT.on("action", id), move |tx| {
        let action = visibility::action(tx, ACT, id)?;
        let rows = detail_store::history(tx, &action)?;
        let items = rows.into_iter().map(|row| event_out(&action, row));
        let page = Page {
            items: items.collect::<Result<Vec<_>>>()?,
            next_cursor: None,
        };
        let event = Event::of_case(&action).fields(["history"]).rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

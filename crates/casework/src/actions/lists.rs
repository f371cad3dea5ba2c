//! Which actions a list is of, and the feed of changes.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::model::ActionStatus;
use super::shapes::{ActionRowOut, row_out};
use super::store::{self, Filter, Scope, Statuses};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Cursor, Page, PageQuery};
use kernel::policy::Actor;
use practice::text::Line;
use practice::vocabulary;

vocabulary! {
    /// Which statuses a list is of.
    ListedStatus {
        /// Open or in progress.
        Outstanding = "outstanding",
        /// Reported as not done or not possible, and not yet dealt with by the chair.
        Unresolved = "unresolved",
        /// Both: what the next meeting begins with (R21).
        Incomplete = "incomplete",
        /// Every status.
        All = "all",
        Open = "open",
        InProgress = "in_progress",
        Completed = "completed",
        NotPossible = "not_possible_circumstances_changed",
        NotDone = "not_done",
        Superseded = "superseded",
        Cancelled = "cancelled",
    }
}

impl ListedStatus {
    fn statuses(self) -> Statuses {
        match self {
            Self::Outstanding => Statuses::Outstanding,
            Self::Unresolved => Statuses::Unresolved,
            Self::Incomplete => Statuses::Incomplete,
            Self::All => Statuses::Any(None),
            one => Statuses::Any(ActionStatus::parse(one.as_str())),
        }
    }
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Which statuses; `outstanding` unless said.
    #[param(inline)]
    pub status: Option<ListedStatus>,
    /// Only outstanding ones due before today.
    pub overdue: Option<bool>,
    /// Only of this MARAC. Its coordinator and chair then get every agency's.
    pub marac_id: Option<Uuid>,
    /// This agency's, as far as they are in sight; the own agency's unless said.
    pub agency_id: Option<Uuid>,
    /// Only those the caller is named for, or somebody whose deputy they are and who is away today.
    pub mine: Option<bool>,
    /// Changes since this place instead of a list: `start`, then each answer's `next_cursor`. Goes
    /// with `limit` alone.
    pub changed_after: Option<Line<400>>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub cursor: Option<Line<400>>,
}

impl ListQuery {
    fn page(&self) -> PageQuery {
        PageQuery {
            limit: self.limit,
            cursor: self.cursor.clone(),
        }
    }
}

/// What is in the feed: the action as it may be seen now, or that it is gone.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ListedActionOut {
    /// The action.
    Action(Box<ActionRowOut>),
    /// Not, or no longer, the caller's to see.
    Gone(GoneOut),
}

/// An action that is not, or no longer, the caller's to see.
#[derive(Serialize, ToSchema)]
pub struct GoneOut {
    /// Its id.
    id: Uuid,
    /// Always true.
    gone: bool,
}

fn scope(actor: &Actor, query: &ListQuery) -> Result<Scope> {
    let mine = query.mine == Some(true);
    if mine && query.agency_id.is_some() {
        return Err(Error::malformed(
            "mine",
            "excludes_agency_id",
            "Ask for one of mine and agency_id.",
        ));
    }
    Ok(match (query.marac_id, query.agency_id) {
        _ if mine => Scope::Person(actor.principal.user_id().unwrap_or_default()),
        (Some(marac), None) if actor.is_staff(marac) => Scope::Marac(marac),
        (_, agency) => Scope::Agency(agency.unwrap_or(actor.agency_id)),
    })
}

/// One page by due date, the most overdue first.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ListedActionOut>> {
    let paging = query.page();
    let filter = Filter {
        scope: scope(&tx.actor, query)?,
        statuses: query.status.unwrap_or(ListedStatus::Outstanding).statuses(),
        due_before: (query.overdue == Some(true)).then(|| tx.today()),
        marac_id: query.marac_id,
        after: paging.after()?,
        limit: paging.limit() + 1,
    };
    let page = rows(tx, &filter, paging.limit())?;
    Ok(page.map(|row| ListedActionOut::Action(Box::new(row))))
}

/// One page of a case's actions, whatever their status.
pub fn of_case(tx: &mut Tx<'_>, case_id: Uuid, paging: &PageQuery) -> Result<Page<ActionRowOut>> {
    let filter = Filter {
        scope: Scope::Case(case_id),
        statuses: Statuses::Any(None),
        due_before: None,
        marac_id: None,
        after: paging.after()?,
        limit: paging.limit() + 1,
    };
    rows(tx, &filter, paging.limit())
}

fn rows(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Page<ActionRowOut>> {
    let today = tx.today();
    let rows = store::page(tx, filter)?;
    let rows = rows
        .iter()
        .map(|row| row_out(row, &tx.keys, today))
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::of(rows, limit, |row| -> (NaiveDate, Uuid) {
        row.place()
    }))
}

/// Where a feed starts.
const START: &str = "start";

/// The next changes of the caller's agency, in commit order. There is always a next cursor.
pub fn feed(tx: &mut Tx<'_>, query: &ListQuery, after: &str) -> Result<Page<ListedActionOut>> {
    let others = query.status.is_some()
        || query.overdue.is_some()
        || query.mine.is_some()
        || query.marac_id.is_some()
        || query.agency_id.is_some()
        || query.cursor.is_some();
    if others {
        return Err(Error::malformed(
            "changed_after",
            "goes_with_limit_alone",
            "The feed cannot be narrowed.",
        ));
    }
    let after: (u64, i64) = match after {
        START => (0, 0),
        cursor => Cursor::decode(cursor)?,
    };
    let agency_id = tx.actor.agency_id;
    let changes = store::changes(tx, agency_id, after, query.page().limit())?;
    let mut last = after;
    if let Some(change) = changes.last() {
        let txid = change.txid.parse();
        last = (txid.map_err(|_| Error::Internal("txid"))?, change.id);
    }
    let today = tx.today();
    let ids: Vec<_> = changes.iter().map(|change| change.action_id).collect();
    let mut seen = HashMap::new();
    if !ids.is_empty() {
        for row in store::in_sight(tx, ids.clone())? {
            seen.insert(row.id, row);
        }
    }
    let items = ids.into_iter().map(|id| {
        Ok(match seen.get(&id) {
            Some(row) => ListedActionOut::Action(Box::new(row_out(row, &tx.keys, today)?)),
            None => ListedActionOut::Gone(GoneOut { id, gone: true }),
        })
    });
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        next_cursor: Some(Cursor::encode(&last)),
    })
}

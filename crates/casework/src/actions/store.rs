//! Rows of actions: lists, one of them, the feed.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::model::{
    ActionCategory, ActionPriority, ActionStatus, ActionTarget, Content, Escalation, Need,
};
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleAction;
use practice::party::Identity;
use practice::text::Line;

/// An action with what its reader always gets: code, owner's name, survivor.
#[derive(Row)]
pub struct ActionRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_code: String,
    pub marac_id: Uuid,
    pub owner_agency_id: Uuid,
    pub owner_agency: String,
    pub owner_user_id: Option<Uuid>,
    pub target: ActionTarget,
    pub category: ActionCategory,
    pub priority: ActionPriority,
    pub due_on: NaiveDate,
    pub agreed_on: NaiveDate,
    pub status: ActionStatus,
    pub resolved: bool,
    pub needs: Vec<Need>,
    pub carried_over: i16,
    pub escalation: Escalation,
    pub reminders: i16,
    pub gaps: Vec<String>,
    pub status_at: DateTime<Utc>,
    pub meeting_id: Option<Uuid>,
    pub agenda_item_id: Option<Uuid>,
    pub superseded_by_id: Option<Uuid>,
    pub version: i32,
    sealed: Vec<u8>,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    survivor_id: Option<Uuid>,
    survivor: Option<Vec<u8>>,
}

/// What an action's seals hold. Nothing, once its case's key is destroyed.
#[derive(Default)]
pub struct OpenedAction {
    /// What is to be done.
    pub text: Option<String>,
    /// The survivor's name.
    pub survivor: Option<String>,
}

impl ActionRow {
    /// Opens its seals.
    pub fn open(&self, keys: &KeyRing) -> Result<OpenedAction> {
        let Some(wrapped) = self.wrapped.as_deref() else {
            return Ok(OpenedAction::default());
        };
        let key = keys.unwrap(self.case_id, &self.master_key_id, Some(wrapped))?;
        let content: Content =
            key.open_json(SealPlace::new("actions", "sealed", self.id), &self.sealed)?;
        let survivor = match (self.survivor_id, &self.survivor) {
            (Some(id), Some(sealed)) => {
                let identity: Identity =
                    key.open_json(SealPlace::new("parties", "identity", id), sealed)?;
                name(&identity)
            }
            _ => None,
        };
        Ok(OpenedAction {
            text: Some(content.text),
            survivor,
        })
    }
}

fn name(identity: &Identity) -> Option<String> {
    let parts = [&identity.given_names, &identity.family_name];
    let parts: Vec<_> = parts.into_iter().flatten().map(Line::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Which actions a list is of.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// An agency's.
    Agency(Uuid),
    /// A MARAC's.
    Marac(Uuid),
    /// Those a person is named for.
    Person(Uuid),
    /// A case's.
    Case(Uuid),
}

/// Which statuses a list is of. Each has its own text, for the partial indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statuses {
    /// Open or in progress.
    Outstanding,
    /// Reported as not done or not possible, and not yet dealt with by the chair.
    Unresolved,
    /// Both: what the next meeting begins with (R21).
    Incomplete,
    /// Every one, or one.
    Any(Option<ActionStatus>),
}

/// A page's place and narrowing.
pub struct Filter {
    /// Scope.
    pub scope: Scope,
    /// Statuses.
    pub statuses: Statuses,
    /// Outstanding and due before this day.
    pub due_before: Option<NaiveDate>,
    /// In this MARAC.
    pub marac_id: Option<Uuid>,
    /// After this due date and id.
    pub after: Option<(NaiveDate, Uuid)>,
    /// Rows wanted, one more than shown.
    pub limit: i64,
}

/// One page of what is in sight, by due date and id.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<ActionRow>> {
    let (scope, statements) = match filter.scope {
        Scope::Agency(id) => (
            id,
            [
                statement!("agency_outstanding" => ActionRow),
                statement!("agency_unresolved" => ActionRow),
                statement!("agency_incomplete" => ActionRow),
                statement!("agency_any" => ActionRow),
            ],
        ),
        Scope::Marac(id) => (
            id,
            [
                statement!("marac_outstanding" => ActionRow),
                statement!("marac_unresolved" => ActionRow),
                statement!("marac_incomplete" => ActionRow),
                statement!("marac_any" => ActionRow),
            ],
        ),
        Scope::Person(id) => (
            id,
            [
                statement!("person_outstanding" => ActionRow),
                statement!("person_unresolved" => ActionRow),
                statement!("person_incomplete" => ActionRow),
                statement!("person_any" => ActionRow),
            ],
        ),
        Scope::Case(id) => (
            id,
            [
                statement!("case_outstanding" => ActionRow),
                statement!("case_unresolved" => ActionRow),
                statement!("case_incomplete" => ActionRow),
                statement!("case_any" => ActionRow),
            ],
        ),
    };
    let [outstanding, unresolved, incomplete, any] = statements;
    let (statement, status) = match filter.statuses {
        Statuses::Outstanding => (outstanding, None),
        Statuses::Unresolved => (unresolved, None),
        Statuses::Incomplete => (incomplete, None),
        Statuses::Any(status) => (any, status),
    };
    let (due_on, id) = filter.after.unwrap_or((BEFORE_ALL, Uuid::nil()));
    let rows = tx
        .sql(statement)
        .bind(scope)
        .bind(due_on)
        .bind(id)
        .bind(filter.due_before)
        .bind(filter.marac_id)
        .bind(status.map(ActionStatus::as_str))
        .bind(filter.limit)
        .load(tx.conn)?;
    Ok(rows)
}

/// A day before every due date.
const BEFORE_ALL: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// What a meeting takes up before its cases: reports for the chair, and what is due by its day.
pub fn for_agenda(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    due_by: NaiveDate,
    limit: i64,
) -> Result<Vec<ActionRow>> {
    Ok(tx
        .sql(statement!("for_agenda" => ActionRow))
        .bind(marac_id)
        .bind(due_by)
        .bind(limit)
        .load(tx.conn)?)
}

/// The row of an action in sight.
pub fn row(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<ActionRow> {
    Ok(tx
        .sql(statement!("one" => ActionRow))
        .bind(action.id)
        .get_result(tx.conn)?)
}

/// Those of these actions that are in sight.
pub fn in_sight(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<ActionRow>> {
    Ok(tx
        .sql(statement!("in_sight" => ActionRow))
        .bind(ids)
        .load(tx.conn)?)
}

/// A change of what an agency may see.
#[derive(Row)]
pub struct ChangeRow {
    /// Transaction that made it.
    pub txid: String,
    /// Order within.
    pub id: i64,
    /// The action.
    pub action_id: Uuid,
}

/// The next changes of the caller's agency.
pub fn changes(
    tx: &mut Tx<'_>,
    agency_id: Uuid,
    after: (u64, i64),
    limit: i64,
) -> Result<Vec<ChangeRow>> {
    let rows = tx
        .sql(statement!("changes" => ChangeRow))
        .bind(agency_id)
        .bind(after.0.to_string())
        .bind(after.1)
        .bind(limit)
        .load(tx.conn)?;
    Ok(rows)
}

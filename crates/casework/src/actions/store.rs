//! Rows of actions: lists, one of them, the feed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{
    ActionCategory, ActionPriority, ActionStatus, ActionTarget, Content, Escalation, Need,
};
use directory::absences::stood_in_for;
use kernel::crypto::{KeyRing, Place};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleAction;
use kernel::{file_key, key_columns, owned_action, visible_actions};
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
pub struct Opened {
    /// What is to be done.
    pub text: Option<String>,
    /// The survivor's name.
    pub survivor: Option<String>,
}

impl ActionRow {
    /// Opens its seals.
    pub fn open(&self, keys: &KeyRing) -> Result<Opened> {
        let Some(wrapped) = self.wrapped.as_deref() else {
            return Ok(Opened::default());
        };
        let key = keys.unwrap(self.case_id, &self.master_key_id, Some(wrapped))?;
        let content: Content =
            key.open_json(Place::new("actions", "sealed", self.id), &self.sealed)?;
        let survivor = match (self.survivor_id, &self.survivor) {
            (Some(id), Some(sealed)) => {
                let identity: Identity =
                    key.open_json(Place::new("parties", "identity", id), sealed)?;
                name(&identity)
            }
            _ => None,
        };
        Ok(Opened {
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

/// The rows of `actions a` that the inner statement chose, joined with what is shown of their cases.
macro_rules! with_cases {
    ($($inner:tt)+) => {
        concat!(
            "select a.id, a.case_id, c.code as case_code, a.marac_id, a.owner_agency_id, ",
            "o.name as owner_agency, a.owner_user_id, a.target, a.category, a.priority, a.due_on, ",
            "a.agreed_on, a.status, a.resolved, a.needs, a.carried_over, a.escalation, a.reminders, ",
            "a.gaps, a.status_at, ",
            "a.meeting_id, a.agenda_item_id, a.superseded_by_id, a.version, a.sealed, ",
            key_columns!(),
            ", s.id as survivor_id, s.identity as survivor ",
            "from (", $($inner)+, ") a ",
            "join cases c on c.id = a.case_id ",
            file_key!("a.case_id"),
            "join agencies o on o.id = a.owner_agency_id ",
            "left join lateral (select p.id, p.identity from parties p ",
            "where p.case_id = a.case_id and p.role = 'survivor' order by p.id limit 1) s on true ",
            "order by a.due_on, a.id"
        )
    };
}

/// The page is taken before the joins, by an index in its order. `offset 0` keeps the visibility rule
/// out of the choice of that index: together they made a bitmap of all the MARACs' actions and a sort.
macro_rules! page {
    ($scope:expr, $status:literal) => {
        with_cases!(concat!(
            "select a.* from (select a.* from actions a where ",
            $scope,
            " and (a.due_on, a.id) > ($2, $3) and ",
            $status,
            " order by a.due_on, a.id offset 0) a ",
            "where ($4::date is null or (a.due_on < $4 and a.status in ('open', 'in_progress')))",
            " and ($5::uuid is null or a.marac_id = $5)",
            " and ($6::text is null or a.status = $6) and ",
            visible_actions!("a"),
            " order by a.due_on, a.id limit $7"
        ))
    };
    ($scope:expr) => {
        [
            page!($scope, "a.status in ('open', 'in_progress')"),
            page!(
                $scope,
                "not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')"
            ),
            page!(
                $scope,
                "(a.status in ('open', 'in_progress') or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')))"
            ),
            page!($scope, "true"),
        ]
    };
}

const OF_AGENCY: [&str; 4] = page!("a.owner_agency_id = $1");
const OF_MARAC: [&str; 4] = page!("a.marac_id = $1");
const OF_PERSON: [&str; 4] = page!(concat!(
    "(a.owner_user_id, a.marac_id) in ",
    stood_in_for!()
));
const OF_CASE: [&str; 4] = page!("a.case_id = $1");

/// The work list, first of all lists.
pub const WORK_LIST: &str = OF_AGENCY[0];

/// What a MARAC's next meeting begins with.
pub const INCOMPLETE: &str = OF_MARAC[2];

/// One page of what is in sight, by due date and id.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<ActionRow>> {
    let (texts, scope) = match filter.scope {
        Scope::Agency(id) => (&OF_AGENCY, id),
        Scope::Marac(id) => (&OF_MARAC, id),
        Scope::Person(id) => (&OF_PERSON, id),
        Scope::Case(id) => (&OF_CASE, id),
    };
    let [outstanding, unresolved, incomplete, any] = *texts;
    let (text, status) = match filter.statuses {
        Statuses::Outstanding => (outstanding, None),
        Statuses::Unresolved => (unresolved, None),
        Statuses::Incomplete => (incomplete, None),
        Statuses::Any(status) => (any, status),
    };
    let (due_on, id) = filter.after.unwrap_or((BEFORE_ALL, Uuid::nil()));
    let rows = tx
        .sql(text)
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

const FOR_AGENDA: &str = with_cases!(concat!(
    "(select a.* from (select a.* from actions a where a.marac_id = $1 and not a.resolved ",
    "and a.status in ('not_done', 'not_possible_circumstances_changed') ",
    "order by a.due_on, a.id offset 0) a where ",
    visible_actions!("a"),
    " order by a.due_on, a.id limit $3) union all ",
    "(select a.* from (select a.* from actions a where a.marac_id = $1 and a.due_on <= $2 ",
    "and a.status in ('open', 'in_progress') order by a.due_on, a.id offset 0) a where ",
    visible_actions!("a"),
    " order by a.due_on, a.id limit $3)"
));

/// What a meeting takes up before its cases: reports for the chair, and what is due by its day.
pub fn for_agenda(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    due_by: NaiveDate,
    limit: i64,
) -> Result<Vec<ActionRow>> {
    Ok(tx
        .sql(FOR_AGENDA)
        .bind(marac_id)
        .bind(due_by)
        .bind(limit)
        .load(tx.conn)?)
}

const ONE: &str = with_cases!("select * from actions where id = $1");

/// The row of an action in sight.
pub fn row(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<ActionRow> {
    Ok(tx.sql(ONE).bind(action.id).get_result(tx.conn)?)
}

const MANY: &str = with_cases!(concat!(
    "select a.* from actions a where a.id = any ($1) and ",
    visible_actions!("a")
));

/// Those of these actions that are in sight.
pub fn in_sight(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<ActionRow>> {
    Ok(tx.sql(MANY).bind(ids).load(tx.conn)?)
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

/// Changes after this place, in commit order: rows of transactions that may still be running, or
/// that began before one of those ended, come when all before them are settled. Told to those who
/// speak for the agency, and to a named owner.
const CHANGES: &str = concat!(
    "select h.txid::text, h.id, h.action_id from (",
    "select h.txid, h.id, h.action_id, h.marac_id, h.agency_id as owner_agency_id, ",
    "null::uuid as owner_user_id from action_changes h ",
    "where h.agency_id = $1 and (h.txid, h.id) > ($2::xid8, $3) ",
    "and h.txid < pg_snapshot_xmin(pg_current_snapshot())) h ",
    "where (",
    owned_action!("h"),
    " or exists (select from actions a where a.id = h.action_id and ",
    owned_action!("a"),
    ")) order by h.txid, h.id limit $4"
);

/// The next changes of the caller's agency.
pub fn changes(
    tx: &mut Tx<'_>,
    agency_id: Uuid,
    after: (u64, i64),
    limit: i64,
) -> Result<Vec<ChangeRow>> {
    let rows = tx
        .sql(CHANGES)
        .bind(agency_id)
        .bind(after.0.to_string())
        .bind(after.1)
        .bind(limit)
        .load(tx.conn)?;
    Ok(rows)
}

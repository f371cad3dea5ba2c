//! Reading actions: the work list, one action, its history, the feed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::model::{
    ActionCategory, ActionEventKind, ActionPriority, ActionStatus, ActionTarget, Content, Need,
    Note,
};
use crate::crypto::{KeyRing, Place};
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::parties::model::{AddressKind, ContactKind, Identity};
use crate::policy::visibility::{VisibleAction, VisibleCase};
use crate::vocabulary::YesNoUnknown;
use crate::{owned_action, visible_actions};

/// An action with what its reader always gets: code, owner's name, survivor.
#[derive(QueryableByName)]
pub struct ActionRow {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub case_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub case_code: String,
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub owner_agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub owner_agency: String,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub owner_user_id: Option<Uuid>,
    #[diesel(sql_type = st::Text)]
    pub target: ActionTarget,
    #[diesel(sql_type = st::Text)]
    pub category: ActionCategory,
    #[diesel(sql_type = st::Text)]
    pub priority: ActionPriority,
    #[diesel(sql_type = st::Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = st::Date)]
    pub agreed_on: NaiveDate,
    #[diesel(sql_type = st::Text)]
    pub status: ActionStatus,
    #[diesel(sql_type = st::Bool)]
    pub resolved: bool,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub needs: Vec<Need>,
    #[diesel(sql_type = st::SmallInt)]
    pub carried_over: i16,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub gaps: Vec<String>,
    #[diesel(sql_type = st::Timestamptz)]
    pub status_at: DateTime<Utc>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub meeting_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub agenda_item_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub superseded_by_id: Option<Uuid>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
    #[diesel(sql_type = st::Binary)]
    sealed: Vec<u8>,
    #[diesel(sql_type = st::Text)]
    master_key_id: String,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    wrapped: Option<Vec<u8>>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    survivor_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
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
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
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
            "a.agreed_on, a.status, a.resolved, a.needs, a.carried_over, a.gaps, a.status_at, ",
            "a.meeting_id, a.agenda_item_id, a.superseded_by_id, a.version, a.sealed, ",
            "k.master_key_id, k.wrapped, s.id as survivor_id, s.identity as survivor ",
            "from (", $($inner)+, ") a ",
            "join cases c on c.id = a.case_id ",
            "join data_keys k on k.case_id = a.case_id ",
            "join agencies o on o.id = a.owner_agency_id ",
            "left join lateral (select p.id, p.identity from parties p ",
            "where p.case_id = a.case_id and p.role = 'survivor' order by p.id limit 1) s on true ",
            "order by a.due_on, a.id"
        )
    };
}

/// The page is taken before the joins, by an index in its order.
macro_rules! page {
    ($scope:literal, $status:literal) => {
        with_cases!(concat!(
            "select a.* from actions a where ",
            $scope,
            " = $1 and (a.due_on, a.id) > ($2, $3) and ",
            $status,
            " and ($4::date is null or (a.due_on < $4 and a.status in ('open', 'in_progress')))",
            " and ($5::uuid is null or a.marac_id = $5)",
            " and ($6::text is null or a.status = $6) and ",
            visible_actions!("a"),
            " order by a.due_on, a.id limit $7"
        ))
    };
    ($scope:literal) => {
        [
            page!($scope, "a.status in ('open', 'in_progress')"),
            page!(
                $scope,
                "not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')"
            ),
            page!($scope, "true"),
        ]
    };
}

const OF_AGENCY: [&str; 3] = page!("a.owner_agency_id");
const OF_MARAC: [&str; 3] = page!("a.marac_id");
const OF_PERSON: [&str; 3] = page!("a.owner_user_id");
const OF_CASE: [&str; 3] = page!("a.case_id");

/// The work list, first of all lists.
pub const WORK_LIST: &str = OF_AGENCY[0];

/// One page of what is in sight, by due date and id.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<ActionRow>> {
    let (texts, scope) = match filter.scope {
        Scope::Agency(id) => (&OF_AGENCY, id),
        Scope::Marac(id) => (&OF_MARAC, id),
        Scope::Person(id) => (&OF_PERSON, id),
        Scope::Case(id) => (&OF_CASE, id),
    };
    let [outstanding, unresolved, any] = *texts;
    let (text, status) = match filter.statuses {
        Statuses::Outstanding => (outstanding, None),
        Statuses::Unresolved => (unresolved, None),
        Statuses::Any(status) => (any, status),
    };
    let (due_on, id) = filter.after.unwrap_or((BEFORE_ALL, Uuid::nil()));
    let rows = sql(text)
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

const ONE: &str = with_cases!("select * from actions where id = $1");

/// The row of an action in sight.
pub fn row(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<ActionRow> {
    Ok(sql(ONE).bind(action.id).get_result(tx.conn)?)
}

const MANY: &str = with_cases!(concat!(
    "select a.* from actions a where a.id = any ($1) and ",
    visible_actions!("a")
));

/// Those of these actions that are in sight.
pub fn in_sight(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<ActionRow>> {
    Ok(sql(MANY).bind(ids).load(tx.conn)?)
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = st::Bool)]
    found: bool,
}

/// Whether this is an action of the case.
pub fn of_case(tx: &mut Tx<'_>, case_id: Uuid, id: Uuid) -> Result<bool> {
    let row: Exists =
        sql("select exists (select from actions where case_id = $1 and id = $2) as found")
            .bind(case_id)
            .bind(id)
            .get_result(tx.conn)?;
    Ok(row.found)
}

/// Whether the case has an outstanding action, of this agency or any.
pub fn outstanding(tx: &mut Tx<'_>, case_id: Uuid, agency_id: Option<Uuid>) -> Result<bool> {
    let row: Exists = sql("select exists (select from actions where case_id = $1 \
         and status in ('open', 'in_progress') \
         and ($2::uuid is null or owner_agency_id = $2)) as found")
    .bind(case_id)
    .bind(agency_id)
    .get_result(tx.conn)?;
    Ok(row.found)
}

/// An entry of an action's history.
#[derive(QueryableByName)]
pub struct EventRow {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub kind: ActionEventKind,
    #[diesel(sql_type = st::Text)]
    pub status: ActionStatus,
    #[diesel(sql_type = st::Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = st::Uuid)]
    pub owner_agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub owner_agency: String,
    #[diesel(sql_type = st::Date)]
    pub effective_on: NaiveDate,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub by_user_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub by_actor_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub by_agency_id: Option<Uuid>,
    #[diesel(sql_type = st::Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    sealed: Option<Vec<u8>>,
}

impl EventRow {
    /// Opens its note.
    pub(super) fn note(&self, action: &VisibleAction) -> Result<Note> {
        Ok(match &self.sealed {
            Some(sealed) => action
                .key()
                .open_json(Place::new("action_events", "sealed", self.id), sealed)?,
            None => Note::default(),
        })
    }
}

/// The history of an action in sight, oldest first.
pub fn history(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<EventRow>> {
    let rows = sql(
        "select e.id, e.kind, e.status, e.due_on, e.owner_agency_id, o.name as owner_agency, \
         e.effective_on, e.by_user_id, e.by_actor_id, e.by_agency_id, e.created_at, e.sealed \
         from action_events e join agencies o on o.id = e.owner_agency_id \
         where e.action_id = $1 order by e.effective_on, e.created_at, e.id",
    )
    .bind(action.id)
    .load(tx.conn)?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Last {
    #[diesel(sql_type = st::Date)]
    on: NaiveDate,
}

/// The day of the last thing known of an action.
pub fn last_on(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<NaiveDate> {
    let last: Last =
        sql("select max(effective_on) as \"on\" from action_events where action_id = $1")
            .bind(action.id)
            .get_result(tx.conn)?;
    Ok(last.on)
}

/// An address of the survivor, sealed.
#[derive(QueryableByName)]
pub struct AddressRow {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub kind: AddressKind,
    #[diesel(sql_type = st::Bool)]
    pub confidential: bool,
    #[diesel(sql_type = st::Text)]
    pub known_to_perpetrator: YesNoUnknown,
    #[diesel(sql_type = st::Binary)]
    pub sealed: Vec<u8>,
}

/// Where the survivor is or usually lives today.
pub fn addresses(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<AddressRow>> {
    let rows = sql(
        "select d.id, d.kind, d.confidential, d.known_to_perpetrator, d.sealed \
         from party_addresses d join parties p on p.id = d.party_id \
         where d.case_id = $1 and p.case_id = $1 and p.role = 'survivor' \
         and d.kind <> 'previous' and (d.valid_to is null or d.valid_to >= $2) order by d.id",
    )
    .bind(action.case_id)
    .bind(tx.today())
    .load(tx.conn)?;
    Ok(rows)
}

/// A way to reach the survivor, sealed.
#[derive(QueryableByName)]
pub struct ContactRow {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub kind: ContactKind,
    #[diesel(sql_type = st::Bool)]
    pub safe_to_call: bool,
    #[diesel(sql_type = st::Bool)]
    pub safe_to_text: bool,
    #[diesel(sql_type = st::Bool)]
    pub safe_voicemail: bool,
    #[diesel(sql_type = st::Bool)]
    pub withheld_number: bool,
    #[diesel(sql_type = st::Binary)]
    pub sealed: Vec<u8>,
}

/// The survivor's contacts that are safe in some way; the others are nobody's to use (R8).
pub fn safe_contacts(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ContactRow>> {
    let rows = sql(
        "select t.id, t.kind, t.safe_to_call, t.safe_to_text, t.safe_voicemail, \
         t.withheld_number, t.sealed from party_contacts t join parties p on p.id = t.party_id \
         where t.case_id = $1 and p.case_id = $1 and p.role = 'survivor' \
         and (t.safe_to_call or t.safe_to_text or t.safe_voicemail) order by t.id",
    )
    .bind(action.case_id)
    .load(tx.conn)?;
    Ok(rows)
}

/// A change of what an agency may see.
#[derive(QueryableByName)]
pub struct ChangeRow {
    /// Transaction that made it.
    #[diesel(sql_type = st::Text)]
    pub txid: String,
    /// Order within.
    #[diesel(sql_type = st::BigInt)]
    pub id: i64,
    /// The action.
    #[diesel(sql_type = st::Uuid)]
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
    let rows = sql(CHANGES)
        .bind(agency_id)
        .bind(after.0.to_string())
        .bind(after.1)
        .bind(limit)
        .load(tx.conn)?;
    Ok(rows)
}

/// What is known of a proposed owner.
#[derive(QueryableByName)]
pub struct OwnerRow {
    #[diesel(sql_type = st::Bool)]
    pub member: bool,
    #[diesel(sql_type = st::Bool)]
    pub on_case: bool,
    #[diesel(sql_type = st::Bool)]
    pub excluded: bool,
    #[diesel(sql_type = st::Bool)]
    pub person_known: bool,
    #[diesel(sql_type = st::Bool)]
    pub person_excluded: bool,
}

/// Facts for R26.
pub fn owner_facts(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    case_id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<OwnerRow> {
    let row = sql("select exists (select from marac_agencies m join agencies g on g.id = m.agency_id \
           where m.marac_id = $1 and m.agency_id = $3 and g.closed_at is null \
           and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > $5)) as member, \
         (exists (select from circle r where r.case_id = $2 and r.agency_id = $3 and r.ends_at > $5) \
           or exists (select from agenda_listings l where l.case_id = $2 and l.agency_id = $3) \
           or exists (select from referrals f where f.case_id = $2 and f.status <> 'draft' \
             and (f.agency_id = $3 or f.co_agency_id = $3))) as on_case, \
         exists (select from exclusions e where e.case_id = $2 and e.ends_at > $5 \
           and e.agency_id = $3 and ($4::uuid is null or e.exempt_user_id is distinct from $4)) as excluded, \
         ($4::uuid is null or exists (select from users u where u.id = $4 and u.agency_id = $3 \
           and u.disabled_at is null)) as person_known, \
         ($4::uuid is not null and exists (select from exclusions e where e.case_id = $2 \
           and e.ends_at > $5 and e.user_id = $4)) as person_excluded")
        .bind(marac_id)
        .bind(case_id)
        .bind(agency_id)
        .bind(user_id)
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok(row)
}

/// A meeting that an action may have been agreed at.
#[derive(QueryableByName)]
pub struct MeetingRow {
    /// The meeting.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// Its day, where it is held.
    #[diesel(sql_type = st::Date)]
    pub on: NaiveDate,
}

/// The meeting of this id in the case's MARAC.
pub fn meeting(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<MeetingRow>> {
    let row = sql(
        "select id, (starts_at at time zone time_zone)::date as \"on\" \
         from meetings where marac_id = $1 and id = $2",
    )
    .bind(case.marac_id)
    .bind(id)
    .get_result(tx.conn)
    .optional()?;
    Ok(row)
}

/// The meeting at which this agenda item of the case stands.
pub fn item_meeting(tx: &mut Tx<'_>, case: &VisibleCase, item: Uuid) -> Result<Option<MeetingRow>> {
    let row = sql(
        "select m.id, (m.starts_at at time zone m.time_zone)::date as \"on\" \
         from agenda_items i join meetings m on m.id = i.meeting_id \
         where i.case_id = $1 and i.id = $2",
    )
    .bind(case.id)
    .bind(item)
    .get_result(tx.conn)
    .optional()?;
    Ok(row)
}

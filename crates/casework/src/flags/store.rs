//! Rows of flags: lists, and one of them.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::{FlagStatus, Said};
use kernel::crypto::{DataKey, Place};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, key_columns, owned_action, visible_actions};
use practice::party::Identity;

/// A flag with what its reader gets: the case's code and the survivor's name, nothing else of the case.
#[derive(Row)]
pub struct FlagRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_code: String,
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub flag_status: FlagStatus,
    pub asked_on: NaiveDate,
    pub due_on: NaiveDate,
    pub expires_on: NaiveDate,
    pub confirmed_on: Option<NaiveDate>,
    pub confirmed_until: Option<NaiveDate>,
    /// Whether the caller speaks for the agency.
    pub owned: bool,
    pub version: i32,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    survivor_id: Option<Uuid>,
    survivor: Option<Vec<u8>>,
    said_id: Option<Uuid>,
    said: Option<Vec<u8>>,
}

/// What a flag's seals hold. Nothing, once its case's key is destroyed.
#[derive(Default)]
pub struct Opened {
    /// The survivor's name.
    pub survivor: Option<String>,
    /// What the agency last said.
    pub said: Option<Said>,
}

impl FlagRow {
    /// The key of its case.
    pub fn key(&self, tx: &Tx<'_>) -> Result<DataKey> {
        Ok(tx
            .keys
            .unwrap(self.case_id, &self.master_key_id, self.wrapped.as_deref())?)
    }

    /// Opens its seals.
    pub fn open(&self, tx: &Tx<'_>) -> Result<Opened> {
        if self.wrapped.is_none() {
            return Ok(Opened::default());
        }
        let key = self.key(tx)?;
        let survivor = match (self.survivor_id, &self.survivor) {
            (Some(id), Some(sealed)) => {
                let identity: Identity =
                    key.open_json(Place::new("parties", "identity", id), sealed)?;
                identity.full_name()
            }
            _ => None,
        };
        let said = match (self.said_id, &self.said) {
            (Some(id), Some(sealed)) => {
                Some(key.open_json(Place::new("flag_events", "sealed", id), sealed)?)
            }
            _ => None,
        };
        Ok(Opened { survivor, said })
    }
}

/// Flags as the rule of visibility reads actions: their agency's while they are to be answered or
/// placed, whatever has become of the listing.
macro_rules! flags {
    ($condition:literal) => {
        concat!(
            "select f.id, f.case_id, f.marac_id, f.agency_id as owner_agency_id, ",
            "null::uuid as owner_user_id, case when f.status in ('asked', 'placed', 'removal_due') ",
            "then 'open' else 'completed' end as status, f.status as flag_status, f.asked_on, ",
            "f.due_on, f.expires_on, f.confirmed_on, f.confirmed_until, f.version ",
            "from flags f where ",
            $condition
        )
    };
}

/// SQL: the flag at `a` is the caller's agency's, or of a MARAC they coordinate or chair.
macro_rules! own_or_staff {
    () => {
        concat!("(", owned_action!("a"), " or a.marac_id = any ($staff))")
    };
}

/// The flags at `a` that the inner statement chose, joined with what is shown with them.
macro_rules! with_cases {
    ($($inner:tt)+) => {
        concat!(
            "select a.id, a.case_id, c.code as case_code, a.marac_id, a.owner_agency_id as agency_id, ",
            "o.name as agency, a.flag_status, a.asked_on, a.due_on, a.expires_on, a.confirmed_on, ",
            "a.confirmed_until, coalesce(", owned_action!("a"), ", false) as owned, a.version, ",
            key_columns!(),
            ", s.id as survivor_id, s.identity as survivor, ",
            "e.id as said_id, e.sealed as said ",
            "from (", $($inner)+, ") a ",
            "join cases c on c.id = a.case_id ",
            file_key!("a.case_id"),
            "join agencies o on o.id = a.owner_agency_id ",
            "left join lateral (select p.id, p.identity from parties p ",
            "where p.case_id = a.case_id and p.role = 'survivor' order by p.id limit 1) s on true ",
            "left join lateral (select e.id, e.sealed from flag_events e ",
            "where e.flag_id = a.id and e.sealed is not null ",
            "order by e.created_at desc, e.id desc limit 1) e on true ",
            "order by a.due_on, a.id"
        )
    };
}

/// The page is taken before the joins, by an index in its order, as that of actions is.
macro_rules! page {
    ($condition:literal) => {
        with_cases!(concat!(
            "select a.* from (",
            flags!($condition),
            " order by f.due_on, f.id offset 0) a ",
            "where ($4::date is null or (a.due_on < $4 and a.flag_status in ('asked', 'removal_due')))",
            " and ($5::uuid is null or a.marac_id = $5)",
            " and ($6::text is null or a.flag_status = $6) and ",
            visible_actions!("a"),
            " and ",
            own_or_staff!(),
            " order by a.due_on, a.id limit $7"
        ))
    };
}

const OF_AGENCY: [&str; 2] = [
    page!(
        "f.agency_id = $1 and (f.due_on, f.id) > ($2, $3) and f.status in ('asked', 'removal_due')"
    ),
    page!("f.agency_id = $1 and (f.due_on, f.id) > ($2, $3)"),
];
const OF_MARAC: [&str; 2] = [
    page!(
        "f.marac_id = $1 and (f.due_on, f.id) > ($2, $3) and f.status in ('asked', 'removal_due')"
    ),
    page!("f.marac_id = $1 and (f.due_on, f.id) > ($2, $3)"),
];

/// An agency's flags that wait for its answer.
pub const DUE_FLAGS: &str = OF_AGENCY[0];

/// Whose flags a list is of.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// An agency's.
    Agency(Uuid),
    /// A MARAC's.
    Marac(Uuid),
}

/// Which flags.
pub struct Filter {
    pub scope: Scope,
    /// Only those that wait for an answer.
    pub due: bool,
    pub status: Option<FlagStatus>,
    /// Waiting for an answer since before this day.
    pub due_before: Option<NaiveDate>,
    pub marac_id: Option<Uuid>,
    pub after: Option<(NaiveDate, Uuid)>,
    pub limit: i64,
}

/// One page of what is in sight, by the day the answer is due.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<FlagRow>> {
    let (texts, scope) = match filter.scope {
        Scope::Agency(id) => (&OF_AGENCY, id),
        Scope::Marac(id) => (&OF_MARAC, id),
    };
    let [due, all] = *texts;
    let text = if filter.due { due } else { all };
    let before_all = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
    let (due_on, id) = filter.after.unwrap_or((before_all, Uuid::nil()));
    Ok(tx
        .sql(text)
        .bind(scope)
        .bind(due_on)
        .bind(id)
        .bind(filter.due_before)
        .bind(filter.marac_id)
        .bind(filter.status.map(FlagStatus::as_str))
        .bind(filter.limit)
        .load(tx.conn)?)
}

const OF_CASE: &str = with_cases!(concat!(
    "select a.* from (",
    flags!("f.case_id = $1"),
    ") a where ($2 or a.owner_agency_id = $3) and ",
    visible_actions!("a")
));

/// The flags of a case: all of them, or the caller's agency's.
pub fn of_case(tx: &mut Tx<'_>, case: &VisibleCase, all: bool) -> Result<Vec<FlagRow>> {
    let agency = tx.actor.agency_id;
    Ok(tx
        .sql(OF_CASE)
        .bind(case.id)
        .bind(all)
        .bind(agency)
        .load(tx.conn)?)
}

const ONE: &str = with_cases!(concat!(
    "select a.* from (",
    flags!("f.id = $1"),
    ") a where ",
    visible_actions!("a"),
    " and ",
    own_or_staff!()
));

/// A flag in sight.
pub fn one(tx: &mut Tx<'_>, id: Uuid) -> Result<FlagRow> {
    tx.sql(ONE)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

const ANSWERED: &str = with_cases!(flags!("f.id = $1"));

/// A flag that was in sight before its agency answered. One that is settled may have left it with the
/// answer: they still get what they have just said.
pub fn answered(tx: &mut Tx<'_>, before: &FlagRow) -> Result<FlagRow> {
    Ok(tx.sql(ANSWERED).bind(before.id).get_result(tx.conn)?)
}

/// A flag in sight, locked until the transaction ends. Locked first, then read: so it is as it is now.
pub fn one_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<FlagRow> {
    tx.sql("select id from flags where id = $1 for update")
        .bind(id)
        .execute(tx.conn)?;
    tx.waited();
    one(tx, id)
}

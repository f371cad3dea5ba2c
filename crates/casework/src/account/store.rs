//! Rows of the account.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{Heading, HowTold, Reader, Sharing};
use kernel::case_file::Part;
use kernel::crypto::Place;
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;

/// SQL: the entry at this alias of the case $1 is read by a reader whose lens shows the account ($2),
/// of this agency ($3), trusted with restricted entries or not ($4); or the lead opened it to the
/// agency on a question, for as long as what the asker saw the case by then still stands.
#[doc(hidden)]
#[macro_export]
macro_rules! readable_entry {
    ($e:literal) => {
        ::kernel::sql::fragment!("readable_entry", $e)
    };
}

/// SQL: entries at `e`.
#[doc(hidden)]
#[macro_export]
macro_rules! entry_row {
    () => {
        "select 'entry' as kind, e.id, null::uuid as parent, e.version, \
         json_build_object('heading', e.heading, 'sharing', e.sharing, 'told_on', e.told_on, \
           'how_told', e.how_told, 'author_id', e.author_id, 'actor_id', e.actor_id, \
           'agency_id', e.agency_id, 'supersedes_id', e.supersedes_id, \
           'superseded_by_id', e.superseded_by_id, 'created_at', e.created_at)::text as plain, \
         e.sealed from account_entries e "
    };
}

/// SQL: what is read of the account of the case $1, as it stands now.
#[doc(hidden)]
#[macro_export]
macro_rules! current_entry_rows {
    () => {
        concat!(
            $crate::account::entry_row!(),
            "where e.case_id = $1 and e.superseded_by_id is null and ",
            $crate::account::readable_entry!("e")
        )
    };
}

pub use {current_entry_rows, entry_row, readable_entry};

const CURRENT: &str = current_entry_rows!();
const ALL: &str = concat!(
    entry_row!(),
    "where e.case_id = $1 and ",
    readable_entry!("e")
);

/// What the reader gets of the account; earlier versions only with `all`.
pub fn entries(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: Reader,
    all: bool,
) -> Result<Vec<Part>> {
    Ok(tx
        .sql(if all { ALL } else { CURRENT })
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .load(tx.conn)?)
}

/// One entry, whoever reads it.
pub fn entry(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(tx
        .sql(concat!(entry_row!(), "where e.case_id = $1 and e.id = $2"))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

/// What decides on an entry: whether it may be superseded, or pointed at.
#[derive(Row)]
pub struct Standing {
    /// Its id.
    pub id: Uuid,
    /// Its heading.
    pub heading: Heading,
    /// Its class.
    pub sharing: Sharing,
    /// Whose it is.
    pub agency_id: Uuid,
    /// The version after it.
    pub superseded_by_id: Option<Uuid>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// Whether the reader reads it.
    pub readable: bool,
}

macro_rules! standing {
    ($tail:literal) => {
        concat!(
            "select e.id, e.heading, e.sharing, e.agency_id, e.superseded_by_id, e.created_at, ",
            readable_entry!("e"),
            " as readable from account_entries e where e.case_id = $1 and ",
            $tail
        )
    };
}

/// How an entry stands towards the reader, locked.
pub fn standing(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: Reader,
    id: Uuid,
) -> Result<Option<Standing>> {
    tx.sql(standing!("e.id = $5 for update of e"))
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .bind(id)
        .locking(tx)
}

/// How these entries of a case stand towards the reader; those it has not are left out.
pub fn standings(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: Reader,
    ids: &[Uuid],
) -> Result<Vec<Standing>> {
    Ok(tx
        .sql(standing!("e.id = any ($5)"))
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .bind(ids.to_vec())
        .load(tx.conn)?)
}

/// The current entries under a heading that the reader reads, in order of their ids.
pub fn readable_under(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: Reader,
    heading: Heading,
) -> Result<Vec<Uuid>> {
    #[derive(Row)]
    struct Found {
        id: Uuid,
    }
    let rows: Vec<Found> = tx
        .sql(concat!(
            "select e.id from account_entries e where e.case_id = $1 and e.heading = $5 ",
            "and e.superseded_by_id is null and ",
            readable_entry!("e"),
            " order by e.id"
        ))
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .bind(heading.as_str())
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// An entry to write.
pub struct NewEntry {
    /// Its id.
    pub id: Uuid,
    /// Its heading.
    pub heading: Heading,
    /// Its class.
    pub sharing: Sharing,
    /// When it was told.
    pub told_on: NaiveDate,
    /// How.
    pub how_told: HowTold,
    /// What was told.
    pub text: String,
    /// The version before it.
    pub supersedes_id: Option<Uuid>,
}

/// Adds an entry, the caller's; marks the one it supersedes.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, entry: &NewEntry) -> Result<()> {
    let place = Place::new("account_entries", "sealed", entry.id);
    let sealed = case.key().seal(place, entry.text.as_bytes())?;
    tx.sql(
        "insert into account_entries (id, marac_id, case_id, heading, sharing, told_on, how_told, \
         author_id, actor_id, agency_id, supersedes_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(entry.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(entry.heading.as_str())
    .bind(entry.sharing.as_str())
    .bind(entry.told_on)
    .bind(entry.how_told.as_str())
    .bind(tx.actor.principal.user_id())
    .bind(tx.actor.principal.actor_id())
    .bind(tx.actor.agency_id)
    .bind(entry.supersedes_id)
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)
    .map_err(|error| {
        Error::from(error).on_constraint("account_entries_supersedes_key", || {
            Error::conflict("already_superseded")
        })
    })?;
    if let Some(superseded) = entry.supersedes_id {
        tx.sql(
            "update account_entries set superseded_by_id = $3, version = version + 1 \
             where case_id = $1 and id = $2",
        )
        .bind(case.id)
        .bind(superseded)
        .bind(entry.id)
        .execute(tx.conn)?;
        // Whom an entry was opened to goes on reading it as it stands, unless its author has drawn
        // the class anew.
        tx.sql(
            "insert into entry_openings (entry_id, question_id, marac_id, case_id, agency_id, \
             circle_id, opened_by, created_at) \
             select $3, o.question_id, o.marac_id, o.case_id, o.agency_id, o.circle_id, o.opened_by, $4 \
             from entry_openings o join account_entries e on e.id = o.entry_id \
             where o.case_id = $1 and o.entry_id = $2 and e.sharing = $5",
        )
        .bind(case.id)
        .bind(superseded)
        .bind(entry.id)
        .bind(tx.now)
        .bind(entry.sharing.as_str())
        .execute(tx.conn)?;
    }
    Ok(())
}

//! Rows of the account.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{AccountReader, Heading, HowTold, Sharing};
use kernel::case_file::Part;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::account_entries;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// What the reader gets of the account; earlier versions only with `all`.
pub fn entries(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: AccountReader,
    all: bool,
) -> Result<Vec<Part>> {
    let statement = match all {
        true => statement!("entries" => Part),
        false => statement!("current_entries" => Part),
    };
    Ok(tx
        .sql(statement)
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .load(tx.conn)?)
}

/// One entry, whoever reads it.
pub fn entry(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(tx
        .sql(statement!("entry" => Part))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

/// What decides on an entry: whether it may be superseded, or pointed at.
#[derive(Row)]
pub struct EntryState {
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

/// How an entry stands towards the reader, locked.
pub fn standing(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reader: AccountReader,
    id: Uuid,
) -> Result<Option<EntryState>> {
    tx.sql(statement!("standing" => EntryState))
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
    reader: AccountReader,
    ids: &[Uuid],
) -> Result<Vec<EntryState>> {
    Ok(tx
        .sql(statement!("standings" => EntryState))
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
    reader: AccountReader,
    heading: Heading,
) -> Result<Vec<Uuid>> {
    #[derive(Row)]
    struct Found {
        id: Uuid,
    }
    let rows: Vec<Found> = tx
        .sql(statement!("readable_under" => Found))
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

#[derive(Insertable)]
#[diesel(table_name = account_entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    heading: Heading,
    sharing: Sharing,
    told_on: NaiveDate,
    how_told: HowTold,
    author_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Uuid,
    supersedes_id: Option<Uuid>,
    sealed: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// Adds an entry, the caller's; marks the one it supersedes.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, entry: &NewEntry) -> Result<()> {
    let place = SealPlace::new("account_entries", "sealed", entry.id);
    let sealed = case.key().seal(place, entry.text.as_bytes())?;
    let row = EntryRow {
        id: entry.id,
        marac_id: case.marac_id,
        case_id: case.id,
        heading: entry.heading,
        sharing: entry.sharing,
        told_on: entry.told_on,
        how_told: entry.how_told,
        author_id: tx.actor.principal.user_id(),
        actor_id: tx.actor.principal.actor_id(),
        agency_id: tx.actor.agency_id,
        supersedes_id: entry.supersedes_id,
        sealed,
        created_at: tx.now,
    };
    let inserted = diesel::insert_into(account_entries::table)
        .values(row)
        .execute(tx.conn);
    inserted.map_err(|error| {
        Error::from(error).on_constraint("account_entries_supersedes_key", || {
            Error::conflict("already_superseded")
        })
    })?;
    if let Some(superseded) = entry.supersedes_id {
        let before = account_entries::case_id
            .eq(case.id)
            .and(account_entries::id.eq(superseded));
        diesel::update(account_entries::table.filter(before))
            .set((
                account_entries::superseded_by_id.eq(entry.id),
                account_entries::version.eq(account_entries::version + 1),
            ))
            .execute(tx.conn)?;
        tx.sql(statement!("keep_open"))
            .bind(case.id)
            .bind(superseded)
            .bind(entry.id)
            .bind(tx.now)
            .bind(entry.sharing.as_str())
            .execute(tx.conn)?;
    }
    Ok(())
}

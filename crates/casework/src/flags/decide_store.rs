//! Asking for flags and writing what agencies answer.

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::FlagRow;
use super::{FlagStatus, Said};
use crate::cases::day_end;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::flags;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// Asks agencies that have no flag of the case, or none for as long as it runs. A flag asked for
/// already waits on.
pub fn ask(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    agencies: &[Uuid],
    due_on: NaiveDate,
    expires_on: NaiveDate,
) -> Result<Vec<AskedFlag>> {
    let today = tx.today();
    let ids = || agencies.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    Ok(tx
        .sql(statement!("ask" => AskedFlag))
        .bind(ids())
        .bind(ids())
        .bind(agencies.to_vec())
        .bind(case.marac_id)
        .bind(case.id)
        .bind(today)
        .bind(due_on)
        .bind(expires_on)
        .bind(tx.now)
        .bind(tx.actor.principal.user_id())
        .bind(agency(tx))
        .load(tx.conn)?)
}

fn agency(tx: &Tx<'_>) -> Option<Uuid> {
    Some(tx.actor.agency_id).filter(|id| !id.is_nil())
}

/// A flag about which its agency was asked something.
#[derive(Row, Queryable, Selectable)]
#[diesel(table_name = flags, check_for_backend(Pg))]
pub struct AskedFlag {
    pub id: Uuid,
    pub agency_id: Uuid,
    pub expires_on: NaiveDate,
}

/// Asks the holders of a flag that ends before the case now does to place it for longer.
pub fn renew(tx: &mut Tx<'_>, case: &VisibleCase, due_on: NaiveDate) -> Result<Vec<AskedFlag>> {
    let today = tx.today();
    let changed: Vec<AskedFlag> = tx
        .sql(statement!("renew" => AskedFlag))
        .bind(case.id)
        .bind(today)
        .bind(due_on)
        .load(tx.conn)?;
    remember(tx, case, &changed, FlagStatus::Asked)?;
    Ok(changed)
}

/// Asks everybody who was asked to flag the case to remove what they placed, or to say that there is
/// nothing. Returns their flags.
pub fn ask_removal(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    due_on: NaiveDate,
) -> Result<Vec<AskedFlag>> {
    let waiting = flags::case_id
        .eq(case.id)
        .and(flags::status.eq_any([FlagStatus::Asked, FlagStatus::Placed]));
    let changed: Vec<AskedFlag> = diesel::update(flags::table.filter(waiting))
        .set((
            flags::status.eq(FlagStatus::RemovalDue),
            flags::asked_on.eq(tx.today()),
            flags::due_on.eq(due_on),
            flags::version.eq(flags::version + 1),
        ))
        .returning(AskedFlag::as_returning())
        .load(tx.conn)?;
    remember(tx, case, &changed, FlagStatus::RemovalDue)?;
    Ok(changed)
}

fn remember(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    changed: &[AskedFlag],
    kind: FlagStatus,
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("remember"))
        .bind(changed.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(changed.iter().map(|flag| flag.id).collect::<Vec<_>>())
        .bind(
            changed
                .iter()
                .map(|flag| flag.agency_id)
                .collect::<Vec<_>>(),
        )
        .bind(
            changed
                .iter()
                .map(|flag| flag.expires_on)
                .collect::<Vec<_>>(),
        )
        .bind(case.marac_id)
        .bind(case.id)
        .bind(kind.as_str())
        .bind(tx.actor.principal.user_id())
        .bind(agency(tx))
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes what is said of a flag, and into its history.
pub fn answer(tx: &mut Tx<'_>, flag: &FlagRow, status: FlagStatus, said: &Said) -> Result<()> {
    let id = Uuid::now_v7();
    let sealed = flag
        .key(tx)?
        .seal_json(SealPlace::new("flag_events", "sealed", id), said)?;
    let today = tx.today();
    tx.sql(statement!("answer" => AskedFlag))
        .bind(flag.id)
        .bind(status.as_str())
        .bind(today)
        .bind(id)
        .bind(tx.actor.principal.user_id())
        .bind(tx.actor.principal.actor_id())
        .bind(agency(tx))
        .bind(sealed)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Listings that were to end with the lapse on `before` go on to the day on which the case lapses now;
/// also those that have ended by it already, where the case was kept after all.
pub fn prolong_listings(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    before: NaiveDate,
    ended_too: bool,
) -> Result<()> {
    tx.sql(statement!("prolong_listings"))
        .bind(case.id)
        .bind(day_end(before))
        .bind(before)
        .bind(ended_too)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Flags and listings that were to end with the lapse on `before` end with the case's lapse, which has
/// become an earlier one.
pub fn shorten(tx: &mut Tx<'_>, case: &VisibleCase, before: NaiveDate) -> Result<()> {
    tx.sql(statement!("shorten"))
        .bind(case.id)
        .bind(before)
        .bind(day_end(before))
        .execute(tx.conn)?;
    Ok(())
}

//! Asking for flags and writing what agencies answer.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::FlagRow;
use super::{FlagStatus, Said};
use crate::cases::day_end;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;

/// Asks agencies that have no flag of the case, or none for as long as it runs. A flag asked for
/// already waits on.
pub fn ask(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    agencies: &[Uuid],
    due_on: NaiveDate,
    expires_on: NaiveDate,
) -> Result<Vec<Asked>> {
    let today = tx.today();
    let ids = || agencies.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    Ok(tx.sql(
        "with x as (select distinct on (n.agency_id) n.* \
           from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(id, event_id, agency_id) \
           where not exists (select from exclusions e where e.case_id = $5 and e.agency_id = n.agency_id \
             and e.ends_at > $9 and e.exempt_user_id is null)), \
         f as (insert into flags as f (id, marac_id, case_id, agency_id, status, asked_on, due_on, \
           expires_on, created_at) select x.id, $4, $5, x.agency_id, 'asked', $6, $7, $8, $9 from x \
           on conflict on constraint flags_agency_key do update set status = 'asked', asked_on = $6, \
           due_on = $7, expires_on = $8, version = f.version + 1 \
           where f.status in ('not_placed', 'removal_due', 'removed') \
             or (f.status = 'placed' and f.confirmed_until < $8) \
             or (f.status = 'asked' and f.expires_on < $8) \
           returning f.id, f.agency_id) \
         insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, \
         by_user_id, by_agency_id, created_at) \
         select x.event_id, $4, $5, f.id, f.agency_id, 'asked', $8, $10, $11, $9 \
         from f join x on x.agency_id = f.agency_id returning flag_id as id, agency_id, expires_on",
    )
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
#[derive(Row)]
pub struct Asked {
    pub id: Uuid,
    pub agency_id: Uuid,
    pub expires_on: NaiveDate,
}

/// Asks the holders of a flag that ends before the case now does to place it for longer.
pub fn renew(tx: &mut Tx<'_>, case: &VisibleCase, due_on: NaiveDate) -> Result<Vec<Asked>> {
    let today = tx.today();
    let changed: Vec<Asked> = tx.sql(
        "update flags f set status = 'asked', asked_on = $2, due_on = $3, expires_on = c.lapses_on, \
         version = f.version + 1 from cases c where f.case_id = $1 and c.id = f.case_id \
         and f.expires_on < c.lapses_on and f.status in ('asked', 'placed', 'removal_due') \
         returning f.id, f.agency_id, f.expires_on",
    )
    .bind(case.id)
    .bind(today)
    .bind(due_on)
    .load(tx.conn)?;
    remember(tx, case, &changed, FlagStatus::Asked)?;
    Ok(changed)
}

/// Asks everybody who was asked to flag the case to remove what they placed, or to say that there is
/// nothing. Returns their flags.
pub fn ask_removal(tx: &mut Tx<'_>, case: &VisibleCase, due_on: NaiveDate) -> Result<Vec<Asked>> {
    let today = tx.today();
    let changed: Vec<Asked> = tx.sql(
        "update flags set status = 'removal_due', asked_on = $2, due_on = $3, version = version + 1 \
         where case_id = $1 and status in ('asked', 'placed') returning id, agency_id, expires_on",
    )
    .bind(case.id)
    .bind(today)
    .bind(due_on)
    .load(tx.conn)?;
    remember(tx, case, &changed, FlagStatus::RemovalDue)?;
    Ok(changed)
}

fn remember(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    changed: &[Asked],
    kind: FlagStatus,
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    tx.sql(
        "insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, \
         by_user_id, by_agency_id, created_at) select x.id, $5, $6, x.flag_id, x.agency_id, $7, \
         x.expires_on, $8, $9, $10 \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(id, flag_id, agency_id, expires_on)",
    )
    .bind(changed.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(changed.iter().map(|flag| flag.id).collect::<Vec<_>>())
    .bind(changed.iter().map(|flag| flag.agency_id).collect::<Vec<_>>())
    .bind(changed.iter().map(|flag| flag.expires_on).collect::<Vec<_>>())
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
        .seal_json(Place::new("flag_events", "sealed", id), said)?;
    let today = tx.today();
    tx.sql(
        "with f as (update flags set status = $2, confirmed_on = $3, \
           confirmed_until = case when $2 = 'placed' then expires_on end, version = version + 1 \
           where id = $1 returning id, marac_id, case_id, agency_id, expires_on) \
         insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, \
         by_user_id, by_actor_id, by_agency_id, sealed, created_at) \
         select $4, f.marac_id, f.case_id, f.id, f.agency_id, $2, f.expires_on, $5, $6, $7, $8, $9 from f",
    )
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
    tx.sql(
        "update circle g set ends_at = (c.lapses_on + 1)::timestamp at time zone m.time_zone, \
         version = g.version + 1 from cases c join maracs m on m.id = c.marac_id \
         where c.id = $1 and g.case_id = c.id and g.basis = 'listing' and g.ends_at = $2 \
         and c.lapses_on > $3 and ($4 or g.ends_at > $5)",
    )
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
    tx.sql(
        "with l as (select c.lapses_on, (c.lapses_on + 1)::timestamp at time zone m.time_zone as ends_at \
           from cases c join maracs m on m.id = c.marac_id where c.id = $1 and c.lapses_on < $2), \
         f as (update flags f set expires_on = l.lapses_on, version = f.version + 1 from l \
           where f.case_id = $1 and f.expires_on > l.lapses_on and f.status in ('asked', 'placed', 'removal_due')) \
         update circle g set ends_at = greatest(g.opens_at, l.ends_at), version = g.version + 1 from l \
         where g.case_id = $1 and g.basis = 'listing' and g.ends_at = $3",
    )
    .bind(case.id)
    .bind(before)
    .bind(day_end(before))
    .execute(tx.conn)?;
    Ok(())
}

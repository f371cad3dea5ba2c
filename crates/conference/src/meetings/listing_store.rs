//! What a meeting does to the circles of its cases: opens them to the listed agencies at circulation,
//! opens accounts and answers at the start, and closes what nobody took on at the end (design 3.4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::store::Meeting;
use directory::agencies::{self, ListingStanding};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::visible_cases;

/// An agency that a case is listed to.
#[derive(Debug, Clone)]
pub struct Listed {
    pub case_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub standing: ListingStanding,
}

#[derive(Row)]
struct ListedRow {
    marac_id: Uuid,
    case_id: Uuid,
    agency_id: Uuid,
    agency: String,
}

const LISTED: &str = concat!(
    "select i.marac_id, i.case_id, l.agency_id, a.name as agency ",
    "from agenda_items i join cases c on c.id = i.case_id ",
    "join agenda_listings l on l.agenda_item_id = i.id join agencies a on a.id = l.agency_id ",
    "where i.meeting_id = $1 and i.status = 'listed' and ($2::uuid is null or i.id = $2) and ",
    visible_cases!("c"),
    " order by i.position, i.id, a.name, a.id"
);

/// The agencies that the cases of a meeting are listed to, or one item of it.
pub fn listed(tx: &mut Tx<'_>, meeting_id: Uuid, item_id: Option<Uuid>) -> Result<Vec<Listed>> {
    let rows: Vec<ListedRow> = tx
        .sql(LISTED)
        .bind(meeting_id)
        .bind(item_id)
        .load(tx.conn)?;
    let Some(marac_id) = rows.first().map(|row| row.marac_id) else {
        return Ok(Vec::new());
    };
    let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.agency_id).collect();
    let standings = agencies::listing_standings(tx, marac_id, ids.into_iter().collect())?;
    let standings: BTreeMap<Uuid, ListingStanding> = standings.into_iter().collect();
    let standing = |id: &Uuid| standings.get(id).copied();
    let listed = rows.into_iter().map(|row| Listed {
        standing: standing(&row.agency_id).unwrap_or(ListingStanding::MembershipEnded),
        case_id: row.case_id,
        agency_id: row.agency_id,
        agency: row.agency,
    });
    Ok(listed.collect())
}

/// SQL: the cases of lists that are out which nobody has opened to anybody.
macro_rules! unopened {
    ($what:literal, $tail:literal) => {
        concat!(
            "select ",
            $what,
            " from meetings m join agenda_items i on i.meeting_id = m.id and i.status = 'listed' ",
            "where m.status in ('circulated', 'in_session') ",
            "and exists (select from agenda_listings l where l.agenda_item_id = i.id) ",
            "and not exists (select from circle g where g.case_id = i.case_id ",
            "and g.meeting_id = m.id and g.basis = 'listing')",
            $tail
        )
    };
}

#[derive(Row)]
struct Unopened {
    id: Uuid,
    case_id: Uuid,
}

/// The meetings with such a case. For the program: nobody else sees them all.
pub fn with_unopened(tx: &mut Tx<'_>) -> Result<Vec<Uuid>> {
    let rows: Vec<Unopened> = tx.sql(unopened!("m.id, i.case_id", "")).load(tx.conn)?;
    let ids: BTreeSet<Uuid> = rows.into_iter().map(|row| row.id).collect();
    Ok(ids.into_iter().collect())
}

/// Such cases of one meeting, with their items.
pub fn unopened(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    let rows: Vec<Unopened> = tx
        .sql(unopened!(
            "i.id, i.case_id",
            " and m.id = $1 order by i.position, i.id"
        ))
        .bind(meeting_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.case_id)).collect())
}

/// Opens the cases to the agencies that may have them; from `full_at` on with account and answers.
pub fn open(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    listed: &[Listed],
    full_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let live = || {
        listed
            .iter()
            .filter(|row| row.standing == ListingStanding::Live)
    };
    tx.sql(
        "insert into circle as g (id, marac_id, case_id, basis, agency_id, opens_at, full_at, \
         meeting_id, created_by, created_at) \
         select n.id, $4, n.case_id, 'listing', n.agency_id, $5, coalesce($6, 'infinity'), $7, $8, $5 \
         from unnest($1, $2, $3) as n(id, case_id, agency_id) \
         on conflict (case_id, agency_id, meeting_id) where basis = 'listing' do update \
         set ends_at = 'infinity', full_at = least(g.full_at, excluded.full_at), \
         version = g.version + 1",
    )
    .bind(live().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(live().map(|row| row.case_id).collect::<Vec<_>>())
    .bind(live().map(|row| row.agency_id).collect::<Vec<_>>())
    .bind(meeting.marac_id)
    .bind(tx.now)
    .bind(full_at)
    .bind(meeting.id)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// The meeting begins: its listings get the meeting's lens.
pub fn begin(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select begin_listings($1, $2)")
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting is over at `at`: its cases close to agencies without an outstanding action (a share is
/// sight of its own), and stay open to the others until the case lapses.
pub fn settle(tx: &mut Tx<'_>, meeting_id: Uuid, at: DateTime<Utc>) -> Result<()> {
    tx.sql("select settle_listings($1, $2)")
        .bind(meeting_id)
        .bind(at)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting will not take place: nothing stays open because of it.
pub fn end_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select end_listings($1, $2)")
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a case's listings of one meeting, but for the agencies in `keep`.
pub fn end(tx: &mut Tx<'_>, case: &VisibleCase, meeting_id: Uuid, keep: &[Uuid]) -> Result<()> {
    tx.sql(
        "update circle set ends_at = $3, version = version + 1 \
         where meeting_id = $1 and case_id = $2 and basis = 'listing' and ends_at > $3 \
         and agency_id <> all ($4)",
    )
    .bind(meeting_id)
    .bind(case.id)
    .bind(tx.now)
    .bind(keep.to_vec())
    .execute(tx.conn)?;
    Ok(())
}

/// Brings what observers and guests see into line with their seats.
pub fn seat(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select seat_circles($1, $2)")
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct OpenRow {
    case_id: Uuid,
    agency_id: Uuid,
}

/// The listings of a meeting that are open already, as case and agency: nobody is told of those again.
pub fn open_already(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let rows: Vec<OpenRow> = tx.sql(
        "select g.case_id, g.agency_id from circle g where g.meeting_id = $1 and g.basis = 'listing' \
         and g.agency_id is not null and g.ends_at > $2",
    )
    .bind(meeting_id)
    .bind(tx.now)
    .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.case_id, row.agency_id))
        .collect())
}

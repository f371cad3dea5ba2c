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
use kernel::policy::lens::Basis;
use kernel::schema::circle;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// An agency that a case is listed to.
#[derive(Debug, Clone)]
pub struct ListedAgency {
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

/// The agencies that the cases of a meeting are listed to, or one item of it.
pub fn listed(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    item_id: Option<Uuid>,
) -> Result<Vec<ListedAgency>> {
    let rows = tx
        .sql(statement!("listed" => ListedRow))
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
    let listed = rows.into_iter().map(|row| ListedAgency {
        standing: standing(&row.agency_id).unwrap_or(ListingStanding::MembershipEnded),
        case_id: row.case_id,
        agency_id: row.agency_id,
        agency: row.agency,
    });
    Ok(listed.collect())
}

#[derive(Row)]
struct Unopened {
    id: Uuid,
    case_id: Uuid,
}

/// The meetings whose list is out with a case that nobody has opened to anybody. For the program: nobody else sees
/// them all.
pub fn with_unopened(tx: &mut Tx<'_>) -> Result<Vec<Uuid>> {
    let rows = tx
        .sql(statement!("with_unopened" => Unopened))
        .load(tx.conn)?;
    let ids: BTreeSet<Uuid> = rows.into_iter().map(|row| row.id).collect();
    Ok(ids.into_iter().collect())
}

/// The cases of one meeting's list that nobody has opened to anybody, with their items.
pub fn unopened(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    let rows = tx
        .sql(statement!("unopened" => Unopened))
        .bind(meeting_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.case_id)).collect())
}

/// Opens the cases to the agencies that may have them; from `full_at` on with account and answers.
pub fn open(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    listed: &[ListedAgency],
    full_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let live = || {
        listed
            .iter()
            .filter(|row| row.standing == ListingStanding::Live)
    };
    tx.sql(statement!("open_listings"))
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
    tx.sql(statement!("begin_listings"))
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting is over at `at`: its cases close to agencies without an outstanding action (a share is
/// sight of its own), and stay open to the others until the case lapses.
pub fn settle(tx: &mut Tx<'_>, meeting_id: Uuid, at: DateTime<Utc>) -> Result<()> {
    tx.sql(statement!("settle_listings"))
        .bind(meeting_id)
        .bind(at)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting will not take place: nothing stays open because of it.
pub fn end_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("end_listings"))
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a case's listings of one meeting, but for the agencies in `keep`.
pub fn end(tx: &mut Tx<'_>, case: &VisibleCase, meeting_id: Uuid, keep: &[Uuid]) -> Result<()> {
    let open = circle::meeting_id
        .eq(meeting_id)
        .and(circle::case_id.eq(case.id))
        .and(circle::basis.eq(Basis::Listing))
        .and(circle::ends_at.gt(tx.now))
        .and(circle::agency_id.ne_all(keep));
    diesel::update(circle::table.filter(open))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Brings what observers and guests see into line with their seats.
pub fn seat(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("seat_circles"))
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// The listings of a meeting that are open already, as case and agency: nobody is told of those again.
pub fn open_already(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let open = circle::meeting_id
        .eq(meeting_id)
        .and(circle::basis.eq(Basis::Listing))
        .and(circle::agency_id.is_not_null())
        .and(circle::ends_at.gt(tx.now));
    let pairs: Vec<(Uuid, Uuid)> = circle::table
        .filter(open)
        .select((circle::case_id, circle::agency_id.assume_not_null()))
        .load(tx.conn)?;
    Ok(pairs.into_iter().collect())
}

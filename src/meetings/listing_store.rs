//! What a meeting does to the circles of its cases: opens them to the listed agencies at circulation,
//! opens accounts and answers at the start, and closes what nobody took on at the end (design 3.4).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::store::Meeting;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::policy::visibility::VisibleCase;
use crate::{visible_cases, vocabulary};

vocabulary! {
    /// Whether a case can be opened to an agency.
    ListingStanding {
        Live = "live",
        AgreementReviewPast = "agreement_review_past",
        MembershipEnded = "membership_ended",
    }
}

/// An agency that a case is listed to.
#[derive(Debug, QueryableByName)]
pub struct Listed {
    #[diesel(sql_type = st::Uuid)]
    pub item_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub case_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub agency: String,
    #[diesel(sql_type = st::Text)]
    pub standing: ListingStanding,
}

const LISTED: &str = concat!(
    "select i.id as item_id, i.case_id, l.agency_id, a.name as agency, ",
    "case when a.closed_at is not null or m.agency_id is null or m.suspended_at is not null ",
    "or m.access_ends_at <= $3 then 'membership_ended' ",
    "when m.agreement_review_on < $4 then 'agreement_review_past' else 'live' end as standing ",
    "from agenda_items i join cases c on c.id = i.case_id ",
    "join agenda_listings l on l.agenda_item_id = i.id join agencies a on a.id = l.agency_id ",
    "left join marac_agencies m on m.marac_id = i.marac_id and m.agency_id = l.agency_id ",
    "where i.meeting_id = $1 and i.status = 'listed' and ($2::uuid is null or i.id = $2) and ",
    visible_cases!("c"),
    " order by i.position, i.id, a.name, a.id"
);

/// The agencies that the cases of a meeting are listed to, or one item of it.
pub fn listed(tx: &mut Tx<'_>, meeting_id: Uuid, item_id: Option<Uuid>) -> Result<Vec<Listed>> {
    let today = tx.today();
    Ok(sql(LISTED)
        .bind(meeting_id)
        .bind(item_id)
        .bind(tx.now)
        .bind(today)
        .load(tx.conn)?)
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
    sql(
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
    sql("select begin_listings($1, $2)")
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting is over at `at`: its cases close to agencies with neither an outstanding action nor a
/// share, and stay open to the others until the case lapses.
pub fn settle(tx: &mut Tx<'_>, meeting_id: Uuid, at: DateTime<Utc>) -> Result<()> {
    sql("select settle_listings($1, $2)")
        .bind(meeting_id)
        .bind(at)
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting will not take place: nothing stays open because of it.
pub fn end_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    sql("select end_listings($1, $2)")
        .bind(meeting_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a case's listings of one meeting, but for the agencies in `keep`.
pub fn end(tx: &mut Tx<'_>, case: &VisibleCase, meeting_id: Uuid, keep: &[Uuid]) -> Result<()> {
    sql("update circle set ends_at = $3, version = version + 1 \
         where meeting_id = $1 and case_id = $2 and basis = 'listing' and ends_at > $3 \
         and agency_id <> all ($4)")
    .bind(meeting_id)
    .bind(case.id)
    .bind(tx.now)
    .bind(keep.to_vec())
    .execute(tx.conn)?;
    Ok(())
}

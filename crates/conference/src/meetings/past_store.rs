//! Meetings of the past: rows.

use diesel::prelude::*;
use uuid::Uuid;

use super::past::HeardCase;
use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;

/// Adds items that were heard at a held meeting, with their listings. Returns their ids.
pub fn insert_heard(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    cases: &[HeardCase],
    slots: &[i16],
) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = cases.iter().map(|_| Uuid::now_v7()).collect();
    tx.sql(
        "insert into agenda_items (id, marac_id, case_id, meeting_id, referral_id, kind, position, \
         slot_minutes, has_children, status, decided_at, created_at) \
         select n.id, $7, n.case_id, $8, n.referral_id, n.kind, n.position, n.slot, n.has_children, \
         case n.kind when 'alert_only' then 'alert_noted' else 'heard' end, $9, $10 \
         from unnest($1, $2, $3, $4, $5, $6) \
         with ordinality as n(id, case_id, referral_id, kind, slot, has_children, position)",
    )
    .bind(ids.clone())
    .bind(cases.iter().map(|case| case.case_id).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.referral_id).collect::<Vec<_>>())
    .bind(
        cases
            .iter()
            .map(|case| case.kind.as_str())
            .collect::<Vec<_>>(),
    )
    .bind(slots.iter().map(|slot| i32::from(*slot)).collect::<Vec<_>>())
    .bind(
        cases
            .iter()
            .map(|case| case.has_children)
            .collect::<Vec<_>>(),
    )
    .bind(meeting.marac_id)
    .bind(meeting.id)
    .bind(meeting.started_at)
    .bind(meeting.circulated_at)
    .execute(tx.conn)?;
    let listings = || {
        cases
            .iter()
            .zip(&ids)
            .flat_map(|(case, id)| case.agencies.iter().map(move |agency| (id, case, agency)))
    };
    tx.sql(
        "insert into agenda_listings (agenda_item_id, case_id, agency_id, marac_id) \
         select n.*, $4 from unnest($1, $2, $3) as n on conflict do nothing",
    )
    .bind(listings().map(|(id, _, _)| *id).collect::<Vec<_>>())
    .bind(
        listings()
            .map(|(_, case, _)| case.case_id)
            .collect::<Vec<_>>(),
    )
    .bind(listings().map(|(_, _, agency)| *agency).collect::<Vec<_>>())
    .bind(meeting.marac_id)
    .execute(tx.conn)?;
    Ok(ids)
}

/// Opens the cases of a meeting that was held: from its circulation, in full from its start.
pub fn open_past(tx: &mut Tx<'_>, meeting: &Meeting, cases: &[HeardCase]) -> Result<()> {
    let pairs = || {
        cases.iter().flat_map(|case| {
            case.agencies
                .iter()
                .map(move |agency| (case.case_id, *agency))
        })
    };
    tx.sql(
        "insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, meeting_id, \
         created_at) select n.id, $4, n.case_id, 'listing', n.agency_id, $5, $6, $7, $5 \
         from unnest($1, $2, $3) as n(id, case_id, agency_id) \
         on conflict (case_id, agency_id, meeting_id) where basis = 'listing' do nothing",
    )
    .bind(pairs().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(pairs().map(|(case, _)| case).collect::<Vec<_>>())
    .bind(pairs().map(|(_, agency)| agency).collect::<Vec<_>>())
    .bind(meeting.marac_id)
    .bind(meeting.circulated_at)
    .bind(meeting.started_at)
    .bind(meeting.id)
    .execute(tx.conn)?;
    Ok(())
}

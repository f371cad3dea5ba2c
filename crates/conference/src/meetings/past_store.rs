//! Meetings of the past: rows.

use diesel::prelude::*;
use uuid::Uuid;

use super::past::HeardCase;
use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;

/// Adds items that were heard at a held meeting, with their listings. Returns their ids.
pub fn insert_heard(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    cases: &[HeardCase],
    slots: &[i16],
) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = cases.iter().map(|_| Uuid::now_v7()).collect();
    tx.sql(statement!("insert_heard"))
        .bind(ids.clone())
        .bind(cases.iter().map(|case| case.case_id).collect::<Vec<_>>())
        .bind(
            cases
                .iter()
                .map(|case| case.referral_id)
                .collect::<Vec<_>>(),
        )
        .bind(
            cases
                .iter()
                .map(|case| case.kind.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            slots
                .iter()
                .map(|slot| i32::from(*slot))
                .collect::<Vec<_>>(),
        )
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
    tx.sql(statement!("put_listings"))
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
    tx.sql(statement!("open_past"))
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

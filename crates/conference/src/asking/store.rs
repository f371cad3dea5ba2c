//! Requests for research: who is asked about which case, by when, and whether the request stands.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::research_returns;
use kernel::sql::{Row, statement};

/// A request that somebody is told of.
#[derive(Debug, Row)]
pub struct AskedOf {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub agenda_item_id: Uuid,
    pub agency_id: Uuid,
    pub due_on: NaiveDate,
    pub answered_on: Option<NaiveDate>,
}

/// Asks agencies about cases of a meeting (case, agency). Returns what is asked now and was not before.
pub fn ask(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    due_on: NaiveDate,
    opened: &[(Uuid, Uuid)],
) -> Result<Vec<AskedOf>> {
    Ok(tx
        .sql(statement!("ask" => AskedOf))
        .bind(opened.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(opened.iter().map(|(case, _)| *case).collect::<Vec<_>>())
        .bind(opened.iter().map(|(_, agency)| *agency).collect::<Vec<_>>())
        .bind(meeting_id)
        .bind(due_on)
        .bind(tx.now)
        .load(tx.conn)?)
}

/// Sets the day by which what is still asked for a meeting is due, also of cases closed to the caller.
pub fn set_due(tx: &mut Tx<'_>, meeting_id: Uuid, due_on: NaiveDate) -> Result<()> {
    tx.sql(statement!("move_research"))
        .bind(meeting_id)
        .bind(due_on)
        .execute(tx.conn)?;
    Ok(())
}

/// Closes the requests of a meeting, also of cases closed to the caller.
pub fn close(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("close_research"))
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Withdraws the open requests of an item, but for the agencies in `keep`.
pub fn withdraw(tx: &mut Tx<'_>, item_id: Uuid, keep: &[Uuid]) -> Result<()> {
    use research_returns::dsl;
    let others = dsl::agenda_item_id
        .eq(item_id)
        .and(dsl::standing.eq("open"))
        .and(dsl::agency_id.ne_all(keep));
    diesel::update(dsl::research_returns.filter(others))
        .set((
            dsl::standing.eq("withdrawn"),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Withdraws the open requests of a meeting, also of cases closed to the caller.
pub fn withdraw_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("withdraw_research"))
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}

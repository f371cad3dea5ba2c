//! Requests for research: who is asked about which case, by when, and whether the request stands.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;

/// SQL: the case of the row at `n` (with `case_id`, `agency_id`) is not closed to that agency: it is
/// not excluded, and of a restricted case somebody of it is named.
#[doc(hidden)]
#[macro_export]
macro_rules! open_to_agency {
    ($n:literal) => {
        concat!(
            "not exists (select from exclusions e where e.case_id = ",
            $n,
            ".case_id and e.agency_id = ",
            $n,
            ".agency_id and e.exempt_user_id is null ",
            "and e.ends_at > $now) ",
            "and (not exists (select from restrictions t where t.case_id = ",
            $n,
            ".case_id and t.ends_at > $now) ",
            "or exists (select from circle g left join users u on u.id = g.user_id ",
            "left join registered_actors p on p.id = g.actor_id where g.case_id = ",
            $n,
            ".case_id and g.basis = 'named' and ",
            $n,
            ".agency_id in (u.agency_id, p.agency_id) ",
            "and g.ends_at > $now))"
        )
    };
}

const ASK: &str = concat!(
    "insert into research_returns as r (id, marac_id, case_id, meeting_id, agenda_item_id, agency_id, ",
    "status, standing, due_on, requested_at) ",
    "select n.id, i.marac_id, i.case_id, i.meeting_id, i.id, n.agency_id, 'requested', 'open', $5, $6 ",
    "from unnest($1, $2, $3) as n(id, case_id, agency_id) ",
    "join agenda_items i on i.meeting_id = $4 and i.case_id = n.case_id ",
    "where i.status = 'listed' and i.kind <> 'alert_only' and ",
    open_to_agency!("n"),
    " on conflict on constraint research_returns_agency_key do update set standing = 'open', ",
    "due_on = case when r.answered_on is null then excluded.due_on else r.due_on end, ",
    "version = r.version + 1 where r.standing = 'withdrawn' ",
    "returning r.id, r.marac_id, r.case_id, r.agenda_item_id, r.agency_id, r.due_on, r.answered_on"
);

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
        .sql(ASK)
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
    tx.sql("select move_research($1, $2)")
        .bind(meeting_id)
        .bind(due_on)
        .execute(tx.conn)?;
    Ok(())
}

/// Closes the requests of a meeting, also of cases closed to the caller.
pub fn close(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select close_research($1)")
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Withdraws the open requests of an item, but for the agencies in `keep`.
pub fn withdraw(tx: &mut Tx<'_>, item_id: Uuid, keep: &[Uuid]) -> Result<()> {
    tx.sql(
        "update research_returns set standing = 'withdrawn', version = version + 1 \
         where agenda_item_id = $1 and standing = 'open' and agency_id <> all ($2)",
    )
    .bind(item_id)
    .bind(keep.to_vec())
    .execute(tx.conn)?;
    Ok(())
}

/// Withdraws the open requests of a meeting, also of cases closed to the caller.
pub fn withdraw_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select withdraw_research($1)")
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}

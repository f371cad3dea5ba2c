//! Sessions and slots: rows.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::AgendaItemKind;
use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{agenda_items, agenda_sessions};
use kernel::sql::statement;
use kernel::visibility::VisibleCase;

/// A part of a meeting: its heading and its start.
#[derive(Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = agenda_sessions, check_for_backend(Pg))]
pub struct Session {
    pub heading: Option<String>,
    pub starts_at: DateTime<Utc>,
}

/// The sessions of a meeting, in order.
pub fn sessions(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<Session>> {
    Ok(agenda_sessions::table
        .filter(agenda_sessions::meeting_id.eq(meeting_id))
        .order(agenda_sessions::number)
        .select(Session::as_select())
        .load(tx.conn)?)
}

/// Writes the sessions of a meeting in the place of those there were, and its items' places in them.
pub fn split(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    sessions: Vec<Session>,
    items: &[(Uuid, i16)],
) -> Result<()> {
    let starts: Vec<_> = sessions.iter().map(|session| session.starts_at).collect();
    let headings: Vec<_> = sessions
        .into_iter()
        .map(|session| session.heading)
        .collect();
    let of_it = agenda_sessions::meeting_id.eq(meeting.id);
    diesel::delete(agenda_sessions::table.filter(of_it)).execute(tx.conn)?;
    tx.sql(statement!("put_sessions"))
        .bind(meeting.id)
        .bind(meeting.marac_id)
        .bind(headings)
        .bind(starts)
        .execute(tx.conn)?;
    tx.sql(statement!("put_in_sessions"))
        .bind(meeting.id)
        .bind(items.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .bind(
            items
                .iter()
                .map(|(_, session)| *session)
                .collect::<Vec<_>>(),
        )
        .execute(tx.conn)?;
    Ok(())
}

/// The meeting was moved from `was`: its sessions move with it.
pub fn moved(tx: &mut Tx<'_>, meeting: &Meeting, was: DateTime<Utc>) -> Result<()> {
    tx.sql(statement!("move_sessions"))
        .bind(meeting.id)
        .bind(meeting.starts_at)
        .bind(was)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes why a case is on an agenda, and how long it is given.
pub fn set_slot(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    kind: AgendaItemKind,
    minutes: i16,
) -> Result<()> {
    let of_case = agenda_items::case_id.eq(case.id);
    diesel::update(agenda_items::table.find(item_id).filter(of_case))
        .set((
            agenda_items::kind.eq(kind),
            agenda_items::slot_minutes.eq(minutes),
            agenda_items::version.eq(agenda_items::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

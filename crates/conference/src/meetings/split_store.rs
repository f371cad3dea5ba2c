//! Sessions and slots: rows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::AgendaItemKind;
use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;

/// A part of a meeting: its heading and its start.
#[derive(Debug, PartialEq, Eq, Row)]
pub struct Session {
    pub heading: Option<String>,
    pub starts_at: DateTime<Utc>,
}

/// The sessions of a meeting, in order.
pub fn sessions(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<Session>> {
    let text =
        "select heading, starts_at from agenda_sessions where meeting_id = $1 order by number";
    Ok(tx.sql(text).bind(meeting_id).load(tx.conn)?)
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
    tx.sql("delete from agenda_sessions where meeting_id = $1")
        .bind(meeting.id)
        .execute(tx.conn)?;
    tx.sql(
        "insert into agenda_sessions (meeting_id, number, marac_id, heading, starts_at) \
         select $1, o.n, $2, o.heading, o.starts_at \
         from unnest($3, $4) with ordinality as o(heading, starts_at, n)",
    )
    .bind(meeting.id)
    .bind(meeting.marac_id)
    .bind(headings)
    .bind(starts)
    .execute(tx.conn)?;
    tx.sql(
        "update agenda_items i set position = o.n, session = o.session, placed_by_hand = true, \
         version = i.version + 1 from unnest($2, $3) with ordinality as o(id, session, n) \
         where i.id = o.id and i.meeting_id = $1",
    )
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
    tx.sql("update agenda_sessions set starts_at = starts_at + ($2 - $3) where meeting_id = $1")
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
    tx.sql(
        "update agenda_items set kind = $3, slot_minutes = $4, version = version + 1 \
         where case_id = $1 and id = $2",
    )
    .bind(case.id)
    .bind(item_id)
    .bind(kind.as_str())
    .bind(minutes)
    .execute(tx.conn)?;
    Ok(())
}

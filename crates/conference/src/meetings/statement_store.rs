//! The confidentiality statement and who accepted it: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::AttendanceRole;
use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::sql::Row;

/// A wording of the statement.
#[derive(Debug, Row)]
pub struct Statement {
    pub version: i32,
    pub text: String,
}

/// The wording that stands for areas which have none of their own. What was accepted is never reworded:
/// a later one of the program's goes beside it.
const SHIPPED: &str = include_str!("confidentiality.txt");

/// The statement of a MARAC as it stood at this moment.
pub fn at(tx: &mut Tx<'_>, marac_id: Uuid, moment: DateTime<Utc>) -> Result<Statement> {
    let own: Option<Statement> = tx
        .sql(
            "select version, text from confidentiality_statements \
         where marac_id = $1 and created_at <= $2 order by version desc limit 1",
        )
        .bind(marac_id)
        .bind(moment)
        .get_result(tx.conn)
        .optional()?;
    Ok(own.unwrap_or_else(|| Statement {
        version: 0,
        text: SHIPPED.to_owned(),
    }))
}

/// Adds the next wording of a MARAC's.
pub fn add(tx: &mut Tx<'_>, marac_id: Uuid, version: i32, text: &str) -> Result<()> {
    tx.sql(
        "insert into confidentiality_statements (marac_id, version, text, created_by, created_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(marac_id)
    .bind(version)
    .bind(text.to_owned())
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)
    .map_err(|error| {
        Error::from(error).on_constraint("confidentiality_statements_pkey", || Code::Stale.into())
    })?;
    Ok(())
}

/// What the rows say of the caller and a meeting.
#[derive(Debug, Row)]
pub struct Facts {
    pub listed: bool,
    pub represented: bool,
    pub here_then: bool,
}

/// Whether a case of the meeting was listed or is allocated to the caller's agency, whether the agency came,
/// and whether the caller had account and role when the meeting ended.
pub fn facts(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Facts> {
    Ok(tx.sql(
        "select exists (select from agenda_items i where i.meeting_id = $1 and (exists (select from \
             agenda_listings l where l.agenda_item_id = i.id and l.agency_id = $agency) \
           or exists (select from circle g where g.case_id = i.case_id and g.basis = 'allocation' \
             and g.agency_id = $agency and g.ends_at > $now and not g.paused))) as listed, \
         exists (select from attendances t where t.meeting_id = $1 and t.agency_id = $agency \
           and t.presence in ('present', 'apologies')) as represented, \
         exists (select from users u join role_grants g on g.user_id = u.id where u.id = $user \
           and u.created_at <= $3 and g.marac_id = $2 and g.created_at <= $3 \
           and g.ends_at > $now) as here_then",
    )
    .bind(meeting.id)
    .bind(meeting.marac_id)
    .bind(meeting.ended_at.unwrap_or(tx.now))
    .get_result(tx.conn)?)
}

/// Somebody accepts the statement of a meeting for themselves: in their seat, or in one that is made for
/// it. Who accepts while it is in session is there.
pub fn accept(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    user_id: Uuid,
    role: AttendanceRole,
    version: i32,
) -> Result<()> {
    tx.sql(
        "insert into attendances as t (id, marac_id, meeting_id, agency_id, user_id, role, presence, \
         confidentiality_accepted_at, confidentiality_version, created_at) \
         values ($1, $2, $3, $4, $5, $6, case when $7 then 'present' else 'expected' end, $8, $9, $8) \
         on conflict on constraint attendances_seat_key do update set \
         confidentiality_accepted_at = excluded.confidentiality_accepted_at, \
         confidentiality_version = excluded.confidentiality_version, \
         presence = case when t.presence = 'expected' then excluded.presence else t.presence end, \
         version = t.version + 1 where t.confidentiality_accepted_at is null",
    )
    .bind(Uuid::now_v7())
    .bind(meeting.marac_id)
    .bind(meeting.id)
    .bind(tx.actor.agency_id)
    .bind(user_id)
    .bind(role.as_str())
    .bind(meeting.status == super::MeetingStatus::InSession)
    .bind(tx.now)
    .bind(version)
    .execute(tx.conn)?;
    Ok(())
}

/// The coordinator records that somebody without an account signed it on paper.
pub fn signed(tx: &mut Tx<'_>, meeting: &Meeting, seat_id: Uuid, version: i32) -> Result<()> {
    tx.sql(
        "update attendances set confidentiality_accepted_at = $3, confidentiality_version = $4, \
         confidentiality_recorded_by = $5, version = version + 1 \
         where meeting_id = $1 and id = $2 and confidentiality_accepted_at is null",
    )
    .bind(meeting.id)
    .bind(seat_id)
    .bind(tx.now)
    .bind(version)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

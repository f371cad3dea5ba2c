//! The confidentiality statement and who accepted it: rows and queries.

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::{excluded, on_constraint};
use uuid::Uuid;

use super::store::Meeting;
use super::{AttendanceRole, MeetingStatus, Presence};
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::schema::{attendances, confidentiality_statements};
use kernel::sql::{Row, statement};

/// A wording of the statement.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = confidentiality_statements, check_for_backend(Pg))]
pub struct Statement {
    pub version: i32,
    pub text: String,
}

/// The wording that stands for areas which have none of their own. What was accepted is never reworded:
/// a later one of the program's goes beside it.
const SHIPPED: &str = include_str!("confidentiality.txt");

/// The statement of a MARAC as it stood at this moment.
pub fn at(tx: &mut Tx<'_>, marac_id: Uuid, moment: DateTime<Utc>) -> Result<Statement> {
    let by_then = confidentiality_statements::marac_id
        .eq(marac_id)
        .and(confidentiality_statements::created_at.le(moment));
    let own = confidentiality_statements::table
        .filter(by_then)
        .order(confidentiality_statements::version.desc())
        .select(Statement::as_select())
        .limit(1)
        .get_result(tx.conn)
        .optional()?;
    Ok(own.unwrap_or_else(|| Statement {
        version: 0,
        text: SHIPPED.to_owned(),
    }))
}

#[derive(Insertable)]
#[diesel(table_name = confidentiality_statements, treat_none_as_default_value = false)]
struct Wording<'a> {
    marac_id: Uuid,
    version: i32,
    text: &'a str,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

/// Adds the next wording of a MARAC's.
pub fn add(tx: &mut Tx<'_>, marac_id: Uuid, version: i32, text: &str) -> Result<()> {
    let wording = Wording {
        marac_id,
        version,
        text,
        created_by: tx.actor.principal.user_id(),
        created_at: tx.now,
    };
    diesel::insert_into(confidentiality_statements::table)
        .values(wording)
        .execute(tx.conn)
        .map_err(|error| {
            Error::from(error)
                .on_constraint("confidentiality_statements_pkey", || Code::Stale.into())
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
    Ok(tx
        .sql(statement!("statement_facts" => Facts))
        .bind(meeting.id)
        .bind(meeting.marac_id)
        .bind(meeting.ended_at.unwrap_or(tx.now))
        .get_result(tx.conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = attendances)]
struct AcceptedSeat {
    id: Uuid,
    marac_id: Uuid,
    meeting_id: Uuid,
    agency_id: Uuid,
    user_id: Uuid,
    role: AttendanceRole,
    presence: Presence,
    confidentiality_accepted_at: DateTime<Utc>,
    confidentiality_version: i32,
    created_at: DateTime<Utc>,
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
    use attendances::dsl;
    let here = meeting.status == MeetingStatus::InSession;
    let seat = AcceptedSeat {
        id: Uuid::now_v7(),
        marac_id: meeting.marac_id,
        meeting_id: meeting.id,
        agency_id: tx.actor.agency_id,
        user_id,
        role,
        presence: if here {
            Presence::Present
        } else {
            Presence::Expected
        },
        confidentiality_accepted_at: tx.now,
        confidentiality_version: version,
        created_at: tx.now,
    };
    let once = diesel::insert_into(dsl::attendances)
        .values(seat)
        .on_conflict(on_constraint("attendances_seat_key"))
        .do_update()
        .set((
            dsl::confidentiality_accepted_at.eq(excluded(dsl::confidentiality_accepted_at)),
            dsl::confidentiality_version.eq(excluded(dsl::confidentiality_version)),
            dsl::presence.eq(case_when(
                dsl::presence.eq(Presence::Expected),
                excluded(dsl::presence),
            )
            .otherwise(dsl::presence)),
            dsl::version.eq(dsl::version + 1),
        ));
    let not_yet = dsl::confidentiality_accepted_at.is_null();
    diesel::query_dsl::methods::FilterDsl::filter(once, not_yet).execute(tx.conn)?;
    Ok(())
}

/// The coordinator records that somebody without an account signed it on paper.
pub fn signed(tx: &mut Tx<'_>, meeting: &Meeting, seat_id: Uuid, version: i32) -> Result<()> {
    let unsigned = attendances::meeting_id
        .eq(meeting.id)
        .and(attendances::confidentiality_accepted_at.is_null());
    diesel::update(attendances::table.find(seat_id).filter(unsigned))
        .set((
            attendances::confidentiality_accepted_at.eq(tx.now),
            attendances::confidentiality_version.eq(version),
            attendances::confidentiality_recorded_by.eq(tx.actor.principal.user_id()),
            attendances::version.eq(attendances::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

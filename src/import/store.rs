//! What is there already, as an import needs to know it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use practice::vocabulary::AgencyKind;

#[derive(Row)]
struct Id {
    id: Uuid,
}

/// The MARAC of this code.
pub fn marac(tx: &mut Tx<'_>, code: &str) -> Result<Option<Uuid>> {
    let found: Option<Id> = tx
        .sql("select id from maracs where code = $1")
        .bind(code.to_owned())
        .get_result(tx.conn)
        .optional()?;
    Ok(found.map(|row| row.id))
}

/// An agency in a MARAC.
#[derive(Debug, Clone, Row)]
pub struct Member {
    pub agency_id: Uuid,
    pub name: String,
    pub kind: AgencyKind,
    pub live: bool,
}

/// The agencies of a MARAC: those live and core first, then those that came first.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Vec<Member>> {
    Ok(tx.sql(
        "select a.id as agency_id, a.name, a.kind, (a.closed_at is null and m.suspended_at is null \
         and coalesce(m.access_ends_at > $2, true)) as live \
         from marac_agencies m join agencies a on a.id = m.agency_id where m.marac_id = $1 \
         order by live desc, m.core desc, m.created_at, a.id",
    )
    .bind(marac_id)
    .bind(tx.now)
    .load(tx.conn)?)
}

/// A referral that is there.
#[derive(Debug, Clone, Row)]
pub struct Known {
    pub external_ref: String,
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    pub imported: bool,
    pub id: Uuid,
    pub case_id: Uuid,
    pub repeat: bool,
}

/// The referrals of these references in these MARACs.
pub fn referrals(tx: &mut Tx<'_>, maracs: &[Uuid], references: Vec<String>) -> Result<Vec<Known>> {
    Ok(tx.sql(
        "select external_ref, marac_id, agency_id, (submitted_by is null and actor_id is null) as imported, \
         id, case_id, coalesce(is_repeat, false) as repeat \
         from referrals where marac_id = any ($1) and external_ref = any ($2)",
    )
    .bind(maracs.to_vec())
    .bind(references)
    .load(tx.conn)?)
}

#[derive(Row)]
struct MeetingDay {
    id: Uuid,
    marac_id: Uuid,
    day: NaiveDate,
    held: bool,
}

/// A meeting that is there.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    /// Its id.
    pub id: Uuid,
    /// It was held; else it is planned.
    pub held: bool,
}

/// The regular meetings of these MARACs, by MARAC and day.
pub fn meetings(tx: &mut Tx<'_>, maracs: &[Uuid]) -> Result<HashMap<(Uuid, NaiveDate), Meeting>> {
    let rows: Vec<MeetingDay> = tx
        .sql(
            "select id, marac_id, (starts_at at time zone time_zone)::date as day, \
         status in ('held', 'minuted') as held from meetings \
         where marac_id = any ($1) and kind = 'scheduled' and status <> 'cancelled' \
         order by created_at desc, id desc",
        )
        .bind(maracs.to_vec())
        .load(tx.conn)?;
    let keyed = rows.into_iter().map(|row| {
        let meeting = Meeting {
            id: row.id,
            held: row.held,
        };
        ((row.marac_id, row.day), meeting)
    });
    Ok(keyed.collect())
}

#[derive(Row)]
struct Item {
    meeting_id: Uuid,
    case_id: Uuid,
}

/// The cases on the agendas of these MARACs: meeting and case.
pub fn agenda(tx: &mut Tx<'_>, maracs: &[Uuid]) -> Result<HashSet<(Uuid, Uuid)>> {
    let rows: Vec<Item> = tx
        .sql("select meeting_id, case_id from agenda_items where marac_id = any ($1)")
        .bind(maracs.to_vec())
        .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.meeting_id, row.case_id))
        .collect())
}

#[derive(Row)]
struct Reference {
    marac_id: Uuid,
    external_ref: String,
}

/// Which of these references there are actions of.
pub fn actions(
    tx: &mut Tx<'_>,
    maracs: &[Uuid],
    references: Vec<String>,
) -> Result<HashSet<(Uuid, String)>> {
    let rows: Vec<Reference> = tx
        .sql(
            "select marac_id, external_ref from actions \
         where marac_id = any ($1) and external_ref = any ($2)",
        )
        .bind(maracs.to_vec())
        .bind(references)
        .load(tx.conn)?;
    let keyed = rows.into_iter().map(|row| (row.marac_id, row.external_ref));
    Ok(keyed.collect())
}

#[derive(Row)]
struct Key {
    case_id: Uuid,
    master_key_id: String,
    wrapped: Vec<u8>,
}

/// The keys of these cases; those destroyed are left out.
pub fn keys(tx: &mut Tx<'_>, cases: Vec<Uuid>) -> Result<HashMap<Uuid, DataKey>> {
    let rows: Vec<Key> = tx
        .sql(
            "select case_id, master_key_id, wrapped from data_keys \
         where case_id = any ($1) and wrapped is not null",
        )
        .bind(cases)
        .load(tx.conn)?;
    let mut keys = HashMap::new();
    for row in rows {
        let key = tx
            .keys
            .unwrap(row.case_id, &row.master_key_id, Some(&row.wrapped))?;
        keys.insert(row.case_id, key);
    }
    Ok(keys)
}

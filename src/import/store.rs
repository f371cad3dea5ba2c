//! What is there already, as an import needs to know it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::dsl::IsNotDistinctFrom;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{actions, agenda_items, data_keys, maracs, referrals};
use kernel::sql::{Row, statement};
use practice::vocabulary::AgencyKind;

/// The MARAC of this code.
pub fn marac(tx: &mut Tx<'_>, code: &str) -> Result<Option<Uuid>> {
    Ok(maracs::table
        .filter(maracs::code.eq(code))
        .select(maracs::id)
        .get_result(tx.conn)
        .optional()?)
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
    Ok(tx
        .sql(statement!("members" => Member))
        .bind(marac_id)
        .bind(tx.now)
        .load(tx.conn)?)
}

/// A referral that is there.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = referrals, check_for_backend(Pg))]
pub struct ExistingReferral {
    #[diesel(select_expression = referrals::external_ref.assume_not_null())]
    pub external_ref: String,
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    #[diesel(select_expression = referrals::submitted_by.is_null().and(referrals::actor_id.is_null()))]
    pub imported: bool,
    pub id: Uuid,
    pub case_id: Uuid,
    #[diesel(
        select_expression = referrals::is_repeat.is_not_distinct_from(true),
        select_expression_type = IsNotDistinctFrom<referrals::is_repeat, bool>
    )]
    pub repeat: bool,
}

/// The referrals of these references in these MARACs.
pub fn referrals(
    tx: &mut Tx<'_>,
    maracs: &[Uuid],
    references: Vec<String>,
) -> Result<Vec<ExistingReferral>> {
    Ok(referrals::table
        .filter(referrals::marac_id.eq_any(maracs))
        .filter(referrals::external_ref.eq_any(references))
        .select(ExistingReferral::as_select())
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
    let rows = tx
        .sql(statement!("meetings" => MeetingDay))
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

/// The cases on the agendas of these MARACs: meeting and case.
pub fn agenda(tx: &mut Tx<'_>, maracs: &[Uuid]) -> Result<HashSet<(Uuid, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = agenda_items::table
        .filter(agenda_items::marac_id.eq_any(maracs))
        .select((agenda_items::meeting_id, agenda_items::case_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Which of these references there are actions of.
pub fn actions(
    tx: &mut Tx<'_>,
    maracs: &[Uuid],
    references: Vec<String>,
) -> Result<HashSet<(Uuid, String)>> {
    let rows: Vec<(Uuid, String)> = actions::table
        .filter(actions::marac_id.eq_any(maracs))
        .filter(actions::external_ref.eq_any(references))
        .select((actions::marac_id, actions::external_ref.assume_not_null()))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// The keys of these cases; those destroyed are left out.
pub fn keys(tx: &mut Tx<'_>, cases: Vec<Uuid>) -> Result<HashMap<Uuid, DataKey>> {
    let rows: Vec<(Uuid, String, Vec<u8>)> = data_keys::table
        .filter(data_keys::case_id.eq_any(cases))
        .filter(data_keys::wrapped.is_not_null())
        .select((
            data_keys::case_id,
            data_keys::master_key_id,
            data_keys::wrapped.assume_not_null(),
        ))
        .load(tx.conn)?;
    let mut keys = HashMap::new();
    for (case, master_key_id, wrapped) in rows {
        let key = tx.keys.unwrap(case, &master_key_id, Some(&wrapped))?;
        keys.insert(case, key);
    }
    Ok(keys)
}

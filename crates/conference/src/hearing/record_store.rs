//! Reading what was recorded: one statement for all parts, at any number of rows.

use diesel::prelude::*;
use uuid::Uuid;

use super::rules::Reader;
use kernel::case_file::Part;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::Row;
use kernel::{file_key, key_columns, not_destroyed, visible_cases};

/// SQL: entries of hearings at `e`.
macro_rules! entry_rows {
    () => {
        "select 'entry' as kind, e.id, e.agenda_item_id as parent, e.version, json_build_object(\
         'kind', e.kind, 'sharing', e.sharing, 'nature', e.nature, 'factor', e.factor, \
         'safeguard', e.safeguard, 'decision', e.decision, 'police_wish', e.police_wish, \
         'agency_id', e.agency_id, 'agency', a.name, 'author_id', e.author_id, \
         'actor_id', e.actor_id, 'created_at', e.created_at, 'supersedes_id', e.supersedes_id, \
         'superseded_by_id', e.superseded_by_id, 'struck', e.struck)::text as plain, e.sealed \
         from hearing_entries e join agencies a on a.id = e.agency_id "
    };
}

const PARTS: &str = concat!(
    entry_rows!(),
    "where e.agenda_item_id = any ($1) and $2 and ($3 or e.sharing = 'marac') ",
    "and ($4 or (e.superseded_by_id is null and not e.struck)) ",
    "union all select 'seat', s.id, s.agenda_item_id, s.version, json_build_object(",
    "'attendance_id', t.id, 'agency_id', t.agency_id, 'agency', a.name, 'user_id', t.user_id, ",
    "'name', coalesce(u.name, r.name, t.person_name), 'role', t.role, 'presence', t.presence, ",
    "'bound', s.bound, 'joined_at', s.joined_at, 'left_at', s.left_at)::text, null ",
    "from attendance_items s join attendances t on t.id = s.attendance_id ",
    "join agencies a on a.id = t.agency_id left join users u on u.id = t.user_id ",
    "left join registered_actors r on r.id = t.actor_id ",
    "where s.agenda_item_id = any ($1) and $2 ",
    "union all select 'conflict', x.id, o.agenda_item_id, x.version, json_build_object(",
    "'id', o.id, 'user_id', x.user_id, 'actor_id', x.actor_id, 'agency_id', x.agency_id, ",
    "'name', coalesce(u.name, r.name, a.name), 'declared_by', o.declared_by, ",
    "'created_at', o.created_at, 'live', x.ends_at > ",
    "$now)::text, x.reason ",
    "from conflicts_of_interest o join exclusions x on x.id = o.exclusion_id ",
    "left join users u on u.id = x.user_id left join registered_actors r on r.id = x.actor_id ",
    "left join agencies a on a.id = x.agency_id where o.agenda_item_id = any ($1) and $3 ",
    "union all select 'item', i.id, i.id, i.version, json_build_object(",
    "'case_id', i.case_id, 'status', i.status)::text, case when $2 then i.outcome end ",
    "from agenda_items i where i.id = any ($1)"
);

/// What a reader may get of these items, part by part; earlier versions only with `all`.
pub fn parts(tx: &mut Tx<'_>, items: Vec<Uuid>, reader: Reader, all: bool) -> Result<Vec<Part>> {
    Ok(tx
        .sql(PARTS)
        .bind(items)
        .bind(reader.reads)
        .bind(reader.trusted)
        .bind(all)
        .load(tx.conn)?)
}

const ENTRY: &str = concat!(entry_rows!(), "where e.agenda_item_id = $1 and e.id = $2");
const ENTRY_LOCKED: &str = concat!(
    entry_rows!(),
    "where e.agenda_item_id = $1 and e.id = $2 for update of e"
);

/// One entry of an item, whoever reads it.
pub fn entry(tx: &mut Tx<'_>, item_id: Uuid, id: Uuid) -> Result<Part> {
    let found = tx.sql(ENTRY).bind(item_id).bind(id).get_result(tx.conn);
    found.optional()?.ok_or_else(hidden)
}

/// The same, locked until the transaction ends.
pub fn entry_locked(tx: &mut Tx<'_>, item_id: Uuid, id: Uuid) -> Result<Part> {
    let found = tx.sql(ENTRY_LOCKED).bind(item_id).bind(id).locking(tx)?;
    found.ok_or_else(hidden)
}

/// An item of a meeting with the key of its case.
#[derive(Row)]
pub struct ItemRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
}

/// The items of a meeting whose cases are in sight, in the order of the agenda.
pub fn items(tx: &mut Tx<'_>, marac_id: Uuid, meeting_id: Uuid) -> Result<Vec<ItemRow>> {
    Ok(tx
        .sql(concat!(
            "select i.id, i.case_id, ",
            key_columns!(),
            " from agenda_items i join cases c on c.id = i.case_id",
            file_key!("i.case_id"),
            "where ",
            not_destroyed!(),
            " and i.meeting_id = $1 and i.marac_id = $2 and ",
            visible_cases!("c"),
            " order by i.position, i.id"
        ))
        .bind(meeting_id)
        .bind(marac_id)
        .load(tx.conn)?)
}

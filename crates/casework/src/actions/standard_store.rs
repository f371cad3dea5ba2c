//! Rows of standard actions: catalogues, and the actions made from them.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::change_store::seal;
use super::model::{ActionCategory, ActionPriority, ActionStatus, ActionTarget, Need};
use super::standard::StandardAction;
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::visible_actions;
use practice::text::{Line, Text};
use practice::vocabulary::AgencyKind;

#[derive(Row)]
struct Version {
    version: i32,
}

/// The latest version a MARAC keeps; 0 where it keeps none.
pub fn latest(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<i32> {
    let row: Version = tx
        .sql(
            "select coalesce(max(version), 0) as version from standard_action_versions \
         where marac_id = $1",
        )
        .bind(marac_id)
        .get_result(tx.conn)?;
    Ok(row.version)
}

/// Whether a MARAC has this version.
pub fn exists(tx: &mut Tx<'_>, marac_id: Uuid, version: i32) -> Result<bool> {
    let row: Option<Version> = tx
        .sql(
            "select version from standard_action_versions \
         where marac_id = $1 and version = $2",
        )
        .bind(marac_id)
        .bind(version)
        .get_result(tx.conn)
        .optional()?;
    Ok(row.is_some())
}

#[derive(Row)]
struct Entry {
    code: String,
    text: String,
    category: ActionCategory,
    target: ActionTarget,
    priority: ActionPriority,
    due_days: i16,
    every_listed_agency: bool,
    agency_kinds: Vec<AgencyKind>,
    needs: Vec<Need>,
}

/// The entries of a version, in order.
pub fn catalogue(tx: &mut Tx<'_>, marac_id: Uuid, version: i32) -> Result<Vec<StandardAction>> {
    let rows: Vec<Entry> = tx
        .sql(
            "select code, text, category, target, priority, due_days, \
         every_listed_agency, agency_kinds, needs from standard_actions \
         where marac_id = $1 and version = $2 order by position",
        )
        .bind(marac_id)
        .bind(version)
        .load(tx.conn)?;
    let entries = rows.into_iter().map(|row| {
        Ok(StandardAction {
            code: Line::as_stored(row.code),
            text: Text::as_stored(row.text),
            category: row.category,
            target: row.target,
            priority: row.priority,
            due_days: u16::try_from(row.due_days)
                .map_err(|_| Error::Internal("a standard action is due before it is agreed"))?,
            every_listed_agency: row.every_listed_agency,
            agency_kinds: row.agency_kinds,
            needs: row.needs,
        })
    });
    entries.collect()
}

/// Lists of short words, as one text each: arrays of arrays would all have to be of one length.
fn words<T>(
    actions: &[StandardAction],
    of: fn(&StandardAction) -> &[T],
    word: fn(&T) -> &'static str,
) -> Vec<String> {
    actions
        .iter()
        .map(|action| of(action).iter().map(word).collect::<Vec<_>>().join(","))
        .collect()
}

/// Stores a version.
pub fn insert(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    version: i32,
    actions: &[StandardAction],
) -> Result<()> {
    let texts = |of: fn(&StandardAction) -> String| actions.iter().map(of).collect::<Vec<_>>();
    tx.sql(
        "with v as (insert into standard_action_versions (marac_id, version, created_by, created_at) \
           values ($1, $2, $3, $4) returning marac_id, version) \
         insert into standard_actions (marac_id, version, position, code, text, category, target, \
         priority, due_days, every_listed_agency, agency_kinds, needs) \
         select v.marac_id, v.version, x.position, x.code, x.text, x.category, x.target, x.priority, \
         x.due_days, x.every, string_to_array(x.kinds, ','), string_to_array(x.needs, ',') \
         from v cross join unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], \
         $10::int[], $11::bool[], $12::text[], $13::text[]) with ordinality \
         as x(code, text, category, target, priority, due_days, every, kinds, needs, position)",
    )
    .bind(marac_id)
    .bind(version)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .bind(texts(|action| action.code.clone().into_string()))
    .bind(texts(|action| action.text.clone().into_string()))
    .bind(texts(|action| action.category.as_str().to_owned()))
    .bind(texts(|action| action.target.as_str().to_owned()))
    .bind(texts(|action| action.priority.as_str().to_owned()))
    .bind(
        actions
            .iter()
            .map(|action| i32::from(action.due_days))
            .collect::<Vec<_>>(),
    )
    .bind(
        actions
            .iter()
            .map(|action| action.every_listed_agency)
            .collect::<Vec<_>>(),
    )
    .bind(words(actions, |action| &action.agency_kinds, |kind| kind.as_str()))
    .bind(words(actions, |action| &action.needs, |need| need.as_str()))
    .execute(tx.conn)?;
    Ok(())
}

/// A case's place on an agenda.
#[derive(Row)]
pub struct Item {
    pub id: Uuid,
    pub meeting_id: Uuid,
    /// The meeting's day.
    pub held_on: NaiveDate,
}

/// This place of the case on an agenda, or its latest.
pub fn item(tx: &mut Tx<'_>, case: &VisibleCase, id: Option<Uuid>) -> Result<Option<Item>> {
    Ok(tx.sql(
        "select i.id, m.id as meeting_id, (m.starts_at at time zone m.time_zone)::date as held_on \
         from agenda_items i join meetings m on m.id = i.meeting_id \
         where i.case_id = $1 and ($2::uuid is null or i.id = $2) \
         and i.status in ('listed', 'heard', 'alert_noted') \
         order by m.starts_at desc, i.id desc limit 1",
    )
    .bind(case.id)
    .bind(id)
    .get_result(tx.conn)
    .optional()?)
}

/// An agency that may own an action of the case.
#[derive(Row)]
pub struct Agency {
    pub id: Uuid,
    pub kind: AgencyKind,
    /// Who alone may do it, where the agency is excluded.
    pub exempt_user_id: Option<Uuid>,
}

/// The live members that the item is listed to, but for those excluded without an exempt senior.
pub fn agencies(tx: &mut Tx<'_>, case: &VisibleCase, item_id: Uuid) -> Result<Vec<Agency>> {
    Ok(tx
        .sql(
            "select g.id, g.kind, e.exempt_user_id from agenda_listings l \
         join agencies g on g.id = l.agency_id and g.closed_at is null \
         join marac_agencies m on m.marac_id = l.marac_id and m.agency_id = l.agency_id \
           and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > $3) \
         left join lateral (select x.exempt_user_id, true as excluded from exclusions x \
           where x.case_id = $1 and x.agency_id = l.agency_id and x.ends_at > $3 \
           order by x.exempt_user_id nulls first limit 1) e on true \
         where l.case_id = $1 and l.agenda_item_id = $2 \
         and (e.excluded is null or e.exempt_user_id is not null) order by g.name, g.id",
        )
        .bind(case.id)
        .bind(item_id)
        .bind(tx.now)
        .load(tx.conn)?)
}

/// A standard action that the case has.
#[derive(Row)]
pub struct Known {
    pub id: Uuid,
    pub code: String,
    pub owner_agency_id: Uuid,
    pub due_on: NaiveDate,
    pub status: ActionStatus,
}

/// Those of the case with these codes that were agreed for this item, or are outstanding.
pub fn known(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    codes: &[Line<40>],
) -> Result<Vec<Known>> {
    Ok(tx
        .sql(
            "select id, standard_code as code, owner_agency_id, due_on, status from actions \
         where case_id = $1 and standard_code = any ($3) \
         and (agenda_item_id = $2 or status in ('open', 'in_progress')) \
         order by status in ('open', 'in_progress') desc, id",
        )
        .bind(case.id)
        .bind(item_id)
        .bind(codes.to_vec())
        .load(tx.conn)?)
}

/// One to be made.
pub struct NewStandard<'c> {
    pub id: Uuid,
    pub entry: &'c StandardAction,
    pub owner_agency_id: Uuid,
    pub owner_user_id: Option<Uuid>,
    pub due_on: NaiveDate,
}

/// Agrees all of them: the actions, the beginning of their history, and what the owners' feeds tell.
pub fn agree(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item: &Item,
    version: i32,
    new: &[NewStandard<'_>],
) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let texts =
        |of: fn(&StandardAction) -> String| new.iter().map(|one| of(one.entry)).collect::<Vec<_>>();
    let sealed = new
        .iter()
        .map(|one| seal(case.key(), one.id, &one.entry.text))
        .collect::<Result<Vec<_>>>()?;
    let ids: Vec<_> = new.iter().map(|one| one.id).collect();
    let owners: Vec<_> = new.iter().map(|one| one.owner_agency_id).collect();
    let due: Vec<_> = new.iter().map(|one| one.due_on).collect();
    let agreed_on = item.held_on.min(tx.today());
    let by = &tx.actor.principal;
    let (user, actor) = (by.user_id(), by.actor_id());
    let agency = Some(tx.actor.agency_id).filter(|id| !id.is_nil());
    tx.sql(
        "insert into actions (id, marac_id, case_id, meeting_id, agenda_item_id, owner_agency_id, \
         owner_user_id, target, category, priority, due_on, agreed_on, status, needs, sealed, \
         standard_code, standard_version, status_at, created_by, created_at) \
         select x.id, $10, $11, $12, $13, x.owner, x.person, x.target, x.category, x.priority, \
         x.due_on, $14, 'open', string_to_array(x.needs, ','), x.sealed, x.code, $15, $16, $17, $16 \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], \
         $7::date[], $8::text[], $9::bytea[], $18::text[]) \
         as x(id, owner, person, target, category, priority, due_on, needs, sealed, code)",
    )
    .bind(ids.clone())
    .bind(owners.clone())
    .bind(new.iter().map(|one| one.owner_user_id).collect::<Vec<_>>())
    .bind(texts(|entry| entry.target.as_str().to_owned()))
    .bind(texts(|entry| entry.category.as_str().to_owned()))
    .bind(texts(|entry| entry.priority.as_str().to_owned()))
    .bind(due.clone())
    .bind(texts(|entry| {
        let needs = entry.needs.iter().map(|need| need.as_str());
        needs.collect::<Vec<_>>().join(",")
    }))
    .bind(sealed)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(item.meeting_id)
    .bind(item.id)
    .bind(agreed_on)
    .bind(version)
    .bind(tx.now)
    .bind(user)
    .bind(texts(|entry| entry.code.clone().into_string()))
    .execute(tx.conn)?;
    tx.sql(
        "with e as (insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, \
           owner_agency_id, effective_on, by_user_id, by_actor_id, by_agency_id, created_at) \
           select x.event, $5, $6, x.id, 'agreed', 'open', x.due_on, x.owner, $7, $8, $9, $10, $11 \
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(event, id, owner, due_on)) \
         insert into action_changes (action_id, marac_id, case_id, agency_id) \
         select x.id, $5, $6, x.owner from unnest($2::uuid[], $3::uuid[]) as x(id, owner)",
    )
    .bind(new.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(ids)
    .bind(owners)
    .bind(due)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(agreed_on)
    .bind(user)
    .bind(actor)
    .bind(agency)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// The outstanding action that an agency got from this entry, as far as it is in the caller's sight;
/// locked. It never has two.
pub fn outstanding(
    tx: &mut Tx<'_>,
    case_id: Uuid,
    agency_id: Uuid,
    code: &'static str,
) -> Result<Option<Uuid>> {
    let row: Option<Found> = tx
        .sql(concat!(
            "select a.id from actions a where a.case_id = $1 and a.owner_agency_id = $2 ",
            "and a.standard_code = $3 and a.status in ('open', 'in_progress') and ",
            visible_actions!("a"),
            " order by a.due_on, a.id limit 1 for update of a"
        ))
        .bind(case_id)
        .bind(agency_id)
        .bind(code)
        .locking(tx)?;
    Ok(row.map(|row| row.id))
}

#[derive(Row)]
struct Found {
    id: Uuid,
}

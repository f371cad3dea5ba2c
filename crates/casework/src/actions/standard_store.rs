//! Rows of standard actions: catalogues, and the actions made from them.

use chrono::NaiveDate;
use diesel::dsl::{self, max};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::change_store::seal;
use super::model::{ActionCategory, ActionPriority, ActionStatus, ActionTarget, Need};
use super::standard::StandardAction;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::{standard_action_versions, standard_actions};
use kernel::sql::{Row, Whole, statement};
use kernel::visibility::VisibleCase;
use practice::text::{Line, Text};
use practice::vocabulary::AgencyKind;

/// The latest version a MARAC keeps; 0 where it keeps none.
pub fn latest(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<i32> {
    use standard_action_versions::dsl;
    let latest: Option<i32> = dsl::standard_action_versions
        .filter(dsl::marac_id.eq(marac_id))
        .select(max(dsl::version))
        .get_result(tx.conn)?;
    Ok(latest.unwrap_or(0))
}

/// Whether a MARAC has this version.
pub fn exists(tx: &mut Tx<'_>, marac_id: Uuid, version: i32) -> Result<bool> {
    let kept = standard_action_versions::table.find((marac_id, version));
    Ok(diesel::select(dsl::exists(kept)).get_result(tx.conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = standard_actions, check_for_backend(Pg))]
struct CatalogueEntry {
    code: String,
    text: String,
    category: ActionCategory,
    target: ActionTarget,
    priority: ActionPriority,
    due_days: i16,
    every_listed_agency: bool,
    #[diesel(deserialize_as = Whole<AgencyKind>)]
    agency_kinds: Vec<AgencyKind>,
    #[diesel(deserialize_as = Whole<Need>)]
    needs: Vec<Need>,
}

/// The entries of a version, in order.
pub fn catalogue(tx: &mut Tx<'_>, marac_id: Uuid, version: i32) -> Result<Vec<StandardAction>> {
    use standard_actions::dsl;
    let rows: Vec<CatalogueEntry> = dsl::standard_actions
        .filter(dsl::marac_id.eq(marac_id).and(dsl::version.eq(version)))
        .order(dsl::position)
        .select(CatalogueEntry::as_select())
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

/// Lists of short words, as one text each.
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
    tx.sql(statement!("insert_catalogue"))
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
        .bind(words(
            actions,
            |action| &action.agency_kinds,
            |kind| kind.as_str(),
        ))
        .bind(words(actions, |action| &action.needs, |need| need.as_str()))
        .execute(tx.conn)?;
    Ok(())
}

/// A case's place on an agenda.
#[derive(Row)]
pub struct ItemOfCase {
    pub id: Uuid,
    pub meeting_id: Uuid,
    /// The meeting's day.
    pub held_on: NaiveDate,
}

/// This place of the case on an agenda, or its latest.
pub fn item(tx: &mut Tx<'_>, case: &VisibleCase, id: Option<Uuid>) -> Result<Option<ItemOfCase>> {
    Ok(tx
        .sql(statement!("agenda_place" => ItemOfCase))
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
        .sql(statement!("possible_owners" => Agency))
        .bind(case.id)
        .bind(item_id)
        .bind(tx.now)
        .load(tx.conn)?)
}

/// A standard action that the case has.
#[derive(Row)]
pub struct AgreedStandard {
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
) -> Result<Vec<AgreedStandard>> {
    Ok(tx
        .sql(statement!("known_standard" => AgreedStandard))
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
    item: &ItemOfCase,
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
    tx.sql(statement!("agree_standard"))
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
    tx.sql(statement!("agreed_standard"))
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
        .sql(statement!("outstanding_standard" => Found))
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

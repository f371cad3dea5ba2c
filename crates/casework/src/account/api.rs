//! Reading the account, adding to it, superseding what one's own agency wrote.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, NewEntry};
use super::{AccountReader, Heading, HowTold, Sharing, rules};
use crate::parties;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{Part, opened};
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, Json, Path, Query, etag, happened, operation,
};
use kernel::policy::hidden;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleCase;
use practice::dates::AnyDay;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_account_route)
        .service(add_account_entry_route)
        .service(supersede_account_entry_route);
}

/// An entry of the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryOut {
    /// Id.
    pub id: Uuid,
    /// Version; an entry changes only by being superseded.
    pub etag: String,
    /// Its heading.
    pub heading: Heading,
    /// Who may read it.
    pub sharing: Sharing,
    /// When it was told.
    pub told_on: NaiveDate,
    /// How it was told.
    pub how_told: HowTold,
    /// Who wrote it down, if an account of this service.
    pub author_id: Option<Uuid>,
    /// Who wrote it down, if a registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// The author's agency.
    pub agency_id: Uuid,
    /// The version before.
    pub supersedes_id: Option<Uuid>,
    /// The version after; null on the current one.
    pub superseded_by_id: Option<Uuid>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// What was told.
    pub text: String,
}

#[derive(Deserialize)]
struct Columns {
    heading: Heading,
    sharing: Sharing,
    told_on: NaiveDate,
    how_told: HowTold,
    author_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Uuid,
    supersedes_id: Option<Uuid>,
    superseded_by_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl EntryOut {
    /// An entry that the store found readable.
    pub fn of(case: &VisibleCase, part: &Part) -> Result<Self> {
        let columns: Columns = part.plain()?;
        Ok(Self {
            id: part.id,
            etag: etag(part.version),
            heading: columns.heading,
            sharing: columns.sharing,
            told_on: columns.told_on,
            how_told: columns.how_told,
            author_id: columns.author_id,
            actor_id: columns.actor_id,
            agency_id: columns.agency_id,
            supersedes_id: columns.supersedes_id,
            superseded_by_id: columns.superseded_by_id,
            created_at: columns.created_at,
            text: part.open_text(case, "account_entries", "sealed")?,
        })
    }

    /// Entries in the order of the headings, each from first to last told.
    pub fn sorted(
        case: &VisibleCase,
        parts: impl Iterator<Item = impl std::borrow::Borrow<Part>>,
    ) -> Result<Vec<Self>> {
        let mut entries = parts
            .map(|part| Self::of(case, part.borrow()))
            .collect::<Result<Vec<_>>>()?;
        entries.sort_by_key(|entry| (entry.heading, entry.told_on, entry.created_at, entry.id));
        Ok(entries)
    }
}

/// The entries under one heading.
#[derive(Serialize, ToSchema)]
pub struct HeadingOut {
    /// The heading.
    heading: Heading,
    /// From first to last told.
    entries: Vec<EntryOut>,
}

/// The account.
#[derive(Serialize, ToSchema)]
pub struct AccountOut {
    /// Every heading, in their fixed order.
    items: Vec<HeadingOut>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
    /// Always null: an account is one page.
    next_cursor: Option<String>,
}

/// Which versions to read.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Versions {
    /// Those that no later one supersedes.
    Current,
    /// Earlier ones too.
    All,
}

/// What to read of an account.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// `all` shows superseded versions as well.
    #[param(inline)]
    versions: Option<Versions>,
}

/// The account, by heading.
#[operation(get, "/cases/{id}/account", tag = "account", act = ReadAccount,
    says = "What this reader may read of it.")]
pub async fn read_account(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Query<AccountQuery>,
) -> Result<Json<AccountOut>> {
    let all = matches!(query.0.versions, Some(Versions::All));
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let reader = AccountReader::of(tx, &case);
        let rows = store::entries(tx, &case, reader, all)?;
        let entries = EntryOut::sorted(&case, rows.iter())?;
        let event = Event::of_case(&case)
            .fields(["account"])
            .rows(entries.len());
        let body = AccountOut {
            items: by_heading(entries),
            withheld: case.lens.withheld(),
            next_cursor: None,
        };
        Ok(Audited::new(body, event))
    })
    .await
    .map(Json)
}

fn by_heading(entries: Vec<EntryOut>) -> Vec<HeadingOut> {
    let mut headings: Vec<_> = Heading::ALL
        .iter()
        .map(|heading| HeadingOut {
            heading: *heading,
            entries: Vec::new(),
        })
        .collect();
    for entry in entries {
        let place = headings.iter_mut().find(|at| at.heading == entry.heading);
        if let Some(place) = place {
            place.entries.push(entry);
        }
    }
    headings
}

/// An entry to add.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EntryIn {
    /// Its heading.
    heading: Heading,
    /// Who may read it.
    sharing: Sharing,
    /// When it was told.
    told_on: AnyDay,
    /// How it was told.
    how_told: HowTold,
    /// What was told.
    text: Text<12000>,
}

/// Add to the account.
///
/// Open to everybody who sees the case; they get back what they sent.
#[operation(post, "/cases/{id}/account", tag = "account", act = AddAccountEntry, says = "Added.")]
pub async fn add_account_entry(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<EntryIn>,
) -> Result<Created<Json<EntryOut>>> {
    let entry = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened(tx, ACT, id)?;
            let born = parties::survivor_born(tx, &case)?;
            happened("/told_on", body.told_on.day(), tx.today(), born)?;
            let claim = key.claim(tx, "add_account_entry", &(id, &body))?;
            if let Idempotency::Fresh(entry_id) = claim {
                let entry = NewEntry {
                    id: entry_id,
                    heading: body.heading,
                    sharing: body.sharing,
                    told_on: body.told_on.day(),
                    how_told: body.how_told,
                    text: body.text.into_string(),
                    supersedes_id: None,
                };
                store::insert(tx, &case, &entry)?;
            }
            let part = store::entry(tx, &case, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("account_entry", claim.id());
            Ok(Audited::new(EntryOut::of(&case, &part)?, event))
        })
        .await?;
    Ok(Created(Json(entry)))
}

/// A later version of an entry.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VersionIn {
    /// Who may read it.
    sharing: Sharing,
    /// When it was told.
    told_on: AnyDay,
    /// How it was told.
    how_told: HowTold,
    /// What was told.
    text: Text<12000>,
}

/// Supersede an entry of the own agency.
///
/// The earlier version stays, and says which one took its place.
#[operation(post, "/cases/{id}/account/{entry_id}/versions", tag = "account", act = AddAccountEntry,
    says = "The new version.")]
pub async fn supersede_account_entry(
    db: Data<Db>,
    caller: Caller,
    Path((id, old_id)): Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
    body: Body<VersionIn>,
) -> Result<Created<Json<EntryOut>>> {
    let body = body.0;
    let entry = db
        .run(&caller, ACT.on("account_entry", old_id), move |tx| {
            let case = opened(tx, ACT, id)?;
            let born = parties::survivor_born(tx, &case)?;
            happened("/told_on", body.told_on.day(), tx.today(), born)?;
            let claim = key.claim(tx, "supersede_account_entry", &(id, old_id, &body))?;
            if let Idempotency::Fresh(entry_id) = claim {
                let reader = AccountReader::of(tx, &case);
                let old = store::standing(tx, &case, reader, old_id)?.ok_or_else(hidden)?;
                let (own, superseded) = (
                    old.agency_id == reader.agency_id,
                    old.superseded_by_id.is_some(),
                );
                rules::supersede(own, old.readable, superseded)?;
                let entry = NewEntry {
                    id: entry_id,
                    heading: old.heading,
                    sharing: body.sharing,
                    told_on: body.told_on.day(),
                    how_told: body.how_told,
                    text: body.text.into_string(),
                    supersedes_id: Some(old_id),
                };
                store::insert(tx, &case, &entry)?;
            }
            let part = store::entry(tx, &case, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("account_entry", claim.id());
            Ok(Audited::new(EntryOut::of(&case, &part)?, event))
        })
        .await?;
    Ok(Created(Json(entry)))
}

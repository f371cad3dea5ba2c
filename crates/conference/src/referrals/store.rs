//! Rows of referrals: what is plain, what is counted, and the sealed document.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::ReferralStatus;
use super::shapes::ReferralItem;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Act, hidden};
use kernel::schema::maracs;
use kernel::sql::{Row, statement};
use kernel::visibility::{self, VisibleCase};
use practice::document::Document;
use practice::marac::settings::MaracSettings;

/// A referral's plain columns and seals.
#[derive(Row)]
pub struct ReferralRow {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub agency_id: Uuid,
    pub co_agency_id: Option<Uuid>,
    pub submitted_by: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub external_ref: Option<String>,
    pub status: ReferralStatus,
    pub urgent: bool,
    pub referred_on: Option<NaiveDate>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub document: Vec<u8>,
    pub tool: Option<String>,
    pub tool_version: Option<i32>,
    pub score: Option<i16>,
    pub maximum: Option<i16>,
    pub not_asked_count: Option<i16>,
    pub criteria: Vec<String>,
    pub missing: Vec<String>,
    pub gaps: Vec<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision: Option<Vec<u8>>,
    pub challenge: Option<Vec<u8>>,
    pub challenged_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub own_file_id: Option<Uuid>,
    pub separate: Option<Vec<u8>>,
    /// The whole file is in the caller's sight, not their own referral alone.
    pub in_sight: bool,
}

impl ReferralRow {
    /// The file as this reader knows it: who sees their own referral alone is not told where it went.
    pub fn shown_file(&self) -> Uuid {
        match self.own_file_id {
            Some(own) if !self.in_sight => own,
            _ => self.case_id,
        }
    }
}

/// A referral in sight, with its file.
pub struct VisibleReferral {
    pub row: ReferralRow,
    pub case: VisibleCase,
    pub is_author: bool,
}

impl VisibleReferral {
    /// The document, opened.
    pub fn document(&self) -> Result<Document> {
        Ok(self
            .case
            .key()
            .open_json(place(self.row.id), &self.row.document)?)
    }
}

pub(super) fn place(id: Uuid) -> SealPlace {
    SealPlace::new("referrals", "document", id)
}

/// The referral, if it is in sight.
pub fn find(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleReferral> {
    let row = tx
        .sql(statement!("find" => ReferralRow))
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    load(tx, act, row)
}

/// How often a referral is looked for that may have gone into another file while its lock was waited for.
const TRIES: u8 = 3;

/// The same, locked. The statement that waited knows the file it was in before, and finds it there no more: the next
/// one knows the file it went into.
pub fn lock(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleReferral> {
    let mut row = None;
    for _ in 0..TRIES {
        row = tx
            .sql(statement!("lock" => ReferralRow))
            .bind(id)
            .locking(tx)?;
        if row.is_some() {
            break;
        }
    }
    load(tx, act, row)
}

fn load(tx: &mut Tx<'_>, act: Act, row: Option<ReferralRow>) -> Result<VisibleReferral> {
    let row = row.ok_or_else(hidden)?;
    let case = visibility::case_contributed_to(tx, act, row.case_id)?;
    let principal = &tx.actor.principal;
    let is_author = (row.submitted_by.is_some() && row.submitted_by == principal.user_id())
        || (row.actor_id.is_some() && row.actor_id == principal.actor_id());
    Ok(VisibleReferral {
        row,
        case,
        is_author,
    })
}

#[derive(Row)]
struct Listed {
    #[row(embed)]
    item: ReferralRow,
    created_at: DateTime<Utc>,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
}

impl Listed {
    fn open(self, tx: &Tx<'_>) -> Result<ReferralItem> {
        let Self {
            item,
            created_at,
            master_key_id,
            wrapped,
        } = self;
        let key = tx
            .keys
            .unwrap(item.case_id, &master_key_id, wrapped.as_deref())?;
        let document = key.open_json(place(item.id), &item.document)?;
        Ok(ReferralItem::render(&item, &document, created_at))
    }
}

/// The caller's own referrals, newest first.
pub fn mine(
    tx: &mut Tx<'_>,
    status: Option<ReferralStatus>,
    after: Option<(bool, DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ReferralItem>> {
    let (_, at, id) = after.unwrap_or((false, far_future(), Uuid::max()));
    let rows = tx
        .sql(statement!("mine" => Listed))
        .bind(status.map(ReferralStatus::as_str))
        .bind(at)
        .bind(id)
        .bind(limit + 1)
        .load(tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

fn far_future() -> DateTime<Utc> {
    DateTime::from_timestamp(32_503_680_000, 0).unwrap_or_default()
}

/// A MARAC's referrals for its coordinator: urgent first, then those that wait longest.
pub fn inbox(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    statuses: Vec<&'static str>,
    after: Option<(bool, DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ReferralItem>> {
    let (calm, at, id) = after.unwrap_or((false, DateTime::UNIX_EPOCH, Uuid::nil()));
    let rows = tx
        .sql(statement!("inbox" => Listed))
        .bind(marac_id)
        .bind(statuses)
        .bind(calm)
        .bind(at)
        .bind(id)
        .bind(limit + 1)
        .load(tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

/// The MARAC's code and settings.
pub fn marac(tx: &mut Tx<'_>, id: Uuid) -> Result<(String, MaracSettings)> {
    let (code, settings): (String, serde_json::Value) = maracs::table
        .find(id)
        .select((maracs::code, maracs::settings))
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)?;
    let settings = MaracSettings::from_stored(settings)
        .map_err(|_| Error::Internal("a MARAC's stored settings do not load"))?;
    Ok((code, settings))
}

//! Which parts of which cases and meetings are damaged, for those who look after them.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Page, PageQuery, Query, operation};
use kernel::policy::may_in;
use kernel::sql::Row;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_damaged_parts_route);
}

/// A part of a case, or of a meeting and of no case, that is damaged.
#[derive(Debug, Serialize, ToSchema, Row)]
pub struct DamagedPartOut {
    /// Id.
    pub id: Uuid,
    /// The case; null for a part of a meeting.
    pub case_id: Option<Uuid>,
    /// Its code.
    pub case_code: Option<String>,
    /// The meeting, of what belongs to no case: the frame of its minutes, and its key.
    pub meeting_id: Option<Uuid>,
    /// Which kind of part: the table it is kept in.
    #[schema(example = "party_addresses")]
    pub part: String,
    /// Which group of its fields, or which date.
    #[schema(example = "sealed")]
    pub field: String,
    /// The part's id.
    pub row_id: Uuid,
    /// Of a date that could not be: what stood there before it was set to the nearest day allowed.
    pub was: Option<String>,
    /// When it was first found like this.
    pub found_at: DateTime<Utc>,
    /// When it was last met.
    pub seen_at: DateTime<Utc>,
}

/// Of which MARAC.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListDamagedParts {
    /// The MARAC.
    pub marac_id: Uuid,
    /// Rows per page, 1 to 200.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<Line<400>>,
}

/// Which parts of which cases and meetings are damaged, newest first.
///
/// A part stands here from when somebody met it until it is written anew or restored. If a key is damaged, none of
/// what it seals can be read: the key stands here alone, as `data_keys` or `meeting_keys`.
#[operation(get, "/damaged-parts", tag = "cases", act = ListDamagedParts, says = "A page.")]
pub async fn list_damaged_parts(
    db: Data<Db>,
    caller: Caller,
    query: Query<ListDamagedParts>,
) -> Result<Page<DamagedPartOut>> {
    let ListDamagedParts {
        marac_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    db.run(&caller, ACT.on("marac", marac_id), move |tx| {
        may_in(&tx.actor, ACT, marac_id)?;
        let (after, limit) = (page.after()?, page.limit());
        let rows = store::page(tx, marac_id, after, limit)?;
        let page = Page::of(rows, limit, |row| (row.found_at, row.id));
        let event = Event::list(page.len()).in_marac(marac_id);
        Ok(Audited::new(page, event))
    })
    .await
}

//! Who did what and was refused what, for coordinator, chair and auditor of a MARAC. No case content.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::store::{self, Filter};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::{Error, Result};
use kernel::http::{Page, PageQuery, Query, operation};
use kernel::policy::{Act, may_in};
use kernel::sql::Row;
use practice::text::Line;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_audit_route);
}

/// One event.
#[derive(Debug, Serialize, ToSchema, Row)]
pub struct EventOut {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done.
    pub act: String,
    /// `done`, `denied`, `not_found` or `failed`.
    pub outcome: String,
    /// `user`, `client` or `system`.
    pub principal: String,
    /// The account.
    pub user_id: Option<Uuid>,
    /// The person's name.
    pub name: Option<String>,
    /// The agency's program.
    pub client_id: Option<Uuid>,
    /// The registered person it acted for.
    pub actor_id: Option<Uuid>,
    /// The agency.
    pub agency_id: Option<Uuid>,
    /// The case.
    pub case_id: Option<Uuid>,
    /// Its code.
    pub case_code: Option<String>,
    /// What it was done to.
    pub subject: Option<String>,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// Names of the fields read or changed; never a value.
    pub fields: Vec<String>,
    /// Rows of a list that were seen.
    pub rows_seen: Option<i32>,
    /// Ties it to the answer and the log.
    pub request_id: Uuid,
}

/// Which events.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListAudit {
    /// The MARAC.
    pub marac_id: Uuid,
    /// Only this act, by its name: `read_case`, `accept_referral` …
    #[serde(default)]
    pub act: Option<Line<40>>,
    /// Only of this case.
    #[serde(default)]
    pub case_id: Option<Uuid>,
    /// Only by this account.
    #[serde(default)]
    pub user_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<Line<400>>,
}

/// What was done, read and refused in a MARAC, newest first. Cases closed to the reader are left out.
#[operation(get, "/audit", tag = "audit", act = ReadAudit, says = "A page.")]
pub async fn list_audit(
    db: Data<Db>,
    caller: Caller,
    query: Query<ListAudit>,
) -> Result<Page<EventOut>> {
    let ListAudit {
        marac_id,
        act,
        case_id,
        user_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let act = act.map(|name| known_act(&name)).transpose()?;
    db.run(&caller, ACT.on("marac", marac_id), move |tx| {
        may_in(&tx.actor, ACT, marac_id)?;
        let (after, limit) = (page.after()?, page.limit());
        let rows = store::events(
            tx,
            Filter {
                marac_id,
                act,
                case_id,
                user_id,
                after,
                limit,
            },
        )?;
        let page = Page::of(rows, limit, |row| (row.at, row.id));
        let event = Event::list(page.len()).in_marac(marac_id);
        Ok(Audited::new(page, event))
    })
    .await
}

fn known_act(name: &str) -> Result<&'static str> {
    let found = Act::ALL
        .iter()
        .map(|act| act.as_str())
        .find(|known| *known == name);
    found.ok_or_else(|| Error::malformed("act", "unknown_act", "There is no such act."))
}

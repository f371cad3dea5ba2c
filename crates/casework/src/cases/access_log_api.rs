//! Who looked at a case and who changed it: for coordinator, chair and auditor.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::access_log_store::{self as store, Access};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Page, PageQuery, Path, Query, operation};
use kernel::policy::{Act, Role, hidden, may_in};
use kernel::visibility;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read_access_log_route);
}

/// Something somebody did to, or read of, a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessOut {
    /// The event.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What was done.
    act: String,
    /// How it ended.
    outcome: String,
    /// `user`, `client`, or `system`.
    principal: String,
    /// The account.
    user_id: Option<Uuid>,
    /// The person's name.
    name: Option<String>,
    /// The agency's program.
    client_id: Option<Uuid>,
    /// The registered person it acted for.
    actor_id: Option<Uuid>,
    /// The agency.
    agency_id: Option<Uuid>,
    /// The agency's name.
    agency_name: Option<String>,
    /// What it was done to.
    subject: Option<String>,
    /// Its id.
    subject_id: Option<Uuid>,
    /// Names of the fields read or changed.
    fields: Vec<String>,
}

impl From<Access> for AccessOut {
    fn from(access: Access) -> Self {
        Self {
            id: access.id,
            at: access.at,
            act: access.act,
            outcome: access.outcome,
            principal: access.principal,
            user_id: access.user_id,
            name: access.name,
            client_id: access.client_id,
            actor_id: access.actor_id,
            agency_id: access.agency_id,
            agency_name: access.agency_name,
            subject: access.subject,
            subject_id: access.subject_id,
            fields: access.fields,
        }
    }
}

/// Who looked at a case, newest first.
#[operation(get, "/cases/{id}/access-log", tag = "cases", act = ReadAccessLog, says = "A page of the log.")]
pub async fn read_access_log(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<Page<AccessOut>> {
    let (after, limit) = (query.0.after()?, query.0.limit());
    db.run(&caller, ACT.on("case", id), move |tx| {
        let marac_id = readable(tx, ACT, id)?;
        let rows = store::page(tx, id, after, limit)?;
        let page = Page::of(rows, limit, |row| (row.at, row.id));
        let event = Event::new()
            .in_case(marac_id, id)
            .on("case", id)
            .rows(page.len());
        Ok(Audited::new(page.map(AccessOut::from), event))
    })
    .await
}

/// The case's MARAC, if the caller may read the log there. Who sees the case in a MARAC where they
/// hold none of the roles is refused; to everybody else it does not exist.
fn readable(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Uuid> {
    let maracs = tx
        .actor
        .maracs_as(&[Role::Coordinator, Role::Chair, Role::Auditor]);
    match store::marac_of(tx, id, maracs)? {
        Some(marac_id) => may_in(&tx.actor, act, marac_id).map(|()| marac_id),
        None => visibility::case(tx, act, id).and_then(|_| Err(hidden())),
    }
}

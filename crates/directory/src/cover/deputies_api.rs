//! Who stands in for a MARAC's representatives.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules;
use super::store::{self, Cover};
use crate::{maracs, users};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, IfMatch, Page, Path, Tagged, etag, operation};
use kernel::policy::{Act, Role, hidden, may_in};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_cover_route).service(name_deputy_route);
}

/// A representative, and who stands in for them.
#[derive(Serialize, ToSchema)]
pub struct CoverOut {
    /// The representative.
    user_id: Uuid,
    /// Their name.
    name: String,
    /// Their agency.
    agency_id: Uuid,
    /// The colleague who stands in while they are away.
    deputy_id: Option<Uuid>,
    /// The last day away, if they are away today.
    away_until: Option<NaiveDate>,
    /// Version of the representative's account.
    etag: String,
}

impl From<Cover> for CoverOut {
    fn from(cover: Cover) -> Self {
        Self {
            user_id: cover.user_id,
            name: cover.name,
            agency_id: cover.agency_id,
            deputy_id: cover.deputy_id,
            away_until: cover.away_until,
            etag: etag(cover.version),
        }
    }
}

/// The agency whose representatives the caller sees in a MARAC; `None`: every agency's. A MARAC that is
/// not theirs does not exist.
fn within(tx: &mut Tx<'_>, act: Act, marac_id: Uuid) -> Result<Option<Uuid>> {
    may_in(&tx.actor, Act::ReadCover, marac_id).map_err(|_| hidden())?;
    maracs::find(tx, marac_id)?;
    may_in(&tx.actor, act, marac_id)?;
    let all = tx.actor.administrator || tx.actor.is_staff(marac_id);
    Ok((!all).then_some(tx.actor.agency_id))
}

/// A MARAC's representatives and who stands in for each: every agency's for coordinator, chair and
/// administrator, the own one's for others.
#[operation(get, "/maracs/{id}/cover", tag = "cover", act = ReadCover, says = "All of them on one page.")]
pub async fn list_cover(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<CoverOut>> {
    db.run(&caller, ACT.on("marac", id), move |tx| {
        let within = within(tx, ACT, id)?;
        let rows = store::representatives(tx, id, within, None)?;
        let event = Event::list(rows.len()).in_marac(id);
        let page = Page {
            items: rows.into_iter().map(CoverOut::from).collect(),
            next_cursor: None,
        };
        Ok(Audited::new(page, event))
    })
    .await
}

/// Who is to stand in.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeputyIn {
    /// Another representative of the agency in this MARAC; null: nobody.
    deputy_id: Option<Uuid>,
}

/// Name a representative's deputy in a MARAC.
///
/// What is assigned or told to the representative goes to the deputy as well on days that the
/// representative is away; the deputy sees what a representative of the agency sees. An agency's lead
/// names them, or coordinator or administrator.
#[operation(put, "/maracs/{id}/cover/{user_id}", tag = "cover", act = NameDeputy, says = "Named.",
    names(user_id = "The representative."), if_match = "The representative's `etag` that was read.")]
pub async fn name_deputy(
    db: Data<Db>,
    caller: Caller,
    Path((id, user_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    body: Body<DeputyIn>,
) -> Result<Tagged<CoverOut>> {
    let deputy_id = body.0.deputy_id;
    db.run(&caller, ACT.on("user", user_id), move |tx| {
        let within = within(tx, ACT, id)?;
        users::lock(tx, &[user_id])?;
        let cover = representative(tx, id, within, user_id)?;
        if !names_deputies(tx, id, cover.agency_id) {
            return Err(Code::Forbidden.into());
        }
        if_match.check(cover.version)?;
        if let Some(deputy) = deputy_id {
            let found = store::representatives(tx, id, Some(cover.agency_id), Some(deputy))?;
            rules::deputy(user_id, deputy, !found.is_empty())?;
        }
        if cover.deputy_id != deputy_id {
            store::set_deputy(tx, id, user_id, deputy_id)?;
            let mut user = users::find(tx, user_id)?.ok_or_else(hidden)?;
            users::touch(tx, &mut user)?;
        }
        let cover = representative(tx, id, within, user_id)?;
        let event = Event::new()
            .on("user", user_id)
            .in_marac(id)
            .fields(["deputy"]);
        let version = cover.version;
        Ok(Audited::new(Tagged::new(version, cover.into()), event))
    })
    .await
}

fn representative(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    within: Option<Uuid>,
    user_id: Uuid,
) -> Result<Cover> {
    let found = store::representatives(tx, marac_id, within, Some(user_id))?;
    found.into_iter().next().ok_or_else::<Error, _>(hidden)
}

/// Administrator, the MARAC's coordinator, or the lead of the agency there.
fn names_deputies(tx: &Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> bool {
    let leads = tx.actor.holds(marac_id, &[Role::AgencyLead]) && tx.actor.agency_id == agency_id;
    leads || tx.actor.administrator || tx.actor.holds(marac_id, &[Role::Coordinator])
}

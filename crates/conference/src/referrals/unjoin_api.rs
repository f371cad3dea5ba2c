//! Which referrals were joined to a case, and taking one out again.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::api::{answer, checked, render};
use super::joining::revived;
use super::joining_rules;
use super::joining_store::{self, JoinRow};
use super::shapes::ReferralOut;
use super::store::{self, VisibleReferral};
use super::unfold::{Unfolding, counted, unfold};
use super::unjoin_store as rows;
use casework::flags;
use casework::parties;
use casework::people;
use casework::risk;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::opened;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Page, Path, Tagged, operation};
use kernel::policy::Act;
use kernel::visibility::{self, VisibleCase};
use practice::risk::Tools;
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_joins_route)
        .service(unjoin_referral_route);
}

/// A referral that was joined to a case.
#[derive(Serialize, ToSchema)]
pub struct JoinOut {
    /// The referral.
    referral_id: Uuid,
    /// Who joined it.
    joined_by: Option<Uuid>,
    /// When.
    joined_at: DateTime<Utc>,
    /// Why, where survivor and perpetrator did not match.
    reason: Option<String>,
    /// Who took it out again.
    unjoined_by: Option<Uuid>,
    /// When.
    unjoined_at: Option<DateTime<Utc>>,
    /// Why.
    unjoin_reason: Option<String>,
}

impl JoinOut {
    fn of(case: &VisibleCase, row: &JoinRow) -> Result<Self> {
        let (reason, unjoin_reason) = row.reasons(case)?;
        Ok(Self {
            referral_id: row.referral_id,
            joined_by: row.joined_by,
            joined_at: row.created_at,
            reason,
            unjoined_by: row.unjoined_by,
            unjoined_at: row.unjoined_at,
            unjoin_reason,
        })
    }
}

/// The referrals that were joined to a case, the newest first, and those that were taken out again.
#[operation(get, "/cases/{id}/joins", tag = "referrals", act = ReadJoins, says = "All of them on one page.")]
pub async fn list_joins(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<JoinOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let found = joining_store::joins(tx, &case)?;
        let items = found.iter().map(|row| JoinOut::of(&case, row));
        let items = items.collect::<Result<Vec<_>>>()?;
        let event = Event::of_case(&case).rows(items.len());
        let next_cursor = None;
        Ok(Audited::new(Page { items, next_cursor }, event))
    })
    .await
}

/// Why a referral is taken out again.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UnjoinIn {
    /// Why. Coordinator and chair read it with the case's joins.
    pub reason: Text<4000>,
}

/// Take a joined referral out of its case again, into a case of its own.
///
/// What came with it goes with it; what was added later stays. The counts and dates of both cases are
/// those of their own referrals again, and what the join had opened closes. Exclusions and restrictions
/// hold on both. Its case waits for a list. 409: `not_joined`; `origin_unknown` for what was joined before
/// parts were told apart; `heard` once the case was heard with it; `on_an_agenda` until it is taken off a
/// list that is to be heard; `parts_changed` if something that came with it was changed or added to, or a
/// relationship has its word; `difference_taken_over` once a name or date of it was taken over.
#[operation(post, "/referrals/{id}/unjoin", tag = "referrals", act = UnjoinReferral, says = "Taken out.")]
pub async fn unjoin_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<UnjoinIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = store::lock(tx, ACT, id)?;
        version.check(found.row.version)?;
        let case = visibility::case_locked(tx, ACT, found.case.id)?;
        let apart = rows::apart(tx, id)?;
        let file_id = joining_rules::unjoin(&apart).map_err(Error::conflict)?;
        take_out(tx, &found, &case, file_id, &body.0.reason, &tools)?;
        let event = Event::of_case(&case).on("referral", id).fields(["joined"]);
        let found = store::find(tx, Act::ReadReferral, id)?;
        Ok(render(tx, found, &tools)?.and(event))
    })
    .await
    .map(answer)
}

fn take_out(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    case: &VisibleCase,
    file_id: Uuid,
    reason: &str,
    tools: &Tools,
) -> Result<()> {
    let (_, settings) = store::marac(tx, found.row.marac_id)?;
    let (document, checked) = (found.document()?, checked(tx, found, tools)?);
    let referred_on = found.row.referred_on.unwrap_or_else(|| tx.today());
    let own = counted(&found.row.criteria, referred_on, &document, &settings);
    rows::take_out(tx, found.row.id)?;
    let file = revived(tx, file_id, found, &own)?;
    let referral = Unfolding::of(&found.row, referred_on, &document, &checked);
    let practice = (tools, &settings);
    unfold(tx, &file, &referral, false, practice)?;
    let left = parties::everybody(tx, case)?.into_iter();
    people::found_without(tx, case, left.map(|(_, who)| who).collect(), &document)?;
    rows::unjoin(tx, found, &file, reason)?;
    let tokens = people::tokens_of(&document, &tx.keys);
    people::add_tokens(tx, &file, &tokens)?;
    let high = risk::ever_showed_high_risk(tx, case, tools, &settings)?;
    rows::recount(tx, case, found.row.id, &own, high)?;
    risk::refresh(tx, case, tools, &settings)?;
    flags::shorten(tx, case)
}

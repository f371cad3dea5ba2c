//! Agencies, and their membership of MARACs.

pub mod api;
pub mod members;
mod rules;
mod store;

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::policy;
use practice::vocabulary::AgencyKind;

pub use api::NewAgency;
pub use members::Agreement;
pub use rules::{AgreementWarning, ListingStanding};
pub use store::Agency;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    members::routes(config);
}

/// An agency whose agreement with a MARAC wants attention.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementWarningOut {
    /// The agency.
    pub agency_id: Uuid,
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub warning: AgreementWarning,
    /// When the agreement should have been reviewed.
    pub review_on: Option<chrono::NaiveDate>,
}

/// The agency with this id.
pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Agency> {
    store::find(tx, id)?.ok_or_else(policy::hidden)
}

/// What kind of agency this is.
pub fn kind_of(tx: &mut Tx<'_>, id: Uuid) -> Result<AgencyKind> {
    find(tx, id).map(|agency| agency.kind)
}

/// Whether the agency's membership of the MARAC stands at this moment: the agency is open, not
/// suspended, and its access has not ended. What is there already stays open to it; for new listings
/// ask `takes_listings`.
pub fn is_live_member(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<bool> {
    let member = store::member(tx, marac_id, agency_id)?;
    Ok(member.is_some_and(|member| rules::is_live(&member, tx.now)))
}

/// Those of the agencies to which a case of the MARAC may be newly listed: live members whose
/// agreement is not past its review date.
pub fn takes_listings(tx: &mut Tx<'_>, marac_id: Uuid, agency_ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let standings = listing_standings(tx, marac_id, agency_ids)?;
    let live = |(_, standing): &(Uuid, ListingStanding)| *standing == ListingStanding::Live;
    Ok(standings
        .into_iter()
        .filter(live)
        .map(|(id, _)| id)
        .collect())
}

/// How those of the agencies stand that are or were members of the MARAC; others have no membership.
pub fn listing_standings(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_ids: Vec<Uuid>,
) -> Result<Vec<(Uuid, ListingStanding)>> {
    let (now, today) = (tx.now, tx.today());
    let members = store::members_among(tx, marac_id, agency_ids)?;
    let standing = |member: &store::Member| rules::listing_standing(member, now, today);
    Ok(members
        .iter()
        .map(|member| (member.agency_id, standing(member)))
        .collect())
}

/// The names of those that are or were members of the MARAC.
pub fn names(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<HashMap<Uuid, String>> {
    let members = store::all_members(tx, marac_id)?.into_iter();
    Ok(members.map(|one| (one.agency_id, one.name)).collect())
}

/// The MARACs an agency is a member of, whatever the state of its membership.
pub fn maracs_of(tx: &mut Tx<'_>, agency_id: Uuid) -> Result<Vec<Uuid>> {
    store::maracs_of(tx, agency_id)
}

/// The members of a MARAC whose agreement is unsigned or past its review date, those no longer live
/// left out.
pub fn agreement_warnings(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Vec<AgreementWarningOut>> {
    let (now, today) = (tx.now, tx.today());
    let members = store::all_members(tx, marac_id)?;
    Ok(members
        .into_iter()
        .filter(|member| rules::is_live(member, now))
        .filter_map(|member| {
            Some(AgreementWarningOut {
                warning: rules::warning(member.signed_on, member.review_on, today)?,
                agency_id: member.agency_id,
                name: member.name,
                review_on: member.review_on,
            })
        })
        .collect())
}

/// Registers an agency.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewAgency) -> Result<()> {
    store::create(tx, id, new)
}

/// Takes an agency into a MARAC; 412 if it is a member already.
pub fn join(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid, agreement: &Agreement) -> Result<()> {
    if store::join(tx, marac_id, agency_id, agreement)? {
        Ok(())
    } else {
        Err(Code::Stale.into())
    }
}

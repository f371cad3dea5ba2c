//! Who a case is given to: its lead, and the IDVA service it is allocated to.

mod rules;
mod store;

use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::policy::lens::Basis;
use kernel::visibility::VisibleCase;
use uuid::Uuid;

pub use store::{Candidate, agency};

/// Opens the case to an IDVA service, and closes it to the one before. To be called by `idva` alone,
/// which keeps the allocation.
pub fn open_to_idva(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<()> {
    store::allocate(tx, case, agency_id)
}

/// Closes the case to the IDVA service it was allocated to.
pub fn close_to_idva(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    store::end_allocation(tx, case)
}

/// Refused unless the agency is an IDVA service that sits in the case's MARAC.
pub fn must_be_idva_service(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    pointer: &'static str,
    agency_id: Uuid,
) -> Result<()> {
    let found = store::agency(tx, case.marac_id, agency_id)?;
    match refusal(pointer, found, true) {
        None => Ok(()),
        Some(error) => Err(Error::invalid(vec![error])),
    }
}

/// Whether the caller is the case's lead: whoever was made it, else its IDVA, else who referred.
pub fn is_lead(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let (me, agency) = (tx.actor.principal.user_id(), tx.actor.agency_id);
    let named = case.row.lead_user_id.is_some() || case.row.lead_agency_id.is_some();
    let facts = rules::LeadFacts {
        person: case.row.lead_user_id.map(|lead| me == Some(lead)),
        agency: case.row.lead_agency_id.map(|lead| lead == agency),
        allocated: !named && store::allocated(tx, case)?,
        idva: case.has_basis(Basis::Allocation),
        referrer: case.has_basis(Basis::Referrer),
    };
    Ok(rules::leads(facts))
}

/// Refuses an agency that is no member, or no IDVA service where one is wanted.
pub fn refusal(pointer: &str, found: Option<store::Candidate>, idva: bool) -> Option<FieldError> {
    match found {
        Some(found) if found.member && (found.idva || !idva) => None,
        Some(found) if found.member => Some(FieldError::new(
            pointer,
            "not_an_idva_service",
            "Name an IDVA service.",
        )),
        _ => Some(not_a_member(pointer)),
    }
}

/// Refuses somebody who does not sit in the case's MARAC.
pub fn not_a_member(pointer: &str) -> FieldError {
    FieldError::new(
        pointer,
        "not_a_member",
        "Name a member of the case's MARAC.",
    )
}

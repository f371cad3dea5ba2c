//! Where an accepted referral goes: into a case of its own, or into one that is there.

use uuid::Uuid;

use super::decisions::AcceptIn;
use super::joining_rules::{self as rules, Placing};
use super::joining_store as store;
use super::store::VisibleReferral;
use casework::cases::{intake, move_sealed};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::Act;
use kernel::visibility::{self, VisibleCase};

/// The case the referral goes into, locked: refused if the caller must say more first.
pub(super) fn place(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    ask: &AcceptIn,
) -> Result<VisibleCase> {
    let case_id = ask.join_case_id.unwrap_or(found.case.id);
    let case = held(tx, found.case.id, case_id)?;
    let own = case.id == found.case.id;
    let joinable = case.marac_id == found.row.marac_id && case.row.opened_at.is_some();
    if ask.join_case_id.is_some() && (own || !joinable) {
        return Err(Error::field(
            "/join_case_id",
            "not_joinable",
            "This is not an open case of this MARAC.",
        ));
    }
    let known = store::cases_of_the_pair(tx, found)?;
    rules::placed(&Placing {
        join: ask.join_case_id,
        reason: ask.reason.is_some(),
        separate: ask.separate.is_some(),
        known: &known,
    })?;
    Ok(case)
}

/// The case, held together with the referral's own file: what somebody lays on the file meanwhile, an
/// exclusion above all, comes before the join or finds no file. Always in one order, so that two wait for
/// each other never.
fn held(tx: &mut Tx<'_>, own: Uuid, case_id: Uuid) -> Result<VisibleCase> {
    let act = Act::AcceptReferral;
    if own < case_id {
        visibility::case_locked(tx, act, own)?;
    }
    let case = visibility::case_locked(tx, act, case_id)?;
    if case_id < own {
        visibility::case_locked(tx, act, own)?;
    }
    Ok(case)
}

/// The referral and all that hung on its file go into the case, sealed anew. It opens nothing: whoever
/// saw the file sees the referral, if it is theirs, and nothing of the case.
pub(super) fn join(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    case: &VisibleCase,
    reason: Option<&str>,
) -> Result<()> {
    store::end_sight(tx, found.case.id)?;
    store::mark_set_on_file(tx, found)?;
    move_sealed(tx, &found.case, case, None)?;
    store::join(tx, found, case, reason)
}

/// The file of a referral that was taken out of a case is a case by itself, and has again what had been set
/// on it.
pub(super) fn revived(
    tx: &mut Tx<'_>,
    file_id: Uuid,
    found: &VisibleReferral,
    own: &intake::Accepted,
) -> Result<VisibleCase> {
    let file = intake::revive(tx, file_id, found.row.marac_id, own)?;
    move_sealed(tx, &found.case, &file, Some(found.row.id))?;
    store::give_back(tx, &file, &found.case)?;
    Ok(file)
}

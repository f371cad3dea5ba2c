//! Opening files, and what becomes of one when its referral is decided. Called by referrals, the
//! import and the demonstration.

use chrono::NaiveDate;
use uuid::Uuid;

use super::code;
use super::intake_store as store;
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::visibility::{self, CaseRow, VisibleCase};
use practice::risk::flag_expires;
use practice::vocabulary::CaseStatus;

pub use store::Person;

/// What an accepted referral tells the case.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Day of the referral: the window runs from here (R14).
    pub referred_on: NaiveDate,
    /// Months of the window.
    pub window_months: u32,
    /// Criteria it met.
    pub criteria: Vec<String>,
    /// It names children.
    pub has_children: bool,
}

/// Opens a file for a draft or a referral: seen by its maker alone until it is received.
/// `marac_code` begins the case's code.
pub fn open_file(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    marac_code: &str,
    person: Person,
    received: bool,
) -> Result<VisibleCase> {
    let (id, key) = (Uuid::now_v7(), DataKey::generate()?);
    let wrapped = tx.keys.wrap(id, &key)?;
    // Codes are random: one in tens of millions is taken, and the next will do.
    for _ in 0..8 {
        let code = code::generate(marac_code)?;
        if store::insert(tx, id, marac_id, &code, &wrapped, person, received)? {
            return visibility::new_case(tx, id, marac_id, new_row(code), key);
        }
    }
    Err(Error::Internal("no case code was free"))
}

/// From here coordinator and chair see the file.
pub fn received(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    store::mark_received(tx, case.id)
}

/// The referral was accepted: its file becomes a case.
pub fn open_case(tx: &mut Tx<'_>, case: &VisibleCase, accepted: &Accepted) -> Result<()> {
    store::mark_accepted(tx, case.id, accepted, lapses(accepted, None), true)
}

/// A further referral of the same pair: the case runs on, or again (R13).
pub fn reopen_case(tx: &mut Tx<'_>, case: &VisibleCase, accepted: &Accepted) -> Result<()> {
    let lapses_on = lapses(accepted, case.row.lapses_on);
    store::mark_accepted(tx, case.id, accepted, lapses_on, false)
}

/// A case from an older record was heard on this referral, at a meeting that is over: it is monitored
/// until its window ends. One that has a later referral is left as that one has it.
pub fn heard_before(tx: &mut Tx<'_>, heard: &[(Uuid, NaiveDate)]) -> Result<()> {
    store::mark_heard(tx, heard)
}

/// An older referral that comes late never shortens the window.
fn lapses(accepted: &Accepted, known: Option<NaiveDate>) -> NaiveDate {
    let own = flag_expires(accepted.referred_on, accepted.window_months);
    known.map_or(own, |known| known.max(own))
}

/// The referral was declined or withdrawn before there was a case.
pub fn not_accepted(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    store::set_status(tx, case.id, CaseStatus::NotAccepted)
}

/// Where a case stands by what happened before the program knew of it: for imports and the
/// demonstration.
pub fn record_standing(tx: &mut Tx<'_>, case_id: Uuid, status: CaseStatus) -> Result<()> {
    store::set_status(tx, case_id, status)
}

/// The file of a referral that is taken out of the case it had joined: it gets a key again, and is a
/// case by itself.
pub fn revive(
    tx: &mut Tx<'_>,
    file_id: Uuid,
    marac_id: Uuid,
    accepted: &Accepted,
) -> Result<VisibleCase> {
    let key = DataKey::generate()?;
    let wrapped = tx.keys.wrap(file_id, &key)?;
    let lapses_on = lapses(accepted, None);
    let code = store::revive(tx, file_id, &wrapped, accepted, lapses_on)?;
    let row = CaseRow {
        status: CaseStatus::Listed,
        opened_at: Some(tx.now),
        last_referral_on: Some(accepted.referred_on),
        lapses_on: Some(lapses_on),
        criteria: accepted.criteria.clone(),
        has_children: accepted.has_children,
        ..new_row(code)
    };
    visibility::new_case(tx, file_id, marac_id, row, key)
}

fn new_row(code: String) -> CaseRow {
    CaseRow {
        code,
        status: CaseStatus::Intake,
        opened_at: None,
        last_referral_on: None,
        lapses_on: None,
        criteria: Vec::new(),
        has_children: false,
        lead_user_id: None,
        lead_agency_id: None,
        restricted: false,
        version: 1,
    }
}

//! What every part of a case file shares: where a file stands, how it is opened, whose it is, and its rows.

mod keys;
mod part;

use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Code, Result};
use crate::policy::lens::{FieldGroup, Standing};
use crate::policy::{Act, hidden};
use crate::visibility::{self, VisibleCase};

pub use keys::forget_opened_keys;
pub use part::{Part, of_kind};

/// A case in sight: a file that an accepted referral has opened. Until then there is only its
/// referral, and the file answers as if it did not exist.
pub fn opened(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleCase> {
    only_opened(visibility::case(tx, act, id)?)
}

/// The same, locked until the transaction ends.
pub fn opened_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleCase> {
    only_opened(visibility::case_locked(tx, act, id)?)
}

fn only_opened(case: VisibleCase) -> Result<VisibleCase> {
    match case.row.opened_at {
        Some(_) => Ok(case),
        None => Err(hidden()),
    }
}

/// Refused unless the reader's lens shows this group: what cannot be read cannot be written.
pub fn must_show(case: &VisibleCase, group: FieldGroup) -> Result<()> {
    match case.lens.shows(group) {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// Whether the case is the caller's as coordinator or chair.
pub fn is_staff(case: &VisibleCase) -> bool {
    case.standings
        .iter()
        .any(|standing| matches!(standing, Standing::Coordinator | Standing::Chair))
}

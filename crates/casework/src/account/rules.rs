//! Who reads which entries, and who may supersede one.

use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::{Basis, FieldGroup};
use kernel::visibility::VisibleCase;

/// What decides which entries of a case's account somebody reads: the fragment `readable_entry` says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountReader {
    /// The lens shows the account at all.
    pub narrative: bool,
    /// The reader's agency.
    pub agency_id: Uuid,
    /// Coordinator, chair, allocated IDVA or the case's lead: entries of class `restricted` too.
    pub trusted: bool,
}

impl AccountReader {
    /// The caller as a reader of this case.
    pub fn of(tx: &Tx<'_>, case: &VisibleCase) -> Self {
        let (me, agency) = (tx.actor.principal.user_id(), tx.actor.agency_id);
        let leads = match case.row.lead_user_id {
            Some(lead) => me == Some(lead),
            None => case.row.lead_agency_id == Some(agency),
        };
        Self {
            narrative: case.lens.shows(FieldGroup::Narrative),
            agency_id: agency,
            trusted: leads
                || kernel::case_file::is_staff(case)
                || case.has_basis(Basis::Allocation),
        }
    }
}

/// An entry is superseded once, by the agency that wrote it.
pub fn supersede(own: bool, readable: bool, superseded: bool) -> Result<()> {
    match (own, readable) {
        (true, _) if superseded => Err(Error::conflict("already_superseded")),
        (true, _) => Ok(()),
        (false, true) => Err(Code::Forbidden.into()),
        (false, false) => Err(hidden()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_superseding() {
        for (own, readable, superseded, expected) in [
            (true, true, false, None),
            (true, false, false, None),
            (true, true, true, Some(Code::Conflict)),
            (false, true, false, Some(Code::Forbidden)),
            (false, true, true, Some(Code::Forbidden)),
            (false, false, false, Some(Code::NotFound)),
            (false, false, true, Some(Code::NotFound)),
        ] {
            let found = supersede(own, readable, superseded).err();
            assert_eq!(found.map(|error| error.code()), expected);
        }
    }
}

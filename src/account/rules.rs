//! Who reads which entries, and who may supersede one.

use uuid::Uuid;

use super::Sharing;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::policy::hidden;
use crate::policy::lens::{Basis, FieldGroup};
use crate::policy::visibility::VisibleCase;

/// What decides which entries of a case's account somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The lens shows the account at all.
    pub narrative: bool,
    /// The reader's agency.
    pub agency_id: Uuid,
    /// Coordinator, chair, allocated IDVA or the case's lead: entries of class `restricted` too.
    pub trusted: bool,
}

impl Reader {
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
            trusted: leads || crate::cases::is_staff(case) || case.has_basis(Basis::Allocation),
        }
    }

    /// Whether an entry of this class and agency is read. `readable_entry!` says the same in SQL.
    pub fn reads(self, sharing: Sharing, agency_id: Uuid) -> bool {
        let shared = match sharing {
            Sharing::Marac => true,
            Sharing::Restricted => self.trusted,
            Sharing::AgencyPrivate => false,
        };
        self.narrative && (shared || agency_id == self.agency_id)
    }
}

/// An entry is superseded once, by the agency that wrote it.
pub fn supersede(
    reader: Reader,
    sharing: Sharing,
    agency_id: Uuid,
    superseded: bool,
) -> Result<()> {
    match (
        agency_id == reader.agency_id,
        reader.reads(sharing, agency_id),
    ) {
        (true, _) if superseded => Err(Error::conflict("already_superseded")),
        (true, _) => Ok(()),
        (false, true) => Err(Code::Forbidden.into()),
        (false, false) => Err(hidden()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Uuid = Uuid::from_u128(1);
    const THEIRS: Uuid = Uuid::from_u128(2);

    fn reader(narrative: bool, trusted: bool) -> Reader {
        Reader {
            narrative,
            agency_id: OURS,
            trusted,
        }
    }

    #[test]
    fn the_table_of_classes_and_readers() {
        let table = [
            (Sharing::Marac, THEIRS, [false, true, true]),
            (Sharing::Restricted, THEIRS, [false, false, true]),
            (Sharing::AgencyPrivate, THEIRS, [false, false, false]),
            (Sharing::Marac, OURS, [false, true, true]),
            (Sharing::Restricted, OURS, [false, true, true]),
            (Sharing::AgencyPrivate, OURS, [false, true, true]),
        ];
        for (sharing, agency, expected) in table {
            let readers = [reader(false, true), reader(true, false), reader(true, true)];
            let found = readers.map(|reader| reader.reads(sharing, agency));
            assert_eq!(found, expected, "{sharing:?} {agency}");
        }
    }

    #[test]
    fn the_table_of_superseding() {
        let code = |agency, sharing, superseded, narrative| {
            let reader = reader(narrative, false);
            supersede(reader, sharing, agency, superseded)
                .err()
                .map(|error| error.code())
        };
        assert_eq!(code(OURS, Sharing::Marac, false, true), None);
        assert_eq!(code(OURS, Sharing::AgencyPrivate, false, false), None);
        assert_eq!(code(OURS, Sharing::Marac, true, true), Some(Code::Conflict));
        assert_eq!(
            code(THEIRS, Sharing::Marac, false, true),
            Some(Code::Forbidden)
        );
        assert_eq!(
            code(THEIRS, Sharing::Marac, true, true),
            Some(Code::Forbidden)
        );
        assert_eq!(
            code(THEIRS, Sharing::Restricted, false, true),
            Some(Code::NotFound)
        );
        assert_eq!(
            code(THEIRS, Sharing::Marac, false, false),
            Some(Code::NotFound)
        );
    }
}

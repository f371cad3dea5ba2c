//! Allocations whose survivor nobody has tried in time: a job of the program. What it has told stands
//! on the allocation, so that it may be stopped anywhere, run twice, and run by many servers.

use super::store;
use directory::notifications::{self, To};
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::policy::{Act, Role};

/// Rows in one transaction.
const BATCH: i64 = 200;

/// Tells of every first contact that is late now. Returns how many.
pub fn find_late(db: &Db) -> Result<usize> {
    db.run_rounds(Act::FindLateContacts, find_late_some)
}

/// Some of them, in this transaction.
pub fn find_late_some(tx: &mut Tx<'_>) -> Result<Option<Audited<usize>>> {
    let late = store::late(tx, BATCH)?;
    if late.is_empty() {
        return Ok(None);
    }
    let notices: Vec<_> = late
        .iter()
        .map(|one| {
            let of = (one.marac_id, one.case_id, one.id);
            let mut notice = super::contact_due_notice(of, one.agency_id, one.user_id);
            notice.to.push(To::Role(Role::Coordinator));
            notice
        })
        .collect();
    notifications::tell(tx, &notices)?;
    Ok(Some(Audited::new(
        late.len(),
        Event::list(late.len()).fields(["contact_due"]),
    )))
}

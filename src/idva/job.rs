//! Allocations whose survivor nobody has tried in time: a job of the program. What it has told stands
//! on the allocation, so that it may be stopped anywhere, run twice, and run by many servers.

use super::store;
use crate::audit::{Audited, Event};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::notifications::{self, To};
use crate::policy::{Act, Role};

/// Rows in one transaction.
const BATCH: i64 = 200;

/// What ends a round that found nothing: it leaves no trace.
const NOTHING: &str = "no first contact is late";

/// Tells of every first contact that is late now. Returns how many.
pub fn find_late(db: &Db) -> Result<usize> {
    let mut found = 0;
    loop {
        match db.run_system(Act::FindLateContacts.ask(), find_late_some) {
            Ok(some) => found += some,
            Err(Error::Internal(NOTHING)) => return Ok(found),
            Err(error) => return Err(error),
        }
    }
}

/// Some of them, in this transaction.
pub fn find_late_some(tx: &mut Tx<'_>) -> Result<Audited<usize>> {
    let late = store::late(tx, BATCH)?;
    if late.is_empty() {
        return Err(Error::Internal(NOTHING));
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
    Ok(Audited::new(
        late.len(),
        Event::list(late.len()).fields(["contact_due"]),
    ))
}
